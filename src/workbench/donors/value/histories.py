"""What a model of giving knows of donors: how often, when last, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

Array = np.ndarray


@dataclass(frozen=True)
class Histories:
    """Giving since the first gift, which is itself not counted; one place an array a history.

    ``x``: gifts after the first; ``t_x``: when the last of them came, 0 where there is none;
    ``t_all``: how long the donor has been seen. Both times count from the first gift, in weeks
    or, for giving in waves, in waves. ``n``: how many donors have this history.
    """

    x: Array
    t_x: Array
    t_all: Array
    n: Array

    def __len__(self) -> int:
        """Return the number of histories, not of donors."""
        return len(self.x)

    @property
    def n_donors(self) -> int:
        """Return how many donors they are together."""
        return int(self.n.sum())


def group_histories(
    x: Array, t_x: Array, t_all: Array, *, grid: float = 0.0
) -> tuple[Histories, Array]:
    """Return the distinct histories and, for each donor, the place of theirs among them.

    Times are rounded to multiples of ``grid`` first (0: taken as they are), so that millions
    of donors become thousands of histories.

    >>> grouped, place = group_histories(np.array([0, 2, 0]), np.array([0., 3, 0]),
    ...                                  np.array([9., 9, 9]))
    >>> grouped.n.tolist(), place.tolist()
    ([2.0, 1.0], [0, 1, 0])
    """
    last, seen = (np.round(t / grid) * grid if grid else t for t in (t_x, t_all))
    frame = pd.DataFrame({"x": x, "t_x": last, "t_all": seen}, dtype="float64")
    groups = frame.groupby(["x", "t_x", "t_all"], sort=True)
    place = groups.ngroup().to_numpy()
    rows = groups.size().rename("n").reset_index()
    return Histories(*(rows[name].to_numpy(dtype="float64") for name in rows)), place
