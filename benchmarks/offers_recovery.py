"""What the search finds of planted segments, and where nothing is planted; a line of JSON each.

    python benchmarks/offers_recovery.py [--donors 200000] [--base-rate 0.01]
        [--permutations 999] [--seeds 100] [--first-seed 0] [--cases "lift 2" nothing ...]

Each line: what was planted, the seeds, in how many a segment was confirmed that is the planted
one, in how many any was, in how many one that shares fewer than half of its people with it,
and the mean of the confirmed lift over the true one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from offers_data import LEVELS, PLANTED, Truth, is_planted, make_asks
from shared import options, tell

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
    asked = options(
        __doc__, donors=200_000, base_rate=0.01, permutations=999, seeds=100, first_seed=0,
        cases={"nargs": "*", "default": list(CASES), "choices": list(CASES)})
    for name in asked.cases:
        truth, times = CASES[name]
        seeds = range(asked.first_seed, asked.first_seed + asked.seeds * times)
        told = {"donors": asked.donors, "base_rate": asked.base_rate,
                "permutations": asked.permutations}
        tell(case=name, **told, **recover(
            replace(truth, base_rate=asked.base_rate), seeds, n_donors=asked.donors,
            n_permutations=asked.permutations))


if __name__ == "__main__":
    main()
