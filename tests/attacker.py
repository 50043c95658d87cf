"""An attacker who reads all that is printed and works out what is hidden, by linear programming.

Written from what briefs print and what their imprint says (cells under 10 hidden, counts
rounded to 5), without a line of the code that it attacks. "hidden" bounds a number not at all.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

LEAST, BASE = 10, 5
FAR = 1e7
NOT_POSSIBLE = 2
DRIFT = 5  # people; no group is held to have gained or lost more between two releases

Row = tuple[tuple[Any, float], ...]


class Attack:
    """What an attacker knows: numbers as printed, and which of them add up."""

    def __init__(self) -> None:
        self.low: dict[Any, float] = {}
        self.high: dict[Any, float] = {}
        self.hidden: set[Any] = set()
        self.rows: dict[Row, tuple[float, float]] = {}

    def read(self, key: Any, printed: float | None) -> None:
        """Read a number that a brief prints; None where it prints "hidden"."""
        low, high = (0.0, FAR) if printed is None else (
            max(LEAST, printed - BASE // 2), printed + BASE // 2)
        self.low[key] = max(low, self.low.get(key, 0.0))
        self.high[key] = min(high, self.high.get(key, FAR))
        if printed is None:
            self.hidden.add(key)

    def add_up(self, whole: Any, parts: list[Any], *, is_all: bool = True) -> None:
        """Note that ``parts`` make up ``whole``, or are some of it."""
        row = ((whole, 1.0), *((part, -1.0) for part in sorted(set(parts), key=repr)))
        for key, _ in row:
            self.low.setdefault(key, 0.0)
            self.high.setdefault(key, FAR)
        self.rows[row] = (0.0, 0.0 if is_all else FAR)

    def hold_near(self, one: Any, other: Any) -> None:
        """Hold that two numbers differ by no more than DRIFT, unless they are printed apart."""
        gap = max(self.low[one] - self.high[other], self.low[other] - self.high[one])
        if gap <= DRIFT:
            self.rows[((one, 1.0), (other, -1.0))] = (-DRIFT, DRIFT)

    def forget_drift(self) -> None:
        """Give up what was held of changes."""
        self.rows = {row: ends for row, ends in self.rows.items() if ends != (-DRIFT, DRIFT)}

    def intervals(self) -> dict[Any, tuple[float, float]]:
        """Return between what each hidden number must lie.

        Those that hang together are bounded together; all of them are open if beliefs clash.
        """
        found: dict[Any, tuple[float, float]] = {}
        for keys, rows in self._parts():
            found |= self._bounded(keys, rows)
        return {key: found.get(key, (self.low[key], self.high[key]))
                for key in sorted(self.hidden, key=repr)}

    def is_possible(self, rows: Collection[Row] = ()) -> bool:
        """Tell whether there are numbers that fit all that is known, or what rows hang on."""
        return all(self._solve(keys, there, {}).status != NOT_POSSIBLE
                   for keys, there in self._parts() if not rows or set(rows) & set(there))

    def _parts(self) -> list[tuple[list[Any], list[Row]]]:
        """Return the numbers that hang together by rows, with these rows."""
        above: dict[Any, Any] = {}

        def top(key: Any) -> Any:
            while above.setdefault(key, key) != key:
                above[key] = above[above[key]]
                key = above[key]
            return key

        for row in self.rows:
            for key, _ in row:
                above[top(key)] = top(row[0][0])
        parts: dict[Any, tuple[list[Any], list[Row]]] = {}
        for key in sorted(above, key=repr):
            parts.setdefault(top(key), ([], []))[0].append(key)
        for row in self.rows:
            parts[top(row[0][0])][1].append(row)
        return list(parts.values())

    def _bounded(self, keys: list[Any], rows: list[Row]) -> dict[Any, tuple[float, float]]:
        found = {}
        for key in (key for key in keys if key in self.hidden):
            ends = [self._solve(keys, rows, {key: sign}) for sign in (1.0, -1.0)]
            if any(end.status == NOT_POSSIBLE for end in ends):
                return {one: (0.0, FAR) for one in keys if one in self.hidden}
            found[key] = (float(ends[0].fun), -float(ends[1].fun))
        return found

    def _solve(self, keys: list[Any], rows: list[Row], costs: dict[Any, float]) -> Any:
        """Return the numbers that cost least of those that fit the rows."""
        place = {key: number for number, key in enumerate(keys)}
        entries = [(number, place[key], weight) for number, row in enumerate(rows)
                   for key, weight in row]
        at, column, weights = zip(*entries, strict=True)
        matrix = csr_array((weights, (at, column)), shape=(len(rows), len(keys)))
        ends = np.array([self.rows[row] for row in rows])
        cost = np.zeros(len(keys))
        for key, one in costs.items():
            cost[place[key]] = one
        bounds = Bounds(*(np.array([side[k] for k in keys]) for side in (self.low, self.high)))
        return milp(cost, constraints=LinearConstraint(matrix, ends[:, 0], ends[:, 1]),
                    bounds=bounds)

    def pinned_down(self, width: int = LEAST) -> dict[Any, tuple[float, float]]:
        """Return the hidden numbers whose interval is narrower than ``width``."""
        return {key: (low, high) for key, (low, high) in self.intervals().items()
                if math.floor(high + 1e-5) - math.ceil(low - 1e-5) < width}

    def read_tables(self, tables: dict[tuple[str, ...], Any], column: str, release: str) -> None:
        """Read printed tables of one population by their dimensions; () is the headline.

        Each of them has everybody in it.
        """
        for dimensions, table in tables.items():
            groups = [()] if not dimensions else [
                tuple(zip(dimensions, row, strict=True))
                for row in table[list(dimensions)].itertuples(index=False)]
            values = [table] if not dimensions else list(table[column])
            for group, value in zip(groups, values, strict=True):
                self.read((release, frozenset(group)), None if pd.isna(value) else float(value))
            self._sum_up(groups, lambda group: (release, frozenset(group)))

    def read_file(self, path: Path) -> None:
        """Read what a brief shows from its JSON: counts alone."""
        content = json.loads(path.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            if cell["form"] == "count":
                key = (cell["population"], cell["measure"], frozenset(cell["dimensions"].items()))
                self.read(key, cell["value"])
        for table in content["tables"]:
            self._read_table(table)

    def _read_table(self, table: dict[str, Any]) -> None:
        population, where = table["population"], tuple(table["where"].items())

        def key(column: str, group: Any) -> Any:
            if column in table["totals"]:
                return population, table["totals"][column], frozenset(where)
            return population, column, frozenset((*where, *group))

        groups = [tuple(zip(table["dimensions"], row, strict=True)) for row in table["groups"]]
        for column in set(table["counts"]) - set(table["totals"]):
            if table["rows"] == "overlapping":
                for group in groups:
                    self.add_up(key(column, ()), [key(column, group)], is_all=False)
            else:
                self._sum_up(groups, lambda group, column=column: key(column, group),
                             is_all=table["rows"] == "all")
            for group, made_of in table["unions"]:
                own = tuple(zip(table["dimensions"], group, strict=True))
                self.add_up(key(column, own), [key(column, part.items()) for part in made_of])
        for group, part in itertools.product(groups, table["parts"]):
            self.add_up(key(part["whole"], group), [key(name, group) for name in part["parts"]],
                        is_all=not part["has_rest"])

    def _sum_up(self, groups: list[Any], key: Any, *, is_all: bool = True) -> None:
        """Sum groups over each of their dimensions, again and again."""
        level = {frozenset(group) for group in groups}
        while level and max(map(len, level)):
            totals: dict[Any, set[Any]] = {}
            for group in level:
                for pair in group:
                    totals.setdefault((group - {pair}, pair[0]), set()).add(group)
            for (whole, _), parts in totals.items():
                self.add_up(key(whole), [key(part) for part in parts], is_all=is_all)
            level = {whole for whole, _ in totals}
