"""Values that read and are not what they say: keys that lost digits, totals, questions, days."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sources.dates import is_order_open
from workbench.sources.doubts import Doubt
from workbench.sources.noticed import Counts, Seen, shapes_of
from workbench.sources.values import Made, plain
from workbench.sources.zeros import lengths_of_codes, tally_of_codes
from workbench.tables import Table

Mask = npt.NDArray[np.bool_]
WITHOUT_DECIMAL = ("without_decimal", "mail_line")
PLACES = ("area_results", "seat_results", "areas", "seats")
OF_ONE_LENGTH = ("postcode", "voter_id", "area_id", "seat_id")
OF_DIGITS = ("postcode", "phone")
MANGLED = r"^\s*[+-]?\d(?:[.,]\d+)?[eE]\+\d{2,3}\s*$"
SCIENTIFIC = r"^\s*[+-]?\d(?:[.,]\d+)?[eE]\+?\d{1,3}\s*$"
WITH_DECIMAL = r"^\s*\d+\.0+\s*$"
MONTHS = "jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
AS_DAY = rf"(?i)^\s*(?:\d{{1,2}}-(?:{MONTHS})|(?:{MONTHS})-\d{{1,2}})\s*$"
ODD_CODE = r"[eE]\+?\d{1,3}\s*$|\.0+\s*$|\d-[A-Za-z]{3,4}\s*$|^\s*[A-Za-z]{3,4}-\d{1,2}\s*$"
TOTAL = r"(?i)^\s*(?:grand |sub[- ]?)?totals?:?\s*$"
TOTAL_OF_PLACES = (
    r"(?i)^\W*(?:(?:grand |sub-?|overall )?totals?\b.{0,30}|.{1,30}\b(?:sub)?totals?)\W*$")
NEEDED = {  # what a text in small letters holds, one of them, where it has the pattern
    MANGLED: (b"+",), SCIENTIFIC: (b"e",), WITH_DECIMAL: (b".",), AS_DAY: (b"-",),
    ODD_CODE: (b"e", b".", b"-"), TOTAL: (b"total",), TOTAL_OF_PLACES: (b"total",),
}
FOR_TOOLS = ("Response", "Open-Ended Response")  # what a survey tool writes above its answers
WORD = re.compile(r"[^\W\d_]{3}")
QUESTION_LINES, QUESTION_SHARE, FIRST_ROWS = 60, 0.5, 5
FIRST_DAYS = 12  # of a month, which could be months


class Fault(NamedTuple):
    """Why rows cannot be accepted for the text of one column, though it reads."""

    mask: pa.Array
    reason: str


def key_faults(seen: Seen, table: Table) -> list[Fault]:
    """Return the keys that are numbers in powers of ten, and those that sum up other rows.

    A spreadsheet writes 1.23E+11, with a sign and two digits: 1E5 may be a code, and is doubted
    alone. A family name that says no more than total sums up other rows too.
    """
    name = seen.rule.column.name
    if name not in (*table.key, "last_name"):
        return []
    patterns = {"total_row": TOTAL_OF_PLACES if table.name in PLACES else TOTAL}
    if name in table.key:
        patterns["mangled_key"] = MANGLED
    return [Fault(_matches(seen.text, pattern), reason) for reason, pattern in patterns.items()
            if _any(seen.text, pattern)]


def doubts_of(seen: Seen, made: Made, table: Table) -> list[Doubt]:
    """Return what is odd about a column's texts that did fit."""
    kind, name = seen.rule.column.kind, seen.rule.column.name
    if seen.rule.reader == "date":
        return _days_that_could_be_months(seen, made)
    if kind in ("count", "integer"):
        return _where(seen, {"scientific_number": SCIENTIFIC})
    if seen.rule.codes or seen.rule.column.values:
        return []
    if kind in ("id", "code") or name in (*OF_ONE_LENGTH, *OF_DIGITS, *table.key):
        patterns = {"scientific_key": SCIENTIFIC, "code_as_day": AS_DAY}
        if seen.rule.reader not in WITHOUT_DECIMAL:
            patterns["decimal_key"] = WITH_DECIMAL
        return _where(seen, patterns, ODD_CODE) + _lost_zeros(seen)
    return []


