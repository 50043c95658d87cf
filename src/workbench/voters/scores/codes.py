"""The campaign's table of canvass codes: what each code means, which way, and for how long."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import SettingsError, nearest_name
from workbench.tables.results import MEANING_CODES

if TYPE_CHECKING:
    import duckdb

CODES_FILE = "canvass_codes.csv"
CODE_COLUMNS = (
    "source_name", "scale_name", "code", "label", "party_code", "meaning_code",
    "direction_code", "expiry_days",
)
# Where an ID lies between against us (0) and for us (1); the others tell nothing of that.
POSITIONS = {"for": 1.0, "leaning_for": 0.75, "undecided": 0.5, "leaning_against": 0.25,
             "against": 0.0}
DIRECTION_CODES = ("low_is_for", "high_is_for", "none")


def read_codes(path: Path) -> pd.DataFrame:
    """Return one row a code of one scale of one source, with its ``position`` from 0 to 1.

    ``source_name`` is empty for a code of every source. SettingsError where the file is not
    there or lacks a column, for a meaning or a direction that is not known, for a code that
    comes twice, and for a scale that has no direction or runs against the one it states.
    """
    if not path.is_file():
        raise SettingsError(
            f"{CODES_FILE} is not there. Copy it from the repository into the campaign's folder "
            "and write your canvassers' codes into it (docs/voters.md).")
    rows = pd.read_csv(path, dtype="str", keep_default_na=False).map(str.strip)
    _check_columns(rows)
    _check_values(rows, "meaning_code", MEANING_CODES)
    rows["expiry_days"] = _days(rows["expiry_days"])
    _check_twice(rows)
    for (source, scale), codes in rows.groupby(["source_name", "scale_name"], sort=True):
        _check_direction(codes, f"scale '{scale}'" + (f" of {source}" if source else ""))
    _check_values(rows, "direction_code", DIRECTION_CODES)
    return rows.assign(position=rows["meaning_code"].map(POSITIONS).astype("float64"))


def codes_of_sources(
    connection: duckdb.DuckDBPyConnection, codes: pd.DataFrame
) -> pd.DataFrame:
    """Return one row a source of canvass returns and a code of it, as `read_codes` has them.

    A row with the source's name goes before one of every source. SettingsError for codes that
    stand in the canvass table and not in the file.
    """
    used = connection.execute(
        "SELECT source_name, trim(voter_id_code) AS code, count(*) AS n FROM canvass WHERE "
        "trim(voter_id_code) <> '' GROUP BY ALL ORDER BY ALL").df()
    own = used.merge(codes, on=["source_name", "code"], how="left", validate="many_to_one")
    every = codes[codes["source_name"] == ""].drop(columns="source_name")
    general = used.merge(every, on="code", how="left", validate="many_to_one")
    found = own.where(own["meaning_code"].notna(), general[own.columns])
    missing = found[found["meaning_code"].isna()]
    if len(missing):
        names = ", ".join(f"'{code}'" for code in sorted(set(missing["code"])))
        sources = ", ".join(sorted(set(missing["source_name"])))
        raise SettingsError(
            f"{int(missing['n'].sum())} rows of canvass ({sources}) have voter-ID codes that "
            f"{CODES_FILE} lacks: {names}. Add a row for each, with its meaning and its scale's "
            "direction.")
    return found


def _check_columns(rows: pd.DataFrame) -> None:
    for name in CODE_COLUMNS:
        if name not in rows.columns:
            raise SettingsError(
                f"{CODES_FILE} has no column '{name}'.{nearest_name(name, rows.columns)} "
                f"It needs: {', '.join(CODE_COLUMNS)}.")


def _check_values(rows: pd.DataFrame, column: str, known: tuple[str, ...]) -> None:
    for line, value in zip(rows.index + 2, rows[column], strict=True):
        if value not in known:
            raise SettingsError(
                f"{CODES_FILE}, line {line}: {column} is '{value}'."
                f"{nearest_name(value, known)} It knows: {', '.join(known)}.")


def _days(texts: pd.Series) -> pd.Series:
    days = pd.to_numeric(texts, errors="coerce")
    wrong = days.isna() | (days < 1) | (days % 1 != 0)
    if wrong.any():
        line = wrong.to_numpy().argmax() + 2
        raise SettingsError(
            f"{CODES_FILE}, line {line}: expiry_days must be a whole number of "
            "days, 1 or more, after which an ID no longer counts.")
    return days.astype("int64")


def _check_twice(rows: pd.DataFrame) -> None:
    twice = rows.duplicated(["source_name", "code"])
    if twice.any():
        line = twice.to_numpy().argmax() + 2
        raise SettingsError(
            f"{CODES_FILE}, line {line}: the code stands there twice for one "
            "source. Keep one row, or name the source of each under source_name.")


def _check_direction(codes: pd.DataFrame, where: str) -> None:
    """Refuse a scale of numbers that states no direction, or runs the other way."""
    numbers = pd.to_numeric(codes["code"], errors="coerce")
    positions = codes["meaning_code"].map(POSITIONS)
    on_scale = codes[numbers.notna() & positions.notna()]
    if len(on_scale) < 2:
        return
    stated = set(on_scale["direction_code"])
    if len(stated) != 1 or not stated <= {"low_is_for", "high_is_for"}:
        raise SettingsError(
            f"{CODES_FILE}: the {where} has numbers for codes and no one direction. Write "
            "low_is_for (1 is for us) or high_is_for into direction_code of all its rows.")
    ordered = positions[on_scale.index].iloc[numbers[on_scale.index].argsort()]
    rises = stated == {"high_is_for"}
    if not (ordered.is_monotonic_increasing if rises else ordered.is_monotonic_decreasing):
        raise SettingsError(
            f"{CODES_FILE}: the {where} says {stated.pop()}, but its meanings run otherwise. "
            "Correct the direction or the meanings.")
