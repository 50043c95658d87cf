"""The chart of calibration: shares predicted and shares seen, with their intervals."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.exhibits import Caption, Chart, Exhibit, form_of, show
from workbench.figures.house import (
    INK,
    MID,
    ONE,
    PAPER,
    RULE,
    SOFT,
    TWO,
    PageWidth,
    canvas,
    draw,
    need_columns,
    text_width,
)

HEIGHT, HEIGHT_NARROW = 360, 300
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def calibration(
    frame: pd.DataFrame, *, predicted: str, seen: str, caption: Caption,
    interval: tuple[str, str],
) -> Chart | Exhibit:
    """Draw one point a row of ``frame``: shares ``predicted`` across and ``seen`` upwards.

    ``interval`` names the ends of the interval of what was seen. On the line that rises evenly
    scores mean what they say; above it more happened than predicted. A hidden row is left
    out of the drawing and stands in the data.
    """
    need_columns(frame, [predicted, seen, *interval], caption)
    data = frame[[predicted, seen, *interval]]
    form = form_of(seen, frame[seen])
    ticks = [show(tick, form, caption.house) for tick in TICKS]
    left = text_width(ticks) + 12

    def paint(page: PageWidth) -> Figure:
        height = HEIGHT_NARROW if page.is_narrow else HEIGHT
        figure, axes = canvas(page, height, (left, text_width(ticks) / 2 + 4, 26, 48))
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.set_xticks(TICKS, ticks)
        axes.set_yticks(TICKS, ticks)
        axes.grid(color=RULE, linewidth=1)
        axes.set_axisbelow(True)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.plot([0, 1], [0, 1], color=TWO, linestyle="--", linewidth=1.5)
        _draw_points(axes, data.dropna(), (predicted, seen, *interval))
        axes.set_xlabel(_label(caption, predicted), labelpad=8)
        axes.annotate(_label(caption, seen), (0, 1), (-left + 4, 14), xycoords="axes fraction",
                      textcoords="offset points", ha="left", va="center", color=INK)
        return figure

    return draw(caption, data, paint, values=[predicted, seen])


def _draw_points(axes: Axes, rows: pd.DataFrame, columns: tuple[str, str, str, str]) -> None:
    across, up, low, high = (rows[name].astype("float64").to_numpy() for name in columns)
    axes.vlines(across, low, high, color=MID, linewidth=4, zorder=2)
    axes.plot(across, up, linestyle="none", marker="o", markersize=9, color=ONE,
              markeredgecolor=PAPER, markeredgewidth=1.5, zorder=3)
    axes.annotate("on the line: as predicted", (0.98, 0.03), va="bottom", ha="right", color=SOFT)


def _label(caption: Caption, column: str) -> str:
    return str(caption.labels.get(column, column.replace("_", " ")))
