"""A figure of one's own, drawn with seaborn or matplotlib from a protected table."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import colors, style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import Collection
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter

from workbench.errors import DisclosureError
from workbench.exhibits import Caption, Chart, Exhibit, form_of, label_of, show
from workbench.figures.house import (
    CHARACTER_WIDTH,
    INK,
    MID,
    NARROW,
    ONE,
    RC,
    SOFT,
    TWO,
    WIDE,
    PageWidth,
    draw,
)

PALETTE = (ONE, TWO, MID, SOFT)
HEIGHT = 320
FEWEST_CHARACTERS = 8  # of a name in a line
_NUMBER = re.compile(r"-?\d[\d,]*\.?\d*")
_BLACK = "#000000"
# How seaborn draws bars in these colours, unless it is told not to: a little paler.
_PALED = {colors.to_hex(sns.desaturate(colour, 0.75)): colour for colour in PALETTE}


def blank(height: int = HEIGHT) -> tuple[Figure, Axes]:
    """Return an empty figure in the house style and its axes, to draw on and give to ``own``.

    Colours of several series are ``palette=figures.PALETTE``: dark pages know only these.
    """
    with style.context(["default", RC]):
        figure = Figure(figsize=(WIDE.width / 72, height / 72), dpi=72, layout="constrained")
        axes = figure.add_subplot()
    axes.set_prop_cycle(color=PALETTE)
    axes.tick_params(length=0, pad=6)
    return figure, axes


def own(
    figure: Figure, frame: pd.DataFrame, *, values: Sequence[str], caption: Caption
) -> Chart | Exhibit:
    """Return a figure as an exhibit, with the table that it draws behind a fold.

    ``frame`` is the protected table and ``values`` its columns that are drawn. Where no number
    is left to show, it is a sentence, as with the house charts. DisclosureError for a number in
    the figure that is none of the table's (a bar, a point, the end of a line, a text, a value
    behind a colour or a size), and for what cannot be compared with it: a pie, an image.
    """
    allowed = _numbers_of(frame)
    for axes in figure.axes:
        _refuse_unreadable(axes, caption)
        strange = sorted({value for value in _drawn(axes) if not _is_among(value, allowed)})
        if strange:
            raise DisclosureError(
                f"The figure '{caption.title}' draws {len(strange):,} numbers that its table does "
                "not have. Draw it from the table that you pass, as protect(…) gave it: no rule "
                "has seen what was reckoned from it afterwards."
            )
    _put_in_house_style(figure)
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        _write_as_the_page_does(axis, frame, caption)
    size = figure.get_size_inches()
    names: dict[Axis, dict[float, str]] = {
        axis: _names_of(axis) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)}

    def paint(page: PageWidth) -> Figure:
        figure.set_size_inches(page.width / 72, size[1] * (1.2 if page is NARROW else 1))
        for axes in figure.axes:
            for axis, n_beside in ((axes.xaxis, len(names[axes.xaxis])), (axes.yaxis, 3)):
                _break_names(axis, names[axis], page.width / max(n_beside, 1))
        return figure

    return draw(caption, frame, paint, values=values)


def _refuse_unreadable(axes: Axes, caption: Caption) -> None:
    """DisclosureError for what shows numbers otherwise than by a place on a scale."""
    shapes = [patch for patch in axes.patches if not isinstance(patch, Rectangle)]
    if shapes or axes.images:
        raise DisclosureError(
            f"The figure '{caption.title}' has areas or an image, whose numbers cannot be "
            "compared with its table. Draw bars, points or lines."
        )


def _numbers_of(frame: pd.DataFrame) -> np.ndarray:
    """Return all numbers of a table, days as matplotlib counts them, in order; 0 among them."""
    numbers = [frame[name].dropna().astype("float64") for name in frame.select_dtypes("number")]
    days = [pd.Series(date2num(frame[name].dropna()), dtype="float64")
            for name in frame.select_dtypes("datetime")]
    return np.unique(np.concatenate([[0.0], *numbers, *days]))


def _is_among(value: float, allowed: np.ndarray) -> bool:
    return bool(np.isclose(allowed, value, rtol=1e-6, atol=1e-9).any())


def _drawn(axes: Axes) -> Iterator[float]:
    """Yield every number that stands on a scale of numbers, and every one that a text tells."""
    is_scale = (not _is_of_names(axes.xaxis), not _is_of_names(axes.yaxis))
    for line in axes.lines:
        for is_one, data in zip(is_scale, line.get_data(), strict=True):
            yield from _finite(np.asarray(data, dtype=float) if is_one else ())
    for collection in axes.collections:
        yield from _of_collection(collection, is_scale)
    for patch in axes.patches:
        if isinstance(patch, Rectangle):
            sizes = (patch.get_width(), patch.get_height())
            yield from _finite(_lengths(sizes, is_scale))
    for text in axes.texts:
        yield from (float(one.replace(",", "")) for one in _NUMBER.findall(text.get_text()))


def _lengths(sizes: tuple[float, float], is_scale: tuple[bool, bool]) -> list[float]:
    """Return the sizes of a bar that tell a number: along its scale, where the other has names."""
    if all(is_scale):
        return [sizes[1]] if sizes[1] else []
    return [size for size, is_one in zip(sizes, is_scale, strict=True) if is_one]


def _of_collection(collection: Collection, is_scale: tuple[bool, bool]) -> Iterator[float]:
    given: np.ndarray = np.ma.asarray(collection.get_offsets(), dtype=float)
    offsets = np.ma.filled(given, np.nan)
    vertices = [path.vertices for path in collection.get_paths()]
    points = [offsets] if len(offsets) and np.asarray(offsets).any() else vertices
    for place in points:
        for is_one, data in zip(is_scale, np.asarray(place).reshape(-1, 2).T, strict=True):
            yield from _finite(data if is_one else ())
    coloured = collection.get_array()
    yield from _finite(() if coloured is None else np.ravel(np.ma.filled(coloured, np.nan)))
    sizes = np.unique(getattr(collection, "get_sizes", list)())
    yield from _finite(sizes if len(sizes) > 1 else ())


def _finite(data: Iterable[float]) -> Iterator[float]:
    numbers = np.asarray(list(data), dtype=float)
    yield from numbers[np.isfinite(numbers)].tolist()


def _is_of_names(axis: Axis) -> bool:
    """Return whether places on an axis stand for names and tell no number."""
    return isinstance(axis.get_major_formatter(), (FixedFormatter, StrCategoryFormatter))


def _names_of(axis: Axis) -> dict[float, str]:
    """Return the names along an axis by their places; of an axis of numbers none."""
    if not _is_of_names(axis):
        return {}
    return {float(place): label.get_text() for place, label
            in zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)}


def _break_names(axis: Axis, names: Mapping[float, str], width: float) -> None:
    """Break the names along an axis into lines of a width, so that none lies on another."""
    if names:
        most = max(int(width / CHARACTER_WIDTH), FEWEST_CHARACTERS)
        axis.set_ticks(list(names), [textwrap.fill(name, most) for name in names.values()])


def _write_as_the_page_does(axis: Axis, frame: pd.DataFrame, caption: Caption) -> None:
    """Head an axis that has a column's name as tables do, and print its numbers as they do."""
    name = axis.get_label_text()
    if name not in frame.columns:
        return
    axis.set_label_text(caption.labels.get(name, label_of(name)))
    if pd.api.types.is_numeric_dtype(frame[name]):
        form = form_of(name, frame[name])
        axis.set_major_formatter(FuncFormatter(
            lambda value, _: show(value, form, caption.house)))


def _put_in_house_style(figure: Figure) -> None:
    """Take away what the house does not draw, and draw in colours that dark pages know."""
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title("")  # the caption has it
    for patch in figure.findobj(Rectangle):
        role = _PALED.get(colors.to_hex(patch.get_facecolor()))
        if role:
            patch.set_facecolor(role)
    for text in figure.findobj(Text):
        if colors.to_hex(text.get_color()) == _BLACK:
            text.set_color(INK)
