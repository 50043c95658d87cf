"""Intervals and p-values of rates, differences and lifts; each a page of a textbook."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.stats import beta, norm

LEVEL = 0.95


def rate_interval(n_answered: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact interval of a rate (Clopper and Pearson 1934).

    >>> [round(end, 3) for end in rate_interval(0, 10)]
    [0.0, 0.308]
    """
    tail = (1 - level) / 2
    low = beta.ppf(tail, n_answered, n - n_answered + 1) if n_answered > 0 else 0.0
    high = beta.ppf(1 - tail, n_answered + 1, n - n_answered) if n_answered < n else 1.0
    return float(low), float(high)


def difference_interval(
    one: tuple[float, float], other: tuple[float, float], level: float = LEVEL
) -> tuple[float, float]:
    """Return the interval of the first rate less the second, from Wilson's scores.

    Each is answered and asked (Newcombe 1998, method 10).

    >>> [round(end, 4) for end in difference_interval((56, 70), (48, 80))]
    [0.0524, 0.3339]
    """
    (p, low, high), (q, low_q, high_q) = (_wilson(*counts, level) for counts in (one, other))
    low_end = p - q - np.hypot(p - low, high_q - q)
    return float(low_end), float(p - q + np.hypot(high - p, q - low_q))


def ratio_interval(ratio: float, log_error: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a ratio whose logarithm has the standard error ``log_error``.

    >>> [round(end, 2) for end in ratio_interval(2.0, 0.2)]
    [1.35, 2.96]
    """
    reach = float(norm.ppf(1 - (1 - level) / 2)) * log_error
    return ratio * float(np.exp(-reach)), ratio * float(np.exp(reach))


def shrink_lift(lift: float, log_error: float, least_z: float) -> float:
    """Return the lift corrected for having been shown only because it was large enough.

    The conditional maximum likelihood of a normal estimate given that it is at least
    ``least_z`` standard errors above no lift (Zhong and Prentice 2008); never below 1.

    >>> round(shrink_lift(3.0, 0.2, 1.3), 2), round(shrink_lift(1.6, 0.2, 1.3), 2)
    (3.0, 1.46)
    """
    z = np.log(lift) / log_error
    if z <= 0:
        return min(lift, 1.0)

    def surplus(mean: float) -> float:
        return float(mean + np.exp(norm.logpdf(least_z - mean) - norm.logsf(least_z - mean)) - z)

    if surplus(0.0) >= 0:
        return 1.0
    return float(np.exp(brentq(surplus, 0.0, z) * log_error))


def step_down(z: np.ndarray, null_z: np.ndarray) -> np.ndarray:
    """Return p-values adjusted for how many there are (Westfall and Young 1993, max-T).

    ``null_z``: draws x scores. The highest score is compared with the highest of each draw, the
    next one against the highest of all but the first, and so on; no p is below an earlier one.
    Scores that rise and fall together cost each other less than by Holm's rule.

    >>> step_down(np.array([2.0, 1.0]), np.array([[0.0, 0.0], [1.5, 0.0], [0.0, 3.0]])).tolist()
    [0.5, 0.5]
    """
    order = np.argsort(-z, kind="stable")
    best = np.maximum.accumulate(null_z[:, order[::-1]], axis=1)[:, ::-1]
    share = (1 + (best >= z[order]).sum(axis=0)) / (len(null_z) + 1)
    adjusted = np.empty(len(z))
    adjusted[order] = np.maximum.accumulate(share)
    return adjusted


def _wilson(n_answered: float, n: float, level: float) -> tuple[float, float, float]:
    z = float(norm.ppf(1 - (1 - level) / 2))
    p = n_answered / n
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return p, float(middle - reach), float(middle + reach)
