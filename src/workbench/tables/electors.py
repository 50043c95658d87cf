"""Tables of electors: the register, who voted, who was canvassed, who was polled."""

from __future__ import annotations

from workbench.tables.model import Column, Table
from workbench.tables.shared import (
    ADDRESS,
    AGE_YEARS,
    AREA_ID,
    BIRTH_DATE,
    BIRTH_YEAR,
    CHANNEL_CODE,
    ELECTION_DATE,
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    NAMES,
    OFFICE_ID,
    PARTY_CODE,
    PHONE,
    PROVENANCE,
    REGION_CODE,
    SEAT_ID,
    SEX_CODE,
    VOTER_ID,
    required,
)

STATUS_CODES = ("active", "inactive", "temporary", "removed", "denied", "unknown")
VOTED_CODES = (
    "in_person", "early", "post", "provisional", "voted", "did_not", "not_registered",
)
RESULT_CODES = (
    "canvassed", "not_home", "refused", "moved", "deceased", "wrong_number",
    "left_message", "language_barrier", "do_not_contact", "other",
)

VOTERS = Table(
    "voters",
    "one entry on an electoral register",
    ("source_name", "voter_id"),
    (
        *PROVENANCE,
        required(VOTER_ID),
        Column("status_code", "code", "Standing on the register.", values=STATUS_CODES),
        *(required(c) if c in (FIRST_NAME, LAST_NAME) else c for c in NAMES),
        SEX_CODE,
        BIRTH_DATE,
        BIRTH_YEAR,
        AGE_YEARS,
        *ADDRESS,
        Column("mail_address", "text", "Postal address, on one line.", is_personal=True),
        PHONE,
        EMAIL,
        PARTY_CODE,
        Column("ethnicity_code", "code", "As recorded by the register.", is_personal=True),
        AREA_ID,
        SEAT_ID,
        Column("registration_date", "date", "Day of registration."),
        Column("attains_date", "date", "Day an attainer reaches voting age.", is_personal=True),
        Column("is_postal_voter", "flag", "Has asked to vote by post."),
        Column("is_address_confidential", "flag", "The register withholds the address."),
    ),
    adds="who the electors are, their age, sex and place, and which rows of other files "
         "are theirs",
    is_linked=True,
    dated_by="registration_date",
)

VOTE_HISTORY = Table(
    "vote_history",
    "one register entry and one election",
    ("source_name", "voter_id", "election_date", "election_name"),
    (
        *PROVENANCE,
        required(VOTER_ID),
        required(ELECTION_DATE),
        Column("election_name", "text", "Name of the election."),
        Column(
            "voted_code", "code",
            "How the elector voted, that they did not, or that they were not yet registered.",
            values=VOTED_CODES, is_required=True,
        ),
        PARTY_CODE,
    ),
    adds="who votes at which elections, and so the turnout score",
    dated_by="election_date",
    is_of_events=True,
)

CANVASS = Table(
    "canvass",
    "one attempt to reach one elector",
    ("source_name", "contact_id"),
    (
        *PROVENANCE,
        Column("contact_id", "id", "The canvass system's number of the attempt.",
               is_required=True),
        VOTER_ID,
        *NAMES,
        *ADDRESS,
        Column("contact_date", "date", "Day of the attempt.", is_required=True),
        CHANNEL_CODE,
        Column("result_code", "code", "Result of the attempt.", values=RESULT_CODES,
               is_required=True),
        Column("voter_id_code", "code",
               "What the elector said, in the code table of the campaign.", is_personal=True),
        Column("canvasser_id", "id", "Who made the attempt.", is_personal=True),
        OFFICE_ID,
    ),
    adds="whom canvassers have reached and what they were told: voter IDs, and how "
         "canvassing goes",
    is_linked=True,
    dated_by="contact_date",
    is_of_events=True,
)

POLLS = Table(
    "polls",
    "one respondent in one wave",
    ("source_name", "respondent_id", "wave_name"),
    (
        *PROVENANCE,
        Column("respondent_id", "id", "The pollster's number of the respondent.",
               is_personal=True, is_required=True),
        Column("wave_name", "text", "Wave of the poll.", is_required=True),
        Column("interview_date", "date", "Day of the interview."),
        *NAMES,
        PHONE,
        SEX_CODE,
        AGE_YEARS,
        REGION_CODE,
        SEAT_ID,
        Column("vote_intention_code", "code", "Party they mean to vote for.", is_personal=True),
        Column("past_vote_code", "code", "Party they say they voted for.", is_personal=True),
        Column("turnout_intention_code", "code", "How sure they say they are to vote.",
               is_personal=True),
        Column("weight", "number", "Survey weight, mean 1.", unit="people per respondent"),
    ),
    adds="what people say they will vote, and so the support score",
    is_linked=True,
    dated_by="interview_date",
    is_of_events=True,
)

ELECTOR_TABLES = (VOTERS, VOTE_HISTORY, CANVASS, POLLS)
