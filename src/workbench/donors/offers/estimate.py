"""How much more a confirmed segment answers: rates, differences and lifts with intervals."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from workbench.donors.offers.cells import Cells, Rule, design_of
from workbench.donors.offers.evidence import chosen_difference, chosen_rate_of, lift_interval
from workbench.donors.offers.expected import Design, fit_odds
from workbench.donors.offers.halves import HALVES
from workbench.donors.offers.search import Offer, Search
from workbench.donors.offers.traits import FLAG

PAST_WORDS = {"never": "who never gave before", "once": "who gave once before",
              "several": "who gave several times before",
              "lapsed": "whose last gift is long ago"}
NAMED = ("sex_code", "age_band", "region_code", "past_band", "channel_code")
SEX_WORDS = {"female": "women", "male": "men"}


def estimate_segments(search: Search) -> pd.DataFrame:
    """Return one row a finding of ``search``, by the half that its search did not see.

    Columns: ``segment_id``, ``offer_id``, ``segment_name``, ``is_more`` (answers more than
    others; else less), ``estimated_half``, ``n_asked``, ``n_answered``, ``least_answered``,
    ``answer_rate`` (as seen), ``shrunk_rate`` with ``rate_low`` and ``rate_high`` (the estimate:
    what was seen less what having been chosen adds to it, see chosen_rate and shrunk_to; its
    interval may leave out the rate that was seen), ``elsewhere_rate`` (of everybody else there),
    ``rate_difference`` (the estimate less that) with its ends, ``expected_rate`` (were the group
    like its traits one by one, and for a group of one trait like everybody else),
    ``answer_lift`` (answered over expected), ``shrunk_lift`` (the estimate over it) with
    ``lift_low`` and ``lift_high``, ``search_p``, ``confirm_p``, ``overall_p``, and what the search
    saw: ``n_asked_search``, ``n_answered_search``. A group that both halves brought is taken
    from the second. Intervals are of 95 % and take people as independent. Those that answer
    more come first; of them those of several traits, the largest lift first.
    """
    rows = []
    for one in search.segments.to_dict("records"):
        cells, group = search.offers[str(one["offer_id"])].cells, int(one["group"])
        other = 1 - HALVES.index(str(one["searched_half"]))
        n, y = _tally(cells, group, 1 - other)
        rows.append({
            "offer_id": one["offer_id"], "segment_name": group_name(one["rule"]),
            "rule": one["rule"], "is_more": one["sign"] > 0, "estimated_half": HALVES[other],
            **_rates(cells, one, other),
            "search_p": one["search_p"], "confirm_p": one["confirm_p"],
            "overall_p": one["overall_p"], "n_asked_search": n, "n_answered_search": y,
            "is_joint": len(one["rule"]) > 1,
        })
    found = pd.DataFrame(rows, columns=[*COLUMNS[1:], "is_joint"]).sort_values(
        ["is_more", "is_joint", "shrunk_lift"], ascending=False, kind="stable",
        ignore_index=True)
    found.insert(0, "segment_id", [f"S{place}" for place in range(1, len(found) + 1)])
    return found[list(COLUMNS)]


COLUMNS = (
    "segment_id", "offer_id", "segment_name", "rule", "is_more", "estimated_half", "n_asked",
    "n_answered", "least_answered", "answer_rate", "shrunk_rate", "rate_low", "rate_high",
    "n_elsewhere", "n_answered_elsewhere", "elsewhere_rate", "rate_difference", "difference_low",
    "difference_high", "expected_rate", "answer_lift", "lift_low", "lift_high", "shrunk_lift",
    "search_p", "confirm_p", "overall_p", "n_asked_search", "n_answered_search",
)


def group_name(rule: Rule) -> str:
    """Return a group as people say it.

    >>> group_name((("age_band", "40-49"), ("sex_code", "female"), ("region_code", "west_coast")))
    'women of 40-49, west coast'
    """
    parts = dict(rule)
    who = SEX_WORDS.get(parts.get("sex_code", ""), "people")
    age = f" of {parts['age_band']}" if "age_band" in parts else ""
    more = [parts["region_code"].replace("_", " ")] if "region_code" in parts else []
    past = parts.get("past_band", "")
    more += [PAST_WORDS.get(past, past)] if past else []
    more += [f"asked by {parts['channel_code']}"] if "channel_code" in parts else []
    likes = [trait.removeprefix(FLAG).replace("_", " ") for trait in parts
             if trait.startswith(FLAG)]
    more += [f"interested in {' and '.join(likes)}"] if likes else []
    more += [f"{trait.replace('_', ' ')} {level}" for trait, level in rule
             if trait not in NAMED and not trait.startswith(FLAG)]
    return ", ".join([f"{who}{age}", *more])


def accept_probabilities(offer: Offer, segment: pd.Series, people: pd.DataFrame) -> np.ndarray:
    """Return P(answers the offer) by person of the segment, a row of estimate_segments.

    Who is likelier than whom follows from traits one by one, fitted beside the segment; the
    mean over those asked is the expected rate with the shrunk lift. ``people`` have the traits
    that they have today.
    """
    frame = offer.cells.frame
    n_own = 1 + len(frame.columns)
    levels = Design(frame.design[:, :n_own], frame.trait_of[:n_own])
    is_in = frame.membership[[offer.rules.index(segment["rule"])]].toarray()[0] > 0
    fit = fit_odds(offer.cells, levels.beside(is_in[:, None].astype(float)))
    design = design_of(people, frame.columns, offer.levels)
    asked = levels.columns[is_in] @ fit.coefficients[:-1]
    weight = offer.cells.n.sum(axis=0)[is_in]
    rate = float(np.clip(segment["expected_rate"] * segment["shrunk_lift"], 1e-6, 1 - 1e-6))
    shift = brentq(lambda one: float(weight @ expit(asked + one)) / weight.sum() - rate, -60, 60)
    return np.asarray(expit(design @ fit.coefficients[:-1] + shift))


def shrunk_to(
    ends: tuple[float, float, float], expected: float, *, is_more: bool
) -> tuple[float, float, float]:
    """Return low end, estimate and high end of a chosen rate.

    The estimate is the middle, but no further than ``expected``: a group that is confirmed to
    answer more is not estimated to answer less.

    >>> shrunk_to((0.0, 0.01, 0.05), 0.02, is_more=True)
    (0.0, 0.02, 0.05)
    """
    low, middle, high = ends
    beyond = max(middle, expected) if is_more else min(middle, expected)
    return low, float(np.clip(beyond, low, high)), high


def _rates(cells: Cells, one: Mapping[Hashable, Any], half: int) -> dict[str, float]:
    """Return of the half what was seen, and the estimates that allow for having been chosen."""
    n, y = _tally(cells, int(one["group"]), half)
    n_other, y_other = int(cells.n[half].sum()) - n, int(cells.y[half].sum()) - y
    is_more, expected = one["sign"] > 0, float(one["expected_rate"])
    ends = chosen_rate_of(y, n, int(one["least_answered"]), is_more=is_more)
    low, rate, high = estimate = shrunk_to(ends, expected, is_more=is_more)
    difference = chosen_difference(estimate, (y_other, n_other))
    lift = lift_interval(ends, expected, float(one["expected_error"]))
    return {
        "n_asked": n, "n_answered": y, "least_answered": int(one["least_answered"]),
        "answer_rate": y / n, "shrunk_rate": rate, "rate_low": low, "rate_high": high,
        "n_elsewhere": n_other, "n_answered_elsewhere": y_other,
        "elsewhere_rate": y_other / n_other, "rate_difference": rate - y_other / n_other,
        "difference_low": difference[0], "difference_high": difference[1],
        "expected_rate": expected, "answer_lift": y / n / expected,
        "shrunk_lift": rate / expected, "lift_low": lift[0], "lift_high": lift[1],
    }


def _tally(cells: Cells, group: int, half: int) -> tuple[int, int]:
    """Return how many of a group were asked in a half, and how many of them answered."""
    row = cells.frame.membership[[group]]
    return int((row @ cells.n[half])[0]), int((row @ cells.y[half])[0])
