"""A headline number as a tile: value, unit, range, basis, change since the last version."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from workbench.exhibits.forms import House, show, show_range
from workbench.likelihood import likelihood_word
from workbench.measures import Measure

NO_EARLIER = "no earlier version"
LONGEST_IN_FULL_SIZE = 9  # signs, of a value at the size of a tile


def tile_html(headline: Mapping[str, Any], house: House, *, change: str = NO_EARLIER) -> str:
    """Return a tile for one headline, given by the fields of a Measure.

    ``change`` is the sentence about the change since the last published version.
    """
    value = show(headline["value"], headline["form"], house)
    unit = _unit(headline, house)
    told = [("Range", _range(headline, house)), ("n", _basis(headline)), ("Change", change)]
    size = ' class="long"' if len(value) > LONGEST_IN_FULL_SIZE else ""
    facts = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in told if text)
    return (
        f'<div class="tile"><h3>{escape(headline["title"])}</h3>'
        f'<p class="value"><strong{size}>{escape(value)}</strong> '
        f'<span class="unit">{escape(unit)}</span></p><dl>{facts}</dl></div>'
    )


def likelihood_html(measure: Measure, house: House) -> str:
    """Return a probability as a paragraph: what of, number, range, word."""
    if measure.value is None:
        told = show(None, "probability", house)
    else:
        ends = show_range(measure.low, measure.high, "probability", house)
        told = (f"{show(measure.value, 'probability', house)}, range {ends}: "
                f"{likelihood_word(measure.value)}")
    return (f'<p class="likelihood">{escape(measure.title)}: <strong>{escape(told)}</strong>. '
            f"{escape(measure.meaning)}</p>")


def _unit(headline: Mapping[str, Any], house: House) -> str:
    if headline["form"] == "money":
        return house.currency_code
    if headline["form"] == "probability" and headline["value"] is not None:
        return likelihood_word(headline["value"])
    return str(headline["unit"]).removeprefix("share ")


def _range(headline: Mapping[str, Any], house: House) -> str:
    if headline["value"] is None:
        return "not shown"
    ends = show_range(headline["low"], headline["high"], headline["form"], house)
    return ends or "full count"


def _basis(headline: Mapping[str, Any]) -> str:
    """Return the number of people behind the value; empty where it is not about people."""
    if headline["n"] is None:
        return "not shown" if headline["value"] is None else ""
    return show(headline["n"], "count", House())
