"""A file that ended long before the day of the build is said to have ended, and no other is."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workbench.silence import ended_on, ended_words

AS_OF = dt.date(2026, 10, 5)


def days(*texts):
    return pd.Series(pd.to_datetime(list(texts)))


@pytest.mark.parametrize(
    ("last", "ended"),
    [("2026-10-05", False), ("2026-08-04", False), ("2026-08-03", True), ("2015-03-31", True)],
)
def test_a_daily_file_has_ended_after_more_than_62_days_of_silence(last, ended):
    rows = pd.Series(pd.date_range(end=last, periods=400, unit="s"))
    assert ended_on(rows, AS_OF) == (dt.date.fromisoformat(last) if ended else None)


def test_a_yearly_file_is_not_said_to_have_ended_within_its_year():
    yearly = days("2023-12-01", "2024-12-01", "2025-12-01")
    assert ended_on(yearly, AS_OF) is None
    assert ended_on(yearly, dt.date(2026, 12, 2)) is None  # 366 days: as in 2024
    assert ended_on(yearly, dt.date(2026, 12, 3)) == dt.date(2025, 12, 1)


def test_an_old_slip_does_not_hide_that_a_file_has_ended():
    rows = days("1900-01-01", *(f"2015-0{month}-01" for month in range(1, 7)))
    assert ended_on(rows, AS_OF) == dt.date(2015, 6, 1)


def test_days_after_the_build_and_missing_days_tell_nothing():
    rows = pd.concat([days("2015-01-01", "2027-01-01"), pd.Series([pd.NaT])])
    assert ended_on(rows, AS_OF) == dt.date(2015, 1, 1)
    assert ended_on(days("2027-01-01"), AS_OF) is None
    assert ended_on(days(), AS_OF) is None


@pytest.mark.parametrize(
    ("last", "told"),
    [(dt.date(2026, 7, 5), "3 months"), (dt.date(2024, 11, 5), "23 months"),
     (dt.date(2024, 10, 4), "2 years"), (dt.date(2015, 3, 31), "11 years")],
)
def test_how_long_ago_it_ended_is_told_in_months_and_then_in_years(last, told):
    words = ended_words("Gifts", last, AS_OF)
    assert words == f"Gifts end in {last:%B %Y}, {told} before the day of the build."
