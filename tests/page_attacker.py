"""An attacker who has the pages alone: reads what they print, and what any reader knows of it.

Nothing of the code that makes the pages is used. A printed number that is no multiple of the
base is exact, since all others are rounded; "hidden" bounds a number not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from attacker import BASE, Attack

Key = tuple[str, ...]
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})*")


class PrintedPage(HTMLParser):
    """Tables by their headings, with rows by their first cell; tiles by their heading."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.name = path.stem
        self.tables: list[dict[str, dict[str, str]]] = []
        self.tiles: dict[str, str] = {}
        self._heads: list[str] = []
        self._cells: list[str] = []
        self._tile, self._at, self._is_value = "", "", False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row, a cell or a tile."""
        self._at = tag
        if tag == "table":
            self._heads = []
            self.tables.append({})
        elif tag == "tr":
            self._cells = []
        elif tag in ("td", "th"):
            self._cells.append("")
        elif tag == "h3":
            self._tile = ""
        elif tag == "p":
            self._is_value = ("class", "value") in attrs

    def handle_endtag(self, tag: str) -> None:
        """End a row: the first of a table are its headings."""
        if tag == "tr" and not self._heads:
            self._heads = self._cells
        elif tag == "tr":
            row = dict(zip(self._heads[1:], self._cells[1:], strict=True))
            self.tables[-1].setdefault(self._cells[0], row)
        self._at = ""

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell, of a tile's heading and of its value."""
        if self._at in ("td", "th") and self._cells:
            self._cells[-1] += data.strip()
        elif self._at == "h3":
            self._tile += data
        elif self._at == "strong" and self._is_value:
            self.tiles[self._tile] = data

    def table(self, *headings: str) -> dict[str, dict[str, str]]:
        """Return the first table with these headings besides the first; empty if none has."""
        return next((table for table in self.tables if table and all(
            set(headings) <= set(row) for row in table.values())), {})

    def only(self, heading: str) -> dict[str, dict[str, str]]:
        """Return the first table with this heading and no other besides the first."""
        return next((table for table in self.tables if table and all(
            list(row) == [heading] for row in table.values())), {})


class PageAttack:
    """What the pages print, as variables of an attack, and which of them add up."""

    def __init__(self, reports: Path) -> None:
        self.pages = {path.stem: PrintedPage(path) for path in sorted(reports.glob("*.html"))}
        self.attack = Attack()

    def read(self, key: Key, text: str) -> Key:
        """Read one printed count; a text that is no count says nothing."""
        n = int(text.replace(",", "")) if NUMBER.fullmatch(text) else None
        if n is not None and n % BASE:
            self.attack.low[key] = self.attack.high[key] = float(n)
        elif n is not None or text == "hidden":
            self.attack.read(key, None if n is None else float(n))
        return key

    def cell(self, page: str, row: str, column: str, *headings: str) -> Key:
        """Read the cell of the table of a page that has such headings."""
        rows = self.pages[page].table(column, *headings)
        return self.read((page, *sorted(headings), row, column), rows.get(row, {}).get(column, ""))

    def tile(self, page: str, heading: str) -> Key:
        """Read a headline."""
        return self.read((page, heading), self.pages[page].tiles.get(heading, ""))

    def same(self, one: Key, other: Key) -> None:
        """Note that two numbers are one."""
        self.attack.add_up(one, [other])

    def add_all(self, rules: Iterator[tuple[Key, list[Key], bool]]) -> None:
        """Note what adds up: a whole, its parts, and whether they are all of it."""
        for whole, parts, is_all in rules:
            self.attack.add_up(whole, parts, is_all=is_all)

    def pinned_down(self) -> dict[Any, tuple[float, float]]:
        """Return the hidden numbers that fewer than ten numbers are left for."""
        return self.attack.pinned_down()


