"""Compare lists with each other: who is on which, and who would be called twice, by whom.

Every function takes entries as ``workbench.people.entries`` makes them. People are counted by
``person_id``; an entry without one is counted as a row and stands in ``unlinked_rows``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from workbench.people.entries import CALLED, ROW, WHEN_CODES

TOGETHER = " + "


def memberships(entries: pd.DataFrame, list_names: Sequence[str]) -> pd.DataFrame:
    """Return one row a person: ``person_id``, ``lists`` joined by ' + ' in order, ``n_rows``."""
    linked = entries[entries["person_id"].notna()]
    grouped = linked.groupby("person_id", sort=True)["list_name"]
    lists = grouped.agg(lambda names: _joined(names, list_names))
    return pd.DataFrame({
        "person_id": lists.index, "lists": lists.to_numpy(dtype=object),
        "n_rows": grouped.size().to_numpy(dtype="int64"),
    }).astype({"lists": "str"})


def overlap(entries: pd.DataFrame, list_names: Sequence[str]) -> pd.DataFrame:
    """Return one row a combination of lists: who is on exactly those lists and on no other.

    Columns: ``lists``, ``n_lists``, ``n_people``, ``n_rows`` (their entries on all lists).
    Everybody who was linked is in one combination, so people add up, and the rows add up
    with ``unlinked_rows`` to all entries.
    """
    every = [_joined(chosen, list_names) for n in range(1, len(list_names) + 1)
             for chosen in combinations(list_names, n)]
    grouped = memberships(entries, list_names).groupby("lists")["n_rows"]
    counts = pd.DataFrame({"n_people": grouped.size(), "n_rows": grouped.sum()})
    counts = counts.reindex(every, fill_value=0).astype("int64").rename_axis("lists")
    counts.insert(0, "n_lists", [len(lists.split(TOGETHER)) for lists in every])
    return counts.reset_index()


def shared_people(entries: pd.DataFrame, list_names: Sequence[str]) -> pd.DataFrame:
    """Return one row a list, a column each list: how many people are on both.

    The diagonal has the people on the list. The first column, ``list_name``, names the row.
    """
    on = entries.dropna(subset="person_id").groupby("list_name")["person_id"].agg(set)
    people = {name: on.get(name, set()) for name in list_names}
    return pd.DataFrame({
        "list_name": list(list_names),
        **{other: [len(people[name] & people[other]) for name in list_names]
           for other in list_names},
    })


def unlinked_rows(entries: pd.DataFrame, list_names: Sequence[str]) -> pd.Series:
    """Return how many entries of each list could not be linked to a person."""
    return _rows_of(entries[entries["person_id"].isna()], list_names)


def row_ledger(entries: pd.DataFrame, list_names: Sequence[str]) -> pd.DataFrame:
    """Return one row a list: its rows, those not linked, and all of them by when they are due.

    ``n_rows = n_this_week + n_later + n_past + n_undated``.
    """
    due = {f"n_{when}": _rows_of(entries[entries["when_code"] == when], list_names)
           for when in WHEN_CODES}
    return pd.DataFrame({
        "n_rows": _rows_of(entries, list_names),
        "n_not_linked": unlinked_rows(entries, list_names), **due,
    }).rename_axis("list_name").reset_index()


def double_calls(entries: pd.DataFrame) -> pd.DataFrame:
    """Return one row a call to somebody who is to be called twice or more in that week.

    Only weeks from the present one on count, and lists of calls. Sorted by week and person.
    """
    calls = _calls_due(entries)
    n_calls = calls.groupby(["week_number", "person_id"])["list_name"].transform("size")
    return _in_order(calls[n_calls > 1])


def household_calls(entries: pd.DataFrame) -> pd.DataFrame:
    """Return one row a call to a household that is to be called twice or more in that week.

    Calls to one person and to several people of the household both count.
    """
    calls = _calls_due(entries).dropna(subset="household_id")
    n_calls = calls.groupby(["week_number", "household_id"])["list_name"].transform("size")
    return _in_order(calls[n_calls > 1])


def by_whom(double: pd.DataFrame, list_names: Sequence[str]) -> pd.DataFrame:
    """Return one row a set of lists that would call the same people twice in one week.

    Columns: ``lists`` ('office + volunteer', or 'office, twice' where one list calls twice),
    ``n_people``, of them ``n_one_owner`` (all calls by one owner) and ``n_several_owners``,
    and ``n_rows``, the calls. Each person and week is in one row.
    """
    grouped = double.groupby(["week_number", "person_id"])
    people = pd.DataFrame({
        "lists": grouped["list_name"].agg(lambda names: _joined(names, list_names)),
        "n_owners": grouped["owner_id"].nunique(), "n_rows": grouped.size(),
    })
    is_one_list = ~people["lists"].astype("str").str.contains(TOGETHER, regex=False)
    lists = people["lists"].astype("str").mask(is_one_list, people["lists"] + ", twice")
    is_one = people["n_owners"] == 1
    counted = people.assign(lists=lists, n_one_owner=is_one, n_several_owners=~is_one)
    summed = counted.groupby("lists").agg(
        n_people=("n_rows", "size"), n_one_owner=("n_one_owner", "sum"),
        n_several_owners=("n_several_owners", "sum"), n_rows=("n_rows", "sum"),
    ).astype("int64").reset_index()
    return summed.sort_values(["n_people", "lists"], ascending=[False, True],
                              ignore_index=True)


def by_week(double: pd.DataFrame, homes: pd.DataFrame, *, n_weeks: int) -> pd.DataFrame:
    """Return one row a week: people and households called twice or more, and their calls.

    Columns: ``week_number``, ``n_people``, ``n_rows``, ``n_households``, ``n_household_rows``.
    """
    people, calls = _per_week(double, "person_id")
    households, household_calls = _per_week(homes, "household_id")
    weeks = pd.DataFrame({"n_people": people, "n_rows": calls, "n_households": households,
                          "n_household_rows": household_calls})
    return weeks.reindex(range(n_weeks), fill_value=0).fillna(0).astype("int64").rename_axis(
        "week_number").reset_index()


def _calls_due(entries: pd.DataFrame) -> pd.DataFrame:
    is_due = (entries["week_number"] >= 0).fillna(False).astype(bool)
    return entries[is_due & entries["person_id"].notna() & (entries["channel_code"] == CALLED)]


def _in_order(calls: pd.DataFrame) -> pd.DataFrame:
    return calls.sort_values(["week_number", "person_id", "contact_date", *ROW],
                             ignore_index=True)


def _per_week(calls: pd.DataFrame, key: str) -> tuple[pd.Series, pd.Series]:
    grouped = calls.groupby(calls["week_number"].astype("int64"))[key]
    return grouped.nunique(), grouped.size()


def _rows_of(entries: pd.DataFrame, list_names: Sequence[str]) -> pd.Series:
    counts = entries["list_name"].value_counts()
    return counts.reindex(list(list_names), fill_value=0).astype("int64")


def _joined(names: Sequence[str] | pd.Series, list_names: Sequence[str]) -> str:
    there = set(names)
    return TOGETHER.join(name for name in list_names if name in there)
