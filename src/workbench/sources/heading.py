"""The lines that name a file's columns: the first that name all that are needed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from workbench.sources.dialect import Dialect, Reader
from workbench.sources.preset import DELIMITERS, Preset

HEADER_BYTES = 1 << 18
MOST_LINES_ABOVE = 200
MOST_HEADER_LINES = 5
SELDOM_DELIMITERS = ("^", "~", "\x1f", "\x01", "||", "::", ";;", "¦", "§", " ")
_SEP_LINE = re.compile(rb'\A(?:\xef\xbb\xbf)?"?sep=(.)"?\r?\n', re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """The header: its bytes from ``start`` to ``end`` of the head, and what it names.

    ``line`` counts the lines above it, ``n_above`` those of them that are not blank.
    ``n_lines`` are those that it stands on, a name with line ends in quotes being on one.
    """

    start: int
    end: int
    line: int
    n_above: int
    dialect: Dialect
    names: tuple[str, ...]
    n_lines: int = 1


def folded(name: str) -> str:
    """Return a column's name without what does not matter: capitals and white space."""
    return " ".join(name.split()).casefold()


def places_of(names: Sequence[str], preset: Preset) -> dict[str, int]:
    """Return the field of each needed column: by its name, otherwise by another name of it."""
    plain = [folded(name) for name in names]
    aliases = {folded(old): folded(new) for old, new in preset.aliases.items()}
    renamed = [aliases.get(name, name) for name in plain]
    places = {}
    for wanted in preset.needed_columns:
        known = plain if folded(wanted) in plain else renamed
        if folded(wanted) in known:
            places[wanted] = known.index(folded(wanted))
    return places


def find_heading(head: bytes, preset: Preset, encoding: str) -> Heading:
    """Return the header: the first line that names all needed columns, or the nearest to it.

    Where no line does, the first lines that name them together, as merged cells are written.
    """
    if preset.names:
        return _declared_heading(head, preset, encoding)
    best, most = None, -1
    for heading in _found(head, preset, encoding, n_lines=1):
        n_found = len(places_of(heading.names, preset))
        if n_found == len(preset.needed_columns):
            return heading
        is_likely = bool(preset.delimiter) or heading.dialect.delimiter in (*DELIMITERS, "||")
        best, most = (heading, n_found) if is_likely and n_found > most else (best, most)
    together = (heading for n_lines in range(2, MOST_HEADER_LINES + 1)
                for heading in _found(head, preset, encoding, n_lines=n_lines)
                if len(places_of(heading.names, preset)) == len(preset.needed_columns))
    first = min(together, key=lambda heading: (heading.line, heading.n_lines), default=None)
    return first or best or Heading(0, len(head), 0, 0, Dialect(","), ("",))


def _found(head: bytes, preset: Preset, encoding: str, *, n_lines: int) -> Iterator[Heading]:
    return chain.from_iterable(
        _headings(head, preset, encoding, delimiters=marks, n_lines=n_lines)
        for marks in _delimiters(head, preset))


def _delimiters(head: bytes, preset: Preset) -> Iterator[tuple[str, ...]]:
    """Yield the delimiters to try together, the likeliest first."""
    said = _SEP_LINE.match(head)
    if preset.delimiter:
        yield (preset.delimiter,)
        return
    if said:
        yield (said.group(1).decode("latin-1"),)
    yield DELIMITERS
    yield SELDOM_DELIMITERS


def _headings(
    head: bytes, preset: Preset, encoding: str, *, delimiters: tuple[str, ...], n_lines: int
) -> Iterator[Heading]:
    """Yield what each line would be as the header, under the delimiter that names most.

    With ``n_lines`` above 1, what that many lines would be from each on.
    """
    n_above = 0
    found = _lines(head, has_quotes=preset.has_quotes)
    bounds = dict(found) if n_lines > 1 else {}
    for line, (start, end) in enumerate(bounds.items() if bounds else found):
        lines = _from(start, bounds, head, n_lines) if bounds else [head[start:end]]
        is_here = preset.header_line in (0, line + 1) and len(lines) == n_lines
        if is_here and not is_blank(lines[0]) and not is_blank(lines[-1]):
            yield Heading(start, start + sum(map(len, lines)), line, n_above,
                          *_split(lines, preset, encoding, delimiters), n_lines)
        n_above += not is_blank(lines[0])


