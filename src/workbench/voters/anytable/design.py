"""From fields to the columns of the two models, fixed by the rows that they were fitted on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import logit
from scipy.stats import skew

from workbench.voters.anytable.fields import LEVELS, Field

FEWEST_OF_A_LEVEL, MOST_OWN_LEVELS = 10, 40   # rows; rarer levels share one column
CLIPPED_SHARE = 0.005                        # of rows on each side, drawn in to the rest
KNOT_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
SPIKE_SHARE, MOST_SPIKES = 0.05, 3           # of rows with one and the same number
MOST_SKEW, LARGEST = 3.0, 1e9                # above it, a number counts by its logarithm
LEVEL_SCALE, BEND_SCALE = 0.7, 0.5           # prior standard deviation, in ridge units
MEAN_ROWS = 20                               # rows that draw a level's mean to the whole
N_MEAN_FOLDS = 5


@dataclass(frozen=True)
class Numbers:
    """How one field of numbers becomes columns: ends, logarithm, scale, knots, spikes."""

    low: float
    high: float
    is_log: bool
    middle: float
    spread: float
    knots: tuple[float, ...]
    spikes: tuple[float, ...]

    def columns(self, values: np.ndarray) -> np.ndarray:
        """Return a line, bends at the knots, whether blank, whether at each spike."""
        is_blank = np.isnan(values)
        line = self._scaled(values)
        line[is_blank] = 0.0
        bends = [BEND_SCALE * np.maximum(line - knot, 0) for knot in self.knots]
        spikes = [LEVEL_SCALE * (values == spike) for spike in self.spikes]
        return np.column_stack([line, LEVEL_SCALE * is_blank, *bends, *spikes])

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        drawn = np.clip(values, self.low, self.high)
        return (logs(drawn) if self.is_log else drawn) / self.spread - self.middle / self.spread


@dataclass(frozen=True)
class Levels:
    """How one field of levels becomes columns: its own levels, then all others; means of many.

    ``means`` holds each level's outcome as log-odds beside the whole, drawn to it, for a field
    with more levels than have a column of their own; it is empty for others.
    """

    own: tuple[int, ...]
    means: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def codes(self, values: np.ndarray) -> np.ndarray:
        """Return the place of each row's level: 0 blank, then own ones, then the others."""
        place = np.full(int(max(self.own, default=0)) + 2, len(self.own) + 1)
        place[list(self.own)] = np.arange(1, len(self.own) + 1)
        at = np.where(np.isnan(values), 0, values).astype(np.int64)
        codes = place[np.minimum(at, len(place) - 1)]
        return np.asarray(np.where(np.isnan(values), 0, codes))

    def columns(self, values: np.ndarray) -> np.ndarray:
        """Return a column a level: blank, each own, the others."""
        codes = self.codes(values)
        return LEVEL_SCALE * (codes[:, None] == np.arange(len(self.own) + 2))


@dataclass(frozen=True)
class Design:
    """The columns of both models for a set of fields."""

    fields: tuple[Field, ...]
    parts: tuple[Numbers | Levels, ...]

    def line_columns(self, values: list[np.ndarray], means: list[np.ndarray]) -> np.ndarray:
        """Return the columns of the logistic model: nothing in it is missing."""
        blocks = [part.columns(one) for part, one in zip(self.parts, values, strict=True)]
        return np.concatenate([*blocks, np.zeros((len(values[0]), 0)), *[
            mean[:, None] for mean in means]], axis=1)

    def tree_columns(self, values: list[np.ndarray], means: list[np.ndarray]) -> np.ndarray:
        """Return the columns of the trees, a field each, then means: blanks are NaN."""
        blocks = []
        for part, one in zip(self.parts, values, strict=True):
            codes = part.codes(one).astype("float64") if isinstance(part, Levels) else one
            blocks.append(np.where(np.isnan(one), np.nan, codes))
        return np.column_stack([*blocks, *means])

    @property
    def is_level(self) -> np.ndarray:
        """Which of the trees' columns are levels."""
        return np.array([*(isinstance(part, Levels) for part in self.parts),
                         *(False for _ in self.with_means)])

    @property
    def with_means(self) -> list[int]:
        """The places of fields of so many levels that their means are columns as well."""
        return [i for i, part in enumerate(self.parts)
                if isinstance(part, Levels) and len(part.means)]

    @property
    def field_of_line(self) -> np.ndarray:
        """The place of its field, for each column of the logistic model."""
        one = np.zeros(1)
        sizes = [part.columns(one).shape[1] for part in self.parts]
        return np.array([*np.repeat(np.arange(len(sizes)), sizes), *self.with_means], dtype=int)

    def usual(self, tree_columns: np.ndarray) -> np.ndarray:
        """Return the middle number or the most frequent level of each of the trees' columns."""
        pairs = zip(tree_columns.T, self.is_level, strict=True)
        return np.array([usual_of(column, is_level=is_level) for column, is_level in pairs])

    def means_of(self, values: list[np.ndarray]) -> list[np.ndarray]:
        """Return the columns of means for rows that the design was not fitted on."""
        return [level_mean(self.parts[i].means, values[i])  # type: ignore[union-attr]
                for i in self.with_means]


