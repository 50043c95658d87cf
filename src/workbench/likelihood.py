"""Words for probabilities: one printed scale, the word computed from the number."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """The whole percentages, both ends within, that have one word."""

    low_percent: int
    high_percent: int
    word: str


SCALE = (
    Band(0, 7, "remote chance"),
    Band(8, 22, "highly unlikely"),
    Band(23, 37, "unlikely"),
    Band(38, 52, "realistic possibility"),
    Band(53, 77, "likely"),
    Band(78, 92, "highly likely"),
    Band(93, 100, "almost certain"),
)
"""The yardstick of the UK's Professional Head of Intelligence Assessment (PHIA, 2019).

It leaves gaps between its ranges (up to 5, 10 to 20, 25 to 35, 40 to under 50, 55 to 75, 80 to
90, from 95 per cent), so that analysts need not quarrel over a point. A computed number can fall
into a gap, and belongs to the nearer range.
"""

_WORDS = re.compile(
    r"\b(?:(?:highly|very|quite|extremely)\s)?(?:un)?likely\b|\b(?:im)?probabl[ey]\b"
    r"|\balmost\scertain(?:ly)?\b|\brealistic\spossibilit(?:y|ies)\b|\bremote\schance\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\b(?:more|less|most|least|as|so|equally|how)\s$", re.IGNORECASE)
_CAPITAL = re.compile(r" [A-Z]")
_NUMBER = re.compile(r" \((\d{1,3})%")


def likelihood_word(probability: float) -> str:
    """Return the word of a probability (0 to 1), by the whole percentage that is printed of it.

    >>> likelihood_word(0.62), likelihood_word(0.075), likelihood_word(0.074)
    ('likely', 'highly unlikely', 'remote chance')
    """
    if not 0 <= probability <= 1:
        raise ValueError("a probability lies between 0 and 1")
    percent = math.floor(round(probability * 100, 9) + 0.5)
    return next(band.word for band in SCALE if percent <= band.high_percent)


def likelihood_phrase(probability: float, low: float, high: float) -> str:
    """Return word, number and range for a sentence that code writes.

    >>> likelihood_phrase(0.62, 0.55, 0.7)
    'likely (62%, range 55% to 70%)'
    """
    number, start, end = (math.floor(round(p * 100, 9) + 0.5) for p in (probability, low, high))
    return f"{likelihood_word(probability)} ({number}%, range {start}% to {end}%)"


def bare_words(text: str) -> list[str]:
    """Return the words for a probability in a text that no number of theirs follows.

    A word counts as computed where its percentage stands behind it in brackets, as
    ``likelihood_phrase`` writes it, and the scale gives that word. Comparisons (likelier, more
    likely, as likely as) state no probability, and are no such words; nor are names from
    data, such as a place's, of several words that begin with a capital letter each.

    >>> bare_words("We are likely to win"), bare_words("We are likely (62%, range 55% to 70%)")
    (['likely'], [])
    >>> bare_words("The old are likelier to vote, and more likely to give")
    []
    >>> bare_words("Voters of Likely Bay"), bare_words("Likely Alliance"), bare_words("Likely won")
    ([], [], ['Likely'])
    """
    return [
        found[0] for found in _WORDS.finditer(text)
        if not (_COMPARED.search(text[: found.start()]) or _is_computed(found)
                or _is_name(found))
    ]


def _is_name(found: re.Match[str]) -> bool:
    """Tell whether the word is part of a name of several: each has a capital letter."""
    return found[0][0].isupper() and _CAPITAL.match(found.string, found.end()) is not None


def _is_computed(found: re.Match[str]) -> bool:
    number = _NUMBER.match(found.string, found.end())
    return (number is not None and int(number[1]) <= 100
            and likelihood_word(int(number[1]) / 100) == found[0].lower())
