"""Learn turnout from past elections, set its level, and judge it on an election it did not see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.settings import Scores
from workbench.voters.scores import calibrate, level, turnout_model
from workbench.voters.scores.labelled_turnout import Labelled, before_and_coming, fit_labelled
from workbench.voters.scores.learn import Judged, judge
from workbench.voters.scores.vote_history import DID_NOT, VOTED, Election

WIDEST_LEVEL, LEVEL_ROUNDS = 4.0, 20  # log-odds about the like elections' level; halvings
LESS_SURE = 2.0  # times as wide a range where no votes of that kind taught the scores
LEAST_PROBABILITY = calibrate.LEAST_PROBABILITY
VOTES, HABIT_ALONE = "votes", "habit"  # what turnout was learned from


@dataclass(frozen=True)
class Told:
    """What is told of a batch: log-odds at level 0, what their past tells of their habit.

    ``values`` are the columns of the labelled model, where there is one.
    """

    own: np.ndarray
    log_share: np.ndarray
    values: list[np.ndarray] = field(default_factory=list)


@dataclass(frozen=True)
class Last:
    """The columns of elections, and the places of those whose level stands for the kind."""

    columns: tuple[str, ...]
    at: tuple[int, ...]


@dataclass(frozen=True)
class Turnout:
    """A fitted turnout model: the level and the loading of the election to come, and how right.

    ``last`` are the elections whose marks tell of a person's habit. ``labelled`` is the model of
    the votes at the last election of the kind; where it is there, scores come from it. ``level``
    is that of the coming election, in log-odds beside that election or of the habit model:
    either way as many vote as the habit model expects at the level of the like elections.
    ``levels`` are the shares of the electors who would vote at the level of each of these,
    ``range_shares`` the ends of what they let expect.
    """

    habit: turnout_model.Habit
    last: Last
    middle: np.ndarray
    level: float
    loading: float
    judged: Judged | None = None
    levels: Mapping[str, float] = field(default_factory=dict)
    range_shares: tuple[float, float] = (0.0, 1.0)
    labelled: Labelled | None = None

    @property
    def learned_from(self) -> str:
        """Whether votes of that kind taught the scores, or the habit of voting alone."""
        return HABIT_ALONE if self.labelled is None else VOTES

    def told(self, matrix: np.ndarray, people: pd.DataFrame) -> Told:
        """Return what is told of people with these rows of standing columns."""
        own, log_share, habit = habit_of(self.habit, matrix, people, self.last)
        if self.labelled is None:
            return Told(own, log_share)
        values = self.labelled.values(people, habit)
        return Told(self.labelled.log_odds(values), log_share, values)

    def probabilities(self, told: Told) -> np.ndarray:
        """Return the chances to vote at the election to come."""
        if self.labelled is None:
            chance = turnout_model.probabilities(
                told.log_share, told.own, level=self.level, loading=self.loading)
        else:
            chance = expit(told.own + self.level)
        return np.clip(chance, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)

    def interval(self, told: Told, inside_share: float) -> tuple[np.ndarray, np.ndarray]:
        """Return between which chances the person's own habit lies, at the level taken."""
        if self.labelled is None:
            return turnout_model.interval(told.log_share, told.own, level=self.level,
                                          loading=self.loading, inside_share=inside_share)
        side = self.loading * turnout_model.reach(told.log_share, inside_share)
        middle = told.own + self.level
        return expit(middle - side), expit(middle + side)


