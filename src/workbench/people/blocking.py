"""Candidate pairs: records that share a key, each key's blocks no larger than a cap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Key:
    """A blocking key: SQL over a record; a record where it is NULL has none of it.

    ``block_max`` is how many records may share a value; in a larger block an agreement says
    too little to be worth its pairs. Only a key that ``finds_electors`` pairs two entries of
    the register with each other. A record to which a key that ``settles`` offers an elector
    is not looked up again by one that is a ``last_resort``.
    """

    name: str
    sql: str
    block_max: int = 100
    finds_electors: bool = False
    settles: bool = False
    last_resort: bool = False


KEYS = (
    Key("phone", "phone", 60),
    Key("email", "email", 60),
    Key("names_postcode", "last_name || '|' || first_root || '|' || postcode", settles=True),
    Key("initial_postcode", "last_name || '|' || first_initial || '|' || postcode", 60),
    Key("first_home", "first_root || '|' || house_street || '|' || coalesce(postcode, town)"),
    Key("home", "house_street || '|' || flat || '|' || coalesce(postcode, town)", 30),
    Key("names_town", "last_name || '|' || first_root || '|' || town", settles=True),
    Key("names_seat", "last_name || '|' || first_root || '|' || seat_id"),
    Key("names_year", "last_name || '|' || first_root || '|' || birth_low", finds_electors=True),
    Key("birth_first", "CAST(birth_date AS VARCHAR) || '|' || first_root", 60,
        finds_electors=True),
    Key("birth_last", "CAST(birth_date AS VARCHAR) || '|' || last_name", 60,
        finds_electors=True),
    Key("spelled_postcode", "left(last_name, 3) || '|' || left(first_root, 2) || '|' || postcode",
        60),
    Key("spelled_seat", "left(last_name, 4) || '|' || left(first_root, 3) || '|' || seat_id", 60),
    Key("first_year_seat", "first_root || '|' || birth_low || '|' || seat_id", 40),
    Key("email_name", "split_part(email, '@', 1)", 30),
    Key("names", "last_name || '|' || first_root", 60, last_resort=True),
    Key("names_swapped", "least(last_name, first_name) || '|' || greatest(last_name, first_name)",
        20, last_resort=True),
)


def create_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``pair`` (rid_l < rid_r, each pair once) and ``pair_key`` (pairs a key offers).

    Two entries of the register are a pair only where they may be one person registered twice:
    that is left to the keys of names and birth.
    """
    connection.execute("CREATE TABLE pair_key (key_name VARCHAR, n_pairs BIGINT)")
    connection.execute("CREATE TABLE offered (rid_l BIGINT, rid_r BIGINT)")
    connection.execute("CREATE TABLE settled (rid BIGINT)")
    for key in KEYS:
        _offer_pairs(connection, key)
    connection.execute("CREATE TABLE pair AS SELECT DISTINCT rid_l, rid_r FROM offered")
    connection.execute("DROP TABLE offered")
    connection.execute("DROP TABLE settled")


def _offer_pairs(connection: duckdb.DuckDBPyConnection, key: Key) -> None:
    """Add the pairs of one key; the register's records come first in order of rid."""
    is_open = "AND rid NOT IN (SELECT rid FROM settled)" if key.last_resort else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE keyed AS SELECT rid, is_elector, hash({key.sql}) AS value "
        f"FROM record WHERE ({key.sql}) IS NOT NULL {is_open}"
    )
    others = "" if key.finds_electors else "AND NOT bool_and(is_elector)"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE small AS SELECT value FROM keyed GROUP BY value "
        f"HAVING count(*) BETWEEN 2 AND {key.block_max} {others}"
    )
    electors = "" if key.finds_electors else "WHERE NOT is_elector"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS WITH here AS (SELECT k.* FROM keyed k SEMI JOIN "
        "small USING (value)) SELECT l.rid AS rid_l, r.rid AS rid_r, l.is_elector FROM here l "
        f"JOIN (SELECT * FROM here {electors}) r ON l.value = r.value AND l.rid < r.rid"
    )
    n_pairs = connection.execute(
        "INSERT INTO offered SELECT rid_l, rid_r FROM fresh").fetchall()[0][0]
    if key.settles:
        connection.execute("INSERT INTO settled SELECT DISTINCT rid_r FROM fresh "
                           "WHERE is_elector")
    connection.execute("INSERT INTO pair_key VALUES (?, ?)", [key.name, n_pairs])
