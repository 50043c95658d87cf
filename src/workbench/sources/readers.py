"""Readers that one layout needs, by name: several file columns in, one canonical column out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from workbench.sources import names

Texts = Sequence[pa.Array]
Reader = Callable[[Texts, str], pa.Array]

_WHOLE = r"^(\d+)\.0+$"
_FEC_PERSONS = ("IND", "CAN")
_CONDUIT_OUT = ("24T", "24I", "15I", "15T")
_CONDUIT_IN = ("15E", "30E", "31E", "32E")
_GIFTS = ("10", "11", "15", "15C", "30", "31", "32")
_REFUND = r"^\d\dY$"
_VOIDED = r"(?i)\bvoid(ed)?\b|\bstop(ped)? payment\b|\bun(cashed|deposited)\b|\bstale\b"
_BOUNCED = (r"(?i)\bnsf\b|\bcharge ?-?backs?\b|\binsufficient funds\b|\bbounced\b"
            r"|\breturned che(ck|que)\b")
_MOVED = r"(?i)\bre-?(attribut|designat)"


def joined(texts: Texts, separator: str) -> pa.Array:
    """Return the texts joined; missing where any of them is missing (a key made of parts)."""
    return pc.binary_join_element_wise(*texts, separator)


def line(texts: Texts, separator: str) -> pa.Array:
    """Return the texts that are there joined on one line; missing where none is."""
    is_there = pc.coalesce(*texts).is_valid()
    first = pc.if_else(is_there, texts[0], "")  # Arrow drops rows in which all are missing
    text = pc.binary_join_element_wise(first, *texts[1:], separator, null_handling="skip")
    return pc.if_else(is_there, text, None)


def mail_line(texts: Texts, separator: str) -> pa.Array:
    """Return a postal address on one line, its last part (the ZIP) without a decimal."""
    return line([*texts[:-1], without_decimal(texts[-1:], separator)], separator)


def without_decimal(texts: Texts, separator: str) -> pa.Array:
    """Return '27517.0' as '27517': a code that went through a spreadsheet; others unchanged.

    >>> without_decimal([pa.array(["27517.0", "27517-1234", "04.5"])], "").to_pylist()
    ['27517', '27517-1234', '04.5']
    """
    return pc.replace_substring_regex(texts[0], _WHOLE, r"\1")


def fec_is_person(texts: Texts) -> pa.Array:
    """Return whether NAME (first) is a person's by ENTITY_TP (second), else by its comma.

    Organisations have no comma in NAME; ENTITY_TP IND and CAN are persons in any case.
    """
    name, entity = texts
    by_comma = pc.match_substring(name, ",")
    by_entity = pc.is_in(entity, pa.array(_FEC_PERSONS))
    return pc.if_else(entity.is_null(), by_comma, by_entity)


def fec_donor_kind(texts: Texts, separator: str) -> pa.Array:
    """Return ``individual``, ``organisation`` or, where there is no name, ``unknown``."""
    kind = pc.if_else(fec_is_person(texts), "individual", "organisation")
    return pc.if_else(texts[0].is_null(), "unknown", pc.fill_null(kind, "unknown"))


def fec_organisation_name(texts: Texts, separator: str) -> pa.Array:
    """Return NAME where an organisation gave, otherwise missing."""
    return pc.if_else(fec_is_person(texts), None, texts[0])


def fec_last_name(texts: Texts, separator: str) -> pa.Array:
    """Return the family name without a suffix; the whole NAME where it has no comma."""
    return names.last_first_last_name([_person(texts)], separator)


def fec_first_name(texts: Texts, separator: str) -> pa.Array:
    """Return the first word after the comma of 'LAST, FIRST MIDDLE TITLE'."""
    return names.last_first_first_name([_person(texts)], separator)


def fec_middle_name(texts: Texts, separator: str) -> pa.Array:
    """Return what follows the first name, without a suffix or a title at its end."""
    return names.last_first_middle_name([_person(texts)], separator)


def fec_name_suffix(texts: Texts, separator: str) -> pa.Array:
    """Return JR, SR, II, III or IV from the end of NAME, or of the family name in it."""
    return names.last_first_name_suffix([_person(texts)], separator)


def fec_gift_kind(texts: Texts, separator: str) -> pa.Array:
    """Return what a row is, from TRANSACTION_TP, MEMO_CD, TRANSACTION_AMT and MEMO_TEXT.

    A memo row repeats money of another row. 24T and 24I (and 15I, 15T) are the conduit's side
    of a gift whose other side is 15E. Types ending in Y are refunds, and so is any other
    negative amount, unless its text says that a payment bounced, or was voided, or that the gift
    was moved to another person or election. A refund below zero whose text says that the
    cheque was voided did not go back. Source: FEC transaction type codes; traps measured in
    the layout notes.
    """
    kind, memo, amount, said = texts
    is_below = pc.fill_null(pc.starts_with(amount, "-"), False)
    is_refund = pc.or_(pc.fill_null(pc.match_substring_regex(kind, _REFUND), False), is_below)
    code = pc.if_else(pc.is_in(kind, pa.array(_GIFTS)), "gift", "other")
    code = pc.if_else(pc.is_in(kind, pa.array(_CONDUIT_IN)), "conduit_in", code)
    code = pc.if_else(is_refund, "refund", code)
    code = pc.if_else(pc.and_(is_below, _says(said, _MOVED)), "moved", code)
    never_paid = pc.or_(_says(said, _BOUNCED), _says(said, _VOIDED))
    code = pc.if_else(pc.and_(is_below, never_paid), "bounced", code)
    code = pc.if_else(_is_voided(amount, kind, said), "voided_refund", code)
    code = pc.if_else(pc.is_in(kind, pa.array(_CONDUIT_OUT)), "conduit_out", code)
    return pc.if_else(pc.fill_null(pc.equal(memo, "X"), False), "memo", code)


def fec_amount(texts: Texts, separator: str) -> pa.Array:
    """Return TRANSACTION_AMT as text, negative where TRANSACTION_TP (second) refunds.

    The FEC writes most refunds (22Y) as positive amounts; here money that went back is
    negative, whichever way it was written. A voided refund (MEMO_TEXT, third) is positive.
    """
    amount, kind, said = texts
    is_refund = pc.fill_null(pc.match_substring_regex(kind, _REFUND), False)
    size = pc.utf8_ltrim(amount, "-")
    negative = pc.binary_join_element_wise("-", size, "")
    signed = pc.if_else(is_refund, negative, amount)
    return pc.if_else(_is_voided(amount, kind, said), size, signed)


def fec_conduit(texts: Texts, separator: str) -> pa.Array:
    """Return OTHER_ID (first) on either side of an earmarked gift, by TRANSACTION_TP (second)."""
    is_conduit = pc.is_in(texts[1], pa.array((*_CONDUIT_IN, *_CONDUIT_OUT)))
    return pc.if_else(is_conduit, texts[0], None)


def _is_voided(amount: pa.Array, kind: pa.Array, said: pa.Array) -> pa.Array:
    """Tell whether a row undoes a refund: one below zero whose text says so."""
    is_refund = pc.fill_null(pc.match_substring_regex(kind, _REFUND), False)
    is_below = pc.fill_null(pc.starts_with(amount, "-"), False)
    return pc.and_(pc.and_(is_refund, is_below), _says(said, _VOIDED))


def _says(text: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(text, pattern), False)


def _person(texts: Texts) -> pa.Array:
    return pc.if_else(fec_is_person(texts), texts[0], None)


N_TEXTS = {
    "without_decimal": 1, "fec_donor_kind": 2, "fec_organisation_name": 2, "fec_last_name": 2,
    "fec_first_name": 2, "fec_middle_name": 2, "fec_name_suffix": 2, "fec_gift_kind": 4,
    "fec_amount": 3, "fec_conduit": 2,
}
READERS: dict[str, Reader] = {
    reader.__name__: reader
    for reader in (
        joined, line, mail_line, without_decimal, fec_donor_kind, fec_organisation_name,
        fec_last_name, fec_first_name, fec_middle_name, fec_name_suffix, fec_gift_kind,
        fec_amount, fec_conduit, *names.NAME_READERS,
    )
}
