"""A contact goes where it gains most votes; everybody else is asked, left alone or unknown."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import settings as budgeted
from hypothesis import strategies as st
from made_electors import (
    AS_OF,
    CAMPAIGN,
    POLLING,
    attempt,
    canonical,
    electorate,
    everywhere,
    evidence,
    many,
    person,
    scored,
)
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.errors import SettingsError, StorageError
from workbench.lists import Purpose, hold_back, open_channels
from workbench.lists.model import LIST_CHANNELS
from workbench.pages.universes.people import (
    channel_table,
    penetration_table,
    place_table,
    segment_table,
    size_table,
    size_words,
)
from workbench.pages.universes.summary import basis_words, finding, universe_measures
from workbench.pages.universes.votes import effect_words, spend_table
from workbench.settings import Disclosure
from workbench.tables import store
from workbench.voters.contacts import (
    contact_counts,
    contacts_made,
    messages_sent,
    quiet_canvassers,
    talks_words,
)
from workbench.voters.universes.budget import (
    best_universe,
    chosen_under_all,
    contact_units,
    contact_votes,
    regret_by_curve,
    spend_contacts,
    steadiest_curve,
)
from workbench.voters.universes.electors import area_rates
from workbench.voters.universes.find import (
    find_universes,
    make_assumed,
    make_choices,
    spend,
    with_upper_case,
)
from workbench.voters.universes.ranges import votes_range
from workbench.voters.universes.response import (
    CURVES,
    Response,
    added_turnout,
    net_support,
    votes_gained,
    votes_of_an_answer,
    votes_persuaded,
)

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
EFFECTS = {"door": 0.025, "phone": 0.019, "text": 0.003, "post": 0.002, "email": 0.0}
LIMITS = {"gain_min": 0.002, "unknown_low": 0.4, "unknown_high": 0.6, "unknown_width": 0.4,
          "answer_rate": 0.3, "against_share": 1.0}
DAYS = {"contact": 180, "voter_id": 540, "talk_rate": 365}
CERTAIN = {"door_low": 1.0, "door": 1.0, "door_high": 1.0,
           "phone_low": 1.0, "phone": 1.0, "phone_high": 1.0,
           "pass_on_low": 0.6, "pass_on": 0.6, "pass_on_high": 0.6}


def known(effects=EFFECTS, *, ends=None, talks=None):
    """What a contact does: without ranges, each knock and call a talk, unless it is said."""
    same = {f"{one}_{end}": effect for one, effect in effects.items() for end in ("low", "high")}
    return make_assumed(effects, {**same, **(ends or {})}, {**CERTAIN, **(talks or {})})


CHOICES = make_choices("HAR", "flat", known(), LIMITS, DAYS)
FLAT = Response("flat", EFFECTS)


def found_of(people, scores, *, channels=("door", "phone"), choices=CHOICES, **given):
    tables = electorate(people, scores, **given)
    return find_universes(tables, everywhere(people, channels), CAMPAIGN, choices)


def measures_of(found, budgets):
    spent = spend(found, budgets)
    return universe_measures(found, spent, votes_range(found, spent, seed=1))


def codes(found):
    return dict(zip(found.people["person_id"], found.people["universe_code"], strict=True))


# --- what a contact gains ---------------------------------------------------------------

@pytest.mark.parametrize("curve", [*CURVES, "average"])
def test_every_curve_adds_the_stated_effect_on_average_and_nobody_votes_twice(curve):
    turnout = pd.Series(np.linspace(0.05, 0.95, 19))
    added = added_turnout(turnout, curve, 0.025)
    assert added.mean() == pytest.approx(0.025)
    assert (added >= 0).all()
    assert (turnout + added_turnout(turnout, curve, 1.0) <= 1).all()


@pytest.mark.parametrize(("curve", "peak"), [("logit_shift", 0.5), ("often", 0.65),
                                             ("seldom", 0.35)])
def test_a_curve_is_largest_where_its_name_says(curve, peak):
    turnout = pd.Series(np.arange(0.05, 1.0, 0.05))
    added = added_turnout(turnout, curve, 0.025)
    assert turnout[added.argmax()] == pytest.approx(peak)


def test_the_logit_shift_is_worked_by_hand():
    """Shapes .25 and .09, mean .17: effects of .025 times .25 / .17 and .09 / .17."""
    added = added_turnout(pd.Series([0.5, 0.9]), "logit_shift", 0.025)
    assert added.tolist() == pytest.approx([0.025 * 25 / 17, 0.025 * 9 / 17])


def test_a_voter_of_others_costs_a_vote_and_a_third_choice_costs_less():
    assert net_support(pd.Series([0.75, 0.25])).tolist() == [0.5, -0.5]
    assert net_support(pd.Series([0.25]), 0.5).tolist() == [-0.125]


def test_net_votes_of_a_contact_are_net_support_times_added_turnout():
    electors = pd.DataFrame({"support_score": [0.8, 0.3], "turnout_score": [0.5, 0.5]})
    assert votes_gained(electors, FLAT, "door").tolist() == pytest.approx(
        [0.6 * 0.025, -0.4 * 0.025])
    assert votes_gained(electors, FLAT, "carrier pigeon").tolist() == [0, 0]


def test_a_voter_won_counts_twice_if_they_vote():
    electors = pd.DataFrame({"turnout_score": [0.5]})
    assert votes_persuaded(electors, FLAT, 0.01).tolist() == pytest.approx([0.01])


@pytest.mark.parametrize(("support", "worth"), [(0.5, 0.5), (0.7, 0.3), (0.2, 0.2), (1.0, 0.0)])
def test_an_answer_is_worth_most_at_even_chances(support, worth):
    electors = pd.DataFrame({"support_score": [support], "turnout_score": [0.5]})
    value = votes_of_an_answer(electors, FLAT, answer_rate=0.4)
    assert value.tolist() == pytest.approx([0.4 * 0.025 * worth])


# --- which universe ---------------------------------------------------------------------

@pytest.mark.parametrize(
    ("support", "width", "universe"),
    [(0.9, 0.1, "get_out_the_vote"), (0.54, 0.01, "unknown"), (0.3, 0.1, "leave_alone"),
     (0.4, 0.1, "unknown"), (0.39, 0.1, "leave_alone"), (0.55, 0.5, "unknown"),
     (0.35, 0.5, "unknown"), (0.35, 0.31, "leave_alone"), (0.75, 0.6, "get_out_the_vote")],
)
def test_a_universe_follows_from_support_and_how_sure_it_is(support, width, universe):
    people = [person(0)]
    found = found_of(people, scored("P0", support, 0.5, width=width))
    assert codes(found) == {"P0": universe}


def test_somebody_who_said_whose_they_are_is_not_unknown_until_the_answer_is_old():
    people = [person(0), person(1)]
    scores = scored("P0", 0.54, 0.5) + scored("P1", 0.54, 0.5)
    told = [attempt(2, "P0", 540, voter_id_code="2"), attempt(3, "P1", 541, voter_id_code="2")]
    found = found_of(people, scores, attempts=told)
    assert codes(found) == {"P0": "get_out_the_vote", "P1": "unknown"}


def test_a_supporter_with_a_postal_vote_is_to_return_it_and_is_done_once_it_is_in():
    people = [person(0), person(1), person(2)]
    scores = [row for n in range(3) for row in scored(f"P{n}", 0.8, 0.5)]
    register = {f"P{n}": {"is_postal_voter": n < 2} for n in range(3)}
    history = [{"source_name": "h", "source_row": 2, "voter_id": "V1", "voted_code": "post",
                "election_date": pd.Timestamp("2026-11-03"), "election_name": "Now"}]
    found = found_of(people, scores, register=register, history=history)
    assert codes(found) == {"P0": "vote_early", "P1": "leave_alone", "P2": "get_out_the_vote"}
    assert "voted" in found.electors.set_index("person_id").loc["P1", "reason_name"]


@pytest.mark.parametrize(
    ("floor", "universe"), [(0.01, "get_out_the_vote"), (0.0151, "leave_alone")])
def test_a_contact_that_gains_less_than_the_floor_is_not_made(floor, universe):
    """Support 0.8, flat curve: 0.6 x 0.025 = 0.015 net votes."""
    limits = {**LIMITS, "gain_min": floor}
    choices = make_choices("HAR", "flat", known(), limits, DAYS)
    assert codes(found_of([person(0)], scored("P0", 0.8, 0.5), choices=choices)) == {
        "P0": universe}


def test_persuasion_follows_tests_only_and_otherwise_an_upper_case_says_what_it_would_be():
    people = [person(0), person(1), person(2)]
    scores = (scored("P0", 0.8, 0.5, persuasion=0.05) + scored("P1", 0.3, 0.5, persuasion=0.05)
              + scored("P2", 0.3, 0.5))
    found = found_of(people, scores)
    assert codes(found) == {"P0": "both", "P1": "persuade", "P2": "leave_alone"}
    upper = with_upper_case(found, 0.05)
    assert codes(upper)["P2"] == "persuade"
    none = with_upper_case(found, 0.0)
    assert set(none.electors["universe_code"]) == {"get_out_the_vote", "leave_alone"}


def test_someone_of_age_on_no_register_is_to_register_and_minors_and_the_ageless_are_not():
    ages = [{"birth_date": pd.Timestamp("2008-11-03")}, {"birth_date": pd.Timestamp("2008-11-04")},
            {"birth_year": 2008}, {"birth_year": 2007}, {}]
    people = [person(9)] + [
        {**person(n), "birth_year": None, "is_elector": False, "area_id": None, "seat_id": None,
         **age} for n, age in enumerate(ages)]
    found = found_of(people, scored("P9", 0.8, 0.5))
    assert codes(found) == {"P9": "get_out_the_vote", "P0": "register", "P3": "register"}
    others = found.others.set_index("person_id")
    assert others.loc["P0", "seat_id"] == "S1"
    assert others["votes_gained"].isna().all()


@pytest.mark.parametrize(("row", "n"), [({"status_code": "removed"}, 0),
                                        ({"attains_date": pd.Timestamp("2026-11-04")}, 0),
                                        ({"attains_date": pd.Timestamp("2026-11-03")}, 1)])
def test_who_may_not_vote_on_polling_day_is_in_no_universe(row, n):
    found = found_of([person(0)], scored("P0", 0.8, 0.5), register={"P0": row})
    assert len(found.people) == n


def test_a_universe_is_ranked_by_gain_and_everybody_is_in_one():
    people = [person(n) for n in range(6)]
    scores = [row for n in range(6) for row in scored(f"P{n}", 0.65 + n / 20, 0.5)]
    found = found_of(people, scores)
    ranked = found.electors.sort_values("rank_number")
    assert ranked["rank_number"].tolist() == [1, 2, 3, 4, 5, 6]
    assert ranked["person_id"].tolist() == ["P5", "P4", "P3", "P2", "P1", "P0"]
    assert found.people["person_id"].is_unique


# --- what is not known ------------------------------------------------------------------

RESULTS_BY_AREA = [
    {"source_name": "a", "source_row": i, "area_id": "A1", "party_code": party, "n_votes": votes,
     "election_date": pd.Timestamp(day)}
    for i, (day, party, votes) in enumerate(
        [("2022-11-08", "HAR", 10), ("2022-11-08", "CRW", 90), ("2024-11-05", "HAR", 90),
         ("2024-11-05", "CRW", 10)])]
AREAS = [{"source_name": "a", "source_row": 2, "area_id": "A1", "ward_id": "W1",
          "area_type_code": "polling_district", "turnout_registered_share": 0.6}]


def test_without_a_score_the_last_result_of_the_area_stands_in_and_the_brief_says_so():
    found = found_of([person(0)], [], areas=AREAS, area_results=RESULTS_BY_AREA)
    elector = found.electors.iloc[0]
    assert (elector["support_score"], elector["turnout_score"]) == (0.9, 0.6)
    assert elector["basis_code"] == "area"
    many_of = found_of([person(n) for n in range(20)], [], areas=AREAS,
                       area_results=RESULTS_BY_AREA)
    words = basis_words(many_of, PROFILE)
    assert "20 by last result of their area" in words


def test_without_area_results_the_mean_of_all_scores_stands_in():
    found = found_of([person(0), person(1)], scored("P0", 0.8, 0.5))
    assert found.electors["basis_code"].tolist() == ["own", "everybody"]
    assert found.electors["support_score"].tolist() == pytest.approx([0.8, 0.8])


def test_without_anything_everybody_is_unknown_and_the_title_says_why():
    found = found_of([person(0), person(1)], [])
    assert set(found.electors["universe_code"]) == {"unknown"}
    spent = spend(found, {"door": 100})
    assert spent.empty
    assert finding(found, [], PROFILE)["title"] == (
        "There are no scores to choose people by")


def test_where_the_gate_cannot_tell_everybody_is_left_alone_and_the_title_says_so():
    found = found_of([person(0)], scored("P0", 0.9, 0.5), channels=())
    assert codes(found) == {"P0": "leave_alone"}
    words = finding(found, [], PROFILE, refusal="No.")
    assert "lets nobody be contacted" in words["title"]


def test_area_rates_leave_out_an_area_where_nobody_voted():
    empty = canonical("area_results", [{**RESULTS_BY_AREA[3], "area_id": "A2", "n_votes": 0}])
    rates = area_rates(empty, canonical("areas", AREAS), party_code="HAR").set_index("area_id")
    assert rates["support_score"].isna().all()
    assert rates.loc["A1", "turnout_score"] == 0.6


def test_a_party_that_no_result_names_has_no_share_and_not_none_of_the_votes():
    rows = [RESULTS_BY_AREA[2], {**RESULTS_BY_AREA[2], "area_id": "A2", "party_code": "CRW"}]
    table = canonical("area_results", rows)
    other = area_rates(table, canonical("areas", AREAS), party_code="ZZZ")
    assert other["support_score"].isna().all()
    ours = area_rates(table, canonical("areas", AREAS), party_code="CRW").set_index("area_id")
    assert ours["support_score"].loc[["A1", "A2"]].tolist() == [0.0, 1.0]


def test_universes_by_scores_that_failed_are_not_planned_on():
    found = found_of([person(i) for i in range(60)],
                     [row for i in range(60) for row in scored(f"P{i}", 0.9, 0.5)])
    measures = measures_of(found, {"door": 100})
    usual = finding(found, measures, PROFILE)
    assert usual["title"].startswith("60 electors are worth a reminder")
    told = finding(found, measures, PROFILE, failed=("turnout",))
    assert told["title"] == (
        "Do not plan on these universes yet: the turnout score failed its own test")
    assert "budget of contacts rests on" in told["decision"]


def test_a_canvass_that_ended_before_the_period_counts_nobody_as_not_talked_to():
    rows = [attempt(i, f"P{i}", 400 + i) for i in range(40)]
    found = found_of([person(i) for i in range(60)],
                     [row for i in range(60) for row in scored(f"P{i}", 0.9, 0.5)],
                     attempts=rows)
    shares = {one.name: one.value for one in measures_of(found, {"door": 100})}
    assert shares["untouched_share"] is None
    assert "n_none" not in place_table(found, PROFILE, place_column="seat_id",
                                                 n_places=3)
    shown = penetration_table(found, PROFILE)
    assert not {"none_share", "one_share", "two_or_more_share"} & set(shown.columns)
    told = talks_words(found.contacts, as_of=AS_OF, since_days=180)
    assert told == ("Knocks and calls on file end in August 2025, 13 months before the day of "
                    "the build.")


def test_scores_that_were_never_made_are_asked_for(tmp_path):
    with pytest.raises(StorageError, match="scores.parquet is not there. Run 'dvc repro scores'"):
        store.read(tmp_path, "scores")


@pytest.mark.parametrize(
    ("change", "message"),
    [({"curve_code": "logitshift"}, "curve_code cannot be 'logitshift'. Did you mean"),
     ({"limits": {**LIMITS, "gain_mim": 1}}, "unknown key 'gain_mim'. Did you mean 'gain_min'"),
     ({"limits": {**LIMITS, "unknown_low": 0.7}}, "unknown_low is over unknown_high"),
     ({"limits": {**LIMITS, "answer_rate": 30}}, "answer_rate is 30"),
     ({"limits": {**LIMITS, "gain_min": -1}}, "gain_min is under 0"),
     ({"limits": {**LIMITS, "against_share": 2}}, "against_share is 2"),
     ({"days": {**DAYS, "contact": -1}}, "days.contact is -1")],
)
def test_a_choice_that_cannot_be_is_refused_with_the_cure(change, message):
    given = {"party_code": "HAR", "curve_code": "flat", "assumptions": known(),
             "limits": LIMITS, "days": DAYS, **change}
    with pytest.raises(SettingsError, match=message):
        make_choices(**given)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"effects": {**EFFECTS, "door": 2.5}}, "effects: door is 2.5, and door_low and door_high"),
     ({"effects": {"door": 0.1}}, "effects lacks 'phone'"),
     ({"ends": {"door_high": 0.01}}, "and door_low and door_high are 0.025 and 0.01"),
     ({"ends": {"door_hihg": 0.01}}, "unknown key 'door_hihg'. Did you mean 'door_high'"),
     ({"talks": {"dor": 1}}, "unknown key 'dor'. Did you mean 'door'"),
     ({"talks": {"phone_low": 1.2}}, "phone_low and phone_high are 1.2 and 1"),
     ({"talks": {"pass_on": -0.1}}, "pass_on is -0.1")],
)
def test_an_assumption_that_cannot_be_is_refused_with_the_cure(change, message):
    with pytest.raises(SettingsError, match=message):
        known(**change)


# --- a budget ---------------------------------------------------------------------------

def test_one_knock_reaches_a_home_and_gains_add_within_it():
    people = pd.DataFrame({"person_id": ["a", "b", "c", "d"], "is_reachable": [1, 1, 1, 0],
                           "household_id": ["h", "h", None, "h"]})
    units = contact_units(people, pd.Series([0.03, -0.01, 0.01, 9.0]), by_home=True)
    assert units.to_dict("list") == {"unit_id": ["P:c", "h"], "n_people": [1, 2],
                                     "votes_gained": pytest.approx([0.01, 0.02])}




@drawn(st.lists(st.floats(-1, 1), max_size=8), st.integers(0, 10))
@budgeted(max_examples=60, deadline=None)
def test_no_other_choice_of_as_many_contacts_gains_more(gains, budget):
    units = pd.DataFrame({"unit_id": [f"u{i}" for i in range(len(gains))], "n_people": 1,
                          "votes_gained": np.array(gains, dtype="float64")})
    ours = best_universe(units, budget)["votes_gained"].sum()
    best = max(sum(part) for k in range(min(budget, len(gains)) + 1)
               for part in itertools.combinations(gains, k))
    assert ours == pytest.approx(best)


def test_where_costs_differ_the_most_votes_for_the_money_come_first():
    units = pd.DataFrame({"unit_id": ["a", "b", "c"], "n_people": 1, "price": [10, 1, 1],
                          "votes_gained": [0.9, 0.5, 0.1]})
    assert best_universe(units, 2, cost="price")["unit_id"].tolist() == ["b", "c"]
    assert best_universe(units, 12, cost="price")["unit_id"].tolist() == ["b", "c", "a"]


def test_a_budget_of_nothing_buys_nothing_and_one_over_everybody_stops_at_those_who_gain():
    electors = many(500, seed=1)
    everyone = everywhere([{"person_id": p} for p in electors["person_id"]])
    none = spend_contacts(electors, everyone, FLAT, {"door": 0, "phone": 0})
    assert none.empty
    assert none.columns.tolist() == ["channel_code", "unit_id", "n_people", "votes_gained"]
    all_doors = spend_contacts(electors, everyone, FLAT, {"door": 10**9})
    assert (all_doors["votes_gained"] > 0).all()
    assert len(all_doors) < electors["household_id"].nunique()
    with pytest.raises(SettingsError, match="Give 0 or more"):
        spend_contacts(electors, everyone, FLAT, {"door": -1})
    with pytest.raises(SettingsError, match="names 'fax'"):
        spend_contacts(electors, everyone, FLAT, {"fax": 1})


def test_nobody_is_contacted_by_two_channels_and_only_where_one_is_open():
    electors = many(300, seed=2)
    doors = everywhere([{"person_id": p} for p in electors["person_id"][:100]], ["door"])
    phones = everywhere([{"person_id": p} for p in electors["person_id"][50:]], ["phone"])
    spent = spend_contacts(electors, pd.concat([doors, phones]), FLAT,
                                     {"phone": 40, "door": 10})
    by_door = set(spent.loc[spent["channel_code"] == "door", "unit_id"])
    called = set(spent.loc[spent["channel_code"] == "phone", "unit_id"])
    first = electors.iloc[:100]
    knocked = set(first.loc[first["household_id"].isin(by_door), "person_id"])
    assert len(by_door) == 10
    assert len(called) == 40
    assert called <= set(electors["person_id"][50:])
    assert called & knocked == set()


CHANNELS = ("door", "phone", "text")


def market_of(seed):
    """Up to eight people of a few homes, what is open to them, and budgets."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    electors = pd.DataFrame({
        "person_id": [f"P{place}" for place in range(n)],
        "household_id": [f"H{home}" for home in rng.integers(0, 4, n)],
        "support_score": rng.uniform(0.05, 0.95, n), "turnout_score": rng.uniform(0.05, 0.95, n),
        "is_reachable": True})
    pairs = [(f"P{place}", channel) for place in range(n) for channel in CHANNELS
             if rng.random() < 0.6]
    budgets = {channel: int(rng.integers(0, 5)) for channel in CHANNELS}
    return electors, pd.DataFrame(pairs, columns=["person_id", "channel_code"]), budgets


