"""Tables of people: who everybody is, what each row of a source became, and what changed."""

from __future__ import annotations

from workbench.tables.model import Column, Table
from workbench.tables.shared import (
    ADDRESS,
    AREA_ID,
    BIRTH_DATE,
    BIRTH_YEAR,
    EMAIL,
    NAMES,
    PHONE,
    SEAT_ID,
    SEX_CODE,
    SOURCE_NAME,
    SOURCE_ROW,
    VOTER_ID,
)

HOW_CODES = ("register", "voter_id", "exact", "model", "review", "alone")
CHANGE_CODES = ("new", "gone", "merged", "split")
ANSWER_CODES = ("same", "different", "unsure")
ERASED_KINDS = ("row", "voter_id", "email", "phone_name", "name_birth", "name_home",
                "social_user_id", "part", "key")

PERSON_ID = Column("person_id", "id", "Key of the person; the same from build to build.",
                   is_personal=True, is_required=True)
HOUSEHOLD_ID = Column(
    "household_id", "id", "Key of the home: all people of one address; empty where there is none.",
    is_personal=True,
)
ROW_KEY = Column(
    "row_key", "id", "Key of the row in its source: the canonical table's key, joined by '|'.",
    is_personal=True, is_required=True,
)
RECORD_KEY = Column(
    "record_key", "id",
    "Keyed hash of a source's name and of all that the row says of who somebody is.",
    is_required=True,
)

PEOPLE = Table(
    "people",
    "one person",
    ("person_id",),
    (
        PERSON_ID,
        HOUSEHOLD_ID,
        VOTER_ID,
        Column("is_elector", "flag", "Is on a register.", is_required=True),
        *NAMES,
        SEX_CODE,
        BIRTH_DATE,
        BIRTH_YEAR,
        *ADDRESS,
        AREA_ID,
        SEAT_ID,
        PHONE,
        EMAIL,
        Column("source_names", "text", "Sources that know the person, separated by ';'.",
               is_required=True),
        Column("n_rows", "count", "Rows of sources that are about the person.", unit="rows",
               is_required=True),
    ),
    stage="spine",
    folder="people",
)

CROSSWALK = Table(
    "crosswalk",
    "one row of a source that is about a person",
    ("source_name", "row_key"),
    (
        SOURCE_NAME,
        SOURCE_ROW,
        Column("table_name", "text", "The canonical table that holds the row.", is_required=True),
        ROW_KEY,
        RECORD_KEY,
        PERSON_ID,
        Column(
            "how_code", "code",
            "Why the row is this person's: it is an entry of the register, it has the elector's "
            "number, its exact keys agree, the model says so, a reviewer said so, or it stands "
            "alone.",
            values=HOW_CODES, is_required=True,
        ),
        Column("link_probability", "share",
               "Probability that the link is right; 1 where it needed none.", is_required=True),
    ),
    stage="spine",
    folder="people",
)

PERSON_CHANGES = Table(
    "person_changes",
    "one change of a person's id since the registry was promoted",
    ("person_id", "change_code", "other_person_id"),
    (
        PERSON_ID,
        Column(
            "change_code", "code",
            "new: nobody had the id; gone: nobody has it any more; merged: its rows went to "
            "other_person_id; split: some of its rows went to other_person_id.",
            values=CHANGE_CODES, is_required=True,
        ),
        Column("other_person_id", "id", "The other person; empty for new and gone.",
               is_personal=True),
        Column("n_rows", "count", "Rows of sources that the change is about.", unit="rows",
               is_required=True),
    ),
    stage="spine",
    folder="people",
)

ID_REGISTRY = Table(
    "id_registry",
    "one row of a source whose person has an id",
    ("source_name", "row_key"),
    (
        SOURCE_NAME,
        ROW_KEY,
        RECORD_KEY,
        Column("name_key", "id", "Keyed hash of the standard family and given name.",
               is_personal=True),
        Column("is_elector", "flag", "The row is an entry of the register.", is_required=True),
        PERSON_ID,
    ),
    stage="people accept",
    folder="registry",
)

REVIEW_PAIRS = Table(
    "review_pairs",
    "one pair of records for a person to judge",
    ("record_key_l", "record_key_r"),
    (
        Column("record_key_l", "id", "The one record.", is_required=True),
        Column("record_key_r", "id", "The other, the larger key.", is_required=True),
        Column("link_probability", "share", "Probability that they are one person.",
               is_required=True),
        Column("match_weight", "number", "Sum of the evidence; positive speaks for one person.",
               unit="bits", is_required=True),
        Column("stratum", "integer", "Class of match weight that the pair was drawn from.",
               unit="number", is_required=True),
        Column("n_in_stratum", "count", "Pairs in that class.", unit="pairs", is_required=True),
        Column("n_drawn", "count", "Pairs drawn from that class.", unit="pairs",
               is_required=True),
        Column("is_linked", "flag", "The workbench made them one person.", is_required=True),
    ),
    stage="spine",
    folder="people",
)

REVIEW_ANSWERS = Table(
    "review_answers",
    "one pair of records that a person judged",
    ("record_key_l", "record_key_r"),
    (
        Column("record_key_l", "id", "The one record.", is_required=True),
        Column("record_key_r", "id", "The other, the larger key.", is_required=True),
        Column("answer_code", "code", "What the reviewer said.", values=ANSWER_CODES,
               is_required=True),
        Column("reviewer_name", "text", "Who said so.", is_personal=True),
        Column("answer_date", "date", "Day on which they did."),
    ),
    stage="a reviewer",
    folder="registry",
)

ERASED = Table(
    "erased",
    "one thing by which an erased person would be known again",
    ("erased_key",),
    (
        Column("erased_key", "id", "Keyed hash of identifiers, of a source's row, or of nothing "
               "(kind key).", is_required=True),
        Column("kind_code", "code", "What was hashed. A part is one identifier alone: it makes a "
               "row worth looking at and drops none. The key is the mark of the secret that all "
               "are made with, so that a list made with another is noticed.",
               values=ERASED_KINDS, is_required=True),
        Column("erased_date", "date", "Day of the erasure.", is_required=True),
    ),
    stage="erase",
    folder="registry",
)

PEOPLE_TABLES = (
    PEOPLE, CROSSWALK, PERSON_CHANGES, ID_REGISTRY, REVIEW_PAIRS, REVIEW_ANSWERS, ERASED,
)
