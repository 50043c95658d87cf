"""What the accepted rows of a file are like, in numbers that hold no person's value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.intake.ledger import row_hashes
from workbench.tables import Column, Table

NAMES = ("first_name", "last_name")
N_BUCKETS, N_WINDOWS, WINDOW_ROWS = 64, 4, 2_500
MOST_CODES = 50
NUMBERS = ("count", "integer", "money", "number")
SUM_DIGITS, MEDIAN_DIGITS = 3, 2


def profile_of(
    accepted: Path, table: Table, filled: Mapping[str, int], *, cell_min: int
) -> dict[str, Any]:
    """Return the profile of the accepted rows: rows, filled columns, amounts, codes, names.

    ``filled`` counts the rows that hold a value, by column. Totals and medians are rounded, and
    there where ``cell_min`` rows have a value; a code of a personal column stands there where so
    many rows have it. Names are counted in N_BUCKETS by a hash, over some thousand rows: enough
    to tell a column of first names from one of last names, and too little to tell a name.
    """
    with pq.ParquetFile(accepted, read_dictionary=_coded(table, filled)) as file:
        n_rows = file.metadata.num_rows
        filled_columns = [column for column in table.columns if filled.get(column.name, 0)]
        many = [column for column in filled_columns if filled[column.name] >= cell_min]
        return {
            "n_rows": n_rows,
            "filled": {name: round(n_filled / n_rows, 2) if n_rows else 0.0
                       for name, n_filled in filled.items()},
            "amounts": {column.name: _amount(_read(file, column.name), column)
                        for column in many if column.kind in NUMBERS},
            "codes": {column.name: _codes(_read(file, column.name), column, cell_min)
                      for column in filled_columns if column.kind == "code"},
            "names": {column.name: _buckets(file, column.name)
                      for column in many if column.name in NAMES},
        }


def _coded(table: Table, filled: Mapping[str, int]) -> list[str]:
    return [one.name for one in table.columns if one.kind == "code" and filled.get(one.name, 0)]


def _read(file: pq.ParquetFile, name: str) -> pa.ChunkedArray:
    return file.read(columns=[name]).column(0)


def _amount(values: pa.ChunkedArray, column: Column) -> dict[str, float]:
    numbers = values.drop_null().to_numpy()
    amount = {"median": _rounded(float(np.median(numbers)), MEDIAN_DIGITS)}
    if column.kind == "money":
        amount["sum"] = _rounded(float(numbers.sum()), SUM_DIGITS)
    return amount


def _codes(values: pa.ChunkedArray, column: Column, cell_min: int) -> list[str]:
    """Return the commonest codes, in order of the alphabet."""
    least = cell_min if column.is_personal else 1
    counts: Counter[str] = Counter()
    for chunk in values.chunks:
        for entry in pc.value_counts(chunk).to_pylist():
            counts[entry["values"]] += entry["counts"]
    common = [(code, n) for code, n in counts.items() if code is not None and n >= least]
    common.sort(key=lambda item: (-item[1], item[0]))
    return sorted(code for code, _ in common[:MOST_CODES])


def _buckets(file: pq.ParquetFile, name: str) -> list[int]:
    """Return how many of the looked-at values fall into each bucket; capitals do not matter."""
    found = np.zeros(N_BUCKETS, np.int64)
    for values in _windows(file, name):
        texts = pa.table({"name": pc.utf8_lower(values.drop_null())})
        buckets = (row_hashes(texts, ("name",)) >> np.uint64(32)) % np.uint64(N_BUCKETS)
        found += np.bincount(buckets.astype(np.int64), minlength=N_BUCKETS)
    counts: list[int] = found.tolist()
    return counts


def _windows(file: pq.ParquetFile, name: str) -> Iterator[pa.ChunkedArray]:
    """Yield N_WINDOWS runs of WINDOW_ROWS rows, spread over the file however it was written."""
    n_rows = file.metadata.num_rows
    starts = np.unique(np.linspace(0, max(n_rows - WINDOW_ROWS, 0), N_WINDOWS).astype(int))
    ends = np.minimum(starts + WINDOW_ROWS, np.append(starts[1:], n_rows))
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    firsts = np.concatenate(([0], np.cumsum(sizes)))
    for number, (first, last) in enumerate(pairwise(firsts.tolist())):
        wanted = [(max(start, first), min(end, last)) for start, end in
                  zip(starts.tolist(), ends.tolist(), strict=True) if start < last and end > first]
        if wanted:
            values = file.read_row_group(number, columns=[name]).column(0)
            yield from (values.slice(start - first, end - start) for start, end in wanted)


def _rounded(number: float, n_digits: int) -> float:
    """Return a number of so many digits that count.

    >>> _rounded(123_456.0, 3), _rounded(0.0, 3)
    (123000.0, 0.0)
    """
    return float(f"{number:.{n_digits - 1}e}")
