"""What the offer itself does: compared with the plain appeal at random, and with other offers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.donors.offers.evidence import difference_interval, ratio_interval
from workbench.donors.offers.halves import HALVES, assign_halves
from workbench.donors.offers.search import Search, members

EVERYBODY_ELSE = "everybody else"


def offer_effects(search: Search, segments: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    """Return the effect of each segment's offer on it and on everybody else: two rows a segment.

    Only where the appeal was also sent without the offer, at random (``is_comparison``): then the
    difference is what the offer does. The plain asks are of the whole file, since no search
    sees one; those with the offer are of the half that the search did not see.
    Columns: ``segment_id``, ``group_name``, ``n_offer``, ``n_offer_answered``, ``n_plain``,
    ``n_plain_answered``, ``effect_difference`` (rate with the offer less rate without;
    positive: it draws) with its ends.
    """
    rows = [row for one in segments.to_dict("records")
            for row in _effects_of(one, _unseen(search, one, asks, with_plain=True))]
    return pd.DataFrame(rows, columns=[
        "segment_id", "group_name", "n_offer", "n_offer_answered", "n_plain",
        "n_plain_answered", "effect_difference", "difference_low", "difference_high"])


def lift_by_offer(search: Search, segments: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    """Return how the first segment answers every offer: one row an offer, its own first.

    ``answer_lift``: its rate over everybody else's, with its ends. Where the others lift as
    much as its own, the group answers whatever it is sent. An association: who was sent what
    was not decided at random across offers. By the half that the search did not see.
    """
    rows = [row for one in segments.head(1).to_dict("records")
            for row in _lifts_of(one, _unseen(search, one, asks))]
    found = pd.DataFrame(rows, columns=["offer_id", "is_own", "n_asked", "n_answered",
                                        "answer_lift", "lift_low", "lift_high"])
    return found.sort_values(["is_own", "offer_id"], ascending=[False, True], ignore_index=True)


def _effects_of(one: Mapping[Hashable, Any], there: pd.DataFrame) -> list[tuple[Any, ...]]:
    is_own = (there["offer_id"] == one["offer_id"]).to_numpy()
    is_plain = there["is_comparison"].to_numpy(dtype=bool)
    is_plain = is_plain & there["appeal_id"].isin(there.loc[is_own, "appeal_id"]).to_numpy()
    is_in = members(there, one["rule"])
    answered = there["has_responded"].to_numpy(dtype=bool)
    rows = []
    for name, group in ((one["segment_name"], is_in), (EVERYBODY_ELSE, ~is_in)):
        counts = [(int(answered[arm & group].sum()), int((arm & group).sum()))
                  for arm in (is_own, is_plain)]
        if counts[1][1]:
            rows.append((one["segment_id"], name, *_compared(counts)))
    return rows


def _lifts_of(one: Mapping[Hashable, Any], there: pd.DataFrame) -> list[tuple[Any, ...]]:
    rows = []
    for offer_id, part in there[~there["is_comparison"]].groupby("offer_id", sort=True):
        is_in = members(part, one["rule"])
        answered = part["has_responded"].to_numpy(dtype=bool)
        counts = [(int(answered[group].sum()), int(group.sum())) for group in (is_in, ~is_in)]
        if counts[0][1] and counts[1][1]:
            rows.append((str(offer_id), offer_id == one["offer_id"], counts[0][1],
                         counts[0][0], *_ratio(counts)))
    return rows


def _unseen(
    search: Search, one: Mapping[Hashable, Any], asks: pd.DataFrame, *, with_plain: bool = False
) -> pd.DataFrame:
    half = assign_halves(asks["household"], search.plan.seed)
    is_unseen = half == HALVES.index(str(one["estimated_half"]))
    is_plain = asks["is_comparison"].to_numpy(dtype=bool)
    return asks[is_unseen | is_plain] if with_plain else asks[is_unseen]


def _compared(counts: list[tuple[int, int]]) -> tuple[float, ...]:
    (answered, n), (plain_answered, n_plain) = counts
    if not n:
        return 0, 0, n_plain, plain_answered, np.nan, np.nan, np.nan
    low, high = difference_interval(counts[0], counts[1])
    return (n, answered, n_plain, plain_answered, answered / n - plain_answered / n_plain,
            low, high)


def _ratio(counts: list[tuple[int, int]]) -> tuple[float, float, float]:
    """Return the ratio of two rates and its ends; half an answer is added to each side."""
    (y, n), (y_other, n_other) = ((answered + 0.5, asked + 0.5) for answered, asked in counts)
    ratio = (y / n) / (y_other / n_other)
    error = float(np.sqrt(1 / y - 1 / n + 1 / y_other - 1 / n_other))
    return (ratio, *ratio_interval(ratio, error))
