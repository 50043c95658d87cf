"""What the pipeline uses of params.yaml and that lacks it is added; every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from workbench.errors import SettingsError
from workbench.pipeline.stages import PARAMS_FILE
from workbench.settings import read_yaml

NOTHING = "Nothing was written."
# What a campaign may leave out, as it then stands: the code has the same values.
LEFT_OUT = {"intake": "{}", "scores": "{}", "scores.our_party_code": '""'}


def with_keys(text: str, keys: Sequence[str]) -> tuple[str, list[str]]:
    """Return params.yaml with an empty entry for each key that it lacks, and a line for each.

    DVC runs no stage that uses a key which is not there. SettingsError where that cannot be
    done by adding lines alone, and for a key of a section that no code may fill.
    """
    found = _read(text)
    told: list[str] = []
    for key in keys:
        section, _, name = key.partition(".")
        if section in found and (not name or name in (found[section] or {})):
            continue
        value = "{}" if section == "notebooks" else LEFT_OUT.get(key)
        if value is None:
            raise SettingsError(f"{PARAMS_FILE} lacks '{key}', which no command can fill in. Take "
                                f"it from the sample's {PARAMS_FILE}. {NOTHING}")
        text = _with_key(text, section, f"  {name}: {value}") if name else (
            f"{text}{section}: {value}\n")
        found, told = _read(text), [*told, key]
    return text, [f"{PARAMS_FILE}: {key} was added, with nothing changed" for key in told]


def _with_key(text: str, section: str, entry: str) -> str:
    """Return the text with one more entry at the end of a section, which is made if need be."""
    wanted = _read(text)
    wanted[section] = {**(wanted.get(section) or {}), **_read(entry)}
    text = re.sub(rf"(?m)^{section}:[ ]*\{{\}}[ ]*(#.*)?$",
                  lambda found: f"{section}:  {found[1] or ''}".rstrip(), text)
    made = _with_line(text, section, entry)
    try:
        is_right = read_yaml(made) == wanted
    except yaml.YAMLError:
        is_right = False
    if is_right:
        return made
    raise SettingsError(
        f"{PARAMS_FILE}: '{entry.strip()}' cannot be added below '{section}:', which is not laid "
        "out as in the sample's. Put each entry on lines of its own, indented by two spaces, and "
        f"try again. {NOTHING}")


def _with_line(text: str, section: str, added: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    places = [at for at, line in enumerate(lines) if re.match(rf"{section}:\s*(#|$)", line)]
    place = _end_of_section(lines, places[0]) if places else len(lines)
    if place and not lines[place - 1].endswith("\n"):
        lines[place - 1] += end
    new = [added] if places else [f"{section}:", added]
    return "".join([*lines[:place], *(line + end for line in new), *lines[place:]])


def _end_of_section(lines: Sequence[str], start: int) -> int:
    """Return the number of the line after the last one that belongs to a top section."""
    last = start
    for at in range(start + 1, len(lines)):
        if not lines[at].strip() or lines[at].startswith("#"):
            continue
        if not lines[at].startswith(" "):
            break
        last = at
    return last + 1


def _read(text: str) -> dict[str, Any]:
    try:
        found = read_yaml(text) or {}
    except yaml.YAMLError:
        found = None
    if isinstance(found, dict):
        return found
    raise SettingsError(f"{PARAMS_FILE} is not well-formed YAML. Correct it and try again. "
                        f"{NOTHING}")
