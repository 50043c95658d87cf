"""How well linking did, without any truth: from pairs that a person judged, or the model's own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression
from scipy.special import betaincinv, expit, logit

PAIR_KEY = ["record_key_l", "record_key_r"]
TAIL = 0.025  # at each end of an interval of 95 %
STRENGTHS = (1.0, 2 / 3, 3 / 2)  # how far off the model's evidence is taken to be, untested
ODDS = (1.0, 1 / 2, 2.0)  # and its belief in how common right links are
LEAST_DISTANCE = 1e-12


@dataclass(frozen=True)
class Quality:
    """Precision and recall of the links offered, with the ends of their intervals.

    ``precision``: the share of accepted links that are right. ``recall``: the share of right
    links that were accepted, among those that were offered; pairs that nothing ever brought
    together are not in it. ``n_labelled`` pairs were judged same or different, ``n_unsure``
    neither; with none of either it is the model's own estimate. What cannot be told, since
    no link was offered, is not a number (NaN).
    """

    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float
    n_labelled: int
    n_unsure: int


@dataclass(frozen=True)
class Recalibration:
    """Probabilities as the answers have them, and the cut of the greatest expected F1.

    ``points`` has one row a judged pair, in order of ``link_probability``, with the
    ``calibrated_probability`` there.
    """

    points: pd.DataFrame
    cut: float
    expected_f1: float


@dataclass(frozen=True)
class _Total:
    """How many of a group of links are right, with the ends of the interval."""

    value: float
    low: float
    high: float


def model_quality(review_pairs: pd.DataFrame) -> Quality:
    """Return the model's own estimate, from its probabilities of the pairs drawn.

    Nothing outside the model confirms it. Its range is what the model would say if all its
    evidence were a third weaker, or half as strong again, than it believes, and right links
    half or twice as likely.
    """
    weight = review_pairs["n_in_stratum"] / review_pairs["n_drawn"]
    probability = review_pairs["link_probability"].to_numpy(dtype=float)
    tried = []
    for strength, odds in product(STRENGTHS, ODDS):
        told = expit(strength * logit(np.clip(probability, 1e-15, 1 - 1e-15)) + math.log(odds))
        tried.append(_shares(told * weight, weight, review_pairs["is_linked"]))
    (precision, recall), *others = tried
    ends = [(min(x), max(x)) for x in zip((precision, recall), *others, strict=True)]
    return Quality(precision, *ends[0], recall, *ends[1], 0, 0)


def estimate_quality(review_pairs: pd.DataFrame, answers: pd.DataFrame) -> Quality:
    """Return precision and recall from the drawn pairs that were judged.

    Each stratum counts by its size (Horvitz-Thompson); its bounds are exact ones at 95 %, for a
    draw without replacement, and the strata's are put together by their squared distances.
    'unsure' is left out of the estimate; the low ends take every such answer as the one that
    makes linking look worst, the high ends as the one that makes it look best. A stratum that
    nobody judged has the model's estimate, and anything from none to all as its bounds. Where
    no pair was judged, the model's own estimate is returned.

    Source: Clopper and Pearson (1934), a stratum's bounds; Zou and Donner (2008), their sum.
    """
    judged = _judged(review_pairs, answers)
    n_unsure = int((judged["answer_code"] == "unsure").sum())
    n_labelled = int(judged["answer_code"].isin(["same", "different"]).sum())
    if not n_labelled:
        return model_quality(review_pairs)
    strata = _strata(judged)
    linked = strata["is_linked"].to_numpy(dtype=bool)
    found, missed = _total(strata[linked]), _total(strata[~linked])
    n_linked = float(strata.loc[linked, "size"].sum())
    precision, least, most = (n / n_linked if n_linked else math.nan
                              for n in (found.value, found.low, found.high))
    low, high = _ratio_bounds(found, missed)
    return Quality(precision, least, most, _ratio(found.value, missed.value), low, high,
                   n_labelled, n_unsure)


def recalibrate(review_pairs: pd.DataFrame, answers: pd.DataFrame) -> Recalibration | None:
    """Return what the answers make of the probabilities; None where no pair was judged.

    Isotonic regression of the answers on the probability, each pair counted for all of its
    stratum that it stands for; then, over all cuts, the expected F1. Unsure ones are left out.
    """
    judged = _judged(review_pairs, answers)
    judged = judged[judged["answer_code"].isin(["same", "different"])]
    if judged.empty:
        return None
    judged = judged.sort_values(["link_probability", *PAIR_KEY]).reset_index(drop=True)
    n_judged = judged.groupby("stratum")["stratum"].transform("size")
    weight = (judged["n_in_stratum"] / n_judged).to_numpy(dtype=float)
    is_same = (judged["answer_code"] == "same").to_numpy(dtype=float)
    fitted = np.clip(isotonic_regression(is_same, weights=weight).x, 0.0, 1.0)
    probability = judged["link_probability"].to_numpy(dtype=float)
    made, right = np.cumsum(weight[::-1])[::-1], np.cumsum((fitted * weight)[::-1])[::-1]
    f1 = 2 * right / (made + max(float(right[0]), LEAST_DISTANCE))
    is_cut = np.r_[True, probability[1:] != probability[:-1]]
    at = int(np.argmax(np.where(is_cut, f1, -1.0)))
    points = pd.DataFrame({"link_probability": probability, "calibrated_probability": fitted})
    return Recalibration(points, float(probability[at]), float(f1[at]))


def _judged(review_pairs: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    given = answers[[*PAIR_KEY, "answer_code"]]
    return review_pairs.merge(given, how="left", on=PAIR_KEY, validate="one_to_one")


def _strata(judged: pd.DataFrame) -> pd.DataFrame:
    """One row a stratum: its size, answers by kind, and the model's mean probability."""
    flags = judged.assign(**{code: judged["answer_code"] == code
                             for code in ("same", "different", "unsure")})
    return flags.groupby("stratum").agg(
        size=("n_in_stratum", "first"), is_linked=("is_linked", "first"),
        same=("same", "sum"), different=("different", "sum"), unsure=("unsure", "sum"),
        expected=("link_probability", "mean")).reset_index()


