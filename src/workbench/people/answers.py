"""What reviewers said of pairs of records: read from a CSV, and added to it answer by answer."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pandas as pd

from workbench.errors import RegistryError, SettingsError
from workbench.people.decided import check_columns, told
from workbench.tables import RESULTS, to_arrow, to_pandas, write_text
from workbench.tables.people import ANSWER_CODES

ANSWERS = RESULTS["review_answers"]
ANSWERS_FILE = Path("data", "registry", "review_answers.csv")
NEEDED = tuple(column.name for column in ANSWERS.columns if column.is_required)


def read_answers(root: Path) -> pd.DataFrame:
    """Return the reviewers' answers about a campaign's records, as ``answers_in`` does."""
    return answers_in(root / ANSWERS_FILE)


def answers_in(path: Path) -> pd.DataFrame:
    """Return the reviewers' answers, one row a pair; rows that nobody answered are left out.

    Without rows where there is no such file. RegistryError for a file that is not CSV in
    UTF-8, a column that is missing or unknown, a code or a day that is none, or a pair that is
    answered twice.
    """
    if not path.is_file():
        return to_pandas(to_arrow(pd.DataFrame(), ANSWERS))
    lines = _csv_rows(path)
    header = [name.strip() for name in lines[0]] if lines else []
    check_columns(path, header, ANSWERS, NEEDED)
    rows = pd.DataFrame(
        [[cell.strip() for cell in line] for line in lines[1:]], columns=header, dtype="str")
    rows = rows.assign(line=range(2, len(rows) + 2))
    rows = rows[rows["answer_code"] != ""].reset_index(drop=True)
    rows["answer_code"] = rows["answer_code"].str.lower()
    _refuse_lines(path, rows[~rows["answer_code"].isin(ANSWER_CODES)],
                  f"answer with something else than {', '.join(ANSWER_CODES)}")
    rows = _pairs_in_order(path, rows)
    rows["answer_date"] = _days(path, rows)
    rows = rows.drop(columns="line").replace("", None)
    return to_pandas(to_arrow(rows.sort_values(list(ANSWERS.key)), ANSWERS))


def add_answer(answer: dict[str, object], path: Path) -> None:
    """Add an answer to the file that ``answers_in`` reads."""
    answers = answers_in(path).astype(object)
    write_answers(pd.concat([answers, pd.DataFrame([answer], dtype=object)],
                            ignore_index=True), path)


def write_answers(rows: pd.DataFrame, path: Path) -> None:
    """Write REVIEW_ANSWERS as the CSV that ``answers_in`` reads, whole or not at all."""
    ordered = rows.sort_values(list(ANSWERS.key)).astype(object)
    ordered["answer_date"] = pd.to_datetime(rows["answer_date"]).dt.strftime("%Y-%m-%d")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ANSWERS.column_names)
    shown = ordered[list(ANSWERS.column_names)].where(ordered.notna(), "")
    writer.writerows(shown.itertuples(index=False))
    write_text(path, text.getvalue())


def read_day(text: str) -> dt.date | None:
    """Return the day that was written, None of an empty text; SettingsError for any other."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SettingsError("--date is no day. Write it as in 2026-10-05.") from error


def _pairs_in_order(path: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the answers with the smaller key left, each pair once."""
    keys = rows[["record_key_l", "record_key_r"]]
    is_none = (keys == "").any(axis=1) | (keys["record_key_l"] == keys["record_key_r"])
    _refuse_lines(path, rows[is_none], "do not name two records")
    rows = rows.assign(record_key_l=keys.min(axis=1), record_key_r=keys.max(axis=1))
    is_twice = rows.duplicated(["record_key_l", "record_key_r"], keep=False)
    _refuse_lines(path, rows[is_twice], "answer a pair that another line answers, too")
    return rows


def _days(path: Path, rows: pd.DataFrame) -> pd.Series:
    texts = rows["answer_date"] if "answer_date" in rows else pd.Series("", index=rows.index)
    days = [_day(text) for text in texts]
    is_wrong = [day is None and text != "" for day, text in zip(days, texts, strict=True)]
    _refuse_lines(path, rows[is_wrong], "have an answer_date that is no day such as 2026-10-05")
    return pd.Series(days, index=rows.index, dtype=object)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _csv_rows(path: Path) -> list[list[str]]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file, strict=True) if any(line)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegistryError(
            f"{told(path)} is not CSV in UTF-8. Save it as 'CSV UTF-8, comma delimited'."
        ) from error
    for number, line in enumerate(lines, start=1):
        if len(line) != len(lines[0]):
            raise RegistryError(
                f"{told(path)}: row {number} has {len(line)} cells, and the first line has "
                f"{len(lines[0])}. Correct that row, or save the file with commas between cells.")
    return lines


def _refuse_lines(path: Path, rows: pd.DataFrame, what: str) -> None:
    if len(rows):
        raise RegistryError(
            f"{told(path)}: {len(rows)} rows {what} (first at row {rows['line'].iloc[0]}). "
            "Correct or delete them.")
