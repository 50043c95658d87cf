"""Tables of money and of what was asked for it: donations, appeals, events."""

from __future__ import annotations

from workbench.tables.model import Column, Table
from workbench.tables.shared import (
    ADDRESS,
    ARM_CODE,
    BIRTH_DATE,
    CHANNEL_CODE,
    CURRENCY_CODE,
    EMAIL,
    NAMES,
    PHONE,
    PROVENANCE,
    REGION_CODE,
    TOWN_NAME,
    VOTER_ID,
)

DONOR_KIND_CODES = ("individual", "organisation", "unknown")
GIFT_KIND_CODES = ("gift", "refund", "bounced", "moved", "voided_refund", "conduit_in",
                   "conduit_out", "memo", "other")

APPEAL_ID = Column("appeal_id", "id", "Appeal or reference code that brought the gift.")
EVENT_ID = Column("event_id", "id", "Offer that the appeal made (see events).")

DONATIONS = Table(
    "donations",
    "one movement of money as it was reported",
    ("source_name", "donation_id"),
    (
        *PROVENANCE,
        Column("donation_id", "id", "The row key of the system it came from.", is_required=True),
        Column("donor_kind_code", "code", "Who gave.", values=DONOR_KIND_CODES),
        *NAMES,
        Column("organisation_name", "text", "Name, where no person gave."),
        *ADDRESS,
        PHONE,
        EMAIL,
        BIRTH_DATE,
        Column("employer_name", "text", "Employer as reported.", is_personal=True),
        Column("occupation_name", "text", "Occupation as reported.", is_personal=True),
        Column("donation_date", "date", "Day of the movement.", is_required=True),
        Column(
            "amount_minor", "money",
            "Money that reached the recipient; negative where it went back.",
            unit="hundredths of the currency", is_required=True,
        ),
        CURRENCY_CODE,
        Column(
            "gift_kind_code", "code",
            "A gift; a refund; a payment that bounced, was voided or charged back; a gift moved "
            "to another person or election, which stands there again; a refund whose cheque was "
            "voided, above zero since the money did not go back; the two sides of an earmarked "
            "gift passed through a conduit "
            "(conduit_in at its recipient, conduit_out at the conduit); a memo row, which "
            "repeats money that stands in another row.",
            values=GIFT_KIND_CODES,
        ),
        Column("refund_of_id", "id", "donation_id of the gift that this refund returns."),
        Column("is_recurring", "flag", "One instalment of a recurring gift."),
        Column("recipient_id", "id", "Committee or fund that received it."),
        Column("conduit_id", "id", "Committee on the other side of an earmarked gift."),
        APPEAL_ID,
        Column("test_name", "text", "Name of the fundraising test, where there was one."),
        ARM_CODE,
    ),
    adds="who gives, how much and how often, and what to ask for next",
    is_linked=True,
    nobody="coalesce(donor_kind_code = 'organisation', false)",
    dated_by="donation_date",
    is_of_events=True,
)

APPEALS_SENT = Table(
    "appeals_sent",
    "one appeal sent to one contact",
    ("source_name", "send_id"),
    (
        *PROVENANCE,
        Column("send_id", "id", "The sending system's number of the message.", is_required=True),
        Column("appeal_id", "id", "Appeal that was sent.", is_required=True),
        EVENT_ID,
        ARM_CODE,
        CHANNEL_CODE,
        Column("sent_date", "date", "Day it was sent.", is_required=True),
        VOTER_ID,
        *NAMES,
        EMAIL,
        PHONE,
        Column("has_responded", "flag", "Did what the appeal asked.", is_required=True),
        Column("response_date", "date", "Day they did."),
        Column("response_minor", "money", "What they gave in answer.",
               unit="hundredths of the currency"),
    ),
    adds="who was asked what and answered, and so which offer draws whom",
    is_linked=True,
    dated_by="sent_date",
    is_of_events=True,
)

EVENTS = Table(
    "events",
    "one offer made: a dinner, a rally, a draw",
    ("source_name", "event_id"),
    (
        *PROVENANCE,
        Column("event_id", "id", "Key of the offer.", is_required=True),
        Column("event_name", "text", "What was offered.", is_required=True),
        Column("guest_name", "text", "Who the draw was: a public figure."),
        Column("event_date", "date", "Day of the event."),
        TOWN_NAME,
        REGION_CODE,
        Column("n_places", "count", "How many people the venue holds.", unit="people"),
        Column("ask_minor", "money", "Least gift asked for.", unit="hundredths of the currency"),
    ),
    adds="what the offers were: their names, guests, days and venues",
)

FUNDRAISING_LIST = Table(
    "fundraising_list",
    "one entry on a fundraising list",
    ("source_name", "entry_id"),
    (
        *PROVENANCE,
        Column("entry_id", "id", "The list's number of the entry.", is_required=True),
        VOTER_ID,
        *NAMES,
        *ADDRESS,
        EMAIL,
        PHONE,
        Column("ask_minor", "money", "What they are to be asked for.",
               unit="hundredths of the currency"),
        Column("owner_id", "id", "Fundraiser who holds the entry.", is_personal=True),
        Column("contact_date", "date", "Day on which they are to be asked."),
    ),
    adds="whom fundraisers are to ask, and who of them is on another list too",
    is_linked=True,
)

MONEY_TABLES = (DONATIONS, APPEALS_SENT, EVENTS, FUNDRAISING_LIST)
