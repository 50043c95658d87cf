"""Charts of how many in each band: a histogram, and a pyramid of two groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.errors import BriefError
from workbench.exhibits import Caption, Chart, Exhibit, form_of, label_of, show
from workbench.figures.house import (
    INK,
    ONE,
    PAPER,
    SOFT,
    TWO,
    PageWidth,
    canvas,
    draw,
    first_rows,
    need_columns,
    text_width,
)

HISTOGRAM_HEIGHT = 260
PYRAMID_ROW = 26


def histogram(
    frame: pd.DataFrame, *, lower: str, upper: str, count: str, caption: Caption
) -> Chart | Exhibit:
    """Draw one column a row of ``frame``: how many lie from ``lower`` up to ``upper``.

    Bands must be of one width and follow one another. A hidden count leaves a gap with a mark
    at its foot.
    """
    need_columns(frame, [lower, upper, count], caption)
    rows = frame.sort_values(lower, kind="stable").reset_index(drop=True)
    _refuse_uneven(rows[lower].astype(float), rows[upper].astype(float), caption)
    edges = [*rows[lower].astype(float), *rows[upper].tail(1).astype(float)]
    numbers = rows[count].astype("Float64").fillna(0).astype("float64")
    form = form_of(lower, rows[lower])
    texts = [show(edge, form, caption.house) for edge in edges]

    def paint(page: PageWidth) -> Figure:
        side = text_width([texts[0], texts[-1]]) / 2 + 2
        figure, axes = canvas(page, HISTOGRAM_HEIGHT, (side, side, 22, 26))
        sns.histplot(x=np.add(edges[:-1], edges[1:]) / 2, weights=numbers, bins=edges, color=ONE,
                     alpha=1, edgecolor=PAPER, linewidth=1.5, ax=axes)
        axes.set(xlabel="", ylabel="", xlim=(edges[0], edges[-1]))
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        step = -(-len(edges) // int(page.width / (text_width(texts) + 14)))
        axes.set_xticks(edges[::step], texts[::step])
        _write_peaks(axes, rows, (lower, upper, count), caption)
        return figure

    return draw(caption, rows[[lower, upper, count]], paint, values=[count])


def pyramid(
    frame: pd.DataFrame, *, category: str, left: str, right: str, caption: Caption
) -> Chart | Exhibit:
    """Draw two bars a row of ``frame`` back to back, for instance women and men by age band.

    The first row is at the bottom, as in a population pyramid, and both sides have one scale.
    Sides are named above, by ``caption.labels`` or by the columns' names.
    """
    frame, note = first_rows(frame, [category, left, right], caption)
    bands = [str(band) for band in frame[category]]
    top = float(frame[[left, right]].astype("Float64").fillna(0).to_numpy().max(initial=0)) or 1.0

    def paint(page: PageWidth) -> Figure:
        height = len(bands) * PYRAMID_ROW + 40
        middle = text_width(bands) + 16
        wing = (page.width - middle) / 2
        texts = [*_texts(frame[left], caption), *_texts(frame[right], caption)]
        reach = top * wing / max(wing - text_width(texts, is_bold=True) - 10, 20)
        figure = Figure(figsize=(page.width / 72, height / 72), dpi=72)
        for column, colour, is_left in ((left, ONE, True), (right, TWO, False)):
            start = 0 if is_left else (wing + middle) / page.width
            axes = figure.add_axes((start, 0.01, wing / page.width, 1 - 32 / height))
            _draw_wing(axes, frame[column], caption, colour=colour, is_left=is_left)
            axes.set_xlim((reach, 0) if is_left else (0, reach))
        for row, band in enumerate(bands):
            place = (row + 0.5) / len(bands) * (1 - 32 / height) + 0.01
            figure.text(0.5, place, band, ha="center", va="center", color=INK)
        return figure

    data = frame[[category, left, right]]
    return draw(caption, data, paint, values=[left, right], note=note)


def _refuse_uneven(lowers: pd.Series, uppers: pd.Series, caption: Caption) -> None:
    has_gap = not np.allclose(lowers[1:], uppers[:-1])
    if has_gap or not np.allclose(uppers - lowers, (uppers - lowers).head(1).sum()):
        raise BriefError(f"The bands of the histogram '{caption.title}' are not of one width, or "
                         "do not follow one another. Show them with figures.bars instead.")


def _texts(values: pd.Series, caption: Caption) -> list[str]:
    form = form_of(str(values.name), values)
    return [show(value, form, caption.house) for value in values]


def _draw_wing(
    axes: Axes, values: pd.Series, caption: Caption, *, colour: str, is_left: bool
) -> None:
    numbers = values.astype("Float64").fillna(0).astype("float64").reset_index(drop=True)
    axes.barh(range(len(numbers)), numbers, height=0.74, color=colour)
    axes.set_ylim(-0.5, len(numbers) - 0.5)
    axes.axis("off")
    side, shift = ("right", -6) if is_left else ("left", 6)
    for row, (number, text) in enumerate(zip(numbers, _texts(values, caption), strict=True)):
        axes.annotate(text, (number, row), (shift, 0), textcoords="offset points", ha=side,
                      va="center", color=INK if number else SOFT)
    name = caption.labels.get(str(values.name), label_of(str(values.name)))
    axes.annotate(name, (1 if is_left else 0, 1), (0, 14), xycoords="axes fraction",
                  textcoords="offset points", ha=side, va="center", weight="bold", color=INK)


def _write_peaks(
    axes: Axes, rows: pd.DataFrame, columns: tuple[str, str, str], caption: Caption
) -> None:
    """Write the greatest count above its column, and mark the hidden ones."""
    lower, upper, count = columns
    middles = (rows[lower].astype(float) + rows[upper].astype(float)) / 2
    known = rows[count].astype("Float64")
    peak = known.max()
    for place, value in zip(middles, known, strict=True):
        if not pd.isna(value) and value == peak:
            axes.annotate(show(value, "count", caption.house), (place, float(value)), (0, 9),
                          textcoords="offset points", ha="center", va="center", weight="bold")
        elif pd.isna(value):
            axes.annotate("×", (place, 0), (0, 8), textcoords="offset points", ha="center",
                          va="center", color=SOFT)
