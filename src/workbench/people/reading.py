"""How what was written down of people is read: ages as of a year, numbers as dialled somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa  # duckdb evaluates the types of numbers()

from workbench.people.standardise import phone_of_digits
from workbench.telephone import UNREAD, phone_digits, phone_key, without_prefix

if TYPE_CHECKING:
    import duckdb

COMPARED_DIGITS = 10  # of a number that cannot be read as a whole one


@dataclass(frozen=True)
class Reading:
    """The year of the files, by which ages are turned into years of birth, and their country.

    ``country_code`` is where telephone numbers without a country's prefix are dialled: ISO
    3166, empty where that is not known.
    """

    as_of_year: int
    country_code: str = ""


def load_phone_number(connection: duckdb.DuckDBPyConnection, country_code: str) -> None:
    """Make ``phone_number(text)`` known to SQL: as ``whole_or_last`` gives it, or NULL."""
    from duckdb.func import PythonUDFType

    def numbers(texts: pa.ChunkedArray) -> pa.Array:
        return pa.array([whole_or_last(text, country_code) for text in texts.to_pylist()],
                        pa.string())

    known = connection.execute(
        "FROM duckdb_functions() WHERE function_name = 'phone_number_read'").fetchall()
    if known:
        connection.remove_function("phone_number_read")
    connection.create_function("phone_number_read", numbers, ["VARCHAR"], "VARCHAR",
                               type=PythonUDFType.ARROW)
    digits = "regexp_replace(text, '[^0-9]', '', 'g')"
    connection.execute(
        "CREATE OR REPLACE TEMP MACRO phone_number(text) AS CASE WHEN "
        f"{phone_of_digits(digits)} IS NOT NULL THEN phone_number_read(text) END")


def whole_or_last(text: str, country_code: str) -> str | None:
    """Return a whole number with its country's prefix; else its last ten digits; or None.

    Noughts that are dialled ahead of what cannot be read as a whole number fall away, so that
    it ends as the whole one does. Where nobody knows from where numbers are dialled, one with
    its country's prefix loses that, to be as the others are.

    >>> whole_or_last("070-123 45 67", "SE"), whole_or_last("070-123 45 67", "")
    ('+46701234567', '701234567')
    >>> whole_or_last("+46 70 123 45 67", "")
    '701234567'
    """
    key = phone_key(text, country_code)
    if key and not key.startswith(UNREAD):
        return key if country_code else without_prefix(key)
    return phone_digits(text)[-COMPARED_DIGITS:].lstrip("0") or None if key else None
