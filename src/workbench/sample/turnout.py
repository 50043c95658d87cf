"""Who of the made-up people votes: habits that voting makes, homes that go together, occasions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.sample.facts import FACTS
from workbench.sample.people import DAYS_A_YEAR, Homes, People
from workbench.sample.places import Places
from workbench.sample.texts import logistic, picked, stream

# days before polling day, name, level in log-odds beside a national election
ELECTIONS = (
    (1820, "Local 2021", -2.7),
    (1456, "National 2022", 0.1),
    (1092, "Local 2023", -2.6),
    (910, "Primary 2024", -3.2),
    (728, "National 2024", 0.2),
    (364, "Local 2025", -2.6),
    (182, "Primary 2026", -3.2),
)
# Those before them, of which no file tells: they make the habits that the files begin with.
EARLIER = ((3640, 0.1), (3276, -2.6), (3094, -3.2), (2912, 0.1), (2548, -2.6), (2366, -3.2),
           (2184, 0.1))
NATIONAL_LEVEL = -1.0            # below it a vote is national
VOTING_AGE_YEARS = 18
HABIT_KEPT, FIRST_HABIT = 0.55, 0.35
AGE_SLOPE_ELSEWHERE = 0.018      # log-odds a year of age, at elections that are not national
OWN_SPREAD, HOME_SPREAD, PLACE_SPREAD = 0.7, 0.8, 0.25  # log-odds
OCCASION_SPREAD, SPREAD_ELSEWHERE = 1.0, 1.8            # of all of a home alike, log-odds
# Of a standard normal spread: nodes and weights of Gauss and Hermite.
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(9)


@dataclass(frozen=True)
class Turnout:
    """Who went to each of ELECTIONS (people x elections), and P(votes on the coming day)."""

    went: np.ndarray
    probability: np.ndarray


def make_turnout(people: People, standing: np.ndarray, *, polling_day: int, seed: int) -> Turnout:
    """Go through the elections in order, each making habits that the next one meets.

    A habit is the share of the elections of a lifetime at which somebody voted, the last ones
    counting most; under age they make none. A home goes together: some homes vote more at every
    election, and each occasion moves all of a home alike. ``standing``: as of standing_odds.
    """
    rng, n_homes = stream(seed, "turnout"), int(people.home[-1]) + 1
    habit = np.full(len(people), FIRST_HABIT)
    occasions = [*EARLIER, *((before, level) for before, _, level in ELECTIONS)]
    went = np.zeros((len(people), len(occasions)), dtype=bool)
    for i, (before, level) in enumerate(occasions):
        day = polling_day - before
        odds = standing + _of_the_day(people, habit, day, level)
        spread = OCCASION_SPREAD if level > NATIONAL_LEVEL else SPREAD_ELSEWHERE
        home = rng.normal(0, spread, n_homes)[people.home]
        is_of_age = people.birth_day <= day - VOTING_AGE_YEARS * DAYS_A_YEAR
        went[:, i] = is_of_age & picked(rng, logistic(odds + home), len(people))
        habit = np.where(is_of_age, HABIT_KEPT * habit + (1 - HABIT_KEPT) * went[:, i], habit)
    coming = standing + _of_the_day(people, habit, polling_day, 0.0)
    chance = sum(weight * logistic(coming + OCCASION_SPREAD * node)
                 for node, weight in zip(NODES, WEIGHTS / WEIGHTS.sum(), strict=True))
    return Turnout(went[:, len(EARLIER):], np.asarray(chance, dtype=np.float32))


def standing_odds(
    people: People, homes: Homes, places: Places, traits: tuple[np.ndarray, ...],
    rng: np.random.Generator,
) -> np.ndarray:
    """Return what of the log-odds stays from election to election, but for age and habit.

    ``traits``: degree, owned home, manual work, born abroad.
    """
    degree, owns, manual, abroad = traits
    district = homes.district[people.home]
    return np.asarray(
        0.25 * degree + 0.25 * owns - 0.15 * manual - 0.25 * abroad
        + rng.normal(0, PLACE_SPREAD, places.n_seats)[places.district_seat[district]]
        + rng.normal(0, HOME_SPREAD, len(homes.district))[people.home]
        + rng.normal(0, OWN_SPREAD, len(people))
        + np.where(district == places.strong_district, FACTS.strong_district_turnout_shift, 0)
    )


def _of_the_day(people: People, habit: np.ndarray, day: int, level: float) -> np.ndarray:
    """Return what the day adds to the log-odds: its level, age by then, the habit so far."""
    age = (day - people.birth_day) / DAYS_A_YEAR
    slope = 0.018 + AGE_SLOPE_ELSEWHERE * (level < NATIONAL_LEVEL)
    return np.asarray(
        1.0 + level + slope * (np.minimum(age, 76) - 46) - 0.08 * np.maximum(age - 80, 0)
        + FACTS.habit_strength * (habit - 0.5))
