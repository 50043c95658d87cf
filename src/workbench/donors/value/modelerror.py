"""What a model gets wrong, learned from few back-tests: a bias, and how it differs each time.

The error of a test, the logarithm of actual to expected, is normal around a bias, with a spread
of its own from period to period and the chance of the test itself on top. The bias is normal
around 0, the spread half-t with four degrees of freedom (Gelman 2006, Bayesian Analysis 1(3)),
and both are summed over a grid of spreads, as in meta-analysis of few studies (Röver 2020,
Journal of Statistical Software 93(6)). Without a test the error is that of the prior alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.donors.value.histories import Array

DEGREES = 4.0
GRID = np.geomspace(0.002, 1.5, 80)


@dataclass(frozen=True)
class Prior:
    """What errors are like before a test: standard deviation of the bias, scale of the spread."""

    bias: float
    spread: float


@dataclass(frozen=True)
class ModelError:
    """The error of the next period, on a logarithmic scale; above 0 more comes than expected.

    A mixture over GRID: with chance ``weight`` the error is normal around ``mean`` with
    standard deviation ``deviation``.
    """

    weight: Array
    mean: Array
    deviation: Array

    @property
    def shift(self) -> float:
        """Return the error to expect, by which a forecast is corrected."""
        return float(self.weight @ self.mean)

    @property
    def width(self) -> float:
        """Return the standard deviation of the error around its shift."""
        return float(np.sqrt(self.weight @ (self.deviation**2 + (self.mean - self.shift) ** 2)))

    def widened(self, by: float) -> ModelError:
        """Return the error with one more of standard deviation ``by``, of which nothing is known.

        >>> learn_error(np.array([]), np.array([]), Prior(0.1, 0.1)).widened(0.5).width > 0.5
        True
        """
        return ModelError(self.weight, self.mean, np.hypot(self.deviation, by))

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Return ``n`` errors drawn around the shift."""
        which = rng.choice(len(self.weight), n, p=self.weight)
        return np.asarray(
            self.mean[which] + self.deviation[which] * rng.standard_normal(n) - self.shift)


def learn_error(errors: Array, variances: Array, prior: Prior) -> ModelError:
    """Return the error of the next period, from those of tests and their own variances.

    >>> few = learn_error(np.array([0.2]), np.array([0.01]), Prior(0.15, 0.1))
    >>> many = learn_error(np.full(8, 0.2), np.full(8, 0.01), Prior(0.15, 0.1))
    >>> 0 < few.shift < many.shift < 0.2, few.width > many.width
    (True, True)
    """
    each = GRID[:, None] ** 2 + np.asarray(variances, dtype="float64")
    told = 1 / prior.bias**2 + (1 / each).sum(axis=1)
    mean = (np.asarray(errors) / each).sum(axis=1) / told
    quadratic = (np.asarray(errors) ** 2 / each).sum(axis=1) - told * mean**2
    log_weight = (-(DEGREES + 1) / 2 * np.log1p((GRID / prior.spread) ** 2 / DEGREES)
                  + np.log(GRID) - np.log(each).sum(axis=1) / 2 - np.log(told) / 2
                  - quadratic / 2)
    weight = np.exp(log_weight - log_weight.max())
    return ModelError(weight / weight.sum(), mean, np.sqrt(1 / told + GRID**2))
