"""What a table is: its columns, their kinds, its key, and how it lies in Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    ``kind`` is one of KINDS (in ``kinds``). ``values`` closes the list of a code; empty means
    open (a campaign's own codes). ``is_personal`` marks what could tell who somebody is, or
    what they believe. A column that is not ``is_required`` may be absent from a source and is
    then there, empty. Every column may hold missing values unless it is part of the key.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()
    is_personal: bool = False
    is_required: bool = False


@dataclass(frozen=True)
class Table:
    """A canonical table: one row per what, its key and its columns, in order.

    ``adds`` says what a file of it would add to a campaign that has none; a table that stages
    make has no such words.
    """

    name: str
    row_is: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    owner: str = "sources"
    adds: str = ""

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in the order in which they lie in Parquet."""
        return tuple(column.name for column in self.columns)

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """The columns that are never shown row by row."""
        return tuple(column.name for column in self.columns if column.is_personal)

    @property
    def is_about_people(self) -> bool:
        """Whether a row is about somebody, so that a count of rows is one of people."""
        return any(column.is_personal for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def schema(self) -> pa.Schema:
        """Return the Arrow schema in which the table lies in Parquet."""
        import pyarrow as pa

        from workbench.tables.kinds import KINDS

        return pa.schema([(column.name, KINDS[column.kind]) for column in self.columns])
