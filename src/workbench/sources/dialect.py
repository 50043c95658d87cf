"""Files written in another way than RFC 4180: recognised by what every row shares, rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from workbench.sources.archives import RawFile, spilled
from workbench.sources.encoding import Text
from workbench.sources.notes import Note

LONGEST_RECORD_BYTES = 1 << 16
SAMPLE_RECORDS = 200
_BLOCK_BYTES = 1 << 22
_PLAIN_LENGTH = 1


@dataclass(frozen=True)
class Dialect:
    """How fields are written: the delimiter, the quote ("" for none) and two habits."""

    delimiter: str
    quote: str = '"'
    has_escapes: bool = False
    has_spaces: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the file can be read as it is."""
        is_short = len(self.delimiter.encode()) == _PLAIN_LENGTH
        return is_short and self.quote in ('"', "") and not (self.has_escapes or self.has_spaces)

    def notes(self) -> tuple[Note, ...]:
        """Return what is told of a file that is written so."""
        found = (
            ("delimiter_of_several_signs", len(self.delimiter) > _PLAIN_LENGTH),
            ("single_quotes", self.quote == "'"),
            ("backslash_escapes", self.has_escapes),
            ("space_before_quotes", self.has_spaces),
        )
        return tuple(Note(code) for code, is_so in found if is_so)


class Reader:
    """Takes records of a dialect apart, one at a time."""

    def __init__(self, dialect: Dialect, encoding: str) -> None:
        mark = re.escape(dialect.delimiter.encode(encoding))
        quote = dialect.quote.encode()
        self.mark = dialect.delimiter.encode(encoding)
        self.has_escapes = dialect.has_escapes
        self.quote = quote
        inner = b"(?:[^" + quote + b"]|" + quote * 2 + b")*+"
        if dialect.has_escapes:
            inner = rb"(?:[^" + quote + rb"\\]|" + quote * 2 + rb"|\\[^\r\n])*+"
        space = b" *" if dialect.has_spaces else b""
        letters = rb"[^\r\n]" if quote != b'"' else rb'[^"\r\n]'
        plain = b"(?:(?!" + mark + b")" + letters + b")*+"
        if quote:
            opening = space + quote
            plain = b"(?!" + opening + b")" + plain
            field = b"(?:" + opening + b"(" + inner + b")" + quote + space + b"|(" + plain + b"))"
        else:
            field = b"(?:((?!))|(" + plain + b"))"
        self.field = re.compile(field + b"(?:(" + mark + rb")|(?=\r?\n|\r?\Z))")

    def record(self, data: bytes, start: int) -> tuple[list[bytes], int]:
        """Return the fields of the record at ``start`` and its end; none where it is no record."""
        fields, at, stop = [], start, min(len(data), start + LONGEST_RECORD_BYTES)
        while found := self.field.match(data, at, stop):
            quoted, plain, mark = found.groups()
            fields.append(plain if quoted is None else self._unquoted(quoted))
            at = found.end()
            if mark is None:
                return (fields, at) if at < stop or stop == len(data) else ([], start)
        return [], start

    def _unquoted(self, quoted: bytes) -> bytes:
        text = quoted.replace(self.quote * 2, self.quote)
        if self.has_escapes:
            text = text.replace(b"\\" + self.quote, self.quote).replace(b"\\\\", b"\\")
        return text


def recognise_dialect(rows: bytes, plain: Dialect, *, encoding: str, n_fields: int) -> Dialect:
    """Return how the rows are written: plainly, or as more of the sampled records fit.

    Another way is taken only where it leaves at most one record in ten unread, reads more
    records than the plain one, and the file shows its mark.
    """
    tried = [plain, *_others(rows, plain, encoding)]
    fits = [_n_fitting(rows, one, encoding, n_fields) for one in tried]
    n_fit, n_records = max(fits, key=lambda fit: fit[0])
    best = tried[[fit[0] for fit in fits].index(n_fit)]
    best = best if n_fit >= 0.9 * n_records else plain
    single = replace(best, quote="'")
    is_single = single in tried and fits[tried.index(single)][0] == n_fit
    return single if is_single and _wraps_a_column(rows, best, encoding, n_fields) else best