def _from(start: int, bounds: Mapping[int, int], head: bytes, n_lines: int) -> list[bytes]:
    """Return so many lines from one on, each where the one before it ends."""
    lines: list[bytes] = []
    while start in bounds and len(lines) < n_lines:
        lines.append(head[start : bounds[start]])
        start = bounds[start]
    return lines


def is_blank(line: bytes) -> bool:
    """Return whether a line holds nothing but delimiters, quotes and white space."""
    return not line.strip(b' ,;|\t"\r\n\0')


def _lines(head: bytes, *, has_quotes: bool) -> Iterator[tuple[int, int]]:
    """Yield where lines start and end, a quoted name with line ends being part of one.

    A line whose quote never closes is one line.
    """
    start = 0
    for _ in range(MOST_LINES_ABOVE):
        end = first = head.find(b"\n", start) + 1
        while end and has_quotes and head.count(b'"', start, end) % 2:
            end = head.find(b"\n", end) + 1
        yield start, end or first or len(head)
        start = first
        if not start or start >= len(head):
            return


def _split(
    lines: Sequence[bytes], preset: Preset, encoding: str, delimiters: tuple[str, ...]
) -> tuple[Dialect, tuple[str, ...]]:
    quotes = (preset.quote,) if preset.quote else ('"', "'") if preset.has_quotes else ("",)
    texts = [line.decode(encoding, "replace").rstrip("\r\n") for line in lines]
    text = texts[0]
    if text.count("|") == 2 * text.count("||"):
        delimiters = tuple("||" if mark == "|" else mark for mark in delimiters)
    ways = [[(Dialect(mark, quote), _over([_names(text, Dialect(mark, quote)) for text in texts]))
             for mark in delimiters] for quote in quotes]
    ways += [[(one, tuple(name.strip(" \"'") for name in text.split(one.delimiter)))
              for one, _ in ways[0] if one.quote]]
    likeliest = [max(way, key=lambda one: (len(places_of(one[1], preset)), len(one[1])))
                 for way in ways if way]
    return max(likeliest, key=lambda one: len(places_of(one[1], preset)))


def _over(lines: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names of columns over several lines, each from top to bottom.

    A text that stands over another one holds on to the right as far as its line is blank, as a
    merged cell does.
    """
    if len(lines) == 1:
        return lines[0]
    over, names = [""] * len(lines), []
    for column in zip_longest(*lines, fillvalue=""):
        is_over = [any(column[line + 1 :]) for line in range(len(column))]
        over = [(text if above else "") if text else carried
                for text, above, carried in zip(column, is_over, over, strict=True)]
        names.append(" ".join(text or (carried if above else "")
                              for text, above, carried in zip(column, is_over, over, strict=True)))
    return tuple(" ".join(name.split()) for name in names)


def _names(header: str, dialect: Dialect) -> tuple[str, ...]:
    pieces = header.split(dialect.delimiter)
    if dialect.quote and dialect.quote in header:
        pieces = _unquoted(header, dialect) or pieces
    return tuple(" ".join(piece.split()) for piece in pieces)


def _unquoted(header: str, dialect: Dialect) -> list[str]:
    if len(dialect.delimiter) > 1:
        fields, _ = Reader(replace(dialect, has_spaces=True), "utf-8").record(header.encode(), 0)
        return [field.decode() for field in fields]
    with suppress(csv.Error):
        return next(csv.reader(io.StringIO(header, newline=""), delimiter=dialect.delimiter,
                               quotechar=dialect.quote, skipinitialspace=True))
    return []


def _declared_heading(head: bytes, preset: Preset, encoding: str) -> Heading:
    """Return a heading of the source's `names`, in place of the line under `header_line`."""
    bounds = list(_lines(head, has_quotes=False))[: preset.header_line]
    end = bounds[-1][1] if bounds else 0
    n_above = sum(not is_blank(head[start:stop]) for start, stop in bounds)
    rows = head[end:].decode(encoding, "replace").splitlines()[:MOST_LINES_ABOVE]
    marks = (preset.delimiter,) if preset.delimiter else (*DELIMITERS, *SELDOM_DELIMITERS)
    quote = preset.quote or ('"' if preset.has_quotes else "")
    tried = [Dialect(mark, quote) for mark in marks]
    best = max(tried, key=lambda one: sum(
        len(_names(row, one)) == len(preset.names) for row in rows))
    return Heading(end, end, len(bounds), n_above, best, preset.names)
