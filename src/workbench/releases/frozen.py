"""The frozen briefs of a version, handed out only where their bytes are what they were."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.errors import SettingsError, StorageError, VersionDiffers, nearest_name
from workbench.releases.manifest import PUBLISHED, file_hash, read_release


def frozen_folder(root: Path, name: str, brief: str) -> Path:
    """Return the folder of a version's briefs, once the files of ``brief`` have been checked.

    LogTampered where the log does not hold, SettingsError where it has no such version or the
    version no such brief, StorageError where the frozen file was not fetched, VersionDiffers
    where it is not what was published.
    """
    return checked_folder(root, read_release(root, name), brief)


def checked_folder(root: Path, manifest: Mapping[str, Any], brief: str) -> Path:
    """Return the same of a version whose manifest has been read."""
    release, briefs = str(manifest["release"]), manifest["briefs"]
    if brief not in briefs:
        raise SettingsError(f"{release} has no brief {brief[:60]!a}.{nearest_name(brief, briefs)} "
                            f"It has: {', '.join(sorted(briefs))}.")
    folder = root / PUBLISHED / release
    for file, expected in briefs[brief]["files"].items():
        if not (folder / file).is_file():
            raise StorageError(f"{PUBLISHED}/{release}/{file} is not on this machine. Fetch it "
                               f"with 'dvc pull {PUBLISHED}/{release}.dvc', and run again.")
        if file_hash(folder / file) != expected:
            raise VersionDiffers(f"{PUBLISHED}/{release}/{file} is not what was published. Delete "
                                 f"it, run 'dvc checkout {PUBLISHED}/{release}.dvc', and if it "
                                 f"is still told, `workbench verify {release}`.")
    return folder
