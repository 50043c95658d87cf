"""What traits lead to expect of each cell, one by one: fitted on the log-odds, or in points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import expit

from workbench.donors.offers.cells import Cells

LEAST_PENALTY, START_PENALTY, MOST_PENALTY = 0.01, 4.0, 1e5  # one over a variance of effects
OPEN_PENALTY = 1.0  # of effects whose size is left open: of a spread of one on the log-odds
STILL_LEVELS = 1
MOST_ROUNDS, MOST_HALVINGS, CONVERGED, CLOSE = 80, 30, 0.03, 1e-6
LEAST_SHARE, MOST_PROBABILITY = 0.1, 0.95  # of the overall rate; where effects in points end


# Of coefficients and penalties: better coefficients, their covariance, the length of the step.
Step = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, float]]


@dataclass(frozen=True)
class Design:
    """Columns by cell, the first an intercept, and the number of the trait that each is of.

    Effects of one trait are drawn to zero together; those of number -1 hardly at all.
    """

    columns: np.ndarray
    trait_of: np.ndarray

    def beside(self, groups: np.ndarray) -> Design:
        """Return the design with one column more for each of ``groups`` (cells x groups)."""
        return Design(np.hstack([self.columns, groups]),
                      np.append(self.trait_of, np.full(groups.shape[1], -1)))


@dataclass(frozen=True)
class Fit:
    """P(answers) by cell, and what a draw of other answers would have made of it.

    ``coefficients`` and their ``covariance``; ``penalty``: by coefficient, one over the
    variance of its prior. ``gradient``: of P by coefficient, ``score``: of the log-likelihood by
    coefficient for one answer more; both cells x coefficients.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    penalty: np.ndarray
    probability: np.ndarray
    gradient: np.ndarray
    score: np.ndarray


def trait_design(cells: Cells) -> Design:
    """Return the columns of all traits and curves."""
    return Design(cells.frame.design, cells.frame.trait_of)


def flat_design(cells: Cells) -> Design:
    """Return the intercept alone: everybody answers alike."""
    return Design(cells.frame.design[:, :1], cells.frame.trait_of[:1])


def fit_odds(cells: Cells, design: Design, near: Fit | None = None) -> Fit:
    """Fit P(answers) of both halves together by effects that add on the log-odds.

    At low rates they multiply. The effects of one trait's levels, or of one curve's columns,
    are drawn to zero by as much as they seem to be chance: a normal prior whose variance is
    estimated with them (empirical Bayes; MacKay 1992). A trait has none at all where its
    levels, with STILL_LEVELS more that have no effect, look like chance: what a group adds to
    the traits that it is made of is not taken for theirs. ``near``: a fit of the same design to
    nearly the same answers, to start from.
    """
    step, beta = _odds_start(cells, design)
    beta, penalty = _settled(step, beta, design.trait_of, near)
    return _at_mode(step, design, beta, penalty)


def fit_open(cells: Cells, design: Design) -> Fit:
    """Fit P(answers) as fit_odds does, but take no effect for chance: for estimates.

    Every effect has the same wide prior (OPEN_PENALTY), whatever the answers. A trait that
    fit_odds takes to have no effect has one of a size that is not known, and that belongs in the
    error of what the fit leads to expect.
    """
    step, beta = _odds_start(cells, design)
    penalty = np.where(design.trait_of >= 0, OPEN_PENALTY, LEAST_PENALTY)
    penalty[0] = 0.0
    return _at_mode(step, design, beta, penalty)


def _odds_start(cells: Cells, design: Design) -> tuple[Step, np.ndarray]:
    """Return the step of a fit on the log-odds, and coefficients by which all answer alike."""
    counts = cells.n.sum(axis=0), cells.y.sum(axis=0)
    rate = (counts[1].sum() + 0.5) / (counts[0].sum() + 1.0)
    beta = np.zeros(len(design.trait_of))
    beta[0] = np.log(rate / (1 - rate))
    return partial(_newton, counts, design.columns), beta


def _at_mode(step: Step, design: Design, beta: np.ndarray, penalty: np.ndarray) -> Fit:
    """Return the fit on the log-odds with these penalties, from coefficients near to it."""
    for _ in range(MOST_ROUNDS):
        beta, covariance, length = step(beta, penalty)
        if length < CLOSE:
            break
    p = expit(design.columns @ beta)
    return Fit(beta, covariance, penalty, p, design.columns * (p * (1 - p))[:, None],
               design.columns)


