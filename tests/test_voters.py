"""Electors are those who may vote on polling day; turnout is of those who could have voted."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.pages.voters.profiles import (
    age_sex_table,
    finding,
    seat_table,
    turnout_by_age,
    turnout_by_election,
    voter_measures,
)
from workbench.settings import Disclosure
from workbench.tables import TABLES, to_arrow, to_pandas
from workbench.voters.register import (
    describe_electors,
    history_of_register,
    join_history,
    joined_share,
    of_kind,
)

AS_OF, POLLING = dt.date(2026, 10, 5), dt.date(2026, 11, 3)
PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)


def register(rows):
    frame = pd.DataFrame([
        {"source_name": "r", "source_row": i + 2, "voter_id": f"V{i}", **row}
        for i, row in enumerate(rows)
    ])
    return to_pandas(to_arrow(frame, TABLES["voters"]))


def history(rows):
    columns = ["voter_id", "election_date", "voted_code"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["election_date"] = pd.to_datetime(frame["election_date"])
    frame = frame.assign(election_name="E " + frame["election_date"].dt.strftime("%Y"),
                         source_name="h", source_row=range(2, len(frame) + 2))
    return to_pandas(to_arrow(frame, TABLES["vote_history"]))


def described(rows):
    return describe_electors(
        register(rows), as_of=AS_OF, polling_date=POLLING, voting_age_years=18
    )


@pytest.mark.parametrize(
    ("row", "n_left"),
    [({"birth_date": pd.Timestamp("2008-11-03")}, 1),
     ({"birth_date": pd.Timestamp("2008-11-04")}, 0),
     ({"status_code": "removed"}, 0), ({"status_code": "denied"}, 0),
     ({"status_code": "inactive"}, 1), ({}, 1)],
)
def test_an_elector_is_on_the_register_and_of_age_on_polling_day(row, n_left):
    assert len(described([row])) == n_left


@pytest.mark.parametrize(
    ("row", "band"),
    [({"birth_date": pd.Timestamp("2001-10-05")}, "25-34"),
     ({"birth_date": pd.Timestamp("2001-10-06")}, "18-24"),
     ({"birth_year": 2001}, "25-34"), ({"age_years": 75}, "75+"),
     ({"age_years": 130}, "not known"), ({}, "not known"),
     ({"birth_date": pd.Timestamp("2008-10-20")}, "18-24"),
     ({"birth_year": 1950, "age_years": 20}, "75+")],
)
def test_an_age_band_comes_from_the_best_evidence(row, band):
    assert described([row])["age_band"].tolist() == [band]


def test_the_age_table_adds_up_and_hides_small_bands():
    rows = [{"age_years": 30, "sex_code": "female"}] * 40 + [{"age_years": 30}] * 20
    rows += [{"age_years": 80, "sex_code": "male"}] * 9
    table = age_sex_table(described(rows), PROFILE).set_index("age_band")
    assert table.loc["25-34", "n_electors"] == 60
    assert table.loc["25-34", "n_female"] == 40
    assert pd.isna(table.loc["75+", "n_electors"])
    assert pd.isna(table.loc["75+", "n_male"])


def test_turnout_counts_only_those_who_could_vote():
    electors = described([
        {"age_years": 30, "registration_date": pd.Timestamp("2010-01-01")},
        {"age_years": 30, "registration_date": pd.Timestamp("2024-12-01")},
        {"age_years": 30},
        {"age_years": 30},
    ])
    joined = join_history(electors, history([
        ("V0", "2022-11-08", "in_person"), ("V0", "2024-11-05", "did_not"),
        ("V2", "2024-11-05", "post"), ("V3", "2024-11-05", "not_registered"),
        ("STRANGER", "2024-11-05", "in_person"),
    ]))
    by_hand = {("V0", 2022): True, ("V0", 2024): False, ("V2", 2022): False, ("V2", 2024): True,
               ("V3", 2022): False}
    found = {(v, d.year): bool(h) for v, d, h in
             zip(joined["voter_id"], joined["election_date"], joined["has_voted"], strict=True)}
    assert found == by_hand


def test_a_vote_outweighs_no_vote_where_sources_disagree():
    electors = described([{"age_years": 30}])
    joined = join_history(electors, history([
        ("V0", "2024-11-05", "did_not"), ("V0", "2024-11-05", "post"),
    ]))
    assert joined["has_voted"].tolist() == [True]


def test_voted_last_time_is_at_an_election_of_the_kind_that_comes():
    electors = described([{"age_years": 30}] * 100)
    rows = [(f"V{i}", "2024-11-05", "in_person") for i in range(60)]
    rows += [(f"V{i}", "2026-05-05", "in_person") for i in range(20)]
    marks = history(rows)
    marks["election_name"] = marks["election_date"].dt.year.map(
        {2024: "National 2024", 2026: "Primary 2026"})
    joined = join_history(electors, marks)
    for like, share, name in ((["National 2022"], 0.6, "National 2024"),
                              ([], 0.2, "Primary 2026"),
                              (["Nowhere on file"], 0.2, "Primary 2026")):
        _, last = voter_measures(electors, of_kind(joined, like))
        assert (last.value, name in last.meaning) == (share, True)
    assert of_kind(joined.head(0), ["National 2024"]).empty


def test_turnout_tables_match_a_count_by_hand():
    electors = described([{"age_years": 30}] * 100 + [{"age_years": 70}] * 100)
    marks = [(f"V{i}", "2024-11-05", "in_person") for i in range(40)]
    marks += [(f"V{i}", "2024-11-05", "post") for i in range(100, 180)]
    joined = join_history(electors, history(marks))
    ages = turnout_by_age(joined, PROFILE).set_index("age_band")
    assert ages.loc["25-34", "turnout_registered_share"] == 0.40
    assert ages.loc["65-74", "turnout_registered_share"] == 0.80
    assert pd.isna(ages.loc["18-24", "turnout_registered_share"])
    whole = turnout_by_election(joined, PROFILE)
    assert whole["turnout_registered_share"].tolist() == [0.60]


def test_the_joined_share_counts_rows_of_history_that_name_an_elector():
    electors = described([{"age_years": 30}] * 2)
    rows = [("V0", "2024-11-05", "post"), ("V1", "2024-11-05", "post"),
            ("X", "2024-11-05", "post"), ("Y", "2024-11-05", "post")]
    assert joined_share(electors, history(rows)) == 0.5
    assert joined_share(electors, history([])) is None


def test_a_history_of_another_register_is_not_used():
    electors = described([{"age_years": 30}] * 3)
    marks = history([("V0", "2024-11-05", "post"), ("X", "2024-11-05", "post"),
                     ("Y", "2024-11-05", "post"), ("Z", "2024-11-05", "post")])
    assert len(history_of_register(electors, marks, joined_min=0.25)) == 4
    assert history_of_register(electors, marks, joined_min=0.26).empty
    assert history_of_register(electors, history([]), joined_min=0.0).empty


def test_the_finding_says_so_where_turnout_cannot_be_shown():
    electors = described([{"age_years": 30}] * 100)
    joined = join_history(electors, history([("NOBODY", "2024-11-05", "post")]))
    assert finding(electors, joined, PROFILE)["title"].startswith("The register is in")


def test_the_finding_names_the_gap_between_young_and_old():
    electors = described([{"age_years": 20}] * 100 + [{"age_years": 70}] * 100)
    marks = [(f"V{i}", "2024-11-05", "voted") for i in (*range(30), *range(100, 190))]
    joined = join_history(electors, history(marks))
    assert finding(electors, joined, PROFILE)["title"] == (
        "The young voted 60 points less than the old"
    )


@pytest.mark.parametrize("n", [0, 1])
def test_an_empty_register_and_an_empty_history_give_empty_tables(n):
    electors = described([{"age_years": 30}] * n) if n else described([{}]).iloc[:0]
    joined = join_history(electors, history([]))
    assert len(joined) == 0
    elections = turnout_by_election(joined, PROFILE)
    assert elections["election_name"].tolist() == ["No election on file"]
    assert elections["turnout_registered_share"].isna().all()
    assert turnout_by_age(joined, PROFILE)["n_voted"].isna().all()
    assert [m.value for m in voter_measures(electors, joined)] == [n, None]
    assert finding(electors, joined, PROFILE)["title"].startswith(
        "The register is in" if n else "No register of electors is on file")
    assert seat_table(electors, PROFILE)["n_electors"].isna().all()


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(3)
    rows = [{"age_years": int(a), "seat_id": f"S{s}"} for a, s in
            zip(rng.integers(18, 99, 400), rng.integers(0, 4, 400), strict=True)]
    electors = described(rows)
    shuffled = electors.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(seat_table(electors, PROFILE),
                                  seat_table(shuffled, PROFILE))
