"""A share that is not known for certain: its middle, and the ends of nine in ten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, norm

from workbench.errors import SettingsError

RANGE = 0.9


@dataclass(frozen=True)
class Ends:
    """A share with the ends of its range of nine in ten.

    ``n``: how many rows of the campaign's own files it was counted from; 0 where it is assumed.
    """

    low: float
    middle: float
    high: float
    n: int = 0

    def draw(self, rng: np.random.Generator, n_draws: int) -> np.ndarray:
        """Return values that it may have, between 0 and 1.

        A normal spread on either side of the middle, as wide as that side of the range.
        """
        z = rng.standard_normal(n_draws) / norm.ppf((1 + RANGE) / 2)
        side = np.where(z < 0, self.middle - self.low, self.high - self.middle)
        return np.clip(self.middle + z * side, 0.0, 1.0)


def assumed(parameter: str, name: str, given: Mapping[str, float]) -> Ends:
    """Return the ends of ``name`` as they are given; SettingsError where they cannot be that.

    ``parameter``: the one of notebooks.universes that has the middle.

    >>> assumed("talks", "pass_on", {"pass_on_low": 0.2, "pass_on": 0.6, "pass_on_high": 1}).high
    1.0
    """
    low, middle, high = (float(given[end]) for end in (f"{name}_low", name, f"{name}_high"))
    if not 0 <= low <= middle <= high <= 1:
        raise SettingsError(
            f"notebooks.universes.{parameter}: {name} is {middle:g}, and {name}_low and "
            f"{name}_high are {low:g} and {high:g}. Give shares from 0 to 1, one between its "
            "ends: 0.025 is 2.5 points.")
    return Ends(low, middle, high)


def counted(n_yes: int, n: int) -> Ends:
    """Return the share of yes with its exact range (Clopper and Pearson 1934).

    >>> one = counted(20, 100)
    >>> round(one.low, 3), one.middle, round(one.high, 3)
    (0.137, 0.2, 0.277)
    """
    tail = (1 - RANGE) / 2
    low = float(beta.ppf(tail, n_yes, n - n_yes + 1)) if n_yes else 0.0
    high = float(beta.ppf(1 - tail, n_yes + 1, n - n_yes)) if n_yes < n else 1.0
    return Ends(low, n_yes / n, high, n)
