"""Turnout learned from who voted at the last election of a kind, by what was known before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from workbench.voters.anytable import learn
from workbench.voters.anytable.blend import Blend, fit_blend
from workbench.voters.anytable.design import rows_of, values_of
from workbench.voters.anytable.fields import Field, read_fields
from workbench.voters.anytable.labelled import unit_numbers
from workbench.voters.anytable.reasons import contributions
from workbench.voters.scores.vote_history import (
    DID_NOT,
    NOT_ON_REGISTER,
    VOTED,
    VOTED_BY_POST,
    Election,
    home_column,
)

FEWEST_LABELS = 200  # electors who voted, and who did not
N_FOLDS = 3
MOST_BACK = 4        # elections of a kind, the newest first
# Which reason each column belongs to; those of past votes are the habit.
GROUPS = {
    "voting_years": "age", "elections_of_age": "age", "sex_code": "sex", "party_code": "party",
    "tenure_code": "tenure", "income_band": "income", "type_code": "type",
    "is_postal": "registration", "log_years_registered": "registration",
    "region_code": "region", "seat_lean": "place", "area_lean": "place", "n_others": "home",
}
OF_THE_DAY = {"voting_years": "of_age_date", "log_years_registered": "registration_date"}
STANDING = tuple(name for name in GROUPS if name not in OF_THE_DAY)
MOST_COUNTED = 3     # elections since somebody came of age; more count as so many
DAYS_A_YEAR = 365.25
HABIT = "habit"


@dataclass(frozen=True)
class Before:
    """What lies before an election on ``day``: its kind, and the elections in order.

    ``n_kind`` of the newest of its kind and ``n_other`` of others are columns of their own: as
    many as lie before the election that is learned from.
    """

    day: dt.date
    elections: tuple[Election, ...]
    kind: str
    n_kind: int
    n_other: int

    def by_kind(self) -> dict[str, list[Election]]:
        """Return the elections that are columns, newest first, by kind; no kind is empty."""
        kin = [one for one in self.elections[::-1] if one.kind == self.kind][:self.n_kind]
        others = [one for one in self.elections[::-1] if one.kind != self.kind][:self.n_other]
        return {name: some for name, some in (("kind", kin), ("other", others)) if some}


@dataclass(frozen=True)
class Labelled:
    """A fitted model of the votes at ``election``, for those of the election to come.

    ``habit_mean`` is the mean of what the habit of voting says before the election to come: what
    counts is how far a person is from it.
    """

    election: Election
    fields: tuple[Field, ...]
    models: learn.Models
    blend: Blend
    coming: Before
    habit_mean: float = 0.0

    def values(self, people: pd.DataFrame, habit: np.ndarray) -> list[np.ndarray]:
        """Return the columns of ``people`` before the election to come; ``habit`` is theirs."""
        return values_of(self.fields, columns_before(
            people, self.coming, habit - self.habit_mean))

    def log_odds(self, values: list[np.ndarray]) -> np.ndarray:
        """Return the log-odds to vote, were ``election`` held again."""
        return np.asarray(logit(self.blend.probability(self.models.log_odds(values))))

    def parts(self, values: list[np.ndarray]) -> dict[str, np.ndarray]:
        """Return what each group of facts adds to the log-odds."""
        moved = contributions(self.models, self.blend, values)
        groups = np.array([group_of(field.name) for field in self.fields])
        return {str(group): moved[:, groups == group].sum(axis=1)
                for group in dict.fromkeys(groups.tolist())}

    @property
    def key(self) -> list[Any]:
        """Numbers that are others where the fit is another."""
        return [np.round(self.models.lines.coefficients, 5).tolist(), self.blend.trees_share,
                round(self.blend.level, 5), round(self.blend.slope, 5)]


def columns_before(people: pd.DataFrame, before: Before, habit: np.ndarray) -> pd.DataFrame:
    """Return a row a person, what is known of them before an election.

    Votes go by kind, and not by how many elections ago: who votes at a local election is not
    who votes at a national one. ``kind_1`` is 1 for a vote at the last election of the kind, 0
    for none, missing for who could not vote; ``kind_2`` at the one before; ``other_1`` at the
    last of another kind. At most ``n_kind`` and ``n_other`` of each are taken. Years since they
    came of age and registered are those by the day, ``elections_of_age`` counts all of before.
    """
    columns: dict[str, Any] = {name: people[name] for name in STANDING if name in people}
    since = {name: years_since(people[date], before.day) for name, date in OF_THE_DAY.items()}
    columns |= since | {"log_years_registered": np.log1p(since["log_years_registered"])}
    columns |= {"elections_of_age": elections_of_age(people, before), "habit": habit}
    for name, elections in before.by_kind().items():
        votes = [vote(people, one) for one in elections]
        homes = [people[home_column(one)].to_numpy(dtype="float64", na_value=np.nan)
                 for one in elections]
        columns |= {f"{name}_{i + 1}": one for i, one in enumerate(votes)}
        columns |= {f"{name}_share": mean_known(votes), f"home_{name}_1": homes[0],
                    f"home_{name}_share": mean_known(homes),
                    f"{name}_post_share": mean_known([
                        1.0 * (people[one.column] == VOTED_BY_POST).to_numpy()
                        for one in elections])}
    return pd.DataFrame(columns)


def fit_labelled(
    people: pd.DataFrame, election: Election, before: Before, habit: np.ndarray
) -> Labelled | None:
    """Return the model of who voted at ``election``, of those who could; None for too few.

    ``habit`` is what a model of the elections before it says of each person: log-odds beside
    their mean.
    """
    could = (people[election.column] >= DID_NOT).to_numpy()
    outcome = (people[election.column][could] >= VOTED).to_numpy(dtype="float64")
    if min(outcome.sum(), len(outcome) - outcome.sum()) < FEWEST_LABELS:
        return None
    there = people[could].reset_index(drop=True)
    table = columns_before(there, before, habit[could])
    fields, _ = read_fields(table, list(table.columns), np.ones(len(table), dtype=bool))
    rows = learn.Rows(values_of(fields, table), outcome, unit_numbers(there, "household_id", 1))
    settings = learn.choose_settings(fields, rows)
    both, fold = np.zeros((len(outcome), 2)), rows.unit % N_FOLDS
    for out in range(N_FOLDS):
        models = learn.fit_models(fields, rows.part(fold != out), settings)
        both[fold == out] = models.log_odds(rows_of(rows.values, fold == out))
    models = learn.fit_models(fields, rows, settings)
    return Labelled(election, fields, models, fit_blend(both, outcome), before)


def before_and_coming(
    elections: Sequence[Election], election: Election, coming_day: dt.date
) -> tuple[Before, Before]:
    """Return what lies before an election, and before the one to come, in columns alike."""
    then = tuple(one for one in elections if one.date < election.date)
    n_kind = sum(one.kind == election.kind for one in then)
    sizes = min(n_kind, MOST_BACK), min(len(then) - n_kind, MOST_BACK)
    return (Before(election.date, then, election.kind, *sizes),
            Before(coming_day, tuple(elections), election.kind, *sizes))


def years_since(dates: pd.Series, day: dt.date) -> np.ndarray:
    """Return years from each date to a day, at least 0; NaN where there is no date.

    >>> years_since(pd.Series(["2020-01-01", None]), dt.date(2024, 1, 1)).tolist()
    [4.0, nan]
    """
    days = (pd.Timestamp(day) - pd.to_datetime(dates)).dt.days.to_numpy(dtype="float64")
    return np.asarray(np.maximum(days, 0) / DAYS_A_YEAR)


def elections_of_age(people: pd.DataFrame, before: Before) -> pd.Series:
    """Return how many elections on file each was of age for, in words; missing where unknown.

    Whoever can vote for the first time is not like those who have stayed at home a few times.
    """
    of_age = pd.to_datetime(people["of_age_date"])
    days = pd.to_datetime([one.date for one in before.elections]).to_numpy()
    n = pd.Series((of_age.to_numpy()[:, None] <= days).sum(axis=1), index=people.index)
    most = min(MOST_COUNTED, before.n_kind + before.n_other)
    return (n.clip(upper=most).astype("str") + " elections").where(of_age.notna())


def group_of(column: str) -> str:
    """Return the reason that a column belongs to.

    >>> group_of("home_kind_1"), group_of("kind_1"), group_of("sex_code")
    ('home', 'habit', 'sex')
    """
    return "home" if column.startswith("home_") else GROUPS.get(column, HABIT)


def vote(people: pd.DataFrame, election: Election) -> np.ndarray:
    """Return 1 for a vote, 0 for none, NaN for who could not vote."""
    marks = people[election.column].to_numpy()
    return np.where(marks == NOT_ON_REGISTER, np.nan, (marks >= VOTED) * 1.0)


def mean_known(columns: list[np.ndarray]) -> np.ndarray:
    """Return the mean of what is known in each row, NaN where nothing is.

    >>> mean_known([np.array([1.0, np.nan]), np.array([0.0, np.nan])]).tolist()
    [0.5, nan]
    """
    values = np.column_stack(columns)
    n = (~np.isnan(values)).sum(axis=1)
    return np.asarray(np.where(n > 0, np.nansum(values, axis=1) / np.maximum(n, 1), np.nan))
