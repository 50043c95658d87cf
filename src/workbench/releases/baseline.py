"""Make a published version the baseline: what later briefs tell their change against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.baseline import BASELINE_FILE
from workbench.releases.log import find_release, read_log, refuse_broken
from workbench.releases.manifest import read_manifest
from workbench.tables import write_text

PARTS = ("version", "inputs", "parameters", "headlines")


def move_baseline(root: Path, name: str) -> str:
    """Write reports/baseline.json from the manifest of a published version; return its id.

    LogTampered where the log does not hold, SettingsError where it has no such version.
    """
    entries = read_log(root)
    refuse_broken(entries)
    release = str(find_release(entries, name)["release"])
    write_text(root / BASELINE_FILE, baseline_text(read_manifest(root, release)))
    return release


def baseline_text(manifest: Mapping[str, Any]) -> str:
    """Return the text of the baseline: the same bytes for the same manifest."""
    briefs = {brief: {part: facts[part] for part in PARTS}
              for brief, facts in manifest["briefs"].items()}
    content = {"release": manifest["release"], "briefs": briefs}
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
