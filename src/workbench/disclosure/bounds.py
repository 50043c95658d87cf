"""How closely a reader can pin down a hidden cell: linear programming over all that is shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from workbench.disclosure.cells import MONEY, Cell
from workbench.disclosure.relations import Sum
from workbench.disclosure.rules import counts_behind, sums_behind
from workbench.settings import Disclosure

Floats = NDArray[np.float64]
Limits = Mapping[Cell, tuple[float, float]]
UNKNOWN = (0.0, math.inf)
SIGNED = (-math.inf, math.inf)
TOLERANCE = 1e-6
MONEY_STEPS = 10_000.0  # money is reckoned in so many steps, for the solver's sake


@dataclass(frozen=True)
class Drift:
    """Two releases count one group; a reader holds that no more than ``most`` came or went."""

    now: Cell
    then: Cell
    most: float

    @property
    def as_sum(self) -> Sum:
        """The two as one sum, which ties their cells together where no other does."""
        return Sum(self.now, (self.then,))


@dataclass(frozen=True)
class Region:
    """All numbers that the cells may have, given what is shown: ``matrix @ x == 0`` in limits.

    Numbers are in ``unit``; ``is_whole`` where they are counts.
    """

    cells: tuple[Cell, ...]
    matrix: csr_array
    low: Floats
    high: Floats
    unit: float
    is_whole: bool

    def extreme(self, weights: Floats) -> Floats | None:
        """Return the numbers that make ``weights @ x`` least; None where nothing is possible."""
        found = linprog(weights, A_eq=self.matrix, b_eq=np.zeros(self.matrix.shape[0]),
                        bounds=np.column_stack([self.low, self.high]), method="highs-ds")
        return found.x if found.status == 0 else None

    def is_wide(self, low: float, high: float, need: float) -> bool:
        """Tell whether an interval is wide enough to hide a cell; of counts, whole ones count."""
        if self.is_whole:
            low, high = math.ceil(low - TOLERANCE), math.floor(high + TOLERANCE)
        return (high - low) * self.unit >= need * (1 - TOLERANCE)


def limits_of(
    values: Mapping[Cell, float | None], forms: Mapping[Cell, str], profile: Disclosure
) -> dict[Cell, tuple[float, float]]:
    """Return between what each cell lies, by what is shown of it alone."""
    return {
        cell: UNKNOWN if value is None else
        sums_behind(value) if forms[cell] == MONEY else
        tuple(map(float, counts_behind(value, profile)))  # type: ignore[misc]
        for cell, value in values.items()
    }


def region_of(sums: Sequence[Sum], limits: Limits, drifts: Iterable[Drift] = ()) -> Region:
    """Return what is possible of the cells of ``sums``, and of those that ``drifts`` link."""
    is_money = any(one.is_money for one in sums)
    rows = [{one.whole: -1.0, **dict.fromkeys(one.cells[1:], 1.0)} for one in sums]
    own = dict(limits)
    for drift in drifts:
        change = Cell("change", f"{drift.now.population} {drift.now.measure}", drift.now.group)
        rows.append({drift.now: 1.0, drift.then: -1.0, change: -1.0})
        own[change] = (-drift.most, drift.most)
    cells = tuple(sorted({cell for row in rows for cell in row}))
    place = {cell: number for number, cell in enumerate(cells)}
    entries = [(number, place[cell], weight) for number, row in enumerate(rows)
               for cell, weight in row.items()]
    at, column, weight = zip(*entries, strict=True) if entries else ((), (), ())
    ends = np.array([own.get(cell, UNKNOWN) for cell in cells], dtype="float64").reshape(-1, 2)
    finite = ends[np.isfinite(ends)]
    unit = max(float(np.abs(finite).max(initial=1.0)) / MONEY_STEPS, 1.0) if is_money else 1.0
    far = 2 * float(np.abs(finite).sum()) / unit + 1000.0  # beyond what anything adds up to
    ends = np.where(np.isfinite(ends), ends / unit, np.copysign(far, ends))
    matrix = csr_array((weight, (at, column)), shape=(len(rows), len(cells)))
    return Region(cells, matrix, ends[:, 0], ends[:, 1], unit, not is_money)


def narrow_cells(
    region: Region, needs: Mapping[Cell, float]
) -> dict[Cell, tuple[float, float]] | None:
    """Return the cells of ``needs`` whose interval is narrower than they need, with its ends.

    None where the limits contradict each other. Every solution of a linear programme shows
    numbers that are possible for all cells at once, so few cells need programmes of their own.
    """
    place = {cell: number for number, cell in enumerate(region.cells)}
    wanted = [cell for cell in sorted(needs) if cell in place]
    seen: list[Floats] = []
    narrow: dict[Cell, tuple[float, float]] = {}
    together = [place[cell] for cell in wanted] if len(wanted) > 1 else []
    for weights in _weights_together(together, len(region.cells)):
        point = region.extreme(weights)
        if point is None:
            return None
        seen.append(point)
    for cell in wanted:
        at, need = place[cell], needs[cell]
        if not _look_closer(region, seen, at, need=need):
            return None
        if not _is_seen_wide(region, seen, at, need):
            numbers = [float(point[at]) * region.unit for point in seen]
            narrow[cell] = (min(numbers), max(numbers))
    return narrow


def _look_closer(region: Region, seen: list[Floats], at: int, *, need: float) -> bool:
    """Add a cell's ends to ``seen`` until it is seen wide; False where nothing is possible."""
    for weights in reversed(list(_weights_together([at], len(region.cells)))):
        if _is_seen_wide(region, seen, at, need):
            break
        point = region.extreme(weights)
        if point is None:
            return False
        seen.append(point)
    return True


def _weights_together(places: Sequence[int], n: int) -> Iterator[Floats]:
    """Yield weights that push the places up and down, any two of them apart at least once."""
    for bit in range(-1, (len(places) - 1).bit_length()):
        signs = [-1.0 if bit >= 0 and number >> bit & 1 else 1.0 for number in range(len(places))]
        for direction in (1.0, -1.0) if places else ():
            weights = np.zeros(n)
            weights[list(places)] = direction * np.array(signs)
            yield weights


def _is_seen_wide(
    region: Region, seen: Sequence[Floats], at: int, need: float
) -> bool:
    numbers = [float(point[at]) for point in seen]
    return bool(numbers) and region.is_wide(min(numbers), max(numbers), need)
