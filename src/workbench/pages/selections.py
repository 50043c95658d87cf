"""What the selections brief shows: walk lists for tonight, and how canvassing goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.disclosure import Shape, protect, protect_measure
from workbench.exhibits import Words
from workbench.lists import draft_rows
from workbench.measures import Measure
from workbench.settings import Disclosure
from workbench.voters.attempts import within
from workbench.voters.contacts import talks_words
from workbench.voters.walks import selection_rows

LIST_NAME = "walk"
WALK_LABELS = {"place": "Place", "n_people": "To ask for", "n_doors": "Doors",
               "n_electors": "People of the place",
               "per_thousand": "Net votes of a thousand knocks"}
OFFICE_LABELS = {"office": "Office", "n_attempts": "Knocks and calls", "n_talks": "Talks",
                 "n_with_id": "With a voter ID", "talk_rate": "Led to a talk",
                 "voter_id_rate": "Led to an ID"}
# Why somebody of a place is on no walk list, in the order in which it is asked.
LEFT_OUT_NAMES = {
    "no_door": "The gate or a missing address closes the door",
    "said_no": "Moved, deceased or asked not to be contacted, a canvasser noted",
    "knocked_lately": "The door was knocked too lately",
    "contacted_lately": "They were contacted too lately",
    "nothing_to_gain": "Left alone, to register, or nothing to gain at the door",
    "beyond_the_doors": "Other doors gain more tonight",
}
ID_BANDS = (0, 1, 5, 10)
NUMBER_WORDS = {0: "none", 1: "one", 4: "four", 5: "five", 9: "nine", 10: "ten"}
ON_A_LIST, ON_NO_LIST = "On a walk list", "On no walk list"
NO_OFFICE = "no office given"
# Who is counted, for disclosure control.
PEOPLE, DOORS = "people of tonight's places", "doors of tonight's lists"
ATTEMPTS = "knocks and calls of the period"


def walk_draft(
    walked: pd.DataFrame, tables: Mapping[str, pd.DataFrame], *, use_code: str
) -> pd.DataFrame:
    """Return the people on walk lists in the columns of the table ``list_draft``, for the gate.

    ``walked``: as of ``choose_doors``; ``tables``: people and crosswalk. A row stands for the
    person's first entry on the register; what a canvasser reads of somebody is their name,
    address and reason, no score and no number.
    """
    rows = selection_rows(walked).rename(columns={"selection_id": "owner_id"})
    crosswalk = tables["crosswalk"]
    return draft_rows(
        rows[["person_id", "owner_id", "channel_code", "order_number", "reason_name"]].assign(
            list_name=LIST_NAME, use_code=use_code),
        tables["people"].drop(columns=["phone", "email"]),
        crosswalk[crosswalk["table_name"] == "voters"])


def walk_table(walked: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a walk list: people, doors, expected net votes of a thousand knocks."""
    asked = walked[walked["left_out_code"].isna()]
    there = walked[walked["door_id"].isin(asked["door_id"]) & walked["is_door_open"]]
    places = sorted(walked["place_id"].unique()) or ["No place"]
    rows = pd.DataFrame({
        "n_doors": asked.groupby("place_id")["door_id"].nunique(),
        "per_thousand": there.groupby("place_id")["knock_votes_gained"].sum(),
    }).reindex(places).fillna(0)
    rows["per_thousand"] *= 1000 / rows["n_doors"].clip(lower=1)
    shape = Shape("n_doors", ("n_doors",), means=("per_thousand",), population=DOORS,
                  dimensions=("place",))
    doors = protect(rows.rename_axis("place").reset_index(), profile, shape=shape)
    people = _people_by_place(walked, places, profile)
    return pd.concat([people, doors[["n_doors", "per_thousand"]]], axis=1)[
        ["place", "n_people", "n_doors", "n_electors", "per_thousand"]]


