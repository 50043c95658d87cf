"""Values that read and are not what they say: keys that lost digits, totals, questions, days."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sources.dates import is_order_open
from workbench.sources.doubts import Doubt
from workbench.sources.noticed import Seen
from workbench.sources.values import Made, plain
from workbench.tables import Table

Mask = npt.NDArray[np.bool_]
PLACES = ("area_results", "seat_results", "areas", "seats")
OF_ONE_LENGTH = ("postcode", "voter_id", "area_id", "seat_id")
ODD_CODE = r"[eE]\+?\d{1,3}\s*$|\.0+\s*$|^\s*\d{1,2}-[A-Z][a-z]{2}\s*$|^\s*[A-Z][a-z]{2}-\d{2}\s*$"
SCIENTIFIC = r"^\s*[+-]?\d(?:[.,]\d+)?[eE]\+?\d{1,3}\s*$"
WITH_DECIMAL = r"^\s*\d+\.0+\s*$"
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
AS_DAY = rf"^\s*(?:\d{{1,2}}-(?:{MONTHS})|(?:{MONTHS})-\d{{2}})\s*$"
TOTAL = r"(?i)^\s*(?:grand |sub[- ]?)?totals?:?\s*$"
TOTAL_OF_PLACES = (
    r"(?i)^\W*(?:(?:grand |sub-?|overall )?totals?\b.{0,30}|.{1,30}\b(?:sub)?totals?)\W*$")
DIGITS = r"^\s*\d+\s*$"
COMMON_LENGTH_SHARE, FEWEST_CODES = 0.6, 20
FIRST_DAYS = 12  # of a month, which could be months
QUESTION_LINES, QUESTION_SHARE, FIRST_ROWS = 60, 0.5, 5


class Fault(NamedTuple):
    """Why rows cannot be accepted for the text of one column, though it reads."""

    mask: pa.Array
    reason: str


def key_faults(seen: Seen, table: Table) -> list[Fault]:
    """Return the keys that are numbers in powers of ten, and those that sum up other rows.

    A family name that says no more than total does so too.
    """
    name = seen.rule.column.name
    if name not in (*table.key, "last_name") or seen.rule.reader not in ("text",
                                                                         "without_decimal"):
        return []
    text = plain(seen.text)
    total = TOTAL_OF_PLACES if table.name in PLACES else TOTAL
    found = [Fault(pc.match_substring_regex(text, total), "total_row")]
    if name in table.key:
        found.append(Fault(pc.match_substring_regex(text, SCIENTIFIC), "mangled_key"))
    return [fault for fault in found if pc.any(fault.mask).as_py()]


def doubts_of(seen: Seen, made: Made) -> list[Doubt]:
    """Return what is odd about a column's texts that did fit."""
    kind, name = seen.rule.column.kind, seen.rule.column.name
    if seen.rule.reader == "date":
        return _days_that_could_be_months(seen, made)
    if kind in ("count", "integer"):
        return _where(seen, {"scientific_number": SCIENTIFIC})
    if kind == "id" or name in OF_ONE_LENGTH or (kind == "code" and not seen.rule.codes):
        told = _where(seen, {"decimal_key": WITH_DECIMAL, "code_as_day": AS_DAY}, ODD_CODE)
        return told + (_lost_zeros(seen) if name in OF_ONE_LENGTH else [])
    return []


def questions(columns: list[Seen], n_rows: int, first_line: int) -> Mask:
    """Return which of a file's first rows hold questions or the keys of a survey's columns.

    Half of the texts of such a row end with a question mark, or one of them names an import
    key, as survey tools write below the header.
    """
    asked = np.zeros(n_rows, bool)
    n_first = min(n_rows, FIRST_ROWS) if first_line <= QUESTION_LINES else 0
    for row in range(n_first):
        texts = [plain(seen.text.slice(row, 1))[0].as_py() or "" for seen in columns]
        full = [text.strip() for text in texts if text.strip()]
        n_asking = sum(text.endswith("?") for text in full)
        asked[row] = any('"ImportId"' in text for text in full) or (
            n_asking > QUESTION_SHARE * len(full) and n_asking > 0)
    return asked


def _where(seen: Seen, patterns: dict[str, str], first: str = "") -> list[Doubt]:
    """Return a doubt for each pattern that some text has; ``first`` finds whether any may."""
    text = plain(seen.text)
    if first and not pc.any(pc.match_substring_regex(text, first)).as_py():
        return []
    masks = {code: pc.match_substring_regex(text, pattern) for code, pattern in patterns.items()}
    return [seen.doubt(code, mask, n_values=len(text) - text.null_count)
            for code, mask in masks.items() if pc.any(mask).as_py()]


def _lost_zeros(seen: Seen) -> list[Doubt]:
    """Most codes of digits have one length, and others are shorter."""
    text = pc.utf8_trim_whitespace(plain(seen.text))
    is_digits = pc.match_substring_regex(text, DIGITS)
    length = pc.if_else(is_digits, pc.utf8_length(text), None)
    counts = {one["values"]: one["counts"] for one in pc.value_counts(length).to_pylist()
              if one["values"] is not None}
    n_codes = sum(counts.values())
    common = max(counts, key=lambda size: (counts[size], size), default=0)
    is_common = n_codes >= FEWEST_CODES and counts[common] >= COMMON_LENGTH_SHARE * n_codes
    if not is_common or common != max(counts) or len(counts) == 1 or common < 3:
        return []
    is_short = pc.and_(is_digits, pc.less(pc.utf8_length(text), common))
    return [seen.doubt("lost_zeros", is_short, n_values=n_codes)]


def _days_that_could_be_months(seen: Seen, made: Made) -> list[Doubt]:
    """Count the days that would be days in the other order too, for ``settled_doubts``."""
    if not is_order_open(seen.rule.date_format):
        return []
    could_be = pc.fill_null(pc.less_equal(pc.day(made.values), FIRST_DAYS), False)
    n_values = len(made.values) - made.values.null_count
    return [seen.doubt("day_month_order", could_be, n_values=n_values)] if n_values else []
