"""Expectation suites read strictly: what the workbench cannot check in full is refused."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.checks.fit import refuse_misfit
from workbench.errors import SuiteError, nearest_name
from workbench.tables import Table

COMMON = frozenset({"mostly"})
CONDITIONED = COMMON | {"row_condition", "condition_parser"}
ROW_TYPES: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "expect_column_values_to_not_be_null": (("column",), frozenset()),
    "expect_column_values_to_be_null": (("column",), frozenset()),
    "expect_column_values_to_be_in_set": (("column", "value_set"), frozenset()),
    "expect_column_values_to_not_be_in_set": (("column", "value_set"), frozenset()),
    "expect_column_values_to_be_between": (
        ("column",), frozenset({"min_value", "max_value", "strict_min", "strict_max"})),
    "expect_column_value_lengths_to_be_between": (
        ("column",), frozenset({"min_value", "max_value", "strict_min", "strict_max"})),
    "expect_column_value_lengths_to_equal": (("column", "value"), frozenset()),
    "expect_column_values_to_match_regex": (("column", "regex"), frozenset()),
    "expect_column_values_to_not_match_regex": (("column", "regex"), frozenset()),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        ("column_A", "column_B"), frozenset({"or_equal", "ignore_row_if"})),
    "expect_column_pair_values_to_be_equal": (
        ("column_A", "column_B"), frozenset({"ignore_row_if"})),
}
WHOLE_TYPES: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "expect_column_values_to_be_unique": (("column",), frozenset({"mostly"})),
    "expect_compound_columns_to_be_unique": (("column_list",), frozenset({"mostly"})),
    "expect_table_row_count_to_be_between": ((), frozenset({"min_value", "max_value"})),
}
ROW_COUNT = "expect_table_row_count_to_be_between"
TYPES = {
    **{name: (needed, more | CONDITIONED) for name, (needed, more) in ROW_TYPES.items()},
    **WHOLE_TYPES,
}
PAIR_IGNORES = ("either_value_is_missing", "both_values_are_missing", "neither")
AS_OF = {"$PARAMETER": "as_of"}
_META_KEYS = {"why", "severity", "rows"}


@dataclass(frozen=True)
class Expectation:
    """One expectation about the values of a table.

    ``severity`` is ``stop`` (the stage ends where it fails) or ``warn``; ``rows`` says
    whether failing rows are set aside or kept. ``mostly`` is the share of the rows that must
    keep it. ``why`` is a sentence for the person who reads that it failed.
    """

    name: str
    type: str
    kwargs: Mapping[str, Any]
    columns: tuple[str, ...]
    mostly: float
    severity: str
    rows: str
    why: str

    @property
    def is_whole(self) -> bool:
        """Whether it is about all rows of the source together, not about each row."""
        return self.type in WHOLE_TYPES

    @property
    def is_unique(self) -> bool:
        """Whether it says that no two rows are alike in its columns."""
        return self.is_whole and self.type != ROW_COUNT


@dataclass(frozen=True)
class Suite:
    """The expectations about one table, in the order in which they are written."""

    table: Table
    expectations: tuple[Expectation, ...]


def read_suite(root: Path, table: Table, source_name: str, *, as_of: dt.date) -> Suite:
    """Return the table's suite and the source's overlay, if any; SuiteError names the place.

    ``{"$PARAMETER": "as_of"}`` stands for the campaign's day, so that a suite can say that
    nothing lies in the future.
    """
    main = root / "expectations" / f"{table.name}.json"
    overlay = root / "expectations" / "sources" / f"{source_name}.json"
    if not main.is_file():
        raise SuiteError(
            f"expectations/{table.name}.json does not exist, and every table needs a suite. "
            f'To begin with, {{"name": "{table.name}", "expectations": []}} is enough.'
        )
    placed: list[tuple[str, Any]] = []
    for path in (main, overlay):
        if path.is_file():
            placed += _placed(path.relative_to(root).as_posix(), _entries(path, root, table))
    return _suite(table, placed, as_of)


def build_suite(
    table: Table, entries: list[Mapping[str, Any]], *, as_of: dt.date, where: str
) -> Suite:
    """Return the suite that the entries of an ``expectations`` list make."""
    return _suite(table, _placed(where, entries), as_of)


def _placed(where: str, entries: list[Mapping[str, Any]]) -> list[tuple[str, Any]]:
    return [(f"{where}, expectation {number}", entry) for number, entry in enumerate(entries, 1)]


def _suite(table: Table, placed: list[tuple[str, Any]], as_of: dt.date) -> Suite:
    seen: Counter[str] = Counter()
    made: list[Expectation] = []
    for where, entry in placed:
        _refuse_shape(entry, where)
        one = _expectation(table, entry, _filled(entry, as_of), (where, seen))
        _refuse_second(one, made, where)
        made.append(one)
    return Suite(table, tuple(made))


def _refuse_shape(entry: Any, where: str) -> None:
    if not isinstance(entry, dict) or set(entry) != {"type", "kwargs", "meta"}:
        raise SuiteError(f"{where} must have the keys 'type', 'kwargs' and 'meta', and no other.")
    if not isinstance(entry["type"], str) or not isinstance(entry["kwargs"], dict):
        raise SuiteError(f"{where}: 'type' must be a text, and 'kwargs' a mapping.")


def _refuse_second(one: Expectation, made: list[Expectation], where: str) -> None:
    if one.is_unique and any(other.is_unique and other.columns == one.columns for other in made):
        raise SuiteError(
            f"{where} says a second time that {', '.join(one.columns)} is unique. Take one out."
        )


def _entries(path: Path, root: Path, table: Table) -> list[Mapping[str, Any]]:
    where = path.relative_to(root).as_posix()
    try:
        suite = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_mapping)
    except ValueError as error:
        raise SuiteError(
            f"{where} is not well-formed JSON. Fix a comma, a quote or a bracket in it, or a "
            "key that stands twice."
        ) from error
    if not isinstance(suite, dict) or set(suite) != {"name", "expectations"}:
        raise SuiteError(f"{where} must have the keys 'name' and 'expectations', and no other.")
    if suite["name"] not in (table.name, path.stem) or not isinstance(suite["expectations"], list):
        raise SuiteError(f"{where}: 'name' must be '{path.stem}', 'expectations' a list.")
    return suite["expectations"]


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice, and JSON would keep the last without a word")
    return dict(pairs)


def _filled(entry: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    today = as_of.isoformat()
    return {key: today if value == AS_OF else value for key, value in entry["kwargs"].items()}


def _expectation(
    table: Table,
    entry: Mapping[str, Any],
    kwargs: dict[str, Any],
    place: tuple[str, Counter[str]],
) -> Expectation:
    where, seen = place
    kind = entry["type"]
    if kind not in TYPES:
        raise SuiteError(
            f"{where}: the type '{kind}' is not one that the workbench can check."
            f"{nearest_name(kind, TYPES)} docs/expectations.md lists those that it can."
        )
    _check_kwargs(kind, kwargs, where)
    columns = _columns(kwargs, table, where)
    refuse_misfit(kind, kwargs, table, where)
    meta = _checked_meta(entry["meta"], kind, where)
    short = kind.removeprefix("expect_").removeprefix("column_values_to_")
    name = ".".join(("_".join(columns) or "table", short))
    seen[name] += 1
    return Expectation(
        name=name if seen[name] == 1 else f"{name}.{seen[name]}",
        type=kind, kwargs={key: value for key, value in kwargs.items() if key != "mostly"},
        columns=columns, mostly=float(kwargs.get("mostly", 1)), **meta,
    )


def _check_kwargs(kind: str, kwargs: dict[str, Any], where: str) -> None:
    needed, more = TYPES[kind]
    for name in needed:
        if name not in kwargs:
            raise SuiteError(f"{where} ({kind}) lacks '{name}'. Add it to its kwargs.")
    for name in sorted(set(kwargs) - {*needed, *more}):
        raise SuiteError(
            f"{where} ({kind}) has '{name}', which it does not know."
            f"{nearest_name(name, {*needed, *more})} Take it out, or correct it."
        )
    mostly = kwargs.get("mostly", 1)
    if isinstance(mostly, bool) or not isinstance(mostly, int | float) or not 0 < mostly <= 1:
        raise SuiteError(f"{where}: 'mostly' must be a share over 0 and at most 1.")
    if "min_value" in more and {"min_value", "max_value"}.isdisjoint(kwargs):
        raise SuiteError(f"{where} ({kind}) needs 'min_value' or 'max_value'.")
    if kwargs.get("ignore_row_if", PAIR_IGNORES[0]) not in PAIR_IGNORES:
        raise SuiteError(f"{where}: 'ignore_row_if' can be {', '.join(PAIR_IGNORES)}.")
    if kwargs.get("condition_parser", "pandas") != "pandas":
        raise SuiteError(f"{where}: 'condition_parser' can only be pandas.")


def _columns(kwargs: dict[str, Any], table: Table, where: str) -> tuple[str, ...]:
    named = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    listed = kwargs.get("column_list", [])
    if "column_list" in kwargs and (not isinstance(listed, list) or len(listed) < 2):
        raise SuiteError(f"{where}: 'column_list' must be a list of two columns or more.")
    named += listed
    for name in named:
        if name not in table.column_names:
            raise SuiteError(
                f"{where} names a column '{name}' that '{table.name}' does not have."
                f"{nearest_name(str(name), table.column_names)}"
            )
    return tuple(named)


def _checked_meta(meta: Any, kind: str, where: str) -> dict[str, str]:
    has_keys = isinstance(meta, dict) and set(meta) == _META_KEYS
    if not has_keys or not isinstance(meta["why"], str) or not meta["why"].strip():
        raise SuiteError(f"{where}: 'meta' must hold 'why' (a sentence), 'severity' and 'rows'.")
    if meta["severity"] not in ("stop", "warn") or meta["rows"] not in ("set_aside", "keep"):
        raise SuiteError(
            f"{where}: 'severity' must be stop or warn, and 'rows' set_aside or keep."
        )
    if kind == ROW_COUNT and meta["rows"] != "keep":
        raise SuiteError(
            f"{where}: an expectation about the number of rows can only keep the rows.")
    return dict(meta)
