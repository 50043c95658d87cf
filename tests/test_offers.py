"""What draws whom: asks settled, groups searched and confirmed, estimates, plans, tests."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import binom, norm

from workbench.disclosure import close_ledger, forget_ledger, open_ledger, rounded_count
from workbench.donors.offers.asks import ACCOUNT_ROWS, account_asks, describe_asks, settle_asks
from workbench.donors.offers.beside import Beside, expected_rate
from workbench.donors.offers.cells import count_cells, frame_asks, searched_groups
from workbench.donors.offers.contrast import lift_by_offer, offer_effects
from workbench.donors.offers.differences import find_differences
from workbench.donors.offers.estimate import estimate_segments, group_name, shrunk_to
from workbench.donors.offers.evidence import (
    chosen_difference,
    chosen_rate,
    chosen_rate_of,
    difference_interval,
    rate_interval,
)
from workbench.donors.offers.expected import (
    fit_odds,
    fit_points,
    household_correlation,
    trait_design,
)
from workbench.donors.offers.halves import assign_halves
from workbench.donors.offers.invitations import draft_invitations, rank_invitations
from workbench.donors.offers.judge import Plan, family_of, family_shares
from workbench.donors.offers.permutation import tally_search, tally_shuffled
from workbench.donors.offers.planner import (
    Acceptance,
    Event,
    plan_event,
    plan_lengths,
    recommend_length,
)
from workbench.donors.offers.scores import BOTH, score_groups
from workbench.donors.offers.search import find_segments, members, ready_offer, search_offers
from workbench.donors.offers.smooth import curve_columns
from workbench.donors.offers.study import (
    Study,
    Terms,
    candidates,
    closed,
    plan_invitations,
    study_offers,
    write_results,
)
from workbench.donors.offers.traits import age_bands, past_giving, usable_gifts
from workbench.donors.offers.variations import compare_variations, money_interval
from workbench.pages.offers.counted import chosen_told
from workbench.pages.offers.effects import (
    effect_sentence,
    effect_table,
    lift_table,
    variation_table,
)
from workbench.pages.offers.first_screen import finding, offer_measures
from workbench.pages.offers.plans import plan_sentence, plan_table
from workbench.pages.offers.searched import offer_table
from workbench.pages.offers.segments import (
    confirmation_table,
    evidence_table,
    map_table,
    segment_table,
)
from workbench.settings import Campaign, Disclosure

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
try:
    from offers_data import LEVELS, PLANTED, Truth, is_planted, make_asks
    from offers_sample import events, made_tables
finally:
    sys.path.remove(str(BENCHMARKS))

AS_OF = dt.date(2026, 10, 5)
PROFILE = Disclosure(10, 5, 50)
CAMPAIGN = Campaign("Harbour Alliance", AS_OF, dt.date(2026, 11, 3), 18, "USD", "Confidential")
TERMS = Terms(30, 730, ["control", "plain"], [], 1)
EVENT = Event(60, 25_000, 600_000, 150, 6_000, 0.05)
FOUR = {name: LEVELS[name] for name in ("age_band", "sex_code", "region_code", "past_band")}
SMALL = {"age_band": ("young", "old"), "sex_code": ("female", "male"), "interest_music": ("yes",)}


def small_asks(n=40, seed=3):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "offer_id": "o", "household": [f"H{i}" for i in range(n)],
        "age_band": rng.choice(["young", "old", "not known"], n),
        "sex_code": rng.choice(["female", "male"], n),
        "interest_music": rng.choice(["yes", ""], n), "has_responded": rng.random(n) < 0.4,
    })


def cells_of(asks, levels):
    frame = frame_asks(asks, levels)
    household = pd.factorize(asks["household"])[0]
    answered = asks["has_responded"].to_numpy()
    return frame, count_cells(frame, answered, household, assign_halves(asks["household"], 1))


# asks ---------------------------------------------------------------------------------------

def sent_rows(**columns):
    rows = pd.DataFrame({
        "source_name": "mail", "appeal_id": "A", "arm_code": "offer", "event_id": None,
        "channel_code": "email", "sent_date": pd.Timestamp("2026-07-01"),
        "has_responded": pd.array([False] * len(columns["source_row"]), dtype="boolean"),
        "response_date": pd.NaT, "response_minor": pd.array(
            [None] * len(columns["source_row"]), dtype="Int64")} | columns)
    for name in ("sent_date", "response_date"):
        rows[name] = pd.to_datetime(rows[name]).astype("datetime64[s]")
    return rows


def links_of(*persons):
    return pd.DataFrame({"source_name": "mail", "source_row": range(1, len(persons) + 1),
                         "person_id": persons})


@pytest.mark.parametrize(("change", "account"), [
    ({}, "used"),
    ({"has_responded": None}, "no_answer_known"),
    ({"sent_date": "2026-10-06"}, "after_as_of"),
    ({"sent_date": "2026-09-05"}, "used"),       # thirty days before: answers are in
    ({"sent_date": "2026-09-06"}, "too_recent"),
    ({"has_responded": True, "response_date": "2026-06-30"}, "answered_before"),
    ({"has_responded": True, "response_date": "2026-07-01"}, "used"),
])
def test_an_ask_has_one_account(change, account):
    given = {name: [value] for name, value in change.items()}
    if "has_responded" in given:
        given["has_responded"] = pd.array(given["has_responded"], dtype="boolean")
    settled = settle_asks(sent_rows(source_row=[1], **given), links_of("P"), as_of=AS_OF,
                          answer_days=30)
    assert settled["account_code"].tolist() == [account]


def test_a_row_without_a_person_is_counted_and_left_out():
    settled = settle_asks(sent_rows(source_row=[1, 2]), links_of("P"), as_of=AS_OF,
                          answer_days=30)
    assert settled["account_code"].tolist() == ["used", "not_linked"]


def test_an_answer_dated_after_the_build_is_none_yet():
    row = sent_rows(source_row=[1], has_responded=pd.array([True], dtype="boolean"),
                    response_date=["2026-10-06"])
    settled = settle_asks(row, links_of("P"), as_of=AS_OF, answer_days=30)
    assert settled["has_responded"].tolist() == [False]


def test_a_person_is_asked_once_and_the_answer_to_a_repeat_counts():
    rows = sent_rows(
        source_row=[1, 2, 3], sent_date=["2026-07-03", "2026-07-01", "2026-07-02"],
        arm_code=["offer", "offer", "plain"],
        has_responded=pd.array([True, False, True], dtype="boolean"),
        response_minor=pd.array([500, None, 900], dtype="Int64"))
    settled = settle_asks(rows, links_of("P", "P", "P"), as_of=AS_OF, answer_days=30)
    assert settled["account_code"].tolist() == ["repeat", "used", "other_arm"]
    assert bool(settled["has_responded"].iloc[1])
    assert settled["response_minor"].iloc[1] == 500


def test_every_row_that_came_is_in_one_account():
    tables = made_tables(400, seed=2)
    sent = tables["appeals_sent"]
    sent.loc[:5, "has_responded"] = pd.NA
    settled = settle_asks(sent, tables["crosswalk"], as_of=AS_OF, answer_days=30)
    described = tables["people"].assign(age_band_code=None)
    gifts = pd.DataFrame({"person_id": [], "donation_date": pd.to_datetime([])})
    asks = describe_asks(settled, described, gifts.astype({"person_id": "str"}),
                         comparison_arms=["plain"], lapse_days=730)
    accounts = account_asks(settled, asks).set_index("account_name")["n_rows"]
    assert accounts.sum() == len(sent)
    assert accounts[dict(ACCOUNT_ROWS)["no_answer_known"]] == 6


# traits -------------------------------------------------------------------------------------

@pytest.mark.parametrize(("born", "band"), [
    ("1986-07-02", "30-39"), ("1986-07-01", "40-49"), ("1976-07-02", "40-49"),
    ("1976-07-01", "50-59"), ("2008-07-02", "minor"), ("2008-07-01", "18-29"),
    ("1930-01-01", "70+"), (None, "not known"),
])
def test_age_is_that_of_the_day_of_the_ask(born, band):
    people = pd.DataFrame({"birth_date": pd.to_datetime([born]).astype("datetime64[s]"),
                           "birth_year": pd.array([None], dtype="Int64"),
                           "age_band_code": [None]})
    day = pd.Series(pd.to_datetime(["2026-07-01"]).astype("datetime64[s]"))
    assert age_bands(people, day).tolist() == [band]


def test_without_a_date_the_year_and_then_the_band_as_sold_decide():
    people = pd.DataFrame({"birth_date": pd.to_datetime([None] * 3).astype("datetime64[s]"),
                           "birth_year": pd.array([1980, None, None], dtype="Int64"),
                           "age_band_code": ["18-29", "50-59", "45 to 54"]})
    day = pd.Series(pd.to_datetime(["2026-07-01"] * 3).astype("datetime64[s]"))
    assert age_bands(people, day).tolist() == ["40-49", "50-59", "not known"]


@pytest.mark.parametrize(("days", "band"), [
    ([], "never"), (["2026-06-30"], "once"), (["2026-07-01"], "never"), (["2026-07-02"], "never"),
    (["2026-06-30", "2025-01-01"], "several"), (["2024-07-01"], "once"),
    (["2024-06-30"], "lapsed"), (["2020-01-01", "2019-01-01"], "lapsed"),
])
def test_past_giving_is_that_of_the_days_before_the_ask(days, band):
    asked = pd.DataFrame({"person_id": ["P"], "sent_date": pd.to_datetime(["2026-07-01"])})
    gifts = pd.DataFrame({"person_id": pd.Series(["P"] * len(days), dtype="str"),
                          "donation_date": pd.to_datetime(days)})
    assert past_giving(asked, gifts, lapse_days=730).tolist() == [band]


def test_gifts_of_a_source_that_may_not_be_used_to_ask_teach_nothing():
    tables = made_tables(600, seed=4)
    donations = tables["donations"]
    given = {"as_of": AS_OF, "currency_code": "USD"}
    every = usable_gifts(tables, forbidden_sources=[], **given)
    none = usable_gifts(tables, forbidden_sources=["donations"], **given)
    assert len(every) == len(donations) > 0
    assert none.empty
    assert closed({"donations": ("fundraise", "persuade"), "voters": ("research",)}) == [
        "donations"]


# halves and cells ---------------------------------------------------------------------------

def test_a_household_is_in_one_half_in_any_order_and_another_seed_deals_anew():
    homes = pd.Series([f"H{i % 500}" for i in range(2000)])
    half = assign_halves(homes, 1)
    assert pd.Series(half).groupby(homes).nunique().eq(1).all()
    order = np.random.default_rng(1).permutation(len(homes))
    assert np.array_equal(assign_halves(homes.iloc[order], 1), half[order])
    assert 0.4 < half.mean() < 0.6
    assert not np.array_equal(assign_halves(homes, 2), half)


def test_a_group_counts_exactly_those_whom_its_rule_names():
    asks = small_asks(300)
    frame, cells = cells_of(asks, SMALL)
    half = assign_halves(asks["household"], 1)
    assert len(frame.rules) == 5 + 2 * 2 + 2 + 2 + 2 * 2  # single traits, pairs, all three
    for place, rule in enumerate(frame.rules):
        is_in = members(asks, rule)
        for one in (0, 1):
            own = is_in & (half == one)
            assert frame.membership[[place]] @ cells.n[one] == own.sum()
            assert frame.membership[[place]] @ cells.y[one] == asks.loc[
                own, "has_responded"].sum()
    assert cells.n.sum() == len(asks)


def test_groups_too_small_to_be_shown_are_not_searched_and_the_same_people_once():
    asks = small_asks(400).assign(club=["in"] * 60 + ["out"] * 340)
    asks.loc[:59, "age_band"] = "old"  # everybody in the club is old: one group, two names
    levels = {**SMALL, "club": ("in", "out")}
    half = assign_halves(asks["household"], 1)
    kept = searched_groups(frame_asks(asks, levels), half, 10).rules
    assert (("club", "in"),) in kept
    assert (("age_band", "old"), ("club", "in")) not in kept
    every = frame_asks(asks, levels).rules
    for rule in every:
        n = [int((members(asks, rule) & (half == one)).sum()) for one in (0, 1)]
        is_large = min(n) >= 10 and len(asks) - sum(n) >= 10
        twins = {tuple(members(asks, other)) for other in kept}
        assert (tuple(members(asks, rule)) in twins) == is_large


def test_a_curve_follows_what_a_natural_spline_can_and_is_straight_beyond_its_knots():
    years = np.random.default_rng(1).uniform(18, 90, 3_000)
    columns = curve_columns(years)
    assert columns.T @ columns / len(years) == pytest.approx(np.eye(columns.shape[1]))
    assert columns.mean(axis=0) == pytest.approx(0, abs=1e-12)
    bent = np.column_stack([np.ones(len(years)), columns])
    for target in (years, np.where(years > 50, (years - 50) / 40, 0.0)):
        left = target - bent @ np.linalg.lstsq(bent, target, rcond=None)[0]
        assert left.std() < 0.1 * target.std()
    ends = np.argsort(years)[-60:]  # beyond the last knot, the 95th percentile: straight
    line = np.polyfit(years[ends], columns[ends], 1)
    assert columns[ends] == pytest.approx(np.outer(years[ends], line[0]) + line[1], abs=1e-6)


@pytest.mark.parametrize("values", [[], [1.0] * 9, [np.nan] * 9, [1.0, 2.0] * 5, [np.nan, 3.0]])
def test_a_number_that_says_nothing_has_no_curve_or_a_short_one(values):
    columns = curve_columns(np.array(values, dtype=float))
    assert columns.shape == (len(values), 1 if len(set(values)) == 2 and len(values) > 2 else 0)


def test_no_group_is_made_of_what_is_not_known():
    frame, _ = cells_of(small_asks(), SMALL)
    assert "not known" not in {level for rule in frame.rules for _, level in rule}


def test_pairs_of_a_household_are_counted_once_and_institutions_not_at_all():
    asks = small_asks(15).assign(household=["A"] * 3 + ["B"] * 2 + ["C"] * 10)
    _, cells = cells_of(asks, SMALL)
    assert len(cells.pairs) == 3 + 1


# main effects -------------------------------------------------------------------------------

def test_strong_main_effects_are_fitted_as_the_counts_have_them():
    rng = np.random.default_rng(5)
    asks = small_asks(40_000, seed=5)
    odds = -2 + 1.5 * (asks["age_band"] == "old") + 0.8 * (asks["sex_code"] == "female")
    asks["has_responded"] = rng.random(len(asks)) < 1 / (1 + np.exp(-odds))
    frame, cells = cells_of(asks, SMALL)
    fit = fit_odds(cells, trait_design(cells))
    by_column = dict(zip(frame.columns, fit.coefficients[1:], strict=True))
    gap = by_column["age_band", "old"] - by_column["age_band", "young"]
    assert gap == pytest.approx(1.5, abs=0.1)
    assert by_column["sex_code", "female"] - by_column["sex_code", "male"] == pytest.approx(
        0.8, abs=0.1)
    assert by_column["interest_music", "yes"] == pytest.approx(0, abs=0.05)


def test_effects_in_points_are_fitted_in_points():
    rng = np.random.default_rng(6)
    asks = small_asks(60_000, seed=6)
    rate = 0.1 + 0.1 * (asks["age_band"] == "old") + 0.05 * (asks["sex_code"] == "female")
    asks["has_responded"] = rng.random(len(asks)) < rate
    frame, cells = cells_of(asks, SMALL)
    fit = fit_points(cells, trait_design(cells))
    shown = {tuple(row): p for row, p in zip(frame.design[:, 1:], fit.probability, strict=True)}
    for row, p in shown.items():
        there = dict(zip(frame.columns, row, strict=True))
        true = (0.1 + 0.1 * there["age_band", "old"] + 0.05 * there["sex_code", "female"])
        assert p == pytest.approx(true, abs=0.012)


def test_a_trait_that_nearly_decides_is_fitted_all_the_same():
    """Where one level hardly ever answers, steps of a plain Newton fit run away."""
    rng = np.random.default_rng(7)
    asks = make_asks(6_000, seed=7, truth=Truth(base_rate=0.02))
    never = (asks["past_band"] == "never").to_numpy()
    asks["has_responded"] = np.where(never, rng.random(6_000) < 0.0005, rng.random(6_000) < 0.08)
    asks["n_gifts"] = np.where(never, 0.0, 1 + rng.poisson(1, 6_000))
    frame = frame_asks(asks, FOUR, ["n_gifts"])
    cells = count_cells(frame, asks["has_responded"].to_numpy(), np.arange(6_000),
                        assign_halves(asks["household"], 1))
    fit = fit_odds(cells, trait_design(cells))
    expected = cells.n.sum(axis=0) * fit.probability
    for group, rule in enumerate(frame.rules[:17]):  # single traits: fitted as they answered
        at = frame.membership[[group]].indices
        assert expected[at].sum() == pytest.approx(cells.y[:, at].sum(), abs=12), rule


def test_where_no_trait_matters_none_has_an_effect():
    _, cells = cells_of(make_asks(40_000, seed=8, truth=Truth(base_rate=0.04)), LEVELS)
    assert abs(fit_odds(cells, trait_design(cells)).coefficients[1:]).max() < 0.01


def test_what_a_segment_adds_is_not_taken_for_its_traits():
    truth = Truth(base_rate=0.04, lift=2.0)
    frame, cells = cells_of(make_asks(60_000, seed=9, truth=truth), LEVELS)
    fit = fit_odds(cells, trait_design(cells))
    own = [abs(fit.coefficients[1 + frame.columns.index(part)]) for part in PLANTED]
    assert max(own) < 0.05  # by themselves each of the three would seem to lift by a tenth


def scored(cells):
    return score_groups(cells, fit_odds(cells, trait_design(cells)))


@pytest.mark.parametrize("view", [0, 1, BOTH])
def test_scores_of_shuffled_files_have_mean_nought_and_spread_one(view):
    asks = make_asks(30_000, seed=1, truth=Truth(base_rate=0.06, main_power=1.0))
    _, cells = cells_of(asks, FOUR)
    scores = scored(cells)
    z = scores.null_z(np.random.default_rng(1), 400)[view]
    is_large = (scores.views[view].scale > 0) & (scores.views[view].n > 500)
    assert z[:, is_large].mean() == pytest.approx(0, abs=0.1)
    assert z[:, is_large].std(axis=0).mean() == pytest.approx(1, abs=0.06)


def test_main_effects_alone_score_no_group_high_and_a_planted_group_scores_highest():
    truth = Truth(base_rate=0.04, main_power=1.0)
    frame, plain = cells_of(make_asks(40_000, seed=2, truth=truth), LEVELS)
    _, planted = cells_of(
        make_asks(40_000, seed=2, truth=Truth(base_rate=0.04, main_power=1.0, lift=4.0)), LEVELS)
    is_large = frame.membership @ plain.n.sum(axis=0) > 250
    assert scored(plain).observed_z()[BOTH][is_large].max() < 4.5
    z = np.where(is_large, scored(planted).observed_z()[BOTH], 0)
    assert frame.rules[int(z.argmax())] == PLANTED


def test_households_that_answer_as_one_are_noticed_and_widen_the_chance():
    apart, alike = (
        cells_of(make_asks(30_000, seed=3, truth=Truth(base_rate=0.1, home_share=1.0,
                                                       alike_share=share)), LEVELS)[1]
        for share in (0.0, 0.6))
    found = [household_correlation(one, fit_odds(one, trait_design(one)))
             for one in (apart, alike)]
    assert found == pytest.approx([0, 0.6], abs=0.05)
    largest = int((alike.frame.membership @ alike.n.sum(axis=0)).argmax())
    for wide, narrow in zip(scored(alike).views, scored(apart).views, strict=True):
        assert wide.scale[largest] < 0.95 * narrow.scale[largest]


# evidence -----------------------------------------------------------------------------------

def test_the_interval_of_a_rate_holds_what_it_says_at_its_ends():
    low, high = rate_interval(7, 50)
    assert binom.sf(6, 50, low) == pytest.approx(0.025)
    assert binom.cdf(7, 50, high) == pytest.approx(0.025)
    assert rate_interval(0, 10)[0] == 0
    assert rate_interval(10, 10)[1] == 1


def test_the_interval_of_a_difference_is_that_of_newcombes_table():
    assert difference_interval((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert difference_interval((9, 10), (3, 10)) == pytest.approx((0.1705, 0.8090), abs=1e-4)


@pytest.mark.parametrize(("true", "n", "least"), [(0.06, 400, 0), (0.06, 400, 26),
                                                  (0.12, 100, 11), (0.03, 300, 12)])
def test_the_interval_of_a_chosen_rate_holds_the_true_one_as_often_as_it_says(true, n, least):
    seen = np.arange(least, n + 1)
    chance = binom.pmf(seen, n, true) / binom.sf(least - 1, n, true)
    likely = seen[chance > 1e-6]
    told = np.array([chosen_rate(int(y), n, least) for y in likely])
    weight = chance[chance > 1e-6]
    holds = (told[:, 0] <= true) & (true <= told[:, 2])
    assert 0.925 < (holds * weight).sum() < 0.985


def test_a_chosen_rate_by_a_long_division():
    """Bayes' rule written out: P(20 or more), half of the 20 taken, given 15 or more."""
    low, middle, high = chosen_rate(20, 200, 15)
    for rate, tail in ((low, 0.025), (middle, 0.5), (high, 0.975)):
        pmf = binom.pmf(np.arange(201), 200, rate)
        assert (pmf[21:].sum() + pmf[20] / 2) / pmf[15:].sum() == pytest.approx(tail, abs=1e-6)
    assert low < middle < 20 / 200 < high
    assert chosen_rate(15, 200, 15)[:2] == (0.0, 0.0)  # just shown: no word on how much
    assert chosen_rate_of(180, 200, 185, is_more=False) == pytest.approx(
        tuple(1 - end for end in reversed(chosen_rate(20, 200, 15))))


