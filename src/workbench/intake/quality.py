"""What is known about a source's quality: numbers of rows, no value; as JSON and as frames."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import SettingsError
from workbench.exhibits.forms import listed
from workbench.settings import Settings
from workbench.sources import REASONS, Doubt, Note, OpenedSource, final_doubts

if TYPE_CHECKING:
    from workbench.checks import Finding
    from workbench.intake.sums import Sums

Entries = Sequence[Mapping[str, Any]]
FEW_UNREAD = 5
_FILE_COLUMNS = ("file_name", "n_rows", "n_accepted", "n_set_aside", "n_refused",
                 "n_left_out", "n_blank_lines", "n_columns_unread", "encoding", "delimiter")
_REASON_COLUMNS = ("file_name", "reason_code", "column_name", "explanation", "n_rows",
                   "first_row", "first_rows", "file_column", "shape", "cure")
_FINDING_COLUMNS = ("name", "title", "column_name", "severity", "rows", "n_rows", "n_failed",
                    "has_passed", "why")
_NOTE_COLUMNS = ("file_name", "code", "n_lines", "words", "cure")
_COLUMN_COLUMNS = ("column_name", "n_rows", "n_filled")


@dataclass(frozen=True)
class Quality:
    """The quality of one source. It holds counts, names of columns and files, no value.

    ``rows`` has n_rows, n_accepted, n_set_aside, n_refused and n_left_out, of which the first
    is the sum of the others; so has each of ``files``. ``notes`` tell what is unusual about a
    file: file_name, code, n_lines (0: all), words and cure. ``loss`` has the share lost of rows,
    money and people, ``loss_code`` what follows from it (see ``loss.loss_code``), and
    ``loss_why`` the recorded reason why it is right. ``stop`` says why the source is not used
    (``stop_error`` is the kind of error), and ``n_standing`` how many rows of an earlier file
    stand in its place. ``profile`` is what the accepted rows are like, and ``drift`` what
    changed since the file accepted before, where there is one (``has_before``).
    """

    source_name: str
    table_name: str
    is_expired: bool
    expiry_date: str
    rows: Mapping[str, int]
    files: Entries
    reasons: Entries
    expectations: Entries
    columns: Entries
    notes: Entries = ()
    loss: Mapping[str, float] = field(default_factory=dict)
    loss_code: str = ""
    loss_why: str = ""
    stop: str = ""
    stop_error: str = "ValidationStopped"
    n_standing: int = 0
    profile: Mapping[str, Any] = field(default_factory=dict)
    drift: Entries = ()
    has_before: bool = False

    def as_json(self) -> str:
        """Return the text of data/quality/<source>.json."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def quality_of(
    opened: OpenedSource, sums: Sums, findings: tuple[Finding, ...], *, is_expired: bool
) -> Quality:
    """Return the quality of a source from its sums and findings."""
    files = [_file_entry(opened, sums, number) for number in range(len(opened.files))]
    counts = ("n_rows", "n_accepted", "n_set_aside", "n_refused", "n_left_out")
    total = {name: sum(entry[name] for entry in files) for name in counts}
    return Quality(
        opened.source.name, opened.preset.table.name, is_expired,
        opened.source.expiry_date.isoformat(), total, files,
        _reason_entries(opened, sums, findings),
        [asdict(one) for one in findings],
        [
            {"column_name": name, "n_rows": total["n_accepted"], "n_filled": n_filled}
            for name, n_filled in sums.n_filled.items()
            if name not in ("source_name", "source_row")
        ],
        [*(note for number in range(len(opened.files)) for note in _notes(opened, sums, number)),
         *map(_doubt_entry, final_doubts(sums.doubts))],
    )


def _doubt_entry(doubt: Doubt) -> dict[str, Any]:
    """Return what is odd about a column as a note on its file."""
    first = ", ".join(f"{line:,}" for line in doubt.first_rows)
    looks = f" It looks like {doubt.shape}." if doubt.shape else ""
    words = f"Column '{doubt.file_column}', first on line {first}: {doubt.meaning}{looks}"
    return {"file_name": doubt.file_name, "code": doubt.code, "n_lines": doubt.n_rows,
            "words": words, "cure": doubt.cure}


