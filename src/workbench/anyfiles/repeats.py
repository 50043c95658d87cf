"""Facts that are mapped twice: found before linking, reported, and counted once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from workbench.anyfiles.mapping import FileMapping
from workbench.people.anytables.records import FIELDS, OTHER

MOSTLY, FEW_ROWS, LOOKED_AT = 0.9, 5, 2_000
LEAST_LETTERS = 3  # of a word that is part of another column's text
# A column follows from another that many people share where nearly all values of the other, of
# those that some people have and there are some of, come with a single value.
ALWAYS, PEOPLE_A_VALUE, LEAST_VALUES = 0.98, 5, 5
SHARED_BY_MANY = ("first_name", "last_name", "full_name", "town_name", "postcode", "seat_id")
_NOT_ASKED = ("age_year",)
_SAME_FACT = {"birth_date", "birth_year", "age_years", "full_name", "first_name", "last_name"}


@dataclass(frozen=True)
class Repeats:
    """The columns that are left once each fact counts once, and a line a fact mapped twice."""

    columns: Mapping[str, tuple[str, ...]]
    mapping: FileMapping
    lines: tuple[str, ...]


def once_each(
    file: str, columns: Mapping[str, tuple[str, ...]], mapping: FileMapping
) -> Repeats:
    """Return a file's columns without those that are mapped a second time.

    A column of its own goes before one that is joined with others, and a standard identifier
    before a text under ``other``.
    """
    lines: list[str] = []
    alone = {names[0]: known for known, names in reversed(list(columns.items()))
             if len(names) == 1}
    left: dict[str, tuple[str, ...]] = {}
    for known, names in columns.items():
        kept = tuple(name for name in names if known in _SAME_FACT
                     or alone.get(name, known) in (known, *_SAME_FACT))
        lines += [_twice(file, name, alone[name], known) for name in names if name not in kept]
        if kept:
            left[known] = kept
    used = {name: known for known, names in left.items() for name in names}
    others = {}
    for free, names in mapping.others.items():
        if all(name in used for name in names):
            lines.append(_twice(file, names[0], used[names[0]], f"other: {free}"))
        else:
            others[free] = names
            used |= dict.fromkeys(names, f"other: {free}")
    return Repeats(left, replace(mapping, others=others), tuple(lines))


def without_derived(
    rows: pd.DataFrame, names: Mapping[str, str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows without texts that repeat what other columns say, and a line for each.

    ``names`` has the mapping's name of each column that begins with ``other_``.
    """
    said = {name: rows[name] for name in map(str, rows)
            if (name in FIELDS or name.startswith(OTHER)) and name not in _NOT_ASKED
            and rows[name].notna().any()}
    lines = []
    for name in sorted((name for name in said if name.startswith(OTHER)), reverse=True):
        rest = {other: values for other, values in said.items() if other != name}
        sources = _contained_in(said[name], rest) or _follows_from(said[name], rest, rows)
        if sources:
            lines.append(f"'{names[name]}' says nothing of its own: it follows from "
                         f"{', '.join(names.get(s, s) for s in sources)}. It is not compared; "
                         "take it out of the mapping")
            said = rest
    gone = [name for name in map(str, rows) if name.startswith(OTHER) and name not in said]
    return rows.drop(columns=gone), tuple(reversed(lines))


def _twice(file: str, column: str, kept: str, left_out: str) -> str:
    return (f"{file}: column '{column}' is mapped twice. It counts as {kept}, and not under "
            f"{left_out}; take it out there")


def _contained_in(values: pd.Series, rest: Mapping[str, pd.Series]) -> list[str]:
    """Return the columns whose words make up nearly all values, none where they do not."""
    filled = values.dropna()
    if len(filled) < FEW_ROWS or not rest:
        return []
    filled = filled.iloc[::max(len(filled) // LOOKED_AT, 1)]
    frame = pd.DataFrame({name: texts.loc[filled.index] for name, texts in rest.items()})
    found = [_sources(text, row) for text, row in zip(
        filled, frame.to_dict("records"), strict=True)]
    if sum(bool(sources) for sources in found) < MOSTLY * len(filled):
        return []
    return [name for name in rest if sum(name in sources for sources in found)
            >= len(filled) / 2]


def _sources(text: str, row: Mapping[Hashable, object]) -> set[str]:
    """Return the columns of a row that hold the words of a text, none where a word is new."""
    found: set[str] = set()
    told = {str(name): _words(value) for name, value in row.items() if isinstance(value, str)}
    for word in _words(text):
        holders = {name for name, words in told.items()
                   if word in words or (len(word) >= LEAST_LETTERS and word in "".join(words))}
        if not holders:
            return set()
        found |= holders
    return found


def _follows_from(
    values: pd.Series, rest: Mapping[str, pd.Series], rows: pd.DataFrame
) -> list[str]:
    """Return the column whose every value, whoever has it, comes with one value of these.

    Initials and year of birth tell people apart, so that one who is there often, misspelt, is
    not taken for many.
    """
    parts = [rows[name].astype("string").fillna("").str[:n] for name, n in (
        ("first_name", 1), ("last_name", 1), ("full_name", 3), ("birth_digits", 4))]
    people = parts[0] + "|" + parts[1] + "|" + parts[2] + "|" + parts[3]
    for name in (name for name in rest if name in SHARED_BY_MANY or name.startswith(OTHER)):
        frame = pd.DataFrame({"source": rest[name], "value": values, "person": people}).dropna()
        sizes = frame.groupby("source").agg(n=("person", "nunique"), n_values=("value", "nunique"))
        common = sizes[sizes["n"] >= PEOPLE_A_VALUE]
        if (len(common) >= LEAST_VALUES and frame["value"].nunique() >= LEAST_VALUES
                and (common["n_values"] == 1).mean() >= ALWAYS):
            return [name]
    return []


def _words(text: object) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in str(text).casefold()).split()