def reached(electors, pairs, spent):
    """The people whom each contact reaches, a list a contact."""
    return [[p for p, home in zip(electors["person_id"], electors["household_id"], strict=True)
             if (home if one.channel_code == "door" else p) == one.unit_id
             and (pairs == [p, one.channel_code]).all(axis=1).any()]
            for one in spent.itertuples()]


def _of_a_talk(n_home):
    """One of the home is talked to, and passes 60 % on to each of the others."""
    return 1 / n_home + 0.6 * (n_home - 1) / n_home


def best_of_all(electors, pairs, budgets):
    """The most votes of any assignment, by integer programming over every possible contact."""
    options = []
    for channel in CHANNELS:
        there = electors[electors["person_id"].isin(
            pairs.loc[pairs["channel_code"] == channel, "person_id"])]
        votes = votes_gained(electors, SHARED, channel)
        key = "household_id" if channel == "door" else "person_id"
        options += [(channel, rows.index, votes[rows.index].sum() * _of_a_talk(len(rows)))
                    for _, rows in there.groupby(key)]
    limits = [[channel == option[0] for option in options] for channel in CHANNELS]
    once = [[place in option[1] for option in options] for place in electors.index]
    if not options:
        return 0.0
    found = milp(-np.array([votes for *_, votes in options]), integrality=1, bounds=Bounds(0, 1),
                 constraints=LinearConstraint(np.array([*limits, *once], dtype=float), ub=[
                     *[budgets[channel] for channel in CHANNELS], *[1] * len(electors)]))
    return -found.fun


