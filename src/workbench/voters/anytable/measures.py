"""How far scores are right on outcomes that they did not see."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import logit

from workbench.voters.anytable.design import FEWEST_OF_A_LEVEL, level_means
from workbench.voters.anytable.fields import LEVELS, Field
from workbench.voters.scores import calibrate

LEAK_AUC = 0.95
N_SCREEN_BINS, N_SCREEN_FOLDS = 20, 2


def measure(probability: np.ndarray, outcome: np.ndarray) -> Mapping[str, float]:
    """Return the measures of scores against outcomes.

    ``n``, ``outcome_share``, ``auc`` (area under the ROC curve), ``brier`` (mean squared error),
    ``slope`` and ``intercept`` of the outcome on the scores' log-odds (1 and 0 where scores are
    right; a slope under 1 is a score too sure of itself), ``calibration_error`` (mean absolute
    difference of score and outcome over tenths of the rows) and ``calibration_by_chance`` (what
    it would be on average if every score were right).
    """
    from sklearn.metrics import roc_auc_score

    ones = np.ones(len(outcome))
    intercept, slope = calibrate.level_and_slope(logit(probability), outcome, ones, variance=100)
    bins = calibrate.reliability(probability, outcome, ones)
    spread = bins["predicted_probability"] * (1 - bins["predicted_probability"]) / bins["n"]
    return {
        "n": float(len(outcome)), "outcome_share": float(outcome.mean()),
        "auc": float(roc_auc_score(outcome, probability)),
        "brier": float(((probability - outcome) ** 2).mean()),
        "slope": slope, "intercept": intercept,
        "calibration_error": calibrate.expected_calibration_error(bins),
        "calibration_by_chance": float(np.average(np.sqrt(2 / np.pi * spread),
                                                  weights=bins["n"])),
    }


def calibration_table(probability: np.ndarray, outcome: np.ndarray) -> pd.DataFrame:
    """Return one row a tenth of the rows, least score first: mean score and share of outcomes."""
    bins = calibrate.reliability(probability, outcome, np.ones(len(outcome)))
    error = np.sqrt(bins["variance"])
    return pd.DataFrame({
        "n": bins["n"], "score_probability": bins["predicted_probability"],
        "outcome_share": bins["seen_share"],
        "outcome_low": (bins["seen_share"] - 1.96 * error).clip(0, 1),
        "outcome_high": (bins["seen_share"] + 1.96 * error).clip(0, 1)})


def leak_notes(
    fields: tuple[Field, ...], values: list[np.ndarray], outcome: np.ndarray, unit: np.ndarray
) -> tuple[str, ...]:
    """Return a sentence for each column that tells the outcome nearly perfectly by itself."""
    found = []
    for field, one in zip(fields, values, strict=True):
        auc = own_auc(one if field.kind == LEVELS else binned(one), outcome, unit)
        if auc >= LEAK_AUC:
            found.append(f"Column {field.name} tells the outcome nearly perfectly by itself "
                         f"(area under the curve {auc:.2f}). If it is known only afterwards, "
                         "leave it out: the scores would not hold for anybody else.")
    return tuple(found)


def binned(values: np.ndarray) -> np.ndarray:
    """Return the bin of each number; numbers that are frequent have one of their own."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, N_SCREEN_BINS + 1)))
    at = 2 * np.searchsorted(edges, values) + np.isin(values, edges)
    return np.where(np.isnan(values), np.nan, at.astype("float64"))


def own_auc(codes: np.ndarray, outcome: np.ndarray, unit: np.ndarray) -> float:
    """Return the area under the curve of codes alone, by the outcomes of other units."""
    from sklearn.metrics import roc_auc_score

    at = np.where(np.isnan(codes), 0, codes + 1).astype(np.int64)
    told = np.zeros(len(outcome))
    for out in range(N_SCREEN_FOLDS):
        is_out = unit % N_SCREEN_FOLDS == out
        counts = np.bincount(at[~is_out], minlength=at.max() + 1)
        means = level_means(at[~is_out], outcome[~is_out], float(outcome.mean()))
        means = np.append(np.where(counts[:len(means) - 1] >= FEWEST_OF_A_LEVEL, means[:-1], 0),
                          np.zeros(at.max() + 2 - len(means)))
        told[is_out] = means[at[is_out]]
    return float(roc_auc_score(outcome, told))
