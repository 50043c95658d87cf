"""Protect a table or a headline number: what may be shown of it, noted as shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.disclosure.cells import Cell, Part, ShownTable, described
from workbench.disclosure.ledger import Noted, agreed_name, note, planned_cells
from workbench.disclosure.rules import is_dominated, rounded_count, rounded_share, rounded_sum
from workbench.disclosure.shape import Shape
from workbench.errors import DisclosureError
from workbench.measures import Measure
from workbench.settings import Disclosure

Exact = dict[Cell, float]


def protect(frame: pd.DataFrame, profile: Disclosure, *, shape: Shape) -> pd.DataFrame:
    """Return the table as it may be shown; a hidden number is missing.

    In a build the cells that it shows are noted, and those that must be hidden so that no
    other cell can be worked out are hidden as well. Every number must be named in ``shape``:
    DisclosureError for one that is not.
    """
    _refuse_undeclared(frame, shape)
    table = described(frame, shape)
    exact = _exact(frame, table)
    if not shape.population:
        table, exact = agreed_name(table, exact)
    shown = _counts_shown(frame, profile, table=table, columns=shape.counts)
    for column, judges in shape.sums.items():
        sums = _integers(_safe_sums(frame, column, judges), frame)
        shown[column] = sums.mask(_planned(table, column), pd.NA)
    for column in shape.means:
        shown[column] = _integers([rounded_sum(mean) for mean in frame[column]], frame)
        for money in shape.sums:
            shown.loc[shown[money].isna(), column] = pd.NA
    numbers = [*shape.counts, *shape.sums, *shape.means]
    shown.loc[shown[shape.basis].isna(), numbers] = pd.NA
    cells = _cells_shown(shown, table)
    shown = _with_ratios(shown, profile, shape=shape)
    dropped = [*shape.unshown, *(judge for pair in shape.sums.values() for judge in pair)]
    shown = shown.drop(columns=dropped)
    note(Noted(table, exact, cells, profile), _numbers(shown, shape.dimensions))
    return shown


def protect_measure(measure: Measure, profile: Disclosure) -> Measure:
    """Return a measure as it may be shown; its value is None where it must be hidden.

    A tally of files or rows (``is_about_people`` False) stays exact.
    """
    shown = _shown_measure(measure, profile)
    table = _table_of(measure)
    planned = [cell in planned_cells() for cell, _ in table.cells()] if table is not None else []
    if any(planned):  # a share of which only the part is hidden still tells of how many it is
        is_n_hidden = planned[0] or measure.form != "share"
        shown = replace(shown, value=None, low=None, high=None,
                        n=None if is_n_hidden else shown.n)
    numbers = [v for v in (shown.value, shown.low, shown.high, shown.n) if v is not None]
    if table is not None:
        exact = _exact_measure(measure, table)
        told = (shown.n,) if shown.form == "number" else (shown.n, shown.value)[-len(exact):]
        cells = {cell: None if number is None else _shown_cell(exact[cell], form, profile)
                 for (cell, form), number in zip(table.cells(), told, strict=True)}
        note(Noted(table, exact, cells, profile), numbers)
    else:
        note(None, numbers)
    return shown


def _shown_measure(measure: Measure, profile: Disclosure) -> Measure:
    if not measure.is_about_people:
        return measure
    if measure.value is None:
        return replace(measure, low=None, high=None, n=rounded_count(measure.n, profile))
    basis = measure.value if measure.form == "count" else measure.n
    if rounded_count(basis, profile) is None:
        return replace(measure, value=None, low=None, high=None, n=None)
    shown_n = rounded_count(measure.n, profile)
    if measure.form in ("share", "probability"):
        return _protected_share(measure, profile, shown_n)
    if measure.form == "count":
        ends = [_or_none(end, profile) for end in (measure.low, measure.high)]
        return replace(measure, value=rounded_count(measure.value, profile), n=shown_n,
                       low=ends[0], high=ends[1])
    value, low, high = (rounded_sum(v) if measure.form == "money" else _tenth(v)
                        for v in (measure.value, measure.low, measure.high))
    return replace(measure, value=value, low=low, high=high, n=shown_n)


def _protected_share(measure: Measure, profile: Disclosure, shown_n: int | None) -> Measure:
    whole = measure.n or 0
    value = rounded_share((measure.value or 0) * whole, whole, profile)
    if value is None:
        return replace(measure, value=None, low=None, high=None, n=shown_n)
    low, high = (None if end is None else round(end, 2) for end in (measure.low, measure.high))
    return replace(measure, value=value, low=low, high=high, n=shown_n)


def _table_of(measure: Measure) -> ShownTable | None:
    """Return the one or two cells of a headline; None where it is no sum of cells."""
    if not measure.is_about_people or measure.value is None:
        return None
    population = measure.population or f"headline {measure.name}"
    column = measure.column or measure.name
    if measure.form == "share" and measure.part:
        parts = (Part(column, (measure.part,), True),)
        return ShownTable(population, (), dict(measure.where), ((),), (column, measure.part), (),
                          parts=parts, basis=column)
    counts, sums = {"count": ((column,), ()), "number": ((column,), ()),
                    "money": ((), (column,))}.get(measure.form, ((), ()))
    is_total = measure.form == "count" or (
        measure.form in ("money", "number") and bool(measure.column))
    return ShownTable(population, (), dict(measure.where), ((),), counts,
                      sums) if is_total else None


def _exact_measure(measure: Measure, table: ShownTable) -> Exact:
    value, n = float(measure.value or 0), float(measure.n or 0)
    if measure.form != "share":  # of another number, its base is what counts people
        told = n if measure.form == "number" else value
        return {cell: told for cell, _ in table.cells()}
    whole, part = (cell for cell, _ in table.cells())
    return {whole: n, part: float(round(value * n))}


def _shown_cell(value: float, form: str, profile: Disclosure) -> float | None:
    return rounded_sum(value) if form == "money" else rounded_count(value, profile)


def _counts_shown(
    frame: pd.DataFrame, profile: Disclosure, *, table: ShownTable, columns: Sequence[str]
) -> pd.DataFrame:
    shown = frame.copy()
    for column in columns:
        counts = _integers([rounded_count(n, profile) for n in frame[column]], frame)
        shown[column] = counts.mask(_planned(table, column), pd.NA)
    return shown


def _with_ratios(shown: pd.DataFrame, profile: Disclosure, *, shape: Shape) -> pd.DataFrame:
    """Add shares and means that are reckoned from the figures as shown."""
    for column, (part, whole) in shape.shares.items():
        pairs = zip(shown[part], shown[whole], strict=True)
        shown[column] = _floats([rounded_share(p, w, profile) for p, w in pairs], shown)
        shown.loc[shown[shape.basis].isna(), column] = pd.NA
    for column, money in shape.mean_of.items():
        pairs = zip(shown[money], shown[shape.basis], strict=True)
        means = [None if pd.isna(m) or pd.isna(n) else rounded_sum(m / n) for m, n in pairs]
        shown[column] = _integers(means, shown)
    return shown


def _planned(table: ShownTable, column: str) -> NDArray[np.bool_]:
    planned = planned_cells()
    return np.array([table.cell(column, group) in planned for group in table.groups], dtype=bool)


def _exact(frame: pd.DataFrame, table: ShownTable) -> Exact:
    """Return the exact numbers of a table's cells."""
    return {
        table.cell(column, group): float(value)
        for column in (*table.counts, *table.sums)
        for group, value in zip(table.groups, frame[column], strict=True) if not pd.isna(value)
    }


