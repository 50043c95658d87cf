"""Make a published version the baseline: what later briefs tell their change against."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.baseline import BASELINE_FILE, BASELINE_FOLDER
from workbench.pipeline.kept import add_to_dvc
from workbench.releases.frozen import checked_folder
from workbench.releases.manifest import SHOWN, read_release
from workbench.tables import write_text

PARTS = ("version", "inputs", "parameters", "headlines", "files")


def move_baseline(root: Path, name: str) -> str:
    """Make a published version the baseline; return its id.

    reports/baseline.json is written from its manifest, and the cells that its briefs showed are
    laid into reports/baseline/ and given to DVC. LogTampered where the log does not hold,
    SettingsError where it has no such version, StorageError or VersionDiffers where its frozen
    files are not here or not what they were.
    """
    manifest = read_release(root, name)
    _lay_cells(root, manifest)
    write_text(root / BASELINE_FILE, baseline_text(manifest))
    return str(manifest["release"])


def _lay_cells(root: Path, manifest: Mapping[str, Any]) -> None:
    """Replace the cells of the baseline by those that a version's briefs showed."""
    rough = root / f"{BASELINE_FOLDER}.draft"
    shutil.rmtree(rough, ignore_errors=True)
    for brief in sorted(manifest["briefs"]):
        cells = checked_folder(root, manifest, brief) / SHOWN / f"{brief}.json"
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
