"""The tables that universes are made from, and those that they leave."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.tables import store
from workbench.voters.universes.find import Universes
from workbench.voters.universes.segments import voter_segments

TABLES = ("voters", "vote_history", "canvass", "appeals_sent", "consumer", "areas",
          "area_results", "people", "crosswalk", "scores")
READ = (*TABLES, "data/scores/quality.json")
USES = ("scores.our_party_code", "sources")  # of params.yaml


def read_inputs(root: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that universes are made from; StorageError where one is not there."""
    return store.read_tables(root, TABLES)


def write_universes(root: Path, found: Universes) -> None:
    """Write data/universes: everybody's universe, and who is in which segment of voters."""
    store.write(root, "universes", found.people.sort_values("person_id"))
    store.write(root, "segments", voter_segments(found.electors))
