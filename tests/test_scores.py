"""A score is a chance: it is right as often as it says, for those who were not asked too."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from workbench.disclosure import (
    close_ledger,
    forget_ledger,
    open_ledger,
    protect_measure,
    refuse_unprotected,
)
from workbench.errors import SettingsError, StorageError
from workbench.pages.voters.scores import (
    band_table,
    calibration_table,
    correction_table,
    group_table,
    id_table,
    mark_table,
    score_measures,
)
from workbench.pages.voters.words import (
    calibration_words,
    finding,
    learned_words,
    level_words,
)
from workbench.settings import Disclosure, Scores, load_settings
from workbench.tables import RESULTS, TABLES, to_arrow
from workbench.voters.scores import (
    answers,
    calibrate,
    canvassed,
    codes,
    electors,
    labelled_turnout,
    learn_turnout,
    level,
    reasons,
    support,
    turnout_model,
    vote_history,
    voter_ids,
)
from workbench.voters.scores.make import make_scores
from workbench.voters.scores.quality import SCORE_NAMES, read_quality

REPOSITORY = Path(__file__).parents[1]
BENCHMARKS = REPOSITORY / "benchmarks"
PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
AS_OF = dt.date(2026, 10, 5)
HEADER = ",".join(codes.CODE_COLUMNS)
SCORES = Scores(our_party_code="HAR", like_election_names=("National 2022",), n_answers_min=100)


def benchmark(name):
    """A module of benchmarks/."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return __import__(name)
    finally:
        sys.path.remove(str(BENCHMARKS))


