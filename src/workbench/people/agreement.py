"""Lists made to agree: entries joined to people, compared, one owner each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.people.clashes import clash_fields, compared_pairs
from workbench.people.entries import ListPlan, list_entries, with_people, with_weeks
from workbench.people.owners import give_owners
from workbench.people.reconcile import double_calls, household_calls


@dataclass(frozen=True)
class Agreement:
    """What came of holding lists against each other.

    ``entries``: a row an entry, with its person and week; ``double``: a row a call to
    somebody who is called twice in its week, ``homes`` the same of households; ``pairs``: a
    row a pair of entries of one person on two lists, with what clashes; ``owned``: the
    entries with ``outcome_code``, one owner, ``clash_fields`` and ``source_names``.
    """

    list_names: tuple[str, ...]
    entries: pd.DataFrame
    double: pd.DataFrame
    homes: pd.DataFrame
    pairs: pd.DataFrame
    owned: pd.DataFrame

    @property
    def double_now(self) -> pd.DataFrame:
        """The calls of the present week to people who would be called twice in it."""
        return self.double[self.double["week_number"] == 0]

    @property
    def homes_now(self) -> pd.DataFrame:
        """The calls of the present week to households that would be called twice in it."""
        return self.homes[self.homes["week_number"] == 0]

    @property
    def cleaned(self) -> pd.DataFrame:
        """The entries that make the cleaned lists."""
        return self.owned[self.owned["outcome_code"] == "kept"]


def agree(
    tables: Mapping[str, pd.DataFrame], plans: Sequence[ListPlan], *, as_of: dt.date,
    week_days: int,
) -> Agreement:
    """Compare the lists of ``plans`` with each other.

    ``tables``: the canonical tables of lists, and ``people``, ``crosswalk`` and ``records``
    as linking left them. Weeks of ``week_days`` days are counted from ``as_of``.
    """
    names = tuple(plan.list_name for plan in plans)
    linked = with_people(list_entries(tables, plans), tables["crosswalk"], tables["people"])
    entries = with_weeks(linked, as_of=as_of, week_days=week_days)
    pairs = compared_pairs(entries, tables["records"], names)
    owned = give_owners(entries, names)
    told = {"clash_fields": clash_fields(owned, pairs), "source_names": owned["source_name"]}
    return Agreement(names, entries, double_calls(entries), household_calls(entries), pairs,
                     owned.assign(**told))
