"""Where we stand: the one page that is made of the other briefs' headlines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.baseline import Baseline, moved
from workbench.errors import BriefError
from workbench.exhibits.brief import MOST_BOTTOM_LINE_WORDS
from workbench.exhibits.changes import change_of, value_shown
from workbench.exhibits.forms import House, plural
from workbench.measures import Measure
from workbench.settings import Settings

QUALITY = "quality"
LOST_SHARE_MOST = 0.01


def read_brief(root: Path, brief: str) -> dict[str, Any]:
    """Return what a brief leads with (title, decision, version, headlines) from its JSON.

    BriefError where the brief has not been built yet.
    """
    path = root / "reports" / f"{brief}.json"
    if not path.is_file():
        raise BriefError(
            f"reports/{brief}.json is not there, so the overview cannot show it. Run 'dvc repro'."
        )
    return dict(json.loads(path.read_text(encoding="utf-8")))


def read_briefs(settings: Settings, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the named briefs and the quality brief of every declared source, by name."""
    wanted = [*names, *(f"{QUALITY}/{source}" for source in sorted(settings.sources))]
    return {name: read_brief(settings.root, name) for name in wanted}


def shown_measures(
    briefs: Mapping[str, Mapping[str, Any]], chosen: Sequence[str]
) -> list[Measure]:
    """Return the headlines named ``brief.headline`` in ``chosen``, in that order.

    They were protected before they were stored, and rounding a rounded number again could
    move it, so they are marked as needing no protection.
    """
    return [_shown_measure(briefs, name) for name in chosen]


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


def finding(briefs: Mapping[str, Mapping[str, Any]], quality: pd.DataFrame) -> dict[str, str]:
    """Return title, bottom line and decision of the overview, from what the briefs say.

    A source that lost more than LOST_SHARE_MOST of its rows is the first thing to decide;
    where none did, it is what the first brief asks for.
    """
    told = [brief for name, brief in briefs.items() if not name.startswith(f"{QUALITY}/")]
    titles = [str(brief["title"]) for brief in told]
    n_in, n_used = int(quality["n_rows_in"].sum()), int(quality["n_accepted"].sum())
    return {
        "title": f"Where we stand: {titles[0][:1].lower()}{titles[0][1:]}" if titles
        else "Where we stand: nothing to report yet",
        "bottom_line": _as_many_as_fit(
            titles[1:], f"{n_used:,} of {n_in:,} rows received are in use"),
        "decision": _mending(quality) or next(
            (str(brief["decision"]) for brief in told), "Nothing is asked for yet."
        ),
    }


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
    return (f"Decide who mends source '{quality['source_name'].iloc[worst]}': "
            f"{n_out.iloc[worst]:,} of its {quality['n_rows_in'].iloc[worst]:,} rows are not in "
            "use.")


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
