"""Scores of any labelled file compared with two plain models on the same columns and folds.

    python benchmarks/scores_any.py --file FILE.csv --outcome COLUMN [--is VALUE]
        [--columns NAME ...] [--leave-out NAME ...] [--unit COLUMN] [--blank 0.5] [--seed 1]
    python benchmarks/scores_any.py --people 20000 [--seed 1]
    python benchmarks/scores_any.py --made 200000 [--alone] [--seed 1]

``--outcome`` is a column of 1 and 0; with ``--is`` it is 1 where the column holds that value.
``--people`` takes a sample of the generator instead: the last national election on file is the
outcome, from what is known of its electors and from the elections before. ``--made`` takes a
made-up table of thirty columns of every kind, and tells ``truth_auc`` and ``truth_brier`` of the
true chances. ``--blank 0.5`` empties half of the columns. ``--alone`` leaves the others out: a
logistic regression on all pairs of columns (scikit-learn's, of standardised numbers and frequent
levels, its penalty chosen in five folds of what it learns from; past PAIRS_MOST columns without
pairs) and histogram gradient boosting as it comes, with early stopping. Each row's chance comes
from models that did not see its fold. ``auc_behind`` and ``brier_behind`` say by how much ours is
behind the better of the two: below 0 it is ahead. It prints figures alone, as one line of JSON;
no row is shown.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from scores_any_made import made_up
from shared import ROOT, Clock, options, tell
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
)

from workbench.voters.anytable import TableScores, score_table

PAIRS_MOST = 45         # encoded columns
FEWEST_OF_A_LEVEL = 20  # rows
OUTCOME, HOME = "outcome", "household_id"
KEYS = ("person_id", "voter_id", "seat_id", "area_id", "has_id")


def main() -> None:
    """Print figures of ours and of the two plain models as one line of JSON."""
    asked = options(
        __doc__, file=Path, outcome="", leave_out=("",), columns=("",), unit="", blank=0.0,
        seed=1, people=0, made=0, alone=False, **{"is": ""})
    table, unit, truth = read(asked)
    names = [name for name in table.columns if name not in (OUTCOME, unit)]
    some = np.random.default_rng(asked.seed).permutation(names)[:int(asked.blank * len(names))]
    table = table.assign(**dict.fromkeys(some))
    clock = Clock()
    scored = score_table(table, outcome=OUTCOME, unit=unit or None, seed=asked.seed)
    seconds = clock.told("score_s", "score_cpu_s", digits=1)
    others = {} if asked.alone else compared(table[names], scored)
    tell(rows=len(table), columns=len(names), **seconds, chosen=scored.chosen_name,
         notes=len(scored.notes), **rounded({**scored.measures, **truth, **others}))


def read(asked: argparse.Namespace) -> tuple[pd.DataFrame, str, dict[str, float]]:
    """Return the table asked for, its unit's name, and what its true chances reach, if known."""
    if not asked.made:
        return *(sample(asked.people, asked.seed) if asked.people else from_file(asked)), {}
    table, odds = made_up(asked.made, asked.seed)
    chance = expit(odds)
    outcome = (np.random.default_rng(asked.seed + 1).random(len(table)) < chance).astype(int)
    return table.assign(**{OUTCOME: outcome}), "", {
        "truth_auc": float(roc_auc_score(outcome, chance)),
        "truth_brier": float(brier_score_loss(outcome, chance))}


def from_file(asked: argparse.Namespace) -> tuple[pd.DataFrame, str]:
    """Return the columns asked for of a file, the outcome among them, and the unit's name."""
    table = pd.read_csv(asked.file, low_memory=False)
    given = table[asked.outcome]
    is_asked = vars(asked)["is"]
    outcome = given.astype("str").eq(is_asked).astype(int) if is_asked else given
    names = [name for name in ([*filter(None, asked.columns)] or table.columns)
             if name not in (asked.outcome, *asked.leave_out)]
    kept = dict.fromkeys([*names, *filter(None, [asked.unit])])
    return table[list(kept)].assign(**{OUTCOME: outcome}), asked.unit


