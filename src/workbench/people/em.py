"""How often the records of one person agree: the m of every level, by expectation-maximisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROUNDS = 100
CONVERGED = 1e-4
START_PRIOR = 0.5


@dataclass(frozen=True)
class Vectors:
    """What pairs of records show, a column a comparison.

    ``level`` is the number of the level that each pair reaches, -1 where there is nothing to
    compare; ``rarity`` replaces the u of that level where the agreed term has a frequency of
    its own, NaN where it has none.
    """

    level: np.ndarray
    rarity: np.ndarray


def maximise_m(
    vectors: Vectors, u: list[np.ndarray], start: list[np.ndarray]
) -> tuple[list[np.ndarray], float]:
    """Return the m of each comparison's levels and the share of the pairs that are one person.

    ``u`` and ``start`` (the m to begin with) have an array a comparison. A level that no pair
    reached is NaN in what is returned. What a pair shows in one comparison is taken to say
    nothing of the others, given that it is one person or two.

    Source: Dempster, Laird and Rubin (1977); Winkler (1988).
    """
    m, prior = [values.copy() for values in start], START_PRIOR
    chance = _log_chance(vectors, u)
    for _ in range(ROUNDS):
        probability = _probability(vectors, m, chance, prior)
        fresh = [_shares(vectors.level[:, c], probability, len(values))
                 for c, values in enumerate(m)]
        changes = [np.nanmax(np.abs(new - old), initial=0.0)
                   for new, old in zip(fresh, m, strict=True)]
        changes.append(abs(float(probability.mean()) - prior))
        m, prior = fresh, float(probability.mean())
        if max(changes) < CONVERGED:
            break
    return m, prior


def _log_chance(vectors: Vectors, u: list[np.ndarray]) -> np.ndarray:
    """Return for each pair the log of its probability if it were two people."""
    total = np.zeros(len(vectors.level))
    for c, values in enumerate(u):
        usual = np.append(np.log(values), 0.0)[vectors.level[:, c]]
        rare = np.log(vectors.rarity[:, c])
        total += np.where(np.isnan(rare), usual, rare)
    return total


def _probability(
    vectors: Vectors, m: list[np.ndarray], chance: np.ndarray, prior: float
) -> np.ndarray:
    """Return for each pair the probability that it is one person."""
    total = -chance
    for c, values in enumerate(m):
        with np.errstate(divide="ignore"):
            total = total + np.append(np.log(np.nan_to_num(values)), 0.0)[vectors.level[:, c]]
    prior = min(max(prior, 1e-12), 1 - 1e-12)
    return 1 / (1 + np.exp(-np.clip(total + np.log(prior / (1 - prior)), -700, 700)))


def _shares(level: np.ndarray, probability: np.ndarray, n_levels: int) -> np.ndarray:
    is_there = level >= 0
    found = np.bincount(level[is_there], weights=probability[is_there], minlength=n_levels)
    seen = np.bincount(level[is_there], minlength=n_levels)
    total = found.sum()
    return np.where(seen > 0, found / total if total > 0 else 0.0, np.nan)
