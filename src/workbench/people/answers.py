"""What reviewers said of pairs of records: read from a CSV, and added to it answer by answer."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pandas as pd

from workbench.errors import SettingsError, StorageError
from workbench.tables import RESULTS, to_arrow, to_pandas, write_text
from workbench.tables.people import ANSWER_CODES

ANSWERS = RESULTS["review_answers"]
ANSWERS_FILE = Path("data", "registry", "review_answers.csv")


def read_answers(root: Path) -> pd.DataFrame:
    """Return REVIEW_ANSWERS, in order of the pairs; none where the file is not there.

    Rows without an answer are pairs still to judge; the smaller key stands left. StorageError
    where the file is no such table, or holds an answer that there is not.
    """
    path = root / ANSWERS_FILE
    if not path.is_file():
        return to_pandas(to_arrow(pd.DataFrame(), ANSWERS))
    try:
        rows = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise _refusal("is not CSV in UTF-8") from error
    missing = [c.name for c in ANSWERS.columns if c.is_required and c.name not in rows]
    if missing:
        raise _refusal(f"has no column '{missing[0]}'")
    rows = rows.reindex(columns=ANSWERS.column_names).replace("", None)
    rows = rows[rows["answer_code"].notna()]
    if not rows["answer_code"].isin(ANSWER_CODES).all():
        raise _refusal(f"has answers that are none of {', '.join(ANSWER_CODES)}")
    keys = rows[list(ANSWERS.key)]
    rows = rows.assign(record_key_l=keys.min(axis=1), record_key_r=keys.max(axis=1))
    if rows.duplicated(list(ANSWERS.key)).any():
        raise _refusal("answers a pair twice")
    rows["answer_date"] = pd.to_datetime(rows["answer_date"], errors="coerce")
    return to_pandas(to_arrow(rows.sort_values(list(ANSWERS.key)), ANSWERS))


def write_answers(rows: pd.DataFrame, root: Path) -> None:
    """Write REVIEW_ANSWERS as the CSV that ``read_answers`` reads, whole or not at all."""
    ordered = rows.sort_values(list(ANSWERS.key)).astype(object)
    ordered["answer_date"] = pd.to_datetime(rows["answer_date"]).dt.strftime("%Y-%m-%d")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ANSWERS.column_names)
    shown = ordered[list(ANSWERS.column_names)].where(ordered.notna(), "")
    writer.writerows(shown.itertuples(index=False))
    write_text(root / ANSWERS_FILE, text.getvalue())


def read_day(text: str) -> dt.date | None:
    """Return the day that was written, None of an empty text; SettingsError for any other."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SettingsError("--date is no day. Write it as in 2026-10-05.") from error


def _refusal(what: str) -> StorageError:
    return StorageError(
        f"{ANSWERS_FILE} {what}. Mend it, or move it away and judge the pairs with "
        "'workbench review'."
    )
