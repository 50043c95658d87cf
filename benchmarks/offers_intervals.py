"""How often the intervals of found groups hold the planted rate and lift; a line of JSON a lift.

    python benchmarks/offers_intervals.py [--lifts 2 3] [--seeds 200] [--first-seed 0]
        [--permutations 199]

Each seed makes 5,000, 15,000 or 50,000 people of skewed numbers that go together, draws effects
of every number and trait on the log-odds, plants one group of two or three traits that answers
``lift`` times as often, and puts the file through search and confirmation. Of the files in which
the very group is found: the share whose interval of the rate and of the lift holds the truth, with
the standard error of each share, the shares in which the interval lies above and below it, and
that in which the interval of the rate leaves out what was seen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from shared import options, tell

from workbench.donors.offers.cells import Rule
from workbench.donors.offers.estimate import estimate_segments
from workbench.donors.offers.judge import Plan
from workbench.donors.offers.search import find_segments

SIZES = (5_000, 15_000, 50_000)
RATES = (0.015, 0.03, 0.06)  # of 50,000 people; more of fewer, 0.1 at the most
PLACES, PLACE_SHARES = tuple("vwxyz"), (0.35, 0.25, 0.2, 0.12, 0.08)
BANDS = ("0", "1", "2", "3")
LEVELS = {"age_band": BANDS, "money_band": BANDS, "couple": ("0", "1"),
          "sex_code": ("f", "m"), "region_code": PLACES}
NUMBERS = ("years", "money")
LEAST_ANSWERS, LEAST_SHARE, MOST_SHARE, MOST_KEPT = 15, 0.015, 0.1, 0.8  # of a planted group


def make_people(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Return people with two numbers, their quarters as bands, and three traits."""
    pull = rng.normal(size=n)
    rows = pd.DataFrame({
        "couple": np.where(rng.random(n) < 1 / (1 + np.exp(-pull)), "1", "0"),
        "sex_code": rng.choice(("f", "m"), n, p=(0.6, 0.4)),
        "region_code": rng.choice(PLACES, n, p=PLACE_SHARES),
        "years": 0.6 * pull + 2, "money": np.log1p(np.exp(0.5 * pull + rng.normal(size=n) + 3))})
    for number, band in zip(NUMBERS, ("age_band", "money_band"), strict=True):
        edges = np.quantile(rows[number], (0.25, 0.5, 0.75))
        rows[band] = np.searchsorted(edges, rows[number], side="right").astype(str)
    return rows


def base_rates(rows: pd.DataFrame, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Return P(answers) by person, without any group: effects multiply, the mean is ``rate``."""
    pull = sum(rng.choice((-1, 1)) * rng.uniform(0.1, 0.5)
               * (rows[name] - rows[name].mean()) / rows[name].std() for name in NUMBERS)
    pull = pull + rng.choice((-0.4, 0.4)) * (rows["couple"] == "1")
    pull = pull + rng.choice((-0.3, 0.3)) * (rows["sex_code"] == "f")
    place = dict(zip(PLACES, rng.normal(0, 0.25, len(PLACES)), strict=True))
    factor = np.exp(pull + rows["region_code"].map(place).astype(float)).to_numpy()
    return np.asarray(np.minimum(rate * factor / factor.mean(), 0.45))


def is_of(rows: pd.DataFrame, rule: Rule) -> np.ndarray:
    """Return who has all traits of the rule."""
    return np.logical_and.reduce([(rows[trait] == level).to_numpy() for trait, level in rule])


def draw_rule(rows: pd.DataFrame, rates: np.ndarray, rng: np.random.Generator) -> Rule:
    """Return a group that is neither too small to be found nor nearly one of fewer traits."""
    while True:
        traits = rng.choice(list(LEVELS), int(rng.integers(2, 4)), replace=False)
        rule = tuple((trait, str(rng.choice(LEVELS[trait]))) for trait in LEVELS
                     if trait in traits)
        share = is_of(rows, rule).mean()
        wider = [is_of(rows, [part for part in rule if part != left]).mean() for left in rule]
        if (LEAST_SHARE < share < MOST_SHARE and share <= MOST_KEPT * min(wider)
                and rates[is_of(rows, rule)].sum() >= LEAST_ANSWERS):
            return rule


def found_once(seed: int, lift: float, n_permutations: int) -> list[dict[str, bool]]:
    """Return what the intervals of the planted group hold; nothing where it is not found."""
    rng = np.random.default_rng([seed, int(10 * lift), 1934])
    n = SIZES[seed % len(SIZES)]
    rows = make_people(rng, n)
    rates = base_rates(rows, min(rng.choice(RATES) * np.sqrt(SIZES[-1] / n), 0.1), rng)
    rule = draw_rule(rows, rates, rng)
    is_in = is_of(rows, rule)
    without = np.minimum(rates, 0.9 / lift)
    true = np.where(is_in, lift * without, without)
    asks = rows.assign(offer_id="o", household=[f"H{i}" for i in range(n)],
                       has_responded=rng.random(n) < true)
    search = find_segments(asks, LEVELS, Plan(n_permutations, seed), NUMBERS)
    told = estimate_segments(search)
    own = told[[set(found) == set(rule) for found in told["rule"]]].head(1)
    return [_held(one, float(true[is_in & _is_unseen(search, one)].mean()), lift)
            for one in own.to_dict("records")]


def _is_unseen(search: Any, one: dict[Any, Any]) -> np.ndarray:
    return np.asarray(search.offers["o"].half == ("first", "second").index(one["estimated_half"]))


def _held(one: dict[Any, Any], rate: float, lift: float) -> dict[str, bool]:
    return {
        "rate_held": one["rate_low"] <= rate <= one["rate_high"],
        "lift_held": one["lift_low"] <= lift <= one["lift_high"],
        "lift_above": one["lift_low"] > lift, "lift_below": one["lift_high"] < lift,
        "leaves_out_seen": not one["rate_low"] <= one["answer_rate"] <= one["rate_high"]}


def main() -> None:
    """Print a line a lift."""
    asked = options(__doc__, lifts=[2.0, 3.0], seeds=200, first_seed=0, permutations=199)
    for lift in asked.lifts:
        held = [one for seed in range(asked.first_seed, asked.first_seed + asked.seeds)
                for one in found_once(seed, lift, asked.permutations)]
        shares = pd.DataFrame(held).astype(float).mean() if held else pd.Series(dtype=float)
        errors = np.sqrt(shares * (1 - shares) / max(len(held), 1))
        tell(lift=lift, seeds=asked.seeds, found=len(held), **shares.round(3).to_dict(),
             **{f"{name}_error": round(float(errors[name]), 3)
                for name in ("rate_held", "lift_held") if held})


if __name__ == "__main__":
    main()
