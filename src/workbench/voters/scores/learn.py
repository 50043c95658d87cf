"""Learn both scores from a sample of electors, and judge them on what they did not see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.settings import Scores
from workbench.voters.scores import answers, calibrate, level, support, turnout_model
from workbench.voters.scores.design import Design
from workbench.voters.scores.vote_history import DID_NOT, VOTED, Election

if TYPE_CHECKING:
    import duckdb

N_FOLDS = 5
WIDEST_LEVEL, LEVEL_ROUNDS = 4.0, 20  # log-odds about the like elections' level; halvings
LEAST_PROBABILITY = calibrate.LEAST_PROBABILITY


@dataclass(frozen=True)
class Judged:
    """How a score did on outcomes that its model had not seen, in words and figures."""

    on_what: str
    bins: pd.DataFrame
    groups: pd.DataFrame
    skill: dict[str, float]
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Turnout:
    """A fitted turnout model: the level and the loading of the election to come, and how right.

    ``columns`` are the elections whose marks tell of a person's habit. ``levels`` are the shares
    of the electors who would vote at the level of each like election, ``range_shares`` the ends
    of what they let expect.
    """

    habit: turnout_model.Habit
    columns: tuple[str, ...]
    middle: np.ndarray
    level: float
    loading: float
    judged: Judged | None = None
    levels: Mapping[str, float] = field(default_factory=dict)
    range_shares: tuple[float, float] = (0.0, 1.0)

    def told(self, matrix: np.ndarray, people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return log-odds at level 0 of rows of standing columns, and what their past tells."""
        own = matrix @ self.habit.coefficients.astype(np.float32)
        marks = people[list(self.columns)].to_numpy()
        return own, turnout_model.posterior(self.habit, own, marks).log_share

    def probabilities(self, own: np.ndarray, log_share: np.ndarray) -> np.ndarray:
        """Return the chances to vote at the election to come."""
        chance = turnout_model.probabilities(
            log_share, own, level=self.level, loading=self.loading)
        return np.clip(chance, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)


def sample_people(
    connection: duckdb.DuckDBPyConnection, n_people: int, seed: int
) -> pd.DataFrame:
    """Return features of about ``n_people`` electors, whole households, drawn by a hash."""
    return connection.execute(
        "SELECT * FROM feature WHERE household_id IN (SELECT household_id FROM feature "
        "GROUP BY household_id ORDER BY md5(household_id || $seed) LIMIT "
        "(SELECT ceil($n * count(DISTINCT household_id) / greatest(count(*), 1))::BIGINT "
        "FROM feature)) "
        "ORDER BY person_id", {"n": n_people, "seed": f"|{seed}"}).df()


def learn_turnout(
    people: pd.DataFrame, matrix: np.ndarray, elections: tuple[Election, ...], scores: Scores
) -> Turnout | None:
    """Return the turnout model; None where no election has both voters and others.

    ``matrix`` has the standing columns of ``people``. The election to come is taken to be like
    ``like_election_names``; its level is theirs, or such that ``turnout_expected_share`` of the
    electors vote.
    """
    usable = tuple(e for e in elections if _has_both(people[e.column]))
    if not usable:
        return None
    like = like_elections(usable, scores)
    turnout = replace(_fitted(people, matrix, usable, like),
                      judged=_back_test(people, matrix, usable, like))
    told = turnout.told(matrix, people)
    turnout = _with_levels(turnout, told, usable, like, scores.interval_share)
    return _at_share(turnout, told, scores.turnout_expected_share)


def like_elections(elections: tuple[Election, ...], scores: Scores) -> tuple[Election, ...]:
    """Return the elections that the coming one is like: those named, else the last one's kind."""
    named = tuple(e for e in elections if e.name in scores.like_election_names)
    return named or tuple(e for e in elections if e.kind == elections[-1].kind)


def learn_support(
    people: pd.DataFrame, answered: pd.DataFrame, weights: np.ndarray, design: Design
) -> tuple[support.Support, Judged]:
    """Return the support model and how it did on households and on a wave that it did not see.

    ``people`` is the sample with its IDs; ``answered`` has a row an answer with features and
    ``is_ours``, ``weights`` one weight each.
    """
    groups = design.group_of_column
    told = support.fit_told(design.matrix(people), people, groups)
    columns = support.support_columns(design.matrix(answered), answered, groups, told)
    outcome = answered["is_ours"].to_numpy(dtype="float64")
    fold = support.fold_of(answered["household_id"], N_FOLDS)
    variance = support.choose_variance(columns, outcome, weights, fold)
    unseen = support.predict_unseen(columns, outcome, weights, fold, variance=variance)
    coefficients, intercept = support.fit_logistic(columns, outcome, weights, variance)
    root = support.covariance_root(
        columns, intercept + columns @ coefficients, weights, variance)
    model = support.Support(
        support.POLLS, groups, told, columns.mean(axis=0), coefficients, intercept, root,
        variance, calibrate.fit_correction(unseen, outcome, answered, weights))
    last = answered.sort_values(["interview_date", "wave_name"])["wave_name"].iloc[-1]
    later = _later_wave(columns, outcome, weights, (answered["wave_name"] == last).to_numpy(),
                        variance)
    judged = _judge(expit(unseen), outcome, answered, weights, "answers of households left out")
    return model, replace(judged, more=later)


