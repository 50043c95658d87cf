"""Make a published version the baseline: what later briefs tell their change against."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.baseline import BASELINE_FILE
from workbench.briefs.audit_page import BASELINE_FOLDER
from workbench.erase.versions import add_to_dvc
from workbench.releases.frozen import frozen_folder
from workbench.releases.log import find_release, read_log, refuse_broken
from workbench.releases.manifest import SHOWN, read_manifest
from workbench.tables import write_text

PARTS = ("version", "inputs", "parameters", "headlines", "files")


def move_baseline(root: Path, name: str) -> str:
    """Make a published version the baseline; return its id.

    reports/baseline.json is written from its manifest, and the cells that its briefs showed are
    laid into reports/baseline/ and given to DVC. LogTampered where the log does not hold,
    SettingsError where it has no such version, StorageError or VersionDiffers where its frozen
    files are not here or not what they were.
    """
    entries = read_log(root)
    refuse_broken(entries)
    release = str(find_release(entries, name)["release"])
    manifest = read_manifest(root, release)
    _lay_cells(root, release, sorted(manifest["briefs"]))
    write_text(root / BASELINE_FILE, baseline_text(manifest))
    return release


def _lay_cells(root: Path, release: str, briefs: Sequence[str]) -> None:
    """Replace the cells of the baseline by those that a version's briefs showed."""
    rough = root / f"{BASELINE_FOLDER}.draft"
    shutil.rmtree(rough, ignore_errors=True)
    for brief in briefs:
        cells = frozen_folder(root, release, brief) / SHOWN / f"{brief}.json"
        if cells.is_file():
            write_text(rough / f"{brief}.json", cells.read_text(encoding="utf-8"))
    if rough.is_dir():
        shutil.rmtree(root / BASELINE_FOLDER, ignore_errors=True)
        rough.replace(root / BASELINE_FOLDER)
        add_to_dvc(root, [root / BASELINE_FOLDER])


def baseline_text(manifest: Mapping[str, Any]) -> str:
    """Return the text of the baseline: the same bytes for the same manifest."""
    briefs = {brief: {part: facts[part] for part in PARTS}
              for brief, facts in manifest["briefs"].items()}
    content = {"release": manifest["release"], "briefs": briefs}
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
