"""Names that stand in one column, and bands of ages: taken apart by how they are written."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

Texts = Sequence[pa.Array]

_SUFFIXES = "JR|SR|II|III|IV"
_TITLES = r"(?:\b(?:MR|MRS|MS|MISS|DR|HON|REV|PROF|ESQ|MD|PHD)\b\.?[\s,]*)*"
_LAST_FIRST = (
    rf"(?i)^\s*(?P<last>[^,]*?)(?:[\s,]+(?P<early>{_SUFFIXES})\.?)?\s*,"
    r"\s*(?P<first>[^\s,]*)[\s,]*(?P<rest>.*?)\s*$"
)
_REST = (
    rf"(?i)^(?P<middle>.*?)[\s,]*{_TITLES}(?:\b(?P<suffix>{_SUFFIXES})\b\.?)?[\s,]*{_TITLES}$"
)
_PARTICLES = r"(?:(?:van|von|de|der|den|da|del|della|di|la|le|du|dos|das|bin|al|ter|ten)\s+)*"
_FULL = (
    rf"(?i)^\s*{_TITLES}(?P<first>[^\s,]+)\s+(?:(?P<middle>[^,]*?)\s+)??"
    rf"(?P<last>{_PARTICLES}[^\s,]+)(?:[\s,]+(?P<suffix>{_SUFFIXES})\.?)?[\s,]*{_TITLES}$"
)
_YEARS = r"(?P<{}>\d{{1,3}})"
_BAND = (rf"(?i)^\D{{0,8}}?{_YEARS.format('low')}\s*(?:-|–|—|to)\s*"
         rf"{_YEARS.format('high')}\D{{0,12}}$")
_BAND_UP = (rf"(?i)^\D{{0,8}}?{_YEARS.format('low')}\s*"
            r"(?:\+|and over|and above|and older|or older|or over|plus)\D{0,8}$")
_BAND_BELOW = rf"(?i)^(?:under|below|less than|<)\s*{_YEARS.format('high')}\D{{0,8}}$"


def last_first_last_name(texts: Texts, separator: str) -> pa.Array:
    """Return the family name of 'Last, First Middle'; the whole text where it has no comma."""
    return filled(pc.coalesce(_part(texts[0], _LAST_FIRST, "last"), texts[0]))


def last_first_first_name(texts: Texts, separator: str) -> pa.Array:
    """Return the first word after the comma of 'Last, First Middle'."""
    return filled(_part(texts[0], _LAST_FIRST, "first"))


def last_first_middle_name(texts: Texts, separator: str) -> pa.Array:
    """Return what follows the first name, without a suffix or a title at its end."""
    return filled(_part(_part(texts[0], _LAST_FIRST, "rest"), _REST, "middle"))


def last_first_name_suffix(texts: Texts, separator: str) -> pa.Array:
    """Return Jr, Sr, II, III or IV from the end of the text, or of the family name in it."""
    late = filled(_part(_part(texts[0], _LAST_FIRST, "rest"), _REST, "suffix"))
    return pc.coalesce(late, filled(_part(texts[0], _LAST_FIRST, "early")))


def full_name_last_name(texts: Texts, separator: str) -> pa.Array:
    """Return the family name of 'Title First Middle Last Suffix', with its van or de.

    A text of one word is a family name.
    """
    return filled(pc.coalesce(_part(texts[0], _FULL, "last"), texts[0]))


def full_name_first_name(texts: Texts, separator: str) -> pa.Array:
    """Return the first given name of 'Title First Middle Last Suffix'."""
    return filled(_part(texts[0], _FULL, "first"))


def full_name_middle_name(texts: Texts, separator: str) -> pa.Array:
    """Return what stands between the first name and the family name."""
    return filled(_part(texts[0], _FULL, "middle"))


def full_name_name_suffix(texts: Texts, separator: str) -> pa.Array:
    """Return Jr, Sr, II, III or IV from the end of the text."""
    return filled(_part(texts[0], _FULL, "suffix"))


def age_band(texts: Texts, separator: str) -> pa.Array:
    """Return a band of ages as the tables write it; a text that is none stays as it is.

    >>> age_band([pa.array(["25 to 34", "65 and over", "under 25", "old"])], "").to_pylist()
    ['25-34', '65+', '0-24', 'old']
    """
    low, high = (_part(texts[0], _BAND, name) for name in ("low", "high"))
    start = _part(texts[0], _BAND_UP, "low")
    below = pc.subtract(_part(texts[0], _BAND_BELOW, "high").cast(pa.int64()), 1)
    return pc.coalesce(
        pc.binary_join_element_wise(low, high, "-"), pc.binary_join_element_wise(start, "", "+"),
        pc.binary_join_element_wise("0", below.cast(pa.string()), "-"), texts[0])


def filled(text: pa.Array) -> pa.Array:
    """Return the texts, missing where they are empty."""
    return pc.if_else(pc.equal(text, ""), None, text)


def _part(texts: pa.Array, pattern: str, name: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(texts, pattern), name)


NAME_READERS = (
    last_first_last_name, last_first_first_name, last_first_middle_name, last_first_name_suffix,
    full_name_last_name, full_name_first_name, full_name_middle_name, full_name_name_suffix,
    age_band,
)
