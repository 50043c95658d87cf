"""Which cells add up to which: what a reader knows of tables without any of their numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from workbench.disclosure.cells import ALL, MONEY, OVERLAPPING, Cell, ShownTable, cell_of
from workbench.errors import DisclosureError

REST = "rest of "


@dataclass(frozen=True)
class Sum:
    """``whole`` is the sum of ``parts``, and of ``rest`` where there is one.

    A rest is a number that no table shows; it is not below zero.
    """

    whole: Cell
    parts: tuple[Cell, ...]
    rest: Cell | None = None
    is_money: bool = False

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of the sum, the whole first."""
        return (self.whole, *self.parts, *((self.rest,) if self.rest else ()))


def sums_of(tables: Iterable[ShownTable]) -> list[Sum]:
    """Return every sum that the tables imply, each once, in order."""
    found = {found: None for table in tables for found in _sums(table)}
    return sorted(found, key=lambda s: (s.whole, s.parts, s.rest or s.whole))


def telling(sums: Iterable[Sum], known: Mapping[Cell, object]) -> list[Sum]:
    """Return the sums that tell a reader something, given which cells tables have.

    A total that no table has and that stands in one sum alone says nothing.
    """
    left = list(sums)
    while True:
        n_of = Counter(cell for one in left for cell in one.cells)
        kept = [one for one in left if one.whole in known or n_of[one.whole] > 1]
        if len(kept) == len(left):
            return kept
        left = kept


def refuse_wrong_sums(sums: Iterable[Sum], exact: Mapping[Cell, float]) -> None:
    """DisclosureError where cells that are said to add up do not.

    Then a shape is wrong, and what readers can work out could not be told.
    """
    for one in sums:
        if not all(cell in exact for cell in (one.whole, *one.parts)):
            continue
        left = exact[one.whole] - sum(exact[part] for part in one.parts)
        if left < 0 if one.rest else left != 0:
            raise DisclosureError(
                f"'{one.whole.measure}' of population '{one.whole.population}' is said to be the "
                f"sum of {len(one.parts)} cells ({one.parts[0].measure}), and is not. Correct "
                "the Shape of the table: is_partition, is_disjoint, splits or population."
            )


def rests_of(sums: Iterable[Sum], exact: Mapping[Cell, float]) -> dict[Cell, float]:
    """Return the exact size of every rest whose sum is known."""
    return {
        one.rest: exact[one.whole] - sum(exact[part] for part in one.parts)
        for one in sums if one.rest and all(c in exact for c in (one.whole, *one.parts))
    }


def connected(sums: Iterable[Sum]) -> list[list[Sum]]:
    """Return the sums in groups that share no cell."""
    above: dict[Cell, Cell] = {}

    def top(cell: Cell) -> Cell:
        while above.setdefault(cell, cell) != cell:
            above[cell] = above[above[cell]]
            cell = above[cell]
        return cell

    listed = list(sums)
    for one in listed:
        for cell in one.cells:
            above[top(cell)] = top(one.whole)
    groups: dict[Cell, list[Sum]] = defaultdict(list)
    for one in listed:
        groups[top(one.whole)].append(one)
    return list(groups.values())


def _sums(table: ShownTable) -> Iterator[Sum]:
    for column in (*table.counts, *table.sums):
        if column not in table.totals:
            yield from _over_groups(table, column)
    for group in table.groups:
        yield from _within_row(table, group)
    for group, made_of in table.unions:
        for column in table.counts:
            parts = tuple(cell_of(table.population, column, {**table.where, **one})
                          for one in made_of)
            yield Sum(table.cell(column, group), parts)
    for composed in table.made_of:
        whole, parts = composed.whole, tuple(sorted(composed.parts))
        yield Sum(whole, parts, _rest(whole, parts) if composed.has_rest else None)


def _over_groups(table: ShownTable, column: str) -> Iterator[Sum]:
    """Yield what the groups of a column add up to: every total, over one dimension each.

    Over its other dimensions a total then adds up by itself.
    """
    is_money = table.form(column) == MONEY
    if table.rows == OVERLAPPING:
        yield from () if is_money else _at_most_the_total(table, column)
        return
    rows = [dict(zip(table.dimensions, group, strict=True)) for group in table.groups]
    for kept in _subsets(table.dimensions):
        summed = next(name for name in table.dimensions if name not in kept)
        totals: dict[Cell, set[Cell]] = {}
        for row in rows:
            group = {**table.where, **{name: row[name] for name in kept}}
            whole = cell_of(table.population, column, group)
            part = cell_of(table.population, column, {**group, summed: row[summed]})
            totals.setdefault(whole, set()).add(part)
        for whole, made_of in sorted(totals.items()):
            parts = tuple(sorted(made_of))
            yield Sum(whole, parts, None if table.rows == ALL else _rest(whole, parts), is_money)


def _at_most_the_total(table: ShownTable, column: str) -> Iterator[Sum]:
    total = cell_of(table.population, column, table.where)
    cells = {table.cell(column, group) for group in table.groups} - {total}
    yield from (Sum(total, (cell,), _rest(total, (cell,))) for cell in sorted(cells))


def _subsets(dimensions: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return every choice of dimensions but all of them, the largest first."""
    return [kept for n in range(len(dimensions) - 1, -1, -1)
            for kept in combinations(dimensions, n)]


def _within_row(table: ShownTable, group: tuple[str, ...]) -> Iterator[Sum]:
    for part in table.parts:
        whole = table.cell(part.whole, group)
        parts = tuple(sorted(table.cell(name, group) for name in part.parts))
        if whole not in parts:
            yield Sum(whole, parts, _rest(whole, parts) if part.has_rest else None)


def _rest(whole: Cell, parts: tuple[Cell, ...]) -> Cell:
    """Name what is left of a whole; the name tells the parts apart."""
    named = "; ".join(
        part.measure if part.group == whole.group and part.population == whole.population
        else f"{part.measure} {dict(part.group)}" if part.population == whole.population
        else f"{part.measure} of {part.population} {dict(part.group)}" for part in parts)
    return Cell(whole.population, f"{REST}{whole.measure} without {named}", whole.group)
