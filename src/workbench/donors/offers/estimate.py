"""How much more a confirmed segment answers: rates, differences and lifts with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.donors.offers.cells import Cells, Rule, design_of
from workbench.donors.offers.evidence import (
    difference_interval,
    rate_interval,
    ratio_interval,
    shrink_lift,
)
from workbench.donors.offers.expected import Fit, fit_main_effects
from workbench.donors.offers.halves import HALVES
from workbench.donors.offers.search import Offer, Search
from workbench.donors.offers.traits import FLAG

PAST_WORDS = {"never": "who never gave before", "once": "who gave once before",
              "several": "who gave several times before",
              "lapsed": "whose last gift is long ago"}
SEX_WORDS = {"female": "women", "male": "men"}


def estimate_segments(search: Search) -> pd.DataFrame:
    """Return one row a segment of ``search``, by the half that its search did not see.

    Columns: ``segment_id``, ``offer_id``, ``segment_name``, ``estimated_half``, ``n_asked``,
    ``n_answered``, ``answer_rate`` with ``rate_low`` and ``rate_high``, ``elsewhere_rate`` (of
    everybody else there), ``rate_difference`` with its ends, ``expected_rate`` (by main
    effects alone), ``answer_lift`` (answered over expected) with its ends, ``shrunk_lift``
    (see shrink_lift), ``search_p``, ``confirm_p``, ``overall_p``, and what the search saw:
    ``n_asked_search``, ``n_answered_search``. A segment that both halves brought is taken from
    the second. Intervals are of 95 % and take people as independent.
    """
    rows = []
    for place, one in enumerate(search.segments.to_dict("records"), start=1):
        offer = search.offers[str(one["offer_id"])]
        other = 1 - HALVES.index(str(one["searched_half"]))
        n, y = _tally(offer.halves[1 - other], int(one["group"]))
        rows.append({
            "segment_id": f"S{place}", "offer_id": one["offer_id"],
            "segment_name": group_name(one["rule"]), "rule": one["rule"],
            "estimated_half": HALVES[other],
            **_rates(offer.halves[other], int(one["group"])),
            **_lift(offer.halves[other], int(one["group"]), one["least_z"]),
            "search_p": one["search_p"], "confirm_p": one["confirm_p"],
            "overall_p": one["overall_p"],
            "n_asked_search": int(n), "n_answered_search": int(y),
        })
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = (
    "segment_id", "offer_id", "segment_name", "rule", "estimated_half", "n_asked", "n_answered",
    "answer_rate", "rate_low", "rate_high", "n_elsewhere", "n_answered_elsewhere",
    "elsewhere_rate", "rate_difference", "difference_low", "difference_high", "expected_rate",
    "answer_lift", "lift_low", "lift_high", "shrunk_lift", "search_p", "confirm_p",
    "overall_p", "n_asked_search", "n_answered_search",
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
    return ", ".join([f"{who}{age}", *more])


def accept_probabilities(
    offer: Offer, rule: Rule, people: pd.DataFrame, *, half: int
) -> np.ndarray:
    """Return P(answers the offer) by person of the segment, from the half's answers.

    Main effects and the segment's own surplus, fitted together; ``people`` have the traits
    that they have today.
    """
    cells = offer.halves[half]
    fit = _joint_fit(cells, offer.frame.rules.index(rule))
    design = design_of(people, offer.frame.columns, offer.levels)
    return np.asarray(expit(np.hstack([design, np.ones((len(people), 1))]) @ fit.coefficients))


def _joint_fit(cells: Cells, group: int) -> Fit:
    return fit_main_effects(cells, cells.membership[[group]].toarray().T)


def _rates(cells: Cells, group: int) -> dict[str, float]:
    n, y = _tally(cells, group)
    n_other, y_other = float(cells.n.sum() - n), float(cells.y.sum() - y)
    low, high = rate_interval(y, n)
    difference = difference_interval((y, n), (y_other, n_other))
    return {
        "n_asked": int(n), "n_answered": int(y), "answer_rate": y / n, "rate_low": low,
        "rate_high": high, "n_elsewhere": int(n_other), "n_answered_elsewhere": int(y_other),
        "elsewhere_rate": y_other / n_other, "rate_difference": y / n - y_other / n_other,
        "difference_low": difference[0], "difference_high": difference[1],
    }


def _lift(cells: Cells, group: int, least_z: float) -> dict[str, float]:
    """Return the lift over what main effects, fitted beside the segment, leave to expect."""
    fit = _joint_fit(cells, group)
    is_in = cells.membership[[group]].toarray()[0] > 0
    plain = expit(cells.design[is_in] @ fit.coefficients[:-1])
    n, y = _tally(cells, group)
    expected = float((cells.n[is_in] * plain).sum() / n)
    lift = max(y / n, 0.5 / n) / expected
    error = float(np.sqrt(fit.covariance[-1, -1])) * (1 - expected)
    low, high = ratio_interval(lift, error)
    return {"expected_rate": expected, "answer_lift": lift, "lift_low": low, "lift_high": high,
            "shrunk_lift": shrink_lift(lift, error, least_z)}


def _tally(cells: Cells, group: int) -> tuple[float, float]:
    """Return how many of a group were asked, and how many of them answered."""
    is_in = cells.membership[[group]].toarray()[0] > 0
    return float(cells.n[is_in].sum()), float(cells.y[is_in].sum())
