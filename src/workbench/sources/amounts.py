"""Amounts of money and whole numbers as people write them, one text at a time and exactly."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from workbench.sources.currencies import currencies_of

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_MARK = r"(?P<{}>[A-Za-z]{{0,3}}[$£€¥₹₽₪₩₺₴]|[A-Za-złčÅå]{{1,7}}\.?)"
_AMOUNT = re.compile(
    rf"{_MARK.format('c0')}?(?P<open>\()?(?P<s1>[-+])?{_MARK.format('c1')}?(?P<s2>[-+])?"
    rf"(?P<number>[0-9.,'][0-9.,' ]*)(?P<s3>[-+])?{_MARK.format('c2')}?(?P<s4>[-+])?"
    rf"(?P<close>\))?{_MARK.format('c3')}?")
_NUMBERS = {
    ".": re.compile(r"(?P<whole>\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ ']\d{3})+|)"
                    r"(?:\.(?P<part>\d+))?"),
    ",": re.compile(r"(?P<whole>\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:[ ']\d{3})+|)"
                    r"(?:,(?P<part>\d+))?"),
}
_EITHER = re.compile(r"\d{1,3}\.\d{3}")
_MOST_DIGITS = 15
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+]?\d{1,2}")


class Amount(NamedTuple):
    """An amount in hundredths, or why it is none; and the currencies that its mark may mean."""

    minor: int | None
    reason: str = ""
    currencies: tuple[str, ...] = ()


def amount_of(text: str, decimal: str = "") -> Amount:
    """Return the amount that a text says, exactly; nothing is rounded and nothing guessed.

    ``decimal`` is the declared mark, ``.`` or ``,``. Without one it is a point, and a text such
    as 25.000, which may be 25 or 25 thousand, is ``either_decimal``.

    >>> amount_of("(£1,234.50)"), amount_of("1.234,50 kr", ",").minor
    (Amount(minor=-123450, reason='', currencies=('GBP',)), 123450)
    """
    plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", text).replace("−", "-")
                        .replace("–", "-").replace("’", "'")).strip()
    found = _AMOUNT.fullmatch(plain.replace(" ", "")) if not _splits_digits(plain) else (
        _AMOUNT.fullmatch(_joined(plain)))
    if found is None or (found["open"] is None) != (found["close"] is None):
        return Amount(None, "not_money")
    signs = [found[name] for name in ("s1", "s2", "s3", "s4") if found[name]]
    marks = [found[name] for name in ("c0", "c1", "c2", "c3") if found[name]]
    n_signs = len(signs) + (found["open"] is not None)
    currencies = [currencies_of(mark) for mark in marks]
    meant = tuple(one for one in (currencies or [()])[0]
                  if all(one in others for others in currencies))
    if n_signs > 1 or len(marks) > 2 or (marks and not meant):
        return Amount(None, "not_money")
    number = found["number"].strip()
    if not decimal and _EITHER.fullmatch(number):
        return Amount(None, "either_decimal")
    minor = _minor(number, decimal or ".")
    if minor is None:
        return Amount(None, "not_money")
    is_negative = found["open"] is not None or "-" in signs
    return Amount(-minor if is_negative else minor, "", meant)


def whole_of(text: str, decimal: str = "") -> int | None:
    """Return the whole number that a text says, with thousands set apart or in powers of ten.

    >>> whole_of("1,205"), whole_of("1.00E+03"), whole_of("1.5E+00"), whole_of("1,20")
    (1205, 1000, None, None)
    """
    plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", text).replace("−", "-")).strip()
    if is_scientific(plain):
        return _exact(plain.replace(",", "."))
    sign = -1 if plain.startswith("-") else 1
    number = plain.lstrip("+-").strip()
    if not decimal and _EITHER.fullmatch(number):
        return None
    found = _NUMBERS[decimal or "."].fullmatch(number)
    if found is None or not found["whole"] or (found["part"] or "").strip("0"):
        return None
    digits = re.sub(r"\D", "", found["whole"])
    return sign * int(digits) if len(digits) <= _MOST_DIGITS + 3 else None


def is_scientific(text: str) -> bool:
    """Return whether a text is a number in powers of ten, such as 1.23E+11."""
    return _SCIENTIFIC.fullmatch(text) is not None


def _splits_digits(text: str) -> bool:
    return re.search(r"[0-9] [0-9]", text) is not None


def _joined(text: str) -> str:
    """Return the text with the spaces between digits alone, as marks of thousands."""
    return re.sub(r"(?<![0-9]) | (?![0-9])", "", text)


def _minor(number: str, decimal: str) -> int | None:
    found = _NUMBERS[decimal].fullmatch(number)
    if found is None or not (found["whole"] or found["part"]):
        return None
    part = (found["part"] or "").rstrip("0")
    digits = re.sub(r"\D", "", found["whole"])
    if len(part) > 2 or len(digits) > _MOST_DIGITS:
        return None
    return int(digits or "0") * 100 + int(part.ljust(2, "0"))


def _exact(number: str) -> int | None:
    try:
        value = Decimal(number)
    except InvalidOperation:
        return None
    return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else None
