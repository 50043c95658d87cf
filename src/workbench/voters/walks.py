"""Whom to knock tonight: the doors that gain most in a place, in the order of the street."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.errors import SettingsError, nearest_name
from workbench.tables import RESULTS
from workbench.tables.codes import UNIVERSES, codes_that
from workbench.voters.attempts import within
from workbench.voters.contacts import DOES_NOT_WANT, door_of
from workbench.voters.streets import WALK_ORDER, walk_keys

READ = ("canvass", "areas", "people", "crosswalk", "universes")
FROM_PEOPLE = ["person_id", "household_id", "area_id", "address_line", "town_name"]
ASKED = codes_that(UNIVERSES, "is_asked")


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


def walk_candidates(
    tables: Mapping[str, pd.DataFrame], open_channels: pd.DataFrame
) -> pd.DataFrame:
    """Return one row a person of the universes with address and ``is_door_open``.

    Somebody without an address or whom the gate holds back at the door has no open door.
    """
    wanted = ["person_id", "universe_code", "knock_votes_gained", "reason_name"]
    rows = tables["universes"][wanted].merge(tables["people"][FROM_PEOPLE], how="inner",
                                             on="person_id", validate="one_to_one")
    doors = open_channels.loc[open_channels["channel_code"] == "door", "person_id"]
    return rows.assign(is_door_open=rows["person_id"].isin(doors)
                       & rows["address_line"].notna())


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
    """Return why each person cannot be asked tonight, the first reason found, else missing.

    ``people``: a row an elector with ``person_id``, ``household_id``, ``universe_code`` and
    ``is_door_open`` (the gate lets them be knocked, and there is an address). A door that
    anybody tried in the ``not_again_days`` before ``as_of`` is closed to the whole home.
    """
    door = door_of(people)
    lately = within(contacts, walk.as_of, walk.not_again_days)
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

    ``people`` as of ``judge_people`` with ``place_id``, ``knock_votes_gained`` and the address.
    Of each place the ``n_doors`` doors are chosen where a knock gains most, those to be left
    alone at the same door counted too, and only doors that gain something.
    ``door_number`` and ``order_number`` are 1, 2, … in street order: street, odd or even
    side, number, flat.
    """
    reason = judge_people(people, contacts, walk)
    rows = people.assign(door_id=door_of(people), left_out_code=reason)
    rows["place_id"] = rows.groupby("door_id")["place_id"].transform("min")  # a door once
    gain = rows["knock_votes_gained"].where(rows["is_door_open"], 0.0).fillna(0.0)
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
    gains = there.groupby("place_id")["knock_votes_gained"].sum().reset_index()
    ordered = gains.sort_values(["knock_votes_gained", "place_id"], ascending=[False, True])
    return [str(place) for place in ordered["place_id"].head(n_places)]


def walk_places(
    tables: Mapping[str, pd.DataFrame], candidates: pd.DataFrame, contacts: pd.DataFrame,
    walk: Walk, places: Sequence[str] | int,
) -> pd.DataFrame:
    """Return the candidates of the places, chosen and in street order, as ``choose_doors``.

    ``places``: polling districts or wards, or how many of the best polling districts.
    """
    if isinstance(places, int):
        places = best_places(candidates, contacts, walk, n_places=places)
    place = place_of(candidates["area_id"], tables["areas"], places)
    there = candidates.assign(place_id=place)[place.notna()].reset_index(drop=True)
    return choose_doors(there, contacts, walk)


def selection_rows(walked: pd.DataFrame) -> pd.DataFrame:
    """Return the people on walk lists in the columns of the table ``selections``.

    ``walked``: as of ``choose_doors``. A list is a place; its owner is whoever works it.
    """
    asked = walked[walked["left_out_code"].isna()]
    place = asked["place_id"].astype("str")
    rows = asked.assign(selection_id="walk_" + place.str.lower(), channel_code="door",
                        owner_name="Team of " + place)
    rows = rows[list(RESULTS["selections"].column_names)]
    return rows.sort_values(["selection_id", "order_number"], ignore_index=True)


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
