"""The season of giving: busy and quiet months, where a file shows them, as a clock of giving.

Repeat gifts by month follow a smooth trend and an effect of the calendar month, fitted to
their logarithms by least squares. Where the effects are no more than chance (an F test) there
is no season; else they are drawn towards none by the part of them that is chance, 1 - 1/F
(James and Stein 1961; as an estimate of the signal's share in Efron and Morris 1973, Journal of
the American Statistical Association 68). A model of giving then runs on a clock on which a day
of a busy month is longer than a day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import f as f_law

from workbench.donors.value.histories import Array

FEWEST_MONTHS = 24
FEWEST_GIFTS = 240  # ten a month, on average
TREND_DEGREE = 3
LARGEST_P = 0.01
EPOCH = np.datetime64("1900-01-01")  # before any gift


@dataclass(frozen=True)
class Season:
    """How busy each calendar month is, January first; the mean of the twelve is 1.

    ``is_shown``: the file shows a season. ``n_months``: whole months it was looked for in.
    """

    factors: Array
    is_shown: bool
    n_months: int

    def passed(self, seen_on: dt.date, n_days: int) -> float:
        """Return how long the ``n_days`` after ``seen_on`` are as giving counts them.

        >>> quiet = Season(np.array([0.5, *[23 / 22] * 11]), True, 36)
        >>> quiet.passed(dt.date(2026, 1, 1), 30), NO_SEASON.passed(dt.date(2026, 1, 1), 30)
        (15.0, 30.0)
        """
        since = pd.Timestamp(seen_on)
        first, last = self.at(pd.Series([since, since + pd.Timedelta(days=n_days)]))
        return float(last - first)

    def at(self, days: pd.Series) -> Array:
        """Return the reading of the clock of giving on each day, in days since 1900."""
        place = (days.to_numpy().astype("datetime64[D]") - EPOCH).astype("int64")
        if not self.is_shown or not len(place):
            return np.asarray(place.astype("float64"))
        every = EPOCH + np.arange(place.max() + 1)
        month = every.astype("datetime64[M]").astype("int64") % 12
        return np.asarray(np.concatenate([[0.0], np.cumsum(self.factors[month])])[place])


NO_SEASON = Season(np.ones(12), False, 0)


def learn_season(days: pd.DataFrame, *, seen_on: dt.date) -> Season:
    """Return the season of repeat single gifts up to ``seen_on``, or none where none is shown."""
    mine = days[(days["rhythm_code"] == "single")
                & (days["donation_date"] <= pd.Timestamp(seen_on))]
    is_first = ~mine.sort_values("donation_date").duplicated("person_id")
    repeats = mine.loc[~is_first.reindex(mine.index), "donation_date"]
    month = repeats.to_numpy().astype("datetime64[M]")
    ends = np.datetime64(seen_on + dt.timedelta(days=1), "M")
    if not len(month) or len(month) < FEWEST_GIFTS:
        return NO_SEASON
    every = np.arange(month.min() + 1, ends)  # whole months alone
    if len(every) < FEWEST_MONTHS:
        return Season(np.ones(12), False, len(every))
    counts = pd.Series(month).value_counts().reindex(every, fill_value=0).to_numpy()
    return _fitted(every, counts.astype("float64"))


def _fitted(every: Array, counts: Array) -> Season:
    """Return the season of counts by month: with and without effects of the calendar month."""
    length = ((every + 1).astype("datetime64[D]") - every.astype("datetime64[D]")).astype(float)
    rate = np.log((counts + 0.5) / length)
    weight = np.sqrt(counts + 0.5)
    time = np.linspace(-1, 1, len(every))
    trend = np.polynomial.legendre.legvander(time, TREND_DEGREE)
    months = np.eye(12)[every.astype("int64") % 12]
    effects = months[:, :11] - months[:, 11:]  # they sum to zero
    both = np.column_stack([trend, effects])
    fits = [np.linalg.lstsq(one * weight[:, None], rate * weight, rcond=None)[0]
            for one in (trend, both)]
    left = [float((((rate - one @ fit) * weight) ** 2).sum())
            for one, fit in zip((trend, both), fits, strict=True)]
    spare = len(every) - both.shape[1]
    ratio = (left[0] - left[1]) / 11 / max(left[1] / spare, 1e-12)
    if f_law.sf(ratio, 11, spare) > LARGEST_P:
        return Season(np.ones(12), False, len(every))
    found = fits[1][trend.shape[1]:]
    factors = np.exp((1 - 1 / ratio) * np.append(found, -found.sum()))
    return Season(factors / factors.mean(), True, len(every))
