"""The evidence that people are resolved from, gathered by Spark from parts of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.people.blocking import Key, create_offers, offer_all
from workbench.people.link import TRAINING_SEED, create_given, n_rows_of
from workbench.people.model import train
from workbench.people.prepare import compress, load_nicknames, standardise_written, written_sql
from workbench.people.reading import Reading
from workbench.people.score import create_term_frequencies, weigh_pairs
from workbench.people.spark import parts
from workbench.people.spark.parts import Numbers, Workplace, signed, unsigned

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    from workbench.people.spark.session import Spark

ROWS_OF_A_PART = 100_000


def create_evidence_on_spark(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], *, reading: Reading,
    spark: Spark, tell: Callable[[str], object] = lambda told: None,
) -> dict[str, Any]:
    """Create in ``connection`` what create_evidence does, row for row; return the model.

    Spark numbers and standardises the records, finds the pairs and weighs them, a part at a
    time. What looks at all records at once (numbers of electors given, frequencies of terms,
    the model) is done in ``connection``, where every record lies.
    """
    tell("putting every record into one spelling, on Spark")
    load_nicknames(connection)
    _write_rows(connection, table_names, spark)
    _create_known(connection, spark, reading=reading)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW written AS {written_sql(table_names)}")
    create_given(connection)
    tell(f"looking for pairs among {n_rows_of(connection, 'record'):,} records, on Spark")
    _create_pairs(connection, spark)
    create_term_frequencies(connection)
    tell("learning how records of one person agree")
    model = train(connection, seed=TRAINING_SEED)
    tell("weighing pairs, on Spark")
    _create_weighed(connection, spark, model)
    return model


def _write_rows(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], spark: Spark
) -> None:
    """Hand over all rows, each with its part; the parts are in the order of ``h``."""
    written = written_sql(table_names)
    n_rows = connection.execute(f"SELECT count(*) FROM ({written})").fetchall()[0][0]
    bits = max(1, (n_rows // ROWS_OF_A_PART).bit_length())
    connection.execute(
        f"COPY (SELECT * REPLACE ({signed('h')} AS h), CAST(h >> {64 - bits} AS INTEGER) AS part "
        f"FROM ({written})) TO {_quoted(spark.path('written'))} (FORMAT parquet)")
    spark.session.conf.set("spark.sql.shuffle.partitions", str(2 ** bits))


def _create_known(
    connection: duckdb.DuckDBPyConnection, spark: Spark, *, reading: Reading
) -> None:
    """Create ``row_record``, ``identity_row`` and ``record``: each part's, put together."""
    connection.execute("CREATE TEMP VIEW written AS SELECT * FROM read_parquet("
                       f"{_quoted(spark.path('written'))}) WHERE false")
    standardise_written(connection, reading=reading)
    place, schema = _workplace(connection, spark, parts.known_sql())
    written = spark.read("written")
    numbers = _numbers(written)
    nicknames = connection.sql("SELECT * FROM nickname").to_arrow_table()
    spark.write(written.groupBy("part").applyInArrow(
        lambda rows: parts.known_records(
            rows, place, nicknames=nicknames, numbers=numbers, reading=reading),
        schema), "known")
    known = _handed_over(spark, "known")
    for table, its in (("record", "record"), ("row_record", "unnest(row_records)")):
        connection.execute(f"INSERT INTO {table} BY NAME SELECT rid, its.* EXCLUDE (rid) FROM "
                           f"(SELECT rid, {its} AS its FROM {known}) ORDER BY rid")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE identity_row AS SELECT {unsigned('h')} AS h, "
        f"{unsigned('first_row')} AS first_row, rid FROM {known}")
    compress(connection)


def _numbers(written: DataFrame) -> dict[int, Numbers]:
    """Return how each part's records are numbered: all of the register's before the others."""
    from pyspark.sql.functions import count_distinct

    counted = written.groupBy("part", "is_elector").agg(count_distinct("h").alias("n")).collect()
    n_of = {(row["part"], row["is_elector"]): row["n"] for row in counted}
    electors, others, numbers = 0, sum(n for (_, is_one), n in n_of.items() if is_one), {}
    for part in sorted({part for part, _ in n_of}):
        here = n_of.get((part, True), 0)
        numbers[part] = Numbers(here, electors, others - here)
        electors, others = electors + here, others + n_of.get((part, False), 0)
    return numbers


def _create_pairs(connection: duckdb.DuckDBPyConnection, spark: Spark) -> None:
    """Create ``pair_key``; the pairs stay with Spark."""
    create_offers(connection)
    connection.execute("DROP TABLE offered")
    offer_all(connection, lambda _, keys: _offer_pairs(connection, spark, keys=keys))
    offered = spark.session.read.parquet(spark.path("offered_*"))
    spark.write(offered.select("rid_l", "rid_r").distinct(), "pair")
    for kind in ("VIEW offered", "TABLE certain", "TABLE narrowed"):
        connection.execute(f"DROP {kind}")


