"""Whether what an expectation asks of a column fits the kind of that column."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

from workbench.errors import SuiteError
from workbench.tables import Column, Table

TEXTS = ("id", "text", "code")
DAYS = ("date",)
NUMBERS = ("count", "integer", "money", "number", "share")
ENDS = ("min_value", "max_value")


def refuse_misfit(kind: str, kwargs: Mapping[str, Any], table: Table, where: str) -> None:
    """Raise SuiteError where the kwargs of an expectation do not fit its columns' kinds.

    Great Expectations would compare a text with a number and find that every row fails, or
    raise on the first row; neither says anything about the rows.
    """
    named = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    columns = [table.column(name) for name in named]
    if "regex" in kwargs:
        _refuse_pattern(kwargs["regex"], columns[0], where)
    if "value_set" in kwargs:
        _refuse_set(kwargs["value_set"], columns[0], where)
    if "length" in kind or kind.startswith("expect_table"):
        _refuse_sizes(kwargs, columns, where)
    elif kind.endswith("to_be_between"):
        _refuse_range(kwargs, columns[0], where)
    if len(columns) == 2 and _family(columns[0]) != _family(columns[1]):
        raise SuiteError(
            f"{where} compares '{named[0]}' ({columns[0].kind}) with '{named[1]}' "
            f"({columns[1].kind}). Compare columns of one kind."
        )
    if "row_condition" in kwargs:
        _refuse_condition(kwargs["row_condition"], table, where)


def _family(column: Column) -> tuple[str, ...]:
    families = [kinds for kinds in (TEXTS, DAYS, NUMBERS) if column.kind in kinds]
    return families[0] if families else (column.kind,)


def _refuse_text_expectation(column: Column, where: str) -> None:
    if column.kind not in TEXTS:
        raise SuiteError(
            f"{where} asks for the writing of '{column.name}', which is of kind {column.kind} "
            "and not text. Use expect_column_values_to_be_between or …_to_be_in_set."
        )


def _refuse_pattern(pattern: Any, column: Column, where: str) -> None:
    _refuse_text_expectation(column, where)
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise SuiteError(
            f"{where}: 'regex' is not a regular expression ({error}). Correct it."
        ) from error


def _refuse_set(values: Any, column: Column, where: str) -> None:
    if column.kind in DAYS:
        raise SuiteError(
            f"{where} has a list for '{column.name}', which holds days. Use "
            "expect_column_values_to_be_between."
        )
    fits = {"flag": _is_flag}.get(column.kind, _is_text if column.kind in TEXTS else _is_number)
    if not isinstance(values, list) or not values or not all(fits(value) for value in values):
        raise SuiteError(
            f"{where}: 'value_set' must be a list of one or more values of the kind of "
            f"'{column.name}' ({column.kind})."
        )


def _refuse_sizes(kwargs: Mapping[str, Any], columns: list[Column], where: str) -> None:
    for column in columns:
        _refuse_text_expectation(column, where)
    sizes = [kwargs[key] for key in (*ENDS, "value") if kwargs.get(key) is not None]
    if not all(isinstance(size, int) and _is_number(size) and size >= 0 for size in sizes):
        raise SuiteError(f"{where}: lengths and numbers of rows are whole, and 0 or more.")
    _refuse_reversed(kwargs, where)


def _refuse_range(kwargs: Mapping[str, Any], column: Column, where: str) -> None:
    fits = {DAYS: _is_day, NUMBERS: _is_number}.get(_family(column))
    if fits is None:
        raise SuiteError(
            f"{where} has a range for '{column.name}', which is of kind {column.kind}. Only "
            "numbers and days have a range."
        )
    if not all(fits(kwargs[key]) for key in ENDS if kwargs.get(key) is not None):
        raise SuiteError(
            f"{where}: 'min_value' and 'max_value' of '{column.name}' ({column.kind}) must be "
            f"{'days such as 2026-10-05' if column.kind in DAYS else 'numbers'}."
        )
    _refuse_reversed(kwargs, where)


def _refuse_reversed(kwargs: Mapping[str, Any], where: str) -> None:
    low, high = (kwargs.get(key) for key in ENDS)
    if low is not None and high is not None and low > high:
        raise SuiteError(f"{where}: 'min_value' lies over 'max_value'. Exchange them.")


def _refuse_condition(condition: Any, table: Table, where: str) -> None:
    """Try a condition on no rows, which tells whether it can be read at all."""
    try:
        table.schema().empty_table().to_pandas().query(condition)
    except Exception as error:  # pandas raises errors of many kinds
        raise SuiteError(
            f"{where}: 'row_condition' cannot be read. Write a comparison of columns of "
            f"'{table.name}', such as {table.columns[2].name} == \"text\"."
        ) from error


def _is_number(value: Any) -> bool:
    is_plain = isinstance(value, int | float) and not isinstance(value, bool)
    return is_plain and math.isfinite(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False
