"""Raw exports to files: lines, quotes, padding, encodings, malformed and repeated rows."""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sample.export import Columns, Export
from workbench.sample.layouts import Layout
from workbench.sample.texts import stream, where
from workbench.sample.world import World
from workbench.tables import whole_file

ROWS_A_SLICE = 200_000
FIRST_DATA_LINE = 2
NO_SUCH_DATES = ("31/02/2025", "99/99/9999", "soon")
NO_SUCH_CODE = "?!"
BAD_DATE, BAD_CODE, SHIFTED, STRAY_QUOTE, TRUNCATED = range(5)
FAULTS = ("not_a_date", "unknown_code", "shifted", "stray_quote", "truncated")


def write_raw(export: Export, layout: Layout, path: Path, world: World) -> pa.Table:
    """Write one export; return who is who in it, a row a line of the file.

    Columns: source_row (the first line, the header, is 1), row_key, person_id (missing where
    a row is about nobody), fault_code (missing where the row is well-formed), is_repeated,
    and the slips of the export.
    """
    rng = stream(world.seed, f"faults {layout.file_name}")
    source, fault = _planned_rows(export, layout, world.rates, rng)
    encode = codecs.getincrementalencoder(layout.encoding)()
    with whole_file(path) as draft, open(draft, "wb") as handle:
        handle.write(encode.encode(_header(export.columns, layout)))
        for start in range(0, len(source), ROWS_A_SLICE):
            at = slice(start, start + ROWS_A_SLICE)
            lines = _lines(_slice(export.columns, source[at]), layout, fault[at], rng)
            handle.write(_encoded(lines, encode, layout))
    return _who_is_who(export, source, fault)


def _planned_rows(
    export: Export, layout: Layout, rates: dict[str, float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    n = export.n_rows
    fault = np.full(n, -1, dtype=np.int8)
    if not layout.can_be_malformed:
        return np.arange(n), fault
    kinds = [BAD_DATE] * bool(layout.date) + [BAD_CODE] * bool(layout.code) + [TRUNCATED]
    kinds += [SHIFTED] + [STRAY_QUOTE] * layout.quote
    bad = rng.choice(n, round(rates["malformed_rows"] * n), replace=False)
    fault[bad] = np.array(kinds)[np.arange(len(bad)) % len(kinds)]
    if layout.shifted:
        fault[rng.choice(n, round(rates["shifted_columns"] * n), replace=False)] = SHIFTED
    twice = rng.choice(n, round(rates["repeated_keys"] * n), replace=False)
    source = np.sort(np.concatenate([np.arange(n), twice[fault[twice] < 0]]), kind="stable")
    return source, fault[source]


def _slice(columns: Columns, rows: np.ndarray) -> Columns:
    index = pa.array(rows)
    return {name: column.take(index) for name, column in columns.items()}


def _header(columns: Columns, layout: Layout) -> str:
    names = [name.ljust(layout.widths.get(name, 0)) for name in columns]
    return layout.delimiter.join(names) + layout.line_end


def _lines(
    columns: Columns, layout: Layout, fault: np.ndarray, rng: np.random.Generator
) -> pa.Array:
    nonsense = pa.scalar(NO_SUCH_DATES[int(rng.integers(len(NO_SUCH_DATES)))])
    texts = []
    for name, column in columns.items():
        if name == layout.date:
            column = where(fault == BAD_DATE, nonsense.as_py(), column)
        if name == layout.code:
            column = where(fault == BAD_CODE, NO_SUCH_CODE, column)
        texts.append(_field(column, layout, layout.widths.get(name, 0)))
    lines = pc.binary_join_element_wise(*texts, layout.delimiter)
    broken = np.flatnonzero(fault >= SHIFTED)
    if len(broken):
        damaged = [_broken(line, int(fault[i]), layout)
                  for line, i in zip(lines.take(pa.array(broken)).to_pylist(), broken,
                                     strict=True)]
        lines = pc.replace_with_mask(lines, pa.array(fault >= SHIFTED), pa.array(damaged))
    return pc.binary_join_element_wise(lines, "", layout.line_end)


def _field(column: pa.Array, layout: Layout, width: int) -> pa.Array:
    text = pc.fill_null(column, layout.missing)
    if layout.quote:
        needs = pc.match_substring_regex(text, f'[{layout.delimiter}"]')
        if pc.any(needs).as_py():
            doubled = pc.replace_substring(text, '"', '""')
            quoted = pc.binary_join_element_wise('"', doubled, '"', "")
            text = pc.if_else(needs, quoted, text)
    return pc.utf8_rpad(text, width) if width else text


def _broken(line: str, fault: int, layout: Layout) -> str:
    fields = line.replace('"', "").split(layout.delimiter)
    if fault == TRUNCATED:
        return layout.delimiter.join(fields[: max(1, len(fields) // 2)])
    at = len(fields) // 2
    if fault == SHIFTED:
        return layout.delimiter.join([*fields[:at], "c/o", *fields[at:]])
    fields[-1] = f'"{fields[-1]}" x'
    return layout.delimiter.join(fields)


def _encoded(lines: pa.Array, encode: codecs.IncrementalEncoder, layout: Layout) -> bytes:
    whole = lines.combine_chunks() if isinstance(lines, pa.ChunkedArray) else lines
    offsets = np.frombuffer(whole.buffers()[1], dtype=np.int32)
    first, last = offsets[whole.offset], offsets[whole.offset + len(whole)]
    raw = bytes(memoryview(whole.buffers()[2])[first:last]) if last > first else b""
    return raw if layout.encoding.startswith("utf-8") else encode.encode(raw.decode())


def _who_is_who(export: Export, source: np.ndarray, fault: np.ndarray) -> pa.Table:
    person = export.person[source]
    keys = next(iter(export.columns.values()))
    columns = {
        "source_row": pa.array(np.arange(len(source), dtype=np.int64) + FIRST_DATA_LINE),
        "row_key": keys.take(pa.array(source)),
        "person_id": pa.array(person.astype(np.int64), mask=person < 0),
        "fault_code": pa.array(FAULTS).take(pa.array(fault.astype(int), mask=fault < 0)),
        "is_repeated": pa.array(np.diff(source, prepend=-1) == 0),
    }
    return pa.table(columns | {name: pa.array(slip[source])
                               for name, slip in export.slips.items()})
