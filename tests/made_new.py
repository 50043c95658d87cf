"""A campaign without sources, as `gather` leaves it, for notebooks that are made in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
from made_campaign import make_campaign

from workbench.intake import gather
from workbench.settings import load_settings

REPOSITORY = Path(__file__).parents[1]
NAME = "turnout_check"


def make_without_sources(root: Path) -> Path:
    """Make ``root`` a campaign with the repository's pipeline and no source; gather nothing."""
    make_campaign(root)
    shutil.copyfile(REPOSITORY / "dvc.yaml", root / "dvc.yaml")
    (root / "src").symlink_to(REPOSITORY / "src")
    (root / "requirements.lock").symlink_to(REPOSITORY / "requirements.lock")
    (root / "reports").mkdir()
    shutil.copyfile(REPOSITORY / "reports/baseline.json", root / "reports/baseline.json")
    gather(load_settings(root))
    return root


def electors(**n_electors: int) -> pd.DataFrame:
    """Rows of a register: so many electors by town, every second of whom votes by post."""
    towns = [town for town, n in n_electors.items() for _ in range(n)]
    rows = pd.DataFrame({"town_name": towns, "source_row": range(1, len(towns) + 1)})
    return rows.assign(
        voter_id=rows["source_row"].astype(str), source_name="voters", first_name="Ada",
        last_name="Abel", is_postal_voter=rows["source_row"].mod(2).eq(0))