def questions(columns: list[Seen], table: Table, n_rows: int, first_line: int) -> Mask:
    """Return which of a file's first rows hold questions or the names of columns.

    Survey tools write them below the header. Half of the texts of such a row are questions or
    the column's own name, or its key is the column's name, or a word where every key below
    is a code with a digit, or one text is an import key or another of the tool's own words.
    """
    asked = np.zeros(n_rows, bool)
    n_first = min(n_rows, FIRST_ROWS) if first_line <= QUESTION_LINES else 0
    for seen in columns if n_first else ():
        if seen.rule.column.name in table.key:
            asked[:n_first] |= _are_words_among_digits(plain(seen.text), n_first)
    for row in range(n_first):
        texts = [(seen, (plain(seen.text.slice(row, 1))[0].as_py() or "").strip())
                 for seen in columns]
        full = [(seen, text) for seen, text in texts if text]
        named = [seen.rule.column.name in table.key for seen, text in full
                 if _folded(text) == _folded(seen.file_column)]
        n_asking = sum(text.endswith("?") and WORD.search(text) is not None for _, text in full)
        is_half = n_asking + len(named) > QUESTION_SHARE * len(full) and n_asking > 0
        asked[row] |= is_half or any(named) or any(text in FOR_TOOLS for _, text in full)
        if any('"ImportId"' in text for _, text in full):
            asked[:row + 1] = True  # these stand below the texts of the questions
    return asked


def _are_words_among_digits(keys: pa.Array, n_first: int) -> Mask:
    """Return which of the first keys are words, where each below is one code with a digit."""
    first = keys.slice(0, n_first)
    is_word = pc.match_substring_regex(first, r"^\s*\p{L}[\p{L} ._-]*$")
    is_total = pc.match_substring_regex(first, TOTAL_OF_PLACES)
    words = pc.fill_null(pc.and_not(is_word, is_total), False).to_numpy(zero_copy_only=False)
    n_words = int(words.sum())
    if not n_words or not words[:n_words].all() or len(keys) <= 2 * n_words:
        return np.zeros(n_first, bool)
    is_code = pc.match_substring_regex(keys.slice(n_words), r"^\s*\S*[0-9]\S*\s*$")
    return words & bool(pc.all(pc.fill_null(is_code, False)).as_py())


def _folded(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _where(seen: Seen, patterns: dict[str, str], first: str = "") -> list[Doubt]:
    """Return a doubt for each pattern that some text has; ``first`` finds whether any may."""
    if first and not _any(seen.text, first):
        return []
    n_values = len(seen.text) - seen.text.null_count
    found = {code: _matches(seen.text, pattern) for code, pattern in patterns.items()
             if _any(seen.text, pattern)}
    return [seen.doubt(code, mask, n_values=n_values, counts=shapes_of(seen.text, mask))
            for code, mask in found.items()]


def _any(text: pa.Array, pattern: str) -> bool:
    """Return whether any text has a pattern; each different one of a dictionary is asked once.

    The bytes of all texts are searched first for what the pattern needs: a regular expression
    over each text takes ten times as long.
    """
    texts = text.dictionary if pa.types.is_dictionary(text.type) else text
    data = _bytes(texts).lower()
    if not any(needed in data for needed in NEEDED[pattern]):
        return False
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def _bytes(texts: pa.StringArray) -> bytes:
    """Return the bytes of all texts, one after the other without a mark between."""
    ends = np.frombuffer(texts.buffers()[1], np.int32)[[texts.offset, texts.offset + len(texts)]]
    return bytes(memoryview(texts.buffers()[2] or b"")[ends[0]:ends[1]])


def _matches(text: pa.Array, pattern: str) -> pa.Array:
    if pa.types.is_dictionary(text.type):
        return pc.match_substring_regex(text.dictionary, pattern).take(text.indices)
    return pc.match_substring_regex(text, pattern)


def _lost_zeros(seen: Seen) -> list[Doubt]:
    """Count codes by length and first digit, for ``final_doubts`` to say which are short."""
    if seen.rule.column.name not in OF_ONE_LENGTH:
        return []
    text = pc.utf8_trim_whitespace(plain(seen.text))
    lengths = lengths_of_codes(text)
    tally = tally_of_codes(text, lengths)
    is_short = pc.less(lengths, max(map(len, tally), default=0))
    return [seen.doubt("lost_zeros", is_short, n_values=sum(tally.values()),
                       counts=Counts(tally, {}))]


def _days_that_could_be_months(seen: Seen, made: Made) -> list[Doubt]:
    """Count the days that would be other days in the other order, for ``final_doubts``."""
    if not is_order_open(seen.rule.date_format):
        return []
    day = pc.day(made.values)
    is_told = pc.fill_null(pc.not_equal(day, pc.month(made.values)), False)
    could_be = pc.and_(is_told, pc.less_equal(day, FIRST_DAYS))
    n_values = pc.sum(is_told).as_py() or 0
    return [seen.doubt("day_month_order", could_be, n_values=n_values)] if n_values else []
