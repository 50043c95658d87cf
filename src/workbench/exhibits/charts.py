"""A chart as a page shows it: what it says, its drawings, and the data behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import pandas as pd

from workbench.errors import BriefError
from workbench.exhibits.exhibit import MIME, for_jupyter
from workbench.exhibits.forms import House, first_words
from workbench.exhibits.tables import Dress, figure_html, notes_html, scrolling, table_html

Words = dict[str, str]  # of a caption or a finding, by the names of its parts
WIDE_WIDTH = 680
MOST_TITLE_WORDS = 10
LEAST_ALT_WORDS = 4
_PLACEHOLDER = re.compile(r"(no description|alt(ernative)? text|lorem|to ?do)\b|(chart|image)$",
                          re.IGNORECASE)


@dataclass(frozen=True)
class Caption:
    """What a chart says in words.

    ``title`` states the finding in ten words; what is longer is cut, since names come from
    data. ``subtitle`` names the measure, the place, the period and n; ``alt_text`` tells
    somebody who cannot see the chart what it shows, and where it ends in a colon, bars and dots
    list their rows after it; ``labels`` heads the columns of its data. BriefError for a caption
    that does not.
    """

    title: str
    subtitle: str
    alt_text: str
    labels: Mapping[str, str] = field(default_factory=dict)
    house: House = field(default_factory=House)

    def __post_init__(self) -> None:
        """Refuse what would leave a reader without the finding or the description."""
        if not self.title.strip():
            raise BriefError(f"A chart has no title. State the finding in one to "
                             f"{MOST_TITLE_WORDS} words; the measure belongs in the subtitle.")
        object.__setattr__(self, "title", first_words(self.title, MOST_TITLE_WORDS))
        if not self.subtitle.strip():
            raise BriefError(f"The chart '{self.title}' has no subtitle. Name its measure, "
                             "place, period and n.")
        words = self.alt_text.split()
        if len(words) < LEAST_ALT_WORDS or _PLACEHOLDER.match(self.alt_text):
            raise BriefError(
                f"The chart '{self.title}' has no alternative text of its own. Say in a "
                "sentence what somebody would see in it."
            )

    def listing(self, rows: Iterable[str]) -> Caption:
        """Return the caption with what is drawn listed where its alternative text ends in ":"."""
        if not self.alt_text.endswith(":"):
            return self
        return replace(self, alt_text=f"{self.alt_text} {', '.join(rows)}.")


def no_chart(title: str) -> Words:
    """Return the words of a chart without a number to show: its title stands in its place."""
    return dict.fromkeys(("title", "subtitle", "alt_text"), title)


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    ``drawings`` are two SVG elements, for a wide and a narrow page, with ``{role}`` still
    unset; ``data`` is what they draw, as it may be shown; ``note`` says what was left out.
    """

    caption: Caption
    drawings: tuple[str, str]
    data: pd.DataFrame
    forms: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def html(self) -> str:
        """The chart as a ``<figure>`` with its data behind a fold."""
        caption = self.caption
        labels = {k: v for k, v in caption.labels.items() if k in self.data.columns}
        dress = Dress(caption.house, self.forms, labels)
        table = scrolling(table_html(self.data, dress), f"Data of: {caption.title}")
        fold = f"<details><summary>Data of this chart</summary>{table}</details>"
        more = f'<p class="note">{escape(self.note)}</p>' if self.note else ""
        body = "".join(self.drawings) + more + notes_html(self.data, dress) + fold
        return figure_html(caption.title, caption.subtitle, body, kind="chart")

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, Any]:
        """Give Jupyter the figure, and the page what it is."""
        words = {"kind": "chart", "title": self.caption.title,
                 "subtitle": self.caption.subtitle, "alt_text": self.caption.alt_text}
        return {"text/html": for_jupyter(self.html), MIME: words}


def svg_attributes(caption: Caption, shape: str) -> str:
    """Return the attributes by which an ``<svg>`` is an image with a text, of one shape.

    Where the page's style sheet is not there, in JupyterLab, the wide drawing alone shows.
    """
    size = f'width="{WIDE_WIDTH}"' if shape == "wide" else 'display="none"'
    return f'role="img" class="{shape}" {size} aria-label="{escape(caption.alt_text)}"'
