"""What the last release showed, against which a brief tells what has changed since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import BriefError

BASELINE_FILE, BASELINE_FOLDER = "reports/baseline.json", "reports/baseline"
CODE = ("src/", "notebooks/", "requirements.lock")
TABLES, RECEIVED = "data/tables/", "data/received/"


@dataclass(frozen=True)
class Baseline:
    """The last release as reports/baseline.json has it; without a release, an empty one.

    ``briefs`` holds, by name, what the release says of each: ``version``, ``inputs`` (path to
    sha256), ``parameters`` and ``headlines`` (name to the fields of a Measure, as shown).
    """

    release: str = ""
    briefs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def headline(self, brief: str, name: str) -> Mapping[str, Any] | None:
        """Return a headline as the last release showed it; None where it had none."""
        found = self.briefs.get(brief, {}).get("headlines", {}).get(name)
        return dict(found) if found is not None else None


def read_baseline(root: Path) -> Baseline:
    """Return the baseline of the campaign's folder; an empty one where there is no file.

    BriefError where the file is not a baseline.
    """
    path = root / BASELINE_FILE
    if not path.is_file():
        return Baseline()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Baseline(str(content["release"]), dict(content["briefs"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BriefError(
            f"{BASELINE_FILE} is not a baseline. Restore it from git, or make it again with "
            "`workbench baseline VERSION`."
        ) from error


def causes(
    before: Mapping[str, Any], inputs: Mapping[str, str], parameters: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Return what differs from the release in a brief's making: data, code and parameters.

    ``before`` is the brief's entry in the baseline. Each part is a tuple of names, in order;
    the baseline itself is no cause.

    >>> causes({"inputs": {"data/tables/polls.parquet": "1"}, "parameters": {}},
    ...        {"data/tables/polls.parquet": "2"}, {})
    {'data': ('polls',), 'code': (), 'parameters': ()}
    """
    changed = [name for name in differing(before.get("inputs", {}), inputs)
               if not is_of_baseline(name)]
    code = tuple(name for name in changed if name.startswith(CODE))
    return {
        "data": tuple(readable_input(name) for name in changed if name not in code),
        "code": code,
        "parameters": tuple(differing(before.get("parameters", {}), parameters)),
    }


def baseline_cells(brief: str) -> str:
    """Return where the cells lie that a brief showed in the last release."""
    return f"{BASELINE_FOLDER}/{brief}.json"


def is_of_baseline(path: str) -> bool:
    """Tell whether an input is the baseline itself: its file, or the cells of a brief in it.

    >>> is_of_baseline("reports/baseline.json"), is_of_baseline(baseline_cells("donors"))
    (True, True)
    """
    return path == BASELINE_FILE or path.startswith(f"{BASELINE_FOLDER}/")


def moved(baseline: Baseline, brief: str, headlines: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of a brief's headlines whose value is not the one of the release."""
    for name, headline in headlines.items():
        before = baseline.headline(brief, name)
        if before is not None and before.get("value") != headline.get("value"):
            yield name


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names that two mappings do not have alike, in order.

    >>> differing({"a": 1, "b": 2}, {"b": 3, "c": 4})
    ['a', 'b', 'c']
    """
    missing = object()
    names = sorted(set(before) | set(after))
    return [name for name in names if before.get(name, missing) != after.get(name, missing)]


def readable_input(path: str) -> str:
    """Return what an input is called in a sentence: a table by its name, else its path."""
    if path.startswith(TABLES):
        return path.removeprefix(TABLES).removesuffix(".parquet").replace("_", " ")
    if path.startswith(RECEIVED):
        table = path.removeprefix(RECEIVED).removesuffix(".json").replace("_", " ")
        return f"what arrived of {table}"
    return path.removeprefix("data/").removeprefix("reports/")