SHARED = Response("flat", {"door": 0.03, "phone": 0.02, "text": 0.01})


@pytest.mark.slow
@budgeted(max_examples=25, deadline=None)
@drawn(st.integers(0, 10**6))
def test_contacts_keep_to_budgets_and_reach_nobody_twice(seed):
    electors, pairs, budgets = market_of(seed)
    spent = spend_contacts(electors, pairs, SHARED, budgets)
    by_channel = spent["channel_code"].value_counts()
    assert all(by_channel.get(channel, 0) <= budgets[channel] for channel in CHANNELS)
    people = reached(electors, pairs, spent)
    everybody = [one for contact in people for one in contact]
    assert len(everybody) == len(set(everybody))
    assert [len(contact) for contact in people] == spent["n_people"].tolist()
    assert (spent["votes_gained"] > 0).all()
    turned = electors.iloc[::-1].reset_index(drop=True)
    again = spend_contacts(turned, pairs, SHARED, budgets)
    pd.testing.assert_frame_equal(again, spent)


@pytest.mark.slow
def test_contacts_gain_nearly_the_most_that_integer_programming_finds():
    shares = []
    for seed in range(60):
        electors, pairs, budgets = market_of(seed)
        best = best_of_all(electors, pairs, budgets)
        votes = spend_contacts(electors, pairs, SHARED, budgets)["votes_gained"].sum()
        assert votes <= best + 1e-9
        shares += [votes / best] if best > 1e-9 else []
    assert np.mean(shares) > 0.99
    assert np.mean(np.array(shares) > 1 - 1e-9) > 0.95


