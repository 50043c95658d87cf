"""The parts of a date format, and the pattern of the texts that are written in it."""

from __future__ import annotations

import re

DIRECTIVE = re.compile(r"%-?(.)")
MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august",
               "september", "october", "november", "december")
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPACE = "[ \\t\u00a0\u2009\u202f]+"
_PIECES = re.compile(r"%-?(?P<part>.)|(?P<space>\s+)|(?P<bracket>[\[\]])|(?P<mark>[^%\s])")
_DIGITS = "YymdHIMSf"
_DAY_PARTS = "YymdbBaA"


def _any_name(names: tuple[str, ...]) -> str:
    others = {"september": "(?:t|tember)?", "tuesday": "(?:s|sday)?",
              "thursday": "(?:r|rs|rsday)?"}
    endings = (f"{name[:3]}{others.get(name, f'(?:{name[3:]})?' if name[3:] else '')}"
               for name in names)
    return f"(?i:{'|'.join(endings)})"


_PATTERNS = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d{2})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})",
    "b": f"(?P<b>{_any_name(MONTH_NAMES)})\\.?", "a": f"(?P<a>{_any_name(WEEKDAY_NAMES)})\\.?",
    "H": r"(?:[01]?\d|2[0-3])", "I": r"(?:0?[1-9]|1[0-2])", "M": r"[0-5]\d",
    "S": r"(?:[0-5]\d|6[01])", "f": r"\d{1,9}", "p": r"(?i:[ap]\.?m\.?)",
    "z": r"(?:[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?|[Zz])", "Z": r"[A-Za-z]{1,5}",
}
_PATTERNS |= {"B": _PATTERNS["b"], "A": _PATTERNS["a"]}
_OF_TWO_DIGITS = {
    "m": r"(?P<m>\d{2})", "d": r"(?P<d>\d{2})", "H": r"(?:[01]\d|2[0-3])",
    "I": r"(?:0[1-9]|1[0-2])",
}


def parts_of(date_format: str) -> list[str]:
    """Return the letters of a format's parts in order.

    >>> parts_of("%-d %b %Y[ %H:%M]")
    ['d', 'b', 'Y', 'H', 'M']
    """
    return DIRECTIVE.findall(date_format)


def is_day_within_brackets(date_format: str) -> bool:
    """Return whether what may be absent holds a part of the day, or a bracket has no other."""
    outside = re.sub(r"\[[^\[\]]*\]", "", date_format)
    n_inside = len(parts_of(date_format)) - len(parts_of(outside))
    times = [part for part in parts_of(date_format) if part not in _DAY_PARTS]
    days = [part for part in parts_of(outside) if part in _DAY_PARTS]
    n_days = len(parts_of(date_format)) - len(times)
    return "[" in outside or "]" in outside or (n_inside > 0 and len(days) < n_days)


def date_pattern(date_format: str) -> str:
    """Return the pattern of texts in a format, with a group for each part of the day.

    A month, day or hour may lack its zero, unless the next part follows without a gap.
    """
    pieces = list(_PIECES.finditer(date_format))
    kinds = [piece["part"] or "" for piece in pieces]
    pattern = "".join(
        _piece_pattern(piece, is_tight=_is_tight(kinds, place))
        for place, piece in enumerate(pieces)
    )
    return f"^{pattern}$"


def _is_tight(kinds: list[str], place: int) -> bool:
    around = (*kinds[max(place - 1, 0) : place], *kinds[place + 1 : place + 2])
    return any(kind and kind in _DIGITS for kind in around)


def _piece_pattern(piece: re.Match[str], *, is_tight: bool) -> str:
    if piece["part"]:
        narrow = _OF_TWO_DIGITS if is_tight else {}
        return narrow.get(piece["part"]) or _PATTERNS[piece["part"]]
    if piece["space"]:
        return _SPACE
    if piece["bracket"]:
        return "(?:" if piece["bracket"] == "[" else ")?"
    return re.escape(piece["mark"])
