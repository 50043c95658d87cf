"""Keys by which numbers, addresses and names are compared, however they were typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial

import pandas as pd

from workbench.telephone import phone_key

ADDRESS, TAG = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+"), re.compile(r"(?<=.)\+[^@]*@")


def keyed(values: pd.Series, key: Callable[[str], str]) -> pd.Series:
    """Return the key of each text, missing where there is no text or its key is empty.

    >>> keyed(pd.Series([" Ann@x.example", None, "?"]), email_key).tolist()
    ['ann@x.example', nan, nan]
    """
    codes, texts = pd.factorize(values)
    keys = pd.array([key(text) or None for text in texts.astype(object)], dtype="str")
    return pd.Series(keys.take(codes, allow_fill=True), index=values.index)


def contact_keys(values: pd.Series, contact: str, country_code: str) -> pd.Series:
    """Return the keys of numbers (``phone``) or addresses (``email``)."""
    key = email_key if contact == "email" else partial(phone_key, country_code=country_code)
    return keyed(values, key)


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