def on_lists(pages: PageAttack) -> Iterator[tuple[Key, list[Key], bool]]:
    """Yield what a reader of the lists brief knows: who is counted where."""
    page = pages.pages["lists"]
    combinations = list(page.table("People") if "office" in page.table("People") else {})
    of = {name: pages.cell("lists", name, "People") for name in combinations}
    yield pages.tile("lists", "On a list"), list(of.values()), True
    yield (pages.tile("lists", "On two lists or more"),
           [key for name, key in of.items() if " + " in name], True)
    names = [name for name in combinations if " + " not in name]
    heads = {name: name[:1].upper() + name[1:] for name in names}
    all_heads = tuple(heads.values())
    for one in names:
        for other in names:
            both = [key for name, key in of.items() if {one, other} <= set(name.split(" + "))]
            yield pages.cell("lists", one, heads[other], *all_heads), both, True
    sources = {"office": "call_list_office", "volunteers": "call_list_volunteer",
               "GOTV": "gotv_list", "fundraising": "fundraising_list"}
    held = []
    for name in names:
        due, left = ("Not linked", "This week"), ("Stay", "On it twice")
        rows = pages.cell("lists", name, "Rows", *due)
        pages.same(rows, pages.cell("lists", name, "Rows", *left))
        pages.same(rows, pages.cell("lists", sources[name], "Used", "Rows in"))
        yield rows, [pages.cell("lists", name, column, *due) for column in
                     ("This week", "Later, past or undated")], True
        yield rows, [pages.cell("lists", name, column, *left) for column in
                     ("Stay", "On it twice", "To another list", "Called that week")], True
        yield rows, [pages.cell("lists", name, heads[name], *all_heads),
                     pages.cell("lists", name, "Not linked", *due),
                     pages.cell("lists", name, "On it twice", *left)], True
        draft = pages.cell("lists", name, "On the draft", "Held back")
        pages.same(draft, pages.cell("lists", name, "Stay", *left))
        held.append(pages.cell("lists", name, "Held back", "On the draft"))
        yield draft, [pages.cell("lists", name, "Would leave", "On the draft"), held[-1]], True
    together = ("lists", "held back of all lists")
    yield together, held, True
    yield together, [pages.read(("lists", name, "Held back"), row["Held back"])
                     for name, row in page.only("Held back").items()], True


def in_universes(pages: PageAttack) -> Iterator[tuple[Key, list[Key], bool]]:
    """Yield what a reader of the universes brief knows: everybody is in one, and in one place."""
    columns = {"Get out the vote": "Remind", "Return the postal vote": "Postal",
               "Unknown: ask": "Ask", "Register": "Register", "Leave alone": "Leave"}
    places = list(pages.pages["universes"].table("Remind", "Leave"))
    of = {name: pages.cell("universes", name, "People") for name in columns}
    yield (pages.tile("universes", "To remind"),
           [of["Get out the vote"], of["Return the postal vote"]], True)
    pages.same(pages.tile("universes", "To leave alone"), of["Leave alone"])
    for name, column in columns.items():
        yield of[name], [pages.cell("universes", place, column, "Remind", "Leave")
                         for place in places], False
    for place in places:
        yield (pages.cell("universes", place, "People", "Remind", "Leave"),
               [pages.cell("universes", place, column, "Remind", "Leave")
                for column in columns.values()], True)


def at_doors(pages: PageAttack) -> Iterator[tuple[Key, list[Key], bool]]:
    """Yield what a reader of the selections brief knows: everybody of a place has a reason."""
    page = pages.pages["selections"]
    places = list(page.table("To ask for", "Doors"))
    listed = pages.tile("selections", "People behind them")
    yield (listed, [pages.cell("selections", place, "To ask for", "Doors") for place in places],
           True)
    everybody = ("selections", "everybody of the places")
    yield everybody, [pages.cell("selections", place, "People of the place", "Doors")
                      for place in places], True
    reasons = {name: pages.read(("selections", name), row["People"])
               for name, row in page.only("People").items()}
    yield everybody, list(reasons.values()), True
    pages.same(listed, reasons["On a walk list"])


def of_donors(pages: PageAttack) -> Iterator[tuple[Key, list[Key], bool]]:
    """Yield what a reader of the donors brief knows: each donor has a segment and a reason."""
    page, donors = pages.pages["donors"], pages.tile("donors", "Donors")
    for headings in (("Who is in it", "Raised, net"), ("First ask", "Second"),
                     ("Gifts", "Money")):
        rows = [row for row in page.table("Donors", *headings) if row != "Everybody"]
        yield donors, [pages.cell("donors", row, "Donors", *headings) for row in rows], True
    homes = list(page.table("Homes", "Donors"))
    yield donors, [pages.cell("donors", row, "Donors", "Homes") for row in homes], False
    alone = pages.cell("donors", "One donor", "Homes", "Donors")
    pages.same(alone, pages.cell("donors", "One donor", "Donors", "Homes"))


RULES = {"lists": on_lists, "universes": in_universes, "selections": at_doors,
         "donors": of_donors}


def attack_pages(reports: Path) -> PageAttack:
    """Return what an attacker knows of all the pages in a folder together."""
    pages = PageAttack(reports)
    for name, rules in RULES.items():
        if name in pages.pages:
            pages.add_all(rules(pages))
    return pages
