"""What may be shown: small cells hidden, counts rounded, shares taken from rounded counts.

Rules of profile `default`: OpenSAFELY's and the ACRO guidance of the British statistical
offices. Cells that could be worked out from other cells are not looked for here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from workbench.errors import DisclosureError
from workbench.measures import Measure
from workbench.settings import Disclosure

SIGNIFICANT_DIGITS = 3
LARGEST_GIFT_SHARE = 0.5
TWO_LARGEST_SHARE = 0.9
N_LARGEST = 2


@dataclass(frozen=True)
class Shape:
    """What the numbers of a table are, so that each is protected by its own rule.

    ``basis``: the column that counts people; where it is hidden, so is the whole row.
    ``counts``: the columns of counts, the basis among them.
    ``shares``: new column -> (count of the part, count of the whole).
    ``sums``: column of money -> (largest single gift, two largest together); those two
    columns judge the sum and are then dropped.
    ``means``: columns of means over the basis.
    """

    basis: str
    counts: tuple[str, ...]
    shares: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sums: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    means: tuple[str, ...] = ()


def rounded_count(n: float | None, profile: Disclosure) -> int | None:
    """Round a count of people to the profile's base; None where it is under the least cell.

    >>> rounded_count(12, Disclosure(10, 5, 50)), rounded_count(9, Disclosure(10, 5, 50))
    (10, None)
    """
    if n is None or pd.isna(n) or n < profile.cell_min:
        return None
    return math.floor(n / profile.rounding_base + 0.5) * profile.rounding_base


def rounded_share(part: float | None, whole: float | None, profile: Disclosure) -> float | None:
    """Return a whole percentage (0 to 1) from rounded counts; None on a base that is too small.

    >>> rounded_share(33, 99, Disclosure(10, 5, 50))
    0.35
    """
    top, base = rounded_count(part, profile), rounded_count(whole, profile)
    if top is None or base is None or base < profile.percentage_base_min:
        return None
    return round(top / base, 2)


def rounded_sum(total_minor: float | None) -> int | None:
    """Round a sum of money to three significant digits.

    >>> rounded_sum(1_234_567)
    1230000
    """
    if total_minor is None or pd.isna(total_minor):
        return None
    if total_minor == 0:
        return 0
    digits = SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(abs(total_minor)))
    return int(round(total_minor, digits))


def is_dominated(total_minor: float, largest_minor: float, two_largest_minor: float) -> bool:
    """Tell whether one gift is over half of a sum, or two are over nine tenths of it.

    >>> is_dominated(100, 60, 70), is_dominated(100, 20, 40)
    (True, False)
    """
    if total_minor <= 0:
        return True
    return (
        largest_minor > LARGEST_GIFT_SHARE * total_minor
        or two_largest_minor > TWO_LARGEST_SHARE * total_minor
    )


def sum_is_safe(parts_minor: pd.Series) -> bool:
    """Tell whether the sum of ``parts_minor``, one a person, gives nobody's part away."""
    largest = parts_minor.nlargest(N_LARGEST)
    return not is_dominated(parts_minor.sum(), largest.max(), largest.sum())


def protect(frame: pd.DataFrame, profile: Disclosure, *, shape: Shape) -> pd.DataFrame:
    """Return the table as it may be shown; a hidden number is missing.

    Every number must be named in ``shape``: DisclosureError for one that is not.
    """
    _refuse_undeclared(frame, shape)
    shown = frame.copy()
    hidden = frame[shape.basis].map(lambda n: rounded_count(n, profile) is None).astype(bool)
    for column, (part, whole) in shape.shares.items():
        pairs = zip(frame[part], frame[whole], strict=True)
        shown[column] = _floats([rounded_share(p, w, profile) for p, w in pairs], frame)
    for column in shape.counts:
        shown[column] = _integers([rounded_count(n, profile) for n in frame[column]], frame)
    for column, judges in shape.sums.items():
        shown[column] = _integers(_safe_sums(frame, column, judges), frame)
    for column in shape.means:
        shown[column] = _integers([rounded_sum(mean) for mean in frame[column]], frame)
    for column in (*shape.counts, *shape.shares, *shape.sums, *shape.means):
        shown.loc[hidden, column] = pd.NA
    return shown.drop(columns=[judge for pair in shape.sums.values() for judge in pair])


def protect_measure(measure: Measure, profile: Disclosure) -> Measure:
    """Return a measure as it may be shown; its value is None where it must be hidden.

    A tally of files or rows (``is_about_people`` False) stays exact.
    """
    if not measure.is_about_people or measure.value is None:
        return measure
    basis = measure.value if measure.form == "count" else measure.n
    if rounded_count(basis, profile) is None:
        return replace(measure, value=None, low=None, high=None, n=None)
    shown_n = rounded_count(measure.n, profile)
    if measure.form in ("share", "probability"):
        return _protected_share(measure, profile, shown_n)
    if measure.form == "count":
        ends = [_or_none(end, profile) for end in (measure.low, measure.high)]
        return replace(measure, value=rounded_count(measure.value, profile), n=shown_n,
                       low=ends[0], high=ends[1])
    value, low, high = (rounded_sum(v) if measure.form == "money" else _tenth(v)
                        for v in (measure.value, measure.low, measure.high))
    return replace(measure, value=value, low=low, high=high, n=shown_n)


def _protected_share(measure: Measure, profile: Disclosure, shown_n: int | None) -> Measure:
    whole = measure.n or 0
    value = rounded_share((measure.value or 0) * whole, whole, profile)
    if value is None:
        return replace(measure, value=None, low=None, high=None, n=shown_n)
    low, high = (None if end is None else round(end, 2) for end in (measure.low, measure.high))
    return replace(measure, value=value, low=low, high=high, n=shown_n)


def _or_none(end: float | None, profile: Disclosure) -> int | None:
    return None if end is None else rounded_count(end, profile)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(float(value), 1)


def _safe_sums(frame: pd.DataFrame, column: str, judges: tuple[str, str]) -> list[int | None]:
    rows = zip(frame[column], frame[judges[0]], frame[judges[1]], strict=True)
    return [None if is_dominated(s, one, two) else rounded_sum(s) for s, one, two in rows]


def _refuse_undeclared(frame: pd.DataFrame, shape: Shape) -> None:
    declared = {*shape.counts, *shape.sums, *shape.means, shape.basis}
    declared |= {judge for pair in shape.sums.values() for judge in pair}
    numbers = frame.select_dtypes("number").columns
    for column in numbers:
        if column not in declared:
            raise DisclosureError(
                f"Column '{column}' of a table to be shown holds numbers that no rule protects. "
                "Name it in the table's Shape as a count, a share, a sum or a mean, or drop it."
            )


def _integers(values: list[int | None], frame: pd.DataFrame) -> pd.Series:
    return pd.Series(values, index=frame.index, dtype="Int64")


def _floats(values: list[float | None], frame: pd.DataFrame) -> pd.Series:
    return pd.Series(values, index=frame.index, dtype="Float64")
