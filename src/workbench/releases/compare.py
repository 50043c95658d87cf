"""Two published versions side by side: every headline, and whether it clearly changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.exhibits.forms import House, show, show_range
from workbench.releases.changes import change_words
from workbench.releases.log import find_release, read_log, refuse_broken
from workbench.releases.manifest import read_manifest

Content = Mapping[str, Any]
Headline = Mapping[str, Any]
HEADINGS = ("Headline", "Change")
NO_CHANGE, UNCLEAR, UNKNOWN = "no change", "no clear change", "not known"


def compare(root: Path, earlier: str, later: str) -> list[str]:
    """Return lines that set the headlines of two versions side by side.

    LogTampered where the log does not hold, SettingsError where it has no such version.
    """
    entries = read_log(root)
    refuse_broken(entries)
    releases = [str(find_release(entries, name)["release"]) for name in (earlier, later)]
    before, after = (read_manifest(root, release) for release in releases)
    words = [f"What changed: {sentence}" for sentence in change_words(before, after)]
    return [*_table([(HEADINGS[0], *releases, HEADINGS[1]), *_rows(before, after)]), "", *words]


def change_of(before: Headline, after: Headline, house: House) -> str:
    """Return the change of a headline, reckoned from the protected figures that were shown.

    It is no clear change where the interval of the difference covers zero; where no interval
    was given, the difference of the values counts.
    """
    old, new, form = before.get("value"), after.get("value"), str(after.get("form") or "number")
    if not _is_number(old) or not _is_number(new) or form != str(before.get("form") or "number"):
        return NO_CHANGE if before == after else UNKNOWN
    if old == new:
        return NO_CHANGE
    difference = float(new) - float(old)  # type: ignore[arg-type]
    ends = [before.get("low"), before.get("high"), after.get("low"), after.get("high")]
    if not all(_is_number(end) for end in ends):
        return _signed(difference, form, house)
    low, high = float(ends[2]) - float(ends[1]), float(ends[3]) - float(ends[0])  # type: ignore
    return UNCLEAR if low <= 0 <= high else _signed(difference, form, house)


def _rows(before: Content, after: Content) -> Iterator[tuple[str, ...]]:
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
    value = show(headline.get("value"), form, house)
    ends = show_range(headline.get("low"), headline.get("high"), form, house)
    return f"{value} ({ends})" if ends else value


def _signed(difference: float, form: str, house: House) -> str:
    text = show(difference, form, house)
    return f"+{text}" if difference > 0 else text


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    padded = (zip(row, widths, strict=True) for row in rows)
    return ["  ".join(cell.ljust(width) for cell, width in row).rstrip() for row in padded]
