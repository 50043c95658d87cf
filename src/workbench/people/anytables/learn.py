"""Learn the Fellegi-Sunter model of any tables from their candidate pairs, without labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.people.anytables.seen import Seen, seen_pairs
from workbench.people.anytables.weigh import NAMES_CLASH, SAVES, Learned
from workbench.people.chance import chance_of_levels
from workbench.people.comparisons import Comparison, splink_comparison

if TYPE_CHECKING:
    import duckdb

Shares = dict[str, np.ndarray]

ROUNDS = 100
SETTLED = 1e-4
RANDOM_PAIRS = 500_000
# Before anything is learned the strongest level of a comparison is held to show in so many
# pairs of one person, and the assumption weighs as much as so many pairs.
ASSUMED_M, ASSUMED_PAIRS = 0.8, 5.0
LEAST_M = 0.002
MOST_BITS = 500.0
LEAST_SHARE_BY_CHANCE = 0.02  # of the agreements of random pairs, at least so many are chance


def learn(
    connection: duckdb.DuckDBPyConnection, compared: tuple[Comparison, ...], *, seed: int
) -> Learned:
    """Return the model of ``record`` and ``level``, its levels as Splink's settings write them.

    How often two people agree by chance (u) is counted on random pairs, less what the people
    among them explain. How often the records of one person agree (m) is found by
    expectation-maximisation over the candidate pairs of every key at once: rare names count
    for more, rivals share their odds out, and pairs that the veto forbids are nobody.

    Source: Fellegi and Sunter (1969); Winkler (1988).
    """
    chance = {name: np.array([np.nan if u is None else u for u in shares])
              for name, shares in chance_of_levels(
                  connection, compared, seed=seed, n_pairs=RANDOM_PAIRS).items()}
    assumed = {c.name: _assumed(chance[c.name]) for c in compared}
    seen = seen_pairs(connection, compared, seed=seed)
    m, u, prior = _maximised(seen, assumed, chance)
    entries = [_with_chances(splink_comparison(c), m[c.name], u[c.name]) for c in compared]
    model = {"comparisons": entries, "probability_two_random_records_match": prior}
    return Learned(model, seen.counts.n_own(prior), seen.counts.n_filled)


def _assumed(chance: np.ndarray) -> np.ndarray:
    m = np.where(np.isnan(chance), np.nan, (1 - ASSUMED_M) / max((~np.isnan(chance)).sum() - 1, 1))
    m[np.flatnonzero(~np.isnan(chance))[0]] = ASSUMED_M
    return m


def _maximised(seen: Seen, assumed: Shares, chance: Shares) -> tuple[Shares, Shares, float]:
    """Return m and u of each comparison's levels, and the share of possible pairs that are one."""
    n_possible, n_random = seen.counts.n_possible, seen.counts.n_random
    m, u, prior = assumed, chance, 1 / (2 * np.sqrt(2 * n_possible))
    for _ in range(ROUNDS):
        probability = _probability(seen, m, u, prior)
        fresh = (probability.sum() * seen.scale + 0.5) / (n_possible + 1)
        before, prior = (m, prior), float(np.clip(fresh, 1e-12, 0.5))
        m = {name: _shares(seen.levels[name], probability, assumed[name]) for name in m}
        one = prior * n_possible / n_random
        u = {name: np.maximum((chance[name] - one * m[name]) / (1 - one),
                              LEAST_SHARE_BY_CHANCE * chance[name]) for name in u}
        if _is_settled(before, (m, prior)):
            break
    return m, u, prior


def _is_settled(before: tuple[Shares, float], after: tuple[Shares, float]) -> bool:
    (m_before, prior_before), (m, prior) = before, after
    moved = max(float(np.nanmax(np.abs(m[name] - m_before[name]))) for name in m)
    return moved <= SETTLED and abs(prior - prior_before) <= SETTLED * prior


def _shares(reached: np.ndarray, probability: np.ndarray, assumed: np.ndarray) -> np.ndarray:
    """Return the share of pairs of one person at each level, NaN for the missing one."""
    counts = np.bincount(reached, weights=probability, minlength=len(assumed))
    counts = np.where(np.isnan(assumed), np.nan, counts + ASSUMED_PAIRS * assumed)
    shares = np.maximum(counts / np.nansum(counts), LEAST_M)
    return shares / np.nansum(shares)


def _probability(seen: Seen, m: Shares, u: Shares, prior: float) -> np.ndarray:
    """Return for each pair seen the chance that it is one person, 0 where the veto holds."""
    weights = {name: _weights(seen, name, m[name], u[name], prior) for name in m}
    total = sum(weights.values(), start=np.zeros(1))
    is_saved = np.any([weights[name] > 0 for name in SAVES], axis=0)
    is_vetoed = ((weights["first_name"] < NAMES_CLASH) | (weights["suffix"] < 0)) & ~is_saved
    odds = np.exp2(np.minimum(total + np.log2(prior / (1 - prior)), MOST_BITS))
    return seen.rivals.share_out(np.where(is_vetoed, 0.0, odds))


def _weights(
    seen: Seen, name: str, m: np.ndarray, u: np.ndarray, prior: float
) -> np.ndarray:
    """Return the weight in bits that a comparison adds to each pair seen."""
    weight = np.nan_to_num(np.log2(m) - np.log2(u))[seen.levels[name]]
    if name not in seen.n_having:
        return weight
    rare = np.nan_to_num(np.log2(m))[seen.levels[name]] + seen.rarity(name, prior)
    return np.where(seen.n_having[name] > 0, rare, weight)


def _with_chances(entry: dict[str, Any], m: np.ndarray, u: np.ndarray) -> dict[str, Any]:
    for level, of_one, by_chance in zip(entry["comparison_levels"], m, u, strict=True):
        if not level.get("is_null_level"):
            level["m_probability"] = float(of_one)
            level["u_probability"] = float(by_chance)
    return entry
