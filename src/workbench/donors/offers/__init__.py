"""What draws whom: segments found and confirmed, the events for them, fundraising tests."""

from __future__ import annotations

from workbench.donors.offers.headlines import offer_measures
from workbench.donors.offers.planner import Event, plan_event
from workbench.donors.offers.search import Plan, Search, find_segments
from workbench.donors.offers.sentences import (
    answers_until,
    confirmation_words,
    effect_sentence,
    finding,
    looks_words,
    map_words,
    null_sentence,
    plan_sentence,
)
from workbench.donors.offers.shown import (
    account_table,
    chance_table,
    confirmation_table,
    evidence_table,
    map_table,
    mapped_asks,
    offer_table,
    segment_table,
)
from workbench.donors.offers.shown_effects import effect_table, lift_table
from workbench.donors.offers.shown_plans import plan_table, variation_table
from workbench.donors.offers.study import (
    READ,
    Study,
    Terms,
    candidates,
    closed,
    plan_invitations,
    read_inputs,
    study_offers,
    write_results,
)
from workbench.donors.offers.words import labels_of

__all__ = [
    "READ", "Event", "Plan", "Search", "Study", "Terms", "account_table", "answers_until",
    "candidates", "chance_table", "closed",
    "confirmation_table", "confirmation_words", "effect_sentence", "effect_table",
    "evidence_table", "find_segments", "finding", "labels_of", "lift_table", "looks_words",
    "map_table", "map_words", "mapped_asks", "null_sentence", "offer_measures", "offer_table",
    "plan_event", "plan_invitations", "plan_sentence", "plan_table", "read_inputs",
    "segment_table", "study_offers", "variation_table", "write_results",
]
