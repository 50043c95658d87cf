"""Forecasts learn from back-tests, follow season and polling day, and refuse what has no fit."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_gifts import campaign_rows, donation, settle
from scipy.stats import t as t_law

from workbench.donors.segments import SegmentRules
from workbench.donors.value.backtest import UNSEEN, back_test, corrected, forecast_on, states_of
from workbench.donors.value.before import same_months
from workbench.donors.value.bgnbd import BG_NBD
from workbench.donors.value.draws import drawn_sums
from workbench.donors.value.fit import fit_model
from workbench.donors.value.giving_pattern import given_between, rhythm_of
from workbench.donors.value.histories import Histories
from workbench.donors.value.modelerror import Prior, learn_error
from workbench.donors.value.period import Period
from workbench.donors.value.season import NO_SEASON, Season, learn_season
from workbench.donors.value.trialdays import trial_days
from workbench.donors.valued import value_donors
from workbench.errors import FitError, SettingsError
from workbench.pages.donors.first_screen import donor_measures, finding
from workbench.pages.donors.forecast import held_out_table, next_period_table
from workbench.pages.donors.method import (
    back_test_words,
    forecast_words,
    polling_words,
    season_words,
)
from workbench.settings import Campaign, Disclosure

AS_OF = dt.date(2026, 10, 5)
POLLS = (dt.date(2024, 11, 5), dt.date(2026, 11, 3))
RULES = SegmentRules(recent_days=180, lapse_days=730, repeat_gifts_min=3)
PERIOD = Period(days=182, level=0.9, seed=1)
PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
CAMPAIGN = Campaign("Harbour", AS_OF, POLLS[1], 18, "USD", "Confidential")
BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "donor_forecast.py"


def value(settled, period=PERIOD):
    return value_donors(settled, as_of=AS_OF, rules=RULES, period=period, ask_most_minor=330_000)


def day_rows(gifts, code="single"):
    """Rows as giving_days leaves them, from pairs of person and day, 50.00 each."""
    frame = pd.DataFrame(gifts, columns=["person_id", "donation_date"])
    frame["donation_date"] = pd.to_datetime(frame["donation_date"])
    return frame.assign(rhythm_code=code, kept_minor=5000).drop_duplicates()


# What back-tests teach.


@pytest.mark.parametrize("errors", [[], [0.3], [0.3, 0.1, 0.25], [-0.6, 0.5]])
def test_the_error_learned_is_that_of_all_biases_and_spreads_by_brute_force(errors):
    prior, variance = Prior(0.15, 0.1), 0.01
    bias = np.linspace(-1.2, 1.2, 1201)
    spread = np.geomspace(0.002, 1.5, 400)
    bias_at, spread_at = np.meshgrid(bias, spread, indexing="ij")
    weight = (np.exp(-(bias_at / prior.bias) ** 2 / 2) * spread_at
              * t_law.pdf(spread_at / prior.spread, 4))
    for error in errors:
        deviation = np.sqrt(spread_at**2 + variance)
        weight = weight * np.exp(-((error - bias_at) / deviation) ** 2 / 2) / deviation
    weight /= weight.sum()
    mean = (weight * bias_at).sum()
    width = np.sqrt((weight * ((bias_at - mean) ** 2 + spread_at**2)).sum())
    found = learn_error(np.array(errors), np.full(len(errors), variance), prior)
    assert found.shift == pytest.approx(mean, abs=2e-3)
    assert found.width == pytest.approx(width, rel=0.02)


def test_drawn_errors_are_as_wide_as_they_say_and_lie_around_the_shift():
    found = learn_error(np.array([0.3, 0.1]), np.full(2, 0.01), Prior(0.15, 0.1))
    drawn = found.draw(200_000, np.random.default_rng(1))
    assert abs(drawn.mean()) < 0.003
    assert drawn.std() == pytest.approx(found.width, rel=0.02)


def sleepers(n, seed):
    """Donors who fall asleep and wake again after two years: no model of the three knows them."""
    rng = np.random.default_rng(seed)
    start = np.datetime64("2019-10-05")
    gifts = []
    for person in range(n):
        now = float(rng.integers(500, 1900))
        gifts.append((f"p{person:05}", start + int(now)))
        while now < 2557:
            now += rng.exponential(150) if rng.random() < 0.4 else rng.gamma(20, 35)
            gifts.append((f"p{person:05}", start + int(now)))
    found = day_rows(gifts)
    return found[found["donation_date"] <= pd.Timestamp(AS_OF)]


def test_donors_who_gave_once_and_fell_silent_are_no_longer_undervalued():
    days = sleepers(1_500, seed=3)
    cut = AS_OF - dt.timedelta(days=365)
    period = Period(365, 0.9, 1)
    plain = forecast_on(days, "single", seen_on=cut, period=period, season=NO_SEASON)
    known = corrected(plain, back_test(days, "single", seen_on=cut, period=period,
                                       season=NO_SEASON))
    given = given_between(days, "single", cut, period).set_index("person_id")["n_gifts"]
    is_lapsed = states_of(plain.rhythm, horizon=plain.horizon) == 1  # once, over a year ago
    people = plain.donors.loc[is_lapsed, "person_id"]
    came = given.reindex(people).fillna(0).sum()
    before, after = (one.donors.loc[is_lapsed, "expected_gifts"].sum() for one in (plain, known))
    assert is_lapsed.sum() > 100
    assert before < 0.75 * came
    assert abs(np.log(after / came)) < abs(np.log(before / came)) / 2


def test_a_correction_moves_drawn_futures_as_it_moves_the_forecast():
    days = sleepers(800, seed=4)
    period = Period(182, 0.9, 1)
    plain = forecast_on(days, "single", seen_on=AS_OF, period=period, season=NO_SEASON)
    known = corrected(plain, back_test(days, "single", seen_on=AS_OF, period=period,
                                       season=NO_SEASON))
    groups = pd.Series("all", index=known.donors["person_id"])
    drawn = drawn_sums([known], groups, seed=1, n_draws=400)["n_gifts"]
    assert drawn.median() == pytest.approx(known.donors["expected_gifts"].sum(), rel=0.05)
    narrow = drawn_sums([plain], groups, seed=1, n_draws=400)["n_gifts"]
    assert drawn.std() > narrow.std()
    assert known.donors["value_minor"].to_numpy() == pytest.approx(
        (known.donors["expected_gifts"] * known.donors["gift_minor"]).to_numpy())


# On which days a forecast is tried.


@pytest.mark.parametrize(
    ("first", "polls", "seen_on", "same_phase", "near"),
    [("2025-10-05", (), ["2026-04-06"], [], ""),
     ("2024-10-05", (), ["2026-04-06", "2025-10-06", "2025-04-07"], [], ""),
     ("2026-06-27", (), ["2026-08-16"], [], ""),
     ("2026-10-05", (), [], [], ""),
     # 29 days before polling day, as 2024-10-07 was; the other two end in its run-up or past it
     ("2024-01-05", POLLS, ["2025-10-06", "2025-04-07", "2024-10-07"], ["2024-10-07"], "past"),
     ("2025-10-05", POLLS[1:], [], [], "past"),
     ("2024-01-05", (dt.date(2027, 5, 3),), ["2026-04-06", "2025-10-06", "2025-04-07",
                                             "2024-10-07"], [], "run_up")],
)
def test_a_forecast_is_tried_one_period_apart_and_as_far_from_polling_day(
        first, polls, seen_on, same_phase, near):
    found = trial_days(dt.date.fromisoformat(first), AS_OF,
                       Period(182, 0.9, 1, polling_dates=polls))
    assert [f"{day}" for day in found.seen_on] == seen_on
    assert [f"{day}" for day in found.same_phase] == same_phase
    assert found.near == near


def test_no_back_test_sees_what_came_after_the_day_of_the_forecast():
    days = sleepers(600, seed=5)
    cut = AS_OF - dt.timedelta(days=182)
    late = days["donation_date"] > pd.Timestamp(cut)
    tests = [back_test(one, "single", seen_on=cut, period=PERIOD, season=NO_SEASON)
             for one in (days, days[~late])]
    assert tests[0].n_trials == 4
    assert tests[0].total.shift == tests[1].total.shift


# Season.


def gifts_by_month(factors, *, n_years, a_month, seed):
    """Repeat gifts at random, so many in an average month times the month's factor."""
    rng = np.random.default_rng(seed)
    gifts = [(f"p{i:03}", "2020-12-31") for i in range(300)]
    for month in pd.date_range("2021-01-01", periods=12 * n_years, freq="MS"):
        many = rng.poisson(a_month * factors[month.month - 1])
        gifts += [(f"p{rng.integers(300):03}", month + pd.Timedelta(days=int(day)))
                  for day in rng.integers(0, 28, many)]
    return day_rows(gifts), dt.date(2020 + n_years, 12, 31)


