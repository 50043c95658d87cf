"""From what is known of electors to the columns of a model, each of a group that has a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

AGE_KNOTS_YEARS = (25, 35, 50, 65, 80)
AGE_CENTRE_YEARS, AGE_SCALE_YEARS = 48, 10
INCOME_CENTRE, INCOME_SCALE = 4.0, 2.0
LEVEL_SCALE = 0.7           # prior standard deviation of a level's log-odds, in ridge units
FEWEST_OF_A_LEVEL = 30      # people; rarer levels share one column
MISSING, RARE = "not known", "another"


@dataclass(frozen=True)
class Group:
    """One group of columns: its key, and what makes them of a frame of features.

    ``levels`` names the column of codes whose levels become a column each; ``make`` gives the
    others. A reason for a score is told of a whole group.
    """

    name: str
    make: Callable[[pd.DataFrame], dict[str, np.ndarray]] | None = None
    levels: str = ""


@dataclass(frozen=True)
class Design:
    """The columns that both scores are made of, fixed by the people they were fitted on.

    ``levels`` are the levels of each column of codes that have a column of their own.
    """

    groups: tuple[Group, ...]
    levels: Mapping[str, tuple[str, ...]]

    def matrix(self, people: pd.DataFrame) -> np.ndarray:
        """Return a row a person, a column of the model; nothing in it is missing."""
        return np.concatenate([self._block(group, people) for group in self.groups], axis=1)

    @property
    def group_of_column(self) -> np.ndarray:
        """The name of its group, for each column."""
        none = pd.DataFrame({name: np.zeros(0) for name in NUMBERS}
                            | {name: pd.Series([], dtype="object") for name in LEVELS})
        return np.repeat([group.name for group in self.groups],
                         [self._block(group, none).shape[1] for group in self.groups])

    def _block(self, group: Group, people: pd.DataFrame) -> np.ndarray:
        if not group.levels:
            assert group.make is not None
            return np.stack(list(group.make(people).values()), axis=1).astype(np.float32)
        own = (*self.levels[group.levels], RARE)
        codes = people[group.levels].astype("category")
        of_category = pd.Index(own).get_indexer(codes.cat.categories.astype("object"))
        missing = own.index(MISSING) if MISSING in own else len(own) - 1
        at = np.append(of_category, missing)[codes.cat.codes.to_numpy()]
        block = np.zeros((len(people), len(own)), dtype=np.float32)
        block[np.arange(len(people)), np.where(at < 0, len(own) - 1, at)] = LEVEL_SCALE
        return block


def fit_design(people: pd.DataFrame) -> Design:
    """Return the design of all groups with the levels that ``people`` have often enough."""
    levels = {}
    for name in LEVELS:
        counts = people[name].astype("object").fillna(MISSING).value_counts()
        levels[name] = tuple(sorted(counts.index[counts >= FEWEST_OF_A_LEVEL].astype("str")))
    return Design((*STANDING, *CANVASS), levels)


def age_columns(people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return a line that may bend at AGE_KNOTS_YEARS; an unknown age is the middle, and said."""
    age = people["age_years"].to_numpy(dtype="float64", na_value=np.nan)
    known = np.nan_to_num(age, nan=AGE_CENTRE_YEARS)
    columns = {"age": (known - AGE_CENTRE_YEARS) / AGE_SCALE_YEARS}
    for knot in AGE_KNOTS_YEARS:
        columns[f"age_over_{knot}"] = np.maximum(known - knot, 0) / AGE_SCALE_YEARS
    return {**columns, "age_not_known": np.isnan(age) * 1.0}


def income_columns(people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the income band about its middle, and whether it is not known."""
    band = people["income_band"].to_numpy(dtype="float64", na_value=np.nan)
    return {"income": np.nan_to_num((band - INCOME_CENTRE) / INCOME_SCALE),
            "income_not_known": np.isnan(band) * 1.0}


def registered_columns(people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return how long they have been registered, and whether they vote by post."""
    years = people["log_years_registered"].to_numpy(dtype="float64", na_value=np.nan)
    return {"years": np.nan_to_num(years - 2.0), "years_not_known": np.isnan(years) * 1.0,
            "is_postal": people["is_postal"].to_numpy(dtype="float64", na_value=0.0)}


def lean_columns(people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the log-odds of our share at the last result, of the seat and of the area in it."""
    seat = people["seat_lean"].to_numpy(dtype="float64", na_value=np.nan)
    area = people["area_lean"].to_numpy(dtype="float64", na_value=np.nan)
    return {"seat_lean": np.nan_to_num(seat), "area_lean": np.nan_to_num(area - seat),
            "lean_not_known": np.isnan(seat) * 1.0}


def id_columns(people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the ID about its middle, how fresh and how often given, and the attempts."""
    position = people["position_mean"].to_numpy(dtype="float64", na_value=np.nan)
    fresh = np.nan_to_num(people["freshness"].to_numpy(dtype="float64", na_value=np.nan))
    has_id, side = ~np.isnan(position) * 1.0, np.nan_to_num(2 * (position - 0.5))
    again = np.log(np.maximum(people["n_ids"].to_numpy(dtype="float64"), 1))
    attempts = people["n_attempts"].to_numpy(dtype="float64")
    return {
        "id_side": 2 * side, "id_fresh": side * fresh, "id_again": side * again,
        "id_sure": side * np.abs(side), "has_id": has_id,
        "is_tried": (attempts > 0) * 1.0, "attempts": np.log1p(attempts),
        "refused": np.minimum(people["n_refused"].to_numpy(dtype="float64"), 2),
    }


def home_columns(people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return what others of the home told canvassers."""
    position = people["home_position"].to_numpy(dtype="float64", na_value=np.nan)
    return {"home_side": np.nan_to_num(2 * (position - 0.5)),
            "home_has_id": ~np.isnan(position) * 1.0}


def tie_columns(people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return whether they gave money, their number or their account."""
    return {name: people[name].to_numpy(dtype="float64")
            for name in ("has_given", "has_mobile", "has_account")}


NUMBERS = ("age_years", "income_band", "log_years_registered", "is_postal", "seat_lean",
           "area_lean", "position_mean", "freshness", "n_ids", "n_attempts", "n_refused",
           "home_position", "has_given", "has_mobile", "has_account")
LEVELS = ("sex_code", "party_code", "tenure_code", "type_code", "region_code")
# What they are and where they live: known before any election that a score is learned from.
STANDING = (
    Group("age", age_columns), Group("sex", levels="sex_code"),
    Group("party", levels="party_code"), Group("tenure", levels="tenure_code"),
    Group("income", income_columns), Group("type", levels="type_code"),
    Group("registration", registered_columns), Group("region", levels="region_code"),
    Group("place", lean_columns),
)
CANVASS = (Group("voter_id", id_columns), Group("home", home_columns), Group("ties", tie_columns))
