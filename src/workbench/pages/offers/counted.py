"""Asks counted as they may be shown, so tied together that no hidden count can be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.donors.offers.estimate import shrunk_to
from workbench.donors.offers.evidence import (
    LEVEL,
    chosen_difference,
    chosen_rate_of,
    difference_interval,
    rate_interval,
)
from workbench.donors.offers.halves import HALVES, assign_halves
from workbench.donors.offers.search import members
from workbench.donors.offers.study import Study
from workbench.pages.offers.labels import unbroken
from workbench.settings import Disclosure

# One row of the population is one person's ask of one appeal; a person may be in several.
POPULATION = "asks that count"
OFFER_COLUMNS = ("reference_code", "variation_name")
GROUP_COLUMNS = ("group_name", "half_name")
THOUSAND = 1_000
IN_THOUSAND = ("in_thousand", "in_thousand_low", "in_thousand_high")
SHRUNK = ("shrunk_in_thousand", "shrunk_in_thousand_low", "shrunk_in_thousand_high")
NOBODY, NOT_SHOWN = "No segment was confirmed", "not shown"
WORKED_OUT = "answers in a thousand, worked out from protected counts"
One = Mapping[Any, Any]  # a row, by its columns


def protect_asks(
    frame: pd.DataFrame, profile: Disclosure, *, dimensions: Sequence[str], **adds_up: Any
) -> pd.DataFrame:
    """Protect ``n_asked`` and ``n_answered``, whose rows ``dimensions`` name.

    Adds ``in_thousand``: answers in a thousand asks with the ends of its interval of 95 %, from
    the counts as shown; missing where no percentage may be shown. ``adds_up``: fields of Shape.
    """
    shape = Shape("n_asked", ("n_asked", "n_answered"),
                  shares={"answer_rate": ("n_answered", "n_asked")}, population=POPULATION,
                  dimensions=tuple(dimensions), **adds_up)
    shown = protect(frame, profile, shape=shape)
    known = shown.pop("answer_rate").notna()
    told = [_in_thousand(y, n) if is_known else (None, None, None) for y, n, is_known in
            zip(shown["n_answered"], shown["n_asked"], known, strict=True)]
    shown[list(IN_THOUSAND)] = pd.DataFrame(told, shown.index, list(IN_THOUSAND), dtype="Int64")
    return exempt(shown, WORKED_OUT, *IN_THOUSAND)


def offer_groups(asks: pd.DataFrame) -> pd.DataFrame:
    """Return ``reference_code`` and ``variation_name`` by row of ``asks``."""
    return pd.DataFrame({"reference_code": asks["appeal_id"],
                         "variation_name": asks["arm_code"].fillna("")})


def count_answers(
    asks: pd.DataFrame, groups: list[Any], every: pd.MultiIndex | None = None
) -> pd.DataFrame:
    """Count ``n_asked`` and ``n_answered`` by ``groups``: those there, or ``every`` one."""
    counted = asks.groupby(groups)["has_responded"].agg(n_asked="size", n_answered="sum")
    counted = counted if every is None else counted.reindex(every, fill_value=0)
    return counted.astype("int64").reset_index()


def group_of(study: Study, offer_id: str) -> dict[str, str]:
    """Return the reference code and the variation that are one offer."""
    return _group_of_all(study.asks[study.asks["offer_id"] == offer_id])


def _group_of_all(asks: pd.DataFrame) -> dict[str, str]:
    """Return the reference code and the variation of asks that are all of one offer."""
    return {str(name): str(values.iloc[0])
            for name, values in offer_groups(asks.head(1)).items()}


def halves_counted(study: Study, one: One, profile: Disclosure) -> pd.DataFrame:
    """Return the group of ``one`` and everybody else, in each half of the file: four rows.

    ``one`` has ``offer_id``, ``rule`` and ``group_name``. Columns: ``is_in``, ``half_name``,
    and those of protect_asks. Tied to the asks of the offer, and to those who have the
    group's traits in whatever table.
    """
    asks = study.asks[study.asks["offer_id"] == one["offer_id"]]
    return asks_halved(asks, one, profile, seed=study.search.plan.seed)


def asks_halved(
    asks: pd.DataFrame, one: One, profile: Disclosure, *, seed: int
) -> pd.DataFrame:
    """Return halves_counted of ``asks``, which are all of one offer."""
    name, asks = str(one["group_name"]), asks.reset_index(drop=True)
    half = np.array(HALVES)[assign_halves(asks["household"], seed)]
    every = pd.MultiIndex.from_product([[True, False], HALVES], names=["is_in", "half_name"])
    rows = count_answers(asks, [members(asks, one["rule"]), half], every)
    rows.insert(0, "group_name", [name if flag else f"all but {name}" for flag in rows["is_in"]])
    where = _group_of_all(asks)
    _tie_traits(rows[rows["is_in"]], one, profile, where=where)
    return protect_asks(rows, profile, dimensions=GROUP_COLUMNS, where=where)


def segments_of(study: Study) -> list[One]:
    """Return the segments as plain rows, in their order."""
    return [{**row, "group_name": row["segment_name"],
             "offer_name": study.offer_names[row["offer_id"]],
             "searched_half": HALVES[1 - HALVES.index(row["estimated_half"])]}
            for row in study.segments.to_dict("records")]


def unseen_counted(study: Study, one: One, profile: Disclosure) -> list[One]:
    """Return the segment and everybody else in the half that its search did not see.

    Where too few of the segment answered to show them, neither: to hide the one, the other
    would have to be hidden, and with it what other tables tell of everybody else.
    """
    if min(one["n_answered"], one["n_answered_search"]) < profile.cell_min:
        names = ("n_asked", "n_answered", *IN_THOUSAND)
        return [dict.fromkeys(names, pd.NA), dict.fromkeys(names, pd.NA)]
    return unseen_rows(halves_counted(study, one, profile), one)


def unseen_rows(shown: pd.DataFrame, one: One) -> list[One]:
    """Return of halves_counted the group and everybody else in the half not searched."""
    unseen = shown[shown["half_name"] == one["estimated_half"]]
    return list(unseen.sort_values("is_in", ascending=False).to_dict("records"))


def chosen_told(one: One, counted: One, rest: One) -> dict[str, Any]:
    """Return SHRUNK of a segment, and ``difference_text``: it less everybody else.

    What was seen less what the segment's having been chosen adds, with the interval that allows
    for it: from the counts as shown, and the share of them with which it would just have been
    shown, in hundredths.
    """
    if pd.isna(counted["in_thousand"]):
        return {**dict.fromkeys(SHRUNK, pd.NA), "difference_text": NOT_SHOWN}
    y, n, is_more = int(counted["n_answered"]), int(counted["n_asked"]), bool(one["is_more"])
    least = round(y * round(one["least_answered"] / max(one["n_answered"], 1), 2))
    ends = chosen_rate_of(y, n, min(least, n), is_more=is_more)
    low, rate, high = shrunk_to(ends, float(one["expected_rate"]), is_more=is_more)
    told = [round(THOUSAND * value) for value in (rate, low, high)]
    if pd.isna(rest["in_thousand"]):
        return {**dict(zip(SHRUNK, told, strict=True)), "difference_text": NOT_SHOWN}
    others = (float(rest["n_answered"]), float(rest["n_asked"]))
    middle = rate - others[0] / others[1]
    return {**dict(zip(SHRUNK, told, strict=True)), "difference_text": _told_with_ends(
        middle, chosen_difference((low, rate, high), others))}


def difference_told(one: One, other: One, *, n_looks: int = 1) -> str:
    """Print the first's answers in a thousand less the other's, from counts as they are shown.

    With the interval of 95 %, so wide that ``n_looks`` looks miss as seldom as one.
    """
    pairs = [(row["n_answered"], row["n_asked"]) for row in (one, other)]
    if pd.isna(one["in_thousand"]) or pd.isna(other["in_thousand"]):
        return NOT_SHOWN
    middle = pairs[0][0] / pairs[0][1] - pairs[1][0] / pairs[1][1]
    return _told_with_ends(
        middle, difference_interval(pairs[0], pairs[1], 1 - (1 - LEVEL) / n_looks))


def lift_told(one: One, name: str = "answer_lift") -> str:
    """Print a lift with its interval of 95 %."""
    return unbroken(f"{one[name]:.1f} ({one['lift_low']:.1f} to {one['lift_high']:.1f})")


def whole_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return whole numbers as such, also where all of a column are hidden."""
    names = [name for name in frame.columns
             if name.startswith("n_") or name.endswith(("in_thousand", "_low", "_high"))]
    return frame.astype(dict.fromkeys(names, "Int64"))


