"""A map of two scales: one cell a pair, darker for more, its value written in it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from workbench.errors import BriefError
from workbench.exhibits import Caption, Chart, form_of, show
from workbench.figures.house import (
    INK,
    ONE,
    SOFT,
    Shape,
    canvas,
    draw,
    need_columns,
    text_width,
    wrapped,
)

CELL_HEIGHT, HEAD_HEIGHT, GAP = 38, 40, 0.03
FAINTEST, STRONGEST = 0.1, 0.4  # of the colour, in tenths; ink is easy to read on all four
MOST_COLUMNS = 8


def heat(
    frame: pd.DataFrame, *, row: str, column: str, value: str, caption: Caption
) -> Chart:
    """Draw one cell for each row of ``frame``; rows and columns in the order in which they come.

    A hidden value leaves an empty cell with a dash. Other columns of the table, such as the
    number of people, stand in its data.
    """
    need_columns(frame, [row, column, value], caption)
    rows, columns = (list(dict.fromkeys(frame[name].astype("str"))) for name in (row, column))
    if len(columns) > MOST_COLUMNS:
        raise BriefError(f"The chart '{caption.title}' has {len(columns)} columns; "
                         f"{MOST_COLUMNS} can be read. Show fewer, or a table.")

    def paint(shape: Shape) -> Figure:
        left = text_width(rows) + 12
        height = HEAD_HEIGHT + CELL_HEIGHT * len(rows)
        figure, axes = canvas(shape, height, (left, 1, HEAD_HEIGHT, 1))
        axes.set_xlim(0, len(columns))
        axes.set_ylim(len(rows), 0)
        axes.axis("off")
        _write_names(axes, rows, columns, (shape.width - left) / max(len(columns), 1))
        _draw_cells(axes, frame, (row, column, value), caption)
        return figure

    return draw(caption, frame, paint)


def _write_names(axes: Axes, rows: list[str], columns: list[str], room: float) -> None:
    for place, name in enumerate(rows):
        axes.annotate(name, (0, place + 0.5), (-10, 0), textcoords="offset points", ha="right",
                      va="center", color=INK, annotation_clip=False)
    for place, name in enumerate(columns):
        axes.annotate(wrapped(name, max(4, int(room / 7.2))), (place + 0.5, 0), (0, 6),
                      textcoords="offset points", ha="center", va="bottom", color=INK,
                      annotation_clip=False)


def _draw_cells(
    axes: Axes, frame: pd.DataFrame, names: tuple[str, str, str], caption: Caption
) -> None:
    row, column, value = names
    places = [frame[name].astype("str").map(
        {label: at for at, label in enumerate(dict.fromkeys(frame[name].astype("str")))})
        for name in (row, column)]
    numbers = frame[value].astype("Float64").astype("float64")
    low, high = numbers.min(), numbers.max()
    form = form_of(value, frame[value])
    for down, across, number, told in zip(*places, numbers, frame[value], strict=True):
        is_hidden = pd.isna(number)
        part = 0.0 if is_hidden or high <= low else (number - low) / (high - low)
        axes.add_patch(Rectangle(
            (across + GAP / 2, down + GAP), 1 - GAP, 1 - 2 * GAP, linewidth=0, facecolor=ONE,
            alpha=0.0 if is_hidden else round(FAINTEST + (STRONGEST - FAINTEST) * part, 1)))
        text = "–" if is_hidden else show(told, form, caption.house)
        axes.annotate(text, (across + 0.5, down + 0.5), ha="center", va="center",
                      color=SOFT if is_hidden else INK,
                      weight="normal" if is_hidden else "bold")
