"""What the brief on a source's quality leads with: its numbers and its words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.exhibits.forms import listed, plural
from workbench.intake.quality import Quality
from workbench.intake.stop import loss_words, standing_words
from workbench.measures import Measure
from workbench.sources import DOUBTS

MOST_WORDS_OF_A_REASON = 20
FEW_COLUMNS = 3
MILD = ("day_month_order",)


def quality_measures(quality: Quality) -> list[Measure]:
    """Return the headline numbers of a source: rows in, and what became of them.

    The counts are those of ``as_shown``, so they need no protection any more.
    """
    rows = quality.rows
    numbers = (
        ("n_rows_in", "Rows received", rows["n_rows"], "rows",
         "Records in the source's files, blank lines apart."),
        ("n_accepted", "Accepted", rows["n_accepted"], "rows",
         "Rows that fit their table and meet its expectations."),
        ("n_set_aside", "Set aside", rows["n_set_aside"], "rows",
         "Rows that do not fit; each is kept with its reason and line."),
        ("n_refused", "Refused", rows["n_refused"], "rows",
         "Rows that fit, of files that may not be used or of a source that stopped."),
        ("n_expectations_failed", "Expectations that failed", len(_failed(quality)),
         "expectations", "Expectations that the source does not meet; higher is worse."),
    )
    return [
        Measure(name, title, value, "count", unit, meaning, is_about_people=False)
        for name, title, value, unit, meaning in numbers
    ]


def finding(quality: Quality) -> dict[str, Any]:
    """Return title, bottom line and decision of the brief on a source's quality.

    Where the source stops, ``stop`` holds the kind of error and the message that end the run.
    """
    rows, name = quality.rows, quality.source_name
    if quality.is_expired:
        return {
            "title": f"Source {name} has expired and is not in use",
            "bottom_line": f"Its lawful basis ran out on {quality.expiry_date}; all "
            f"{rows['n_rows']:,} rows are refused.",
            "decision": "Renew the basis and move the expiry date, or delete the file.",
        }
    if quality.stop:
        return _stopped(quality)
    met = len(quality.expectations) - len(_failed(quality))
    return {
        "title": _title(quality),
        "bottom_line": f"{rows['n_accepted']:,} of {rows['n_rows']:,} rows are accepted for "
        f"table {quality.table_name}; {_rest(quality)}. {met} of {len(quality.expectations)} "
        f"expectations about the values are met.{_accepted_loss(quality)}{_drift_words(quality)}",
        "decision": _decision(quality), "changes": quality.drift,
    }


def fill_words(quality: Quality, filled: pd.DataFrame) -> dict[str, str]:
    """Return the words of the chart of how full each column is; ``filled`` is of fill_shown."""
    told = filled["filled_share"].dropna()
    subtitle = f"Share of the rows that fit and hold a value, source {quality.source_name}"
    if told.empty:
        few = "Too few rows were accepted to say how full columns are"
        return {"title": few if quality.rows["n_accepted"] else "No row was accepted",
                "subtitle": subtitle,
                "alt_text": "Bars of how full each column is, none of them drawn."}
    n_full, n_empty = int((told == 1).sum()), int((told == 0).sum())
    return {
        "title": f"{n_full} of {len(told)} columns are full, {n_empty} empty",
        "subtitle": f"{subtitle}; a few rows either way do not show",
        "alt_text": f"Bars of the share of rows that hold a value for {len(told)} columns: "
                    f"{n_full} full, {n_empty} empty, the others between.",
    }


def loss_sentence(quality: Quality) -> str:
    """Return what is lost with the rows that do not fit, and what follows from it."""
    lost = loss_words(quality, 0.0)
    if quality.stop:
        return f"The source stops. {quality.stop}"
    if not lost:
        return "Nothing is lost."
    follows = {
        "": "So little asks for no decision.",
        "asks": "So much asks for a decision.",
        "accepted": f"A recorded decision says that this is right: {quality.loss_why}",
    }
    return f"Lost with the rows set aside: {lost}. {follows[quality.loss_code]}"


def drift_sentence(quality: Quality) -> str:
    """Return how many things changed since the last accepted file, if there was one."""
    if not quality.has_before:
        return ("No other file of this source was accepted before, so there is nothing to "
                "compare it with. The next one is compared with this one.")
    n_changes = len(quality.drift)
    if not n_changes:
        return "Nothing changed by more than the limits since the last accepted file."
    return (f"{plural(n_changes, 'thing has', 'things have')} changed since the last accepted "
            f"file. Where that is right, 'workbench sources accept {quality.source_name}' makes "
            "this file the one to compare with.")


def _failed(quality: Quality) -> list[Any]:
    return [one for one in quality.expectations if not one["has_passed"]]


def _doubted(quality: Quality) -> list[Any]:
    """Return the notes on values that may be mangled; an open order of days is only a note."""
    return [one for one in quality.notes if one["code"] in DOUBTS and one["code"] not in MILD]


def _rest(quality: Quality) -> str:
    rows = quality.rows
    left_out = f", {rows['n_left_out']:,} left out by a rule" if rows["n_left_out"] else ""
    return f"{rows['n_set_aside']:,} are set aside with a reason{left_out}"


def _accepted_loss(quality: Quality) -> str:
    if quality.loss_code != "accepted":
        return ""
    return f" The loss is right, by a recorded decision: {_first(quality.loss_why)}."


def _first(text: str) -> str:
    words = text.removesuffix(".").split()
    kept = " ".join(words[:MOST_WORDS_OF_A_REASON])
    return f"{kept} …" if len(words) > MOST_WORDS_OF_A_REASON else kept


def _title(quality: Quality) -> str:
    name, n_failed = quality.source_name, len(_failed(quality))
    if quality.loss_code == "asks":
        lost = loss_words(quality, 0.0)
        return f"Decide about source {name}: {lost} are lost"
    n_lost = quality.rows["n_set_aside"]
    lost = {0: "no row is", 1: "1 row is"}.get(n_lost, f"{n_lost:,} rows are")
    if not n_failed and (doubted := _doubted(quality)):
        things = plural(len(doubted), "thing about it is", "things about it are")
        return f"Look at source {name}: {things} doubted; {lost} set aside"
    if not n_failed and quality.drift:
        columns = listed(sorted({str(one["column_name"]) for one in quality.drift}), FEW_COLUMNS)
        return f"Look at source {name}: its file changed ({columns}); {lost} set aside"
    if not n_failed:
        return f"Source {name} is fit to use; {lost} set aside"
    fail = ("one expectation about it fails" if n_failed == 1
            else f"{n_failed} expectations about it fail")
    return f"Judge source {name}: {fail}; {lost} set aside"


def _drift_words(quality: Quality) -> str:
    if not quality.drift:
        return ""
    things = plural(len(quality.drift), "thing", "things")
    return f" {things} changed since the last accepted file."


def _decision(quality: Quality) -> str:
    if quality.loss_code == "asks":
        return ("Have the reasons below put right, at the sender or in the source's rules; or "
                f"record under sources.{quality.source_name}.accept_loss that the loss is right.")
    if _failed(quality):
        return "Judge whether the expectations that failed point to a fault of the sender."
    if doubted := _doubted(quality):
        return f"Look at what is doubted. {doubted[0]['cure']}"
    if quality.drift:
        return "Ask the sender why the file changed, and decide whether that is right."
    return "Nothing is asked for."


def _stopped(quality: Quality) -> dict[str, Any]:
    """Return the finding on a source that stops: why, what stands in its place, what to do."""
    rows, name = quality.rows, quality.source_name
    if not rows["n_rows"]:
        why, line = "it cannot be read", _first(quality.stop.split("\n")[0]) + "."
    elif not rows["n_refused"]:
        why, line = "no row fits", _main_reason(quality)
    elif quality.loss_code == "stops":
        why, line = f"{loss_words(quality, 0.0)} are lost", _main_reason(quality)
    else:
        must = [one for one in _failed(quality) if one["severity"] == "stop"]
        why = plural(len(must), "expectation that must be met fails",
                     "expectations that must be met fail")
        line = f"{must[0]['title']}: {must[0]['n_failed']:,} of {must[0]['n_rows']:,} rows do not."
    error = quality.stop_error
    return {
        "title": f"Source {name} stops: {why}",
        "bottom_line": f"{line} {standing_words(quality.n_standing)}",
        "decision": "Have it put right, at the sender or in the source's rules; what to do "
        "stands below.",
        "stop": {"error": error, "message": quality.stop},
    }


def _main_reason(quality: Quality) -> str:
    """Return the reason that costs most rows, with its column, and the look of what is there."""
    if not quality.reasons:
        return "Every row is left out by the source's rules."
    most = max(quality.reasons, key=lambda one: one["n_rows"])
    column = f" in column '{_first(most['file_column'])}'" if most["file_column"] else ""
    looks = f" It looks like {most['shape']}." if most.get("shape") else ""
    return f"{most['n_rows']:,} rows{column}: {most['explanation']}{looks}"
