"""Tables of the brief on a source's quality: its files, notes, reasons and expectations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.disclosure import (
    exempt,
    rounded_count,
    rounded_rows,
    rounded_share,
    rows_shown,
)
from workbench.intake.quality import (
    Quality,
    drift_frame,
    filled_columns,
    findings_frame,
    notes_frame,
    rows_by_file,
    rows_by_reason,
)
from workbench.settings import Disclosure
from workbench.tables import table_named


def as_shown(quality: Quality, profile: Disclosure) -> Quality:
    """Return the quality with its counts of rows as a brief may show them.

    Where a row is about somebody, rows that fit are rounded (see ``rows_shown``), and rows that
    fail an expectation and stay are hidden where they are few: they are a trait of people. Rows
    set aside are exact, and so is all that is said of a source that stops: no brief rests on it.
    """
    table = table_named(quality.table_name)
    if quality.stop or not table.is_about_people:
        return quality
    return replace(
        quality, rows=rows_shown(quality.rows, profile),
        files=[{**file, **rows_shown({name: file[name] for name in quality.rows}, profile)}
               for file in quality.files],
        expectations=[_expectation_shown(one, profile) for one in quality.expectations])


def _expectation_shown(one: Mapping[str, Any], profile: Disclosure) -> dict[str, Any]:
    n_failed = one["n_failed"]
    if one["rows"] != "set_aside" and n_failed:
        n_failed = rounded_count(n_failed, profile)
    return {**one, "n_rows": rounded_rows(one["n_rows"], profile), "n_failed": n_failed}


def files_shown(quality: Quality) -> pd.DataFrame:
    """Return one row a file: its name, how it is written, and what became of its rows."""
    return rows_by_file(quality)[
        ["file_name", "encoding", "n_rows", "n_accepted", "n_set_aside", "n_refused",
         "n_left_out"]
    ]


def notes_shown(quality: Quality) -> pd.DataFrame:
    """Return one row a file and oddity of it: what was found, on how many lines, the cure."""
    notes = notes_frame(quality)
    lines = notes["n_lines"].map(lambda n: f"{n:,}" if n else "all")
    return pd.DataFrame({"note": notes["words"], "lines": lines.astype("str"),
                         "what_to_do": notes["cure"], "file_name": notes["file_name"]})


def reasons_shown(quality: Quality) -> pd.DataFrame:
    """Return one row a file, reason and column: rows, first lines, what is there, the cure."""
    reasons = rows_by_reason(quality)
    n_rows = rows_by_file(quality).set_index("file_name")["n_rows"]
    n_all = reasons["file_name"].map(n_rows).astype("float64")
    shown = pd.DataFrame({
        "explanation": reasons["explanation"],
        "column": reasons["file_column"].where(reasons["file_column"] != "",
                                               reasons["column_name"]),
        "n_rows": reasons["n_rows"], "rows_share": reasons["n_rows"] / n_all,
        "first_lines": _lines(reasons["first_rows"]), "looks_like": reasons["shape"],
        "what_would_help": reasons["cure"], "file_name": reasons["file_name"],
    })
    return shown.drop(columns=[name for name in ("looks_like", "what_would_help")
                               if (shown[name] == "").all()])


def drift_shown(quality: Quality) -> pd.DataFrame:
    """Return one row a column and change since the last accepted file."""
    drift = drift_frame(quality)
    return pd.DataFrame({"column": drift["column_name"], "change": drift["words"]})


def expectations_shown(quality: Quality) -> pd.DataFrame:
    """Return one row an expectation, those that fail first: what it says, and the verdict."""
    order = findings_frame(quality).sort_values("has_passed", kind="stable")
    verdict = order["has_passed"].map({True: "is met", False: "fails"})
    return pd.DataFrame({
        "expectation": order["title"], "severity": order["severity"], "verdict": verdict,
        "n_failed": order["n_failed"].astype("Int64"), "why": order["why"],
    })


def fill_shown(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a column: the share of accepted rows that fill it, as it may be shown.

    A filled cell is a trait of whom the row is about. So the share is a whole percentage of
    rounded counts; a column that only a few rows fill, or leave empty, stands as empty or full;
    and none is told where there are too few rows for a percentage.
    """
    filled = filled_columns(quality)
    shares = [_share_shown(n_filled, n_rows, profile)
              for n_filled, n_rows in zip(filled["n_filled"], filled["n_rows"], strict=True)]
    shown = pd.DataFrame({"column_name": filled["column_name"],
                          "filled_share": pd.Series(shares, index=filled.index, dtype="float64")})
    return exempt(shown, "columns filled, in whole percentages of rounded counts of rows")


def _share_shown(n_filled: int, n_rows: int, profile: Disclosure) -> float | None:
    if n_rows < profile.percentage_base_min:
        return None
    if min(n_filled, n_rows - n_filled) < profile.cell_min:
        return float(n_filled > n_rows / 2)
    return rounded_share(n_filled, n_rows, profile)


def _lines(first_rows: pd.Series) -> pd.Series:
    return first_rows.map(lambda lines: ", ".join(f"{line:,}" for line in lines)).astype("str")
