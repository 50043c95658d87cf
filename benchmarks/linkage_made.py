"""Made-up sets for linking any tables, each with a kind of dirt of its own, and who is who."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

Set = tuple[pd.DataFrame, np.ndarray]
Row = Sequence[Any]
LETTERS, DIGITS = list("abcdefghijklmnopqrstuvwxyz"), list("0123456789")
STARTS = ("b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "r",
          "s", "st", "t", "th", "v", "w")
MIDDLES = ("a", "e", "i", "o", "u", "ea", "ai", "or", "an", "el")
ENDS = ("n", "r", "s", "t", "l", "ck", "nd", "rt", "m", "ld", "ston", "ley")


def pool(n: int, *, seed: int) -> np.ndarray:
    """Return ``n`` different invented words."""
    rng = np.random.default_rng(seed)
    made: dict[str, None] = {}
    while len(made) < n:
        made["".join((rng.choice(STARTS), rng.choice(MIDDLES), rng.choice(STARTS),
                      rng.choice(MIDDLES), rng.choice(ENDS)))] = None
    return np.array(list(made))


GIVEN, FAMILY, STREETS, TOWNS = (pool(n, seed=seed) for seed, n in enumerate(
    (400, 1_500, 900, 120), start=1))


class Dirt:
    """Draws and spoils what rows say."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def draw(self, words: np.ndarray) -> str:
        """Return a word, the first ones far more often."""
        weight = 1.0 / (np.arange(len(words)) + 5.0)
        return str(self.rng.choice(words, p=weight / weight.sum()))

    def day(self, first: int, last: int) -> str:
        """Return a day as YYYYMMDD."""
        return (f"{self.rng.integers(first, last)}{self.rng.integers(1, 13):02d}"
                f"{self.rng.integers(1, 29):02d}")

    def chance(self, share: float) -> bool:
        """Return whether something happens that does so in that share of cases."""
        return bool(self.rng.random() < share)

    def spoil(self, text: str, share: float, missing: float = 0.0, n: int = 1) -> str | None:
        """Return the text, with ``n`` typing errors or missing in such shares of cases."""
        if self.chance(missing):
            return None
        for _ in range(n if self.chance(share) else 0):
            at = int(self.rng.integers(len(text)))
            sign = str(self.rng.choice(DIGITS if text[at].isdigit() else LETTERS))
            kind = int(self.rng.integers(3))
            put = "" if kind == 0 and len(text) > 2 else sign
            text = text[:at] + put + text[at + (kind < 2):]
        return text


def _set(rows: list[Row], fields: tuple[str, ...], *, once: bool) -> Set:
    table = pd.DataFrame(rows, columns=["file_number", "who", *fields])
    table = table.sample(frac=1, random_state=1).reset_index(drop=True)
    return (table.drop(columns="who").assign(lists_once=once, row_order=table.index),
            table["who"].to_numpy())


def households(*, once: bool) -> Set:
    """Two lists of families that share name, address and telephone; years of birth alone."""
    dirt, rows, who = Dirt(1), list[Row](), 0
    for _ in range(1_000):
        last, town = dirt.draw(FAMILY), dirt.draw(TOWNS)
        home = f"{dirt.rng.integers(1, 200)} {dirt.draw(STREETS)} street"
        phone = "04" + "".join(dirt.rng.choice(DIGITS, 8))
        for _ in range(dirt.rng.integers(1, 6)):
            who, first, year = who + 1, dirt.draw(GIVEN), int(dirt.rng.integers(1930, 2005))
            for number in (0, 1) if dirt.chance(0.6) else (dirt.rng.integers(2),):
                said = first[0] if dirt.chance(0.1) else first
                rows.append((number, who, dirt.spoil(said, 0.12, 0.02), dirt.spoil(last, 0.1),
                             None if dirt.chance(0.3) else str(year + dirt.chance(0.1)),
                             dirt.spoil(home, 0.15, 0.05), town, dirt.spoil(phone, 0.02, 0.4)))
    return _set(rows, ("first_name", "last_name", "birth_year", "address_line", "town_name",
                       "phone"), once=once)


