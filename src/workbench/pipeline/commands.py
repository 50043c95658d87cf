"""DVC by its command line, with this Python and its programs first on the path.

What a kill or a full disk left cut off of its own files is mended first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from workbench.pipeline.private import SITE_CACHE
from workbench.pipeline.repair import repair


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
    return subprocess.run(
        [sys.executable, "-m", "dvc", *arguments], cwd=root, text=True, check=False,
        capture_output=is_kept, env={**environ, **own},
    )
