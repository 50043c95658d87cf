"""Sealed briefs: a copy for each recipient, encrypted, marked, and entered in a log."""

from __future__ import annotations

from workbench.sealing.command import SealedCopy, check_copies, seal_brief

__all__ = ["SealedCopy", "check_copies", "seal_brief"]
