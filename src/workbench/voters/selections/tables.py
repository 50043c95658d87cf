"""Walk lists and canvassing as tables that may be shown."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from workbench.disclosure import Shape, protect, rounded_count, rounded_share
from workbench.measures import Measure
from workbench.settings import Disclosure
from workbench.voters.selections.choose import LEFT_OUT_NAMES

WALK_LABELS = {"place": "Place", "n_people": "To ask for", "n_doors": "Doors",
               "n_electors": "People of the place",
               "per_thousand": "Net votes of a thousand doors"}
OFFICE_LABELS = {"office": "Office", "n_attempts": "Knocks and calls", "n_talks": "Talks",
                 "n_voter_ids": "Voter IDs", "talk_rate": "Led to a talk",
                 "voter_id_rate": "Led to an ID"}
ID_BANDS = ((0, "none"), (1, "one to four"), (5, "five to nine"), (10, "ten or more"))
Words = dict[str, str]


def walk_table(walked: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a walk list: people, doors, expected net votes of a thousand doors."""
    asked = walked[walked["left_out_code"].isna()]
    by = asked.groupby("place_id")
    rows = pd.DataFrame({"n_people": by.size(), "n_doors": by["door_id"].nunique(),
                         "n_electors": walked.groupby("place_id").size()})
    there = walked[walked["door_id"].isin(asked["door_id"]) & walked["is_door_open"]]
    votes = there.groupby("place_id")["votes_gained"].sum()
    rows["per_thousand"] = 1000 * votes / rows["n_doors"]
    rows = rows.rename_axis("place").reset_index()
    if rows.empty:
        rows = pd.DataFrame({"place": ["No place"], "n_people": [0], "n_doors": [0],
                             "n_electors": [0], "per_thousand": [0.0]})
    rows = rows.fillna({"n_people": 0, "n_doors": 0})
    shape = Shape("n_people", ("n_people", "n_doors", "n_electors"), means=("per_thousand",))
    return protect(rows, profile, shape=shape)


