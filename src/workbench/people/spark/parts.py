"""The work on one part of the rows, records or pairs: the SQL that the other engine runs, too.

Every function here runs in Spark's workers, in a small DuckDB of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.people.blocking import KEYS, create_offers, offer_pairs
from workbench.people.prepare import number_identities, standardise_identities
from workbench.people.score import create_scored

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# A record in standard form beside what it says as written, and the rows that say so.
KNOWN = ("SELECT identity, record, row_records FROM identity JOIN record USING (rid) JOIN "
         "(SELECT rid, list(w ORDER BY source_name, row_key) AS row_records FROM row_record w "
         "GROUP BY rid) USING (rid)")
KEYED = "key INTEGER, rid BIGINT, is_elector BOOLEAN, place BIGINT, is_sought BOOLEAN"
OFFERED = "key INTEGER, rid_l BIGINT, rid_r BIGINT, is_settled BOOLEAN"
WEIGHED = ("SELECT rid_l, rid_r, match_weight, false AS is_vetoed FROM scored UNION ALL "
           "SELECT rid_l, rid_r, NULL, true FROM vetoed")


@dataclass(frozen=True)
class Place:
    """Where a worker does its part: its memory, its folder, and the shape of what it returns."""

    memory_mb: int
    folder: str
    schema: pa.Schema

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a DuckDB for one part; what exceeds its memory goes to the folder."""
        import duckdb

        with tempfile.TemporaryDirectory(dir=self.folder) as spill, duckdb.connect(config={
                "threads": 1, "memory_limit": f"{self.memory_mb}MB",
                "temp_directory": spill}) as connection:
            yield connection

    def shaped(self, connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
        """Return what a SELECT finds, in the shape that Spark was told."""
        return connection.execute(sql).to_arrow_table().cast(self.schema)


@dataclass(frozen=True)
class Numbers:
    """How the records of one part are numbered: what is added to the numbers they have there."""

    n_electors: int
    before_electors: int
    before_others: int


def known_records(
    rows: pa.Table, place: Place, *, nicknames: pa.Table, numbers: dict[int, Numbers],
    as_of_year: int,
) -> pa.Table:
    """Return the records of one part of all rows, numbered among those of all parts."""
    its = numbers[rows["part"][0].as_py()]
    with place.open() as connection:
        connection.register("written", rows)
        connection.register("nickname", nicknames)
        number_identities(connection)
        standardise_identities(connection, as_of_year=as_of_year)
        for table in ("row_record", "identity", "record"):
            connection.execute(
                f"UPDATE {table} SET rid = rid + CASE WHEN rid <= {its.n_electors} "
                f"THEN {its.before_electors} ELSE {its.before_others} END")
        return place.shaped(connection, KNOWN)


def signed(number: str) -> str:
    """Return SQL for a hash as Spark can hold it, in the same order."""
    return f"CAST(CAST({number} AS HUGEINT) - 9223372036854775808 AS BIGINT)"


def keyed_records(
    batches: Iterable[pa.RecordBatch], place: Place, *, keys: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    """Return the place of each record among its like, for each key that it has.

    ``place`` is a number of the key's value; it ``is_sought`` where the record looks for
    others of that value by another key than theirs.
    """
    import pyarrow as pa

    with place.open() as connection:
        for batch in batches:
            connection.register("record", pa.table(batch))
            yield from place.shaped(connection, _keyed_sql(keys)).to_batches()


def _keyed_sql(keys: Sequence[int]) -> str:
    values = [(number, KEYS[number].sql, False) for number in keys]
    values += [(number, KEYS[number].looked_up, True) for number in keys if KEYS[number].looked_up]
    return " UNION ALL ".join(
        f"SELECT CAST({number} AS INTEGER) AS key, rid, is_elector, {signed(f'hash({sql})')} AS "
        f"place, {str(is_sought).lower()} AS is_sought FROM record WHERE ({sql}) IS NOT NULL"
        for number, sql, is_sought in values)


def offered_pairs(
    batches: Iterable[pa.RecordBatch], place: Place, *, keyed: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Return the pairs that keys offer among all records that have one place.

    A pair ``is_settled`` where its record off the register found an elector by a key that
    settles; where one of ``batches`` says so of a record, a last resort leaves it alone.
    """
    import pyarrow as pa

    with place.open() as connection:
        reader = pa.RecordBatchReader.from_batches(keyed, iter(batches))
        connection.register("given", reader)
        connection.execute("CREATE TABLE keyed AS SELECT * FROM given")
        create_offers(connection)
        connection.execute("INSERT INTO settled SELECT DISTINCT rid FROM keyed WHERE is_settled")
        for number, in connection.execute("SELECT DISTINCT key FROM keyed ORDER BY 1").fetchall():
            yield from _offered_by(connection, number, place).to_batches()


def _offered_by(connection: duckdb.DuckDBPyConnection, number: int, place: Place) -> pa.Table:
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW record AS SELECT rid, is_elector, CASE WHEN NOT is_sought "
        "THEN place END AS value, CASE WHEN is_sought THEN place END AS sought FROM keyed "
        f"WHERE key = {number}")
    key = KEYS[number]
    offer_pairs(connection, replace(key, sql="value", looked_up=key.looked_up and "sought"))
    offered = place.shaped(
        connection, f"SELECT CAST({number} AS INTEGER) AS key, rid_l, rid_r, "
        "rid_r IN (SELECT rid FROM settled) AS is_settled FROM offered")
    connection.execute("DELETE FROM offered")
    return offered


def weighed_pairs(
    pairs: pa.Table, sides: pa.Table, place: Place, *, model: dict[str, Any], n_records: int
) -> pa.Table:
    """Return the pairs of one part that are scored or vetoed; ``sides`` has their records."""
    with place.open() as connection:
        connection.register("pair", pairs)
        connection.execute("CREATE TABLE side AS SELECT * EXCLUDE (part) FROM sides")
        connection.execute("CREATE VIEW record AS SELECT * FROM side")
        create_scored(connection, model, n_records=n_records)
        return place.shaped(connection, WEIGHED)
