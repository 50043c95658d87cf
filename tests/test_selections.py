"""Tonight's doors: each once, in street order, nobody whom the gate or a late contact closes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import settings as budgeted
from hypothesis import strategies as st
from made_electors import AS_OF, CAMPAIGN, POLLING, attempt, electorate, evidence, person

from workbench.errors import SettingsError
from workbench.lists import Purpose, hold_back, open_channels, write_list
from workbench.lists.drafts import leaving, read_draft, write_drafts
from workbench.pages.selections import (
    LIST_NAME,
    canvasser_table,
    day_table,
    day_words,
    finding,
    knock_words,
    office_table,
    selection_measures,
    walk_draft,
    walk_table,
)
from workbench.settings import Disclosure
from workbench.tables import RESULTS, read_table, store, to_arrow
from workbench.voters.attempts import attempts_made, talk_rates, within
from workbench.voters.contacts import contacts_made, quiet_canvassers
from workbench.voters.ends import Ends
from workbench.voters.streets import walk_keys
from workbench.voters.walks import Walk, selection_rows, walk_candidates, walk_places

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
AREAS = pd.DataFrame({"area_id": ["A1", "A2", "W1"], "ward_id": ["W1", "W1", None]})
WALK = Walk(40, 14, AS_OF)
DOOR = Purpose("walk", "door", "get_out_the_vote", AS_OF, POLLING, 18)


def walked_of(people, *, attempts=(), suppressions=(), walk=WALK, places=("A1",), **given):
    """Tables, evidence and the candidates of the places, chosen as the notebook chooses them."""
    tables = electorate(people, attempts=attempts)
    universe = pd.DataFrame([{"person_id": p["person_id"], "universe_code": "get_out_the_vote",
                              "knock_votes_gained": 0.01, "rank_number": 1,
                              "reason_name": "Likely",
                              **given.get(p["person_id"], {})} for p in people])
    tables |= {"universes": universe, "areas": AREAS}
    known = evidence(tables, suppressions)
    reach = open_channels(tables["people"], known, CAMPAIGN, use_code="get_out_the_vote")
    candidates = walk_candidates(tables, reach)
    contacts = contacts_made(tables)
    walked = walk_places(tables, candidates, contacts, walk, places)
    return tables, known, walked


def asked(walked):
    return walked[walked["left_out_code"].isna()].sort_values(["place_id", "order_number"])


def left_out(walked):
    rows = walked.dropna(subset=["left_out_code"])
    return dict(zip(rows["person_id"], rows["left_out_code"], strict=True))


# --- the order of a street ------------------------------------------------------------------

@pytest.mark.parametrize(
    ("line", "street", "side", "number", "letter", "flat"),
    [("12 MILL LANE", "mill lane", 0, 12, "", ""),
     ("12a Mill Ln", "mill lane", 0, 12, "a", ""),
     ("75 SADDLER STREET, APT 22", "saddler street", 1, 75, "", "22"),
     ("48 NINTH WAY #56", "ninth way", 0, 48, "", "56"),
     ("Flat 3, 10 Mill Lane", "mill lane", 0, 10, "", "3"),
     ("7 St John's St.", "st john s street", 1, 7, "", ""),
     ("The Old Rectory, Church Lane", "church lane", 2, 0, "the old rectory", ""),
     ("Rose Cottage", "rose cottage", 2, 0, "rose cottage", ""), (None, "", 2, 0, "", "")],
)
def test_an_address_is_taken_apart(line, street, side, number, letter, flat):
    row = walk_keys(pd.Series([line], dtype="str"), pd.Series(["Ely"])).iloc[0]
    assert row[["street", "side", "number", "letter", "flat"]].tolist() == [
        street, side, number, letter, flat]


def test_a_street_is_walked_on_one_side_then_on_the_other_and_nine_comes_before_ten():
    lines = ["9 Mill Lane", "10 Mill Lane", "2 Mill Lane", "1 Mill Lane, Apt 10",
             "1 Mill Lane, Apt 9", "3 Abbey Road", "Old Mill, Mill Lane"]
    people = [person(n, address_line=line) for n, line in enumerate(lines)]
    _, _, walked = walked_of(people)
    in_order = asked(walked)["address_line"].tolist()
    assert in_order == ["3 Abbey Road", "2 Mill Lane", "10 Mill Lane", "1 Mill Lane, Apt 9",
                        "1 Mill Lane, Apt 10", "9 Mill Lane", "Old Mill, Mill Lane"]


# --- who is on it ---------------------------------------------------------------------------

@pytest.mark.parametrize(("days_ago", "is_asked"), [(13, False), (14, True), (0, False)])
def test_a_door_is_left_in_peace_for_the_days_asked_for(days_ago, is_asked):
    """Somebody else of the home opened: the door is closed to all of it."""
    people = [person(0, household_id="H"), person(1, household_id="H")]
    attempts = [attempt(2, "P0", days_ago, result_code="not_home")]
    _, _, walked = walked_of(people, attempts=attempts)
    assert set(asked(walked)["person_id"]) == ({"P0", "P1"} if is_asked else set())
    assert set(left_out(walked).values()) == (set() if is_asked else {"knocked_lately"})


def test_a_call_last_week_spares_the_person_and_not_the_home():
    people = [person(0, household_id="H"), person(1, household_id="H")]
    _, _, walked = walked_of(people, attempts=[attempt(2, "P0", 3, channel_code="phone")])
    assert left_out(walked) == {"P0": "contacted_lately"}


@pytest.mark.parametrize("result", ["moved", "deceased", "do_not_contact"])
def test_who_moved_died_or_said_no_to_a_canvasser_is_not_asked_again(result):
    _, _, walked = walked_of([person(0)], attempts=[attempt(2, "P0", 400, result_code=result)])
    assert left_out(walked) == {"P0": "said_no"}


@pytest.mark.parametrize(
    ("given", "code"),
    [({"address_line": None}, "no_door"), ({"birth_year": 2008}, "no_door"),
     ({"source_names": "gone"}, "no_door"), ({}, None)],
)
def test_without_an_address_of_age_and_a_lawful_source_nobody_is_knocked(given, code):
    _, _, walked = walked_of([person(0, **given)])
    assert left_out(walked) == ({"P0": code} if code else {})


def test_a_home_where_the_knock_costs_more_than_it_gains_is_passed_by():
    people = [person(0, household_id="H"), person(1, household_id="H"), person(2)]
    harm = {"P1": {"universe_code": "leave_alone", "knock_votes_gained": -0.02}}
    _, _, walked = walked_of(people, **harm)
    assert asked(walked)["person_id"].tolist() == ["P2"]
    assert left_out(walked) == {"P0": "nothing_to_gain", "P1": "nothing_to_gain"}


def test_the_best_doors_are_taken_and_the_rest_told_why():
    people = [person(n) for n in range(4)]
    gains = {f"P{n}": {"knock_votes_gained": n / 100} for n in range(4)}
    _, _, walked = walked_of(people, walk=Walk(2, 14, AS_OF), **gains)
    assert set(asked(walked)["person_id"]) == {"P2", "P3"}
    assert left_out(walked) == {"P0": "nothing_to_gain", "P1": "beyond_the_doors"}


def test_no_doors_asked_for_gives_no_list_and_a_brief_that_says_so():
    tables, _, walked = walked_of([person(0)], walk=Walk(0, 14, AS_OF))
    assert asked(walked).empty
    assert finding(walked, PROFILE)["title"] == "There is nobody to knock tonight"
    assert selection_rows(walked).empty
    draft = walk_draft(walked, tables, use_code="get_out_the_vote")
    assert draft.empty
    assert walk_table(walked, PROFILE)["n_people"].isna().all()
    nowhere = walked.iloc[:0]
    assert walk_table(nowhere, PROFILE)["place"].tolist() == ["No place"]


@pytest.mark.slow
def test_a_ward_holds_its_polling_districts_and_a_place_that_nobody_knows_is_refused():
    people = [person(0), person(1, area_id="A2"), person(2, area_id="A3")]
    _, _, walked = walked_of(people, places=("W1",))
    assert set(asked(walked)["person_id"]) == {"P0", "P1"}
    with pytest.raises(SettingsError, match="'A9', which the areas do not know. Name a polling"):
        walked_of(people, places=("A9",))
    with pytest.raises(SettingsError, match="n_doors is -1"):
        Walk(-1, 14, AS_OF)


def test_where_no_place_is_named_the_district_with_most_to_gain_is_found():
    people = [person(0), person(1, area_id="A2"), person(2, area_id="A2")]
    _, _, walked = walked_of(people, places=1)
    assert set(walked["place_id"]) == {"A2"}


# --- properties of every list ---------------------------------------------------------------

one = st.fixed_dictionaries({
    "household_id": st.sampled_from(["H0", "H1", "H2", "H3", None]),
    "birth_year": st.sampled_from([1980, 2007, 2008, None]),
    "area_id": st.sampled_from(["A1", "A2", "A3"]),
    "address_line": st.sampled_from(["1 Mill Lane", "2 Mill Ln", "12 Abbey Road, Apt 3", None]),
})
gains = st.floats(-0.03, 0.03)
contact = st.tuples(st.integers(0, 11), st.integers(0, 30),
                    st.sampled_from(["door", "phone"]),
                    st.sampled_from(["canvassed", "not_home", "moved"]))
stop = st.tuples(st.integers(0, 11), st.sampled_from(["door", "phone", "all"]),
                 st.sampled_from(["do_not_contact", "deceased", "objected", "moved"]))


campaign = st.tuples(
    st.lists(st.tuples(one, gains), min_size=1, max_size=12), st.lists(contact, max_size=6),
    st.lists(stop, max_size=4), st.integers(0, 4), st.integers(0, 20))


@pytest.mark.slow
@drawn(campaign)
@budgeted(max_examples=8, deadline=None)
def test_a_walk_list_holds_nobody_who_must_not_be_knocked(given):
    check_walk_lists(*given)


@pytest.mark.slow
@drawn(campaign)
@budgeted(max_examples=100, deadline=None)
def test_no_walk_list_ever_holds_anybody_who_must_not_be_knocked(given):
    check_walk_lists(*given)


def check_walk_lists(drawn_people, contacts, stops, n_doors, not_again_days):
    people = [person(n, **given) for n, (given, _) in enumerate(drawn_people)]
    n = len(people)
    attempts = [attempt(i + 2, f"P{who % n}", ago, channel_code=channel, result_code=result)
                for i, (who, ago, channel, result) in enumerate(contacts)]
    suppressions = [{"person_id": f"P{who % n}", "voter_id": f"V{who % n}", "scope_code": scope,
                     "reason_code": reason} for who, scope, reason in stops]
    gained = {f"P{i}": {"knock_votes_gained": gain} for i, (_, gain) in enumerate(drawn_people)}
    walk = Walk(n_doors, not_again_days, AS_OF)
    tables, known, walked = walked_of(people, attempts=attempts, suppressions=suppressions,
                                      walk=walk, places=("A1", "A2"), **gained)
    draft = walk_draft(walked, tables, use_code="get_out_the_vote")
    on_list = asked(walked)
    held = hold_back(leaving(draft.assign(phone=None, email=None)), DOOR, known)
    assert held.tally.n_kept == len(draft) == len(on_list)
    closed = {f"P{who % n}" for who, scope, reason in stops
              if scope in ("door", "all") or reason in ("deceased", "moved")}
    late = {f"P{who % n}" for who, ago, _, _ in contacts if ago < not_again_days}
    young = {p["person_id"] for p in people if p["birth_year"] == 2008}
    assert set(on_list["person_id"]) & (closed | late | young) == set()
    assert on_list["person_id"].is_unique
    assert on_list.groupby("place_id")["door_id"].nunique().le(n_doors).all()
    for _, rows in on_list.groupby("place_id"):
        doors = rows["door_id"].tolist()
        assert rows["order_number"].tolist() == list(range(1, len(rows) + 1))
        assert len([d for i, d in enumerate(doors) if i == 0 or doors[i - 1] != d]) == len(
            set(doors)), "a door is one stop"
    assert on_list.groupby("door_id")["place_id"].nunique().le(1).all()
    assert set(on_list["person_id"]) | set(left_out(walked)) == set(walked["person_id"])


# --- the lists as they lie and leave ----------------------------------------------------------

def test_a_walk_list_leaves_in_street_order_with_its_reason_and_no_score(tmp_path):
    people = [person(n, address_line=f"{number} Mill Lane")
              for n, number in enumerate((10, 9, 2, 1))]
    tables, known, walked = walked_of(people)
    rows = selection_rows(walked)
    assert to_arrow(rows, RESULTS["selections"]).num_rows == 4
    draft = walk_draft(walked, tables, use_code="get_out_the_vote")
    write_drafts(tmp_path, draft, [LIST_NAME])
    tally = write_list(leaving(read_draft(tmp_path, "walk")), DOOR, known, tmp_path)
    left = pd.read_csv(tmp_path / "walk.csv", encoding="utf-8-sig", dtype="str")
    assert tally.n_kept == 4
    assert left["address_line"].tolist() == ["2 Mill Lane", "10 Mill Lane", "1 Mill Lane",
                                             "9 Mill Lane"]
    assert left["order_number"].tolist() == ["1", "2", "3", "4"]
    assert left["reason_name"].tolist() == ["Likely"] * 4
    assert set(left["owner_id"]) == {"walk_a1"}
    assert not [name for name in left if name.endswith(("_score", "_probability", "_gained"))]


def test_what_the_stage_writes_has_the_agreed_columns(tmp_path):
    attempts = [attempt(2, "P0", 30, canvasser_id="V7", office_id="F1")]
    tables, _, walked = walked_of([person(0)], attempts=attempts)
    quiet = quiet_canvassers(contacts_made(tables), as_of=AS_OF,
                                       quiet_days=14, active_days=60)
    store.write(tmp_path, "selections", selection_rows(walked))
    store.write(tmp_path, "quiet_canvassers", quiet)
    folder = tmp_path / "data/selections"
    assert read_table(folder / "selections.parquet")["selection_id"].tolist() == ["walk_a1"]
    assert read_table(folder / "quiet_canvassers.parquet")["canvasser_id"].tolist() == ["V7"]


# --- how canvassing goes ----------------------------------------------------------------------

def canvassed():
    """60 knocks of office F1, 20 of them talks with an ID, by 20 canvassers; 5 of F2."""
    rows = [attempt(n, f"P{n}", n % 10, office_id="F1" if n < 60 else "F2",
                    canvasser_id=f"V{n % 20}",
                    **({"voter_id_code": "1"} if n < 20 else {"result_code": "not_home"}))
            for n in range(65)]
    return contacts_made(electorate(HOMES, attempts=rows))


HOMES = [person(n) for n in range(65)]


def knocked():
    """What canvassed() wrote down, as knocks."""
    return attempts_made(canvassed(), electorate(HOMES)["people"])


def test_all_who_are_asked_for_at_one_door_on_one_day_are_one_knock():
    """Two of a home and one next door on one day, the home again the day after; a call each."""
    people = [person(0, household_id="H"), person(1, household_id="H"), person(2)]
    rows = [attempt(1, "P0", 3, result_code="not_home"),
            attempt(2, "P1", 3, voter_id_code="1"), attempt(3, "P2", 3, result_code="refused"),
            attempt(4, "P0", 2, result_code="not_home"),
            attempt(5, "P0", 3, channel_code="phone"),
            attempt(6, "P1", 3, channel_code="phone", result_code="not_home")]
    tables = electorate(people, attempts=rows)
    made = attempts_made(contacts_made(tables), tables["people"])
    doors = made[made["channel_code"] == "door"]
    assert len(doors) == 3
    assert doors["is_reached"].sum() == 1
    assert doors["n_voter_ids"].sum() == 1
    calls = made[made["channel_code"] == "phone"]
    assert calls["is_reached"].tolist() == [True, False]


STATED = {"door": Ends(0.1, 0.3, 0.5), "phone": Ends(0.1, 0.2, 0.3)}


@pytest.mark.parametrize(("n_rows", "n_talks", "is_counted"), [
    (199, 50, False), (200, 50, True), (200, 200, False), (200, 0, True)])
def test_the_campaigns_own_knocks_say_how_many_lead_to_a_talk(n_rows, n_talks, is_counted):
    """Not where there are few, nor where only talks were written down."""
    day = pd.Timestamp(AS_OF)
    made = pd.DataFrame({"channel_code": "door", "contact_date": day,
                         "is_reached": np.arange(n_rows) < n_talks})
    old = made.assign(contact_date=day - pd.Timedelta(days=100), is_reached=False)
    rates = talk_rates(pd.concat([made, old]), STATED, as_of=AS_OF, since_days=100)
    assert rates["phone"] == STATED["phone"]
    if not is_counted:
        assert rates["door"] == STATED["door"]
        return
    assert rates["door"].middle == pytest.approx(n_talks / n_rows)
    assert rates["door"].n == n_rows
    tail = 1 - (1 - rates["door"].high) ** n_rows if n_talks == 0 else None
    assert tail is None or tail == pytest.approx(0.95)  # none of 200: 1 - 0.05 ** (1 / 200)


def test_rates_by_office_rest_on_the_period_and_small_offices_are_hidden():
    table = office_table(within(knocked(), AS_OF, 10), PROFILE)
    assert table["office"].tolist() == ["F1", "F2"]
    assert table.loc[0, ["n_attempts", "n_talks", "n_with_id"]].tolist() == [60, 20, 20]
    assert table.loc[0, "talk_rate"] == pytest.approx(0.33)
    assert table.loc[1, ["n_attempts", "talk_rate"]].isna().all()
    assert office_table(within(knocked(), AS_OF, 0), PROFILE).empty


def test_every_day_of_the_period_has_a_row_and_a_canvasser_is_a_count():
    days = day_table(knocked(), PROFILE, AS_OF, since_days=12)
    assert len(days) == 12
    assert days["contact_date"].is_monotonic_increasing
    brought = canvasser_table(within(knocked(), AS_OF, 12), PROFILE)
    assert brought.set_index("ids_name")["n_canvassers"].dropna().to_dict() == {
        "one or more": 20}


@pytest.mark.parametrize(("brought", "shown"), [
    ([1] * 12 + [5] * 12 + [11] * 12, ["none", "one to four", "five to nine", "ten or more"]),
    ([1] * 25 + [5] * 4 + [11] * 2, ["none", "one or more"]),
    ([1] * 25 + [5] * 8 + [11] * 12, ["none", "one to nine", "ten or more"]),
    ([1] * 3 + [5] * 12 + [11] * 12, ["none", "one to nine", "ten or more"]),
])
def test_a_band_of_few_canvassers_is_put_to_its_neighbour(brought, shown):
    """All voter IDs together would bound it: 70 of them are brought ten at a time by seven."""
    contacts = pd.DataFrame([
        {"canvasser_id": str(who), "n_voter_ids": 1, "contact_date": pd.Timestamp(AS_OF)}
        for who, n in enumerate(brought) for _ in range(n)])
    table = canvasser_table(within(contacts, AS_OF, 12), PROFILE)
    assert list(table["ids_name"]) == shown
    assert table["n_canvassers"].notna().sum() == len(shown) - 1


def test_a_talk_takes_so_many_knocks():
    words = knock_words(canvassed(), knocked(), PROFILE, AS_OF, since_days=12)
    assert words.startswith("31% of knocks led to a talk, so a talk takes about 3.2 knocks")
    later = dt.date(AS_OF.year + 2, AS_OF.month, AS_OF.day)
    ended = knock_words(canvassed(), knocked(), PROFILE, later, since_days=12)
    assert ended.startswith("Knocks and calls on file end in October 2026, 2 years before")
    assert ended.endswith("Nothing can be said of the last 12 days.")
    none = canvassed().iloc[:0]
    assert "Too few" in knock_words(none, knocked().iloc[:0], PROFILE, AS_OF, since_days=12)


def test_the_brief_of_an_evening_counts_doors_and_people():
    people = [person(n) for n in range(30)]
    tables, _, walked = walked_of(people)
    contacts = contacts_made(tables)
    quiet = quiet_canvassers(contacts, as_of=AS_OF, quiet_days=14, active_days=60)
    made = attempts_made(contacts, tables["people"])
    measures = selection_measures(walked, within(made, AS_OF, 60), quiet)
    values = {measure.name: measure.value for measure in measures}
    assert values["n_walk_doors"] == values["n_walk_people"] == 30
    assert values["door_contact_rate"] is None
    title = finding(walked, PROFILE)["title"]
    assert title == "30 doors are ready to be knocked tonight"
    assert "Nobody on them was contacted lately" in finding(
        walked, PROFILE)["bottom_line"]
    unknown = finding(walked, PROFILE, talks_told="Calls end in May 2024.")
    assert "Calls end in May 2024. Who was contacted lately is not known" in (
        unknown["bottom_line"])
    assert "lets nobody" in finding(walked, PROFILE, refusal="No.")["bottom_line"]
    empty = day_table(contacts, PROFILE, dt.date(2026, 1, 1), since_days=5)
    assert day_words(empty, place="Ely")["title"].startswith("Too few")
