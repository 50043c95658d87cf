"""The words of the lists brief, written from the numbers that it shows."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import protect_measure, rounded_share
from workbench.people.agreement import Agreement
from workbench.people.list_tables import in_words, list_measures
from workbench.settings import Disclosure

Words = dict[str, str]


def finding(agreed: Agreement, profile: Disclosure) -> Words:
    """Return title, bottom line and decision of the lists brief, in words with shown numbers."""
    people = agreed.entries.dropna(subset="person_id").groupby("person_id")["list_name"].nunique()
    if people.empty:
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


def _all_past(agreed: Agreement) -> Words:
    """Return the finding where every entry was due before the day of the build."""
    last = agreed.entries["contact_date"].max()
    return {
        "title": f"The lists end on {last.day} {last:%B %Y}: nobody is to be called any more",
        "bottom_line": "Every entry was due before the day of the build, so that nobody can be "
                       "called twice. Who is on which list, and where lists disagree, stands "
                       "below.",
        "decision": "Bring the lists of the coming weeks, or set as_of to a day that they cover.",
    }


def overlap_words(shown: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the chart of people by lists."""
    subtitle = f"People by the lists that they are on, and no other, {place}"
    both = shown[shown["lists"].str.contains(" + ", regex=False)].dropna(subset=["n_people"])
    if both.empty:
        return {"title": "Hardly anybody is on two lists", "subtitle": subtitle,
                "alt_text": "Bars of people by combination of lists; those of two are hidden."}
    largest = both["lists"].iloc[both["n_people"].astype("int64").argmax()]
    listed = ", ".join(f"{row.lists} {row.n_people:,}"
                       for row in shown.dropna(subset=["n_people"]).itertuples())
    return {
        "title": f"The largest overlap is {largest.replace(' + ', ' and ')}",
        "subtitle": subtitle,
        "alt_text": f"Bars of people by combination of lists: {listed}.",
    }


def week_words(weeks: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of people called twice by week."""
    subtitle = f"People with two calls or more in a week, by its first day, {place}"
    shown = weeks.dropna(subset=["n_people"])
    if shown.empty:
        return {"title": "No week calls many people twice", "subtitle": subtitle,
                "alt_text": "Bars of people called twice by week, every one of them hidden."}
    counts = shown["n_people"].astype("int64")
    worst = shown["week_name"].iloc[counts.argmax()]
    listed = ", ".join(f"{name} {n:,}" for name, n in zip(shown["week_name"], counts, strict=True))
    return {
        "title": f"The week of {worst} calls most people twice",
        "subtitle": subtitle,
        "alt_text": f"Bars of people called twice in a week, by its first day: {listed}.",
    }
