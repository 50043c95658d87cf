"""The page of all charts, made from the functions that draw them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from workbench import figures

OPENING = """# Charts

Made from `workbench.figures` by `workbench dictionary --charts`; do not edit it by hand. How a
chart comes into a brief, and what its caption says, stands in [the guide](briefs.md#the-charts).
"""


def charts_page() -> str:
    """Return one section a chart as Markdown, in order of their names: what it takes and draws."""
    drawn = [getattr(figures, name) for name in sorted(figures.__all__)
             if callable(getattr(figures, name))]
    return "\n".join([OPENING, *(_section(one) for one in drawn)])


def _section(chart: Callable[..., Any]) -> str:
    words = inspect.getdoc(chart) or ""
    return f"## {chart.__name__}\n\n`figures.{chart.__name__}({_taken(chart)})`\n\n" + (
        f"{words.replace('``', '`')}\n")


def _taken(chart: Callable[..., Any]) -> str:
    """Return what a chart takes; what may be left out stands with what it is then."""
    told = []
    for name, one in inspect.signature(chart).parameters.items():
        is_named = one.kind is inspect.Parameter.KEYWORD_ONLY
        default = "" if one.default is one.empty else repr(one.default)
        told.append(f"{name}={default}" if is_named or default else name)
    return ", ".join(told)
