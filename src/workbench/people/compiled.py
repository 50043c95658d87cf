"""The trained model as one SELECT: match weights of candidate pairs, equal to Splink's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from workbench.people.comparisons import case_sql


@dataclass(frozen=True)
class TrainedLevel:
    """A level with its match weight in bits: positive speaks for one person."""

    words: str
    condition: str
    m_probability: float | None
    u_probability: float | None
    term: str = ""
    is_missing: bool = False

    @property
    def match_weight(self) -> float:
        """log2 of m over u; 0 where the level was never seen, so that it says nothing."""
        if self.is_missing or not self.m_probability or not self.u_probability:
            return 0.0
        return math.log2(self.m_probability / self.u_probability)


def trained_levels(comparison: dict[str, Any]) -> tuple[TrainedLevel, ...]:
    """Return the levels of a comparison as the model's JSON has them, strongest first."""
    return tuple(
        TrainedLevel(
            words=level["label_for_charts"], condition=level["sql_condition"],
            m_probability=level.get("m_probability"), u_probability=level.get("u_probability"),
            term=level.get("tf_adjustment_column", ""),
            is_missing=level.get("is_null_level", False),
        )
        for level in comparison["comparison_levels"]
    )


def terms(model: dict[str, Any]) -> tuple[str, ...]:
    """Return the columns whose frequencies the model uses, in order."""
    return tuple(sorted({level.term for comparison in model["comparisons"]
                         for level in trained_levels(comparison) if level.term}))


def prior_weight(model: dict[str, Any]) -> float:
    """Return the weight in bits that two records have before anything is compared."""
    prior = model["probability_two_random_records_match"]
    return math.log2(prior / (1 - prior))


def comparison_weight_sql(comparison: dict[str, Any]) -> str:
    """Return SQL for the match weight that one comparison adds to a pair, in bits."""
    levels = trained_levels(comparison)
    return case_sql(levels, map(_weight_sql, levels))


def _weight_sql(level: TrainedLevel) -> str:
    if not level.term:
        return repr(level.match_weight)
    exact = math.log2(level.u_probability or 1.0)
    frequency = f"greatest(tf_{level.term}_l, tf_{level.term}_r)"
    return f"({level.match_weight!r} + {exact!r} - log2(coalesce({frequency}, 1.0)))"
