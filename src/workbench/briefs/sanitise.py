"""What the HTML of an exhibit may hold: known elements, nothing that runs, loads or leads away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.errors import BriefError

ELEMENTS = frozenset((
    "br", "caption", "code", "dd", "details", "div", "dl", "dt", "em", "figcaption", "figure",
    "h2", "h3", "li", "ol", "p", "pre", "span", "strong", "summary", "table", "tbody", "td", "th",
    "thead", "tr", "ul", "defs", "g", "image", "path", "svg", "text", "tspan", "use",
))
ATTRIBUTES = frozenset((
    "aria-label", "class", "colspan", "d", "display", "fill", "fill-opacity", "font-size",
    "font-weight", "height", "href", "id", "opacity", "preserveAspectRatio", "role", "rowspan",
    "scope", "stroke", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity",
    "stroke-width", "tabindex", "text-anchor", "transform", "viewBox", "width", "x", "y",
))
# Attributes in double quotes, no angle bracket in them, no comment, no declaration: a text of
# this spelling is read alike by every browser, so that nothing can hide in how it is read.
_TAG = re.compile(r'<(/?)([A-Za-z][A-Za-z0-9]*)((?: [A-Za-z-]+="[^"<>]*")*) ?/?>')
_ATTRIBUTE = re.compile(r' ([A-Za-z-]+)="([^"]*)"')
_INSIDE = re.compile(r"#[\w-]+|data:image/png;base64,[A-Za-z0-9+/=\s]*")
_OUTSIDE = re.compile(r"url\((?!#)", re.IGNORECASE)


def checked_html(html: str, *, brief: str) -> str:
    """Return the HTML of an exhibit as it is; BriefError where it holds what no page may hold."""
    for fault in _faults(html):
        raise BriefError(
            f"An exhibit of '{brief}' holds {fault}, which could run, load or lead away in a "
            "reader's browser. Show data through a call such as brief.table(…) or "
            "figures.bars(…), which escapes it."
        )
    return html


def _faults(html: str) -> Iterator[str]:
    if "<" in _TAG.sub("", html):
        yield "a tag that is not spelled out in full"
    for _, name, attributes in _TAG.findall(html):
        if name not in ELEMENTS:
            yield f"the element <{name[:20]}>"
        yield from _faults_of_attributes(_ATTRIBUTE.findall(attributes))


def _faults_of_attributes(attributes: list[tuple[str, str]]) -> Iterator[str]:
    for name, value in attributes:
        if name not in ATTRIBUTES:
            yield f"the attribute '{name[:20]}'"
        if name == "href" and not _INSIDE.fullmatch(value):
            yield "a reference to something outside the page"
        if _OUTSIDE.search(value) and name != "aria-label":
            yield "a reference in a drawing"
