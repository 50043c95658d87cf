"""The records of a chunk as rows of a canonical table, those that do not fit set aside."""

from __future__ import annotations

import io
import itertools
from codecs import BOM_UTF8
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from workbench.sources.dates import parse_dates, swapped_format
from workbench.sources.doubts import Doubt
from workbench.sources.keep import kept_rows
from workbench.sources.layout import Layout
from workbench.sources.noticed import Seen, unread
from workbench.sources.preset import Preset
from workbench.sources.records import Odd, Records
from workbench.sources.rows import Batch, Faults, Origin, divide, required_columns
from workbench.sources.rules import ROW_NUMBER, Rule
from workbench.sources.suspicious import doubts_of, key_faults, questions
from workbench.sources.values import Made, decide_currency, make_column, plain
from workbench.tables import Table


def read_fields(
    records: Records, layout: Layout, preset: Preset
) -> tuple[dict[str, pa.Array], Records]:
    """Return the needed fields of the records, and the records without those of odd length."""
    if not len(records.lines):
        return {name: pa.array([], pa.string()) for name in layout.places}, records
    odd_numbers: list[int] = []

    def skip(row: Any) -> str:
        odd_numbers.append(row.number - 1)
        return "skip"

    writing = layout.writing
    places = list(layout.places.values())
    places += [place for place in layout.blank_places if place not in places]
    table = pa_csv.read_csv(
        io.BytesIO(_with_own_mark(records.clean)),
        read_options=pa_csv.ReadOptions(
            use_threads=False, block_size=len(records.clean) + len(BOM_UTF8) + 1,
            column_names=[str(place) for place in range(writing.n_fields)],
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=writing.delimiter, quote_char='"' if writing.has_quotes else False,
            double_quote=True, escape_char=False, invalid_row_handler=skip,
            newlines_in_values=records.has_quoted_line_ends,
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=_column_types(preset, layout), strings_can_be_null=False,
            include_columns=[str(place) for place in places],
        ),
    )
    columns = {
        name: _one_array(table.column(str(place))) for name, place in layout.places.items()
    }
    records = without(records, odd_numbers, "wrong_number_of_fields")
    shifted = np.zeros(len(records.lines), bool)
    for place in layout.blank_places:
        last = pc.utf8_trim_whitespace(_one_array(table.column(str(place))))
        shifted |= pc.not_equal(last, "").to_numpy(zero_copy_only=False)
    return without_fields(columns, records, np.flatnonzero(shifted), "wrong_number_of_fields")


def without_fields(
    columns: dict[str, pa.Array], records: Records, gone: npt.NDArray[np.int64], reason: str
) -> tuple[dict[str, pa.Array], Records]:
    """Return fields and records without those at ``gone``, which become odd ones."""
    if not len(gone):
        return columns, records
    kept = pa.array(np.delete(np.arange(len(records.lines)), gone))
    left = {name: values.take(kept) for name, values in columns.items()}
    return left, without(records, gone.tolist(), reason)


def _with_own_mark(clean: bytes) -> bytes:
    """Return the bytes so that Arrow, which drops one mark at the start, keeps theirs."""
    return BOM_UTF8 + clean if clean.startswith(BOM_UTF8) else clean


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    joined = column.unify_dictionaries().combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def _column_types(preset: Preset, layout: Layout) -> dict[str, pa.DataType]:
    """Return how to read each field: as a dictionary where few different texts are expected."""
    places = (*layout.places.values(), *layout.blank_places)
    types = {str(place): pa.string() for place in places}
    for rule in preset.rules:
        is_few = rule.reader not in ("text",) or bool(rule.codes) or rule.column.kind == "code"
        if is_few and len(rule.from_columns) == 1:
            place = str(layout.places[rule.from_columns[0]])
            types[place] = pa.dictionary(pa.int32(), pa.string())
    return types


def without(records: Records, numbers: list[int], reason: str) -> Records:
    """Return the records without those of these numbers, which become odd ones."""
    if not numbers:
        return records
    gone = np.array(numbers, np.int64)
    kept = np.delete(np.arange(len(records.lines)), gone)
    odd = Odd(
        np.concatenate((records.odd.starts, records.starts[gone])),
        np.concatenate((records.odd.ends, records.ends[gone])),
        np.concatenate((records.odd.lines, records.lines[gone])),
        (*records.odd.reasons, *itertools.repeat(reason, len(gone))),
    )
    return replace(records, starts=records.starts[kept], ends=records.ends[kept],
                   lines=records.lines[kept], odd=odd)


def last_told_as_truncated(records: Records, n_bytes: int) -> Records:
    reasons = tuple(
        "truncated_line" if end == n_bytes and why == "wrong_number_of_fields" else why
        for end, why in zip(records.odd.ends, records.odd.reasons, strict=True)
    )
    return replace(records, odd=replace(records.odd, reasons=reasons))


@dataclass(frozen=True)
class MadeRows:
    """Records as rows of their table, those that do not fit among them, and what is wrong.

    A value that does not fit is missing in ``rows``. ``other_order``, ``n_dates``, ``unread``
    and ``doubts`` are those of a Batch.
    """

    rows: pa.Table
    faults: list[Faults]
    other_order: dict[str, int]
    n_dates: dict[str, int]
    unread: list[Doubt]
    doubts: list[Doubt]


