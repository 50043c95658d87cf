"""A penalised logistic model with the pairs of columns that say more together than apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from workbench.voters.anytable.ridge import fit_ridge

VARIANCES = (0.01, 0.1, 1.0)   # of a coefficient, before the outcome is seen
PAIR_SHARES = (0.1, 0.4)       # of that, for a pair
MOST_PAIRS = 60
LEAST_PAIR_SCORE = 2.5         # standard errors
MOST_PAIR_COLUMNS = 150        # columns whose pairs are looked at


@dataclass(frozen=True)
class Lines:
    """A fitted model: columns about their middle, pairs of them, a coefficient each."""

    middle: np.ndarray
    pairs: np.ndarray
    pair_middle: np.ndarray
    pair_spread: np.ndarray
    coefficients: np.ndarray
    intercept: float

    def log_odds(self, columns: np.ndarray) -> np.ndarray:
        """Return the log-odds of rows of the design's columns."""
        centred = columns - self.middle
        n = columns.shape[1]
        told = self.intercept + centred @ self.coefficients[:n]
        return np.asarray(told + self.products(centred) @ self.coefficients[n:])

    def products(self, centred: np.ndarray) -> np.ndarray:
        """Return the products of the pairs, about their middle and in their spread."""
        raw = centred[:, self.pairs[:, 0]] * centred[:, self.pairs[:, 1]]
        return np.asarray((raw - self.pair_middle) / self.pair_spread)


@dataclass(frozen=True)
class Prior:
    """How far coefficients may go: variance of a column's own, and of a pair's; 0 for no pairs."""

    own: float
    pair: float = 0.0


def fit_lines(
    columns: np.ndarray, outcome: np.ndarray, prior: Prior, pairs: np.ndarray | None = None
) -> Lines:
    """Return the model; ``pairs`` are those that `find_pairs` gave, and none without them."""
    middle, n = columns.mean(axis=0), columns.shape[1]
    found = pairs if pairs is not None and prior.pair else np.zeros((0, 2), dtype=np.int64)
    both = np.empty((len(columns), n + len(found)))  # once: it is the largest thing there is
    np.subtract(columns, middle, out=both[:, :n])
    for place, (one, other) in enumerate(found, start=n):
        np.multiply(both[:, one], both[:, other], out=both[:, place])
    pair_middle, pair_spread = both[:, n:].mean(axis=0), np.maximum(both[:, n:].std(axis=0), 1e-6)
    scale = np.sqrt(prior.pair / prior.own) if found.size else 1.0
    both[:, n:] -= pair_middle
    both[:, n:] /= pair_spread / scale
    coefficients, intercept = fit_ridge(both, outcome, prior.own)
    return Lines(middle, found, pair_middle, pair_spread / scale, coefficients, intercept)


def find_pairs(
    columns: np.ndarray, outcome: np.ndarray, field: np.ndarray, lines: Lines
) -> np.ndarray:
    """Return pairs of columns of two fields that explain what ``lines`` leaves over, best first.

    By the score test of each product on its own. Columns that move most are looked at.
    """
    spread = columns.std(axis=0)
    some = np.sort(np.argsort(-spread, kind="stable")[:MOST_PAIR_COLUMNS])
    centred = columns[:, some] - lines.middle[some]
    chance = expit(lines.log_odds(columns))
    residual, variance = outcome - chance, chance * (1 - chance)
    slope = (centred * residual[:, None]).T @ centred
    square = centred**2
    noise = np.sqrt(np.maximum((square * variance[:, None]).T @ square, 1e-9))
    score = np.where(field[some][:, None] < field[some][None, :], np.abs(slope) / noise, 0)
    rows, others = np.nonzero(score >= LEAST_PAIR_SCORE)
    order = np.argsort(-score[rows, others], kind="stable")[:MOST_PAIRS]
    return np.column_stack([some[rows[order]], some[others[order]]])
