"""Any labelled table is scored: chances that are right on rows not seen, or a sentence."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from workbench.errors import SettingsError
from workbench.voters.anytable import blend, design, fields, lines, measures, score_table
from workbench.voters.anytable.labelled import read_labels

N = 1_200


def voters(n=N, seed=3):
    """A made-up table: who votes hangs on age (bent), party and history; two in a home."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({
        "age": rng.integers(18, 90, n), "party": rng.choice(["red", "blue", "none"], n),
        "voted_2020": rng.random(n) < 0.5, "noise": rng.normal(size=n),
        "home": [f"H{i // 2}" for i in range(n)]})
    odds = (0.05 * (np.minimum(table["age"], 50) - 40) + 1.2 * (table["voted_2020"] - 0.5)
            + table["party"].map({"red": 0.6, "blue": 0.0, "none": -0.8}))
    table["voted"] = (rng.random(n) < expit(odds)).astype(float)
    return table, expit(odds).to_numpy()


@pytest.fixture(scope="module")
def made():
    """The table, its true chances, and its scores; the last hundred rows have no label."""
    table, truth = voters()
    table.loc[N - 100:, "voted"] = np.nan
    return table, truth, score_table(table, outcome="voted", unit="home")


def test_scores_are_as_good_as_those_of_somebody_who_knows_the_form(made):
    table, truth, scored = made
    is_labelled = scored.rows["is_labelled"]
    known = roc_auc_score(table["voted"][is_labelled], truth[is_labelled])
    assert scored.measures["auc"] > known - 0.02
    assert np.corrcoef(scored.rows["score_probability"], truth)[0, 1] > 0.93
    assert scored.measures["slope"] == pytest.approx(1, abs=0.1)


def test_rows_without_a_label_are_scored_as_well_as_those_with_one(made):
    _, truth, scored = made
    rows = scored.rows[~scored.rows["is_labelled"]]
    assert len(rows) == 100
    assert rows["fold"].isna().all()
    assert np.abs(rows["score_probability"] - truth[rows.index]).mean() < 0.08


def test_measures_are_those_that_scikit_learn_gives_for_the_scores(made):
    _, _, scored = made
    rows = scored.rows[scored.rows["is_labelled"]]
    chance, outcome = rows["score_probability"], rows["outcome"]
    assert scored.measures["auc"] == pytest.approx(roc_auc_score(outcome, chance))
    assert scored.measures["brier"] == pytest.approx(brier_score_loss(outcome, chance))
    line = LogisticRegression(C=1e6, tol=1e-8).fit(logit(chance).to_numpy()[:, None], outcome)
    assert scored.measures["slope"] == pytest.approx(line.coef_[0, 0], abs=1e-3)
    assert scored.measures["intercept"] == pytest.approx(line.intercept_[0], abs=1e-3)


def test_the_error_of_calibration_by_hand():
    chance = np.repeat([0.25, 0.75], 100)
    outcome = np.tile([1.0, 0, 0, 0], 50)  # a quarter everywhere: right, then off by a half
    found = measures.measure(chance, outcome)
    assert found["calibration_error"] == pytest.approx(0.25)
    by_hand = np.sqrt(2 / np.pi * 0.1875 / 20)  # mean size of a normal error, tenths of 20
    assert found["calibration_by_chance"] == pytest.approx(by_hand)


def test_a_unit_is_in_one_fold_and_its_rows_do_not_teach_of_each_other():
    rng = np.random.default_rng(1)
    homes = np.repeat(np.arange(100), 3)
    table = pd.DataFrame({"home": homes, "street": homes.astype(str),  # the home in disguise
                          "y": np.repeat(rng.integers(0, 2, 100), 3)})
    scored = score_table(table, outcome="y", unit="home")
    assert (scored.rows.groupby(table["home"])["fold"].nunique() == 1).all()
    assert scored.measures["auc"] < 0.55  # 1 if a home's rows told of each other


def test_the_same_table_and_seed_give_the_same_scores_and_rows_may_come_in_any_order(made):
    table, _, scored = made
    turned = score_table(table.iloc[::-1], outcome="voted", unit="home")
    pd.testing.assert_frame_equal(turned.rows.sort_index(), scored.rows)


def test_pairs_of_columns_are_found_where_the_outcome_hangs_on_both():
    rng = np.random.default_rng(2)
    columns = rng.normal(size=(4_000, 6))
    outcome = (rng.random(4_000) < expit(columns[:, 1] * columns[:, 4])).astype(float)
    field = np.arange(6)
    plain = lines.fit_lines(columns, outcome, lines.Prior(1.0))
    pairs = lines.find_pairs(columns, outcome, field, plain)
    assert pairs[0].tolist() == [1, 4]
    fitted = lines.fit_lines(columns, outcome, lines.Prior(1.0, 1.0), pairs)
    truth = columns[:, 1] * columns[:, 4]
    assert np.corrcoef(fitted.log_odds(columns), truth)[0, 1] > 0.95


