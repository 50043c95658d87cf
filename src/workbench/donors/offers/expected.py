"""What main effects alone predict for each group, and how far chance strays from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import expit, xlogy

from workbench.donors.offers.cells import Cells

LEAST_PENALTY, START_PENALTY, MOST_PENALTY = 0.01, 4.0, 1e5  # one over a variance of log-odds
STILL_LEVELS = 1
MOST_ROUNDS, CONVERGED, CLOSE = 80, 0.03, 1e-6
LEAST_FREE_SHARE = 0.05  # of a group's variance, that main effects do not explain
DRAWS_AT_ONCE = 64


@dataclass(frozen=True)
class Fit:
    """A logistic regression on cells: coefficients, their covariance, P(answers) by cell.

    ``penalty``: by coefficient, one over the variance of its prior.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    penalty: np.ndarray
    probability: np.ndarray


def fit_main_effects(cells: Cells, extra: np.ndarray | None = None) -> Fit:
    """Fit P(answers) by main effects, and by the columns of ``extra`` beside them.

    Main effects add on the log-odds, so that at low rates they multiply. The effects of one
    trait's levels are drawn to zero by as much as they seem to be chance: a normal prior whose
    variance is estimated with them (empirical Bayes; MacKay 1992). A trait has none at all where
    its levels, with STILL_LEVELS more that have no effect, look like chance: what a segment adds
    to the traits that it is made of is not taken for theirs.
    """
    design = _design(cells, extra)
    trait = np.append(cells.trait_of, np.full(design.shape[1] - len(cells.trait_of), -1))
    penalty = np.where(trait >= 0, START_PENALTY, LEAST_PENALTY)
    penalty[0] = 0.0
    rate = (cells.y.sum() + 0.5) / (cells.n.sum() + 1.0)
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(rate / (1 - rate))
    for n_still in (STILL_LEVELS, 0):
        beta, penalty = _converge(cells, design, (beta, penalty), trait, n_still)
    for _ in range(MOST_ROUNDS):
        beta, covariance, step = _newton(cells, design, penalty, beta)
        if step < CLOSE:
            break
    return Fit(beta, covariance, penalty, expit(design @ beta))


