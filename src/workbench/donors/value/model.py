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
    Histories. ``log_likelihood``: of one donor with each history. ``alive``: P(has not
    stopped). ``expected``: gifts in the next ``horizon`` (in the histories' unit of time), on
    average over donors with that history. ``draw``: gifts in the next ``horizon`` of one donor
    a history, drawn at random, given each one's ``alive``.
    """

    code: str
    name: str
    parameter_names: tuple[str, ...]
    start: tuple[float, ...]
    log_likelihood: Callable[[Array, Histories], Array]
    alive: Callable[[Array, Histories], Array]
    expected: Callable[[Array, Histories, float], Array]
    draw: Callable[[Array, Histories, Array, float, np.random.Generator], Array]
