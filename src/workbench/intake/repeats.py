"""Rows that repeat an earlier row of their source: first by key, then by expectations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

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
    again = np.flatnonzero(ledgers[key].repeats(part.batch.accepted, part.hashes[key]))
    left = np.delete(np.arange(len(part.batch.accepted)), again)
    faults = [Faults(again, "duplicate_key", ", ".join(key))]
    n_checked, n_failed = dict(part.n_checked), dict(part.n_failed)
    for one in suite.expectations:
        if not one.is_unique:
            continue
        asked = left[_has_values(part, one)[left]]
        again = _repeats(part, one, asked, ledgers)
        n_checked[one.name], n_failed[one.name] = len(asked), len(again)
        if one.rows == "set_aside":
            left = np.setdiff1d(left, again, assume_unique=True)
            reason = f"expectation:{one.name}"
            faults.append(Faults(again, reason, ", ".join(one.columns), one.why))
    faults = [fault for fault in faults if len(fault.rows)]
    batch = set_aside_from(opened, part.chunk, part.batch, faults)
    return replace(part, batch=batch, n_checked=n_checked, n_failed=n_failed)


def _repeats(part: Part, one: Expectation, asked: Positions, ledgers: Ledgers) -> Positions:
    """Return which of the rows asked repeat an earlier one in the expectation's columns.

    Where no two rows have one key, none can be alike in columns that hold the key: there is
    no ledger for those.
    """
    key = next(iter(ledgers))
    if set(key) <= set(one.columns):
        return np.empty(0, np.int64)
    keys = part.batch.accepted.select(one.columns)
    keys = keys if len(asked) == len(keys) else keys.take(asked)
    return asked[ledgers[one.columns].repeats(keys, part.hashes[one.columns][asked])]


def _has_values(part: Part, one: Expectation) -> Flags:
    """Return which rows have a value in every column of the expectation; others are not asked."""
    columns = part.batch.accepted.select(one.columns).columns
    return np.logical_and.reduce([column.is_valid().to_numpy() for column in columns])
