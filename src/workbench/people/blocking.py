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
    the register with each other.
    """

    name: str
    sql: str
    block_max: int = 100
    finds_electors: bool = False


KEYS = (
    Key("phone", "phone", 60),
    Key("email", "email", 60),
    Key("names_postcode", "last_name || '|' || first_root || '|' || postcode"),
    Key("initial_postcode", "last_name || '|' || first_initial || '|' || postcode", 60),
    Key("first_home", "first_root || '|' || house_street || '|' || coalesce(postcode, town)"),
    Key("home", "house_street || '|' || flat || '|' || coalesce(postcode, town)", 30),
    Key("names_town", "last_name || '|' || first_root || '|' || town"),
    Key("names_seat", "last_name || '|' || first_root || '|' || seat_id"),
    Key("names", "last_name || '|' || first_root", 60),
    Key("names_year", "last_name || '|' || first_root || '|' || birth_low", finds_electors=True),
    Key("names_swapped", "least(last_name, first_name) || '|' || greatest(last_name, first_name)",
        20),
    Key("birth_first", "CAST(birth_date AS VARCHAR) || '|' || first_root", 60,
        finds_electors=True),
    Key("birth_last", "CAST(birth_date AS VARCHAR) || '|' || last_name", 60,
        finds_electors=True),
    Key("spelled_postcode", "left(last_name, 3) || '|' || left(first_root, 2) || '|' || postcode",
        60),
    Key("spelled_seat", "left(last_name, 4) || '|' || left(first_root, 3) || '|' || seat_id", 60),
    Key("first_year_seat", "first_root || '|' || birth_low || '|' || seat_id", 40),
    Key("email_name", "split_part(email, '@', 1)", 30),
)


def create_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``pair`` (rid_l < rid_r, each pair once) and ``pair_key`` (pairs a key offers).

    Two entries of the register are a pair only where they may be one person registered twice:
    that is left to the keys of names and birth.
    """
    connection.execute("CREATE TABLE pair_key (key_name VARCHAR, n_pairs BIGINT)")
    connection.execute("CREATE TABLE offered (rid_l BIGINT, rid_r BIGINT)")
    for key in KEYS:
        _offer_pairs(connection, key)
    connection.execute("CREATE TABLE pair AS SELECT DISTINCT rid_l, rid_r FROM offered")
    connection.execute("DROP TABLE offered")


def _offer_pairs(connection: duckdb.DuckDBPyConnection, key: Key) -> None:
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE keyed AS SELECT rid, is_elector, hash({key.sql}) AS value "
        f"FROM record WHERE ({key.sql}) IS NOT NULL"
    )
    others = "" if key.finds_electors else "AND NOT bool_and(is_elector)"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE small AS SELECT value FROM keyed GROUP BY value "
        f"HAVING count(*) BETWEEN 2 AND {key.block_max} {others}"
    )
    electors = "" if key.finds_electors else "AND NOT (l.is_elector AND r.is_elector)"
    n_pairs = connection.execute(
        "INSERT INTO offered WITH here AS (SELECT k.* FROM keyed k SEMI JOIN small USING (value))"
        " SELECT l.rid, r.rid FROM here l JOIN here r ON l.value = r.value AND l.rid < r.rid "
        f"{electors}"
    ).fetchall()[0][0]
    connection.execute("INSERT INTO pair_key VALUES (?, ?)", [key.name, n_pairs])
