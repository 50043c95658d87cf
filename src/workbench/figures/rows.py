"""Charts of one row a category: bars from zero, and points with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import seaborn as sns
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
    bar_offset,
    draw,
    draw_zero,
    first_rows,
    numbers,
    row_canvas,
    text_width,
)

BAR_HEIGHT = 0.56
BAR_HEIGHT_NARROW = 0.34


@dataclass(frozen=True)
class Series:
    """One number a category with its interval, ready to draw; missing where it is hidden."""

    labels: list[str]
    values: pd.Series
    lows: pd.Series
    highs: pd.Series
    texts: list[str]
    data: pd.DataFrame
    note: str
    caption: Caption


def bars(
    frame: pd.DataFrame, *, category: str, value: str, caption: Caption,
    interval: tuple[str, str] | None = None,
) -> Chart | Exhibit:
    """Draw one bar a row of ``frame``, from zero, with its value written at its end.

    For counts and money by category. ``interval`` names the columns of the ends of its interval;
    without it ``<value>_low`` and ``<value>_high`` are taken where the table has them.
    """
    series = _series(frame, category, value, caption, interval)

    def paint(page: PageWidth) -> Figure:
        figure, axes = row_canvas(page, series.labels, right=_room(series))
        height = BAR_HEIGHT_NARROW if page.is_narrow else BAR_HEIGHT
        rows = [row + bar_offset(page) for row in range(len(series.labels))]
        sns.barplot(x=series.values, y=rows, orient="y", native_scale=True, color=ONE,
                    width=height, errorbar=None, saturation=1, ax=axes)
        _finish_rows(axes, series, from_zero=True)
        _write_values(axes, series, rows)
        _draw_intervals(axes, series, rows)
        draw_zero(page, axes)
        return figure

    values = list(series.data.columns)[1:]
    return draw(series.caption, series.data, paint, values=values, note=series.note)


def dots(
    frame: pd.DataFrame, *, category: str, value: str, caption: Caption,
    interval: tuple[str, str] | None = None,
) -> Chart | Exhibit:
    """Draw one point a row of ``frame`` with its interval as a line, and its value written.

    For estimates: the scale need not begin at zero. ``interval`` as in ``bars``.
    """
    series = _series(frame, category, value, caption, interval)

    def paint(page: PageWidth) -> Figure:
        figure, axes = row_canvas(page, series.labels, right=_room(series))
        rows = [row + bar_offset(page) for row in range(len(series.labels))]
        _finish_rows(axes, series, from_zero=False)
        axes.hlines(rows, axes.get_xlim()[0], series.lows, color=RULE, linewidth=1, zorder=0)
        axes.hlines(rows, series.lows, series.highs, color=MID, linewidth=4, zorder=1)
        axes.plot(series.values, rows, linestyle="none", marker="o", markersize=11, color=ONE,
                  markeredgecolor=PAPER, markeredgewidth=1.5)
        _write_values(axes, series, rows)
        return figure

    values = list(series.data.columns)[1:]
    return draw(series.caption, series.data, paint, values=values, note=series.note)


def _series(
    frame: pd.DataFrame, category: str, value: str, caption: Caption,
    interval: tuple[str, str] | None,
) -> Series:
    ends = interval or (f"{value}_low", f"{value}_high")
    frame, note = first_rows(frame, [category, value, *(interval or ())], caption)
    form = form_of(value, frame[value])
    middle = pd.Series(numbers(frame[value]))
    has_ends = set(ends) <= set(frame.columns)
    low, high = (pd.Series(numbers(frame[end])).fillna(middle) if has_ends else middle
                 for end in ends)
    texts = [show(number, form, caption.house) for number in frame[value]]
    labels = [str(name) for name in frame[category]]
    told = caption.listing(f"{name} {text}" for name, text, number in
                           zip(labels, texts, middle, strict=True) if pd.notna(number))
    data = frame[[category, value, *(ends if has_ends else ())]]
    return Series(labels, middle, low, high, texts, data, note, told)


def _room(series: Series) -> float:
    return text_width(series.texts, is_bold=True) + 12


def _finish_rows(axes: Axes, series: Series, *, from_zero: bool) -> None:
    axes.set(xlabel="", ylabel="", ylim=(len(series.labels) - 0.5, -0.5))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    low, high = float(series.lows.min()), float(series.highs.max())
    low, high = (0.0, 1.0) if pd.isna(low) else (low, high)
    if from_zero:
        axes.set_xlim(min(0.0, low), max(high, 0.0) or 1.0)
        return
    pad = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    axes.set_xlim(max(0.0, low - pad) if low >= 0 else low - pad, high + pad)


def _write_values(axes: Axes, series: Series, rows: list[float]) -> None:
    start = max(0.0, axes.get_xlim()[0])
    for row, end, text in zip(rows, series.highs, series.texts, strict=True):
        is_hidden = pd.isna(end)
        axes.annotate(text, (start if is_hidden else max(end, start), row), (8, 0),
                      textcoords="offset points", va="center", color=SOFT if is_hidden else INK,
                      weight="normal" if is_hidden else "bold")


def _draw_intervals(axes: Axes, series: Series, rows: list[float]) -> None:
    for row, low, high in zip(rows, series.lows, series.highs, strict=True):
        if high > low:
            axes.errorbar((low + high) / 2, row, xerr=(high - low) / 2, color=TWO,
                          linewidth=2.5, capsize=5, capthick=2.5)
