"""One recipient's copy of a brief: its number and name on every section and printed page."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import escape, unescape

from workbench.briefs.policy import css_text
from workbench.errors import BriefError, SealError

LONGEST_NAME = 60
_BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_HOME = re.compile(r'<p><a href="[^"]*index\.html">[^<]*</a></p>')
_LINK_AWAY = re.compile(r'<a href="(?!#|https?:)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True)
class Copy:
    """Whose copy of which brief it is. ``number`` counts the copies of one version."""

    brief: str
    version: str
    number: int
    recipient: str
    marking: str

    @property
    def mark(self) -> str:
        """What stands on every section and printed page."""
        return f"Copy {self.number}, for {self.recipient}"


@dataclass(frozen=True)
class Content:
    """What a sealed copy holds: the parts of a page, as the script puts them in place."""

    title: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    body: str


def recipient_name(name: str) -> str:
    """Return the name with single spaces; SealError where it could not be read on paper.

    >>> recipient_name(" Ann   Example ")
    'Ann Example'
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    has_controls = any(unicodedata.category(sign)[0] == "C" for sign in plain)
    if not 0 < len(plain) <= LONGEST_NAME or has_controls:
        raise SealError(
            f"A recipient's name has 1 to {LONGEST_NAME} signs that can be printed; one of those "
            f"after --to has {len(plain)} or holds a control sign. Write it as it is spoken."
        )
    return plain


def mark_copy(html: str, copy: Copy) -> Content:
    """Return the parts of a brief's page, marked for the recipient, without links to others.

    BriefError for a page that no template of ours has made.
    """
    body, title = _BODY.search(html), _TITLE.search(html)
    marked = _marked(body.group(1), copy) if body else ""
    if not title or 'class="copy"' not in marked or copy.version not in html:
        raise BriefError(
            f"reports/{copy.brief}.html is no page of this version of the workbench, or is not "
            f"of version {copy.version}, which its JSON states. Build it again with `dvc repro`."
        )
    return Content(
        unescape(title.group(1)), (*_STYLE.findall(html), copy_style(copy)),
        tuple(_SCRIPT.findall(html)), marked,
    )


def copy_style(copy: Copy) -> str:
    """Return the style of the mark, on the screen and in the margin of every printed page."""
    return (
        ".copy{color:var(--soft);font-size:.8125rem;margin-top:.625rem}"
        ".bar .copy{margin:0;color:var(--ink)}.copy.paper{display:none}main:focus{outline:0}"
        "@media print{.bare .copy.paper{display:block;position:fixed;right:0;bottom:0;"
        "background:#fff}}"
        f"@page{{@top-center{{content:{css_text(copy.mark)};"
        "font:8pt system-ui,sans-serif;color:#1b2026}}"
    )


def _marked(body: str, copy: Copy) -> str:
    mark = f'<p class="copy">{escape(copy.mark)}</p>'
    alone = _LINK_AWAY.sub(r"\1", _HOME.sub("", _SCRIPT.sub("", body)))
    for end in ("</div></header>", "</section>", "</footer>"):
        alone = alone.replace(end, mark + end)
    return f"{alone}{mark.replace('copy', 'copy paper', 1)}" if mark in alone else ""
