"""The made-up people in their households: names, ages, homes, telephones and mail boxes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from workbench.sample.names import ORIGIN_SHARES
from workbench.sample.placenames import STREET_TYPES, STREETS
from workbench.sample.places import Places
from workbench.sample.texts import day_number, picked, stream
from workbench.sample.vocabulary import ORIGINS, family_names, given_names, zipf

OUTSIDERS_SHARE = 0.10
HOUSEHOLD_SIZES = (0.32, 0.40, 0.16, 0.09, 0.03)
DAYS_A_YEAR = 365.25
HEAD, PARTNER, CHILD, FLATMATE = range(4)
SUFFIXES = ("Jr", "Sr", "II", "III")
AREA_NUMBERS = (290, 390, 490)
N_STREETS = len(STREETS.split()) * len(STREET_TYPES.split())


@dataclass(frozen=True)
class Homes:
    """Households by position: where they live and the number they share (-1: none)."""

    district: np.ndarray
    house_number: np.ndarray
    street: np.ndarray
    flat: np.ndarray
    phone: np.ndarray


@dataclass(frozen=True)
class People:
    """People by position (``person_id``); those who are not electors are not on the register."""

    home: np.ndarray
    role: np.ndarray
    is_elector: np.ndarray
    is_female: np.ndarray
    birth_day: np.ndarray
    age_years: np.ndarray
    origin: np.ndarray
    first: np.ndarray
    middle: np.ndarray
    last: np.ndarray
    suffix: np.ndarray
    mobile: np.ndarray
    email_code: np.ndarray
    is_deceased: np.ndarray

    def __len__(self) -> int:
        """People in the country, on the register or not."""
        return len(self.home)


def make_people(
    n_electors: int, places: Places, *, seed: int, rates: dict[str, float], as_of: dt.date
) -> tuple[People, Homes]:
    """Make ``n_electors`` electors, a tenth as many others, and their homes."""
    rng = stream(seed, "people")
    n = n_electors + round(OUTSIDERS_SHARE * n_electors)
    home, seat_in_home = _households(n, rng)
    homes = _homes(int(home[-1]) + 1, places, rng)
    role, is_female, age, birth_day = _ages(home, seat_in_home, rates, as_of, rng)
    origin = rng.choice(len(ORIGINS), home[-1] + 1, p=list(ORIGIN_SHARES.values()))[home]
    origin = np.where((role == FLATMATE) | (role == PARTNER) & (rng.random(n) < 0.25),
                      rng.permutation(origin), origin)
    first = _drawn_given(is_female, origin, rng)
    head = np.searchsorted(home, home)
    is_son = (role == CHILD) & ~_after(home, role == CHILD) & ~is_female & ~is_female[head]
    first, suffix = _juniors(first, is_son, home, rates["fathers_and_sons"], rng)
    outsiders = rng.choice(n, n - n_electors, replace=False)
    is_elector = np.ones(n, dtype=bool)
    is_elector[outsiders] = False
    people = People(
        home=home, role=role, is_elector=is_elector, is_female=is_female, birth_day=birth_day,
        age_years=age, origin=origin.astype(np.int8), first=first,
        middle=np.where(picked(rng, 0.7, n), _drawn_given(is_female, origin, rng), -1),
        last=_family(home, role, origin, rng), suffix=suffix,
        mobile=_mobiles(places.district_region[homes.district[home]], age, rng),
        email_code=_email_codes(age, rng),
        is_deceased=picked(rng, rates["deceased"] * np.exp((age - 55) / 22), n),
    )
    return people, homes


def birthday(birth_day: np.ndarray, years: int) -> np.ndarray:
    """Return the day on which people born on ``birth_day`` become so many years old.

    >>> birthday(np.array([0, 59]), 18) - np.array([0, 59])
    array([6574, 6575])
    """
    born = birth_day.astype("datetime64[D]")
    month = born.astype("datetime64[M]")
    reached = (month + 12 * years).astype("datetime64[D]") + (born - month.astype(born.dtype))
    return np.asarray(reached.astype(np.int64))


def age_on(birth_day: np.ndarray, day: int) -> np.ndarray:
    """Return whole years of age on ``day``."""
    estimate = np.floor((day - birth_day) / DAYS_A_YEAR + 0.01).astype(np.int64)
    month = birth_day.astype("datetime64[D]").astype("datetime64[M]")
    into_month = birth_day - month.astype("datetime64[D]").astype(np.int64)
    reached = (month + 12 * estimate).astype("datetime64[D]").astype(np.int64) + into_month
    return (estimate - (reached > day)).astype(np.int16)


def _households(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    sizes = rng.choice(len(HOUSEHOLD_SIZES), n, p=HOUSEHOLD_SIZES) + 1
    home = np.repeat(np.arange(n, dtype=np.int32), sizes)[:n]
    starts = np.cumsum(sizes) - sizes
    return home, np.arange(n) - starts[home]


def _homes(n: int, places: Places, rng: np.random.Generator) -> Homes:
    chance = places.district_weight / places.district_weight.sum()
    district = np.sort(rng.choice(places.n_districts, n, p=chance)).astype(np.int32)
    a_district = 12 + (district % 7) * 3
    street = (district * 37 + (rng.random(n) * a_district).astype(np.int64) * 101) % N_STREETS
    number = 1 + np.floor(rng.exponential(60, n)).astype(np.int32) % 399
    is_flat = picked(rng, 0.10 + 0.15 * (places.urban[places.district_seat[district]] > 0), n)
    area = np.array(AREA_NUMBERS)[places.district_region[district]] + rng.integers(0, 10, n)
    landline = area * 10**7 + rng.integers(2_000_000, 9_999_999, n)
    return Homes(
        district=district, house_number=number, street=street.astype(np.int32),
        flat=np.where(is_flat, rng.integers(1, 60, n), 0).astype(np.int16),
        phone=np.where(picked(rng, 0.6, n), landline, -1),
    )


def _ages(
    home: np.ndarray, place: np.ndarray, rates: dict[str, float], as_of: dt.date,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    n = len(home)
    of_head = 20 + 72 * rng.beta(1.5, 1.9, home[-1] + 1)
    kind = rng.random(n)
    role = np.where(place == 0, HEAD, np.where((place == 1) & (kind < 0.8), PARTNER, CHILD))
    old_enough = of_head[home] > 42
    role = np.where((role == CHILD) & ~old_enough, FLATMATE, role).astype(np.int8)
    gap = np.select([role == HEAD, role == CHILD], [np.zeros(n), 22 + rng.gamma(4, 2, n)],
                    rng.normal(0, 4, n))
    exact = np.clip(of_head[home] - gap, 17.2 + rng.random(n) * 3, 99)
    born = np.floor(day_number(as_of) - exact * DAYS_A_YEAR).astype(np.int32)
    head_is_female = picked(rng, 0.48, home[-1] + 1)[home]
    is_opposite = (role == PARTNER) & picked(rng, 0.94, n)
    is_female = np.select([role == HEAD, is_opposite], [head_is_female, ~head_is_female],
                          picked(rng, 0.515, n))
    is_twin = _follows(home, role == CHILD) & picked(rng, rates["twins"], n)
    born = np.where(is_twin, np.roll(born, 1), born)
    return role, is_female, age_on(born, day_number(as_of)), born


def _follows(home: np.ndarray, is_one: np.ndarray) -> np.ndarray:
    """Tell which such people come directly after just one such in their home."""
    before = np.roll(is_one, 1) & (np.roll(home, 1) == home)
    before[:1] = False
    twice = np.roll(before & is_one, 1) & (np.roll(home, 1) == home)
    return before & is_one & ~twice


def _drawn_given(
    is_female: np.ndarray, origin: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    codes = np.zeros(len(origin), dtype=np.int32)
    for (sex, pool), (names, chance) in given_names().pools.items():
        here = np.flatnonzero((is_female == (sex == "female")) & (origin == ORIGINS.index(pool)))
        codes[here] = rng.choice(names, len(here), p=chance)
    return codes


def _juniors(
    first: np.ndarray, is_son: np.ndarray, home: np.ndarray, share: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Give some first sons the name of the head of their home, and suffixes to both."""
    n, head = len(home), np.searchsorted(home, home)
    is_junior = is_son & picked(rng, share, n)
    first = np.where(is_junior, first[head], first)
    suffix = np.where(is_junior, 0, -1)
    fathers = head[is_junior]
    suffix[fathers] = np.where(picked(rng, 0.5, len(fathers)), 1, -1)
    other = (suffix < 0) & picked(rng, 0.003, n)
    suffix[other] = rng.integers(2, 4, other.sum())
    return first.astype(np.int32), suffix.astype(np.int8)


