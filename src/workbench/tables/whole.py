"""Files written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import StorageError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path``; what is written there replaces ``path`` at the end.

    Where the block raises, the temporary file goes and ``path`` stays as it was. A full disk
    is told as a StorageError that names the file. Its owner alone may read the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        yield draft
        with open(draft, "rb+") as handle:
            os.fchmod(handle.fileno(), 0o600)
            os.fsync(handle.fileno())
        os.replace(draft, path)
    except OSError as error:
        raise StorageError(
            f"{path} could not be written ({error.strerror}). What stood there still stands. "
            "Free some disk space, or fix the folder's permissions, and run again."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _clear_abandoned(path: Path) -> None:
    """Delete what processes that were killed while they wrote ``path`` left beside it."""
    for draft in path.parent.glob(f".{path.name}.*.draft"):
        number = draft.name.split(".")[-2]
        if number.isdigit() and not is_running(int(number)):
            draft.unlink(missing_ok=True)


def is_running(process_id: int) -> bool:
    """Return whether a process of that number runs, whosever it is."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 with Unix line ends, whole or not at all."""
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
