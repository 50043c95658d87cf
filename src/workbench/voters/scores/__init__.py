"""Support and turnout of everybody on the voter file, as chances that mean what they say."""

from __future__ import annotations

from workbench.voters.scores.make import make_scores

__all__ = ["make_scores"]
