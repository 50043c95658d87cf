"""What is odd about a column of a file: counted, with its lines and shape, and no value of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from workbench.sources.zeros import short_codes

DOUBTS = {
    "day_month_order": "No day is over 12, so the order of day and month cannot be told from "
                       "the dates.",
    "scientific_number": "Whole numbers came in scientific notation: digits may be lost.",
    "scientific_key": "Keys came in scientific notation: different ones may look the same.",
    "decimal_key": "Keys end in a decimal (.0), as a spreadsheet writes numbers.",
    "lost_zeros": "Most codes are of one length and the others shorter: leading zeros may be "
                  "lost.",
    "code_as_day": "Codes look like days (4-Jan): a spreadsheet may have turned 1-4 into one.",
}
_CURES = {
    "day_month_order": "Ask the sender which comes first, and compare date_format with it.",
    "scientific_number": "Export the file again with the column as text or whole numbers.",
    "scientific_key": "Export the file again with the column as text; the digits are lost.",
    "decimal_key": "Write as: without_decimal in the rule, or export the column as text.",
    "lost_zeros": "Export the column as text, or compare the short codes with another file.",
    "code_as_day": "Export the column as text, and put the codes right at their origin.",
}
MOST_FIRST_ROWS = 3


@dataclass(frozen=True)
class Doubt:
    """One kind of oddity in one column of one file; no value of it, no row is blamed.

    ``code`` is one of DOUBTS, or a reason for which rows were set aside. ``file_column`` is the
    column as the file spells it; several are joined with a comma. ``n_rows`` of the
    ``n_values`` rows that hold a text are odd; ``first_rows`` are the lines of the first of
    them. ``shapes`` counts odd rows by how they are written, and ``rules`` by the rule that
    would read them: of a few hundred different texts at the most.
    """

    code: str
    column_name: str
    file_name: str
    file_column: str
    n_rows: int
    n_values: int
    first_rows: tuple[int, ...] = ()
    shapes: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)

    @property
    def shape(self) -> str:
        """The commonest shape of the odd texts; '' where there is none."""
        return min(self.shapes, key=lambda shape: (-self.shapes[shape], shape), default="")

    @property
    def cure(self) -> str:
        """What to do: the rules that read most of the odd texts, or the cure of the doubt."""
        most = max(self.rules.values(), default=0)
        best = [rule for rule, n_read in self.rules.items() if n_read == most]
        return " or ".join(best) if best else _CURES.get(self.code, "")

    @property
    def meaning(self) -> str:
        """The doubt in a sentence; '' where the code is that of a reason."""
        return DOUBTS.get(self.code, "")


def add_doubts(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Return the doubts of several parts of a source added up, one a file, column and code.

    The parts are to be given in the order of the file.
    """
    found: dict[tuple[str, str, str], Doubt] = {}
    for doubt in doubts:
        place = (doubt.file_name, doubt.column_name, doubt.code)
        found[place] = _sum(found[place], doubt) if place in found else doubt
    return tuple(found.values())


def _sum(one: Doubt, other: Doubt) -> Doubt:
    return replace(
        one, n_rows=one.n_rows + other.n_rows, n_values=one.n_values + other.n_values,
        first_rows=tuple(sorted({*one.first_rows, *other.first_rows})[:MOST_FIRST_ROWS]),
        shapes=dict(Counter(one.shapes) + Counter(other.shapes)),
        rules=dict(Counter(one.rules) + Counter(other.rules)),
    )


def final_doubts(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Return the doubts of a whole source that stand once every part has been read."""
    final = (_FINAL.get(doubt.code, _as_it_is)(doubt) for doubt in add_doubts(doubts))
    return tuple(doubt for doubt in final if doubt.n_rows)


def _as_it_is(doubt: Doubt) -> Doubt:
    return doubt


def _where_no_day_tells(doubt: Doubt) -> Doubt:
    """One day over 12 in the column tells the order of all."""
    return doubt if doubt.n_rows == doubt.n_values else replace(doubt, n_rows=0)


def _where_zeros_lack(doubt: Doubt) -> Doubt:
    shapes = short_codes(doubt.shapes, doubt.column_name)
    return replace(doubt, n_rows=sum(shapes.values()), shapes=shapes)


_FINAL: dict[str, Callable[[Doubt], Doubt]] = {
    "day_month_order": _where_no_day_tells, "lost_zeros": _where_zeros_lack,
}