def test_channels_share_people_out_where_the_first_would_take_those_of_the_second():
    electors = pd.DataFrame({
        "person_id": ["A", "B"], "household_id": ["H1", "H2"], "support_score": [0.9, 0.85],
        "turnout_score": 0.5, "is_reachable": True})
    pairs = pd.DataFrame({"person_id": ["A", "A", "B"],
                          "channel_code": ["door", "phone", "door"]})
    spent = spend_contacts(electors, pairs, SHARED, {"door": 1, "phone": 1})
    assert spent[["channel_code", "unit_id"]].to_numpy().tolist() == [["door", "H2"],
                                                                      ["phone", "A"]]


def test_a_universe_of_one_is_contacted_and_shown_to_nobody():
    found = found_of([person(0)], scored("P0", 0.8, 0.5))
    assert spend(found, {"door": 5})["n_people"].tolist() == [1]
    assert size_table(found, PROFILE)["n_people"].isna().all()
    measures = measures_of(found, {"door": 5})
    assert "Hardly anybody" in finding(found, measures, PROFILE)["title"]
    words = size_words(size_table(found, PROFILE), place="Ely")
    assert "too small to show" in words["title"]


# --- against simpler choices, and against other curves ------------------------------------

def chosen(electors, response, budget, channel="door"):
    """The contacts of a budget, as the stage chooses them, by unit."""
    pairs = everywhere([{"person_id": p} for p in electors["person_id"]], [channel])
    return spend_contacts(electors, pairs, response, {channel: budget})


