"""Lines over time or over a scale, each named at its end, with bands for their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.exhibits import Caption, Chart, Exhibit, House, form_of, show
from workbench.exhibits.forms import and_more
from workbench.figures.house import (
    INK,
    LINE_HEIGHT,
    MOST_VECTOR_MARKS,
    ONE,
    RULE,
    SOFT,
    TWO,
    PageWidth,
    canvas,
    draw,
    need_columns,
    numbers,
    text_width,
    wrapped,
)

HEIGHT = 300
MOST_MARKERS = 40
STYLES = ((ONE, "-", "o"), (TWO, "--", "s"), (SOFT, ":", "^"), (ONE, "-.", "D"))


def lines(
    frame: pd.DataFrame, *, x: str, value: str, caption: Caption, series: str | None = None
) -> Chart | Exhibit:
    """Draw ``value`` over ``x`` (a date, a month or a number), one line a value of ``series``.

    Bands are drawn where the table has ``<value>_low`` and ``<value>_high``. A hidden value
    leaves a gap. The scale begins at zero. Of many series the first are drawn, as they come.
    """
    need_columns(frame, [x, value, *([series] if series else [])], caption)
    frame, note = _first_lines(frame, series)
    groups = _groups(frame.sort_values(x, kind="stable"), series)

    def paint(page: PageWidth) -> Figure:
        names = _end_texts(groups, value, caption, page)
        scale = _scale_texts(frame, value, caption)
        right = text_width(names, is_bold=True) + 14
        left = text_width([text for _, text in scale]) + 10
        figure, axes = canvas(page, HEIGHT, (left, right, 14, 34))
        _dress(axes, frame[x], scale, page.width - left - right)
        for (_, rows), style in zip(groups, STYLES, strict=False):
            _draw_line(axes, rows, (x, value), style)
        _write_ends(axes, groups, (x, value), names)
        return figure

    ends = [c for c in (f"{value}_low", f"{value}_high") if c in frame.columns]
    columns = [x, *([series] if series else []), value, *ends]
    return draw(caption, frame[columns], paint, values=[value], note=note)


def _first_lines(frame: pd.DataFrame, series: str | None) -> tuple[pd.DataFrame, str]:
    """Return the rows of as many lines as can be told apart, and the note on the others."""
    names = list(frame[series].unique()) if series else []
    more = and_more(len(names) - len(STYLES), "line")
    if not more:
        return frame, ""
    return frame[frame[series].isin(names[:len(STYLES)])], f"Not drawn: {more[4:]}."


def _groups(frame: pd.DataFrame, series: str | None) -> list[tuple[str, pd.DataFrame]]:
    if series is None:
        return [("", frame)]
    return [(str(name), rows) for name, rows in frame.groupby(series, sort=True, observed=True)]


def _places(values: pd.Series) -> np.ndarray:
    """Return where values of x lie: dates as days, numbers as they are."""
    if pd.api.types.is_numeric_dtype(values):
        return numbers(values)
    return pd.to_datetime(values).to_numpy().astype("datetime64[D]").astype("float64")


def _scale_texts(frame: pd.DataFrame, value: str, caption: Caption) -> list[tuple[float, str]]:
    """Return the ticks of the upright scale, from zero, with their texts."""
    form = form_of(value, frame[value])
    columns = [c for c in (value, f"{value}_high") if c in frame.columns]
    top = max((float(np.nanmax([*numbers(frame[c]), 0])) for c in columns), default=0) or 1.0
    unit = 100 if form == "money" else 0.01 if form == "share" else 1
    step = _round_step(top / unit / 3) * unit
    n_steps = int(np.ceil(top / step - 1e-9))
    return [(step * k, show(step * k, form, caption.house)) for k in range(n_steps + 1)]


def _round_step(least: float) -> float:
    """Return the least of 1, 2, 5, 10, 20, … that is not under ``least``."""
    power = 10.0 ** np.floor(np.log10(max(least, 1.0)))
    return float(next(k * power for k in (1, 2, 5, 10) if k * power >= least - 1e-9))


def _dress(
    axes: Axes, x: pd.Series, scale: Sequence[tuple[float, str]], room: float
) -> None:
    places = _places(x)
    axes.set_xlim(places.min(), max(places.max(), places.min() + 1e-9))
    axes.set_ylim(0, scale[-1][0])
    axes.set_yticks([place for place, _ in scale], [text for _, text in scale])
    axes.grid(axis="y", color=RULE, linewidth=1)
    axes.spines["left"].set_visible(False)
    axes.set_axisbelow(True)
    known = pd.Series(x.to_numpy(), index=places).groupby(level=0).first()
    form = form_of(str(x.name), x)
    widest = text_width([show(value, form, House()) for value in known])
    step = -(-len(known) // max(2, int(room / (widest + 14))))
    chosen = known.iloc[::-step]
    axes.set_xticks(list(chosen.index), [show(value, form, House()) for value in chosen])
    axes.tick_params(axis="x", pad=10)


def _draw_line(
    axes: Axes, rows: pd.DataFrame, columns: tuple[str, str], style: tuple[str, str, str]
) -> None:
    x, value = columns
    colour, dash, marker = style
    places, is_many = _places(rows[x]), len(rows) > MOST_VECTOR_MARKS
    if {f"{value}_low", f"{value}_high"} <= set(rows.columns):
        axes.fill_between(places, numbers(rows[f"{value}_low"]),
                          numbers(rows[f"{value}_high"]), color=colour, alpha=0.18,
                          linewidth=0, rasterized=is_many)
    axes.plot(places, numbers(rows[value]), color=colour, linestyle=dash, linewidth=2.2,
              marker=marker if len(rows) <= MOST_MARKERS else "", markersize=5,
              rasterized=is_many)


def _end_texts(
    groups: Sequence[tuple[str, pd.DataFrame]], value: str, caption: Caption, page: PageWidth
) -> list[str]:
    most = 12 if page.is_narrow else 22
    texts = []
    for name, rows in groups:
        last = rows[value].dropna()
        form = form_of(value, rows[value])
        number = show(last.iloc[-1], form, caption.house) if len(last) else ""
        texts.append(f"{wrapped(name, most)}\n{number}".strip())
    return texts


def _write_ends(
    axes: Axes, groups: Sequence[tuple[str, pd.DataFrame]], columns: tuple[str, str],
    texts: Sequence[str],
) -> None:
    """Name each line at its end, lifting names apart where lines end close together."""
    x, value = columns
    ends = []
    for (_, rows), text in zip(groups, texts, strict=True):
        seen = rows[rows[value].notna()]
        if len(seen):
            height = float(numbers(seen[value])[-1])
            ends.append((height, float(_places(seen[x])[-1]), text))
    lowest = -np.inf
    per_point = axes.get_ylim()[1] / (HEIGHT - 48)
    for height, place, text in sorted(ends):
        n_lines = text.count("\n") + 1
        half = n_lines * LINE_HEIGHT / 2 * per_point
        middle = max(height, lowest + half)
        lowest = middle + half
        axes.annotate(text, (place, middle), (10, 0), textcoords="offset points", va="center",
                      color=INK, weight="bold", annotation_clip=False)
