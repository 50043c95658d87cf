"""The chart of predicted and actual: one row a category, with the interval of the forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.exhibits import Caption, Chart, Exhibit, form_of, show
from workbench.figures.house import (
    INK,
    MID,
    ONE,
    PAPER,
    SOFT,
    TWO,
    PageWidth,
    bar_offset,
    draw,
    draw_zero,
    first_rows,
    numbers,
    row_canvas,
    text_width,
)


@dataclass(frozen=True)
class Mark:
    """One row: what was expected, the actual value, the interval, and the text beside them."""

    middle: float
    actual: float
    low: float
    high: float
    text: str


def predicted(
    frame: pd.DataFrame, *, category: str, expected: str, actual: str, caption: Caption
) -> Chart | Exhibit:
    """Draw for each row what was ``expected``, with its interval, and the ``actual`` value.

    A dot is what was expected, the line through it the interval (``<expected>_low`` and
    ``_high``; an end that is hidden is drawn at the dot), a diamond below it the actual value.
    Both numbers are written at the end. Values are zero or more.
    """
    ends = [f"{expected}_low", f"{expected}_high"]
    frame, note = first_rows(frame, [category, expected, actual, *ends], caption)
    labels = [str(name) for name in frame[category]]
    texts = _texts(frame, expected, actual, caption)
    middle, outcome, low, high = (numbers(frame[name]) for name in (expected, actual, *ends))
    low, high = (np.where(np.isnan(end), middle, end) for end in (low, high))
    marks = [Mark(*row) for row in zip(middle, outcome, low, high, texts, strict=True)]
    top = np.nan_to_num(np.concatenate([high, outcome])).max(initial=0.0)

    def paint(page: PageWidth) -> Figure:
        room = text_width(texts, is_bold=True) + 14
        figure, axes = row_canvas(page, labels, right=room)
        axes.set_xlim(0, top or 1.0)
        _draw_rows(axes, marks, page)
        draw_zero(page, axes)
        return figure

    data = frame[[category, expected, *ends, actual]]
    return draw(caption, data, paint, values=[expected, actual], note=note)


def _texts(frame: pd.DataFrame, expected: str, actual: str, caption: Caption) -> list[str]:
    """Return both numbers of each row, in words; one text where they are both hidden."""
    texts = []
    for middle, outcome in zip(frame[expected], frame[actual], strict=True):
        told = [show(value, form_of(name, frame[name]), caption.house)
                for name, value in ((expected, middle), (actual, outcome))]
        is_hidden = pd.isna(middle) and pd.isna(outcome)
        texts.append(told[0] if is_hidden else f"{told[0]} / {told[1]}")
    return texts


def _draw_rows(axes: Axes, marks: list[Mark], page: PageWidth) -> None:
    apart = 0.1 if page.is_narrow else 0.15  # so that neither mark hides the other
    for place, mark in enumerate(marks):
        height = place + bar_offset(page)
        is_hidden = np.isnan(mark.middle)
        if not is_hidden:
            axes.hlines(height - apart, mark.low, mark.high, color=MID, linewidth=5, zorder=1)
            axes.plot(mark.middle, height - apart, marker="o", markersize=9, color=ONE,
                      markeredgecolor=PAPER, markeredgewidth=1.5, clip_on=False)
        if not np.isnan(mark.actual):
            axes.plot(mark.actual, height + apart, marker="D", markersize=7, color=TWO,
                      markeredgecolor=PAPER, markeredgewidth=1.5, clip_on=False)
        end = np.nan_to_num([mark.high, mark.actual]).max()
        axes.annotate(mark.text, (end, height), (11, 0), textcoords="offset points", va="center",
                      color=SOFT if is_hidden else INK, weight="normal" if is_hidden else "bold")
