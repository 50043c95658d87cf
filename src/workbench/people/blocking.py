"""Candidate pairs: records that share a key, each key's blocks no larger than a cap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb


@dataclass(frozen=True)
class Key:
    """A blocking key: SQL over a record; a record where it is NULL has none of it.

    ``block_max`` is how many records may share a value; in a larger block an agreement says
    too little to be worth its pairs. Only a key that ``finds_electors`` pairs two entries of
    the register with each other. A record to which a key that ``settles`` offers an elector
    is not looked up again by one that is a ``last_resort``. ``looked_up``, where it is given,
    is the key by which a record off the register looks for another's ``sql``.
    """

    name: str
    sql: str
    block_max: int = 100
    finds_electors: bool = False
    settles: bool = False
    last_resort: bool = False
    looked_up: str = ""


KEYS = (
    Key("phone", "phone", 60),
    Key("email", "email", 60),
    Key("names_postcode", "last_name || '|' || first_root || '|' || postcode", settles=True),
    Key("initial_postcode", "last_name || '|' || first_initial || '|' || postcode", 60),
    Key("first_home", "first_root || '|' || house_street || '|' || coalesce(postcode, town)"),
    Key("home", "house_street || '|' || flat || '|' || coalesce(postcode, town)", 30),
    Key("names_town", "last_name || '|' || first_root || '|' || town", settles=True),
    Key("names_seat", "last_name || '|' || first_root || '|' || seat_id"),
    Key("names_year", "last_name || '|' || first_root || '|' || birth_low", 12,
        finds_electors=True),
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
    Key("names_swapped", "last_name || '|' || first_name", 20, last_resort=True,
        looked_up="first_name || '|' || last_name"),
)

def create_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``pair`` (rid_l < rid_r, each pair once) and ``pair_key`` (pairs a key offers).

    Two entries of the register are a pair only where they may be one person registered twice:
    that is left to the keys of names and birth.
    """
    create_offers(connection)
    offer_all(connection, offer_pairs)
    connection.execute("CREATE TABLE pair AS SELECT DISTINCT rid_l, rid_r FROM offered")
    connection.execute("DROP TABLE offered")
    connection.execute("DROP TABLE settled")


def create_offers(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what keys add to, empty.

    These are ``pair_key``; ``offered`` (rid_l < rid_r, a row a key that offers the pair); and
    ``settled``, the records that a last resort leaves alone.
    """
    connection.execute("CREATE TABLE pair_key (key_name VARCHAR, n_pairs BIGINT)")
    connection.execute("CREATE TABLE offered (rid_l BIGINT, rid_r BIGINT)")
    connection.execute("CREATE TABLE settled (rid BIGINT)")


def offer_all(
    connection: duckdb.DuckDBPyConnection,
    offer: Callable[[duckdb.DuckDBPyConnection, tuple[Key, ...]], None],
) -> None:
    """Let every key offer its pairs; ``offer`` adds those of keys that do not wait for others."""
    offer(connection, tuple(key for key in KEYS if not key.last_resort))
    offer(connection, tuple(key for key in KEYS if key.last_resort))


def offer_pairs(connection: duckdb.DuckDBPyConnection, keys: tuple[Key, ...]) -> None:
    """Add to ``offered``, ``settled`` and ``pair_key`` what keys find among ``record``."""
    for key in keys:
        _offer_pairs(connection, key)


def _offer_pairs(connection: duckdb.DuckDBPyConnection, key: Key) -> None:
    """Add the pairs of one key; the register's records come first in order of rid."""
    # A key that is its own counterpart meets each pair twice; one that is not, once.
    asked, order = (key.looked_up, "l.rid <> r.rid") if key.looked_up else (
        key.sql, "l.rid < r.rid")
    is_open = "AND rid NOT IN (SELECT rid FROM settled)" if key.last_resort else ""
    askers = "" if key.finds_electors else "AND NOT is_elector"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE asking AS SELECT rid, hash(value) AS value FROM (SELECT "
        f"*, {asked} AS value FROM record) WHERE value IS NOT NULL {askers} {is_open}")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE asked AS SELECT rid, is_elector, value FROM (SELECT rid, "
        f"is_elector, hash({key.sql}) AS value FROM record WHERE ({key.sql}) IS NOT NULL) "
        "SEMI JOIN asking USING (value)")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE small AS SELECT value FROM asked GROUP BY value "
        f"HAVING count(*) <= {key.block_max}")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS SELECT least(l.rid, r.rid) AS rid_l, "
        "greatest(l.rid, r.rid) AS rid_r, l.is_elector FROM asked l SEMI JOIN small s "
        f"ON s.value = l.value JOIN asking r ON l.value = r.value AND {order}")
    n_pairs = connection.execute(
        "INSERT INTO offered SELECT rid_l, rid_r FROM fresh").fetchall()[0][0]
    if key.settles:
        connection.execute("INSERT INTO settled SELECT DISTINCT rid_r FROM fresh "
                           "WHERE is_elector")
    connection.execute("INSERT INTO pair_key VALUES (?, ?)", [key.name, n_pairs])
