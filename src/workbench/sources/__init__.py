"""The only reader of data/raw: recognise, read strictly, map to canonical tables, set aside."""

from __future__ import annotations

from workbench.sources.contests import refuse_several_contests
from workbench.sources.edit import take_records_out
from workbench.sources.keep import refuse_unmet_keep
from workbench.sources.notes import NOTES, Note
from workbench.sources.opened import (
    OpenedFile,
    OpenedSource,
    Placed,
    open_source,
    refuse_other_order,
)
from workbench.sources.preset import Preset, preset_names, preset_of
from workbench.sources.records import Chunk
from workbench.sources.rows import (
    PERSON_COLUMNS,
    REASONS,
    SET_ASIDE,
    Batch,
    Faults,
    set_aside_from,
    without_rows,
)
from workbench.sources.terms import forbidden_uses

__all__ = [
    "NOTES", "PERSON_COLUMNS", "REASONS", "SET_ASIDE", "Batch", "Chunk", "Faults", "Note",
    "OpenedFile", "OpenedSource", "Placed", "Preset", "forbidden_uses", "open_source",
    "preset_names", "preset_of", "refuse_other_order", "refuse_several_contests",
    "refuse_unmet_keep", "set_aside_from", "take_records_out", "without_rows",
]