def left_out_table(walked: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a reason why people of the places are on no list, the first counted.

    The first row are those on a list, so that everybody of the places is in one row.
    """
    counts = walked["left_out_code"].fillna(ON_A_LIST).value_counts().reindex(
        [ON_A_LIST, *LEFT_OUT_NAMES], fill_value=0)
    rows = pd.DataFrame({"reason_name": [ON_A_LIST, *LEFT_OUT_NAMES.values()],
                         "n_people": counts.to_numpy(dtype="int64")})
    shape = Shape("n_people", ("n_people",), population=PEOPLE, dimensions=("reason_name",),
                  unions={(ON_NO_LIST,): tuple({"reason_name": name}
                                               for name in LEFT_OUT_NAMES.values())})
    return protect(rows, profile, shape=shape)


def office_table(lately: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row an office: knocks and calls (attempts_made), talks, IDs and their rates."""
    rows = _counted(lately.assign(office_id=lately["office_id"].fillna(NO_OFFICE)),
                    "office_id", "office")
    rows = rows.sort_values(["n_attempts", "office"], ascending=[False, True])
    return protect(rows, profile, shape=_rates("office")).reset_index(drop=True)


def day_table(
    attempts: pd.DataFrame, profile: Disclosure, as_of: dt.date, *, since_days: int
) -> pd.DataFrame:
    """Return one row a day: knocks and calls, talks, voter IDs; a day without any is hidden."""
    rows = _counted(within(attempts, as_of, since_days), "contact_date", "contact_date")
    days = pd.date_range(end=pd.Timestamp(as_of), periods=max(since_days, 1), unit="s")
    rows = rows.set_index("contact_date").reindex(days, fill_value=0)
    rows = rows.rename_axis("contact_date").reset_index()
    return protect(rows, profile, shape=_rates("contact_date"))


def canvasser_table(lately: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return canvassers by the voter IDs that they brought: how many brought so many.

    A band of few is put to the one below it: all IDs together would say that a hidden band of
    ten or more is of no more than a handful.
    """
    brought = lately.dropna(subset=["canvasser_id"]).groupby("canvasser_id")["n_voter_ids"].sum()
    bands = _bands_of_many(brought, profile.cell_min)
    ends = [*bands[1:], np.inf]
    counts = [int(((brought >= low) & (brought < high)).sum())
              for low, high in zip(bands, ends, strict=True)]
    shown = pd.DataFrame({"ids_name": [*map(_band_name, bands, ends)], "n_canvassers": counts})
    shape = Shape("n_canvassers", ("n_canvassers",), population="canvassers of the period",
                  dimensions=("ids_name",))
    return protect(shown, profile, shape=shape)


def _bands_of_many(brought: pd.Series, fewest: int) -> list[int]:
    """Return where bands of voter IDs begin, so that each above the lowest two has many."""
    bands = list(ID_BANDS)
    for low in ID_BANDS[:1:-1]:
        ends = [*bands[1:], np.inf]
        high = ends[bands.index(low)]
        if ((brought >= low) & (brought < high)).sum() < fewest:
            bands.remove(low)
    if len(bands) > 2 and ((brought >= bands[1]) & (brought < bands[2])).sum() < fewest:
        bands.pop(2)
    return bands


def _band_name(low: int, high: float) -> str:
    if low == 0:
        return NUMBER_WORDS[0]
    return f"{NUMBER_WORDS[low]} or more" if np.isinf(high) else (
        f"{NUMBER_WORDS[low]} to {NUMBER_WORDS[int(high) - 1]}")


def selection_measures(
    walked: pd.DataFrame, lately: pd.DataFrame, quiet: pd.DataFrame
) -> list[Measure]:
    """Return the headline numbers of the selections brief, before they are protected.

    ``lately``: knocks and calls of the period, as of attempts_made.
    """
    asked = walked[walked["left_out_code"].isna()]
    n_canvassers = int(lately["canvasser_id"].nunique())
    return [
        _doors_to_knock(asked),
        Measure("n_walk_people", "People behind them", len(asked), "count", "electors",
                "People to ask for at these doors.", n=len(asked),
                population=PEOPLE, column="n_people", where={"reason_name": ON_A_LIST}),
        _talks_of_knocks(lately),
        Measure("n_voter_ids", "Voter IDs in the period", int(lately["n_voter_ids"].sum()),
                "count", "IDs", "People who said in the period whose they are.",
                n=len(lately), population=ATTEMPTS),
        Measure("n_quiet", "Canvassers fallen silent", len(quiet), "count", "canvassers",
                "Canvassers who entered data before and have stopped.", n=n_canvassers,
                population="canvassers fallen silent"),
    ]


def finding(
    walked: pd.DataFrame, profile: Disclosure, *, refusal: str = "", talks_told: str = ""
) -> Words:
    """Return title, bottom line and decision of the brief, in words with shown numbers.

    ``talks_told`` says that the canvass on file ended (talks_words): then who was contacted
    lately is not known.
    """
    asked = walked[walked["left_out_code"].isna()]
    n_doors = protect_measure(_doors_to_knock(asked), profile).value
    if refusal or not n_doors:
        return {
            "title": "There is nobody to knock tonight",
            "bottom_line": "As things stand the gate lets nobody be knocked; what stops it stands "
                           "below." if refusal else
                           "No door of the places asked for is open, worth it and not knocked "
                           "lately; the reasons are counted below.",
            "decision": "Fix what stops the gate." if refusal else "Name other places.",
        }
    return {
        "title": f"{n_doors:,} doors are ready to be knocked tonight",
        "bottom_line": f"They lie in {asked['place_id'].nunique()} places, in street order, each "
                       "once; nobody on them has closed the door to us or may be under age. "
                       + (f"{talks_told} Who was contacted lately is not known."
                          if talks_told else "Nobody on them was contacted lately."),
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


def knock_words(
    contacts: pd.DataFrame, attempts: pd.DataFrame, profile: Disclosure, as_of: dt.date, *,
    since_days: int,
) -> str:
    """Return the sentence on how many knocks a talk takes.

    ``contacts``: as of contacts_made; ``attempts``: the same as knocks and calls.
    """
    if told := talks_words(contacts, as_of=as_of, since_days=since_days):
        return f"{told} Nothing can be said of the last {since_days} days."
    share = protect_measure(_talks_of_knocks(within(attempts, as_of, since_days)), profile).value
    if not share:
        return "Too few knocks in the period to say how many a talk takes."
    return (f"{share:.0%} of knocks led to a talk, so a talk takes about {1 / share:.1f} knocks. "
            "All who were asked for at one door on one day are one knock.")


def _doors_to_knock(asked: pd.DataFrame) -> Measure:
    return Measure("n_walk_doors", "Doors to knock", int(asked["door_id"].nunique()), "count",
                   "doors", "Doors on tonight's walk lists.", n=len(asked), population=DOORS,
                   column="n_doors")


def _talks_of_knocks(lately: pd.DataFrame) -> Measure:
    knocks = lately[lately["channel_code"] == "door"]
    return Measure("door_contact_rate", "Doors that lead to a talk",
                   float(knocks["is_reached"].mean()) if len(knocks) else None, "share",
                   "share of knocks", "Knocks in the period after which somebody talked.",
                   n=len(knocks), population=ATTEMPTS, column="n_attempts", part="n_talks",
                   where={"channel_name": "door"})


def _counted(contacts: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    by = contacts.groupby(column)
    rows = pd.DataFrame({"n_attempts": by.size(), "n_talks": by["is_reached"].sum(),
                         "n_with_id": by["has_id"].sum()}).astype("int64")
    return rows.rename_axis(name).reset_index()


def _rates(dimension: str) -> Shape:
    return Shape("n_attempts", ("n_attempts", "n_talks", "n_with_id"),
                 shares={"talk_rate": ("n_talks", "n_attempts"),
                         "voter_id_rate": ("n_with_id", "n_attempts")},
                 population=ATTEMPTS, dimensions=(dimension,))


def _people_by_place(
    walked: pd.DataFrame, places: list[str], profile: Disclosure
) -> pd.DataFrame:
    """One row a place: ``n_people`` on its list, and ``n_electors``, all who live there."""
    is_on = walked["left_out_code"].isna()
    n_all = walked.groupby("place_id").size().reindex(places, fill_value=0)
    n_on = is_on.groupby(walked["place_id"]).sum().reindex(places, fill_value=0).astype("int64")
    rows = pd.concat([
        pd.DataFrame({"place": places, "reason_name": name, "n_people": counts.to_numpy("int64")})
        for name, counts in ((ON_A_LIST, n_on), (ON_NO_LIST, n_all - n_on))], ignore_index=True)
    shape = Shape("n_people", ("n_people",), population=PEOPLE,
                  dimensions=("place", "reason_name"))
    each = protect(rows, profile, shape=shape)
    on_list = each[each["reason_name"] == ON_A_LIST].reset_index(drop=True)
    everybody = pd.DataFrame({"place": places, "n_people": n_all.to_numpy("int64")})
    shown = protect(everybody, profile, shape=replace(shape, dimensions=("place",)))
    return on_list[["place", "n_people"]].assign(n_electors=shown["n_people"])
