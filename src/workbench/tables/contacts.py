"""Tables of contacts: consumer data, social and mobile contacts, lists, suppressions."""

from __future__ import annotations

from workbench.tables.codes import ALL, CHANNEL_CODES, LISTS
from workbench.tables.model import Column, Table
from workbench.tables.objections import SUPPRESSION_REASONS
from workbench.tables.shared import (
    ADDRESS,
    ARM_CODE,
    BIRTH_YEAR,
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    NAMES,
    OFFICE_ID,
    PHONE,
    PROVENANCE,
    TOWN_NAME,
    VOTER_ID,
    required,
)

CALL_LIST_CODES = tuple(one.name for one in LISTS.values() if one.table == "call_lists")
ACCOUNT = "social_users.social_user_id"
SOCIAL_USER_ID = Column(
    "social_user_id", "id", "Account on the network.", is_personal=True, is_required=True
)

CONSUMER = Table(
    "consumer",
    "one person in a bought consumer file",
    ("source_name", "consumer_id"),
    (
        *PROVENANCE,
        Column("consumer_id", "id", "The vendor's number of the person.", is_required=True),
        *NAMES,
        *ADDRESS,
        Column("age_band_code", "code", "Age band as sold, such as 40-49."),
        Column("income_band_code", "code", "Household income band, 1 the lowest."),
        Column("tenure_code", "code", "Home owned, rented or social.",
               values=("owned", "rented", "social", "unknown")),
        Column("classification_code", "code", "Type in the vendor's classification."),
        Column("classification_version", "text", "Version that gives the type its meaning."),
        Column("interest_codes", "text", "Interests, separated by ';'."),
    ),
    adds="home, income and interests of people, for scores, segments and offers",
    is_linked=True,
)

SOCIAL_USERS = Table(
    "social_users",
    "one account on a social network whose owner connected it",
    ("source_name", "social_user_id"),
    (
        *PROVENANCE, SOCIAL_USER_ID, *NAMES, EMAIL, TOWN_NAME, BIRTH_YEAR,
        Column("n_friends", "count", "Friends on the network.", unit="accounts"),
        Column("consent_date", "date", "Day the owner agreed."),
    ),
    adds="accounts whose owners agreed to be reached, by e-mail too",
    is_linked=True,
    dated_by="consent_date",
    consent_channel="email",
)

FRIENDSHIPS = Table(
    "friendships",
    "one pair of accounts that are friends, the smaller id on the left",
    ("source_name", "social_user_id_l", "social_user_id_r"),
    (
        *PROVENANCE,
        Column("social_user_id_l", "id", "One account.", is_personal=True, is_required=True,
               names=ACCOUNT),
        Column("social_user_id_r", "id", "The other.", is_personal=True, is_required=True,
               names=ACCOUNT),
    ),
    adds="who knows whom, for supporters to ask their friends",
)

SHARE_REQUESTS = Table(
    "share_requests",
    "one suggestion to a supporter to ask one named friend",
    ("source_name", "request_id"),
    (
        *PROVENANCE,
        Column("request_id", "id", "Key of the request.", is_required=True),
        Column("sender_id", "id", "social_user_id of the supporter.", is_personal=True,
               is_required=True, names=ACCOUNT),
        Column("friend_id", "id", "social_user_id of the friend.", is_personal=True,
               is_required=True, names=ACCOUNT),
        Column("action_code", "code", "What the friend is asked to do."),
        ARM_CODE,
        Column("request_date", "date", "Day of the request.", is_required=True),
        Column("has_asked", "flag", "The supporter did ask."),
        Column("has_acted", "flag", "The friend did it."),
        Column("act_date", "date", "Day the friend did."),
    ),
    adds="which supporters asked which friends, and who did as asked",
    dated_by="request_date",
    is_of_events=True,
)

MOBILE_CONTACTS = Table(
    "mobile_contacts",
    "one telephone number that the campaign holds",
    ("source_name", "contact_id"),
    (
        *PROVENANCE,
        Column("contact_id", "id", "Key of the contact.", is_required=True),
        required(PHONE), FIRST_NAME, LAST_NAME,
        Column("has_opted_in", "flag", "Agreed to be sent texts."),
        Column("opt_in_date", "date", "Day they agreed."),
    ),
    adds="telephone numbers, and who agreed to be sent texts",
    is_linked=True,
    dated_by="opt_in_date",
    consent_channel="text",
)

_LIST_COLUMNS = (
    Column("entry_id", "id", "The list's number of the entry.", is_required=True),
    VOTER_ID,
    *NAMES,
    *ADDRESS,
    PHONE,
    Column("owner_id", "id", "Who is to call or knock.", is_personal=True),
    OFFICE_ID,
    Column("contact_date", "date", "Day on which it is to be done."),
)

CALL_LISTS = Table(
    "call_lists",
    "one entry on a list of people to call",
    ("source_name", "entry_id"),
    (*PROVENANCE, Column("list_code", "code", "Whose list it is.",
                         values=CALL_LIST_CODES, is_required=True), *_LIST_COLUMNS),
    adds="whom volunteers and offices are to call, and so who would be called twice",
    is_linked=True,
)

GOTV_LIST = Table(
    "gotv_list",
    "one entry on a get-out-the-vote list",
    ("source_name", "entry_id"),
    (*PROVENANCE, *_LIST_COLUMNS),
    adds="whom to remind to vote, and who of them is on another list too",
    is_linked=True,
)

SUPPRESSIONS = Table(
    "suppressions",
    "one person, or number, or address, that is not to be contacted",
    ("source_name", "suppression_id"),
    (
        *PROVENANCE,
        Column("suppression_id", "id", "Key of the entry.", is_required=True),
        VOTER_ID,
        *NAMES,
        *ADDRESS,
        PHONE,
        EMAIL,
        Column("scope_code", "code", "Channel that is closed; all where every one is.",
               values=(*CHANNEL_CODES, ALL), is_required=True),
        Column("reason_code", "code", "Why.", values=tuple(SUPPRESSION_REASONS), is_required=True,
               is_personal=True),
        Column("start_date", "date", "First day on which it holds.", is_required=True),
    ),
    adds="who must not be contacted; without it no list may leave",
    is_linked=True,
    dated_by="start_date",
)

# What `gather` keeps of the rows of suppressions that could not be read; no source maps to it.
UNREAD_OBJECTIONS = Table(
    "unread_objections",
    "one row of a file of suppressions that could not be read in full",
    ("source_name", "file_name", "source_row"),
    (
        *PROVENANCE,
        Column("file_name", "text", "The file that the row is of.", is_required=True),
        Column("reason_code", "code", "Why it could not be read.", is_required=True),
        Column("raw_text", "text", "The row as it arrived.", is_personal=True, is_required=True),
    ),
)

CONTACT_TABLES = (
    CONSUMER, SOCIAL_USERS, FRIENDSHIPS, SHARE_REQUESTS, MOBILE_CONTACTS, CALL_LISTS,
    GOTV_LIST, SUPPRESSIONS,
)
