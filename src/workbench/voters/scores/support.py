"""The support score: P(votes for us, given a vote), learned from answers to polls and from IDs.

Answers to polls are the outcome, for they were asked of anybody; IDs are features, for those who
are canvassed are not everybody, and what they tell a canvasser is not a vote. Two steps:

1. What people like them told canvassers (a ridge of the ID on what is known of a person).
2. A logistic model of the answer on that, on the person's own ID, and on the rest; its ridge is
   chosen on households that it did not see.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.voters.scores.calibrate import Correction
from workbench.voters.scores.design import STANDING

LIKE_THEM = (*(group.name for group in STANDING), "ties")
TOLD_RIDGE, TOLD_SCALE = 5.0, 3.0
HALF_A_STEP = 0.125          # keeps the log-odds of an ID of 0 or 1 finite
FEWEST_IDS = 200             # people; with fewer, what others like them told is not used
MOST_TO_CHOOSE_BY = 30_000  # answers
VARIANCES = (0.003, 0.01, 0.03, 0.1, 0.3)
POLLS, IDS = "polls", "ids"  # what a model was learned from
ID_TRUST = 0.8               # of a fresh ID, where no poll says how far IDs are right


@dataclass(frozen=True)
class Told:
    """What people like them told canvassers: coefficients, and how the index is scaled."""

    coefficients: np.ndarray
    mean: float
    spread: float


@dataclass(frozen=True)
class Support:
    """A fitted support model; ``root`` is a square root of its coefficients' covariance.

    ``kind`` names what it was learned from: answers to polls, or IDs for want of them, and then
    a person's own ID is not among the columns.
    """

    kind: str
    groups: np.ndarray
    told: Told | None
    middle: np.ndarray
    coefficients: np.ndarray
    intercept: float
    root: np.ndarray
    variance: float
    correction: Correction

    def columns(self, matrix: np.ndarray, people: pd.DataFrame) -> np.ndarray:
        """Return the columns of the model, of rows of the design's ``matrix``."""
        if self.kind == IDS:
            return matrix[:, is_like(self.groups)]
        return support_columns(matrix, people, self.groups, self.told)

    def log_odds(self, columns: np.ndarray, people: pd.DataFrame) -> np.ndarray:
        """Return the corrected log-odds of rows of `columns`."""
        raw = self.intercept + columns @ self.coefficients.astype(np.float32)
        if self.kind == IDS:
            raw = with_own_id(raw, people)
        return self.correction.applied(raw, people)


def is_like(groups: np.ndarray) -> np.ndarray:
    """Tell which columns say what is known of a person beside IDs, their own or their home's."""
    return np.isin(groups, LIKE_THEM)


def fit_told(matrix: np.ndarray, people: pd.DataFrame, groups: np.ndarray) -> Told | None:
    """Learn the ID from what else is known of a person; None where too few have one."""
    from sklearn.linear_model import Ridge

    has_id = people["position_mean"].notna().to_numpy()
    if has_id.sum() < FEWEST_IDS:
        return None
    like = matrix[:, is_like(groups)].astype("float64")
    position = people["position_mean"].to_numpy(dtype="float64", na_value=np.nan)[has_id]
    told = np.log((position + HALF_A_STEP) / (1 - position + HALF_A_STEP))
    again = np.minimum(people["n_ids"].to_numpy(dtype="float64")[has_id], 2)
    ridge = Ridge(alpha=TOLD_RIDGE, solver="cholesky")
    ridge.fit(like[has_id], told, sample_weight=again)
    index = like @ ridge.coef_
    return Told(ridge.coef_, float(index.mean()), float(max(index.std(), 1e-6)))


def told_index(matrix: np.ndarray, groups: np.ndarray, told: Told) -> np.ndarray:
    """Return what people like them told, in standard deviations about the mean."""
    index = matrix[:, is_like(groups)] @ told.coefficients.astype(np.float32)
    return np.asarray((index - told.mean) / told.spread)


