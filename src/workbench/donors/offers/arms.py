"""Where an appeal went out with and without the offer at random: in whom the offer does more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from workbench.donors.offers.cells import (
    Cells,
    Frame,
    Levels,
    Rule,
    count_cells,
    frame_asks,
    searched_groups,
    tally_halves,
)
from workbench.donors.offers.expected import Fit, fit_odds, trait_design
from workbench.donors.offers.halves import assign_halves
from workbench.donors.offers.judge import Plan
from workbench.donors.offers.scores import (
    BOTH,
    DRAWS_AT_ONCE,
    LEAST_FREE_SHARE,
    VIEWS,
    household_inflation,
)

ARMS = (0, 1)  # without the offer, with it
LEAST_RANDOM_P = 0.001  # of traits and arms; under it the arms were not drawn at random
SMALLEST_P = 1e-5


@dataclass(frozen=True)
class Arms:
    """An appeal's asks with and without the offer, in the same cells.

    ``offer_id``: the asks with it. ``cells``: everybody, by half. ``n`` and ``y``: people asked
    and who answered, arms x halves x cells.
    """

    offer_id: str
    levels: Levels
    cells: Cells
    n: np.ndarray
    y: np.ndarray

    @property
    def frame(self) -> Frame:
        """Cells and groups."""
        return self.cells.frame

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of its groups."""
        return self.frame.rules

    @cached_property
    def fit(self) -> Fit:
        """Answers in whichever arm, by traits and curves one by one."""
        return fit_odds(self.cells, trait_design(self.cells))

    @property
    def mean(self) -> np.ndarray:
        """P(answers) by cell in whichever arm."""
        return self.fit.probability


def ready_arms(
    asks: pd.DataFrame, is_offered: np.ndarray, levels: Levels, plan: Plan,
    numbers: Sequence[str] = (),
) -> Arms:
    """Return the asks of one appeal by arm, half and cell, and the groups that may be searched.

    ``asks``: as for search.ready_offer, of both arms; ``levels``: of traits that vary in them.
    A group has ``plan.people_least`` people in either arm of either half.
    """
    half = assign_halves(asks["household"], plan.seed)
    stratum = half + 2 * is_offered.astype(np.int64)
    frame = searched_groups(frame_asks(asks, levels, numbers), stratum, plan.people_least)
    household = pd.factorize(asks["household"], sort=False)[0]
    answered = asks["has_responded"].to_numpy(dtype=bool)
    n, y = zip(*(tally_halves(frame, answered, stratum - 2 * arm) for arm in ARMS), strict=True)
    return Arms(str(asks.loc[is_offered, "offer_id"].iloc[0]), levels,
                count_cells(frame, answered, household, half), np.stack(n), np.stack(y))


def arms_are_random(asks: pd.DataFrame, is_offered: np.ndarray, levels: Levels) -> bool:
    """Tell whether traits and arms go together no more than chance allows (LEAST_RANDOM_P)."""
    p = []
    for trait, names in levels.items():
        known = asks[trait].where(asks[trait].isin(list(names)), "")
        table = pd.crosstab(known, is_offered)
        if min(table.shape) > 1:
            p.append(float(chi2_contingency(table, correction=False).pvalue))
    return not p or min(p) * len(p) >= LEAST_RANDOM_P