def habit_of(
    habit: turnout_model.Habit, matrix: np.ndarray, people: pd.DataFrame, last: Last
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log-odds at level 0, what the past tells, and both at the level of ``last``."""
    own = matrix @ habit.coefficients.astype(np.float32)
    told = turnout_model.posterior(habit, own, people[list(last.columns)].to_numpy())
    effect = np.exp(told.log_share) @ turnout_model.NODES
    return own, told.log_share, (own + float(habit.levels[list(last.at)].mean())
                                 + float(habit.loadings[list(last.at)].mean()) * effect)


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
    is_kind_known = not scores.like_election_names or any(
        e.name in scores.like_election_names for e in usable)
    past = Past(people, matrix, usable, is_kind_known)
    turnout = replace(_fitted(past, like), judged=_back_test(past, like))
    told = turnout.told(matrix, people)
    turnout = _with_levels(turnout, told, usable, like, scores.interval_share)
    return _at_share(turnout, told, scores.turnout_expected_share)


@dataclass(frozen=True)
class Past:
    """What turnout is learned from: people, their standing columns, elections in order.

    ``is_kind_known``: an election of the kind that comes is among them.
    """

    people: pd.DataFrame
    matrix: np.ndarray
    elections: tuple[Election, ...]
    is_kind_known: bool = True

    def until(self, day: dt.date) -> Past:
        """Return the past as it was before a day."""
        return replace(self, elections=tuple(e for e in self.elections if e.date < day))

    def habit(self) -> turnout_model.Habit:
        """Return the fitted habit of voting."""
        return turnout_model.fit_habit(self.matrix, self.people[list(self.columns)].to_numpy())

    def of_kind(self, kind: str) -> Last:
        """Return the columns, and the place of the last election of a kind; of all for none."""
        at = [i for i, one in enumerate(self.elections) if one.kind == kind]
        return Last(self.columns, tuple(at[-1:]) or tuple(range(len(self.elections))))

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of each election."""
        return tuple(e.column for e in self.elections)


def like_elections(elections: tuple[Election, ...], scores: Scores) -> tuple[Election, ...]:
    """Return the elections that the coming one is like: those named, else the last one's kind."""
    named = tuple(e for e in elections if e.name in scores.like_election_names)
    return named or tuple(e for e in elections if e.kind in {last.kind for last in elections[-1:]})


def _has_both(marks: pd.Series) -> bool:
    return bool((marks == DID_NOT).any() and (marks >= VOTED).any())


def _fitted(past: Past, like: tuple[Election, ...]) -> Turnout:
    habit = past.habit()
    at = [past.elections.index(e) for e in like]
    taken = float(habit.levels[at].mean())
    turnout = Turnout(habit, past.of_kind(like[-1].kind), past.matrix.mean(axis=0), taken,
                      float(habit.loadings[at].mean()))
    labelled = _labelled(past, habit, like[-1].kind) if past.is_kind_known else None
    if labelled is None:
        return turnout
    share = _share_at(turnout, turnout.told(past.matrix, past.people), taken)
    turnout = replace(turnout, labelled=labelled, level=0.0)
    return _at_share(turnout, turnout.told(past.matrix, past.people), share)


def _labelled(past: Past, fitted: turnout_model.Habit, kind: str) -> Labelled | None:
    """Return the model of votes at the last election of the kind; None with nothing before it."""
    last = [e for e in past.elections if e.kind == kind][-1]
    then = past.until(last.date)
    if not then.elections:
        return None
    before, coming = before_and_coming(past.elections, last)
    _, _, habit = habit_of(then.habit(), past.matrix, past.people, then.of_kind(kind))
    found = fit_labelled(past.people, last, before, habit - habit.mean())
    if found is None:
        return None
    _, _, today = habit_of(fitted, past.matrix, past.people, past.of_kind(kind))
    return replace(found, coming=coming, habit_mean=float(today.mean()))


def _back_test(past: Past, like: tuple[Election, ...]) -> Judged | None:
    """Predict the last election of the kind from those before it; None where none was before.

    It judges and corrects nothing: the model that scores has seen that election itself, and
    what regions or ages did at one election beside the others is no promise for the next.
    """
    kind = [e for e in past.elections if e.kind == like[-1].kind]
    then = past.until(kind[-1].date)
    if not then.elections:
        return None
    turnout = _fitted(replace(then, is_kind_known=len(kind) > 1),
                      tuple(kind[:-1]) or then.elections)
    marks = past.people[kind[-1].column].to_numpy()
    was_on = marks >= DID_NOT
    there = past.people[was_on]
    chance = turnout.probabilities(turnout.told(past.matrix[was_on], there))
    outcome, ones = (marks[was_on] >= VOTED).astype("float64"), np.ones(len(there))
    return judge(chance, outcome, there, ones, kind[-1].name)


def _with_levels(
    turnout: Turnout, told: Told, elections: tuple[Election, ...], like: tuple[Election, ...],
    inside_share: float,
) -> Turnout:
    """Note what each like election's level would give, and how far the next may lie off."""
    levels = turnout.habit.levels
    reach = level.reach(elections, levels, inside_share)
    reach *= LESS_SURE if turnout.labelled is None else 1.0
    low, high = (_share_at(turnout, told, turnout.level + side) for side in (-reach, reach))
    at = [float(levels[elections.index(e)]) for e in like]
    shares = {e.name: _share_at(turnout, told, turnout.level + one - float(np.mean(at)))
              for e, one in zip(like, at, strict=True)}
    return replace(turnout, levels=shares, range_shares=(low, high))


def _at_share(turnout: Turnout, told: Told, expected_share: float) -> Turnout:
    """Set the level at which so many of the electors vote; with 0, leave it as it is."""
    if expected_share <= 0:
        return turnout
    low, high = turnout.level - WIDEST_LEVEL, turnout.level + WIDEST_LEVEL
    for _ in range(LEVEL_ROUNDS):
        middle = (low + high) / 2
        is_under = _share_at(turnout, told, middle) < expected_share
        low, high = (middle, high) if is_under else (low, middle)
    return replace(turnout, level=(low + high) / 2)


def _share_at(turnout: Turnout, told: Told, at_level: float) -> float:
    return float(replace(turnout, level=at_level).probabilities(told).mean())
