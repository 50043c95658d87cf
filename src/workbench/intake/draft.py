"""A suite to start from, drafted from the rows that a source gave."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

from workbench.checks import draft_suite
from workbench.intake.accepted import accepted_path
from workbench.settings import Settings
from workbench.tables import table_named


def draft_expectations(settings: Settings, source_name: str) -> dict[str, Any]:
    """Return a suite that the accepted rows of a source keep, for a person to edit.

    SourceError where the source has not been checked yet.
    """
    source = settings.source(source_name)
    rows = pq.read_table(accepted_path(settings, source))
    return draft_suite(rows, table_named(source.table))
