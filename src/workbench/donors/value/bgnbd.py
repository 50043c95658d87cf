"""BG/NBD: giving at any time, until a donor stops after one of the gifts.

Fader, Hardie and Lee (2005), 'Counting your customers' the easy way, Marketing Science 24(2).
While active a donor gives as a Poisson process whose rate is gamma (r, alpha) over donors;
after each repeat gift they stop with a chance that is beta (a, b) over donors.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1

from workbench.donors.value.histories import Array, Histories
from workbench.donors.value.model import Model, still_active

NEAR_ONE = 1e-6


def expected(theta: Array, seen: Histories, horizon: float) -> Array:
    """Return the gifts expected in the next ``horizon`` (equation 10)."""
    r, alpha, a, b = theta
    if abs(a - 1) < NEAR_ONE:  # the formula divides by a - 1, the quantity is smooth there
        a = 1 + NEAR_ONE
    reach = alpha + seen.t_all
    z = horizon / (reach + horizon)
    lasts = (reach / (reach + horizon)) ** (r + seen.x)
    total = a + b + seen.x - 1
    rest = 1 - lasts * hyp2f1(r + seen.x, b + seen.x, total, z)
    return np.asarray(total / (a - 1) * rest * still_active(log_parts(theta, seen)))


def draw(
    theta: Array, seen: Histories, still: Array, horizon: float, rng: np.random.Generator
) -> Array:
    """Return gifts drawn for the next ``horizon``: chances to give until one is the last."""
    r, alpha, a, b = theta
    is_active = rng.random(len(seen)) < still
    rate = rng.gamma(r + seen.x) / (alpha + seen.t_all)
    chances = rng.poisson(rate * horizon)
    stops = np.clip(rng.beta(a, b + seen.x), 1e-12, 1)
    return np.where(is_active, np.minimum(chances, rng.geometric(stops)), 0)


def log_parts(theta: Array, seen: Histories) -> tuple[Array, Array]:
    """Return the log-likelihood of the history with the donor active, and with them stopped.

    Together equation 6 of the article. Who has given once is active: they stop after a repeat
    gift only.
    """
    r, alpha, a, b = theta
    x = seen.x
    giving = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    still = giving + betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + seen.t_all)
    last = np.maximum(x, 1)
    stopped = (giving + betaln(a + 1, b + last - 1) - betaln(a, b)
               - (r + x) * np.log(alpha + seen.t_x))
    return still, np.where(x > 0, stopped, -np.inf)


BG_NBD = Model("bg_nbd", "BG/NBD", ("r", "alpha", "a", "b"), (1.0, 10.0, 1.0, 3.0),
               log_parts, expected, draw)