def _cells_shown(shown: pd.DataFrame, table: ShownTable) -> Mapping[Cell, float | None]:
    """Return the cells as shown; a total that some row shows is shown."""
    cells: dict[Cell, float | None] = {}
    for column in (*table.counts, *table.sums):
        for group, value in zip(table.groups, shown[column], strict=True):
            cell = table.cell(column, group)
            is_new = cells.get(cell) is None
            cells[cell] = (None if pd.isna(value) else int(value)) if is_new else cells[cell]
    return cells


def _numbers(shown: pd.DataFrame, dimensions: Sequence[str]) -> Iterable[float]:
    return [float(value) for column in shown.select_dtypes("number") if column not in dimensions
            for value in shown[column].dropna()]


def _or_none(end: float | None, profile: Disclosure) -> int | None:
    return None if end is None else rounded_count(end, profile)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(float(value), 1)


def _safe_sums(frame: pd.DataFrame, column: str, judges: tuple[str, str]) -> list[int | None]:
    rows = zip(frame[column], frame[judges[0]], frame[judges[1]], strict=True)
    return [None if is_dominated(s, one, two) else rounded_sum(s) for s, one, two in rows]


def _refuse_undeclared(frame: pd.DataFrame, shape: Shape) -> None:
    declared = {*shape.counts, *shape.sums, *shape.means, shape.basis}
    declared |= {judge for pair in shape.sums.values() for judge in pair}
    numbers = frame.select_dtypes("number").columns
    for column in numbers:
        if column not in declared and column not in shape.dimensions:
            raise DisclosureError(
                f"Column '{column}' of a table to be shown holds numbers that no rule protects. "
                "Name it in the table's Shape as a count, a share, a sum or a mean, or drop it."
            )


def _integers(values: list[int | None], frame: pd.DataFrame) -> pd.Series:
    return pd.Series(values, index=frame.index, dtype="Int64")


def _floats(values: list[float | None], frame: pd.DataFrame) -> pd.Series:
    return pd.Series(values, index=frame.index, dtype="Float64")
