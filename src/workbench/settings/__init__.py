"""params.yaml as frozen objects; what it does not know is refused."""

from __future__ import annotations

from workbench.settings.model import (
    Campaign,
    Disclosure,
    Intake,
    Linkage,
    Publishing,
    Sample,
    Scores,
    Settings,
)
from workbench.settings.plain import read_plain, read_yaml
from workbench.settings.read import PARAMS_FILE, find_root, load_settings, read_params
from workbench.settings.source import Source

__all__ = [
    "PARAMS_FILE", "Campaign", "Disclosure", "Intake", "Linkage", "Publishing", "Sample", "Scores",
    "Settings", "Source", "find_root", "load_settings", "read_params",
    "read_plain", "read_yaml",
]
