"""What the lists brief shows: its finding and headline numbers, its tables and their words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from workbench.disclosure import MadeOf, Shape, protect, protect_measure, rounded_share
from workbench.measures import Measure
from workbench.people.agreement import Agreement
from workbench.people.clashes import clashes_by_field
from workbench.people.entries import ENTRIES, WHEN_CODES, in_words
from workbench.people.owners import owners_ledger
from workbench.people.reconcile import (
    TOGETHER,
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
LISTED = "people on lists"
CALLED_TWICE, HOMES_TWICE = "people called twice", "homes called twice"
COMPARED = "people whom two lists know"
ON_THE_LIST = (LISTED, "n_people", {"list_name": "list_name", "other_list": "list_name"})
THIS_WEEK = {"week_number": "0"}
WEEKS_AHEAD = 13  # weeks; so many are listed, whatever is in them
ONE, SEVERAL = "one", "several"


def overlap_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a combination of lists: ``lists``, ``n_people``, ``n_rows``."""
    counts = overlap(agreed.entries, agreed.list_names)
    counts["on_lists"] = counts.pop("n_lists").map(_on_lists)
    counts = counts.assign(lists=in_words(counts["lists"]))
    shape = Shape("n_people", ("n_people", "n_rows"), population=LISTED,
                  dimensions=("on_lists", "lists"))
    return protect(counts, profile, shape=shape).drop(columns="on_lists")


def shared_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a list, a column each list: the people on both."""
    counts = shared_people(agreed.entries, agreed.list_names)
    long = counts.melt("list_name", var_name="other_list", value_name="n_people")
    shape = Shape("n_people", ("n_people",), population=LISTED,
                  dimensions=("list_name", "other_list"), is_disjoint=False,
                  unions=_unions(agreed.list_names))
    shown = protect(long, profile, shape=shape)
    numbers = shown["n_people"].to_numpy(dtype=object).reshape(len(counts.columns) - 1, -1)
    names = in_words(pd.Series(agreed.list_names, dtype="str"))
    columns = {name: pd.array(column, dtype="Int64")
               for name, column in zip(names, numbers, strict=True)}
    return pd.DataFrame({"list_name": in_words(counts["list_name"]), **columns})


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
    shape = Shape("n_people", ("n_people", "n_one_owner", "n_several_owners", "n_rows"),
                  population=CALLED_TWICE, dimensions=("lists",), where=THIS_WEEK,
                  splits={"n_people": ("n_one_owner", "n_several_owners")})
    return protect(counts, profile, shape=shape)


def week_table(
    agreed: Agreement, profile: Disclosure, *, as_of: dt.date, polling_date: dt.date,
    week_days: int,
) -> pd.DataFrame:
    """Return one row a week: people and households called twice or more.

    From the first week to that of polling day; where that is more than WEEKS_AHEAD off, to the
    last week that calls anybody twice. Columns: ``week_name`` (its first day, with its year
    where there are several), ``n_people``, ``n_rows``, ``n_households``, ``n_household_rows``.
    """
    n_weeks = max(1, math.ceil(((polling_date - as_of).days + 1) / week_days))
    weeks = by_week(agreed.double, agreed.homes, n_weeks=n_weeks)
    is_called = weeks[["n_people", "n_households"]].sum(axis="columns") > 0
    n_told = max(WEEKS_AHEAD, int(is_called.to_numpy().nonzero()[0].max(initial=0)) + 1)
    weeks = weeks.head(n_told).copy()
    first = [as_of + dt.timedelta(days=week_days * int(n)) for n in weeks["week_number"]]
    day_form = "%B" if first[0].year == first[-1].year else "%B %Y"
    weeks.insert(1, "week_name", [f"{day.day} {day:{day_form}}" for day in first])
    people, homes = ("n_people", "n_rows"), ("n_households", "n_household_rows")
    shown = [
        protect(weeks[["week_number", *columns]], profile,
                shape=Shape(columns[0], columns, population=population,
                            dimensions=("week_number",), is_disjoint=False))[list(columns)]
        for population, columns in ((CALLED_TWICE, people), (HOMES_TWICE, homes))
    ]
    return pd.concat([weeks["week_name"], *shown], axis="columns")


def clash_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a field that two lists know of somebody: people compared, and clashing.

    Columns: ``field_name``, ``n_people_compared``, ``n_people``, ``clash_share``,
    ``n_pairs``. Fields that no two lists know are left out.
    """
    counts = clashes_by_field(agreed.pairs).drop(columns="n_pairs_compared")
    known = counts[counts["n_people_compared"] > 0].reset_index(drop=True)
    known = known if len(known) else counts.head(1)
    shape = Shape("n_people_compared", ("n_people_compared", "n_people", "n_pairs"),
                  shares={"clash_share": ("n_people", "n_people_compared")},
                  population=COMPARED, dimensions=("field_name",), is_disjoint=False)
    shown = protect(known.assign(field_name=known["field_name"].map(FIELD_WORDS)), profile,
                    shape=shape)
    shown.loc[shown["n_people"].isna(), "n_pairs"] = pd.NA
    return shown[["field_name", "n_people_compared", "n_people", "clash_share", "n_pairs"]]


