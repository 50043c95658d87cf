"""What changed from one published version to the next, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workbench.baseline import Baseline, differing, moved
from workbench.exhibits.forms import listed

PARAMS_FILE = "params.yaml"
Content = Mapping[str, Any]


def change_words(before: Content | None, after: Content) -> list[str]:
    """Return sentences: which briefs, headlines, inputs and parameters changed, and the code.

    One sentence where there is nothing before, or where nothing changed.
    """
    if before is None:
        return ["First published version."]
    briefs, earlier = after["briefs"], before["briefs"]
    both = sorted(set(briefs) & set(earlier))
    told = [
        ("New briefs", sorted(set(briefs) - set(earlier))),
        ("Briefs gone", sorted(set(earlier) - set(briefs))),
        ("Briefs changed", [n for n in both if briefs[n]["files"] != earlier[n]["files"]]),
        ("Headlines moved", list(_moved(earlier, briefs, both))),
        ("Inputs changed", differing(before["inputs"], after["inputs"])),
        ("Parameters changed", differing(flat(before["parameters"]), flat(after["parameters"]))),
    ]
    words = [f"{what}: {listed(names)}." for what, names in told if names]
    if code := [n for n in differing(before["code"], after["code"]) if n != PARAMS_FILE]:
        words.append(f"Code changed: {listed(code)}.")
    return words or ["Nothing changed in inputs, code, parameters or results."]


def flat(content: Content, above: str = "") -> dict[str, Any]:
    """Return nested settings by dotted keys.

    >>> flat({"a": {"b": 1}, "c": [2]})
    {'a.b': 1, 'c': [2]}
    """
    found: dict[str, Any] = {}
    for key, value in content.items():
        is_inner = isinstance(value, Mapping) and value
        found |= flat(value, f"{above}{key}.") if is_inner else {f"{above}{key}": value}
    return found


def _moved(before: Content, after: Content, names: Iterable[str]) -> Iterator[str]:
    earlier = Baseline(briefs=before)
    for name in names:
        keys = sorted(moved(earlier, name, after[name]["headlines"]))
        yield from (f"{name}.{key}" for key in keys)


