"""What changed since a source's last accepted file: rows, amounts, gaps, codes, names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from workbench.disclosure import rounded_rows
from workbench.settings import Intake, Settings
from workbench.tables import Table

ROWS = "rows"
TIMES_MIN = 3
FEW_CODES = 5
EXCHANGED_MIN, EXCHANGED_MORE = 0.5, 0.3  # correlations of buckets


def drift_of(
    before: Mapping[str, Any], now: Mapping[str, Any], table: Table, settings: Settings
) -> list[dict[str, str]]:
    """Return what changed, one entry a column and kind of change: column_name and words.

    Nothing is returned where no file was accepted before. Amounts are compared and not shown;
    of rows about people, rounded counts are, and shares where there are enough rows for one.
    """
    if not before:
        return []
    changes = (
        *_rows(before, now, table, settings), *_filled(before, now, table, settings),
        *_amounts(before, now, settings.intake), *_codes(before, now, table),
        *_exchanged(before, now),
    )
    return [{"column_name": column, "words": words} for column, words in changes]


def _rows(
    before: Mapping[str, Any], now: Mapping[str, Any], table: Table, settings: Settings
) -> Iterator[tuple[str, str]]:
    n_before, n_now = before["n_rows"], now["n_rows"]
    if _has_moved(n_before, n_now, settings.intake.drift_share):
        if table.is_about_people:
            n_before, n_now = (rounded_rows(n, settings.disclosure) for n in (n_before, n_now))
        yield ROWS, f"{n_before:,} rows before, {n_now:,} now ({_change(n_before, n_now)})"


def _filled(
    before: Mapping[str, Any], now: Mapping[str, Any], table: Table, settings: Settings
) -> Iterator[tuple[str, str]]:
    n_least = min(before["n_rows"], now["n_rows"])
    is_few = table.is_about_people and n_least < settings.disclosure.percentage_base_min
    for name in sorted({*before["filled"], *now["filled"]}):
        share, is_now = before["filled"].get(name, 0.0), now["filled"].get(name, 0.0)
        if abs(is_now - share) <= settings.intake.drift_filled_share:
            continue
        if is_few:
            more = "fewer" if is_now < share else "more"
            yield name, f"filled in {more} of the rows than before"
        else:
            yield name, f"filled in {share:.0%} of the rows before, in {is_now:.0%} now"


def _amounts(
    before: Mapping[str, Any], now: Mapping[str, Any], limits: Intake
) -> Iterator[tuple[str, str]]:
    for name in sorted(before["amounts"].keys() & now["amounts"].keys()):
        was, is_now = before["amounts"][name], now["amounts"][name]
        moved = [
            f"the {word} is {_change(was[kind], is_now[kind])}"
            for kind, word in (("sum", "total"), ("median", "median"))
            if kind in was and _has_moved(was[kind], is_now[kind], limits.drift_share)
        ]
        if moved:
            yield name, " and ".join(moved)


def _codes(
    before: Mapping[str, Any], now: Mapping[str, Any], table: Table
) -> Iterator[tuple[str, str]]:
    for name in sorted(before["codes"].keys() & now["codes"].keys()):
        was, is_now = set(before["codes"][name]), set(now["codes"][name])
        rare = " or rare" if table.column(name).is_personal else ""
        told = [f"codes that are gone{rare}: {_first(was - is_now)}"] if was - is_now else []
        told += [f"codes that are new{rare and ' or were rare'}: {_first(is_now - was)}"] \
            if is_now - was else []
        if told:
            yield name, "; ".join(told)


def _exchanged(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield pairs of name columns of which each holds now what the other one held before."""
    both = sorted(before["names"].keys() & now["names"].keys())
    for one, other in combinations(both, 2):
        straight = [_likeness(before, now, name, name) for name in (one, other)]
        across = [_likeness(before, now, one, other), _likeness(before, now, other, one)]
        if min(across) > EXCHANGED_MIN and sum(across) > sum(straight) + 2 * EXCHANGED_MORE:
            yield one, f"holds what {other} held before: the two columns look exchanged"
            yield other, f"holds what {one} held before: the two columns look exchanged"


def _likeness(
    before: Mapping[str, Any], now: Mapping[str, Any], was_in: str, is_in: str
) -> float:
    """Return how alike the values of a column before and of one now are: 1 where the same."""
    counts = np.array([before["names"][was_in], now["names"][is_in]], float)
    if (counts.std(axis=1) == 0).any():
        return 0.0
    return float(np.corrcoef(counts)[0, 1])


def _has_moved(was: float, is_now: float, share: float) -> bool:
    return was != is_now if not was else abs(is_now - was) > share * abs(was)


def _change(was: float, is_now: float) -> str:
    """Return a change in words.

    >>> _change(1000, 400), _change(100, 150), _change(2, 200), _change(0, 5)
    ('60% lower', '50% higher', '100 times what it was', 'no longer nothing')
    """
    if not was:
        return "no longer nothing"
    if is_now / was >= TIMES_MIN:
        return f"{is_now / was:.2g} times what it was" if is_now / was < 100 else (
            f"{is_now / was:,.0f} times what it was")
    if is_now / was < 0:
        return "of the other sign"
    return f"{abs(is_now / was - 1):.0%} {'higher' if abs(is_now) > abs(was) else 'lower'}"


def _first(codes: set[str]) -> str:
    named = sorted(codes)
    more = len(named) - FEW_CODES
    return ", ".join(named[:FEW_CODES]) + (f" and {more} more" if more > 0 else "")
