"""Turn matplotlib's SVG into a small inline one that obeys the page's style and policy."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.figure import Figure

from workbench.exhibits.exhibit import ID_PREFIX

RC: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "workbench", "svg.image_inline": True,
}
METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
FONT_SIZE = 13
DROPPED = {"metadata", "style", "clipPath"}
KEPT_STYLES = {
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "fill-opacity",
    "opacity", "text-anchor", "font-weight",
}
_NUMBER = re.compile(r"-?\d+\.\d+")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SPACES = re.compile(r"\s*([MLCQZz ])\s*")


def inline_svg(figure: Figure, attributes: str, *, page: str) -> str:
    """Return the figure as an ``<svg>`` with those attributes, the same bytes every time.

    Styles become attributes, since the page's policy forbids inline styles; text stays text
    in the page's own font; ids begin with the page's prefix and ``page``.
    """
    with rc_context(RC):
        drawn = io.BytesIO()
        figure.savefig(drawn, format="svg", metadata=METADATA, transparent=True)
    root = ElementTree.fromstring(_NO_XML.sub("\ufffd", drawn.getvalue().decode()))
    view = root.get("viewBox", "")
    _clean(root, f"{ID_PREFIX}{page}-")
    inner = "".join(ElementTree.tostring(part, encoding="unicode") for part in root)
    return (f'<svg viewBox="{view}" fill="currentColor" font-size="{FONT_SIZE}" '
            f'preserveAspectRatio="xMinYMin" stroke-linejoin="round" {attributes}>{inner}</svg>')


def _clean(element: ElementTree.Element, prefix: str) -> None:
    """Clean the children of ``element``, and put those of empty groups in their place."""
    children = list(element)
    for child in children:
        element.remove(child)
        child.tail = None
        child.tag = _local(child.tag)
        if child.tag in DROPPED:
            continue
        _clean(child, prefix)
        _clean_attributes(child, prefix)
        is_bare = child.tag == "g" and not child.attrib
        element.extend(list(child) if is_bare else [] if _is_empty(child) else [child])
    if element.text and not element.text.strip():
        element.text = None


def _is_empty(element: ElementTree.Element) -> bool:
    if element.tag == "path" and element.get("fill") == "none":
        return "stroke" not in element.attrib
    return element.tag in ("g", "defs") and not len(element)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _clean_attributes(element: ElementTree.Element, prefix: str) -> None:
    given = {_local(name): value for name, value in element.attrib.items()}
    given.pop("clip-path", None)
    styles = _styles(given.pop("style", ""))
    own_id = given.pop("id", "")
    kept = {name: _rounded(value) for name, value in given.items() if name != "href"}
    if kept.get("transform", "").startswith("rotate(-0 "):
        kept.pop("transform")
    if own_id and element.tag in ("path", "image"):
        kept["id"] = f"{prefix}{own_id}"
    if "href" in given:
        target = given["href"]
        kept["href"] = f"#{prefix}{target[1:]}" if target.startswith("#") else target
    element.attrib.clear()
    element.attrib.update({**kept, **styles})


def _styles(style: str) -> dict[str, str]:
    """Return those declarations that the page keeps, as attributes."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    found = {name.strip(): value.strip() for name, value in pairs}
    kept = {name: _rounded(value) for name, value in found.items() if name in KEPT_STYLES}
    if kept.get("text-anchor") == "start":
        kept.pop("text-anchor")
    return kept


def _rounded(text: str) -> str:
    if text.startswith("#"):
        return text
    short = _NUMBER.sub(lambda number: f"{float(number.group()):.1f}".removesuffix(".0"), text)
    return _SPACES.sub(r"\1", short).strip()
