"""A new notebook with all that a brief needs: its test, its stage, its parameters' entry."""

from __future__ import annotations

from workbench.notebooks.new import make_notebook

__all__ = ["make_notebook"]
