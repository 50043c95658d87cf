"""Fit a model of giving by maximum likelihood, and carry its uncertainty on.

Parameters are fitted on a logarithmic scale, since all are above 0. Their covariance is the
inverse of the observed information there; the standard error of what is computed from them is
the delta method's. Directions that the data say next to nothing of are left out of both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from workbench.donors.value import gammagamma
from workbench.donors.value.histories import Array, Histories, group_histories
from workbench.donors.value.model import Model
from workbench.errors import FitError

LOWEST, HIGHEST = -7.0, 9.0  # of the logarithm of a parameter
AT_BOUND = 1e-3
FEWEST_FOUND = 2  # parameters within the bounds; with fewer a model says nothing of the data
LEAST_INFORMATION = 1e-6  # of the greatest; less says nothing of a direction
MOST_EXACT = 20_000  # donors
WIDEST_VARIANCE = 4.0  # of a parameter's logarithm: 90 % within a factor of 27
INFORMATION_STEP, SLOPE_STEP = 1e-3, 1e-4


@dataclass(frozen=True)
class Fit:
    """Parameters with the covariance of their logarithms; ``n`` donors stand behind them.

    ``held``: places of parameters that the search would move past its bounds. There the model
    is a simpler one, in which donors do not differ in that way; they have no error.
    """

    theta: Array
    covariance: Array
    log_likelihood: float
    n: int
    held: tuple[int, ...] = ()


@dataclass(frozen=True)
class FittedModel:
    """A model of giving and the parameters that make its histories likeliest."""

    model: Model
    fit: Fit

    @property
    def held_names(self) -> tuple[str, ...]:
        """Return the names of the parameters that are held at a bound of the search."""
        return tuple(self.model.parameter_names[place] for place in self.fit.held)


def fit_model(model: Model, seen: Histories) -> FittedModel:
    """Return ``model`` fitted to histories.

    FitError where fewer than two parameters can be found within the bounds of the search.
    """
    def total(theta: Array) -> float:
        return float(seen.n @ model.log_likelihood(theta, seen))

    fitted = FittedModel(model, maximise(total, model.start, seen.n_donors))
    if len(model.start) - len(fitted.fit.held) < FEWEST_FOUND:
        raise FitError(
            f"{model.name} cannot be fitted to {seen.n_donors} donors: {len(fitted.fit.held)} of "
            f"its parameters ({', '.join(fitted.held_names)}) ran to the bound of their search, "
            "so no forecast is made. Bring more months of gifts, or set "
            "notebooks.donors.wave_days if people give at set times.")
    return fitted


def fit_gift_size(n_gifts: Array, mean_gift: Array) -> Fit:
    """Return the gamma-gamma model of how large gifts are, fitted to donors.

    The search runs in units of the median donor's gift; ``v`` is turned back. Means of more
    than MOST_EXACT donors are rounded to a hundredth of themselves and counted.
    """
    unit = float(np.median(mean_gift))
    scaled, counts, n = mean_gift / unit, n_gifts, np.ones(len(n_gifts))
    if len(n_gifts) > MOST_EXACT:
        logs = np.round(np.log(scaled) * 100) / 100
        grouped, _ = group_histories(n_gifts, logs, np.zeros(len(logs)))
        counts, scaled, n = grouped.x, np.exp(grouped.t_x), grouped.n

    def total(theta: Array) -> float:
        return float(n @ gammagamma.log_likelihood(theta, counts, scaled))

    found = maximise(total, gammagamma.START, len(n_gifts))
    theta = found.theta * np.array([1.0, 1.0, unit])
    likelihood = found.log_likelihood - len(n_gifts) * np.log(unit)
    return replace(found, theta=theta, log_likelihood=likelihood)


def maximise(
    log_likelihood: Callable[[Array], float], start: tuple[float, ...], n: int
) -> Fit:
    """Return where ``log_likelihood`` is greatest, from ``start``, for ``n`` donors."""
    def loss(logs: Array) -> float:
        return -log_likelihood(np.exp(logs)) / n

    bounds = [(LOWEST, HIGHEST)] * len(start)
    found = minimize(loss, np.log(start), method="L-BFGS-B", bounds=bounds,
                     options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500})
    is_held = (found.x < LOWEST + AT_BOUND) | (found.x > HIGHEST - AT_BOUND)
    free = np.flatnonzero(~is_held)
    covariance = np.zeros((len(start), len(start)))
    if len(free):
        information = _information(loss, found.x)[np.ix_(free, free)]
        covariance[np.ix_(free, free)] = _inverse(information * n)
    held = tuple(int(place) for place in np.flatnonzero(is_held))
    return Fit(np.exp(found.x), covariance, -float(found.fun) * n, n, held)


def slopes(compute: Callable[[Array], Array], fit: Fit) -> Array:
    """Return the slope of the logarithm of each computed value in each parameter's logarithm.

    One row a value, one column a parameter; a value of 0 has slope 0.
    """
    logs = np.log(fit.theta)
    columns = []
    for place in range(len(logs)):
        step = np.zeros(len(logs))
        step[place] = SLOPE_STEP
        up, down = (compute(np.exp(logs + side * step)) for side in (1, -1))
        is_positive = (up > 0) & (down > 0)
        ratio = np.where(is_positive, up, 1.0) / np.where(is_positive, down, 1.0)
        columns.append(np.log(ratio) / (2 * SLOPE_STEP))
    return np.column_stack(columns)


def log_errors(slope: Array, fit: Fit) -> Array:
    """Return the standard error of the logarithm of each value, by the delta method."""
    variance = np.einsum("ij,jk,ik->i", slope, fit.covariance, slope)
    return np.asarray(np.sqrt(np.maximum(variance, 0)))


def _information(loss: Callable[[Array], float], at: Array) -> Array:
    """Return the second derivatives of ``loss`` at its least, by central differences."""
    size = len(at)
    steps = np.eye(size) * INFORMATION_STEP
    found = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            corners = [loss(at + a * steps[i] + b * steps[j]) * a * b
                       for a in (1, -1) for b in (1, -1)]
            found[i, j] = found[j, i] = sum(corners) / (4 * INFORMATION_STEP**2)
    return found


def _inverse(information: Array) -> Array:
    values, vectors = np.linalg.eigh(information)
    is_told = values > LEAST_INFORMATION * max(values.max(), 0.0)
    variance = np.minimum(1 / np.where(is_told, values, 1.0), WIDEST_VARIANCE)
    inverted = np.where(is_told, variance, 0.0)
    return np.asarray((vectors * inverted) @ vectors.T)
