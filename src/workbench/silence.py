"""Whether dated rows reach the day of the build, or their file ended long before it."""

from __future__ import annotations

import datetime as dt

import pandas as pd

ENDED_DAYS = 62  # of silence that no file of living work has by chance
LOOK_BACK_DAYS = 3 * 365
MOST_MONTHS = 24  # further back it is told in years


def ended_on(dates: pd.Series, as_of: dt.date) -> dt.date | None:
    """Return the last day of ``dates`` where they end long before ``as_of``, else None.

    Long is over ENDED_DAYS and longer than any silence in the three years up to that last day:
    a file of yearly gifts may be quiet for eleven months. Days after ``as_of`` do not count.

    >>> ended_on(pd.Series(pd.to_datetime(["2015-01-05", "2015-03-31"])), dt.date(2026, 10, 5))
    datetime.date(2015, 3, 31)
    """
    today = pd.Timestamp(as_of)
    days = pd.Series(dates[dates <= today].dropna().unique()).sort_values()
    if days.empty:
        return None
    last = days.iloc[-1]
    lately = days[days >= last - pd.Timedelta(days=LOOK_BACK_DAYS)]
    usual = lately.diff().dt.days.max()
    longest = max(ENDED_DAYS, 0 if pd.isna(usual) else int(usual))
    return last.date() if (today - last).days > longest else None


def ended_words(what: str, last: dt.date, as_of: dt.date) -> str:
    """Return the sentence that a file ended, how long before the day of the build.

    >>> ended_words("The gifts on file", dt.date(2015, 3, 31), dt.date(2026, 10, 5))
    'The gifts on file end in March 2015, 11 years before the day of the build.'
    """
    months = 12 * (as_of.year - last.year) + as_of.month - last.month - (as_of.day < last.day)
    long_ago = f"{months} months" if months < MOST_MONTHS else f"{months // 12} years"
    return f"{what} end in {last:%B %Y}, {long_ago} before the day of the build."