def _offer_pairs(
    connection: duckdb.DuckDBPyConnection, spark: Spark, *, keys: tuple[Key, ...]
) -> None:
    """Add to ``narrowed`` and ``pair_key`` what keys find; ``offered`` is a view of all so far."""
    from pyspark.sql.functions import col, lit
    from pyspark.sql.pandas.types import to_arrow_schema

    name = f"offered_{keys[0].name}"
    records = spark.read("known").select(
        col("record").withField("rid", col("rid")).alias("record")).select("record.*")
    place, rows = _workplace_of(connection, spark, parts.KEYED)
    keyed = records.mapInArrow(
        lambda batches: parts.keyed_records(batches, place, keys=keys), rows)
    for flag in ("certain", "narrowed"):
        before = f"{flag}_before_{name}"
        connection.execute(f"COPY {flag} TO {_quoted(spark.path(before))} (FORMAT parquet)")
        flagged = spark.read(before).distinct().withColumn(f"is_{flag}", lit(True))
        keyed = keyed.join(flagged, "rid", "left")
    keyed = keyed.repartition("key", "key_value")
    shape = to_arrow_schema(keyed.schema)
    end, rows = _workplace_of(connection, spark, parts.OFFERED)
    spark.write(keyed.mapInArrow(
        lambda batches: parts.offered_pairs(batches, end, keys=keys, keyed=shape), rows), name)
    found = _handed_over(spark, name)
    connection.execute("CREATE OR REPLACE VIEW offered AS SELECT rid_l, rid_r FROM "
                       f"{_handed_over(spark, 'offered_*')}")
    connection.execute(
        f"INSERT INTO narrowed SELECT DISTINCT rid_r FROM {found} WHERE is_narrowed")
    n_pairs = dict(connection.execute(
        f"SELECT key, count(*) FROM {found} GROUP BY key").fetchall())
    connection.executemany("INSERT INTO pair_key VALUES (?, ?)", [
        (key.name, n_pairs.get(number, 0)) for number, key in enumerate(keys)])


def _create_weighed(
    connection: duckdb.DuckDBPyConnection, spark: Spark, model: dict[str, Any]
) -> None:
    """Create ``scored`` and ``vetoed``; each part has its pairs and the records they are of."""
    from pyspark.sql.functions import array, col, explode

    connection.execute(f"COPY side TO {_quoted(spark.path('side'))} (FORMAT parquet)")
    n_records, n_electors = connection.execute(
        "SELECT count(*), count(*) FILTER (is_elector) FROM record").fetchall()[0]
    numbers = {"n_records": n_records, "n_electors": n_electors}
    connection.execute("CREATE TABLE pair (rid_l INTEGER, rid_r INTEGER)")
    weigh_pairs(connection, model, **numbers)
    connection.execute("DROP TABLE pair")
    place, schema = _workplace(connection, spark, parts.WEIGHED)
    n_parts = int(spark.session.conf.get("spark.sql.shuffle.partitions"))
    part = (col("rid_l") % n_parts).alias("part")
    asked = spark.read("pair").select(
        part, explode(array("rid_l", "rid_r")).alias("rid")).distinct()
    pairs = spark.read("pair").select(part, "rid_l", "rid_r")
    sides = asked.join(spark.read("side"), "rid")
    spark.write(pairs.groupBy("part").cogroup(sides.groupBy("part")).applyInArrow(
        lambda left, right: parts.weighed_pairs(
            left, right, place, model=model, numbers=numbers), schema), "weighed")
    for table, columns, which in (("scored", "rid_l, rid_r, match_weight", "NOT is_vetoed"),
                                  ("vetoed", "rid_l, rid_r", "is_vetoed")):
        connection.execute(f"INSERT INTO {table} SELECT {columns} FROM "
                           f"{_handed_over(spark, 'weighed')} WHERE {which} ORDER BY rid_l, rid_r")


def _workplace_of(
    connection: duckdb.DuckDBPyConnection, spark: Spark, columns: str
) -> tuple[Workplace, StructType]:
    """Return where a part's work is done, and what comes of it, from a list of columns."""
    shape = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in (
        column.split() for column in columns.split(", ")))
    return _workplace(connection, spark, f"SELECT {shape} LIMIT 0")


def _workplace(
    connection: duckdb.DuckDBPyConnection, spark: Spark, sql: str
) -> tuple[Workplace, StructType]:
    """Return where a part's work is done, and what comes of it: what ``sql`` finds."""
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    schema = from_arrow_schema(connection.sql(sql).to_arrow_table().schema)
    folder = str(spark.folder / "tmp")
    return Workplace(spark.part_memory_mb, folder, to_arrow_schema(schema)), schema


def _handed_over(spark: Spark, name: str) -> str:
    """Return SQL that reads what Spark wrote under a name."""
    return f"read_parquet({_quoted(spark.path(name) + '/*.parquet')})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
