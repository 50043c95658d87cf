"""The data that linking is measured on: canonical, complete, with one true person a row."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from workbench.people.records import IDENTIFIERS, identity_sql
from workbench.tables import table_named

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
N_PEOPLE = 2_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of tables for a small electorate."""
    folder = tmp_path_factory.mktemp("linkage")
    write(folder)
    return folder


def write(folder: Path) -> None:
    """Write the tables as the benchmark does."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from linkage_data import write_tables
    finally:
        sys.path.remove(str(BENCHMARKS))
    write_tables(folder, N_PEOPLE, seed=3, n_new=50)


def names_of(folder: Path) -> list[str]:
    """Return the tables that were written."""
    return sorted(path.stem for path in (folder / "data/tables").glob("*.parquet"))


def test_there_are_six_sources_beside_the_register_with_0_6_records_a_voter(made: Path) -> None:
    sizes = {name: pq.read_metadata(made / f"data/tables/{name}.parquet").num_rows
             for name in names_of(made)}
    assert sizes.pop("voters") == 2_000 + 10  # one in 200 is registered twice
    assert len(sizes) == 6
    assert sum(sizes.values()) == 1_200


def test_each_table_has_the_columns_that_linking_reads(made: Path) -> None:
    for name in names_of(made):
        table = table_named(name)
        read = set(table.key) | (set(table.column_names) & set(IDENTIFIERS))
        written = set(pq.read_schema(made / f"data/tables/{name}.parquet").names)
        assert read <= written <= set(table.column_names), name


def test_every_row_has_one_true_person(made: Path) -> None:
    import duckdb

    connection = duckdb.connect()
    for name in names_of(made):
        path = made / f"data/tables/{name}.parquet"
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{path}'")
    rows = " UNION ALL ".join(
        f"SELECT source_name, row_key FROM ({identity_sql(name)})" for name in names_of(made))
    known = f"SELECT source_name, row_key, person_id FROM '{made}/truth.parquet'"
    counts = connection.execute(
        f"SELECT count(*), count(person_id), count(DISTINCT (source_name, row_key)) "
        f"FROM ({rows}) FULL JOIN ({known}) USING (source_name, row_key)").fetchall()[0]
    assert counts == (3_210, 3_210, 3_210)


def test_the_same_seed_writes_the_same_bytes(made: Path, tmp_path: Path) -> None:
    write(tmp_path)
    for path in sorted(made.rglob("*.parquet")):
        assert path.read_bytes() == (tmp_path / path.relative_to(made)).read_bytes(), path.name
