"""What reviewers have to do with linking: the pairs drawn for them, and their answers kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.people.link import Linked, create_crosswalk
from workbench.people.overrides import apply_answers
from workbench.people.review import draw_review_pairs, offers_of
from workbench.settings import Linkage

if TYPE_CHECKING:
    import duckdb


def review_pairs_of(
    connection: duckdb.DuckDBPyConnection, linked: Linked, linkage: Linkage
) -> pd.DataFrame:
    """Return REVIEW_PAIRS, drawn from the links that the model offered before any answer."""
    keys = connection.execute("SELECT rid, record_key FROM record_keys ORDER BY rid").df()
    return draw_review_pairs(
        offers_of(connection, linked.resolved), keys.set_index("rid")["record_key"],
        n_pairs=linkage.n_review_pairs, seed=linkage.seed)


def with_answers(
    connection: duckdb.DuckDBPyConnection, linked: Linked, answers: pd.DataFrame
) -> tuple[Linked, int]:
    """Return the people with the reviewers' answers kept, and how many could be applied.

    An answer about a record that no source has any more is of no effect; it stays on file.
    """
    connection.register("answered", answers[["record_key_l", "record_key_r", "answer_code"]])
    judged = connection.execute(
        'SELECT l.rid - 1 AS "left", r.rid - 1 AS "right", answer_code FROM answered '
        "JOIN record_keys l ON l.record_key = record_key_l "
        "JOIN record_keys r ON r.record_key = record_key_r ORDER BY ALL").df()
    connection.unregister("answered")
    if judged.empty:
        return linked, 0
    is_elector = np.asarray(connection.execute(
        "SELECT is_elector FROM record ORDER BY rid").fetchnumpy()["is_elector"], dtype=bool)
    resolved = apply_answers(linked.resolved, judged, is_elector=is_elector)
    create_crosswalk(connection, resolved)
    return replace(linked, resolved=resolved), len(judged)