def test_a_known_season_comes_back():
    truth = np.array([0.6, 0.8, 0.9, 1.0, 1.0, 1.1, 0.8, 0.7, 1.0, 1.2, 1.1, 1.8])
    days, seen_on = gifts_by_month(truth, n_years=3, a_month=150, seed=2)
    found = learn_season(days, seen_on=seen_on)
    assert found.is_shown
    assert found.factors.argmax() == 11
    assert found.factors.argmin() == 0
    np.testing.assert_allclose(found.factors, truth / truth.mean(), rtol=0.25)


def test_chance_is_no_season_in_forty_files_but_one():
    shown = [learn_season(days, seen_on=seen_on).is_shown for days, seen_on in (
        gifts_by_month(np.ones(12), n_years=3, a_month=40, seed=seed) for seed in range(40))]
    assert sum(shown) <= 2  # at one in a hundred more would be chance 7 times in a thousand


@pytest.mark.parametrize(("n_years", "a_month", "n_months"), [(1, 200, 12), (3, 5, 0)])
def test_a_file_that_is_short_or_thin_shows_no_season(n_years, a_month, n_months):
    truth = np.where(np.arange(12) == 11, 4.0, 1.0)
    days, seen_on = gifts_by_month(truth, n_years=n_years, a_month=a_month, seed=1)
    found = learn_season(days, seen_on=seen_on)
    assert not found.is_shown
    assert found.n_months <= n_months
    assert found.passed(seen_on, 90) == 90


