"""Learn the Fellegi-Sunter model of any tables from their candidate pairs, without labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.people.anytables.compare import COMPARISONS, NEEDS
from workbench.people.chance import chance_of_levels, reached_sql
from workbench.people.comparisons import Comparison, splink_comparison
from workbench.people.score import create_term_frequencies

if TYPE_CHECKING:
    import duckdb

ROUNDS = 60
SETTLED = 1e-4
PAIRS_TO_LEARN_FROM = 400_000
RANDOM_PAIRS = 1_000_000
# Before anything is learned the strongest level of a comparison is held to show in so many
# pairs of one person, and the assumption weighs as much as so many pairs.
ASSUMED_M, ASSUMED_PAIRS = 0.8, 5.0
LEAST_M = 0.002
LEAST_SHARE_BY_CHANCE = 0.02  # of the agreements of random pairs, at least so many are chance
NAMES_CLASH = -1.0
SAVES = ("email", "birth_date", "voter_id", "person_number")


@dataclass(frozen=True)
class _Seen:
    """The candidate pairs that are learned from: the level that each comparison reaches.

    ``rarity`` is the weight in bits that comes of how rare the agreed term is.
    """

    levels: dict[str, np.ndarray]
    rarity: dict[str, np.ndarray]
    scale: float
    n_possible: float


def veto_sql() -> dict[str, str]:
    """Return SQL over the weights of a pair, for what the veto asks.

    ``clashes``: the given names do. ``is_saved``: an identifier of a person's own agrees.
    ``is_barred``: the suffixes differ, as those of father and son do.
    """
    saved = " OR ".join(f"weight_{name} > 0" for name in SAVES)
    return {"clashes": f"weight_first_name < {NAMES_CLASH}", "is_saved": f"({saved})",
            "is_barred": f"(weight_suffix < 0 AND NOT ({saved}))"}


def learn(connection: duckdb.DuckDBPyConnection, *, seed: int) -> dict[str, Any]:
    """Return the model of ``record`` and ``pair`` as Splink's settings write it.

    How often two people agree by chance (u) is counted on random pairs, less what the people
    among them explain. How often the records of one person agree (m) is found by
    expectation-maximisation over the candidate pairs of every key at once, rare names counting
    for more, and pairs that the veto forbids left out. Leaves ``side``. A comparison of which
    nothing can be compared is not in the model.

    Source: Fellegi and Sunter (1969); Winkler (1988).
    """
    compared = _comparable(connection)
    chance = {name: np.array([np.nan if u is None else u for u in shares])
              for name, shares in chance_of_levels(
                  connection, compared, seed=seed, n_pairs=RANDOM_PAIRS).items()}
    assumed = {c.name: _assumed(chance[c.name]) for c in compared}
    model = _written(compared, assumed, chance, 0.5)
    create_term_frequencies(connection, model)
    seen = _seen_pairs(connection, compared, seed=seed)
    m, u, prior = _maximised(seen, assumed, chance)
    return _written(compared, m, u, prior)


def _comparable(connection: duckdb.DuckDBPyConnection) -> tuple[Comparison, ...]:
    counts = ", ".join(f"count({NEEDS[c.name]})" for c in COMPARISONS)
    filled = connection.execute(f"SELECT {counts} FROM record").fetchall()[0]
    kept = ("first_name", "suffix", *SAVES)  # the veto looks at these
    return tuple(c for c, n in zip(COMPARISONS, filled, strict=True) if n >= 2 or c.name in kept)


def _assumed(chance: np.ndarray) -> np.ndarray:
    m = np.where(np.isnan(chance), np.nan, (1 - ASSUMED_M) / max((~np.isnan(chance)).sum() - 1, 1))
    m[np.flatnonzero(~np.isnan(chance))[0]] = ASSUMED_M
    return m


def _seen_pairs(
    connection: duckdb.DuckDBPyConnection, compared: tuple[Comparison, ...], *, seed: int
) -> _Seen:
    n_pairs = connection.execute("SELECT count(*) FROM pair").fetchall()[0][0]
    share = min(1.0, PAIRS_TO_LEARN_FROM / max(n_pairs, 1))
    columns = [row[0] for row in connection.execute("DESCRIBE side").fetchall()]
    both = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in columns)
    reached = ", ".join([
        *(f"{reached_sql(c)} AS {c.name}" for c in compared),
        *(f"greatest(tf_{term}_l, tf_{term}_r) AS tf_{term}" for term in _terms(compared)),
    ])
    found = connection.execute(
        f"SELECT {reached} FROM (SELECT {both} FROM (SELECT * FROM pair WHERE "
        f"hash(rid_l, rid_r, {seed}) % 1000000 < {round(share * 1e6)} ORDER BY rid_l, rid_r) p "
        "JOIN side l ON l.rid = p.rid_l JOIN side r ON r.rid = p.rid_r)").fetchnumpy()
    levels = {c.name: np.asarray(found[c.name]).astype(np.int64) for c in compared}
    rarity = {c.name: _rarity(c, levels[c.name], found) for c in compared}
    n = connection.execute("SELECT count(*) FROM record").fetchall()[0][0]
    return _Seen(levels, rarity, 1 / share, max(n * (n - 1) / 2, 1.0))


def _terms(compared: tuple[Comparison, ...]) -> list[str]:
    return sorted({level.term for c in compared for level in c.levels if level.term})


def _rarity(comparison: Comparison, reached: np.ndarray, found: Any) -> np.ndarray:
    bits = np.zeros(len(reached))
    for number, level in enumerate(comparison.levels):
        if level.term:
            frequency = np.ma.filled(np.ma.asarray(found[f"tf_{level.term}"]), 1.0)
            bits = np.where(reached == number, -np.log2(frequency), bits)
    return bits


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
        u = {name: np.maximum((chance[name] - fresh * m[name]) / (1 - fresh),
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
        rare = np.nan_to_num(np.log2(m[name]))[reached] + seen.rarity[name]
        weights[name] = np.where(seen.rarity[name] > 0, rare, level)
    total = sum(weights.values(), start=np.zeros(1))
    is_saved = np.any([weights[name] > 0 for name in SAVES], axis=0)
    is_vetoed = ((weights["first_name"] < NAMES_CLASH) | (weights["suffix"] < 0)) & ~is_saved
    odds = np.exp2(np.minimum(total + np.log2(prior / (1 - prior)), 900.0))
    return np.where(is_vetoed, 0.0, odds / (1 + odds))


def _written(
    compared: tuple[Comparison, ...], m: dict[str, np.ndarray], u: dict[str, np.ndarray],
    prior: float,
) -> dict[str, Any]:
    entries = []
    for comparison in compared:
        entry: dict[str, Any] = splink_comparison(comparison)
        for number, level in enumerate(entry["comparison_levels"]):
            if not level.get("is_null_level"):
                level["m_probability"] = float(m[comparison.name][number])
                level["u_probability"] = float(u[comparison.name][number])
        entries.append(entry)
    return {"comparisons": entries, "probability_two_random_records_match": prior}
