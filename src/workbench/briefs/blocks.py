"""Parts of a brief that the machine writes: what arrived, and the scale of words used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.baseline import RECEIVED
from workbench.briefs.words import likelihoods_shown
from workbench.disclosure import rows_shown
from workbench.exhibits.forms import House, plural, show
from workbench.likelihood import SCALE
from workbench.settings import Disclosure, Settings
from workbench.tables import TABLES

COUNTS = ("n_rows", "n_accepted", "n_set_aside", "n_refused")
MOST_OPEN_SOURCES = 6
_HOUSE = House()


@dataclass(frozen=True)
class Arrived:
    """What became of the rows of the files behind a brief, ready to print.

    ``sources`` has a row a source: its name and COUNTS; ``reasons`` a row a source and reason:
    source, reason, rows. ``is_long`` says that the sources go behind a fold.
    """

    sentence: str
    sources: tuple[tuple[str, ...], ...]
    reasons: tuple[tuple[str, str, str], ...]
    is_long: bool


def read_received(settings: Settings, inputs: Iterable[str]) -> dict[str, Any]:
    """Return what was received for each table whose file is an input of the brief, by table.

    As it may be shown: rows about people that fit are rounded.
    """
    paths = sorted(path for path in inputs if path.startswith(RECEIVED))
    read = {Path(path).stem: json.loads((settings.root / path).read_text(encoding="utf-8"))
            for path in paths}
    return {name: {**content, "sources": [_as_shown(name, source, settings.disclosure)
                                          for source in content["sources"]]}
            for name, content in read.items()}


def what_arrived(received: Mapping[str, Any]) -> Arrived | None:
    """Return the rows in, accepted, set aside and refused; None for a brief without tables.

    The counts are those of ``read_received``, as they may be shown.
    """
    sources = [source for table in received.values() for source in table["sources"]]
    if not sources:
        return None
    ordered = sorted(sources, key=lambda source: source["source_name"])
    total = {name: sum(source[name] for source in sources) for name in COUNTS}
    aside = "none was" if not total["n_set_aside"] else f"{_count(total['n_set_aside'])} were"
    refused = f", and {_count(total['n_refused'])} refused" if total["n_refused"] else ""
    left_out = sum(source.get("n_left_out", 0) for source in sources)
    by_rule = f", and {_count(left_out)} left out by a rule" if left_out else ""
    sentence = (f"{plural(total['n_rows'], 'row')} came in from {plural(len(sources), 'source')}; "
                f"{_count(total['n_accepted'])} are used, {aside} set aside{refused}{by_rule}."
                f"{_in_place(sources)}")
    return Arrived(
        sentence,
        tuple((one["source_name"], *(_count(one[name]) for name in COUNTS)) for one in ordered),
        tuple((one["source_name"], _reason(why), _count(why["n_rows"]))
              for one in ordered for why in one["reasons"]),
        len(sources) > MOST_OPEN_SOURCES,
    )


def _as_shown(table: str, source: Mapping[str, Any], profile: Disclosure) -> dict[str, Any]:
    counts = {name: n for name, n in source.items() if name.startswith("n_")}
    is_about_people = TABLES[table].is_about_people
    return {**source, **(rows_shown(counts, profile) if is_about_people else {})}


def _in_place(sources: Iterable[Mapping[str, Any]]) -> str:
    """Return the sentence on rows of earlier files, used in place of sources that stopped."""
    stopped = [one["n_standing"] for one in sources if "n_standing" in one]
    if not stopped:
        return ""
    return (f" In place of {plural(len(stopped), 'source')} that stopped, "
            f"{plural(sum(stopped), 'row')} of earlier files are used.")


def what_lacks(received: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the tables that a brief rests on and that have no row: name, and what it would add.

    In the order of the tables: what most rests on comes first.
    """
    return tuple((name, TABLES[name].adds) for name in TABLES
                 if name in received and not _sum(received[name], "n_accepted"))


def received_facts(received: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what the imprint says of rows and of the dates of data, by name and text."""
    rows = [f"{table}: {_count(_sum(content, 'n_accepted'))} of {_count(_sum(content, 'n_rows'))}"
            for table, content in sorted(received.items())]
    dates = [f"{table}: {' to '.join(_month(month) for month in content['months'])}"
             for table, content in sorted(received.items()) if content["months"]]
    told = (("Rows used of those received", rows), ("Months of the data", dates))
    return tuple((name, "; ".join(texts)) for name, texts in told if texts)


def scale_of_words(notebook: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the scale, range and word, where the brief shows a likelihood; else nothing."""
    if not likelihoods_shown(notebook):
        return ()
    return tuple((f"{band.low_percent}% to {band.high_percent}%", band.word) for band in SCALE)


def _reason(why: Mapping[str, Any]) -> str:
    column = f" ({why['column_name']})" if why["column_name"] else ""
    return f"{str(why['explanation']).removesuffix('.')}{column}"


def _sum(content: Mapping[str, Any], name: str) -> int:
    return sum(source[name] for source in content["sources"])


def _count(n: int) -> str:
    return show(n, "count", _HOUSE)


def _month(month: str) -> str:
    return show(f"{month}-01", "month", _HOUSE)
