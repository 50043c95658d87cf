"""Of confirmed groups that explain each other, the fewest that explain them all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.donors.offers.cells import Rule
from workbench.donors.offers.halves import HALVES
from workbench.donors.offers.judge import Candidates, Judge, alone_p
from workbench.donors.offers.scores import BOTH

MOST_FINDINGS = 12  # of one offer and question
ADDS_Z = 1.645  # a group that scores less beside a simpler one adds nothing to it

Row = dict[Hashable, Any]


@dataclass(frozen=True)
class Confirmed:
    """The confirmed candidates of one offer and question, and what judged them.

    ``rows``: one a candidate (judge_halves), with its ``rule``, and ``both_search``: whether both
    halves' searches brought it. ``rescore``: of the places of chosen rows, gives z by view and
    row beside them.
    """

    candidates: Candidates
    judge: Judge
    rows: Sequence[Row]
    rescore: Callable[[Sequence[int]], Sequence[np.ndarray]]

    def is_confirmed(self, at: int, z: Sequence[np.ndarray]) -> bool:
        """Tell whether either half's search and the other half confirm the group by ``z``.

        The other half by itself: whether the group alone is as high in few shuffled files.
        """
        row, judge = self.rows[at], self.judge
        family = self.candidates.family[[row["at"]]]
        own = [row["sign"] * one[[at]] for one in z]
        overall = judge.overall_p(judge.best_p(own[BOTH], family, BOTH))
        for half in (0, 1):
            null = self.candidates.null_z[1 - half][:, [row["at"]]]
            alone = alone_p(own[1 - half], null)
            if judge.confirmed(judge.best_p(own[half], family, half), alone, overall).all():
                return True
        return False

    def strength(self, at: int, z: Sequence[np.ndarray]) -> tuple[float, int, float]:
        """Return what the strongest has most of: its score; of two alike, that it is more."""
        score = self.rows[at]["sign"] * float(z[BOTH][at])
        return round(score, 1), self.rows[at]["sign"], score

    def bars(self, at: int) -> tuple[float, float]:
        """Return the scores above which the group is shown: of the unseen half, and of both.

        As the search of the one half went.
        """
        row, judge = self.rows[at], self.judge
        unseen = 1 - HALVES.index(row["searched_half"])
        family = str(self.candidates.family[row["at"]])
        confirm_bar = judge.confirm_bar(self.candidates.null_z[unseen][:, row["at"]])
        if row["both_search"]:
            confirm_bar = min(confirm_bar, judge.search_bar(family, unseen))
        return confirm_bar, judge.overall_bar(family)


def confirmed_rows(found: pd.DataFrame, rules: Sequence[Rule]) -> list[Row]:
    """Return the confirmed among the rows of one offer, each candidate once, with its rule."""
    confirmed = found[found["is_confirmed"]]
    sides = confirmed.groupby(["group", "sign"])["searched_half"].nunique()
    return [{**row, "rule": rules[row["group"]],
             "both_search": bool(sides[row["group"], row["sign"]] == len(HALVES))}
            for row in confirmed.drop_duplicates(["group", "sign"]).to_dict("records")]


def choose(confirmed: Confirmed) -> list[int]:
    """Return the places of the rows that are confirmed beside the others chosen.

    One after another the strongest is chosen that is still confirmed beside those before it, or
    in its place the simplest of fewer of its traits that leaves it nothing to add; then those go
    that are not confirmed beside those after them.
    """
    chosen: list[int] = []
    left = set(range(len(confirmed.rows)))
    while left and len(chosen) < MOST_FINDINGS:
        z = confirmed.rescore(chosen)
        left = {at for at in left if confirmed.is_confirmed(at, z)}
        if left:
            best = max(sorted(left), key=lambda at: confirmed.strength(at, z))
            best = _simplest(confirmed, best, chosen, left)
            chosen.append(best)
            left.discard(best)
    for at in chosen[:-1]:
        others = [one for one in chosen if one != at]
        if not confirmed.is_confirmed(at, confirmed.rescore(others)):
            chosen = others
    return chosen


def _simplest(
    confirmed: Confirmed, best: int, chosen: Sequence[int], left: Collection[int]
) -> int:
    """Return the place of the row of the fewest traits of ``best`` that explains it, or best."""
    rows = confirmed.rows
    simpler = [at for at in left if set(rows[at]["rule"]) < set(rows[best]["rule"])
               and rows[at]["sign"] == rows[best]["sign"]]
    for at in sorted(simpler, key=lambda at: (len(rows[at]["rule"]), at)):
        z = confirmed.rescore([*chosen, at])
        if rows[best]["sign"] * float(z[BOTH][best]) < ADDS_Z:
            return at
    return best
