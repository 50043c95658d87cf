"""Texts of a file as values of a canonical kind; what does not fit is marked, never bent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import SettingsError
from workbench.sources.amounts import amount_of, whole_of
from workbench.sources.currencies import currencies_of
from workbench.sources.dates import parse_dates
from workbench.sources.preset import Preset
from workbench.sources.readers import READERS, Texts
from workbench.sources.rules import KIND_READERS, Rule
from workbench.tables import KINDS

_MONEY = r"^(?P<sign>-?)(?P<whole>\d{1,13}|\d{1,3}(?:,\d{3}){1,3})(?:\.(?P<cents>\d{1,2}))?$"
_MARKED = (
    r"^(?P<sign>-?)(?P<before>[$£€]|[A-Z]{3} ?)?(?P<whole>\d{1,13}|\d{1,3}(?:,\d{3}){1,3})"
    r"(?:\.(?P<cents>\d{1,2}))?(?P<after> ?(?:[$£€]|[A-Z]{3}|kr))?$")
_INTEGER = r"^(?P<whole>[+-]?\d{1,18})(?:\.0{1,2}|\.0{4,})?$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$"

REASON_OF_READER = {
    "date": "not_a_date", "integer": "not_a_number", "number": "not_a_number",
    "share": "not_a_share", "money": "not_money", "flag": "not_a_flag",
}


class Made(NamedTuple):
    """A canonical column as made: its values, and which rows hold a text that did not fit.

    ``reason`` says why, or ``reasons`` for each such row where there are several. Of money,
    ``currencies`` has those that an amount's sign may mean, joined with spaces.
    """

    values: pa.Array
    is_bad: pa.Array | None
    reason: str
    reasons: pa.Array | None = None
    currencies: pa.Array | None = None

    def take(self, places: pa.Array) -> Made:
        """Return the same for other rows, each of which has the text of one of these."""
        parts = (self.is_bad, self.reasons, self.currencies)
        is_bad, reasons, currencies = (None if part is None or not part.null_count < len(part)
                                       else part.take(places) for part in parts)
        return Made(self.values.take(places), is_bad if _any_of(self.is_bad) else None,
                    self.reason, reasons, currencies)


def make_column(rule: Rule, texts: Texts, *, n_rows: int, missing: tuple[str, ...]) -> Made:
    """Return the values of one canonical column for ``n_rows`` records.

    ``texts`` holds the rule's file columns, as plain or dictionary-encoded strings; the work
    on a dictionary is done once for each different text.
    """
    if not rule.from_columns:
        return Made(pa.repeat(constant_value(rule), n_rows), None, "")
    if rule.reader in READERS:
        cleaned = [clean(plain(text), _missing(rule, missing)) for text in texts]
        return _parsed(rule, READERS[rule.reader](cleaned, rule.separator))
    text = texts[0]
    if not pa.types.is_dictionary(text.type):
        return _made(rule, text, missing)
    return _made(rule, text.dictionary, missing).take(text.indices)


def decide_currency(
    arrays: dict[str, pa.Array], meant: pa.Array, preset: Preset
) -> pa.Array | None:
    """Fill a row's missing currency from its amount's sign; return the rows that contradict it.

    ``meant`` has the currencies that the sign may mean. One currency fills what is missing;
    a sign that several share means that of the source, or contradicts it. In a table whose rows
    name no currency every amount is of the source's.
    """
    if meant.null_count == len(meant):
        return None
    code = arrays.get("currency_code", pa.nulls(len(meant), pa.string()))
    if "currency_code" in preset.table.column_names:
        is_one = pc.fill_null(pc.equal(pc.utf8_length(meant), 3), False)
        code = pc.coalesce(code, pc.if_else(is_one, meant, None))
        arrays["currency_code"] = code
    whose = pc.fill_null(code, preset.currency_code or None)
    return _is_none_of(whose, meant)


def _is_none_of(whose: pa.Array, meant: pa.Array) -> pa.Array:
    """Return where a currency is none of those that a sign may mean; not where one is missing."""
    is_other = pa.array(np.zeros(len(whose), bool))
    for may_be in pc.unique(meant.drop_null()).to_pylist():
        is_there = pc.equal(meant, may_be)
        is_one = pc.is_in(whose, pa.array(may_be.split()))
        is_other = pc.or_(is_other, pc.and_(pc.and_(is_there, pc.invert(is_one)),
                                            whose.is_valid()))
    return pc.fill_null(is_other, False)


def constant_value(rule: Rule) -> pa.Scalar:
    """Return the rule's constant as a value of its column's kind; null where it is no such."""
    return _made(rule, pa.array([rule.constant], pa.string()), ("",)).values[0]


def refuse_constants(preset: Preset, where: str) -> None:
    """Raise SettingsError for a constant that is no value of its column's kind."""
    for rule in preset.rules:
        if rule.constant and not constant_value(rule).is_valid:
            raise SettingsError(
                f"{where}.columns.{rule.column.name}: the constant cannot be read "
                f"({REASON_OF_READER.get(rule.reader, 'unknown_code')}). Write it as the column "
                "needs it: a day, for instance, in the rule's date format."
            )


