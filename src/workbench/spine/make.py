"""Make people: link every table, give each person an id that stays, and write all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.engine import limit_memory, open_database
from workbench.people.answers import read_answers
from workbench.people.golden import golden_people
from workbench.people.keys import create_record_keys
from workbench.people.link import Linked, create_evidence, resolve_tables
from workbench.people.reading import Reading
from workbench.people.records import row_key_sql
from workbench.people.registry import assign_ids
from workbench.people.spark.evidence import create_evidence_on_spark
from workbench.people.spark.needs import check_spark
from workbench.people.spark.session import open_spark
from workbench.progress import step
from workbench.pseudonyms import read_key
from workbench.settings import Settings
from workbench.spine import inputs
from workbench.spine.review import review_pairs_of, with_answers
from workbench.spine.write import FOLDER, write_all
from workbench.tables import table_named

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class Made:
    """All that is written: tables, the model, and how many pairs each key offered.

    ``crosswalk`` has a row a row of a source, with all columns of CROSSWALK and ID_REGISTRY;
    ``records`` has a row a record, by its record_key.
    """

    crosswalk: pd.DataFrame
    changes: pd.DataFrame
    people: pa.Table
    records: pa.Table
    review_pairs: pd.DataFrame
    linked: Linked


def make_people(settings: Settings) -> None:
    """Link data/tables and write data/people, whole or not at all.

    The ids of data/registry are kept where people are known again. RegistryError for a damaged
    file there, SettingsError for another key than the campaign's, EngineError where the engine
    that params.yaml names cannot start.
    """
    key = read_key(settings.linkage)
    if settings.engine == "spark":
        check_spark()
    registry = inputs.read_registry(settings.root / inputs.REGISTRY_FILE)
    answers = read_answers(settings.root)
    inputs.read_erased(settings.root / inputs.ERASED_FILE)
    with open_database(settings.linkage, settings.root / FOLDER) as connection:
        made = _made(connection, settings, registry, answers, key=key)
    write_all(made, settings)
    step(f"{len(made.people):,} people and {len(made.changes):,} changes written to {FOLDER}")


def _made(
    connection: duckdb.DuckDBPyConnection, settings: Settings, registry: pd.DataFrame,
    answers: pd.DataFrame, *, key: bytes,
) -> Made:
    counts = inputs.open_tables(connection, settings.root)
    names = list(counts)
    step(f"linking {sum(counts.values()):,} rows of "
         f"{sum(n > 0 for n in counts.values())} tables")
    linked = _linked(connection, names, settings)
    step(f"{linked.pair_keys['n_pairs'].sum():,.0f} pairs compared; links to electors are made "
         f"from a probability of {linked.resolved.cut:.3f}")
    create_record_keys(connection, key=key)
    pairs = review_pairs_of(connection, linked, settings.linkage)
    linked, n_answers = with_answers(connection, linked, answers)
    step(f"{len(pairs):,} pairs drawn for review; {n_answers:,} answers of reviewers kept")
    rows = _rows(connection, names)
    step(f"{rows['person'].nunique():,} people; comparing them with {len(registry):,} rows of "
         "the registry")
    crosswalk, changes = assign_ids(rows, registry, key=key)
    _number_records(connection, crosswalk)
    step("putting together what is known of each person")
    people = golden_people(connection, names, key=key)
    records = connection.sql(
        "SELECT record_key, person_id, side.* EXCLUDE (rid) FROM side "
        "JOIN record_keys USING (rid) JOIN record_person USING (rid) "
        "ORDER BY record_key").to_arrow_table()
    return Made(crosswalk, changes, people, records, pairs, linked)


def _linked(
    connection: duckdb.DuckDBPyConnection, names: list[str], settings: Settings
) -> Linked:
    campaign, precision_min = settings.campaign, settings.linkage.precision_min
    reading = Reading(campaign.as_of.year, campaign.country_code)
    if settings.engine == "duckdb":
        model = create_evidence(connection, names, reading=reading, tell=step)
    else:
        with open_spark(settings.linkage, settings.root / FOLDER) as spark:
            limit_memory(connection, spark.memory_gb)
            model = create_evidence_on_spark(
                connection, names, reading=reading, spark=spark, tell=step)
        limit_memory(connection, settings.linkage.memory_limit_gb)
    step("putting every record with its person")
    return resolve_tables(connection, model, precision_min=precision_min)


def _rows(connection: duckdb.DuckDBPyConnection, names: list[str]) -> pd.DataFrame:
    """Return every row of every table with its record's keys and its person."""
    where = " UNION ALL ".join(
        f"SELECT source_name, {row_key_sql(table_named(name))} AS row_key, source_row, "
        f"'{name}' AS table_name FROM \"{name}\"" for name in names)
    return connection.execute(
        f"SELECT l.*, source_row, table_name, record_key, name_key, is_elector FROM crosswalk l "
        f"JOIN ({where}) USING (source_name, row_key) JOIN record_keys USING (rid) "
        "JOIN (SELECT rid, is_elector FROM record) USING (rid) ORDER BY source_name, row_key"
    ).df()


def _number_records(connection: duckdb.DuckDBPyConnection, crosswalk: pd.DataFrame) -> None:
    """Create ``record_person``: rid, person and person_id, a row a record."""
    numbered = crosswalk[["rid", "person", "person_id"]].drop_duplicates()
    connection.register("numbered", numbered)
    connection.execute("CREATE TABLE record_person AS SELECT * FROM numbered")
    connection.unregister("numbered")