def test_a_quiet_month_is_short_on_the_clock_of_giving():
    season = Season(np.array([0.5] + [1.0] * 11), True, 36)
    days = day_rows([("ada", "2025-12-31"), ("ada", "2026-01-31"), ("ada", "2026-02-14")])
    rhythm = rhythm_of(days, "single", seen_on=dt.date(2026, 2, 28), season=season)
    # 1 day of December, 30 of January at half, 1 + 13 days to 14 February; then 14 days
    assert rhythm.donors[["x", "t_x", "t_all"]].iloc[0].tolist() == [
        2, (1 + 15 + 0.5 + 13) / 7, (1 + 15 + 0.5 + 13 + 14) / 7]


# Polling day, and the same months before.


def monthly_campaign(*, peak):
    """Three hundred people who give every 40 days or so, twice as often before polling days."""
    rng = np.random.default_rng(9)
    polls = [pd.Timestamp(day) for day in peak]
    gifts = []
    for person in range(300):
        now = pd.Timestamp("2023-06-01") + pd.Timedelta(days=int(rng.integers(0, 120)))
        while now <= pd.Timestamp(AS_OF):
            gifts.append(donation(len(gifts), int(rng.integers(20, 90)) * 100, f"{now:%Y-%m-%d}",
                                  person=f"p{person:03}"))
            is_after = any(0 < (now - poll).days < 180 for poll in polls)
            now += pd.Timedelta(days=int(rng.exponential(160 if is_after else 40)) + 1)
    return settle(gifts)


def test_a_forecast_past_polling_day_follows_what_came_after_the_last_one():
    settled = monthly_campaign(peak=["2024-11-05"])
    known, unknown = (value(settled, PERIOD.around(past, POLLS[1]))
                      for past in (["2024-11-05"], []))
    free = value(settled)
    sums = [one.sums.set_index("segment_code").loc["everybody"] for one in (known, unknown, free)]
    assert sums[0]["expected_gifts"] < 0.8 * sums[2]["expected_gifts"]
    reach = [row["expected_gifts_high"] / row["expected_gifts_low"] for row in sums]
    assert np.log(reach[1]) > 2 * 1.645 * UNSEEN["past"]
    assert reach[1] > max(2 * reach[0], reach[2])
    assert polling_words(known) == (
        "The period runs past polling day. The forecast follows what came as long before and "
        "after an earlier polling day.")
    assert "do not show what happens after polling day" in polling_words(unknown)
    assert polling_words(free) == ""


def test_what_is_no_day_is_refused_with_how_to_write_one():
    with pytest.raises(SettingsError, match=r"holds what is no day.*2024-11-05"):
        PERIOD.around(["5 November 2024"], POLLS[1])


def test_the_same_months_before_are_those_of_donors_known_then():
    settled = settle([
        donation(1, 100, "2025-10-05"), donation(2, 200, "2025-10-06"),
        donation(3, 400, "2026-04-05"), donation(4, 800, "2026-04-06"),
        donation(5, 900, "2025-11-01", person="new")])
    found = same_months(settled, as_of=AS_OF, period=PERIOD)
    assert found.seen_on == dt.date(2025, 10, 5)
    assert found.donors.to_numpy().tolist() == [["ada", 2, 600]]
    assert same_months(settled, as_of=AS_OF, period=Period(400, 0.9, 1)) is None


