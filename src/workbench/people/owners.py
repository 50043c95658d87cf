"""One owner for each contact: which list keeps a person, by a rule that can be said aloud.

On one list a person keeps the entry that is planned first. Of several lists with one channel
and one use the person stays on the one that comes first in the analyst's order. Of what is then
left, one call a week: in a week with several, the list that comes first keeps it. Ties go to
the earlier line of the source. An entry without a person stays: nobody knows whose double it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.people.entries import CALLED, ROW

OUTCOME_CODES = ("kept", "repeat", "other_list", "same_week")


def give_owners(entries: pd.DataFrame, list_names: Sequence[str]) -> pd.DataFrame:
    """Return the entries with ``outcome_code``, one of OUTCOME_CODES, and an owner for each.

    ``kept`` entries make the cleaned list. ``repeat``: the person stands on this list
    already; ``other_list``: an earlier list of the same channel and use has the person;
    ``same_week``: an earlier list calls the person in that week. The owner is the entry's
    own, else its office, else the list. The rows come in the order of the rule.
    """
    place = {name: number for number, name in enumerate(list_names)}
    ordered = entries.assign(place=entries["list_name"].map(place)).sort_values(
        ["place", "contact_date", *ROW], na_position="last", ignore_index=True)
    is_linked = ordered["person_id"].notna()
    outcome = pd.Series("kept", index=ordered.index, dtype="str")
    outcome = outcome.mask(_is_later(ordered[is_linked], ["list_name"], outcome), "repeat")
    left = ordered[is_linked & (outcome == "kept")]
    outcome = outcome.mask(_is_later(left, ["channel_code", "use_code"], outcome), "other_list")
    left = ordered[is_linked & (outcome == "kept") & (ordered["channel_code"] == CALLED)]
    left = left[left["week_number"].notna()]
    outcome = outcome.mask(_is_later(left, ["week_number"], outcome), "same_week")
    owner = ordered["owner_id"].fillna(ordered["office_id"]).fillna(ordered["list_name"])
    return ordered.assign(outcome_code=outcome, owner_id=owner).drop(columns="place")


def owners_ledger(owned: pd.DataFrame, list_names: Sequence[str]) -> pd.DataFrame:
    """Return one row a list: ``n_rows`` and the part of it with each outcome."""
    counts = pd.crosstab(owned["list_name"], owned["outcome_code"])
    counts = counts.reindex(index=list(list_names), columns=list(OUTCOME_CODES), fill_value=0)
    counts = counts.rename(columns=lambda code: f"n_{code}").astype("int64")
    counts.insert(0, "n_rows", counts.sum(axis="columns"))
    return counts.rename_axis("list_name").rename_axis(columns=None).reset_index()


def _is_later(left: pd.DataFrame, within: list[str], every: pd.Series) -> pd.Series:
    """Whether an earlier row of ``left`` has the same person, within groups of columns."""
    later = left.duplicated(["person_id", *within])
    return later.reindex(every.index, fill_value=False).astype(bool)
