"""The style and the script of our pages, and the policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_GAPS = re.compile(r"\s*([{};,>])\s*")


@dataclass(frozen=True)
class Margins:
    """What stands in the margins of every printed page."""

    marking: str
    campaign: str
    title: str
    version: str


@cache
def page_style() -> str:
    """Return the style sheet that all pages share, without comments and gaps."""
    text = _COMMENT.sub("", (TEMPLATE / "page.css").read_text(encoding="utf-8"))
    return _GAPS.sub(r"\1", re.sub(r"\s+", " ", text)).replace(";}", "}").strip()


@cache
def page_script() -> str:
    """Return the script by which a brief is presented, without comments and gaps."""
    text = _COMMENT.sub("", (TEMPLATE / "present.js").read_text(encoding="utf-8"))
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def print_style(margins: Margins) -> str:
    """Return the style that puts marking, title, version and page number on each paper page."""
    font = "font:8pt system-ui,sans-serif;color:#59636e;"
    boxes = {
        "top-left": f"content:{css_text(margins.marking.upper())};font-weight:700;color:#1b2026;",
        "top-right": f"content:{css_text(margins.campaign)};",
        "bottom-left": f"content:{css_text(f'{_short(margins.title)} · {margins.version}')};"
                       "width:80%;text-align:left;",
        "bottom-right": 'content:counter(page) " of " counter(pages);',
    }
    parts = "".join(f"@{place}{{{font}{rule}}}" for place, rule in boxes.items())
    return f"@page{{margin:20mm 18mm 18mm;{parts}}}"


def css_text(text: str) -> str:
    r"""Quote a text for a style sheet inside a page: it can end neither the text nor the sheet.

    >>> css_text('a"b</style>')
    '"a\\22 b\\3c \\2f style\\3e "'
    """
    def safe(character: str) -> str:
        is_plain = character.isalnum() or character in " .,:;-–·'()"
        return character if is_plain else f"\\{ord(character):x} "

    return f'"{"".join(safe(character) for character in text)}"'


def content_policy(styles: Sequence[str], scripts: Sequence[str] = ()) -> str:
    """Return the policy of a page: its own styles and scripts by hash, images inside it."""
    admitted = " ".join(
        f"{kind} {' '.join(source_hash(text) for text in texts)};"
        for kind, texts in (("script-src", scripts), ("style-src", styles)) if texts
    )
    return f"default-src 'none'; {admitted} img-src data:; base-uri 'none'; form-action 'none'"


def source_hash(text: str) -> str:
    """Return how a policy names a style or script that it lets in."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _short(title: str) -> str:
    return title if len(title) <= 80 else f"{title[:79].rstrip()}…"