def test_a_chosen_rate_less_another_by_hand():
    """Ends of the other are where the score of Wilson is 1.96, found as roots; then Pythagoras."""
    low, rate, high = 0.10, 0.20, 0.25
    other, n, z = 0.05, 300, norm.ppf(0.975)
    other_low, other_high = (
        brentq(lambda q: (other - q) ** 2 - z**2 * q * (1 - q) / n, *between)
        for between in ((1e-9, other), (other, 0.5)))
    assert chosen_difference((low, rate, high), (15, 300)) == pytest.approx(
        (0.15 - np.sqrt(0.10**2 + (other_high - other) ** 2),
         0.15 + np.sqrt(0.05**2 + (other - other_low) ** 2)), abs=1e-6)


@pytest.mark.parametrize(("ends", "expected", "is_more", "rate"), [
    ((0.05, 0.10, 0.20), 0.04, True, 0.10), ((0.0, 0.01, 0.20), 0.04, True, 0.04),
    ((0.0, 0.01, 0.03), 0.04, True, 0.03), ((0.05, 0.10, 0.20), 0.30, False, 0.10),
    ((0.05, 0.10, 0.20), 0.08, False, 0.08), ((0.05, 0.10, 0.20), 0.04, False, 0.05)])
def test_an_estimate_does_not_cross_what_is_expected_nor_leave_its_interval(
        ends, expected, is_more, rate):
    assert shrunk_to(ends, expected, is_more=is_more) == (ends[0], rate, ends[2])


