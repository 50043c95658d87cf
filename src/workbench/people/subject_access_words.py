"""What is held on one person, as plain text or JSON for who asked to see it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.tables import RESULTS

INDENT = "  "
SCORES = RESULTS["scores"].path


def held_json(held: Mapping[str, Any]) -> str:
    """Return what is held as JSON: days as 2026-10-05, what is missing as null."""
    return json.dumps(held, indent=2, ensure_ascii=False, default=str)


def held_text(held: Mapping[str, Any]) -> str:
    """Return what is held as text; columns that are empty are left out."""
    return "\n".join(_lines(held)) + "\n"


def _lines(held: Mapping[str, Any]) -> Iterator[str]:
    yield "Everything held on one person"
    yield from _part("Person", _values(held["person"]))
    home = held["household"]
    yield from _part("Household", [
        f"{home['household_id']}, with {home['n_others']} others" if home["household_id"]
        else "no address is known"])
    yield from _part("Ids that became this one", [
        f"{row['person_id']}: {row['change_code']}, {row['n_rows']} rows"
        for row in held["earlier_ids"]] or ["none since ids were last accepted"])
    yield from _part("Suppressions", [line for row in held["suppressions"]
                                      for line in _suppression(row["row"] or {})] or ["none"])
    yield from _scores(held["files"])
    yield from _part("Rows of sources", [line for row in held["rows"] for line in _source(row)])
    for name, rows in sorted(held["rows_that_name_them"].items()):
        yield from _part(f"Rows of {name} that name the person", _several(rows))


def _scores(files: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[str]:
    """Scores with what each means and which model it came from; then all other files."""
    scores = [
        line for row in files.get(SCORES, [])
        for line in (f"{row['score_code']}: {plain(row['score_probability'])}",
                     f"{INDENT}meaning: {plain(row['meaning_name'])}",
                     f"{INDENT}reasons: {plain(row['reason_names'] or 'none given')}",
                     f"{INDENT}source: model {plain(row['model_key'])}")]
    yield from _part("Scores", scores or ["none are kept"])
    for name, rows in sorted(files.items()):
        if name != SCORES:
            yield from _part(f"Rows of {name}", _several(rows))


def _source(held: Mapping[str, Any]) -> Iterator[str]:
    yield (f"{held['source_name']}, row {held['source_row']} of its file, table "
           f"{held['table_name']}")
    yield (f"{INDENT}linked because {held['how_name']}; probability "
           f"{held['link_probability']:.4f}")
    if held["reasons_name"]:
        yield f"{INDENT}{held['reasons_name']}"
    if held["row"] is None:
        yield f"{INDENT}The row is not in data/tables any more: link again."
        return
    yield from (INDENT + line for line in _values(held["row"]) if not line.startswith("source_"))


def _suppression(row: Mapping[str, Any]) -> Iterator[str]:
    yield (f"{plain(row.get('scope_code'))} closed since {plain(row.get('start_date'))}: "
           f"{plain(row.get('reason_code'))} (source {plain(row.get('source_name'))})")


def _several(rows: list[Mapping[str, Any]]) -> list[str]:
    return [", ".join(_values(row)) for row in rows]


def _values(row: Mapping[str, Any]) -> list[str]:
    return [f"{name}: {plain(value)}" for name, value in row.items() if value is not None]


def _part(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (INDENT + line for line in lines)


def plain(value: Any) -> str:
    """Return a value for a terminal: what would steer it is shown as '?'.

    >>> plain("Ann" + chr(27) + "[2J"), plain(True)
    ('Ann?[2J', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "".join(c if c.isprintable() else "?" for c in str(value))