def _total(strata: pd.DataFrame) -> _Total:
    """How many links of these strata are right; unsure ones are wrong at the low end."""
    size = strata["size"].to_numpy(dtype=float)
    same, different, unsure = (strata[c].to_numpy(dtype=float)
                               for c in ("same", "different", "unsure"))
    n = same + different
    share = np.where(n > 0, same / np.maximum(n, 1), strata["expected"].to_numpy(dtype=float))
    n_asked = n + unsure
    low_share = np.where(n_asked > 0, same / np.maximum(n_asked, 1), share)
    high_share = np.where(n_asked > 0, (same + unsure) / np.maximum(n_asked, 1), share)
    low, _ = _bounds(low_share, n_asked, size)
    _, high = _bounds(high_share, n_asked, size)
    value, middle_low, middle_high = (float((s * size).sum())
                                      for s in (share, low_share, high_share))
    return _Total(
        value,
        max(middle_low - float(np.sqrt((((low_share - low) * size) ** 2).sum())), 0.0),
        min(middle_high + float(np.sqrt((((high - high_share) * size) ** 2).sum())),
            float(size.sum())),
    )


def _bounds(share: np.ndarray, n: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact bounds of shares in ``n`` of ``size``; from 0 to 1 where nothing was drawn."""
    right = share * n
    low = np.where(right > 0, betaincinv(np.maximum(right, 1e-9), n - right + 1, TAIL), 0.0)
    high = np.where(right < n, betaincinv(right + 1, np.maximum(n - right, 1e-9), 1 - TAIL), 1.0)
    left = np.sqrt(np.clip((size - n) / np.maximum(size - 1, 1), 0.0, 1.0))  # not drawn, of all
    is_blank = n == 0
    return (np.where(is_blank, 0.0, share - (share - low) * left),
            np.where(is_blank, 1.0, share + (high - share) * left))


def _ratio(found: float, missed: float) -> float:
    return found / (found + missed) if found + missed > 0 else math.nan


def _ratio_bounds(found: _Total, missed: _Total) -> tuple[float, float]:
    """Bounds of found of all: the distances of both, each by how much recall moves with it."""
    value = _ratio(found.value, missed.value)
    low = np.hypot(value - _ratio(found.low, missed.value),
                   value - _ratio(found.value, missed.high))
    high = np.hypot(_ratio(found.high, missed.value) - value,
                    _ratio(found.value, missed.low) - value)
    return float(np.maximum(value - low, 0.0)), float(np.minimum(value + high, 1.0))


def _shares(
    right: pd.Series, weight: pd.Series, is_linked: pd.Series
) -> tuple[float, float]:
    linked = is_linked.to_numpy(dtype=bool)
    n_linked = float(weight[linked].sum())
    precision = float(right[linked].sum()) / n_linked if n_linked else math.nan
    return precision, _ratio(float(right[linked].sum()), float(right[~linked].sum()))