@pytest.mark.slow
def test_what_is_expected_of_a_group_lies_within_its_error_though_traits_look_like_chance():
    """Weak effects of two traits, most often taken for none by the search, both of the group."""
    rng = np.random.default_rng(19)
    place, age = (np.repeat(np.arange(5), 4), np.tile(np.arange(4), 5))
    rows = pd.DataFrame({"place": place.astype(str), "age": age.astype(str)})
    asks = pd.concat([rows] * 300, ignore_index=True)  # 300 people of each of 20 kinds
    frame, cells = cells_of(asks.assign(
        household=[f"H{i}" for i in range(6_000)], has_responded=False),
        {"place": tuple("01234"), "age": tuple("0123")})
    group = frame.rules.index((("place", "0"), ("age", "0")))
    kind = pd.Series(frame.cell).drop_duplicates().index
    held = []
    for _ in range(300):
        pull = rng.normal(0, 0.25, 5)[place] + rng.normal(0, 0.25, 4)[age]
        rate = 0.06 * np.exp(pull)
        true = np.empty(20)
        true[frame.cell[kind]] = rate[kind]
        lifted = np.where(frame.membership[[group]].toarray()[0] > 0, 3 * true, true)
        drawn = dataclasses.replace(cells, y=rng.binomial(
            cells.n.astype(int), lifted).astype(float))
        found, error = expected_rate(Beside(drawn, trait_design(drawn), True), group, [])
        held.append(abs(np.log(found / rate[0])) <= 1.96 * error)
    assert 0.93 <= np.mean(held) <= 0.98


