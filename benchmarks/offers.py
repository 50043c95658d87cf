"""Time of searching one offer's asks for the groups that it draws, as one line of JSON.

    python benchmarks/offers.py [--donors 200000] [--permutations 999]

``search_s`` is wall time, ``cpu_s`` processor time, both of the search alone.
"""

from __future__ import annotations

from offers_data import LEVELS, Truth, make_asks
from shared import Clock, options, peak_gb, tell

from workbench.donors.offers.judge import Plan
from workbench.donors.offers.search import Search, find_segments

LIFT = 3.0


def searched(n_donors: int, *, n_shuffles: int = 999, seed: int = 1) -> tuple[Search, Clock]:
    """Return what the search finds, and the clock that was started with it."""
    asks = make_asks(n_donors, seed=seed, truth=Truth(lift=LIFT))
    clock = Clock()
    return find_segments(asks, LEVELS, Plan(n_shuffles=n_shuffles, seed=seed)), clock


if __name__ == "__main__":
    asked = options(__doc__, donors=200_000, permutations=999)
    search, its_clock = searched(asked.donors, n_shuffles=asked.permutations)
    tell(donors=asked.donors, groups=search.n_groups, permutations=asked.permutations,
         **its_clock.told("search_s", "cpu_s"), peak_gb=peak_gb())
