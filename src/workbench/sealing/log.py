"""The log of sealed copies: each entry holds the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.errors import SealError

LOG_FILE = "sealed/log.jsonl"
FIELDS = ("brief", "version", "copy", "recipient", "file", "sha256", "previous")
Entry = dict[str, Any]


def read_log(root: Path) -> list[Entry]:
    """Return the entries, the oldest first; SealError where one was altered or taken out."""
    path = root / LOG_FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        entry = _entry(line)
        if entry is None or entry["previous"] != last_hash(entries):
            raise SealError(
                f"Line {number} of {LOG_FILE} is not what was written there: the chain of hashes "
                "breaks. Bring the file back from a backup; no copy was sealed."
            )
        entries.append(entry)
    return entries


def with_entry(entries: Sequence[Entry], **fields: Any) -> list[Entry]:
    """Return the entries and one more, chained to the last of them."""
    entry = {**fields, "previous": last_hash(entries)}
    return [*entries, {**entry, "hash": _hash(entry)}]


def log_text(entries: Sequence[Entry]) -> str:
    """Return the text of the log, one line an entry."""
    return "".join(f"{_spelled(entry)}\n" for entry in entries)


def last_hash(entries: Sequence[Entry]) -> str:
    """Return the hash of the last entry; empty where there is none."""
    return str(entries[-1]["hash"]) if entries else ""


def _entry(line: str) -> Entry | None:
    """Return an entry of which the hash is right, or None."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or set(entry) != {*FIELDS, "hash"}:
        return None
    is_whole = entry["hash"] == _hash({name: entry[name] for name in FIELDS})
    return entry if is_whole and line == _spelled(entry) else None


def _hash(entry: Entry) -> str:
    return hashlib.sha256(_spelled(entry).encode()).hexdigest()


def _spelled(entry: Entry) -> str:
    return json.dumps(entry, sort_keys=True, ensure_ascii=False)