def test_families_share_the_level_by_the_answers_expected_and_by_what_the_traits_are():
    assert family_of(["age_band", "sex_code"], 10) == "many plain"
    assert family_of(["age_band", "interest_music"], 9.9) == "some other"
    assert family_of(["age_band", "interest_music"], 2.9) == "few"
    shares = family_shares({"many plain", "many other", "some plain", "some other", "few"})
    assert shares == pytest.approx({"many plain": 0.56, "many other": 0.14, "some plain": 0.16,
                                    "some other": 0.04, "few": 0.1})
    assert family_shares({"many other"}) == {"many other": 1.0}


# search -------------------------------------------------------------------------------------

PLAN = Plan(n_shuffles=99, seed=1)


@pytest.fixture(scope="module")
def planted():
    """Asks of a file in which the planted segment answers four times as often."""
    return make_asks(60_000, seed=6, truth=Truth(base_rate=0.03, lift=4.0, main_power=1.0))


@pytest.fixture(scope="module")
def found(planted):
    """What the search finds there."""
    return find_segments(planted, FOUR, PLAN)


def joint_rules(search):
    """The findings of several traits."""
    return [rule for rule in search.segments["rule"] if len(rule) > 1]


def test_a_strong_segment_is_found_in_both_halves_and_told_once(found):
    assert joint_rules(found) == [PLANTED]
    own = found.found[found.found["rule"] == PLANTED]
    assert set(own["searched_half"]) == {"first", "second"}
    assert set(found.segments["searched_half"]) == {"first"}


def test_a_search_sees_of_the_other_half_only_how_single_traits_answer(planted, found):
    """Answers there change places so that no single trait answers more or less than before."""
    there = assign_halves(planted["household"], PLAN.seed) == 1
    changed = planted.copy()
    n_changed = 0
    for _, own in planted[there].groupby(["age_band", "past_band"], sort=True):
        corner = {(sex, place): own[(own["sex_code"] == sex) & (own["region_code"] == place)]
                  for sex in ("female", "male") for place in ("west_coast", "inland")}
        yes = [corner["female", "west_coast"], corner["male", "inland"]]
        no = [corner["female", "inland"], corner["male", "west_coast"]]
        sides = [[one.index[one["has_responded"] == flag] for one in ones]
                 for flag, ones in ((True, yes), (False, no))]
        n = min(len(index) for side in sides for index in side)
        for flag, side in zip((False, True), sides, strict=True):
            for index in side:
                changed.loc[index[:n], "has_responded"] = flag
        n_changed += n
    assert n_changed > 40
    again = find_segments(changed, FOUR, PLAN)
    z = [scored(one.offers["offer"].cells).observed_z() for one in (found, again)]
    assert z[1][0] == pytest.approx(z[0][0], abs=1e-3)
    group = found.offers["offer"].rules.index(PLANTED)
    assert z[1][1][group] < z[0][1][group] - 1


def test_the_order_of_the_rows_does_not_matter(planted, found):
    again = find_segments(planted.sample(frac=1, random_state=1), FOUR, PLAN)
    pd.testing.assert_frame_equal(again.found, found.found)


def test_an_offer_whose_asks_are_alike_in_every_trait_has_no_group_to_search(planted):
    alike = planted.assign(**{trait: names[0] for trait, names in FOUR.items() if len(names) > 1})
    ready = ready_offer(alike, {name: FOUR[name] for name in FOUR if len(FOUR[name]) > 1}, PLAN)
    assert ready.rules == ()
    assert ready.cells.n.sum() == len(alike)
    found = search_offers([ready], PLAN)
    assert (found.n_groups, len(found.segments)) == (0, 0)


def test_which_groups_are_searched_rests_on_no_answer(planted):
    shuffled = planted.assign(has_responded=np.random.default_rng(2).permutation(
        planted["has_responded"]))
    one, other = (ready_offer(asks, FOUR, PLAN).rules for asks in (planted, shuffled))
    assert one == other


def test_several_offers_are_searched_at_once_and_cost_each_other_evidence(planted):
    quiet = make_asks(60_000, seed=7, truth=Truth(base_rate=0.03)).assign(offer_id="quiet")
    alone = ready_offer(planted, FOUR, PLAN)
    both = search_offers([alone, ready_offer(quiet, FOUR, PLAN)], PLAN)
    assert set(both.segments["offer_id"]) == {"offer"}
    assert both.n_groups > search_offers([alone], PLAN).n_groups


def test_a_file_too_small_to_search_gives_no_segment():
    search = find_segments(small_asks(30), SMALL, PLAN)
    assert search.n_groups == 0
    assert search.segments.empty
    assert estimate_segments(search).empty


def test_the_estimate_is_of_the_half_that_the_search_did_not_see(planted, found):
    one = estimate_segments(found).iloc[0]
    unseen = planted[assign_halves(planted["household"], PLAN.seed) == 1]
    mine = unseen[is_planted(unseen)]
    assert one["estimated_half"] == "second"
    assert (one["n_asked"], one["n_answered"]) == (len(mine), mine["has_responded"].sum())
    assert one["n_asked"] + one["n_elsewhere"] == len(unseen)
    assert one["lift_low"] < 4.0 < one["lift_high"]
    assert one["shrunk_lift"] < 1.01 * one["answer_lift"]  # a middle and a mean
    assert one["rate_low"] < one["shrunk_rate"] < one["rate_high"]
    assert one["shrunk_rate"] == pytest.approx(one["expected_rate"] * one["shrunk_lift"])
    assert one["rate_difference"] == pytest.approx(one["shrunk_rate"] - one["elsewhere_rate"])


def simple_file(seed):
    """Asks of 8,000 people of three traits, one pair of levels three times as often; who it is."""
    rng = np.random.default_rng([seed, 5])
    codes = {"age_band": rng.integers(0, 4, 8_000), "region_code": rng.integers(0, 5, 8_000),
             "sex_code": rng.integers(0, 2, 8_000)}
    rate = 0.05 * np.exp(sum(rng.normal(0, 0.3, 5)[code] for code in codes.values()))
    is_in = (codes["age_band"] == 1) & (codes["region_code"] == 2)
    asks = pd.DataFrame({name: code.astype(str) for name, code in codes.items()})
    rate = np.where(is_in, 3 * rate, rate)
    return asks.assign(offer_id="o", household=[f"H{i}" for i in range(8_000)],
                       has_responded=rng.random(8_000) < rate), rate, is_in


@pytest.mark.slow
def test_intervals_of_found_groups_hold_the_true_rate_and_the_planted_lift():
    levels = {"age_band": tuple("0123"), "region_code": tuple("01234"), "sex_code": tuple("01")}
    held = []
    for seed in range(60):
        asks, rate, is_in = simple_file(seed)
        told = estimate_segments(find_segments(asks, levels, Plan(99, seed)))
        own = told[[set(rule) == {("age_band", "1"), ("region_code", "2")}
                    for rule in told["rule"]]]
        half = assign_halves(asks["household"], seed)
        held += [(one["rate_low"] <= rate[is_in & (
            half == ("first", "second").index(one["estimated_half"]))].mean()
            <= one["rate_high"], one["lift_low"] <= 3 <= one["lift_high"])
            for one in own.to_dict("records")]
    assert len(held) >= 30
    # of 50 intervals of 95 %, fewer than nine in ten hold about one time in thirty
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.0501)


