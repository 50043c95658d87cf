"""Repair what a kill or a full disk left of DVC's own files, where nobody is writing them.

DVC writes them in place: cut off, they stop every later command until a person deletes them. What
they hold can be made again: who reads and writes which file just now, which stages are up to date,
and of a file that was added, what git has of it; where git has nothing, it is added again.
"""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from workbench.pipeline.recorded import LOCKS, PARTS
from workbench.settings import read_yaml
from workbench.tables.whole import is_running

POINTED = ("data", "reports")  # where files are that were added to DVC
READERS, GUARD = ".dvc/tmp/rwlock", ".dvc/tmp/lock"
DIGEST = re.compile(r"[0-9a-f]{32}(\.dir)?")
CONFLICT = b"<<<<<<<"  # of a merge: a person's to resolve


def repair(root: Path) -> list[str]:
    """Delete the files of DVC's that were cut off; return their paths, nothing in most runs.

    What was cut off of a file that ``dvc add`` writes comes back from git, where git has it. A
    file that another process may be writing is left alone: DVC's own locks are asked.
    """
    temporary = root / ".dvc" / "tmp"
    repaired = _deleted(root, [READERS], _is_of_use, guard=temporary / "rwlock.lock")
    repaired += _deleted(root, LOCKS, _is_lock, guard=root / GUARD)
    added = [path.relative_to(root).as_posix() for name in POINTED for path in
             sorted((root / name).rglob("*.dvc")) if path.is_file()]
    torn = _deleted(root, added, _is_pointer, guard=root / GUARD)
    for name in torn:
        _bring_back(root, name)
    return repaired + torn


def is_at_work(root: Path) -> bool:
    """Return whether a DVC command reads or writes files of the campaign just now.

    While a stage's own command runs, DVC lets go of its lock and leaves its list of readers.
    """
    with locked(root / GUARD) as is_ours:
        file = root / READERS
        return not is_ours or (file.is_file() and any(_processes(file.read_bytes())))


def _deleted(
    root: Path, names: Sequence[str], is_whole: Callable[[bytes], bool], *,
    guard: Path,
) -> list[str]:
    cut = [name for name in names if _is_cut_off(root / name, is_whole)]
    if not cut:
        return []
    with locked(guard) as is_ours:
        repaired = [name for name in cut if is_ours and _is_cut_off(root / name, is_whole)]
        for name in repaired:
            (root / name).unlink()
    return repaired


def _is_cut_off(path: Path, is_whole: Callable[[bytes], bool]) -> bool:
    return path.is_file() and not is_whole(path.read_bytes())


def _is_of_use(content: bytes) -> bool:
    """Tell whether DVC can read its list of readers, and waits for none that is gone.

    DVC asks for the number of a process alone, which another one has after a restart.
    """
    try:
        return not any(json.loads(content).values()) or any(_processes(content))
    except (ValueError, AttributeError):
        return False


def _processes(content: bytes) -> list[int]:
    """Return the processes of DVC's that its list of readers names, as far as they live."""
    try:
        listed = json.loads(content)
        entries = [one for kind in listed.values() for found in kind.values()
                   for one in (found if isinstance(found, list) else [found])]
        return [int(one["pid"]) for one in entries if one and _is_dvc(int(one["pid"]))]
    except (ValueError, AttributeError, KeyError, TypeError):
        return []


def _is_dvc(number: int) -> bool:
    """Return whether that process is DVC's, or may be where the system does not say."""
    told = Path(f"/proc/{number}/cmdline")
    if Path("/proc/self/cmdline").is_file():
        return told.is_file() and b"dvc" in told.read_bytes()
    return is_running(number)


def _is_lock(content: bytes) -> bool:
    """Tell whether DVC can read it. A stage whose entry lacks an output is run again."""
    if CONFLICT in content:
        return True
    try:
        told = read_yaml(content)
        return "schema" in told and all(_is_stage(stage) for stage in told["stages"].values())
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return False


def _is_pointer(content: bytes) -> bool:
    """Tell whether a file that ``dvc add`` wrote is whole."""
    if CONFLICT in content:
        return True
    try:
        outs = yaml.safe_load(content)["outs"]
        return content.endswith(b"\n") and bool(outs) and all(
            one["path"] and DIGEST.fullmatch(str(one["md5"])) for one in outs)
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError):
        return False


def _bring_back(root: Path, name: str) -> None:
    """Write what git has of a file, if that is whole."""
    try:
        found = subprocess.run(["git", "show", f"HEAD:./{name}"], cwd=root, capture_output=True,
                               check=False)
    except OSError:
        return
    if found.returncode == 0 and _is_pointer(found.stdout):
        (root / name).write_bytes(found.stdout)


def _is_stage(stage: dict[str, list[dict[str, object]]]) -> bool:
    entries = [entry for part in PARTS for entry in stage.get(part) or []]
    return "cmd" in stage and all(
        "path" in one and "size" in one and DIGEST.fullmatch(str(one[str(one["hash"])]))
        for one in entries)


@contextmanager
def locked(guard: Path) -> Iterator[bool]:
    """Hold one of DVC's locks, as DVC holds it; give whether it could be had at once."""
    guard.parent.mkdir(parents=True, exist_ok=True)
    with open(guard, "a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
