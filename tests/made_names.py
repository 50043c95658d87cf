"""Invented lists of names and dates of birth alone, where some people have two given names."""

from __future__ import annotations

import numpy as np
import pandas as pd

GIVEN = ("thomas", "james", "owen", "lewis", "john", "david", "george", "henry", "arthur",
         "oliver", "mary", "anne", "grace", "rose", "ivy", "ruth", "joyce", "robin", "leslie",
         "martin")
BEGINNINGS = ("ash", "black", "clay", "dun", "east", "fair", "green", "hart", "kirk", "lang",
              "mar", "nor", "pen", "red", "stan", "thorn", "under", "wal", "west", "york")
ENDINGS = ("bourne", "combe", "dale", "field", "ford", "gate", "ham", "hurst", "land", "mere",
           "ridge", "shaw", "stead", "ton", "well", "wick", "wood", "worth", "bury", "croft")
FAMILY = tuple(one + other for one in BEGINNINGS for other in ENDINGS)


def two_way_list(n_people: int, *, share: float, seed: int) -> pd.DataFrame:
    """Return first_name, last_name, birth_date and who, a row an entry of a person.

    Six people of ten are there twice. Of ``share`` of the people the family name is a given
    one, and three in ten of their entries have the two in each other's place.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(n_people):
        is_two_way = rng.random() < share
        last = _common(rng, GIVEN if is_two_way else FAMILY)
        names = [_common(rng, GIVEN), last]
        born = f"{rng.integers(1930, 2005)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
        for _ in range(2 if rng.random() < 0.6 else 1):
            first, last = names[::-1] if is_two_way and rng.random() < 0.3 else names
            rows.append((_mistyped(first, rng), _mistyped(last, rng), born, who))
    table = pd.DataFrame(rows, columns=["first_name", "last_name", "birth_date", "who"])
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)


def list_with_wrong_days(n_people: int, *, share: float, seed: int) -> pd.DataFrame:
    """Return a list as :func:`two_way_list` makes, a digit of one date in twenty another.

    A digit may be replaced by itself, and a date may be none.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(n_people):
        is_two_way = rng.random() < share
        names = [_common(rng, GIVEN), _common(rng, GIVEN if is_two_way else FAMILY)]
        born = f"{rng.integers(1930, 2005)}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}"
        for _ in range(2 if rng.random() < 0.6 else 1):
            first, last = names[::-1] if is_two_way and rng.random() < 0.3 else names
            said = born
            if rng.random() < 0.05:
                at = int(rng.integers(8))
                said = f"{born[:at]}{rng.integers(10)}{born[at + 1:]}"
            typed = []
            for name in (first, last):
                rng.random()  # without it the list is not the one that learning failed on
                typed.append(_mistyped(name, rng))
            rows.append((*typed, said, who))
    table = pd.DataFrame(rows, columns=["first_name", "last_name", "birth_digits", "who"])
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)


def _common(rng: np.random.Generator, names: tuple[str, ...]) -> str:
    """Return a name, the first ones far more often."""
    weight = 1.0 / (np.arange(len(names)) + 2.0)
    return names[rng.choice(len(names), p=weight / weight.sum())]


def _mistyped(name: str, rng: np.random.Generator) -> str:
    if rng.random() >= 0.05:
        return name
    at = int(rng.integers(len(name)))
    return name[:at] + chr(97 + int(rng.integers(26))) + name[at + 1:]
