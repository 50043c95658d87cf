"""What a column of any table is for a model: numbers, levels, or set aside with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from workbench.errors import SettingsError, nearest_name

MOST_NAMED_LEVELS = 2_000        # levels that a field knows by name; the others are one
LEAST_NUMERIC_SHARE = 0.98       # of texts that are there: as many read as numbers
LEAST_NEW_SHARE = 0.9            # of the rows: a text with so many levels is a name or a key
FEWEST_FOR_KEYS = 50             # rows; of fewer nothing is taken for a key
DAYS_PER_YEAR = 365.25
ISO_DATE, ANY_DATE = r"\d{4}-\d{2}-\d{2}([ T].*)?", r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}( .*)?"
NUMBER, LEVELS, DAY = "number", "levels", "day"


@dataclass(frozen=True)
class Field:
    """One column that a model may use. A day counts in years since 1970."""

    name: str
    kind: str
    levels: tuple[str, ...] = ()

    def values(self, table: pd.DataFrame) -> np.ndarray:
        """Return a number a row: blank is NaN; a level is its place, one not known the last.

        A column that ``table`` lacks is blank in every row.

        >>> frame = pd.DataFrame({"party": ["b", None, "z", "a"]})
        >>> Field("party", LEVELS, ("a", "b")).values(frame).tolist()
        [1.0, nan, 2.0, 0.0]
        """
        if self.name not in table.columns:
            return np.full(len(table), np.nan)
        if self.kind != LEVELS:
            return as_numbers(table[self.name])
        texts = as_texts(table[self.name]).astype("category")
        at = pd.Index(self.levels).get_indexer(texts.cat.categories)
        places = np.append(np.where(at < 0, len(self.levels), at).astype("float64"), np.nan)
        return np.asarray(places[texts.cat.codes.to_numpy()])


def read_fields(
    table: pd.DataFrame, names: Sequence[str], is_labelled: np.ndarray
) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """Return the fields that labelled rows can teach of, and a sentence a column set aside.

    SettingsError for a name that the table does not have, or has twice.
    """
    check_names(table, names)
    fields, notes = [], []
    seen: dict[bytes, str] = {}
    for name in names:
        field, why = read_field(table[name])
        values = field.values(table) if field else np.zeros(0)
        why = why or told_nothing(values[is_labelled])
        twin = seen.setdefault(values.tobytes(), name)
        if not why and twin != name:
            why = f"says what {twin} says, row by row"
        if not why and field:
            fields.append(field)
        notes += [f"Column {name} was left out: it {why}."] if why else []
        notes += infinite_words(table[name])
    return tuple(fields), tuple(notes)


def check_names(table: pd.DataFrame, names: Sequence[str]) -> None:
    """SettingsError where a column is not there, or is there twice."""
    held = [str(name) for name in table.columns]
    for name in names:
        if name not in table.columns:
            raise SettingsError(f"The table has no column {name!r}."
                                f"{nearest_name(str(name), held)} It has {len(held)} columns.")
        if (n := sum(other == name for other in table.columns)) > 1:
            raise SettingsError(f"The table has {n} columns named {name!r}. Rename all but one.")


def read_field(column: pd.Series) -> tuple[Field | None, str]:
    """Return what a column is; or None, and why it cannot be used.

    >>> read_field(pd.Series(["3", "4.5", ""], name="n_gifts"))
    (Field(name='n_gifts', kind='number', levels=()), '')
    >>> read_field(pd.Series(["03/04/2020", "04/04/2020"], name="joined"))[1]
    'holds dates that can be read in two ways: write them as 2026-11-03'
    """
    name = str(column.name)
    if isinstance(column.dtype, pd.PeriodDtype) or types.is_datetime64_any_dtype(column.dtype):
        return Field(name, DAY), ""
    if types.is_complex_dtype(column.dtype):
        return None, "holds complex numbers"
    if types.is_numeric_dtype(column.dtype) or types.is_timedelta64_dtype(column.dtype):
        return Field(name, NUMBER), ""
    given = as_texts(column).dropna()
    if given.empty:
        return None, "is blank in every row"
    if pd.to_numeric(given, errors="coerce").notna().mean() >= LEAST_NUMERIC_SHARE:
        return Field(name, NUMBER), ""
    if given.str.fullmatch(ISO_DATE).all():
        return Field(name, DAY), ""
    if given.str.fullmatch(ANY_DATE).all():
        return None, "holds dates that can be read in two ways: write them as 2026-11-03"
    counts = given.value_counts()
    if len(given) >= FEWEST_FOR_KEYS and len(counts) >= LEAST_NEW_SHARE * len(given):
        return None, "has another text in nearly every row, as names and keys have"
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    levels = tuple(sorted(str(level) for level, _ in ordered[:MOST_NAMED_LEVELS]))
    return Field(name, LEVELS, levels), ""


def told_nothing(values: np.ndarray) -> str:
    """Return why values tell nothing, or an empty text.

    >>> told_nothing(np.array([2.0, 2.0])), told_nothing(np.array([2.0, np.nan]))
    ('is the same in every labelled row', '')
    """
    if len(values) and np.isnan(values).all():
        return "is blank in every labelled row"
    is_same = len(values) > 0 and bool((values == values[0]).all())
    return "is the same in every labelled row" if is_same else ""


def infinite_words(column: pd.Series) -> list[str]:
    """Return a sentence on infinite values, which are taken as blank; none where there are none.

    >>> infinite_words(pd.Series([1.0, np.inf], name="rate"))
    ['1 infinite value of column rate counts as blank.']
    """
    if not types.is_float_dtype(column.dtype):
        return []
    n = int(np.isinf(column.to_numpy(dtype="float64", na_value=np.nan)).sum())
    told = f"{n:,} infinite values of column {column.name} count as blank."
    return [told.replace("values", "value").replace("count ", "counts ") if n == 1 else told] \
        if n else []


def as_texts(column: pd.Series) -> pd.Series:
    """Return texts without the space around them; an empty one is blank."""
    texts = column.astype("object").where(column.notna(), None)
    if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == object:
        texts = texts.map(lambda value: None if value is None else str(value))
    texts = texts.astype("str").str.strip()
    is_blank = column.isna().to_numpy() | texts.isin(["", "nan", "None", "<NA>"]).to_numpy()
    return texts.where(~is_blank)


def as_numbers(column: pd.Series) -> np.ndarray:
    """Return numbers, days as years since 1970; what is blank, infinite or no number is NaN.

    >>> as_numbers(pd.Series(["1", "x", " "])).tolist()
    [1.0, nan, nan]
    >>> as_numbers(pd.Series(["1971-01-01", None])).round(3).tolist()
    [0.999, nan]
    """
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    is_number = types.is_numeric_dtype(column.dtype) and not types.is_complex_dtype(column.dtype)
    if is_number:
        numbers = column.to_numpy(dtype="float64", na_value=np.nan)
    elif types.is_timedelta64_dtype(column.dtype):
        numbers = column.dt.total_seconds().to_numpy() / 86_400
    else:
        numbers = _of_texts_or_days(column)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _of_texts_or_days(column: pd.Series) -> np.ndarray:
    days = column
    if not types.is_datetime64_any_dtype(column.dtype):
        texts = as_texts(column)
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
        if np.isfinite(numbers).any():
            return np.asarray(numbers)
        days = texts
    days = pd.to_datetime(days, errors="coerce", utc=True, format="ISO8601" if not (
        types.is_datetime64_any_dtype(column.dtype)) else None)
    since = days - pd.Timestamp("1970-01-01", tz="UTC")
    return np.asarray(since.dt.total_seconds().to_numpy() / 86_400 / DAYS_PER_YEAR)

