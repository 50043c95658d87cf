"""What readers know from elsewhere: the last release, and briefs that were shown already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbench.disclosure.bounds import UNKNOWN, Drift, Limits, limits_of
from workbench.disclosure.cells import COUNT, Cell, Composed, Shown, ShownTable
from workbench.disclosure.relations import Sum, sums_of
from workbench.settings import Disclosure

LAST = "last release: "


@dataclass
class Known:
    """Cells and sums that readers have from elsewhere.

    ``public`` are cells of this brief that are shown there, of the same data. ``hidden`` are
    hidden cells of the last release. ``hidden_last`` are those of this brief that it hid.
    """

    sums: list[Sum] = field(default_factory=list)
    limits: dict[Cell, tuple[float, float]] = field(default_factory=dict)
    forms: dict[Cell, str] = field(default_factory=dict)
    public: set[Cell] = field(default_factory=set)
    hidden: set[Cell] = field(default_factory=set)
    hidden_last: set[Cell] = field(default_factory=set)
    drifts: list[Drift] = field(default_factory=list)

    def narrowed(self, cell: Cell, limits: Limits) -> tuple[float, float]:
        """Return between what a cell lies by both what is shown here and elsewhere."""
        ends = [limits.get(cell, UNKNOWN), self.limits.get(cell, UNKNOWN)]
        return max(low for low, _ in ends), min(high for _, high in ends)


def known_cells(
    shown: Shown, exact: Mapping[Cell, float], known: Sequence[tuple[Shown, bool]]
) -> Known:
    """Gather what readers have from elsewhere, each with whether it rests on the same data.

    Of the same data, a cell there is the same number. Of other data it is a number of its
    own, and readers are taken to hold that no group gained or lost more than half the least
    cell: who knows less can conclude less.
    """
    found = Known()
    for other, is_same in known:
        found.hidden_last |= {cell for cell, value in other.values.items() if value is None}
        if is_same and _is_consistent(other, exact):
            _add_same(found, shown, other)
        elif _shares_cells(shown, other):
            _add_drifted(found, shown, other)
    return found


def drifts_of(
    now: Mapping[Cell, float | None], then: Mapping[Cell, float | None],
    counted: Mapping[Cell, str], profile: Disclosure,
) -> list[Drift]:
    """Return which cells of two releases a reader would hold to be nearly the same number.

    Of cells that are shown in both and lie further apart than that, they would not.
    """
    most = profile.cell_min / 2
    reach = most + profile.rounding_base - 1
    return [
        Drift(cell, renamed(cell), most) for cell in sorted(set(now) & set(then))
        if counted[cell] == COUNT and abs(_apart(now[cell], then[cell])) <= reach
    ]


def renamed(cell: Cell) -> Cell:
    """Return the cell of the last release."""
    return cell._replace(population=f"{LAST}{cell.population}")


def renamed_table(table: ShownTable) -> ShownTable:
    """Return the table of the last release."""
    made_of = tuple(Composed(renamed(one.whole), tuple(map(renamed, one.parts)), one.has_rest)
                    for one in table.made_of)
    return replace(table, population=f"{LAST}{table.population}", made_of=made_of)


def _add_same(found: Known, shown: Shown, other: Shown) -> None:
    limits = limits_of(other.values, other.forms, other.profile)
    found.sums += sums_of(other.tables)
    for cell, ends in limits.items():
        old = found.limits.get(cell, UNKNOWN)
        found.limits[cell] = (max(ends[0], old[0]), min(ends[1], old[1]))
    found.forms |= other.forms
    found.public |= {cell for cell, value in other.values.items() if value is not None}
    found.hidden |= {cell for cell, value in other.values.items()
                     if value is None and cell not in shown.values}


def _add_drifted(found: Known, shown: Shown, other: Shown) -> None:
    found.sums += sums_of(map(renamed_table, other.tables))
    forms = other.forms
    limits = limits_of(other.values, forms, other.profile)
    found.limits |= {renamed(cell): ends for cell, ends in limits.items()}
    found.forms |= {renamed(cell): form for cell, form in forms.items()}
    found.hidden |= {renamed(cell) for cell, value in other.values.items() if value is None}
    found.drifts += drifts_of(shown.values, other.values, forms, shown.profile)


def _is_consistent(other: Shown, exact: Mapping[Cell, float]) -> bool:
    """Tell whether what was shown before fits the numbers of now: else it counted otherwise."""
    limits = limits_of(other.values, other.forms, other.profile)
    return all(limits[cell][0] <= exact[cell] <= limits[cell][1]
               for cell in set(limits) & set(exact) if other.values[cell] is not None)


def _shares_cells(shown: Shown, other: Shown) -> bool:
    return not set(shown.values).isdisjoint(other.values)


def _apart(now: float | None, then: float | None) -> float:
    return 0.0 if now is None or then is None else now - then
