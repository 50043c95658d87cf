"""Score a batch of people with the fitted models: chances, their intervals, the reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import expit
from scipy.stats import norm

from workbench.tables.results import SCORES
from workbench.voters.scores import reasons, support, turnout_model
from workbench.voters.scores.design import STANDING, Design
from workbench.voters.scores.learn_turnout import Turnout

N_DIGITS = 4
SUPPORT, TURNOUT, PERSUASION = "support", "turnout", "persuasion"
MEANINGS = {
    SUPPORT: "The chance that the person votes for us, if they vote.",
    TURNOUT: "The chance that the person votes on the coming polling day.",
    PERSUASION: "How much likelier the person is to vote for us if asked; only a randomised test "
                "can tell, and none was analysed yet.",
}
NOT_SCORED = {
    SUPPORT: " Not scored: neither polls nor voter IDs are of two kinds.",
    TURNOUT: " Not scored: no election on file has both voters and others.",
}


@dataclass(frozen=True)
class Models:
    """All that is needed to score anybody; a model is missing where nothing could be learned."""

    design: Design
    support: support.Support | None
    turnout: Turnout | None
    key: str
    interval_share: float


@dataclass(frozen=True)
class Scored:
    """One score of a batch: chances, their intervals, and the reasons, a row a person."""

    code: str
    probability: np.ndarray
    low: np.ndarray
    high: np.ndarray
    reason_names: pa.Array
    is_scored: bool = True


def score_people(models: Models, people: pd.DataFrame) -> tuple[Scored, ...]:
    """Return the three scores of ``people``, features as in the database."""
    matrix, groups = models.design.matrix(people), models.design.group_of_column
    none = _empty(people)
    is_standing = np.isin(groups, [group.name for group in STANDING])
    backing = (none(SUPPORT) if models.support is None
               else _support(models, models.support, matrix, people))
    voting = (none(TURNOUT) if models.turnout is None
              else _turnout(models, models.turnout, matrix[:, is_standing],
                            people, groups[is_standing]))
    return backing, voting, none(PERSUASION)


def score_rows(models: Models, people: pd.DataFrame, scored: tuple[Scored, ...]) -> pa.Table:
    """Return rows of SCORES, three a person, in the order of their keys."""
    ordered = sorted(scored, key=lambda one: one.code)
    n, n_codes = len(people), len(ordered)
    places = pa.array(np.arange(n * n_codes).reshape(n_codes, n).T.ravel())
    tables = [pa.table({
        "person_id": pa.array(people["person_id"], pa.string()),
        "score_code": _repeated(one.code, n),
        "score_probability": _numbers(one.probability), "probability_low": _numbers(one.low),
        "probability_high": _numbers(one.high), "meaning_name": _repeated(_meaning(one), n),
        "reason_names": one.reason_names, "model_key": _repeated(models.key, n),
    }) for one in ordered]
    return pa.concat_tables(tables).take(places).select(list(SCORES.column_names)).cast(
        SCORES.schema())


def _support(
    models: Models, model: support.Support, matrix: np.ndarray, people: pd.DataFrame
) -> Scored:
    columns = model.columns(matrix, people)
    log_odds = model.log_odds(columns, people)
    spread = np.sqrt((((columns - model.middle.astype(np.float32)) @ model.root) ** 2).sum(axis=1))
    reach = float(norm.ppf((1 + models.interval_share) / 2)) * spread
    parts = _support_parts(model, matrix, columns)
    return Scored(SUPPORT, expit(log_odds), expit(log_odds - reach), expit(log_odds + reach),
                  reasons.reason_texts(parts, reasons.SUPPORT_WORDS))


def _support_parts(
    model: support.Support, matrix: np.ndarray, columns: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what each group adds; what people like them told is laid to what they are like."""
    like = support.is_like(model.groups)
    own = model.groups[like] if model.kind == support.IDS else model.groups
    parts = reasons.contributions(
        columns[:, :len(own)], model.coefficients[:len(own)], model.middle[:len(own)], own)
    if model.told is None:
        return parts
    share = support.TOLD_SCALE * float(model.coefficients[len(own)]) / model.told.spread
    told = reasons.contributions(matrix[:, like], share * model.told.coefficients,
                                 model.middle[:len(own)][like], model.groups[like])
    return {name: part + told.get(name, 0) for name, part in parts.items()}


def _turnout(
    models: Models, model: Turnout, matrix: np.ndarray, people: pd.DataFrame, groups: np.ndarray
) -> Scored:
    told = model.told(matrix, people)
    chance = model.probabilities(told)
    low, high = model.interval(told, models.interval_share)
    if model.labelled is not None:
        parts = model.labelled.parts(told.values)
    else:
        parts = reasons.contributions(matrix, model.habit.coefficients, model.middle, groups)
        parts["habit"] = (np.exp(told.log_share) @ turnout_model.NODES) * model.loading
    return Scored(TURNOUT, chance, np.minimum(low, chance), np.maximum(high, chance),
                  reasons.reason_texts(parts, reasons.TURNOUT_WORDS))


def _empty(people: pd.DataFrame):  # type: ignore[no-untyped-def]
    nothing = np.full(len(people), np.nan)

    def empty(code: str) -> Scored:
        return Scored(code, nothing, nothing, nothing, pa.nulls(len(people), pa.string()),
                      is_scored=False)

    return empty


def _meaning(one: Scored) -> str:
    return MEANINGS[one.code] + ("" if one.is_scored else NOT_SCORED.get(one.code, ""))


def _numbers(values: np.ndarray) -> pa.Array:
    return pa.array(np.round(values.astype("float64"), N_DIGITS), from_pandas=True)


def _repeated(text: str, n: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), n)
