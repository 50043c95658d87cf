"""What the spine reads: the gathered tables, and what people decided in data/registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import RegistryError, StorageError
from workbench.people.decided import check_columns, cure, told
from workbench.people.records import LINKED_TABLES
from workbench.tables import TABLES, Table, read_table, to_arrow, to_pandas
from workbench.tables.people import ERASED, ID_REGISTRY

if TYPE_CHECKING:
    import duckdb

TABLES_FOLDER = Path("data", "tables")
REGISTRY_FILE = Path("data", "registry", "id_registry.parquet")
# Rows that are about no person: they keep their place in their table, and join nobody.
NO_PERSON = {"donations": "coalesce(donor_kind_code = 'organisation', false)"}
ERASED_FILE = Path("data", "registry", "erased.parquet")


def open_tables(connection: duckdb.DuckDBPyConnection, root: Path) -> dict[str, int]:
    """Make a view of every table of people; return how many rows each has.

    Gifts of organisations are left out, they are nobody's. A table that nobody gathered is
    there without rows; StorageError for one that is damaged.
    """
    return {name: _open_table(connection, name, root / TABLES_FOLDER / f"{name}.parquet")
            for name in LINKED_TABLES}


def _open_table(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> int:
    import duckdb

    if not path.is_file():
        connection.register(name, TABLES[name].schema().empty_table())
        return 0
    text = str(path).replace("'", "''")
    try:
        connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{text}') "
                           f"WHERE NOT {NO_PERSON.get(name, 'false')}")
        return int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0])
    except duckdb.Error as error:
        raise StorageError(
            f"{told(path)} cannot be read. Run 'dvc repro --force gather' to make it again."
        ) from error


def read_registry(path: Path) -> pd.DataFrame:
    """Return the id registry, without rows where there is none; RegistryError if damaged."""
    rows = _read_parquet(path, ID_REGISTRY)
    is_bare = rows[["source_name", "row_key", "record_key", "person_id", "is_elector"]].isna()
    if is_bare.to_numpy().any():
        raise RegistryError(
            f"{told(path)}: {int(is_bare.any(axis=1).sum())} rows lack a key or an id. "
            f"{cure(path)}")
    n_twice = int(rows.duplicated(["source_name", "row_key"]).sum())
    if n_twice:
        raise RegistryError(
            f"{told(path)} has {n_twice} rows of sources more than once. {cure(path)}")
    return rows


def read_erased(path: Path) -> pd.DataFrame:
    """Return what erased people are known by, without rows where there is no such file."""
    return _read_parquet(path, ERASED)


def _read_parquet(path: Path, table: Table) -> pd.DataFrame:
    import pyarrow as pa

    if not path.is_file():
        return to_pandas(to_arrow(pd.DataFrame(), table))
    try:
        rows = read_table(path)
        check_columns(path, list(rows.columns), table, table.column_names)
        return to_pandas(to_arrow(rows, table))
    except (pa.ArrowException, OSError) as error:
        raise RegistryError(
            f"{told(path)} cannot be read as Parquet with the columns of {table.name}. "
            f"{cure(path)}") from error