def test_a_shuffled_file_is_judged_as_the_file_itself_is(found):
    """One file after another is taken out and compared with the rest, in plain loops."""
    stage, n_files = found.joint, found.plan.n_shuffles
    one = stage.candidates[0]  # one family: no group of interests is there, all are large
    assert set(one.family) <= {"many plain", "some plain", "few"}
    share = stage.judge.shares
    passing = []
    for file in range(n_files):
        own = [null[file] for null in one.null_z]
        rest = [np.delete(null, file, axis=0) for null in one.null_z]

        def best_p(view, own=own, rest=rest):
            p = np.ones(len(one.family))
            for name in set(one.family):
                at = one.family == name
                best = rest[view][:, at].max(axis=1)
                p[at] = [min(1.0, (1 + (best >= z).sum()) / n_files / share[name])
                         for z in own[view][at]]
            return p

        both = best_p(BOTH)
        for half in (0, 1):
            for g in np.flatnonzero(best_p(half) <= 0.8):
                alone = (1 + (rest[1 - half][:, g] >= own[1 - half][g]).sum()) / n_files
                passing += [(file, g, both[g])] if alone <= 0.05 else []
    lowest = sorted(min(p for at, _, p in passing if at == file)
                    for file in {file for file, _, _ in passing})
    confirmed = {(file, g) for file, g, p in passing
                 if (1 + sum(low <= p for low in lowest)) / (n_files + 1) <= 0.05 * 0.8}
    is_confirmed = stage.shuffled[stage.shuffled["is_confirmed"].astype(bool)]
    assert set(zip(is_confirmed["file"], is_confirmed["at"], strict=True)) == confirmed
    tally = tally_shuffled(found)
    assert tally.files_naive_share > 0.9  # looked at one by one, nearly every file has some
    assert 0 < tally.files_confirmed_share <= found.plan.level


def test_the_chances_of_a_group_are_the_shares_of_shuffled_files_that_reach_it(found):
    one, share = found.joint.candidates[0], found.joint.judge.shares
    rows = found.joint.found
    for row in rows.to_dict("records"):
        half, at = ("first", "second").index(row["searched_half"]), row["at"]
        own = one.family == one.family[at]
        best = one.null_z[half][:, own].max(axis=1)
        assert row["search_p"] == pytest.approx(
            (1 + (best >= one.z[half][at]).sum()) / 100 / share[one.family[at]])
        other = one.null_z[1 - half][:, at]
        assert row["confirm_p"] == pytest.approx(
            (1 + (other >= one.z[1 - half][at]).sum()) / 100)


def test_the_least_answers_that_would_be_shown_are_just_enough(planted, found):
    """With one fewer in the unseen half the group is not confirmed; the search is made again."""
    one = estimate_segments(found).iloc[0]
    assert one["least_answered"] < one["n_answered"]
    unseen = assign_halves(planted["household"], PLAN.seed) == 1
    mine = np.flatnonzero(unseen & is_planted(planted) & planted["has_responded"])
    spare = one["n_answered"] - one["least_answered"]
    for n_fewer, is_shown in ((spare - 5, True), (spare + 5, False)):
        fewer = planted.copy()
        fewer.loc[planted.index[mine[:n_fewer]], "has_responded"] = False
        again = find_segments(fewer, FOUR, PLAN)
        rows = again.found[(again.found["rule"] == PLANTED)
                           & (again.found["searched_half"] == "first")]
        assert rows["is_confirmed"].any() == is_shown


def test_a_single_trait_that_explains_it_is_the_finding():
    asks = make_asks(40_000, seed=13, truth=Truth(base_rate=0.03))
    rng = np.random.default_rng(13)
    rate = np.where(asks["sex_code"] == "female", 0.045, 0.03)
    search = find_segments(asks.assign(has_responded=rng.random(40_000) < rate), FOUR, PLAN)
    assert search.segments["rule"].tolist() == [(("sex_code", "female"),)]
    one = estimate_segments(search).iloc[0]
    assert one["is_more"]
    assert one["lift_low"] < 1.5 < one["lift_high"]
    assert len(search.segments) == 1  # that men answer less says the same


def test_a_level_that_answers_less_is_told_as_that_and_not_as_all_others():
    asks = make_asks(40_000, seed=14, truth=Truth(base_rate=0.03))
    rng = np.random.default_rng(14)
    rate = np.where(asks["age_band"] == "18-29", 0.012, 0.04)
    search = find_segments(asks.assign(has_responded=rng.random(40_000) < rate), FOUR, PLAN)
    one = estimate_segments(search).iloc[0]
    assert [one["segment_name"], bool(one["is_more"])] == ["people of 18-29", False]
    assert len(search.segments) == 1
    assert one["lift_low"] < 0.3 < one["lift_high"]
    assert one["shrunk_lift"] < 1


def test_two_traits_that_each_matter_are_two_findings_and_no_third():
    asks = make_asks(60_000, seed=15, truth=Truth(base_rate=0.03))
    rng = np.random.default_rng(15)
    rate = (0.02 * np.where(asks["sex_code"] == "female", 1.6, 1.0)
            * np.where(asks["region_code"] == "north", 1.8, 1.0))
    search = find_segments(asks.assign(has_responded=rng.random(60_000) < rate), FOUR, PLAN)
    assert set(search.segments["rule"]) == {
        (("sex_code", "female"),), (("region_code", "north"),)}


def test_who_and_where_people_are_has_four_fifths_of_the_level_beside_interests(planted):
    search = find_segments(planted.head(30_000), {
        **FOUR, "interest_cinema": LEVELS["interest_cinema"]}, PLAN)
    one, rules = search.joint.candidates[0], search.offers["offer"].rules
    is_who = np.array([all(trait in FOUR for trait, _ in rules[group]) for group in one.groups])
    is_many = np.array([name.startswith("many") for name in one.family])
    assert set(is_who) == {True, False}
    shares = {True: 0.56, False: 0.14}  # .7 of groups that many answers are expected of
    there = sum(search.joint.judge.shares.values())
    assert there == pytest.approx(1)
    whole = sum({"many plain": 0.56, "many other": 0.14, "some plain": 0.16,
                 "some other": 0.04, "few": 0.1}[name] for name in set(one.family))
    for row in search.joint.found.to_dict("records"):
        half, own = ("first", "second").index(row["searched_half"]), is_who[row["at"]]
        if is_many[row["at"]]:
            best = one.null_z[half][:, (is_who == own) & is_many].max(axis=1)
            n_best = (best >= one.z[half][row["at"]]).sum()
            assert row["search_p"] == pytest.approx(
                (1 + n_best) / 100 / (shares[own] / whole))


def test_the_file_with_a_segment_passes_every_hurdle_where_shuffled_ones_do_not(found):
    own, null = tally_search(found), tally_shuffled(found)
    assert own.n_confirmed >= 1 > 3 * null.n_confirmed
    assert own.n_carried >= own.n_confirmed


@pytest.mark.parametrize(("rule", "name"), [
    (PLANTED, "women of 40-49, west coast"),
    ((("sex_code", "male"), ("past_band", "lapsed")), "men, whose last gift is long ago"),
    ((("channel_code", "text"), ("interest_music", "yes"), ("interest_travel", "yes")),
     "people, asked by text, interested in music and travel"),
])
def test_a_group_has_a_name_that_people_say(rule, name):
    assert group_name(rule) == name


# in whom the offer does more ----------------------------------------------------------------

MAIL = {"past": ("men's", "women's", "both"), "place": ("urban", "suburban", "rural"),
        "is_new": ("yes",), "channel": ("phone", "web", "multi")}


def mailed(n, *, seed, effect):
    """An e-mail sent to half of a retailer's buyers at random; ``effect``: in points, of rows.

    Visits rest on past purchases, which are skewed, and on which kinds of goods they bought.
    """
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({
        "past": rng.choice(MAIL["past"], n, p=[0.45, 0.4, 0.15]),
        "place": rng.choice(MAIL["place"], n), "channel": rng.choice(MAIL["channel"], n),
        "is_new": np.where(rng.random(n) < 0.5, "yes", ""), "spent": rng.gamma(2, 100, n)})
    base = (0.06 + 0.04 * (rows["past"] == "women's") + 0.08 * (rows["past"] == "both")
            + 0.0001 * rows["spent"].clip(upper=600))
    is_offered = rng.random(n) < 0.5
    arm = np.where(is_offered, "offer", "plain")
    return rows.assign(
        appeal_id="A", arm_code=arm, offer_id=np.char.add("A/", arm), is_comparison=~is_offered,
        household=[f"H{i}" for i in range(n)],
        has_responded=rng.random(n) < base + is_offered * effect(rows))


