"""Which rows of a table are labelled, and with what; which rows belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from workbench.errors import SettingsError
from workbench.voters.anytable.fields import as_numbers, as_texts, check_names

FEWEST_OF_EACH = 20   # labelled rows with the outcome, and without it
FEWEST_UNITS = 10     # labelled units
N_FOLDS = 5
YES_OR_NO = {"1": 1.0, "0": 0.0, "true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0,
             "1.0": 1.0, "0.0": 0.0}


@dataclass(frozen=True)
class Labels:
    """The outcome of each row (1, 0, NaN where it is not known) and the number of its unit."""

    outcome: np.ndarray
    unit: np.ndarray

    @property
    def is_labelled(self) -> np.ndarray:
        """Which rows have an outcome."""
        return ~np.isnan(self.outcome)

    @property
    def fold(self) -> np.ndarray:
        """The fold of each row; a unit is in one fold."""
        return np.asarray(self.unit % N_FOLDS)

    @property
    def why_not(self) -> str:
        """Why nothing can be learned of these labels, as a sentence; empty where it can."""
        known = self.outcome[self.is_labelled]
        n_yes, n = int(known.sum()), len(known)
        if not n:
            return "No row has an outcome, so nothing can be learned."
        if n_yes in (0, n):
            return (f"All {n:,} labelled rows have the same outcome, so nothing can be learned: "
                    "rows with the other outcome are needed as well.")
        if min(n_yes, n - n_yes) < FEWEST_OF_EACH:
            return (f"Of {n:,} labelled rows {n_yes:,} have the outcome and {n - n_yes:,} do not. "
                    f"At least {FEWEST_OF_EACH} of each are needed to learn and to judge scores.")
        n_units = len(np.unique(self.unit[self.is_labelled]))
        return "" if n_units >= FEWEST_UNITS else (
            f"The labelled rows are of {n_units} units only; {FEWEST_UNITS} are needed, so that "
            "scores can be judged on units that they were not learned from.")


def read_labels(table: pd.DataFrame, outcome: str, unit: str | None, seed: int) -> Labels:
    """Return the labels; SettingsError where the outcome is neither 1 and 0 nor yes and no."""
    check_names(table, [name for name in (outcome, unit) if name is not None])
    return Labels(read_outcome(table[outcome]), unit_numbers(table, unit, seed))


def read_outcome(column: pd.Series) -> np.ndarray:
    """Return 1, 0 or NaN a row: from numbers, true and false, or yes and no in any case.

    >>> read_outcome(pd.Series(["Yes", "no", None])).tolist()
    [1.0, 0.0, nan]
    """
    if types.is_numeric_dtype(column.dtype):
        found = as_numbers(column)
        is_read = np.isin(found, (0.0, 1.0)) | np.isnan(found)
    else:
        texts = as_texts(column).str.lower()
        found = texts.map(YES_OR_NO).to_numpy(dtype="float64", na_value=np.nan)
        is_read = ~np.isnan(found) | texts.isna().to_numpy()
    if not is_read.all():
        raise SettingsError(
            f"{int((~is_read).sum()):,} of {len(column):,} rows have an outcome in column "
            f"{column.name!r} that is neither 1 nor 0 (nor true, false, yes, no, blank). Make a "
            "column that is 1 where what you ask about happened and 0 where it did not.")
    return found


def unit_numbers(table: pd.DataFrame, unit: str | None, seed: int) -> np.ndarray:
    """Return a number a row, the same for rows of one unit, in a random order of units.

    A row whose unit is blank is a unit of its own; without a column each row is.
    """
    codes = np.full(len(table), -1)
    if unit is not None:
        codes = as_texts(table[unit]).astype("category").cat.codes.to_numpy().astype(np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    order = np.random.default_rng(seed).permutation(int(codes.max(initial=-1)) + 1)
    return np.asarray(order[codes])
