"""An attacker who has the pages alone: reads what they print, and what any reader knows of it.

Nothing of the code that makes the pages is used. A printed number that is no multiple of the
base is exact, since all others are rounded; "hidden" bounds a number not at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attacker import BASE, FAR, LEAST, Attack
from printed_page import PrintedPage

Key = tuple[str, ...]
Rule = tuple[Key, list[Key], bool]
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})*")
MONEY = re.compile(r"−?[^\d\s−]{0,4} ?(\d{1,3}(?:,\d{3})*)")
DIGITS = 3  # of sums of money
NOT_SHOWN = ("hidden", "not shown")


class PageAttack:
    """What the pages print, as variables of an attack, and which of them add up.

    ``attack`` holds counts of people and rows, ``money`` sums of money. ``rests`` are what
    printed numbers leave over: no page prints them, but they are people.
    """

    def __init__(self, reports: Path) -> None:
        self.pages = {str(path.relative_to(reports).with_suffix("")): PrintedPage(path)
                      for path in sorted(reports.rglob("*.html"))
                      if "published" not in path.parts}
        self.attack, self.money = Attack(), Attack()
        self.rests: dict[Key, tuple[Key, list[Key]]] = {}
        self.apart: list[tuple[Key, Key]] = []

    def read(self, key: Key, text: str) -> Key:
        """Read one printed count; a text that is no count says nothing."""
        n = int(text.replace(",", "")) if NUMBER.fullmatch(text) else None
        if n is not None and (n % BASE or n < LEAST):
            self.attack.low[key] = self.attack.high[key] = float(n)
        elif n is not None or text in NOT_SHOWN:
            self.attack.read(key, None if n is None else float(n))
        return key

    def cell(self, page: str, row: str, column: str, *headings: str) -> Key:
        """Read the cell of the table of a page that has such headings."""
        rows = self.pages[page].table(column, *headings)
        return self.read((page, *sorted(headings), row, column), rows.get(row, {}).get(column, ""))

    def tile(self, page: str, heading: str) -> Key:
        """Read a headline."""
        return self.read((page, heading), self.pages[page].tiles.get(heading, ""))

    def base(self, page: str, heading: str) -> Key:
        """Read of how many a headline is."""
        return self.read((page, heading, "n"), self.pages[page].bases.get(heading, ""))

    def used(self, source: str) -> Key:
        """Read how many rows of a source are used: every page prints the same number."""
        key = ("rows used", source)
        for page in self.pages.values():
            for column in ("Used", "Accepted"):
                self.read(key, page.table("Rows in", column).get(source, {}).get(column, ""))
        return key

    def share(self, key: Key, text: str, whole: Key) -> Key:
        """Read a whole percentage of a count: of whole ones, rounded to the base themselves."""
        self.attack.add_up(whole, [key], is_all=False)
        if text in NOT_SHOWN:
            return self.read(key, "hidden")
        if not re.fullmatch(r"\d+%", text) or self.attack.high[whole] >= FAR:
            return key
        of = (self.attack.low[whole] + self.attack.high[whole]) / 2
        low, high = ((int(text[:-1]) + side) / 100 * of for side in (-0.5, 0.5))
        steps = math.ceil(low / BASE) * BASE, math.floor(high / BASE) * BASE
        low, high = steps if steps[0] <= steps[1] else (low, high)
        self.attack.low[key] = max(self.attack.low[key], low - BASE // 2)
        self.attack.high[key] = min(self.attack.high[key], high + BASE // 2)
        return key

    def sum(self, key: Key, text: str) -> Key:
        """Read a sum of money, of which three digits are printed, in whole units at least."""
        found = MONEY.fullmatch(text)
        self.money.low.setdefault(key, 0.0)
        self.money.high.setdefault(key, FAR)
        if found:
            n = int(found[1].replace(",", ""))
            half = 10 ** max(len(str(n)) - DIGITS, 0) / 2 if n else 0.0
            self.money.low[key], self.money.high[key] = n - half, n + half
        elif text in NOT_SHOWN:
            self.money.hidden.add(key)
        return key

    def same(self, one: Key, other: Key) -> None:
        """Note that two numbers are one, unless they are printed apart."""
        low, high = ([side.get(key, far) for key in (one, other)] for side, far in (
            (self.attack.low, 0.0), (self.attack.high, FAR)))
        if max(low) <= min(high):
            self.attack.add_up(one, [other])
        else:
            self.apart.append((one, other))

    def leave(self, rest: Key, whole: Key, parts: list[Key]) -> None:
        """Note that a whole leaves a rest that no page prints."""
        self.rests[rest] = (whole, parts)
        self.attack.add_up(whole, [*parts, rest])

    def at_least(self, whole: Key, parts: dict[Key, float]) -> None:
        """Note that a number is no less than so many times others together."""
        self.attack.add_up(whole, list(parts), is_all=False)
        row = ((whole, 1.0), *((key, -times) for key, times in sorted(parts.items())))
        self.attack.rows[row] = (0.0, FAR)

    def add_all(self, rules: Iterator[Rule]) -> None:
        """Note what adds up: a whole, its parts, and whether they are all of it.

        A page without the parts' table says nothing of them.
        """
        for whole, parts, is_all in rules:
            if parts:
                self.attack.add_up(whole, parts, is_all=is_all)

    def pinned_down(self) -> dict[Any, tuple[float, float]]:
        """Return the hidden numbers that fewer than ten numbers are left for."""
        return self.attack.pinned_down()

    def small_rests(self) -> dict[Any, tuple[float, float]]:
        """Return the rests that are surely of 1 to 9."""
        self.attack.hidden |= set(self.rests)
        limits = self.attack.intervals()
        self.attack.hidden -= set(self.rests)
        return {rest: limits[rest] for rest in self.rests
                if limits[rest][0] > 1e-5 and limits[rest][1] < LEAST}

    def money_pinned_down(self) -> dict[Any, tuple[float, float]]:
        """Return the hidden sums that are known to within a half of themselves, or to a unit."""
        return {key: (low, high) for key, (low, high) in self.money.intervals().items()
                if high - low < max(low, 1.0) - 1e-6}
