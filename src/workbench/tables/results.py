"""Result tables: what one analysis stage hands on to the next, agreed before either is built."""

from __future__ import annotations

from workbench.tables.codes import CHANNELS, LISTS, UNIVERSE_NAMES, USE_CODES, codes_that
from workbench.tables.model import Column, Table
from workbench.tables.people import PERSON_ID
from workbench.tables.shared import (
    ADDRESS,
    CHANNEL_CODE,
    EMAIL,
    NAMES,
    OFFICE_ID,
    PHONE,
    PROVENANCE,
    VOTER_ID,
    required,
)

SCORE_CODES = ("support", "turnout", "persuasion", "gift")
# What a canvasser's code may mean (canvass_codes.csv).
MEANING_CODES = ("for", "leaning_for", "undecided", "leaning_against", "against",
                 "will_not_vote", "will_not_say", "other")

_LOW_HIGH = "end of the interval; its level is a parameter of the brief"
_AREA_ID = Column("area_id", "id", "Polling district (see areas).", is_required=True)
_SEAT_ID = Column("seat_id", "id", "Seat (see seats).", is_required=True)

SCORES = Table(
    "scores",
    "one score of one person",
    ("person_id", "score_code"),
    (
        PERSON_ID,
        Column("score_code", "code", "What is predicted.", values=SCORE_CODES, is_required=True),
        Column("score_probability", "share",
               "Chance that the person does it; for persuasion the added chance of support if "
               "they are asked, which may be below 0 and is empty until a test was analysed."),
        Column("probability_low", "share", f"Lower {_LOW_HIGH}."),
        Column("probability_high", "share", f"Upper {_LOW_HIGH}."),
        Column("meaning_name", "text", "The score in a sentence, for who asks to see it.",
               is_required=True),
        Column("reason_names", "text", "Reasons in words, strongest first, separated by ';'.",
               is_personal=True),
        Column("model_key", "id", "Hash of the model and of the data that it was fitted on.",
               is_required=True),
    ),
    stage="scores",
    folder="scores",
)

VOTER_IDS = Table(
    "voter_ids",
    "one person with a voter ID that still holds",
    ("person_id",),
    (
        PERSON_ID,
        Column("meaning_code", "code",
               "What the newest ID says, by canvass_codes.csv; undecided where IDs of that day "
               "are not one.", values=MEANING_CODES, is_personal=True, is_required=True),
        Column("contact_date", "date", "Day of the newest ID.", is_required=True),
        Column("n_ids", "count", "IDs that still hold.", unit="IDs", is_required=True),
        Column("position_share", "share",
               "Mean of IDs that still hold, 1 for us and 0 against, fresh ones counting more; "
               "empty where they tell neither.", is_personal=True),
        Column("freshness_share", "share",
               "How fresh the newest is: 1 on its day, halved after half its life.",
               is_required=True),
        Column("is_contradicted", "flag", "IDs that still hold speak both for us and against.",
               is_required=True),
    ),
    stage="scores",
    folder="scores",
)

SEGMENTS = Table(
    "segments",
    "one person in one segment",
    ("segment_id", "person_id"),
    (
        Column("segment_id", "id", "Key of the segment.", is_required=True),
        PERSON_ID,
        Column("kind_code", "code", "Of whom it is a segment.", values=("donors", "voters"),
               is_required=True),
        Column("segment_name", "text", "Name to read.", is_required=True),
        Column("rule_name", "text", "The rule in words.", is_required=True),
    ),
    stage="universes",
    folder="universes",
)

UNIVERSES = Table(
    "universes",
    "one person in the universe that they belong to",
    ("person_id",),
    (
        PERSON_ID,
        Column("universe_code", "code", "What the campaign does about them.",
               values=tuple(UNIVERSE_NAMES), is_required=True),
        CHANNEL_CODE,
        Column("votes_gained", "number",
               "Expected net votes of one talk with them; negative: better not asked.",
               unit="votes/talk", is_required=True),
        Column("knock_votes_gained", "number",
               "Their part in the net votes of one knock at their door: the chance of a talk, and "
               "what homes pass on, are in it. Missing where the door is closed to them.",
               unit="votes/knock"),
        Column("rank_number", "integer", "Place in the order of contact within the universe.",
               unit="number", is_required=True),
        Column("reason_name", "text", "Why, in words.", is_personal=True, is_required=True),
    ),
    stage="universes",
    folder="universes",
)

