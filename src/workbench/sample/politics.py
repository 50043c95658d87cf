"""What the made-up people think and do: whom they support, whether they vote, how they did."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from workbench.sample.facts import FACTS
from workbench.sample.people import DAYS_A_YEAR, Homes, People
from workbench.sample.places import Places
from workbench.sample.texts import day_number, picked, stream
from workbench.sample.turnout import ELECTIONS, make_turnout, standing_odds

NATIONALS = (1, 4)
LAST = 4
NOT_REGISTERED, DID_NOT, IN_PERSON, EARLY, POST, PROVISIONAL = range(6)
VOTED = ("not_registered", "did_not", "in_person", "early", "post", "provisional")


@dataclass(frozen=True)
class Politics:
    """Opinions and acts by person. Probabilities are true ones: of the vote, if they vote.

    ``support_probability`` is P(votes for us, given a vote), ``turnout_probability`` P(votes
    on the coming polling day). ``voted`` is people x ELECTIONS in the codes of VOTED, and
    ``party`` people x the national ones, -1 for no valid vote.
    """

    has_degree: np.ndarray
    owns_home: np.ndarray
    is_manual: np.ndarray
    is_born_abroad: np.ndarray
    party_probability: np.ndarray
    turnout_probability: np.ndarray
    registration_day: np.ndarray
    is_postal: np.ndarray
    registered_party: np.ndarray
    election_days: tuple[int, ...]
    voted: np.ndarray
    party: np.ndarray

    @property
    def support_probability(self) -> np.ndarray:
        """P(votes for us, given a vote)."""
        return self.party_probability[:, 0]


def make_politics(
    people: People, homes: Homes, places: Places, *, seed: int,
    days: tuple[dt.date, dt.date],
) -> Politics:
    """Draw traits, opinions and past votes; ``days`` are as_of and polling day."""
    rng = stream(seed, "politics")
    n = len(people)
    district = homes.district[people.home]
    seat = places.district_seat[district]
    degree = picked(rng, places.degree_share[seat] * np.where(people.age_years > 60, 0.7, 1.1), n)
    owns = picked(rng, places.owned_share[seat] * np.clip(people.age_years / 50, 0.3, 1.25), n)
    traits = (degree, owns, picked(rng, places.manual_share[seat] * np.where(degree, 0.4, 1.2), n),
              picked(rng, places.abroad_share[seat], n))
    opinions = _opinions(people, traits, places, district, rng)
    polling_day = day_number(days[1])
    turnout = make_turnout(people, standing_odds(people, homes, places, traits, rng),
                           polling_day=polling_day, seed=seed)
    registered = _registration_days(people, day_number(days[0]), rng)
    elections = tuple(polling_day - before for before, _, _ in ELECTIONS)
    is_postal = picked(rng, np.where(people.age_years > 65, 0.40, 0.17), n)
    voted = _votes(turnout.went, registered, elections, is_postal, rng)
    return Politics(
        *traits, party_probability=opinions,
        turnout_probability=turnout.probability,
        registration_day=registered, is_postal=is_postal,
        registered_party=np.where(picked(rng, 0.62, n), _drawn(opinions**1.5, rng), -1),
        election_days=elections, voted=voted, party=_past_parties(opinions, voted, rng),
    )


def _opinions(
    people: People, traits: tuple[np.ndarray, ...], places: Places, district: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    degree, owns, manual, abroad = traits
    n, age = len(people), (people.age_years - 48.0) / 10
    region = places.district_region[district]
    ours = (
        0.45 + places.lean[places.district_seat[district]] + 0.75 * degree - 0.55 * owns
        - 0.35 * manual + 0.5 * abroad + 0.35 * people.is_female - 0.16 * age
        + np.array([0.35, -0.45, 0.15])[region] + rng.normal(0, 1.1, n)
        + np.where(district == places.strong_district, FACTS.strong_district_support_shift, 0)
    )
    crown = 0.25 + 0.4 * owns + 0.14 * age + rng.normal(0, 1.0, n)
    field = -1.2 + 0.6 * manual + np.array([-0.3, 1.0, -0.2])[region] + rng.normal(0, 0.9, n)
    green = -1.5 + 0.5 * degree - 0.2 * age + rng.normal(0, 0.9, n)
    weights = np.exp(np.stack([ours, crown, field, green], axis=1)).astype(np.float32)
    return weights / weights.sum(axis=1, keepdims=True)


def _registration_days(people: People, today: int, rng: np.random.Generator) -> np.ndarray:
    of_age = people.birth_day + round(17.6 * DAYS_A_YEAR)
    ago = rng.exponential(9 * DAYS_A_YEAR, len(people)) + 20
    return np.minimum(np.maximum(of_age, today - ago), today - 10).astype(np.int32)


def _votes(
    went: np.ndarray, registered: np.ndarray, elections: tuple[int, ...],
    is_postal: np.ndarray, rng: np.random.Generator,
) -> np.ndarray:
    """Return how each person voted at each election, as far as the register of today tells."""
    n = len(went)
    voted = np.full((n, len(elections)), DID_NOT, dtype=np.int8)
    for i, day in enumerate(elections):
        way = np.where(is_postal, POST, np.where(picked(rng, 0.25, n), EARLY, IN_PERSON))
        way = np.where(picked(rng, 0.004, n), PROVISIONAL, way)
        voted[:, i] = np.where(registered > day, NOT_REGISTERED,
                               np.where(went[:, i], way, DID_NOT))
    return voted


def _drawn(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    ends = np.cumsum(weights, axis=1)
    at = rng.random(len(weights), dtype=np.float32) * ends[:, -1]
    return np.minimum((ends < at[:, None]).sum(axis=1), weights.shape[1] - 1).astype(np.int8)


def _past_parties(
    opinions: np.ndarray, voted: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    swing = (np.array([1.15, 0.9, 1.0, 0.8]), np.array([0.92, 1.1, 1.0, 1.0]))
    parties = np.full((len(opinions), len(NATIONALS)), -1, dtype=np.int8)
    for i, (election, factor) in enumerate(zip(NATIONALS, swing, strict=True)):
        is_valid = (voted[:, election] >= IN_PERSON) & picked(rng, 0.992, len(opinions))
        parties[:, i] = np.where(is_valid, _drawn(opinions**1.3 * factor, rng), -1)
    return parties