@pytest.mark.parametrize("curve", [*CURVES, "average"])
def test_with_true_scores_the_choice_beats_support_or_turnout_alone(curve):
    electors, response = many(4000, seed=3), Response(curve, EFFECTS)
    gain = votes_gained(electors, response, "phone")
    ours = chosen(electors, response, 400, "phone")["votes_gained"].sum()
    assert ours == pytest.approx(gain.nlargest(400).sum())
    naive = {"support": electors["support_score"],
             "turnout": -(electors["turnout_score"] - 0.5).abs()}
    for order in naive.values():
        assert gain[order.nlargest(400).index].sum() < ours


def test_scores_that_err_little_keep_95_percent_of_the_best_possible():
    """Errors of 5 points in both scores, at budgets of a twentieth to half of all."""
    truth, rng = many(20_000, seed=4), np.random.default_rng(5)
    seen = truth.assign(
        support_score=(truth["support_score"] + rng.normal(0, 0.05, len(truth))).clip(0, 1),
        turnout_score=(truth["turnout_score"] + rng.normal(0, 0.05, len(truth))).clip(0, 1))
    response = Response("logit_shift", EFFECTS)
    true_gain = votes_gained(truth, response, "phone").set_axis(truth["person_id"])
    for budget in (1000, 3000, 10_000):
        best = true_gain.nlargest(budget).clip(lower=0).sum()
        ours = true_gain[chosen(seen, response, budget, "phone")["unit_id"]].sum()
        assert ours / best >= 0.95


