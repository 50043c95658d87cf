"""Score any table with a labelled outcome: out-of-fold chances, calibration and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.special import logit

from workbench.voters.anytable import measures
from workbench.voters.anytable.blend import NAMES, SHARES_OF_TREES, Blend, fit_blend
from workbench.voters.anytable.design import rows_of, values_of
from workbench.voters.anytable.fields import Field, read_fields
from workbench.voters.anytable.labelled import Labels, read_labels
from workbench.voters.anytable.learn import Models, Rows, choose_apart, fit_models, log_loss
from workbench.voters.anytable.reasons import contributions, reason_names
from workbench.voters.anytable.trees import one_thread

ROW_COLUMNS = ("outcome", "is_labelled", "fold", "score_probability", "reason_names")
CANDIDATE_COLUMNS = ("model_name", "trees_share", "log_loss", "auc", "brier")


@dataclass(frozen=True)
class TableScores:
    """What `score_table` found.

    ``rows``: one row a row of the table, under the same index: ``outcome`` (1, 0 or missing),
    ``is_labelled``, ``fold`` (missing where not labelled), ``score_probability`` (the chance
    that the outcome is 1: of a labelled row by models that saw neither its outcome nor its
    unit's, of another by models of all labelled rows) and ``reason_names``.
    ``measures``: see `measures.measure`. ``calibration``: one row a tenth of the labelled rows.
    ``candidates``: one row a model that was tried, on rows that it did not see.
    ``chosen_name``: which it is, in words. ``notes``: sentences on what was left out and why,
    what to be careful of, and why there are no scores where there are none.
    """

    rows: pd.DataFrame
    measures: Mapping[str, float] = field(default_factory=dict)
    calibration: pd.DataFrame = field(default_factory=pd.DataFrame)
    candidates: pd.DataFrame = field(default_factory=pd.DataFrame)
    chosen_name: str = "none"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Learned:
    """Both models and their blend, to score rows that have no label."""

    fields: tuple[Field, ...]
    models: Models
    blend: Blend

    def scored(self, values: list[np.ndarray]) -> tuple[np.ndarray, list[str]]:
        """Return a chance and the reasons a row of ``values``, an array a field."""
        moved = contributions(self.models, self.blend, values)
        names = [field.name for field in self.fields]
        return self.blend.probability(self.models.log_odds(values)), reason_names(moved, names)


@dataclass(frozen=True)
class Unseen:
    """What models say of labelled rows that they did not see.

    ``both`` are log-odds, labelled rows x 2 models; ``models`` and ``blends`` one a fold, the
    blend of a fold from the rows of the others.
    """

    both: np.ndarray
    models: Mapping[int, Models]
    blends: Mapping[int, Blend]


def score_table(
    table: pd.DataFrame, *, outcome: str, columns: Sequence[str] | None = None,
    unit: str | None = None, seed: int = 1,
) -> TableScores:
    """Return scores of every row of ``table``, how far they are right, and the reasons.

    ``outcome`` names a column of 1 and 0 (or true and false, yes and no), blank where it is not
    known. ``columns`` are what may be learned from; without them, all but outcome and unit.
    ``unit`` names the column of rows that belong together, such as a household: they are never
    both learned from and judged by. Blanks count as a level of their own, and columns that
    cannot be used are left out with a sentence. SettingsError for a column that is not there or
    an outcome of other values.

    >>> table = pd.DataFrame({"age": [30, 60] * 3, "gave": [0, 1, 0, 1, 0, None]})
    >>> score_table(table, outcome="gave").notes[-1]  # doctest: +NORMALIZE_WHITESPACE
    'Of 5 labelled rows 2 have the outcome and 3 do not. At least 20 of each are needed to learn
    and to judge scores.'
    """
    labels = read_labels(table, outcome, unit, seed)
    asked = [name for name in table.columns if name not in (outcome, unit)] \
        if columns is None else list(dict.fromkeys(columns))
    fields, notes = read_fields(table, asked, labels.is_labelled)
    rows = pd.DataFrame({
        "outcome": labels.outcome, "is_labelled": labels.is_labelled,
        "fold": pd.array(labels.fold, "Int64"), "score_probability": np.nan,
        "reason_names": ""}, index=table.index)
    rows["fold"] = rows["fold"].where(labels.is_labelled)
    empty = TableScores(rows, notes=notes)
    if labels.why_not:
        return replace(empty, notes=(*notes, labels.why_not))
    if not fields:
        return _share_alone(empty, labels)
    with one_thread():
        return _scored(empty, fields, values_of(fields, table), labels)


def learn_unseen(fields: tuple[Field, ...], labelled: Rows, fold: np.ndarray) -> Unseen:
    """Return what models of the other folds say of each fold."""
    both, models = np.zeros((len(fold), 2)), {}
    for out, settings in choose_apart(fields, labelled, fold).items():
        models[out] = fit_models(fields, labelled.part(fold != out), settings)
        both[fold == out] = models[out].log_odds(rows_of(labelled.values, fold == out))
    blends = {out: fit_blend(both[fold != out], labelled.outcome[fold != out]) for out in models}
    return Unseen(both, models, blends)


def _scored(
    empty: TableScores, fields: tuple[Field, ...], values: list[np.ndarray], labels: Labels
) -> TableScores:
    at = np.flatnonzero(labels.is_labelled)
    labelled = Rows(rows_of(values, at), labels.outcome[at], labels.unit[at])
    fold = labels.fold[at]
    unseen = learn_unseen(fields, labelled, fold)
    whole = fit_blend(unseen.both, labelled.outcome)
    n = len(labels.outcome)
    chance, reasons = np.full(n, np.nan), np.full(n, "", dtype="object")
    for out, models in unseen.models.items():
        inside = at[fold == out]
        learned = Learned(fields, models, unseen.blends[out])
        chance[inside], reasons[inside] = learned.scored(rows_of(values, inside))
    others = np.flatnonzero(~labels.is_labelled)
    if len(others):
        learned = Learned(fields, fit_models(fields, labelled), whole)
        chance[others], reasons[others] = learned.scored(rows_of(values, others))
    leaks = measures.leak_notes(fields, labelled.values, labelled.outcome, labelled.unit)
    return replace(
        empty, rows=empty.rows.assign(score_probability=chance, reason_names=reasons),
        measures=measures.measure(chance[at], labelled.outcome),
        calibration=measures.calibration_table(chance[at], labelled.outcome),
        candidates=_candidates(unseen, labelled.outcome, fold),
        chosen_name=whole.name, notes=(*empty.notes, *leaks))


def _candidates(unseen: Unseen, outcome: np.ndarray, fold: np.ndarray) -> pd.DataFrame:
    """Return one row a share of trees that was tried: how it did on rows that were not seen."""
    rows = []
    for share in SHARES_OF_TREES:
        chance = np.zeros(len(outcome))
        for out in unseen.models:
            is_out = fold == out
            blend = fit_blend(unseen.both[~is_out], outcome[~is_out], (share,))
            chance[is_out] = blend.probability(unseen.both[is_out])
        told = measures.measure(chance, outcome)
        loss = log_loss(logit(chance), outcome)
        rows.append((NAMES.get(share, "both"), share, loss, told["auc"], told["brier"]))
    return pd.DataFrame(rows, columns=list(CANDIDATE_COLUMNS))


def _share_alone(empty: TableScores, labels: Labels) -> TableScores:
    """Return the labelled rows' share of the outcome as everybody's score, and say so."""
    share = float(labels.outcome[labels.is_labelled].mean())
    return replace(empty, rows=empty.rows.assign(score_probability=share),
                   chosen_name="the share of all", notes=(*empty.notes, (
                       "No column tells anything, so every row has the share of the labelled "
                       "rows that have the outcome. This ranks nobody.")))
