"""Held out: what models would have predicted for a period that is over, and what was given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from workbench.donors.segments import SegmentRules, segment_donors, summarise_donors
from workbench.donors.value.backtest import back_test, corrected, forecast_on
from workbench.donors.value.draws import sum_by_segment
from workbench.donors.value.forecast import Forecast
from workbench.donors.value.giving_pattern import RHYTHM_NAMES, given_between, giving_days
from workbench.donors.value.period import Period
from workbench.donors.value.season import learn_season
from workbench.errors import FitError

NUMBERS = ["expected_gifts", "value_minor", "n_gifts", "given_minor"]


def forecast_all(settled: pd.DataFrame, *, seen_on: dt.date, period: Period) -> list[Forecast]:
    """Return the forecast of each rhythm that enough people give in, as seen on a day.

    Each is tried on earlier days first, and corrected by what it missed there.
    """
    days, found = giving_days(settled), []
    season = learn_season(days, seen_on=seen_on)
    for code in RHYTHM_NAMES:
        plain = forecast_on(days, code, seen_on=seen_on, period=period, season=season)
        if plain is not None:
            missed = back_test(days, code, seen_on=seen_on, period=period, season=season)
            found.append(corrected(plain, missed))
    return found


def forecast_or_why(
    settled: pd.DataFrame, *, seen_on: dt.date, period: Period
) -> tuple[list[Forecast], str]:
    """Return forecast_all, or none and a sentence where a model could not be fitted."""
    try:
        return forecast_all(settled, seen_on=seen_on, period=period), ""
    except FitError as error:
        return [], str(error)


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
    forecasts, _ = forecast_or_why(settled, seen_on=seen_on, period=period)
    days = giving_days(settled)
    for one in forecasts:
        given = given_between(days, one.rhythm.code, seen_on, period)
        mine = one.donors[["person_id", "expected_gifts", "value_minor"]].merge(
            given, how="left", on="person_id", validate="one_to_one")
        donors = _added(donors, mine)
    if not forecasts:
        donors = donors.assign(**dict.fromkeys(NUMBERS, 0.0))
    sums = sum_by_segment(donors, forecasts, level=period.level, seed=period.seed)
    return HeldOut(seen_on, donors, bool(forecasts), sums)


def _added(donors: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
    """Add one rhythm's numbers to those of the donors; who is in none of it adds 0."""
    before = donors.reindex(columns=["person_id", "segment_code", *NUMBERS])
    joined = before[["person_id", "segment_code"]].merge(
        mine, how="left", on="person_id", validate="one_to_one")
    for name in NUMBERS:
        joined[name] = joined[name].fillna(0) + before[name].fillna(0).to_numpy()
    return joined
