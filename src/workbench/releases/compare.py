"""Two published versions side by side: every headline, and whether it clearly changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.exhibits.changes import change_of, value_shown
from workbench.exhibits.forms import House, show_range
from workbench.releases.changes import change_words
from workbench.releases.manifest import read_release

Content = Mapping[str, Any]
Headline = Mapping[str, Any]
HEADINGS = ("Headline", "Change")


def compare(root: Path, earlier: str, later: str) -> list[str]:
    """Return lines that set the headlines of two versions side by side.

    LogTampered where the log does not hold, SettingsError where it has no such version.
    """
    before, after = read_two(root, earlier, later)
    words = [f"What changed: {sentence}" for sentence in change_words(before, after)]
    heads = (HEADINGS[0], before["release"], after["release"], HEADINGS[1])
    return [*_table([heads, *compared_rows(before, after)]), "", *words]


def read_two(root: Path, earlier: str, later: str) -> tuple[Content, Content]:
    """Return the manifests of two versions that the log has."""
    return read_release(root, earlier), read_release(root, later)


def compared_rows(before: Content, after: Content) -> Iterator[tuple[str, ...]]:
    """Yield for each headline its name (brief.headline), both figures and the change."""
    houses = [House(content["campaign"]["currency_code"], content["disclosure"]["cell_min"])
              for content in (before, after)]
    earlier, later = (_headlines(content) for content in (before, after))
    for name in sorted(set(earlier) | set(later)):
        old, new = earlier.get(name), later.get(name)
        shown = [_shown(old, houses[0]), _shown(new, houses[1])]
        if old is None or new is None:
            yield name, *shown, "new" if old is None else "gone"
        else:
            yield name, *shown, change_of(old, new, houses[1])


def _headlines(content: Content) -> dict[str, Headline]:
    return {f"{brief}.{name}": headline for brief, facts in content["briefs"].items()
            for name, headline in facts["headlines"].items()}


def _shown(headline: Headline | None, house: House) -> str:
    if headline is None:
        return "–"
    form = str(headline.get("form") or "number")
    ends = show_range(headline.get("low"), headline.get("high"), form, house)
    return f"{value_shown(headline, house)} ({ends})" if ends else value_shown(headline, house)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    padded = (zip(row, widths, strict=True) for row in rows)
    return ["  ".join(cell.ljust(width) for cell, width in row).rstrip() for row in padded]
