"""Dates from text: strict, vectorised, and never guessing the order of day and month."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import SettingsError
from workbench.sources.dayparts import (
    DIRECTIVE,
    MONTH_NAMES,
    WEEKDAY_NAMES,
    date_pattern,
    is_day_within_brackets,
    parts_of,
)

SERIALS = ("spreadsheet_serial", "spreadsheet_serial_1904", "unix_seconds", "unix_milliseconds")
YEARS_AHEAD = 20
_KNOWN = set("YymdbBaAHIMSfpzZ")
_SERIAL = r"^(?P<whole>-?\d{1,15})(?:\.(?P<part>\d{1,15}))?$"
_LAST_SERIAL = 2_958_465
_DAYS_1900, _DAYS_1904 = 25_569, 24_107
_ORDINAL_MIN, _ORDINAL_MAX = -719_162, 2_932_896


def check_date_format(date_format: str, where: str, *, latest_year: int = 0) -> None:
    """Raise SettingsError unless the format tells one day, in parts that are known."""
    if date_format in SERIALS:
        return
    parts = parts_of(date_format)
    has_one = all(len(kind & set(parts)) == 1 for kind in ({"Y", "y"}, {"m", "b", "B"}, {"d"}))
    is_known = set(parts) <= _KNOWN and len(parts) == len(set(parts)) and has_one
    if not is_known or is_day_within_brackets(date_format):
        raise SettingsError(
            f"{where}: the date format '{date_format}' cannot be used. Write it with %Y, %m and "
            "%d (and %H, %M, %S where there is a time), for instance %m/%d/%Y, with %y for a "
            "year of two digits and %b for a month's name; [ %H:%M] in brackets may be absent. "
            f"Numbers of days are: {', '.join(SERIALS)}."
        )
    if "y" in parts and not latest_year:
        raise SettingsError(
            f"{where}: '{date_format}' has years of two digits, and nothing says which century. "
            "Add latest_year to the source: the last year in which somebody in it was born."
        )


def swapped_format(date_format: str) -> str:
    """Return the format with day and month exchanged.

    >>> swapped_format("%m/%d/%Y")
    '%d/%m/%Y'
    """
    other = {"m": "%d", "d": "%m"}
    return DIRECTIVE.sub(lambda found: other.get(found[1], found.group()), date_format)


def is_order_open(date_format: str) -> bool:
    """Return whether a day under 13 could be a month: not where the year stands first.

    >>> [is_order_open(each) for each in ("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y")]
    [True, False, False]
    """
    order = [part for part in parts_of(date_format) if part in "Yymd"]
    return {"m", "d"} <= set(order) and order != ["Y", "m", "d"]


def parse_dates(texts: pa.Array, date_format: str, *, latest_year: int = 0) -> pa.Array:
    """Return the days of ``texts`` as date32; null where a text is no day in that format.

    Years of two digits are those of the hundred years that end with ``latest_year``. The day is
    the day as written, whatever its zone; that of a number of seconds is the day in UTC.

    >>> parse_dates(pa.array(["02/29/2024", "02/29/2023"]), "%m/%d/%Y").to_pylist()
    [datetime.date(2024, 2, 29), None]
    """
    if date_format in SERIALS:
        return _days_of_numbers(texts, date_format)
    parts = parts_of(date_format)
    found = pc.extract_regex(texts, date_pattern(date_format))
    is_found = found.is_valid().to_numpy(zero_copy_only=False)
    year = _number(found, "Y" if "Y" in parts else "y")
    if "Y" not in parts:
        year = latest_year - (latest_year - year) % 100
    month = _number(found, "m") if "m" in parts else _month_of_name(found)
    day = _number(found, "d")
    in_range = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    is_real = is_found & in_range & (days.astype("datetime64[M]") == months)
    ordinals = days.astype("int64")
    if {"a", "A"} & set(parts):
        is_real &= _place(found, "a", WEEKDAY_NAMES) == (ordinals + 3) % 7
    return _dates(ordinals, is_real)


def _dates(ordinals: np.ndarray, is_real: np.ndarray) -> pa.Array:
    days = np.where(is_real, ordinals, 0).astype(np.int32)
    return pa.array(days, pa.int32(), mask=~is_real).cast(pa.date32())


def _number(found: pa.Array, name: str) -> np.ndarray:
    number = pc.fill_null(pc.struct_field(found, name).cast(pa.int64()), 1)
    return np.asarray(number.to_numpy(zero_copy_only=False))


def _month_of_name(found: pa.Array) -> np.ndarray:
    return _place(found, "b", MONTH_NAMES) + 1


def _place(found: pa.Array, name: str, names: tuple[str, ...]) -> np.ndarray:
    """Return which of the names stands there, by its first three letters; -1 where none."""
    start = pc.utf8_lower(pc.utf8_slice_codeunits(pc.struct_field(found, name), 0, 3))
    place = pc.index_in(start, pa.array([each[:3] for each in names]))
    return np.asarray(pc.fill_null(place, -1).to_numpy(zero_copy_only=False)).astype(np.int64)


def _days_of_numbers(texts: pa.Array, kind: str) -> pa.Array:
    """Return the days of numbers that count days or seconds; the part of a day is left out.

    A spreadsheet's day 60 is 29 February 1900, which never was: it is no day, and those before
    it count from 31 December 1899. Source: the two date systems of spreadsheets (1900, 1904).
    """
    found = pc.extract_regex(texts, _SERIAL)
    is_found = found.is_valid().to_numpy(zero_copy_only=False)
    number = _number(found, "whole")
    if kind.startswith("unix"):
        part = pc.struct_field(found, "part")
        has_part = pc.fill_null(pc.match_substring_regex(part, "[1-9]"), False)
        is_before = has_part.to_numpy(zero_copy_only=False) & pc.fill_null(
            pc.starts_with(texts, "-"), False).to_numpy(zero_copy_only=False)
        days = (number - is_before) // (86_400 if kind == "unix_seconds" else 86_400_000)
        return _dates(days, is_found & (days >= _ORDINAL_MIN) & (days <= _ORDINAL_MAX))
    if kind == "spreadsheet_serial":
        days = number - _DAYS_1900 + (number < 60)
        is_real = is_found & (number >= 1) & (number != 60) & (number <= _LAST_SERIAL)
    else:
        days = number - _DAYS_1904
        is_real = is_found & (number >= 0) & (days <= _ORDINAL_MAX)
    return _dates(days, is_real)


def years_not_after(latest_year: int, column_name: str) -> int:
    """Return the last of the hundred years that a year of two digits can mean in a column.

    Nobody is born after ``latest_year``; other days may lie ahead of it.
    """
    is_birth = re.match("birth", column_name) is not None
    return latest_year if is_birth or not latest_year else latest_year + YEARS_AHEAD
