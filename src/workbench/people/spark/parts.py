"""The work on one part of the rows, records or pairs: the SQL that the other engine runs, too.

Every function here runs in Spark's workers, in a small DuckDB of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.people.blocking import Key, create_offers, offer_pairs
from workbench.people.prepare import standardise_written
from workbench.people.reading import Reading
from workbench.people.score import weigh_pairs

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

KEYED = "key INTEGER, rid INTEGER, is_elector BOOLEAN, key_value BIGINT, is_sought BOOLEAN"
OFFERED = "key INTEGER, rid_l INTEGER, rid_r INTEGER, is_narrowed BOOLEAN"
SIGN = 2 ** 63
WEIGHED = ("SELECT rid_l, rid_r, match_weight, false AS is_vetoed FROM scored UNION ALL "
           "SELECT rid_l, rid_r, NULL, true FROM vetoed")


@dataclass(frozen=True)
class Workplace:
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
        return connection.sql(sql).to_arrow_table().cast(self.schema)


@dataclass(frozen=True)
class Numbers:
    """How the records of one part are numbered: what is added to the numbers they have in it."""

    n_electors: int
    before_electors: int
    before_others: int


def known_records(
    rows: pa.Table, place: Workplace, *, nicknames: pa.Table, numbers: dict[int, Numbers],
    reading: Reading,
) -> pa.Table:
    """Return the records of one part of all rows; ``rid`` numbers them among those of all parts.

    Within ``record`` and ``row_records`` it is that of this part alone.
    """
    its = numbers[rows["part"][0].as_py()]
    with place.open() as connection:
        connection.register("written", rows)
        connection.register("nickname", nicknames)
        standardise_written(connection, reading=reading)
        return place.shaped(
            connection, f"SELECT * REPLACE (rid + CASE WHEN rid <= {its.n_electors} THEN "
            f"{its.before_electors} ELSE {its.before_others} END AS rid) FROM ({known_sql()})")


def known_sql() -> str:
    """Return a SELECT of records in standard form, with the rows that are each of them."""
    return (f"SELECT rid, h, {signed('first_row')} AS first_row, record, row_records "
            "FROM identity_row JOIN record USING (rid) JOIN (SELECT rid, list(w) AS row_records "
            "FROM row_record w GROUP BY rid) USING (rid)")


def signed(number: str) -> str:
    """Return SQL for a hash as Spark can hold it, in the same order."""
    return f"CAST(CAST({number} AS HUGEINT) - {SIGN} AS BIGINT)"


def unsigned(number: str) -> str:
    """Return SQL for a hash as DuckDB gave it."""
    return f"CAST(CAST({number} AS HUGEINT) + {SIGN} AS UBIGINT)"


def keyed_records(
    batches: Iterable[pa.RecordBatch], place: Workplace, *, keys: Sequence[Key]
) -> Iterator[pa.RecordBatch]:
    """Return the values that records have of keys, a row a record and key.

    ``key_value`` is a number of it; it ``is_sought`` where the record looks for
    others of that value by another key than theirs.
    """
    import pyarrow as pa

    with place.open() as connection:
        for batch in batches:
            connection.register("record", pa.table(batch))
            yield from place.shaped(connection, _keyed_sql(keys)).to_batches()


def _keyed_sql(keys: Sequence[Key]) -> str:
    values = [(number, key.sql, False) for number, key in enumerate(keys)]
    values += [(number, key.sought_sql, True) for number, key in enumerate(keys) if key.looked_up]
    return " UNION ALL ".join(
        f"SELECT CAST({number} AS INTEGER) AS key, rid, is_elector, {signed(sql)} AS "
        f"key_value, {str(is_sought).lower()} AS is_sought FROM record WHERE ({sql}) IS NOT NULL"
        for number, sql, is_sought in values)


def offered_pairs(
    batches: Iterable[pa.RecordBatch], place: Workplace, *, keys: Sequence[Key], keyed: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Return the pairs that keys offer among the records of one part, whole blocks of them.

    ``batches`` say of a record whether it ``is_certain`` or ``is_narrowed``; what comes back
    says the latter of the records ``rid_r``, once these keys have offered their pairs.
    """
    import pyarrow as pa

    with place.open() as connection:
        reader = pa.RecordBatchReader.from_batches(keyed, iter(batches))
        connection.register("given", reader)
        connection.execute("CREATE TABLE keyed AS SELECT * FROM given")
        create_offers(connection)
        for name in ("certain", "narrowed"):
            connection.execute(
                f"INSERT INTO {name} SELECT DISTINCT rid FROM keyed WHERE is_{name}")
        for number, key in enumerate(keys):
            connection.execute(
                "CREATE OR REPLACE TEMP VIEW record AS SELECT rid, is_elector, "
                "CASE WHEN NOT is_sought THEN key_value END AS found_by, "
                f"CASE WHEN is_sought THEN key_value END AS seeks FROM keyed WHERE key = {number}")
            offer_pairs(connection, (replace(
                key, parts=("found_by",), looked_up=("seeks",) if key.looked_up else ()),))
            yield from place.shaped(
                connection, f"SELECT CAST({number} AS INTEGER) AS key, rid_l, rid_r, "
                "rid_r IN (SELECT rid FROM narrowed) AS is_narrowed FROM offered").to_batches()
            connection.execute("DELETE FROM offered")


def weighed_pairs(
    pairs: pa.Table, sides: pa.Table, place: Workplace, *, model: dict[str, Any],
    numbers: dict[str, int],
) -> pa.Table:
    """Return the pairs of one part that are scored or vetoed; ``sides`` has their records."""
    with place.open() as connection:
        connection.execute("CREATE TABLE pair AS SELECT rid_l, rid_r FROM pairs")
        connection.execute("CREATE TABLE side AS SELECT * EXCLUDE (part) FROM sides")
        connection.execute("CREATE VIEW record AS SELECT * FROM side")
        weigh_pairs(connection, model, **numbers)
        return place.shaped(connection, WEIGHED)
