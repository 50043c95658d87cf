"""Where a file's rows begin and which field is which: the delimiter and the header, by names."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from workbench.errors import SourceError, nearest_name
from workbench.sources.encoding import Text, is_decodable
from workbench.sources.notes import Note
from workbench.sources.preset import DELIMITERS, Preset
from workbench.sources.records import Writing

_HEADER_BYTES = 1 << 18
_SAMPLE_LINES = 200


@dataclass(frozen=True)
class Layout:
    """The file as it is: its writing, the field of each needed column, where rows begin.

    ``places`` maps the preset's column name to the field's number from 0. ``unread`` names
    the columns that no rule reads; ``spelled`` gives each needed column as the file spells it.
    ``notes`` tell what is unusual about the whole file.
    """

    writing: Writing
    places: dict[str, int]
    unread: tuple[str, ...]
    rows_start: int
    first_line: int
    notes: tuple[Note, ...] = ()
    spelled: Mapping[str, str] = field(default_factory=dict)


def recognise_layout(text: Text, preset: Preset, source_name: str) -> Layout:
    """Return the layout of the file; SourceError names the column, the nearest name, the cure."""
    head = text.raw.read(text.start, text.start + _HEADER_BYTES)
    if not preset.has_header:
        return _without_header(text, preset, head, source_name)
    n_skipped, line = _first_line(head, preset.has_quotes)
    if not line.endswith(b"\n") and len(head) == _HEADER_BYTES:
        raise SourceError(
            f"{text.raw.name}: the header line has no end within {_HEADER_BYTES:,} bytes. Its "
            "line ends may be lost, or it is no table: export it again as CSV."
        )
    if not is_decodable(line, text.encoding) or b"\0" in line:
        raise SourceError(
            f"{text.raw.name}: the header line cannot be read as {text.encoding}. Write the "
            f"file's encoding under sources.{source_name}.encoding."
        )
    header = line.decode(text.encoding).rstrip("\r\n")
    delimiter, names = _split_header(header, preset)
    places = _places(names, preset)
    _require_names(text, names, preset, source_name)
    rows_start = text.start + n_skipped + len(line)
    if not text.raw.read(rows_start, rows_start + _HEADER_BYTES).strip(b"\r\n"):
        raise SourceError(
            f"{text.raw.name} holds a header and no rows. Export it again, or take the source "
            "out of params.yaml."
        )
    read = set(places.values())
    unread = tuple(name for place, name in enumerate(names) if place not in read)
    writing = Writing(delimiter, preset.has_quotes, text.encoding, len(names))
    first_line = head[: n_skipped + len(line)].count(b"\n") + 1
    spelled = {name: names[place] for name, place in places.items()}
    return Layout(writing, places, unread, rows_start, first_line, spelled=spelled)


def _without_header(text: Text, preset: Preset, head: bytes, source_name: str) -> Layout:
    names = preset.layouts[0]
    delimiter = preset.delimiter or ","
    writing = Writing(delimiter, preset.has_quotes, text.encoding, len(names))
    lines = [line for line in head.split(b"\n")[:_SAMPLE_LINES] if line.strip()]
    counts = {line.count(delimiter.encode()) + 1 for line in lines}
    if len(names) not in counts:
        raise SourceError(
            f"{text.raw.name}: none of its first {len(lines)} lines has the {len(names)} fields "
            f"of the layout '{preset.name}' separated by {delimiter!r}. Name the preset that "
            "fits the file, or its delimiter."
        )
    first = lines[0].decode(text.encoding, "replace")
    if _folded(_header_names(first, delimiter, preset.has_quotes)[0]) == _folded(names[0]):
        raise SourceError(
            f"{text.raw.name} begins with a header, and files of the layout '{preset.name}' "
            "have none. Take the first line out, or map the columns in params.yaml."
        )
    _require_names(text, list(names), preset, source_name)
    places = _places(list(names), preset)
    unread = tuple(name for name in names if name not in places)
    return Layout(writing, places, unread, text.start, 1)


def _first_line(head: bytes, has_quotes: bool) -> tuple[int, bytes]:
    """Return how many bytes of blank lines come first, and the header with its line end.

    A quoted name may hold line ends; where a quote never closes, the header is one line.
    """
    n_skipped = len(head) - len(head.lstrip(b"\r\n"))
    first_end = end = head.find(b"\n", n_skipped) + 1
    while end and has_quotes and head.count(b'"', n_skipped, end) % 2:
        end = head.find(b"\n", end) + 1
    return n_skipped, head[n_skipped : end or first_end or len(head)]


def _split_header(header: str, preset: Preset) -> tuple[str, list[str]]:
    tried = (preset.delimiter,) if preset.delimiter else DELIMITERS
    splits = [(mark, _header_names(header, mark, preset.has_quotes)) for mark in tried]
    return max(splits, key=lambda split: (len(_places(split[1], preset)), len(split[1])))


def _header_names(header: str, delimiter: str, has_quotes: bool) -> list[str]:
    pieces = header.split(delimiter)
    if has_quotes and '"' in header:
        lines = io.StringIO(header, newline="")
        with suppress(csv.Error):
            pieces = next(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    return [" ".join(piece.split()) for piece in pieces]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _places(names: list[str], preset: Preset) -> dict[str, int]:
    """Return the field of each needed column: by its name, otherwise by another name of it."""
    plain = [_folded(name) for name in names]
    aliases = {_folded(old): _folded(new) for old, new in preset.aliases.items()}
    renamed = [aliases.get(name, name) for name in plain]
    places = {}
    for wanted in preset.needed_columns:
        known = plain if _folded(wanted) in plain else renamed
        if _folded(wanted) in known:
            places[wanted] = known.index(_folded(wanted))
    return places


def _require_names(
    text: Text, names: list[str], preset: Preset, source_name: str
) -> None:
    file_name, places = text.raw.name, _places(names, preset)
    folded = [_folded(name) for name in names]
    missing = [name for name in preset.needed_columns if name not in places]
    if missing and not places:
        raise SourceError(
            f"{file_name}: its first line names no column that is needed, such as '{missing[0]}'. "
            "Add the header line, take out what stands above it, or name the preset and the "
            "delimiter that fit the file."
        )
    for name in missing:
        columns = [rule.column.name for rule in preset.rules if name in rule.from_columns]
        cure = (f"map it under sources.{source_name}.columns, as in {columns[0]}: <the file's "
                "column>" if columns else f"correct it under sources.{source_name}.keep")
        raise SourceError(
            f"{file_name} has no column '{name}'{_more(missing)}.{nearest_name(name, names)} "
            f"Rename it in the file, or {cure}."
        )
    for name in places:
        if folded.count(_folded(name)) > 1:
            raise SourceError(
                f"{file_name} has {folded.count(_folded(name))} columns '{name}'. Rename all "
                "but the one that is meant."
            )


def _more(missing: list[str]) -> str:
    others = [f"'{name}'" for name in missing[1:6]]
    n_left = len(missing) - 1 - len(others)
    return f" (nor {', '.join(others)}{f' and {n_left} more' if n_left else ''})" if others else ""