def make_batch(
    preset: Preset, columns: dict[str, pa.Array], records: Records, origin: Origin
) -> Batch:
    """Return the records of a chunk as rows, accepted or set aside."""
    made = make_rows(preset, columns, records, origin)
    kept = kept_rows(columns, preset.keep, len(records.lines))
    batch = divide(made.rows, made.faults, records, origin, kept=kept)
    return replace(batch, n_other_order=made.other_order, n_dates=made.n_dates,
                   unread=tuple(made.unread), doubts=tuple(
                       doubt for doubt in made.doubts
                       if not (preset.knows_order and doubt.code == "day_month_order")))


def make_rows(
    preset: Preset, columns: dict[str, pa.Array], records: Records, origin: Origin
) -> MadeRows:
    """Return every record that reads as a row, and the faults of those that do not fit."""
    table, n_rows = preset.table, len(records.lines)
    lines = records.lines + origin.chunk.first_line + origin.chunk.lines_before
    arrays = {
        "source_name": pa.repeat(pa.scalar(origin.source_name), n_rows),
        "source_row": pa.array(lines, pa.int64()),
    }
    made = MadeRows(pa.table({}), [], {}, {}, [], [])
    seen: list[Seen] = []
    currencies: dict[str, pa.Array] = {}
    for rule in preset.rules:
        if rule.reader == ROW_NUMBER:
            arrays[rule.column.name] = arrays["source_row"].cast(pa.string())
            continue
        texts = [columns[name] for name in rule.from_columns]
        values = make_column(rule, texts, n_rows=n_rows, missing=preset.missing)
        name = rule.column.name
        arrays[name] = values.values
        if texts:
            seen.append(Seen(rule, texts[0], records.lines + origin.chunk.first_line, origin))
            _note(made, values, seen[-1], table)
            _note_parts(made, seen[-1], texts[1:], table)
            currencies |= {name: values.currencies} if values.currencies is not None else {}
    is_question = pa.array(questions(seen, table, n_rows, origin.chunk.first_line))
    made.faults[:0] = _faults(is_question, "question_text", "")
    for name, meant in currencies.items():
        is_other = decide_currency(arrays, meant, preset)
        made.faults.extend(_faults(is_other, "other_currency", name))
    for name in required_columns(table):
        if name in arrays and arrays[name].null_count:
            made.faults.extend(_faults(arrays[name].is_null(), "missing_required", name))
    rows = pa.table(
        [arrays.get(f.name, pa.nulls(0)) if f.name in arrays else pa.nulls(n_rows, f.type)
         for f in table.schema()],
        schema=table.schema(),
    )
    return replace(made, rows=rows)


def _note(made: MadeRows, values: Made, seen: Seen, table: Table) -> None:
    """Add a column's faults to those of its chunk, and what its texts look like there."""
    rule, name = seen.rule, seen.rule.column.name
    n_values = _n_values(values)
    for reason, is_bad in _bad_by_reason(values).items():
        made.faults.extend(_faults(is_bad, reason, name))
        made.unread.append(unread(seen, is_bad, reason, n_values=n_values))
    for mask, reason in key_faults(seen, table):
        made.faults.extend(_faults(mask, reason, name))
    made.doubts.extend(doubts_of(seen, values, table))
    if rule.reader == "date":
        made.n_dates[name] = n_values
        made.other_order[name] = _n_other_order(rule, seen.text, values.is_bad)


def _note_parts(made: MadeRows, seen: Seen, texts: list[pa.Array], table: Table) -> None:
    """Add the faults of the other parts of a key that is made of several columns."""
    for text in texts:
        for mask, reason in key_faults(replace(seen, text=text), table):
            made.faults.extend(_faults(mask, reason, seen.rule.column.name))


def _bad_by_reason(values: Made) -> dict[str, pa.Array]:
    if values.is_bad is None or not _holds_any(values.is_bad):
        return {}
    if values.reasons is None:
        return {values.reason: values.is_bad}
    found = (reason for reason in pc.unique(values.reasons).to_pylist() if reason)
    return {reason: pc.equal(values.reasons, reason) for reason in sorted(found)}


def _faults(is_bad: pa.Array | None, reason: str, column_name: str) -> list[Faults]:
    if is_bad is None or not _holds_any(is_bad):
        return []
    rows = np.flatnonzero(pc.fill_null(is_bad, False).to_numpy(zero_copy_only=False))
    return [Faults(rows, reason, column_name)]


def _n_values(made: Made) -> int:
    """Return how many rows hold a text, whether it fits or not."""
    n_bad = 0 if made.is_bad is None else pc.sum(made.is_bad).as_py() or 0
    return int(len(made.values) - made.values.null_count + n_bad)


def _n_other_order(rule: Rule, text: pa.Array, is_bad: pa.Array | None) -> int:
    if is_bad is None or not _holds_any(is_bad):
        return 0
    bad = pc.utf8_trim_whitespace(plain(text).filter(is_bad))
    other = parse_dates(bad, swapped_format(rule.date_format), latest_year=rule.latest_year)
    return len(other) - other.null_count


def _holds_any(mask: pa.Array | None) -> bool:
    return mask is not None and bool(pc.any(mask).as_py())