class ArmScores:
    """How the effect in each group compares with everybody else's, in points.

    The null: P is the mean of the cell, and the offer adds the same to everybody, and to each of
    the ``chosen`` groups what it adds there. ``z``: positive where the offer adds more in the
    group; households allowed for.
    """

    def __init__(self, arms: Arms, chosen: np.ndarray) -> None:
        """Fit the effect of the offer, and one more for each column of ``chosen``."""
        self.arms = arms
        self.pieces = np.hstack([np.ones((len(arms.mean), 1)), chosen])
        self.p = self._fitted()
        self.views = [self._view(at) for at in VIEWS]

    def _fitted(self) -> np.ndarray:
        """Return P by arm and cell under the null, by least squares of what the mean leaves."""
        n, y = self.arms.n.sum(axis=1), self.arms.y.sum(axis=1)
        share = n[1] / np.maximum(n.sum(axis=0), 1)
        columns = [(arm - share)[:, None] * self.pieces for arm in ARMS]
        moments = sum((columns[arm].T * n[arm]) @ columns[arm] for arm in ARMS)
        left = sum(columns[arm].T @ (y[arm] - n[arm] * self.arms.mean) for arm in ARMS)
        effect = self.pieces @ np.linalg.lstsq(moments, left, rcond=None)[0]
        return np.stack([np.clip(self.arms.mean + (arm - share) * effect, SMALLEST_P,
                                 1 - SMALLEST_P) for arm in ARMS])

    def _view(self, at: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return of a view the weight of an answer by arm, a projection, and scales.

        The scales are of drawn answers and of those that were given.
        """
        n = self._counts(self.arms.n, at)
        share = n[1].sum() / n.sum()
        weight = np.array([-1 / (1 - share), 1 / share])
        members, people = self.arms.frame.membership, n.sum(axis=0)
        inverse = np.linalg.pinv((self.pieces.T * people) @ self.pieces)
        projection = (members @ (self.pieces * people[:, None])) @ inverse
        spread = ((weight**2)[:, None] * n * self.p * (1 - self.p)).sum(axis=0)
        whole = members @ spread
        shared = members @ (self.pieces * spread[:, None])
        variance = (whole - 2 * (shared * projection).sum(axis=1) + (
            (projection @ ((self.pieces.T * spread) @ self.pieces)) * projection).sum(axis=1))
        is_free = variance > LEAST_FREE_SHARE * whole
        scale = np.where(is_free, 1 / np.sqrt(np.where(is_free, variance, 1.0)), 0.0)
        return weight, projection, scale, scale / np.sqrt(self._inflation(at, whole))

    def observed_z(self) -> list[np.ndarray]:
        """Return by view z by group for the answers that were given."""
        y = self.arms.y[:, :, None, :]
        return [surplus[0] * view[3] for surplus, view in
                zip(self._surpluses(y), self.views, strict=True)]

    def null_z(self, rng: np.random.Generator, n_draws: int) -> list[np.ndarray]:
        """Return by view draws x groups where nothing is but the null."""
        parts = []
        for start in range(0, n_draws, DRAWS_AT_ONCE):
            n_rows = min(DRAWS_AT_ONCE, n_draws - start)
            drawn = [[rng.binomial(self.arms.n[arm][half].astype(np.int64), self.p[arm],
                                   (n_rows, self.p.shape[1])).astype(float) for half in (0, 1)]
                     for arm in ARMS]
            parts.append(self._surpluses(np.array(drawn)))
        return [np.concatenate([part[at] for part in parts]) * view[2]
                for at, view in enumerate(self.views)]

    def _surpluses(self, y: np.ndarray) -> list[np.ndarray]:
        """Return by view draws x groups; ``y``: arms x halves x draws x cells."""
        found = []
        for at, (weight, projection, *_) in enumerate(self.views):
            n, answers = self._counts(self.arms.n, at), self._counts(y, at)
            left = sum(weight[arm] * (answers[arm] - n[arm] * self.p[arm]) for arm in ARMS)
            found.append((self.arms.frame.membership @ left.T).T
                         - (left @ self.pieces) @ projection.T)
        return found

    def _counts(self, counts: np.ndarray, at: int) -> np.ndarray:
        return counts.sum(axis=1) if at == BOTH else counts[:, at]

    def _inflation(self, at: int, whole: np.ndarray) -> np.ndarray:
        """Return by how much homes inflate the variance, as if each got one arm."""
        n = self._counts(self.arms.n, at)
        share = n[1].sum() / n.sum()
        return household_inflation(self.arms.cells, self.arms.fit, at,
                                   whole * share * (1 - share))
