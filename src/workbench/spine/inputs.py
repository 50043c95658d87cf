"""What the spine reads: the gathered tables, and what people decided in data/registry."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import RegistryError, StorageError, nearest_name
from workbench.people.records import LINKED_TABLES
from workbench.tables import TABLES, Table, read_table, to_arrow, to_pandas
from workbench.tables.people import ANSWER_CODES, ERASED, ID_REGISTRY, REVIEW_ANSWERS

if TYPE_CHECKING:
    import duckdb

TABLES_FOLDER = Path("data", "tables")
REGISTRY_FILE = Path("data", "registry", "id_registry.parquet")
ANSWERS_FILE = Path("data", "registry", "review_answers.csv")
ERASED_FILE = Path("data", "registry", "erased.parquet")
NEEDED_ANSWERS = tuple(column.name for column in REVIEW_ANSWERS.columns if column.is_required)


def open_tables(connection: duckdb.DuckDBPyConnection, root: Path) -> dict[str, int]:
    """Make a view of every table of people; return how many rows each has.

    A table that nobody gathered is there without rows; StorageError for one that is damaged.
    """
    return {name: _open_table(connection, name, root / TABLES_FOLDER / f"{name}.parquet")
            for name in LINKED_TABLES}


def _open_table(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> int:
    import duckdb

    if not path.is_file():
        connection.register(name, TABLES[name].schema().empty_table())
        return 0
    text = str(path).replace("'", "''")
    try:
        connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{text}')")
        return int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0])
    except duckdb.Error as error:
        raise StorageError(
            f"{_told(path)} cannot be read. Run 'dvc repro --force gather' to make it again."
        ) from error


def read_registry(path: Path) -> pd.DataFrame:
    """Return the id registry, without rows where there is none; RegistryError if damaged."""
    rows = _read_parquet(path, ID_REGISTRY)
    is_bare = rows[["source_name", "row_key", "record_key", "person_id", "is_elector"]].isna()
    if is_bare.to_numpy().any():
        raise RegistryError(
            f"{_told(path)}: {int(is_bare.any(axis=1).sum())} rows lack a key or an id. "
            f"{_cure(path)}")
    n_twice = int(rows.duplicated(["source_name", "row_key"]).sum())
    if n_twice:
        raise RegistryError(
            f"{_told(path)} has {n_twice} rows of sources more than once. {_cure(path)}")
    return rows


def read_erased(path: Path) -> pd.DataFrame:
    """Return what erased people are known by, without rows where there is no such file."""
    return _read_parquet(path, ERASED)


def read_answers(path: Path) -> pd.DataFrame:
    """Return the reviewers' answers, one row a pair; rows that nobody answered are left out.

    Without rows where there is no such file. RegistryError for a file that is not CSV in
    UTF-8, a column that is missing or unknown, a code or a day that is none, or a pair that is
    answered twice.
    """
    if not path.is_file():
        return to_pandas(to_arrow(pd.DataFrame(), REVIEW_ANSWERS))
    lines = _csv_rows(path)
    header = [name.strip() for name in lines[0]] if lines else []
    _check_columns(path, header, REVIEW_ANSWERS, NEEDED_ANSWERS)
    rows = pd.DataFrame(
        [[cell.strip() for cell in line] for line in lines[1:]], columns=header, dtype="str")
    rows = rows.assign(line=range(2, len(rows) + 2))
    rows = rows[rows["answer_code"] != ""].reset_index(drop=True)
    rows["answer_code"] = rows["answer_code"].str.lower()
    _refuse_lines(path, rows[~rows["answer_code"].isin(ANSWER_CODES)],
                  f"answer with something else than {', '.join(ANSWER_CODES)}")
    rows = _pairs_in_order(path, rows)
    rows["answer_date"] = _days(path, rows)
    rows = rows.drop(columns="line").sort_values(list(REVIEW_ANSWERS.key), ignore_index=True)
    return to_pandas(to_arrow(rows, REVIEW_ANSWERS))


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
            f"{_told(path)} is not CSV in UTF-8. Save it as 'CSV UTF-8, comma delimited'."
        ) from error
    for number, line in enumerate(lines, start=1):
        if len(line) != len(lines[0]):
            raise RegistryError(
                f"{_told(path)}: row {number} has {len(line)} cells, and the first line has "
                f"{len(lines[0])}. Mend that row, or save the file with commas between cells.")
    return lines


def _refuse_lines(path: Path, rows: pd.DataFrame, what: str) -> None:
    if len(rows):
        raise RegistryError(
            f"{_told(path)}: {len(rows)} rows {what} (first at row {rows['line'].iloc[0]}). "
            "Mend or delete them.")


def _read_parquet(path: Path, table: Table) -> pd.DataFrame:
    import pyarrow as pa

    if not path.is_file():
        return to_pandas(to_arrow(pd.DataFrame(), table))
    try:
        rows = read_table(path)
        _check_columns(path, list(rows.columns), table, table.column_names)
        return to_pandas(to_arrow(rows, table))
    except (pa.ArrowException, OSError) as error:
        raise RegistryError(
            f"{_told(path)} cannot be read as Parquet with the columns of {table.name}. "
            f"{_cure(path)}") from error


def _check_columns(
    path: Path, given: list[str], table: Table, needed: tuple[str, ...]
) -> None:
    for name in sorted(set(given) - set(table.column_names)):
        raise RegistryError(
            f"{_told(path)} has a column '{name[:40]}' that {table.name} does not have."
            f"{nearest_name(name, table.column_names)} Its columns are: "
            f"{', '.join(table.column_names)}.")
    if len(set(given)) != len(given):
        raise RegistryError(f"{_told(path)} has a column twice. Delete one of them.")
    for name in needed:
        if name not in given:
            raise RegistryError(
                f"{_told(path)} has no column '{name}'. {_cure(path)}")


def _told(path: Path) -> str:
    text = path.as_posix()
    return text[text.rfind("/data/") + 1:]


def _cure(path: Path) -> str:
    if path.parent.name != "registry":
        return "Run 'dvc repro --force spine' to make it again."
    return (f"Get the last good one back with 'dvc checkout {_told(path)}.dvc', or from a "
            "colleague's copy. Do not delete it: without it, what it decided is lost.")
