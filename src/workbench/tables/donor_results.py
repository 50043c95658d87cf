"""Result tables of donors: what each is worth and is to be asked for, and where money went."""

from __future__ import annotations

from workbench.tables.codes import ACCOUNTS
from workbench.tables.model import Column, Table
from workbench.tables.people import HOUSEHOLD_ID, PERSON_ID
from workbench.tables.shared import required

DONOR_SEGMENT_CODES = (
    "monthly", "new", "regular", "occasional", "at_risk", "one_off", "lapsed",
)
_LOW_HIGH = "end of the interval of the average over donors with such a history"
_HUNDREDTHS = "hundredths of the currency"


def _ask(name: str, which: str) -> Column:
    return Column(name, "money", f"{which} amount of the ask string.", unit=_HUNDREDTHS,
                  is_required=True)


DONOR_VALUE = Table(
    "donor_value",
    "one person whose gifts, less refunds, are above zero",
    ("person_id",),
    (
        required(PERSON_ID),
        HOUSEHOLD_ID,
        Column("segment_code", "code", "Segment by recency, frequency and kind of giving.",
               values=DONOR_SEGMENT_CODES, is_required=True),
        Column("value_quintile", "integer", "Fifth by what was given; 5 gave most.", unit="number",
               is_required=True),
        Column("n_gifts", "count", "Gifts that were not wholly returned.", unit="gifts",
               is_required=True),
        Column("net_minor", "money", "Gifts less refunds.", unit=_HUNDREDTHS, is_required=True),
        Column("first_gift_date", "date", "Day of the first gift.", is_required=True),
        Column("last_gift_date", "date", "Day of the last gift.", is_required=True),
        Column("recency_days", "integer", "Since the last gift; larger is longer ago.",
               unit="days", is_required=True),
        Column("last_instalment_date", "date", "Day of the last instalment of a recurring gift."),
        Column("alive_probability", "share", "Chance that they still give; empty, as is all that "
               "follows from it, where too few give for a forecast."),
        Column("expected_gifts", "number", "Gifts expected in the next period.", unit="gifts"),
        Column("expected_gifts_low", "number", f"Lower {_LOW_HIGH}.", unit="gifts"),
        Column("expected_gifts_high", "number", f"Upper {_LOW_HIGH}.", unit="gifts"),
        Column("value_minor", "money", "Money expected in the next period.", unit=_HUNDREDTHS),
        Column("value_minor_low", "money", f"Lower {_LOW_HIGH}.", unit=_HUNDREDTHS),
        Column("value_minor_high", "money", f"Upper {_LOW_HIGH}.", unit=_HUNDREDTHS),
        Column("is_monthly_ask", "flag", "The ask is for so much a month.", is_required=True),
        _ask("ask_first_minor", "First and least"),
        _ask("ask_second_minor", "Second"),
        _ask("ask_third_minor", "Third and greatest"),
        Column("ask_reason_name", "text", "Why these amounts, in words.", is_personal=True,
               is_required=True),
    ),
    stage="donors",
    folder="donors",
)

MONEY_ACCOUNTS = Table(
    "money_accounts",
    "one account of the money that files report; exact, and not for showing",
    ("account_code",),
    (
        Column("account_code", "code", "Key of the account.", values=tuple(ACCOUNTS),
               is_required=True),
        Column("account_name", "text", "The account in words.", is_required=True),
        Column("is_counted", "flag", "It is part of the total of the brief.", is_required=True),
        Column("n_rows", "count", "Rows of files.", unit="rows", is_required=True),
        Column("amount_minor", "money", "Sum of the amounts as reported.", unit=_HUNDREDTHS,
               is_required=True),
    ),
    stage="donors",
    folder="donors",
)

DONOR_TABLES = (DONOR_VALUE, MONEY_ACCOUNTS)
