"""What a model of giving is: its likelihood, who is still giving, and what is to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.donors.value.histories import Array, Histories


@dataclass(frozen=True)
class Model:
    """A buy-till-you-die model: donors give at a rate of their own until they stop for good.

    Every function takes the parameters (all above 0, in the order of ``parameter_names``) and
    Histories. ``log_parts``: the log-likelihood of each history with the donor active, and
    with them stopped. ``expected``: gifts in the next ``horizon`` (in the histories' unit of
    time), on average over donors with that history. ``draw``: gifts in the next
    ``horizon`` of one donor a history, drawn at random, given each one's ``alive``.
    """

    code: str
    name: str
    parameter_names: tuple[str, ...]
    start: tuple[float, ...]
    log_parts: Callable[[Array, Histories], tuple[Array, Array]]
    expected: Callable[[Array, Histories, float], Array]
    draw: Callable[[Array, Histories, Array, float, np.random.Generator], Array]

    def log_likelihood(self, theta: Array, seen: Histories) -> Array:
        """Return the log-likelihood of one donor with each history."""
        return np.asarray(np.logaddexp(*self.log_parts(theta, seen)))

    def alive(self, theta: Array, seen: Histories) -> Array:
        """Return P(has not stopped)."""
        return still_active(self.log_parts(theta, seen))


def still_active(log_parts: tuple[Array, Array]) -> Array:
    """Return P(has not stopped) from the log-likelihoods with a donor active, and stopped."""
    still, stopped = log_parts
    return np.asarray(1 / (1 + np.exp(stopped - still)))
