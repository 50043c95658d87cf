"""Examine a source: admit it, or say in its quality that its file cannot be read at all."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import SourceError
from workbench.intake.accepted import accepted_place, places_to_write
from workbench.intake.admit import admit
from workbench.intake.quality import Quality
from workbench.intake.stop import unread
from workbench.settings import Settings
from workbench.sources import SET_ASIDE
from workbench.tables import table_named, whole_file, write_text


def examine(settings: Settings, source_name: str) -> Quality:
    """Return the quality of a source, and leave its three files below data/ in any case.

    A file that cannot be read as declared is told in ``Quality.stop``, with no row received:
    what an earlier run accepted stands, and so do the rows that it set aside. SettingsError and
    SuiteError, which are not about the file, are raised as ``admit`` does.
    """
    try:
        return admit(settings, source_name).quality
    except SourceError as error:
        message = str(error)
    standing = accepted_place(settings.root, source_name)
    quality = unread(settings, source_name, standing, message=message)
    accepted, set_aside, told = places_to_write(settings.root, source_name)
    _write_where_none(accepted, table_named(quality.table_name).schema())
    _write_where_none(set_aside, SET_ASIDE)
    write_text(told, quality.as_json())
    return quality


def _write_where_none(path: Path, schema: pa.Schema) -> None:
    """Write a file of no row where none is there."""
    if not path.is_file():
        with whole_file(path) as draft:
            pq.write_table(schema.empty_table(), draft)
