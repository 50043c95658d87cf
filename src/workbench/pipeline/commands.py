"""DVC by its command line, with this Python and its programs first on the path.

What a kill or a full disk left cut off of its own files is repaired first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from workbench.errors import StorageError
from workbench.pipeline.private import SITE_CACHE
from workbench.pipeline.repair import repair

QUICK = Path(__file__).with_name("quick_dvc.py")
LEAST_FREE_BYTES, FULL_SECONDS = 1_000_000, 20


def dvc(
    root: Path, *arguments: str, environ: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """Run a DVC command and keep what it prints; never raise."""
    return _run(root, arguments, environ, is_kept=True)


def dvc_aloud(root: Path, *arguments: str, environ: Mapping[str, str] = os.environ) -> int:
    """Run a DVC command that prints as it goes; return its exit code."""
    return _run(root, arguments, environ, is_kept=False).returncode


def _run(
    root: Path, arguments: tuple[str, ...], environ: Mapping[str, str], *, is_kept: bool
) -> subprocess.CompletedProcess[str]:
    if (root / ".dvc").is_dir():
        repair(root)
    programs = os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", "")])
    own = {"PATH": programs, "DVC_SITE_CACHE_DIR": str(root.resolve() / SITE_CACHE)}
    kept = subprocess.PIPE if is_kept else None
    with subprocess.Popen(
        [sys.executable, "-P", str(QUICK), *arguments], cwd=root, text=True, stdout=kept,
        stderr=kept, env={**environ, **own},
    ) as process:
        try:
            said = _what_it_said(process, root)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, *said)


def _what_it_said(process: subprocess.Popen[str], root: Path) -> tuple[str, str]:
    """Return what DVC printed once it has ended; StorageError where the disk stays full.

    The database of its hashes tries again for ever where the disk has no room for a page.
    """
    n_full = 0
    while n_full < FULL_SECONDS:
        try:
            return process.communicate(timeout=1)
        except subprocess.TimeoutExpired:
            n_full = n_full + 1 if shutil.disk_usage(root).free < LEAST_FREE_BYTES else 0
    raise StorageError(
        f"The disk that holds {root} has been full for {FULL_SECONDS} seconds, and DVC would wait "
        "for space for ever. Free some disk space and run again: what stood before still stands."
    )
