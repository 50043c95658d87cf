"""Take a person's records out of the raw files, where a file may and can be edited."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from workbench.errors import SourceError
from workbench.intake.erased import Knows
from workbench.settings import Settings, Source
from workbench.sources import OpenedSource, Placed, open_source, take_records_out

Places = list[tuple[int, int]]
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class RawFile:
    """A raw file with records of erased people.

    ``n_records`` counts those found. ``why_left`` says why it was not edited, if it was not.
    """

    path: str
    n_records: int
    why_left: str = ""


def edit_raw_files(
    settings: Settings, knows: Knows, said: Sequence[dict[str, Any]], *, is_dry: bool
) -> list[RawFile]:
    """Take the records of erased people out of every declared raw file; return those with any.

    Files are read again, so that no line number of an earlier build is trusted. Records that
    cannot be read as rows go where they hold what ``said`` tells of the person: the address of
    e-mail, or both names and a number, home or postcode. Nothing is written where ``is_dry``.
    """
    made = _made_by_stages(settings.root)
    found = []
    for _, source in sorted(settings.sources.items()):
        if _is_below(source.path, made):
            found.append(RawFile(source.path, 0, "a stage of the pipeline makes it"))
            continue
        found += _edit_source(settings, source, knows, said, is_dry)
    return found


def undeclared_files(settings: Settings) -> tuple[str, ...]:
    """Return the files below data/raw that no source declares, and that nobody looked into."""
    known = {source.path.rstrip("/") for source in settings.sources.values()}
    known |= _made_by_stages(settings.root)
    raw = settings.root / "data" / "raw"
    paths = (path.relative_to(settings.root).as_posix() for path in sorted(raw.rglob("*"))
             if path.is_file() and not path.name.startswith("."))
    return tuple(path for path in paths if not _is_below(path, known)
                 and not path.endswith((".dvc", "dvc.yaml", "dvc.lock", "README.md")))


def _edit_source(
    settings: Settings, source: Source, knows: Knows, said: Sequence[dict[str, Any]],
    is_dry: bool,
) -> list[RawFile]:
    try:
        opened = open_source(source, settings.root)
        places = _places_by_file(opened, knows, said)
    except SourceError as error:
        return [RawFile(source.path, 0, f"it cannot be read: {error}")]
    found = []
    for number, cuts in places.items():
        why = "" if is_dry else _edit(opened, number, cuts, settings.root)
        found.append(RawFile(opened.files[number].name, len(cuts), why))
    return found


def _edit(opened: OpenedSource, number: int, cuts: Places, root: Path) -> str:
    try:
        take_records_out(opened, number, cuts, root)
    except SourceError as error:
        return f"it cannot be edited: {error}"
    return ""


def _places_by_file(
    opened: OpenedSource, knows: Knows, said: Sequence[dict[str, Any]]
) -> dict[int, Places]:
    """Return where the records of erased people stand, by the number of the file."""
    places: dict[int, Places] = {}
    for chunk in opened.chunks():
        placed = opened.placed(chunk)
        mask = np.flatnonzero(knows(placed.rows, opened.source.table))
        cuts = list(zip(placed.starts[mask].tolist(), placed.ends[mask].tolist(), strict=True))
        cuts += _odd_places(opened, chunk.file_number, placed, said)
        if cuts:
            places.setdefault(chunk.file_number, []).extend(cuts)
    return places


def _odd_places(
    opened: OpenedSource, number: int, placed: Placed, said: Sequence[dict[str, Any]]
) -> Places:
    """Return where records stand that are no rows and hold what is said of the person."""
    bounds = list(zip(placed.odd_starts.tolist(), placed.odd_ends.tolist(), strict=True))
    if not bounds or not said:
        return []
    texts = opened.raw_texts(number, *zip(*bounds, strict=True))
    return [place for place, text in zip(bounds, texts, strict=True) if holds_person(text, said)]


def holds_person(text: str, said: Sequence[dict[str, Any]]) -> bool:
    """Return whether a text holds an e-mail address of a person, or names and a detail."""
    folded = text.casefold()
    words, digits = set(_WORDS.findall(folded)), re.sub(r"\D", "", text)
    squeezed = re.sub(r"\W+", "", folded)
    if any(row["email"] and row["email"] in folded for row in said):
        return True
    is_named = (any(row["last_name"] in words for row in said if row["last_name"])
                and any(row["given"] in words for row in said if row["given"]))
    details = {row[name] for row in said for name in ("voter_id", "postcode") if row[name]}
    house = {tuple(row["house_street"].split()[:2]) for row in said if row["house_street"]}
    return is_named and (
        any(row["phone"] in digits for row in said if row["phone"])
        or any(detail.casefold() in squeezed for detail in details)
        or any(set(parts) <= words for parts in house)
    )


def _made_by_stages(root: Path) -> set[str]:
    """Return the paths below the root that stages of any dvc.yaml make."""
    made = set()
    for pipeline in (root / "dvc.yaml", *sorted((root / "data" / "raw").rglob("dvc.yaml"))):
        text = pipeline.read_text(encoding="utf-8") if pipeline.is_file() else ""
        stages = ((yaml.safe_load(text) or {}).get("stages") or {}).values()
        for body in (stage.get("do", stage) for stage in stages):
            folder = pipeline.parent / (body.get("wdir") or ".")
            names = (next(iter(out)) if isinstance(out, dict) else out
                     for out in body.get("outs") or [])
            made |= {os.path.relpath((folder / name).resolve(), root.resolve())
                     for name in names}
    return made


def _is_below(path: str, folders: set[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
