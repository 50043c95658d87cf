"""A new notebook with all that a brief needs: its stage, its parameters' entry, its test."""

from __future__ import annotations

from workbench.notebooks.new import make_notebook

__all__ = ["make_notebook"]
