"""The clean world that every export of the made-up campaign is drawn from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.sample.difficulty import rates_of_dirt
from workbench.sample.people import Homes, People, make_people
from workbench.sample.places import Places, make_places
from workbench.sample.politics import Politics, make_politics
from workbench.sample.texts import day_number, stream


@dataclass(frozen=True)
class World:
    """People, places and politics as they are, and what each system calls each person."""

    seed: int
    rates: dict[str, float]
    as_of: dt.date
    polling_date: dt.date
    places: Places
    people: People
    homes: Homes
    politics: Politics
    voter_number: np.ndarray

    @property
    def today(self) -> int:
        """The day of the build as days since 1970-01-01."""
        return day_number(self.as_of)

    @property
    def n_homes(self) -> int:
        """Households in the country."""
        return len(self.homes.district)

    @property
    def electors(self) -> np.ndarray:
        """Positions of the people who are on the register."""
        return np.flatnonzero(self.people.is_elector)

    @property
    def district(self) -> np.ndarray:
        """Polling district of each person."""
        return self.homes.district[self.people.home]

    @property
    def seat(self) -> np.ndarray:
        """Seat of each person."""
        return self.places.district_seat[self.district]

    @property
    def region(self) -> np.ndarray:
        """Region of each person, as a position in REGION_CODES."""
        return self.places.district_region[self.district]


def make_world(
    n_people: int, *, seed: int, difficulty: Mapping[str, float], days: tuple[dt.date, dt.date]
) -> World:
    """Make a country of ``n_people`` electors; ``days`` are as_of and polling day."""
    rates = rates_of_dirt(difficulty)
    places = make_places(n_people, seed)
    people, homes = make_people(n_people, places, seed=seed, rates=rates, as_of=days[0])
    politics = make_politics(people, homes, places, seed=seed, days=days)
    numbers = stream(seed, "voter numbers").permutation(len(people)) + 1
    return World(seed, rates, *days, places, people, homes, politics, numbers)
