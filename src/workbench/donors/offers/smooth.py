"""Numbers as smooth curves, so that what rises along one is not taken for a group's own."""

from __future__ import annotations

import numpy as np

N_KNOTS = 5
OUTER_SHARE = 0.05  # of people beyond the outer knots, at either end
LEAST_SPREAD = 1e-8


def curve_columns(values: np.ndarray) -> np.ndarray:
    """Return the columns of a natural cubic spline of ``values``: people x columns.

    Straight beyond the outer knots, which lie at quantiles (Hastie, Tibshirani and Friedman
    2009, 5.2.1). Columns have mean 0 and mean square 1, and are uncorrelated; a number that is
    not known counts as the median. No column where all are the same.

    >>> curve_columns(np.array([1.0, 2.0, np.nan, 3.0])).shape[1], curve_columns(np.ones(4)).size
    (2, 0)
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros((len(values), 0))
    filled = np.where(np.isfinite(values), values, np.median(known))
    knots = np.unique(np.quantile(filled, np.linspace(OUTER_SHARE, 1 - OUTER_SHARE, N_KNOTS)))
    bends = [_bend(filled, knots, place) - _bend(filled, knots, len(knots) - 2)
             for place in range(len(knots) - 2)]
    columns = np.stack([filled, *bends], axis=1)
    columns = columns - columns.mean(axis=0)
    spread = columns.std(axis=0)
    columns = columns[:, spread > LEAST_SPREAD] / spread[spread > LEAST_SPREAD]
    if not columns.shape[1]:
        return columns
    turned, triangle = np.linalg.qr(columns)
    is_own = np.abs(np.diag(triangle)) > LEAST_SPREAD * np.sqrt(len(filled))
    return np.asarray(turned[:, is_own] * np.sqrt(len(filled)))


def _bend(values: np.ndarray, knots: np.ndarray, place: int) -> np.ndarray:
    """Return what is cubic from the knot at ``place`` on, and straight beyond the last."""
    from_knot, from_last = (np.clip(values - knots[at], 0, None) ** 3 for at in (place, -1))
    return np.asarray((from_knot - from_last) / (knots[-1] - knots[place]))
