"""Candidate pairs: records that share a key, each key's blocks no larger than a cap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

PLACE = "coalesce(postcode, town)"


@dataclass(frozen=True)
class Key:
    """A blocking key: expressions over a record; a record where one is NULL has no value.

    ``block_max`` is how many records may share a value; in a larger block an agreement says
    too little to be worth its pairs. Only a key that ``finds_electors`` pairs two entries of
    the register with each other. A record to which the keys that ``are exact`` offer one
    elector, and no other, is certain: it is not looked up again. Nor is one to which a key
    that ``narrows`` offers any, by a key that is a ``last_resort``. ``looked_up``, where it is
    given, is the key by which a record off the register looks for another's ``parts``.
    """

    name: str
    parts: tuple[str, ...]
    block_max: int = 100
    finds_electors: bool = False
    is_exact: bool = False
    narrows: bool = False
    last_resort: bool = False
    looked_up: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """SQL for the hash of the key, NULL where a record has none."""
        return _hash_sql(self.parts)

    @property
    def sought_sql(self) -> str:
        """SQL for the hash of the key by which a record looks for others."""
        return _hash_sql(self.looked_up or self.parts)


def _hash_sql(parts: tuple[str, ...]) -> str:
    is_there = " AND ".join(f"({part}) IS NOT NULL" for part in parts)
    return f"CASE WHEN {is_there} THEN hash({', '.join(parts)}) END"


KEYS = (
    Key("email_first", ("email", "first_root"), 20, is_exact=True),
    Key("phone_first", ("phone", "first_root"), 20, is_exact=True),
    Key("names_home", ("last_name", "first_root", "house", "street", PLACE), 20, is_exact=True),
    Key("names_birth", ("last_name", "first_root", "birth_date"), 20, is_exact=True,
        finds_electors=True),
    Key("phone", ("phone",), 60),
    Key("email", ("email",), 60),
    Key("names_postcode", ("last_name", "first_root", "postcode"), narrows=True),
    Key("names_town", ("last_name", "first_root", "town"), narrows=True),
    Key("initial_postcode", ("last_name", "first_initial", "postcode"), 60, last_resort=True),
    Key("first_home", ("first_root", "house", "street", PLACE)),
    Key("home", ("house", "street", "flat", PLACE), 30, last_resort=True),
    Key("names_seat", ("last_name", "first_root", "seat_id")),
    Key("names_year", ("last_name", "first_root", "birth_low"), 40),
    Key("names_year_initial", ("last_name", "first_root", "birth_low", "middle_initial"), 12,
        finds_electors=True),
    Key("rare_names_year", ("last_name", "first_root", "birth_low"), 2, finds_electors=True),
    Key("birth_first", ("birth_date", "first_root"), 60),
    Key("birth_last", ("birth_date", "last_name"), 60),
    Key("birth_first_town", ("birth_date", "first_root", "town"), 20, finds_electors=True),
    Key("birth_last_initial", ("birth_date", "last_name", "first_initial"), 20,
        finds_electors=True),
    Key("spelled_postcode", ("left(last_name, 3)", "left(first_root, 2)", "postcode"), 60,
        last_resort=True),
    Key("spelled_seat", ("left(last_name, 4)", "left(first_root, 3)", "seat_id"), 60,
        last_resort=True),
    Key("first_year_seat", ("first_root", "birth_low", "seat_id"), 40),
    Key("email_name", ("split_part(email, '@', 1)",), 30),
    Key("names", ("last_name", "first_root"), 20, last_resort=True),
    Key("names_swapped", ("last_name", "first_name"), 20, last_resort=True,
        looked_up=("first_name", "last_name")),
)
# An exact key settles nothing where two facts of a person speak against it.
NO_CLASH = (
    "coalesce(v.suffix = r.suffix, true) AND coalesce(v.sex_code = r.sex_code, true) AND "
    "coalesce(v.middle_initial = r.middle_initial, true) AND "
    "coalesce(greatest(v.birth_low, r.birth_low) - least(v.birth_high, r.birth_high) <= 1, true)"
)


def create_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``pair`` (rid_l < rid_r, each pair once) and ``pair_key`` (pairs a key offers).

    Two entries of the register are a pair only where they may be one person registered twice:
    that is left to the keys of names and birth. Records in ``given`` carry the number of their
    elector; they are found by others, and look for nobody.
    """
    create_offers(connection)
    offer_all(connection, offer_pairs)
    connection.execute("CREATE TABLE pair AS SELECT DISTINCT rid_l, rid_r FROM offered")
    for name in ("offered", "narrowed", "certain", "asking", "asked", "small", "fresh"):
        connection.execute(f"DROP TABLE {name}")


