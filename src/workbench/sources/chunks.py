"""A file cut into runs of whole records, the same ones however they are then read."""

from __future__ import annotations

from workbench.errors import SourceError
from workbench.sources.archives import RawFile
from workbench.sources.records import Chunk

CHUNK_BYTES = 16 << 20
_LOOK_AHEAD_BYTES = 1 << 20


def next_chunk(
    raw: RawFile, before: Chunk, *, n_bytes: int, has_quotes: bool
) -> tuple[Chunk, int]:
    """Return the chunk after ``before``, and how many line ends it holds."""
    start = before.stop
    data = raw.read(start, start + n_bytes + _LOOK_AHEAD_BYTES)
    if len(data) <= n_bytes + _LOOK_AHEAD_BYTES // 2 or start + len(data) == raw.n_bytes:
        size = len(data)
    else:
        size = _record_end(data, n_bytes, has_quotes)
    is_last = start + size == raw.n_bytes
    chunk = Chunk(before.file_number, start, start + size, before.first_line,
                  before.lines_before, is_last)
    return chunk, data.count(b"\n", 0, size)


def _record_end(data: bytes, n_bytes: int, has_quotes: bool) -> int:
    """Return the end of the first line from ``n_bytes`` on that closes every quote, if any."""
    first = data.find(b"\n", n_bytes) + 1
    if not first:
        raise SourceError(
            f"A line is longer than {_LOOK_AHEAD_BYTES:,} bytes. Look at the file in a text "
            "editor: its line ends may be lost. Export it again."
        )
    n_quotes = data.count(b'"', 0, first) if has_quotes else 0
    end = first
    while n_quotes % 2:
        following = data.find(b"\n", end) + 1
        if not following:
            return first
        n_quotes += data.count(b'"', end, following)
        end = following
    return end
