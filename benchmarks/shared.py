"""What benchmarks do alike: options, clocks, memory, a process of its own, the line of JSON."""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

HERE = Path(__file__).parent
ROOT = HERE.parent
KIB_PER_GB = 1e9 / 1024


def options(text: str | None, *places: str, **known: Any) -> argparse.Namespace:
    """Return what the command line asks for; ``known`` has each option's default, or its kind.

    ``places`` are paths that stand before the options.

    False is a switch, a list takes one value or more and a tuple any number, Path is a path that
    need not be given, and a dictionary is what argparse is told.
    """
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in places:
        parser.add_argument(name, type=Path)
    for name, default in known.items():
        parser.add_argument(f"--{name.replace('_', '-')}", **_told(default))
    return parser.parse_args()


def _told(default: Any) -> dict[str, Any]:
    if isinstance(default, dict):
        return default
    if default is False:
        return {"action": "store_true"}
    if default is Path:
        return {"type": Path}
    if isinstance(default, (list, tuple)):
        return {"nargs": "+" if isinstance(default, list) else "*", "type": type(default[0]),
                "default": list(default)}
    return {"type": type(default), "default": default}


def tell(**figures: Any) -> None:
    """Print the line of JSON."""
    print(json.dumps(figures), flush=True)


def view_tables(
    connection: duckdb.DuckDBPyConnection, folder: Path, names: Iterable[str]
) -> None:
    """Lay a view over canonical tables of a folder."""
    for name in names:
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM '{folder}/data/tables/{name}.parquet'")


class Clock:
    """Wall and processor seconds of this process since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return the seconds on the wall, and those of the processor."""
        return time.perf_counter() - self._wall, time.process_time() - self._cpu

    def told(self, *names: str, digits: int = 2) -> dict[str, float]:
        """Return the seconds on the wall, then those of the processor, by the names given."""
        return {name: round(seconds, digits)
                for name, seconds in zip(names, self.read(), strict=False)}


def peak_gb() -> float:
    """Return the most memory that this process has held, of which a parent's is part."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2)


def memory_gb(field: str) -> float:
    """Return a line of the process's own status; a parent's peak is not in it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))
    return round(kib / KIB_PER_GB, 3)


def figures_of(script: str, *arguments: object) -> dict[str, Any]:
    """Run a script of this folder in a process of its own; return its line of JSON."""
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextlib.contextmanager
def kept_or_temporary(folder: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, which is kept, or a temporary one."""
    if folder:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="wb-") as made:
        yield Path(made)
