"""A turnout model compared with a vendor's score, on a poll whose respondents' votes are known.

    python benchmarks/turnout_poll.py --file POLL.csv [--outcome file_vt16]
        [--vendor turnout_score] [--history file_vt14 file_vt12] [--ages file_age]
        [--said likely scale] [--codes educ gender race partyid state ...]

One row a respondent. ``--outcome`` is 1 where the register says that they voted and 0 where it
says that they did not; rows without it are left out and counted. Each respondent's chance comes
from a model that did not see their fold, and whose ridge was chosen without it. Three are set
side by side: the vendor's score as delivered; the same drawn to the outcome (level and slope, also
out of fold), for respondents vote more than the list that it was made for; and our model, from
history, age, what they said and what they are, without the vendor's score and with it
(``ours_and_vendor``). It prints figures alone, as one line of JSON; no row is shown.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from shared import options, tell
from threadpoolctl import threadpool_limits

from workbench.voters.scores import calibrate, support

N_FOLDS, FEWEST_OF_A_LEVEL, LEVEL_SCALE = 5, 25, 0.7
AGE_KNOTS_YEARS = (25, 35, 50, 65, 80)
LEAST = 0.002
NO_ANSWER = "[DO NOT READ]"
CODES = ("partyid", "educ", "gender", "race", "file_race", "file_party", "state", "sample",
         "phoneuse", "poll")


def main() -> None:
    """Print figures of the vendor's score and of ours as one line of JSON."""
    asked = options(
        __doc__, file={"type": Path, "required": True}, outcome="file_vt16",
        vendor="turnout_score", history=("file_vt14", "file_vt12"), ages=("file_age",),
        said=("likely", "scale"), codes=CODES, seed=1)
    frame = pd.read_csv(asked.file, low_memory=False)
    columns = [asked.outcome, asked.vendor, *asked.history, *asked.ages, *asked.said,
               *asked.codes]
    lacking = [name for name in columns if name not in frame.columns]
    if lacking:
        raise SystemExit(f"The file has no column {', '.join(lacking)}. Name its own columns "
                         "with --outcome, --vendor, --history, --ages, --said and --codes.")
    outcome = pd.to_numeric(frame[asked.outcome], errors="coerce")
    known = frame[outcome.isin([0, 1])].reset_index(drop=True)
    voted = outcome[outcome.isin([0, 1])].to_numpy(dtype="float64")
    with threadpool_limits(1):
        found = figures(known, voted, asked)
    tell(rows=len(frame), used=len(known), **found)


def figures(frame: pd.DataFrame, voted: np.ndarray, asked: argparse.Namespace) -> dict[str, Any]:
    """Return Brier score, AUC and calibration of each, and how sure it is that ours is better."""
    score = pd.to_numeric(frame[asked.vendor], errors="coerce").fillna(voted.mean()).to_numpy()
    vendor = np.clip(score / (100 if score.max() > 1 else 1), LEAST, 1 - LEAST)
    fold = np.random.default_rng(asked.seed).permutation(len(frame)) % N_FOLDS
    columns, odds = feature_columns(frame, asked), logit(vendor)[:, None]
    chances = {
        "vendor": vendor, "vendor_drawn": unseen_chances(odds, voted, fold),
        "ours": unseen_chances(columns, voted, fold),
        "ours_and_vendor": unseen_chances(np.hstack([columns, odds]), voted, fold),
    }
    found = {f"{name}_{figure}": round(value, 4) for name, chance in chances.items()
             for figure, value in judged(chance, voted).items()}
    gain = (vendor - voted) ** 2 - (chances["ours"] - voted) ** 2
    return found | {"brier_gain": round(float(gain.mean()), 4),
                    "brier_gain_error": round(float(gain.std() / np.sqrt(len(gain))), 4)}


def judged(chance: np.ndarray, voted: np.ndarray) -> dict[str, float]:
    """Return Brier score, AUC, slope and the mean gap of tenths."""
    ones = np.ones(len(voted))
    bins = calibrate.reliability(chance, voted, ones)
    return {**calibrate.skill(chance, voted, ones),
            "ece": calibrate.expected_calibration_error(bins)}


def unseen_chances(columns: np.ndarray, voted: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return each respondent's chance from a model that saw nothing of their fold."""
    log_odds, ones = np.zeros(len(voted)), np.ones(len(voted))
    for out in range(N_FOLDS):
        kept = fold != out
        variance = support.choose_variance(
            columns[kept], voted[kept], ones[kept], fold[kept])
        coefficients, intercept = support.fit_logistic(
            columns[kept], voted[kept], ones[kept], variance)
        log_odds[~kept] = intercept + columns[~kept] @ coefficients
    return np.asarray(expit(log_odds))


def feature_columns(frame: pd.DataFrame, asked: argparse.Namespace) -> np.ndarray:
    """Return the columns of the model: history and its sum, ages that bend, codes as levels."""
    history = frame[asked.history].apply(pd.to_numeric, errors="coerce")
    blocks = [2 * history.fillna(0.5).to_numpy(), history.isna().to_numpy() * 1.0]
    for name in asked.ages:
        age = pd.to_numeric(frame[name], errors="coerce")
        known = age.fillna(age.median()).to_numpy()
        bends = [np.maximum(known - knot, 0) / 10 for knot in AGE_KNOTS_YEARS]
        blocks.append(np.column_stack([known / 10, *bends, age.isna()]))
    blocks += [levels(frame[name]) for name in (*asked.said, *asked.codes)]
    matrix = np.hstack(blocks)
    return np.asarray(matrix - matrix.mean(axis=0))


def levels(codes: pd.Series) -> np.ndarray:
    """Return a column a level that is frequent; those who gave no answer are one level."""
    texts = codes.astype("str").where(~codes.astype("str").str.startswith(NO_ANSWER), NO_ANSWER)
    counts = texts.value_counts()
    names = sorted(counts.index[counts >= FEWEST_OF_A_LEVEL])
    return np.column_stack([LEVEL_SCALE * (texts == name) for name in names] or [0 * counts])


if __name__ == "__main__":
    main()
