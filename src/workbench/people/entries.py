"""Entries of lists: the rows of every list side by side, each with the person that it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.errors import SettingsError, nearest_name
from workbench.tables.codes import CHANNELS, LISTS, USE_CODES, codes_that

TABLE_OF_LIST = {name: one.table for name, one in LISTS.items() if one.table}
LIST_WORDS = {name: one.words for name, one in LISTS.items() if one.words}
CALLED, ENTRIES = "phone", "entries of lists"
ROW = ["source_name", "source_row"]
WHEN_CODES = ("this_week", "later", "past", "undated")


@dataclass(frozen=True)
class ListPlan:
    """One list: its name, the channel by which its people are reached, and what for."""

    list_name: str
    channel_code: str
    use_code: str


def in_words(names: pd.Series) -> pd.Series:
    """Return names of lists, or several joined by ' + ', as people read them."""
    return names.replace({rf"\b{name}\b": word for name, word in LIST_WORDS.items()}, regex=True)


def plan_lists(
    list_names: Sequence[str], channel_codes: Mapping[str, str], use_codes: Mapping[str, str]
) -> tuple[ListPlan, ...]:
    """Return the plan of each list, in the order in which lists come first.

    Channels and uses are by the list's name. SettingsError where a list is named twice or is
    not known, and where one has no channel or use.
    """
    if len(list_names) != len(set(list_names)):
        raise SettingsError("notebooks.lists.list_names has a list twice. Name each once.")
    channels = codes_that(CHANNELS, "is_of_lists")
    for what, given, known in (("list_names", list_names, tuple(TABLE_OF_LIST)),
                               ("channel_codes", channel_codes.values(), channels),
                               ("use_codes", use_codes.values(), USE_CODES)):
        for value in sorted(set(given) - set(known)):
            raise SettingsError(
                f"notebooks.lists.{what} has '{value}'.{nearest_name(value, known)} It can "
                f"have: {', '.join(known)}."
            )
    for name in list_names:
        if name not in channel_codes or name not in use_codes:
            raise SettingsError(f"The list '{name}' has no channel or no use. Name both, under "
                                "notebooks.lists in params.yaml or in the notebook.")
    return tuple(ListPlan(name, channel_codes[name], use_codes[name]) for name in list_names)


def list_entries(
    tables: Mapping[str, pd.DataFrame], plans: Sequence[ListPlan]
) -> pd.DataFrame:
    """Return one row an entry of a list, the lists in the order of ``plans``.

    ``tables``: the canonical tables that TABLE_OF_LIST names. Adds ``list_name``,
    ``channel_code`` and ``use_code``; columns that a list does not have are empty.
    """
    parts = []
    for plan in plans:
        table = tables[TABLE_OF_LIST[plan.list_name]]
        if "list_code" in table.columns:
            table = table[table["list_code"] == plan.list_name].drop(columns="list_code")
        told = {"list_name": plan.list_name, "channel_code": plan.channel_code,
                "use_code": plan.use_code}
        parts.append(table.assign(**told).sort_values(ROW))
    entries = pd.concat(parts, ignore_index=True)
    return entries.astype({"list_name": "str", "channel_code": "str", "use_code": "str"})


def with_people(
    entries: pd.DataFrame, crosswalk: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    """Return the entries with ``person_id``, ``record_key`` and ``household_id``.

    An entry that the crosswalk does not know keeps its row and has none of them.
    """
    known = crosswalk[[*ROW, "person_id", "record_key"]].dropna(subset=ROW)
    homes = people[["person_id", "household_id"]]
    linked = entries.merge(known, how="left", on=ROW, validate="many_to_one")
    return linked.merge(homes, how="left", on="person_id", validate="many_to_one")


def with_weeks(entries: pd.DataFrame, *, as_of: dt.date, week_days: int) -> pd.DataFrame:
    """Return the entries with the week in which each is to be made, counted from ``as_of``.

    ``week_number`` is 0 for the ``week_days`` days that begin with ``as_of``, negative before
    them and missing without a date; ``when_code`` is one of WHEN_CODES.
    """
    n_days = (entries["contact_date"] - pd.Timestamp(as_of)).dt.days.astype("Int64")
    week = n_days // week_days
    when = pd.Series("later", index=entries.index, dtype="str")
    when = when.mask((week == 0).fillna(False), "this_week").mask((week < 0).fillna(False), "past")
    return entries.assign(week_number=week, when_code=when.mask(week.isna(), "undated"))