SELECTIONS = Table(
    "selections",
    "one person on one list for the field",
    ("selection_id", "person_id"),
    (
        Column("selection_id", "id", "Key of the list.", is_required=True),
        PERSON_ID,
        required(CHANNEL_CODE),
        Column("owner_name", "text", "Who works the list.", is_required=True),
        _AREA_ID,
        Column("order_number", "integer", "Place on the list, in street order.", unit="number",
               is_required=True),
        Column("reason_name", "text", "Why this person, in words.", is_personal=True,
               is_required=True),
    ),
    stage="selections",
    folder="selections",
)

LIST_DRAFT = Table(
    "list_draft",
    "one contact on one cleaned list, before the gate",
    ("list_name", "source_name", "source_row"),
    (
        *PROVENANCE,
        Column("list_name", "id", "Name of the list, and of its file.", is_required=True),
        Column("channel_code", "code", "How its people are reached.",
               values=codes_that(CHANNELS, "is_of_lists"), is_required=True),
        Column("use_code", "code", "What the list is for.", values=USE_CODES,
               is_required=True),
        Column("person_id", "id",
               "Key of the person; empty where the row could not be linked, and then the gate "
               "holds it back.", is_personal=True),
        Column("owner_id", "id", "The one who is to make the contact.", is_personal=True,
               is_required=True),
        Column("source_names", "text", "Sources behind the row, separated by ';'.",
               is_required=True),
        VOTER_ID,
        *NAMES,
        *ADDRESS,
        PHONE,
        EMAIL,
        OFFICE_ID,
        Column("contact_date", "date", "Day on which it is to be done."),
        Column("ask_minor", "money", "What they are to be asked for.",
               unit="hundredths of the currency"),
        Column("clash_fields", "text",
               "What another list says differently of the person, separated by ';'."),
        Column("order_number", "integer",
               "Place on the list of its owner, in street order; empty where order is free.",
               unit="number"),
        Column("reason_name", "text", "Why this person, in words.", is_personal=True),
    ),
    stage="reconcile",
    folder="lists",
    lists=tuple((one.name, one.stage) for one in LISTS.values()),
)

DOUBLE_CALLS = Table(
    "double_calls",
    "one call to somebody who is to be called twice or more in that week",
    ("source_name", "source_row"),
    (
        *PROVENANCE,
        PERSON_ID,
        Column("week_number", "integer",
               "Week of the call, 0 the one that begins with the build's day.", unit="number",
               is_required=True),
        Column("list_name", "id", "List that has the call.", is_required=True),
        Column("owner_id", "id", "The one who is to make it.", is_personal=True),
        OFFICE_ID,
        Column("contact_date", "date", "Day on which it is to be done."),
    ),
    stage="reconcile",
    folder="reconcile",
)

QUIET_CANVASSERS = Table(
    "quiet_canvassers",
    "one canvasser who entered data and has stopped",
    ("canvasser_id",),
    (
        Column("canvasser_id", "id", "Who made the attempts.", is_personal=True,
               is_required=True),
        OFFICE_ID,
        Column("last_entry_date", "date", "Day of their last attempt on file.",
               is_required=True),
        Column("n_entries", "count", "Attempts of theirs on file.", unit="attempts",
               is_required=True),
    ),
    stage="selections",
    folder="selections",
)

RESULT_TABLES = (
    SCORES, VOTER_IDS, SEGMENTS, UNIVERSES, SELECTIONS,
    LIST_DRAFT, DOUBLE_CALLS, QUIET_CANVASSERS,
)
