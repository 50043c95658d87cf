"""The objections that could not be read, and everybody whom the campaign knows that they mean."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from workbench.errors import ListRefused
from workbench.lists.model import UNREAD_COLUMNS
from workbench.lists.objections import TEXT_COLUMNS, clues, could_mean, names_somebody
from workbench.settings import Source
from workbench.tables import TABLES, linked_tables, store

MARK_DIGITS = 12
FEW = 3


def read_meant(
    unread: pd.DataFrame, root: Path, crosswalk: pd.DataFrame,
    sources: Mapping[str, Source],
) -> frozenset[str]:
    """Return the persons whom an objection that could not be read may mean.

    ``root`` is the campaign's folder. Everything that any source knows of a person counts.
    ListRefused where a row means nobody and names nobody, for then nobody can be held back by
    it: a person has to settle it (see ``mark_of``).
    """
    if unread.empty:
        return frozenset()
    found = clues(unread["raw_text"])
    pairs = [_meant_in(root, name, found, crosswalk) for name in linked_tables()
             if name != "suppressions"]
    told = pd.concat(pairs, ignore_index=True)
    settled = {mark for source in sources.values() for mark in source.settled_rows}
    is_open = ~unread["raw_text"].map(mark_of).isin(settled)
    is_nobody = ~names_somebody(unread["raw_text"]) & ~unread.index.isin(told["text_number"])
    _refuse_nameless(unread[is_open & is_nobody])
    return frozenset(told["person_id"].dropna())


def mark_of(text: str) -> str:
    """Return the mark by which params.yaml settles a row: the beginning of its hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_DIGITS]


def _meant_in(
    root: Path, name: str, found: pd.DataFrame, crosswalk: pd.DataFrame
) -> pd.DataFrame:
    """Return ``person_id`` and ``text_number`` of the rows of one table that a text may mean."""
    known = [column for column in TEXT_COLUMNS if column in TABLES[name].column_names]
    keys = ["source_name", "source_row"]
    if not known or not (root / TABLES[name].path).is_file():
        return pd.DataFrame(columns=["person_id", "text_number"])
    rows = store.read(root, name, [*keys, *known])
    pairs = could_mean(rows, found)
    meant = rows.loc[pairs["row"].astype("int64"), keys].assign(
        text_number=pairs["text_number"].to_numpy())
    return meant.merge(crosswalk[[*keys, "person_id"]], on=keys, validate="many_to_one")[
        ["person_id", "text_number"]]


def _refuse_nameless(rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    told = [f"line {line} of source '{source}' ({mark_of(str(text))})"
            for source, line, text in rows[UNREAD_COLUMNS].head(FEW).itertuples(index=False)]
    more = f" and {len(rows) - FEW} more" if len(rows) > FEW else ""
    raise ListRefused(
        f"{len(rows)} rows of suppressions cannot be read and name nobody: {', '.join(told)}"
        f"{more}. Somebody objected there, and nobody can tell who. Complete them in the file; "
        "or, where you know that nobody is meant, write under the source in params.yaml "
        'settled_rows: {"<the mark in brackets>": "who decided, when and why"}. Until then no '
        "list may leave."
    )
