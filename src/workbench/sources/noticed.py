"""What is to be seen of the texts of a column that do not fit: shapes, and rules for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sources.dates import parse_dates
from workbench.sources.doubts import MOST_FIRST_ROWS, Doubt
from workbench.sources.rows import Origin
from workbench.sources.rules import Rule
from workbench.sources.shapes import date_formats, rule_for, shape_of

MOST_TEXTS = 200


@dataclass(frozen=True)
class Seen:
    """A column of a chunk: its rule, its texts as received, and the line of each record."""

    rule: Rule
    text: pa.Array
    lines: npt.NDArray[np.int64]
    origin: Origin

    @property
    def file_column(self) -> str:
        """The rule's columns as the file spells them."""
        spelled = self.origin.spelled
        return ", ".join(spelled.get(name, name) for name in self.rule.from_columns)

    def doubt(
        self, code: str, is_odd: pa.Array, *, n_values: int, counts: Counts | None = None
    ) -> Doubt:
        """Return what is odd about the rows of the mask."""
        rows = np.flatnonzero(pc.fill_null(is_odd, False).to_numpy(zero_copy_only=False))
        shapes, rules = counts or Counts({}, {})
        return Doubt(
            code, self.rule.column.name, self.origin.file_name, self.file_column, len(rows),
            n_values, tuple(self.lines[rows[:MOST_FIRST_ROWS]].tolist()), shapes, rules,
        )


class Counts(NamedTuple):
    """How many texts have each shape, and how many each rule would read."""

    shapes: dict[str, int]
    rules: dict[str, int]


def unread(seen: Seen, is_bad: pa.Array, reason: str, *, n_values: int) -> Doubt:
    """Return what the texts that did not fit look like, and the rules that would read them."""
    texts = commonest(seen.text, is_bad)
    shapes: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    find = _FINDERS.get(reason, _by_shape)
    for text, n_rows in texts.items():
        shapes[shape_of(text)] += n_rows
        rules.update(dict.fromkeys(find(seen.rule, reason, text), n_rows))
    return seen.doubt(reason, is_bad, n_values=n_values, counts=Counts(dict(shapes), dict(rules)))


def shapes_of(text: pa.Array, mask: pa.Array) -> Counts:
    """Return how many of the commonest texts of a mask's rows have each shape."""
    shapes: Counter[str] = Counter()
    for one, n_rows in commonest(text, mask).items():
        shapes[shape_of(one)] += n_rows
    return Counts(dict(shapes), {})


def commonest(text: pa.Array, mask: pa.Array) -> dict[str, int]:
    """Return the commonest texts of the rows of a mask, trimmed, with their numbers of rows."""
    chosen = text.filter(mask, null_selection_behavior="drop")
    counted = pc.value_counts(chosen)
    counts = counted.field("counts").to_numpy(zero_copy_only=False)
    most = np.argsort(-counts, kind="stable")[:MOST_TEXTS]
    values = counted.field("values")
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    texts = pc.utf8_trim_whitespace(values.take(pa.array(most))).to_pylist()
    return dict(zip(texts, counts[most].tolist(), strict=True))


def _by_shape(_rule: Rule, reason: str, text: str) -> Iterable[str]:
    rule = rule_for(reason, shape_of(text))
    return [rule] if rule else []


def _date_rules(rule: Rule, _reason: str, text: str) -> Iterable[str]:
    """Return the date formats that do read the text."""
    return [
        f'date_format: "{each}"' for each in date_formats(shape_of(text))
        if parse_dates(pa.array([text]), each, latest_year=rule.latest_year)[0].is_valid
    ]


def _code_rules(rule: Rule, reason: str, text: str) -> Iterable[str]:
    """Return the code that differs from the text in capitals and spaces alone."""
    known = tuple(rule.codes) or rule.column.values
    if _folded(text) in {_folded(code) for code in known}:
        return ["write the codes in the rule as the file does: they differ in capitals or "
                "spaces alone"]
    return _by_shape(rule, reason, text)


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


_FINDERS: dict[str, Callable[[Rule, str, str], Iterable[str]]] = {
    "not_a_date": _date_rules, "unknown_code": _code_rules,
}
