"""What `workbench erase` says: counts, names of files and commands, never a person's values."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from workbench.erase.command import Erasure, erase
from workbench.erase.holders import Holder, holders
from workbench.erase.person import Known
from workbench.errors import SettingsError
from workbench.settings import Settings

_FEW = 8


def run_erase(
    settings: Settings, person_ids: Sequence[str], day: str | None, is_dry: bool
) -> list[str]:
    """Erase, and return what to print; SettingsError where the day is none."""
    try:
        erased_date = dt.date.fromisoformat(day) if day else settings.campaign.as_of
    except ValueError as error:
        raise SettingsError("--date must be a day such as 2026-11-03.") from error
    erasure = erase(settings, person_ids, erased_date=erased_date, is_dry=is_dry)
    return [*erasure_words(erasure), *holders_words(holders(settings.root))]


def erasure_words(erasure: Erasure) -> list[str]:
    """Return the lines that tell what an erasure did, or with --dry-run would do."""
    return [
        *(["Nothing was written (--dry-run)."] if erasure.is_dry else []),
        *(_known_words(erasure.known) if erasure.known else []),
        *_raw_words(erasure),
        f"Registry of ids: {erasure.n_registry_rows:,} rows.",
    ]


def holders_words(found: Sequence[Holder]) -> list[str]:
    """Return the lines that tell what may still hold the person, and the commands in order."""
    lines = ["", "What may still hold the person, and what clears it:"]
    for holder in found:
        what = f" ({holder.n_objects:,} files)" if holder.n_objects else ""
        lines.append(f"  {holder.place}{what}: {holder.why}.")
        lines += [f"    {path}" for path in holder.paths[:_FEW]]
        n_more = len(holder.paths) - _FEW
        lines += [f"    and {n_more:,} more paths"] if n_more > 0 else []
    commands = [command for holder in found for command in holder.commands]
    return [*lines, "", "Run, in this order:", *(f"  {command}" for command in commands)]


def _known_words(known: Known) -> Iterator[str]:
    n_rows = sum(known.n_rows.values())
    yield f"{n_rows:,} rows of the tables go ({len(known.keys):,} keyed hashes keep them out):"
    for (table, source), n in known.n_rows.items():
        yield f"  {table}, source {source}: {n:,}"
    for (source, table), lines in _lines_by_source(known).items():
        yield (f"  {table}, source {source}: {len(lines):,} rows stay, since they hold too "
               f"little to be known again; delete them by hand at line(s) {lines[:_FEW]}")
    if known.other_ids:
        yield (f"{len(known.other_ids):,} other people have rows that look alike and stay: "
               "namesakes, a shared number, or the same person under another id. Look at "
               f"{', '.join(known.other_ids[:_FEW])} and erase those that are the same.")


def _lines_by_source(known: Known) -> dict[tuple[str, str], list[int]]:
    lines: dict[tuple[str, str], list[int]] = {}
    for source, table, line in known.not_known:
        lines.setdefault((source, table), []).append(line)
    return lines


def _raw_words(erasure: Erasure) -> Iterator[str]:
    edited = [file for file in erasure.raw_files if not file.why_left]
    n_records = sum(file.n_records for file in edited)
    yield f"{n_records:,} records of {len(edited):,} raw files" + (":" if edited else ".")
    for file in edited:
        yield f"  {file.path}: {file.n_records:,}"
    left = [file for file in erasure.raw_files if file.why_left]
    for why, n_files in sorted(Counter(file.why_left for file in left).items()):
        names = [file.path for file in left if file.why_left == why]
        yield f"  not edited, {why}: {n_files:,} files ({', '.join(names[:_FEW])})"
    if left:
        yield ("    of these, 'workbench gather' leaves the person out of data/tables; accepted "
               "and set-aside rows stay")
    if erasure.undeclared:
        yield (f"  {len(erasure.undeclared):,} files below data/raw that no source declares were "
               f"not looked into: {', '.join(erasure.undeclared[:_FEW])}")
