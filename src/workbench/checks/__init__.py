"""Expectations about values, checked with Great Expectations; its only importer."""

from __future__ import annotations

from workbench.checks.draft import draft_suite
from workbench.checks.engine import Checked, check_rows, import_engine
from workbench.checks.folder import refuse_unused
from workbench.checks.suite import TYPES, Expectation, Suite, build_suite, read_suite
from workbench.checks.tally import Finding, conclude, stop_words, title_of

__all__ = [
    "TYPES", "Checked", "Expectation", "Finding", "Suite", "build_suite", "check_rows",
    "conclude", "draft_suite", "import_engine", "read_suite", "refuse_unused",
    "stop_words", "title_of",
]
