"""Which rows repeat an earlier one, exactly, over a source of any size in flat memory."""

from __future__ import annotations

import os
import tempfile
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sources import without_rows

Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]
LARGEST_RUN = 1 << 21
_COLUMN_FACTOR = np.uint64(1_000_003)
_OCTET_FACTOR = np.uint64(0x9E37_79B9_7F4A_7C15)  # odd, so that no octet's term can vanish


class Run(NamedTuple):
    """Hashes of remembered keys in ascending order, and the numbers of those keys."""

    hashes: Hashes
    numbers: Positions


def row_hashes(rows: pa.Table, columns: tuple[str, ...]) -> Hashes:
    """Return a 64-bit hash of each row's values in ``columns``, the same on every machine.

    Rows with equal values have equal hashes; the reverse is likely and not relied upon.
    """
    total = np.zeros(len(rows), np.uint64)
    for name in columns:
        total = total * _COLUMN_FACTOR + _hashes(rows.column(name))
    return total


def _hashes(column: pa.ChunkedArray) -> Hashes:
    if pa.types.is_string(column.type):
        return _text_hashes(pa.concat_arrays(column.chunks or [pa.array([], column.type)]))
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    elif not pa.types.is_floating(column.type):
        column = column.cast(pa.int64())
    numbers = pc.fill_null(column, 0).to_numpy() + 0  # -0.0 equals 0.0, so it becomes it
    return pd.util.hash_array(numbers)


def _text_hashes(texts: pa.Array) -> Hashes:
    """Return the polynomial that the bytes of each text are the coefficients of."""
    filled = pc.fill_null(texts, "")
    bounds = np.frombuffer(filled.buffers()[1], np.int32)[filled.offset:][: len(filled) + 1]
    sizes = np.diff(bounds)
    octets = np.frombuffer(filled.buffers()[2] or b"", np.uint8)[bounds[0]:bounds[-1]]
    starts = bounds[:-1] - bounds[0]
    factors = np.full(sizes.max(initial=0) + 1, _OCTET_FACTOR)
    powers = np.multiply.accumulate(factors)
    terms = powers[np.arange(len(octets)) - np.repeat(starts, sizes)] * octets
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)))
    return sums[starts + sizes] - sums[starts]


class Ledger:
    """The keys seen so far, in order; the first row with a key stays, later ones repeat it.

    Two rows repeat each other when their values are equal, not when their hashes are: the
    keys lie in an unnamed temporary file and are compared there. 16 bytes a row stay in
    memory. Two missing values are equal.
    """

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self._runs: list[Run] = []
        self._starts: list[int] = []
        self._places: list[tuple[int, int]] = []
        self._n_keys = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the ledger)

    def repeats(self, rows: pa.Table, hashes: Hashes) -> Flags:
        """Return which of ``rows`` repeat an earlier row, and remember the others."""
        keys = rows.select(self.columns).combine_chunks()
        order = np.argsort(hashes)
        is_again = _repeats_within(keys, order, hashes[order])
        for run in self._runs:
            is_again |= self._repeats_of(run, keys, hashes, order)
        self._remember(keys, hashes, order[~is_again[order]])
        return is_again

    def _repeats_of(self, run: Run, keys: pa.Table, hashes: Hashes, order: Positions) -> Flags:
        """Return which rows equal a remembered key of one run."""
        is_again = np.zeros(len(keys), bool)
        rows, places = order, np.searchsorted(run.hashes, hashes[order])
        while True:  # a second turn finds a key only where two keys have one hash
            goes_on = places < len(run.hashes)
            goes_on[goes_on] = run.hashes[places[goes_on]] == hashes[rows[goes_on]]
            rows, places = rows[goes_on], places[goes_on]
            if not len(rows):
                return is_again
            is_again[rows] |= self._are_equal(keys.take(rows), run.numbers[places])
            places = places + 1

    def _are_equal(self, keys: pa.Table, numbers: Positions) -> Flags:
        is_equal = np.zeros(len(keys), bool)
        parts = np.searchsorted(self._starts, numbers, side="right") - 1
        for part in np.unique(parts).tolist():
            rows = np.flatnonzero(parts == part)
            start, size = self._places[part]
            body = os.pread(self._file.fileno(), size, start)
            stored = pa.ipc.open_stream(body).read_all()
            taken = stored.take(numbers[rows] - self._starts[part])
            is_equal[rows] = _equal_rows(keys.take(rows), taken)
        return is_equal

    def _remember(self, keys: pa.Table, hashes: Hashes, fresh: Positions) -> None:
        """Remember the keys of the rows ``fresh``, which are given in order of their hashes."""
        if not len(fresh):
            return
        is_gone = np.ones(len(keys), bool)
        is_gone[fresh] = False
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, keys.schema) as writer:
            writer.write_table(without_rows(keys, np.flatnonzero(is_gone)))
        body = sink.getvalue()
        self._places.append((self._file.tell(), body.size))
        self._file.write(body)
        self._file.flush()
        self._starts.append(self._n_keys)
        numbers = np.cumsum(~is_gone) - 1 + self._n_keys
        self._add_run(Run(hashes[fresh], numbers[fresh]))
        self._n_keys += len(fresh)

    def _add_run(self, run: Run) -> None:
        """Add a run; earlier ones that are no longer than it are merged into it.

        Runs have a largest length, so that what merging needs besides does not grow.
        """
        while self._runs and len(self._runs[-1].hashes) <= len(run.hashes) <= LARGEST_RUN // 2:
            old = self._runs.pop()
            hashes = np.concatenate((old.hashes, run.hashes))
            order = np.argsort(hashes, kind="stable")  # which merges two sorted runs in one go
            run = Run(hashes[order], np.concatenate((old.numbers, run.numbers))[order])
        self._runs.append(run)


def _repeats_within(keys: pa.Table, order: Positions, ordered: Hashes) -> Flags:
    """Return which rows repeat an earlier one of the same table, by their values."""
    is_again = np.zeros(len(keys), bool)
    is_alike = ordered[1:] == ordered[:-1]
    if is_alike.any():
        rows = np.unique(np.concatenate((order[1:][is_alike], order[:-1][is_alike])))
        frame = keys.take(rows).to_pandas(date_as_object=False)
        is_again[rows] = frame.duplicated(keep="first").to_numpy()
    return is_again


def _equal_rows(left: pa.Table, right: pa.Table) -> Flags:
    is_equal = np.ones(len(left), bool)
    for one, other in zip(left.columns, right.columns, strict=True):
        same_value = pc.fill_null(pc.equal(one, other), True)
        same_gap = pc.equal(one.is_null(), other.is_null())
        is_equal &= pc.and_(same_value, same_gap).to_numpy()
    return is_equal
