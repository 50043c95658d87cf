"""One part of a source read and checked, and many parts in order from two processes."""

from __future__ import annotations

import multiprocessing
import os
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import pyarrow as pa

from workbench.checks import Checked, Suite, check_rows
from workbench.errors import WorkbenchError
from workbench.intake.ledger import Hashes, row_hashes
from workbench.sources import Batch, Chunk, Faults, OpenedSource, set_aside_from

FEWEST_CHUNKS_FOR_WORKERS = 3


@dataclass(frozen=True)
class Part:
    """A chunk of a source, read and checked by itself.

    ``hashes`` holds those of each group of columns that must be unique over the source.
    ``n_checked`` and ``n_failed`` count rows by the name of the belief.
    """

    chunk: Chunk
    batch: Batch
    hashes: dict[tuple[str, ...], Hashes]
    n_checked: dict[str, int]
    n_failed: dict[str, int]


def unique_columns(suite: Suite) -> list[tuple[str, ...]]:
    """Return the groups of columns that must be unique: the key, then those of the suite."""
    key = tuple(name for name in suite.table.key if name != "source_name")
    beliefs = [one.columns for one in suite.expectations if one.is_unique]
    return list(dict.fromkeys([key, *beliefs]))


def read_part(opened: OpenedSource, suite: Suite, chunk: Chunk) -> Part:
    """Read one chunk, check its rows, and set aside those that its suite sets aside."""
    batch = opened.batch(chunk)
    found = check_rows(batch.accepted, suite)
    batch = _without_failing(opened, suite, chunk, batch, found)
    return Part(
        chunk, batch,
        {columns: row_hashes(batch.accepted, columns) for columns in unique_columns(suite)},
        {name: one.n_rows for name, one in found.items()},
        {name: len(one.rows) for name, one in found.items()},
    )


def _without_failing(
    opened: OpenedSource, suite: Suite, chunk: Chunk, batch: Batch, found: dict[str, Checked]
) -> Batch:
    faults = [
        Faults(found[one.name].rows, f"expectation:{one.name}", ", ".join(one.columns), one.why)
        for one in suite.expectations
        if one.rows == "set_aside" and one.name in found and len(found[one.name].rows)
    ]
    return set_aside_from(opened, chunk, batch, faults)


def read_parts(opened: OpenedSource, suite: Suite, *, n_workers: int) -> Iterator[Part]:
    """Yield the parts of a source in order, the same ones whatever the number of workers."""
    chunks = list(opened.chunks())
    if n_workers < 2 or len(chunks) < FEWEST_CHUNKS_FOR_WORKERS:
        yield from (read_part(opened, suite, chunk) for chunk in chunks)
        return
    yield from _from_workers(opened, suite, chunks, n_workers)


def _from_workers(
    opened: OpenedSource, suite: Suite, chunks: list[Chunk], n_workers: int
) -> Iterator[Part]:
    context = multiprocessing.get_context("fork")
    workers = []
    for number in range(n_workers):
        ours, theirs = context.Pipe(duplex=False)
        share = chunks[number::n_workers]
        worker = context.Process(target=_work, args=(opened, suite, share, theirs), daemon=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            worker.start()
        theirs.close()
        workers.append((worker, ours))
    try:
        for number in range(len(chunks)):
            yield _received(workers[number % n_workers][1])
    finally:
        for worker, ours in workers:
            ours.close()
            worker.terminate()
            worker.join()


def _work(
    opened: OpenedSource, suite: Suite, chunks: list[Chunk], theirs: Connection
) -> None:
    pa.set_cpu_count(1)
    try:
        for chunk in chunks:
            theirs.send(read_part(opened, suite, chunk))
    except WorkbenchError as error:
        theirs.send(error)
    except Exception:  # a bug of ours: its traceback is told in the parent
        theirs.send(traceback.format_exc())
    theirs.close()


def _received(ours: Connection) -> Part:
    try:
        message: Any = ours.recv()
    except EOFError:
        message = "a worker process ended without a word (was it out of memory?)"
    if isinstance(message, WorkbenchError):
        raise message
    if not isinstance(message, Part):
        raise RuntimeError(message)
    return message


def n_workers_here() -> int:
    """Return how many worker processes this machine gives: two at the most."""
    return min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
