"""One at a time: who publishes holds a lock, and who comes second is told who does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import PublishRefused

LOCK_FILE = ".dvc/tmp/publish.lock"


@contextmanager
def publishing_lock(root: Path) -> Iterator[None]:
    """Hold the lock of publishing while the block runs; PublishRefused if another holds it.

    The lock goes with its process, however that ends.
    """
    path = root / LOCK_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise PublishRefused(
                f"Another process ({handle.read().strip() or 'unknown'}) is publishing in this "
                f"folder and holds {LOCK_FILE}. Wait until it has ended, and run again."
            ) from None
        handle.truncate(0)
        handle.write(f"process {os.getpid()}\n")
        handle.flush()
        yield