def scored(folder, scores=SCORES):
    """Score the tables of a folder; return the exact figures."""
    shutil.copyfile(REPOSITORY / "canvass_codes.csv", folder / "canvass_codes.csv")
    make_scores(replace(load_settings(REPOSITORY), root=folder, scores=scores))
    return read_quality(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The tables of a small campaign."""
    made = tmp_path_factory.mktemp("scores")
    benchmark("scores_data").write_tables(made, 3_000, seed=5)
    return made


@pytest.fixture(scope="module")
def quality(folder):
    return scored(folder)


def changed(folder, tmp_path, name, change):
    """A copy of a folder in which one table is another."""
    shutil.copytree(folder / "data", tmp_path / "data")
    path = tmp_path / f"data/tables/{name}.parquet"
    change(pd.read_parquet(path)).to_parquet(path)
    return tmp_path


# --- the table of canvass codes

def code_file(tmp_path, *rows):
    path = tmp_path / "canvass_codes.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def test_the_codes_that_the_repository_carries_are_read():
    rows = codes.read_codes(REPOSITORY / "canvass_codes.csv")
    assert rows["position"].tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


@pytest.mark.parametrize(
    ("rows", "said"),
    [(("vics,s,1,Against,,against,none,365", "vics,s,5,For,,for,none,365"),
      "the scale 's' of vics has numbers for codes and no one direction"),
     ((",s,1,Against,,against,low_is_for,365", ",s,5,For,,for,low_is_for,365"),
      "says low_is_for, but its meanings run otherwise"),
     ((",s,1,For,,for,low_is_for,0",), "line 2: expiry_days must be a whole number"),
     ((",s,P,Pledge,,fore,none,365",), "meaning_code is 'fore'. Did you mean 'for'?"),
     ((",s,P,Pledge,,for,none,365", ",t,P,Poster,,for,none,365"), "line 3: the code stands")],
)
def test_a_table_of_codes_that_could_be_misread_is_refused(tmp_path, rows, said):
    with pytest.raises(SettingsError) as error:
        codes.read_codes(code_file(tmp_path, *rows))
    assert said in str(error.value)


def test_a_scale_may_run_either_way_if_it_says_so(tmp_path):
    rows = codes.read_codes(code_file(tmp_path, ",s,1,Against,,against,high_is_for,365",
                                      ",s,5,Pledged,,for,high_is_for,365"))
    assert rows.set_index("code")["position"].to_dict() == {"1": 0.0, "5": 1.0}


def test_a_missing_column_or_file_is_named(tmp_path):
    path = tmp_path / "canvass_codes.csv"
    with pytest.raises(SettingsError, match="canvass_codes.csv is not there"):
        codes.read_codes(path)
    path.write_text(HEADER.replace("expiry_days", "expires_days") + "\n")
    with pytest.raises(SettingsError, match="'expiry_days'. Did you mean 'expires_days'"):
        codes.read_codes(path)


def canvass_of(rows):
    """A database with canvass rows (person, code, days ago, source) and their people."""
    connection = duckdb.connect()
    frame = pd.DataFrame(rows, columns=["person_id", "voter_id_code", "n_days", "source_name"])
    frame["contact_id"] = [f"C{i}" for i in range(len(frame))]
    frame["contact_date"] = pd.Timestamp(AS_OF) - pd.to_timedelta(frame.pop("n_days"), unit="D")
    frame["result_code"] = "canvassed"
    people = frame[["person_id"]].drop_duplicates().assign(household_id="H1")
    crosswalk = frame[["source_name", "person_id"]].assign(
        table_name="canvass", row_key=frame["contact_id"])
    canvass = to_arrow(frame.drop(columns="person_id").assign(source_row=2), TABLES["canvass"])
    for name, table in (("canvass", canvass), ("crosswalk", crosswalk)):
        connection.register(name, table)
    connection.register("people", people)
    connection.execute("CREATE TABLE elector AS SELECT *, 'north' AS region_code FROM people")
    return connection


def ids_of(rows, tmp_path, *more):
    connection = canvass_of(rows)
    every = codes.read_codes(code_file(
        tmp_path, ",s,1,For,,for,low_is_for,400", ",s,5,Against,,against,low_is_for,400", *more))
    canvassed.create_ids(connection, codes.codes_of_sources(connection, every), as_of=AS_OF)
    return connection


def test_a_code_that_the_table_lacks_is_named_with_its_count(tmp_path):
    with pytest.raises(SettingsError) as error:
        ids_of([("A", "1", 3, "van"), ("B", "7", 3, "van"), ("C", "7", 3, "van")], tmp_path)
    assert "2 rows of canvass (van) have voter-ID codes" in str(error.value)
    assert "lacks: '7'" in str(error.value)


def test_one_code_may_mean_another_thing_in_another_source(tmp_path):
    connection = ids_of([("A", "1", 0, "van"), ("B", "1", 0, "vics")], tmp_path,
                        "vics,v,1,Against,,against,none,400")
    found = dict(connection.execute("SELECT person_id, position FROM given_id").fetchall())
    assert found == {"A": 1.0, "B": 0.0}


def test_an_id_halves_over_half_of_its_life_and_then_is_dropped(tmp_path):
    connection = ids_of([(name, "1", days, "van") for name, days in
                         (("A", 0), ("B", 200), ("C", 400), ("D", 401), ("E", -1))], tmp_path)
    fresh = dict(connection.execute("SELECT person_id, freshness FROM given_id").fetchall())
    assert fresh == {"A": 1.0, "B": 0.5, "C": 0.25, "D": 0.0, "E": 0.0}


def test_the_newest_id_counts_and_a_day_of_two_minds_is_undecided(tmp_path):
    connection = ids_of([("A", "5", 200, "van"), ("A", "1", 0, "van"),
                         ("B", "1", 3, "van"), ("B", "5", 3, "van"), ("C", "1", 9, "van")],
                        tmp_path)
    rows = voter_ids.voter_id_rows(connection).to_pandas().set_index("person_id")
    assert rows["meaning_code"].to_dict() == {"A": "for", "B": "undecided", "C": "for"}
    assert rows["is_contradicted"].to_dict() == {"A": True, "B": True, "C": False}
    assert rows.loc["A", "position_share"] == round(1 / 1.5, 4)  # weights 1 and a half


def test_ids_of_a_day_to_come_and_regions_without_ids_are_counted(tmp_path):
    connection = ids_of([("A", "1", -5, "van"), ("B", "1", 401, "van")], tmp_path)
    connection.register("voter_id_row", voter_ids.voter_id_rows(connection))
    figures = voter_ids.id_figures(connection)
    assert (figures["n_future"], figures["n_expired"], figures["n_held"]) == (1, 1, 0)
    assert figures["regions_without"] == ["north"]


def test_others_of_a_home_are_told_apart_from_oneself(tmp_path):
    connection = ids_of([("A", "1", 0, "van"), ("B", "5", 0, "van")], tmp_path)
    home = dict(connection.execute("SELECT person_id, home_position FROM home_id").fetchall())
    assert home == {"A": 0.0, "B": 1.0}


# --- marks

def test_four_things_at_an_election_are_four_things():
    connection = duckdb.connect()
    day = dt.date(2024, 11, 5)
    history = pd.DataFrame(
        [("V0", "in_person"), ("V1", "post"), ("V2", "did_not"), ("V3", "not_registered"),
         ("V6", "did_not"), ("V6", "post")], columns=["voter_id", "voted_code"])
    history["election_date"], history["election_name"] = day, "National 2024"
    people = pd.DataFrame({"person_id": [f"P{i}" for i in range(7)],
                           "voter_id": [f"V{i}" for i in range(7)]})
    people["registration_date"] = [pd.Timestamp("2020-01-01")] * 5 + [
        pd.Timestamp("2025-01-01"), pd.NaT]
    people["of_age_date"] = pd.Timestamp("2000-01-01")
    connection.register("vote_history", history)
    connection.register("elector", people)
    connection.register("voters", people)
    connection.register("crosswalk", people.assign(table_name="voters").rename(
        columns={"voter_id": "row_key"}))
    found = vote_history.create_marks(connection, as_of=AS_OF, joined_min=0.5)
    assert [(e.name, e.kind) for e in found] == [("National 2024", "national")]
    by_hand = [vote_history.VOTED, vote_history.VOTED_BY_POST, vote_history.DID_NOT,
               vote_history.NOT_ON_REGISTER, vote_history.DID_NOT,
               vote_history.NOT_ON_REGISTER, vote_history.VOTED_BY_POST]
    rows = connection.execute("SELECT mark_0 FROM mark ORDER BY person_id").fetchall()
    assert [mark for (mark,) in rows] == by_hand


def test_who_was_under_age_did_not_stay_at_home():
    connection = duckdb.connect()
    facts = pd.DataFrame({
        "birth_date": [pd.Timestamp("2006-11-05"), pd.Timestamp("2006-11-06"), pd.NaT, pd.NaT,
                       pd.NaT, pd.NaT, pd.NaT],
        "birth_year": [None, None, 2006, 2007, None, None, None],
        "age_now": [19, 19, 20, 19, 20, 18, None]})
    day = electors.Day(AS_OF, dt.date(2026, 11, 3), 18)
    facts["birth_year"] = facts["birth_year"].astype("Int64")
    facts["age_now"] = facts["age_now"].astype("Int64")
    connection.register("entry", facts)
    rows = connection.execute(
        f"SELECT coalesce({electors._of_age_sql(day)} > DATE '2024-11-05', false) FROM entry")
    # 18 on the day; the day after; may be 18; 17; 20 now may be 18 then; 18 now cannot; unknown
    assert [under for (under,) in rows.fetchall()] == [False, True, False, True, False, True,
                                                       False]


def test_what_others_of_the_home_did_leaves_oneself_out():
    connection = duckdb.connect()
    days = (vote_history.Election(dt.date(2024, 11, 5), "National 2024", "mark_0"),)
    homes = pd.DataFrame({"person_id": list("ABCD"), "household_id": ["H", "H", "H", "K"]})
    marks = pd.DataFrame({"person_id": list("ABCD"), "mark_0": [
        vote_history.VOTED, vote_history.DID_NOT, vote_history.NOT_ON_REGISTER,
        vote_history.VOTED]})
    connection.register("elector", homes)
    connection.register("mark", marks)
    vote_history.create_homes(connection, days)
    rows = connection.execute(
        "SELECT person_id, n_others, home_mark_0 FROM home_vote ORDER BY ALL").fetchall()
    assert rows == [("A", 2.0, 0.0), ("B", 2.0, 1.0), ("C", 2.0, 0.5), ("D", 0.0, None)]


def test_what_was_known_before_an_election_is_what_a_model_of_it_sees():
    days = tuple(vote_history.Election(dt.date(year, 11, 5), f"{kind} {year}", f"mark_{i}")
                 for i, (year, kind) in enumerate([(2020, "National"), (2021, "Local"),
                                                   (2022, "National")]))
    people = pd.DataFrame({
        "of_age_date": ["2004-11-05"], "registration_date": ["2018-11-05"],
        "mark_0": [2], "mark_1": [1], "mark_2": [3], "home_mark_0": [0.5],
        "home_mark_1": [1.0], "home_mark_2": [0.0]})
    before, coming = labelled_turnout.before_and_coming(days, days[2], dt.date(2026, 11, 5))
    (row,) = labelled_turnout.columns_before(people, before, np.array([0.3])).to_dict("records")
    # of age for eighteen years by the day of 2022, and on the register for four
    assert (row.pop("voting_years"), row.pop("log_years_registered")) == pytest.approx(
        (18, np.log(5)), abs=0.01)
    assert row == {
        "elections_of_age": "2 elections", "habit": 0.3, "kind_1": 1, "kind_share": 1,
        "home_kind_1": 0.5, "home_kind_share": 0.5, "kind_post_share": 0, "other_1": 0,
        "other_share": 0,
        "home_other_1": 1.0, "home_other_share": 1.0, "other_post_share": 0}
    (row,) = labelled_turnout.columns_before(people, coming, np.array([0.3])).to_dict("records")
    assert (row["kind_1"], row["kind_post_share"], row["home_kind_1"]) == (1, 1, 0.0)
    assert (row["voting_years"], row["log_years_registered"]) == pytest.approx(
        (22, np.log(9)), abs=0.01)


def test_who_registers_now_is_scored_as_those_who_registered_then():
    """Half as likely to vote in the first two years on a register as after them, whenever."""
    rng, n = np.random.default_rng(5), 20_000
    registered = pd.Timestamp("2006-11-05") + pd.to_timedelta(rng.integers(0, 7_300, n), "D")

    def chance(day):
        years = (pd.Timestamp(day) - registered).days.to_numpy() / 365.25
        return np.where(years < 0, np.nan, np.where(years < 2, 0.3, 0.6))
    votes = {one.column: np.where(np.isnan(p := chance(one.date)), 0, 1 + (rng.random(n) < p))
             for one in DRAWN}
    people = pd.DataFrame({
        "person_id": [f"P{i}" for i in range(n)], "household_id": [f"H{i}" for i in range(n)],
        "of_age_date": pd.Timestamp("1990-01-01"), "registration_date": registered,
        "region_code": "all", "age_band": "all", "n_others": 0.0, **votes,
        **dict.fromkeys(("home_mark_0", "home_mark_1", "home_mark_2"), np.nan)})
    years = (pd.Timestamp("2026-11-05") - registered).days.to_numpy() / 365.25
    matrix = (np.log1p(years) - 2)[:, None].astype("float32")
    turnout = learn_turnout.learn_turnout(
        people, matrix, DRAWN, replace(SCORES, like_election_names=("National 2024",)),
        dt.date(2026, 11, 5))
    scored = turnout.probabilities(turnout.told(matrix, people))
    for group in (years < 1.9, (years > 2.1) & (years < 3.9), years > 4.1):
        assert group.sum() > 500
        assert abs(scored[group].mean() - chance("2026-11-05")[group].mean()) < 0.05


def test_who_can_vote_for_the_first_time_is_scored_as_those_who_could_then():
    """Of all who could not vote before 70 in 100 vote; of others, of any age, half as many."""
    rng, n = np.random.default_rng(6), 20_000
    of_age = pd.Timestamp("2008-11-05") + pd.to_timedelta(rng.integers(0, 6_500, n), "D")
    votes, n_before = {}, np.zeros(n)
    for one in DRAWN:
        could = of_age <= pd.Timestamp(one.date)
        votes[one.column] = np.where(could, 1 + (rng.random(n) < np.where(n_before, .35, .7)), 0)
        n_before += could
    people = pd.DataFrame({
        "person_id": [f"P{i}" for i in range(n)], "household_id": [f"H{i}" for i in range(n)],
        "of_age_date": of_age, "registration_date": of_age,
        "region_code": "all", "age_band": "all", "n_others": 0.0, **votes,
        **dict.fromkeys(("home_mark_0", "home_mark_1", "home_mark_2"), np.nan)})
    years = (pd.Timestamp("2026-11-05") - of_age).days.to_numpy() / 365.25
    matrix = (years / 10 - 1)[:, None].astype("float32")
    turnout = learn_turnout.learn_turnout(
        people, matrix, DRAWN, replace(SCORES, like_election_names=("National 2024",)),
        dt.date(2026, 11, 5))
    scored = turnout.probabilities(turnout.told(matrix, people))
    is_first = n_before == 0
    assert is_first.sum() > 500
    first, others = scored[is_first].mean(), scored[~is_first].mean()
    odds_ratio = first / (1 - first) * (1 - others) / others
    assert odds_ratio == pytest.approx(0.7 / 0.3 * 0.65 / 0.35, rel=0.2)


def drawn_electors(n=8_000, seed=8):
    """Electors whose votes follow another model than habit: the last of the kind, and age."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(22, 80, n)
    first = (rng.random(n) < 0.5) * 1
    local = (rng.random(n) < 0.3) * 1
    def chance(last):
        return 1 / (1 + np.exp(-(1.6 * (last - 0.5) * (age > 50) + 0.04 * (age - 50))))
    second = (rng.random(n) < chance(first)) * 1
    people = pd.DataFrame({
        "person_id": [f"P{i}" for i in range(n)], "household_id": [f"H{i // 2}" for i in range(n)],
        "of_age_date": pd.Timestamp("2024-11-05") - pd.to_timedelta((age - 18) * 365.25, "D"),
        "registration_date": pd.Timestamp("2016-11-05"), "region_code": "all",
        "age_band": "all", "mark_0": first + 1, "mark_1": local + 1, "mark_2": second + 1,
        "n_others": 1.0, "home_mark_0": 0.5, "home_mark_1": 0.5, "home_mark_2": 0.5})
    matrix = ((age - 48) / 10)[:, None].astype("float32")
    return people, matrix, chance(second)


DRAWN = tuple(vote_history.Election(dt.date(year, 11, 5), f"{kind} {year}", f"mark_{i}")
              for i, (year, kind) in enumerate([(2022, "National"), (2023, "Local"),
                                                (2024, "National")]))


def test_votes_of_the_kind_teach_what_the_habit_of_voting_does_not_know():
    people, matrix, truth = drawn_electors()
    found = {}
    for names in (("National 2024",), ("Regional 2025",)):
        turnout = learn_turnout.learn_turnout(
            people, matrix, DRAWN, replace(SCORES, like_election_names=names),
            dt.date(2026, 11, 5))
        chance = turnout.probabilities(turnout.told(matrix, people))
        found[turnout.learned_from] = (np.corrcoef(chance, truth)[0, 1], turnout)
    assert found["votes"][0] > 0.95
    assert found["votes"][0] > found["habit"][0] + 0.02
    wide, narrow = (np.ptp(found[kind][1].range_shares) for kind in ("habit", "votes"))
    assert wide > 1.1 * narrow


def test_turnout_without_votes_of_that_kind_says_that_it_is_less_sure(quality):
    told = learned_words(quality, PROFILE)
    assert "Turnout is learned from who voted at National 2024" in told
    habit = {**quality["turnout"], "learned_from": "habit", "learned_on": ""}
    assert "Turnout is less sure: there are no votes" in learned_words(
        {**quality, "turnout": habit}, PROFILE)


# --- the models

def drawn_votes(n=6_000, seed=2):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(0, 1, (n, 2)).astype("float32")
    levels, habitual = np.array([-1.0, 0.2, 0.5]), rng.normal(0, 1.3, n)
    odds = matrix @ np.array([0.8, -0.5]) + habitual
    chance = 1 / (1 + np.exp(-(odds[:, None] + levels)))
    votes = np.where(rng.random((n, 3)) < chance, vote_history.VOTED, vote_history.DID_NOT)
    votes[:500, 0] = vote_history.NOT_ON_REGISTER
    return matrix, votes, odds


def test_the_habit_of_voting_is_found_as_it_was_drawn():
    matrix, votes, _ = drawn_votes()
    fitted = turnout_model.fit_habit(matrix, votes)
    np.testing.assert_allclose(fitted.coefficients, [0.8, -0.5], atol=0.08)
    np.testing.assert_allclose(fitted.levels, [-1.0, 0.2, 0.5], atol=0.1)
    np.testing.assert_allclose(fitted.loadings, 1.3, atol=0.2)


def test_what_somebody_did_tells_what_they_will_do():
    matrix, votes, odds = drawn_votes()
    fitted = turnout_model.fit_habit(matrix, votes)
    own = matrix @ fitted.coefficients.astype("float32")
    told = turnout_model.posterior(fitted, own, votes)
    chance = turnout_model.probabilities(told.log_share, own, level=0.0, loading=1.3)
    truth = 1 / (1 + np.exp(-odds))
    parts = np.array_split(np.argsort(chance), 10)
    assert np.mean([abs(chance[p].mean() - truth[p].mean()) for p in parts]) < 0.02
    low, high = turnout_model.interval(
        told.log_share, own, level=0.0, loading=1.3, inside_share=0.9)
    assert np.mean((truth >= low) & (truth <= high)) == pytest.approx(0.9, abs=0.04)


def test_weights_make_those_who_answer_like_everybody():
    rng = np.random.default_rng(4)
    trait = rng.random(20_000) < 0.5
    answers_given = rng.random(20_000) < np.where(trait, 0.3, 0.1)
    weights = answers.response_weights(trait[:, None].astype("float32"), answers_given, 1.0)
    assert trait[answers_given].mean() == pytest.approx(0.75, abs=0.02)
    assert np.average(trait[answers_given], weights=weights) == pytest.approx(0.5, abs=0.01)


def test_a_household_is_in_one_fold_whatever_the_order():
    homes = pd.Series(["H1", "H2", "H1", "H3"])
    fold = support.fold_of(homes, 5)
    assert fold[0] == fold[2]
    assert support.fold_of(homes.iloc[::-1], 5).tolist() == fold[::-1].tolist()


def test_a_score_that_is_too_sure_is_drawn_in():
    rng = np.random.default_rng(1)
    odds = rng.normal(0, 1, 20_000)
    outcome = (rng.random(20_000) < 1 / (1 + np.exp(-odds))).astype(float)
    people = pd.DataFrame({"region_code": "a", "age_band": "b"}, index=range(20_000))
    right = calibrate.fit_correction(2 * odds, outcome, people, np.ones(20_000))
    assert right.slope == pytest.approx(0.5, abs=0.03)


def test_offsets_are_nothing_where_groups_differ_by_chance_and_found_where_they_differ():
    rng = np.random.default_rng(1)
    levels = np.repeat(["a", "b", "c", "d"], 3_000)
    truly = np.repeat([0.5, 0.5, 0.5, 0.6], 3_000)
    ones, variance = np.ones(12_000), np.full(12_000, 0.25)
    chance = calibrate.shrunk_offsets((rng.random(12_000) < 0.5) - 0.5, variance, levels, ones)
    assert set(chance.values()) == {0.0}
    found = calibrate.shrunk_offsets((rng.random(12_000) < truly) - 0.5, variance, levels, ones)
    assert found["d"] == pytest.approx(0.4, abs=0.08)  # .1 over .25
    assert abs(found["a"]) < 0.08


def test_reliability_compares_tenths_with_what_happened():
    chance = np.repeat([0.2, 0.8], 50)
    outcome = np.concatenate([np.repeat([1.0, 0.0], [10, 40]), np.repeat([1.0, 0.0], [30, 20])])
    groups = calibrate.by_group(chance, outcome, pd.DataFrame(
        {"region_code": np.repeat(["n", "s"], 50), "age_band": "all"}), np.ones(100))
    seen = groups.set_index("level_name")[["predicted_probability", "seen_share"]]
    np.testing.assert_allclose(seen.loc["n"], [0.2, 0.2])
    np.testing.assert_allclose(seen.loc["s"], [0.8, 0.6])
    np.testing.assert_allclose(seen.loc["all"], [0.5, 0.4])


def test_reasons_are_told_strongest_first_and_of_groups_that_move_the_score():
    parts = {"age": np.array([0.3, 0.05]), "party": np.array([-0.9, 0.0])}
    told = reasons.reason_texts(parts, reasons.SUPPORT_WORDS).to_pylist()
    assert told == ["what party they registered with speaks against us; people of that age lean "
                    "to us", ""]


def test_every_group_of_facts_has_words():
    from workbench.voters.scores.design import CANVASS, STANDING

    assert set(reasons.SUPPORT_WORDS) == {group.name for group in (*STANDING, *CANVASS)}
    assert set(reasons.TURNOUT_WORDS) == {"habit", "home", *(group.name for group in STANDING)}
    assert set(labelled_turnout.GROUPS.values()) <= set(reasons.TURNOUT_WORDS)


# --- the whole

def table_of(folder, name):
    return pd.read_parquet(folder / f"data/scores/{name}.parquet")


def test_everybody_who_may_vote_has_one_score_of_each_kind(folder, quality):
    rows = table_of(folder, "scores")
    assert list(rows.columns) == list(RESULTS["scores"].column_names)
    assert not rows.duplicated(["person_id", "score_code"]).any()
    assert rows.groupby("score_code").size().to_dict() == dict.fromkeys(
        ("persuasion", "support", "turnout"), quality["n_people"])
    filled = rows[rows["score_code"] != "persuasion"]
    ends = filled[["probability_low", "score_probability", "probability_high"]].to_numpy()
    assert (np.diff(ends, axis=1) >= 0).all()
    assert ((ends > 0) & (ends < 1)).all()


def test_persuadability_is_empty_until_a_test_was_analysed(folder, quality):
    rows = table_of(folder, "scores")
    rows = rows[rows["score_code"] == "persuasion"]
    assert rows["score_probability"].isna().all()
    assert "only a randomised test can tell" in rows["meaning_name"].iloc[0]
    assert "no randomised test has been analysed" in learned_words(quality, PROFILE)


def test_the_mean_turnout_is_that_of_the_elections_that_the_coming_one_is_like(quality):
    assert quality["turnout"]["levels"].keys() == {"National 2022"}
    like = quality["turnout"]["levels"]["National 2022"]
    assert quality["means"]["turnout"] == pytest.approx(like, abs=0.001)
    low, high = quality["turnout"]["range"]
    assert low < like < high


def test_no_forecast_is_shipped_and_the_decision_says_whose_turnout_is_taken(quality):
    assert load_settings(REPOSITORY).scores.turnout_expected_share == 0
    found = finding(quality, {"title": "The young voted less"}, PROFILE)
    like = quality["turnout"]["levels"]["National 2022"]
    assert f"turn out as at National 2022, {like:.0%}." in found["decision"]
    assert found["title"].endswith(f"{quality['means']['turnout']:.0%} are expected to vote")


def test_the_bottom_line_says_how_much_of_an_error_is_chance(quality):
    bins = [{"n": 9, "variance": 0.04**2}, {"n": 9, "variance": 0.06**2}]  # .8 of .04 and .06
    judged = {"calibration_error": 0.031, "bins": bins}
    told = finding({**quality, "support": {**quality["support"], "judged": judged}},
                         {"title": "t"}, PROFILE)
    assert "missed by 3 points for support (chance alone gives 4) and" in told["bottom_line"]


@pytest.mark.parametrize(("error", "told"), [
    (0.059, "Support came out as predicted, within chance"),  # chance: .8 of .05, and half more
    (0.0, "Support came out as predicted, within chance"),
    (0.07, "Support was 7 points off what was predicted"),
])
def test_a_chart_tells_an_error_only_where_it_is_more_than_chance(error, told):
    judged = {"on_what": "answers to polls", "calibration_error": error,
              "bins": [{"n": 90, "variance": 0.05**2}] * 10}
    table = pd.DataFrame({"n_people": [90] * 10, "predicted_share": [0.4] * 10,
                          "seen_share": [0.4 + error] * 10})
    words = calibration_words(table, {"support": {"judged": judged}}, "support", place="X")
    assert words["title"] == told


def test_the_range_of_support_is_twice_what_chance_in_who_answers_makes_it(quality):
    judged = {**quality["support"]["judged"], "bins": [{"n": 50, "variance": 0.02**2}] * 2}
    support = score_measures({**quality, "support": {"judged": judged},
                              "means": {**quality["means"], "support": 0.4}})[0]
    # the mean of two tenths: .02 / root 2 = .0141; times 1.645 and 2
    assert (support.low, support.high) == pytest.approx((0.3535, 0.4465), abs=0.0001)


def test_a_campaign_may_set_a_forecast_of_its_own(folder, tmp_path):
    shutil.copytree(folder / "data", tmp_path / "data")
    found = scored(tmp_path, replace(SCORES, turnout_expected_share=0.4))
    assert found["means"]["turnout"] == pytest.approx(0.4, abs=0.001)
    assert "own forecast, 40%" in level_words(found)
    turnout = {measure.name: measure for measure in score_measures(found)}
    assert turnout["turnout_expected"].low == pytest.approx(0.4, abs=0.001)
    assert turnout["turnout_expected"].high == found["turnout"]["range"][1]


def test_a_level_reaches_as_far_as_elections_of_a_kind_moved_from_one_to_the_next():
    days = [dt.date(2000 + i, 5, 1) for i in range(5)]
    names = ["Local 1", "National 1", "Local 2", "National 2", "Local 3"]
    elections = [vote_history.Election(day, name, "")
                 for day, name in zip(days, names, strict=True)]
    levels = np.array([-1.0, 0.0, -1.2, 0.1, -1.2])
    np.testing.assert_allclose(level.changes(elections, levels), [-0.2, 0.1, 0.0])
    by_hand = 2.3534 * np.sqrt((0.04 + 0.01) / 3)  # Student's t of three, 95 %
    assert level.reach(elections, levels, 0.9) == pytest.approx(by_hand, abs=1e-4)
    assert level.reach(elections[:2], levels[:2], 0.9) == pytest.approx(1.6449 * 0.2, abs=1e-4)


def test_scoring_twice_and_in_other_batches_gives_the_same_bytes(folder, quality, tmp_path):
    shutil.copytree(folder / "data", tmp_path / "data")
    scored(tmp_path, replace(SCORES, n_batch_people=4_096))
    before, after = (table_of(root, "scores") for root in (folder, tmp_path))
    pd.testing.assert_frame_equal(before, after)
    one = tmp_path / "data/scores/voter_ids.parquet"
    assert one.read_bytes() == (folder / "data/scores/voter_ids.parquet").read_bytes()


def test_answers_of_one_kind_fall_back_to_voter_ids_and_say_so(folder, tmp_path):
    root = changed(folder, tmp_path, "polls", lambda polls: polls.assign(
        vote_intention_code="HAR"))
    found = scored(root)
    assert found["support"]["learned_from"] == "ids"
    assert "An ID is not a vote" in learned_words(found, PROFILE)
    assert table_of(root, "scores")["score_probability"].notna().sum() == 2 * found["n_people"]


def test_without_a_history_there_is_no_turnout_score_and_the_brief_says_so(folder, tmp_path):
    root = changed(folder, tmp_path, "vote_history", lambda history: history.assign(
        voter_id=history["voter_id"] + "X"))
    found = scored(root)
    assert "turnout" not in found["means"]
    assert "There is no turnout score" in learned_words(found, PROFILE)
    rows = table_of(root, "scores")
    assert rows.loc[rows["score_code"] == "turnout", "score_probability"].isna().all()
    assert finding(found, {"title": "t"}, PROFILE) == {"title": "t"}
    assert calibration_table(found, "turnout", PROFILE)["seen_share"].isna().all()
    groups = group_table(found, PROFILE)
    assert groups["turnout_seen_share"].isna().all()
    assert groups["support_seen_share"].notna().any()


def test_neither_polls_nor_ids_leave_support_empty(folder, tmp_path):
    root = changed(folder, tmp_path, "polls", lambda polls: polls.head(0))
    (root / "data/tables/canvass.parquet").unlink()
    found = scored(root)
    assert found["support"]["learned_from"] == "nothing"
    assert "There is no support score" in learned_words(found, PROFILE)
    assert id_table(found, PROFILE)["n_people"].isna().all()
    assert correction_table(found, PROFILE)["known_name"].tolist() == ["not known"]
    assert group_table(found, PROFILE)["support_seen_share"].isna().all()


def test_people_must_have_been_made(folder, tmp_path):
    shutil.copytree(folder / "data" / "tables", tmp_path / "data" / "tables")
    with pytest.raises(StorageError, match="dvc repro spine"):
        scored(tmp_path)
    with pytest.raises(StorageError, match="dvc repro scores"):
        read_quality(tmp_path)


def test_what_is_shown_is_protected(quality):
    tables = [band_table(quality, PROFILE), mark_table(quality, PROFILE),
              id_table(quality, PROFILE), correction_table(quality, PROFILE)]
    for table in tables:
        for name in table.columns[table.columns.str.startswith("n_")]:
            counts = table[name].dropna().astype("int64")
            assert (counts % 5 == 0).all()
            assert ((counts == 0) | (counts >= 10)).all()
    shares = group_table(quality, PROFILE).select_dtypes("number").astype("float64")
    np.testing.assert_array_equal(shares, shares.round(2))


def shown_under_a_build(quality):
    """Everything that the brief shows of the scores, as a build notes it; what else to hide."""
    open_ledger()
    try:
        for code in SCORE_NAMES:
            calibration_table(quality, code, PROFILE)
        for table in (band_table, group_table, correction_table,
                      id_table, mark_table):
            refuse_unprotected(table(quality, PROFILE), table.__name__)
        for measure in score_measures(quality):
            protect_measure(measure, PROFILE)
        return close_ledger(data="one").content
    finally:
        forget_ledger()


def test_a_build_finds_that_what_is_shown_adds_up(quality):
    content = shown_under_a_build(quality)
    populations = {table["population"] for table in content["shown"]["tables"]}
    assert populations >= {"scored electors", "answers to polls"}
    assert not [name for name in populations if name.startswith("rows of")]


def test_a_sample_that_is_learned_from_does_not_contradict_the_whole(folder, tmp_path):
    shutil.copytree(folder / "data", tmp_path / "data")
    found = scored(tmp_path, replace(SCORES, n_fit_people=1_500))
    assert shown_under_a_build(found)["shown"]["tables"]


def test_regions_and_ages_that_are_not_known_are_two_rows(quality):
    judged = quality["turnout"]["judged"]
    first = {**judged["groups"][0], "level_name": "not known"}
    last = {**judged["groups"][-1], "level_name": "not known"}
    groups = [first, *judged["groups"][1:-1], last]
    table = group_table(
        {**quality, "turnout": {**quality["turnout"], "judged": {**judged, "groups": groups}}},
        PROFILE)
    assert {"Region not known", "Age not known"} <= set(table["group_name"])


def test_a_share_further_off_than_chance_reaches_is_said_to_be_so(quality):
    judged = quality["turnout"]["judged"]
    row = {**judged["groups"][0], "n": 1_000, "seen_share": 0.5, "variance": 0.0001}
    told = [{**row, "level_name": name, "predicted_probability": predicted}
            for name, predicted in (("a", 0.45), ("b", 0.49), ("c", 0.55))]
    table = group_table(
        {**quality, "support": {**quality["support"], "judged": None},
         "turnout": {**quality["turnout"], "judged": {**judged, "groups": told}}}, PROFILE)
    assert table["turnout_told_name"].tolist() == ["too low", "as predicted", "too high"]
    assert set(table["support_told_name"]) == {"not judged"}


def test_the_brief_tells_of_ids_of_a_day_to_come_and_of_regions_without_ids(quality):
    ids = {**quality["ids"], "n_future": 23, "regions_without": ["north_shore"]}
    told = learned_words({**quality, "ids": ids}, PROFILE)
    assert "25 voter IDs are dated after the day of this build and are not used." in told
    assert "Nobody has a voter ID in north shore: scores there rest on" in told
    told = learned_words({**quality, "ids": {**ids, "n_people": 0}}, PROFILE)
    assert "Nobody has a voter ID that still counts." in told
    assert "north shore" not in told


def test_a_region_without_ids_is_scored_all_the_same(folder, tmp_path):
    voters = pd.read_parquet(folder / "data/tables/voters.parquet")
    people = pd.read_parquet(folder / "data/people/people.parquet")
    bare = people.merge(voters[voters["region_code"] == "inland"], on="voter_id")["person_id"]
    crosswalk = pd.read_parquet(folder / "data/people/crosswalk.parquet")
    theirs = crosswalk["person_id"].isin(bare) & (crosswalk["table_name"] == "canvass")
    keys = set(crosswalk.loc[theirs, "row_key"])
    root = changed(folder, tmp_path, "canvass",
                   lambda canvass: canvass[~canvass["contact_id"].isin(keys)])
    found = scored(root)
    assert found["ids"]["regions_without"] == ["inland"]
    assert table_of(root, "scores")["score_probability"].notna().sum() == 2 * found["n_people"]


def test_a_register_of_nobody_leaves_typed_and_empty_scores(folder, tmp_path):
    root = changed(folder, tmp_path, "voters", lambda voters: voters.head(0))
    assert scored(root)["n_people"] == 0
    assert table_of(root, "scores").empty
    assert learned_words(scored(root), PROFILE).startswith("There is no support score")


@pytest.mark.parametrize("column", ["region_code", "sex_code", "party_code", "birth_date",
                                    "birth_year", "age_years", "area_id", "seat_id"])
@pytest.mark.parametrize("share", [0.05, 1.0], ids=["some", "all"])
def test_a_fact_that_the_register_does_not_know_of_everybody_is_no_crash(
    folder, tmp_path, column, share
):
    root = changed(folder, tmp_path, "voters", lambda voters: voters.assign(
        **{column: voters[column].where(np.arange(len(voters)) % 20 >= 20 * share)}))
    found = scored(root)
    assert table_of(root, "scores")["score_probability"].notna().sum() == 2 * found["n_people"]
    assert set(group_table(found, PROFILE)["group_name"])


def test_ids_of_one_kind_and_no_polls_leave_support_empty(folder, tmp_path):
    root = changed(folder, tmp_path, "canvass", lambda canvass: canvass.assign(
        voter_id_code=canvass["voter_id_code"].where(canvass["voter_id_code"].isna(), "1")))
    (root / "data/tables/polls.parquet").unlink()
    found = scored(root)
    assert found["support"]["learned_from"] == "nothing"
    assert "neither polls nor voter IDs show both sides" in learned_words(found, PROFILE)


def test_a_history_of_one_kind_leaves_turnout_empty(folder, tmp_path):
    root = changed(folder, tmp_path, "vote_history", lambda history: history.assign(
        voted_code="did_not"))
    found = scored(root)
    assert "turnout" not in found["means"]
    assert "no election on file has both voters and others" in learned_words(found, PROFILE)


def test_the_figures_name_nobody(folder, quality):
    text = json.dumps(quality)
    people = pd.read_parquet(folder / "data/people/people.parquet")
    assert not [name for name in people["person_id"].head(500) if name in text]


def test_an_elector_is_scored_who_may_vote_and_no_other(folder, quality):
    from workbench.tables import read_table
    from workbench.voters.register import describe_electors

    register = read_table(folder / "data/tables/voters.parquet")
    described = describe_electors(
        register, as_of=AS_OF, polling_date=dt.date(2026, 11, 3), voting_age_years=18)
    people = pd.read_parquet(folder / "data/people/people.parquet")
    may_vote = set(described["voter_id"])
    expected = people[people["is_elector"] & people["voter_id"].isin(may_vote)]
    assert set(table_of(folder, "scores")["person_id"]) == set(expected["person_id"])


def test_age_bands_are_those_of_the_voters_brief():
    connection = duckdb.connect()
    bands = connection.execute(
        f"SELECT {electors._band_sql()} FROM (VALUES (18), (24), (25), (120), (121), (NULL)) "
        "t(age_now)").fetchall()
    assert [band for (band,) in bands] == ["18-24", "18-24", "25-34", "75+", "not known",
                                           "not known"]


def test_a_party_that_nobody_named_leaves_support_to_voter_ids(folder, tmp_path):
    shutil.copytree(folder / "data", tmp_path / "data")
    assert scored(tmp_path, replace(SCORES, our_party_code=""))["support"]["learned_from"] == "ids"


def test_names_of_the_sample_that_a_campaign_of_ones_own_lacks_are_told_first(folder, tmp_path):
    shutil.copytree(folder / "data", tmp_path / "data")
    found = scored(tmp_path, replace(SCORES, our_party_code="LAB",
                                     like_election_names=("General 1997",)))
    told = finding(found, {"title": "t"}, PROFILE)
    assert told["title"] == "Whose voters these are cannot be told: no file names our party"
    assert "No file names the party LAB" in told["bottom_line"]
    results, register = (pd.read_parquet(folder / f"data/tables/{name}.parquet")["party_code"]
                         for name in ("area_results", "voters"))
    parties = sorted({*results, *register.dropna()})
    assert f"they name {', '.join(parties[:5])}" in told["bottom_line"]
    assert "scores.our_party_code" in told["decision"]
    assert "no election named General 1997" in learned_words(found, PROFILE)


def test_a_name_that_files_know_needs_no_word(quality):
    assert quality["names"]["is_party_known"]
    assert "like_election_names" not in learned_words(quality, PROFILE)


@pytest.mark.parametrize(
    ("error", "spread", "has_failed"),
    [(0.051, 0.01, True), (0.05, 0.01, False), (0.2, 0.1, False), (0.3, 0.1, True)],
)
def test_a_score_that_was_far_off_is_not_planned_on(quality, error, spread, has_failed):
    judged = {**quality["turnout"]["judged"], "calibration_error": error,
              "bins": [{"n": 100, "predicted_probability": 0.5, "seen_share": 0.5 + error,
                        "variance": spread**2}]}
    found = {**quality, "turnout": {**quality["turnout"], "judged": judged},
             "support": {**quality["support"], "judged": None}}
    told = finding(found, {"title": "t"}, PROFILE)
    assert ("failed its own test" in told["title"]) is has_failed
    assert f"missed by {round(100 * error)} points for turnout" in told["bottom_line"]


def test_a_vendors_score_is_compared_with_a_model_on_a_poll_of_any_names(tmp_path, capsys):
    rng = np.random.default_rng(6)
    voted_before = rng.random(1_200) < 0.6
    odds = np.where(voted_before, 1.5, -1.0)
    vendor = 1 / (1 + np.exp(-2 * odds - 1))  # too sure of itself, and too high
    pd.DataFrame({"voted": (rng.random(1_200) < 1 / (1 + np.exp(-odds))) * 1,
                  "vendor": 100 * vendor, "before": voted_before * 1,
                  "said": np.where(rng.random(1_200) < 0.1, "[DO NOT READ] Refused", "Sure"),
                  }).to_csv(tmp_path / "poll.csv", index=False)
    module = benchmark("turnout_poll")
    arguments = ["turnout_poll", "--file", str(tmp_path / "poll.csv"), "--outcome", "voted",
                 "--vendor", "vendor", "--history", "before", "--ages", "--said", "said",
                 "--codes"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", arguments)
        module.main()
    found = json.loads(capsys.readouterr().out)
    assert found["used"] == 1_200
    assert found["ours_brier"] < found["vendor_brier"] - 2 * found["brier_gain_error"]
    assert found["ours_ece"] < 0.05 < found["vendor_ece"]


# --- recovery: samples that nothing was fitted to

@pytest.mark.slow
@pytest.mark.parametrize("seed", [101, 102, 103])
def test_scores_are_the_true_chances_of_an_unseen_sample(tmp_path, seed):
    """The bars of support, and of turnout once its level is known; ranking; bias.

    No file tells the level of the turnout to come. By default it is that of the elections
    named: then the true one lies within the range that the brief shows, and that is all.
    """
    truths = benchmark("scores_truth")
    benchmark("scores_data").write_tables(tmp_path, 200_000, seed=seed)
    truth = pd.read_parquet(tmp_path / "truth.parquet")
    found = scored(tmp_path)
    low, high = found["turnout"]["range"]
    assert low <= truth["turnout_probability"].mean() <= high
    judged = truths.judge(tmp_path, truth)
    assert judged["ece_support"] <= 0.02
    assert judged["worst_support"] <= 0.02
    assert judged["ece_turnout_at_true_level"] <= 0.02
    assert judged["worst_turnout_at_true_level"] <= 0.02
    for code in ("support", "turnout"):
        assert judged[f"auc_{code}"] >= judged[f"auc_truth_{code}"] - 0.01
    both = truths.scores_and_truth(tmp_path, truth)
    with_id = both[both["person_id"].isin(table_of(tmp_path, "voter_ids")["person_id"])]
    true_mean = both["support_probability"].mean()
    planted = with_id["support_probability"].mean() - true_mean
    assert abs(both["support"].mean() - true_mean) <= 0.2 * abs(planted)
    turnout = found["corrections"][-1]
    planted = turnout["reached_share"] - turnout["known_share"]
    assert abs(turnout["corrected_share"] - turnout["known_share"]) <= 0.2 * planted
