"""Where a second table begins in a file: a line further down that is a header of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from workbench.sources.archives import RawFile
from workbench.sources.dialect import Reader, records_of
from workbench.sources.encoding import Text
from workbench.sources.heading import folded, is_blank
from workbench.sources.layout import Layout
from workbench.sources.preset import Preset

_LINE_FEED = 10
_BLOCK_BYTES = 1 << 22
_LOOK_BYTES = 1 << 16
_ROWS_LOOKED_AT = 20
FEWEST_LETTERS = 3
MOST_TITLES = 2  # above a header; more texts alone are rows
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class _Lines:
    """The lines from a place on: titles, each one text alone, what follows them, and the rest."""

    titles: tuple[int, ...]
    names: tuple[str, ...]
    below: tuple[list[str], ...]


def with_other_table(layout: Layout, text: Text, preset: Preset) -> Layout:
    """Return the layout with the place where a second table begins, if one does, and its titles.

    Looked at are lines that begin with the header's first name, and those below a blank line.
    No line of suppressions is taken for a title: an objection must hold.
    """
    if len(layout.names) < 2 or not layout.has_header:
        return layout
    reader = layout.reader
    own, titles = [folded(name) for name in layout.names], set[int]()
    for place in _candidates(text.raw, layout, text.encoding):
        lines = _lines_at(text.raw.read(place, place + _LOOK_BYTES), reader, text.encoding)
        if [folded(name) for name in lines.names] == own:
            titles |= {place + at for at in lines.titles}
        elif _is_header(lines, own):
            layout = replace(layout, other_table=place)
            break
    if preset.holds_objections:
        return layout
    return replace(layout, titles=tuple(sorted(titles)))


def _candidates(raw: RawFile, layout: Layout, encoding: str) -> Iterator[int]:
    """Yield where lines start that may be another header, in order."""
    first, mark = layout.names[0].encode(encoding, "replace"), layout.writing.delimiter.encode()
    ends = (b"\n", b"\r\n")
    signs = (first + mark, b'"' + first + b'"' + mark, *ends, mark * 2, *(mark + e for e in ends))
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


def _lines_at(head: bytes, reader: Reader, encoding: str) -> _Lines:
    found = islice(records_of(head, reader), 1 + _ROWS_LOOKED_AT)
    records = [([field.decode(encoding, "replace").strip() for field in fields], start)
               for fields, start, end in found if not is_blank(head[start:end])]
    texts = [texts for texts, _ in records]
    n_titles = next((n for n, one in enumerate(texts) if _n_texts(one) > 1), len(texts))
    n_titles = n_titles if n_titles <= MOST_TITLES else 0
    return _Lines(tuple(start for _, start in records[:n_titles]),
                  tuple(texts[n_titles]) if n_titles < len(texts) else (),
                  tuple(texts[n_titles + 1 :]))


def _is_header(lines: _Lines, own: Sequence[str]) -> bool:
    """Return whether a line names columns, as the header does or in words above numbers."""
    if len(lines.names) < 2:
        return False
    names = [folded(name) for name in lines.names]
    n_known = len({*names} & {*own} - {""})
    is_known = n_known >= max(3, 2 * len(own) / 3) or n_known == len(own)
    return (is_known or _is_in_words(names, own, len(lines.titles))
            or (not lines.titles and _is_above_numbers(lines.names, lines.below, len(own))))


def _n_texts(texts: Sequence[str]) -> int:
    return sum(map(bool, texts))


def _is_in_words(names: Sequence[str], own: Sequence[str], n_titles: int) -> bool:
    """Return whether words stand there that begin with the header's own first name.

    Below a title any column's name in its place is enough. A name of one or two letters tells
    nothing.
    """
    said = [name for name in names if name]
    if len(said) < (2 if n_titles else 3) or len({*said}) < len(said):
        return False
    pairs = zip(names, own, strict=False) if n_titles else [(names[0], own[0])]
    is_shared = any(name == here and len(name) >= FEWEST_LETTERS for name, here in pairs)
    return is_shared and not _DIGIT.search("".join(said))


def _is_above_numbers(
    names: Sequence[str], rows: Sequence[Sequence[str]], n_columns: int
) -> bool:
    """Return whether different words stand above columns whose every row holds digits."""
    rows = [row for row in rows if len(row) == len(names)]
    if len(rows) < 2 or len({*names} - {""}) < len(names) or _DIGIT.search("".join(names)):
        return False
    n_numbers = sum(all(_DIGIT.search(row[place]) for row in rows) for place in range(len(names)))
    return n_numbers >= (2 if len(names) == n_columns else 1)
