"""Long studies: run where the code that they rest on has changed since they last passed.

A study is a slow test with the marker ``study("src/workbench/disclosure", ...)``: the folders and
files of the repository that it rests on. ``studies.json`` holds, for each that passed, a
fingerprint of those and of the test itself; where it is the same, the study is skipped and says
so. WORKBENCH_STUDIES=all runs all of them, as before a release; WORKBENCH_STUDIES=record does so,
too, and writes down those that passed.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
RECORD = Path(__file__).with_name("studies.json")
CHOICE = "WORKBENCH_STUDIES"


def fingerprint(test_file: Path, name: str, rests_on: Iterable[str]) -> str:
    """Return a hash of what a study rests on, and of the function that it is."""
    digest = hashlib.sha256()
    for path in sorted(file for place in rests_on for file in files_of(REPOSITORY / place)):
        digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    digest.update(body_of(test_file, name).encode())
    return digest.hexdigest()[:16]


def files_of(place: Path) -> list[Path]:
    """Return the files of a folder but compiled and hidden ones; FileNotFoundError for none."""
    if place.is_file():
        return [place]
    inside = {path: path.relative_to(place).parts for path in place.rglob("*") if path.is_file()}
    found = [path for path, parts in inside.items()
             if not any(part.startswith(("__pycache__", ".")) for part in parts)]
    if not found:
        raise FileNotFoundError(f"a study rests on {place}, which is not there")
    return found


def body_of(test_file: Path, name: str) -> str:
    """Return the code of a test without its marks."""
    tree = ast.parse(test_file.read_text(encoding="utf-8"))
    node = next(one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name)
    return ast.dump(ast.Module([*node.args.args, *node.body], []))  # type: ignore[list-item]


def recorded() -> dict[str, str]:
    """Return the fingerprints of the studies that passed, by their names."""
    return dict(json.loads(RECORD.read_text(encoding="utf-8"))) if RECORD.is_file() else {}


def record(passed: dict[str, str]) -> None:
    """Write down studies that passed, beside those of before."""
    text = json.dumps({**recorded(), **passed}, indent=2, sort_keys=True) + "\n"
    RECORD.write_text(text, encoding="utf-8")


def choice() -> str:
    """Return '', 'all' or 'record'; ValueError for anything else."""
    chosen = os.environ.get(CHOICE, "")
    if chosen not in ("", "all", "record"):
        raise ValueError(f"{CHOICE} is {chosen!r}. It can be all or record.")
    return chosen
