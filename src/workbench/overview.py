"""Where we stand: the one page that is made of the other briefs' headlines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.baseline import Baseline, moved
from workbench.errors import BriefError
from workbench.exhibits.brief import MOST_BOTTOM_LINE_WORDS
from workbench.exhibits.changes import change_of, value_shown
from workbench.exhibits.forms import House, listed, plural
from workbench.measures import Measure
from workbench.pseudonyms import public_key_words as public_key_words
from workbench.settings import Settings

QUALITY = "quality"
LOST_SHARE_MOST = 0.01
FEW_BRIEFS = 5
FEWEST_HEADLINES = 3


def read_briefs(settings: Settings, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what each brief leads with (title, decision, version, headlines), by its name.

    They are the named briefs and the quality brief of every declared source, as far as they
    have been built; ``unbuilt`` tells of the others.
    """
    paths = {name: settings.root / "reports" / f"{name}.json" for name in _wanted(settings, names)}
    return {name: dict(json.loads(path.read_text(encoding="utf-8")))
            for name, path in paths.items() if path.is_file()}


def headlines_of(names: Sequence[str]) -> list[str]:
    """Return the files that the headlines of briefs and of sources stand in.

    >>> headlines_of(["donors"])
    ['reports/donors.json', 'reports/quality']
    """
    return [*(f"reports/{name}.json" for name in names), f"reports/{QUALITY}"]


def unbuilt(
    settings: Settings, names: Sequence[str], told: Sequence[str]
) -> dict[str, str]:
    """Return the briefs that are missing or old, each with why, by name.

    ``told`` is what a build says of those that it could not make, as "brief: why"; a brief
    that is not there and of which nothing was said has not been built yet.
    """
    said = dict(entry.split(": ", 1) for entry in told if ": " in entry)
    return {
        name: said.get(name, "missing, since it has not been built yet")
        for name in _wanted(settings, names)
        if name in said or not (settings.root / "reports" / f"{name}.json").is_file()
    }


def unbuilt_words(lacking: Mapping[str, str]) -> str:
    """Return the sentence that says which briefs are missing or old, and why."""
    if not lacking:
        return "Every brief is built, and up to date with what it rests on."
    told = "; ".join(f"{name.replace('/', ' of ')} is {why}" for name, why in lacking.items())
    has_stopped = any(why.startswith("there") for why in lacking.values())
    states = "missing, old or on a source that stopped" if has_stopped else "missing or old"
    return f"{plural(len(lacking), 'brief is', 'briefs are')} {states}: {told}."


def _wanted(settings: Settings, names: Sequence[str]) -> list[str]:
    return [*names, *(f"{QUALITY}/{source}" for source in sorted(settings.sources))]


def shown_measures(
    briefs: Mapping[str, Mapping[str, Any]], chosen: Sequence[str],
    lacking: Mapping[str, str] = MappingProxyType({}),
) -> list[Measure]:
    """Return the headlines named ``brief.headline`` in ``chosen``, in that order.

    They were protected before they were stored, and rounding a rounded number again could
    move it, so they are marked as needing no protection. One that a campaign does not have,
    since a brief is ``lacking`` or its number is not known, gives way to the first headlines
    of the other briefs, and where there are too few of those, to the rows received.
    """
    asked = [_shown_measure(briefs, name) for name in chosen
             if name.rpartition(".")[0] in briefs or name.rpartition(".")[0] not in lacking]
    shown = [measure for measure in asked if measure.value is not None]
    if len(shown) < min(len(chosen), FEWEST_HEADLINES) or not chosen:
        names = {measure.name for measure in shown}
        others = [one for one in _other_measures(briefs) if one.name not in names]
        shown += others[: max(FEWEST_HEADLINES, len(chosen)) - len(shown)]
    return shown


