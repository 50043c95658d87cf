"""The tables that universes are made from, and those that they leave."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.errors import StorageError
from workbench.tables import RESULTS, read_gathered, read_table, write_table
from workbench.voters.universes.find import Universes
from workbench.voters.universes.segments import voter_segments

GATHERED = ("voters", "vote_history", "canvass", "appeals_sent", "consumer", "areas",
            "area_results")
MADE = {"people": "people", "crosswalk": "people", "scores": "scores"}
LEFT = {"universes": "universes", "segments": "universes"}


def read_inputs(root: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that universes are made from; StorageError where one is not there."""
    made = {name: read_made(root, name, folder) for name, folder in MADE.items()}
    return {name: read_gathered(root, name) for name in GATHERED} | made


def read_made(root: Path, name: str, folder: str) -> pd.DataFrame:
    """Return a table of an earlier stage; StorageError where it is not there, or of old shape."""
    path = root / "data" / folder / f"{name}.parquet"
    if not path.is_file():
        raise StorageError(f"data/{folder}/{name}.parquet is not there. Run 'dvc repro', which "
                           "makes it first.")
    table = read_table(path)
    for column in RESULTS[name].column_names:
        if column not in table.columns:
            raise StorageError(f"data/{folder}/{name}.parquet lacks the column '{column}'. Run "
                               "'dvc repro', which makes it anew.")
    return table


def write_universes(root: Path, found: Universes) -> None:
    """Write data/universes: everybody's universe, and who is in which segment of voters."""
    people = found.people[list(RESULTS["universes"].column_names)].sort_values("person_id")
    write_table(people, RESULTS["universes"], root / "data/universes/universes.parquet")
    write_table(voter_segments(found.electors), RESULTS["segments"],
                root / "data/universes/segments.parquet")
