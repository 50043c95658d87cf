"""What linking left in data/people, as those who explain and judge it read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.errors import StorageError
from workbench.people.answers import read_answers
from workbench.tables import store

PEOPLE_FOLDER = Path("data", "people")
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


def read_model(root: Path) -> dict[str, Any]:
    """Return the trained model; StorageError where linking has not been run."""
    model: dict[str, Any] = json.loads(
        people_file(root, "model.json").read_text(encoding="utf-8"))
    return model


def read_records(root: Path, keys: Sequence[str]) -> pd.DataFrame:
    """Return the records of these keys, indexed by ``record_key``, in order."""
    import duckdb

    path = people_file(root, "records.parquet")
    with duckdb.connect() as connection:
        connection.register("wanted", pd.DataFrame({"record_key": list(keys)}, dtype=object))
        rows = connection.execute(
            "SELECT * FROM read_parquet(?) SEMI JOIN wanted USING (record_key) "
            "ORDER BY record_key", [str(path)]).df()
    return rows.set_index("record_key")


def people_file(root: Path, name: str) -> Path:
    """Return the path of a file in data/people; StorageError where it is not there."""
    path = root / PEOPLE_FOLDER / name
    if not path.is_file():
        raise StorageError(
            f"{PEOPLE_FOLDER / name} is not there. Run 'dvc repro spine', which links the "
            "tables, and try again."
        )
    return path
