"""Tables of many rows: what is chosen on some of them, found in steps, or read from trees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from test_anytable import voters

from workbench.voters.anytable import design, fields, learn, leaves, ridge, score_table, trees

MANY = 70_000  # rows: two fifths of them are more than settings are chosen by


def labelled(n, seed=3):
    """The fields and rows of the made-up table, and each row's fold."""
    table, _ = voters(n, seed)
    names = ["age", "party", "voted_2020", "noise"]
    found, _ = fields.read_fields(table, names, np.ones(n, dtype=bool))
    unit = np.random.default_rng(seed).permutation(n // 2)[np.arange(n) // 2]
    rows = learn.Rows(design.values_of(found, table), table["voted"].to_numpy(), unit)
    return found, rows, unit % 5


@pytest.fixture(scope="module")
def many():
    """Scores of a table of many rows, and its true chances."""
    table, truth = voters(MANY)
    return table, truth, score_table(table, outcome="voted", unit="home")


@pytest.mark.slow
def test_scores_of_many_rows_rank_as_the_true_chances_do(many):
    table, truth, scored = many
    known = roc_auc_score(table["voted"], truth)  # of the chances that made the votes
    assert known - 0.003 < scored.measures["auc"] < known + 0.003
    assert np.abs(scored.rows["score_probability"] - truth).mean() < 0.02
    assert scored.measures["slope"] == pytest.approx(1, abs=0.03)


@pytest.mark.slow
def test_the_same_table_of_many_rows_gives_the_same_bytes(many):
    table, _, scored = many
    again = score_table(table, outcome="voted", unit="home")
    assert again.rows["score_probability"].to_numpy().tobytes() == (
        scored.rows["score_probability"].to_numpy().tobytes())
    assert again.rows["reason_names"].tolist() == scored.rows["reason_names"].tolist()
    assert again.measures == scored.measures


@pytest.mark.slow
def test_settings_of_many_rows_are_the_same_each_time_and_see_no_row_that_they_score():
    found, rows, fold = labelled(MANY)
    turned = np.where(fold < 2, 1 - rows.outcome, rows.outcome)  # the first two folds' alone
    with trees.one_thread():
        chosen = learn.choose_apart(found, rows, fold)
        again = learn.choose_apart(found, rows, fold)
        others = learn.choose_apart(found, learn.Rows(rows.values, turned, rows.unit), fold)
    assert chosen == again
    assert chosen[0] == chosen[1]
    assert chosen[2] == chosen[3] == chosen[4]
    assert others[0] == chosen[0]


def test_of_few_rows_each_fold_has_settings_of_its_own():
    found, rows, fold = labelled(400)
    assert learn.choose_apart(found, rows, fold) == dict.fromkeys(range(5))


def test_rows_to_choose_by_are_whole_units_whatever_the_order_of_rows():
    _, rows, _ = labelled(6_000)
    some = rows.at_most(1_000)
    turned = rows.part(np.arange(6_000)[::-1]).at_most(1_000)
    assert len(some.outcome) == 1_000
    assert set(np.bincount(some.unit)) == {2}  # two in a home, both or neither
    assert set(some.unit) == set(turned.unit)


@pytest.mark.slow
def test_a_rare_outcome_of_many_rows_is_learned_from_all_that_have_it():
    rng = np.random.default_rng(8)
    age = rng.integers(18, 90, 40_000)
    table = pd.DataFrame({"age": age, "gave": 0})
    table.loc[rng.choice(np.flatnonzero(age > 70), 25, replace=False), "gave"] = 1
    assert score_table(table, outcome="gave").measures["auc"] > 0.8


def test_a_logistic_model_of_many_rows_is_scikit_learns():
    rng = np.random.default_rng(9)
    n = 2 * ridge.MOST_TO_START_BY + 1
    columns = rng.normal(size=(n, 4))
    columns[:, 3] = np.arange(n) % 2_001 == 1  # 20 rows, none of them among the first fitted
    outcome = (rng.random(n) < expit(columns @ [1.0, -0.5, 0.0, 2.0] - 1)).astype(float)
    for variance in (0.01, 1.0):
        ours, intercept = ridge.fit_ridge(columns, outcome, variance)
        model = LogisticRegression(C=variance, tol=1e-8, solver="newton-cholesky")
        model.fit(columns, outcome)
        np.testing.assert_allclose(ours, model.coef_[0], atol=5e-3)
        assert intercept == pytest.approx(model.intercept_[0], abs=1e-3)


@pytest.fixture(scope="module")
def grown():
    """Rows with blanks, two columns of levels, and trees of them."""
    rng = np.random.default_rng(10)
    rows = rng.normal(size=(3_000, 5))
    rows[:, [1, 3]] = rng.integers(0, 40, (3_000, 2))
    rows[rng.random(rows.shape) < 0.1] = np.nan
    odds = np.nan_to_num(rows[:, 0] * rows[:, 2]) + np.sin(np.nan_to_num(rows[:, 1], nan=2.0))
    outcome = (rng.random(3_000) < expit(odds)).astype(float)
    is_level = np.array([False, True, False, True, False])
    return rows, trees.fit_trees(rows, outcome, is_level, 30, 16)


def test_trees_read_as_questions_say_what_scikit_learns_do(grown):
    rows, model = grown
    np.testing.assert_allclose(
        leaves.read_trees(model).log_odds(rows), model.decision_function(rows), atol=1e-12)
    none = trees.fit_trees(rows[:, :1], rows[:, 2] > 0, np.array([False]), 3, 5)
    np.testing.assert_allclose(  # without a column of levels
        leaves.read_trees(none).log_odds(rows[:, :1]), none.decision_function(rows[:, :1]))


def test_what_a_column_moves_in_trees_is_the_difference_from_its_usual_value(grown):
    rows, model = grown
    usual = np.array([0.5, 7.0, np.nan, 3.0, 0.0])
    field = np.array([0, 1, 2, 3, 1])  # the last column is of the second field too
    moved = leaves.read_trees(model).moved(rows, usual, field)
    for one in range(4):
        changed = rows.copy()
        changed[:, field == one] = usual[field == one]
        whole, without = model.decision_function(rows), model.decision_function(changed)
        np.testing.assert_allclose(moved[:, one], whole - without, atol=1e-12)
