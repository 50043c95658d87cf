"""Whether scores mean what they say: reliability in bins and groups, and small corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import chi2

N_BINS = 10
SLOPE_VARIANCE = 0.01
SURE_SHARE = 0.95
GROUPS = ("region_code", "age_band")
LEAST_PROBABILITY = 0.002


@dataclass(frozen=True)
class Correction:
    """What is put right once a score is made, in log-odds.

    ``slope`` stretches scores about ``middle``; ``offsets`` are added by the level of a group
    (``region_code``, ``age_band``), drawn towards 0 as far as they may be chance.
    """

    slope: float = 1.0
    middle: float = 0.0
    offsets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def applied(self, log_odds: np.ndarray, people: pd.DataFrame) -> np.ndarray:
        """Return the corrected log-odds of ``people``."""
        right = self.middle + self.slope * (log_odds - self.middle)
        for group, offsets in self.offsets.items():
            right = right + people[group].map(dict(offsets)).fillna(0).to_numpy(dtype="float64")
        return np.asarray(right)


def fit_correction(
    log_odds: np.ndarray, outcome: np.ndarray, people: pd.DataFrame, weight: np.ndarray
) -> Correction:
    """Return the correction that outcomes tell which the model did not see.

    The level is left alone: it is fitted beside the slope and not kept.
    """
    level, slope = level_and_slope(log_odds, outcome, weight)
    middle = float(np.average(log_odds, weights=weight))
    chance = expit(level + slope * log_odds)
    offsets = {}
    for group in GROUPS:
        levels = people[group].astype("object").fillna("").to_numpy()
        offsets[group] = shrunk_offsets(outcome - chance, chance * (1 - chance), levels, weight)
    return Correction(slope, middle, offsets)


def shrunk_offsets(
    residual: np.ndarray, variance: np.ndarray, levels: np.ndarray, weight: np.ndarray
) -> dict[str, float]:
    """Return an offset in log-odds a level, drawn to 0 by empirical Bayes (one Newton step).

    How far levels truly differ is the excess of their spread over what chance gives; where
    chance alone would give as much once in twenty times, all offsets are 0.
    """
    sums = pd.DataFrame({"slope": weight * residual, "information": weight * variance,
                         "noise": weight**2 * variance}).groupby(levels).sum()
    known = sums[sums["noise"] > 0]
    spread = float((known["slope"]**2 / known["noise"]).sum())
    excess = (sums["slope"]**2 - sums["noise"]).sum() / max((sums["information"]**2).sum(), 1e-9)
    if excess <= 0 or spread <= chi2.ppf(SURE_SHARE, max(len(known), 1)):
        return {str(level): 0.0 for level in sums.index}
    noise = sums["noise"] / sums["information"]
    offsets = sums["slope"] / (sums["information"] + noise / excess)
    return {str(level): float(offset) for level, offset in offsets.items()}


def reliability(
    probability: np.ndarray, outcome: np.ndarray, weight: np.ndarray
) -> pd.DataFrame:
    """Return one row a tenth of the people, least score first.

    ``n``, ``predicted_probability`` (mean score), ``seen_share`` (weighted share of the
    outcome) and its ``variance``.
    """
    order = np.argsort(probability, kind="stable")
    rows = [_bin(probability[part], outcome[part], weight[part])
            for part in np.array_split(order, N_BINS) if len(part)]
    return pd.DataFrame(rows, columns=["n", "predicted_probability", "seen_share", "variance"])


def expected_calibration_error(bins: pd.DataFrame) -> float:
    """Return the mean absolute difference of predicted and seen shares."""
    gaps = (bins["predicted_probability"] - bins["seen_share"]).abs()
    return float(np.average(gaps, weights=bins["n"]))


def by_group(
    probability: np.ndarray, outcome: np.ndarray, people: pd.DataFrame, weight: np.ndarray
) -> pd.DataFrame:
    """Return one row a level of each of GROUPS: columns as of `reliability`, and the level."""
    rows = []
    for group in GROUPS:
        levels = people[group].astype("object").fillna("not known").to_numpy()
        for level in sorted(set(levels)):
            at = levels == level
            rows.append((group, level, *_bin(probability[at], outcome[at], weight[at])))
    return pd.DataFrame(rows, columns=["group_name", "level_name", "n", "predicted_probability",
                                       "seen_share", "variance"])


def skill(probability: np.ndarray, outcome: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    """Return Brier score, area under the ROC curve, and the slope of outcome on log-odds."""
    from sklearn.metrics import roc_auc_score

    log_odds = logit(np.clip(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY))
    return {
        "brier": float(np.average((probability - outcome) ** 2, weights=weight)),
        "auc": float(roc_auc_score(outcome, probability, sample_weight=weight)),
        "slope": level_and_slope(log_odds, outcome, weight, variance=1e6)[1],
    }


def _bin(
    probability: np.ndarray, outcome: np.ndarray, weight: np.ndarray
) -> tuple[int, float, float, float]:
    share = weight / weight.sum()
    seen = float(share @ outcome)
    return len(outcome), float(share @ probability), seen, float(
        (share**2).sum() * max(seen * (1 - seen), 0.25 / len(outcome)))


def level_and_slope(
    log_odds: np.ndarray, outcome: np.ndarray, weight: np.ndarray,
    variance: float = SLOPE_VARIANCE,
) -> tuple[float, float]:
    """Return level and slope of the outcome on log-odds; the slope is drawn to 1."""
    level, slope = 0.0, 1.0
    for _ in range(25):
        chance = expit(level + slope * log_odds)
        gap, spread = weight * (outcome - chance), weight * chance * (1 - chance)
        gradient = np.array([gap.sum(), gap @ log_odds - (slope - 1) / variance])
        cross = spread @ log_odds
        information = np.array([[spread.sum() + 1e-9, cross],
                                [cross, spread @ log_odds**2 + 1 / variance]])
        step = np.linalg.solve(information, gradient)
        level, slope = level + step[0], slope + step[1]
        if np.abs(step).max() < 1e-8:
            break
    return float(level), float(slope)
