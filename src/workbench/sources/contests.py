"""Results of several contests in one file: refused until the source says which one is meant."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from workbench.errors import SourceError
from workbench.sources.heading import folded
from workbench.sources.keep import kept_rows
from workbench.sources.opened import OpenedSource
from workbench.sources.values import plain

PLACE_OF_TABLE = {"area_results": "area_id", "seat_results": "seat_id"}
CONTEST_NAMES = frozenset({
    "contest", "contest name", "contest_name", "contest title", "contest_title", "office",
    "office name", "office_name", "office title", "race", "race name", "race_name",
    "election type", "ballot item", "election contest",
})
MOST_SHOWN = 10


def refuse_several_contests(opened: OpenedSource) -> None:
    """Raise SourceError where one place has results of more than one contest.

    Names of contests are no values of a person, so the message lists them.
    """
    key = PLACE_OF_TABLE.get(opened.preset.table.name, "")
    rule = next((rule for rule in opened.preset.rules if rule.column.name == key), None)
    if rule is None or not rule.from_columns:
        return
    for number, file in enumerate(opened.files):
        column = next((name for name in file.layout.unread if folded(name) in CONTEST_NAMES), "")
        if column and column not in opened.preset.keep:
            _refuse_several(opened, number, rule.from_columns, column)


def _refuse_several(
    opened: OpenedSource, number: int, place_columns: tuple[str, ...], column: str
) -> None:
    file = opened.files[number]
    pairs = _places_and_contests(opened, number, place_columns, column)
    n_of_place = Counter(place for place, _ in pairs)
    if max(n_of_place.values(), default=0) < 2:
        return
    contests = sorted({contest for _, contest in pairs})
    shown = ", ".join(f"'{name}'" for name in contests[:MOST_SHOWN])
    more = f" and {len(contests) - MOST_SHOWN} more" if len(contests) > MOST_SHOWN else ""
    raise SourceError(
        f"{file.name} holds {len(contests)} contests in its column '{column}': {shown}{more}. "
        f"Choose one, as in keep: {{{column}: [\"{contests[0]}\"]}} under "
        f"sources.{opened.source.name}."
    )


def _places_and_contests(
    opened: OpenedSource, number: int, place_columns: tuple[str, ...], column: str
) -> set[tuple[str, str]]:
    """Return which contests each place has, among the rows that the source keeps."""
    layout = opened.files[number].layout
    wide = replace(layout, places={**layout.places, column: layout.names.index(column)})
    files = (*opened.files[:number], replace(opened.files[number], layout=wide),
             *opened.files[number + 1:])
    wider = replace(opened, files=files)
    pairs: set[tuple[str, str]] = set()
    for chunk in (chunk for chunk in wider.chunks() if chunk.file_number == number):
        columns = wider.fields(chunk)
        kept = kept_rows(columns, opened.preset.keep, len(columns[column])).left_out
        texts = [plain(columns[name]).to_pylist() for name in (*place_columns, column)]
        rows = zip(*texts, strict=True)
        gone = set(kept.tolist())
        pairs |= {("\0".join(row[:-1]), row[-1].strip()) for at, row in enumerate(rows)
                  if at not in gone and all(text.strip() for text in row)}
    return pairs
