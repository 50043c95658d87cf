"""A group beside others: its score, what they lead to expect, and what it needs to be shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from workbench.donors.offers.cells import Cells
from workbench.donors.offers.choose import Confirmed
from workbench.donors.offers.expected import Design, Fit, fit_odds, fit_open, fit_points
from workbench.donors.offers.halves import HALVES
from workbench.donors.offers.scores import BOTH, Scores, score_groups


@dataclass(frozen=True)
class Beside:
    """Groups of ``cells`` that are scored against ``base`` and columns of one another.

    ``is_strict``: whether effects may add in points too.
    """

    cells: Cells
    base: Design
    is_strict: bool

    def scores(self, chosen: Sequence[int] = ()) -> list[Scores]:
        """Return how all score beside the chosen, on each scale."""
        design = self.base.beside(group_columns(self.cells, chosen))
        return [score_groups(self.cells, fit(self.cells, design)) for fit in self._fits()]

    def z(self, chosen: Sequence[int] = ()) -> list[np.ndarray]:
        """Return by view the lowest z of any scale."""
        return lower_z(self.scores(chosen))

    def z_near(
        self, chosen: Sequence[int], cells: Cells, near: Sequence[Scores]
    ) -> list[np.ndarray]:
        """Return z for nearly the same answers as those of ``near``, in ``cells``."""
        design = self.base.beside(group_columns(self.cells, chosen))
        return lower_z([score_groups(cells, fit(cells, design, one.fit))
                        for fit, one in zip(self._fits(), near, strict=True)])

    def _fits(self) -> list[Callable[..., Fit]]:
        return [fit_odds, fit_points] if self.is_strict else [fit_odds]


def lower_z(scores: Sequence[Scores]) -> list[np.ndarray]:
    """Return by view the lowest z of any scale."""
    return [np.min(views, axis=0) for views in
            zip(*(one.observed_z() for one in scores), strict=True)]


def group_columns(cells: Cells, groups: Sequence[int]) -> np.ndarray:
    """Return a column for each of the groups, cells x groups."""
    return np.asarray(cells.frame.membership[list(groups)].toarray().T)


def expected_rate(beside: Beside, at: int, others: Sequence[int]) -> tuple[float, float]:
    """Return P(answers) of a group without what is its own, and the error of its logarithm.

    By a fit that takes no trait for chance (fit_open): one that does is right for a search, but
    tells too small an error.
    """
    cells = beside.cells
    design = beside.base.beside(group_columns(cells, [*others, at]))
    fit = fit_open(cells, design)
    columns = design.columns.copy()
    columns[:, -1] = 0.0
    weight = cells.n.sum(axis=0) * (cells.frame.membership[[at]].toarray()[0] > 0)
    p = expit(columns @ fit.coefficients)
    rate = float(weight @ p / weight.sum())
    slope = (weight * p * (1 - p)) @ columns / weight.sum()
    return rate, float(np.sqrt(slope @ fit.covariance @ slope)) / rate


def least_answered(
    beside: Beside, confirmed: Confirmed, at: int, others: Sequence[int]
) -> int:
    """Return the fewest answers in the unseen half with which the group would be shown.

    Everything else as it is, the fits made again. Where the group answers less, the most.
    """
    row, cells = confirmed.rows[at], beside.cells
    unseen, sign = 1 - HALVES.index(row["searched_half"]), int(row["sign"])
    confirm_bar, overall_bar = confirmed.bars(at)
    group = cells.frame.membership[[at]].toarray()[0] > 0
    n, y = (int(counts[unseen][group].sum()) for counts in (cells.n, cells.y))
    low, high = (0, y) if sign > 0 else (y, n)
    near = beside.scores(others)
    while low < high:  # it is shown with y answers, and the nearer to what is expected the less
        middle = (low + high) // 2 if sign > 0 else (low + high + 1) // 2
        z = beside.z_near(others, _with_answers(cells, unseen, group, middle), near)
        is_shown = sign * z[unseen][at] > confirm_bar and sign * z[BOTH][at] > overall_bar
        if sign > 0:
            low, high = (low, middle) if is_shown else (middle + 1, high)
        else:
            low, high = (middle, high) if is_shown else (low, middle - 1)
    return low


def _with_answers(cells: Cells, half: int, group: np.ndarray, n_answers: int) -> Cells:
    """Return the cells as if so many of the group had answered in the half, spread alike."""
    y, n = cells.y.copy(), cells.n[half][group].sum()
    now = y[half][group].sum()
    if n_answers <= now:
        y[half][group] *= n_answers / max(now, 1)
    else:
        silent = cells.n[half][group] - y[half][group]
        y[half][group] += silent * (n_answers - now) / max(n - now, 1)
    return replace(cells, y=y)
