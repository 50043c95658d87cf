"""The release log: one entry a published version, each holding the hash of the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.briefs.versions import digest_of
from workbench.errors import LogTampered, SettingsError, nearest_name
from workbench.tables import write_text

LOG_FILE = "reports/releases.json"
FIRST = "0" * 64
PARTS = {"release", "version", "as_of", "date", "note", "manifest", "previous_hash", "hash"}

Entry = Mapping[str, Any]


def read_log(root: Path) -> list[dict[str, Any]]:
    """Return the entries, the oldest first; none where nothing was published.

    LogTampered where the file is not a log of ours.
    """
    path = root / LOG_FILE
    return parse_log(path.read_text(encoding="utf-8")) if path.is_file() else []


def parse_log(text: str) -> list[dict[str, Any]]:
    """Return the entries of a log's text; LogTampered where it is none."""
    try:
        entries = json.loads(text)["releases"]
        is_log = isinstance(entries, list) and all(set(entry) >= PARTS for entry in entries)
    except (ValueError, KeyError, TypeError):
        is_log = False
    if not is_log:
        raise LogTampered(
            f"{LOG_FILE} is not a release log: an entry or a part of one is missing. "
            f"Look at its history with 'git log -p {LOG_FILE}', and restore it from there."
        )
    return entries


def log_text(entries: Sequence[Entry]) -> str:
    """Return the text of the log: the same bytes for the same entries."""
    content = {"releases": list(entries)}
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write_log(root: Path, entries: Sequence[Entry]) -> None:
    """Write the log, whole or not at all."""
    write_text(root / LOG_FILE, log_text(entries))


def chained(entries: Sequence[Entry], entry: Entry) -> dict[str, Any]:
    """Return ``entry`` as the next of ``entries``: with the hash of the last, and its own."""
    linked = {**entry, "previous_hash": entries[-1]["hash"] if entries else FIRST}
    return {**linked, "hash": entry_hash(linked)}


def entry_hash(entry: Entry) -> str:
    """Return the sha256 of all that an entry says, but for this hash itself."""
    return digest_of({part: value for part, value in entry.items() if part != "hash"})


def broken_entries(entries: Sequence[Entry]) -> list[str]:
    """Return the releases whose entry was altered, or does not follow the one before it."""
    before = [FIRST, *(entry["hash"] for entry in entries)]
    return [
        str(entry["release"]) for entry, expected in zip(entries, before, strict=False)
        if entry["hash"] != entry_hash(entry) or entry["previous_hash"] != expected
    ]


def refuse_broken(entries: Sequence[Entry]) -> None:
    """Raise LogTampered, naming the entries, where the chain does not hold."""
    if broken := broken_entries(entries):
        raise LogTampered(
            f"{len(broken)} of {len(entries)} entries of {LOG_FILE} were altered after they were "
            f"written, or do not follow the one before: {', '.join(broken)}. See what changed "
            f"with 'git log -p {LOG_FILE}', and restore the file from the last good commit."
        )


def find_release(entries: Sequence[Entry], name: str) -> Entry:
    """Return the entry of a release by its id or its version; SettingsError if there is none."""
    for entry in entries:
        if name in (entry["release"], entry["version"]):
            return entry
    known = [str(entry["release"]) for entry in entries]
    raise SettingsError(
        f"No version {name[:60]!a} was published.{nearest_name(name, known)} {LOG_FILE} has: "
        f"{', '.join(known) or 'none yet; publish one with `workbench publish`'}."
    )
