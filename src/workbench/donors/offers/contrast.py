"""What the offer itself does: against the plain appeal by lot, and against other offers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.donors.offers.evidence import difference_interval, ratio_interval
from workbench.donors.offers.halves import HALVES, assign_halves
from workbench.donors.offers.search import Search, members

EVERYBODY_ELSE = "everybody else"


def offer_effects(search: Search, segments: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    """Return the effect of each segment's offer on it and on everybody else: two rows a segment.

    Only where the appeal was also sent without the offer, by lot (``is_comparison``): then the
    difference is what the offer does. Columns: ``segment_id``, ``group_name``, ``n_offer``,
    ``n_offer_answered``, ``n_plain``, ``n_plain_answered``, ``effect_difference`` (rate with
    the offer less rate without; positive: it draws) with its ends. By the half that the search
    did not see.
    """
    rows = []
    for one in segments.itertuples():
        there = _unseen(search, one, asks)
        same = there[there["appeal_id"] == there.loc[
            there["offer_id"] == one.offer_id, "appeal_id"].iloc[0]]
        is_offer = (same["offer_id"] == one.offer_id).to_numpy()
        is_plain = same["is_comparison"].to_numpy(dtype=bool)
        is_in = members(same, one.rule)
        answered = same["has_responded"].to_numpy(dtype=bool)
        for name, group in ((one.segment_name, is_in), (EVERYBODY_ELSE, ~is_in)):
            counts = [(int(answered[arm & group].sum()), int((arm & group).sum()))
                      for arm in (is_offer, is_plain)]
            if counts[1][1]:
                rows.append((one.segment_id, name, *_compared(counts)))
    return pd.DataFrame(rows, columns=[
        "segment_id", "group_name", "n_offer", "n_offer_answered", "n_plain",
        "n_plain_answered", "effect_difference", "difference_low", "difference_high"])


def lift_by_offer(search: Search, segments: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    """Return how the first segment answers every offer: one row an offer, its own first.

    ``answer_lift``: its rate over everybody else's, with its ends. Where the others lift as
    much as its own, the group answers whatever it is sent. An association: who was sent what
    was not drawn by lot across offers. By the half that the search did not see.
    """
    rows = []
    for one in segments.head(1).itertuples():
        there = _unseen(search, one, asks)
        for offer_id, part in there[~there["is_comparison"]].groupby("offer_id", sort=True):
            is_in = members(part, one.rule)
            answered = part["has_responded"].to_numpy(dtype=bool)
            counts = [(int(answered[group].sum()), int(group.sum())) for group in (is_in, ~is_in)]
            if counts[0][1] and counts[1][1]:
                rows.append((str(offer_id), offer_id == one.offer_id, counts[0][1],
                             counts[0][0], *_ratio(counts)))
    found = pd.DataFrame(rows, columns=["offer_id", "is_own", "n_asked", "n_answered",
                                        "answer_lift", "lift_low", "lift_high"])
    return found.sort_values(["is_own", "offer_id"], ascending=[False, True], ignore_index=True)


def rates_by_level(asks: pd.DataFrame, traits: list[str]) -> pd.DataFrame:
    """Return one row a level of a trait: ``trait_name``, ``level_name``, asked and answered.

    The main effects, one at a time and as they are: an association. All of ``asks``.
    """
    rows = []
    for trait in traits:
        grouped = asks.groupby(trait, sort=True)["has_responded"]
        rows += [(trait, str(level), int(part.size), int(part.sum())) for level, part in grouped]
    return pd.DataFrame(rows, columns=["trait_name", "level_name", "n_asked", "n_answered"])


def _unseen(search: Search, one: object, asks: pd.DataFrame) -> pd.DataFrame:
    half = assign_halves(asks["household"], search.plan.seed)
    return asks[half == HALVES.index(str(getattr(one, "estimated_half")))]


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