def _wraps_a_column(rows: bytes, dialect: Dialect, encoding: str, n_fields: int) -> bool:
    """Return whether every value of some column stands in single quotes."""
    sample = islice(records_of(rows, Reader(dialect, encoding)), SAMPLE_RECORDS)
    records = [fields for fields, _, _ in sample if len(fields) == n_fields]
    columns = ([value.strip() for value in column if value.strip()]
               for column in zip(*records, strict=True))
    return any(len(values) > 1 and all(_is_wrapped(value) for value in values)
               for values in columns)


def _is_wrapped(value: bytes) -> bool:
    return len(value) > 1 and value.startswith(b"'") and value.endswith(b"'")


def _others(rows: bytes, plain: Dialect, encoding: str) -> Iterator[Dialect]:
    mark = re.escape(plain.delimiter.encode(encoding))
    begins = b"(?:^|" + mark + b")"
    has_double = re.search(b"(?m)" + begins + b' *"', rows) is not None
    has_single = re.search(b"(?m)" + begins + b" *'", rows) is not None
    spaced = replace(plain, has_spaces=True)
    if plain.quote == '"' and re.search(mark + b' +"', rows):
        yield spaced
    if plain.quote == '"' and b'\\"' in rows:
        yield from (replace(plain, has_escapes=True), replace(spaced, has_escapes=True))
    if plain.quote == '"' and has_single and not has_double:
        yield from (replace(plain, quote="'"), replace(spaced, quote="'"))
        yield replace(plain, quote="'", has_escapes=True)


def _n_fitting(rows: bytes, dialect: Dialect, encoding: str, n_fields: int) -> tuple[int, int]:
    """Return how many of the first records have the header's number of fields, and of how many."""
    sample = list(islice(records_of(rows, Reader(dialect, encoding)), SAMPLE_RECORDS))
    lengths = [len(fields) for fields, _, _ in sample if fields != [b""]]
    wanted = (n_fields, n_fields + 1, n_fields - 1)
    return max(lengths.count(n) for n in wanted), len(lengths)


def records_of(data: bytes, reader: Reader) -> Iterator[tuple[list[bytes], int, int]]:
    """Yield fields, start and end of each record; no field where a line is no record."""
    at = 0
    while at < len(data):
        fields, end = reader.record(data, at)
        if not fields:
            end = data.find(b"\n", at)
            end = len(data) if end < 0 else end - data.startswith(b"\r", end - 1)
        yield fields, at, end
        at = data.find(b"\n", end) + 1 or len(data)


def rewritten(text: Text, dialect: Dialect, rows_start: int) -> Text:
    """Return the text in RFC 4180 with commas, line for line; above ``rows_start`` as it was."""
    reader = Reader(dialect, text.encoding)
    above = text.raw.read(text.start, rows_start)
    raw = spilled(text.raw.name, _rewritten(text.raw, above, rows_start, reader))
    return replace(text, raw=raw, start=0, origin=text)


def _rewritten(raw: RawFile, above: bytes, start: int, reader: Reader) -> Iterator[bytes]:
    yield above
    rest = b""
    for at in range(start, raw.n_bytes, _BLOCK_BYTES):
        stop = min(at + _BLOCK_BYTES, raw.n_bytes)
        data = rest + raw.read(at, stop)
        lines, used = _plain_lines(data, reader, is_last=stop == raw.n_bytes)
        rest = data[used:]
        yield b"".join(lines)


def _plain_lines(data: bytes, reader: Reader, *, is_last: bool) -> tuple[list[bytes], int]:
    """Return the records as plain lines, and how many bytes they were; a rest stays."""
    lines, used = [], 0
    for fields, start, end in records_of(data, reader):
        after = data.find(b"\n", end) + 1 or len(data)
        if not is_last and len(data) - start <= LONGEST_RECORD_BYTES:
            break
        lines.append(_line(fields, data[start:end]) + data[end:after])
        used = after
    return lines, used


def _line(fields: list[bytes], raw: bytes) -> bytes:
    """Return a record in plain writing; a line that is none becomes one that cannot be read."""
    if not fields:
        return b'"' + raw.replace(b'"', b'""') + b'"x'
    return b",".join(_quoted(field) for field in fields)


def _quoted(field: bytes) -> bytes:
    if b'"' in field or b"," in field or b"\n" in field or b"\r" in field:
        return b'"' + field.replace(b'"', b'""') + b'"'
    return field
