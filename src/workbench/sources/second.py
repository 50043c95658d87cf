"""Where a second table begins in a file: a line further down that is a header of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from workbench.sources.archives import RawFile
from workbench.sources.dialect import Dialect, Reader, records_of
from workbench.sources.encoding import Text
from workbench.sources.header import Layout
from workbench.sources.heading import folded, is_blank

_LINE_FEED = 10
_BLOCK_BYTES = 1 << 22
_LOOK_BYTES = 1 << 16
_ROWS_LOOKED_AT = 20
_DIGIT = re.compile(r"\d")


def with_other_table(layout: Layout, text: Text) -> Layout:
    """Return the layout with the place where a second table begins, if one does.

    Looked at are lines that begin with the header's first name, and those below a blank line.
    """
    if len(layout.names) < 2 or not layout.has_header:
        return layout
    writing = layout.writing
    reader = Reader(Dialect(writing.delimiter, '"' if writing.has_quotes else ""), text.encoding)
    for place in _candidates(text.raw, layout, text.encoding):
        head = text.raw.read(place, place + _LOOK_BYTES)
        if _is_header(head, reader, layout, text.encoding):
            return replace(layout, other_table=place)
    return layout


def _candidates(raw: RawFile, layout: Layout, encoding: str) -> Iterator[int]:
    """Yield where lines start that may be another header, in order."""
    first, mark = layout.names[0].encode(encoding, "replace"), layout.writing.delimiter.encode()
    signs = (first + mark, b'"' + first + b'"' + mark, b"\n", b"\r\n", mark * 2)
    overlap = max(map(len, signs))
    seen = -1
    for at in range(max(layout.rows_start - 1, 0), raw.n_bytes, _BLOCK_BYTES):
        data = raw.read(at, at + _BLOCK_BYTES + overlap).ljust(_BLOCK_BYTES + overlap, b"\0")
        octets = np.frombuffer(data, np.uint8)
        starts = np.flatnonzero(octets[:-overlap] == _LINE_FEED) + 1
        found = np.concatenate([_lines_with(octets, starts, sign) for sign in signs])
        places = sorted({_below_blank(raw, at + place) for place in found.tolist()})
        yield from (place for place in places if place > seen)
        seen = max(seen, *places[-1:]) if places else seen


def _lines_with(
    octets: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], sign: bytes
) -> npt.NDArray[np.int64]:
    """Return those of the lines' starts at which ``sign`` stands."""
    for number, octet in enumerate(sign):
        starts = starts[octets[starts + number] == octet]
    return starts


def _below_blank(raw: RawFile, start: int) -> int:
    """Return where the first line starts, from there on, that holds more than delimiters."""
    head = raw.read(start, start + _LOOK_BYTES)
    at = 0
    while (end := head.find(b"\n", at) + 1) and is_blank(head[at:end]):
        at = end
    return start + at


def _is_header(head: bytes, reader: Reader, layout: Layout, encoding: str) -> bool:
    """Return whether a line names columns, as the header does or in words above numbers."""
    found = islice(records_of(head, reader), 1 + _ROWS_LOOKED_AT)
    records = [[field.decode(encoding, "replace").strip() for field in fields]
               for fields, start, end in found if not is_blank(head[start:end])]
    if not records or len(records[0]) < 2:
        return False
    names = [folded(name) for name in records[0]]
    own = [folded(name) for name in layout.names]
    if names == own[: len(names)] and len(names) == len(own):
        return False
    n_known = len({*names} & {*own} - {""})
    is_known = n_known >= max(3, 2 * len(own) / 3) or n_known == len(own)
    return is_known or _is_above_numbers(records[0], records[1:], len(own))


def _is_above_numbers(
    names: Sequence[str], rows: Sequence[Sequence[str]], n_columns: int
) -> bool:
    """Return whether different words stand above columns whose every row holds digits."""
    rows = [row for row in rows if len(row) == len(names)]
    if len(rows) < 2 or len({*names} - {""}) < len(names) or _DIGIT.search("".join(names)):
        return False
    n_numbers = sum(all(_DIGIT.search(row[place]) for row in rows) for place in range(len(names)))
    return n_numbers >= (2 if len(names) == n_columns else 1)
