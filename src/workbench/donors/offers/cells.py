"""Asks collapsed to their finest cells, and the groups that a search looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

NOT_KNOWN = "not known"
MOST_PARTS = 3
MOST_HOUSEHOLD_ASKS = 8

Part = tuple[str, str]  # a trait and the level of it
Rule = tuple[Part, ...]
Levels = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Cells:
    """Asks of one offer counted by everything that the search knows of a person.

    A cell is one combination of all traits. ``n``: people asked and ``y``: who answered, by
    cell. ``design``: an intercept and a column a level of a trait, by cell; ``trait_of``: the
    number of the trait that each column is of, -1 for the intercept. ``membership``: groups x
    cells, 1 where the cell lies in the group. ``pairs``: pairs of people of one household, as
    their two cells; ``pair_answers``: whether each of the two answered.
    """

    n: np.ndarray
    y: np.ndarray
    design: np.ndarray
    trait_of: np.ndarray
    membership: sparse.csr_matrix
    pairs: np.ndarray
    pair_answers: np.ndarray

    @property
    def rate(self) -> float:
        """Share of those asked who answered."""
        return float(self.y.sum() / max(self.n.sum(), 1.0))


@dataclass(frozen=True)
class Frame:
    """What is fixed before any answer is looked at: the cell of each ask, and the groups.

    ``cell``: by ask; ``design``, ``trait_of``, ``membership``: see Cells; ``rules``: of groups;
    ``columns``: the trait and level of each column of the design but the intercept.
    """

    cell: np.ndarray
    design: np.ndarray
    trait_of: np.ndarray
    membership: sparse.csr_matrix
    rules: tuple[Rule, ...]
    columns: tuple[Part, ...]


def frame_asks(asks: pd.DataFrame, traits: Levels) -> Frame:
    """Return the cells and all groups of up to MOST_PARTS traits; answers are not looked at.

    ``traits``: column of ``asks`` to its levels in order; what is none of them is not known,
    and no group is made of it. A flag column has the one level ``yes``.
    """
    codes, levels = _trait_codes(asks, traits)
    radix = np.array([len(names) + 1 for names in levels.values()])
    key = np.zeros(len(asks), dtype=np.int64)
    for column, size in zip(codes.T, radix, strict=True):
        key = key * size + column
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    finest = codes[first]
    is_level = {
        (trait, name): finest[:, place] == number
        for place, (trait, names) in enumerate(levels.items())
        for number, name in enumerate(names, start=1)
    }
    rules = _rules(list(is_level))
    columns, trait_of = _columns(finest, levels)
    design = design_of(asks.iloc[first], columns, levels)
    membership = _membership(rules, is_level, n_cells=len(first))
    return Frame(cell.ravel(), design, trait_of, membership, rules, columns)


def count_cells(
    frame: Frame, answered: np.ndarray, household: np.ndarray, *, is_in: np.ndarray
) -> Cells:
    """Return the counts of those asks for which ``is_in``, in the cells that hold any.

    ``household``: a number by ask; asks of homes with more than MOST_HOUSEHOLD_ASKS people are
    taken as independent, since such a home is an institution.
    """
    there, cell = np.unique(frame.cell[is_in], return_inverse=True)
    hit = answered[is_in].astype(float)
    pairs = _household_pairs(household[is_in])
    return Cells(
        n=np.bincount(cell, minlength=len(there)).astype(float),
        y=np.bincount(cell, weights=hit, minlength=len(there)),
        design=frame.design[there], trait_of=frame.trait_of,
        membership=frame.membership[:, there], pairs=cell[pairs], pair_answers=hit[pairs],
    )


def design_of(rows: pd.DataFrame, columns: Sequence[Part], levels: Levels) -> np.ndarray:
    """Return an intercept and one column for each of ``columns``, by row."""
    known = {trait: rows[trait].where(rows[trait].isin(list(levels[trait])), NOT_KNOWN)
             for trait in dict.fromkeys(trait for trait, _ in columns)}
    found = [(known[trait] == level).to_numpy(dtype=float) for trait, level in columns]
    return np.stack([np.ones(len(rows)), *found], axis=1)


def keep_groups(frame: Frame, kept: np.ndarray) -> Frame:
    """Return the frame with the groups for which ``kept`` alone."""
    at = np.flatnonzero(kept)
    return Frame(frame.cell, frame.design, frame.trait_of, frame.membership[at],
                 tuple(frame.rules[i] for i in at), frame.columns)


def _trait_codes(
    asks: pd.DataFrame, traits: Levels
) -> tuple[np.ndarray, dict[str, tuple[str, ...]]]:
    """Return codes by ask and trait (0 not known, else the level's place from 1), and levels."""
    levels = {name: tuple(names) for name, names in traits.items()}
    codes = [
        pd.Index(names).get_indexer(pd.Index(asks[name])).astype(np.int64) + 1
        for name, names in levels.items()
    ]
    nothing = np.zeros((len(asks), 0), dtype=np.int64)  # where everybody is the same
    return np.column_stack([nothing, *codes]), levels


def _rules(parts: Sequence[Part]) -> tuple[Rule, ...]:
    """Return conjunctions of two or more parts, no two of one trait."""
    return tuple(
        chosen for size in range(2, MOST_PARTS + 1) for chosen in combinations(parts, size)
        if len({trait for trait, _ in chosen}) == size
    )


def _columns(
    finest: np.ndarray, levels: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[Part, ...], np.ndarray]:
    """Return the levels that are there, and the number of each one's trait after a -1.

    All flags are of one trait; a flag that is not set has no column.
    """
    columns: list[Part] = []
    trait_of = [-1]
    for place, (codes, (trait, names)) in enumerate(zip(finest.T, levels.items(), strict=True)):
        is_flag = len(names) == 1
        there = [1] if is_flag else np.flatnonzero(np.bincount(codes)).tolist()
        columns += [(trait, (NOT_KNOWN, *names)[level]) for level in there]
        trait_of += [len(levels) if is_flag else place] * len(there)
    return tuple(columns), np.array(trait_of)


def _membership(
    rules: Sequence[Rule], is_level: Mapping[Part, np.ndarray], *, n_cells: int
) -> sparse.csr_matrix:
    found = [np.flatnonzero(np.logical_and.reduce([is_level[part] for part in rule]))
             for rule in rules]
    ends = np.cumsum([0, *map(len, found)])
    at = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(at)), at, ends), shape=(len(rules), n_cells))


def _household_pairs(household: np.ndarray) -> np.ndarray:
    """Return the places of each pair of asks of one household, once; none of institutions."""
    if not len(household):
        return np.zeros((0, 2), dtype=np.int64)
    order = np.argsort(household, kind="stable")
    _, place, size = np.unique(household[order], return_inverse=True, return_counts=True)
    is_home = size[place] <= MOST_HOUSEHOLD_ASKS
    found = []
    for apart in range(1, min(int(size.max()), MOST_HOUSEHOLD_ASKS)):
        at = np.flatnonzero((place[apart:] == place[:-apart]) & is_home[apart:])
        found.append(np.stack([order[at], order[at + apart]], axis=1))
    return np.concatenate([np.zeros((0, 2), dtype=np.int64), *found])