def plain(text: pa.Array) -> pa.Array:
    """Return a string array without its dictionary."""
    return text.dictionary_decode() if pa.types.is_dictionary(text.type) else text


def clean(text: pa.Array, missing: tuple[str, ...]) -> pa.Array:
    """Return the texts without white space at their ends; null where they mean missing."""
    trimmed = pc.utf8_trim_whitespace(text)
    is_missing = pc.is_in(trimmed, pa.array(missing, pa.string()))
    return pc.if_else(is_missing, None, trimmed) if _any(is_missing) else trimmed


def _missing(rule: Rule, missing: tuple[str, ...]) -> tuple[str, ...]:
    meant = {*rule.codes}
    if rule.reader == "flag":
        meant |= {*rule.yes, *rule.no}
    return tuple(text for text in (*missing, *rule.missing) if text not in meant)


def _made(rule: Rule, text: pa.Array, missing: tuple[str, ...]) -> Made:
    return _parsed(rule, clean(text, _missing(rule, missing)))


def _parsed(rule: Rule, cleaned: pa.Array) -> Made:
    reader = KIND_READERS[rule.column.kind] if rule.reader in READERS else rule.reader
    if reader == "text":
        return _coded(rule, cleaned)
    if reader == "money":
        return _money(cleaned, rule)
    values = _PARSERS[reader](cleaned, rule).cast(KINDS[rule.column.kind])
    is_bad = pc.and_(cleaned.is_valid(), values.is_null())
    return Made(values, is_bad, REASON_OF_READER[reader])


def _coded(rule: Rule, values: pa.Array) -> Made:
    """Translate codes where the rule has them, and hold the column to its closed list."""
    if not rule.codes and not rule.column.values:
        return Made(values, None, "")
    if rule.codes:
        place = pc.index_in(values, pa.array(list(rule.codes)))
        coded = pa.array(list(rule.codes.values())).take(place)
    else:
        is_known = pc.is_in(values, pa.array(rule.column.values, pa.string()))
        coded = pc.if_else(is_known, values, None)
    if rule.otherwise:
        return Made(pc.fill_null(coded, rule.otherwise), None, "")
    return Made(coded, pc.and_(values.is_valid(), coded.is_null()), "unknown_code")


def _date(texts: pa.Array, rule: Rule) -> pa.Array:
    return parse_dates(texts, rule.date_format, latest_year=rule.latest_year)


def _integer(texts: pa.Array, rule: Rule) -> pa.Array:
    found = pc.extract_regex(texts, _INTEGER)
    values = pc.utf8_ltrim(pc.struct_field(found, "whole"), "+").cast(pa.int64())
    left = pc.and_(texts.is_valid(), values.is_null())
    if not _any(left):
        return values
    different = pc.unique(texts.filter(left)).to_pylist()
    said = {text: whole_of(text, rule.decimal) for text in different}
    return pc.coalesce(values, _looked_up(texts, said, pa.int64()))


