"""The Fellegi-Sunter model: trained by Splink, kept as JSON, compiled to one SELECT."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from workbench.people.chance import chance_of_levels
from workbench.people.comparisons import COMPARISONS, Comparison, splink_comparison

if TYPE_CHECKING:
    import duckdb
    from splink import Linker

# EM never blocks on the address, or the model learns that spouses are one person.
TRAINING_RULES = (
    "l.email = r.email",
    "l.last_name = r.last_name AND l.first_root = r.first_root AND l.postcode = r.postcode",
    "l.phone = r.phone AND l.first_root = r.first_root",
    "l.birth_date = r.birth_date AND l.first_root = r.first_root",
)
CERTAIN_RULES = (
    "l.email = r.email AND l.last_name = r.last_name",
    "l.phone = r.phone AND l.last_name = r.last_name AND l.first_root = r.first_root",
    "l.last_name = r.last_name AND l.first_root = r.first_root AND "
    "l.house_street = r.house_street AND l.postcode = r.postcode",
    "l.last_name = r.last_name AND l.first_root = r.first_root AND l.birth_date = r.birth_date",
)
CERTAIN_RULES_RECALL = 0.6
LEAST_TRAINING_PAIRS = 50
EM_PAIRS = 1e6
MOST_LEARNED_FROM = 150_000
# Any identifier may be wrong in a way that training never saw: none forbids a link alone.
LEAST_M = 0.002
# Decimals of an m: what two cores add up in another order differs further behind.
M_DECIMALS = 6
# What is assumed of a comparison that no training pair showed: the strongest level mostly.
ASSUMED_M = 0.8


def train(connection: duckdb.DuckDBPyConnection, *, seed: int) -> dict[str, Any]:
    """Train on the records of ``record`` and return the model as Splink's settings.

    How often people who are not one agree by chance (u) is counted on random pairs; how often
    the records of one person agree (m) is Splink's expectation-maximisation, over each
    training rule that has pairs to learn from.

    Source: Fellegi and Sunter (1969).
    """
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    chance = chance_of_levels(connection, COMPARISONS, seed=seed)
    settings = {
        "link_type": "dedupe_only", "unique_id_column_name": "rid",
        "comparisons": [_assumed(c, chance[c.name]) for c in COMPARISONS],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "probability_two_random_records_match": _share_of_matches(connection),
    }
    rules = [rule for rule in TRAINING_RULES
             if n_pairs_of(connection, rule) >= LEAST_TRAINING_PAIRS]
    if not rules:
        return settings
    api = DuckDBAPI(connection=connection)
    _create_learned_from(connection)
    linker = Linker(api.register("learned_from", dataset_display_name="learned_from"), settings)
    for rule in rules:
        _learn(linker, rule)
    connection.execute("DROP TABLE learned_from")
    return _settled(linker.misc.save_model_to_json(), settings)


def _create_learned_from(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``learned_from``: records, those off the register first, and whom each may be.

    In large files it is the first of them: ``rid`` has no order, so they are a fair sample.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE learned_from AS WITH open AS (SELECT rid FROM record "
        f"ORDER BY is_elector, rid LIMIT {MOST_LEARNED_FROM}), "
        "met AS (SELECT rid FROM open UNION SELECT rid_l FROM pair SEMI JOIN open "
        "ON rid = rid_r UNION SELECT rid_r FROM pair SEMI JOIN open ON rid = rid_l) "
        "SELECT * FROM record SEMI JOIN met USING (rid) ORDER BY rid")


def n_pairs_of(connection: duckdb.DuckDBPyConnection, rule: str) -> int:
    """Return how many pairs of records agree on every column of a rule."""
    columns = [part.split(" = ")[0].removeprefix("l.") for part in rule.split(" AND ")]
    is_there = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    return connection.execute(
        "SELECT coalesce(sum(n * (n - 1) // 2), 0)::BIGINT FROM (SELECT count(*) AS n FROM record "
        f"WHERE {is_there} GROUP BY {', '.join(columns)})").fetchall()[0][0]


def _share_of_matches(connection: duckdb.DuckDBPyConnection) -> float:
    """Return the chance that two random records are one person, from rules that hardly err."""
    n = connection.execute("SELECT count(*) FROM record").fetchall()[0][0]
    found = max(n_pairs_of(connection, rule) for rule in CERTAIN_RULES)
    possible = max(n * (n - 1) / 2, 1.0)
    return min(max(found / CERTAIN_RULES_RECALL, 1.0) / (possible + 2.0), 0.5)


def _assumed(comparison: Comparison, chance: list[float | None]) -> dict[str, Any]:
    """Return a comparison with its u, and the m that stands until it is trained."""
    entry: dict[str, Any] = splink_comparison(comparison)
    levels = [level for level in entry["comparison_levels"] if not level.get("is_null_level")]
    u_probabilities = [u for u in chance if u is not None]
    for position, (level, u) in enumerate(zip(levels, u_probabilities, strict=True)):
        level["u_probability"] = u
        level["m_probability"] = (ASSUMED_M if position == 0
                                  else (1 - ASSUMED_M) / (len(levels) - 1))
    return entry


def _learn(linker: Linker, rule: str) -> None:
    """Train what a rule leaves free; a rule whose pairs show nothing teaches nothing."""
    from splink.internals.exceptions import EMTrainingException

    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, max_pairs=EM_PAIRS, record_sample_proportion=1.0)
    except EMTrainingException:
        logging.getLogger(__name__).warning("nothing could be learned where %s", rule)


def _settled(trained: dict[str, Any], assumed: dict[str, Any]) -> dict[str, Any]:
    """Return the model with an m and a u for every level, none so small that it forbids."""
    for comparison, before in zip(trained["comparisons"], assumed["comparisons"], strict=True):
        pairs = [(level, old) for level, old in zip(
            comparison["comparison_levels"], before["comparison_levels"], strict=True)
            if not level.get("is_null_level")]
        is_trained = any(level.get("m_probability") for level, _ in pairs)
        for level, old in pairs:
            level["u_probability"] = old["u_probability"]
            learned = level.get("m_probability") or 0.0 if is_trained else old["m_probability"]
            level["m_probability"] = max(learned, LEAST_M)
        total = sum(level["m_probability"] for level, _ in pairs)
        for level, _ in pairs:
            level["m_probability"] = round(level["m_probability"] / total, M_DECIMALS)
    return {name: value for name, value in trained.items() if name != "linker_uid"}
