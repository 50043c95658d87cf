"""Asks of one offer with a known truth: nothing, main effects alone, or one planted segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

AGES = ("18-29", "30-39", "40-49", "50-59", "60-69", "70+")
AGE_SHARES = (0.17, 0.17, 0.17, 0.18, 0.16, 0.15)
PLACES = ("west_coast", "inland", "east_coast", "north", "south")
PASTS = ("never", "once", "several", "lapsed")
PAST_SHARES = (0.60, 0.15, 0.10, 0.15)
INTERESTS = tuple(f"interest_{name}" for name in ("cinema", "theatre", "music", "travel",
                                                  "cooking", "football", "reading", "fishing",
                                                  "gardening", "motoring"))
INTEREST_SHARE = 0.2
LEVELS = {"age_band": AGES, "sex_code": ("female", "male"), "region_code": PLACES,
          "past_band": PASTS, **dict.fromkeys(INTERESTS, ("yes",))}
PLANTED = (("age_band", "40-49"), ("sex_code", "female"), ("region_code", "west_coast"))
# Factors on the rate by level, of a strength as in real files of donors.
MAIN_EFFECTS = {("age_band", "60-69"): 1.6, ("age_band", "18-29"): 0.5,
                ("sex_code", "female"): 1.4, ("region_code", "west_coast"): 1.5,
                ("past_band", "several"): 3.0, ("past_band", "once"): 1.7,
                ("interest_cinema", "yes"): 1.4}


@dataclass(frozen=True)
class Truth:
    """What is planted: the base rate, the segment's lift, and the power of the main effects.

    ``main_power`` 0 is none of them, 1 MAIN_EFFECTS, 0.25 a weak version. ``home_share`` of
    people live with another person asked, ``alike_share`` of those homes answer as one.
    """

    base_rate: float = 0.01
    lift: float = 1.0
    main_power: float = 0.0
    home_share: float = 0.0
    alike_share: float = 0.0


def make_asks(n_people: int, *, seed: int, truth: Truth) -> pd.DataFrame:
    """Return one row a person asked, as find_segments of donors.offers takes them."""
    rng = np.random.default_rng([seed, 20121106])
    asks = pd.DataFrame({
        "age_band": rng.choice(AGES, n_people, p=AGE_SHARES),
        "sex_code": rng.choice(("female", "male"), n_people),
        "region_code": rng.choice(PLACES, n_people),
        "past_band": rng.choice(PASTS, n_people, p=PAST_SHARES),
        **{name: np.where(rng.random(n_people) < INTEREST_SHARE, "yes", "")
           for name in INTERESTS},
    })
    n_homes = int(n_people * truth.home_share / 2)
    home = np.arange(n_people)
    home[n_homes:2 * n_homes] = home[:n_homes]
    shared = rng.random(n_people) < truth.alike_share
    luck = rng.random(n_people)
    luck[n_homes:2 * n_homes] = np.where(shared[:n_homes], luck[:n_homes],
                                         luck[n_homes:2 * n_homes])
    return asks.assign(offer_id="offer", household=[f"H{number}" for number in home],
                       has_responded=luck < rates(asks, truth))


def rates(asks: pd.DataFrame, truth: Truth) -> np.ndarray:
    """Return P(answers) by row; the mean is the base rate where nothing is planted."""
    rate = np.ones(len(asks))
    for (trait, level), factor in MAIN_EFFECTS.items():
        rate = np.where(asks[trait] == level, rate * factor**truth.main_power, rate)
    rate = rate * truth.base_rate / rate.mean()
    return np.where(is_planted(asks), rate * truth.lift, rate)


def is_planted(asks: pd.DataFrame) -> np.ndarray:
    """Return who is of the planted segment."""
    return np.logical_and.reduce([(asks[trait] == level).to_numpy() for trait, level in PLANTED])
