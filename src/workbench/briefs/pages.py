"""What pages that are no briefs share: the frame around them, and the template that sets them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from workbench.briefs.policy import TEMPLATE, Margins, content_policy, page_style, print_style


@dataclass(frozen=True)
class FramedPage:
    """What the frame of every such page shows; each page adds its own parts.

    ``margins`` stand in the margins of the page on paper.
    """

    title: str
    summary: str
    campaign: str
    marking: str
    dated: str
    version: str
    facts: tuple[tuple[str, str], ...]
    margins: Margins

    @property
    def styles(self) -> tuple[Markup, ...]:
        """The style sheets, in order."""
        return Markup(page_style()), Markup(print_style(self.margins))

    @property
    def policy(self) -> str:
        """The policy that lets in these style sheets and nothing else."""
        return content_policy(self.styles)


def set_page(template: str, page: FramedPage) -> str:
    """Return a page as HTML, every text of it escaped."""
    return str(_environment().get_template(template).render(page=page))


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True)
