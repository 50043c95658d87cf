"""Walk lists as drafts for the gate, and as the table of selections."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from workbench.tables import RESULTS, store

LIST_NAME = "walk"
COPIED = ["voter_id", "first_name", "middle_name", "last_name", "name_suffix", "address_line",
          "town_name", "region_code", "postcode", "source_names"]


def selection_rows(walked: pd.DataFrame) -> pd.DataFrame:
    """Return the people on walk lists in the columns of the table ``selections``.

    ``walked``: as of ``choose_doors``. A list is a place; its owner is whoever works it.
    """
    asked = walked[walked["left_out_code"].isna()]
    rows = asked.assign(selection_id=_selection_ids(asked), channel_code="door",
                        owner_name="Team of " + asked["place_id"].astype("str"))
    rows = rows[list(RESULTS["selections"].column_names)]
    return rows.sort_values(["selection_id", "order_number"], ignore_index=True)


def draft_rows(
    walked: pd.DataFrame, people: pd.DataFrame, crosswalk: pd.DataFrame, *, use_code: str
) -> pd.DataFrame:
    """Return the same people in the columns of the table ``list_draft``, for the gate.

    ``people``: the table of that name. The row's source is the person's first entry on the
    register; what a canvasser reads of somebody is their name, address and reason, no score.
    """
    asked = walked[walked["left_out_code"].isna()]
    entries = crosswalk[crosswalk["table_name"] == "voters"]
    entries = entries.sort_values(["source_name", "source_row"]).drop_duplicates("person_id")
    rows = asked[["person_id", "place_id", "order_number", "reason_name"]].merge(
        people[["person_id", *COPIED]], how="left", on="person_id", validate="one_to_one")
    rows = rows.merge(entries[["person_id", "source_name", "source_row"]], how="left",
                      on="person_id", validate="one_to_one")
    rows = rows.assign(list_name=LIST_NAME, channel_code="door", use_code=use_code,
                       owner_id=_selection_ids(rows))
    return rows.drop(columns="place_id").sort_values(["owner_id", "order_number"],
                                                     ignore_index=True)


def write_selections(
    root: Path, selections: pd.DataFrame, quiet: pd.DataFrame
) -> Mapping[str, int]:
    """Write data/selections: who is on which walk list, and canvassers who fell silent."""
    store.write(root, "selections", selections)
    store.write(root, "quiet_canvassers", quiet)
    return {"selections": len(selections), "quiet_canvassers": len(quiet)}


def _selection_ids(rows: pd.DataFrame) -> pd.Series:
    return "walk_" + rows["place_id"].astype("str").str.lower()