def support_columns(
    matrix: np.ndarray, people: pd.DataFrame, groups: np.ndarray, told: Told | None
) -> np.ndarray:
    """Return the design's columns, and what people like them told.

    Its slope may bend, be another where they gave an ID of their own, and another a party.
    """
    if told is None:
        return matrix
    index = told_index(matrix, groups, told)
    position = people["position_mean"].to_numpy(dtype="float64", na_value=np.nan)
    side = np.nan_to_num(2 * (position - 0.5))
    more = np.stack([TOLD_SCALE * index, index**2, np.maximum(index, 0) ** 2,
                     index * ~np.isnan(position), index * side], axis=1).astype(np.float32)
    return np.concatenate([matrix, more, matrix[:, groups == "party"] * index[:, None]], axis=1)


def fold_of(household_id: pd.Series, n_folds: int) -> np.ndarray:
    """Return the fold of each row; a household is in one fold, in whatever order rows come."""
    codes = pd.util.hash_array(household_id.astype("object").to_numpy(), categorize=True)
    return np.asarray(codes % np.uint64(n_folds), dtype=np.int64)


def choose_variance(
    matrix: np.ndarray, outcome: np.ndarray, weight: np.ndarray, fold: np.ndarray
) -> float:
    """Return the ridge's variance that predicts unseen households best.

    Of many answers a part is enough to choose by (MOST_TO_CHOOSE_BY).
    """
    some = slice(None, None, -(-len(outcome) // MOST_TO_CHOOSE_BY))
    rows = matrix[some], outcome[some], weight[some], fold[some]
    losses = []
    for variance in VARIANCES:
        log_odds = predict_unseen(*rows, variance=variance)
        signed = np.where(outcome[some] == 1, log_odds, -log_odds)
        losses.append(float(np.average(np.logaddexp(0, -signed), weights=weight[some])))
    return VARIANCES[int(np.argmin(losses))]


def predict_unseen(
    matrix: np.ndarray, outcome: np.ndarray, weight: np.ndarray, fold: np.ndarray, *,
    variance: float,
) -> np.ndarray:
    """Return the log-odds of each row from a model that saw no row of its fold."""
    log_odds = np.zeros(len(outcome))
    for out in np.unique(fold):
        kept = fold != out
        coefficients, intercept = fit_logistic(
            matrix[kept], outcome[kept], weight[kept], variance)
        log_odds[~kept] = intercept + matrix[~kept] @ coefficients
    return log_odds


def fit_logistic(
    matrix: np.ndarray, outcome: np.ndarray, weight: np.ndarray, variance: float
) -> tuple[np.ndarray, float]:
    """Return coefficients, with a normal prior of ``variance``, and the intercept."""
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(outcome)) < 2:
        share = (outcome.sum() + 0.5) / (len(outcome) + 1)
        return np.zeros(matrix.shape[1]), float(np.log(share / (1 - share)))
    model = LogisticRegression(C=variance, max_iter=200, solver="newton-cholesky")
    model.fit(matrix.astype("float64"), outcome, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def covariance_root(
    matrix: np.ndarray, log_odds: np.ndarray, weight: np.ndarray, variance: float
) -> np.ndarray:
    """Return R with R R' the posterior covariance of the coefficients (Laplace)."""
    chance = expit(log_odds)
    spread = (weight * chance * (1 - chance))[:, None]
    centred = matrix - (spread * matrix).sum(axis=0) / spread.sum()
    information = (spread * centred).T @ centred + np.eye(matrix.shape[1]) / variance
    lower = np.linalg.cholesky(information.astype("float64"))
    return np.asarray(np.linalg.inv(lower).T, dtype=np.float32)


def with_own_id(log_odds: np.ndarray, people: pd.DataFrame) -> np.ndarray:
    """Draw the score of those with an ID towards it, as far as it is fresh.

    A stated rule and not a finding: without answers to polls nothing says how right IDs are.
    """
    position = people["position_mean"].to_numpy(dtype="float64", na_value=np.nan)
    trust = ID_TRUST * np.nan_to_num(
        people["freshness"].to_numpy(dtype="float64", na_value=np.nan))
    said = np.nan_to_num(HALF_A_STEP + (1 - 2 * HALF_A_STEP) * position, nan=0.5)
    chance = (1 - trust) * expit(log_odds) + trust * said
    return np.asarray(np.log(chance / (1 - chance)))
