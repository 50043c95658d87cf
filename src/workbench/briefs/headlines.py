"""Collect the headlines of a brief from its executed notebook into one small file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.errors import BriefError

EXHIBIT = "application/vnd.workbench+json"
KEPT = ("value", "low", "high", "unit", "form", "n", "title", "meaning")


def exhibits_shown(notebook: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """Yield what the notebook's outputs show of one kind of exhibit, from the top down."""
    outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", []))
    for output in outputs:
        exhibit = output.get("data", {}).get(EXHIBIT)
        if isinstance(exhibit, dict) and exhibit.get("kind") == kind:
            yield exhibit


def collect_headlines(notebook: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the headlines by name, as the brief shows them (already protected).

    BriefError where two have one name: which of them is meant could not be told.
    """
    headlines: dict[str, dict[str, Any]] = {}
    for exhibit in exhibits_shown(notebook, "headline"):
        name = exhibit["name"]
        if name in headlines:
            raise BriefError(
                f"Two headlines are named '{name}'. Give each measure of a notebook a name "
                "of its own."
            )
        headlines[name] = {part: exhibit.get(part) for part in KEPT}
    return headlines


def brief_title(notebook: Mapping[str, Any]) -> str:
    """Return the title that the finding states, or else the notebook's own question."""
    for exhibit in exhibits_shown(notebook, "finding"):
        return str(exhibit["title"])
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and text.startswith("# "):
            return text[2:].partition("\n")[0].strip()
    return ""


def brief_decision(notebook: Mapping[str, Any]) -> str:
    """Return the decision that the finding asks for, or an empty text."""
    return next((str(one["decision"]) for one in exhibits_shown(notebook, "finding")), "")


def brief_stop(notebook: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what ends the run once the page is written: ``error`` and ``message``, if any."""
    return next((one["stop"] for one in exhibits_shown(notebook, "finding") if "stop" in one), {})


def headlines_text(
    brief: str, version: str, notebook: Mapping[str, Any], *, why: str = ""
) -> str:
    """Return the text of ``reports/<brief>.json``: the same bytes for the same brief.

    ``why`` says what was changed since the last release in what the brief is made from.
    """
    content: dict[str, Any] = {
        "brief": brief,
        "version": version,
        "title": brief_title(notebook),
        "decision": brief_decision(notebook),
        "why": why,
        "headlines": collect_headlines(notebook),
    }
    if stop := brief_stop(notebook):
        content["stop"] = stop["message"].split("\n")[0]
    if changes := [one for shown in exhibits_shown(notebook, "finding")
                   for one in shown.get("changes", ())]:
        content["changes"] = changes
    try:
        text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise BriefError(
            f"A headline of '{brief}' is not a finite number. A measure that cannot be reckoned "
            "has the value None."
        ) from None
    return text + "\n"
