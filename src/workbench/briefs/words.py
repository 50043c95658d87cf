"""A word for a probability stands in a brief only where its number does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.briefs.headlines import exhibits_shown
from workbench.errors import BriefError
from workbench.likelihood import SCALE, bare_words

WRITTEN = {
    "finding": ("title", "bottom_line", "decision"),
    "headline": ("title", "meaning"),
    "sentence": ("text",),
    "table": ("title", "subtitle"),
    "chart": ("title", "subtitle", "alt_text"),
}


def refuse_typed_words(notebook: Mapping[str, Any], *, brief: str) -> None:
    """BriefError where the prose or an exhibit's words name a likelihood without its number.

    What stands in the cells of a table is data, and is not looked at.
    """
    for place, text in _texts(notebook):
        for word in bare_words(text):
            raise BriefError(
                f"'{brief}' says “{word}” in {place}, and no number stands behind the word. Show "
                "the probability with brief.likelihood(…), write it with likelihood_phrase(…), "
                "or compare (more likely, likelier); otherwise say may or can."
            )


def likelihoods_shown(notebook: Mapping[str, Any]) -> bool:
    """Tell whether a brief shows a probability with its word, which the scale explains."""
    is_headline = any(one["form"] == "probability" for one in exhibits_shown(notebook, "headline"))
    is_shown = any(True for _ in exhibits_shown(notebook, "likelihood"))
    words = tuple(f"{band.word} (" for band in SCALE)
    return is_headline or is_shown or any(
        word in text.lower() for _, text in _texts(notebook) for word in words)


def _texts(notebook: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "markdown":
            yield f"cell {number}", "".join(cell["source"])
    shown = ((kind, one) for kind in WRITTEN for one in exhibits_shown(notebook, kind))
    for kind, exhibit in shown:
        for part in WRITTEN[kind]:
            yield f"the {part.replace('_', ' ')} of a {kind}", str(exhibit.get(part) or "")