def _after(home: np.ndarray, is_one: np.ndarray) -> np.ndarray:
    """Tell which people come after one such in their home."""
    before = np.cumsum(is_one) - is_one
    at_start = before[np.searchsorted(home, home)]
    return before > at_start


def _family(
    home: np.ndarray, role: np.ndarray, origin: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    n = len(home)
    own = np.zeros(n, dtype=np.int32)
    for (_, pool), (names, chance) in family_names().pools.items():
        here = np.flatnonzero(origin == ORIGINS.index(pool))
        own[here] = rng.choice(names, len(here), p=chance)
    shared = (role == CHILD) & picked(rng, 0.93, n) | (role == PARTNER) & picked(rng, 0.8, n)
    return np.where(shared, own[np.searchsorted(home, home)], own)


def _mobiles(region: np.ndarray, age: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    n = len(age)
    area = np.array(AREA_NUMBERS)[region] + rng.integers(0, 10, n)
    number = area * 10**7 + rng.integers(2_000_000, 9_999_999, n)
    return np.where(picked(rng, np.where(age > 75, 0.6, 0.93), n), number, -1)


def _email_codes(age: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    n = len(age)
    domain = rng.choice(6, n, p=zipf(6))
    code = rng.integers(0, 4, n) * 100_000 + rng.integers(1, 9_999, n) * 10 + domain
    return np.where(picked(rng, np.where(age > 70, 0.55, 0.85), n), code, -1).astype(np.int32)
