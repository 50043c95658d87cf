"""Secondary suppression: which further cells to hide so that no hidden one can be pinned down.

For each cell whose interval is too narrow, a linear programme finds two tables that both fit
all that is shown, in which the cell differs by enough, and that break as few shown cells as
can be; those are hidden too (Fischetti and Salazar's models, solved one cell after another as
statistical offices do; the weights are repeated so that few cells are broken by much rather than
many by little).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array, eye_array, vstack

from workbench.disclosure.bounds import (
    SIGNED,
    UNKNOWN,
    Drift,
    Floats,
    Region,
    limits_of,
    narrow_cells,
    region_of,
)
from workbench.disclosure.cells import MONEY, Cell, Shown, ShownTable
from workbench.disclosure.known import Known, known_cells
from workbench.disclosure.relations import (
    Sum,
    connected,
    refuse_wrong_sums,
    rests_of,
    sums_of,
    telling,
)

N_TIMES_WEIGHED = 3
HEADLINE_COST, TOTAL_COST, HIDDEN_LAST_COST = 30.0, 4.0, 0.3
BROKEN = 1e-4
UNREACHABLE = 1e9
Places = NDArray[np.intp]


@dataclass
class Work:
    """One connected part of the cells while it is worked on."""

    sums: list[Sum]
    needs: dict[Cell, float]
    limits: dict[Cell, tuple[float, float]]
    drifts: list[Drift]
    costs: Mapping[Cell, float]
    rows: Mapping[Cell, tuple[Cell, ...]]
    exact: Mapping[Cell, float]
    forms: Mapping[Cell, str]
    cell_min: int
    hidden: set[Cell] = field(default_factory=set)


def plan_hiding(
    shown: Shown, exact: Mapping[Cell, float], *, known: Sequence[tuple[Shown, bool]] = ()
) -> frozenset[Cell]:
    """Return the cells to hide beyond those that are hidden already.

    ``exact`` are the true numbers of the cells. ``known`` is what readers have from elsewhere,
    each with whether it rests on the same data. DisclosureError where a shape is wrong.
    A cell that was published before cannot be hidden any more, and is taken as shown.
    """
    refuse_wrong_sums(sums_of(shown.tables), exact)
    others = known_cells(shown, exact, known)
    more: frozenset[Cell] = frozenset()
    while True:  # a hidden basis hides its row, whose cells may stand in other sums
        values = {cell: None if cell in more else value for cell, value in shown.values.items()}
        found = _hide_once(replace(shown, values=values), exact, others)
        if not found:
            return more
        more |= found


def _hide_once(shown: Shown, exact: Mapping[Cell, float], others: Known) -> set[Cell]:
    sums = sums_of(shown.tables)
    limits = limits_of(shown.values, shown.forms, shown.profile)
    forms = {**others.forms, **shown.forms}
    every = telling([*sums, *others.sums], {**limits, **others.limits})
    hidden = {cell for cell, value in shown.values.items() if value is None}
    needs = {cell: _need(cell, exact, forms, shown.profile.cell_min) for cell in
             sorted(hidden | others.hidden) if cell not in others.public}
    needs |= {rest: float(shown.profile.cell_min) for rest, n in rests_of(sums, exact).items()
              if 0 < n < shown.profile.cell_min and not _is_money(rest, every)}
    costs = _costs(shown, others)
    rows = rows_of(shown.tables)
    more: set[Cell] = set()
    for sums_here in connected_with(every, others.drifts):
        cells = {cell for one in sums_here for cell in one.cells}
        drifts = [drift for drift in others.drifts if drift.now in cells or drift.then in cells]
        cells |= {cell for drift in drifts for cell in (drift.now, drift.then)}
        own = {cell: others.narrowed(cell, limits) for cell in sorted(cells)
               if cell in limits or cell in others.limits}
        if any(exact.get(cell, 0.0) < 0 for cell in cells):  # refunds: no sum is known to be gain
            own |= {cell: SIGNED for cell in cells if own.get(cell, UNKNOWN) == UNKNOWN}
        here = {cell: need for cell, need in needs.items() if cell in cells}
        work = Work(sums_here, here, own, drifts, costs, rows, exact, forms,
                    shown.profile.cell_min)
        more |= hide_more(work)
    return more


def hide_more(work: Work) -> set[Cell]:
    """Hide cells of one connected part until no hidden cell is pinned down; return them."""
    region = region_of(work.sums, work.limits, work.drifts)
    narrow = narrow_cells(region, work.needs)
    if narrow is None and work.drifts:  # more came or went than readers hold possible
        work.drifts = []
        region = region_of(work.sums, work.limits)
        narrow = narrow_cells(region, work.needs)
    waiting = sorted(narrow or {}, key=lambda cell: (work.exact.get(cell, 0.0), cell))
    while waiting:
        cell = waiting.pop(0)
        if not narrow_cells(region, {cell: work.needs[cell]}):
            continue
        fresh = _cells_to_open(region, cell, work)
        if not fresh:
            continue  # what pins it down was published before, and cannot be taken back
        _hide(fresh, work)
        region = region_of(work.sums, work.limits, work.drifts)
        narrow = narrow_cells(region, {one: work.needs[one] for one in fresh}) or {}
        waiting = [cell, *waiting, *sorted(set(narrow) - {cell, *waiting})]
    return work.hidden


def connected_with(sums: Sequence[Sum], drifts: Sequence[Drift]) -> list[list[Sum]]:
    """Return the sums in groups that share no cell and that no drift links."""
    moved = dict.fromkeys(drift.as_sum for drift in drifts)  # a set, in order
    groups = connected([*sums, *moved])
    return [[one for one in group if one not in moved] for group in groups]


def rows_of(tables: Sequence[ShownTable]) -> dict[Cell, tuple[Cell, ...]]:
    """Return for each basis the other cells of its rows, which are hidden with it."""
    rows: dict[Cell, tuple[Cell, ...]] = {}
    for table in tables:
        if not table.basis:
            continue
        for group in table.groups:
            basis = table.cell(table.basis, group)
            own = tuple(cell for cell in table.row(group) if cell != basis)
            rows[basis] = (*rows.get(basis, ()), *own)
    return rows


def _hide(cells: Sequence[Cell], work: Work) -> None:
    """Hide cells, and with a basis the whole of its row."""
    waiting = list(cells)
    while waiting:
        cell = waiting.pop()
        if cell in work.hidden or cell not in work.costs:
            continue
        work.hidden.add(cell)
        work.limits[cell] = UNKNOWN
        work.needs[cell] = _need(cell, work.exact, work.forms, work.cell_min)
        waiting += work.rows.get(cell, ())


def _cells_to_open(region: Region, cell: Cell, work: Work) -> list[Cell]:
    """Return the cells to hide so that ``cell`` may differ by as much as it needs."""
    at = region.cells.index(cell)
    is_free = [one in work.costs and one not in work.hidden for one in region.cells]
    free = np.flatnonzero(is_free)
    need = work.needs[cell] / region.unit + (1.0 if region.is_whole else 0.0)
    costs = np.array([work.costs[region.cells[place]] for place in free])
    broken, weights = None, costs
    for _ in range(N_TIMES_WEIGHED):
        found = _broken(region, at, free=free, need=need, weights=weights)
        if found is None:
            break
        broken = found
        weights = costs / (broken + need / 20)
    if broken is None:
        return []
    return [region.cells[place] for place, size in zip(free, broken, strict=True)
            if size > BROKEN]


def _broken(
    region: Region, at: int, *, free: Places, need: float, weights: Floats
) -> Floats | None:
    """Return by how much each free cell leaves its limits in the cheapest two tables.

    The tables differ by ``need`` in the cell ``at``.
    """
    n, n_free = len(region.cells), len(free)
    pick = csr_array((np.ones(n_free), (np.arange(n_free), free)), shape=(n_free, n))
    nothing = csr_array((n_free, n))
    slack = -eye_array(n_free)
    apart = csr_array(([-1.0, 1.0], ([0, 0], [at, n + at])), shape=(1, 2 * n + n_free))
    beyond = block_array([[pick, nothing, slack], [-pick, nothing, slack],
                          [nothing, pick, slack], [nothing, -pick, slack]])
    low, high = region.low.copy(), region.high.copy()
    ends = [high[free], -low[free]] * 2
    low[free], high[free] = np.minimum(low[free], 0.0), UNREACHABLE
    adds_up = block_array([[region.matrix, None, csr_array((region.matrix.shape[0], n_free))],
                           [None, region.matrix, csr_array((region.matrix.shape[0], n_free))]])
    found = linprog(
        np.concatenate([np.zeros(2 * n), weights]),
        A_ub=vstack([beyond, apart]), b_ub=np.concatenate([*ends, [-need]]),
        A_eq=adds_up, b_eq=np.zeros(adds_up.shape[0]),
        bounds=np.column_stack([np.concatenate([low, low, np.zeros(n_free)]),
                                np.concatenate([high, high, np.full(n_free, UNREACHABLE)])]),
        method="highs-ds",
    )
    return found.x[2 * n:] if found.status == 0 else None


def _need(
    cell: Cell, exact: Mapping[Cell, float], forms: Mapping[Cell, str], cell_min: int
) -> float:
    """Return how wide a hidden cell's interval must be: of money, as wide as the sum is large."""
    return abs(exact.get(cell, 0.0)) if forms[cell] == MONEY else float(cell_min)


def _is_money(rest: Cell, sums: Sequence[Sum]) -> bool:
    return any(one.rest == rest and one.is_money for one in sums)


def _costs(shown: Shown, others: Known) -> dict[Cell, float]:
    """Return what hiding a cell costs a reader: headlines and totals most, small cells least."""
    most = max((len(cell.group) for cell in shown.values), default=0)
    headlines = {cell for table in shown.tables if not table.dimensions
                 for cell, _ in table.cells()}
    rows = rows_of(shown.tables)
    fixed = {table.cell(column, group) for table in shown.tables for column in table.fixed
             for group in table.groups}
    costs = {}
    for cell, value in shown.values.items():
        if value is None or cell in others.public or cell in fixed:
            continue
        cost = HEADLINE_COST if cell in headlines else TOTAL_COST ** (most - len(cell.group))
        cost *= 1 + math.log10(1 + abs(value)) / 4
        cost *= 1 + sum(shown.values.get(other) is not None for other in rows.get(cell, ()))
        costs[cell] = cost * (HIDDEN_LAST_COST if cell in others.hidden_last else 1.0)
    return costs
