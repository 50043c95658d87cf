"""Universes: whom to remind, ask, register or leave alone, and what a contact gains there."""

from __future__ import annotations

from workbench.voters.scores.words import read_failed
from workbench.voters.universes.assign import Rules, assign_universes
from workbench.voters.universes.budget import (
    best_universe,
    chosen_under_all,
    compare_choices,
    contact_units,
    curve_name,
    regret_by_curve,
    spend_contacts,
    steadiest_curve,
)
from workbench.voters.universes.contacts import (
    contacts_made,
    quiet_canvassers,
    talks_end,
    talks_words,
)
from workbench.voters.universes.electors import may_be_minor, scored_electors, unregistered
from workbench.voters.universes.files import READ, USES, read_inputs, write_universes
from workbench.voters.universes.find import (
    Choices,
    Universes,
    at_doors,
    find_universes,
    make_choices,
    spend,
    with_upper_case,
)
from workbench.voters.universes.keys import door_of
from workbench.voters.universes.response import Response, added_turnout, votes_gained
from workbench.voters.universes.segments import voter_segments
from workbench.voters.universes.summary import (
    basis_words,
    budget_words,
    channel_words,
    choice_words,
    finding,
    firm_words,
    size_words,
    universe_measures,
    upper_words,
)
from workbench.voters.universes.tables import (
    CHANNEL_LABELS,
    SEGMENT_LABELS,
    basis_table,
    channel_table,
    labels_of,
    penetration_table,
    place_table,
    segment_table,
    size_table,
    upper_table,
)
from workbench.voters.universes.votes import (
    CURVE_LABELS,
    budget_table,
    choice_table,
    curve_table,
    firm_table,
    spend_table,
)

__all__ = [
    "CHANNEL_LABELS", "CURVE_LABELS", "READ", "SEGMENT_LABELS", "USES",
    "Choices", "Response", "Rules", "Universes", "added_turnout", "assign_universes",
    "at_doors",
    "basis_table", "basis_words", "best_universe", "budget_table", "budget_words", "channel_table",
    "channel_words", "choice_table", "choice_words", "chosen_under_all", "compare_choices",
    "contact_units", "contacts_made", "curve_name", "curve_table", "door_of", "find_universes",
    "finding", "firm_table", "firm_words", "labels_of", "make_choices", "may_be_minor",
    "penetration_table", "place_table", "quiet_canvassers", "read_failed", "read_inputs",
    "regret_by_curve", "scored_electors", "segment_table", "size_table", "size_words", "spend",
    "spend_contacts", "spend_table", "steadiest_curve", "talks_end", "talks_words",
    "universe_measures", "unregistered",
    "upper_table", "upper_words", "voter_segments", "votes_gained", "with_upper_case",
    "write_universes",
]
