"""Time of searching one offer's asks for the groups that it draws, as one line of JSON.

    python benchmarks/offers.py [--donors 200000] [--permutations 999]

``search_s`` is wall time, ``cpu_s`` processor time, both of the search alone.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from offers_data import LEVELS, Truth, make_asks

from workbench.donors.offers.search import Plan, Search, find_segments

LIFT = 3.0


def _timed(n_donors: int, n_permutations: int) -> tuple[Search, float, float]:
    asks = make_asks(n_donors, seed=1, truth=Truth(lift=LIFT))
    start, cpu = time.perf_counter(), time.process_time()
    search = find_segments(asks, LEVELS, Plan(n_shuffles=n_permutations, seed=1))
    return search, time.perf_counter() - start, time.process_time() - cpu


def main() -> None:
    """Search and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=200_000)
    parser.add_argument("--permutations", type=int, default=999)
    options = parser.parse_args()
    search, seconds, cpu = _timed(options.donors, options.permutations)
    print(json.dumps({
        "donors": options.donors,
        "groups": search.n_groups,
        "permutations": options.permutations,
        "search_s": round(seconds, 2),
        "cpu_s": round(cpu, 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
    }))


if __name__ == "__main__":
    main()
