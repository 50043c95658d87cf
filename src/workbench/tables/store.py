"""The one place that knows where a table lies: it reads them, writes them and opens views.

A table of sources that no source fills is there, typed and empty, once `gather` has run. What is
not there is told here, in the same words everywhere, with the stage that makes it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import StorageError
from workbench.tables.files import read_table, to_arrow, write_arrow
from workbench.tables.known import TABLES, any_table
from workbench.tables.model import Table
from workbench.tables.trials import STAGE, place_to_write

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Limit:
    """Which tables may be read, by their paths, and what to say of any other.

    It holds while the process runs for ``stage`` (as DVC says in the environment, empty where
    no stage runs it); it says so and reads on where it is not ``is_strict``.
    """

    paths: frozenset[str]
    words: str
    stage: str = ""
    is_strict: bool = True


_limits: list[Limit] = []


def limit_reads(limit: Limit | None) -> None:
    """Let this process read the tables of a limit alone from now on; None lifts it."""
    _limits[:] = [limit] if limit else []


def table_path(root: Path, name: str) -> Path:
    """Return where a table lies in the campaign's folder; StorageError where it is not there."""
    table = any_table(name)
    _keep_to_limit(table)
    path = root / table.path
    if not path.is_file():
        raise StorageError(f"{table.path} is not there. {_cure(table)}")
    return path


def read(root: Path, name: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table, or some of its columns, as analysts see it.

    StorageError where it is not there, cannot be read, or is of an older shape.
    """
    table, path = any_table(name), table_path(root, name)
    wanted = list(columns or table.column_names)
    try:
        lacking = [column for column in wanted if column not in pq.read_schema(path).names]
        rows = pd.DataFrame() if lacking else read_table(path, wanted)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(table) from error
    if lacking:
        raise StorageError(
            f"{table.path} lacks the column '{lacking[0]}'. Run 'dvc repro' to make it again.")
    return rows


def read_tables(root: Path, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return several tables by name; StorageError as in ``read``."""
    return {name: read(root, name) for name in names}


def write(root: Path, name: str, rows: pd.DataFrame | pa.Table, *, file: str = "") -> None:
    """Write a table whole or not at all, in its declared columns, order and types.

    A notebook that no stage runs writes it among trials (see ``trials``).

    Columns that it does not declare are left out of pandas rows, and ones that may be absent
    are empty then; KeyError for one that may not. ``file`` is the list that the rows are of,
    where the table is one of many.
    """
    table = any_table(name)
    if isinstance(rows, pd.DataFrame):
        rows = to_arrow(rows[_kept(rows, table)], table)
    write_arrow(rows, place_to_write(root, table.path_of(file or name)))


def open_view(connection: duckdb.DuckDBPyConnection, root: Path, name: str) -> int:
    """Make a view ``name`` of a table, without rows that are about nobody; return its rows.

    A table of sources that nobody gathered is there without rows; StorageError for any other
    that is not there, and for one that is damaged.
    """
    import duckdb

    table = any_table(name)
    _keep_to_limit(table)
    if name in TABLES and not (root / table.path).is_file():
        connection.register(name, table.schema().empty_table())
        return 0
    text = str(table_path(root, name)).replace("'", "''")
    try:
        connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{text}') "
                           f"WHERE NOT ({table.nobody or 'false'})")
        return int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0])
    except duckdb.Error as error:
        raise _unreadable(table) from error


def _keep_to_limit(table: Table) -> None:
    """Raise StorageError for a table that is not among those that may be read, or say so once."""
    for limit in _limits:
        if table.path in limit.paths or limit.stage != os.environ.get(STAGE, ""):
            continue
        told = f"The table {table.name} {limit.words.format(name=table.name)}"
        if limit.is_strict:
            raise StorageError(told)
        print(told, file=sys.stderr)
        limit_reads(replace(limit, paths=limit.paths | {table.path}))


def _kept(rows: pd.DataFrame, table: Table) -> list[str]:
    """Return the columns of ``rows`` that the table declares."""
    needed = {*table.key, *(one.name for one in table.columns if one.is_required)}
    if lacking := needed - set(rows.columns):
        raise KeyError(f"rows for {table.name} lack {sorted(lacking)}")
    return [name for name in table.column_names if name in rows.columns]


def _unreadable(table: Table) -> StorageError:
    return StorageError(f"{table.path} cannot be read: it is damaged. Run 'dvc repro --force "
                        f"{table.stage}' to make it again.")


def _cure(table: Table) -> str:
    return f"Run 'dvc repro {table.stage}', which makes it, and try again."