def sample(n_people: int, seed: int) -> tuple[pd.DataFrame, str]:
    """Return what is known of a made-up campaign's electors before its last national election.

    One row an elector who was on the register then; ``outcome``: whether they voted.
    """
    import duckdb
    from scores_data import write_tables

    from workbench.settings import Scores, load_settings
    from workbench.voters.scores import codes, make
    from workbench.voters.scores.vote_history import DID_NOT, VOTED, home_column

    with tempfile.TemporaryDirectory(prefix="wb-") as made, duckdb.connect() as connection:
        write_tables(Path(made), n_people, seed=seed)
        settings = replace(load_settings(ROOT), root=Path(made), scores=Scores("HAR"))
        elections = make.create_tables(
            connection, settings, codes.read_codes(ROOT / codes.CODES_FILE))
        people = connection.sql("SELECT * FROM feature ORDER BY person_id").df()
    last = [one for one in elections if one.kind == "national"][-1]
    people = people[people[last.column] >= DID_NOT]
    later = [name for one in elections if one.date >= last.date
             for name in (one.column, home_column(one))]
    outcome = (people[last.column] >= VOTED).astype(int)
    return people.drop(columns=[*later, *KEYS]).assign(**{OUTCOME: outcome}), HOME


def compared(features: pd.DataFrame, scored: TableScores) -> dict[str, Any]:
    """Return the measures of both others, and how far ours is behind the better one."""
    if not scored.measures:
        return {"told": scored.notes[-1]}
    is_labelled = scored.rows["is_labelled"].to_numpy()
    fold = scored.rows["fold"].to_numpy(dtype="float64", na_value=np.nan)[is_labelled]
    outcome = scored.rows["outcome"].to_numpy()[is_labelled]
    features = plain(features[is_labelled])
    others = {}
    for name, make in (("logistic", logistic), ("trees", trees)):
        chance = np.zeros(len(outcome))
        for out in np.unique(fold):
            kept = fold != out
            model = make(features[kept]).fit(features[kept], outcome[kept])
            chance[~kept] = model.predict_proba(features[~kept])[:, 1]
        others[f"{name}_auc"] = float(roc_auc_score(outcome, chance))
        others[f"{name}_brier"] = float(brier_score_loss(outcome, chance))
    best_auc = max(others["logistic_auc"], others["trees_auc"])
    best_brier = min(others["logistic_brier"], others["trees_brier"])
    return {**others, "auc_behind": best_auc - scored.measures["auc"],
            "brier_behind": scored.measures["brier"] - best_brier}


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Return figures of four digits."""
    return {name: round(value, 4) if isinstance(value, float) else value
            for name, value in figures.items()}


def plain(features: pd.DataFrame) -> pd.DataFrame:
    """Return numbers as they are and all else as text, without columns that are blank or one."""
    kept = features.loc[:, features.nunique(dropna=False) > 1]
    texts = [name for name in kept if not pd.api.types.is_numeric_dtype(kept[name])]
    kept = kept.assign(**{name: kept[name].astype("object").fillna("blank").astype("str")
                          for name in texts})
    return kept.replace([np.inf, -np.inf], np.nan)


def logistic(features: pd.DataFrame) -> Any:
    """Return the logistic regression, on pairs of columns where they are not too many."""
    encoded = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()),
         make_column_selector(dtype_include="number")),
        (OneHotEncoder(min_frequency=FEWEST_OF_A_LEVEL, handle_unknown="infrequent_if_exist",
                       sparse_output=False, drop="if_binary"),
         make_column_selector(dtype_exclude="number")))
    n_columns = encoded.fit_transform(features).shape[1]
    pairs = [PolynomialFeatures(2, interaction_only=True, include_bias=False)] \
        if n_columns <= PAIRS_MOST else []
    model = LogisticRegressionCV(Cs=[0.001, 0.01, 0.1, 1.0], scoring="neg_log_loss", cv=5,
                                 max_iter=300, l1_ratios=(0,), use_legacy_attributes=False)
    return make_pipeline(encoded, *pairs, StandardScaler(), model)


def trees(features: pd.DataFrame) -> Any:
    """Return histogram gradient boosting as it comes."""
    encoded = make_column_transformer(
        (OrdinalEncoder(min_frequency=FEWEST_OF_A_LEVEL, handle_unknown="use_encoded_value",
                        unknown_value=np.nan, max_categories=250),
         make_column_selector(dtype_exclude="number")), remainder="passthrough")
    n_levels = sum(not pd.api.types.is_numeric_dtype(kind) for kind in features.dtypes)
    model = HistGradientBoostingClassifier(
        early_stopping=True, random_state=0, categorical_features=list(range(n_levels)))
    return make_pipeline(encoded, model)


if __name__ == "__main__":
    main()