def test_an_effect_that_one_group_has_and_others_hardly_is_found():
    asks = mailed(40_000, seed=1, effect=lambda rows: np.where(rows["past"] == "both", 0.073,
                                                               0.011))
    found = find_differences(asks, MAIL, PLAN, ["spent"]).found
    assert found["rule"].tolist() == [(("past", "both"),)]
    one = found.iloc[0]
    unseen = asks[assign_halves(asks["household"], PLAN.seed) == 1]
    own = {flag: rows["has_responded"] for flag, rows in
           unseen[unseen["past"] == "both"].groupby("is_comparison")}
    assert one["estimated_half"] == "second"
    assert [one["n_offer"], one["n_plain"]] == [len(own[False]), len(own[True])]
    assert one["effect_difference"] == pytest.approx(own[False].mean() - own[True].mean())
    assert one["difference_low"] < 0.073 < one["difference_high"]
    assert one["shrunk_low"] < 0.062 < one["shrunk_high"]


def test_a_group_in_which_an_offer_does_harm_is_found_and_is_told_as_less():
    asks = mailed(40_000, seed=2, effect=lambda rows: np.where(
        (rows["place"] == "rural") & (rows["past"] == "women's"), -0.08, 0.02))
    found = find_differences(asks, MAIL, PLAN, ["spent"]).found
    assert found["rule"].tolist() == [(("past", "women's"), ("place", "rural"))]
    assert not found["is_more"].any()
    assert -0.15 < found["shrunk_effect"].iloc[0] < -0.05  # .1 below everybody else


@pytest.mark.parametrize("effect", [0.0, 0.03])
def test_an_offer_that_does_the_same_for_all_shows_no_group(effect):
    n_any = sum(len(find_differences(mailed(12_000, seed=seed, effect=lambda _: effect), MAIL,
                                     Plan(99, seed), ["spent"]).found) > 0
                for seed in range(10, 22))
    assert n_any <= binom.ppf(0.995, 12, 0.05)


def test_without_a_plain_version_the_first_of_several_offers_is_what_others_are_compared_with():
    asks = mailed(20_000, seed=3, effect=lambda rows: np.where(rows["past"] == "both", 0.15, 0.0))
    two = asks.assign(is_comparison=False, offer_id=np.where(asks["is_comparison"], "A/a", "A/b"))
    found = find_differences(two, MAIL, PLAN, ["spent"])
    assert list(found.arms) == ["A/b"]
    assert found.found["rule"].tolist() == [(("past", "both"),)]
    alone = find_differences(two[two["offer_id"] == "A/b"], MAIL, PLAN)
    assert (len(alone.arms), len(alone.found)) == (0, 0)


def test_an_offer_that_went_to_chosen_people_has_no_effect_to_tell():
    asks = mailed(20_000, seed=4, effect=lambda _: 0.02)
    is_rural = asks["place"] == "rural"
    chosen = asks[~(is_rural & asks["is_comparison"]) | (np.arange(len(asks)) % 2 == 0)]
    found = find_differences(chosen.reset_index(drop=True), MAIL, PLAN)
    assert found.not_random == ("A/offer",)
    assert not found.arms
    assert found.found.empty


# what the offer does ------------------------------------------------------------------------

def test_an_effect_is_against_the_plain_arm_and_an_association_against_other_offers(planted):
    offer = planted.assign(appeal_id="A", arm_code="offer", is_comparison=False)
    plain = make_asks(20_000, seed=8, truth=Truth(base_rate=0.03)).assign(
        appeal_id="A", arm_code="plain", is_comparison=True, offer_id="A/plain")
    other = make_asks(20_000, seed=9, truth=Truth(base_rate=0.03)).assign(
        appeal_id="B", arm_code="offer", is_comparison=False, offer_id="B/offer")
    asks = pd.concat([offer, plain, other], ignore_index=True)
    search = find_segments(asks, FOUR, PLAN)
    segments = estimate_segments(search)
    effects = offer_effects(search, segments, asks)
    drawn, rest = effects[effects["segment_id"] == "S1"].to_dict("records")
    assert drawn["n_plain"] == is_planted(plain).sum()  # of both halves: no search saw them
    assert drawn["difference_low"] > 0.03
    assert rest["difference_low"] < 0 < rest["difference_high"]
    lifts = lift_by_offer(search, segments, asks).set_index("offer_id")
    assert lifts.index.tolist() == ["offer", "B/offer"]
    assert lifts.loc["offer", "lift_low"] > 2
    assert lifts.loc["B/offer", "lift_low"] < 1.0 < lifts.loc["B/offer", "lift_high"]


def study_of(asks, *, event_id):
    """A study of one appeal in two arms, as study_offers would leave it."""
    arms = asks.assign(
        person_id=[f"P{i}" for i in range(len(asks))], event_id=event_id, channel_code="email",
        response_minor=pd.array([None] * len(asks), dtype="Int64"),
        offer_id=np.where(asks["is_comparison"], "A/plain", "A/offer"))
    search = find_segments(arms, FOUR, PLAN)
    segments = estimate_segments(search).assign(is_event=True)
    gifts = pd.DataFrame({"appeal_id": ["A"], "test_name": ["dinner test"], "arm_code": ["offer"],
                          "amount_minor": [100]})
    return Study(
        {"events": events()}, TERMS, CAMPAIGN, pd.DataFrame(), arms, search,
        tally_shuffled(search), segments, offer_effects(search, segments, arms),
        lift_by_offer(search, segments, arms), find_differences(arms, FOUR, PLAN),
        compare_variations(arms, gifts, n_looks=1, seed=1))


@pytest.fixture(scope="module")
def found_study(planted):
    """A study in which the planted segment is confirmed, with a plain version at random."""
    plain = make_asks(20_000, seed=8, truth=Truth(base_rate=0.03, main_power=1.0))
    asks = pd.concat([planted.assign(arm_code="offer", is_comparison=False),
                      plain.assign(arm_code="plain", is_comparison=True)], ignore_index=True)
    asks["household"] = [f"H{i}" for i in range(len(asks))]
    return study_of(asks.assign(appeal_id="A"), event_id="E001")


def shown_tables(study):
    """Every table of the brief that counts asks."""
    return {make.__name__: make(study, PROFILE) for make in (
        offer_table, confirmation_table, segment_table,
        evidence_table, map_table, effect_table, lift_table,
        variation_table)}


@pytest.mark.slow
def test_the_confirmation_plot_shows_the_group_and_everybody_else_in_both_halves(found_study):
    shown = confirmation_table(found_study, PROFILE)
    asks = found_study.asks[found_study.asks["offer_id"] == "A/offer"]
    half, is_in = assign_halves(asks["household"], PLAN.seed), is_planted(asks)
    exact = [(is_in & (half == 0)).sum(), (~is_in & (half == 0)).sum(),
             (is_in & (half == 1)).sum(), (~is_in & (half == 1)).sum()]
    assert shown["n_asked"].tolist() == [rounded_count(n, PROFILE) for n in exact]
    assert shown["in_thousand"].tolist() == [
        round(1000 * y / n) for y, n in zip(shown["n_answered"], shown["n_asked"], strict=True)]
    assert (shown["in_thousand_low"] < shown["in_thousand"]).all()


def test_an_effect_by_lot_is_shown_of_the_segment_the_rest_and_everybody(found_study):
    shown = effect_table(found_study, PROFILE)
    segment, rest, every = shown.to_dict("records")
    assert (segment["group_name"], rest["group_name"]) == (
        "Women of 40-49, west coast", "Everybody else")
    assert every["n_offer"] == 60_000
    assert every["n_plain"] == 20_000
    answered = found_study.asks.groupby("arm_code")["has_responded"].sum()
    effect = answered["offer"] / 60 - answered["plain"] / 20
    assert int(every["effect_text"].split(" (")[0]) == pytest.approx(effect, abs=1)
    assert "effect of the offer" in effect_sentence(found_study, shown)


