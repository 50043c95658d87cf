"""The shape of a text, which says how it is written and not what it says; and the rule for it."""

from __future__ import annotations

import re
import unicodedata

LONGEST_SHAPE = 40
_LONGEST_LETTERS, _LONGEST_DIGITS = 3, 12
_CUT = "…"
_RUNS = re.compile(r"[Aa]+|\?+|9+|.", re.DOTALL)
_DAY_SHAPES = (
    (r"9999([-/. ])99?\1(?:99?)", ("%Y{0}%m{0}%d",)),
    (r"99?([-/. ]|\. )99?\1(?:9999)", ("%m{0}%d{0}%Y", "%d{0}%m{0}%Y")),
    (r"99?([-/. ])99?\1(?:99)", ("%m{0}%d{0}%y", "%d{0}%m{0}%y", "%y{0}%m{0}%d")),
    (r"99?(\. ?|[-/ ])(?:A[Aa]{2}|aaa)…?([-/. ]|, )(?:9999)", ("%d{0}%b{1}%Y",)),
    (r"99?(\. ?|[-/ ])(?:A[Aa]{2}|aaa)…?([-/. ]|, )(?:99)", ("%d{0}%b{1}%y",)),
    (r"(?:A[Aa]{2}|aaa)…?([-/. ]|\. )99?([-/ ]|, ?)(?:9999)", ("%b{0}%d{1}%Y",)),
    (r"9999([-/. ])(?:A[Aa]{2}|aaa)…?\1(?:99?)", ("%Y{0}%b{0}%d",)),
    (r"9{8}", ("%Y%m%d", "%m%d%Y", "%d%m%Y")),
    (r"9{5}(?:\.9+)?", ("spreadsheet_serial",)),
    (r"9{10}", ("unix_seconds",)),
)
_WEEKDAY = r"(?P<weekday>(?:A[Aa]{2}|aaa)…?(?:, | )(?=.*9))?"
_TIME = (r"(?P<gap>[A ]|, )(?P<hour>99?):99(?P<second>:99)?(?P<part>[.,]9{1,9})?"
         r"(?P<half> ?(?:AA|aa|[Aa]\.[Aa]\.))?(?P<zone> ?(?:[+-]99:?99|A(?=$)))?"
         r"(?P<name> A{3,4}…?)?")
_MONEY_RULES = (
    (r"[^9]*9{1,3}(?:[.' ␣]999)*,9{1,2}[^9]*", 'decimal: ","'),
    (r"[^9]*9{1,3}(?:[,' ␣]999)*\.9{1,2}[^9]*", 'decimal: "."'),
    (r"[^9]*9{1,3}\.999[^9]*", 'decimal: "," where the point groups thousands, decimal: "." '
                               "where it does not"),
    (r"[^9]*9{1,3},999[^9]*", 'decimal: "." where the comma groups thousands, decimal: "," '
                              "where it does not"),
)


def shape_of(text: str) -> str:
    """Return how a text is written: digits as 9, letters as A and a, other marks as they are.

    Runs of letters are cut after three, so that no word's length shows; a space that is not
    the common one is ␣. No letter or digit of the text is in its shape.

    >>> shape_of("12/31/2020 9:05")
    '99/99/9999 9:99'
    >>> shape_of("Inventwell, Ada")
    'Aaa…, Aaa'
    """
    marks = "".join(_mark(letter) for letter in text[: 8 * LONGEST_SHAPE])
    shape = "".join(_shortened(run.group()) for run in _RUNS.finditer(marks))
    return shape if len(shape) <= LONGEST_SHAPE else shape[: LONGEST_SHAPE - 1] + _CUT


def _mark(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind.startswith("N"):
        return "9"
    if kind in ("Lu", "Lt"):
        return "A"
    if kind.startswith(("L", "M")):
        return "a"
    if kind.startswith(("P", "S")) and (letter.isascii() or kind in ("Pd", "Sc")
                                        or letter in "’′‘−"):
        return letter
    if letter == " ":
        return letter
    return "␣" if kind.startswith("Z") else "?"


def _shortened(run: str) -> str:
    longest = _LONGEST_DIGITS if run[0] == "9" else _LONGEST_LETTERS
    return run if len(run) <= longest else run[:longest] + _CUT


def date_formats(shape: str) -> tuple[str, ...]:
    """Return the date formats that read texts of such a shape; several where it cannot tell.

    >>> date_formats("99/99/9999 9:99")
    ('%m/%d/%Y %H:%M', '%d/%m/%Y %H:%M')
    """
    for pattern, formats in _DAY_SHAPES:
        found = re.fullmatch(f"{_WEEKDAY}(?:{_renumbered(pattern)})(?:{_TIME})?", shape)
        if found:
            return tuple(_weekday(found) + each.format(*_gaps(found)) + _time(found)
                         for each in formats)
    return ()


def _renumbered(pattern: str) -> str:
    """Return a pattern whose bare groups have names, so that others may stand before them."""
    named = pattern.replace(r"\1", "(?P=g0)")
    for number in range(2):
        named = re.sub(r"\((?!\?)", f"(?P<g{number}>", named, count=1)
    return named


def _gaps(found: re.Match[str]) -> tuple[str, ...]:
    return tuple(found[name] for name in ("g0", "g1") if name in found.groupdict())


def _weekday(found: re.Match[str]) -> str:
    day = found["weekday"] or ""
    return re.sub(r"^[Aa]+…?", "%a", day)


def _time(found: re.Match[str]) -> str:
    if not found["hour"]:
        return ""
    half, zone = found["half"] or "", found["zone"] or ""
    parts = (
        found["gap"].replace("A", "T"),
        "%I:%M" if half else "%H:%M",
        ":%S" if found["second"] else "",
        f"{found['part'][0]}%f" if found["part"] else "",
        " %p" if half.startswith(" ") else "%p" if half else "",
        " %z" if zone.startswith(" ") else "%z" if zone else "",
        " %Z" if found["name"] else "",
    )
    return "".join(parts)


def rule_for(reason_code: str, shape: str) -> str:
    """Return the rule that would read texts of such a shape; '' where none is known.

    >>> rule_for("not_money", "9.999,99")
    'decimal: ","'
    """
    if reason_code == "not_a_date":
        return " or ".join(f'date_format: "{each}"' for each in date_formats(shape))
    if reason_code in ("not_money", "not_a_number", "either_decimal"):
        rules = (rule for pattern, rule in _MONEY_RULES if re.fullmatch(pattern, shape))
        return next(rules, "")
    return _RULES.get(reason_code, "")


_RULES = {
    "not_a_share": "divide percentages by 100 in the file",
    "not_a_flag": 'yes: ["…"], no: ["…"], with the words that the column uses',
    "unknown_code": "codes: {\"…\": …}, with the codes that the column uses, or otherwise: …",
}