def create_offers(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what keys add to, empty.

    These are ``pair_key``; ``offered`` (rid_l < rid_r, a row a key that offers the pair); and
    the records that are not looked up again, ``certain``, or not by a last resort, ``narrowed``.
    """
    connection.execute("CREATE TABLE pair_key (key_name VARCHAR, n_pairs BIGINT)")
    connection.execute("CREATE TABLE offered (rid_l INTEGER, rid_r INTEGER)")
    connection.execute("CREATE TABLE narrowed (rid INTEGER)")
    connection.execute("CREATE TABLE certain (rid INTEGER)")


def offer_all(
    connection: duckdb.DuckDBPyConnection,
    offer: Callable[[duckdb.DuckDBPyConnection, tuple[Key, ...]], None],
) -> None:
    """Let every key offer its pairs; ``offer`` adds those of keys that do not wait for others."""
    connection.execute("INSERT INTO certain SELECT rid FROM given")
    offer(connection, tuple(key for key in KEYS if key.is_exact))
    _note_certain(connection)
    offer(connection, tuple(key for key in KEYS if not key.is_exact and not key.last_resort))
    offer(connection, tuple(key for key in KEYS if key.last_resort))


def offer_pairs(connection: duckdb.DuckDBPyConnection, keys: tuple[Key, ...]) -> None:
    """Add to ``offered``, ``narrowed`` and ``pair_key`` what keys find among ``record``."""
    for key in keys:
        _offer_pairs(connection, key)


def _note_certain(connection: duckdb.DuckDBPyConnection) -> None:
    """Add to ``certain`` the records to which the exact keys offer one elector alone."""
    connection.execute(
        "INSERT INTO certain SELECT o.rid FROM (SELECT rid_r AS rid, min(rid_l) AS elector FROM "
        "offered WHERE rid_l <= (SELECT count(*) FROM record WHERE is_elector) AND "
        "rid_r > (SELECT count(*) FROM record WHERE is_elector) GROUP BY rid_r "
        "HAVING min(rid_l) = max(rid_l)) o JOIN record r ON r.rid = o.rid "
        f"JOIN record v ON v.rid = o.elector WHERE {NO_CLASH}")


def _offer_pairs(connection: duckdb.DuckDBPyConnection, key: Key) -> None:
    """Add the pairs of one key for the records that are not certain."""
    askers = "rid NOT IN (SELECT rid FROM certain)"
    if not key.finds_electors:
        askers += " AND NOT is_elector"
    n_pairs = offer_key(connection, key, askers=askers)
    connection.execute("INSERT INTO pair_key VALUES (?, ?)", [key.name, n_pairs])


def offer_key(connection: duckdb.DuckDBPyConnection, key: Key, *, askers: str) -> int:
    """Add the pairs of a key to ``offered`` and ``narrowed``; return how many.

    ``askers`` is SQL over a record.
    """
    if key.last_resort:
        askers += " AND rid NOT IN (SELECT rid FROM narrowed)"
    create_key_pairs(connection, key, askers=askers)
    n_pairs = connection.execute(
        "INSERT INTO offered SELECT rid_l, rid_r FROM fresh").fetchall()[0][0]
    if key.narrows:
        connection.execute("INSERT INTO narrowed SELECT DISTINCT rid_r FROM fresh "
                           "WHERE is_elector")
    return int(n_pairs)


def create_key_pairs(connection: duckdb.DuckDBPyConnection, key: Key, *, askers: str) -> None:
    """Create ``fresh``: rid_l < rid_r, the records that the askers share the key with.

    ``askers`` is SQL over a record. ``is_elector`` tells that the other of the two is on the
    register. Records of a value that more than ``block_max`` records have are no pair.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE asking AS SELECT * FROM (SELECT rid, "
        f"{key.sought_sql} AS value FROM record WHERE {askers}) WHERE value IS NOT NULL")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE asked AS SELECT *, rid IN (SELECT rid FROM asking) AS "
        f"is_asking FROM (SELECT rid, is_elector, {key.sql} AS value FROM record) "
        "SEMI JOIN asking USING (value)")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE small AS SELECT value FROM asked GROUP BY value "
        f"HAVING count(*) <= {key.block_max}")
    # Two that both ask meet twice, unless one looks for another key than it is found by.
    order = "l.rid <> r.rid" if key.looked_up else "(l.rid < r.rid OR NOT l.is_asking) AND " \
        "l.rid <> r.rid"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS SELECT least(l.rid, r.rid) AS rid_l, "
        "greatest(l.rid, r.rid) AS rid_r, l.is_elector FROM asked l SEMI JOIN small s "
        f"ON s.value = l.value JOIN asking r ON l.value = r.value AND {order}")
