"""What is compared in a pair of records, and the levels of agreement, strongest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# What of a record the conditions of the levels look at.
COMPARED = (
    "first_name", "first_initial", "formals", "middle_initial", "last_name", "suffix",
    "birth_date", "birth_low", "birth_high", "sex_code", "house", "street", "flat", "town",
    "postcode", "seat_id", "phone", "email",
)


@dataclass(frozen=True)
class Level:
    """One level of agreement. ``condition`` is SQL over columns that end in _l and _r.

    ``term`` names the column whose frequency tells how rare the agreement is; a level that
    ``is_missing`` has nothing to compare and weighs nothing.
    """

    words: str
    condition: str
    term: str = ""
    is_missing: bool = False


@dataclass(frozen=True)
class Comparison:
    """One identifier compared: its levels are tried in order, the last holds for the rest."""

    name: str
    levels: tuple[Level, ...]


def missing(*columns: str) -> Level:
    """Return the level at which one side or the other lacks a column."""
    either = " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")
    return Level("nothing to compare", either, is_missing=True)


def otherwise(words: str) -> Level:
    """Return the level of what is left."""
    return Level(words, "ELSE")


FIRST = Comparison("first_name", (
    Level("no given name", "first_initial_l IS NULL OR first_initial_r IS NULL", is_missing=True),
    Level("the same given name", "first_name_l = first_name_r", term="first_name"),
    Level("forms of one given name", "list_has_any(formals_l, formals_r)"),
    Level("given names spelled alike",
          "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.9"),
    Level("an initial that agrees",
          "(first_name_l IS NULL OR first_name_r IS NULL) AND first_initial_l = first_initial_r"),
    Level("given and family name in each other's place",
          "first_name_l = last_name_r AND last_name_l = first_name_r"),
    otherwise("different given names"),
))
LAST = Comparison("last_name", (
    missing("last_name"),
    Level("the same family name", "last_name_l = last_name_r", term="last_name"),
    Level("family names spelled alike",
          "jaro_winkler_similarity(last_name_l, last_name_r) >= 0.92"),
    Level("given and family name in each other's place",
          "first_name_l = last_name_r AND last_name_l = first_name_r"),
    Level("one family name holds the other",
          "least(length(last_name_l), length(last_name_r)) >= 4 AND "
          "(contains(last_name_l, last_name_r) OR contains(last_name_r, last_name_l))"),
    Level("family names a little alike",
          "jaro_winkler_similarity(last_name_l, last_name_r) >= 0.8"),
    otherwise("different family names"),
))
MIDDLE = Comparison("middle_name", (
    missing("middle_initial"),
    Level("the same middle initial", "middle_initial_l = middle_initial_r"),
    otherwise("different middle initials"),
))
SUFFIX = Comparison("suffix", (
    missing("suffix"),
    Level("the same suffix", "suffix_l = suffix_r"),
    otherwise("different suffixes"),
))
# A comparison has nothing to say where a finer one does, so that each learns from pairs of one
# kind: dates against dates, years against years, ages against ages or bands.
_DATES = "(birth_date_l IS NOT NULL AND birth_date_r IS NOT NULL)"
_YEARS = "(birth_low_l = birth_high_l AND birth_low_r = birth_high_r)"
_BAND = "(greatest(birth_high_l - birth_low_l, birth_high_r - birth_low_r) > 2)"
_OVERLAP = "greatest(birth_low_l, birth_low_r) <= least(birth_high_l, birth_high_r)"
_NEAR = "greatest(birth_low_l, birth_low_r) - least(birth_high_l, birth_high_r) <= 1"
BIRTH_DATE = Comparison("birth_date", (
    missing("birth_date"),
    Level("the same date of birth", "birth_date_l = birth_date_r"),
    Level("dates of birth a digit or a swap apart",
          "hamming(strftime(birth_date_l, '%Y%m%d'), strftime(birth_date_r, '%Y%m%d')) <= 2"),
    Level("different dates of birth, one year", "birth_low_l = birth_low_r"),
    otherwise("different dates of birth"),
))
BIRTH_YEAR = Comparison("birth_year", (
    Level("no two years of birth", f"birth_low_l IS NULL OR birth_low_r IS NULL OR {_DATES} "
          f"OR NOT {_YEARS}", is_missing=True),
    Level("the same year of birth", "birth_low_l = birth_low_r"),
    Level("years of birth one apart", "abs(birth_low_l - birth_low_r) = 1"),
    otherwise("different years of birth"),
))
AGE = Comparison("age", (
    Level("no age", f"birth_low_l IS NULL OR birth_low_r IS NULL OR {_YEARS} OR {_BAND}",
          is_missing=True),
    Level("an age that agrees", _OVERLAP),
    Level("ages a year apart", _NEAR),
    otherwise("different ages"),
))
AGE_BAND = Comparison("age_band", (
    Level("no age band", f"birth_low_l IS NULL OR birth_low_r IS NULL OR NOT {_BAND}",
          is_missing=True),
    Level("an age in the band", _OVERLAP),
    otherwise("an age outside the band"),
))
_HOMES = ("(house_l IS NOT NULL AND street_l IS NOT NULL AND house_r IS NOT NULL "
          "AND street_r IS NOT NULL)")
_ONE_HOUSE = "house_l = house_r AND street_l = street_r"
_TOWNS = "(town_l IS NOT NULL AND town_r IS NOT NULL)"
HOME = Comparison("home", (
    Level("no two addresses", f"NOT {_HOMES}", is_missing=True),
    Level("the same home",
          f"{_ONE_HOUSE} AND flat_l = flat_r AND (postcode_l = postcode_r OR town_l = town_r)"),
    Level("the same house, another flat",
          f"{_ONE_HOUSE} AND (postcode_l = postcode_r OR town_l = town_r)"),
    Level("the same postcode", "postcode_l = postcode_r"),
    Level("the same town", "town_l = town_r"),
    otherwise("different places"),
))
TOWN = Comparison("town", (
    Level("no town to compare", f"{_HOMES} OR NOT {_TOWNS}", is_missing=True),
    Level("the same town", "town_l = town_r"),
    otherwise("different towns"),
))
SEAT = Comparison("seat", (
    Level("no seat to compare", f"{_HOMES} OR {_TOWNS} OR seat_id_l IS NULL OR seat_id_r IS NULL",
          is_missing=True),
    Level("the same seat", "seat_id_l = seat_id_r"),
    otherwise("different seats"),
))
PHONE = Comparison("phone", (
    missing("phone"),
    Level("the same telephone number", "phone_l = phone_r", term="phone"),
    Level("telephone numbers a digit apart",
          "length(phone_l) = length(phone_r) AND hamming(phone_l, phone_r) = 1"),
    otherwise("different telephone numbers"),
))
EMAIL = Comparison("email", (
    missing("email"),
    Level("the same e-mail address", "email_l = email_r", term="email"),
    Level("the same name before the @",
          "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)"),
    otherwise("different e-mail addresses"),
))
SEX = Comparison("sex", (
    missing("sex_code"),
    Level("the same sex", "sex_code_l = sex_code_r"),
    otherwise("different sex"),
))
COMPARISONS = (
    FIRST, LAST, MIDDLE, SUFFIX, BIRTH_DATE, BIRTH_YEAR, AGE, AGE_BAND, HOME, TOWN, SEAT, PHONE,
    EMAIL, SEX,
)
TERMS = tuple(sorted({level.term for c in COMPARISONS for level in c.levels if level.term}))


def case_sql(levels: Sequence[Any], values: Iterable[object]) -> str:
    """Return SQL for the value, one a level, of the level that a pair reaches."""
    cases = " ".join(
        f"ELSE {value}" if level.condition == "ELSE" else f"WHEN {level.condition} THEN {value}"
        for level, value in zip(levels, values, strict=True))
    return f"CASE {cases} END"


def with_chances(comparison: Comparison, m: np.ndarray, u: np.ndarray) -> dict[str, Any]:
    """Return a comparison as Splink's settings write it, with the m and u of its levels."""
    entry: dict[str, Any] = splink_comparison(comparison)
    for level, m_level, u_level in zip(entry["comparison_levels"], m, u, strict=True):
        if not level.get("is_null_level"):
            level["m_probability"], level["u_probability"] = float(m_level), float(u_level)
    return entry


def splink_comparison(comparison: Comparison) -> dict[str, object]:
    """Return a comparison as Splink's settings write it."""
    levels = []
    for level in comparison.levels:
        entry: dict[str, object] = {
            "sql_condition": level.condition, "label_for_charts": level.words,
        }
        if level.is_missing:
            entry["is_null_level"] = True
        if level.term:
            entry |= {"tf_adjustment_column": level.term, "tf_adjustment_weight": 1.0}
        levels.append(entry)
    return {"output_column_name": comparison.name, "comparison_levels": levels}
