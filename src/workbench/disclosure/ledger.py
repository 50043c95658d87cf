"""The ledger of one run: every number that was protected, until the build asks what it all tells.

A kernel that builds a brief opens a ledger before the notebook's first cell. Nothing is kept
anywhere else: a call outside a build returns what it returns and leaves no trace. The exact
numbers stay in the kernel.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.disclosure.cells import Cell, Shown, ShownTable, cell_of, read_shown, shown_text
from workbench.disclosure.relations import rests_of, sums_of
from workbench.errors import DisclosureError
from workbench.settings import Disclosure

LEDGER_MIME = "application/vnd.workbench.ledger+json"
N_DIGITS = 9


@dataclass(frozen=True)
class Noted:
    """A table that was protected: its cells with their exact numbers, and as shown."""

    table: ShownTable
    exact: Mapping[Cell, float]
    shown: Mapping[Cell, float | None]
    profile: Disclosure


@dataclass
class Ledger:
    """What one run has shown so far. ``planned`` are cells to hide beyond the small ones."""

    planned: frozenset[Cell] = frozenset()
    notes: list[Noted] = field(default_factory=list)
    numbers: set[float] = field(default_factory=set)
    exempt: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True)
class Closing:
    """What a run tells the build at its end: public cells, and which others must be hidden."""

    content: Mapping[str, Any]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {LEDGER_MIME: dict(self.content)}


_open: list[Ledger] = []


def open_ledger(plan: str = "") -> Ledger:
    """Note from now on what is shown; hide the cells of ``plan`` (JSON) as well."""
    cells = json.loads(plan) if plan else []
    _open[:] = [Ledger(frozenset(cell_of(*cell) for cell in cells))]
    return _open[0]


def forget_ledger() -> None:
    """Note nothing any more."""
    _open.clear()


def plan_text(cells: Iterable[Cell]) -> str:
    """Return cells to hide as ``open_ledger`` reads them; no number is in it."""
    return json.dumps([[cell.population, cell.measure, dict(cell.group)]
                       for cell in sorted(cells)], ensure_ascii=False)


def planned_cells() -> frozenset[Cell]:
    """Return the cells to hide so that others cannot be worked out; none outside a build."""
    return _open[0].planned if _open else frozenset()


def note(noted: Noted | None, numbers: Iterable[float]) -> None:
    """Note a table, and numbers that may be shown."""
    if not _open:
        return
    _open[0].numbers |= {_same(number) for number in numbers}
    if noted is not None and noted not in _open[0].notes:
        _open[0].notes.append(noted)


def agreed_name(
    table: ShownTable, exact: dict[Cell, float]
) -> tuple[ShownTable, dict[Cell, float]]:
    """Give a table that names no population one that no other table of the run has."""
    if not _open:
        return table, exact
    own, number = table.population, 1
    while _is_other(exact):
        number += 1
        table = replace(table, population=f"{own}, no. {number}")
        exact = {cell._replace(population=table.population): n for cell, n in exact.items()}
    return table, exact


def exempt(frame: pd.DataFrame, why: str, *columns: str) -> pd.DataFrame:
    """Return ``frame``, whose ``columns`` (all where none is named) need no protection.

    For tallies of rows by a technical reason and for figures of a model, never for people.
    ``why`` stands on the quant's audit page.
    """
    if _open:
        named = columns or tuple(frame.select_dtypes("number").columns)
        numbers = frame[list(named)]
        values = (float(v) for column in numbers for v in numbers[column].dropna())
        _open[0].numbers |= {_same(value) for value in values}
        _open[0].exempt[f"{', '.join(map(str, named))}: {why}"] = None
    return frame


def refuse_unprotected(frame: pd.DataFrame, title: str) -> None:
    """DisclosureError where a build shows a number that no rule has protected or exempted."""
    if not _open:
        return
    for column in frame.select_dtypes("number"):
        values = {_same(float(value)) for value in frame[column].dropna()}
        if n_strange := len(values - _open[0].numbers):
            raise DisclosureError(
                f"'{title}' shows {n_strange} numbers in column '{column}' that did not come out "
                "of workbench.disclosure. Pass the table through protect(…) with its Shape, or, "
                "where it counts nobody, through exempt(frame, why)."
            )


def close_ledger(
    *, data: str, baseline: Iterable[str] = (), others: Iterable[str] = ()
) -> Closing:
    """Return what the run showed and what else must be hidden; the build calls it last.

    ``data`` tells the run's data apart from others; ``baseline`` and ``others`` are files of
    cells that readers know: of the last release, and of briefs that this one rests on.
    DisclosureError where tables contradict each other.
    """
    ledger = _open[0] if _open else Ledger()
    shown, exact = _all_cells(ledger, data)
    known = [(read_shown(Path(path)), True) for path in others]
    known += [(old, old.data == data) for old in map(read_shown, map(Path, baseline))]
    if not _has_secrets(shown, exact, [other for other, _ in known]):
        return Closing({"shown": json.loads(shown_text(shown)), "plan": [], "n_second": 0})
    from workbench.disclosure.secondary import plan_hiding  # it loads scipy; most runs need none

    more = plan_hiding(shown, exact, known=known)
    n_second = sum(exact.get(cell, 0) >= shown.profile.cell_min for cell in ledger.planned)
    return Closing({
        "shown": json.loads(shown_text(shown)),
        "plan": json.loads(plan_text(ledger.planned | more)) if more else [],
        "n_second": n_second,
    })


def _all_cells(ledger: Ledger, data: str) -> tuple[Shown, dict[Cell, float]]:
    notes = ledger.notes
    exact: dict[Cell, float] = {}
    values: dict[Cell, float | None] = {}
    for noted in notes:
        _refuse_contradiction(exact, noted.exact)
        exact |= noted.exact
        values |= {cell: value for cell, value in noted.shown.items()
                   if values.get(cell) is None}
    profile = notes[0].profile if notes else Disclosure(0, 1, 0)
    tables = tuple(sorted((noted.table for noted in notes), key=str))
    return Shown("", "", data, profile, tables, values, tuple(sorted(ledger.exempt))), exact


def _has_secrets(shown: Shown, exact: Mapping[Cell, float], known: Iterable[Shown]) -> bool:
    """Tell whether any number is hidden, here or elsewhere, or a few are left over of a whole."""
    hidden = (value is None for one in (shown, *known) for value in one.values.values())
    rests = rests_of(sums_of(shown.tables), exact).values()
    return any(hidden) or any(0 < rest < shown.profile.cell_min for rest in rests)


def _refuse_contradiction(known: Mapping[Cell, float], exact: Mapping[Cell, float]) -> None:
    for cell in sorted(set(known) & set(exact)):
        if known[cell] != exact[cell]:
            groups = ", ".join(f"{name} {value}" for name, value in cell.group) or "in all"
            raise DisclosureError(
                f"Two tables say differently how many '{cell.measure}' there are of population "
                f"'{cell.population}' ({groups}). Give one of them a population of its own."
            )


def _is_other(exact: Mapping[Cell, float]) -> bool:
    """Tell whether an earlier table has the same cells with other numbers."""
    return any(noted.exact[cell] != exact[cell] for noted in _open[0].notes
               for cell in set(noted.exact) & set(exact))


def _same(number: float) -> float:
    return round(number, N_DIGITS)
