"""Write a list that leaves: the gate last, then the file, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from workbench.errors import ListRefused
from workbench.lists.cells import safe_cells
from workbench.lists.checks import CONTACT_OF_CHANNEL
from workbench.lists.gate import hold_back
from workbench.lists.model import Evidence, Purpose, Tally
from workbench.tables import whole_file


def write_list(
    rows: pd.DataFrame, purpose: Purpose, evidence: Evidence, folder: Path
) -> Tally:
    """Apply the gate and write ``<list_name>.csv`` below ``folder``; return the tally.

    The rows are sorted by owner, place on the list where there is one, and person, so that
    the same rows give the same bytes in any order. ``phone`` leaves on lists of calls and
    texts only, ``email`` on lists of e-mails only, and a second number (``mobile_phone``) on
    none: the gate has not checked it. Raises
    ListRefused, with nothing written, where the gate cannot decide.
    """
    path = folder / f"{purpose.list_name}.csv"
    with told_of_earlier(path):
        held = hold_back(rows, purpose, evidence)
    by = ["owner_id", *(["order_number"] if "order_number" in held.rows else []), "person_id"]
    ordered = held.rows.sort_values(by)
    text = _csv_text(ordered.drop(columns=_unchecked_contacts(ordered, purpose)))
    with whole_file(path) as draft:
        draft.write_bytes(text.encode("utf-8-sig"))
    return held.tally


@contextmanager
def told_of_earlier(path: Path) -> Iterator[None]:
    """Add to a refusal that nothing was written, and that an earlier file is not to be used."""
    try:
        yield
    except ListRefused as error:
        still = f" {path} is of an earlier run: do not use it." if path.exists() else ""
        raise ListRefused(f"{error} Nothing was written.{still}") from error


def _unchecked_contacts(rows: pd.DataFrame, purpose: Purpose) -> list[str]:
    checked = CONTACT_OF_CHANNEL.get(purpose.channel_code)
    return [
        name for name in rows.columns
        if str(name).split("_")[-1] in ("phone", "email") and name != checked
        and not pd.api.types.is_bool_dtype(rows[name])
    ]


def _csv_text(rows: pd.DataFrame) -> str:
    sheet = io.StringIO()
    csv.writer(sheet, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(
        safe_cells(rows)
    )
    return sheet.getvalue()
