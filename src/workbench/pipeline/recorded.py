"""What DVC recorded of each file that a stage read or made, and which bytes are others now.

DVC takes a file of the same size and time of change for the same file. Where that is not enough,
every byte is read again here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

import yaml
from pathspec import PathSpec

from workbench.errors import StorageError
from workbench.settings import read_yaml

LOCKS = ("dvc.lock", "data/raw/dvc.lock")
PARTS = ("deps", "outs")  # of a stage's entry
_md5 = partial(hashlib.md5, usedforsecurity=False)


def recorded_digests(root: Path, *, without: Collection[str] = ()) -> dict[str, set[str]]:
    """Return by path what the stages' locks recorded of it: one digest where all agree.

    ``without`` are names of stages whose entries do not count. Paths are below the campaign's
    folder; a digest is DVC's, an MD5, of a folder with ``.dir``.
    Raises StorageError where a lock is damaged.
    """
    digests: dict[str, set[str]] = {}
    for name in LOCKS:
        for path, digest in _entries(root, name, without=without):
            digests.setdefault(path, set()).add(digest)
    return digests


def other_bytes(root: Path, paths: Iterable[str]) -> list[str]:
    """Return those of ``paths`` whose bytes are not what was recorded, or of which nothing was.

    Every byte is read, whatever size and time the file shows; where a folder was recorded, all
    of it.
    """
    digests = recorded_digests(root)
    return [path for path in sorted(set(paths)) if _is_other(root, path, digests)]


def altered_files(
    root: Path, *, among: Collection[str] | None = None, without: Collection[str] = ()
) -> list[str]:
    """Return the files and folders whose bytes are not what the stages read or made.

    ``among``: those that are asked for, all where none are; what was not recorded is left out.
    ``without``: as in ``recorded_digests``.
    """
    digests = recorded_digests(root, without=without)
    paths = set(digests) if among is None else set(digests) & set(among)
    return [path for path in sorted(paths) if _is_other(root, path, digests)]


def made_paths(root: Path) -> set[str]:
    """Return what stages made, as the locks say; what a stage reads counts for nothing here."""
    return {path for name in LOCKS for path, _ in _entries(root, name, parts=("outs",))}


def _is_other(root: Path, path: str, digests: Mapping[str, set[str]]) -> bool:
    places = [path, *map(str, PurePosixPath(path).parents)]
    place = next((place for place in places if place in digests), path)
    return not (root / path).exists() or digests.get(place) != {digest_now(root, place)}


def digest_now(root: Path, path: str) -> str:
    """Return DVC's digest of a file or folder as it is; empty where there is none."""
    place = root / path
    if place.is_file():
        return file_digest(place)
    if not place.is_dir():
        return ""
    ignored = _ignored(root)
    files = {file.relative_to(place).as_posix(): file for file in place.rglob("*")
             if file.is_file() and not ignored.match_file(file.relative_to(root).as_posix())}
    listing = [{"md5": file_digest(files[name]), "relpath": name} for name in sorted(files)]
    return _md5(json.dumps(listing, sort_keys=True).encode()).hexdigest() + ".dir"


def _ignored(root: Path) -> PathSpec:
    """Return the patterns of what DVC leaves out of a folder."""
    file = root / ".dvcignore"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return PathSpec.from_lines("gitignore", lines)


def file_digest(path: Path) -> str:
    """Return DVC's digest of a file, an MD5; every byte is read."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, _md5).hexdigest()


def _entries(
    root: Path, name: str, *, without: Collection[str] = (), parts: Sequence[str] = PARTS
) -> list[tuple[str, str]]:
    if not (root / name).is_file():
        return []
    try:
        stages = dict((read_yaml((root / name).read_bytes()) or {}).get("stages") or {})
        return [(str(entry["path"]), str(entry.get("md5", "")))
                for key, stage in stages.items() if key not in without
                for part in parts for entry in stage.get(part) or []]
    except (yaml.YAMLError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise StorageError(f"{name} is damaged. Delete it and run 'dvc repro'.") from error
