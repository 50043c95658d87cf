"""Where the warm server of one campaign and one state of the code listens."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import workbench

LONGEST_FOLDER = 50
"""A Unix socket's path holds about 100 characters; the folder must leave room for the name."""


def server_address(root: Path) -> Path | None:
    """Return the path of the socket, or None where this machine cannot have a warm server.

    It differs by campaign, user, Python, network namespace and state of the code: a server
    that runs other code, or that may reach a network that the caller may not, is never found.
    """
    if sys.platform != "linux":
        return None
    folder = short_folder() / f"workbench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    is_private = status.st_uid == os.getuid() and stat.S_IMODE(status.st_mode) == 0o700
    if not (stat.S_ISDIR(status.st_mode) and is_private):
        return None
    network = os.stat("/proc/self/ns/net").st_ino
    parts = (root.resolve(), sys.executable, sys.version, network, code_state(root))
    key = hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]
    return folder / f"{key}.socket"


def short_folder() -> Path:
    """Return the folder for temporary files, short enough to hold sockets."""
    folder = tempfile.gettempdir()
    return Path(folder if len(folder) <= LONGEST_FOLDER else "/tmp")


def code_state(root: Path) -> str:
    """Return a hash over the size and time of every file of the package, and of the lock file."""
    digest = hashlib.sha256()
    files = [*_code_files(Path(workbench.__file__).parent), str(root / "requirements.lock")]
    for path in files:
        if os.path.exists(path):
            status = os.stat(path)
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _code_files(folder: Path) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _code_files(Path(entry.path))
        elif entry.is_file():
            yield entry.path
