"""The house style of charts: palette, the two page shapes, text and axes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.disclosure import refuse_unprotected
from workbench.errors import BriefError
from workbench.exhibits import Caption, Chart, Exhibit, form_of
from workbench.exhibits.charts import WIDE_WIDTH, svg_attributes
from workbench.exhibits.exhibit import said
from workbench.exhibits.forms import and_more
from workbench.figures.svg import FONT_SIZE, inline_svg

# Each colour is a role: the page's style sheet puts its dark counterpart in its place.
INK = "#1b2026"
SOFT = "#59636e"
RULE = "#d9dde2"
ONE = "#12406e"
TWO = "#cc7722"
MID = "#4a80b5"
PAPER = "#fcfcfa"
MOST_VECTOR_MARKS = 1000
CHARACTER_WIDTH, BOLD_CHARACTER_WIDTH = 7.2, 9.2  # px; of the widest font that a page may get
LINE_HEIGHT = 16
MOST_ROWS = 40
RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": FONT_SIZE, "text.color": INK,
    "axes.edgecolor": SOFT, "axes.labelcolor": INK, "xtick.color": SOFT, "ytick.color": SOFT,
    "axes.spines.top": False, "axes.spines.right": False, "text.parse_math": False,
    "axes.unicode_minus": True, "hatch.linewidth": 1.0,
}


@dataclass(frozen=True)
class PageWidth:
    """A width to draw for, in units that a page shows as CSS pixels."""

    name: str
    width: int
    row_height: int

    @property
    def is_narrow(self) -> bool:
        """Whether labels stand above their rows, for want of room beside them."""
        return self.name == "narrow"


WIDE = PageWidth("wide", WIDE_WIDTH, 32)
NARROW = PageWidth("narrow", 300, 46)


def draw(
    caption: Caption, data: pd.DataFrame, paint: Callable[[PageWidth], Figure], *,
    values: Sequence[str], note: str = "",
) -> Chart | Exhibit:
    """Return the chart that ``paint`` draws, once for each width of page.

    ``values`` are the columns of ``data`` that are drawn. Where none of them has a number to
    show, the chart is a sentence: its title, which then says what is lacking. ``note`` stands
    below the chart. DisclosureError in a build where a number was not protected.
    """
    refuse_unprotected(data, caption.title)
    shown = pd.concat([data[name].astype("Float64") for name in values]).dropna()
    if not len(shown):
        return said(f"{caption.title.removesuffix('.')}.")
    if not shown.any():
        return said(f"{caption.subtitle.removesuffix('.')}: every number shown is zero.")
    with style.context(["default", RC]):  # whatever the user's own matplotlibrc says
        drawings = [
            inline_svg(paint(page), svg_attributes(caption, page.name), page=page.name)
            for page in (WIDE, NARROW)
        ]
    forms = {str(name): form_of(str(name), data[name]) for name in data.columns}
    return Chart(caption, (drawings[0], drawings[1]), data, forms, note)


def first_rows(
    frame: pd.DataFrame, columns: Sequence[str], caption: Caption
) -> tuple[pd.DataFrame, str]:
    """Return the rows that a chart of a row each can hold, and the note on those left out.

    BriefError where a column that it draws is not there.
    """
    need_columns(frame, columns, caption)
    note = and_more(len(frame) - MOST_ROWS)
    return frame.head(MOST_ROWS).reset_index(drop=True), note and f"Not drawn: {note[4:]}."


def need_columns(frame: pd.DataFrame, columns: Sequence[str], caption: Caption) -> None:
    """BriefError where a chart is asked for a column that its table does not have."""
    for column in columns:
        if column not in frame.columns:
            raise BriefError(f"The chart '{caption.title}' draws column '{column}', which its "
                             f"table lacks. It has: {', '.join(map(str, frame.columns))}.")


def numbers(values: pd.Series) -> np.ndarray:
    """Return numbers to draw; what is hidden is not a number."""
    return values.astype("Float64").astype("float64").to_numpy()


def canvas(
    page: PageWidth, height: float, margins: tuple[float, float, float, float]
) -> tuple[Figure, Axes]:
    """Return an empty figure; ``margins`` are left, right, top and bottom of its axes."""
    left, right, top, bottom = margins
    figure = Figure(figsize=(page.width / 72, height / 72), dpi=72)
    axes = figure.add_axes((
        left / page.width, bottom / height,
        (page.width - left - right) / page.width, (height - top - bottom) / height,
    ))
    axes.tick_params(length=0, pad=6)
    axes.margins(0)
    return figure, axes


def text_width(texts: Sequence[str], *, is_bold: bool = False) -> float:
    """Return about how wide the widest of ``texts`` is drawn."""
    longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    return longest * (BOLD_CHARACTER_WIDTH if is_bold else CHARACTER_WIDTH)


def wrapped(text: str, most_characters: int) -> str:
    """Break a label into two lines at the most; what is longer ends in an ellipsis."""
    lines = textwrap.wrap(text, most_characters, max_lines=2, placeholder=" …")
    return "\n".join(lines)


def row_canvas(
    page: PageWidth, labels: Sequence[str], *, right: float, bottom: float = 4
) -> tuple[Figure, Axes]:
    """Return axes with one row a label, the first on top, at y = 0, 1, 2, …

    On a wide page labels stand left of the rows; on a narrow one above them.
    """
    names = [wrapped(label, 40 if page.is_narrow else 30) for label in labels]
    left = 1.0 if page.is_narrow else text_width(names) + 12
    height = len(names) * page.row_height + 4 + bottom
    figure, axes = canvas(page, height, (left, right, 4, bottom))
    axes.set_ylim(len(names) - 0.5, -0.5)
    _write_labels(page, axes, names)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    return figure, axes


def draw_zero(page: PageWidth, axes: Axes) -> None:
    """Draw the line from which bars begin, where it does not cross the labels."""
    if not page.is_narrow:
        axes.axvline(0, color=SOFT, linewidth=1)


def bar_offset(page: PageWidth) -> float:
    """Return how far below the middle of its row a mark lies, in rows."""
    return 0.2 if page.is_narrow else 0.0


def _write_labels(page: PageWidth, axes: Axes, names: Sequence[str]) -> None:
    for row, name in enumerate(names):
        if page.is_narrow:
            axes.annotate(name.replace("\n", " "), (0, row), (0, 8), va="center", ha="left",
                          xycoords=("axes fraction", "data"), textcoords="offset points")
        else:
            axes.annotate(name, (0, row), (-10, 0), va="center", ha="right",
                          multialignment="right", xycoords=("axes fraction", "data"),
                          textcoords="offset points")
