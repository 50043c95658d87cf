"""Where a file's rows lie and which field is which, once that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.sources.dialect import Dialect, Reader
from workbench.sources.notes import Note
from workbench.sources.records import Chunk, Writing

LARGEST_PLACE = 1 << 62


@dataclass(frozen=True)
class Layout:
    """The file as it is: its writing, the field of each needed column, where rows begin.

    ``places`` maps the preset's column name to the field's number from 0, ``names`` are all
    columns of the file. ``unread`` names the columns that no rule reads. ``notes`` tell what
    is unusual about the whole file. ``blank_places`` are fields behind the named ones, which
    every row leaves empty. Lines from ``rows_end`` on stand below the last row,
    and those from ``other_table`` on belong to another table. ``titles`` are where lines start
    that stand above a repeat of the header and are no rows either.
    """

    writing: Writing
    places: dict[str, int]
    unread: tuple[str, ...]
    rows_start: int
    first_line: int
    notes: tuple[Note, ...] = ()
    names: tuple[str, ...] = ()
    blank_places: tuple[int, ...] = ()
    has_header: bool = True
    rows_end: int = LARGEST_PLACE
    other_table: int = LARGEST_PLACE
    titles: tuple[int, ...] = ()

    @property
    def reader(self) -> Reader:
        """What takes the file's records apart, one at a time."""
        quote = '"' if self.writing.has_quotes else ""
        return Reader(Dialect(self.writing.delimiter, quote), self.writing.encoding)

    @property
    def spelled(self) -> Mapping[str, str]:
        """Each needed column as the file spells it."""
        return {name: self.names[place] for name, place in self.places.items()}

    def end_in(self, chunk: Chunk) -> tuple[int, str]:
        """Return where a chunk's rows end, and what the lines from there on are."""
        is_other = self.other_table <= self.rows_end
        end = self.other_table if is_other else self.rows_end
        place = min(max(end, chunk.start), chunk.stop) - chunk.start
        return place, "another_table" if is_other else "below_last_row"
