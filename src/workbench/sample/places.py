"""The invented country: regions, towns, seats with their census profile, polling districts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.sample.facts import FACTS, REGION_CODES
from workbench.sample.placenames import TOWN_ENDS, TOWN_STARTS
from workbench.sample.texts import logistic, stream

PEOPLE_A_SEAT = 500
MOST_SEATS = 650
DISTRICT_SIZES = (100, 1200)
DISTRICTS_A_SEAT = 4
REGION_ENDS = (0.36, 0.64)
COMPASS = ("", " North", " South", " East", " West", " Central", " Bay", " Vale", " Heights")


@dataclass(frozen=True)
class Places:
    """Seats and polling districts, by position. Shares are 0 to 1, ``lean`` in log-odds."""

    seat_region: np.ndarray
    seat_names: tuple[str, ...]
    degree_share: np.ndarray
    owned_share: np.ndarray
    manual_share: np.ndarray
    abroad_share: np.ndarray
    density_per_km2: np.ndarray
    lean: np.ndarray
    urban: np.ndarray
    district_seat: np.ndarray
    district_town: np.ndarray
    district_weight: np.ndarray
    town_names: tuple[str, ...]
    odd_seat: int
    strong_district: int

    @property
    def n_seats(self) -> int:
        """Seats in the country."""
        return len(self.seat_region)

    @property
    def n_districts(self) -> int:
        """Polling districts in the country."""
        return len(self.district_seat)

    @property
    def district_region(self) -> np.ndarray:
        """Position in REGION_CODES of each polling district."""
        return self.seat_region[self.district_seat]


def number_of_seats(n_people: int) -> int:
    """Return how many seats so many people have.

    >>> [number_of_seats(n) for n in (1, 500, 20_000, 1_000_000)]
    [1, 1, 40, 650]
    """
    return min(MOST_SEATS, max(1, round(n_people / PEOPLE_A_SEAT)))


def make_places(n_people: int, seed: int) -> Places:
    """Make the country for so many electors."""
    rng = stream(seed, "places")
    n_seats = number_of_seats(n_people)
    region = np.searchsorted(REGION_ENDS, (np.arange(n_seats) + 0.5) / n_seats)
    seats, weights = _districts(n_people / n_seats, n_seats, rng)
    odd_seat = int(rng.integers(n_seats))
    elsewhere = np.flatnonzero(seats != odd_seat)
    strong = int(rng.choice(elsewhere)) if len(elsewhere) else 0
    towns = seats * 2 + (np.arange(len(seats)) % 3 == 2)
    names = _town_names(np.repeat(region, 2), rng)
    profile = _profile(region, odd_seat, rng)
    weights[strong] = weights.max() if len(weights) else 1.0
    return Places(
        seat_region=region, seat_names=_seat_names(names), **profile,
        district_seat=seats, district_town=towns, district_weight=weights,
        town_names=names, odd_seat=odd_seat, strong_district=strong,
    )


def _districts(
    seat_size: float, n_seats: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    size = np.clip(seat_size / DISTRICTS_A_SEAT, *DISTRICT_SIZES)
    a_seat = max(1, round(seat_size / size))
    seats = np.repeat(np.arange(n_seats), a_seat)
    return seats, 0.6 + rng.random(len(seats))


def _profile(
    region: np.ndarray, odd_seat: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    n_seats = len(region)
    urban = rng.normal(np.array([0.4, -0.5, 0.2])[region], 1.0)
    urban[odd_seat] = FACTS.odd_seat_urban_index
    lean = rng.normal(0, 0.35, n_seats)
    lean[odd_seat] = FACTS.odd_seat_lean_shift
    noise = rng.normal(0, 0.3, (4, n_seats))
    noise[:, odd_seat] = 0
    return {
        "urban": urban,
        "lean": lean,
        "degree_share": logistic(-0.8 + 0.5 * urban + noise[0]),
        "owned_share": logistic(0.6 - 0.5 * urban + noise[1]),
        "manual_share": logistic(-1.0 - 0.4 * urban + noise[2]),
        "abroad_share": logistic(-2.2 + 0.6 * urban + noise[3]),
        "density_per_km2": np.round(np.exp(5.5 + 1.2 * urban + noise[0]), 1),
    }


def _town_names(region: np.ndarray, rng: np.random.Generator) -> tuple[str, ...]:
    pools = {
        code: rng.permutation([_town_name(start, end) for start in TOWN_STARTS[code].split()
                               for end in TOWN_ENDS.split()])
        for code in REGION_CODES
    }
    used = dict.fromkeys(REGION_CODES, 0)
    names = []
    for r in region:
        code = REGION_CODES[r]
        turn, at = divmod(used[code], len(pools[code]))
        names.append(str(pools[code][at]) + COMPASS[turn % len(COMPASS)])
        used[code] += 1
    return tuple(names)


def _town_name(start: str, end: str) -> str:
    is_apart = start in {"San", "Puerto", "New", "Old", "Port"}
    return f"{start} {end.capitalize()}" if is_apart else start + end


def _seat_names(towns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{a} and {b}" for a, b in zip(towns[::2], towns[1::2], strict=True))
