"""Held out: what models would have predicted for a period that is over, and what was given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from workbench.donors.segments import SegmentRules, segment_donors, summarise_donors
from workbench.donors.value.draws import sum_by_segment
from workbench.donors.value.forecast import Forecast, forecast_rhythm
from workbench.donors.value.giving_pattern import RHYTHM_NAMES, giving_days, rhythm_of

NUMBERS = ["expected_gifts", "value_minor", "n_gifts", "given_minor"]


@dataclass(frozen=True)
class Period:
    """The period to predict, and how: its length is that of the held-out period too.

    ``level`` of all intervals is 0 to 1; ``wave_days`` above 0 says that single gifts come in
    waves of so many days.
    """

    days: int
    level: float
    seed: int
    wave_days: int = 0


def forecast_all(settled: pd.DataFrame, *, seen_on: dt.date, period: Period) -> list[Forecast]:
    """Return the forecast of each rhythm that enough people give in, as seen on a day."""
    days = giving_days(settled)
    found = (
        forecast_rhythm(
            rhythm_of(days, code, seen_on=seen_on, wave_days=period.wave_days),
            period_days=period.days)
        for code in RHYTHM_NAMES)
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class HeldOut:
    """A forecast made as if on an earlier day, and what was given up to the day of the build.

    ``donors``: one row a donor of that day with ``person_id``, ``segment_code`` then,
    ``expected_gifts``, ``value_minor`` expected, and the actual ``n_gifts`` and ``given_minor``.
    ``sums``: one row a segment, and ``everybody``, with the same summed, ``n_donors``, and
    ``expected_gifts_low`` and ``_high``, between which the number of gifts was to lie.
    ``has_forecast``: there was enough to predict from.
    """

    seen_on: dt.date
    donors: pd.DataFrame
    has_forecast: bool
    sums: pd.DataFrame


def hold_out(
    settled: pd.DataFrame, *, as_of: dt.date, rules: SegmentRules, period: Period
) -> HeldOut:
    """Predict the last period from what was before it, and compare it with what was given.

    Gifts are counted as the models count them: a day on which a donor gave is one, and
    answers to tests are none.
    """
    seen_on = as_of - dt.timedelta(days=period.days)
    donors = segment_donors(summarise_donors(settled, as_of=seen_on), as_of=seen_on, rules=rules)
    donors = donors[["person_id", "segment_code"]]
    forecasts = forecast_all(settled, seen_on=seen_on, period=period)
    for one in forecasts:
        given = _given(settled, one, seen_on, period)
        mine = one.donors[["person_id", "expected_gifts", "value_minor"]].merge(
            given, how="left", on="person_id", validate="one_to_one")
        donors = _added(donors, mine)
    if not forecasts:
        donors = donors.assign(**dict.fromkeys(NUMBERS, 0.0))
    sums = sum_by_segment(donors, forecasts, level=period.level, seed=period.seed)
    return HeldOut(seen_on, donors, bool(forecasts), sums)


def _given(
    settled: pd.DataFrame, one: Forecast, seen_on: dt.date, period: Period
) -> pd.DataFrame:
    days = giving_days(settled)
    until = pd.Timestamp(seen_on) + pd.Timedelta(days=period.days)
    later = days[(days["rhythm_code"] == one.rhythm.code) & (days["donation_date"] <= until)
                 & (days["donation_date"] > pd.Timestamp(seen_on))]
    if period.wave_days and one.rhythm.code != "monthly":
        wave = (later["donation_date"] - pd.Timestamp(seen_on)).dt.days // period.wave_days
        later = later.assign(wave=wave).groupby(["person_id", "wave"]).sum(numeric_only=True)
    money = later.groupby("person_id")["kept_minor"]
    return pd.DataFrame({"n_gifts": money.size(), "given_minor": money.sum()}).reset_index()


def _added(donors: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
    """Add one rhythm's numbers to those of the donors; who is in none of it adds 0."""
    before = donors.reindex(columns=["person_id", "segment_code", *NUMBERS])
    joined = before[["person_id", "segment_code"]].merge(
        mine, how="left", on="person_id", validate="one_to_one")
    for name in NUMBERS:
        joined[name] = joined[name].fillna(0) + before[name].fillna(0).to_numpy()
    return joined
