"""What is written into dvc.yaml and params.yaml for a notebook; every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from workbench.errors import SettingsError
from workbench.pipeline.stages import PARAMS_FILE, PIPELINE_FILE

INDEX = "index"


def stage_lines(name: str, table: str) -> list[str]:
    """Return the lines of the stage that makes the brief of a notebook on one table."""
    return [
        f"  # Made by 'workbench new notebook'; name below deps all tables and code that {name} reads",
        f"  {name}:",
        f"    desc: The brief of notebooks/{name}.ipynb",
        f"    cmd: workbench run {name}",
        "    deps:",
        "      - data/code/page_code.txt",
        f"      - data/received/{table}.json",
        f"      - data/tables/{table}.parquet",
        f"      - notebooks/{name}.ipynb",
        "      - reports/baseline.json",
        f"    params: [campaign, disclosure, notebooks.{name}]",
        "    outs:",
        f"      - data/executed/{name}.ipynb: {{persist: true}}",
        f"      - data/shown/{name}.json: {{persist: true}}",
        f"      - data/appendix/{name}.html: {{persist: true}}",
        f"      - reports/{name}.html: {{persist: true}}",
        "    metrics:",
        f"      - reports/{name}.json: {{cache: false, persist: true}}",
    ]


def with_stage(text: str, name: str, table: str) -> str:
    """Return dvc.yaml with the stage of a notebook, on whose headlines the index then rests.

    SettingsError where that cannot be done by adding lines alone.
    """
    added = _with_lines(text, "stages", stage_lines(name, table))
    stage = _read("\n".join(["stages:", *stage_lines(name, table)]))["stages"]
    made, wanted = _on_index(added, f"reports/{name}.json"), _read(text)
    wanted["stages"] = {**(wanted.get("stages") or {}), **stage}
    deps = (wanted["stages"].get(INDEX) or {}).get("deps") or []
    made_deps = (_read(made)["stages"].get(INDEX) or {}).get("deps") or []
    if sorted(made_deps) == sorted([*deps, f"reports/{name}.json"]):
        wanted["stages"][INDEX] = {**wanted["stages"][INDEX], "deps": made_deps}
    return _checked(made, wanted, PIPELINE_FILE, "stages")


def with_parameters(text: str, name: str) -> str:
    """Return params.yaml with an empty entry for a notebook's parameters.

    SettingsError where that cannot be done by adding a line alone.
    """
    made, wanted = _with_lines(text, "notebooks", [f"  {name}: {{}}"]), _read(text)
    wanted["notebooks"] = {**(wanted.get("notebooks") or {}), name: {}}
    return _checked(made, wanted, PARAMS_FILE, "notebooks")


def _with_lines(text: str, section: str, added: list[str]) -> str:
    """Return a text of YAML with lines at the end of a top section; that is made if need be."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    places = [at for at, line in enumerate(lines) if re.match(rf"{section}:\s*(#|$)", line)]
    if not places:
        added, place = [f"{section}:", *added], len(lines)
    else:
        place = _end_of_section(lines, places[0])
    if place and not lines[place - 1].endswith("\n"):
        lines[place - 1] += end
    return "".join([*lines[:place], *(line + end for line in added), *lines[place:]])


def _end_of_section(lines: list[str], start: int) -> int:
    """Return the number of the line after the last one that belongs to a top section."""
    last = start
    for at in range(start + 1, len(lines)):
        if not lines[at].strip() or lines[at].startswith("#"):
            continue
        if not lines[at].startswith(" "):
            break
        last = at
    return last + 1


def _on_index(text: str, path: str) -> str:
    """Return dvc.yaml whose index rests on one more file; the same where it lists no files."""
    found = re.search(rf"(?m)^  {INDEX}:[^\n]*\n(?:    .*\n)*?    deps:[^\n]*\n((?:      - .*\n)+)",
                      text)
    if not found:
        return text
    listed = found[1].splitlines(keepends=True)
    end = "\r\n" if listed[0].endswith("\r\n") else "\n"
    later = [line for line in listed if line.strip() > f"- {path}"]
    place = text.index(later[0], found.start(1)) if later else found.end(1)
    return f"{text[:place]}      - {path}{end}{text[place:]}"


def _checked(made: str, wanted: Mapping[str, Any], file: str, section: str) -> str:
    """Return the text if it says what is wanted; SettingsError for a layout that is not ours."""
    try:
        is_right = yaml.safe_load(made) == wanted
    except yaml.YAMLError:
        is_right = False
    if is_right:
        return made
    raise SettingsError(
        f"{file}: an entry cannot be added below '{section}:', which is not laid out as in the "
        "sample's. Put each entry on lines of its own, indented by two spaces, and try again. "
        "Nothing was written.")


def _read(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text) or {}
    except yaml.YAMLError:
        found = None
    if isinstance(found, dict):
        return found
    raise SettingsError(f"{PIPELINE_FILE} or {PARAMS_FILE} is not well-formed YAML. Correct it and "
                        "try again. Nothing was written.")
