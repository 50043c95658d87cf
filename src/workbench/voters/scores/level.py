"""How far the turnout of one election predicts that of the next: the spread of what files show.

No past vote says how many will vote next time. What files do show is how much elections of one
kind (national, local) have moved from one to the next; the one to come may move as much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import t

from workbench.voters.scores.vote_history import Election

# Log-odds, about five points at a half: taken where no kind of election is on file twice.
ASSUMED_CHANGE = 0.2


def changes(elections: Sequence[Election], levels: np.ndarray) -> np.ndarray:
    """Return by how much each election's level (log-odds) differs from its kind's one before.

    ``elections`` are in order of their days, ``levels`` one each.
    """
    last: dict[str, float] = {}
    found = []
    for election, level in zip(elections, levels, strict=True):
        if election.kind in last:
            found.append(float(level) - last[election.kind])
        last[election.kind] = float(level)
    return np.array(found)


def reach(elections: Sequence[Election], levels: np.ndarray, inside_share: float) -> float:
    """Return how far the level to come may lie from that of the elections it is like (log-odds).

    Within so much on either side it lies with probability ``inside_share``: Student's t, with as
    many degrees of freedom as changes were seen, for their root mean square rests on a few.
    Without any, ASSUMED_CHANGE is taken as known.
    """
    seen = changes(elections, levels)
    above = (1 + inside_share) / 2
    if not len(seen):
        return float(t.ppf(above, np.inf)) * ASSUMED_CHANGE
    return float(t.ppf(above, len(seen)) * np.sqrt((seen**2).mean()))
