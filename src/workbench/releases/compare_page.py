"""Two published versions side by side as a page, for who was not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from workbench.briefs.pages import FramedPage, set_page
from workbench.briefs.policy import Margins
from workbench.exhibits.forms import House, plural
from workbench.exhibits.tables import Dress, figure_html, scrolling, table_html
from workbench.releases.changes import change_words
from workbench.releases.compare import Content, compared_rows, read_two
from workbench.settings import Settings
from workbench.tables import write_text

COMPARED = "reports/compared"
STILL = ("no change", "no clear change")


@dataclass(frozen=True)
class ComparePage(FramedPage):
    """All that the template shows. ``parts`` are id, heading and table of each brief."""

    words: tuple[str, ...]
    parts: tuple[tuple[str, str, Markup], ...]


def write_comparison(settings: Settings, earlier: str, later: str) -> Path:
    """Write the page of two versions below reports/compared, and return its path.

    LogTampered where the log does not hold, SettingsError where it has no such version.
    """
    before, after = read_two(settings.root, earlier, later)
    path = settings.root / COMPARED / f"{before['release']}..{after['release']}.html"
    write_text(path, comparison_page(settings, before, after))
    return path


def comparison_page(settings: Settings, before: Content, after: Content) -> str:
    """Return the page: one HTML file that loads nothing, the same bytes for the same versions."""
    return set_page("compare.html.j2", _page(settings, before, after))


def _page(settings: Settings, before: Content, after: Content) -> ComparePage:
    campaign = settings.campaign
    rows = pd.DataFrame(list(compared_rows(before, after)),
                        columns=["name", "before", "after", "change"])
    n_moved = int((~rows["change"].isin(STILL)).sum())
    title = f"{plural(n_moved, 'headline')} moved between two versions"
    return ComparePage(
        title=title,
        summary=f"{before['release']} ({before['note']}) beside {after['release']} "
        f"({after['note']}), from the figures that were shown then.",
        campaign=campaign.name, marking=campaign.marking, dated=f"As of {after['as_of']}",
        version=f"{before['version']}..{after['version']}",
        words=tuple(change_words(before, after)), parts=tuple(_parts(rows, before, after)),
        facts=(("Earlier", str(before["release"])), ("Later", str(after["release"])),
               ("Build again with",
                f"workbench compare {before['release']} {after['release']} --page")),
        margins=Margins(campaign.marking, campaign.name, title, str(after["version"])),
    )


def _parts(
    rows: pd.DataFrame, before: Content, after: Content
) -> Iterator[tuple[str, str, Markup]]:
    """Yield the table of each brief, those of sources last."""
    briefs = rows["name"].str.rpartition(".")[0]
    ordered = sorted(briefs.unique(), key=lambda name: (name.startswith("quality/"), name))
    for number, brief in enumerate(ordered):
        mine = rows[briefs == brief]
        known = {**_titles(before, brief), **_titles(after, brief)}
        keys = mine["name"].str.rpartition(".")[2]
        shown = mine.assign(name=keys.map(known).fillna(keys))
        dress = Dress(House(), labels={"name": "Headline", "before": "Then", "after": "Now"})
        table = scrolling(table_html(shown, dress), f"Headlines of {brief}")
        yield f"brief-{number}", brief, Markup(figure_html("", "", table, kind="table"))


def _titles(content: Content, brief: str) -> dict[str, str]:
    headlines = content["briefs"].get(brief, {}).get("headlines", {})
    return {name: str(headline["title"]) for name, headline in headlines.items()}
