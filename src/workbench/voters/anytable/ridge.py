"""Coefficients of a penalised logistic model, exact on few rows, and soon found on many."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.special import expit

MOST_TO_START_BY = 20_000  # rows that give the start and the curvature
CLOSE_ENOUGH = 1e-2        # standard errors that coefficients are from their best
MOST_STEPS = 100


def fit_ridge(
    columns: np.ndarray, outcome: np.ndarray, variance: float
) -> tuple[np.ndarray, float]:
    """Return coefficients, each with a normal prior of ``variance``, and the intercept.

    Of many rows every k-th is fitted exactly; all rows then move that fit to its best, in
    units of the curvature that those rows show. A step costs a reading of the columns.
    """
    if len(np.unique(outcome)) < 2:
        share = (outcome.sum() + 0.5) / (len(outcome) + 1)
        return np.zeros(columns.shape[1]), float(np.log(share / (1 - share)))
    every = -(-len(outcome) // MOST_TO_START_BY)
    if every == 1 or len(np.unique(outcome[::every])) < 2:
        return _fit_exactly(columns, outcome, variance)
    start = np.append(*_fit_exactly(columns[::every], outcome[::every], variance * every))
    return _fit_from(start, columns, outcome, variance)


def _fit_exactly(
    columns: np.ndarray, outcome: np.ndarray, variance: float
) -> tuple[np.ndarray, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=variance, max_iter=100, tol=1e-5, solver="newton-cholesky")
    model.fit(columns, outcome)
    return model.coef_[0], float(model.intercept_[0])


def _fit_from(
    start: np.ndarray, columns: np.ndarray, outcome: np.ndarray, variance: float
) -> tuple[np.ndarray, float]:
    """Return what ``start``, coefficients and then the intercept, comes to on all rows."""
    root = cholesky(_curvature(start, columns, variance), lower=True)

    def loss(moved: np.ndarray) -> tuple[float, np.ndarray]:
        at = start + solve_triangular(root, moved, lower=True, trans="T")
        log_odds = columns @ at[:-1] + at[-1]
        gap = expit(log_odds) - outcome
        slope = np.append(columns.T @ gap + at[:-1] / variance, gap.sum())
        size = (np.logaddexp(0, log_odds) - outcome * log_odds).sum()
        return (float(size + at[:-1] @ at[:-1] / (2 * variance)),
                solve_triangular(root, slope, lower=True))

    found = minimize(loss, np.zeros(len(start)), jac=True, method="L-BFGS-B", options={
        "gtol": CLOSE_ENOUGH, "ftol": 0, "maxiter": MOST_STEPS})
    at = start + solve_triangular(root, found.x, lower=True, trans="T")
    return at[:-1], float(at[-1])


def _curvature(at: np.ndarray, columns: np.ndarray, variance: float) -> np.ndarray:
    """Return the curvature of the loss of all rows, as every k-th row shows it.

    Its diagonal is no less than that of all rows, so that a level that is rare among the few is
    not moved too far.
    """
    every = -(-len(columns) // MOST_TO_START_BY)
    chance = expit(columns @ at[:-1] + at[-1])
    spread = chance * (1 - chance)
    some = np.column_stack([columns[::every], np.ones(len(columns[::every]))])
    found = every * (some * spread[::every, None]).T @ some
    whole = np.append(np.einsum("i,ij,ij->j", spread, columns, columns), spread.sum())
    diagonal = np.maximum(whole - np.diag(found), 0) + np.append(
        np.full(len(at) - 1, 1 / variance), 1e-9)
    return np.asarray(found + np.diag(diagonal))
