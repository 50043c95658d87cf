"""Sort the cells of an executed notebook into first screen, sections and exhibits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from typing import Any, NoReturn

from markupsafe import Markup

from workbench.briefs.headlines import EXHIBIT, collect_headlines, exhibits_shown
from workbench.briefs.sanitise import checked_html
from workbench.errors import BriefError
from workbench.exhibits.exhibit import ID_PREFIX, for_page

FIRST_SCREEN = ("finding", "headline", "provenance")
FEWEST_HEADLINES, MOST_HEADLINES = 3, 5
_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_QUESTION = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_OWN_ID = re.compile(rf"(=\"#?|url\(#){ID_PREFIX}")


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading of the notebook."""

    id: str
    heading: str


@dataclass(frozen=True)
class Sorted:
    """An executed notebook with its question, finding and headlines taken out of the flow."""

    notebook: Any
    question: str
    finding: Mapping[str, str]
    headlines: tuple[Mapping[str, Any], ...]
    sections: tuple[Section, ...]


def sort_cells(notebook: Any, *, brief: str) -> Sorted:
    """Return the notebook ready for the page; the one passed in is left as it was.

    BriefError for a notebook without one finding and three to five headlines, or with an
    output that is not an exhibit.
    """
    finding = _only_finding(notebook, brief)
    headlines = _headlines(notebook, brief)
    ready = deepcopy(notebook)
    question = _take_question(ready)
    sections: list[Section] = []
    for place, cell in enumerate(ready["cells"], start=1):
        cell["source"] = "".join(cell["source"])
        cell["metadata"] = {**cell["metadata"], "section": ""}
        if cell["cell_type"] == "markdown":
            _mark_section(cell, sections)
        _number_exhibits(cell, place)
    return Sorted(ready, question, finding, headlines, tuple(sections))


def exhibit_html(output: Mapping[str, Any], *, brief: str, is_appendix: bool = False) -> Markup:
    """Return what an output adds to the flow of the page; nothing for the first screen's.

    In the appendix other outputs are shown as text; in a brief they are refused, since no
    disclosure rule has seen them. Warnings on the error stream stay out of a brief.
    """
    data = output.get("data", {})
    exhibit = data.get(EXHIBIT)
    if isinstance(exhibit, dict):
        is_elsewhere = exhibit.get("kind") in FIRST_SCREEN
        html = "" if is_elsewhere else for_page("".join(data["text/html"]))
        return Markup(checked_html(html, brief=brief))
    text = "".join(output.get("text", data.get("text/plain", "")))
    if is_appendix:
        return Markup(f'<pre class="out" tabindex="0">{escape(text)}</pre>') if text else Markup()
    if output.get("name") == "stderr" or not (data or text):
        return Markup("")
    raise BriefError(
        f"A cell of '{brief}' shows something that is not an exhibit, which no disclosure rule "
        "has seen. End the cell with a call such as brief.table(…) or figures.bars(…)."
    )


def tell_which_cell(notebook: Any, error: BriefError, *, brief: str) -> NoReturn:
    """Raise the error that an output made, with the beginning of its cell."""
    outputs = [(cell, output) for cell in notebook["cells"] for output in cell.get("outputs", [])]
    for cell, output in outputs:
        try:
            exhibit_html(output, brief=brief)
        except BriefError as found:
            first_line = "".join(cell["source"]).strip().partition("\n")[0]
            raise BriefError(f"{found}\n  in the cell that begins: {first_line}") from None
    raise error


def _only_finding(notebook: Any, brief: str) -> Mapping[str, str]:
    findings = list(exhibits_shown(notebook, "finding"))
    if len(findings) != 1:
        raise BriefError(
            f"'{brief}' states {len(findings)} findings. Call brief.finding(…) once: a brief "
            "answers one question."
        )
    return findings[0]


def _headlines(notebook: Any, brief: str) -> tuple[Mapping[str, Any], ...]:
    headlines = tuple({"name": name, **headline}
                      for name, headline in collect_headlines(notebook).items())
    if not FEWEST_HEADLINES <= len(headlines) <= MOST_HEADLINES:
        raise BriefError(
            f"'{brief}' has {len(headlines)} headline numbers. Show {FEWEST_HEADLINES} to "
            f"{MOST_HEADLINES} with brief.headlines(…)."
        )
    return headlines


def _take_question(notebook: Any) -> str:
    """Take the first ``#`` heading out of the notebook and return its text."""
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        found = _QUESTION.search(source) if cell["cell_type"] == "markdown" else None
        if found:
            cell["source"] = source[: found.start()] + source[found.end():]
            return found.group(1)
    return ""


def _mark_section(cell: Any, sections: list[Section]) -> None:
    found = _HEADING.search(cell["source"])
    if not found:
        return
    section = Section(f"section-{len(sections) + 1}", found.group(1))
    sections.append(section)
    cell["metadata"]["section"] = section.id


def _number_exhibits(cell: Any, place: int) -> None:
    """Give the ids inside each exhibit a prefix that no other exhibit of the page has."""
    for number, output in enumerate(cell.get("outputs", []), start=1):
        data = output.get("data", {})
        if EXHIBIT in data and "text/html" in data:
            html = "".join(data["text/html"])
            data["text/html"] = _OWN_ID.sub(rf"\g<1>e{place}-{number}-", html)