def test_the_finding_says_what_the_tables_show(found_study):
    told = finding(found_study, plan_lengths(SURE, FREE, 200), PROFILE)
    row = segment_table(found_study, PROFILE).iloc[0]
    assert told["title"] == ("Women of 40-49, west coast, answer Dinner on the pier with Marlowe "
                             "Vance more than others do")
    assert f"{row['in_thousand']} of 1,000 of them answered" in told["bottom_line"]
    assert f"{row['elsewhere_in_thousand']} of 1,000 of everybody" in told["bottom_line"]
    assert (f"the estimate is {row['shrunk_in_thousand']} of 1,000 ("
            f"{row['shrunk_in_thousand_low']} to {row['shrunk_in_thousand_high']}), "
            in told["bottom_line"])
    measure = {one.name: one for one in offer_measures(
        found_study, plan_lengths(SURE, FREE, 200), PROFILE)}["best_rate"]
    assert [round(1000 * value) for value in (measure.value, measure.low, measure.high)] == [
        row[f"shrunk_in_thousand{end}"] for end in ("", "_low", "_high")]


@pytest.mark.parametrize(("least", "is_more"), [(300, True), (345, True), (400, False)])
def test_the_estimate_that_is_shown_is_that_of_bayes_rule_on_the_counts_shown(least, is_more):
    """350 of 1,265 answered; shares of 350 that are whole hundredths, so nothing is rounded."""
    y, n = 350, 1_265
    least = round(round(least / y, 2) * y)
    told = chosen_told(
        {"least_answered": least, "n_answered": y, "expected_rate": 0.2 if is_more else 0.4,
         "is_more": is_more}, {"in_thousand": 277, "n_answered": y, "n_asked": n},
        {"in_thousand": 100, "n_answered": 1_000, "n_asked": 10_000})

    def chance(rate, y=y, least=least):
        pmf = binom.pmf(np.arange(n + 1), n, rate)
        pmf = pmf if is_more else pmf[::-1]
        at, from_ = (y, least) if is_more else (n - y, n - least)
        return (pmf[at + 1:].sum() + pmf[at] / 2) / pmf[from_:].sum()

    tails = (0.5, 0.025, 0.975) if is_more else (0.5, 0.975, 0.025)
    for name, tail in zip(("", "_low", "_high"), tails, strict=True):
        shown = told[f"shrunk_in_thousand{name}"] / 1_000
        ends = sorted(chance(min(max(shown + step, 1e-9), 1 - 1e-9))
                      for step in (-0.0006, 0.0006))
        is_held = name == "" and told["shrunk_in_thousand"] == 200  # no less than expected
        assert is_held or ends[0] <= tail <= ends[1]
    low, rate, high = (told[f"shrunk_in_thousand{name}"] for name in ("_low", "", "_high"))
    assert low <= rate <= high
    assert rate <= 277 if is_more else rate >= 277
    assert told["difference_text"].startswith(f"+{rate - 100} (")


def test_a_group_that_only_just_stood_out_leaves_open_by_how_much():
    told = chosen_told({"least_answered": 350, "n_answered": 350, "expected_rate": 0.2,
                        "is_more": True}, {"in_thousand": 277, "n_answered": 350,
                                           "n_asked": 1_265},
                       {"in_thousand": pd.NA, "n_answered": pd.NA, "n_asked": 10_000})
    assert told["shrunk_in_thousand"] == 200  # what is expected, no less
    assert told["shrunk_in_thousand_low"] == 0
    assert told["difference_text"] == "not shown"


@pytest.mark.slow
def test_all_tables_together_give_no_hidden_count_away(found_study):
    """What adds up is known: after one round of hiding more, nothing is left to be hidden."""
    plan = ""
    for _ in range(2):
        open_ledger(plan)
        try:
            shown_tables(found_study)
            closing = close_ledger(data="made").content
        finally:
            forget_ledger()
        plan = json.dumps(closing["plan"])
    cells = {(cell["measure"], tuple(sorted(cell["dimensions"].items()))): cell["value"]
             for cell in closing["shown"]["cells"]}
    traits = {"reference_code": "A", "variation_name": "offer", **dict(PLANTED)}
    halves = [{"reference_code": "A", "variation_name": "offer", "half_name": half,
               "group_name": "women of 40-49, west coast"} for half in ("first", "second")]
    whole = cells["n_asked", tuple(sorted(traits.items()))]
    parts = [cells["n_asked", tuple(sorted(half.items()))] for half in halves]
    assert abs(whole - sum(parts)) <= 2 * PROFILE.rounding_base
    assert closing["plan"] == []


# the plan -----------------------------------------------------------------------------------

SURE = Acceptance(1e7, 9e7)  # one in ten, beyond doubt
FREE = Event(10, 1_000, 2_000, 10, 100, 0.05)


def test_a_plan_by_hand():
    plan = plan_lengths(SURE, FREE, 200).set_index("n_invited")
    n = int(plan.index[plan["is_recommended"]][0])
    chance = binom.pmf(np.arange(n + 1), n, 0.1)
    seated = float((chance * np.minimum(np.arange(n + 1), 10)).sum())
    row = plan.loc[n]
    assert row["take_minor"] == pytest.approx(1_000 * seated, abs=1)
    assert row["net_minor"] == pytest.approx(900 * seated - 2_000 - 10 * n, abs=1)
    assert row["overflow_probability"] == pytest.approx(binom.sf(10, n, 0.1), abs=1e-4)
    assert row["n_accept"] == round(n / 10)


def test_the_recommended_list_is_the_longest_within_the_risk_where_guests_pay_for_themselves():
    n = recommend_length(SURE, FREE, 200)
    assert binom.sf(10, n, 0.1) <= 0.05 < binom.sf(10, n + 1, 0.1)


def test_what_is_not_known_of_the_rate_makes_the_list_shorter_and_its_range_wider():
    unsure = Acceptance(10, 90)
    assert recommend_length(unsure, FREE, 200) < recommend_length(SURE, FREE, 200)
    known, not_known = (plan_lengths(one, FREE, 80).iloc[-1] for one in (SURE, unsure))
    assert not_known["n_accept_high"] - not_known["n_accept_low"] > (
        known["n_accept_high"] - known["n_accept_low"])


def test_the_range_holds_nine_in_ten_of_drawn_events():
    plan = plan_lengths(Acceptance(8, 92), Event(1_000, 1_000, 1, 1, 1, 0.05), 400)
    row = plan.iloc[-1]
    rng = np.random.default_rng(4)
    drawn = rng.binomial(400, rng.beta(8, 92, 40_000))
    is_in = (drawn >= row["n_accept_low"]) & (drawn <= row["n_accept_high"])
    assert is_in.mean() == pytest.approx(0.9, abs=0.02)


def test_no_event_is_recommended_that_costs_more_than_it_brings():
    dear = Event(10, 1_000, 50_000, 10, 100, 0.05)
    assert recommend_length(SURE, dear, 200) == 0
    assert not plan_lengths(SURE, dear, 200)["is_recommended"].any()


def test_longer_lists_accept_more_and_risk_more():
    plan = plan_lengths(Acceptance(30, 270), FREE, 300)
    assert plan["n_accept"].is_monotonic_increasing
    assert plan["overflow_probability"].is_monotonic_increasing
    assert plan["is_recommended"].sum() == 1


def test_whoever_answered_is_not_invited_and_the_likeliest_come_first(planted, found):
    asks = planted.assign(appeal_id="A", person_id=[f"P{i:05}" for i in range(len(planted))])
    segment = estimate_segments(found).iloc[0]
    ranked = rank_invitations(found, segment, asks, asks, contribution_minor=10_000)
    mine = asks[is_planted(asks)]
    assert set(ranked["person_id"]) == set(mine.loc[~mine["has_responded"], "person_id"])
    assert ranked["expected_take_minor"].is_monotonic_decreasing
    assert ranked["accept_probability"].mean() == pytest.approx(segment["answer_rate"], abs=0.03)
    first, last = (asks.set_index("person_id").loc[ranked["person_id"].iloc[at], "past_band"]
                   for at in (0, -1))
    assert first == "several"
    assert last in ("never", "lapsed")


