"""Asks collapsed to their finest cells, and the groups that a search looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.donors.offers.smooth import curve_columns

NOT_KNOWN = "not known"
MOST_PARTS = 3
MOST_HOUSEHOLD_ASKS = 8

Part = tuple[str, str]  # a trait and the level of it
Rule = tuple[Part, ...]
Levels = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Frame:
    """What is fixed before any answer is looked at: the cell of each ask, and the groups.

    A cell is one combination of all traits. ``cell``: by ask. ``design``: by cell an intercept,
    a column a level of a trait, and those of the curves of numbers, their mean in the cell;
    ``trait_of``: the number of the trait or curve that each column is of, -1 for the
    intercept. ``columns``: the trait and level of each column of a level. ``membership``:
    groups x cells, 1 where the cell lies in the group; ``rules``: of groups.
    """

    cell: np.ndarray
    design: np.ndarray
    trait_of: np.ndarray
    columns: tuple[Part, ...]
    membership: sparse.csr_matrix
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Cells:
    """Asks of one offer counted in the cells of ``frame``, by half of the file.

    ``n``: people asked and ``y``: who answered, halves x cells. ``pairs``: pairs of people of
    one household, as their two cells; ``pair_answers``: whether each of the two answered;
    ``pair_half``: their half.
    """

    frame: Frame
    n: np.ndarray
    y: np.ndarray
    pairs: np.ndarray
    pair_answers: np.ndarray
    pair_half: np.ndarray


def frame_asks(asks: pd.DataFrame, traits: Levels, numbers: Sequence[str] = ()) -> Frame:
    """Return the cells and all groups of up to MOST_PARTS traits; answers are not looked at.

    ``traits``: column of ``asks`` to its levels in order; what is none of them is not known,
    and no group is made of it. A flag column has the one level ``yes``. ``numbers``: columns of
    numbers whose curves (curve_columns) stand beside the levels.
    """
    codes, levels = _trait_codes(asks, traits)
    radix = np.array([len(names) + 1 for names in levels.values()])
    key = np.zeros(len(asks), dtype=np.int64)
    for column, size in zip(codes.T, radix, strict=True):
        key = key * size + column
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    cell, finest = cell.ravel(), codes[first]
    is_level = {
        (trait, name): finest[:, place] == number
        for place, (trait, names) in enumerate(levels.items())
        for number, name in enumerate(names, start=1)
    }
    columns, trait_of = _columns(finest, levels)
    design = design_of(asks.iloc[first], columns, levels)
    curves = [_cell_means(curve_columns(asks[name].to_numpy(dtype=float)), cell, len(first))
              for name in numbers] if len(asks) else []
    curve_of = [len(levels) + 1 + place for place, curve in enumerate(curves)
                for _ in range(curve.shape[1])]
    rules = _rules(list(is_level))
    return Frame(cell, np.hstack([design, *curves]), np.append(trait_of, curve_of).astype(int),
                 columns, _membership(rules, is_level, n_cells=len(first)), rules)


def count_cells(
    frame: Frame, answered: np.ndarray, household: np.ndarray, half: np.ndarray
) -> Cells:
    """Return the counts of asks by ``half`` (0 or 1 by ask) and cell.

    ``household``: a number by ask; asks of homes with more than MOST_HOUSEHOLD_ASKS people are
    taken as independent, since such a home is an institution.
    """
    n, y = tally_halves(frame, answered, half)
    pairs = _household_pairs(household)
    return Cells(frame, n, y, pairs=frame.cell[pairs],
                 pair_answers=answered[pairs].astype(float), pair_half=half[pairs[:, 0]])


def tally_halves(
    frame: Frame, answered: np.ndarray, half: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return people asked and who answered, halves x cells; of no half: not counted."""
    counts = [[np.bincount(frame.cell[half == one], weight[half == one], len(frame.design))
               for one in (0, 1)] for weight in (np.ones(len(half)), answered.astype(float))]
    return np.stack(counts[0]), np.stack(counts[1])


def searched_groups(frame: Frame, half: np.ndarray, people_least: int) -> Frame:
    """Return the frame with the groups that may be searched alone; answers are not looked at.

    Those of ``people_least`` people in either half, whose rest is as large. Of groups of the very
    same people the one with the fewest traits stands for all.
    """
    n = [frame.membership @ np.bincount(frame.cell[half == one], minlength=len(frame.design))
         for one in (0, 1)]
    is_large = (np.minimum(*n) >= people_least) & (len(half) - n[0] - n[1] >= people_least)
    ends, cells = frame.membership.indptr, frame.membership.indices
    same: dict[bytes, int] = {}
    for group in np.flatnonzero(is_large).tolist():
        same.setdefault(cells[ends[group]:ends[group + 1]].tobytes(), group)
    kept = sorted(same.values())
    return replace(frame, membership=frame.membership[kept],
                   rules=tuple(frame.rules[group] for group in kept))


def keep_groups(cells: Cells, groups: np.ndarray) -> Cells:
    """Return the cells with ``groups`` alone."""
    frame = cells.frame
    return replace(cells, frame=replace(
        frame, membership=frame.membership[groups],
        rules=tuple(frame.rules[group] for group in groups)))


def design_of(rows: pd.DataFrame, columns: Sequence[Part], levels: Levels) -> np.ndarray:
    """Return an intercept and one column for each of ``columns``, by row."""
    known = {trait: rows[trait].where(rows[trait].isin(list(levels[trait])), NOT_KNOWN)
             for trait in dict.fromkeys(trait for trait, _ in columns)}
    found = [(known[trait] == level).to_numpy(dtype=float) for trait, level in columns]
    return np.stack([np.ones(len(rows)), *found], axis=1)


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


def _cell_means(columns: np.ndarray, cell: np.ndarray, n_cells: int) -> np.ndarray:
    n = np.bincount(cell, minlength=n_cells)
    sums = [np.bincount(cell, weights=one, minlength=n_cells) for one in columns.T]
    return np.stack(sums, axis=1) / n[:, None] if sums else np.zeros((n_cells, 0))


def _rules(parts: Sequence[Part]) -> tuple[Rule, ...]:
    """Return every part, and conjunctions of parts of which no two are of one trait."""
    return tuple(
        chosen for size in range(1, MOST_PARTS + 1) for chosen in combinations(parts, size)
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
