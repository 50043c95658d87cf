"""What linking left in data/people, as those who explain and judge it read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.errors import StorageError

PEOPLE_FOLDER = Path("data", "people")


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
