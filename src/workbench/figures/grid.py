"""A grid of rows and columns: one number a cell, the darker the larger."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from workbench.exhibits import Caption, Chart, Exhibit, form_of, show
from workbench.exhibits.forms import and_more
from workbench.figures.house import (
    INK,
    MOST_ROWS,
    ONE,
    SOFT,
    PageWidth,
    canvas,
    draw,
    need_columns,
    text_width,
    wrapped,
)

ROW_HEIGHT, HEAD_HEIGHT = 40, 40
MOST_COLUMNS_WIDE, MOST_COLUMNS_NARROW = 8, 4
DARKEST, LIGHTEST = 0.36, 0.04  # of the ground's colour, so that ink stays readable on it


def grid(
    frame: pd.DataFrame, *, row: str, column: str, value: str, caption: Caption
) -> Chart | Exhibit:
    """Draw one cell for each row of ``frame``, in the order in which rows and columns come.

    For a number of each pair of two categories. It stands in the cell, so that colour is never
    alone in saying it. A hidden number has a plain cell, and of many rows or columns the first
    are drawn. On a narrow page rows and columns change places where columns are many. Other
    columns of ``frame``, such as the number of people, stand in the chart's data.
    """
    need_columns(frame, [row, column, value], caption)
    frame, note = _first_cells(frame, row, column)
    rows, columns = (list(dict.fromkeys(frame[name].astype(str))) for name in (row, column))
    form = form_of(value, frame[value])
    numbers = frame[value].astype("Float64")
    top = float(numbers.max()) if numbers.notna().any() else 1.0

    def paint(page: PageWidth) -> Figure:
        is_turned = page.is_narrow and len(columns) > MOST_COLUMNS_NARROW
        down, across = (columns, rows) if is_turned else (rows, columns)
        left = text_width([wrapped(name, 14) for name in down]) + 10
        size = HEAD_HEIGHT + ROW_HEIGHT * len(down)
        figure, axes = canvas(page, size, (left, 1, HEAD_HEIGHT, 1))
        axes.set(xlim=(0, len(across)), ylim=(len(down), 0))
        axes.axis("off")
        _write_heads(axes, down, across, room=(page.width - left) / len(across))
        for name, other, number in zip(frame[row].astype(str), frame[column].astype(str),
                                       numbers, strict=True):
            place = (columns.index(other), rows.index(name))
            x, y = (place[1], place[0]) if is_turned else place
            _draw_cell(axes, (x, y), number, show(number, form, caption.house), top)
        return figure

    return draw(caption, frame, paint, values=[value], note=note)


def _first_cells(frame: pd.DataFrame, row: str, column: str) -> tuple[pd.DataFrame, str]:
    """Return the cells of as many rows and columns as can be read, and the note on the others."""
    notes = []
    for name, most, noun in ((column, MOST_COLUMNS_WIDE, "column"), (row, MOST_ROWS, "row")):
        names = list(dict.fromkeys(frame[name].astype(str)))
        frame = frame[frame[name].astype(str).isin(names[:most])]
        notes += [and_more(len(names) - most, noun)[4:]] if len(names) > most else []
    return frame, f"Not drawn: {', '.join(notes)}." if notes else ""


def _write_heads(axes: Axes, down: list[str], across: list[str], *, room: float) -> None:
    most = max(4, int(room / 7.2))
    for x, name in enumerate(across):
        axes.annotate(wrapped(name, most), (x + 0.5, 0), (0, 6), va="bottom",
                      ha="center", textcoords="offset points", annotation_clip=False)
    for y, name in enumerate(down):
        axes.annotate(wrapped(name, 14), (0, y + 0.5), (-8, 0), va="center", ha="right",
                      textcoords="offset points", annotation_clip=False)


def _draw_cell(
    axes: Axes, place: tuple[int, int], number: Any, text: str, top: float
) -> None:
    x, y = place
    is_hidden = bool(pd.isna(number))
    strength = 0.0 if is_hidden or top <= 0 else float(number) / top
    shade = LIGHTEST + (DARKEST - LIGHTEST) * strength
    if not is_hidden:
        axes.add_patch(Rectangle((x + 0.02, y + 0.04), 0.96, 0.92, facecolor=ONE,
                                 alpha=shade, linewidth=0))
    axes.annotate(text, (x + 0.5, y + 0.5), va="center", ha="center",
                  color=SOFT if is_hidden else INK, weight="normal" if is_hidden else "bold",
                  annotation_clip=False)