def quality_table(briefs: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a source: ``source_name``, rows in, accepted, set aside and refused."""
    rows = []
    for name, brief in briefs.items():
        if not name.startswith(f"{QUALITY}/"):
            continue
        headlines = brief["headlines"]
        counts = {key: headlines[key]["value"] for key in
                  ("n_rows_in", "n_accepted", "n_set_aside", "n_refused")}
        rows.append({"source_name": name.removeprefix(f"{QUALITY}/"), **counts})
    columns = ["source_name", "n_rows_in", "n_accepted", "n_set_aside", "n_refused"]
    return pd.DataFrame(rows, columns=columns)


def change_table(briefs: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a source, column and change since its last accepted file."""
    rows = [(name.removeprefix(f"{QUALITY}/"), change["column_name"], change["words"])
            for name, brief in briefs.items() for change in brief.get("changes", ())]
    return pd.DataFrame(rows, columns=["source_name", "column", "change"])


def change_words(changes: pd.DataFrame) -> str:
    """Return the sentence that leads to the table of what changed in the files."""
    if changes.empty:
        return "No file has changed by more than the limits since the one accepted before it."
    n_sources = plural(changes["source_name"].nunique(), "source")
    return (f"{plural(len(changes), 'thing has', 'things have')} changed in files of {n_sources} "
            "since the ones accepted before. The brief of each source says more.")


def brief_table(briefs: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row an analysis brief: ``brief``, ``finding`` and ``version``."""
    rows = [
        {"brief": name, "finding": brief["title"], "version": brief["version"]}
        for name, brief in briefs.items() if not name.startswith(f"{QUALITY}/")
    ]
    return pd.DataFrame(rows, columns=["brief", "finding", "version"])


def moved_table(
    briefs: Mapping[str, Mapping[str, Any]], baseline: Baseline, house: House
) -> pd.DataFrame:
    """Return one row a headline that moved since the last release, in the order of the briefs.

    Columns, all to read: ``brief_name``, ``headline_name``, ``before``, ``now``, ``change``,
    ``why`` (what was changed in what the brief is made from). Figures as they were shown.
    """
    columns = ["brief_name", "headline_name", "before", "now", "change", "why"]
    rows = [
        (name, now["title"], value_shown(before, house), value_shown(now, house),
         change_of(before, now, house), str(brief.get("why", "")) or "Not known.")
        for name, brief in briefs.items() for key in moved(baseline, name, brief["headlines"])
        for now, before in [(brief["headlines"][key], baseline.headline(name, key) or {})]
    ]
    return pd.DataFrame(rows, columns=columns)


def moved_words(moved_rows: pd.DataFrame, baseline: Baseline) -> str:
    """Return the sentence that leads to the table: how many headlines moved since when."""
    if not baseline.release:
        return "No version was published before, so that nothing can have moved."
    n = len(moved_rows)
    if not n:
        return f"No headline of any brief has moved since {baseline.release}."
    return (f"{plural(n, 'headline has', 'headlines have')} moved since {baseline.release}, "
            "reckoned from the figures that were shown.")


def finding(
    briefs: Mapping[str, Mapping[str, Any]], quality: pd.DataFrame,
    lacking: Mapping[str, str] = MappingProxyType({}), *, key_trouble: str = "",
) -> dict[str, str]:
    """Return title, bottom line and decision of the overview, from what the briefs say.

    What is wrong with the key that ids are made with is the first thing to decide, then briefs
    that are ``lacking``, then a source that lost more than LOST_SHARE_MOST of its rows; where
    there is none of these, it is what the first brief asks for.
    """
    told = [brief for name, brief in briefs.items() if not name.startswith(f"{QUALITY}/")]
    titles = [str(brief["title"]) for brief in told]
    n_in, n_used = int(quality["n_rows_in"].sum()), int(quality["n_accepted"].sum())
    return {
        "title": f"Where we stand: {titles[0][:1].lower()}{titles[0][1:]}" if titles
        else "Where we stand: nothing to report yet",
        "bottom_line": _as_many_as_fit(
            titles[1:], f"{n_used:,} of {n_in:,} rows received are in use"),
        "decision": key_trouble or _repair(lacking) or _mending(quality) or next(
            (str(brief["decision"]) for brief in told), "Nothing is asked for yet."
        ),
    }


def _repair(lacking: Mapping[str, str]) -> str:
    if not lacking:
        return ""
    return (f"Decide who puts right what stopped {plural(len(lacking), 'brief', 'briefs')} "
            f"({listed(list(lacking), FEW_BRIEFS)}); the reasons stand below.")


def _as_many_as_fit(findings: Sequence[str], last: str) -> str:
    """Return findings as sentences, the first ones where all do not fit, and the last one."""
    n_words = np.cumsum([len(told.split()) for told in (last, *findings)])
    n_fit = int((n_words <= MOST_BOTTOM_LINE_WORDS).sum()) - 1
    return ". ".join([*findings[:max(n_fit, 0)], last]) + "."


def _mending(quality: pd.DataFrame) -> str:
    """Return the decision about the source that lost most of its rows, if it lost too many."""
    n_out = quality["n_rows_in"] - quality["n_accepted"]
    lost = (n_out / quality["n_rows_in"].where(quality["n_rows_in"] > 0)).fillna(0)
    if not (lost > LOST_SHARE_MOST).any():
        return ""
    worst = lost.to_numpy().argmax()
    return (f"Decide who fixes source '{quality['source_name'].iloc[worst]}': "
            f"{n_out.iloc[worst]:,} of its {quality['n_rows_in'].iloc[worst]:,} rows are not in "
            "use.")


def _other_measures(briefs: Mapping[str, Mapping[str, Any]]) -> list[Measure]:
    """Return what may stand in for a headline: the first of each brief, then the rows in."""
    named = {name: list(brief["headlines"]) for name, brief in briefs.items()
             if not name.startswith(f"{QUALITY}/")}
    found = [_shown_measure(briefs, f"{name}.{keys[place]}")
             for place in range(FEWEST_HEADLINES) for name, keys in named.items()
             if place < len(keys)]
    return [one for one in found if one.value is not None] + _row_measures(quality_table(briefs))


def _row_measures(quality: pd.DataFrame) -> list[Measure]:
    """Return how many rows came in, are used and are not, over all sources."""
    n_in, n_used = int(quality["n_rows_in"].sum()), int(quality["n_accepted"].sum())
    rows = (
        ("n_rows_in", "Rows received", n_in, "Rows of all files that arrived."),
        ("n_rows_used", "Rows in use", n_used, "Rows that fit their table."),
        ("n_rows_out", "Rows not in use", n_in - n_used,
         "Rows set aside, refused or left out; each is kept with its reason."),
    )
    return [Measure(name, title, value, "count", "rows", meaning, is_about_people=False)
            for name, title, value, meaning in rows]


def _shown_measure(briefs: Mapping[str, Mapping[str, Any]], name: str) -> Measure:
    brief, _, headline = name.rpartition(".")
    if brief not in briefs or headline not in briefs[brief]["headlines"]:
        raise BriefError(
            f"The overview asks for headline '{name}', which no brief left. Correct "
            "'headline_names' under notebooks.overview in params.yaml."
        )
    entry = briefs[brief]["headlines"][headline]
    fields = {key: entry[key] for key in
              ("title", "value", "form", "unit", "meaning", "n", "low", "high")}
    return Measure(name=f"{brief}_{headline}", is_about_people=False, **fields)
