"""Where tables live while they are worked on: a DuckDB database that spills to disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import duckdb

MB_PER_GB = 1000


class Limits(Protocol):
    """What a database may use of the machine."""

    @property
    def memory_limit_gb(self) -> float:
        """GB above which it goes to disk."""

    @property
    def n_threads(self) -> int:
        """Processor cores."""


@contextmanager
def open_database(limits: Limits, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty database in memory that keeps to the ``limits`` given.

    What exceeds the memory limit goes to a temporary folder below ``folder``, which is gone
    when the database is closed, however that comes about.
    """
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    spill = Path(tempfile.mkdtemp(prefix=f".spill-{os.getpid()}-", dir=folder))
    connection = duckdb.connect()
    try:
        connection.execute(f"SET threads = {int(limits.n_threads)}")
        limit_memory(connection, limits.memory_limit_gb)
        connection.execute("SET temp_directory = ?", [str(spill)])
        yield connection
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


def limit_memory(connection: duckdb.DuckDBPyConnection, memory_gb: float) -> None:
    """Let a database keep so much in memory, and no more."""
    connection.execute(f"SET memory_limit = '{int(memory_gb * MB_PER_GB)}MB'")
