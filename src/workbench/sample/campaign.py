"""The made-up campaign as a whole: its world, its raw exports one at a time, its truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from workbench.errors import SettingsError
from workbench.progress import note, step
from workbench.sample.asks import make_sends
from workbench.sample.donors import make_donors
from workbench.sample.export import Export, Story
from workbench.sample.giving import make_giving
from workbench.sample.layouts import LAYOUTS
from workbench.sample.network import make_network
from workbench.sample.rawfiles import write_raw
from workbench.sample.truth import true_tables
from workbench.sample.world import World, make_world
from workbench.tables import write_arrow

AS_OF = dt.date(2026, 10, 5)
POLLING_DATE = dt.date(2026, 11, 3)


@dataclass(frozen=True)
class Campaign:
    """A made-up campaign. Exports are built when asked for, so that few lie in memory."""

    story: Story

    @property
    def world(self) -> World:
        """The clean world."""
        return self.story.world

    @property
    def export_names(self) -> tuple[str, ...]:
        """Names of the raw exports, one a file."""
        return tuple(LAYOUTS)

    def export(self, name: str) -> Export:
        """Return one raw export as texts, with the true person of each row."""
        return LAYOUTS[name].build(self.story)

    def truth(self) -> dict[str, pa.Table]:
        """Return the tables of truth by name."""
        return true_tables(self.story)


def make_campaign(
    n_people: int, *, seed: int, difficulty: Mapping[str, float], as_of: dt.date = AS_OF,
    polling_date: dt.date = POLLING_DATE,
) -> Campaign:
    """Make a campaign in a country of ``n_people`` electors.

    The same arguments give the same campaign. ``difficulty`` overrides rates of
    workbench.sample.difficulty; SettingsError for a name that is none of them.

    >>> campaign = make_campaign(10, seed=1, difficulty={})
    >>> int(campaign.world.people.is_elector.sum())
    10
    """
    if n_people < 1:
        raise SettingsError("sample.n_people must be 1 or more. Change it in params.yaml.")
    step(f"inventing a country of {n_people:,} electors")
    world = make_world(n_people, seed=seed, difficulty=difficulty,
                       days=(as_of, polling_date))
    step("inventing what they were asked for, and what they gave")
    donors = make_donors(world)
    sends = make_sends(world, donors)
    return Campaign(Story(world, donors, sends, make_giving(world, donors, sends),
                          make_network(world)))


def write_campaign(campaign: Campaign, raw_folder: Path, truth_folder: Path) -> None:
    """Write every raw export below ``raw_folder`` and the truth below ``truth_folder``.

    ``truth_folder`` gets a table each of Campaign.truth and, for each export, who_<export>:
    who is who in its rows. No stage may read it.
    """
    step(f"writing {len(LAYOUTS)} files as other systems would")
    for n_written, (name, layout) in enumerate(LAYOUTS.items()):
        note(f"{layout.file_name}", n_written / len(LAYOUTS))
        who = write_raw(campaign.export(name), layout, raw_folder / layout.file_name,
                        campaign.world)
        write_arrow(who, truth_folder / f"who_{name}.parquet")
    step("writing the truth, apart from them")
    for name, table in campaign.truth().items():
        write_arrow(table, truth_folder / f"{name}.parquet")
