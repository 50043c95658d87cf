"""Lines below the last row of a file: totals, notes, the mark of its end; another table."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from workbench.sources.encoding import Text
from workbench.sources.layout import Layout
from workbench.sources.preset import Preset
from workbench.sources.records import Odd, Records

TAIL_BYTES = 1 << 16
FEWEST_FIELDS = 3
FEWEST_WORDS = 4
_NOTHING = b" ,;|\t\r\n\0"
_REMARK = re.compile(
    r"\W*(?:\d[\d,.]* (?:rows?|records?)\b|(?:grand |sub-?)?totals?\b|sum\b|end\b|eof\b|notes?\b"
    r"|sources?\b|printed\b|created\b|generated\b|exported\b|report\b|summe\b|gesamt|i alt\b"
    r"|totalt\b|totaal\b|suma\b|[*#©]|--)", re.IGNORECASE)


def with_end(layout: Layout, text: Text, preset: Preset) -> Layout:
    """Return the layout with the place from which lines stand below the last row.

    Where `lines_below` is not declared (-1), the lines at the file's end count that hold one
    field while the header names more: those below a blank line, and others that read like a
    total, a note or a mark of the end. A field in a row of empty ones must do both. No line of
    suppressions is taken for one: an objection must hold.
    """
    lines_below = preset.lines_below
    if preset.holds_objections:
        return layout
    start = max(layout.rows_start, text.raw.n_bytes - TAIL_BYTES)
    tail = text.raw.read(start, text.raw.n_bytes)
    if start > layout.rows_start:
        cut = tail.find(b"\n") + 1
        start, tail = start + cut, tail[cut:]
    lines = _lines(tail)
    filled = [number for number, (at, end) in enumerate(lines) if tail[at:end].strip(_NOTHING)]
    if lines_below >= 0:
        wanted = filled[len(filled) - lines_below:][:1] if lines_below else []
        return replace(layout, rows_end=start + lines[wanted[0]][0]) if wanted else layout
    first = _first_below(tail, lines, filled, layout, text.encoding)
    return replace(layout, rows_end=start + lines[first][0]) if first >= 0 else layout


def _lines(data: bytes) -> list[tuple[int, int]]:
    lines, at = [], 0
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        lines.append((at, end))
        at = end
    return lines


def _first_below(
    tail: bytes, lines: list[tuple[int, int]], filled: list[int], layout: Layout, encoding: str
) -> int:
    """Return the first of the lines at the end that are surely no rows; -1 where none is.

    A last line that lacks its line end may be a row cut off: it counts below a blank line only.
    """
    writing, reader = layout.writing, layout.reader
    sure, below = -1, -1
    for number in reversed(filled):
        at, end = lines[number]
        fields, _ = reader.record(tail[at:end], 0)
        if sum(bool(field.strip()) for field in fields) != 1 or writing.n_fields < 2:
            break
        is_below_blank = number > 0 and number - 1 not in filled
        is_short = len(fields) == 1 and writing.n_fields >= FEWEST_FIELDS
        is_whole = tail[at:end].endswith(b"\n") or below >= 0
        is_said = _is_remark(b"".join(fields).decode(encoding, "replace"))
        if not is_short and not is_said:
            break
        if is_below_blank or (is_said and is_short and is_whole and sure == below):
            sure = number
        below = number
    return sure


def _is_remark(text: str) -> bool:
    """Return whether a text reads like a total, a note or a mark of the end."""
    return len(text.split()) >= FEWEST_WORDS or _REMARK.match(text) is not None


def with_lines_told(records: Records, data: bytes, place: int, *, reason: str) -> Records:
    """Return the records of the data before ``place``, and the lines from there on as odd ones."""
    lines = [(number, at + place, end + place)
             for number, (at, end) in enumerate(_lines(data[place:]))]
    told = [(number, at, at + len(data[at:end].rstrip(b"\r\n")))
            for number, at, end in lines if data[at:end].strip(_NOTHING)]
    places = np.array(told, np.int64).reshape(-1, 3)
    odd = Odd(
        np.concatenate((records.odd.starts, places[:, 1])),
        np.concatenate((records.odd.ends, places[:, 2])),
        np.concatenate((records.odd.lines, places[:, 0] + data.count(b"\n", 0, place))),
        (*records.odd.reasons, *[reason] * len(places)),
    )
    return replace(records, odd=odd, n_blank_lines=records.n_blank_lines + len(lines) - len(told))
