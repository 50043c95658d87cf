"""BG/BB: giving at set times (months of a pledge, years, campaigns), until a donor stops.

Fader, Hardie and Shang (2010), Customer-base analysis in a discrete-time noncontractual
setting, Marketing Science 29(6). At each wave a donor who is still active gives with a chance
that is beta (alpha, beta) over donors, and before it stops with one that is beta
(gamma, delta).
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaln

from workbench.donors.value.histories import Array, Histories
from workbench.donors.value.model import Model, still_active

MOST_LOG = 700.0  # what exp can bear


def expected(theta: Array, seen: Histories, horizon: float) -> Array:
    """Return the gifts expected in the next ``horizon`` waves (equation 13, summed by wave).

    Of a wave that lies in the horizon in part, that part counts.
    """
    alpha, beta, gamma, delta = theta
    whole = int(np.floor(horizon))
    ahead = delta + seen.t_all
    active = np.zeros(len(seen))
    for wave in range(1, whole + 2):
        part = 1.0 if wave <= whole else horizon - whole
        active += part * np.exp(betaln(gamma, ahead + wave) - betaln(gamma, ahead))
    chance = (alpha + seen.x) / (alpha + beta + seen.t_all)
    return np.asarray(chance * active * still_active(log_parts(theta, seen)))


def draw(
    theta: Array, seen: Histories, still: Array, horizon: float, rng: np.random.Generator
) -> Array:
    """Return gifts drawn for the next ``horizon`` waves."""
    alpha, beta, gamma, delta = theta
    n = len(seen)
    is_active = rng.random(n) < still
    waves = np.floor(horizon) + (rng.random(n) < horizon - np.floor(horizon))
    stops = np.clip(rng.beta(gamma, delta + seen.t_all), 1e-12, 1)
    reached = np.minimum(waves, rng.geometric(stops) - 1).astype(np.int64)
    chance = rng.beta(alpha + seen.x, beta + seen.t_all - seen.x)
    return np.where(is_active, rng.binomial(reached, chance), 0)


def log_parts(theta: Array, seen: Histories) -> tuple[Array, Array]:
    """Return the log-likelihood of the history with the donor active, and with them stopped.

    Together equation 5; times are counts of waves. They can have stopped before any wave since
    the last gift: the second sums over those.
    """
    alpha, beta, gamma, delta = theta
    x, last = seen.x, seen.t_x
    scale = betaln(alpha, beta) + betaln(gamma, delta)
    still = betaln(alpha + x, beta + seen.t_all - x) + betaln(gamma, delta + seen.t_all) - scale
    silent = (seen.t_all - last).astype(np.int64)
    row = np.repeat(np.arange(len(seen)), silent)
    wave = np.arange(len(row)) - np.repeat(np.cumsum(silent) - silent, silent)
    until = last[row] + wave
    parts = (betaln(alpha + x[row], beta + until - x[row])
             + betaln(gamma + 1, delta + until) - scale - still[row])
    odds = np.bincount(row, np.exp(np.minimum(parts, MOST_LOG)), len(seen))
    with np.errstate(divide="ignore"):
        return still, still + np.log(odds)


BG_BB = Model("bg_bb", "BG/BB", ("alpha", "beta", "gamma", "delta"), (1.0, 1.0, 1.0, 3.0),
              log_parts, expected, draw)
