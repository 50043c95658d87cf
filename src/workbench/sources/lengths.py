"""A header of more or fewer names than rows have fields: read, or refused with a cure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from workbench.errors import SourceError
from workbench.sources.dialect import SAMPLE_RECORDS, records_of
from workbench.sources.encoding import Text
from workbench.sources.heading import is_blank
from workbench.sources.layout import Layout
from workbench.sources.notes import Note
from workbench.sources.preset import Preset

SUREST_SHARE = 0.9
FEWEST_NAMES = 3


def with_shared_lengths(
    layout: Layout, rows: bytes, text: Text, preset: Preset, source_name: str
) -> Layout:
    """Return the layout with the number of fields that rows have, where none has the header's.

    Empty last fields, which rows or the header alone have, are read as nothing; otherwise the
    source's ``align_header`` says which names stand over which fields. SourceError where it says
    nothing: no row is at fault.
    """
    n_names = layout.writing.n_fields
    sample = _sample(layout, rows)
    lengths = Counter(map(len, sample))
    if not lengths or n_names in lengths:
        return layout
    n_fields, n_rows = lengths.most_common(1)[0]
    if n_fields > n_names and not any(
            b"".join(fields[n_names:]).strip() for fields in sample if len(fields) == n_fields):
        return replace(layout, writing=replace(layout.writing, n_fields=n_fields),
                       blank_places=tuple(range(n_names, n_fields)),
                       notes=(*layout.notes, Note("delimiter_at_line_ends")))
    n_blank = n_names - n_fields
    if n_blank > 0 and n_blank in (layout.names.count(""), _n_blank_at_end(layout.names)):
        return _without_blank_names(layout, n_fields)
    if preset.align_header:
        return _aligned(layout, n_fields, text, preset)
    if len(sample) < 2 or n_rows < SUREST_SHARE * len(sample):
        return layout
    raise SourceError(
        f"{text.raw.name}: the header names {n_names} columns and every row has {n_fields} "
        f"fields, as far as the first {len(sample)} rows show. {_cure(n_names, n_fields)}, and "
        f"otherwise list the file's {n_fields} columns in order under "
        f"sources.{source_name}.names, with header_line: {layout.first_line - 1}."
    )


def _sample(layout: Layout, rows: bytes) -> list[list[bytes]]:
    """Return the fields of the first rows, those apart that are a lone text or nothing."""
    found = islice(records_of(rows, layout.reader), SAMPLE_RECORDS)
    return [fields for fields, start, end in found if fields and not is_blank(rows[start:end])
            if len(fields) > 1 or layout.writing.n_fields < FEWEST_NAMES]


def _cure(n_names: int, n_fields: int) -> str:
    n_off, is_short = abs(n_names - n_fields), n_names < n_fields
    end = "column" if n_off == 1 else f"{n_off} columns"
    who = "has no name" if is_short else "is missing from the rows"
    if n_off > 1:
        who = "have no names" if is_short else "are missing from the rows"
    return (
        f"Write align_header: last under the source where the first {end} {who}"
        f"{', as R writes the names of rows' if is_short else ''}, align_header: first where the "
        f"last {end} {who}"
    )


def _aligned(layout: Layout, n_fields: int, text: Text, preset: Preset) -> Layout:
    """Return the layout with the first names over the first fields, or the last over the last."""
    n_off, names = n_fields - len(layout.names), layout.names
    unnamed = ("",) * n_off
    if preset.align_header == "first":
        names, shift = (*names, *unnamed)[:n_fields], 0
    else:
        names, shift = (*unnamed, *names)[-n_fields:], n_off
    places = {name: place + shift for name, place in layout.places.items()}
    for name, place in places.items():
        if not 0 <= place < n_fields:
            raise SourceError(
                f"{text.raw.name}: with align_header: {preset.align_header} no field is left for "
                f"the column '{name}', since rows have {n_fields} and the header names "
                f"{len(layout.names)}. Align the other end, or take the column out of the mapping."
            )
    return replace(layout, writing=replace(layout.writing, n_fields=n_fields), places=places,
                   names=names, unread=tuple(name for name in layout.unread if name in names),
                   notes=(*layout.notes, Note("header_aligned")))


def _n_blank_at_end(names: Sequence[str]) -> int:
    return len(names) - len("\0".join(name and "x" for name in names).rstrip("\0").split("\0"))


def _without_blank_names(layout: Layout, n_fields: int) -> Layout:
    """Return the layout without the columns that have no name, and that no row has."""
    n_gone = len(layout.names) - n_fields
    blank = [place for place, name in enumerate(layout.names) if not name][-n_gone:]
    places = {name: place - sum(gone < place for gone in blank)
              for name, place in layout.places.items()}
    return replace(
        layout, writing=replace(layout.writing, n_fields=n_fields), places=places,
        names=tuple(name for place, name in enumerate(layout.names) if place not in blank),
        unread=tuple(name for name in layout.unread if name),
        notes=(*layout.notes, Note("header_with_a_blank_name")))
