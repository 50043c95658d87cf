"""One thing that a notebook shows: HTML to look at, and data for the page and the headlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

MIME = "application/vnd.workbench+json"
ID_PREFIX = "exhibit-0-"
KINDS = ("finding", "headline", "sentence", "likelihood", "poll", "table", "chart", "rows",
         "provenance")


_NO_MATH = '<div class="mathjax_ignore">'


def for_jupyter(html: str) -> str:
    """Return HTML in which JupyterLab does not take what stands between two $ for mathematics."""
    return f"{_NO_MATH}{html}</div>"


def for_page(html: str) -> str:
    """Return what ``for_jupyter`` was given.

    >>> for_page(for_jupyter("<p>$5 to $9</p>"))
    '<p>$5 to $9</p>'
    """
    return html.removeprefix(_NO_MATH).removesuffix("</div>") if html.startswith(
        _NO_MATH) else html


@dataclass(frozen=True)
class Exhibit:
    """What one cell shows.

    ``html`` holds no text that is not escaped, and no style or script. Ids in it begin with
    ID_PREFIX, which the page replaces by a prefix of its own. ``data`` lies beside it for
    those who read the executed notebook: the page, and the headlines file.
    """

    kind: str
    html: str
    data: Mapping[str, Any]

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, Any]:
        """Give Jupyter both faces of the exhibit."""
        return {"text/html": for_jupyter(self.html), MIME: {"kind": self.kind, **self.data}}


def said(text: str) -> Exhibit:
    """Return a sentence as an exhibit: also what stands for a table or chart of nothing."""
    return Exhibit("sentence", f"<p>{escape(text)}</p>", {"text": text})


def nothing() -> Exhibit:
    """Return an exhibit of which nothing is seen: another one has said what there is to say."""
    return Exhibit("sentence", "", {"text": ""})


@dataclass(frozen=True)
class Exhibits:
    """Several exhibits that one cell shows, each as an output of its own."""

    items: Sequence[Exhibit]

    def _ipython_display_(self) -> None:
        """Show them from the first to the last."""
        from IPython.display import display  # only a notebook has it loaded

        for item in self.items:
            display(item)
