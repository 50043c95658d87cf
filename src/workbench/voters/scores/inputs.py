"""The tables that scoring reads, as views of one database; one that is not there is empty."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.tables import store

if TYPE_CHECKING:
    import duckdb

READ = (
    "area_results", "canvass", "consumer", "mobile_contacts", "polls", "seat_results",
    "social_users", "vote_history", "voters", "crosswalk", "people",
)


def open_tables(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    """Make a view of every table that scoring reads; StorageError for one that is damaged.

    A table of sources that nobody gathered is there without rows; people must be there.
    """
    for name in READ:
        store.open_view(connection, root, name)
