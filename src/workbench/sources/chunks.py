"""A file cut into runs of whole records, the same records however long the runs are."""

from __future__ import annotations

from collections import Counter

import numpy as np

from workbench.errors import SourceError
from workbench.sources.archives import RawFile
from workbench.sources.records import (
    LARGEST_RECORD_BYTES,
    Chunk,
    Writing,
    record_end,
    record_pattern,
)

CHUNK_BYTES = 20 << 20
FEW_QUOTES = 10_000


def next_chunk(
    raw: RawFile, before: Chunk, *, n_bytes: int, writing: Writing
) -> tuple[Chunk, int]:
    """Return the chunk after ``before``, and how many lines it holds.

    SourceError names the line that is longer than any record may be.
    """
    start = before.stop
    data = raw.read(start, start + n_bytes + LARGEST_RECORD_BYTES)
    has_all = start + len(data) == raw.n_bytes
    size = len(data)
    if not has_all or len(data) > n_bytes + n_bytes // 2:
        size = _cut(data, n_bytes, writing) or size
    long_line = _long_line(data, size)
    if long_line >= 0:
        _refuse_long_line(raw.name, before.first_line + data.count(b"\n", 0, long_line))
    is_last = start + size == raw.n_bytes
    chunk = Chunk(before.file_number, start, start + size, before.first_line,
                  before.lines_before, is_last)
    return chunk, data.count(b"\n", 0, size) + (not data.endswith(b"\n", 0, size))


def _cut(data: bytes, n_bytes: int, writing: Writing) -> int:
    """Return the end of the first record that ends behind ``n_bytes``; 0 where none does.

    A record of several lines begins on a line with an odd number of quotes, so that the
    others need not be looked at.
    """
    end = data.find(b"\n", n_bytes) + 1
    if not end or not writing.has_quotes or data.find(b'"', 0, end) < 0:
        return end
    pattern = record_pattern(writing.delimiter)
    after = 0
    for start in _oddly_quoted_lines(data[:end]):
        stop = record_end(data, start, pattern) if start >= after else -1
        after = data.find(b"\n", stop) + 1 or len(data) if stop >= 0 else after
    return max(end, after)


def _oddly_quoted_lines(data: bytes) -> list[int]:
    """Return where the lines start that hold an odd number of quotes."""
    octets = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(octets == 34)
    if len(quotes) <= FEW_QUOTES:
        n_on_line = Counter(data.rfind(b"\n", 0, quote) + 1 for quote in quotes.tolist())
        return [start for start, n in n_on_line.items() if n % 2]
    ends = np.flatnonzero(octets == 10)
    n_quotes = np.diff(np.searchsorted(quotes, ends), prepend=0)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    odd: list[int] = starts[n_quotes % 2 == 1].tolist()
    return odd


def _long_line(data: bytes, size: int) -> int:
    """Return where a line starts that is as long as no record may be; -1 where none is."""
    start = 0
    while size - start >= LARGEST_RECORD_BYTES:
        end = data.rfind(b"\n", start, start + LARGEST_RECORD_BYTES)
        if end < 0:
            return start
        start = end + 1
    return -1


def _refuse_long_line(name: str, line: int) -> None:
    raise SourceError(
        f"{name}: line {line:,} is longer than {LARGEST_RECORD_BYTES:,} bytes. Look at the file "
        "in a text editor: its line ends may be lost. Export it again."
    )
