"""What one raw export is: its columns as texts, and the true person behind each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from workbench.sample.asks import Sends
from workbench.sample.donors import Donors
from workbench.sample.giving import Giving
from workbench.sample.network import Network
from workbench.sample.world import World

NOBODY = -1
Columns = dict[str, pa.Array]


@dataclass(frozen=True)
class Story:
    """The world and what happened in it, from which every export is drawn."""

    world: World
    donors: Donors
    sends: Sends
    giving: Giving
    network: Network


@dataclass(frozen=True)
class Export:
    """One raw file to be: texts by header, in order; the first column is the row's key.

    ``person`` is the true person of each row, NOBODY where a row is about none. ``slips``
    are the ways in which a row differs from the truth, by row.
    """

    columns: Columns
    person: np.ndarray
    slips: dict[str, np.ndarray]

    @property
    def n_rows(self) -> int:
        """Rows before malformed and repeated ones are made of them."""
        return len(self.person)


def of_nobody(columns: Columns) -> Export:
    """Return an export whose rows are about no person."""
    return Export(columns, np.full(len(next(iter(columns.values()))), NOBODY), {})