def _file_entry(opened: OpenedSource, sums: Sums, number: int) -> dict[str, Any]:
    file = opened.files[number]
    became = {
        "n_accepted": sums.n_accepted[number], "n_set_aside": sums.n_set_aside[number],
        "n_refused": sums.n_refused[number],
        "n_left_out": sum(n for (file, _), n in sums.left_out.items() if file == number),
    }
    if sum(became.values()) != sums.n_in[number]:
        raise RuntimeError(f"{file.name}: {sums.n_in[number]} rows came in, and became {became}")
    return {
        "file_name": file.name, "n_rows": sums.n_in[number], **became,
        "n_blank_lines": sums.n_blank[number], "n_columns_unread": len(file.layout.unread),
        "encoding": file.text.declared, "delimiter": file.layout.writing.delimiter,
    }


def _notes(opened: OpenedSource, sums: Sums, number: int) -> list[dict[str, Any]]:
    """Return what is told of a file once: as it was recognised, then as its lines were read."""
    counted = sorted((sums.left_out + sums.quirks).items())
    notes = [*opened.files[number].layout.notes,
             *(Note(code, n_lines) for (file, code), n_lines in counted if file == number)]
    return [
        {"file_name": opened.files[number].name, "code": note.code, "n_lines": note.n_lines,
         "words": note.words, "cure": note.cure}
        for note in notes
    ]


def _reason_entries(
    opened: OpenedSource, sums: Sums, findings: tuple[Finding, ...]
) -> list[dict[str, Any]]:
    spelled = {rule.column.name: ", ".join(rule.from_columns) for rule in opened.preset.rules}
    whys = {f"expectation:{one.name}": one.why for one in findings}
    looks = {(one.file_name, one.code, one.column_name): one for one in sums.unread}
    entries = []
    for (file_name, reason, column), (n_rows, first) in sorted(sums.reasons.items()):
        told = REASONS.get(reason) or whys[reason]
        seen = looks.get((file_name, reason, column))
        values = (file_name, reason, column, told, n_rows, first[0], first,
                  seen.file_column if seen else spelled.get(column, ""),
                  seen.shape if seen else "",
                  seen.cure if seen else _key_cure(opened, reason))
        entries.append(dict(zip(_REASON_COLUMNS, values, strict=True)))
    return entries


def _key_cure(opened: OpenedSource, reason: str) -> str:
    """Return what may tell rows of one key apart: columns of the file that no rule reads."""
    unread = dict.fromkeys(name for file in opened.files for name in file.layout.unread if name)
    if reason != "duplicate_key" or not unread:
        return ""
    named, first = listed([f"'{name}'" for name in unread], FEW_UNREAD), next(iter(unread))
    return (f"nothing reads {named}; where the file holds several contests, lists or periods and "
            f"one of these columns tells them apart, choose rows with keep: {{{first}: [\"…\"]}}")


def drift_frame(quality: Quality) -> pd.DataFrame:
    """Return one row per column and change since the last accepted file."""
    return _frame(quality.drift, ("column_name", "words"))


def read_quality(settings: Settings, source_name: str) -> Quality:
    """Return the quality that ``admit`` wrote for a source."""
    settings.source(source_name)
    path = settings.root / "data" / "quality" / f"{source_name}.json"
    if not path.is_file():
        raise SettingsError(
            f"data/quality/{source_name}.json does not exist yet. Run `dvc repro` to check "
            f"the source '{source_name}'."
        )
    return Quality(**json.loads(path.read_text(encoding="utf-8")))


def rows_by_file(quality: Quality) -> pd.DataFrame:
    """Return one row per file: n_rows = n_accepted + n_set_aside + n_refused + n_left_out."""
    return _frame(quality.files, _FILE_COLUMNS)


def rows_by_reason(quality: Quality) -> pd.DataFrame:
    """Return one row per file, reason and column: how many rows, and the first one's line."""
    return _frame(quality.reasons, _REASON_COLUMNS)


def findings_frame(quality: Quality) -> pd.DataFrame:
    """Return one row per expectation: what it says, its severity, rows asked and rows failing."""
    return _frame(quality.expectations, _FINDING_COLUMNS)


def notes_frame(quality: Quality) -> pd.DataFrame:
    """Return one row per file and note: its code, lines (0: all), what it says and the cure."""
    return _frame(quality.notes, _NOTE_COLUMNS)


def filled_columns(quality: Quality) -> pd.DataFrame:
    """Return one row per column: how many accepted rows there are, and in how many it is filled.

    For the quant: the numbers are exact, and a trait of everybody in the file.
    """
    return _frame(quality.columns, _COLUMN_COLUMNS)


def _frame(entries: Entries, columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(entries), columns=list(columns))