def test_a_choice_loses_nothing_under_its_own_curve_and_the_steadiest_loses_least_at_worst():
    regret = regret_by_curve(many(4000, seed=6), FLAT, budget=400)
    by_curve = regret.set_index("curve_code")
    for code in CURVES:
        assert by_curve.loc[code, f"{code}_share"] == pytest.approx(0)
    lost = [f"{code}_share" for code in CURVES]
    assert (by_curve[lost] >= -1e-12).all().all()
    steadiest = steadiest_curve(regret)
    assert by_curve.loc[steadiest, "most_share"] == by_curve["most_share"].min()


def test_a_door_that_every_curve_chooses_is_firm():
    electors = pd.DataFrame({
        "person_id": list("abcd"), "household_id": list("ABCD"), "is_reachable": True,
        "support_score": [0.95, 0.7, 0.7, 0.2], "turnout_score": [0.5, 0.65, 0.35, 0.5]})
    chosen = chosen_under_all(electors, FLAT, budget=2).set_index("unit_id")
    assert chosen.loc["A", "n_curves"] == len(CURVES)
    assert chosen.loc[["B", "C"], "n_curves"].max() < len(CURVES)


def test_a_knock_is_one_talk_at_most_and_homes_pass_a_part_on():
    """Flat curve, effect .025, half of the knocks a talk. A home of two with net support .6 and
    .2: one of them, each as likely, and .6 of the effect to the other:
    .025 x .5 x (.6 + .2) x (1 + .6) / 2 = .008. Alone with .6: .025 x .5 x .6 = .0075."""
    electors = pd.DataFrame({
        "person_id": list("abc"), "household_id": ["H", "H", "J"], "is_reachable": True,
        "support_score": [0.8, 0.6, 0.8], "turnout_score": 0.5})
    response = Response("flat", EFFECTS, talk_rates={"door": 0.5, "phone": 0.25})
    doors = chosen(electors, response, 2).set_index("unit_id")["votes_gained"]
    assert doors.to_dict() == pytest.approx({"H": 0.008, "J": 0.0075})
    calls = chosen(electors, response, 1, "phone")["votes_gained"]
    assert calls.tolist() == pytest.approx([0.019 * 0.25 * 0.6])
    letter = contact_votes(electors, response, "post")
    assert letter.tolist() == pytest.approx([0.002 * 0.6, 0.002 * 0.2, 0.002 * 0.6])


def test_a_door_of_many_is_no_longer_worth_as_many_talks():
    """Ten strong supporters behind one door, one behind each of ten others: at a talk a door,
    1 + .6 x 9 = 6.4 votes' worth of effect stand against 1, not 10."""
    electors = pd.DataFrame({
        "person_id": [f"P{n}" for n in range(20)], "is_reachable": True,
        "household_id": ["many"] * 10 + [f"H{n}" for n in range(10)],
        "support_score": 1.0, "turnout_score": 0.5})
    units = chosen(electors, Response("flat", {"door": 0.01}), 2).set_index("unit_id")
    assert units.loc["many", "votes_gained"] == pytest.approx(0.064)


def range_of(found, budgets, seed=1):
    table = votes_range(found, spend(found, budgets), seed=seed).set_index("channel_code")
    return table.loc["all", ["votes_low", "votes_gained", "votes_high"]].astype(float).tolist()


def homes_of_one(n=40, **given):
    scores = [r for i in range(n) for r in scored(f"P{i}", 0.9, 0.5)]
    return found_of([person(i) for i in range(n)], scores, **given)


def test_without_ranges_the_votes_are_what_every_curve_predicts():
    """All at turnout .5, so all curves agree: 10 x .8 x .025 = .2."""
    assert range_of(homes_of_one(), {"door": 10}) == pytest.approx([0.2, 0.2, 0.2])
    assert range_of(homes_of_one(), {"door": 0}) == [0.0, 0.0, 0.0]


def test_the_range_carries_the_error_of_the_effect_and_of_the_talk_rate():
    """The effect alone, .01 to .06: the ends are 10 x .8 times these, to the error of 4,000
    draws. With a talk rate of .2 to .6 on top it is wider than either."""
    far = {"door_low": 0.01, "door_high": 0.06}
    only = make_choices("HAR", "flat", known(ends=far), LIMITS, DAYS)
    ends = range_of(homes_of_one(choices=only), {"door": 10})
    assert ends == pytest.approx([0.08, 0.2, 0.48], rel=0.1)
    talks = {"door_low": 0.2, "door": 0.4, "door_high": 0.6}
    both = make_choices("HAR", "flat", known(ends=far, talks=talks), LIMITS, DAYS)
    low_end, middle, high_end = range_of(homes_of_one(choices=both), {"door": 10})
    assert middle == pytest.approx(0.08)
    assert low_end / middle < 0.08 / 0.2
    assert high_end / middle > 0.48 / 0.2


def test_the_range_holds_what_each_curve_predicts():
    people = [person(n) for n in range(40)]
    scores = [r for n in range(40) for r in scored(f"P{n}", 0.9 - n / 80, 0.1 + n / 50)]
    found = found_of(people, scores)
    low, middle, high = range_of(found, {"door": 10})
    assert low < middle < high


