"""Where a file's rows begin and which field is which: the delimiter and the header, by names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.errors import SourceError, nearest_name
from workbench.sources.encoding import Text, is_decodable
from workbench.sources.preset import DELIMITERS, Preset
from workbench.sources.records import Writing

_HEADER_BYTES = 1 << 18
_SAMPLE_LINES = 200
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*')


@dataclass(frozen=True)
class Layout:
    """The file as it is: its writing, the field of each needed column, where rows begin.

    ``places`` maps the preset's column name to the field's number from 0. ``unread`` names
    the columns that no rule reads.
    """

    writing: Writing
    places: dict[str, int]
    unread: tuple[str, ...]
    rows_start: int
    first_line: int


def recognise_layout(text: Text, preset: Preset, source_name: str) -> Layout:
    """Return the layout of the file; SourceError names the column, the nearest name, the cure."""
    head = text.raw.read(text.start, text.start + _HEADER_BYTES)
    if not preset.has_header:
        return _without_header(text, preset, head)
    n_skipped, line = _first_line(head)
    if not is_decodable(line, text.encoding) or b"\0" in line:
        raise SourceError(
            f"{text.raw.name}: the header line cannot be read as {text.encoding}. Write the "
            f"file's encoding under sources.{source_name}.encoding."
        )
    header = line.decode(text.encoding).rstrip("\r\n")
    delimiter, names = _split_header(header, preset)
    places = _places(names, preset)
    _require_names(text.raw.name, names, places, preset, source_name)
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
    return Layout(writing, places, unread, rows_start, first_line)


def _without_header(text: Text, preset: Preset, head: bytes) -> Layout:
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
    if names[0] in head[:_HEADER_BYTES].split(b"\n")[0].decode(text.encoding, "replace"):
        raise SourceError(
            f"{text.raw.name} begins with a header, and files of the layout '{preset.name}' "
            "have none. Take the first line out, or map the columns in params.yaml."
        )
    places = {name: names.index(name) for name in preset.needed_columns}
    unread = tuple(name for name in names if name not in places)
    return Layout(writing, places, unread, text.start, 1)


def _first_line(head: bytes) -> tuple[int, bytes]:
    """Return how many bytes of blank lines come first, and the first line with its end."""
    n_skipped = len(head) - len(head.lstrip(b"\r\n"))
    end = head.find(b"\n", n_skipped)
    return n_skipped, head[n_skipped : end + 1 if end >= 0 else len(head)]


def _split_header(header: str, preset: Preset) -> tuple[str, list[str]]:
    tried = (preset.delimiter,) if preset.delimiter else DELIMITERS
    splits = [(mark, _header_names(header, mark, preset.has_quotes)) for mark in tried]
    return max(splits, key=lambda split: (len(_places(split[1], preset)), len(split[1])))


def _header_names(header: str, delimiter: str, has_quotes: bool) -> list[str]:
    if has_quotes and '"' in header:
        field = rf'\s*"(?:[^"]|"")*"\s*|[^"{re.escape(delimiter)}]*'
        pieces = re.findall(rf"(?:^|{re.escape(delimiter)})({field})", header)
    else:
        pieces = header.split(delimiter)
    return [_unquoted(piece).strip() for piece in pieces]


def _unquoted(piece: str) -> str:
    found = _QUOTED.fullmatch(piece)
    return found.group(1).replace('""', '"') if found else piece


def _places(names: list[str], preset: Preset) -> dict[str, int]:
    aliases = {old.casefold(): new.casefold() for old, new in preset.aliases.items()}
    plain = [name.casefold() for name in names]
    known = [aliases.get(name, name) if aliases.get(name, name) not in plain else name
             for name in plain]
    return {
        wanted: known.index(wanted.casefold())
        for wanted in preset.needed_columns if wanted.casefold() in known
    }


def _require_names(
    file_name: str, names: list[str], places: dict[str, int], preset: Preset, source_name: str
) -> None:
    folded = [name.casefold() for name in names]
    missing = [name for name in preset.needed_columns if name not in places]
    if missing and not places:
        raise SourceError(
            f"{file_name}: its first line names none of the {len(preset.needed_columns)} columns "
            f"needed, such as '{missing[0]}'. Add the header line, or name the preset and the "
            "delimiter that fit the file."
        )
    for name in missing:
        column = next(rule.column.name for rule in preset.rules if name in rule.from_columns)
        raise SourceError(
            f"{file_name} has no column '{name}'{_more(missing)}.{nearest_name(name, names)} "
            f"Rename it in the file, or map it under sources.{source_name}.columns, as in "
            f"{column}: <the file's column>."
        )
    for name in places:
        if folded.count(name.casefold()) > 1:
            raise SourceError(
                f"{file_name} has {folded.count(name.casefold())} columns '{name}'. Rename all "
                "but the one that is meant."
            )


def _more(missing: list[str]) -> str:
    return f" (nor {len(missing) - 1} more that are needed)" if len(missing) > 1 else ""
