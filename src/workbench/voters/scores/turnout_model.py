"""The habit of voting: who votes at which election, with a person's own effect on all of theirs.

    log-odds(i votes at e) = x_i b + place_i + level_e + loading_e u_i,    u_i ~ N(0, 1)

A mixed logistic model (two-parameter item response model with covariates: de Boeck and Wilson
2004), fitted by marginal likelihood with Gauss-Hermite quadrature. What somebody did at past
elections tells their u; what they will do at one to come follows from it, however many past
elections they could vote at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp
from scipy.stats import norm

from workbench.voters.scores.vote_history import DID_NOT, VOTED

N_NODES = 9
COEFFICIENT_VARIANCE, LOADING_VARIANCE, LEVEL_PRECISION = 1.0, 0.25, 1e-4
MOST_ROUNDS, LEAST_GAIN = 40, 1e-6  # of log-likelihood, a person
LEAST_CHANCE = 1e-7  # keeps a logarithm finite
_X, _W = np.polynomial.hermite_e.hermegauss(N_NODES)
NODES = _X.astype("float32")
LOG_WEIGHTS = np.log(_W / _W.sum()).astype("float32")


@dataclass(frozen=True)
class Habit:
    """A fitted model: coefficients of the design, a level and a loading an election."""

    coefficients: np.ndarray
    levels: np.ndarray
    loadings: np.ndarray


@dataclass(frozen=True)
class Posterior:
    """What the past tells of each person's effect.

    ``log_share`` is people x nodes: log of the probability of each node. ``slope`` is the
    derivative of each person's log-likelihood by their own log-odds.
    """

    log_share: np.ndarray
    slope: np.ndarray


def fit_habit(matrix: np.ndarray, marks: np.ndarray) -> Habit:
    """Return the model of people x columns and of people x elections, in codes of `marks`.

    By scoring with the outer products of people's own slopes (Berndt et al. 1974), each step
    halved until the penalised log-likelihood rises.
    """
    n_columns, n_elections = matrix.shape[1], marks.shape[1]
    values = np.zeros(n_columns + 2 * n_elections)
    best = _ascent(values, matrix, marks)
    for _ in range(MOST_ROUNDS):
        tried = _climbed(values, best, matrix, marks)
        if tried is None:
            break
        values, after = tried
        gain, best = after.height - best.height, after
        if gain < LEAST_GAIN * len(matrix):
            break
    return _unpacked(values, n_columns)


def posterior(habit: Habit, log_odds: np.ndarray, marks: np.ndarray) -> Posterior:
    """Return what ``marks`` tell of people with ``log_odds`` (x b and place) at level 0."""
    log_share, slopes, _, _ = _expected(habit, log_odds, marks)
    return Posterior(log_share, slopes.sum(axis=1))


def probabilities(
    log_share: np.ndarray, log_odds: np.ndarray, *, level: float, loading: float
) -> np.ndarray:
    """Return each person's chance to vote at an election of that level and loading."""
    at = log_odds[:, None] + level + loading * NODES
    return np.asarray((np.exp(log_share) * expit(at)).sum(axis=1))


def interval(
    log_share: np.ndarray, log_odds: np.ndarray, *, level: float, loading: float,
    inside_share: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return between which chances a person's own lies, with probability ``inside_share``."""
    middle = log_odds + level + loading * (np.exp(log_share) @ NODES)
    side = loading * reach(log_share, inside_share)
    return expit(middle - side), expit(middle + side)


def reach(log_share: np.ndarray, inside_share: float) -> np.ndarray:
    """Return how far a person's effect may lie from its mean, with probability ``inside_share``.

    What the past tells of a person's effect is taken as normal, of its mean and spread.
    """
    share = np.exp(log_share)
    spread = np.sqrt(np.maximum(share @ NODES**2 - (share @ NODES) ** 2, 0))
    return np.asarray(float(norm.ppf((1 + inside_share) / 2)) * spread)


@dataclass(frozen=True)
class _Ascent:
    """The penalised log-likelihood at a point, and the step that scoring takes from there."""

    height: float
    step: np.ndarray


def _unpacked(values: np.ndarray, n_columns: int) -> Habit:
    levels, logs = np.split(values[n_columns:], 2)
    return Habit(values[:n_columns], levels, np.exp(logs))


def _climbed(
    values: np.ndarray, best: _Ascent, matrix: np.ndarray, marks: np.ndarray
) -> tuple[np.ndarray, _Ascent] | None:
    """Return the next point that lies higher, and its ascent; None where there is none."""
    for part in (1.0, 0.5, 0.25, 0.125, 0.0625):
        after = _ascent(values + part * best.step, matrix, marks)
        if after.height > best.height:
            return values + part * best.step, after
    return None


def _expected(
    habit: Habit, log_odds: np.ndarray, marks: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return log P(node), expected residuals by election, the same times the node, and log P."""
    told = np.broadcast_to(LOG_WEIGHTS, (len(marks), N_NODES)).copy()
    residuals = []
    for k in range(marks.shape[1]):
        at = log_odds[:, None] + (habit.levels[k] + habit.loadings[k] * NODES).astype("float32")
        is_on, voted = (marks[:, k] >= DID_NOT)[:, None], (marks[:, k] >= VOTED)[:, None]
        chance = expit(at)
        seen = np.maximum(np.where(voted, chance, 1 - chance), LEAST_CHANCE)
        told += np.log(seen, where=is_on,
                       out=np.zeros_like(chance))
        residuals.append((voted - chance) * is_on)
    total = logsumexp(told, axis=1)
    log_share = told - total[:, None]
    share = np.exp(log_share)
    weighted = [share * residual for residual in residuals]
    slopes = np.stack([part.sum(axis=1) for part in weighted], axis=1)
    by_node = np.stack([part @ NODES for part in weighted], axis=1)
    return log_share, slopes, by_node, total


def _ascent(values: np.ndarray, matrix: np.ndarray, marks: np.ndarray) -> _Ascent:
    n_columns, n_elections = matrix.shape[1], marks.shape[1]
    habit = _unpacked(values, n_columns)
    log_odds = matrix @ habit.coefficients.astype("float32")
    _, slopes, by_node, total = _expected(habit, log_odds, marks)
    own = np.concatenate(
        [matrix * slopes.sum(axis=1)[:, None], slopes, by_node * habit.loadings], axis=1)
    own = own.astype("float32")
    precision = np.repeat([1 / COEFFICIENT_VARIANCE, LEVEL_PRECISION, 1 / LOADING_VARIANCE],
                          [n_columns, n_elections, n_elections])
    gradient = own.sum(axis=0, dtype="float64") - precision * values
    information = (own.T @ own).astype("float64") + np.diag(precision)
    height = float(total.sum(dtype="float64") - (precision * values**2).sum() / 2)
    return _Ascent(height, np.linalg.solve(information, gradient))
