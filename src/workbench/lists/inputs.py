"""The tables that lists are reconciled from, and the double calls that were found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.people.folder import people_file
from workbench.tables import read_table, store

TABLES = ("call_lists", "gotv_list", "fundraising_list", "people", "crosswalk")
READ = (*TABLES, "data/people/records.parquet")


def read_inputs(root: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of lists, and people, crosswalk and records; StorageError if absent."""
    records = read_table(people_file(root, "records.parquet"))
    return {**store.read_tables(root, TABLES), "records": records}


def write_double_calls(root: Path, double: pd.DataFrame) -> None:
    """Write data/reconcile/double_calls.parquet: who is called twice in a week, and by whom."""
    store.write(root, "double_calls", double)
