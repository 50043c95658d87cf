"""Standardise identifiers: names, dates, addresses, telephone numbers and e-mail addresses.

Each function takes and returns SQL over one column, so that an engine does the work.
"""

from __future__ import annotations

# Letters that decomposing does not turn into a base letter and a mark.
LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    "ı": "i", "ħ": "h",
}
TITLES = "mr|mrs|ms|miss|mx|dr|prof|rev|sir|dame|lady|lord|hon|fr|sr|sra|srta|don"
SUFFIXES = {
    "jr": "jr|jnr|junior", "sr": "sr|snr|senior", "2": "ii|2nd|2", "3": "iii|3rd|3",
    "4": "iv|4th|4", "5": "v|5th|5",
}
SEXES = {"female": "f|fem|female|w|woman|women", "male": "m|male|man|men"}
STREET_TYPES = {
    "st": "street|str", "rd": "road", "ave": "avenue|av", "ln": "lane", "dr": "drive",
    "ct": "court|crt", "pl": "place", "cres": "crescent|cr|crs", "ter": "terrace|terr|tce",
    "cl": "close", "sq": "square", "blvd": "boulevard|boul", "pkwy": "parkway",
    "hwy": "highway", "gdns": "gardens|gdn", "gr": "grove|grv", "cir": "circle|circ",
    "trl": "trail|tr", "wy": "way", "n": "north", "s": "south", "e": "east", "w": "west",
    "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest",
}
NO_ADDRESS = "removed|unknown|confidential|withheld|none|n a|no fixed|homeless|general delivery"
NO_EMAIL = "none|noemail|no|na|test|unknown|nobody|null|example"
FLAT = r"(?:apartment|apt|flat|unit|suite|ste|room|rm|lot|trailer|trlr|#)"
AHEAD = "^ *([0-9]+[a-zA-Z]?)(?:[^0-9a-zA-Z]|$)"
EARLIEST_BIRTH_YEAR = 1901


def letters(column: str) -> str:
    """Return SQL for the text in plain small letters, words parted by one space, or NULL."""
    text = f"lower({column})"
    for letter, plain in LETTERS.items():
        text = f"replace({text}, '{letter}', '{plain}')"
    text = f"regexp_replace(strip_accents({text}), '[''’`´.]', '', 'g')"
    return f"nullif(trim(regexp_replace({text}, '[^a-z]+', ' ', 'g')), '')"


def given_name(column: str) -> str:
    """Return SQL for the first given name (from plain letters) without a title before it."""
    bare = f"regexp_replace({column}, '^(?:{TITLES}) (?=[a-z])', '')".replace("(?=[a-z])", "")
    return f"nullif(split_part({bare}, ' ', 1), '')"


def family_name(column: str) -> str:
    """Return SQL for a family name (from plain letters) in one piece, its suffix dropped."""
    every = "|".join(SUFFIXES.values())
    bare = f"regexp_replace({column}, ' (?:{every})$', '')"
    return f"nullif(replace({bare}, ' ', ''), '')"


def suffix_code(column: str) -> str:
    """Return SQL for jr, sr, 2, 3, 4, 5 or NULL."""
    bare = f"regexp_replace(lower({column}), '[^a-z0-9]', '', 'g')"
    cases = " ".join(
        f"WHEN regexp_full_match({bare}, '{forms}') THEN '{code}'"
        for code, forms in SUFFIXES.items()
    )
    return f"CASE {cases} END"


def suffix_behind(column: str) -> str:
    """Return SQL for the suffix with which a family name (from plain letters) ends, or NULL."""
    return suffix_code(f"nullif(regexp_extract({column}, ' ([a-z]+)$', 1), '')")


def phone_digits(column: str) -> str:
    """Return SQL for the last ten digits of a number of seven or more, or NULL.

    Country and trunk prefixes fall away. Numbers of one digit repeated are nobody's.
    """
    return phone_of_digits(f"regexp_replace({column}, '[^0-9]', '', 'g')")


def phone_of_digits(digits: str) -> str:
    """Return SQL for the number that a text of digits is, or NULL."""
    return (
        f"CASE WHEN length({digits}) < 7 OR length(replace({digits}, right({digits}, 1), '')) < 2"
        f" OR right({digits}, 10) IN ('1234567890', '0123456789') THEN NULL"
        f" ELSE right({digits}, 10) END"
    )


def email_address(column: str) -> str:
    """Return SQL for the address in small letters without a +tag, or NULL where it is none."""
    small = f"regexp_replace(lower(trim({column})), '[+][^@]*@', '@')"
    return (
        f"CASE WHEN regexp_full_match({small}, '[^@ ]+@[^@ ]+[.][^@ ]+') AND NOT "
        f"regexp_full_match(split_part({small}, '@', 1), '{NO_EMAIL}') THEN {small} END"
    )


def postcode_key(column: str) -> str:
    """Return SQL for a postcode without spaces; a ZIP is its first five digits, zeros put back."""
    bare = f"regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g')"
    return (
        f"CASE WHEN regexp_full_match({bare}, '[0-9]{{9}}') THEN left({bare}, 5) "
        f"WHEN regexp_full_match({bare}, '[0-9]{{8}}') THEN lpad(left({bare}, 4), 5, '0') "
        f"WHEN regexp_full_match({bare}, '[0-9]{{3,4}}') THEN lpad({bare}, 5, '0') "
        f"ELSE nullif({bare}, '') END"
    )


def address_text(column: str) -> str:
    """Return SQL for an address in small letters with its street types shortened, or NULL."""
    text = f"strip_accents(lower({column}))"
    text = f"regexp_replace(replace({text}, '#', ' # '), '[^a-z0-9#]+', ' ', 'g')"
    text = f"(' ' || {text} || ' ')"
    for short, forms in STREET_TYPES.items():
        for form in forms.split("|"):
            text = f"replace({text}, ' {form} ', ' {short} ')"
    text = f"trim({text})"
    return f"CASE WHEN regexp_matches({text}, '^(?:{NO_ADDRESS})') THEN NULL ELSE {text} END"


def house_number(column: str) -> str:
    """Return SQL for the house number in an address text, or NULL."""
    return f"nullif(regexp_extract({_no_flat(column)}, '(?:^| )([0-9]+[a-z]?)(?: |$)', 1), '')"


def house_ahead(column: str) -> str:
    """Return SQL for the house number with which an address as written begins, or NULL."""
    return f"nullif(lower(regexp_extract({column}, '{AHEAD}', 1)), '')"


def after_house(column: str) -> str:
    """Return SQL for what an address as written has after that number, or all of it."""
    return (f"CASE WHEN regexp_matches({column}, '{AHEAD}') THEN "
            f"regexp_replace({column}, '^ *[0-9]+[a-zA-Z]?', '') ELSE {column} END")


def without_flat(column: str) -> str:
    """Return SQL for an address text without its flat, or NULL."""
    return f"nullif(trim({_no_flat(column)}), '')"


def _no_flat(column: str) -> str:
    return f"regexp_replace({column}, '(?:^| ){FLAT} ?#? ?[0-9a-z]+', '')"


def flat_number(column: str) -> str:
    """Return SQL for the flat in an address text, or NULL."""
    return f"nullif(regexp_extract({column}, '(?:^| ){FLAT} ?#? ?([0-9a-z]+)', 1), '')"


def street_name(column: str) -> str:
    """Return SQL for the street in an address text: no number, no flat."""
    number = "(?:^| )[0-9]+[a-z]?(?: |$)"
    return f"nullif(trim(regexp_replace({_no_flat(column)}, '{number}', ' ')), '')"
