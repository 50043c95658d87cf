"""Rows that repeat an earlier row of their source: keys first, then beliefs about uniqueness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from workbench.checks import Expectation, Suite
from workbench.intake.ledger import Flags, Ledger, Positions
from workbench.intake.parts import Part, unique_columns
from workbench.sources import Faults, OpenedSource, set_aside_from

Columns = tuple[str, ...]
Ledgers = Mapping[Columns, Ledger]


def without_repeats(opened: OpenedSource, suite: Suite, part: Part, ledgers: Ledgers) -> Part:
    """Return the part without rows that repeat an earlier one, those being set aside.

    The first row with a key stays. Parts are to be given in the order of the file.
    """
    key = unique_columns(suite)[0]
    is_again = ledgers[key].repeats(part.batch.accepted, part.hashes[key])
    if is_again.any():
        fault = Faults(np.flatnonzero(is_again), "duplicate_key", ", ".join(key))
        part = _set_aside(opened, part, fault)
    for one in suite.expectations:
        if one.is_unique:
            part = _hold_to(opened, part, ledgers, one)
    return part


def _hold_to(opened: OpenedSource, part: Part, ledgers: Ledgers, one: Expectation) -> Part:
    """Check one belief about uniqueness; rows without a value are not looked at."""
    rows = part.batch.accepted
    asked = np.flatnonzero(_has_values(rows, one.columns))
    again: Positions = np.empty(0, np.int64)
    if one.columns != _key_of(ledgers):
        hashes = part.hashes[one.columns][asked]
        again = asked[ledgers[one.columns].repeats(rows.take(asked), hashes)]
    part = replace(
        part,
        n_checked={**part.n_checked, one.name: len(asked)},
        n_failed={**part.n_failed, one.name: len(again)},
    )
    if one.rows == "set_aside" and len(again):
        fault = Faults(again, f"expectation:{one.name}", ", ".join(one.columns), one.why)
        return _set_aside(opened, part, fault)
    return part


def _key_of(ledgers: Ledgers) -> Columns:
    return next(iter(ledgers))


def _has_values(rows: pa.Table, columns: Columns) -> Flags:
    has_values = np.ones(len(rows), bool)
    for name in columns:
        has_values &= rows.column(name).is_valid().to_numpy()
    return has_values


def _set_aside(opened: OpenedSource, part: Part, fault: Faults) -> Part:
    kept = np.ones(len(part.batch.accepted), bool)
    kept[fault.rows] = False
    return replace(
        part,
        batch=set_aside_from(opened, part.chunk, part.batch, [fault]),
        hashes={columns: values[kept] for columns, values in part.hashes.items()},
    )
