"""A source opened for reading: its files recognised, cut into chunks, each made into a batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import SourceError
from workbench.settings import Source
from workbench.sources.archives import RawFile, Reading, open_raw, raw_paths
from workbench.sources.below import with_end, with_lines_told
from workbench.sources.chunks import CHUNK_BYTES, next_chunk
from workbench.sources.dates import swapped_format
from workbench.sources.encoding import Text, recognise_text, with_letters_for_controls
from workbench.sources.header import recognise_layout
from workbench.sources.layout import Layout
from workbench.sources.make import (
    last_told_as_truncated,
    make_batch,
    make_rows,
    read_fields,
    without_fields,
)
from workbench.sources.preset import Preset, preset_of
from workbench.sources.records import Chunk, Places, Records, split_records
from workbench.sources.repeated import headers_again
from workbench.sources.rows import Batch, Origin
from workbench.sources.second import with_other_table
from workbench.sources.sheets import LINE_END_IN_CELL
from workbench.sources.values import refuse_constants

LARGEST_OTHER_ORDER_SHARE = 0.2


@dataclass(frozen=True)
class OpenedFile:
    """One file of a source, recognised."""

    text: Text
    layout: Layout

    @property
    def name(self) -> str:
        """The path below the campaign's folder (and the member of an archive)."""
        return self.text.raw.name


@dataclass(frozen=True)
class Placed:
    """Every record of a chunk: rows in the table's shape, and where each stands in the text.

    What does not fit the table is missing in ``rows``. Records that are no rows have a place
    alone. Places are offsets into the file's text.
    """

    rows: pa.Table
    starts: Places
    ends: Places
    odd_starts: Places
    odd_ends: Places


@dataclass(frozen=True)
class OpenedSource:
    """A source whose files have been recognised and can be read chunk by chunk, in any order."""

    source: Source
    preset: Preset
    files: tuple[OpenedFile, ...]
    chunk_bytes: int = CHUNK_BYTES

    def chunks(self) -> Iterator[Chunk]:
        """Yield the chunks of all files in order; the same ones however they are then read."""
        lines_before = 0
        for number, file in enumerate(self.files):
            chunk = Chunk(number, file.layout.rows_start, file.layout.rows_start,
                          file.layout.first_line, lines_before, is_last=False)
            while not chunk.is_last:
                chunk, n_lines = next_chunk(
                    file.text.raw, chunk, n_bytes=self.chunk_bytes,
                    writing=file.layout.writing,
                )
                yield chunk
                chunk = replace(chunk, first_line=chunk.first_line + n_lines)
            lines_before += chunk.first_line - 1

    def batch(self, chunk: Chunk) -> Batch:
        """Return the records of one chunk, accepted or set aside."""
        return make_batch(self.preset, *self._records(chunk))

    def placed(self, chunk: Chunk) -> Placed:
        """Return all records of one chunk, those that do not fit among them, and their places."""
        columns, records, origin = self._records(chunk)
        made, odd = make_rows(self.preset, columns, records, origin), records.odd
        places = (records.starts, records.ends, odd.starts, odd.ends)
        return Placed(made.rows, *(place + chunk.start for place in places))

    def fields(self, chunk: Chunk) -> dict[str, pa.Array]:
        """Return the texts of the needed columns of one chunk, those of its readable records."""
        return self._records(chunk)[0]

    def _records(self, chunk: Chunk) -> tuple[dict[str, pa.Array], Records, Origin]:
        """Return the fields that are needed, the records that they are of, and their origin."""
        file = self.files[chunk.file_number]
        data = file.text.raw.read(chunk.start, chunk.stop)
        writing = file.layout.writing
        place, reason = file.layout.end_in(chunk)
        is_end = chunk.is_last and place == len(data)
        records = split_records(data[:place], writing, is_last=is_end)
        columns, records = read_fields(records, file.layout, self.preset)
        if is_end and not data.endswith(b"\n"):
            records = last_told_as_truncated(records, len(data))
        columns, records = self._without_headers(chunk, columns, records)
        if place < len(data):
            records = with_lines_told(records, data, place, reason=reason)
        if file.text.raw.is_made:
            columns = {name: with_line_ends(texts) for name, texts in columns.items()}
        return columns, records, Origin(
            self.source.name, file.name, writing.encoding, chunk, data, file.layout.spelled)

    def _without_headers(
        self, chunk: Chunk, columns: dict[str, pa.Array], records: Records
    ) -> tuple[dict[str, pa.Array], Records]:
        """Return fields and records without the header's repeats; SourceError for another one."""
        file = self.files[chunk.file_number]
        again, other = headers_again(columns, file.layout)
        if len(other):
            line = chunk.first_line + int(records.lines[other[0]])
            raise SourceError(
                f"{file.name}: line {line:,} holds names of columns in other places than the "
                "header does: another table begins there. Split the file; a source is one table."
            )
        if file.layout.titles:
            is_title = np.isin(records.starts + chunk.start, file.layout.titles)
            again = np.union1d(again, np.flatnonzero(is_title))
        return without_fields(columns, records, again, "header_again")

    def batches(self) -> Iterator[Batch]:
        """Yield the batches of all files in order."""
        return (self.batch(chunk) for chunk in self.chunks())

    def raw_texts(self, file_number: int, starts: Any, ends: Any) -> list[str]:
        """Return the lines at the given places of a file as they arrived."""
        text = self.files[file_number].text
        return [
            text.raw.read(start, end).decode(text.encoding, "backslashreplace")
            for start, end in zip(starts, ends, strict=True)
        ]


def with_line_ends(texts: pa.Array) -> pa.Array:
    """Return a workbook's texts with the line ends that stand in their cells."""
    if not pa.types.is_dictionary(texts.type):
        return pc.replace_substring(texts, LINE_END_IN_CELL, "\n")
    words = pc.replace_substring(texts.dictionary, LINE_END_IN_CELL, "\n")
    return pa.DictionaryArray.from_arrays(texts.indices, words)


def reading_of(source: Source) -> Reading:
    """Return what a source says of a file that is no text."""
    return Reading(source.member, source.sheet, source.has_labels, source.date_format)


def open_source(source: Source, root: Path) -> OpenedSource:
    """Recognise every file of a source; SourceError or SettingsError names the trouble."""
    preset = preset_of(source)
    refuse_constants(preset, f"sources.{source.name}")
    files = tuple(
        _opened(open_raw(root, path, reading_of(source)), preset, source)
        for path in raw_paths(root, source.path)
    )
    return OpenedSource(source, preset, files)


def _opened(raw: RawFile, preset: Preset, source: Source) -> OpenedFile:
    text = with_letters_for_controls(recognise_text(raw, preset.encodings))
    text, layout = recognise_layout(text, preset, source.name)
    return OpenedFile(text, with_other_table(with_end(layout, text, preset), text, preset))


def refuse_other_order(
    opened: OpenedSource, n_other_order: dict[str, int], n_dates: dict[str, int]
) -> None:
    """Raise SourceError where many dates of a column fit only with day and month exchanged."""
    for rule in opened.preset.rules:
        n_other = n_other_order.get(rule.column.name, 0)
        n_values = n_dates.get(rule.column.name, 0)
        if n_other and n_other > LARGEST_OTHER_ORDER_SHARE * n_values:
            raise SourceError(
                f"{', '.join(file.name for file in opened.files)}: {n_other:,} of {n_values:,} "
                f"dates in column '{rule.from_columns[0]}' fit {swapped_format(rule.date_format)} "
                f"and not {rule.date_format}. Find out in which order the file writes day and "
                f"month, and set sources.{opened.source.name}.date_format."
            )