def due_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a list: entries, those not linked, those due this week and all others.

    As it may be shown: an entry is somebody who is to be called, and not a row of a file alone.
    Later, past and undated are one column: apart, an empty one would hide this week too.
    """
    ledger = row_ledger(agreed.entries, agreed.list_names)
    others = [f"n_{when}" for when in WHEN_CODES if when != "this_week"]
    rows = ledger.assign(n_other_weeks=ledger[others].sum(axis=1)).drop(columns=others)
    due = ("n_this_week", "n_other_weeks")
    shape = Shape("n_rows", ("n_rows", "n_not_linked", *due), population=ENTRIES,
                  dimensions=("list_name",), splits={"n_rows": due}, fixed=("n_rows",),
                  made_of=(MadeOf("n_rows", (ON_THE_LIST,), ("n_not_linked",), has_rest=True),))
    return _named(protect(rows, profile, shape=shape))


def owners_table(agreed: Agreement, profile: Disclosure) -> pd.DataFrame:
    """Return one row a list: ``n_rows``, those that stay, and those that left it, by reason."""
    rows = owners_ledger(agreed.owned, agreed.list_names)
    counts = tuple(name for name in rows.columns if name.startswith("n_"))
    not_linked = (ENTRIES, "n_not_linked", {"list_name": "list_name"})
    shape = Shape("n_rows", counts, population=ENTRIES, dimensions=("list_name",),
                  splits={"n_rows": counts[1:]}, fixed=("n_rows",),
                  made_of=(MadeOf("n_rows", (ON_THE_LIST, not_linked), ("n_repeat",)),))
    return _named(protect(rows, profile, shape=shape))


def list_measures(agreed: Agreement) -> list[Measure]:
    """Return the headline numbers of the lists brief, before they are protected."""
    people = _lists_a_person(agreed)
    n, n_two = len(people), int((people > 1).sum())
    clashes = clashes_by_field(agreed.pairs).set_index("field_name")
    return [
        Measure("n_listed", "On a list", n, "count", "people",
                "People on one list or more, each counted once.", n=n,
                population=LISTED, column="n_people"),
        Measure("n_on_two_lists", "On two lists or more", n_two, "count", "people",
                "People whom more than one list holds; more means more double work.", n=n,
                population=LISTED, column="n_people", where={"on_lists": SEVERAL}),
        Measure("n_called_twice", "Called twice this week",
                agreed.double_now["person_id"].nunique(), "count", "people",
                "People who are to get two calls or more in the week that begins today.", n=n,
                population=CALLED_TWICE, column="n_people", where=THIS_WEEK),
        Measure("n_households_twice", "Homes called twice this week",
                agreed.homes_now["household_id"].nunique(), "count", "households",
                "Households that are to get two calls or more in that week, to one person or "
                "to several.", population=HOMES_TWICE, column="n_households",
                where=THIS_WEEK),
        Measure("n_phone_clash", "Two telephone numbers",
                int(clashes["n_people"]["phone"]), "count", "people",
                "People for whom two lists have different numbers.",
                n=int(clashes["n_people_compared"]["phone"]),
                population=COMPARED, column="n_people",
                where={"field_name": FIELD_WORDS["phone"]}),
    ]


def _lists_a_person(agreed: Agreement) -> pd.Series:
    """How many lists each person is on."""
    return agreed.entries.dropna(subset="person_id").groupby("person_id")["list_name"].nunique()


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the names of its lists as people read them."""
    return table.assign(list_name=in_words(table["list_name"]))


def _on_lists(n_lists: int) -> str:
    return SEVERAL if n_lists > 1 else ONE


