"""The Fellegi-Sunter model: learned without labels, kept as Splink's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.people.blocking import Key, create_key_pairs
from workbench.people.chance import chance_of_levels, reached_sql
from workbench.people.comparisons import COMPARED, COMPARISONS, Comparison, with_chances
from workbench.people.em import Vectors, maximise_m

if TYPE_CHECKING:
    import duckdb

# EM never blocks on the address, or the model learns that spouses are one person.
TRAINING_KEYS = (
    Key("email", ("email",), 60), Key("phone_first", ("phone", "first_root"), 60),
    Key("names_postcode", ("last_name", "first_root", "postcode"), 60),
    Key("birth_first", ("birth_date", "first_root"), 60),
    Key("birth_last", ("birth_date", "last_name"), 60),
)
# What a key holds equal, the comparisons that look at it cannot learn from its pairs.
HELD: dict[str, set[str]] = {
    "email": {"email"}, "phone": {"phone"}, "last_name": {"last_name"},
    "first_root": set(), "postcode": {"home", "town", "seat"},
    "birth_date": {"birth_date", "birth_year", "age", "age_band"},
}
# What a key holds equal in part teaches only where nothing better does: one root, many forms.
HELD_IN_PART = {"first_root": "first_name"}
CERTAIN_KEYS = (
    Key("email_last", ("email", "last_name")),
    Key("phone_names", ("phone", "last_name", "first_root")),
    Key("names_home", ("last_name", "first_root", "house", "street", "postcode")),
    Key("names_birth", ("last_name", "first_root", "birth_date")),
)
CERTAIN_KEYS_RECALL = 0.6
LEAST_TRAINING_PAIRS = 50
LEARNED_FROM = 60_000
# Any identifier may be wrong in a way that training never saw: none forbids a link alone.
LEAST_M = 0.002
# Decimals of an m: what two cores add up in another order differs further behind.
M_DECIMALS = 6
# What is assumed of a comparison that no training pair showed: the strongest level mostly.
ASSUMED_M = 0.8


def train(connection: duckdb.DuckDBPyConnection, *, seed: int) -> dict[str, Any]:
    """Train on ``record`` and ``side`` and return the model as Splink's settings.

    How often people who are not one agree by chance (u) is counted on random pairs; how often
    the records of one person agree (m) is found by expectation-maximisation over the pairs of
    each training key that has enough: the median of what they tell.

    Source: Fellegi and Sunter (1969).
    """
    u = chance_of_levels(connection, COMPARISONS, seed=seed)
    assumed = {name: assumed_m(values) for name, values in u.items()}
    learned: dict[str, list[np.ndarray]] = {name: [] for name in u}
    in_part: dict[str, list[np.ndarray]] = {name: [] for name in u}
    for key in TRAINING_KEYS:
        held_in_part = {HELD_IN_PART.get(part) for part in key.parts}
        for name, m in learned_from_key(connection, key, u, assumed).items():
            (in_part if name in held_in_part else learned)[name].append(m)
    return {
        "link_type": "dedupe_only", "unique_id_column_name": "rid",
        "blocking_rules_to_generate_predictions": [], "retain_matching_columns": False,
        "probability_two_random_records_match": _share_of_matches(connection),
        "comparisons": [with_chances(c, _chances(
            learned[c.name] or in_part[c.name], assumed[c.name]), u[c.name])
                        for c in COMPARISONS],
    }


def assumed_m(u: np.ndarray) -> np.ndarray:
    """Return the m of each level that stands until it is trained, NaN for the missing one."""
    levels = np.flatnonzero(~np.isnan(u))
    m = np.full(len(u), np.nan)
    m[levels] = (1 - ASSUMED_M) / max(len(levels) - 1, 1)
    m[levels[0]] = ASSUMED_M
    return m


def learned_from_key(
    connection: duckdb.DuckDBPyConnection, key: Key, u: dict[str, np.ndarray],
    assumed: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """Return the m of what a key leaves free; nothing where it has too few pairs."""
    held = set().union(*(HELD[part] for part in key.parts))
    free = tuple(c for c in COMPARISONS if c.name not in held)
    vectors = _vectors(connection, key, free)
    if len(vectors.level) < LEAST_TRAINING_PAIRS:
        return {}
    learned, _ = maximise_m(vectors, [u[c.name] for c in free], [assumed[c.name] for c in free])
    return dict(zip((c.name for c in free), learned, strict=True))


def _vectors(
    connection: duckdb.DuckDBPyConnection, key: Key, free: tuple[Comparison, ...]
) -> Vectors:
    """Return what the pairs of a key show, those of some records off the register with all.

    Where there are few of them, entries of the register are among them. They are the last of
    their kind by ``rid``, which has no order, and so are a fair draw.
    """
    some = f"SELECT rid FROM record ORDER BY is_elector, rid DESC LIMIT {LEARNED_FROM}"
    create_key_pairs(connection, key, askers=f"rid IN ({some})")
    both = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in COMPARED)
    terms = sorted({level.term for c in free for level in c.levels if level.term})
    frequencies = "".join(f", l.tf_{term}" for term in terms)
    reached = ", ".join([*(f"{reached_sql(c)} AS {c.name}" for c in free),
                         *(f"tf_{term}" for term in terms)])
    found: dict[str, Any] = connection.execute(
        f"SELECT {reached} FROM (SELECT {both}{frequencies}, p.rid_l, p.rid_r FROM fresh p "
        "JOIN side l ON l.rid = p.rid_l JOIN record r ON r.rid = p.rid_r) ORDER BY rid_l, rid_r"
    ).fetchnumpy()
    return Vectors(
        np.column_stack([_levels(c, found[c.name]) for c in free]),
        np.column_stack([_rarity(c, found) for c in free]))


def _levels(comparison: Comparison, reached: np.ndarray) -> np.ndarray:
    missing = [number for number, level in enumerate(comparison.levels) if level.is_missing]
    return np.where(np.isin(reached, missing), -1, reached.astype(np.int64))


def _rarity(comparison: Comparison, found: dict[str, Any]) -> np.ndarray:
    rarity = np.full(len(found[comparison.name]), np.nan)
    for number, level in enumerate(comparison.levels):
        if level.term:
            frequency = np.ma.filled(np.ma.asarray(found[f"tf_{level.term}"]), np.nan)
            rarity = np.where(found[comparison.name] == number, frequency, rarity)
    return rarity


def _chances(learned: list[np.ndarray], assumed: np.ndarray) -> np.ndarray:
    """Return the m of each level, none so small that it forbids a link."""
    is_level = ~np.isnan(assumed)
    told = np.array([m[is_level] for m in learned]).reshape(len(learned), is_level.sum())
    seen = ~np.isnan(told).all(axis=0)
    if not np.nansum(told):
        return assumed
    m = np.zeros(is_level.sum())
    m[seen] = np.nanmedian(told[:, seen], axis=0)
    m = np.maximum(m, LEAST_M)
    chances = np.full(len(assumed), np.nan)
    chances[is_level] = np.round(m / m.sum(), M_DECIMALS)
    return chances


def _share_of_matches(connection: duckdb.DuckDBPyConnection) -> float:
    """Return the chance that two random records are one person, from keys that hardly err."""
    n = connection.execute("SELECT count(*) FROM record").fetchall()[0][0]
    found = max(_n_pairs(connection, key) for key in CERTAIN_KEYS)
    possible = max(n * (n - 1) / 2, 1.0)
    return min(max(found / CERTAIN_KEYS_RECALL, 1.0) / (possible + 2.0), 0.5)


def _n_pairs(connection: duckdb.DuckDBPyConnection, key: Key) -> int:
    """Return how many pairs of records share a key."""
    return int(connection.execute(
        "SELECT coalesce(sum(n * (n - 1) // 2), 0)::BIGINT FROM (SELECT count(*) AS n FROM "
        f"(SELECT {key.sql} AS value FROM record) WHERE value IS NOT NULL GROUP BY value)"
    ).fetchall()[0][0])