def test_the_logistic_model_without_pairs_is_scikit_learns():
    rng = np.random.default_rng(4)
    columns = rng.normal(size=(500, 3))
    outcome = (rng.random(500) < expit(columns[:, 0])).astype(float)
    ours = lines.fit_lines(columns, outcome, lines.Prior(0.1)).log_odds(columns)
    model = LogisticRegression(C=0.1, tol=1e-8).fit(columns - columns.mean(axis=0), outcome)
    np.testing.assert_allclose(
        ours, model.decision_function(columns - columns.mean(axis=0)), atol=1e-3)


def test_the_better_of_two_models_is_chosen_and_one_too_sure_is_drawn_in():
    rng = np.random.default_rng(5)
    truth = rng.normal(size=20_000)
    outcome = (rng.random(20_000) < expit(truth)).astype(float)
    both = np.column_stack([rng.normal(size=20_000), 2 * truth])
    chosen = blend.fit_blend(both, outcome)
    assert chosen.trees_share == 1.0
    assert chosen.slope == pytest.approx(0.5, abs=0.03)
    assert chosen.name == "boosted trees"


def test_a_column_known_only_afterwards_is_warned_of(made):
    table, _, scored = made
    told = score_table(table.assign(thanked=table["voted"].map({1.0: "yes", 0.0: None})),
                       outcome="voted", unit="home", columns=["age", "thanked"])
    assert "Column thanked tells the outcome nearly perfectly by itself" in " ".join(told.notes)
    assert scored.notes == ()


def test_reasons_name_the_columns_that_move_a_score(made):
    table, _, scored = made
    low = (table["age"] < 25) & (table["party"] == "none") & ~table["voted_2020"]
    told = scored.rows["reason_names"][low]
    for name in ("age", "party", "voted_2020"):
        assert told.str.contains(f"{name} lowers it").mean() > 0.7
    assert not scored.rows["reason_names"].str.contains("home").any()


# --- columns of any kind

