"""Where a file's rows begin and which field is which: the delimiter and the header, by names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from workbench.errors import SourceError, nearest_name
from workbench.sources.dialect import (
    SAMPLE_RECORDS,
    Reader,
    recognise_dialect,
    records_of,
    rewritten,
)
from workbench.sources.encoding import Text, is_decodable
from workbench.sources.heading import (
    HEADER_BYTES,
    Heading,
    find_heading,
    folded,
    is_blank,
    places_of,
)
from workbench.sources.layout import Layout
from workbench.sources.lengths import FEWEST_NAMES, SUREST_SHARE, with_shared_lengths
from workbench.sources.notes import Note
from workbench.sources.preset import DELIMITERS, Preset
from workbench.sources.records import Writing

_SAMPLE_LINES = 200


def recognise_layout(text: Text, preset: Preset, source_name: str) -> tuple[Text, Layout]:
    """Return the file, rewritten where its writing needs it, and its layout.

    SourceError names the column, the nearest name and the cure.
    """
    head = text.raw.read(text.start, text.start + HEADER_BYTES)
    if not preset.has_header and not preset.names:
        return text, replace(_without_header(text, preset, head, source_name),
                             notes=_notes(text, None))
    heading = find_heading(head, preset, text.encoding)
    _refuse_unreadable(text, heading, head, source_name)
    _require_names(text, heading.names, preset, source_name)
    heading = _with_delimiter_of_rows(heading, head, text.encoding)
    dialect = recognise_dialect(_whole(head)[heading.end:], heading.dialect,
                                encoding=text.encoding, n_fields=len(heading.names))
    notes = _notes(text, heading)
    if not dialect.is_plain:
        text = rewritten(text, dialect, text.start + heading.start)
        head, heading = _again(text, head, heading)
    if not text.raw.read(text.start + heading.end, text.start + heading.end + HEADER_BYTES).strip(
        b"\r\n"
    ):
        raise SourceError(
            f"{text.raw.name} holds a header and no rows. Export it again, or take the source "
            "out of params.yaml."
        )
    layout = _layout(text, preset, heading)
    layout = replace(layout, notes=(*notes, *dialect.notes()))
    return text, with_shared_lengths(layout, _whole(head)[heading.end:], text, preset,
                                     source_name)


def _notes(text: Text, heading: Heading | None) -> tuple[Note, ...]:
    n_above, n_lines = (heading.n_above, heading.n_lines) if heading else (0, 1)
    found = (
        (Note("letters_as_controls"), text.origin is not None),
        (Note("lines_above_header", n_above), n_above > 0),
        (Note("header_over_lines", n_lines), n_lines > 1),
    )
    return tuple(note for note, is_so in found if is_so)


def _whole(head: bytes) -> bytes:
    """Return the head without a last line that may be cut off."""
    return head if len(head) < HEADER_BYTES else head[: head.rfind(b"\n") + 1]


def _with_delimiter_of_rows(heading: Heading, head: bytes, encoding: str) -> Heading:
    """Return the heading with the delimiter of the rows, where the header alone has another."""
    def share(mark: str) -> float:
        reader = Reader(replace(heading.dialect, delimiter=mark), encoding)
        found = islice(records_of(rows, reader), SAMPLE_RECORDS)
        lengths = [len(fields) for fields, start, end in found
                   if not is_blank(rows[start:end])]
        n_fit = sum(n in (n_names - 1, n_names, n_names + 1) for n in lengths)
        return n_fit / max(len(lengths), 1)

    n_names, rows = len(heading.names), _whole(head)[heading.end:]
    own = heading.dialect.delimiter
    if n_names < FEWEST_NAMES or (own in DELIMITERS and share(own) > 0):
        return heading
    fits = {mark: share(mark) for mark in (own, *DELIMITERS)}
    best = max(fits, key=lambda mark: fits[mark])
    if fits[own] > 0 or fits[best] < SUREST_SHARE:
        return heading
    return replace(heading, dialect=replace(heading.dialect, delimiter=best))


def _layout(text: Text, preset: Preset, heading: Heading) -> Layout:
    places, names = places_of(heading.names, preset), heading.names
    unread = tuple(n for place, n in enumerate(names) if place not in set(places.values()))
    has_quotes = bool(heading.dialect.quote)
    writing = Writing(heading.dialect.delimiter, has_quotes, text.encoding, len(names))
    first_line = text.raw.read(text.start, text.start + heading.end).count(b"\n") + 1
    return Layout(writing, places, unread, text.start + heading.end, first_line, names=names)


def _again(text: Text, before: bytes, heading: Heading) -> tuple[bytes, Heading]:
    """Return the head of the rewritten text, and the header where it stands there."""
    head = text.raw.read(text.start, text.start + 2 * HEADER_BYTES)
    end = heading.start
    for _ in range(before.count(b"\n", heading.start, heading.end)):
        end = head.find(b"\n", end) + 1
    dialect = replace(heading.dialect, delimiter=",", quote='"')
    return head, replace(heading, end=end, dialect=dialect)


def _refuse_unreadable(text: Text, heading: Heading, head: bytes, source_name: str) -> None:
    line = head[heading.start : heading.end]
    if not line.endswith(b"\n") and len(head) == HEADER_BYTES and line:
        raise SourceError(
            f"{text.raw.name}: the header line has no end within {HEADER_BYTES:,} bytes. Its "
            "line ends may be lost, or it is no table: export it again as CSV."
        )
    if not is_decodable(line, text.encoding) or b"\0" in line:
        raise SourceError(
            f"{text.raw.name}: the header line cannot be read as {text.encoding}. Write the "
            f"file's encoding under sources.{source_name}.encoding."
        )


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
    first = lines[0].decode(text.encoding, "replace").split(delimiter)[0]
    if folded(first.strip(' "')) == folded(names[0]):
        raise SourceError(
            f"{text.raw.name} begins with a header, and files of the layout '{preset.name}' "
            "have none. Take the first line out, or map the columns in params.yaml."
        )
    _require_names(text, names, preset, source_name)
    places = places_of(names, preset)
    unread = tuple(name for name in names if name not in places)
    return Layout(writing, places, unread, text.start, 1, names=names, has_header=False)


def _require_names(
    text: Text, names: Sequence[str], preset: Preset, source_name: str
) -> None:
    file_name, places = text.raw.name, places_of(names, preset)
    all_folded = [folded(name) for name in names]
    missing = [name for name in preset.needed_columns if name not in places]
    if missing and not places:
        raise SourceError(
            f"{file_name}: its first line names no column that is needed, such as '{missing[0]}'. "
            "Add the header line, name the preset and the delimiter that "
            f"fit the file, or list the file's columns under sources.{source_name}.names."
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
        if all_folded.count(folded(name)) > 1:
            raise SourceError(
                f"{file_name} has {all_folded.count(folded(name))} columns '{name}'. Rename all "
                "but the one that is meant."
            )


def _more(missing: list[str]) -> str:
    others = [f"'{name}'" for name in missing[1:6]]
    n_left = len(missing) - 1 - len(others)
    return f" (nor {', '.join(others)}{f' and {n_left} more' if n_left else ''})" if others else ""
