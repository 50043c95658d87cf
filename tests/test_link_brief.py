"""The link brief: what linking made, in counts that are safe, and never a person's values."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_people import linked, made_tables

from workbench.pages.link import coverage, evidence, measured, quality
from workbench.pages.link.evidence import HARDLY_SEEN, NOT_TRAINED, SUM, TRAINED
from workbench.pages.link.inputs import Linking
from workbench.people import compiled
from workbench.people.compiled import trained_levels
from workbench.settings import Disclosure
from workbench.tables import RESULTS, to_arrow, to_pandas

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
N = 400


@pytest.fixture(scope="module")
def model():
    return linked(made_tables(n=300)[0])[0].model


@pytest.fixture
def linking(model):
    """400 electors, 300 of whom a file of donors knows, and 100 donors off the register."""
    ids = [f"P{i:03}" for i in range(N + 100)]
    is_donor = np.arange(N + 100) >= 100
    sources = np.where(~is_donor, "register", np.where(np.arange(N + 100) < N,
                                                       "gifts;register", "gifts"))
    people = pd.DataFrame({
        "person_id": ids, "is_elector": np.arange(N + 100) < N, "source_names": sources,
        "birth_year": np.where(np.arange(N + 100) % 2 == 0, 1950, 2001),
        "seat_id": ["S1"] * N + [None] * 100,
        "n_rows": [s.count(";") + 1 for s in sources]})
    crosswalk = pd.DataFrame({
        "source_name": ["register"] * N + ["gifts"] * N,
        "row_key": [f"k{i}" for i in range(2 * N)],
        "person_id": ids[:N] + ids[100:], "how_code": ["register"] * N + ["model"] * N,
        "link_probability": 1.0})
    pairs = pd.DataFrame({
        "record_key_l": [f"l{i:02}" for i in range(60)],
        "record_key_r": [f"r{i:02}" for i in range(60)],
        "link_probability": [0.99] * 40 + [0.2] * 20, "match_weight": [21.0] * 40 + [9.0] * 20,
        "stratum": [18] * 40 + [4] * 20, "n_in_stratum": [400] * 40 + [100] * 20,
        "n_drawn": [40] * 40 + [20] * 20, "is_linked": [True] * 40 + [False] * 20})
    records = pd.DataFrame([{
        "record_key": key, "first_name": "zebedee", "first_initial": "z", "formals": ["zebedee"],
        "first_root": "zebedee", "last_name": "quillfeather", "phone": f"29155500{key[1:]}",
        "tf_first_name": 0.01, "tf_last_name": 0.01, "tf_phone": 0.001,
    } for key in sorted({*pairs["record_key_l"], *pairs["record_key_r"]})])
    for name in ("email", "postcode", "town", "seat_id", "house", "street", "flat",
                 "middle_initial"):
        records[name] = pd.Series([None] * len(records), dtype="string")
    records = records.assign(birth_date=pd.NaT, birth_low=pd.NA, birth_high=pd.NA)

    def made(frame, name):
        return to_pandas(to_arrow(frame, RESULTS[name]))

    return Linking(
        people=made(people, "people"), crosswalk=made(crosswalk, "crosswalk"),
        person_changes=made(pd.DataFrame(), "person_changes"),
        review_pairs=made(pairs, "review_pairs"),
        answers=made(pd.DataFrame(), "review_answers"),
        compared=records.set_index("record_key"), model=model,
        quality={"cut": 0.85, "pair_keys": {"phone": 1234}})


def with_answers(linking, codes):
    rows = linking.review_pairs[["record_key_l", "record_key_r"]].head(len(codes))
    answers = to_pandas(to_arrow(rows.assign(answer_code=codes), RESULTS["review_answers"]))
    return Linking(**{**vars(linking), "answers": answers})


@pytest.mark.slow
def test_rows_that_belong_to_an_elector_are_shown_by_source(linking):
    rows = coverage.source_table(linking, PROFILE).set_index("source_name")
    assert list(rows.index) == ["register", "gifts"]
    assert rows.loc["register", "linked_share"] == 1.0
    assert rows.loc["gifts", "linked_share"] == 0.75


def test_people_by_their_rows_add_up_to_all(linking):
    rows = coverage.size_table(linking, PROFILE)
    assert dict(zip(rows["rows_name"], rows["n_people"].fillna(0), strict=True))["2"] == 300
    assert rows["n_people"].sum() == N + 100


def test_electors_whom_another_source_knows_are_shown_by_age_and_place(linking):
    ages = coverage.age_table(linking, PROFILE, as_of=dt.date(2026, 10, 5)).set_index("age_band")
    assert ages.loc["25-34", "n_electors"] == 200
    assert ages.loc["75+", "known_share"] == 0.75
    assert pd.isna(ages.loc["35-44", "n_electors"])
    places = coverage.place_table(linking, PROFILE, place_column="seat_id", n_places=3)
    assert places.to_dict("records") == [
        {"place": "S1", "n_electors": 400, "n_known": 300, "known_share": 0.75}]


def test_weights_stand_for_all_links_and_not_only_the_drawn(linking):
    rows = evidence.weight_table(linking, PROFILE).set_index("band_name")
    assert rows.loc["20 to 24", "n_accepted"] == 400
    assert rows.loc["8 to 12", "n_refused"] == 100
    assert rows["n_accepted"].sum() + rows["n_refused"].sum() == 500
    assert "From about 20 bits" in evidence.weight_words(evidence.weight_table(linking, PROFILE),
                                                      place="Here")["title"]


def test_what_decides_close_calls_is_a_mean_of_many_pairs_and_adds_up(linking):
    for outcome in ("accepted", "refused"):
        steps = evidence.waterfall_table(linking, outcome, PROFILE)
        told = evidence.waterfall_words(steps, outcome)
        words = " ".join([*steps["level_name"], *told.values()])
        assert list(steps["level_name"]) == ["Given name", "Family name", "Telephone number", SUM]
        assert steps["weight_bits"].iloc[:-1].sum() == steps["weight_bits"].iloc[-1]
        for value in ("zebedee", "quillfeather", "29155500"):
            assert value not in words.lower()


def test_of_fewer_pairs_than_the_least_cell_nothing_is_shown(linking):
    few = linking.review_pairs.groupby("is_linked").head(9)
    told = evidence.waterfall_table(Linking(**{**vars(linking), "review_pairs": few}),
                                 "accepted", PROFILE)
    assert list(told["level_name"]) == ["Too few such pairs were drawn"]
    assert told["weight_bits"].sum() == 0


def test_a_key_is_credited_with_the_links_whose_records_agree_on_it(linking):
    keys = evidence.key_table(linking, PROFILE).set_index("key_name")
    assert keys.loc["telephone number", "found_share"] == 1.0
    assert keys.loc["both names", "found_share"] == 1.0
    assert keys.loc["telephone number", "n_pairs"] == 1235
    assert pd.isna(keys.loc["e-mail address", "found_share"])
    assert keys["alone_share"].isna().all()


def test_every_level_is_told_and_marked_where_it_was_not_trained(linking):
    rows = evidence.level_table(linking)
    n_levels = sum(not level.is_missing for c in linking.model["comparisons"]
                   for level in trained_levels(c))
    assert len(rows) == n_levels
    by = rows.groupby("comparison_name")["training_name"].unique()
    assert list(by["sex"]) == [NOT_TRAINED]  # no record of the made-up tables has a sex
    assert TRAINED in by["first name"]
    assert set(rows["training_name"]) <= {TRAINED, HARDLY_SEEN, NOT_TRAINED}


def test_the_model_vouches_alone_until_somebody_judges(linking):
    alone = quality.estimates(linking)
    assert list(alone["estimate_name"]) == ["Precision, by the model", "Recall, by the model"]
    assert "0 of the 60 pairs" in quality.review_told(linking)
    assert "nothing but the model" in quality.finding(linking, PROFILE)["decision"]
    judged = with_answers(linking, ["same"] * 38 + ["unsure"] * 2 + ["different"] * 20)
    told = quality.estimates(judged)
    assert list(told["estimate_name"])[2:] == ["Precision, by reviewers", "Recall, by reviewers"]
    assert "60 of the 60 pairs drawn are judged, 2 of them unsure" in quality.review_told(judged)
    assert "from pairs that people judged" in quality.finding(judged, PROFILE)["bottom_line"]


def test_what_a_benchmark_measured_is_told_as_of_invented_campaigns():
    rows, words = measured.measured_table(), measured.measured_words()
    assert rows["found_share"].between(0.5, 1).all()
    assert {"of donations", "of mobile contacts", "with a slip in the given name"} <= set(
        rows["records_name"])
    assert "Not this campaign's own files" in words["subtitle"]


def test_figures_measured_with_former_code_say_so(monkeypatch):
    monkeypatch.setattr(measured, "DECIDING", ("standardise.py",))
    assert "measure again" in measured.measured_words()["subtitle"]


def test_every_module_that_linking_runs_is_in_the_hash_of_its_code():
    folder = Path(compiled.__file__).parent
    seen, waiting = set(), ["link.py"]
    while waiting:
        name = waiting.pop()
        seen.add(name)
        text = (folder / name).read_text(encoding="utf-8")
        named = re.findall(r"from workbench\.people(?:\.| import )(\w+)", text)
        waiting += [f"{other}.py" for other in named if f"{other}.py" not in seen]
    assert seen | {"nicknames.txt"} == set(measured.DECIDING)


def test_headline_numbers_are_few_and_have_their_ranges(linking):
    measures = {m.name: m for m in quality.link_measures(linking)}
    assert 3 <= len(measures) <= 5
    assert measures["n_people"].value == N + 100
    assert measures["known_elector_share"].value == 0.75
    precision = measures["link_precision"]
    assert precision.low < precision.value < precision.high
    assert "the model's own estimate" in precision.unit


def test_changes_of_ids_are_counted_and_small_counts_hidden(linking):
    assert "No id has changed" in quality.changes_told(linking, PROFILE)
    changes = pd.DataFrame({"person_id": [f"P{i}" for i in range(23)],
                            "change_code": ["new"] * 20 + ["merged"] * 3, "n_rows": 1})
    changed = Linking(**{**vars(linking), "person_changes": to_pandas(
        to_arrow(changes, RESULTS["person_changes"]))})
    assert quality.changes_told(changed, PROFILE) == (
        "Of the ids of people, 20 are new, a hidden number were merged into others, compared "
        "with those accepted last.")


def test_where_no_register_is_on_file_the_brief_says_so_and_not_that_rows_are_few(linking):
    nobody = Linking(**{**vars(linking), "people": linking.people.assign(is_elector=False)})
    told = quality.finding(nobody, PROFILE)
    assert told["title"] == "No register is on file that rows could belong to"
    assert f"{len(linking.crosswalk):,} rows" in told["bottom_line"]


def test_where_no_link_was_offered_the_brief_says_so_without_a_number(linking):
    bare = Linking(**{**vars(linking), "review_pairs": to_pandas(
        to_arrow(pd.DataFrame(), RESULTS["review_pairs"]))})
    assert "are right" not in quality.finding(bare, PROFILE)["bottom_line"]
    assert quality.estimates(bare)["estimated_share"].isna().all()
    assert evidence.weight_table(bare, PROFILE)["n_accepted"].isna().all()
    assert list(evidence.waterfall_table(bare, "accepted", PROFILE)["level_name"]) == [
        "Too few such pairs were drawn"]
    assert evidence.key_table(bare, PROFILE)["found_share"].isna().all()
    for words in (quality.estimate_words(quality.estimates(bare), place="Here", review=""),
                  evidence.key_words(evidence.key_table(bare, PROFILE), place="Here"),
                  evidence.waterfall_words(evidence.waterfall_table(bare, "refused", PROFILE),
                                           "refused")):
        assert all(words.values())
