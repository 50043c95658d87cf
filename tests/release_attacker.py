"""An attacker who has two releases' pages, and knows what happened between them.

The releases are of one campaign, before and after somebody left all files (or a donor's gifts
were taken back), and nothing else: every count of the second is the first one or one less.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from attacker import FAR, LEAST, Attack, Row
from page_attacker import Key, PageAttack
from rules_of_field import at_contacts, at_doors, in_universes, of_canvassing, on_lists
from rules_of_money import from_year_to_year, of_donors, of_offers, read_money
from rules_of_register import of_links, of_sources, of_voters

RULES = (("lists", on_lists), ("universes", in_universes), ("universes", at_contacts),
         ("selections", at_doors), ("selections", of_canvassing), ("donors", of_donors),
         ("donors", from_year_to_year), ("offers", of_offers), ("voters", of_voters),
         ("link", of_links), ("overview", of_sources))

WITHIN = 3  # words of a key that names a page, a table and a row; those of cells have a column


def attack_pages(reports: Path) -> PageAttack:
    """Return what an attacker knows of all the pages in a folder together."""
    pages = PageAttack(reports)
    for name, rules in RULES:
        if name in pages.pages:
            pages.add_all(rules(pages))
    if "donors" in pages.pages:
        read_money(pages)
    return pages


class TwoReleases:
    """Pages of before and after, of which each count is one number or the same less ``left``.

    ``of`` names the briefs of which that is held. Where scores are learned again, or a walk list
    takes somebody else, others move as well. What is printed may contradict it of a table: then
    it is given up for that table.
    """

    def __init__(
        self, before: PageAttack, after: PageAttack, *, left: tuple[int, int],
        of: Collection[str] = (),
    ) -> None:
        self.before, self.after, self.left, self.of = before.attack, after.attack, left, of
        self.sums, self.attack = (before.money, after.money), Attack()
        for name, one in (("before", self.before), ("after", self.after)):
            self._take(name, one)
        self.given_up = self._hold_changes()

    def told(self) -> dict[Key, tuple[str, str]]:
        """Return the counts that print another number after than before: all that moved."""
        return {key: (_printed(self.before, key), _printed(self.after, key))
                for key in self._common()
                if _printed(self.before, key) != _printed(self.after, key)}

    def pinned_down(self, width: int = LEAST) -> dict[Any, tuple[float, float]]:
        """Return what neither release prints and whose interval is narrower than ``width``.

        A number that is hidden in one of them and stands in the other is no secret of theirs.
        """
        return {(name, key): ends for (name, key), ends in self.attack.pinned_down(width).items()
                if key in self.before.hidden or key not in self.before.low
                if key in self.after.hidden or key not in self.after.low}

    def money_told(self) -> dict[Key, tuple[float, float]]:
        """Return the sums whose change says, to within a half of it, what one donor gave."""
        found = {}
        for key in sorted(set(self.sums[0].low) & set(self.sums[1].low)):
            (low, high), (new_low, new_high) = (
                (one.low[key], one.high[key]) for one in self.sums)
            least, most = sorted((abs(low - new_high), abs(high - new_low)))
            if (low > new_high or high < new_low) and most - least < least:
                found[key] = (least, most)
        return found

    def _take(self, name: str, one: Attack) -> None:
        for key in one.low:
            self.attack.low[name, key], self.attack.high[name, key] = one.low[key], one.high[key]
        self.attack.hidden |= {(name, key) for key in one.hidden}
        for row, ends in one.rows.items():
            self.attack.rows[tuple(((name, key), weight) for key, weight in row)] = ends

    def _hold_changes(self) -> list[Key]:
        """Add what is known of each table's changes; return the tables where that clashes."""
        tables: dict[Key, list[Key]] = {}
        for key in (key for key in self._common() if not self.of or key[0] in self.of):
            tables.setdefault(key[:-2] if len(key) > WITHIN else key[:-1], []).append(key)
        return [table for table, keys in sorted(tables.items()) if not self._hold(keys)]

    def _hold(self, keys: list[Key]) -> bool:
        """Hold that these moved as is known, and tell whether they can have."""
        rows: dict[Row, tuple[float, float]] = {
            ((("before", key), 1.0), (("after", key), -1.0)): self.left for key in keys}
        known = dict(self.attack.rows)
        self.attack.rows |= rows
        is_possible = self.attack.is_possible(rows)
        self.attack.rows = self.attack.rows if is_possible else known
        return is_possible

    def _common(self) -> list[Key]:
        return sorted(set(self.before.low) & set(self.after.low))


def _printed(attack: Attack, key: Key) -> str:
    if key in attack.hidden:
        return "hidden"
    low, high = attack.low[key], attack.high[key]
    return "" if high >= FAR else f"{(low + high) / 2:.0f}"