def left_out_table(walked: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a reason why people of the places are on no list, the first counted."""
    counts = walked["left_out_code"].value_counts().reindex(list(LEFT_OUT_NAMES), fill_value=0)
    rows = pd.DataFrame({"reason_name": list(LEFT_OUT_NAMES.values()),
                         "n_people": counts.to_numpy(dtype="int64")})
    return protect(rows, profile, shape=Shape("n_people", ("n_people",)))


def office_table(
    contacts: pd.DataFrame, profile: Disclosure, as_of: dt.date, *, since_days: int
) -> pd.DataFrame:
    """Return one row an office: attempts, conversations, voter IDs and their rates."""
    rows = _counted(_lately(contacts, as_of, since_days), "office_id", "office")
    return protect(rows.sort_values(["n_attempts", "office"], ascending=[False, True]), profile,
                   shape=_rates()).reset_index(drop=True)


def day_table(
    contacts: pd.DataFrame, profile: Disclosure, as_of: dt.date, *, since_days: int
) -> pd.DataFrame:
    """Return one row a day: attempts, conversations, voter IDs; a day without any is hidden."""
    rows = _counted(_lately(contacts, as_of, since_days), "contact_date", "contact_date")
    days = pd.date_range(end=pd.Timestamp(as_of), periods=max(since_days, 1), unit="s")
    rows = rows.set_index("contact_date").reindex(days, fill_value=0)
    rows = rows.rename_axis("contact_date").reset_index()
    return protect(rows, profile, shape=_rates())


def canvasser_table(
    contacts: pd.DataFrame, profile: Disclosure, as_of: dt.date, *, since_days: int
) -> pd.DataFrame:
    """Return canvassers by the voter IDs that they brought: how many brought so many."""
    rows = _lately(contacts, as_of, since_days).dropna(subset=["canvasser_id"])
    brought = rows.groupby("canvasser_id")["has_id"].sum()
    ends = [least for least, _ in ID_BANDS[1:]]
    band = pd.Series([sum(n >= least for least in ends) for n in brought], dtype="int64")
    counts = band.value_counts().reindex(range(len(ID_BANDS)), fill_value=0)
    shown = pd.DataFrame({"ids_name": [name for _, name in ID_BANDS],
                          "n_canvassers": counts.to_numpy(dtype="int64")})
    return protect(shown, profile, shape=Shape("n_canvassers", ("n_canvassers",)))


def selection_measures(
    walked: pd.DataFrame, contacts: pd.DataFrame, quiet: pd.DataFrame, as_of: dt.date, *,
    since_days: int,
) -> list[Measure]:
    """Return the headline numbers of the selections brief, before they are protected."""
    lately = _lately(contacts, as_of, since_days)
    knocks = lately[lately["channel_code"] == "door"]
    asked = walked[walked["left_out_code"].isna()]
    n_canvassers = int(lately["canvasser_id"].nunique())
    return [
        Measure("n_walk_doors", "Doors to knock", int(asked["door_id"].nunique()), "count",
                "doors", "Doors on tonight's walk lists.", n=len(asked)),
        Measure("n_walk_people", "People behind them", len(asked), "count", "electors",
                "People to ask for at these doors.", n=len(asked)),
        Measure("door_contact_rate", "Doors that lead to a talk",
                float(knocks["is_reached"].mean()) if len(knocks) else None, "share",
                "share of knocks", "Knocks in the period after which somebody talked.",
                n=len(knocks)),
        Measure("n_voter_ids", "Voter IDs in the period", int(lately["has_id"].sum()), "count",
                "IDs", "Talks in the period in which people said whose they are.",
                n=len(lately)),
        Measure("n_quiet", "Canvassers fallen silent", len(quiet), "count", "canvassers",
                "Canvassers who entered data before and have stopped.", n=n_canvassers),
    ]


def finding(walked: pd.DataFrame, profile: Disclosure, *, refusal: str = "") -> Words:
    """Return title, bottom line and decision of the brief, in words with shown numbers."""
    asked = walked[walked["left_out_code"].isna()]
    n_doors = rounded_count(asked["door_id"].nunique(), profile)
    if refusal or not n_doors:
        return {
            "title": "There is nobody to knock tonight",
            "bottom_line": "As things stand the gate lets nobody be knocked; what stops it stands "
                           "below." if refusal else
                           "No door of the places asked for is open, worth it and not knocked "
                           "lately; the reasons are counted below.",
            "decision": "Mend what stops the gate." if refusal else "Name other places.",
        }
    return {
        "title": f"{n_doors:,} doors are ready to be knocked tonight",
        "bottom_line": f"They lie in {asked['place_id'].nunique()} places, in street order, each "
                       "once; nobody on them has closed the door to us, may be under age or was "
                       "contacted lately.",
        "decision": "Name who walks each list tonight, and release it through the gate.",
    }


def day_words(days: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the chart of attempts by day."""
    known = days.dropna(subset=["n_attempts"])
    subtitle = f"Knocks and calls a day, {place}"
    if known.empty:
        return {"title": "Too few attempts to show by day", "subtitle": subtitle,
                "alt_text": "A line of attempts by day with every day hidden."}
    at = int(known["n_attempts"].astype("int64").argmax())
    n_most, day = known["n_attempts"].iloc[at], known["contact_date"].iloc[at]
    return {"title": "Knocks and calls from day to day", "subtitle": subtitle,
            "alt_text": f"A line of attempts by day; most, {n_most:,}, on {day:%d %B %Y}."}


def knock_words(contacts: pd.DataFrame, profile: Disclosure, as_of: dt.date, *, since_days: int
                ) -> str:
    """Return the sentence on how many knocks a talk takes."""
    knocks = _lately(contacts, as_of, since_days)
    knocks = knocks[knocks["channel_code"] == "door"]
    share = rounded_share(int(knocks["is_reached"].sum()), len(knocks), profile)
    if not share:
        return "Too few knocks in the period to say how many a talk takes."
    return (f"{share:.0%} of knocks led to a talk, so a talk takes about {1 / share:.1f} knocks; "
            "budgets of contacts are in talks.")


def _lately(contacts: pd.DataFrame, as_of: dt.date, since_days: int) -> pd.DataFrame:
    day = pd.Timestamp(as_of)
    since = day - pd.Timedelta(days=since_days)
    return contacts[(contacts["contact_date"] > since) & (contacts["contact_date"] <= day)]


def _counted(contacts: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    by = contacts.groupby(column)
    rows = pd.DataFrame({"n_attempts": by.size(), "n_talks": by["is_reached"].sum(),
                         "n_voter_ids": by["has_id"].sum()}).astype("int64")
    return rows.rename_axis(name).reset_index()


def _rates() -> Shape:
    return Shape("n_attempts", ("n_attempts", "n_talks", "n_voter_ids"),
                 shares={"talk_rate": ("n_talks", "n_attempts"),
                         "voter_id_rate": ("n_voter_ids", "n_attempts")})
