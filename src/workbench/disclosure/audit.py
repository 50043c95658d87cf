"""Attack all briefs of a release together, and with the last one, from what is public."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from workbench.disclosure.bounds import (
    SIGNED,
    UNKNOWN,
    Drift,
    Limits,
    Region,
    limits_of,
    region_of,
)
from workbench.disclosure.cells import MONEY, Cell, Shown, read_shown
from workbench.disclosure.known import drifts_of, renamed, renamed_table
from workbench.disclosure.relations import Sum, connected, sums_of, telling

EXACT, NARROW, PUBLISHED = "exact", "narrow", "published"
Interval = tuple[float, float]


@dataclass(frozen=True)
class Finding:
    """A hidden cell of a brief that readers can pin down: it lies between ``low`` and ``high``.

    ``kind``: ``exact`` where one number is left, ``narrow`` where too few are, ``published``
    where the last release showed the cell, from the same data.
    """

    brief: str
    cell: Cell
    low: float
    high: float
    kind: str


@dataclass(frozen=True)
class Attacked:
    """What was looked at of one brief.

    ``width`` is that of its narrowest hidden count, infinite where nothing bounds any.
    ``n_linked`` of its tables share sums with others. ``baseline`` says what of the last
    release was compared with it: none, the same data, or other data.
    """

    brief: str
    n_cells: int
    n_hidden: int
    n_tables: int
    n_linked: int
    width: float
    baseline: str


@dataclass(frozen=True)
class Audit:
    """Findings, and the briefs that were attacked together.

    ``sentences`` are pairs of a brief and a sentence of its page with a count of people that
    is not as one may be shown.
    """

    findings: tuple[Finding, ...]
    briefs: tuple[Attacked, ...]
    sentences: tuple[tuple[str, str], ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings and not self.sentences


@dataclass
class _Public:
    """All that is public of a release and the one before."""

    sums: list[Sum] = field(default_factory=list)
    limits: dict[Cell, Interval] = field(default_factory=dict)
    drifts: list[Drift] = field(default_factory=list)
    published: set[Cell] = field(default_factory=set)
    baselines: dict[str, str] = field(default_factory=dict)


def read_folder(folder: Path) -> list[Shown]:
    """Return the cells of every brief below data/shown or reports/baseline, by brief."""
    return [read_shown(path) for path in sorted(folder.rglob("*.json"))]


def audit(shown: Sequence[Shown], baseline: Sequence[Shown] = ()) -> Audit:
    """Return which hidden cells of the briefs can be pinned down, all of them taken together.

    Cells of one population, column and group are one number in all briefs. What the last
    release showed of the same data is the same number too; of other data it bounds the number
    by as much as a group may have changed (see workbench.disclosure.known).
    """
    public = _gather(shown, baseline)
    known = telling(public.sums, public.limits)
    hidden = {cell for brief in shown for cell, value in brief.values.items() if value is None}
    ends = {cell: public.limits[cell] for cell in hidden}
    for group in connected([*known, *(drift.as_sum for drift in public.drifts)]):
        ends |= _intervals(group, public, hidden)
    findings = [
        Finding(brief.brief, cell, *ends[cell], _kind(cell, ends[cell], public))
        for brief in shown for cell in sorted(brief.values)
        if brief.values[cell] is None and not _is_wide(ends[cell], cell, brief)
    ]
    return Audit(tuple(findings), tuple(_attacked(brief, known, public, ends) for brief in shown))


def _gather(shown: Sequence[Shown], baseline: Sequence[Shown]) -> _Public:
    public = _Public()
    for brief in shown:
        _add(public, brief)
    now = {brief.brief: brief for brief in shown}
    values = {cell: value for brief in shown for cell, value in brief.values.items()}
    for old in baseline:
        same = old.brief in now and old.data == now[old.brief].data and _agrees(old, public)
        public.baselines[old.brief] = "the same data" if same else "other data"
        if same:
            _add(public, old)
            public.published |= {c for c, value in old.values.items() if value is not None}
        elif shown:
            public.sums += sums_of(map(renamed_table, old.tables))
            limits = limits_of(old.values, old.forms, old.profile)
            public.limits |= {renamed(cell): limit for cell, limit in limits.items()}
            public.drifts += drifts_of(values, old.values, old.forms, shown[0].profile)
    return public


def _add(public: _Public, brief: Shown) -> None:
    public.sums = list(dict.fromkeys([*public.sums, *sums_of(brief.tables)]))
    for cell, (low, high) in limits_of(brief.values, brief.forms, brief.profile).items():
        old = public.limits.get(cell, UNKNOWN)
        public.limits[cell] = max(low, old[0]), min(high, old[1])


def _agrees(old: Shown, public: _Public) -> bool:
    """Tell whether what was shown before can be the same numbers."""
    limits = limits_of(old.values, old.forms, old.profile)
    return all(limits[cell][0] <= public.limits[cell][1]
               and public.limits[cell][0] <= limits[cell][1]
               for cell in set(limits) & set(public.limits))


def _intervals(
    group: Sequence[Sum], public: _Public, hidden: set[Cell]
) -> dict[Cell, Interval]:
    """Return the interval of each hidden cell of one connected group of sums."""
    cells = {cell for one in group for cell in one.cells}
    wanted = sorted(cells & hidden)
    drifts = [drift for drift in public.drifts if drift.now in cells]
    moved = {drift.as_sum for drift in drifts}
    sums = [one for one in group if one not in moved]
    signed = {**public.limits, **{cell: SIGNED for cell in cells
                                  if public.limits.get(cell, UNKNOWN) == UNKNOWN}}
    tries: list[tuple[Limits, list[Drift]]] = [
        (public.limits, drifts), (public.limits, []), (signed, [])]
    for limits, linked in tries if wanted else ():  # a reader whose beliefs clash drops some
        region = region_of(sums, limits, linked)
        found = [_ends(region, cell) for cell in wanted]
        if None not in found:
            return {cell: ends for cell, ends in zip(wanted, found, strict=True) if ends}
    return {}


def _ends(region: Region, cell: Cell) -> Interval | None:
    if cell not in region.cells:
        return UNKNOWN
    at = region.cells.index(cell)
    weights = np.zeros(len(region.cells))
    weights[at] = 1.0
    least, most = region.extreme(weights), region.extreme(-weights)
    if least is None or most is None:
        return None
    is_open = most[at] >= region.high.max() / 2
    return float(least[at] * region.unit), math.inf if is_open else float(most[at] * region.unit)


def _is_wide(ends: Interval, cell: Cell, brief: Shown) -> bool:
    """Tell whether an interval hides a count, or leaves a sum of money unknown by half."""
    low, high = ends
    if brief.forms[cell] == MONEY:
        return high >= 2 * low
    return high == math.inf or math.floor(high + 1e-6) - math.ceil(
        low - 1e-6) >= brief.profile.cell_min


def _kind(cell: Cell, ends: Interval, public: _Public) -> str:
    if cell in public.published:
        return PUBLISHED
    return EXACT if ends[1] - ends[0] < 1 else NARROW


def _attacked(
    brief: Shown, known: Sequence[Sum], public: _Public, ends: dict[Cell, Interval]
) -> Attacked:
    forms = brief.forms
    hidden = [cell for cell, value in brief.values.items() if value is None]
    widths = [ends[cell][1] - ends[cell][0] for cell in hidden if forms[cell] != MONEY]
    linked = {cell for one in known for cell in one.cells}
    n_linked = sum(any(cell in linked for cell, _ in table.cells()) for table in brief.tables)
    return Attacked(brief.brief, len(brief.values), len(hidden), len(brief.tables), n_linked,
                    min(widths, default=math.inf), public.baselines.get(brief.brief, "none"))
