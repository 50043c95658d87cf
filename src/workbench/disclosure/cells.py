"""Cells as they were shown: who is counted, what, of which group, and the number or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from workbench.disclosure.shape import Group, MadeOf, Shape
from workbench.errors import DisclosureError
from workbench.settings import Disclosure

COUNT, MONEY = "count", "money"
ALL, SOME, OVERLAPPING = "all", "some", "overlapping"


class Cell(NamedTuple):
    """One number: what ``measure`` says of the ``group`` (dimension, value) of a population."""

    population: str
    measure: str
    group: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Part:
    """A count that others make up; ``has_rest`` where some of it is in none of them."""

    whole: str
    parts: tuple[str, ...]
    has_rest: bool


@dataclass(frozen=True)
class Composed:
    """A cell that others, of any population, make up; ``has_rest`` where they leave some."""

    whole: Cell
    parts: tuple[Cell, ...]
    has_rest: bool


@dataclass(frozen=True)
class ShownTable:
    """A table without its numbers: which cells it has and which of them add up.

    ``rows`` says whether its groups are ``all`` of the population, ``some`` of it, or
    ``overlapping``; ``basis`` is the count with which a row is hidden. ``unions`` are
    pairs of a group and the groups that make it up. ``made_of`` reach into other populations;
    ``fixed`` are columns that readers know from elsewhere.
    """

    population: str
    dimensions: tuple[str, ...]
    where: Group
    groups: tuple[tuple[str, ...], ...]
    counts: tuple[str, ...]
    sums: tuple[str, ...]
    rows: str = ALL
    totals: Group = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    unions: tuple[tuple[tuple[str, ...], tuple[Group, ...]], ...] = ()
    basis: str = ""
    made_of: tuple[Composed, ...] = ()
    fixed: tuple[str, ...] = ()

    def cell(self, column: str, group: Iterable[str]) -> Cell:
        """Return the cell in which ``column`` meets the row of ``group``."""
        if column in self.totals:
            return cell_of(self.population, self.totals[column], self.where)
        named = dict(zip(self.dimensions, group, strict=True))
        return cell_of(self.population, column, {**self.where, **named})

    def row(self, group: Iterable[str]) -> tuple[Cell, ...]:
        """Return the cells of a row."""
        return tuple(self.cell(column, group) for column in (*self.counts, *self.sums))

    def form(self, column: str) -> str:
        """Tell whether a column counts people or holds money."""
        return MONEY if column in self.sums else COUNT

    def cells(self) -> Iterator[tuple[Cell, str]]:
        """Yield every cell with its form."""
        for group in self.groups:
            for column in (*self.counts, *self.sums):
                yield self.cell(column, group), self.form(column)


@dataclass(frozen=True)
class Shown:
    """All cells that a brief shows. ``data`` tells apart data that are not the same.

    ``values`` are the numbers as shown, None where one is hidden; nothing tells why it is.
    ``exempt`` says which numbers no rule applies to, and why.
    """

    brief: str
    as_of: str
    data: str
    profile: Disclosure
    tables: tuple[ShownTable, ...]
    values: Mapping[Cell, float | None]
    exempt: tuple[str, ...] = ()

    @cached_property
    def forms(self) -> dict[Cell, str]:
        """The form of every cell."""
        return {cell: form for table in self.tables for cell, form in table.cells()}


def cell_of(population: str, measure: str, group: Group) -> Cell:
    """Return a cell, its dimensions in order."""
    return Cell(population, measure, tuple(sorted(group.items())))


def described(frame: pd.DataFrame, shape: Shape) -> ShownTable:
    """Return what cells a table has, from its shape and the groups that its rows name."""
    counts = tuple(name for name in shape.counts if name not in shape.unshown)
    columns = (*shape.counts, *shape.sums)
    judges = {judge for pair in shape.sums.values() for judge in pair}
    numbers = {*columns, *shape.means, *judges}
    texts = [str(c) for c in frame.columns if c not in numbers]
    dimensions = shape.dimensions or tuple(texts) or ("row",)
    names = frame[list(dimensions)] if dimensions != ("row",) else pd.DataFrame(
        {"row": range(len(frame))})
    groups = tuple(tuple(map(word, row)) for row in names.itertuples(index=False))
    rows = OVERLAPPING if not shape.is_disjoint else ALL if shape.is_partition else SOME
    return ShownTable(
        shape.population or f"rows of {', '.join(dimensions)} with {', '.join(columns)}",
        dimensions, dict(shape.where), groups, counts, tuple(shape.sums), rows,
        dict(shape.totals), _parts(shape), tuple(shape.unions.items()),
        shape.basis if shape.basis in counts else "", _all_made_of(shape, dimensions, groups),
        shape.fixed,
    )


def word(value: object) -> str:
    """Return how a group is called; a date by its day."""
    if isinstance(value, (pd.Timestamp, dt.date)) and value is not pd.NaT:
        return f"{value:%Y-%m-%d}"
    return str(value)


def shown_text(shown: Shown) -> str:
    """Return the text of data/shown/<brief>.json: the same bytes for the same cells."""
    forms = shown.forms
    cells = [
        {"population": cell.population, "measure": cell.measure, "form": forms[cell],
         "dimensions": dict(cell.group), "value": shown.values[cell]}
        for cell in sorted(shown.values)
    ]
    tables = [{**asdict(table), "unions": [list(pair) for pair in table.unions]}
              for table in shown.tables]
    content = {
        "brief": shown.brief, "as_of": shown.as_of, "data": shown.data,
        "disclosure": asdict(shown.profile), "exempt": list(shown.exempt),
        "tables": tables, "cells": cells,
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_shown(path: Path) -> Shown:
    """Read what ``shown_text`` wrote; DisclosureError where the file is not that."""
    try:
        return parsed_shown(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DisclosureError(
            f"{path.parent.name}/{path.name} does not hold the cells that a brief showed. Build "
            "the brief again with `dvc repro`; of a baseline, set it again."
        ) from error


def parsed_shown(content: Mapping[str, Any]) -> Shown:
    """Return the cells of a brief from plain data."""
    values = {cell_of(one["population"], one["measure"], one["dimensions"]): one["value"]
              for one in content["cells"]}
    return Shown(
        content["brief"], content["as_of"], content["data"], Disclosure(**content["disclosure"]),
        tuple(_table(entry) for entry in content["tables"]), values, tuple(content["exempt"]),
    )


def _table(entry: Mapping[str, Any]) -> ShownTable:
    parts = tuple(Part(p["whole"], tuple(p["parts"]), p["has_rest"]) for p in entry["parts"])
    unions = tuple((tuple(group), tuple(made_of)) for group, made_of in entry["unions"])
    return ShownTable(
        entry["population"], tuple(entry["dimensions"]), entry["where"],
        tuple(tuple(group) for group in entry["groups"]), tuple(entry["counts"]),
        tuple(entry["sums"]), entry["rows"], entry["totals"], parts, unions,
        entry["basis"], tuple(map(_read_made_of, entry.get("made_of", entry.get("links", ())))),
        tuple(entry.get("fixed", ())),
    )


def _read_made_of(entry: Mapping[str, Any]) -> Composed:
    whole, *parts = (Cell(population, measure, tuple((name, value) for name, value in group))
                     for population, measure, group in (entry["whole"], *entry["parts"]))
    return Composed(whole, tuple(parts), entry["has_rest"])


def _all_made_of(
    shape: Shape, dimensions: tuple[str, ...], groups: tuple[tuple[str, ...], ...]
) -> tuple[Composed, ...]:
    rows = [{**shape.where, **dict(zip(dimensions, group, strict=True))} for group in groups]
    return tuple(_made_of(shape, one, row) for one in shape.made_of for row in rows)


def _made_of(shape: Shape, whole: MadeOf, row: Group) -> Composed:
    own = [cell_of(shape.population, name, row) for name in whole.own]
    parts = [cell_of(population, column, {there: row[here] for there, here in named.items()})
             for population, column, named in whole.parts]
    return Composed(
        cell_of(shape.population, whole.column, row), (*own, *parts), whole.has_rest)


def _parts(shape: Shape) -> tuple[Part, ...]:
    """Return what makes up a count, a share's whole among them: its rest is a group too."""
    found = [Part(whole, parts, False) for whole, parts in shape.splits.items()]
    found += [Part(whole, parts, True) for whole, parts in shape.parts.items()]
    known = {(part.whole, name) for part in found for name in part.parts}
    shares = sorted({(whole, part) for part, whole in shape.shares.values()} - known)
    return (*found, *(Part(whole, (part,), True) for whole, part in shares if whole != part))
