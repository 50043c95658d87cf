"""A waterfall: how sums of money lead, step by step, from one total to another."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.exhibits import Caption, Chart, Exhibit, form_of, show
from workbench.figures.house import (
    INK,
    ONE,
    SOFT,
    TWO,
    PageWidth,
    bar_offset,
    draw,
    draw_zero,
    first_rows,
    row_canvas,
    text_width,
)


@dataclass(frozen=True)
class Step:
    """One row: where its bar begins and ends, and what is written beside it."""

    start: float
    end: float
    text: str
    colour: str
    is_hidden: bool


def waterfall(
    frame: pd.DataFrame, *, category: str, value: str, caption: Caption,
    total: str | None = None,
) -> Chart | Exhibit:
    """Draw one bar a row of ``frame``, each beginning where the one above it ends.

    For how money leads from one total to another. A positive ``value`` adds, a negative one takes
    away. ``total`` names a true/false column: rows where it is true are sums reached so far and
    are drawn from zero. A hidden step leaves the sum where it was.
    """
    frame, note = first_rows(frame, [category, value, *([total] if total else [])], caption)
    labels = [str(name) for name in frame[category]]
    steps = _steps(frame, value, total, caption)
    shown = frame[[category, value]]

    def paint(page: PageWidth) -> Figure:
        room = text_width([step.text for step in steps], is_bold=True) + 14
        figure, axes = row_canvas(page, labels, right=room)
        ends = [edge for step in steps for edge in (step.start, step.end)]
        axes.set_xlim(min(0.0, *ends), max(*ends, 0.0) or 1.0)
        _draw_steps(axes, steps, page)
        draw_zero(page, axes)
        return figure

    return draw(caption, shown, paint, values=[value], note=note)


def _steps(
    frame: pd.DataFrame, value: str, total: str | None, caption: Caption
) -> list[Step]:
    form = form_of(value, frame[value])
    flags = frame[total].astype(bool) if total else pd.Series(False, index=frame.index)
    reached, steps = 0.0, []
    for amount, is_total in zip(frame[value], flags, strict=True):
        is_hidden = bool(pd.isna(amount))
        size = 0.0 if is_hidden else float(amount)
        start = 0.0 if is_total and not is_hidden else reached
        end = start + size
        colour = SOFT if is_total else ONE if size >= 0 else TWO
        text = show(amount, form, caption.house)
        sign = "+" if size > 0 and not is_total else ""
        steps.append(Step(start, end, f"{sign}{text}", colour, is_hidden))
        reached = end
    return steps


def _draw_steps(axes: Axes, steps: list[Step], page: PageWidth) -> None:
    height = 0.34 if page.is_narrow else 0.56
    for place, step in enumerate(steps):
        row = place + bar_offset(page)
        axes.barh(row, step.end - step.start, left=step.start, height=height, color=step.colour)
        axes.annotate(step.text, (max(step.start, step.end), row), (8, 0), va="center",
                      textcoords="offset points", color=SOFT if step.is_hidden else INK,
                      weight="normal" if step.is_hidden else "bold")
        if place + 1 < len(steps) and not page.is_narrow:
            axes.plot([step.end] * 2, [row, row + 1], color=SOFT, linewidth=1, zorder=0)
