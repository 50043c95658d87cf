"""One part of a source read and checked, and all parts in order from two processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice

from workbench.checks import Checked, Suite, check_rows
from workbench.intake.ledger import Hashes, row_hashes
from workbench.intake.workers import in_order
from workbench.sources import Batch, Chunk, Faults, OpenedSource, set_aside_from

FEWEST_CHUNKS_FOR_WORKERS = 3


@dataclass(frozen=True)
class Part:
    """A chunk of a source, read and checked by itself.

    ``hashes`` holds those of each group of columns that must be unique over the source.
    ``n_checked`` and ``n_failed`` count rows by the name of the expectation.
    """

    chunk: Chunk
    batch: Batch
    hashes: dict[tuple[str, ...], Hashes]
    n_checked: dict[str, int]
    n_failed: dict[str, int]


def unique_columns(suite: Suite) -> list[tuple[str, ...]]:
    """Return the groups of columns that must be unique: the key, then those of the suite.

    A group that holds the whole key is not among them: where no two rows have one key, no
    two rows are alike in it.
    """
    key = tuple(name for name in suite.table.key if name != "source_name")
    expectations = [one.columns for one in suite.expectations if one.is_unique]
    return list(dict.fromkeys([key, *(one for one in expectations if not set(key) <= set(one))]))


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
    batch = set_aside_from(opened, chunk, batch, faults)
    return replace(batch, accepted=batch.accepted.combine_chunks())


def read_parts(opened: OpenedSource, suite: Suite, *, n_workers: int) -> Iterator[Part]:
    """Yield the parts of a source in order, the same ones whatever the number of workers."""
    chunks = opened.chunks()
    first = list(islice(chunks, FEWEST_CHUNKS_FOR_WORKERS))
    read = partial(read_part, opened, suite)
    if n_workers < 2 or len(first) < FEWEST_CHUNKS_FOR_WORKERS:
        yield from map(read, chain(first, chunks))
    else:
        yield from in_order(read, chain(first, chunks), n_workers=n_workers)


def share_read(opened: OpenedSource, chunk: Chunk) -> float:
    """Return which share of the bytes of a source has been read when a chunk has been."""
    sizes = [file.text.raw.n_bytes for file in opened.files]
    return (sum(sizes[:chunk.file_number]) + chunk.stop) / max(1, sum(sizes))


def n_workers_here() -> int:
    """Return how many worker processes this machine gives: two at the most."""
    return min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
