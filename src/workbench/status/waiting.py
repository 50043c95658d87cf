"""What waits for a person: sources to decide about or that expire, briefs that failed, lists."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from workbench.pseudonyms import SAMPLE_FOLDER, public_key_words
from workbench.settings import Settings, Source
from workbench.tables import RESULTS

NOTHING_ASKED = "Nothing is asked for."  # as the brief of a source says it
SOON_DAYS = 30
DRAFTS, RELEASED = f"data/{RESULTS['list_draft'].folder}", "lists"


@dataclass(frozen=True)
class Decision:
    """Something that a person is to decide: what about, what was found, what is asked."""

    about: str
    found: str
    asked: str


@dataclass(frozen=True)
class Expiry:
    """A source that has expired, or will within a month; ``n_days`` is below 0 once it has."""

    source_name: str
    expiry_date: dt.date
    n_days: int


def decisions(settings: Settings) -> Iterator[Decision]:
    """Yield what is to be decided: about the key first, then about each source."""
    if told := public_key_words(settings):
        found, _, asked = told.partition(" Run ")
        yield Decision("key", found, f"Run {asked}")
    for name in settings.sources:
        path = settings.root / "reports" / "quality" / f"{name}.json"
        brief = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if brief.get("decision", NOTHING_ASKED) != NOTHING_ASKED:
            yield Decision(f"source {name}", f"{brief['title']}.", str(brief["decision"]))


def expiries(settings: Settings, today: dt.date) -> list[Expiry]:
    """Return the sources that have expired or will soon, the first to expire first."""
    found = [Expiry(source.name, source.expiry_date,
                    (source.expiry_date - _day_of(source, settings, today)).days)
             for source in settings.sources.values()]
    return sorted((one for one in found if one.n_days <= SOON_DAYS),
                  key=lambda one: (one.expiry_date, one.source_name))


def _day_of(source: Source, settings: Settings, today: dt.date) -> dt.date:
    """Return the day on which a source is judged: the sample's lives on its campaign's day."""
    is_sample = PurePosixPath(source.path).is_relative_to(SAMPLE_FOLDER)
    return settings.campaign.as_of if is_sample else max(today, settings.campaign.as_of)


def waiting_lists(settings: Settings) -> list[str]:
    """Return the lists with somebody on their draft that have not left since it was made."""
    drafts = sorted((settings.root / DRAFTS).glob("*.parquet"))
    waiting = []
    for draft in drafts:
        left = settings.root / RELEASED / f"{draft.stem}.csv"
        if left.is_file() and left.stat().st_mtime >= draft.stat().st_mtime:
            continue
        from pyarrow.parquet import read_metadata

        if read_metadata(draft).num_rows:
            waiting.append(draft.stem)
    return waiting
