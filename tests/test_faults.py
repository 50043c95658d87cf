"""Killed anywhere, or on a disk that is full: files are whole and the next build is the same."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from made_campaign import PARAMS, make_campaign
from made_releases import REPOSITORY

from workbench.briefs.build import write_together
from workbench.errors import StorageError
from workbench.releases.log import write_log
from workbench.tables import write_text
from workbench.tables.files import write_arrow

pytestmark = pytest.mark.usefixtures("in_stage")

N_KILLS = int(os.environ.get("WORKBENCH_KILLS", "8"))
CALLS = ("os.fsync", "os.replace", "pathlib.Path.write_text", "pyarrow.parquet.write_table")
BUILD = """
import os, sys
from workbench.cli import main
sys.exit(main(["run", "count"]) or main(["index"]))
"""


def write_all(root: Path, text: str) -> None:
    """Write as builds and publishing do: a text, four files together, a table, the log."""
    write_text(root / "index.html", text)
    write_together({root / f"{name}.html": text for name in "abcd"})
    write_arrow(pa.Table.from_pandas(pd.DataFrame({"n": [len(text)]})), root / "t.parquet")
    write_log(root, [])


def contents(root: Path) -> dict[str, bytes]:
    """Return all files below a folder, by their path."""
    return {path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", CALLS)
def test_the_nth_write_fails_for_every_n_and_no_file_is_torn(tmp_path, monkeypatch, call, code):
    write_all(tmp_path / "new", "second")
    new = contents(tmp_path / "new")
    n_failed = 0
    for nth in range(1, 100):
        root = tmp_path / f"{nth}"
        write_all(root, "first")
        old = contents(root)
        if not fails_at(monkeypatch, call, nth, code, root):
            break
        n_failed += 1
        found = contents(root)
        assert set(found) == set(old)
        assert all(text in (old[name], new[name]) for name, text in found.items())
        write_all(root, "second")
        assert contents(root) == new
    assert n_failed == {"os.fsync": 7, "os.replace": 7, "pathlib.Path.write_text": 6}.get(call, 1)


def fails_at(monkeypatch, call, nth, code, root):
    """Write all again with the nth call failing; return whether there was an nth call."""
    module, _, name = call.rpartition(".")
    owner = pytest.importorskip(module) if module != "pathlib.Path" else Path
    real, calls = getattr(owner, name), iter(range(1, 1000))

    def failing(*args, **options):
        if next(calls) == nth:
            raise OSError(code, os.strerror(code))
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(call, failing)
        try:
            write_all(root, "second")
        except StorageError as error:
            return "still stands" in str(error)
    return False


def start(root: Path) -> subprocess.Popen[bytes]:
    """Start a build of the small campaign: a notebook's brief, then the index."""
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "WORKBENCH_WARM": "0"}
    return subprocess.Popen([sys.executable, "-c", BUILD], cwd=root, env=environ,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def descendants(pid: int) -> list[int]:
    """Return the processes below one, found by their parents."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found, front = [], [pid]
    while front:
        front = [child for child, parent in parents.items() if parent in front]
        found += front
    return found


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill a build with all its processes, as a power cut would."""
    for pid in [process.pid, *descendants(process.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def set_rows(root: Path, n_rows: int) -> None:
    (root / "params.yaml").write_text(PARAMS.replace("n_rows: 40", f"n_rows: {n_rows}"))


def built(root: Path, n_rows: int) -> dict[str, bytes]:
    """Build to the end; return what there is but for the parameters."""
    set_rows(root, n_rows)
    assert start(root).wait() == 0
    return {name: text for name, text in contents(root).items()
            if name.startswith(("reports/", "data/"))}


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes in /proc")
def test_a_build_killed_at_any_moment_leaves_whole_files_and_the_next_is_the_same(tmp_path):
    root = make_campaign(tmp_path / "campaign")
    began = time.monotonic()
    good = {n_rows: built(root, n_rows) for n_rows in (40, 50)}
    length = (time.monotonic() - began) / 2
    moments = random.Random(20121106)
    for number in range(N_KILLS):
        n_rows = (40, 50)[number % 2]
        set_rows(root, n_rows)
        process = start(root)
        time.sleep(moments.uniform(0, length))
        kill_all(process)
        for name, text in good[40].items():
            assert contents(root)[name] in (text, good[50][name]), f"{name}, kill {number}"
        assert built(root, n_rows) == good[n_rows], f"after kill {number}"
