"""The only reader of data/raw: recognise, read strictly, map to canonical tables, set aside."""

from __future__ import annotations

from workbench.sources.contests import refuse_several_contests
from workbench.sources.doubts import DOUBTS, Doubt, add_doubts, final_doubts
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
    NO_ROWS,
    PERSON_COLUMNS,
    REASONS,
    SET_ASIDE,
    Batch,
    Faults,
    set_aside_from,
    without_rows,
)
from workbench.sources.shapes import rule_for, shape_of
from workbench.sources.terms import forbidden_uses

__all__ = [
    "DOUBTS", "NOTES", "NO_ROWS", "PERSON_COLUMNS", "REASONS", "SET_ASIDE", "Batch", "Chunk",
    "Doubt", "Faults", "Note", "OpenedFile", "OpenedSource", "Placed", "Preset", "add_doubts",
    "final_doubts", "forbidden_uses", "open_source", "preset_names", "preset_of",
    "refuse_other_order", "refuse_several_contests", "refuse_unmet_keep", "rule_for",
    "set_aside_from", "shape_of", "take_records_out", "without_rows",
]