def test_the_campaigns_own_knocks_set_how_many_votes_are_promised():
    """300 knocks, 90 talks: three tenths of 10 x .8 x .025."""
    rows = [attempt(i, f"P{i}", 3, **({} if i < 90 else {"result_code": "not_home"}))
            for i in range(300)]
    found = homes_of_one(300, attempts=rows)
    assert range_of(found, {"door": 10})[1] == pytest.approx(0.06)
    assert "counted from the campaign's own on file" in effect_words(found)
    assert "Of knocks, 30% lead to a talk" in effect_words(found)
    shown = found.electors["knock_votes_gained"]
    assert shown.tolist() == pytest.approx([0.3 * 0.8 * 0.025] * 300)


def test_each_channel_is_shown_by_contact_and_by_talk():
    """40 doors at three tenths, .02 votes a talk: 12 talks and .24 votes for 160.00."""
    talks = {"door_low": 0.3, "door": 0.3, "door_high": 0.3}
    choices = make_choices("HAR", "flat", known(talks=talks), LIMITS, DAYS)
    found = homes_of_one(choices=choices)
    spent = spend(found, {"door": 100})
    row = spend_table(spent, votes_range(found, spent, seed=1), {"door": 400}, PROFILE).iloc[0]
    assert row["n_contacts"] == 40
    assert row["n_talks"] == 12
    assert row["votes_gained"] == pytest.approx(0.2)  # .24, to a tenth
    assert row["contact_votes"] == 6
    assert row["talk_votes"] == 20
    assert row["talk_cost_minor"] == pytest.approx(16_000 / 12, rel=0.01)
    assert row["vote_cost_minor"] == pytest.approx(16_000 / 0.24, rel=0.01)


def test_messages_are_counted_from_the_contacts_that_are_shown():
    """43 texts are shown as 45: as talks or messages they are 45 too, and not 43."""
    found = homes_of_one(43, channels=("text",))
    spent = spend(found, {"text": 100})
    assert len(spent) == 43
    row = spend_table(spent, votes_range(found, spent, seed=1), {"text": 8}, PROFILE).iloc[0]
    assert row[["n_contacts", "n_talks"]].tolist() == [45, 45]


# --- channels and contacts ----------------------------------------------------------------

def test_a_channel_is_open_only_where_the_gate_and_the_consent_say_so():
    people = [person(0, phone="2915550001"), person(1), person(2, address_line=None),
              person(3, source_names="r;s", phone="2915550003")]
    tables = electorate(people)
    stop = [{"person_id": "P3", "scope_code": "door", "voter_id": "V3"}]
    yes = [{"person_id": "P1", "channel_code": "text", "phone": "2915550009",
            "has_consented": True, "consent_date": pd.Timestamp("2026-01-01")}]
    found = open_channels(tables["people"], evidence(tables, stop, yes), CAMPAIGN,
                          use_code="get_out_the_vote")
    by_person = found.groupby("person_id")["channel_code"].apply(set).to_dict()
    assert by_person == {"P0": {"door", "post", "phone"}, "P1": {"door", "post", "text"},
                         "P3": {"phone", "post", "social"}}


@pytest.mark.slow
def test_everybody_at_once_is_judged_as_each_person_and_channel_alone():
    """Thirty people, twenty closed in some way, consents old and new: 150 questions one by one."""
    rng = np.random.default_rng(7)
    people = [person(n, phone=f"291555{n:04d}" if n % 3 else None, postcode=f"1111{n % 4}",
                     birth_year=[1980, 2008, None][n % 5 % 3], last_name=f"N{n % 9}",
                     address_line=None if n % 7 == 0 else "1 Mill Lane",
                     source_names=["r", "r;m", "r;s", "gone"][n % 11 % 4]) for n in range(30)]
    tables = electorate(people)
    stops = [{"person_id": f"P{rng.integers(30)}" if n % 2 else None, "first_name": "Ada",
              "last_name": f"N{rng.integers(9)}", "phone": f"(291) 555-{rng.integers(30):04d}",
              "scope_code": rng.choice(["door", "phone", "email", "all"]),
              "reason_code": rng.choice(["moved", "deceased", "objected", "do_not_contact"])}
             for n in range(20)]
    said = [{"person_id": f"P{rng.integers(30)}", "channel_code": rng.choice(["text", "email"]),
             "phone": f"291555{rng.integers(30):04d}", "email": f"a{n}@example.org",
             "has_consented": bool(n % 4), "consent_date": pd.Timestamp(f"2026-01-{1 + n % 28}")}
            for n in range(60)]
    known = evidence(tables, stops, said)
    found = open_channels(tables["people"], known, CAMPAIGN, use_code="get_out_the_vote")
    listed = found[found["channel_code"] != "social"]
    at_once = set(zip(listed["person_id"], listed["channel_code"], strict=True))
    alone = {(one["person_id"], channel) for one in people for channel in LIST_CHANNELS
             if is_open_alone(one, channel, said, known)}
    assert at_once == alone
    assert {channel for _, channel in alone} == set(LIST_CHANNELS)
    assert len(alone) < 30 * len(LIST_CHANNELS) / 2


def is_open_alone(one, channel, said, known):
    """Whether the gate lets this one person through; a text goes to the number of their yes."""
    if channel in ("door", "post") and one["address_line"] is None:
        return False
    row = {"email": None, **one, "owner_id": "-"}
    yes = [c for c in said if (c["person_id"], c["channel_code"]) == (one["person_id"], channel)
           and c["has_consented"]]
    contact = {"text": "phone", "email": "email"}.get(channel)
    if yes and contact:
        row[contact] = max(yes, key=lambda c: (c["consent_date"], c[contact]))[contact]
    texts = ["person_id", "owner_id", "source_names", "voter_id", "first_name", "last_name",
             "postcode", "phone", "email"]
    frame = pd.DataFrame([row])[texts].astype("str")
    aim = Purpose("reach", channel, "get_out_the_vote", AS_OF, POLLING, 18)
    return len(hold_back(frame, aim, known).rows) == 1


