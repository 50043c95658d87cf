"""Delete what killed processes left half written: drafts, tables on the disk, DVC's copies."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from workbench.pipeline.repair import is_at_work
from workbench.tables.whole import is_running

FOLDERS = ("data", "lists", "reports", "sealed", "notebooks")
CACHE = ".dvc/cache"
_OURS = re.compile(r"\.(?:.+\.(?P<file>\d+)\.draft|spill-(?P<folder>\d+)-.*)")
_COPY = re.compile(r"\.[\w-]{22}\.tmp")  # as DVC calls what it has not copied whole yet


def sweep(root: Path) -> list[str]:
    """Delete what nobody writes any more; return the paths, nothing in most runs.

    Our drafts bear the number of the process that writes them; of DVC's copies nobody knows
    whose they are, so they stay while a command of DVC's is at work.
    """
    left = [path for name in FOLDERS for path in _below(root / name) if _is_abandoned(path)]
    copies = [path for name in (*FOLDERS, CACHE) for path in _below(root / name)
              if _COPY.fullmatch(path.name)]
    if copies and not is_at_work(root):
        left += copies
    for path in left:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return sorted(path.relative_to(root).as_posix() for path in left)


def _below(folder: Path) -> Iterator[Path]:
    """Yield files and folders whose names begin with a dot, below a folder."""
    return (path for path in folder.rglob(".*") if not path.is_symlink())


def _is_abandoned(path: Path) -> bool:
    named = _OURS.fullmatch(path.name)
    number = int(named["file"] or named["folder"]) if named else 0
    return bool(number) and not is_running(number)
