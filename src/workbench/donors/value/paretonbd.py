"""Pareto/NBD: giving at any time, until a donor stops at any time.

Schmittlein, Morrison and Colombo (1987), Counting your customers, Management Science 33(1);
the likelihood as in Fader and Hardie (2005), A note on deriving the Pareto/NBD model. While
active a donor gives as a Poisson process whose rate is gamma (r, alpha) over donors; they stop
at a rate that is gamma (s, beta) over donors.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from workbench.donors.value.histories import Array, Histories
from workbench.donors.value.model import Model, still_active

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
NODES, WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2
MOST_DECAY = 30.0  # what lies further out is less than e to the minus thirtieth part


def expected(theta: Array, seen: Histories, horizon: float) -> Array:
    """Return the gifts expected in the next ``horizon``: rate x time left in it, if active."""
    r, alpha, s, beta = theta
    reach = beta + seen.t_all
    span = np.log1p(horizon / reach)
    power = (s - 1) * span
    shrunk = np.where(np.abs(power) < 1e-9, 1.0, -np.expm1(-power) / np.where(power, power, 1))
    return np.asarray((r + seen.x) / (alpha + seen.t_all) * reach * span * shrunk
                      * still_active(log_parts(theta, seen)))


def draw(
    theta: Array, seen: Histories, still: Array, horizon: float, rng: np.random.Generator
) -> Array:
    """Return gifts drawn for the next ``horizon``."""
    r, alpha, s, beta = theta
    is_active = rng.random(len(seen)) < still
    rate = rng.gamma(r + seen.x) / (alpha + seen.t_all)
    stops = rng.gamma(s, size=len(seen)) / (beta + seen.t_all)
    left = rng.exponential(size=len(seen)) / np.maximum(stops, 1e-300)
    return np.where(is_active, rng.poisson(rate * np.minimum(left, horizon)), 0)


def log_parts(theta: Array, seen: Histories) -> tuple[Array, Array]:
    """Return the log-likelihood of the history with the donor active, and with them stopped.

    The second is an integral over the day on which they stopped. The article solves it by
    Gauss's hypergeometric function, which overflows for donors who are much alike; here it is
    summed by quadrature on a logarithmic scale, where it decays as an exponential.
    """
    r, alpha, s, beta = theta
    given = r + seen.x
    giving = gammaln(given) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    still = giving - given * np.log(alpha + seen.t_all) - s * np.log(beta + seen.t_all)
    first = np.log(alpha + seen.t_x)
    span = np.log(alpha + seen.t_all) - first
    span = np.minimum(span, MOST_DECAY / np.maximum(np.abs(given - 1), 1e-9))
    decay = np.zeros(len(seen))
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        ahead = span * node
        day = np.exp(first + ahead) - alpha
        since = np.log(beta + day) - np.log(beta + seen.t_x)
        decay += weight * np.exp(-(given - 1) * ahead - (s + 1) * since)
    scale = -(given - 1) * first - (s + 1) * np.log(beta + seen.t_x)
    with np.errstate(divide="ignore"):
        stopped = giving + np.log(s) + scale + np.log(span * decay)
    return still, stopped


PARETO_NBD = Model("pareto_nbd", "Pareto/NBD", ("r", "alpha", "s", "beta"),
                   (1.0, 10.0, 1.0, 10.0), log_parts, expected, draw)
