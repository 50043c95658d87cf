"""Learn the model of any tables from their candidate pairs, without labels.

A pair is one person, two of one home, or two strangers. Two of one home agree on what homes
share and by chance on the rest, so that a shared family name, address and telephone alone
make nobody one person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.people.anytables.compare import BIRTH_DATE, SAME_DAY
from workbench.people.anytables.seen import Seen, same_day_by_chance, seen_pairs
from workbench.people.anytables.weigh import AT_HOME, MOST_BITS, Learned
from workbench.people.chance import chance_of_levels
from workbench.people.comparisons import Comparison, with_chances
from workbench.people.model import LEAST_M, assumed_m

if TYPE_CHECKING:
    import duckdb

Shares = dict[str, np.ndarray]

ROUNDS = 100
CONVERGED = 1e-4
ASSUMED_PAIRS = 5.0  # what is assumed before anything is learned weighs as much as so many
LEAST_SHARE_BY_CHANCE = 0.02  # of the agreements of random pairs, at least so many are chance


@dataclass(frozen=True)
class _State:
    """What is believed at a round: shares of levels, and shares of possible pairs.

    ``m`` is of pairs that are one person, ``h`` of two of one home, ``u`` of strangers.
    ``odds`` are those of one person for each kind of pair before anything is compared.
    """

    m: Shares
    h: Shares
    u: Shares
    one: float
    home: float
    odds: np.ndarray


def learn(
    connection: duckdb.DuckDBPyConnection, compared: tuple[Comparison, ...], *, seed: int
) -> Learned:
    """Return the model of ``record`` and ``level``, its levels as Splink's settings write them.

    How often two people agree by chance (u) is counted on random pairs, less what people and
    homes among them explain. How often the records of one person agree (m) is found by
    expectation-maximisation over the candidate pairs of every key at once: rare names count
    for more, and rivals share their odds out.

    Source: Fellegi and Sunter (1969); Winkler (1988).
    """
    columns = tuple(row[0] for row in connection.execute("DESCRIBE record").fetchall())
    chance = chance_of_levels(connection, compared, seed=seed, compared=columns)
    seen = seen_pairs(connection, compared, seed=seed)
    least = {name: LEAST_SHARE_BY_CHANCE * shares for name, shares in chance.items()}
    least[BIRTH_DATE.name][SAME_DAY] = max(least[BIRTH_DATE.name][SAME_DAY],
                                           same_day_by_chance(connection))
    found = _maximised(seen, chance, least)
    model = {"comparisons": [with_chances(c, found.m[c.name], found.u[c.name]) for c in compared],
             "probability_two_random_records_match": found.one}
    named = {c.name: c for c in compared}
    home = [with_chances(named[name], shares, found.u[name]) for name, shares in found.h.items()]
    return Learned(model, home, found.home, seen.counts.n_own(found.one), seen.counts.n_filled)


def _maximised(seen: Seen, chance: Shares, least: Shares) -> _State:
    """Return what maximisation converges on, ``u`` of every level ``least`` or more."""
    assumed = {name: assumed_m(shares) for name, shares in chance.items()}
    share = 1 / (2 * np.sqrt(2 * seen.counts.n_possible))
    at_home = {name: assumed[name] for name in AT_HOME if name in assumed}
    odds = np.full(len(seen.kinds.sizes) ** 2, share)
    state = _State(assumed, at_home, chance, share, share if at_home else 0.0, odds)
    for _ in range(ROUNDS):
        before, state = state, _next(seen, state, assumed, chance, least)
        if _has_converged(before, state):
            break
    return state


def _next(
    seen: Seen, state: _State, assumed: Shares, chance: Shares, least: Shares
) -> _State:
    is_one, is_home = _probabilities(seen, state)
    n_possible = seen.counts.n_possible
    one = float(np.clip((is_one.sum() * seen.scale + 0.5) / (n_possible + 1), 1e-12, 0.5))
    home = float(is_home.sum() * seen.scale / (n_possible + 1))
    m = {name: _shares(seen.levels[name], is_one, assumed[name]) for name in state.m}
    h = {name: _shares(seen.levels[name], is_home, assumed[name]) for name in state.h}
    of_random = one * n_possible / seen.counts.n_random
    u = {}
    for name, shares in chance.items():
        explained = of_random * m[name] + (home * (h[name] - shares) if name in h else 0.0)
        u[name] = np.maximum((shares - explained) / (1 - of_random), least[name])
    odds = seen.kinds.prior_odds(seen.kinds.expected(is_one) * seen.scale)
    return _State(m, h, u, one, home, odds)


def _has_converged(before: _State, after: _State) -> bool:
    moved = max(float(np.nanmax(np.abs(after.m[name] - before.m[name]))) for name in after.m)
    return moved <= CONVERGED and abs(after.one - before.one) <= CONVERGED * after.one


def _shares(reached: np.ndarray, probability: np.ndarray, assumed: np.ndarray) -> np.ndarray:
    """Return the share of pairs of a kind at each level, NaN for the missing one."""
    counts = np.bincount(reached, weights=probability, minlength=len(assumed))
    counts = np.where(np.isnan(assumed), np.nan, counts + ASSUMED_PAIRS * assumed)
    shares = np.maximum(counts / np.nansum(counts), LEAST_M)
    return shares / np.nansum(shares)


def _probabilities(seen: Seen, state: _State) -> tuple[np.ndarray, np.ndarray]:
    """Return for each pair seen the chance that it is one person, and that it is two of a home."""
    zero = np.zeros(seen.n)
    bits = sum((_weights(seen, name, m, state) for name, m in state.m.items()), start=zero)
    bits_home = sum((_weights(seen, name, h, state) for name, h in state.h.items()), start=zero)
    home = state.home * np.exp2(np.minimum(bits_home, MOST_BITS))
    odds = state.odds[seen.kinds.kind] * np.exp2(np.minimum(bits, MOST_BITS)) / (1 + home)
    is_one = seen.rivals.share_out(odds)
    return is_one, (1 - is_one) * home / (1 + home)


def _weights(seen: Seen, name: str, shares: np.ndarray, state: _State) -> np.ndarray:
    """Return the weight in bits that a comparison adds to each pair seen, against strangers."""
    weight = np.nan_to_num(np.log2(shares) - np.log2(state.u[name]))[seen.levels[name]]
    if name not in seen.n_having:
        return weight
    rare = np.nan_to_num(np.log2(shares))[seen.levels[name]] + seen.rarity(name, state.one)
    return np.where(seen.n_having[name] > 0, rare, weight)
