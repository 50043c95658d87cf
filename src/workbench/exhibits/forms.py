"""How numbers, money, shares and dates are printed, the same in every brief."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"
SIGNS = {"USD": "$", "GBP": "£", "EUR": "€"}
FORM_OF_ENDING = {
    "_share": "share", "_rate": "share", "_probability": "share", "_score": "share",
    "_minor": "money", "_days": "days", "_date": "date",
}
FORMS = ("count", "share", "money", "number", "days", "probability", "date", "month", "text")
NUMERIC_FORMS = ("count", "share", "money", "number", "days", "probability")
MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
)
_SENTENCE_END = re.compile(r"[.!?] (?=[A-Z0-9])")
LABEL_ENDINGS = ("_minor", "_name", "_code", "_date")


@dataclass(frozen=True)
class House:
    """What printing depends on: the currency, and below how many people a count is hidden."""

    currency_code: str = "USD"
    cell_min: int = 10


def show(value: Any, form: str, house: House) -> str:
    """Print one value. A hidden count prints as "hidden", any other hidden number as "not shown".

    ``share`` is 0 to 1 and prints as a whole percentage; ``money`` is in hundredths of the
    currency and prints in whole units; spaces within a number do not break.

    >>> house = House("GBP", 10)
    >>> show(1234567, "count", house), show(123456, "money", house), show(-50, "money", house)
    ('1,234,567', '£1,235', '−£1')
    >>> show(0.344, "share", house), show(None, "count", house)
    ('34%', 'hidden')
    """
    if form not in FORMS:
        raise ValueError(f"form '{form}' is none of {FORMS}")
    if value is None or pd.isna(value):
        return _hidden(form)
    if form in ("date", "month"):
        return _date(value, has_day=form == "date")
    if form == "text":
        return str(value)
    return _signed(float(value), form, house)


def show_range(low: Any, high: Any, form: str, house: House) -> str:
    """Print the two ends of an interval: "32% to 36%"; empty where an end is missing.

    >>> show_range(3, 12, "count", House())
    '3 to 12'
    """
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return ""
    return f"{show(low, form, house)} to {show(high, form, house)}"


def listed(names: Sequence[str], most: int = 6) -> str:
    """Print names as a list, the first ``most`` of them.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def and_more(n_left_out: int, noun: str = "row") -> str:
    """Return what stands for the rest of something long; empty where there is no rest.

    >>> and_more(57), and_more(1), and_more(0)
    ('and 57 more rows', 'and 1 more row', '')
    """
    return f"and {plural(n_left_out, f'more {noun}')}" if n_left_out > 0 else ""


def first_words(text: str, most: int) -> str:
    """Return the sentences of a text that fit into ``most`` words, or else its first words.

    >>> first_words("One two. Three four.", 3), first_words("One two three", 2)
    ('One two.', 'One two …')
    """
    if len(text.split()) <= most:
        return text
    ends = [found.end() - 1 for found in _SENTENCE_END.finditer(text)]
    fit = [end for end in ends if len(text[:end].split()) <= most]
    return text[:fit[-1]] if fit else f"{' '.join(text.split()[:most])} …"


def plural(n: int, singular: str, several: str = "") -> str:
    """Print a count and its noun.

    >>> plural(1, "donor"), plural(1200, "donor"), plural(2, "county", "counties")
    ('1 donor', '1,200 donors', '2 counties')
    """
    noun = singular if abs(n) == 1 else several or f"{singular}s"
    return f"{show(n, 'count', House())} {noun}"


def form_of(column: str, values: pd.Series) -> str:
    """Tell how a column prints, by the naming law first and its type second.

    >>> form_of("support_share_low", pd.Series([0.5])), form_of("n_donors", pd.Series([5]))
    ('share', 'count')
    """
    base = column.removesuffix("_low").removesuffix("_high")
    if base.startswith("n_"):
        return "count"
    if base.endswith("_date"):
        return "month" if base.removesuffix("_date").endswith("month") else "date"
    for ending, form in FORM_OF_ENDING.items():
        if base.endswith(ending):
            return form
    if pd.api.types.is_datetime64_any_dtype(values):
        return "date"
    return _form_of_type(values)


def label_of(column: str) -> str:
    """Turn a column's name into a heading.

    >>> label_of("n_donors"), label_of("area_name"), label_of("raised_minor")
    ('Donors', 'Area', 'Raised')
    """
    text = column.removeprefix("n_")
    for ending in LABEL_ENDINGS:
        text = text.removesuffix(ending)
    words = text.replace("_", " ").strip() or column
    return words[:1].upper() + words[1:]


def _form_of_type(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values):
        return "text"
    if pd.api.types.is_integer_dtype(values):
        return "count"
    return "number" if pd.api.types.is_float_dtype(values) else "text"


def _hidden(form: str) -> str:
    if form == "count":
        return "hidden"
    return "not shown" if form in NUMERIC_FORMS else EN_DASH


def _signed(value: float, form: str, house: House) -> str:
    size = abs(value)
    text = _unsigned(size, form, house)
    is_negative = value < 0 and any(digit in text for digit in "123456789")
    return f"{MINUS}{text}" if is_negative else text


def _unsigned(size: float, form: str, house: House) -> str:
    if form in ("share", "probability"):
        return f"{_whole(size * 100)}%"
    if form == "money":
        return _money(size, house.currency_code)
    if form == "number":
        return f"{size:,.1f}"
    return f"{_whole(size):,}"


def _money(minor: float, currency_code: str) -> str:
    sign = SIGNS.get(currency_code, f"{currency_code}{NO_BREAK_SPACE}")
    return f"{sign}{_whole(minor / 100):,}"


def _whole(size: float) -> int:
    """Round half up, as people do; a hair below a half from binary fractions counts as one."""
    return math.floor(round(size, 9) + 0.5)


def _date(value: Any, *, has_day: bool) -> str:
    day = dt.date.fromisoformat(value[:10]) if isinstance(value, str) else pd.Timestamp(value)
    text = f"{MONTHS[day.month - 1]} {day.year}"
    return (f"{day.day} {text}" if has_day else text).replace(" ", NO_BREAK_SPACE)
