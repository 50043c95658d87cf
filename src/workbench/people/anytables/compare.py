"""What is compared in any tables: the core's comparisons, finer where files are dirtier."""

from __future__ import annotations

from workbench.people import comparisons as core
from workbench.people.comparisons import Comparison, Level, missing, otherwise

SHORT_TEXT = 32  # letters; longer texts are compared by their words


def _signs_apart(column: str) -> str:
    """Return SQL for the number of places at which two texts of one length differ."""
    return (f"CASE WHEN length({column}_l) = length({column}_r) "
            f"THEN hamming({column}_l, {column}_r) END")


def _a_sign_apart(column: str) -> str:
    """Return SQL for one sign changed, or two neighbours swapped, in texts of one length."""
    apart = _signs_apart(column)
    return (f"({apart} = 1 OR ({apart} = 2 AND "
            f"damerau_levenshtein({column}_l, {column}_r) = 1))")


def _words_shared(column: str, share: float) -> str:
    """Return SQL for so large a share of the words of two texts being the same."""
    both = f"{column}_words_l, {column}_words_r"
    return (f"list_has_any({both}) AND len(list_intersect({both})) >= {share} * "
            f"greatest(len({column}_words_l), len({column}_words_r))")


def _number(column: str, words: str) -> Comparison:
    return Comparison(column, (
        missing(column),
        Level(f"the same {words}", f"{column}_l = {column}_r"),
        Level(f"{words}s a sign apart", _a_sign_apart(column)),
        otherwise(f"different {words}s"),
    ))


# Both names swapped is one fact: the given name weighs it, the family name then says nothing.
SWAPPED = "given and family name in each other's place"
_IS_SWAPPED = (
    "jaro_winkler_similarity(first_name_l, last_name_r) >= 0.85 AND "
    "jaro_winkler_similarity(last_name_l, first_name_r) >= 0.85 AND NOT "
    "list_has_any(formals_l, formals_r) AND "
    "jaro_winkler_similarity(first_name_l, first_name_r) < 0.9 AND "
    "jaro_winkler_similarity(last_name_l, last_name_r) < 0.92")
FIRST = Comparison("first_name", (
    *core.FIRST.levels[:-2],  # all but names swapped and the rest
    Level(SWAPPED, _IS_SWAPPED, term="first_name"),
    Level("one's first given name is the other's second",
          "first_name_l = second_name_r OR second_name_l = first_name_r"),
    Level("given names a little alike",
          "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.8"),
    otherwise("different given names"),
))
LAST = Comparison("last_name", tuple(
    Level(SWAPPED, _IS_SWAPPED, is_missing=True) if level.words == SWAPPED else level
    for level in core.LAST.levels))
_SWAPPED = ("birth_digits_l = left(birth_digits_r, 4) || right(birth_digits_r, 2) || "
            "substr(birth_digits_r, 5, 2)")
