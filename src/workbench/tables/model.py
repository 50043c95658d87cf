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
    ``names`` is the column of another table that a value is a key of: ``voters.voter_id``.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()
    is_personal: bool = False
    is_required: bool = False
    names: str = ""


@dataclass(frozen=True)
class Table:
    """A table: one row per what, its key and columns in order, where it lies and who writes it.

    ``adds`` says what a file of it would add to a campaign that has none; a table that stages
    make has no such words. ``stage`` is the stage of dvc.yaml that writes it, or who does
    where none does; ``folder`` is where it lies below data/. ``lists`` are the files of a table
    that has one for each list there, each with the stage that writes it.

    ``is_linked``: a row says whom it is about, so that linking, erasure and the gate ask it;
    ``nobody`` is the SQL of rows that are about no person all the same. ``dated_by`` is the day
    of a row, and what it tells of happened then where it ``is_of_events``. ``consent_channel``
    is the channel that a row may record a consent for.
    """

    name: str
    row_is: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    stage: str = "gather"
    folder: str = "tables"
    adds: str = ""
    is_linked: bool = False
    nobody: str = ""
    dated_by: str = ""
    is_of_events: bool = False
    consent_channel: str = ""
    lists: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> str:
        """Where the table lies below the campaign's folder."""
        return self.path_of(self.name)

    def path_of(self, file: str) -> str:
        """Return where the file of one list lies, of a table that has lists."""
        if file not in ([name for name, _ in self.lists] or [self.name]):
            raise KeyError(f"data/{self.folder} has no {file}.parquet: declare it with the stage "
                           f"that writes it under 'lists' of the table {self.name}")
        return f"data/{self.folder}/{file}.parquet"

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

    @property
    def names_people(self) -> bool:
        """Whether a row is about somebody of whom linking knows, by itself or by a key."""
        return self.is_linked or any(column.names for column in self.columns)

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
