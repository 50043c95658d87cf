"""Learn the Fellegi-Sunter model of any tables from their candidate pairs, without labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.people.anytables.compare import COMPARISONS, NEEDS, other_text
from workbench.people.anytables.rivals import Rivals, find_rivals
from workbench.people.anytables.weigh import (
    NAMES_CLASH,
    SAVES,
    create_sides,
    rate_terms,
    sides_sql,
)
from workbench.people.chance import UNSEEN, chance_of_levels, reached_sql
from workbench.people.comparisons import Comparison, splink_comparison

if TYPE_CHECKING:
    import duckdb

ROUNDS = 60
SETTLED = 1e-4
PAIRS_TO_LEARN_FROM = 1_000_000
RANDOM_PAIRS = 1_000_000
# Before anything is learned the strongest level of a comparison is held to show in so many
# pairs of one person, and the assumption weighs as much as so many pairs.
ASSUMED_M, ASSUMED_PAIRS = 0.8, 5.0
LEAST_M = 0.002
MOST_BITS = 500.0
LEAST_SHARE_BY_CHANCE = 0.02  # of the agreements of random pairs, at least so many are chance


@dataclass(frozen=True)
class _Seen:
    """The candidate pairs that are learned from: the level that each comparison reaches.

    ``n_having`` is how many records have the term that a pair agrees on, 0 where it agrees on
    none, and ``n_filled`` how many have any. Of all
    ``n_random`` pairs ``n_possible`` can be one person: not those of a file that lists
    everybody once.
    """

    levels: dict[str, np.ndarray]
    n_having: dict[str, np.ndarray]
    n_filled: dict[str, float]
    rivals: Rivals
    scale: float
    n_possible: float
    n_random: float
    n_records: float

    def n_own(self, prior: float) -> float:
        """Return how many records a record's person has, itself included, on average."""
        return 1.0 + 2.0 * prior * self.n_possible / self.n_records

    def rarity(self, name: str, prior: float) -> np.ndarray:
        """Return the bits that come of how rare the agreed term is among other people."""
        having, n_filled = self.n_having[name], self.n_filled.get(name, 1.0)
        others = np.maximum(having - self.n_own(prior), 0.0) + UNSEEN
        return np.where(having > 0, np.log2(max(n_filled, 1.0) / others), 0.0)


def learn(
    connection: duckdb.DuckDBPyConnection, others: tuple[str, ...], *, seed: int
) -> dict[str, Any]:
    """Return the model of ``record`` and ``pair`` as Splink's settings write it.

    How often two people agree by chance (u) is counted on random pairs, less what the people
    among them explain. How often the records of one person agree (m) is found by
    expectation-maximisation over the candidate pairs of every key at once, rare names counting
    for more, and pairs that the veto forbids left out. Leaves ``side``. A comparison of which
    nothing can be compared is not in the model.

    Source: Fellegi and Sunter (1969); Winkler (1988).
    """
    compared = _comparable(connection, others)
    chance = {name: np.array([np.nan if u is None else u for u in shares])
              for name, shares in chance_of_levels(
                  connection, compared, seed=seed, n_pairs=RANDOM_PAIRS).items()}
    assumed = {c.name: _assumed(chance[c.name]) for c in compared}
    create_sides(connection, _terms(compared))
    seen = _seen_pairs(connection, compared, seed=seed)
    m, u, prior = _maximised(seen, assumed, chance)
    rate_terms(connection, _terms(compared), n_own=seen.n_own(prior))
    return _written(compared, m, u, prior)


def _comparable(
    connection: duckdb.DuckDBPyConnection, others: tuple[str, ...]
) -> tuple[Comparison, ...]:
    every = (*COMPARISONS, *(other_text(name) for name in others))
    counts = ", ".join(f"count({NEEDS.get(c.name, c.name)})" for c in every)
    filled = connection.execute(f"SELECT {counts} FROM record").fetchall()[0]
    kept = ("first_name", "suffix", *SAVES)  # the veto looks at these
    return tuple(c for c, n in zip(every, filled, strict=True) if n >= 2 or c.name in kept)


def _assumed(chance: np.ndarray) -> np.ndarray:
    m = np.where(np.isnan(chance), np.nan, (1 - ASSUMED_M) / max((~np.isnan(chance)).sum() - 1, 1))
    m[np.flatnonzero(~np.isnan(chance))[0]] = ASSUMED_M
    return m


def _seen_pairs(
    connection: duckdb.DuckDBPyConnection, compared: tuple[Comparison, ...], *, seed: int
) -> _Seen:
    n_pairs = connection.execute("SELECT count(*) FROM pair").fetchall()[0][0]
    share = min(1.0, PAIRS_TO_LEARN_FROM / max(n_pairs, 1))
    reached = ", ".join([
        "rid_l", "rid_r", *(f"{reached_sql(c)} AS {c.name}" for c in compared),
        *(f"n_{term}_l AS n_{term}" for term in _terms(compared)),
    ])
    pairs = (f"SELECT * FROM pair WHERE hash(rid_l, {seed}) % 1000000 < "
             f"{round(share * 1e6)}")
    found = connection.execute(
        f"SELECT {reached} FROM ({sides_sql(connection, pairs)}) ORDER BY rid_l, rid_r"
    ).fetchnumpy()
    levels = {c.name: np.asarray(found[c.name]).astype(np.int64) for c in compared}
    n_having = {c.name: _having(c, levels[c.name], found) for c in compared}
    rivals = find_rivals(np.asarray(found["rid_l"]) - 1, np.asarray(found["rid_r"]) - 1,
                         **files_of(connection))
    return _Seen(levels, n_having, _filled(connection, compared), rivals, 1 / share,
                 *_pairs_of_all(connection))


