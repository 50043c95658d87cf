"""Selections for canvassing: whom to knock tonight, in street order, and how canvassing goes."""

from __future__ import annotations

from workbench.voters.selections.candidates import (
    READ,
    read_selection_inputs,
    walk_candidates,
    walk_places,
)
from workbench.voters.selections.choose import (
    LEFT_OUT_NAMES,
    Walk,
    best_places,
    choose_doors,
    judge_people,
    place_of,
)
from workbench.voters.selections.drafts import (
    LIST_NAME,
    draft_rows,
    selection_rows,
    write_selections,
)
from workbench.voters.selections.streets import WALK_ORDER, walk_keys
from workbench.voters.selections.tables import (
    OFFICE_LABELS,
    WALK_LABELS,
    canvasser_table,
    day_table,
    day_words,
    finding,
    knock_words,
    left_out_table,
    office_table,
    selection_measures,
    walk_table,
)

__all__ = [
    "LEFT_OUT_NAMES", "LIST_NAME", "OFFICE_LABELS", "READ", "WALK_LABELS", "WALK_ORDER", "Walk",
    "best_places", "canvasser_table", "choose_doors", "day_table", "day_words", "draft_rows",
    "finding", "judge_people", "knock_words", "left_out_table", "office_table", "place_of",
    "read_selection_inputs", "selection_measures", "selection_rows", "walk_candidates",
    "walk_keys", "walk_places", "walk_table", "write_selections",
]