def _converge(
    cells: Cells, design: np.ndarray, start: tuple[np.ndarray, np.ndarray], trait: np.ndarray,
    n_still: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and penalties that fit each other, from those of ``start``."""
    beta, penalty = start
    for _ in range(MOST_ROUNDS):
        beta, covariance, step = _newton(cells, design, penalty, beta)
        found = _penalty(beta, covariance, penalty, trait, n_still)
        has_converged = np.allclose(np.log(found[1:]), np.log(penalty[1:]), atol=CONVERGED)
        penalty = found
        if has_converged and step < CONVERGED:
            break
    return beta, penalty


def _newton(
    cells: Cells, design: np.ndarray, penalty: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the coefficients one step nearer to the posterior's mode.

    Beside them their covariance, and the length of the step.
    """
    p = expit(design @ beta)
    information = design.T @ (design * (cells.n * p * (1 - p))[:, None])
    covariance = np.linalg.inv(information + np.diag(penalty))
    step = covariance @ (design.T @ (cells.y - cells.n * p) - penalty * beta)
    return beta + np.clip(step, -2, 2), covariance, float(np.abs(step).max())


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


@dataclass(frozen=True)
class Scores:
    """How each group may be scored against main effects, made once for many sets of answers.

    ``z`` of a set of answers is the signed root of the deviance between a group's answers and
    those that main effects, fitted to the same answers, leave it to expect; scaled to variance
    1, households allowed for. Positive: the group answers more.
    """

    cells: Cells
    fit: Fit
    design: np.ndarray
    projection: np.ndarray
    scale: np.ndarray
    null_scale: np.ndarray

    def _roots(self, answers: sparse.csr_matrix) -> np.ndarray:
        """Return draws x groups, not yet scaled, for answers by cell, a row a draw."""
        observed = (answers @ self.cells.membership.T).toarray()
        mean = self.cells.n * self.fit.probability
        stray = answers @ self.design - mean @ self.design
        surplus = observed - self.cells.membership @ mean - stray @ self.projection.T
        n = self.cells.membership @ self.cells.n
        return signed_root(observed, observed - surplus, n)

    def observed_z(self) -> np.ndarray:
        """Return z by group for the answers that were given."""
        return np.asarray(self._roots(sparse.csr_matrix(self.cells.y[None, :]))[0] * self.scale)

    def null_z(self, rng: np.random.Generator, n_draws: int) -> np.ndarray:
        """Return draws x groups where main effects are all that there is."""
        parts = []
        for start in range(0, n_draws, DRAWS_AT_ONCE):
            size = (min(DRAWS_AT_ONCE, n_draws - start), len(self.cells.n))
            drawn = rng.binomial(self.cells.n.astype(np.int64), self.fit.probability, size)
            parts.append(self._roots(sparse.csr_matrix(drawn.astype(float))))
        return np.concatenate(parts) * self.null_scale


def score_groups(cells: Cells, extra: np.ndarray | None = None) -> Scores:
    """Fit main effects, and the groups of ``extra``, and make ready to score every group.

    A group that they explain nearly whole (LEAST_FREE_SHARE) is never scored: its z is 0.
    """
    fit = fit_main_effects(cells, extra)
    design = _design(cells, extra)
    variance = cells.n * fit.probability * (1 - fit.probability)
    shared = cells.membership @ (design * variance[:, None])
    projection = shared @ fit.covariance
    whole = cells.membership @ variance
    free = whole - (projection * shared).sum(axis=1)
    kept = free - (projection**2 * fit.penalty).sum(axis=1)
    is_free = kept > LEAST_FREE_SHARE * whole
    scales = [np.where(is_free, np.sqrt(whole / np.where(is_free, part, 1.0)), 0.0)
              for part in (free, kept)]
    inflation = np.sqrt(_household_inflation(cells, fit, whole))
    return Scores(cells, fit, design, projection, scales[0] / inflation, scales[1])


def signed_root(observed: np.ndarray, expected: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return the signed root of the binomial deviance, about normal where ``expected`` is right.

    >>> signed_root(np.array([30.0]), np.array([15.0]), np.array([1500.0])).round(2).tolist()
    [3.43]
    """
    expected = np.clip(expected, 1e-9, n - 1e-9)
    rest, rest_expected = n - observed, n - expected
    deviance = 2 * (xlogy(observed, observed / expected) + xlogy(rest, rest / rest_expected))
    return np.asarray(np.sign(observed - expected) * np.sqrt(np.maximum(deviance, 0.0)))


def household_correlation(cells: Cells, fit: Fit) -> float:
    """Return how alike two people of one household answer beyond main effects, 0 to 1."""
    if not len(cells.pairs):
        return 0.0
    p = fit.probability[cells.pairs]
    spread = np.sqrt((p * (1 - p)).prod(axis=1)).sum()
    product = (cells.pair_answers - p).prod(axis=1).sum()
    return float(np.clip(product / max(spread, 1e-12), 0.0, 1.0))


def _household_inflation(cells: Cells, fit: Fit, whole: np.ndarray) -> np.ndarray:
    """Return by how much homes inflate the variance of each group's answers (Rao and Scott)."""
    alike = household_correlation(cells, fit)
    if alike == 0.0:
        return np.ones(len(whole))
    p = fit.probability[cells.pairs]
    weight = np.sqrt((p * (1 - p)).prod(axis=1))
    both = cells.membership[:, cells.pairs[:, 0]].multiply(
        cells.membership[:, cells.pairs[:, 1]])
    return np.asarray(1 + 2 * alike * (both @ weight) / np.maximum(whole, 1e-12))


def _design(cells: Cells, extra: np.ndarray | None) -> np.ndarray:
    return cells.design if extra is None else np.hstack([cells.design, extra])
