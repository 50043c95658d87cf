"""Rows accepted and rows set aside: a chunk of records in the shape of its canonical table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sources.doubts import Doubt
from workbench.sources.keep import Kept
from workbench.sources.notes import LEFT_OUT
from workbench.sources.records import Chunk, Odd, Places, Records
from workbench.tables import Table

if TYPE_CHECKING:
    from workbench.sources.opened import OpenedSource

_LEFT_OUT = -2

SET_ASIDE = pa.schema([
    ("source_name", pa.string()), ("file_name", pa.string()), ("source_row", pa.int64()),
    ("reason_code", pa.string()), ("column_name", pa.string()), ("explanation", pa.string()),
    ("raw_text", pa.string()),
])

REASONS = {
    "wrong_number_of_fields": "The line has more or fewer fields than the header.",
    "stray_quote": "A quote stands where none may stand, or is never closed.",
    "undecodable_text": "The line holds bytes that mean nothing in the file's encoding.",
    "another_table": "Another table begins in the file, with a header of its own.",
    "stray_line_end": "The line holds a carriage return in its middle.",
    "truncated_line": "The last line ends in the middle of a record.",
    "not_a_date": "The value is no day in the declared date format.",
    "not_a_number": "The value is no number, or not a whole one where one is needed.",
    "not_a_share": "The value is no number from 0 to 1.",
    "not_money": "The value is no amount of money.",
    "either_decimal": "The point may group thousands or begin decimals, and nothing says which.",
    "other_currency": "The amount's sign is of another currency than the row's.",
    "mangled_key": "The key is a number in powers of ten, so that its last digits are lost.",
    "question_text": "The row holds questions or names of columns, not an answer.",
    "total_row": "The row sums others up: its key, or its name, says total.",
    "not_a_flag": "The value is neither of the declared words for yes and no.",
    "unknown_code": "The value is not on the list of codes.",
    "missing_required": "A value that every row must have is missing.",
    "duplicate_key": "An earlier row of the source has the same key.",
}


# What tells people apart, by the column that must be there; the first that a source has.
PERSON_COLUMNS = {
    "voter_id": ("voter_id",), "last_name": ("first_name", "last_name", "postcode"),
    "email": ("email",), "phone": ("phone",),
}


NO_ROWS = ("question_text", "total_row")  # set aside, and lost to nobody


@dataclass(frozen=True)
class Faults:
    """Rows of a batch that are to be set aside: their numbers from 0, the reason, the column."""

    rows: npt.NDArray[np.int64]
    reason_code: str
    column_name: str = ""
    explanation: str = ""


@dataclass(frozen=True)
class Batch:
    """Consecutive records of one file: those accepted, those set aside, and how many came in.

    ``n_rows`` counts those accepted, set aside and left out; ``left_out`` counts the last by
    their code in ``notes.LEFT_OUT``, and ``quirks`` lines by their code in ``notes.QUIRKS``.
    ``n_holding`` counts rows by column and text of the source's `keep`.
    ``starts`` and ``ends`` are the places of the accepted rows in the file, ``lines`` their
    line numbers there (first line 1). ``n_other_order`` counts, for a date column, the values
    that fit only with day and month exchanged, and ``n_dates`` its values. ``unread`` says what
    the texts look like that did not fit, by column and reason; ``doubts`` what is odd about
    those that did: see ``add_doubts`` and ``final_doubts``. ``lost`` has, of the rows set
    aside that could be made, the columns that say whose they are and what money.
    """

    accepted: pa.Table
    set_aside: pa.Table
    lost: pa.Table
    n_rows: int
    starts: Places
    ends: Places
    lines: Places
    n_blank_lines: int = 0
    n_other_order: dict[str, int] = field(default_factory=dict)
    n_dates: dict[str, int] = field(default_factory=dict)
    unread: tuple[Doubt, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    quirks: dict[str, int] = field(default_factory=dict)
    n_holding: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def n_left_out(self) -> int:
        """How many records are neither accepted nor set aside."""
        return sum(self.left_out.values())


@dataclass(frozen=True)
class Origin:
    """Where a chunk's bytes come from, for the text of rows that are set aside.

    ``spelled`` gives each column that is read as the file spells it.
    """

    source_name: str
    file_name: str
    encoding: str
    chunk: Chunk
    data: bytes
    spelled: Mapping[str, str] = field(default_factory=dict)


def odd_rows(odd: Odd, origin: Origin) -> pa.Table:
    """Return the records that do not read, as set-aside rows; none for those left out."""
    nothing = np.empty(0, np.int64)
    told = [at for at, reason in enumerate(odd.reasons) if reason not in LEFT_OUT]
    faults = [Faults(nothing, odd.reasons[at]) for at in told]
    lines = odd.lines[told] + origin.chunk.first_line
    return aside_rows(faults, lines, (odd.starts[told], odd.ends[told]), origin)


def divide(
    made: pa.Table, faults: list[Faults], records: Records, origin: Origin, *, kept: Kept
) -> Batch:
    """Divide made rows into accepted, set aside and left out; the first fault of a row counts."""
    n_made = len(made)
    first = np.full(n_made, -1, np.int64)
    for number in range(len(faults) - 1, -1, -1):
        first[faults[number].rows] = number
    first[kept.left_out] = _LEFT_OUT
    aside, gone = np.flatnonzero(first >= 0), np.flatnonzero(first != -1)
    lines = records.lines + origin.chunk.first_line
    table = aside_rows(
        [faults[number] for number in first[aside]],
        lines[aside], (records.starts[aside], records.ends[aside]), origin,
    )
    fine = np.flatnonzero(first == -1)
    accepted = made if not len(gone) else without_rows(made, gone)
    is_row = [faults[number].reason_code not in NO_ROWS for number in first[aside]]
    lost = made.select(telling_columns(made.schema)).take(aside[np.array(is_row, bool)])
    odd = odd_rows(records.odd, origin)
    set_aside = _in_line_order(pa.concat_tables([odd, table]))
    shift = origin.chunk.start
    left_out = Counter(reason for reason in records.odd.reasons if reason in LEFT_OUT)
    left_out += Counter(kept_out=len(kept.left_out))
    return Batch(
        accepted, set_aside, lost, n_made + len(records.odd.reasons),
        records.starts[fine] + shift, records.ends[fine] + shift, lines[fine],
        records.n_blank_lines, left_out=dict(left_out), n_holding=kept.n_holding,
        quirks={"nul_bytes": records.n_nul_lines} if records.n_nul_lines else {},
    )


def aside_rows(
    faults: list[Faults], lines: Places, bounds: tuple[Places, Places], origin: Origin
) -> pa.Table:
    """Return one set-aside row for each fault; ``bounds`` are offsets into ``origin.data``."""
    starts, ends = bounds
    texts = [
        origin.data[start:end].decode(origin.encoding, "backslashreplace")
        for start, end in zip(starts, ends, strict=True)
    ]
    columns = [
        pa.repeat(origin.source_name, len(faults)),
        pa.repeat(origin.file_name, len(faults)),
        pa.array(lines, pa.int64()),
        pa.array([fault.reason_code for fault in faults], pa.string()),
        pa.array([fault.column_name for fault in faults], pa.string()),
        pa.array([fault.explanation or REASONS[fault.reason_code] for fault in faults],
                 pa.string()),
        pa.array(texts, pa.string()),
    ]
    return pa.table(columns, schema=SET_ASIDE)


def without_rows(rows: pa.Table, gone: Places) -> pa.Table:
    """Return the table without the rows at the (ascending) positions ``gone``; none is copied."""
    firsts = np.concatenate((np.zeros(1, np.int64), gone + 1)).tolist()
    lasts = [*gone.tolist(), len(rows)]
    runs = [
        rows.slice(first, last - first)
        for first, last in zip(firsts, lasts, strict=True) if last > first
    ]
    return pa.concat_tables(runs or [rows.slice(0, 0)])


def set_aside_from(
    opened: OpenedSource, chunk: Chunk, batch: Batch, faults: list[Faults]
) -> Batch:
    """Return the batch with more of its accepted rows set aside, each for its first fault."""
    if not faults:
        return batch
    first = np.full(len(batch.accepted), -1, np.int64)
    for number in range(len(faults) - 1, -1, -1):
        first[faults[number].rows] = number
    gone, kept = np.flatnonzero(first >= 0), np.flatnonzero(first < 0)
    file = opened.files[chunk.file_number]
    start, stop = int(batch.starts[gone].min()), int(batch.ends[gone].max())
    origin = Origin(
        opened.source.name, file.name, file.text.encoding, chunk, file.text.raw.read(start, stop)
    )
    table = aside_rows(
        [faults[number] for number in first[gone]], batch.lines[gone],
        (batch.starts[gone] - start, batch.ends[gone] - start), origin,
    )
    return replace(
        batch, accepted=without_rows(batch.accepted, gone), lost=_more_lost(batch, gone),
        starts=batch.starts[kept], ends=batch.ends[kept], lines=batch.lines[kept],
        set_aside=_in_line_order(pa.concat_tables([batch.set_aside, table])),
    )


def telling_columns(schema: pa.Schema) -> list[str]:
    """Return the columns that say what is lost with a row: whose it is, and what money."""
    persons = {name for group in PERSON_COLUMNS.values() for name in group}
    return [name for name in schema.names if name in persons or name.endswith("_minor")]


def _more_lost(batch: Batch, gone: Places) -> pa.Table:
    more = batch.accepted.select(telling_columns(batch.accepted.schema)).take(gone)
    return pa.concat_tables([batch.lost, more])


def _in_line_order(table: pa.Table) -> pa.Table:
    return table.take(pc.sort_indices(table, [("source_row", "ascending")]))


def required_columns(table: Table) -> tuple[str, ...]:
    """Return the columns in which no accepted row may lack a value.

    These are the key's required columns and every required column that is not free text: a
    person with one name is a person, a gift without a day or an amount is not a gift.
    """
    return tuple(
        column.name for column in table.columns
        if column.is_required and (column.name in table.key or column.kind != "text")
    )
