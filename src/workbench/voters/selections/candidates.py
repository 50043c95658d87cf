"""Electors with universe, address and open door: who a walk list is chosen from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from workbench.tables import store
from workbench.voters.selections.choose import Walk, best_places, choose_doors, place_of

READ = ("canvass", "areas", "people", "crosswalk", "universes")
FROM_PEOPLE = ["person_id", "household_id", "area_id", "address_line", "town_name"]


def read_selection_inputs(root: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that walk lists are chosen from; StorageError where one is missing."""
    return store.read_tables(root, READ)


def walk_candidates(
    tables: Mapping[str, pd.DataFrame], open_channels: pd.DataFrame
) -> pd.DataFrame:
    """Return one row a person of the universes with address and ``is_door_open``.

    Somebody without an address or whom the gate holds back at the door has no open door.
    """
    wanted = ["person_id", "universe_code", "votes_gained", "reason_name"]
    rows = tables["universes"][wanted].merge(tables["people"][FROM_PEOPLE], how="inner",
                                             on="person_id", validate="one_to_one")
    doors = open_channels.loc[open_channels["channel_code"] == "door", "person_id"]
    return rows.assign(is_door_open=rows["person_id"].isin(doors)
                       & rows["address_line"].notna())


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
