"""The tables that scoring reads, as views of one database; one that is not there is empty."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import StorageError
from workbench.tables import RESULTS, TABLES

if TYPE_CHECKING:
    import duckdb

TABLES_READ = (
    "area_results", "canvass", "consumer", "donations", "mobile_contacts", "polls",
    "seat_results", "social_users", "vote_history", "voters",
)
PEOPLE_READ = ("crosswalk", "people")


def open_tables(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    """Make a view of every table that scoring reads; StorageError for one that is damaged.

    A canonical table that nobody gathered is there without rows; people must be there.
    """
    for name in TABLES_READ:
        path = root / "data" / "tables" / f"{name}.parquet"
        if path.is_file():
            _open(connection, name, path)
        else:
            connection.register(name, TABLES[name].schema().empty_table())
    for name in PEOPLE_READ:
        path = root / "data" / "people" / f"{name}.parquet"
        if not path.is_file():
            raise StorageError(
                f"data/people/{RESULTS[name].name}.parquet is not there. Run 'dvc repro spine' "
                "and try again.")
        _open(connection, name, path)


def _open(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    import duckdb

    text = str(path).replace("'", "''")
    try:
        connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{text}')")
    except duckdb.Error as error:
        raise StorageError(
            f"{path.name} cannot be read. Run 'dvc repro --force' of the stage that makes it."
        ) from error