def test_the_forecast_is_shown_with_the_same_months_before():
    valued = value(settle(campaign_rows(3_000, seed=20121106)))
    told = finding(valued, PROFILE, campaign=CAMPAIGN, period=PERIOD)
    given = valued.before.donors["given_minor"].sum()
    tile = donor_measures(valued, period=PERIOD)[3]
    assert tile.name == "given_before"
    assert tile.value == given
    shown = f"{float(f'{given:.3g}') / 100:,.0f}"
    assert f"In the same months a year before, donors known then gave USD {shown}. " in (
        told["bottom_line"])
    assert "on 182 days that are over" in back_test_words(valued)
    assert "so the forecast has none" in season_words(valued)


# Fits that have no end, and files that have no forecast.


def test_parameters_at_the_bound_are_no_numbers_of_a_brief():
    """Instalments that never fail until they end: a chance of one, the same for everybody."""
    rng = np.random.default_rng(3)
    days = pd.date_range("2024-01-01", AS_OF, freq="MS")
    gifts = [donation(1000 * i + n, 1000, f"{day:%Y-%m-%d}", person=f"p{i}", is_recurring=True)
             for i in range(120) for n, day in enumerate(days[:rng.geometric(0.04)])]
    valued = value(settle(gifts))
    fitted = valued.forecasts[0].fitted
    assert fitted.held_names
    told = forecast_words(valued)
    assert f"too much alike to find {' and '.join(fitted.held_names)}" in told
    assert not any(f"{name} 8,103" in told for name in fitted.model.parameter_names)
    for place in fitted.fit.held:
        assert (fitted.fit.covariance[place] == 0).all()


def test_a_fit_that_runs_to_its_bounds_in_every_way_is_an_error():
    alike = Histories(*(np.array([value]) for value in (50.0, 50.0, 50.0, 200.0)))
    with pytest.raises(FitError, match=r"BG/NBD cannot be fitted to 200 donors: . of its param"):
        fit_model(BG_NBD, alike)


def test_a_brief_says_why_there_is_no_forecast_where_nothing_can_be_fitted(monkeypatch):
    def refuse(model, seen):
        raise FitError("BG/NBD cannot be fitted to 200 donors.")

    monkeypatch.setattr("workbench.donors.value.forecast.fit_model", refuse)
    valued = value(settle(campaign_rows(3_000, seed=1)))
    assert forecast_words(valued) == "BG/NBD cannot be fitted to 200 donors."
    told = finding(valued, PROFILE, campaign=CAMPAIGN, period=PERIOD)
    assert "No forecast may be shown" in told["bottom_line"]
    assert valued.donors["value_minor"].isna().all()


BAD = {
    "one donor": [donation(i, 100, f"2026-0{i}-01") for i in range(1, 10)],
    "all gave once": [donation(i, 100, f"{dt.date(2023, 1, 1) + dt.timedelta(days=5 * i)}",
                               person=f"p{i}") for i in range(272)],
    "all on one day": [donation(i, 100, person=f"p{i % 90}") for i in range(270)],
    "ten people": [donation(100 * i + n, 100, f"2026-0{n}-01", person=f"p{i}")
                   for i in range(10) for n in range(1, 10)],
    "one gift each, one day": [donation(i, 100, person=f"p{i}") for i in range(200)],
    "all blank": [donation(i, 100, person=None, first_name=None, last_name=None)
                  for i in range(80)],
    "no date": [donation(i, 100, person=f"p{i}", donation_date=pd.NaT) for i in range(80)],
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_without_a_forecast_gets_sentences(name):
    valued = value(settle(BAD[name]), PERIOD.around(["2024-11-05"], POLLS[1]))
    told = finding(valued, PROFILE, campaign=CAMPAIGN, period=PERIOD)
    assert all(isinstance(words, str) and words for words in told.values())
    assert "Too few give often enough" in forecast_words(valued)
    assert back_test_words(valued) == season_words(valued) == polling_words(valued) == ""
    assert next_period_table(valued, PROFILE).empty
    assert held_out_table(valued, PROFILE).filter(like="expected").isna().all(axis=None)
    assert donor_measures(valued, period=PERIOD)[2].value is None


# Files of other laws than the models'.


@pytest.mark.slow
def test_the_benchmark_of_forecasts_holds_on_made_up_files_of_four_kinds():
    run = subprocess.run(
        [sys.executable, str(BENCHMARK), "--donors", "400", "--seeds", "3"], check=True,
        capture_output=True, text=True, env=os.environ)
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["n_kinds"] == 4
    assert told["all"]["n_tests"] >= 12
    assert told["all"]["gifts_in"] >= 0.75
    assert told["all"]["segments_in"] >= 0.8
    assert "Traceback" not in run.stderr
