"""Rules for one number at a time: a count, a share, a sum of money.

Rules of profile `default`: OpenSAFELY's and the ACRO guidance of the British statistical
offices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from workbench.settings import Disclosure

SIGNIFICANT_DIGITS = 3
LARGEST_GIFT_SHARE = 0.5
TWO_LARGEST_SHARE = 0.9
N_LARGEST = 2
ROWS_BECAME = ("n_accepted", "n_set_aside", "n_refused", "n_left_out")
ROWS_THAT_FIT = ("n_accepted", "n_refused", "n_standing")


def rounded_count(n: float | None, profile: Disclosure) -> int | None:
    """Round a count of people to the profile's base; None where it is under the least cell.

    >>> rounded_count(12, Disclosure(10, 5, 50)), rounded_count(9, Disclosure(10, 5, 50))
    (10, None)
    """
    if n is None or pd.isna(n) or n < profile.cell_min:
        return None
    return math.floor(n / profile.rounding_base + 0.5) * profile.rounding_base


def rounded_rows(n: int, profile: Disclosure) -> int:
    """Round how many rows about people a file holds; under the least cell they stand as they are.

    A file of so few has no group in which a number could be hidden.

    >>> rounded_rows(3011, Disclosure(10, 5, 50)), rounded_rows(7, Disclosure(10, 5, 50))
    (3010, 7)
    """
    rounded = rounded_count(n, profile)
    return n if rounded is None else rounded


def rows_shown(rows: Mapping[str, int], profile: Disclosure) -> dict[str, int]:
    """Return how many rows about people came in and what became of them, as may be shown.

    Those that fit are people and are rounded (accepted, refused, and ``n_standing`` of an
    earlier file); set aside and left out are technical and exact. They still add up.

    >>> rows_shown({"n_rows": 3017, "n_accepted": 3011, "n_set_aside": 6, "n_refused": 0},
    ...            Disclosure(10, 5, 50))
    {'n_rows': 3016, 'n_accepted': 3010, 'n_set_aside': 6, 'n_refused': 0}
    """
    shown = {name: rounded_rows(n, profile) if name in ROWS_THAT_FIT else n
             for name, n in rows.items()}
    n_rows = sum(n for name, n in shown.items() if name in ROWS_BECAME)
    return {**shown, "n_rows": n_rows}


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


def counts_behind(shown: float, profile: Disclosure) -> tuple[int, int]:
    """Return the least and the largest count that print as ``shown``.

    >>> counts_behind(15, Disclosure(10, 5, 50)), counts_behind(10, Disclosure(10, 5, 50))
    ((13, 17), (10, 12))
    """
    half = profile.rounding_base / 2
    low, high = math.ceil(shown - half), math.ceil(shown + half) - 1
    return max(low, profile.cell_min), high


def sums_behind(shown: float) -> tuple[float, float]:
    """Return the least and the largest sum of money that print as ``shown``.

    >>> sums_behind(12300), sums_behind(0)
    ((12250.0, 12350.0), (0.0, 0.0))
    """
    if shown == 0:
        return 0.0, 0.0
    digits = math.floor(math.log10(abs(shown))) - (SIGNIFICANT_DIGITS - 1)
    half = 10.0**digits / 2 if digits > 0 else 0.0
    return shown - half, shown + half
