"""Dates of birth in any usual writing, as eight digits, or the year alone."""

from __future__ import annotations

import pandas as pd

_SIGN = r"[-/. ]"
_YEAR_FIRST = (rf"^(?P<year>\d{{4}}){_SIGN}(?P<month>\d{{1,2}}){_SIGN}(?P<day>\d{{1,2}})"
               r"(?:[t ].*)?$")
_DIGITS = r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:\.0)?$"
_YEAR_LAST = rf"^(?P<first>\d{{1,2}}){_SIGN}(?P<second>\d{{1,2}}){_SIGN}(?P<year>\d{{4}})(?: .*)?$"
_DAY_WORD = r"^(?P<day>\d{1,2})[- .]*(?P<word>[a-z]{3})[a-z]*[-, .]+(?P<year>\d{4})$"
_WORD_DAY = r"^(?P<word>[a-z]{3})[a-z]*[- .]+(?P<day>\d{1,2})[-, .]+(?P<year>\d{4})$"
_MONTHS = {name: f"{number:02d}" for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)}
_YEAR_ALONE = r"^(\d{4})(?:\.0)?$"
MOST_MONTHS = 12
LATEST_OF_TWO_DIGITS = 2020  # nobody on a list is younger, so that 44 is 1944


def birth_columns(text: pd.Series, date_format: str = "") -> pd.DataFrame:
    """Return ``birth_digits`` (YYYYMMDD) and ``birth_year`` of dates of birth as texts.

    With ``date_format`` (such as %d/%m/%y) dates are read by it alone. Of 03/04/1985 the day
    is first, unless more of the column's dates can only have the month first. A day that the
    calendar lacks stays as it is written: it is a typing error worth comparing.

    >>> birth_columns(pd.Series(["13/02/1985", "1985"])).values.tolist()
    [['19850213', '1985'], [None, '1985']]
    """
    plain = text.astype("string").str.strip().str.lower()
    if date_format:
        days = pd.to_datetime(plain, format=date_format, errors="coerce")
        if "%y" in date_format:
            days = days.mask(days.dt.year > LATEST_OF_TWO_DIGITS,
                             days - pd.DateOffset(years=100))
        digits = days.dt.strftime("%Y%m%d").astype("string")
    else:
        digits = _by_pattern(plain)
    year = plain.str.extract(_YEAR_ALONE)[0].where(digits.isna(), digits.str[:4])
    found = pd.DataFrame({"birth_digits": digits, "birth_year": year})
    return found.astype("object").where(found.notna(), None)


def _by_pattern(plain: pd.Series) -> pd.Series:
    digits = pd.Series(pd.NA, index=plain.index, dtype="string")
    for pattern in (_YEAR_FIRST, _DIGITS, _YEAR_LAST, _DAY_WORD, _WORD_DAY):
        parts = plain.str.extract(pattern)
        if "first" in parts:
            parts = _in_order(parts)
        month = (parts["word"].map(_MONTHS).astype("string") if "word" in parts
                 else parts["month"].str.zfill(2))
        digits = digits.where(digits.notna(), parts["year"] + month + parts["day"].str.zfill(2))
    return digits


def _in_order(parts: pd.DataFrame) -> pd.DataFrame:
    """Return the parts with day and month named, in the order that more of the dates need."""
    n_day_first = (pd.to_numeric(parts["first"]) > MOST_MONTHS).sum()
    n_month_first = (pd.to_numeric(parts["second"]) > MOST_MONTHS).sum()
    names = ("month", "day") if n_month_first > n_day_first else ("day", "month")
    return parts.rename(columns=dict(zip(("first", "second"), names, strict=True)))
