"""Drafts of lists: what stages hand to the gate, kept apart from the lists that leave."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from workbench.errors import ListRefused, nearest_name
from workbench.lists.evidence import AGAIN, CURE, read_whole
from workbench.lists.model import Purpose
from workbench.settings import Campaign
from workbench.tables import RESULTS, store, to_pandas

DRAFT = RESULTS["list_draft"]
DRAFTS = ("data", DRAFT.folder)
# What a draft says of itself, and what nobody who makes contacts needs.
_NOT_LEAVING = ("list_name", "channel_code", "use_code", "source_name", "source_row")
_WHERE_GIVEN = ("order_number", "reason_name")  # of walk lists; empty on others


def draft_rows(
    chosen: pd.DataFrame, people: pd.DataFrame, entries: pd.DataFrame
) -> pd.DataFrame:
    """Return the people whom a stage chose in the columns of the table ``list_draft``, in order.

    ``chosen``: a row a person, with what the draft says of the list and of the contact. What
    ``people`` has of somebody is added, with all the sources behind them, so that one whose
    terms forbid the use holds the person back. A row stands for the first of the person's
    ``entries``, rows of the crosswalk, by source and line.
    """
    known = [name for name in people.columns
             if name in DRAFT.column_names and name not in chosen.columns]
    first = entries.sort_values(["source_name", "source_row"]).drop_duplicates("person_id")
    first = first[["person_id", "source_name", "source_row"]]
    for table in (people[["person_id", *known]], first):
        chosen = chosen.merge(table, how="left", on="person_id", validate="one_to_one")
    return chosen


def write_drafts(root: Path, cleaned: pd.DataFrame, list_names: Sequence[str]) -> None:
    """Write data/lists/<list>.parquet for each of ``list_names``, empty where it has no row.

    ``cleaned``: a row a contact, with the columns of the table ``list_draft``; others are
    left out.
    """
    for name in list_names:
        draft = cleaned[cleaned["list_name"] == name].sort_values(["source_name", "source_row"])
        store.write(root, DRAFT.name, draft, file=name)


def read_draft(root: Path, list_name: str) -> pd.DataFrame:
    """Return the draft of that name; ListRefused where there is none, or nobody is on it."""
    folder = root.joinpath(*DRAFTS)
    path = folder / f"{list_name}.parquet"
    names = sorted(draft.stem for draft in folder.glob("*.parquet"))
    if list_name not in names:
        raise ListRefused(
            f"There is no draft of a list '{list_name}'.{nearest_name(list_name, names)} There "
            f"are: {', '.join(names) or 'none yet'}. Run 'dvc repro' to make them."
        )
    draft = to_pandas(read_whole(path, DRAFT, AGAIN))
    if draft.empty:
        raise ListRefused(
            f"Nobody is on the draft of list '{list_name}'. Name the list under "
            "notebooks.lists.list_names in params.yaml, and its source under sources; for "
            "'walk', name places under notebooks.selections.area_ids."
        )
    if draft[["channel_code", "use_code"]].drop_duplicates().shape[0] != 1:
        raise ListRefused(f"{path} has several channels or uses. "
                          f"{CURE.format('give the list one of each')}")
    return draft


def purpose_of(draft: pd.DataFrame, list_name: str, campaign: Campaign) -> Purpose:
    """Return what the list of a draft is for, on the campaign's day."""
    return Purpose(
        list_name=list_name, channel_code=str(draft["channel_code"].iloc[0]),
        use_code=str(draft["use_code"].iloc[0]), as_of=campaign.as_of,
        polling_date=campaign.polling_date, voting_age_years=campaign.voting_age_years,
        country_code=campaign.country_code,
    )


def leaving(draft: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the columns that may go into the file."""
    empty = [name for name in _WHERE_GIVEN if name in draft and draft[name].isna().all()]
    return draft.drop(columns=[*_NOT_LEAVING, *empty])
