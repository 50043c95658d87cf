"""What comes in: each source read, checked and accepted, then gathered into the tables."""

from __future__ import annotations

from workbench.intake.admit import Admission, admit
from workbench.intake.draft import draft_expectations
from workbench.intake.gather import gather
from workbench.intake.quality import (
    Quality,
    filled_columns,
    findings_frame,
    read_quality,
    rows_by_file,
    rows_by_reason,
)
from workbench.intake.words import (
    beliefs_shown,
    files_shown,
    fill_words,
    finding,
    quality_measures,
    reasons_shown,
)

__all__ = [
    "Admission", "Quality", "admit", "beliefs_shown", "draft_expectations", "files_shown",
    "fill_words", "filled_columns", "finding", "findings_frame", "gather", "quality_measures",
    "read_quality", "reasons_shown", "rows_by_file", "rows_by_reason",
]
