"""How far a headline has moved since a release, reckoned from the figures that were shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.exhibits.forms import MINUS, House, show
from workbench.exhibits.tiles import NO_EARLIER

NO_CHANGE, UNCLEAR, UNKNOWN = "no change", "no clear change", "not known"

Headline = Mapping[str, Any]


def change_of(before: Headline, after: Headline, house: House) -> str:
    """Return the change of a headline, reckoned from the protected figures that were shown.

    It is no clear change where the interval of the difference covers zero; where no interval
    was given, the difference of the values counts. A share changes by points of percentage.

    >>> change_of({"value": 0.25, "form": "share"}, {"value": 0.5, "form": "share"}, House())
    '+25 points'
    """
    old, new, form = before.get("value"), after.get("value"), str(after.get("form") or "number")
    if not _is_number(old) or not _is_number(new) or form != str(before.get("form") or "number"):
        return NO_CHANGE if old == new and form == before.get("form") else UNKNOWN
    if old == new:
        return NO_CHANGE
    difference = float(new) - float(old)  # type: ignore[arg-type]
    ends = [before.get("low"), before.get("high"), after.get("low"), after.get("high")]
    if not all(_is_number(end) for end in ends):
        return _signed(difference, form, house)
    low, high = float(ends[2]) - float(ends[1]), float(ends[3]) - float(ends[0])  # type: ignore
    return UNCLEAR if low <= 0 <= high else _signed(difference, form, house)


def value_shown(headline: Headline, house: House) -> str:
    """Print the value of a headline by its form; of one that was not there, as hidden."""
    return show(headline.get("value"), str(headline.get("form") or "number"), house)


def change_since(
    release: str, before: Headline | None, after: Headline, house: House
) -> str:
    """Return what a tile says of a headline's change since ``release`` ('' where none is).

    >>> change_since("", None, {"value": 1, "form": "count"}, House())
    'no earlier version'
    """
    if not release:
        return NO_EARLIER
    if before is None:
        return f"new since {release}"
    return f"{change_of(before, after, house)} since {release}"


def _signed(difference: float, form: str, house: House) -> str:
    sign = "+" if difference > 0 else MINUS
    if form not in ("share", "probability"):
        return f"{sign}{show(abs(difference), form, house)}"
    points = show(abs(difference), form, house).removesuffix("%")
    return f"{sign}{points} point{'' if points == '1' else 's'}"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
