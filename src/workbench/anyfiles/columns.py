"""The standard identifiers that a column of any file can be, and names that people give them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from workbench.people.anytables.records import FIELDS

# ``birth_date`` is read into the day as eight digits, or the year where it holds no more.
IDENTIFIERS = tuple("birth_date" if name == "birth_digits" else name for name in FIELDS)
OFTEN_CALLED = {
    "address": "address_line", "address1": "address_line", "age": "age_years", "cell": "phone",
    "city": "town_name", "date_of_birth": "birth_date", "dob": "birth_date",
    "e_mail": "email", "email_address": "email", "family_name": "last_name",
    "fname": "first_name", "forename": "first_name", "gender": "sex_code",
    "given_name": "first_name", "lname": "last_name", "mobile": "phone", "name": "full_name",
    "postal_code": "postcode", "sex": "sex_code", "street": "address_line",
    "suburb": "town_name", "surname": "last_name", "telephone": "phone", "town": "town_name",
    "year_of_birth": "birth_year", "zip": "postcode", "zip_code": "postcode",
    "zipcode": "postcode",
}
ALIKE_FROM = 0.8


def likely_identifier(column: str) -> str:
    """Return the standard identifier that a column's name seems to mean, or an empty text.

    >>> likely_identifier("Surname"), likely_identifier("fist_name"), likely_identifier("notes")
    ('last_name', 'first_name', '')
    """
    plain = plain_name(column)
    known = (*IDENTIFIERS, *OFTEN_CALLED)
    close = get_close_matches(plain, known, n=1, cutoff=ALIKE_FROM)
    return OFTEN_CALLED.get(close[0], close[0]) if close else ""


def plain_name(column: str) -> str:
    """Return a column's name as the standard ones are written.

    >>> plain_name(" First Name ")
    'first_name'
    """
    return "_".join(column.replace("-", " ").replace("_", " ").casefold().split())


def likely_identifiers(columns: Iterable[str]) -> dict[str, str]:
    """Return those columns that seem to be an identifier which no column is named after."""
    names = list(columns)
    there = {plain_name(name) for name in names}
    likely = {name: likely_identifier(name) for name in names}
    return {name: meant for name, meant in likely.items() if meant and meant not in there}
