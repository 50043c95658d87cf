"""What DVC's cache holds: damaged copies are named, and a damaged list of a folder is told."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from workbench.errors import StorageError
from workbench.pipeline.kept import damaged_copies, members


def kept(root: Path, content: bytes, ending: str = "") -> tuple[str, Path]:
    """Put an object into a campaign's cache under its own MD5; return its name and place."""
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    place = root / ".dvc/cache/files/md5" / digest[:2] / f"{digest[2:]}{ending}"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return f"{digest}{ending}", place


@pytest.fixture
def folder(tmp_path):
    """A folder of two files in the cache: its name, the place of its list, that of a file."""
    names, places = zip(*(kept(tmp_path, text) for text in (b"one", b"two")), strict=True)
    listing = [{"md5": name, "relpath": f"{name}.csv"} for name in names]
    name, place = kept(tmp_path, json.dumps(listing).encode(), ".dir")
    return name, place, places[1]


def test_a_cache_without_damage_has_none_and_what_is_not_there_is_not_damaged(tmp_path, folder):
    assert damaged_copies(tmp_path, {"data/a": {folder[0]}, "data/b": {"0" * 32}}) == {}


def test_a_damaged_file_of_a_folder_and_a_damaged_list_are_named_as_they_lie(tmp_path, folder):
    name, listing, file = folder
    file.write_bytes(b"twp")
    assert damaged_copies(tmp_path, {"data/a": {name}}) == {
        "data/a": file.relative_to(tmp_path).as_posix()}
    listing.write_bytes(b"[")
    assert damaged_copies(tmp_path, {"data/a": {name}}) == {
        "data/a": listing.relative_to(tmp_path).as_posix()}


def test_a_damaged_list_is_told_with_its_cure(tmp_path, folder):
    name, listing, _ = folder
    listing.write_bytes(b"[")
    with pytest.raises(StorageError, match="dvc pull"):
        members(tmp_path, {"data/a": {name}})
