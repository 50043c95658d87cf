"""Whom to knock tonight: the doors that gain most in a place, in the order of the street."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.errors import SettingsError, nearest_name
from workbench.tables.codes import UNIVERSES, codes_that
from workbench.voters.selections.streets import WALK_ORDER, walk_keys
from workbench.voters.universes.contacts import DOES_NOT_WANT
from workbench.voters.universes.keys import door_of

ASKED = codes_that(UNIVERSES, "is_asked")
# Why somebody of a place is on no walk list, in the order in which it is asked.
LEFT_OUT_NAMES = {
    "no_door": "The gate or a missing address closes the door",
    "said_no": "Moved, deceased or asked not to be contacted, a canvasser noted",
    "knocked_lately": "The door was knocked too lately",
    "contacted_lately": "They were contacted too lately",
    "nothing_to_gain": "Left alone, to register, or nothing to gain at the door",
    "beyond_the_doors": "Other doors gain more tonight",
}


@dataclass(frozen=True)
class Walk:
    """What an organiser asks for: so many doors a place, none knocked in so many days."""

    n_doors: int
    not_again_days: int
    as_of: dt.date

    def __post_init__(self) -> None:
        """Refuse a number of doors or of days under 0."""
        for name, value in (("n_doors", self.n_doors), ("not_again_days", self.not_again_days)):
            if value < 0:
                raise SettingsError(f"notebooks.selections.{name} is {value}. Give 0 or more.")


def place_of(area_ids: pd.Series, areas: pd.DataFrame, wanted: Sequence[str]) -> pd.Series:
    """Return for each polling district the place of ``wanted`` that holds it, else missing.

    A place is an ``area_id``: a polling district, or a ward that holds some. SettingsError for
    one that the areas do not know.
    """
    ward = areas.drop_duplicates("area_id").set_index("area_id")["ward_id"]
    known = {*ward.index, *ward.dropna()}
    for place in wanted:
        if place not in known:
            raise SettingsError(
                f"notebooks.selections.area_ids names '{place}', which the areas do not know."
                f"{nearest_name(place, sorted(known))} Name a polling district or a ward.")
    own = area_ids.where(area_ids.isin(list(wanted)))
    of_ward = area_ids.map(ward)
    return own.fillna(of_ward.where(of_ward.isin(list(wanted))))


def judge_people(people: pd.DataFrame, contacts: pd.DataFrame, walk: Walk) -> pd.Series:
    """Return why each person cannot be asked tonight (a key of LEFT_OUT_NAMES), else missing.

    ``people``: a row an elector with ``person_id``, ``household_id``, ``universe_code`` and
    ``is_door_open`` (the gate lets them be knocked, and there is an address). A door that
    anybody tried in the ``not_again_days`` before ``as_of`` is closed to the whole home.
    """
    door = door_of(people)
    since = pd.Timestamp(walk.as_of) - pd.Timedelta(days=walk.not_again_days)
    lately = contacts[(contacts["contact_date"] > since)
                      & (contacts["contact_date"] <= pd.Timestamp(walk.as_of))]
    knocked = lately.loc[lately["channel_code"] == "door", "person_id"].dropna()
    doors_knocked = set(door[people["person_id"].isin(knocked)])
    no = contacts.loc[contacts["result_code"].isin(DOES_NOT_WANT), "person_id"].dropna()
    found = {
        "no_door": ~people["is_door_open"], "said_no": people["person_id"].isin(no),
        "knocked_lately": door.isin(doors_knocked),
        "contacted_lately": people["person_id"].isin(lately["person_id"].dropna()),
        "nothing_to_gain": ~people["universe_code"].isin(ASKED),
    }
    reason = pd.Series(None, index=people.index, dtype=object)
    for name in reversed(list(found)):
        reason[found[name].to_numpy(bool)] = name
    return reason


def choose_doors(people: pd.DataFrame, contacts: pd.DataFrame, walk: Walk) -> pd.DataFrame:
    """Return the people with ``left_out_code`` and, for those to ask, their place on the walk.

    ``people`` as of ``judge_people`` with ``place_id``, ``votes_gained`` and the address. Of
    each place the ``n_doors`` doors are chosen whose people together gain most, those to be
    left alone at the same door counted too, and only doors that gain something.
    ``door_number`` and ``order_number`` are 1, 2, … in street order: street, odd or even
    side, number, flat.
    """
    reason = judge_people(people, contacts, walk)
    rows = people.assign(door_id=door_of(people), left_out_code=reason)
    rows["place_id"] = rows.groupby("door_id")["place_id"].transform("min")  # a door once
    gain = rows["votes_gained"].where(rows["is_door_open"], 0.0).fillna(0.0)
    by_door = rows.assign(gain=gain).groupby(["place_id", "door_id"])
    is_asked = rows["left_out_code"].isna()
    doors = pd.DataFrame({"gain": by_door["gain"].sum(),
                          "is_asked": is_asked.groupby([rows["place_id"], rows["door_id"]]).any()})
    doors = doors[doors["is_asked"] & (doors["gain"] > 0)].reset_index()
    doors = doors.sort_values(["place_id", "gain", "door_id"], ascending=[True, False, True])
    chosen = set(doors.groupby("place_id").head(walk.n_doors)["door_id"])
    gaining = set(doors["door_id"])
    rows.loc[is_asked & ~rows["door_id"].isin(gaining), "left_out_code"] = "nothing_to_gain"
    is_beyond = rows["left_out_code"].isna() & ~rows["door_id"].isin(chosen)
    rows.loc[is_beyond, "left_out_code"] = "beyond_the_doors"
    return _in_street_order(rows)


def best_places(people: pd.DataFrame, contacts: pd.DataFrame, walk: Walk, *, n_places: int
                ) -> list[str]:
    """Return the polling districts whose ``n_doors`` best doors gain most, the best first."""
    rows = choose_doors(people.assign(place_id=people["area_id"]), contacts, walk)
    on_walk = set(rows.loc[rows["left_out_code"].isna(), "door_id"])
    there = rows[rows["door_id"].isin(on_walk) & rows["is_door_open"]]
    gains = there.groupby("place_id")["votes_gained"].sum().reset_index()
    ordered = gains.sort_values(["votes_gained", "place_id"], ascending=[False, True])
    return [str(place) for place in ordered["place_id"].head(n_places)]


def _in_street_order(rows: pd.DataFrame) -> pd.DataFrame:
    asked = rows[rows["left_out_code"].isna()]
    keys = walk_keys(asked["address_line"], asked["town_name"])
    keys = pd.concat([asked[["place_id", "door_id", "person_id"]], keys], axis=1)
    first = keys.sort_values(["place_id", *WALK_ORDER, "person_id"]).drop_duplicates(
        ["place_id", "door_id"])
    first = first.assign(door_number=first.groupby("place_id").cumcount() + 1)
    numbered = keys.merge(first[["place_id", "door_id", "door_number"]], how="left",
                          on=["place_id", "door_id"], validate="many_to_one")
    numbered = numbered.sort_values(["place_id", "door_number", "person_id"])
    numbered = numbered.assign(order_number=numbered.groupby("place_id").cumcount() + 1)
    return rows.merge(numbered[["person_id", "door_number", "order_number"]], how="left",
                      on="person_id", validate="one_to_one")