def _number(texts: pa.Array, rule: Rule) -> pa.Array:
    if rule.decimal == ",":
        is_grouped = pc.match_substring(texts, ".")
        texts = pc.if_else(is_grouped, None, pc.replace_substring(texts, ",", "."))
    is_number = pc.match_substring_regex(texts, _NUMBER)
    number = pc.utf8_ltrim(pc.if_else(is_number, texts, None), "+").cast(pa.float64())
    return pc.if_else(pc.is_finite(number), number, None)


def _share(texts: pa.Array, rule: Rule) -> pa.Array:
    number = _number(texts, rule)
    is_share = pc.and_(pc.greater_equal(number, 0.0), pc.less_equal(number, 1.0))
    return pc.if_else(is_share, number, None)


def _money(texts: pa.Array, rule: Rule) -> Made:
    """Return amounts in hundredths: the plain ones at once, the others text by text."""
    values = _plain_money(texts) if rule.decimal != "," else pa.nulls(len(texts), pa.int64())
    left = pc.and_(texts.is_valid(), values.is_null())
    if not _any(left):
        return Made(values, None, "not_money")
    currencies = pa.nulls(len(texts), pa.string())
    if rule.decimal != ",":
        marked, currencies = _marked_money(pc.if_else(left, texts, None))
        values = pc.coalesce(values, marked)
        left = pc.and_(texts.is_valid(), values.is_null())
    different = pc.unique(texts.filter(left)).to_pylist()
    said = {text: amount_of(text, rule.decimal) for text in different}
    values = pc.coalesce(values, _looked_up(
        texts, {text: one.minor for text, one in said.items()}, pa.int64()))
    reasons = _looked_up(texts, {text: one.reason or None for text, one in said.items()},
                         pa.string())
    currencies = pc.coalesce(currencies, _looked_up(
        texts, {text: " ".join(one.currencies) or None for text, one in said.items()},
        pa.string()))
    is_bad = pc.and_(texts.is_valid(), values.is_null())
    return Made(values, is_bad, "not_money", reasons, currencies)


def _looked_up(texts: pa.Array, said: Mapping[str, Any], kind: pa.DataType) -> pa.Array:
    place = pc.index_in(texts, pa.array(list(said), pa.string()))
    return pa.array(list(said.values()), kind).take(place)


def _marked_money(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the amounts that have one common mark before or after them, and its currencies."""
    found = pc.extract_regex(texts, _MARKED)
    before, after = (pc.utf8_trim_whitespace(pc.struct_field(found, name))
                     for name in ("before", "after"))
    mark = pc.binary_join_element_wise(before, after, "")
    meant = {one: " ".join(currencies_of(one)) or None
             for one in pc.unique(mark).to_pylist() if one}
    currencies = _looked_up(mark, meant, pa.string())
    minor = _minor(found)
    return pc.if_else(currencies.is_valid(), minor, None), currencies


def _plain_money(texts: pa.Array) -> pa.Array:
    return _minor(pc.extract_regex(texts, _MONEY))


def _minor(found: pa.Array) -> pa.Array:
    whole = pc.replace_substring(pc.struct_field(found, "whole"), ",", "").cast(pa.int64())
    cents = pc.utf8_rpad(pc.struct_field(found, "cents"), 2, "0").cast(pa.int64())
    minor = pc.add(pc.multiply(whole, 100), cents)
    return pc.if_else(pc.equal(pc.struct_field(found, "sign"), "-"), pc.negate(minor), minor)


def _flag(texts: pa.Array, rule: Rule) -> pa.Array:
    shouted = pc.utf8_upper(texts)
    is_yes = pc.is_in(shouted, pa.array(rule.yes, pa.string()))
    is_no = pc.is_in(shouted, pa.array(rule.no, pa.string()))
    return pc.if_else(is_yes, True, pc.if_else(is_no, False, None))


_PARSERS: dict[str, Callable[[pa.Array, Rule], pa.Array]] = {
    "date": _date, "integer": _integer, "number": _number, "share": _share,
    "flag": _flag,
}


def _any_of(mask: pa.Array | None) -> bool:
    return mask is not None and _any(mask)


def _any(mask: pa.Array) -> bool:
    return bool(pc.any(mask).as_py())
