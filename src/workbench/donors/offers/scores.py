"""How far each group's answers lie from what is expected of it, and how far chance strays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import xlogy

from workbench.donors.offers.cells import Cells
from workbench.donors.offers.expected import Fit, household_correlation

BOTH = 2  # the view of both halves together, after those of the two halves
VIEWS = (0, 1, BOTH)
LEAST_FREE_SHARE = 0.02  # of a group's variance, that the fit does not explain
DRAWS_AT_ONCE = 64


@dataclass(frozen=True)
class View:
    """One half, or both, made ready for any set of answers. By group.

    ``n``: people asked. ``expected``: answers by the fit. ``own`` and ``shared``: answers that
    each coefficient's stray moves into the expectation: the stray of the view's own answers,
    and that of both halves together. ``scale``: of the answers that were given,
    ``null_scale``: of drawn ones.
    """

    n: np.ndarray
    expected: np.ndarray
    own: np.ndarray
    shared: np.ndarray
    scale: np.ndarray
    null_scale: np.ndarray


@dataclass(frozen=True)
class Scores:
    """How each group may be scored against a fit, made once for many sets of answers.

    ``z`` of a set of answers is the signed root of the deviance between a group's answers and
    those that the fit, made again to the same answers, leaves it to expect; scaled to variance
    1, households allowed for. Positive: the group answers more.
    """

    cells: Cells
    fit: Fit
    views: tuple[View, ...]

    def observed_z(self) -> list[np.ndarray]:
        """Return by view z by group for the answers that were given."""
        y = [sparse.csr_matrix(one[None, :]) for one in self.cells.y]
        return [root[0] * view.scale for root, view in
                zip(self._roots(y), self.views, strict=True)]

    def null_z(self, rng: np.random.Generator, n_draws: int) -> list[np.ndarray]:
        """Return by view draws x groups where nothing is but the fit."""
        parts = []
        for start in range(0, n_draws, DRAWS_AT_ONCE):
            n_rows = min(DRAWS_AT_ONCE, n_draws - start)
            parts.append(self._roots([_drawn(rng, n, self.fit.probability, n_rows)
                                      for n in self.cells.n]))
        return [np.concatenate([roots[at] for roots in parts]) * view.null_scale
                for at, view in enumerate(self.views)]

    def _roots(self, halves: list[sparse.csr_matrix]) -> list[np.ndarray]:
        """Return by view draws x groups, not yet scaled; ``halves``: draws x cells each."""
        n, p = self.cells.n, self.fit.probability
        strays = [answers @ self.fit.score - (one * p) @ self.fit.score
                  for answers, one in zip(halves, n, strict=True)]
        strays.append(strays[0] + strays[1])
        roots = []
        for at, view in enumerate(self.views):
            answers = halves[at] if at != BOTH else halves[0] + halves[1]
            observed = (answers @ self.cells.frame.membership.T).toarray()
            expected = (view.expected + strays[at] @ view.own.T
                        + strays[BOTH] @ view.shared.T)
            roots.append(signed_root(observed, expected, view.n))
        return roots


def score_groups(cells: Cells, fit: Fit) -> Scores:
    """Make ready to score every group against ``fit``.

    The fit is of both halves together. For a half it is made again from there: its answers move
    the coefficients as far as their priors let them, so that what single traits do in the half
    by chance is no group's. A group that the fit explains nearly whole (LEAST_FREE_SHARE) is
    never scored: its z is 0.
    """
    information = [(fit.gradient.T * one) @ fit.score for one in cells.n]
    return Scores(cells, fit, tuple(_view(cells, fit, at, information) for at in VIEWS))


def _view(cells: Cells, fit: Fit, at: int, information: list[np.ndarray]) -> View:
    membership, p = cells.frame.membership, fit.probability
    n = cells.n.sum(axis=0) if at == BOTH else cells.n[at]
    whole = membership @ (n * p * (1 - p))
    slope = membership @ (fit.gradient * n[:, None])
    stray = membership @ (fit.score * (n * p * (1 - p))[:, None])  # goes with the answers
    if at == BOTH:
        own, shared = slope @ fit.covariance, np.zeros(slope.shape)
        parts = [(own, information[0] + information[1])]
        left = own
    else:
        covariance = np.linalg.inv(information[at] + np.diag(fit.penalty))
        own = slope @ covariance
        shared = left = (own * fit.penalty) @ fit.covariance
        parts = [(own + shared, information[at]), (shared, information[1 - at])]
    kept = whole - 2 * ((own + shared) * stray).sum(axis=1) + sum(
        ((part @ spread) * part).sum(axis=1) for part, spread in parts)
    free = kept + (left**2 * fit.penalty).sum(axis=1)
    is_free = kept > LEAST_FREE_SHARE * whole
    scales = [np.where(is_free, np.sqrt(whole / np.where(is_free, part, 1.0)), 0.0)
              for part in (free, kept)]
    inflation = np.sqrt(household_inflation(cells, fit, at, whole))
    return View(membership @ n, membership @ (n * p), own, shared, scales[0] / inflation,
                scales[1])


def signed_root(observed: np.ndarray, expected: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return the signed root of the binomial deviance, about normal where ``expected`` is right.

    >>> signed_root(np.array([30.0]), np.array([15.0]), np.array([1500.0])).round(2).tolist()
    [3.43]
    """
    expected = np.clip(expected, 1e-9, n - 1e-9)
    rest, rest_expected = n - observed, n - expected
    deviance = 2 * (xlogy(observed, observed / expected) + xlogy(rest, rest / rest_expected))
    return np.asarray(np.sign(observed - expected) * np.sqrt(np.maximum(deviance, 0.0)))


def _drawn(
    rng: np.random.Generator, n: np.ndarray, probability: np.ndarray, n_rows: int
) -> sparse.csr_matrix:
    """Return answers drawn by cell, draws x cells; most cells hold one person."""
    drawn = rng.random((n_rows, len(n)), dtype=np.float32) < probability * (n == 1)
    many = np.flatnonzero(n > 1)
    several = rng.binomial(n[many].astype(np.int64), probability[many], (n_rows, len(many)))
    answers = drawn.astype(float)
    answers[:, many] = several
    return sparse.csr_matrix(answers)


def household_inflation(cells: Cells, fit: Fit, at: int, whole: np.ndarray) -> np.ndarray:
    """Return by how much homes inflate the variance of each group's answers (Rao and Scott).

    ``at``: the view. ``whole``: the variance by group, were all people independent.
    """
    alike = household_correlation(cells, fit)
    if alike == 0.0:
        return np.ones(len(whole))
    pairs = cells.pairs if at == BOTH else cells.pairs[cells.pair_half == at]
    p = fit.probability[pairs]
    weight = np.sqrt((p * (1 - p)).prod(axis=1))
    membership = cells.frame.membership
    both = membership[:, pairs[:, 0]].multiply(membership[:, pairs[:, 1]])
    return np.asarray(1 + 2 * alike * (both @ weight) / np.maximum(whole, 1e-12))
