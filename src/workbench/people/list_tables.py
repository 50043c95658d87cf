"""The tables of the lists brief, as they may be shown, and its headline numbers."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd

from workbench.disclosure import Shape, protect
from workbench.measures import Measure
from workbench.people.agreement import Agreement
from workbench.people.clashes import clashes_by_field
from workbench.people.owners import settled_ledger
from workbench.people.reconcile import (
    by_week,
    by_whom,
    overlap,
    row_ledger,
    shared_people,
)
from workbench.settings import Disclosure

FIELD_WORDS = {
    "name": "Name", "birth": "Date or year of birth", "sex": "Sex", "address": "Address",
    "phone": "Telephone", "email": "E-mail",
}

OTHER_LISTS = "all others together"
LIST_WORDS = {"volunteer": "volunteers", "gotv": "GOTV"}


def in_words(names: pd.Series) -> pd.Series:
    """Return names of lists, or several joined by ' + ', as people read them."""
    return names.replace({rf"\b{name}\b": word for name, word in LIST_WORDS.items()}, regex=True)


def overlap_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a combination of lists: ``lists``, ``n_people``, ``n_rows``."""
    counts = overlap(agreed.entries, agreed.list_names).drop(columns="n_lists")
    counts = counts.assign(lists=in_words(counts["lists"]))
    return protect(counts, profile, shape=Shape("n_people", ("n_people", "n_rows")))


def shared_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a list, a column each list: the people on both."""
    counts = shared_people(agreed.entries, agreed.list_names)
    shown = [protect(counts[["list_name", name]], profile, shape=Shape(name, (name,)))[name]
             for name in agreed.list_names]
    names = in_words(pd.Series(agreed.list_names, dtype="str"))
    table = pd.concat([in_words(counts["list_name"]), *shown], axis="columns")
    return table.set_axis(["list_name", *names], axis="columns")


def whom_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a set of lists that call the same people twice this week.

    Sets that call too few to be shown are summed in the last row.
    """
    counts = by_whom(agreed.double_now, agreed.list_names)
    is_small = counts["n_people"] < profile.cell_min
    numbers = [name for name in counts.columns if name != "lists"]
    others = counts.loc[is_small, numbers].sum().to_frame().T.assign(lists=OTHER_LISTS)
    counts = pd.concat([counts[~is_small], others], ignore_index=True)[list(counts.columns)]
    counts = counts.assign(lists=in_words(counts["lists"])).astype(
        dict.fromkeys(numbers, "int64"))
    shape = Shape("n_people", ("n_people", "n_one_owner", "n_several_owners", "n_rows"))
    return protect(counts, profile, shape=shape)


def week_table(
    agreed: Agreement, profile: Disclosure, *, as_of: dt.date, polling_date: dt.date,
    week_days: int,
) -> pd.DataFrame:
    """Return one row a week until polling day: people and households called twice or more.

    Columns: ``week_name`` (its first day), ``n_people``, ``n_rows``, ``n_households``,
    ``n_household_rows``.
    """
    n_weeks = max(1, math.ceil(((polling_date - as_of).days + 1) / week_days))
    weeks = by_week(agreed.double, agreed.homes, n_weeks=n_weeks)
    first = [as_of + dt.timedelta(days=week_days * int(n)) for n in weeks["week_number"]]
    named = weeks.drop(columns="week_number")
    named.insert(0, "week_name", [f"{day.day} {day:%B}" for day in first])
    people = protect(named[["week_name", "n_people", "n_rows"]], profile,
                     shape=Shape("n_people", ("n_people", "n_rows")))
    homes = protect(named[["n_households", "n_household_rows"]], profile,
                    shape=Shape("n_households", ("n_households", "n_household_rows")))
    return pd.concat([people, homes], axis="columns")


def clash_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a field that two lists know of somebody: people compared, and clashing.

    Columns: ``field_name``, ``n_people_compared``, ``n_people``, ``clash_share``,
    ``n_pairs``. Fields that no two lists know are left out.
    """
    counts = clashes_by_field(agreed.pairs).drop(columns="n_pairs_compared")
    known = counts[counts["n_people_compared"] > 0].reset_index(drop=True)
    known = known if len(known) else counts.head(1)
    shape = Shape("n_people_compared", ("n_people_compared", "n_people", "n_pairs"),
                  shares={"clash_share": ("n_people", "n_people_compared")})
    shown = protect(known.assign(field_name=known["field_name"].map(FIELD_WORDS)), profile,
                    shape=shape)
    shown.loc[shown["n_people"].isna(), "n_pairs"] = pd.NA
    return shown[["field_name", "n_people_compared", "n_people", "clash_share", "n_pairs"]]


def due_rows(agreed: Agreement) -> pd.DataFrame:
    """Return one row a list: rows of the file, not linked, and by when they are due; exact."""
    rows = row_ledger(agreed.entries, agreed.list_names)
    return rows.assign(list_name=in_words(rows["list_name"]))


def settled_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a list: ``n_rows``, those that stay, and those that left it, by reason."""
    rows = settled_ledger(agreed.settled, agreed.list_names)
    counts = tuple(name for name in rows.columns if name.startswith("n_"))
    return protect(rows.assign(list_name=in_words(rows["list_name"])), profile,
                   shape=Shape("n_rows", counts))


def list_measures(agreed: Agreement) -> list[Measure]:
    """Return the headline numbers of the lists brief, before they are protected."""
    people = agreed.entries.dropna(subset="person_id").groupby("person_id")["list_name"].nunique()
    n, n_two = len(people), int((people > 1).sum())
    clashes = clashes_by_field(agreed.pairs).set_index("field_name")
    return [
        Measure("n_listed", "On a list", n, "count", "people",
                "People on one list or more, each counted once.", n=n),
        Measure("n_on_two_lists", "On two lists or more", n_two, "count", "people",
                "People whom more than one list holds; more means more double work.", n=n),
        Measure("n_called_twice", "Called twice this week",
                agreed.double_now["person_id"].nunique(), "count", "people",
                "People who are to get two calls or more in the week that begins today.", n=n),
        Measure("n_households_twice", "Homes called twice this week",
                agreed.homes_now["household_id"].nunique(), "count", "households",
                "Households that are to get two calls or more in that week, to one person or "
                "to several."),
        Measure("n_phone_clash", "Two telephone numbers",
                int(clashes["n_people"]["phone"]), "count", "people",
                "People for whom two lists have different numbers.",
                n=int(clashes["n_people_compared"]["phone"])),
    ]
