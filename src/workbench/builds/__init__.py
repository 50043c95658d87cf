"""The whole build: what fails is told, and everything that does not rest on it is built."""

from __future__ import annotations

from workbench.builds.failures import note_failure
from workbench.builds.whole import build_all

__all__ = ["build_all", "note_failure"]
