"""What linking left in data/people, as the link brief reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.people.answers import read_answers
from workbench.people.folder import people_file, read_model, read_records
from workbench.tables import store

_PEOPLE_COLUMNS = [
    "person_id", "is_elector", "birth_date", "birth_year", "seat_id", "area_id", "source_names",
    "n_rows",
]


@dataclass(frozen=True)
class Linking:
    """What linking made, and what people said of it.

    ``people`` and ``crosswalk`` are without names, numbers and addresses. ``compared`` has
    one row a record of the review pairs, with its standard identifiers: never to be shown.
    """

    people: pd.DataFrame
    crosswalk: pd.DataFrame
    person_changes: pd.DataFrame
    review_pairs: pd.DataFrame
    answers: pd.DataFrame
    compared: pd.DataFrame
    model: dict[str, Any]
    quality: dict[str, Any]

    @property
    def electors(self) -> pd.DataFrame:
        """The people who are on the register."""
        return self.people[self.people["is_elector"].fillna(False).astype(bool)]


def read_linking(root: Path) -> Linking:
    """Read data/people; StorageError where linking has not been run."""
    pairs = store.read(root, "review_pairs")
    keys = sorted({*pairs["record_key_l"], *pairs["record_key_r"]})
    return Linking(
        people=store.read(root, "people", _PEOPLE_COLUMNS),
        crosswalk=store.read(root, "crosswalk",
                             ["source_name", "person_id", "how_code", "link_probability"]),
        person_changes=store.read(root, "person_changes"),
        review_pairs=pairs, answers=read_answers(root), compared=read_records(root, keys),
        model=read_model(root),
        quality=json.loads(people_file(root, "quality.json").read_text(encoding="utf-8")),
    )
