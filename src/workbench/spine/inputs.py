"""What the spine reads: the gathered tables, and what people decided in data/registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import RegistryError
from workbench.people.decided import check_columns, cure, told
from workbench.tables import Table, linked_tables, read_table, store, to_arrow, to_pandas
from workbench.tables.people import ERASED, ID_REGISTRY

if TYPE_CHECKING:
    import duckdb

REGISTRY_FILE = Path(ID_REGISTRY.path)
ERASED_FILE = Path(ERASED.path)


def open_tables(connection: duckdb.DuckDBPyConnection, root: Path) -> dict[str, int]:
    """Make a view of every table of people; return how many rows each has.

    Gifts of organisations are left out, they are nobody's. A table that nobody gathered is
    there without rows; StorageError for one that is damaged.
    """
    return {name: store.open_view(connection, root, name) for name in linked_tables()}


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