def test_no_consent_means_no_text_and_no_screen():
    people = [person(n) for n in range(60)]
    scores = [row for n in range(60) for row in scored(f"P{n}", 0.8, 0.5)]
    found = found_of(people, scores)
    row = channel_table(found, PROFILE).iloc[0]
    assert row["door_share"] == 1
    assert row["no_screen_share"] == 1
    assert pd.isna(row["text_share"])


def test_contacts_count_talks_of_the_period_and_a_message_is_none():
    people = [person(0), person(1)]
    attempts = [attempt(2, "P0", 10), attempt(3, "P0", 180), attempt(4, "P0", 181),
                attempt(5, "P0", 5, result_code="not_home"),
                attempt(6, "P1", 1, channel_code="phone")]
    tables = electorate(people, attempts=attempts)
    sent = [{"source_name": "x", "source_row": n, "send_id": f"S{n}", "channel_code": "text",
             "arm_code": arm, "sent_date": pd.Timestamp("2026-09-01")}
            for n, arm in ((1, "treatment"), (2, "control"))]
    links = [{**attempts[0][1], "source_name": "x", "source_row": n, "person_id": "P1"}
             for n in (1, 2)]
    tables["appeals_sent"] = canonical("appeals_sent", sent)
    tables["crosswalk"] = pd.concat([tables["crosswalk"], canonical("crosswalk", links)])
    made = pd.concat([contacts_made(tables), messages_sent(tables)])
    counts = contact_counts(tables["people"], made, as_of=AS_OF, since_days=180)
    counts = counts.set_index("person_id")
    assert counts.loc["P0", ["n_door", "n_contacts"]].tolist() == [2, 2]
    assert counts.loc["P1", ["n_phone", "n_text", "n_contacts"]].tolist() == [1, 1, 1]


@pytest.mark.parametrize(("days_ago", "n_quiet"), [([14, 30], 0), ([15, 30], 1), ([74], 1),
                                                   ([75], 0)])
def test_a_canvasser_is_silent_after_two_weeks_without_an_entry(days_ago, n_quiet):
    attempts = [attempt(n, "P0", ago, canvasser_id="V7", office_id=f"F{ago}")
                for n, ago in enumerate(days_ago)]
    contacts = contacts_made(electorate([person(0)], attempts=attempts))
    quiet = quiet_canvassers(contacts, as_of=AS_OF, quiet_days=14, active_days=60)
    assert len(quiet) == n_quiet
    if n_quiet:
        assert quiet.loc[0, "n_entries"] == len(days_ago)
        assert quiet.loc[0, "office_id"] == f"F{min(days_ago)}"


# --- what is shown --------------------------------------------------------------------------

def test_tables_hide_small_groups_and_everybody_is_counted_once():
    people = [person(n, seat_id="S1" if n < 55 else "S2") for n in range(60)]
    scores = [r for n in range(60) for r in scored(f"P{n}", 0.8 if n < 50 else 0.2, 0.5)]
    found = found_of(people, scores, attempts=[attempt(2, "P0", 3)])
    sizes = size_table(found, PROFILE).set_index("universe_name")["n_people"]
    assert sizes["Get out the vote"] == 50
    assert sizes["Leave alone"] == 10
    assert "Persuade" not in sizes
    places = place_table(found, PROFILE, place_column="seat_id", n_places=5)
    assert places["place"].tolist() == ["S1", "S2"]
    assert places.loc[0, ["n_people", "n_get_out_the_vote", "n_none"]].tolist() == [
        55, 50, 50]
    assert pd.isna(places.loc[1, "n_people"])
    shown = segment_table(found, PROFILE).set_index("segment_name")
    assert shown.loc["Supporters now and then", "support_share"] == pytest.approx(0.8)


def test_the_files_hold_the_agreed_columns_whatever_the_order_of_the_rows(tmp_path):
    people = [person(n) for n in range(30)]
    scores = [row for n in range(30) for row in scored(f"P{n}", n / 30, 0.5)]
    for name, order in (("one", people), ("two", people[::-1])):
        tables = electorate(order, scores)
        found = find_universes(tables, everywhere(people), CAMPAIGN, CHOICES)
        store.write(tmp_path / name, "universes", found.people.sort_values("person_id"))
    one, two = (tmp_path / name / "data/universes/universes.parquet" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_reason_is_in_words_and_tells_no_score():
    people = [person(n) for n in range(30)]
    scores = [row for n in range(30) for row in scored(f"P{n}", n / 30, n / 31)]
    reasons = found_of(people, scores).people["reason_name"]
    assert not reasons.str.contains(r"\d").any()
    assert (reasons.str.len() > 10).all()


def test_headlines_name_what_they_measure():
    people = [person(n) for n in range(60)]
    found = found_of(people, [r for n in range(60) for r in scored(f"P{n}", 0.8, 0.5)])
    measures = {m.name: m for m in measures_of(found, {"door": 20})}
    assert measures["n_remind"].value == 60
    assert measures["votes_gained"].value == pytest.approx(20 * 0.6 * 0.025)
    assert measures["untouched_share"].value == 1
    assert dataclasses.asdict(measures["n_leave_alone"])["value"] == 0