def learn_support_from_ids(people: pd.DataFrame, design: Design) -> support.Support | None:
    """Return a support model of IDs alone, weighted to all; None where IDs are of one kind.

    For want of answers to polls: what is learned is what people tell canvassers.
    """
    groups, matrix = design.group_of_column, design.matrix(people)
    columns = matrix[:, support.is_like(groups)]
    has_id = people["position_mean"].notna().to_numpy()
    position = people["position_mean"].to_numpy(dtype="float64", na_value=np.nan)[has_id]
    is_decided = position != 0.5
    outcome = (position > 0.5).astype("float64")[is_decided]
    if len(np.unique(outcome)) < 2:
        return None
    weights = answers.response_weights(columns, has_id, 1.0)[is_decided]
    rows, homes = columns[has_id][is_decided], people["household_id"][has_id][is_decided]
    fold = support.fold_of(homes, N_FOLDS)
    variance = support.choose_variance(rows, outcome, weights, fold)
    coefficients, intercept = support.fit_logistic(rows, outcome, weights, variance)
    root = support.covariance_root(rows, intercept + rows @ coefficients, weights, variance)
    return support.Support(support.IDS, groups, None, rows.mean(axis=0), coefficients, intercept,
                           root, variance, calibrate.Correction())


def _has_both(marks: pd.Series) -> bool:
    return bool((marks == DID_NOT).any() and (marks >= VOTED).any())


def _fitted(
    people: pd.DataFrame, matrix: np.ndarray, elections: tuple[Election, ...],
    like: tuple[Election, ...],
) -> Turnout:
    columns = tuple(e.column for e in elections)
    fitted = turnout_model.fit_habit(matrix, people[list(columns)].to_numpy())
    at = [elections.index(e) for e in like]
    return Turnout(fitted, columns, matrix.mean(axis=0), float(fitted.levels[at].mean()),
                   float(fitted.loadings[at].mean()))


def _back_test(
    people: pd.DataFrame, matrix: np.ndarray, elections: tuple[Election, ...],
    like: tuple[Election, ...],
) -> Judged | None:
    """Predict the last election of the kind from those before it; None where none was before.

    It judges and corrects nothing: the model that scores has seen that election itself, and
    what regions or ages did at one election beside the others is no promise for the next.
    """
    kind = [e for e in elections if e.kind == like[-1].kind]
    before = tuple(e for e in elections if e.date < kind[-1].date)
    if not before:
        return None
    turnout = _fitted(people, matrix, before, tuple(kind[:-1]) or before)
    marks = people[kind[-1].column].to_numpy()
    was_on = marks >= DID_NOT
    there = people[was_on]
    chance = turnout.probabilities(*turnout.told(matrix[was_on], there))
    outcome, ones = (marks[was_on] >= VOTED).astype("float64"), np.ones(len(there))
    return _judge(chance, outcome, there, ones, kind[-1].name)


def _with_levels(
    turnout: Turnout, told: tuple[np.ndarray, np.ndarray], elections: tuple[Election, ...],
    like: tuple[Election, ...], inside_share: float,
) -> Turnout:
    """Note what each like election's level would give, and how far the next may lie off."""
    levels = turnout.habit.levels
    reach = level.reach(elections, levels, inside_share)
    low, high = (_share_at(turnout, told, turnout.level + side) for side in (-reach, reach))
    shares = {e.name: _share_at(turnout, told, float(levels[elections.index(e)])) for e in like}
    return replace(turnout, levels=shares, range_shares=(low, high))


def _at_share(
    turnout: Turnout, told: tuple[np.ndarray, np.ndarray], expected_share: float
) -> Turnout:
    """Set the level at which so many of the electors vote; with 0, leave it as it is."""
    if expected_share <= 0:
        return turnout
    low, high = turnout.level - WIDEST_LEVEL, turnout.level + WIDEST_LEVEL
    for _ in range(LEVEL_ROUNDS):
        middle = (low + high) / 2
        is_under = _share_at(turnout, told, middle) < expected_share
        low, high = (middle, high) if is_under else (low, middle)
    return replace(turnout, level=(low + high) / 2)


def _share_at(
    turnout: Turnout, told: tuple[np.ndarray, np.ndarray], at_level: float
) -> float:
    return float(replace(turnout, level=at_level).probabilities(*told).mean())


def _judge(
    chance: np.ndarray, outcome: np.ndarray, people: pd.DataFrame, weight: np.ndarray,
    on_what: str,
) -> Judged:
    return Judged(on_what, calibrate.reliability(chance, outcome, weight),
                  calibrate.by_group(chance, outcome, people, weight),
                  calibrate.skill(chance, outcome, weight))


def _later_wave(
    matrix: np.ndarray, outcome: np.ndarray, weight: np.ndarray, last: np.ndarray,
    variance: float,
) -> dict[str, Any]:
    """Return how a model of the earlier waves did on the last one; empty where there is one."""
    if last.all() or len(np.unique(outcome[last])) < 2:
        return {}
    coefficients, intercept = support.fit_logistic(
        matrix[~last], outcome[~last], weight[~last], variance)
    chance = expit(intercept + matrix[last] @ coefficients)
    bins = calibrate.reliability(chance, outcome[last], weight[last])
    return {"n_later": int(last.sum()), **calibrate.skill(chance, outcome[last], weight[last]),
            "calibration_error": calibrate.expected_calibration_error(bins)}
