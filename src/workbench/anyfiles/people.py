"""Find the rows of any files among the people of the campaign: `workbench link --people`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.anyfiles.given import Given
from workbench.anyfiles.run import Asked, Tell, estimate_lines, read_given, write_more
from workbench.anyfiles.write import DECIMALS, write_crosswalk
from workbench.engine import open_database
from workbench.errors import SourceError
from workbench.people.anytables.link import Choices, LinkedFiles, link_files
from workbench.people.anytables.records import FIELDS
from workbench.people.judge import Talk
from workbench.pseudonyms import refuse_public_key
from workbench.settings import Settings
from workbench.tables import store

KNOWN_AS = [name for name in FIELDS if name not in (
    "full_name", "birth_digits", "age_years", "age_year", "person_number")]


def link_to_people(
    asked: Asked, *, settings: Settings, tell: Tell, ask: Callable[[str], str] = input
) -> pd.DataFrame:
    """Find each row among the people of data/people; write and return the crosswalk.

    One row a row of the files: file, row_key, person_id (empty where it is nobody known), how
    (number: of an elector in the row; linked; near_miss; unknown), link_probability and
    nearest_person_id, the likeliest person of a near miss. A row that is ``unknown`` has no
    probability. Rows are linked as ``link_paths`` links two lists, one of which has everybody
    known once. StorageError where linking has not been run.
    """
    refuse_public_key(settings)
    asked.require()
    known = known_people(settings.root)
    given = read_given(asked.paths, asked.mapping, tell)
    n_files = int(given.rows["file_number"].max()) + 1
    both = pd.concat([given.rows, known.drop(columns="person_id").assign(
        file_number=n_files, row_order=len(given.rows) + np.arange(len(known)),
        lists_once=True)], ignore_index=True)
    with tempfile.TemporaryDirectory() as folder, \
            open_database(settings.linkage, Path(folder)) as connection:
        linked = link_files(connection, both, Choices(
            asked.precision_min, n_files,
            asked.country_code or settings.campaign.country_code))
        people_keys = pd.DataFrame({"file": "people", "row_key": known["person_id"]})
        shown = asked.table_of_pairs(connection, replace(given, rows=both, keys=pd.concat(
            [given.keys, people_keys], ignore_index=True)), linked)
    crosswalk = _crosswalk(given, known, linked)
    write_crosswalk(crosswalk, asked.out)
    counts = crosswalk["how"].value_counts()
    tell(f"{int(crosswalk['person_id'].notna().sum()):,} of {len(crosswalk):,} rows are people "
         f"whom the campaign knows; {counts.get('near_miss', 0):,} are near misses")
    for line in (*estimate_lines(linked), f"{asked.out} is written"):
        tell(line)
    write_more(asked, linked, shown, Talk(ask, tell))
    return crosswalk


def known_people(root: Path) -> pd.DataFrame:
    """Return person_id and the texts that linking compares, a row a person who is known."""
    people = store.read(root, "people",
                        ["person_id", "birth_date", *KNOWN_AS]).sort_values("person_id")
    if people.empty:
        raise SourceError("data/people has nobody in it, so nobody can be found. Add sources to "
                          "params.yaml and run 'dvc repro spine'.")
    days = pd.to_datetime(people["birth_date"]).dt.strftime("%Y%m%d")
    texts = people[["person_id", *KNOWN_AS]].astype("string").assign(birth_digits=days)
    return texts.astype(object).where(texts.notna(), None).reset_index(drop=True)


def _crosswalk(given: Given, known: pd.DataFrame, linked: LinkedFiles) -> pd.DataFrame:
    """Return who each row is, and who is nearest to a row that is nobody."""
    n_given = len(given.rows)
    rows = linked.rows.sort_values("row_order")
    person, probability = rows["person"].to_numpy(), rows["link_probability"].to_numpy()
    who = pd.Series(known["person_id"].to_numpy(), index=person[n_given:])
    found = pd.Series(person[:n_given]).map(who)
    nearest = _nearest(linked, n_given)
    near = nearest.reindex(range(n_given))
    how = np.select(
        [found.notna() & _is_number(given, known, found), found.notna(), near["place"].notna()],
        ["number", "linked", "near_miss"], "unknown")
    chance = np.where(found.notna(), probability[:n_given], near["link_probability"])
    near_id = near["place"].map(known["person_id"]).where(found.isna())
    return given.keys.assign(
        person_id=_or_none(found), how=how, link_probability=np.round(chance, DECIMALS),
        nearest_person_id=_or_none(near_id))


def _nearest(linked: LinkedFiles, n_given: int) -> pd.DataFrame:
    """Return by row the place among the known of its likeliest near miss, and how likely."""
    pairs = linked.pairs
    is_near = ((pairs["what"] == "near_miss") & (pairs["row_order_l"] < n_given)
               & (pairs["row_order_r"] >= n_given))
    near = pairs[is_near].assign(place=pairs["row_order_r"] - n_given)
    near = near.sort_values(["link_probability", "place"], ascending=[False, True])
    return near.drop_duplicates("row_order_l").set_index("row_order_l")


def _is_number(given: Given, known: pd.DataFrame, found: pd.Series) -> np.ndarray:
    """Return whether a row has the elector's number of the person that it was found to be."""
    numbers = known.set_index("person_id")["voter_id"]
    both = [_plain(values) for values in (given.rows["voter_id"], found.map(numbers))]
    return np.asarray((both[0] == both[1]) & (both[0] != ""))


def _plain(numbers: pd.Series) -> np.ndarray:
    bare = numbers.astype("string").fillna("").str.upper().str.replace("[^A-Z0-9]", "", regex=True)
    return bare.str.lstrip("0").to_numpy(dtype=object)


def _or_none(values: pd.Series) -> np.ndarray:
    return np.asarray(values.astype(object).where(values.notna(), None))
