"""The tables that lists are reconciled from, and the double calls that were found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.errors import StorageError
from workbench.tables import RESULTS, read_gathered, read_table, write_table

LIST_TABLES = ("call_lists", "gotv_list", "fundraising_list")
LINKED = ("people", "crosswalk", "records")


def read_inputs(root: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of lists, and people, crosswalk and records; StorageError if absent."""
    tables = {name: read_gathered(root, name) for name in LIST_TABLES}
    return tables | {name: _read_linked(root, name) for name in LINKED}


def write_double_calls(root: Path, double: pd.DataFrame) -> None:
    """Write data/reconcile/double_calls.parquet: who is called twice in a week, and by whom."""
    table = RESULTS["double_calls"]
    write_table(double[list(table.column_names)], table,
                root / "data/reconcile/double_calls.parquet")


def _read_linked(root: Path, name: str) -> pd.DataFrame:
    path = root / "data" / "people" / f"{name}.parquet"
    if not path.is_file():
        raise StorageError(
            f"data/people/{name}.parquet is not there. Run 'dvc repro', which links the records "
            "first."
        )
    return read_table(path)
