"""The blocks that the machine writes into a brief: what changed, and how sure we are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from workbench.baseline import (
    TABLES,
    Baseline,
    causes,
    is_of_baseline,
    moved,
    readable_input,
)
from workbench.briefs.manifest import Manifest
from workbench.exhibits.changes import change_of, change_since, value_shown
from workbench.exhibits.forms import House, listed, show, show_range
from workbench.exhibits.tiles import tile_html

REPORTS = "reports/"
FIRST = "This is the first version: nothing was published before it."
SAME = "Nothing: the same data, code and parameters, and the same results."

Headline = Mapping[str, Any]


def changed_tiles(
    headlines: Sequence[Headline], brief: str, baseline: Baseline, house: House
) -> tuple[Markup, ...]:
    """Return the tiles of a brief's headlines, each with its change since the last release.

    A headline without a value has no tile: ``sure_words`` says that it is not shown.
    """
    shown = [headline for headline in headlines if headline["value"] is not None]
    changes = (change_since(baseline.release, baseline.headline(brief, str(h["name"])), h, house)
               for h in shown)
    return tuple(Markup(tile_html(headline, house, change=change))
                 for headline, change in zip(shown, changes, strict=True))


def change_blocks(
    headlines: Sequence[Headline], manifest: Manifest, baseline: Baseline, house: House
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the blocks on change and certainty: heading and sentences."""
    since = f" since {baseline.release}" if baseline.release else ""
    return (
        (f"What changed{since}", changed_words(manifest, headlines, baseline, house)),
        ("How sure we are", sure_words(headlines, house)),
        ("What would change our mind", mind_words(manifest, headlines, house)),
    )


def changed_words(
    manifest: Manifest, headlines: Sequence[Headline], baseline: Baseline, house: House
) -> tuple[str, ...]:
    """Return what changed since the last release, a sentence each: results, then their causes."""
    before = baseline.briefs.get(manifest.brief)
    if before is None:
        is_new = f"Not in {baseline.release}: this brief is new."
        return (is_new if baseline.release else FIRST,)
    words = (*_results(manifest.brief, headlines, baseline, house),
             *cause_words(manifest, baseline))
    return words or (SAME,)


def cause_words(manifest: Manifest, baseline: Baseline) -> tuple[str, ...]:
    """Return what a brief is made from that differs from the last release, a sentence each."""
    before = baseline.briefs.get(manifest.brief)
    if before is None:
        return ()
    found = causes(before, manifest.inputs, manifest.parameters)
    made = [f"{part}: {listed(names)}." for part, names in (
        ("Other data", found["data"]), ("Other code", found["code"])) if names]
    made += [f"Parameter {name}: {_value(manifest.parameters, name)}, was "
             f"{_value(before.get('parameters', {}), name)}." for name in found["parameters"]]
    return tuple(made)


def sure_words(headlines: Sequence[Headline], house: House) -> tuple[str, ...]:
    """Return how sure each headline is: its range, or what kind of number has none."""
    full = [str(h["title"]) for h in headlines if h["value"] is not None and not _has_range(h)]
    words = [f"{h['title']}: {show(h['value'], h['form'], house)}, range "
             f"{show_range(h['low'], h['high'], h['form'], house)}." for h in headlines
             if _has_range(h)]
    if full:
        words.append(f"Full counts of what is in use, without an error of sampling: "
                     f"{listed(full, len(full))}. Who is missing from the files is missing here.")
    hidden = [str(h["title"]) for h in headlines if h["value"] is None]
    if hidden:
        words.append("Not shown, since nobody or too few people stand behind it: "
                     f"{listed(hidden, len(hidden))}.")
    return tuple(words)


def mind_words(
    manifest: Manifest, headlines: Sequence[Headline], house: House
) -> tuple[str, ...]:
    """Return what would change our mind: a number out of its range, another delivery of data."""
    words = [f"{h['title']} outside {show_range(h['low'], h['high'], h['form'], house)} in the "
             "next version." for h in headlines if _has_range(h)]
    data = tuple(sorted(readable_input(path) for path in manifest.inputs
                        if path.startswith(TABLES)))
    briefs = sorted(path.removeprefix(REPORTS).removesuffix(".json") for path in manifest.inputs
                    if path.startswith(REPORTS) and not is_of_baseline(path))
    if data:
        words.append(f"Another delivery of what this rests on: {listed(data, len(data))}.")
    elif briefs:
        words.append(f"Another version of the briefs that this rests on: {listed(briefs)}.")
    else:
        words.append("Another delivery of the file, or another rule for it in params.yaml.")
    return tuple(words)


def _results(
    brief: str, headlines: Sequence[Headline], baseline: Baseline, house: House
) -> Iterator[str]:
    by_name = {str(h["name"]): h for h in headlines}
    for name in moved(baseline, brief, by_name):
        before, now = baseline.headline(brief, name) or {}, by_name[name]
        yield (f"{now['title']}: {value_shown(now, house)}, was {value_shown(before, house)} "
               f"({change_of(before, now, house)}).")
    new = [str(h["title"]) for n, h in by_name.items() if baseline.headline(brief, n) is None]
    if new:
        yield f"New headlines: {listed(new)}."


def _has_range(headline: Headline) -> bool:
    return None not in (headline["value"], headline["low"], headline["high"])


def _value(parameters: Mapping[str, Any], name: str) -> str:
    return str(parameters[name])[:80] if name in parameters else "not set"
