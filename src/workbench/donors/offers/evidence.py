"""Intervals and p-values of rates, differences and lifts; each a page of a textbook."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import beta, binom, norm

LEVEL = 0.95
FURTHEST_MEAN = 30.0  # of a score from what was seen
LARGEST_ODDS = 25.0  # on the log scale, of any rate that is looked at


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
    p, low, high = _wilson(*one, level)
    return chosen_difference((low, p, high), other, level)


def chosen_difference(
    rate: tuple[float, float, float], other: tuple[float, float], level: float = LEVEL
) -> tuple[float, float]:
    """Return the interval of a rate less another.

    ``rate``: its low end, estimate and high end, of ``level`` (see chosen_rate); ``other``:
    answered and asked, whose ends are Wilson's. Each side by itself (Zou and Donner 2008).

    >>> [round(end, 4) for end in chosen_difference((0.05, 0.1, 0.3), (0, 10**9))]
    [0.05, 0.3]
    """
    (low, p, high), (q, low_q, high_q) = rate, _wilson(*other, level)
    low_end = p - q - np.hypot(p - low, high_q - q)
    return float(low_end), float(p - q + np.hypot(high - p, q - low_q))


def ratio_interval(ratio: float, log_error: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a ratio whose logarithm has the standard error ``log_error``.

    >>> [round(end, 2) for end in ratio_interval(2.0, 0.2)]
    [1.35, 2.96]
    """
    reach = float(norm.ppf(1 - (1 - level) / 2)) * log_error
    return ratio * float(np.exp(-reach)), ratio * float(np.exp(reach))


def chosen_rate(
    n_answered: int, n: int, least: int, level: float = LEVEL
) -> tuple[float, float, float]:
    """Return the interval's ends and the middle of a rate shown only because it was high.

    Low, middle, high: the rates at which a count of ``n_answered`` or more would be seen with
    chance 2.5 %, 50 % and 97.5 %, given that it is ``least`` or more, since with fewer the
    group would not have been shown (a conditional interval; Fithian, Sun and Taylor 2014). Half
    of the chance of the very count is taken, so that the interval holds what it says at the
    mean (mid-p; Lancaster 1961). With ``least`` 0 nothing was chosen.

    >>> [round(end, 3) for end in chosen_rate(20, 200, 0)]
    [0.064, 0.101, 0.148]
    >>> [round(end, 3) for end in chosen_rate(20, 200, 19)]
    [0.005, 0.069, 0.141]
    """
    tails = ((1 - level) / 2, 0.5, (1 + level) / 2)
    low, middle, high = (_rate_at(tail, n_answered, n, min(least, n_answered)) for tail in tails)
    return low, middle, high


def chosen_rate_of(
    n_answered: int, n: int, least: int, *, is_more: bool
) -> tuple[float, float, float]:
    """Return chosen_rate; where the group was shown because it answers less, of who did not.

    ``least``: then the most answers with which it would have been shown.

    >>> [round(end, 3) for end in chosen_rate_of(20, 200, 200, is_more=False)]
    [0.064, 0.101, 0.148]
    """
    if is_more:
        return chosen_rate(n_answered, n, least)
    low, middle, high = chosen_rate(n - n_answered, n, n - least)
    return 1 - high, 1 - middle, 1 - low


def chosen_score(z: float, least: float, level: float = LEVEL) -> tuple[float, float, float]:
    """Return chosen_rate for a normal score of spread 1, shown only as it is ``least`` or more.

    Low, middle and high end of its mean.

    >>> [round(end, 2) for end in chosen_score(4.0, 0.0)]
    [2.03, 4.0, 5.96]
    >>> [round(end, 2) for end in chosen_score(2.5, 2.0)]
    [-4.99, 1.43, 4.31]
    """
    def mean_at(tail: float) -> float:
        def above(mean: float) -> float:
            return float(np.exp(norm.logsf(z - mean) - norm.logsf(least - mean)) - tail)

        ends = (z - FURTHEST_MEAN, z + FURTHEST_MEAN)
        if above(ends[0]) >= 0:
            return ends[0]
        return ends[1] if above(ends[1]) <= 0 else float(brentq(above, *ends))

    return mean_at((1 - level) / 2), mean_at(0.5), mean_at((1 + level) / 2)


def lift_interval(
    rate: tuple[float, float, float], expected: float, log_error: float
) -> tuple[float, float]:
    """Return the ends of a rate over an expected one whose logarithm has the error.

    ``rate``: its low end, middle and high end, of LEVEL. The two errors are put together on
    the scale of logarithms, each side by itself (Zou and Donner 2008).

    >>> [round(end, 2) for end in lift_interval((0.05, 0.1, 0.2), 0.05, 0.0)]
    [1.0, 4.0]
    """
    low, middle, high = rate
    reach = float(norm.ppf((1 + LEVEL) / 2)) * log_error
    if middle <= 0:
        return 0.0, high / expected * float(np.exp(reach))
    below = np.hypot(np.log(middle / low), reach) if low > 0 else np.inf
    above = np.hypot(np.log(high / middle), reach)
    return float(middle / expected * np.exp(-below)), float(middle / expected * np.exp(above))


def _rate_at(tail: float, n_answered: int, n: int, least: int) -> float:
    """Return the rate at which so many or more, given ``least`` or more, have the chance."""
    def above(odds: float) -> float:
        p = float(expit(odds))
        shown = binom.logsf(least - 1, n, p)
        if np.isneginf(shown):  # so rare that, if shown, it is the least
            return (n_answered == least) / 2 - tail
        more = np.exp(binom.logsf(n_answered, n, p) - shown)
        return float(more + np.exp(binom.logpmf(n_answered, n, p) - shown) / 2 - tail)

    ends = (-LARGEST_ODDS, LARGEST_ODDS)
    if above(ends[0]) >= 0:
        return 0.0
    return 1.0 if above(ends[1]) <= 0 else float(expit(brentq(above, *ends)))


def _wilson(n_answered: float, n: float, level: float) -> tuple[float, float, float]:
    z = float(norm.ppf(1 - (1 - level) / 2))
    p = n_answered / n
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return p, float(middle - reach), float(middle + reach)
