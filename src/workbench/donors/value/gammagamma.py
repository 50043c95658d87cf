"""Gamma-gamma: how large a donor's gifts are, drawn towards all donors' where few are seen.

Fader and Hardie (2013), The gamma-gamma model of monetary value. A donor's gifts are gamma
(p, nu), and nu is gamma (q, v) over donors; how large they are has nothing to do with how
often they come.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from workbench.donors.value.histories import Array

START = (2.0, 2.0, 10.0)  # p, q, v


def log_likelihood(theta: Array, n_gifts: Array, mean_gift: Array) -> Array:
    """Return the log-likelihood of donors whose ``n_gifts`` gifts are ``mean_gift`` on average.

    Both are above 0; ``mean_gift`` is in any one unit of money.
    """
    p, q, v = theta
    total = p * n_gifts
    return np.asarray(
        gammaln(total + q) - gammaln(total) - gammaln(q) + q * np.log(v)
        + (total - 1) * np.log(mean_gift) + total * np.log(n_gifts)
        - (total + q) * np.log(n_gifts * mean_gift + v)
    )


def expected_gift(theta: Array, n_gifts: Array, mean_gift: Array) -> Array:
    """Return what a gift of such a donor will be on average.

    Where the model has no average, so few and scattered being the gifts, it is their mean.
    """
    p, q, v = theta
    left = p * n_gifts + q - 1
    return np.where(left > 0, p * (v + n_gifts * mean_gift) / np.where(left > 0, left, 1.0),
                    mean_gift)


def draw_sums(
    theta: Array, n_gifts: Array, mean_gift: Array, n_next: Array, rng: np.random.Generator
) -> Array:
    """Return the sum of the ``n_next`` gifts that come next, drawn for each donor."""
    p, q, v = theta
    rate = rng.gamma(p * n_gifts + q) / (v + n_gifts * mean_gift)
    return np.where(n_next > 0, rng.gamma(np.maximum(p * n_next, 1e-12)) / rate, 0.0)
