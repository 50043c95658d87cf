"""Text of a notebook as safe HTML: Markdown without raw HTML or images, and coloured code."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

import mistune
from markupsafe import Markup


class SafeRenderer(mistune.HTMLRenderer):
    """Markdown to HTML in which raw HTML is text and nothing is loaded from anywhere."""

    def __init__(self) -> None:
        super().__init__(escape=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Put the image's text in its place: a brief draws its own charts."""
        return text

    def block_code(self, code: str, info: str | None = None) -> str:
        """Set code apart, as text."""
        return f"<pre>{escape(code)}</pre>\n"


@cache
def _markdown() -> Any:
    return mistune.create_markdown(renderer=SafeRenderer())


def markdown_html(source: str, section_id: str = "") -> Markup:
    """Return Markdown as HTML; its first heading carries ``section_id``."""
    html = str(_markdown()(source))
    if section_id:
        html = html.replace("<h2>", f'<h2 id="{escape(section_id)}">', 1)
    return Markup(html)


def code_html(source: str) -> Markup:
    """Return Python code as HTML, coloured by the classes of the page's style sheet."""
    # Imported here, since only the appendix shows code.
    from pygments import highlight  # type: ignore[import-untyped]
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
    from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

    inner = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    return Markup(f'<pre tabindex="0" role="region" aria-label="Code">{inner}</pre>')
