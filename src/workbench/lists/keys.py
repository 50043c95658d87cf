"""Keys by which numbers, addresses and names are compared, however they were typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pandas as pd

PHONE_DIGITS_LEAST, PHONE_DIGITS_MOST, NATIONAL_DIGITS = 7, 15, 10
ADDRESS, TAG = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+"), re.compile(r"(?<=.)\+[^@]*@")
NO_DIGIT = re.compile(r"[^0-9]+")
EXTENSION = re.compile(r"(ext|x|#).*$", re.IGNORECASE | re.DOTALL)


def keyed(values: pd.Series, key: Callable[[str], str]) -> pd.Series:
    """Return the key of each text, missing where there is no text or its key is empty.

    >>> keyed(pd.Series(["(291) 555-1234", None, "?"]), phone_key).tolist()
    ['2915551234', nan, nan]
    """
    codes, texts = pd.factorize(values)
    keys = pd.array([key(text) or None for text in texts.astype(object)], dtype="str")
    return pd.Series(keys.take(codes, allow_fill=True), index=values.index)


def phone_digits(text: str) -> str:
    """Return the digits of a number as it is dialled, without its extension.

    >>> phone_digits("+1 (291) 555-1234 ext. 9")
    '12915551234'
    """
    if text.isascii():
        return NO_DIGIT.sub("", EXTENSION.sub("", text))
    plain = EXTENSION.sub("", unicodedata.normalize("NFKC", text))
    return "".join(str(unicodedata.decimal(sign)) for sign in plain if sign.isdecimal())


def phone_key(text: str) -> str:
    """Return the national number, ten digits at the most; empty where it is no one number.

    The country prefixes 1 and 44, 00 and the trunk 0 fall away.

    >>> phone_key("+44 (0)7700 900123") == phone_key("07700 900123") == "7700900123"
    True
    """
    digits = phone_digits(text)
    if not PHONE_DIGITS_LEAST <= len(digits) <= PHONE_DIGITS_MOST:
        return ""
    digits = digits.lstrip("0")
    if len(digits) > NATIONAL_DIGITS and digits.startswith("44"):
        digits = digits[2:].lstrip("0")
    digits = digits[-NATIONAL_DIGITS:]
    return digits if len(digits) >= PHONE_DIGITS_LEAST else ""


def email_key(text: str) -> str:
    """Return the address in small letters without a +tag; empty where it is not one address.

    >>> email_key(" Ann+news@Example.ORG ")
    'ann@example.org'
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if not ADDRESS.fullmatch(plain):
        return ""
    return TAG.sub("@", plain) if "+" in plain else plain


def name_key(text: str) -> str:
    """Return a name in plain small letters, its accents, marks and spaces dropped.

    >>> name_key(" D'Ávila ")
    'davila'
    """
    plain = text.casefold() if text.isascii() else unicodedata.normalize("NFKD", text).casefold()
    return plain if plain.isalnum() else "".join(filter(str.isalnum, plain))


def given_name_key(text: str) -> str:
    """Return the key of the first given name.

    >>> given_name_key("Robert J.")
    'robert'
    """
    return name_key((text.split() or [""])[0])


def postcode_key(text: str) -> str:
    """Return a postcode without spaces; a ZIP is its first five digits, zeros put back.

    >>> postcode_key("02134-1000"), postcode_key("2134"), postcode_key("ab1 2cd")
    ('02134', '02134', 'AB12CD')
    """
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))
    if not re.fullmatch(r"[0-9]{3,5}|[0-9]{8,9}", plain):
        return plain
    return plain.zfill(9 if len(plain) > 5 else 5)[:5]


def voter_key(text: str) -> str:
    """Return an elector's number without case, spaces, marks and leading zeros of its parts.

    >>> voter_key("ab1-0012/1") == voter_key("AB1 - 12 / 1")
    True
    """
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    parts = re.findall(r"[0-9]+|[^\W\d_]+", plain)
    return "-".join(part.lstrip("0") or "0" if part.isdecimal() else part for part in parts)