BIRTH_DATE = Comparison("birth_date", (
    missing("birth_digits"),
    Level("the same date of birth", "birth_digits_l = birth_digits_r"),
    Level("dates of birth a digit or a swap apart",
          f"{_a_sign_apart('birth_digits')} OR {_SWAPPED}"),
    Level("dates of birth two digits apart", f"{_signs_apart('birth_digits')} <= 2"),
    Level("different dates of birth, one year",
          "left(birth_digits_l, 4) = left(birth_digits_r, 4)"),
    otherwise("different dates of birth"),
))
SAME_DAY = [level.words for level in BIRTH_DATE.levels].index("the same date of birth")
BIRTH_YEAR = Comparison("birth_year", (
    Level("no two years of birth",
          "birth_low_l IS NULL OR birth_low_r IS NULL OR (birth_digits_l IS NOT NULL AND "
          "birth_digits_r IS NOT NULL)", is_missing=True),
    Level("a year of birth that agrees",
          "greatest(birth_low_l, birth_low_r) <= least(birth_high_l, birth_high_r)"),
    *(Level(f"years of birth {words}", "greatest(birth_low_l, birth_low_r) - "
            f"least(birth_high_l, birth_high_r) <= {years}")
      for years, words in ((1, "one apart"), (2, "two apart"), (5, "up to five apart"),
                           (10, "up to ten apart"))),
    otherwise("different years of birth"),
))
ADDRESS = Comparison("address", (
    Level("no two addresses", missing("address").condition, is_missing=True),
    Level("the same house", "house_street_l = house_street_r AND flat_l = flat_r",
          term="house_street"),
    Level("the same words of an address", "address_words_l = address_words_r"),
    Level("the same house, another flat", "house_street_l = house_street_r"),
    Level("the same house number, streets spelled alike",
          "house_l = house_r AND jaro_winkler_similarity(street_l, street_r) >= 0.9"),
    Level("most words of an address", _words_shared("address", 0.6)),
    Level("the same street, another house", "street_l = street_r"),
    Level("addresses spelled alike", "jaro_winkler_similarity(address_l, address_r) >= 0.85"),
    Level("some words of an address", _words_shared("address", 0.3)),
    otherwise("different addresses"),
))
PLACE = Comparison("place", (
    Level("no two places", "(postcode_l IS NULL OR postcode_r IS NULL) AND "
          "(town_l IS NULL OR town_r IS NULL)", is_missing=True),
    Level("the same postcode and town", "postcode_l = postcode_r AND town_l = town_r"),
    Level("the same postcode", "postcode_l = postcode_r"),
    Level("the same town, postcodes a sign apart",
          f"town_l = town_r AND {_a_sign_apart('postcode')}"),
    Level("the same town", "town_l = town_r"),
    Level("postcodes a sign apart", _a_sign_apart("postcode")),
    Level("towns spelled alike", "jaro_winkler_similarity(town_l, town_r) >= 0.9"),
    otherwise("different places"),
))
SEAT = Comparison("seat", (
    Level("no seat to compare", "seat_id_l IS NULL OR seat_id_r IS NULL", is_missing=True),
    Level("the same seat", "seat_id_l = seat_id_r"),
    otherwise("different seats"),
))

VOTER_ID = _number("voter_id", "elector's number")
PERSON_NUMBER = _number("person_number", "number of a person")
COMPARISONS = (
    FIRST, LAST, core.MIDDLE, core.SUFFIX, BIRTH_DATE, BIRTH_YEAR, ADDRESS, PLACE, SEAT,
    core.PHONE, core.EMAIL, core.SEX, VOTER_ID, PERSON_NUMBER,
)
# The column that must be there on both sides for a comparison to say something.
NEEDS = {
    "first_name": "first_initial", "last_name": "last_name", "middle_name": "middle_initial",
    "suffix": "suffix", "birth_date": "birth_digits", "birth_year": "birth_low",
    "address": "address", "place": "coalesce(postcode, town)", "seat": "seat_id",
    "phone": "phone", "email": "email", "sex": "sex_code", "voter_id": "voter_id",
    "person_number": "person_number",
}


def other_text(column: str) -> Comparison:
    """Return the comparison of a column that is no standard identifier."""
    is_short = f"greatest(length({column}_l), length({column}_r)) <= {SHORT_TEXT}"
    is_near = (f"length({column}_l) >= 4 AND abs(length({column}_l) - length({column}_r)) <= 1 "
               f"AND {is_short}")
    alike = f"{is_short} AND jaro_winkler_similarity({column}_l, {column}_r) >= "
    return Comparison(column, (
        missing(column),
        Level("the same text", f"{column}_l = {column}_r", term=column),
        Level("the same words", f"{column}_words_l = {column}_words_r"),
        Level("texts a sign apart",
              f"{is_near} AND damerau_levenshtein({column}_l, {column}_r) = 1"),
        Level("texts spelled alike", f"{alike} 0.92"),
        Level("most words of a text", _words_shared(column, 0.6)),
        Level("texts a little alike", f"{alike} 0.85"),
        Level("some words of a text", _words_shared(column, 0.3)),
        otherwise("different texts"),
    ))