MESSY = {
    "half blank": lambda t: t["age"].where(np.arange(N) % 2 == 0),
    "texts of numbers": lambda t: t["age"].astype(str).where(t["age"] > 30, " "),
    "infinite": lambda t: t["noise"].where(t["noise"] < 1, np.inf),
    "one rare level": lambda t: t["party"].where(np.arange(N) > 0, "green"),
    "many levels": lambda t: (t["age"] * 7 % 60).astype(str) + "th ward",
    "category": lambda t: t["party"].astype("category").cat.add_categories(["unused"]),
    "nullable": lambda t: t["age"].astype("Int64").where(t["age"] > 20),
    "boolean with blanks": lambda t: t["voted_2020"].astype("boolean").where(t["age"] > 20),
    "day": lambda t: pd.Timestamp("2020-01-01") + pd.to_timedelta(t["age"], unit="D"),
    "day with zone": lambda t: pd.Timestamp("2020-01-01", tz="Europe/Paris")
    + pd.to_timedelta(t["age"], unit="D"),
    "date objects": lambda t: pd.Series([dt.date(1950 + a % 50, 1, 1) for a in t["age"]]),
    "period": lambda t: pd.Series(pd.PeriodIndex(["2020-01"] * 700 + ["2021-02"] * (N - 700),
                                                 freq="M")),
    "span": lambda t: pd.to_timedelta(t["age"], unit="D"),
    "mixed objects": lambda t: pd.Series([1, "x", None, 2.5, True] * (N // 5)),
    "lists": lambda t: pd.Series([[1], [2, 3], None] * (N // 3)),
    "huge": lambda t: t["noise"] * 1e300,
    "decimal": lambda t: t["age"].map(lambda a: __import__("decimal").Decimal(int(a))),
}


def test_columns_of_any_kind_are_taken_together(made):
    table, _, _ = made
    table = table.assign(**{name: make(table) for name, make in MESSY.items()})
    scored = score_table(table, outcome="voted", unit="home")
    assert scored.rows["score_probability"].between(0, 1).all()
    assert scored.measures["auc"] > 0.7


LEFT_OUT = {
    "blank in every row": lambda t: pd.Series([None] * N),
    "same in every labelled row": lambda t: pd.Series(["north"] * N),
    "row by row": lambda t: t["age"] * 1.0,
    "as names and keys have": lambda t: pd.Series([f"V{i}" for i in range(N)]),
    "dates that can be read in two ways": lambda t: pd.Series(["03/04/2020", "04/05/2021"]
                                                              * (N // 2)),
    "complex numbers": lambda t: t["age"] * 1j,
}


@pytest.mark.parametrize("why", LEFT_OUT)
def test_a_column_that_cannot_be_used_is_left_out_with_a_sentence(made, why):
    table, _, _ = made
    table = table.assign(odd=LEFT_OUT[why](table))
    is_labelled = table["voted"].notna().to_numpy()
    kept, notes = fields.read_fields(table, ["age", "odd"], is_labelled)
    assert [field.name for field in kept] == ["age"]
    assert why in notes[0]
    assert notes[0].startswith("Column odd was left out: it ")


def test_a_level_that_was_not_learned_from_counts_as_a_rare_one():
    values = np.repeat([0.0, 1.0], 50)
    made = design.fit_levels(values, np.tile([0.0, 1.0], 50))
    assert made.codes(np.array([0.0, 1.0, 7.0, np.nan])).tolist() == [1, 2, 3, 0]


def test_levels_without_end_are_told_by_their_means_from_other_units():
    rng = np.random.default_rng(6)
    ward = rng.integers(0, 100, 3_000)
    lean = rng.normal(0, 1.5, 100)[ward]
    table = pd.DataFrame({"ward": ward.astype(str) + "w", "y":
                          (rng.random(3_000) < expit(lean)).astype(int)})
    scored = score_table(table, outcome="y")
    known = roc_auc_score(table["y"], lean)
    assert scored.measures["auc"] > known - 0.03
    assert scored.measures["slope"] == pytest.approx(1, abs=0.1)


# --- bad input: a sentence

def test_one_outcome_alone_teaches_nothing(made):
    table, _, _ = made
    scored = score_table(table.assign(voted=1), outcome="voted")
    assert "All 1,200 labelled rows have the same outcome" in scored.notes[-1]
    assert scored.rows["score_probability"].isna().all()
    assert scored.measures == {}
    nobody = score_table(table.assign(voted=None), outcome="voted")
    assert nobody.notes[-1] == "No row has an outcome, so nothing can be learned."


def test_ten_people_are_too_few(made):
    table, _, _ = made
    told = score_table(table.head(10), outcome="voted").notes[-1]
    assert "At least 20 of each are needed" in told
    assert score_table(table.head(0), outcome="voted").rows.empty


def test_one_trait_is_enough_and_one_region_is_no_trait(made):
    table, _, _ = made
    scored = score_table(table.assign(region="north"), outcome="voted",
                         columns=["voted_2020", "region"])
    assert scored.measures["auc"] > 0.55
    assert scored.notes == (
        "Column region was left out: it is the same in every labelled row.",)
    alone = score_table(table.assign(region="north"), outcome="voted", columns=["region"])
    share = table["voted"].mean()
    assert alone.rows["score_probability"].unique() == pytest.approx([share])
    assert "This ranks nobody" in alone.notes[-1]


def test_all_blank_gives_everybody_the_share(made):
    table, _, _ = made
    blank = table.assign(age=None, party="", voted_2020=np.nan, noise=pd.NA)
    scored = score_table(blank, outcome="voted", unit="home")
    assert "No column tells anything" in scored.notes[-1]
    assert len(scored.notes) == 5


def test_rows_of_a_few_units_cannot_be_judged(made):
    table, _, _ = made
    told = score_table(table.assign(place=np.arange(N) % 3), outcome="voted", unit="place")
    assert "of 3 units only" in told.notes[-1]


@pytest.mark.parametrize("change", [
    lambda t: t.head(45), lambda t: t.assign(voted=(np.arange(N) % 70 == 0) * 1),
    lambda t: t.assign(party=None).head(60), lambda t: t.assign(home="same"),
    lambda t: t.assign(voted=t["voted"].where(np.arange(N) < 50)),
    lambda t: t.assign(home=np.arange(N) % 11), lambda t: t.set_index("home", drop=False),
], ids=["45 people", "22 outcomes", "60 people, a blank column", "one unit", "50 labels",
        "11 units", "rows of one name"])
def test_small_and_lopsided_tables_give_scores_or_a_sentence(made, change):
    table, _, _ = made
    scored = score_table(change(table), outcome="voted", unit="home")
    assert scored.measures or scored.notes
    assert len(scored.rows) == len(change(table))


def test_a_mistake_in_a_name_is_told_with_the_nearest_one(made):
    table, _, _ = made
    with pytest.raises(SettingsError, match="no column 'vote'. Did you mean 'voted'"):
        score_table(table, outcome="vote")
    with pytest.raises(SettingsError, match="2 columns named 'age'"):
        score_table(pd.concat([table, table[["age"]]], axis=1), outcome="voted")


def test_an_outcome_of_other_values_is_refused_without_telling_them(made):
    table, _, _ = made
    with pytest.raises(SettingsError) as error:
        score_table(table, outcome="party")
    assert "1,200 of 1,200 rows have an outcome in column 'party'" in str(error.value)
    assert "red" not in str(error.value)


def test_yes_and_no_are_an_outcome_and_blanks_are_not():
    table = pd.DataFrame({"gave": ["Yes", " no", "", None, "TRUE"]})
    labels = read_labels(table, "gave", None, 1)
    np.testing.assert_array_equal(labels.outcome, [1, 0, np.nan, np.nan, 1])
