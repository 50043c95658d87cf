"""A run of whole lines as records: strict RFC 4180, odd lines taken out, nothing lost."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.sources.encoding import is_decodable

Places = npt.NDArray[np.int64]
LARGEST_RECORD_BYTES = 1 << 20
_NONE = np.empty(0, np.int64)
FINE, BLANK, CONTINUED = "", "blank", "continued"


@dataclass(frozen=True)
class Writing:
    """How the lines of a file are written."""

    delimiter: str
    has_quotes: bool
    encoding: str
    n_fields: int


@dataclass(frozen=True)
class Chunk:
    """Whole lines of one file: bytes ``start`` to ``stop``, the first being ``first_line``.

    ``lines_before`` counts the lines of the source's earlier files.
    """

    file_number: int
    start: int
    stop: int
    first_line: int
    lines_before: int
    is_last: bool


@dataclass(frozen=True)
class Odd:
    """Records that do not read: where they begin and end in the chunk, their line, and why."""

    starts: Places
    ends: Places
    lines: Places
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Records:
    """The records of a chunk that read, as clean UTF-8, with their places; and the odd ones.

    NULs are nothing in what is clean; ``n_nul_lines`` counts the lines with any.
    ``starts`` and ``ends`` are offsets into the chunk as it arrived, ``lines`` the physical
    line of each record counted from 0 at the chunk's first.
    """

    clean: bytes
    starts: Places
    ends: Places
    lines: Places
    has_quoted_line_ends: bool
    odd: Odd
    n_blank_lines: int
    n_nul_lines: int = 0


def split_records(data: bytes, writing: Writing, *, is_last: bool) -> Records:
    """Split whole lines into records, without looking at their number of fields.

    A record is a line, or several where a quoted field holds line ends. A quote where none
    may stand costs the line it is on, and reading goes on with the next line.
    """
    if not data:
        return Records(b"", _NONE, _NONE, _NONE, False, Odd(_NONE, _NONE, _NONE, ()), 0)
    starts, ends = _lines(data)
    faults = _line_faults(data, starts, ends, writing)
    last_of = np.arange(len(starts))
    if writing.has_quotes and b'"' in data:
        _join_quoted_lines(data, (starts, ends), last_of, faults, writing.delimiter)
    for line in _blank_lines(data, starts, ends, writing):
        faults.setdefault(line, BLANK)
    if is_last and not data.endswith(b"\n") and faults.get(len(starts) - 1, FINE) not in (
        FINE, BLANK, CONTINUED
    ):
        faults[len(starts) - 1] = "truncated_line"
    return _gathered(data, (starts, ends, last_of), faults, writing)


def _lines(data: bytes) -> tuple[Places, Places]:
    """Return where each line starts and ends (without its line end)."""
    octets = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(octets == 10)
    if not data.endswith(b"\n"):
        breaks = np.append(breaks, len(data))
    starts = np.concatenate((np.zeros(1, np.int64), breaks[:-1] + 1))
    has_return = (breaks > starts) & (octets[np.maximum(breaks - 1, 0)] == 13)
    return starts, breaks - has_return


def _line_faults(
    data: bytes, starts: Places, ends: Places, writing: Writing
) -> dict[int, str]:
    """Return line -> reason for lines with undecodable bytes or a stray line end."""
    octets = np.frombuffer(data, np.uint8)

    def lines_with(is_there: npt.NDArray[np.bool_]) -> list[tuple[int, bytes]]:
        lines = _lines_at(np.flatnonzero(is_there), starts)
        return [(line, data[starts[line]:ends[line]]) for line in lines]

    def is_stray(inner: bytes) -> bool:
        return b"\r" in inner and not (writing.has_quotes and b'"' in inner)

    faults: dict[int, str] = {}
    if b"\r" in data:
        odd = [line for line, inner in lines_with(octets == 13) if is_stray(inner)]
        faults |= dict.fromkeys(odd, "stray_line_end")
    if not data.isascii() and not is_decodable(data, writing.encoding):
        beyond = lines_with(octets >= 128)
        odd = [line for line, inner in beyond if not is_decodable(inner, writing.encoding)]
        faults |= dict.fromkeys(odd, "undecodable_text")
    return faults


def _blank_lines(data: bytes, starts: Places, ends: Places, writing: Writing) -> list[int]:
    """Return the lines that hold nothing but white space, NULs and delimiters."""
    octets = np.frombuffer(data + b"\n", np.uint8)
    nothing = np.frombuffer(writing.delimiter.encode() + b" \t\0", np.uint8)
    first = octets[starts]
    may_be = np.flatnonzero(np.logical_or.reduce([first == octet for octet in nothing]))
    may_be = may_be[np.isin(octets[ends[may_be] - 1], nothing) & (ends > starts)[may_be]]
    lines = may_be.tolist() if writing.n_fields > 1 else []
    more = [line for line in lines
            if not data[starts[line]:ends[line]].strip(nothing.tobytes())]
    return [*np.flatnonzero(ends == starts).tolist(), *more]


def _lines_at(places: Places, starts: Places) -> list[int]:
    lines: list[int] = np.unique(np.searchsorted(starts, places, side="right") - 1).tolist()
    return lines


def _lines_to_look_at(data: bytes, starts: Places, delimiter: str) -> list[int]:
    """Return the lines with quotes that may be no record by themselves.

    They have an odd number of quotes, or one that neither opens nor closes a field and is not
    doubled, or a carriage return that stands alone.
    """
    octets = np.frombuffer(b"\n" + data + b"\n", np.uint8)
    quotes = np.flatnonzero(octets == 34)
    firsts = np.searchsorted(quotes, starts + 1)
    n_quotes = np.diff(firsts, append=len(quotes))
    line_of = np.repeat(np.arange(len(starts)), n_quotes)
    number = np.arange(len(quotes)) - firsts[line_of]
    before, behind = octets[quotes - 1], octets[quotes + 1]
    mark = ord(delimiter)
    opens = (before == 10) | (before == mark) | ((before == 34) & (number > 0))
    closes = (behind == 10) | (behind == 13) | (behind == mark) | (behind == 34)
    is_odd = n_quotes % 2 == 1
    is_odd[line_of[~np.where(number % 2 == 0, opens, closes)]] = True
    if b"\r" in data and data.count(b"\r") > data.count(b"\r\n"):
        alone = np.flatnonzero((octets[:-1] == 13) & (octets[1:] != 10)) - 1
        is_odd[_lines_at(alone, starts)] = True
    lines: list[int] = np.flatnonzero(is_odd & (n_quotes > 0)).tolist()
    return lines


def _join_quoted_lines(
    data: bytes,
    bounds: tuple[Places, Places],
    last_of: Places,
    faults: dict[int, str],
    delimiter: str,
) -> None:
    """Mark lines with a stray quote in ``faults`` and records of several lines in ``last_of``."""
    starts, ends = bounds
    pattern = record_pattern(delimiter)
    after = -1
    for line in _lines_to_look_at(data, starts, delimiter):
        if line <= after:
            continue
        end = record_end(data, int(starts[line]), pattern)
        if end < 0:
            faults.setdefault(line, _why_odd(data[starts[line]:ends[line]], pattern))
            continue
        after = int(np.searchsorted(ends, end))
        if after > line:
            _join(line, after, last_of, faults)


def _join(line: int, after: int, last_of: Places, faults: dict[int, str]) -> None:
    """Make one record of lines; a carriage return in their quotes is a letter like another."""
    told = [faults.pop(inner) for inner in range(line, after + 1) if inner in faults]
    inner = [why for why in told if why != "stray_line_end"]
    faults |= dict.fromkeys(range(line + 1, after + 1), CONTINUED)
    if inner:
        faults[line] = inner[0]
    last_of[line] = after


def _why_odd(line: bytes, pattern: re.Pattern[bytes]) -> str:
    """Return why a line is no record: it would be one but for a carriage return, or not."""
    return "stray_line_end" if pattern.match(line.replace(b"\r", b" ")) else "stray_quote"


def record_end(data: bytes, start: int, pattern: re.Pattern[bytes]) -> int:
    """Return where the record that starts there ends, before its line end; -1 if none does."""
    found = pattern.match(data, start, start + LARGEST_RECORD_BYTES)
    if found is None or found.end() - start == LARGEST_RECORD_BYTES:
        return -1
    following = data[found.end() : found.end() + 2]
    is_line_end = following[:1] in (b"", b"\n") or following in (b"\r\n", b"\r")
    return found.end() if is_line_end else -1


def record_pattern(delimiter: str) -> re.Pattern[bytes]:
    """Return what one record of quoted and plain fields looks like, up to its line end."""
    mark = re.escape(delimiter.encode())
    field = rb'(?:"(?:[^"]++|"")*+"|[^"\r\n' + mark + rb"]*+)"
    return re.compile(field + rb"(?:" + mark + field + rb")*+(?=\r?\n|\r?\Z)")


def _gathered(
    data: bytes,
    places: tuple[Places, Places, Places],
    faults: dict[int, str],
    writing: Writing,
) -> Records:
    starts, ends, last_of = places
    is_kept = np.ones(len(starts), bool)
    is_kept[list(faults)] = False
    kept = np.flatnonzero(is_kept)
    odd = sorted(line for line, why in faults.items() if why not in (BLANK, CONTINUED))
    odd_lines = np.array(odd, np.int64)
    return Records(
        clean=_clean(data, starts[kept], ends[last_of[kept]], writing.encoding, is_kept.all()),
        starts=starts[kept],
        ends=ends[last_of[kept]],
        lines=kept,
        has_quoted_line_ends=bool((last_of[kept] > kept).any()),
        odd=Odd(
            starts[odd_lines], ends[last_of[odd_lines]], odd_lines,
            tuple(faults[line] for line in odd),
        ),
        n_blank_lines=sum(1 for why in faults.values() if why == BLANK),
        n_nul_lines=_n_nul_lines(data, starts),
    )


def _n_nul_lines(data: bytes, starts: Places) -> int:
    if b"\0" not in data:
        return 0
    return len(_lines_at(np.flatnonzero(np.frombuffer(data, np.uint8) == 0), starts))


def _clean(
    data: bytes, starts: Places, ends: Places, encoding: str, is_whole: np.bool_ | bool
) -> bytes:
    if not is_whole:
        breaks = np.flatnonzero(starts[1:] > ends[:-1] + 2) + 1
        first = np.concatenate((np.zeros(1, np.int64), breaks))[: len(starts)]
        last = np.append(breaks, len(starts))[: len(starts)] - 1
        pairs = zip(starts[first].tolist(), ends[last].tolist(), strict=True)
        data = b"".join(data[start:end] + b"\n" for start, end in pairs)
    data = data.translate(None, b"\0") if b"\0" in data else data
    if encoding != "utf-8" and not data.isascii():
        return data.decode(encoding).encode("utf-8")
    return data