def _tie_traits(
    rows: pd.DataFrame, one: One, profile: Disclosure, *, where: Mapping[str, str]
) -> None:
    """Note that the two halves of a group are all who have its traits, as a map counts them."""
    traits = dict(one["rule"])
    whole = pd.DataFrame([{**traits, **{name: int(rows[name].sum())
                                        for name in ("n_asked", "n_answered")}}])
    made_of = tuple({name: str(row[name]) for name in GROUP_COLUMNS}
                    for row in rows.to_dict("records"))
    protect_asks(whole, profile, dimensions=tuple(traits), where=where, is_partition=False,
                 unions={tuple(traits.values()): made_of})


def _in_thousand(n_answered: int, n_asked: int) -> tuple[int, int, int]:
    """Return answers in a thousand asks and the ends of their interval.

    >>> _in_thousand(95, 6685)
    (14, 12, 17)
    """
    low, high = rate_interval(n_answered, n_asked)
    middle = n_answered / n_asked
    return round(THOUSAND * middle), round(THOUSAND * low), round(THOUSAND * high)


def _told_with_ends(middle: float, ends: tuple[float, float]) -> str:
    """Print a difference of rates in a thousand with its ends.

    >>> _told_with_ends(0.004, (-0.003, 0.011))
    '+4 (−3\xa0to\xa0+11)'
    """
    told = [_signed(round(THOUSAND * value)) for value in (middle, *ends)]
    return unbroken(f"{told[0]} ({told[1]} to {told[2]})")


def _signed(number: int) -> str:
    """Print a whole number with its sign.

    >>> _signed(4), _signed(-3), _signed(0)
    ('+4', '−3', '0')
    """
    return f"{number:+,}".replace("-", "\u2212") if number else "0"
