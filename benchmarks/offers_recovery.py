"""What the search finds of planted segments, and where nothing is planted; a line of JSON each.

    python benchmarks/offers_recovery.py [--donors 200000] [--base-rate 0.01]
        [--permutations 999] [--seeds 100] [--first-seed 0] [--cases "lift 2" nothing ...]

Each line: what was planted, the seeds, in how many a segment was confirmed that is the planted
one, in how many any was, in how many one that shares fewer than half of its people with it,
and the mean of the confirmed lift over the true one.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

import numpy as np
from offers_data import LEVELS, PLANTED, Truth, is_planted, make_asks

from workbench.donors.offers.estimate import estimate_segments
from workbench.donors.offers.search import Plan, find_segments, members

CASES = {
    "lift 3": (Truth(lift=3.0), 1), "lift 2": (Truth(lift=2.0), 1),
    "lift 1.5": (Truth(lift=1.5), 1), "nothing": (Truth(), 2),
    "main effects": (Truth(main_power=1.0), 2),
    "weak main effects": (Truth(main_power=0.25), 2),
    "lift 2 on main effects": (Truth(lift=2.0, main_power=1.0), 1),
    "homes that answer as one": (Truth(home_share=0.6, alike_share=0.5), 1),
}


def recover(
    truth: Truth, seeds: range, *, n_donors: int, n_permutations: int
) -> dict[str, object]:
    """Return the tallies of one case over ``seeds``."""
    n_found = n_any = n_strange = 0
    lifts = []
    for seed in seeds:
        asks = make_asks(n_donors, seed=seed, truth=truth)
        search = find_segments(asks, LEVELS, Plan(n_shuffles=n_permutations, seed=seed))
        segments = estimate_segments(search)
        is_it = segments["rule"] == PLANTED
        n_found += int(is_it.any())
        n_any += len(segments) > 0
        n_strange += any(_is_strange(asks, rule) for rule in segments["rule"])
        lifts += [(one["answer_lift"], one["shrunk_lift"]) for one in
                  segments[is_it].to_dict("records")]
    means = np.mean(lifts, axis=0) / truth.lift if lifts else (np.nan, np.nan)
    return {"seeds": len(seeds), "found": n_found, "any": n_any, "strange": n_strange,
            "lift_ratio": round(float(means[0]), 3), "shrunk_ratio": round(float(means[1]), 3),
            "groups": search.n_groups}


def _is_strange(asks, rule) -> bool:
    shown, true = members(asks, rule), is_planted(asks)
    return bool((shown & true).sum() < 0.5 * shown.sum())


def main() -> None:
    """Run the cases and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=200_000)
    parser.add_argument("--base-rate", type=float, default=0.01)
    parser.add_argument("--permutations", type=int, default=999)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--cases", nargs="*", default=list(CASES), choices=list(CASES))
    options = parser.parse_args()
    for name in options.cases:
        truth, times = CASES[name]
        truth = replace(truth, base_rate=options.base_rate)
        first = options.first_seed
        tallies = recover(truth, range(first, first + options.seeds * times),
                          n_donors=options.donors, n_permutations=options.permutations)
        print(json.dumps({"case": name, "donors": options.donors,
                          "base_rate": options.base_rate,
                          "permutations": options.permutations, **tallies}), flush=True)


if __name__ == "__main__":
    main()
