"""Learn support from a sample of electors, and judge it on what it did not see."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.voters.scores import answers, calibrate, support
from workbench.voters.scores.design import Design

if TYPE_CHECKING:
    import duckdb

N_FOLDS = 5


@dataclass(frozen=True)
class Judged:
    """How a score did on outcomes that its model had not seen, in words and figures."""

    on_what: str
    bins: pd.DataFrame
    groups: pd.DataFrame
    skill: dict[str, float]
    more: dict[str, Any] = field(default_factory=dict)


def sample_people(
    connection: duckdb.DuckDBPyConnection, n_people: int, seed: int
) -> pd.DataFrame:
    """Return features of about ``n_people`` electors, whole households, drawn by a hash."""
    return connection.execute(
        "SELECT * FROM feature WHERE household_id IN (SELECT household_id FROM feature "
        "GROUP BY household_id ORDER BY md5(household_id || $seed) LIMIT "
        "(SELECT ceil($n * count(DISTINCT household_id) / greatest(count(*), 1))::BIGINT "
        "FROM feature)) "
        "ORDER BY person_id", {"n": n_people, "seed": f"|{seed}"}).df()


def learn_support(
    people: pd.DataFrame, answered: pd.DataFrame, weights: np.ndarray, design: Design
) -> tuple[support.Support, Judged]:
    """Return the support model and how it did on households and on a wave that it did not see.

    ``people`` is the sample with its IDs; ``answered`` has a row an answer with features and
    ``is_ours``, ``weights`` one weight each.
    """
    groups = design.group_of_column
    told = support.fit_told(design.matrix(people), people, groups)
    columns = support.support_columns(design.matrix(answered), answered, groups, told)
    outcome = answered["is_ours"].to_numpy(dtype="float64")
    fold = support.fold_of(answered["household_id"], N_FOLDS)
    variance = support.choose_variance(columns, outcome, weights, fold)
    unseen = support.predict_unseen(columns, outcome, weights, fold, variance=variance)
    coefficients, intercept = support.fit_logistic(columns, outcome, weights, variance)
    root = support.covariance_root(
        columns, intercept + columns @ coefficients, weights, variance)
    model = support.Support(
        support.POLLS, groups, told, columns.mean(axis=0), coefficients, intercept, root,
        variance, calibrate.fit_correction(unseen, outcome, answered, weights))
    last = answered.sort_values(["interview_date", "wave_name"])["wave_name"].iloc[-1]
    later = _later_wave(columns, outcome, weights, (answered["wave_name"] == last).to_numpy(),
                        variance)
    judged = judge(expit(unseen), outcome, answered, weights, "answers of households left out")
    return model, replace(judged, more=later)


def learn_support_from_ids(people: pd.DataFrame, design: Design) -> support.Support | None:
    """Return a support model of IDs alone, weighted to all; None where IDs are of one kind.

    For want of answers to polls: what is learned is what people tell canvassers.
    """
    groups, matrix = design.group_of_column, design.matrix(people)
    columns = matrix[:, support.is_like(groups)]
    has_id = people["position_mean"].notna().to_numpy()
    position = people["position_mean"].to_numpy(dtype="float64", na_value=np.nan)[has_id]
    is_decided = position != 0.5
    outcome = (position > 0.5).astype("float64")[is_decided]
    if len(np.unique(outcome)) < 2:
        return None
    weights = answers.response_weights(columns, has_id, 1.0)[is_decided]
    rows, homes = columns[has_id][is_decided], people["household_id"][has_id][is_decided]
    fold = support.fold_of(homes, N_FOLDS)
    variance = support.choose_variance(rows, outcome, weights, fold)
    coefficients, intercept = support.fit_logistic(rows, outcome, weights, variance)
    root = support.covariance_root(rows, intercept + rows @ coefficients, weights, variance)
    return support.Support(support.IDS, groups, None, rows.mean(axis=0), coefficients, intercept,
                           root, variance, calibrate.Correction())


def judge(
    chance: np.ndarray, outcome: np.ndarray, people: pd.DataFrame, weight: np.ndarray,
    on_what: str,
) -> Judged:
    """Return how chances did on outcomes, in tenths and by region and age."""
    return Judged(on_what, calibrate.reliability(chance, outcome, weight),
                  calibrate.by_group(chance, outcome, people, weight),
                  calibrate.skill(chance, outcome, weight))


def _later_wave(
    matrix: np.ndarray, outcome: np.ndarray, weight: np.ndarray, last: np.ndarray,
    variance: float,
) -> dict[str, Any]:
    """Return how a model of the earlier waves did on the last one; empty where there is one."""
    if last.all() or len(np.unique(outcome[last])) < 2:
        return {}
    coefficients, intercept = support.fit_logistic(
        matrix[~last], outcome[~last], weight[~last], variance)
    chance = expit(intercept + matrix[last] @ coefficients)
    bins = calibrate.reliability(chance, outcome[last], weight[last])
    return {"n_later": int(last.sum()), **calibrate.skill(chance, outcome[last], weight[last]),
            "calibration_error": calibrate.expected_calibration_error(bins)}
