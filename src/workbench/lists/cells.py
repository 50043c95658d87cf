"""Cells that a spreadsheet shows and never runs."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from numbers import Number

import pandas as pd

from workbench.telephone import phone_digits

FORMULA_SIGNS = ("=", "+", "-", "@", "−")
# In a country whose spreadsheets part cells by ';', a formula after it would begin a cell.
AFTER_SEPARATOR = re.compile(r"([;,|][^\w=+\-@−＝＋－＠]*)(?=[=+\-@−＝＋－＠])")


def safe_cells(rows: pd.DataFrame) -> list[list[object]]:
    """Return the header and the rows as cells for a CSV file.

    Numbers stay numbers. A text that a spreadsheet would take for a formula gets an apostrophe
    before it, and control characters become spaces. The column ``phone`` is digits
    only, as dialled. What is missing is an empty text.
    """
    header: list[object] = [safe_text(str(name)) for name in rows.columns]
    columns = [_column(str(name), rows[name]) for name in rows.columns]
    return [header, *(list(cells) for cells in zip(*columns, strict=True))]


def safe_text(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula.

    >>> safe_text("=1+1"), safe_text("Ann")
    ("'=1+1", 'Ann')
    """
    plain = "".join(" " if _is_control(sign) else sign for sign in text)
    plain = AFTER_SEPARATOR.sub(r"\1'", plain)
    seen = next((sign for sign in text if _is_seen(sign)), "")
    is_formula = unicodedata.normalize("NFKC", seen).startswith(FORMULA_SIGNS)
    return f"'{plain}" if is_formula or text.startswith(("\t", "\r", "\n")) else plain


def _column(name: str, values: pd.Series) -> list[object]:
    if name == "phone":
        return ["" if pd.isna(value) else phone_digits(str(value)) for value in values]
    return [_cell(value) for value in values]


def _cell(value: object) -> object:
    if isinstance(value, str):
        return safe_text(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time()
        return value.date().isoformat() if is_day else value.isoformat()
    if isinstance(value, Number) and str(value) not in ("True", "False"):
        return value
    return safe_text(str(value))


def _is_seen(sign: str) -> bool:
    """Whether a spreadsheet would read the sign first: spaces, controls and quotes fall away."""
    return unicodedata.category(sign)[0] not in "ZC" and sign != '"'


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
