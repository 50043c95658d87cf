"""Whether a source is used: its losses compared with the limits, and why it stops."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.disclosure import rounded_rows
from workbench.intake.loss import Losses, accepted_share, loss_code, lost_shares
from workbench.intake.quality import Quality
from workbench.settings import Settings
from workbench.tables import table_named

MOST_REASONS = 3


def judged(
    settings: Settings, quality: Quality, losses: Losses, paths: tuple[Path, Path], *,
    failed: str,
) -> Quality:
    """Return the quality with what is lost, and with why the source stops, where it does.

    It stops where no row fits, where an expectation of severity stop ``failed`` (in words), or
    where more is lost than ``intake.loss_stop_share`` and no recorded decision says that it is
    right. Its rows are refused then, and those accepted before stand. ``paths`` are the draft
    of the accepted rows and the place where those accepted before lie.
    """
    limits, name = settings.intake, quality.source_name
    shares = lost_shares(losses, quality.rows, paths[0], ask_share=limits.loss_ask_share)
    code = loss_code(shares, limits, accepted_share(settings, name))
    quality = replace(
        quality, loss=shares, loss_code=code,
        loss_why=str(settings.source(name).accept_loss.get("why", "")) * (code == "accepted"))
    is_bare = quality.rows["n_accepted"] == 0 < quality.rows["n_rows"]
    told = [_lost_words(quality, limits.loss_stop_share)] if is_bare or code == "stops" else []
    told += [failed] if failed and not is_bare else []
    if not told:
        return quality
    n_standing = rows_standing(settings, paths[1], quality.table_name)
    files = ", ".join(str(file["file_name"]) for file in quality.files)
    stop = f"{files}: " + "\n".join([*told, standing_words(n_standing)])
    return replace(_refused(quality), stop=stop, n_standing=n_standing)


def unread(settings: Settings, source_name: str, accepted: Path, *, message: str) -> Quality:
    """Return the quality of a source of which nothing could be read, with the message why."""
    source = settings.source(source_name)
    counts = ("n_rows", "n_accepted", "n_set_aside", "n_refused", "n_left_out")
    n_standing = rows_standing(settings, accepted, source.table)
    return Quality(
        source_name, source.table, False, source.expiry_date.isoformat(),
        dict.fromkeys(counts, 0), [], [], [], [],
        stop=f"{message}\n{standing_words(n_standing)}", stop_error="SourceError",
        n_standing=n_standing,
    )


def rows_standing(settings: Settings, accepted: Path, table_name: str) -> int:
    """Return how many rows an earlier run accepted, as may be shown; 0 where none did."""
    n_rows = int(pq.read_metadata(accepted).num_rows) if accepted.is_file() else 0
    is_about_people = table_named(table_name).is_about_people
    return rounded_rows(n_rows, settings.disclosure) if is_about_people else n_rows


def standing_words(n_standing: int) -> str:
    """Return the sentence on the rows that an earlier run accepted."""
    if not n_standing:
        return "No row of the source is in use."
    return f"The {n_standing:,} rows that it gave before still stand."


def restore(accepted: Path, draft: Path, schema: pa.Schema) -> None:
    """Write to the draft what stood before: the rows accepted then, or none in their shape."""
    if accepted.is_file():
        shutil.copyfile(accepted, draft)
    else:
        pq.write_table(schema.empty_table(), draft)


def share_words(share: float) -> str:
    """Return a share as a whole percentage that is 0% and 100% only where it is exactly that.

    >>> share_words(0.9997), share_words(0.001), share_words(0.5)
    ('over 99%', 'under 1%', '50%')
    """
    if 0.99 < share < 1:
        return "over 99%"
    return "under 1%" if 0 < share < 0.01 else f"{share:.0%}"


def loss_words(quality: Quality, over: float) -> str:
    """Return what is lost by more than ``over``, such as '12 of 20 rows, 71% of the money'."""
    rows = quality.rows
    n_all = rows["n_rows"] - rows["n_left_out"]
    parts = [
        f"{rows['n_set_aside']:,} of {n_all:,} rows" if name == "rows"
        else f"{share_words(share)} of the {name}"
        for name, share in quality.loss.items() if share > over
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def reason_words(reason: Mapping[str, Any], n_all: int) -> str:
    """Return what a reason costs: rows, column, first lines, what stands there, the cure."""
    column, spelled = reason["column_name"], reason.get("file_column", "")
    place = f", column '{spelled}' ({column})" if spelled else f", {column}" if column else ""
    lines = [f"{line:,}" for line in reason["first_rows"]]
    first = f"first on line{'s' * (len(lines) > 1)} {', '.join(lines)}"
    words = (f"{reason['reason_code']}: {reason['n_rows']:,} of {n_all:,} rows{place}, {first}. "
             f"{reason['explanation']}")
    words += f" What stands there looks like {reason['shape']}." if reason.get("shape") else ""
    return words + (f" What would help: {reason['cure'].removesuffix('.')}."
                    if reason.get("cure") else "")


def _lost_words(quality: Quality, limit: float) -> str:
    """Return what the source lost, the reasons that cost most, and what to do."""
    rows, name = quality.rows, quality.source_name
    n_all = rows["n_rows"] - rows["n_left_out"]
    if not n_all:
        return (f"all {rows['n_rows']:,} rows are left out, so that source '{name}' has none. "
                f"Correct sources.{name}.keep, or take the source out of params.yaml.")
    reasons = sorted(quality.reasons, key=lambda one: -one["n_rows"])
    lines = [f"  {reason_words(one, n_all)}" for one in reasons[:MOST_REASONS]]
    if len(reasons) > MOST_REASONS:
        lines.append(f"  and {len(reasons) - MOST_REASONS} more in data/quality/{name}.json")
    is_bare = not rows["n_accepted"]
    head = (f"no row fits, {rows['n_set_aside']:,} of {n_all:,} rows are set aside" if is_bare
            else f"{loss_words(quality, limit)} are lost, and over {share_words(limit)} source "
                 f"'{name}' stops")
    record = "" if is_bare else (
        " Where the loss is right, record the decision under "
        f"sources.{name}: accept_loss: {{share: {_next_share(quality)}, why: \"…\"}}.")
    return "\n".join([
        f"{head}.", *lines,
        f"Give the rule that reads them under sources.{name}, map the right column, or ask for "
        f"another export.{record}"])


def _next_share(quality: Quality) -> str:
    """Return the least share of two digits that a record must have to cover the loss."""
    most = max(quality.loss.values())
    return f"{min(1.0, int(most * 100 + 1) / 100):g}"


def _refused(quality: Quality) -> Quality:
    """Return the quality with every row that fits refused, for none of them is used."""
    return replace(quality, rows=_without(quality.rows),
                   files=[_without(file) for file in quality.files])


def _without(counts: Mapping[str, Any]) -> dict[str, Any]:
    n_refused = counts["n_refused"] + counts["n_accepted"]
    return {**counts, "n_accepted": 0, "n_refused": n_refused}
