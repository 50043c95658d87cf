"""What comes in: each source read, checked and accepted, then gathered into the tables."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from workbench.intake.admit import Admission, admit
from workbench.intake.draft import draft_expectations
from workbench.intake.examine import examine
from workbench.intake.quality import (
    Quality,
    filled_columns,
    findings_frame,
    read_quality,
    rows_by_file,
    rows_by_reason,
)
from workbench.intake.shown import (
    as_shown,
    drift_shown,
    expectations_shown,
    files_shown,
    fill_shown,
    notes_shown,
    reasons_shown,
)
from workbench.intake.words import (
    drift_sentence,
    fill_words,
    finding,
    loss_sentence,
    quality_measures,
)

__all__ = [
    "Admission", "Quality", "admit", "as_shown", "draft_expectations", "drift_sentence",
    "drift_shown", "examine", "expectations_shown",
    "files_shown", "fill_shown", "fill_words", "filled_columns", "finding", "findings_frame",
    "gather", "gathered_rows", "loss_sentence", "notes_shown", "quality_measures", "read_quality",
    "reasons_shown", "rows_by_file", "rows_by_reason",
]


def __getattr__(name: str) -> Any:
    """Import gathering when it is first asked for: checking a source does not rest on it."""
    if name not in ("gather", "gathered_rows"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("workbench.intake.gathering"), name)
