"""Telephone numbers as keys that are equal however and wherever a number was written down.

Read by phonenumbers, as dialled from the campaign's country. What it cannot take for a whole
number keeps its last digits, so that a closed number holds back rather than lets through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import phonenumbers
from phonenumbers import PhoneMetadata, ValidationResult

from workbench.settings.country import is_country
from workbench.tables import is_among

UNREAD = "~"  # before the last digits of what is no whole number
DIGITS_LEAST, DIGITS_MOST = 7, 15
NOUGHT = "0"
LAST_DIGITS = 7  # fewer mean nobody, and more may be a prefix that is in doubt
_EXTENSION = re.compile(r"(ext|x|#).*$", re.IGNORECASE | re.DOTALL)
_BETWEEN_NUMBERS = re.compile(r"[/,;|&\n]|\b(?:or|and)\b")
_NO_DIGIT = re.compile("[^0-9]+")
_MARKS = str.maketrans("", "", " ().-/")
_PLUS = re.compile("[+\uff0b]")  # narrow, or as wide as a Chinese sign


def phone_digits(text: str) -> str:
    """Return the digits of a number as it is dialled, without its extension.

    >>> phone_digits("+1 (291) 555-1234 ext. 9")
    '12915551234'
    """
    if text.isascii():
        return text if text.isdigit() else _NO_DIGIT.sub("", _EXTENSION.sub("", text))
    plain = _EXTENSION.sub("", unicodedata.normalize("NFKC", text))
    return "".join(str(unicodedata.decimal(sign)) for sign in plain if sign.isdecimal())


def phone_key(text: str, country_code: str) -> str:
    """Return a number with its country's prefix; or ``~`` and its last digits; or nothing.

    ``country_code`` is where it was written down, empty where that is not known: then a number
    without the prefix of its country keeps its last digits. More than fifteen digits, or noughts
    alone, are no number, nor are fewer than seven that are no whole one.

    >>> phone_key("0046 70 123 45 67", "SE") == phone_key("070-123 45 67", "SE")
    True
    >>> phone_key("070-123 45 67", ""), phone_key("123", "SE")
    ('~1234567', '')
    """
    country = _country(country_code)
    plain = text.translate(_MARKS) if country and text.isascii() else ""
    if country and (quick := country.key(plain)):
        return quick
    digits = phone_digits(text)
    if not digits.strip("0") or len(digits) > DIGITS_MOST:
        return ""
    return _read(text, country_code) or _last_digits(digits)


def is_same_number(asked: pd.Series, closed: pd.Series) -> pd.Series:
    """Return whether each key of ``asked`` may be one of ``closed``; both of ``phone_key``.

    Whole numbers are compared whole; where either is none, the last digits are.
    """
    closed = closed.dropna()
    is_whole = ~closed.str.startswith(UNREAD)
    found = is_among(asked, closed)
    found |= is_among(asked.str[-LAST_DIGITS:], closed[~is_whole].str[-LAST_DIGITS:])
    unread = asked.where(asked.str.startswith(UNREAD).fillna(False).astype(bool))
    return found | is_among(unread.str[-LAST_DIGITS:], closed.str[-LAST_DIGITS:])


def closed_keys(texts: pd.Series, country_code: str) -> pd.Series:
    """Return the keys of all numbers in texts that close them; of several in one text, each."""
    keys = {key for text in texts.dropna().astype("str").unique()
            for key in keys_in(text, country_code)}
    return pd.Series(sorted(keys), dtype="str")


def keys_in(text: str, country_code: str) -> set[str]:
    """Return the keys of the one number in a text, or of each of several.

    >>> sorted(keys_in("212 555 0142 or 212 555 0143", "US"))
    ['+12125550142', '+12125550143']
    """
    parts = [text, *_BETWEEN_NUMBERS.split(text)]
    return {key for part in parts if (key := phone_key(part, country_code))}


def without_prefix(key: str) -> str:
    """Return a whole number of ``phone_key`` as it is known within its country.

    >>> without_prefix("+46701234567")
    '701234567'
    """
    return str(phonenumbers.parse(key).national_number)


class _Country:
    """How numbers of one country are written without its prefix: the quick way to read them.

    It takes what phonenumbers would take, and nothing else.
    """

    def __init__(self, code: str) -> None:
        meta: Any = PhoneMetadata.metadata_for_region(code)
        self.prefix = f"+{meta.country_code}"
        self._lengths = set(meta.general_desc.possible_length)
        self._whole = re.compile(meta.general_desc.national_number_pattern)
        self._abroad = re.compile(meta.international_prefix or r"(?!)")
        self._ahead = re.compile(meta.national_prefix_for_parsing or r"(?!)")
        self._is_main = phonenumbers.region_code_for_country_code(meta.country_code) == code
        self._has_nought = meta.national_prefix == NOUGHT

    def key(self, plain: str) -> str:
        """Return a whole number with its prefix, of digits with or without it; else nothing."""
        national = self._from_abroad(plain) if plain.startswith("+") else self._dialled(plain)
        return f"{self.prefix}{national}" if national else ""

    def _dialled(self, digits: str) -> str:
        """Return what follows the nought that is dialled ahead within the country, if any is."""
        if not digits.isdigit() or self._abroad.match(digits):
            return ""
        ahead = self._ahead.match(digits)
        if ahead:
            if not self._has_nought or ahead.group() != NOUGHT:
                return ""
            digits = digits[1:]
        return self._if_whole(digits)

    def _from_abroad(self, plain: str) -> str:
        digits = plain.removeprefix(self.prefix)
        if not self._is_main or not digits.isdigit() or self._ahead.match(digits):
            return ""
        return self._if_whole(digits)

    def _if_whole(self, digits: str) -> str:
        is_whole = (len(digits) in self._lengths and digits[0] != NOUGHT
                    and self._whole.fullmatch(digits) is not None)
        return digits if is_whole else ""


@cache
def _country(code: str) -> _Country | None:
    return _Country(code) if is_country(code) else None


def _read(text: str, country_code: str) -> str:
    """Return a whole number: after 00 with its country's prefix, else as dialled there."""
    plain = text.strip()
    abroad = _parsed(f"+{plain[2:]}", "", is_possible=phonenumbers.is_valid_number) \
        if plain.startswith("00") else ""
    return abroad or _parsed(text, country_code, is_possible=_is_possible)


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    """Tell whether it is long enough, without being one of a town that lacks its area."""
    return bool(phonenumbers.is_possible_number_with_reason(number)
                == ValidationResult.IS_POSSIBLE)


def _parsed(
    text: str, country_code: str, *, is_possible: Callable[[phonenumbers.PhoneNumber], bool]
) -> str:
    if not (country_code or _PLUS.search(text)):
        return ""  # as phonenumbers would find, which takes ten times as long
    try:
        number = phonenumbers.parse(text, country_code or None)
    except phonenumbers.NumberParseException:
        return ""
    if not is_possible(number):
        return ""
    number.extension = None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _last_digits(digits: str) -> str:
    return UNREAD + digits[-LAST_DIGITS:] if DIGITS_LEAST <= len(digits) <= DIGITS_MOST else ""