def _unions(list_names: Sequence[str]) -> dict[tuple[str, ...], tuple[dict[str, str], ...]]:
    """Return of which combinations of lists the people on both of two lists are made up."""
    chosen = [names for n in range(1, len(list_names) + 1)
              for names in combinations(list_names, n)]
    words = in_words(pd.Series([TOGETHER.join(names) for names in chosen], dtype="str"))
    groups = [{"on_lists": _on_lists(len(names)), "lists": word}
              for names, word in zip(chosen, words, strict=True)]
    return {
        (one, other): tuple(group for names, group in zip(chosen, groups, strict=True)
                            if {one, other} <= set(names))
        for one in list_names for other in list_names
    }


def finding(agreed: Agreement, profile: Disclosure) -> dict[str, str]:
    """Return title, bottom line and decision of the lists brief, in words with shown numbers."""
    if _lists_a_person(agreed).empty:
        return {
            "title": "No list has arrived yet",
            "bottom_line": "There is no call list, get-out-the-vote list or fundraising list "
                           "among the sources, so nothing can be compared.",
            "decision": "Name who sends us the lists, and by which day.",
        }
    if (agreed.entries["when_code"] == "past").all():
        return _all_past(agreed)
    shown = {one.name: protect_measure(one, profile).value for one in list_measures(agreed)}
    n_twice = shown["n_called_twice"]
    share = rounded_share(shown["n_on_two_lists"], shown["n_listed"], profile)
    on_two = f"{share:.0%} of the people on our lists are" if share else "Few people are"
    order = ", then ".join(in_words(pd.Series(agreed.list_names, dtype="str")))
    return {
        "title": f"About {n_twice:,} people would be called twice this week"
        if n_twice else "Hardly anybody would be called twice this week",
        "bottom_line": f"{on_two} on two lists or more. The cleaned lists leave each of them "
                       "with one owner and one call a week; nobody is dropped unseen, and the "
                       "gate still decides who may be contacted.",
        "decision": f"Confirm which list comes first. It is now {order}.",
    }


def _all_past(agreed: Agreement) -> dict[str, str]:
    """Return the finding where every entry was due before the day of the build."""
    last = agreed.entries["contact_date"].max()
    return {
        "title": f"The lists end on {last.day} {last:%B %Y}: nobody is to be called any more",
        "bottom_line": "Every entry was due before the day of the build, so that nobody can be "
                       "called twice. Who is on which list, and where lists disagree, stands "
                       "below.",
        "decision": "Bring the lists of the coming weeks, or set as_of to a day that they cover.",
    }


def overlap_words(shown: pd.DataFrame, *, place: str) -> dict[str, str]:
    """Return title, subtitle and alternative text of the chart of people by lists."""
    subtitle = f"People by the lists that they are on, and no other, {place}"
    both = shown[shown["lists"].str.contains(TOGETHER, regex=False)].dropna(subset=["n_people"])
    if both.empty:
        return {"title": "Hardly anybody is on two lists", "subtitle": subtitle,
                "alt_text": "Bars of people by combination of lists; those of two are hidden."}
    largest = both["lists"].iloc[both["n_people"].astype("int64").argmax()]
    return {
        "title": f"The largest overlap is {largest.replace(TOGETHER, ' and ')}",
        "subtitle": subtitle,
        "alt_text": f"Bars of people by combination of lists: {_listed(shown, 'lists')}.",
    }


def week_words(weeks: pd.DataFrame, *, place: str) -> dict[str, str]:
    """Return the words of the chart of people called twice by week."""
    shown = weeks.dropna(subset=["n_people"])
    worst = "" if shown.empty else shown["week_name"].iloc[
        shown["n_people"].astype("int64").argmax()]
    return {
        "title": f"The week of {worst} calls most people twice" if worst
        else "No week calls many people twice",
        "subtitle": f"People with two calls or more in a week, by its first day, {place}",
        "alt_text": "Bars of people called twice in a week, by its first day: "
                    f"{_listed(weeks, 'week_name')}.",
    }


def _listed(rows: pd.DataFrame, column: str) -> str:
    """Each name with its people, for who cannot see the chart."""
    shown = rows.dropna(subset=["n_people"])
    return ", ".join(f"{name} {n:,}" for name, n in zip(
        shown[column], shown["n_people"], strict=True)) or "every one is hidden"