def historical() -> Set:
    """People of four centuries, five rows each: first of January for any day, places guessed."""
    dirt, rows = Dirt(2), list[Row]()
    for who in range(800):
        first, second, last = dirt.draw(GIVEN), dirt.draw(GIVEN), dirt.draw(FAMILY)
        born, place, trade = dirt.day(1600, 1950), dirt.draw(TOWNS), dirt.draw(STREETS[:12])
        for _ in range(1 + dirt.rng.poisson(4)):
            name = first if dirt.chance(0.7) else second if dirt.chance(0.4) else (
                f"{first} {second}")
            day = born if dirt.chance(0.75) else born[:4] + "0101" if dirt.chance(0.6) else (
                f"{int(born[:4]) + dirt.rng.integers(-8, 9)}{born[4:]}")
            rows.append((0, who, dirt.spoil(name, 0.15, 0.03), dirt.spoil(last, 0.2, 0.02, 2),
                         dirt.spoil(day, 0.05, 0.15), dirt.spoil(place, 0.05, 0.2),
                         None if dirt.chance(0.3) else trade))
    return _set(rows, ("first_name", "last_name", "birth_digits", "other_1", "other_2"),
                once=False)


def name_town_year() -> Set:
    """Two lists with nothing but names, a town and a year of birth, all of them shaky."""
    dirt, rows = Dirt(3), list[Row]()
    for who in range(3_500):
        first, last, town = dirt.draw(GIVEN), dirt.draw(FAMILY), dirt.draw(TOWNS[:40])
        year = int(dirt.rng.integers(1930, 2005))
        for number in (0, 1):
            if dirt.chance(0.35):
                continue
            said = year if dirt.chance(0.85) else year + dirt.rng.integers(-1, 2)
            rows.append((number, who, dirt.spoil(first, 0.08) if dirt.chance(0.92) else first[0],
                         dirt.spoil(last, 0.08), None if dirt.chance(0.15) else str(said),
                         dirt.spoil(town if dirt.chance(0.9) else dirt.draw(TOWNS[:40]), 0.03)))
    return _set(rows, ("first_name", "last_name", "birth_year", "town_name"), once=True)


def heavy_typos() -> Set:
    """One list with two typing errors in nearly half of the names, three in every address."""
    dirt, rows = Dirt(4), list[Row]()
    for who in range(1_500):
        first, last, born = dirt.draw(GIVEN), dirt.draw(FAMILY), dirt.day(1930, 2005)
        home, town = f"{dirt.rng.integers(1, 200)} {dirt.draw(STREETS)} road", dirt.draw(TOWNS)
        rows.extend((0, who, dirt.spoil(first, 0.45, 0.05, 2), dirt.spoil(last, 0.45, 0.05, 2),
                     dirt.spoil(born, 0.3, 0.15), dirt.spoil(home, 0.5, 0.1, 3),
                     dirt.spoil(town, 0.3, 0.1, 2)) for _ in range(1 + dirt.rng.integers(0, 4)))
    return _set(rows, ("first_name", "last_name", "birth_digits", "address_line", "town_name"),
                once=False)


def titles() -> Set:
    """Two lists of books: titles that lose words, authors by initials, places of two spellings."""
    dirt, rows = Dirt(5), list[Row]()
    for who in range(1_200):
        words = [dirt.draw(STREETS) for _ in range(dirt.rng.integers(4, 10))]
        authors = [(dirt.draw(GIVEN), dirt.draw(FAMILY)) for _ in range(dirt.rng.integers(1, 4))]
        venue, year = int(dirt.rng.integers(4)), str(dirt.rng.integers(1994, 2004))
        for number in (0, 1):
            if dirt.chance(0.25):
                continue
            kept = [dirt.spoil(word, 0.03) for word in words if dirt.chance(0.96)] or words
            by = ", ".join(f"{a if number == 0 or dirt.chance(0.7) else a[0]} {b}"
                           for a, b in authors)
            rows.append((number, who, " ".join(map(str, kept)), dirt.spoil(by, 0.05, 0.03),
                         TOWNS[venue + 4 * number], year))
    return _set(rows, ("other_1", "other_2", "other_3", "other_4"), once=True)


MADE: dict[str, Callable[[], Set]] = {
    "households_linked": lambda: households(once=True),
    "households_deduplicated": lambda: households(once=False),
    "historical": historical, "name_town_year": name_town_year, "heavy_typos": heavy_typos,
    "titles": titles,
}
