"""Which rows repeat an earlier one, exactly, over a source of any size in flat memory."""

from __future__ import annotations

import os
import tempfile

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sources import without_rows

Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]


def row_hashes(rows: pa.Table, columns: tuple[str, ...]) -> Hashes:
    """Return a 64-bit hash of each row's values in ``columns``, the same on every machine."""
    total = np.zeros(len(rows), np.uint64)
    for name in columns:
        column = rows.column(name)
        is_text = pa.types.is_string(column.type)
        plain = column if is_text else column.cast(pa.string())
        values = pc.fill_null(plain, "\0").to_numpy(zero_copy_only=False)
        hashes = pd.util.hash_array(values.astype(object, copy=False), categorize=False)
        total = total * np.uint64(1_000_003) + hashes
    return total


class Ledger:
    """The keys seen so far, in order; the first row with a key stays, later ones repeat it.

    Two rows repeat each other when their values are equal, not when their hashes are: the
    keys lie in an unnamed temporary file and are compared there. 16 bytes a row stay in
    memory. Two missing values are equal.
    """

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self._runs: list[tuple[Hashes, Positions]] = []
        self._starts: list[int] = []
        self._places: list[tuple[int, int]] = []
        self._n_keys = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the ledger)

    def repeats(self, rows: pa.Table, hashes: Hashes) -> Flags:
        """Return which of ``rows`` repeat an earlier row, and remember the others."""
        keys = rows.select(self.columns).combine_chunks()
        order = np.argsort(hashes, kind="stable")
        is_again = _repeats_within(keys, order, hashes[order])
        for run, positions in self._runs:
            is_again |= self._repeats_of(run, positions, keys, hashes)
        fresh = np.flatnonzero(~is_again)
        self._remember(without_rows(keys, np.flatnonzero(is_again)), hashes[fresh])
        return is_again

    def _repeats_of(
        self, run: Hashes, positions: Positions, keys: pa.Table, hashes: Hashes
    ) -> Flags:
        """Return which rows equal a remembered key of one run."""
        is_again = np.zeros(len(keys), bool)
        places = np.searchsorted(run, hashes)
        rows = np.flatnonzero(run[np.minimum(places, len(run) - 1)] == hashes)
        places = places[rows]
        while len(rows):  # a second turn is needed only where two keys have one hash
            is_again[rows] |= self._are_equal(keys.take(rows), positions[places])
            places = places + 1
            goes_on = places < len(run)
            goes_on[goes_on] = run[places[goes_on]] == hashes[rows[goes_on]]
            rows, places = rows[goes_on], places[goes_on]
        return is_again

    def _are_equal(self, keys: pa.Table, positions: Positions) -> Flags:
        is_equal = np.zeros(len(keys), bool)
        parts = np.searchsorted(self._starts, positions, side="right") - 1
        for part in np.unique(parts).tolist():
            rows = np.flatnonzero(parts == part)
            start, size = self._places[part]
            body = os.pread(self._file.fileno(), size, start)
            stored = pa.ipc.open_stream(body).read_all()
            taken = stored.take(positions[rows] - self._starts[part])
            is_equal[rows] = _equal_rows(keys.take(rows), taken)
        return is_equal

    def _remember(self, keys: pa.Table, hashes: Hashes) -> None:
        if not len(keys):
            return
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, keys.schema) as writer:
            writer.write_table(keys)
        body = sink.getvalue()
        self._places.append((self._file.tell(), body.size))
        self._file.write(body)
        self._file.flush()
        self._starts.append(self._n_keys)
        order = np.argsort(hashes, kind="stable")
        self._add_run(hashes[order], order + self._n_keys)
        self._n_keys += len(keys)

    def _add_run(self, hashes: Hashes, positions: Positions) -> None:
        """Add a sorted run; runs no longer than the new one are merged with it."""
        while self._runs and len(self._runs[-1][0]) <= len(hashes):
            old_hashes, old_positions = self._runs.pop()
            hashes = np.concatenate((old_hashes, hashes))
            order = np.argsort(hashes, kind="stable")
            hashes = hashes[order]
            positions = np.concatenate((old_positions, positions))[order]
        self._runs.append((hashes, positions))


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
