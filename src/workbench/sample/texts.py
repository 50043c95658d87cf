"""Numbers, days and codes as the texts that stand in raw files, whole columns at a time."""

from __future__ import annotations

import datetime as dt
import zlib
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sample.vocabulary import chosen

EPOCH = dt.date(1970, 1, 1)
NO_DAY = np.int32(-(2**31))
FIRST_DAY = -(dt.date(1970, 1, 1) - dt.date(1885, 1, 1)).days
N_CALENDAR_DAYS = 60_000


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one part of the sample, apart from those of the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def day_number(date: dt.date) -> int:
    """Return the day as days since 1970-01-01.

    >>> day_number(dt.date(1970, 1, 3))
    2
    """
    return (date - EPOCH).days


def day_of(number: int) -> dt.date:
    """Return the day of a number of days since 1970-01-01."""
    return EPOCH + dt.timedelta(days=int(number))


@lru_cache(maxsize=8)
def _calendar(form: str) -> pa.Array:
    first = EPOCH + dt.timedelta(days=FIRST_DAY)
    days = (first + dt.timedelta(days=i) for i in range(N_CALENDAR_DAYS))
    return pa.array([day.strftime(form) for day in days])


def days(numbers: np.ndarray, form: str = "%Y-%m-%d") -> pa.Array:
    """Return day numbers as text in ``form``; missing where NO_DAY.

    >>> days(np.array([0, 366]), "%d/%m/%Y").to_pylist()
    ['01/01/1970', '02/01/1971']
    """
    codes = np.where(numbers == NO_DAY, -1, numbers.astype(np.int64) - FIRST_DAY)
    return chosen(_calendar(form), codes)


def whole(numbers: np.ndarray, is_missing: np.ndarray | None = None) -> pa.Array:
    """Return whole numbers as text, missing where told."""
    return pa.array(numbers, mask=is_missing).cast(pa.string())


def keys(prefix: str, numbers: np.ndarray, width: int = 8) -> pa.Array:
    """Return keys such as ``CW00000042``.

    >>> keys("C", np.array([42]), 4).to_pylist()
    ['C0042']
    """
    return joined([prefix, pc.utf8_lpad(whole(numbers), width, "0")])


def coded(codes: np.ndarray, values: tuple[str, ...] | list[str] | str) -> pa.Array:
    """Return the texts of small codes; missing where negative."""
    listed = values.split("|") if isinstance(values, str) else list(values)
    return chosen(pa.array(listed), np.asarray(codes))


def money(minor: np.ndarray, is_missing: np.ndarray | None = None) -> pa.Array:
    """Return hundredths as a decimal text.

    >>> money(np.array([1234, -500])).to_pylist()
    ['12.34', '-5.00']
    """
    size = np.abs(minor)
    signs = coded((minor < 0).astype(int), ("", "-"))
    hundredths = coded(size % 100, [f"{i:02d}" for i in range(100)])
    return joined([signs, whole(size // 100, is_missing), ".", hundredths])


def joined(parts: list[pa.Array | str], between: str = "") -> pa.Array:
    """Return the parts of each row joined; missing where one part is."""
    return pc.binary_join_element_wise(*parts, between)


def where(condition: np.ndarray, one: pa.Array | str | None, other: pa.Array) -> pa.Array:
    """Return ``one`` where the condition holds, else ``other``."""
    scalar = pa.scalar(one, pa.string()) if not isinstance(one, pa.Array) else one
    return pc.if_else(pa.array(condition), scalar, other)


def kept(texts: pa.Array, is_kept: np.ndarray) -> pa.Array:
    """Return the texts, missing where not kept."""
    return where(is_kept, texts, pa.nulls(len(texts), pa.string()))


def picked(rng: np.random.Generator, chance: np.ndarray | float, n: int) -> np.ndarray:
    """Return one yes or no for each of ``n``, yes with its own chance."""
    return rng.random(n, dtype=np.float32) < chance


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Return the probability of log-odds.

    >>> float(logistic(np.array([0.0]))[0])
    0.5
    """
    return 1 / (1 + np.exp(-log_odds))
