"""What DVC and git keep: which file tracks a path, and every hash that was ever tracked."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import StorageError
from workbench.pipeline.recorded import file_digest
from workbench.settings import read_yaml

Tracked = dict[str, set[str]]
_TRACKERS = (":(glob)**/*.dvc", ":(glob)**/dvc.lock", "*.dvc", "dvc.lock")


def is_under_dvc(root: Path) -> bool:
    """Return whether the campaign's folder is one that DVC keeps versions of."""
    return (root / ".dvc").is_dir()


def tracker_of(root: Path, path: Path) -> Path | None:
    """Return the path that was `dvc add`ed and is ``path`` or holds it; None where there is none.
    """
    for place in (path, *path.parents):
        if place == root or not place.is_relative_to(root):
            return None
        if place.with_name(f"{place.name}.dvc").is_file():
            return place
    return None


def add_to_dvc(root: Path, paths: Iterable[Path]) -> None:
    """`dvc add` paths; StorageError tells the command where it fails."""
    names = sorted({path.relative_to(root).as_posix() for path in paths})
    if not names:
        return
    command = [sys.executable, "-m", "dvc", "add", "--quiet", *names]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StorageError(
            f"'dvc add {' '.join(names)}' did not succeed; the files themselves are written. "
            "Run it by hand, see what it says, and run this command again."
        )


def remotes(root: Path) -> tuple[str, ...]:
    """Return the names of DVC's remote stores."""
    config = configparser.ConfigParser(interpolation=None)
    config.read([root / ".dvc" / "config", root / ".dvc" / "config.local"], encoding="utf-8")
    names = (section.strip("'\"") for section in config.sections())
    return tuple(sorted(name.split('"')[1] for name in names if name.startswith("remote ")))


def tracked_now(root: Path) -> Tracked:
    """Return the hashes that the files of the workspace track, by path."""
    tracked: Tracked = {}
    folders = [root, root / "data", root / "reports"]
    files = [*root.glob("*.dvc"), *root.glob("dvc.lock")]
    files += [f for folder in folders[1:] for name in ("*.dvc", "dvc.lock")
              for f in folder.rglob(name)]
    for file in (file for file in files if file.is_file()):
        _add(tracked, file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
    return tracked


def tracked_ever(root: Path) -> Tracked:
    """Return the hashes that any commit of git tracks, by path; none where there is no git."""
    tracked: Tracked = {}
    shown = _git(root, "log", "--all", "-m", "--format=", "--raw", "--no-abbrev", "--",
                 *_TRACKERS)
    blobs: dict[str, str] = {}
    for line in shown.decode().splitlines():
        told, _, path = line.partition("\t")
        blobs |= {blob: path for blob in told.split()[2:4] if set(blob) != {"0"}}
    for blob, path in sorted(blobs.items()):
        _add(tracked, path, _git(root, "cat-file", "blob", blob).decode("utf-8", "replace"))
    return tracked


def tags(root: Path) -> tuple[str, ...]:
    """Return git's tags, in order."""
    return tuple(sorted(_git(root, "tag", "--list").decode().split()))


def cached_objects(root: Path) -> set[str]:
    """Return the hashes of the objects in DVC's cache; a folder's ends in .dir."""
    return {path.parent.name + path.name for path in sorted(cache_folder(root).glob("*/*"))}


def cache_folder(root: Path) -> Path:
    """Return where DVC's cache keeps its objects."""
    config = configparser.ConfigParser(interpolation=None)
    config.read([root / ".dvc" / "config", root / ".dvc" / "config.local"], encoding="utf-8")
    named = config.get("cache", "dir", fallback="cache")
    return (root / ".dvc" / named).resolve() / "files" / "md5"


def members(root: Path, tracked: Tracked) -> Tracked:
    """Return the hashes with those of the files in a folder, where its list is in the cache."""
    folder = cache_folder(root)
    every: Tracked = {}
    for path, hashes in tracked.items():
        every[path] = hashes | {inner for name in hashes for inner in _members(folder, name)}
    return every


def damaged_copies(root: Path, tracked: Tracked) -> dict[str, str]:
    """Return by path an object in DVC's cache that has other bytes than its name says.

    `dvc checkout` and `dvc push` hand such a copy on without a word. What the cache does not
    have is not damaged; of a folder, its list and every file in it are read. Objects are told
    as they lie, seen from the campaign's folder.
    """
    folder = cache_folder(root)
    found = {path: [one for name in sorted(names) for one in _damaged(folder, name)]
             for path, names in sorted(tracked.items())}
    return {path: os.path.relpath(object_in(folder, damaged[0]), root.resolve())
            for path, damaged in found.items() if damaged}


def object_in(folder: Path, name: str) -> Path:
    """Return where an object of a cache folder lies, by its hash."""
    return folder / name[:2] / name[2:]


def _damaged(folder: Path, name: str) -> list[str]:
    """Return the object, or the objects of its folder, that are damaged."""
    if _is_damaged(folder, name):
        return [name]
    return [inner for inner in _members(folder, name) if _is_damaged(folder, inner)]


def _is_damaged(folder: Path, name: str) -> bool:
    copy = object_in(folder, name)
    return copy.is_file() and file_digest(copy) != name.removesuffix(".dir")


def _members(folder: Path, name: str) -> Iterator[str]:
    listing = object_in(folder, name)
    if not (name.endswith(".dir") and listing.is_file()):
        return
    try:
        entries = json.loads(listing.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StorageError(
            f"The object {name} in DVC's cache is damaged. Delete it, fetch it again with "
            "'dvc pull', and run this command again.") from error
    yield from (entry["md5"] for entry in entries)


def _add(tracked: Tracked, file: str, text: str) -> None:
    """Add what a .dvc file or a dvc.lock tracks; one that cannot be read tracks nothing."""
    try:
        content = read_yaml(text) or {}
    except yaml.YAMLError:
        return
    folder = Path(file).parent
    for out in _outs(content):
        path = (folder / content.get("wdir", "") / str(out.get("path"))).as_posix()
        if out.get("md5"):
            tracked.setdefault(path, set()).add(str(out["md5"]))


def _outs(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from content.get("outs") or []
    for stage in (content.get("stages") or {}).values():
        yield from stage.get("outs") or []
        yield from stage.get("deps") or []


def _git(root: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    return done.stdout if not done.returncode else b""
