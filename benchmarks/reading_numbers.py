"""Quantities that briefs name, and those that have one name and several values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, takewhile
from typing import Any

NEAR = 0.1  # two populations that differ by less are taken for two counts of one
LEAST_COUNT = 100  # below it a count in a sentence is a group's, not a population's
STOPS = re.compile(
    r"is|are|was|were|have|has|had|can|will|would|should|may|do|does|did|and|or|than|then|but|as|"
    r"to|that|which|so|if|it|they|we|this|about|a|the|each|more|less|other|not|for|every", re.I)
# What these count differs from file to file and from method to method.
NO_POPULATIONS = re.compile(r"(day|week|month|year|hour|minute|row|interval|file)s?|chance", re.I)
NO_NOUNS = {"in", "of", "with", "from", "by", "on", "at"}
LEAST_WORDS = 3  # that tell what a share is of
IN_TEXT = re.compile(
    r"(?<![\w.,/$€£−-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(%?)((?:\s+[A-Za-z’'-]+){1,5})")
VALUE = re.compile(r"[-−]?(?:USD |EUR |GBP )?([$€£]?)\s?(\d[\d,]*(?:\.\d+)?)\s?(%?)")


@dataclass(frozen=True)
class Quantity:
    """One named value of one brief; ``is_exact`` where its name says which population it is."""

    brief: str
    name: str
    value: str
    is_exact: bool

    @property
    def number(self) -> float:
        """The value as a number; a minus sign counts."""
        found = VALUE.match(self.value)
        sign = -1 if self.value[:1] in "-−" else 1
        return sign * float(found[2].replace(",", "")) if found else float("nan")

    @property
    def half_step(self) -> float:
        """Half a unit of the last digit that is printed."""
        found = VALUE.match(self.value)
        return 0.5 * 10 ** -len(found[2].partition(".")[2]) if found else 0.0


def quantities(brief: str, page: dict[str, Any]) -> list[Quantity]:
    """Return what a page says of named quantities: in tiles, in tables, in sentences.

    What is folded counts as well. A brief in a folder is about one file, as its tiles and tables
    are.
    """
    sentences = list(_sentences(brief, page["lines"]))
    if "/" in brief:
        return sentences
    return [*_tiles(brief, page["tiles"]), *_cells(brief, page["cells"]), *sentences]


def _tiles(brief: str, tiles: Iterable[dict[str, str]]) -> Iterator[Quantity]:
    for tile in tiles:
        found = VALUE.match(tile["value"])
        if found is None or tile["value"].startswith("hidden"):
            continue
        yield Quantity(brief, _named(tile["label"], found), tile["value"], True)
        of = re.match(r"(?:(?:share |part )?of )?([a-z]+)(?:,|$)", tile["unit"])
        if of and VALUE.match(tile["n"]) and tile["n"] != tile["value"]:
            yield Quantity(brief, f"{_plain(of[1])} (count)", tile["n"], False)


def _cells(brief: str, cells: Iterable[dict[str, str]]) -> Iterator[Quantity]:
    for cell in cells:
        found = VALUE.match(cell["value"])
        is_named = re.match(r"[A-Za-z]", cell["row"]) and cell["column"]
        if found and is_named and cell["value"] != "hidden":
            about = re.sub(r"[\d,]+|\b[A-Z][a-z]+ (?=\d)", "", cell["about"])
            name = f"{cell['row']} / {cell['column']} [{_plain(about)}]"
            yield Quantity(brief, _named(name, found), cell["value"], True)


def _sentences(brief: str, lines: Iterable[dict[str, str]]) -> Iterator[Quantity]:
    """Yield the greatest value of each phrase: a part is never more than its whole."""
    most: dict[str, Quantity] = {}
    prose = [line["text"] for line in lines if line["place"] in ("text", "heading")]
    said = (_phrase(brief, found) for text in prose for found in IN_TEXT.finditer(text))
    for one in filter(None, said):
        if one.name not in most or one.number > most[one.name].number:
            most[one.name] = one
    yield from most.values()


def _phrase(brief: str, found: re.Match[str]) -> Quantity | None:
    words = found[3].split()
    if found[2]:
        is_named = len(words) >= LEAST_WORDS
    else:
        words = list(takewhile(lambda word: not STOPS.fullmatch(word), words))
        is_named = bool(words) and words[0].lower() not in NO_NOUNS and (
            "." in found[1] or float(found[1].replace(",", "")) >= LEAST_COUNT)
    if not is_named or NO_POPULATIONS.fullmatch(words[0]):
        return None
    name = f"{_plain(' '.join(words))} ({'share' if found[2] else 'count'})"
    return Quantity(brief, name, found[1] + found[2], False)


def _named(label: str, found: re.Match[str]) -> str:
    kind = "money" if found[1] or found[0].startswith(("USD", "EUR", "GBP")) else (
        "share" if found[3] else "count")
    return f"{_plain(label)} ({kind})"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9/\[\] ]+", "", text.lower()).strip()


def disagreements(found: Iterable[Quantity]) -> list[tuple[Quantity, Quantity]]:
    """Return each pair of pages that give one name two values.

    Exact names may not differ at all beyond what is printed; of a phrase only values that are
    near each other are taken for two counts of one thing, since groups have phrases too.
    """
    by_name: dict[str, dict[str, Quantity]] = defaultdict(dict)
    for one in found:
        known = by_name[one.name].get(one.brief)
        if known is None or (one.is_exact, one.number) > (known.is_exact, known.number):
            by_name[one.name][one.brief] = one
    return [pair for briefs in by_name.values() for pair in combinations(briefs.values(), 2)
            if _differ(*pair)]


def _differ(one: Quantity, other: Quantity) -> bool:
    gap = abs(one.number - other.number)
    if gap <= max(one.half_step, other.half_step) and one.half_step != other.half_step:
        return False
    if one.is_exact and other.is_exact:
        return gap > 0
    return 0 < gap <= NEAR * max(abs(one.number), abs(other.number))