def fit_design(
    fields: tuple[Field, ...], values: list[np.ndarray], outcome: np.ndarray
) -> Design:
    """Return the design that the rows of ``values`` (an array a field) give."""
    parts = [fit_levels(one, outcome) if field.kind == LEVELS else fit_numbers(one)
             for field, one in zip(fields, values, strict=True)]
    return Design(fields, tuple(parts))


def fit_numbers(values: np.ndarray) -> Numbers:
    """Return how a field of numbers becomes columns.

    >>> fit_numbers(np.array([0.0, 1.0, 0.0, 1.0])).knots
    ()
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return Numbers(0, 0, False, 0, 1, (), ())
    low, high = np.quantile(known, [CLIPPED_SHARE, 1 - CLIPPED_SHARE])
    drawn = np.clip(known, low, high)
    is_log = bool(np.abs(drawn).max() > LARGEST or (
        drawn.std() > 0 and abs(skew(drawn)) > MOST_SKEW))
    drawn = logs(drawn) if is_log else drawn
    middle, spread = float(drawn.mean()), float(drawn.std()) or 1.0
    scaled = (drawn - middle) / spread
    levels, counts = np.unique(known, return_counts=True)
    knots = np.unique(np.quantile(scaled, KNOT_SHARES)) if len(levels) > 2 else scaled[:0]
    knots = knots[(knots > scaled.min()) & (knots < scaled.max())]
    often = np.argsort(-counts, kind="stable")[:MOST_SPIKES]
    often = often[counts[often] >= SPIKE_SHARE * len(values)] if len(levels) > 2 else often[:0]
    return Numbers(float(low), float(high), is_log, middle, spread, tuple(knots.tolist()),
                   tuple(sorted(levels[often].tolist())))


def fit_levels(values: np.ndarray, outcome: np.ndarray) -> Levels:
    """Return how a field of levels becomes columns."""
    known = ~np.isnan(values)
    at = values[known].astype(np.int64)
    counts = np.bincount(at)
    order = np.argsort(-counts, kind="stable")
    frequent = order[counts[order] >= FEWEST_OF_A_LEVEL]
    own = tuple(sorted(frequent[:MOST_OWN_LEVELS].tolist()))
    if (counts > 0).sum() <= MOST_OWN_LEVELS:
        return Levels(own)
    return Levels(own, level_means(at, outcome[known], float(outcome.mean())))


def level_means(at: np.ndarray, outcome: np.ndarray, whole: float) -> np.ndarray:
    """Return the log-odds of each level beside the whole, drawn to it by MEAN_ROWS rows; then 0.

    >>> level_means(np.array([0] * 20), np.ones(20), 0.5).round(3).tolist()  # 3 to 1
    [1.099, 0.0]
    """
    whole = min(max(whole, 1e-4), 1 - 1e-4)
    sums = np.bincount(at, weights=outcome) + MEAN_ROWS * whole
    share = sums / (np.bincount(at) + MEAN_ROWS)
    return np.append(logit(np.clip(share, 1e-4, 1 - 1e-4)) - logit(whole), 0.0)


def level_mean(means: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return each row's mean of its level; 0 where it is blank or not known."""
    at = np.where(np.isnan(values), len(means) - 1, values).astype(np.int64)
    return np.asarray(means[np.minimum(at, len(means) - 1)])


def unseen_means(
    design: Design, values: list[np.ndarray], outcome: np.ndarray, unit: np.ndarray
) -> list[np.ndarray]:
    """Return the columns of means for the rows of the fit, each from other units' outcomes."""
    found = []
    for i in design.with_means:
        column = np.zeros(len(outcome))
        known = ~np.isnan(values[i])
        for out in range(N_MEAN_FOLDS):
            is_out = unit % N_MEAN_FOLDS == out
            kept = known & ~is_out
            means = level_means(values[i][kept].astype(np.int64), outcome[kept],
                                float(outcome.mean())) if kept.any() else np.zeros(1)
            column[is_out] = level_mean(means, values[i][is_out])
        found.append(column)
    return found


def usual_of(column: np.ndarray, *, is_level: bool) -> float:
    """Return the middle number, or the most frequent level; NaN where all are blank.

    >>> usual_of(np.array([1.0, 3.0, np.nan, 3.0, 2.0]), is_level=True)
    3.0
    """
    known = column[~np.isnan(column)]
    if not len(known):
        return float("nan")
    if not is_level:
        return float(np.median(known))
    levels, counts = np.unique(known, return_counts=True)
    return float(levels[np.argmax(counts)])


def logs(values: np.ndarray) -> np.ndarray:
    """Return the logarithm of 1 and the size of each, with its sign."""
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))


def rows_of(values: list[np.ndarray], at: np.ndarray) -> list[np.ndarray]:
    """Return some of the rows of every field."""
    return [one[at] for one in values]


def values_of(fields: tuple[Field, ...], table: pd.DataFrame) -> list[np.ndarray]:
    """Return an array a field, a number a row of ``table``."""
    return [field.values(table) for field in fields]
