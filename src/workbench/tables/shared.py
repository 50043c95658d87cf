"""Columns that mean the same in every table that has them, defined once."""

from __future__ import annotations

from dataclasses import replace

from workbench.tables.codes import CHANNEL_CODES
from workbench.tables.model import Column

SEX_CODES = ("female", "male", "other", "unknown")

SOURCE_NAME = Column("source_name", "code", "The source in params.yaml that the row came from.")
SOURCE_ROW = Column(
    "source_row",
    "integer",
    "Line of the raw file on which the record begins, the first line being 1; where a source "
    "has several files, counted on through them in order.",
    unit="line number",
)
PROVENANCE = (SOURCE_NAME, SOURCE_ROW)

FIRST_NAME = Column("first_name", "text", "Given name as it arrived.", is_personal=True)
MIDDLE_NAME = Column("middle_name", "text", "Middle names or initials.", is_personal=True)
LAST_NAME = Column("last_name", "text", "Family name as it arrived.", is_personal=True)
NAME_SUFFIX = Column("name_suffix", "text", "Suffix such as Jr or III.", is_personal=True)
NAMES = (FIRST_NAME, MIDDLE_NAME, LAST_NAME, NAME_SUFFIX)

ADDRESS_LINE = Column("address_line", "text", "House number and street, flat.", is_personal=True)
TOWN_NAME = Column("town_name", "text", "Town or city.", is_personal=True)
REGION_CODE = Column("region_code", "code", "State or region code.")
POSTCODE = Column("postcode", "text", "Postcode or ZIP, as text.", is_personal=True)
ADDRESS = (ADDRESS_LINE, TOWN_NAME, REGION_CODE, POSTCODE)

PHONE = Column("phone", "text", "Telephone number as text.", is_personal=True)
EMAIL = Column("email", "text", "E-mail address.", is_personal=True)
BIRTH_DATE = Column("birth_date", "date", "Date of birth.", is_personal=True)
BIRTH_YEAR = Column("birth_year", "integer", "Year of birth.", unit="year", is_personal=True)
AGE_YEARS = Column("age_years", "integer", "Age on the day of the file.", unit="years")
SEX_CODE = Column("sex_code", "code", "Sex as recorded.", values=SEX_CODES)
VOTER_ID = Column(
    "voter_id", "id", "The register's own number of the elector.", is_personal=True,
    names="voters.voter_id",
)
AREA_ID = Column("area_id", "id", "Polling district (see areas).")
SEAT_ID = Column("seat_id", "id", "Seat (see seats).")
PARTY_CODE = Column("party_code", "code", "Party, in the campaign's own codes.", is_personal=True)
CHANNEL_CODE = Column("channel_code", "code", "How they were reached.", values=CHANNEL_CODES)
ARM_CODE = Column("arm_code", "code", "Arm of the randomised test; empty where there was none.")
ELECTION_DATE = Column("election_date", "date", "Polling day.")
CURRENCY_CODE = Column("currency_code", "code", "ISO 4217 code of the currency.")
OFFICE_ID = Column("office_id", "id", "Field office.")


def required(column: Column) -> Column:
    """Return the same column as one that every source of the table must have."""
    return replace(column, is_required=True)
