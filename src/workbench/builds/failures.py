"""What a stage says when it fails, kept for the build that ran it, and until the next one."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from workbench.tables import write_text
from workbench.tables.trials import STAGE

KEPT = "data/failures.json"
NOTES = "WORKBENCH_FAILURES"
CODE = re.compile(r"(, line \d+): .*$")
NOT_SAID = "it ended with an error that it could not explain; run it by itself to see"


def note_failure(error: BaseException, environ: Mapping[str, str] = os.environ) -> None:
    """Append why a stage failed to the notes of the build that runs it, if one does.

    An error that is not one of ours is named and no more: its text may hold a person's values.
    """
    from workbench.errors import WorkbenchError

    notes, stage = environ.get(NOTES), environ.get(STAGE)
    if not notes or not stage:
        return
    is_ours = isinstance(error, WorkbenchError)
    told = str(error) if is_ours else f"it ended with {type(error).__name__}, an error of ours"
    with open(notes, "a", encoding="utf-8") as file:
        file.write(json.dumps({"stage": stage, "why": told}) + "\n")


def read_failures(notes: Path, failed: Iterable[str]) -> dict[str, str]:
    """Return why each of the stages ``failed`` did, by its name, as far as it said so."""
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.is_file() else []
    said = {entry["stage"]: str(entry["why"]) for entry in map(json.loads, lines)}
    return {name: said.get(name, NOT_SAID) for name in failed}


def keep_failures(root: Path, why: Mapping[str, str]) -> None:
    """Keep why stages of the last build failed, by their names; nothing where none did."""
    if why:
        write_text(root / KEPT, json.dumps(dict(why), indent=2, ensure_ascii=False) + "\n")
    else:
        (root / KEPT).unlink(missing_ok=True)


def kept_failures(root: Path) -> dict[str, str]:
    """Return why stages of the last build failed; nothing where all was built, or none ran."""
    path = root / KEPT
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def first_sentence(text: str) -> str:
    """Return the first sentence of a message, without the line of code that it may end in.

    >>> first_sentence("gifts.csv has no column 'Amount'. Rename it, or map it.")
    "gifts.csv has no column 'Amount'"
    """
    line = text.strip().split("\n")[0].split(". ")[0].removesuffix(".")
    return CODE.sub(r"\1", line)