def test_a_draft_names_all_sources_behind_a_person_so_that_terms_can_hold_them_back():
    tables = made_tables(300, seed=5)
    ranked = tables["people"][["person_id"]].head(3)
    draft = draft_invitations(ranked, tables["people"], tables["crosswalk"],
                              handling=("email", "events"), ask_minor=25_000)
    assert draft["source_names"].tolist() == ["voters;appeals_sent"] * 3
    assert draft["use_code"].unique().tolist() == ["fundraise"]
    assert draft["person_id"].tolist() == ranked["person_id"].tolist()
    assert draft[["source_name", "source_row", "owner_id"]].notna().all().all()


# tests by their handles -----------------------------------------------------------------------

def variation_asks():
    return pd.DataFrame({
        "appeal_id": ["A"] * 300 + ["B"] * 10, "arm_code": ["new"] * 200 + ["plain"] * 110,
        "is_comparison": [False] * 200 + [True] * 110,
        "household": [f"H{i}" for i in range(310)],
        "has_responded": [True] * 30 + [False] * 170 + [True] * 5 + [False] * 105,
        "response_minor": pd.array([1_000] * 30 + [None] * 170 + [2_000] * 5 + [None] * 105,
                                   dtype="Int64")})


def gift_rows():
    return pd.DataFrame({"appeal_id": ["A", "A", "A"], "arm_code": ["new", "new", "plain"],
                         "test_name": ["autumn letter"] * 3, "amount_minor": [1_000, -1_000, 5]})


def test_variations_are_compared_with_the_plain_one_by_their_handles():
    table = compare_variations(variation_asks(), gift_rows(), n_looks=1, seed=1)
    assert table["variation_name"].tolist() == ["new", "plain"]  # B had one version: no test
    new, plain = table.to_dict("records")
    assert new["test_name"] == "autumn letter"
    assert new["rate_difference"] == pytest.approx(30 / 200 - 5 / 100)
    assert (new["difference_low"], new["difference_high"]) == pytest.approx(
        difference_interval((30, 200), (5, 100)))
    assert new["money_per_ask_minor"] == 150
    assert new["money_per_ask_minor_low"] < 150 < new["money_per_ask_minor_high"]
    assert (new["n_gifts"], plain["n_gifts"]) == (1, 1)
    assert np.isnan(plain["rate_difference"])


def test_each_look_widens_the_interval():
    widths = []
    for n_looks in (1, 5):
        new = compare_variations(variation_asks(), gift_rows(), n_looks=n_looks, seed=1).iloc[0]
        widths.append(new["difference_high"] - new["difference_low"])
    assert widths[1] / widths[0] == pytest.approx(norm.ppf(0.995) / norm.ppf(0.975), abs=0.05)


def test_money_an_ask_is_resampled_by_household():
    rng = np.random.default_rng(3)
    home = np.repeat(np.arange(400), 2)
    money = np.repeat(np.where(rng.random(400) < 0.2, 500.0, 0.0), 2)
    mean, low, high = money_interval(money, home, np.random.default_rng(1))
    totals = money.reshape(400, 2).sum(axis=1)
    picked = rng.integers(0, 400, (4_000, 400))
    ends = np.quantile(totals[picked].sum(axis=1) / 800, [0.025, 0.975])
    assert mean == money.mean()
    assert (low, high) == pytest.approx(tuple(ends), rel=0.08)


# the brief ----------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def small_study():
    """The study of a campaign in which who answers is drawn at random."""
    tables = made_tables(5_000, seed=11)
    sent = tables["appeals_sent"]
    answers = np.random.default_rng(11).random(len(sent)) < 0.03
    tables["appeals_sent"] = sent.assign(
        has_responded=pd.array(answers, dtype="boolean"),
        response_date=sent["sent_date"].where(answers), response_minor=pd.NA)
    tables["appeals_sent"] = tables["appeals_sent"].astype({"response_minor": "Int64"})
    return study_offers(tables, CAMPAIGN, PLAN, TERMS)


def test_without_an_appeal_no_group_is_said_to_have_been_looked_at(small_study):
    none = {**small_study.tables, "appeals_sent": small_study.tables["appeals_sent"].iloc[:0]}
    study = dataclasses.replace(small_study, tables=none, asks=small_study.asks.iloc[:0])
    told = finding(study, pd.DataFrame(), PROFILE)
    assert told["title"] == "No appeal on file can tell what draws whom"
    assert "No file says who was sent which appeal" in told["bottom_line"]


def test_a_small_campaign_says_that_nothing_is_confirmed_and_drafts_no_list(small_study):
    draft = candidates(small_study, EVENT, handling=("email", "events"))
    plan, invited = plan_invitations(small_study, EVENT, draft)
    assert small_study.segments.empty
    assert finding(small_study, plan, PROFILE)["title"].startswith("No group is confirmed")
    assert (len(draft), len(plan), len(invited)) == (0, 0, 0)
    assert [m.name for m in offer_measures(small_study, plan, PROFILE)] == [
        "n_asked", "n_groups", "n_segments"]
    for shown in (segment_table(small_study, PROFILE),
                  effect_table(small_study, PROFILE),
                  lift_table(small_study, PROFILE), plan_table(plan, PROFILE)):
        assert shown.shape == (1, 1)


def test_no_cell_of_a_table_is_under_the_least(small_study):
    for shown in (offer_table(small_study, PROFILE),
                  map_table(small_study, PROFILE),
                  confirmation_table(small_study, PROFILE),
                  variation_table(small_study, PROFILE)):
        counts = pd.concat([shown["n_asked"], shown["n_answered"]]).dropna().astype(int)
        assert (counts >= PROFILE.cell_min).all()
        assert (counts % PROFILE.rounding_base == 0).all()


def test_results_are_written_in_their_contracts(small_study, tmp_path):
    draft = candidates(small_study, EVENT, handling=("email", "events"))
    plan, invited = plan_invitations(small_study, EVENT, draft)
    write_results(tmp_path, small_study, plan, invited)
    names = sorted(path.stem for path in (tmp_path / "data/results").glob("*.parquet"))
    assert names == ["invitation_plan", "invitation_ranks", "offer_effects", "offer_segments",
                     "variations"]


@pytest.mark.slow
def test_both_planted_dinners_are_found_in_a_campaign_of_two_hundred_thousand():
    """Planted: 1 % answer the plain letter, 2.2 % of earlier donors; the dinner adds 12 points."""
    tables = made_tables(200_000, seed=12)
    study = study_offers(tables, CAMPAIGN, Plan(499, 1), TERMS)
    events = study.segments[study.segments["is_event"]
                            & study.segments["rule"].map(len).gt(1)].set_index("offer_id")
    assert set(events.loc[["AP-DINNER-W/offer"], "segment_name"]) == {
        "women of 40-49, west coast"}
    assert set(events.loc[["AP-DINNER-E/offer"], "segment_name"]) == {
        "women of 40-49, east coast"}
    for one in events.to_dict("records"):
        assert one["rate_low"] < 0.131 < one["rate_high"]
    unplanned = dataclasses.replace(EVENT, capacity_people=0)
    assert candidates(study, unplanned, handling=("email", "events")).empty
    draft = candidates(study, EVENT, handling=("email", "events"))
    plan, invited = plan_invitations(study, EVENT, draft)
    assert len(invited) == plan.loc[plan["is_recommended"], "n_invited"].iloc[0] > 0
    assert plan.loc[plan["is_recommended"], "overflow_probability"].iloc[0] <= 0.05
    for shown in (segment_table(study, PROFILE), effect_table(study, PROFILE),
                  lift_table(study, PROFILE), plan_table(plan, PROFILE)):
        assert len(shown) > 1


def test_where_no_event_is_planned_nobody_is_drafted_and_the_brief_says_how(small_study):
    none = plan_event(0, {"gift": 1, "venue": 1, "invitation": 1, "guest": 1}, 0.05)
    draft = candidates(small_study, none, handling=("email", "events"))
    assert draft.empty
    plan, invited = plan_invitations(small_study, none, draft)
    assert (len(plan), len(invited)) == (0, 0)
    told = plan_sentence(SimpleNamespace(has_event=True), none, plan, PROFILE)
    assert told.startswith("No event is planned. With its capacity_people")
