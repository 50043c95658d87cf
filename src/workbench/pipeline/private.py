"""Nobody else on the machine reads or replaces a campaign's files, whatever its user's umask.

Folders that hold people are closed, so that all below them is, DVC's own files too; DVC gives
the files that it keeps copies of back with the user's umask, so each is closed as well.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbench.errors import StorageError

SITE_CACHE = ".dvc-site"  # as core.site_cache_dir of .dvc/config has it
FOLDERS = (".dvc", SITE_CACHE, "data", "lists", "reports", "sealed")
OF_PEOPLE = ("data", "lists", "reports", "sealed")  # where each file is closed as well
_OTHERS, _OTHERS_WRITE = 0o077, 0o022


@contextmanager
def owner_alone() -> Iterator[None]:
    """Let files and folders that are made meanwhile be their owner's alone."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def close_folders(root: Path) -> None:
    """Close the folders of a campaign to others, and its own folder to their writing.

    The folder of DVC's indexes is made where it is missing, since DVC makes it open to all.
    StorageError where a folder is another user's, and open.
    """
    if (root / ".dvc").is_dir():
        (root / SITE_CACHE).mkdir(mode=0o700, exist_ok=True)
    _close(root, _OTHERS_WRITE)
    for name in FOLDERS:
        if (root / name).is_dir():
            _close(root / name, _OTHERS)
    for path in (path for name in OF_PEOPLE for path in (root / name).rglob("*")):
        with suppress(StorageError):  # somebody else brought it, into a closed folder
            _close(path, _OTHERS)


def _close(path: Path, bits: int) -> None:
    """Take rights from others; a link of a file is left alone, since it may be DVC's copy."""
    try:
        told = path.stat() if path.is_dir() else path.lstat()
        is_link = not stat.S_ISDIR(told.st_mode) and (told.st_nlink > 1 or path.is_symlink())
        if told.st_mode & bits and not is_link:
            path.chmod(stat.S_IMODE(told.st_mode) & ~bits)
    except FileNotFoundError:  # another process deleted it in between
        return
    except PermissionError as error:
        raise StorageError(
            f"{path} is open to other users of this machine, and belongs to one of them. Work "
            "in a clone of your own."
        ) from error
