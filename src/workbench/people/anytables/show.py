"""Pairs of rows for people to look at: links, near misses, and the reasons of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.people.anytables.group import Evidence, Grouped
from workbench.people.anytables.weigh import create_levels
from workbench.people.comparisons import Comparison
from workbench.people.compiled import TrainedLevel, trained_levels
from workbench.people.resolve import likeliest_link

if TYPE_CHECKING:
    import duckdb

NEAR_FROM = 0.05  # a pair that is so likely, and was not linked, is a near miss
LITTLE_BITS = 0.5  # what moves the odds by less is no reason


def pairs_to_show(
    connection: duckdb.DuckDBPyConnection, evidence: Evidence, grouped: Grouped
) -> pd.DataFrame:
    """Return the likeliest link of each record, and the near misses, a row a pair.

    Columns: what (linked; near_miss, a likely pair that was not made), row_order_l and
    row_order_r (the lower on the left), rid_l and rid_r of their records, link_probability.
    """
    likely, left, right = grouped.pair_probability, evidence.left, evidence.right
    is_one = grouped.person[left] == grouped.person[right]
    best = likeliest_link(evidence.n, left[is_one], right[is_one], likely[is_one])
    is_best = is_one & ((likely == best[left]) | (likely == best[right]))
    is_near = ~is_one & (likely >= NEAR_FROM)
    kept = is_best | is_near
    first = connection.execute(
        "SELECT min(row_order) AS row_order FROM row_record GROUP BY rid ORDER BY rid"
    ).fetchnumpy()["row_order"]
    ends = np.column_stack([left[kept], right[kept]])
    ends = np.take_along_axis(ends, np.argsort(first[ends], axis=1), axis=1)
    frame = pd.DataFrame({
        "what": np.where(is_near[kept], "near_miss", "linked"),
        "row_order_l": first[ends[:, 0]], "row_order_r": first[ends[:, 1]],
        "rid_l": ends[:, 0] + 1, "rid_r": ends[:, 1] + 1, "link_probability": likely[kept]})
    return frame.sort_values(["row_order_l", "row_order_r"], ignore_index=True)


def reasons_of_pairs(
    connection: duckdb.DuckDBPyConnection, pairs: pd.DataFrame, model: dict[str, Any],
    compared: tuple[Comparison, ...],
) -> pd.Series:
    """Return what speaks for and against each of ``pairs``, in words; ``pair`` is made again."""
    connection.register("shown_pairs", pairs[["rid_l", "rid_r"]])
    connection.execute("CREATE OR REPLACE TABLE pair AS SELECT * FROM shown_pairs")
    connection.unregister("shown_pairs")
    create_levels(connection, compared)
    reached = connection.execute("SELECT * FROM level").df().set_index(["rid_l", "rid_r"])
    reached = reached.loc[list(zip(pairs["rid_l"], pairs["rid_r"], strict=True))]
    levels = {entry["output_column_name"]: trained_levels(entry)
              for entry in model["comparisons"]}
    return pd.Series([_in_words({name: levels[name][int(row[name])] for name in levels})
                      for row in reached.to_dict("records")], index=pairs.index, dtype=object)


def _in_words(reached: dict[str, TrainedLevel]) -> str:
    """Return the levels that speak for one person, then those that speak against it."""
    said = {name: f"{name}: {level.words}" if name.startswith("other_") else level.words
            for name, level in reached.items() if not level.is_missing}
    for_it = [said[name] for name in said if reached[name].match_weight > LITTLE_BITS]
    against = [said[name] for name in said if reached[name].match_weight < -LITTLE_BITS]
    return "; but ".join(part for part in (", ".join(for_it), ", ".join(against)) if part)
