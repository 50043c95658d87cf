"""What the brief on a source's quality leads with: its numbers and its words."""

from __future__ import annotations

import pandas as pd

from workbench.intake.quality import (
    Quality,
    filled_columns,
    findings_frame,
    rows_by_file,
    rows_by_reason,
)
from workbench.measures import Measure


def quality_measures(quality: Quality) -> list[Measure]:
    """Return the headline numbers of a source: rows in, and what became of them.

    They count rows by technical reasons, so they are shown as they are.
    """
    rows = quality.rows
    failed = [one for one in quality.expectations if not one["has_passed"]]
    numbers = (
        ("n_rows_in", "Rows received", rows["n_rows"], "rows",
         "Records in the source's files, blank lines apart."),
        ("n_accepted", "Accepted", rows["n_accepted"], "rows",
         "Rows that fit their table and whose values we believe."),
        ("n_set_aside", "Set aside", rows["n_set_aside"], "rows",
         "Rows that do not fit; each is kept with its reason and line."),
        ("n_refused", "Refused", rows["n_refused"], "rows",
         "Rows of files that may not be used at all."),
        ("n_beliefs_failed", "Beliefs that failed", len(failed), "expectations",
         "Expectations that the source does not meet; higher is worse."),
    )
    return [
        Measure(name, title, value, "count", unit, meaning, is_about_people=False)
        for name, title, value, unit, meaning in numbers
    ]


def finding(quality: Quality) -> dict[str, str]:
    """Return title, bottom line and decision of the brief on a source's quality."""
    rows, name = quality.rows, quality.source_name
    failed = [one for one in quality.expectations if not one["has_passed"]]
    if quality.is_expired:
        return {
            "title": f"Source {name} has expired and is not in use",
            "bottom_line": f"Its lawful basis ran out on {quality.expiry_date}; all "
            f"{rows['n_rows']:,} rows are refused.",
            "decision": "Renew the basis and move the expiry date, or delete the file.",
        }
    return {
        "title": _title(quality, len(failed)),
        "bottom_line": f"{rows['n_accepted']:,} of {rows['n_rows']:,} rows are accepted for "
        f"table {quality.table_name}; {rows['n_set_aside']:,} are set aside with a reason. "
        f"{len(quality.expectations) - len(failed)} of {len(quality.expectations)} beliefs "
        "about the values hold.",
        "decision": "Judge whether the beliefs that failed point to a fault of the sender."
        if failed else "Nothing is asked for.",
    }


def fill_words(quality: Quality) -> dict[str, str]:
    """Return the words of the chart of how full each column is."""
    columns = filled_columns(quality).dropna(subset=["filled_share"])
    subtitle = (f"Share of accepted rows that hold a value, source {quality.source_name}, "
                f"{quality.rows['n_accepted']:,} rows")
    if columns.empty:
        return {"title": "No row was accepted", "subtitle": subtitle,
                "alt_text": "Bars of how full each column is, none of them drawn."}
    n_full = int((columns["n_filled"] == columns["n_rows"]).sum())
    n_empty = int((columns["n_filled"] == 0).sum())
    return {
        "title": f"{n_full} of {len(columns)} columns are full, {n_empty} empty",
        "subtitle": subtitle,
        "alt_text": f"Bars of the share of rows that hold a value for {len(columns)} columns: "
                    f"{n_full} full, {n_empty} empty, the others between.",
    }


def files_shown(quality: Quality) -> pd.DataFrame:
    """Return one row a file: its name, how it is written, and what became of its rows."""
    return rows_by_file(quality)[
        ["file_name", "encoding", "n_rows", "n_accepted", "n_set_aside", "n_refused"]
    ]


def reasons_shown(quality: Quality) -> pd.DataFrame:
    """Return one row a file, reason and column, in words; one that says so where none is."""
    reasons = rows_by_reason(quality)
    if reasons.empty:
        return pd.DataFrame({"explanation": ["No row was set aside."], "n_rows": [0]})
    return reasons[["explanation", "column_name", "n_rows", "file_name", "first_row"]]


def beliefs_shown(quality: Quality) -> pd.DataFrame:
    """Return one row a belief, those that fail first: what it says, and whether it holds."""
    beliefs = findings_frame(quality)
    order = beliefs.sort_values("has_passed", kind="stable")
    if order.empty:
        return pd.DataFrame({"belief": ["Nothing was checked."], "verdict": [""]})
    verdict = order["has_passed"].map({True: "holds", False: "fails"})
    return pd.DataFrame({
        "belief": order["title"], "severity": order["severity"], "verdict": verdict,
        "n_failed": order["n_failed"], "why": order["why"],
    })


def _title(quality: Quality, n_failed: int) -> str:
    rows, name = quality.rows, quality.source_name
    if not rows["n_accepted"]:
        return f"Source {name} gave no row that can be used"
    n_lost = rows["n_rows"] - rows["n_accepted"]
    lost = {0: "no row is", 1: "1 row is"}.get(n_lost, f"{n_lost:,} rows are")
    if not n_failed:
        return f"Source {name} is fit to use; {lost} set aside"
    fail = "one belief about it fails" if n_failed == 1 else f"{n_failed} beliefs about it fail"
    return f"Judge source {name}: {fail}; {lost} set aside"
