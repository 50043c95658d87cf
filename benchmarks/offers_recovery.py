"""What the search finds of planted segments, and where nothing is planted; a line of JSON each.

    python benchmarks/offers_recovery.py [--donors 200000] [--base-rate 0.01]
        [--permutations 999] [--seeds 100] [--first-seed 0] [--cases "lift 2" nothing ...]
    python benchmarks/offers_recovery.py --sample 20000 [--seeds 50]
    python benchmarks/offers_recovery.py --file FILE.csv --traits female couple
        --numbers years amount [--missing -999] [--cases "lift 3" continuous points ...]

The second makes the sample campaign so often, linked without a mistake, and asks whether both of
its dinners are found, each described by its very traits (``both``), and how many segments of
several traits are told beside them (``others``, of all offers). The third draws the answers of the
people of any file. Planted groups are drawn at random among
those that would give ten answers or more without their lift, hold a tenth of all people at the
most, and of which no trait is nearly that of all who have the others. "continuous" and "points"
plant effects of numbers and traits one by one, which add on the log-odds or in points, so that
no group of several traits has a pull of its own.

Each line: what was planted, the seeds; in how many the planted group was found and confirmed
(``found``), another group of several traits that is not explained by its traits (``other``), a
part of the planted group's description too many or too few (``misdescribed``, of those that
overlap it by half); where found, the shares of files in which the interval holds the true rate and
the planted lift, and the mean of the shrunk lift over the true one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from offers_data import LEVELS, PLANTED, Truth, is_planted, make_asks, rates
from offers_file import KINDS, People, drawn_asks, is_of, plant, read_people, true_rates
from offers_sample import made_tables
from shared import ROOT, options, tell

from workbench.donors.offers.cells import Levels, Rule
from workbench.donors.offers.estimate import estimate_segments
from workbench.donors.offers.judge import Plan
from workbench.donors.offers.search import find_segments, members
from workbench.donors.offers.study import Terms, study_offers
from workbench.settings import load_settings

CASES = {
    "lift 3": Truth(lift=3.0), "lift 2": Truth(lift=2.0), "lift 1.5": Truth(lift=1.5),
    "nothing": Truth(), "main effects": Truth(main_power=1.0),
    "weak main effects": Truth(main_power=0.25),
    "lift 2 on main effects": Truth(lift=2.0, main_power=1.0),
    "homes that answer as one": Truth(home_share=0.6, alike_share=0.5),
}
TERMS = Terms(30, 730, ["control", "plain"], [], 1)
Drawn = tuple[pd.DataFrame, np.ndarray, Rule | None]  # asks, P(answers) by row, what is planted


def recover(
    draw: Callable[[int], Drawn], levels: Levels, numbers: tuple[str, ...], seeds: range,
    n_permutations: int,
) -> dict[str, Any]:
    """Return the tallies of one case over ``seeds``."""
    n_other = n_misdescribed = n_singles = 0
    held: list[tuple[bool, bool, float]] = []
    for seed in seeds:
        asks, true, planted = draw(seed)
        search = find_segments(asks, levels, Plan(n_permutations, seed), numbers)
        told = estimate_segments(search)
        joint = told[told["rule"].map(len) > 1]
        n_singles += len(told) - len(joint)
        own = joint[[set(rule) == set(planted or ()) for rule in joint["rule"]]]
        rest = joint.drop(own.index)
        n_other += len(rest) > 0
        n_misdescribed += planted is not None and any(
            _overlaps(asks, rule, planted) for rule in rest["rule"])
        held += [_held(asks, true, one, search) for one in own.head(1).to_dict("records")]
    shares = np.mean([row[:2] for row in held], axis=0) if held else (np.nan, np.nan)
    return {"seeds": len(seeds), "found": len(held), "other": n_other,
            "misdescribed": n_misdescribed, "singles": n_singles,
            "rate_held": round(float(shares[0]), 3), "lift_held": round(float(shares[1]), 3),
            "shrunk_ratio": round(float(np.mean([row[2] for row in held])), 3) if held else None,
            "groups": search.n_groups}


def _held(asks: pd.DataFrame, true: np.ndarray, one: dict, search) -> tuple[bool, bool, float]:
    """Return whether the intervals hold the true rate and lift, and the shrunk over the true."""
    half = search.offers["offer"].half == ("first", "second").index(one["estimated_half"])
    is_in = members(asks, one["rule"])
    rate, lift = float(true[is_in & half].mean()), float(asks.attrs["lift"])
    return (one["rate_low"] <= rate <= one["rate_high"],
            one["lift_low"] <= lift <= one["lift_high"], one["shrunk_lift"] / lift)


def _overlaps(asks: pd.DataFrame, rule: Rule, planted: Rule) -> bool:
    shown, true = members(asks, rule), members(asks, planted)
    return bool(2 * (shown & true).sum() >= min(shown.sum(), true.sum()))


def dinners(n_people: int, seeds: range, n_permutations: int) -> dict[str, Any]:
    """Return in how many samples each dinner was found by its very traits, and both were."""
    wanted = {f"{appeal}/offer": frozenset({("age_band", "40-49"), ("sex_code", "female"),
                                            ("region_code", f"{coast}_coast")})
              for appeal, coast in (("AP-DINNER-W", "west"), ("AP-DINNER-E", "east"))}
    found = dict.fromkeys(wanted, 0)
    n_both = n_others = 0
    for seed in seeds:
        study = study_offers(made_tables(n_people, seed=seed), load_settings(ROOT).campaign,
                             Plan(n_permutations, seed), TERMS)
        told = study.segments[study.segments["is_more"] & (study.segments["rule"].map(len) > 1)]
        are_found = {offer: any(frozenset(rule) == rules for rule in
                                told.loc[told["offer_id"] == offer, "rule"])
                     for offer, rules in wanted.items()}
        for offer, is_found in are_found.items():
            found[offer] += is_found
        n_both += all(are_found.values())
        n_others += len(told) - sum(are_found.values())
    return {"seeds": len(seeds), "both": n_both, **found, "others": n_others}


def made_draw(truth: Truth, n_donors: int) -> Callable[[int], Drawn]:
    """Return a drawer of the made people of offers_data."""
    def draw(seed: int) -> Drawn:
        asks = make_asks(n_donors, seed=seed, truth=truth)
        asks.attrs["lift"] = truth.lift
        assert truth.lift == 1 or is_planted(asks).any()
        return asks, rates(asks, truth), PLANTED if truth.lift > 1 else None
    return draw


def file_draw(people: People, case: str, rate: float) -> Callable[[int], Drawn]:
    """Return a drawer of answers of the people of a file."""
    def draw(seed: int) -> Drawn:
        rng = np.random.default_rng([seed, 2012])
        lift = float(case.removeprefix("lift ")) if case.startswith("lift ") else 1.0
        kind = "continuous" if lift > 1 else case
        true = true_rates(people, kind, rate, rng)
        rule = plant(people, true, rng) if lift > 1 else None
        if rule:
            true = np.where(is_of(people, rule), np.minimum(lift * true, 0.95), true)
        asks = drawn_asks(people, true, rng)
        asks.attrs["lift"] = lift
        return asks, true, rule
    return draw


def main() -> None:
    """Run the cases and print a line each."""
    asked = options(
        __doc__, donors=200_000, base_rate=0.01, permutations=999, seeds=100, first_seed=0,
        sample=0, file=Path, traits=("",), numbers=("",), missing=-999.0,
        cases={"nargs": "*", "default": None})
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    if asked.sample:
        return tell(case="sample", electors=asked.sample, permutations=asked.permutations,
                    **dinners(asked.sample, seeds, asked.permutations))
    told = {"base_rate": asked.base_rate, "permutations": asked.permutations}
    if asked.file:
        people = read_people(asked.file, [name for name in asked.traits if name],
                             [name for name in asked.numbers if name], asked.missing)
        for case in asked.cases or ["lift 3", "lift 2", *KINDS]:
            tell(case=case, people=len(people.rows), **told, **recover(
                file_draw(people, case, asked.base_rate), people.levels, people.numbers, seeds,
                asked.permutations))
        return
    for name in asked.cases or CASES:
        truth = replace(CASES[name], base_rate=asked.base_rate)
        tell(case=name, donors=asked.donors, **told, **recover(
            made_draw(truth, asked.donors), LEVELS, (), seeds, asked.permutations))


if __name__ == "__main__":
    main()