def fit_points(cells: Cells, design: Design, near: Fit | None = None) -> Fit:
    """Fit P(answers) of both halves together by effects that add in points.

    Weighted least squares with the same priors as fit_odds, effects as shares of the overall
    rate; P ends at LEAST_SHARE of the overall rate and at MOST_PROBABILITY. ``near``: see
    fit_odds.
    """
    counts = cells.n.sum(axis=0), cells.y.sum(axis=0)
    rate = float((counts[1].sum() + 0.5) / (counts[0].sum() + 1.0))
    columns = design.columns * rate
    beta = np.zeros(len(design.trait_of))
    beta[0] = 1.0
    step = partial(_least_squares, counts, columns, rate)
    beta, penalty = _settled(step, beta, design.trait_of, near)
    beta, covariance, _ = step(beta, penalty)
    p = np.clip(columns @ beta, LEAST_SHARE * rate, MOST_PROBABILITY)
    return Fit(beta, covariance, penalty, p, columns, columns / (p * (1 - p))[:, None])


def household_correlation(cells: Cells, fit: Fit) -> float:
    """Return how alike two people of one household answer beyond what is expected, 0 to 1."""
    if not len(cells.pairs):
        return 0.0
    p = fit.probability[cells.pairs]
    spread = np.sqrt((p * (1 - p)).prod(axis=1)).sum()
    product = (cells.pair_answers - p).prod(axis=1).sum()
    return float(np.clip(product / max(spread, 1e-12), 0.0, 1.0))


def _settled(
    step: Step, beta: np.ndarray, trait: np.ndarray, near: Fit | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and penalties that fit each other, from ``near`` or from ``beta``."""
    if near:
        return _until_still(step, (near.coefficients, near.penalty), trait, 0)
    penalty = np.where(trait >= 0, START_PENALTY, LEAST_PENALTY)
    penalty[0] = 0.0
    for n_still in (STILL_LEVELS, 0):
        beta, penalty = _until_still(step, (beta, penalty), trait, n_still)
    return beta, penalty


def _until_still(
    step: Step, start: tuple[np.ndarray, np.ndarray], trait: np.ndarray, n_still: int
) -> tuple[np.ndarray, np.ndarray]:
    beta, penalty = start
    for _ in range(MOST_ROUNDS):
        beta, covariance, length = step(beta, penalty)
        found = _penalty(beta, covariance, penalty, trait, n_still)
        is_still = np.allclose(np.log(found[1:]), np.log(penalty[1:]), atol=CONVERGED)
        penalty = found
        if is_still and length < CONVERGED:
            break
    return beta, penalty


def _least_squares(
    counts: tuple[np.ndarray, np.ndarray], columns: np.ndarray, rate: float, beta: np.ndarray,
    penalty: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return coefficients in points with weights by those before, as _newton does."""
    n, y = counts
    p = np.clip(columns @ beta, LEAST_SHARE * rate, MOST_PROBABILITY)
    variance = p * (1 - p)
    covariance = _inverse((columns.T * (n / variance)) @ columns, penalty)
    found = covariance @ (columns.T @ (y / variance))
    return found, covariance, float(np.abs(found - beta).max())


def _newton(
    counts: tuple[np.ndarray, np.ndarray], columns: np.ndarray, beta: np.ndarray,
    penalty: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the coefficients one step nearer to the posterior's mode.

    Beside them their covariance, and the length of the step.
    """
    n, y = counts
    p = expit(columns @ beta)
    covariance = _inverse((columns.T * (n * p * (1 - p))) @ columns, penalty)
    step = covariance @ (columns.T @ (y - n * p) - penalty * beta)
    before = _log_posterior(counts, columns, penalty, beta)
    for _ in range(MOST_HALVINGS):  # a whole step may overshoot where traits nearly decide
        if _log_posterior(counts, columns, penalty, beta + step) >= before - CLOSE:
            break
        step = step / 2
    return beta + step, covariance, float(np.abs(step).max())


def _log_posterior(
    counts: tuple[np.ndarray, np.ndarray], columns: np.ndarray, penalty: np.ndarray,
    beta: np.ndarray,
) -> float:
    """Return the log-likelihood of the counts and of the coefficients' prior, but constants."""
    n, y = counts
    odds = columns @ beta
    return float(y @ odds - n @ np.logaddexp(0, odds) - (penalty * beta**2).sum() / 2)


def _inverse(information: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.inv(information + np.diag(penalty)))


def _penalty(
    beta: np.ndarray, covariance: np.ndarray, penalty: np.ndarray, trait: np.ndarray,
    n_still: int,
) -> np.ndarray:
    """Return one over the variance of each trait's effects, as the fit makes it likely.

    ``n_still`` levels without effect count with them; a trait at MOST_PENALTY stays there.
    """
    found = penalty.copy()
    for number in np.unique(trait[(trait >= 0) & (penalty < MOST_PENALTY)]):
        at = trait == number
        n_determined = (1 - penalty[at] * np.diag(covariance)[at]).sum()
        size = max(float((beta[at] ** 2).sum()), 1e-12)
        found[at] = np.clip((n_determined + n_still) / size, LEAST_PENALTY, MOST_PENALTY)
    return found
