"""Scores compared with the truth of a sample that they have not seen, for tests and benchmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

OURS = "HAR"
FEWEST_OF_A_GROUP, N_BINS = 2_000, 10
AGE_EDGES_YEARS = (18, 25, 35, 45, 55, 65, 75, 121)
AGE_KNOTS_YEARS = (25, 35, 50, 65, 76, 80)
CODES = ("support", "turnout")


def scores_and_truth(folder: Path, truth: pd.DataFrame) -> pd.DataFrame:
    """Return one row an elector with both scores, the truth and an age band."""
    rows = pd.read_parquet(folder / "data/scores/scores.parquet",
                           columns=["person_id", "score_code", "score_probability"])
    sides = {code: rows[rows["score_code"] == code].drop(columns="score_code").rename(
        columns={"score_probability": code}) for code in CODES}
    wide = sides["support"].merge(sides["turnout"], on="person_id", validate="one_to_one")
    wide["person_id"] = wide["person_id"].str.partition("-")[0]  # copies have the same truth
    both = wide.merge(truth, on="person_id", validate="many_to_one")
    bands = pd.cut(both["age_years"].clip(18), AGE_EDGES_YEARS, right=False)
    return both.assign(age_band=bands.astype("str"))


def mean_gap(score: np.ndarray, truth: np.ndarray) -> float:
    """Return the mean absolute difference of score and truth over tenths by score."""
    parts = np.array_split(np.argsort(score, kind="stable"), N_BINS)
    return float(np.mean([abs(score[p].mean() - truth[p].mean()) for p in parts]))


def worst_gap(both: pd.DataFrame, code: str) -> float:
    """Return the greatest `mean_gap` of a region or an age band of FEWEST_OF_A_GROUP people.

    Where no group is as large, everybody is the one group.
    """
    score, truth = both[code].to_numpy(), both[f"{code}_probability"].to_numpy()
    groups = [at for name in ("region_code", "age_band")
              for at in both.groupby(name).indices.values() if len(at) >= FEWEST_OF_A_GROUP]
    return max(mean_gap(score[at], truth[at]) for at in groups or [np.arange(len(both))])


def auc(score: np.ndarray, truth: np.ndarray) -> float:
    """Return the area under the ROC curve of outcomes drawn with the true probabilities."""
    outcome = np.repeat([1, 0], len(truth))
    return float(roc_auc_score(outcome, np.tile(score, 2),
                               sample_weight=np.concatenate([truth, 1 - truth])))


def auc_of_truths_own(both: pd.DataFrame, code: str) -> float:
    """Return the AUC of a model of the facts that the truth was made of, known of everybody.

    Degree, home, work, birth abroad, age, sex, the seat's lean and its true mean: without noise
    and without gaps, fitted on true probabilities and not on a few outcomes.
    """
    age = both["age_years"].to_numpy(dtype="float64")
    facts = [both[name].to_numpy(dtype="float64") for name in
             ("has_degree", "owns_home", "is_manual", "is_born_abroad", "is_female", "lean")]
    bends = [np.maximum(age - knot, 0) / 10 for knot in AGE_KNOTS_YEARS]
    truth = both[f"{code}_probability"].to_numpy()
    of_seat = both.groupby("seat_id")[f"{code}_probability"].transform("mean").to_numpy()
    columns = np.column_stack([*facts, (age - 48) / 10, *bends, logit(of_seat)])
    model = LogisticRegression(C=10.0, solver="newton-cholesky")
    model.fit(np.vstack([columns, columns]), np.repeat([1, 0], len(truth)),
              sample_weight=np.concatenate([truth, 1 - truth]))
    return auc(model.predict_proba(columns)[:, 1], truth)


def at_true_level(both: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with turnout moved, in log-odds, to the true mean: its shape alone.

    The moved scores judge the model apart from the level, which is a forecast; nothing of
    them goes back to scoring.
    """
    odds, mean = logit(both["turnout"].to_numpy()), both["turnout_probability"].mean()
    shift = brentq(lambda by: expit(odds + by).mean() - mean, -3, 3)
    return both.assign(turnout=expit(odds + shift))


def judge(folder: Path, truth: pd.DataFrame) -> dict[str, float]:
    """Return calibration, the worst group and ranking of both scores, and the gap of means.

    ``gap_…`` is the mean score less the true mean; ``…_turnout_at_true_level`` is calibration
    with that gap taken out.
    """
    both = scores_and_truth(folder, truth)
    figures = {}
    for code in CODES:
        score, true = both[code].to_numpy(), both[f"{code}_probability"].to_numpy()
        sample = both.sample(min(len(both), 100_000), random_state=1)
        figures |= {f"ece_{code}": mean_gap(score, true), f"worst_{code}": worst_gap(both, code),
                    f"gap_{code}": float(score.mean() - true.mean()),
                    f"auc_{code}": auc(score, true),
                    f"auc_truth_{code}": auc_of_truths_own(sample, code)}
    moved = at_true_level(both)
    true = moved["turnout_probability"].to_numpy()
    figures |= {"ece_turnout_at_true_level": mean_gap(moved["turnout"].to_numpy(), true),
                "worst_turnout_at_true_level": worst_gap(moved, "turnout")}
    return {name: round(value, 4) for name, value in figures.items()}
