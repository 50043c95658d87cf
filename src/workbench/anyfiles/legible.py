"""What could be read of each column, and what to write where little could."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.anyfiles.dates import birth_columns
from workbench.anyfiles.mapping import FileMapping
from workbench.people.standardise import SEXES

LITTLE = 0.5  # of the values that are there; where less is read the mapping is likely wrong
DATE_FORMATS = (
    "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%d.%m.%y",
    "%d %m %y", "%d-%b-%y", "%d %b %y", "%d%m%Y", "%m%d%Y", "%d%m%y", "%y%m%d", "%Y/%d/%m",
)
READABLE = {
    "birth_year": (r"(?:1[5-9]|2[01])\d\d(?:\.0)?", "a year such as 1985"),
    "age_years": (r"\D*(?:\d{1,2}|1[0-3]\d)(?:\.0*)?\D*", "a whole number of years"),
    "sex_code": ("|".join(SEXES.values()), "f, m, female or male"),
    "phone": (r"(?:\D*\d){6,}\D*", "six digits or more"),
    "email": (r"[^@\s]+@[^@\s]+", "name@place"),
}


@dataclass(frozen=True)
class ColumnRead:
    """Of ``n_filled`` values under an identifier ``n_read`` could be read; ``cure`` says more."""

    identifier: str
    n_filled: int
    n_read: int
    cure: str

    def line(self, n_rows: int) -> str:
        """Return what was read, as 'birth_date: 0 of 1,000'."""
        return f"{self.identifier}: {self.n_read:,} of {n_rows:,}"


def columns_read(
    texts: Mapping[str, pd.Series], columns: Mapping[str, tuple[str, ...]], mapping: FileMapping
) -> tuple[ColumnRead, ...]:
    """Return what was read of each identifier's texts, in order of the mapping."""
    return tuple(_column_read(name, values, columns.get(name, ()), mapping)
                 for name, values in texts.items())


def _column_read(
    name: str, values: pd.Series, columns: tuple[str, ...], mapping: FileMapping
) -> ColumnRead:
    filled = values.dropna()
    n_read = _n_days(filled, mapping.date_format) if name == "birth_date" else (
        int(filled.astype("string").str.strip().str.lower().str.fullmatch(READABLE[name][0]).sum())
        if name in READABLE else len(filled))
    if not len(filled) or n_read >= LITTLE * len(filled):
        return ColumnRead(name, len(filled), n_read, "")
    what = (_cure_of_dates(filled, mapping.date_format) if name == "birth_date" else
            f"Write {READABLE[name][1]} there, or map another column")
    joined = "', '".join(columns)
    return ColumnRead(name, len(filled), n_read, f"{len(filled) - n_read:,} values in '{joined}' "
                      f"cannot be read ({_shape(filled)}). {what}")


def _n_days(filled: pd.Series, date_format: str) -> int:
    years = birth_columns(filled, date_format)["birth_year"].dropna().astype("string")
    return int(years.str.fullmatch(READABLE["birth_year"][0]).sum())


def _cure_of_dates(filled: pd.Series, date_format: str) -> str:
    """Return what to write for dates that cannot be read, with the format that reads most."""
    if date_format and _n_days(filled, "") >= LITTLE * len(filled):
        return f"Take date_format: \"{date_format}\" out of the mapping"
    read = {pattern: _n_days(filled, pattern) for pattern in DATE_FORMATS}
    best = max(read, key=lambda pattern: read[pattern])
    if read[best] < LITTLE * len(filled):
        return "Write their form as date_format in the mapping, such as \"%d/%m/%y\""
    return f"Write date_format: \"{best}\" in the mapping"


def _shape(filled: pd.Series) -> str:
    """Return the commonest form of values, digits as 9 and letters as a."""
    forms = filled.astype("string").str.replace(r"\d", "9", regex=True).str.replace(
        r"[^\W\d_]", "a", regex=True)
    counts = forms.value_counts()
    return f"most look like {min(counts[counts == counts.max()].index)}"
