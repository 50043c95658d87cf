"""A reader of foreign files run in a process apart, with bounded memory and time."""

from __future__ import annotations

import os
import pickle
import resource
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

from workbench.errors import SourceError

MEMORY_BYTES = 4_000_000_000
LONGEST_SECONDS = 900
_BLOCK_BYTES = 1 << 20


def apart(lines: Iterator[bytes], path: str) -> Iterator[bytes]:
    """Yield what ``lines`` gives, from a forked process that may end without this one.

    A cell far down and far right, or a damaged file, makes some readers ask for hundreds of
    gigabytes or end their process. SourceError, theirs or that the file could not be read.
    """
    (out, to_us), (trouble, of_it) = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        _write(lines, to_us, of_it)
    os.close(to_us)
    os.close(of_it)
    given, said = os.fdopen(out, "rb"), os.fdopen(trouble, "rb")
    try:
        yield from iter(partial(given.read, _BLOCK_BYTES), b"")
        error = said.read()
    finally:
        given.close()
        said.close()
        _, status = os.waitpid(child, 0)
    if error:
        raise pickle.loads(error)
    if status:
        raise SourceError(
            f"{path} could not be read within {MEMORY_BYTES:,} bytes of memory and "
            f"{LONGEST_SECONDS} seconds: it is damaged, or its cells stand very far from each "
            "other. Save the table as CSV, and declare that file."
        )


def _write(lines: Iterator[bytes], to_parent: int, of_trouble: int) -> NoReturn:
    """Write the lines, or the error that ends them, and leave nothing else of this process."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        memory = _memory_now() + MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
        with os.fdopen(to_parent, "wb") as given:
            given.writelines(lines)
        code = 0
    except SourceError as error:
        os.write(of_trouble, pickle.dumps(error))
        code = 0
    finally:
        os._exit(code)


def _memory_now() -> int:
    """Return how much address space this process has; nothing where the system does not say."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") if told.is_file() else 0