def files_of(connection: duckdb.DuckDBPyConnection) -> dict[str, np.ndarray]:
    """Return the file of each record by position, and which files list everybody once."""
    files = connection.execute(
        "SELECT file_number, lists_once FROM record ORDER BY rid").fetchnumpy()
    number = np.asarray(files["file_number"])
    once = np.zeros(int(number.max(initial=0)) + 1, dtype=bool)
    once[number] = np.asarray(files["lists_once"]).astype(bool)
    return {"file": number, "lists_once": once}


def _pairs_of_all(connection: duckdb.DuckDBPyConnection) -> tuple[float, float, float]:
    """Return how many pairs can be one person, how many there are, and how many records."""
    possible, every, n = connection.execute(
        "SELECT sum(n) * (sum(n) - 1) / 2 - sum(CASE WHEN lists_once THEN n * (n - 1) / 2 "
        "ELSE 0 END), sum(n) * (sum(n) - 1) / 2, sum(n) FROM (SELECT file_number, lists_once, "
        "count(*) AS n FROM record GROUP BY ALL)").fetchall()[0]
    return max(float(possible or 0), 1.0), max(float(every or 0), 1.0), float(n or 1)


def _terms(compared: tuple[Comparison, ...]) -> list[str]:
    return sorted({level.term for c in compared for level in c.levels if level.term})


def _having(
    comparison: Comparison, reached: np.ndarray, found: Mapping[str, Any]
) -> np.ndarray:
    """Return how many records have the term that a pair agrees on, 0 where it agrees on none."""
    having = np.zeros(len(reached))
    for number, level in enumerate(comparison.levels):
        if level.term:
            n_having = np.ma.filled(np.ma.asarray(found[f"n_{level.term}"]).astype(float), 0.0)
            having = np.where(reached == number, n_having, having)
    return having


def _filled(
    connection: duckdb.DuckDBPyConnection, compared: tuple[Comparison, ...]
) -> dict[str, float]:
    """Return how many records have any term of each comparison."""
    terms = {c.name: _terms((c,))[0] for c in compared if _terms((c,))}
    counts = ", ".join(f"count({term})" for term in terms.values())
    filled = connection.execute(f"SELECT {counts} FROM record").fetchall()[0]
    return dict(zip(terms, map(float, filled), strict=True))


def _maximised(
    seen: _Seen, assumed: dict[str, np.ndarray], chance: dict[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], float]:
    """Return m and u of each comparison's levels, and the share of all pairs that are one."""
    m, u, prior = assumed, chance, 1 / (2 * np.sqrt(2 * seen.n_possible))
    for _ in range(ROUNDS):
        probability = _probability(seen, m, u, prior)
        fresh = (probability.sum() * seen.scale + 0.5) / (seen.n_possible + 1)
        fresh = float(np.clip(fresh, 1e-12, 0.5))
        m = {name: _shares(seen.levels[name], probability, assumed[name]) for name in m}
        one = fresh * seen.n_possible / seen.n_random
        u = {name: np.maximum((chance[name] - one * m[name]) / (1 - one),
                              LEAST_SHARE_BY_CHANCE * chance[name]) for name in u}
        is_settled = abs(fresh - prior) <= SETTLED * prior
        prior = fresh
        if is_settled:
            break
    return m, u, prior


def _shares(reached: np.ndarray, probability: np.ndarray, assumed: np.ndarray) -> np.ndarray:
    """Return the share of pairs of one person at each level, NaN for the missing one."""
    counts = np.bincount(reached, weights=probability, minlength=len(assumed))
    counts = np.where(np.isnan(assumed), np.nan, counts + ASSUMED_PAIRS * assumed)
    shares = np.maximum(counts / np.nansum(counts), LEAST_M)
    return shares / np.nansum(shares)


def _probability(
    seen: _Seen, m: dict[str, np.ndarray], u: dict[str, np.ndarray], prior: float
) -> np.ndarray:
    """Return for each pair seen the chance that it is one person, 0 where the veto holds."""
    weights = {}
    for name, reached in seen.levels.items():
        level = np.nan_to_num(np.log2(m[name]) - np.log2(u[name]))[reached]
        rare = np.nan_to_num(np.log2(m[name]))[reached] + seen.rarity(name, prior)
        weights[name] = np.where(seen.n_having[name] > 0, rare, level)
    total = sum(weights.values(), start=np.zeros(1))
    is_saved = np.any([weights[name] > 0 for name in SAVES], axis=0)
    is_vetoed = ((weights["first_name"] < NAMES_CLASH) | (weights["suffix"] < 0)) & ~is_saved
    odds = np.exp2(np.minimum(total + np.log2(prior / (1 - prior)), MOST_BITS))
    return seen.rivals.share_out(np.where(is_vetoed, 0.0, odds))


def _written(
    compared: tuple[Comparison, ...], m: dict[str, np.ndarray], u: dict[str, np.ndarray],
    prior: float,
) -> dict[str, Any]:
    entries = [_with_chances(splink_comparison(c), m[c.name], u[c.name]) for c in compared]
    return {"comparisons": entries, "probability_two_random_records_match": prior}


def _with_chances(entry: dict[str, Any], m: np.ndarray, u: np.ndarray) -> dict[str, Any]:
    for level, of_one, by_chance in zip(entry["comparison_levels"], m, u, strict=True):
        if not level.get("is_null_level"):
            level["m_probability"] = float(of_one)
            level["u_probability"] = float(by_chance)
    return entry
