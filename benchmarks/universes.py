"""Universes at scale, and how near scores come to the best choice, as lines of JSON.

    python benchmarks/universes.py --people 1000000                      # seconds
    python benchmarks/universes.py --truth --people 20000 --seeds 11 12  # votes
    python benchmarks/universes.py --promised --seeds 31 32 33 34 35     # votes told and true
    python benchmarks/universes.py --gate                                # seconds of the gate

The second makes samples of these seeds, scores them as the stage does, and holds the choice
against the truth (universes_truth). The third plants what a knock does and compares the votes
that the brief promises with those that follow (universes_promised). The fourth asks the gate of
everybody in the built sample.
Beside the votes of a budget over four channels stand those where one channel after the other
takes its best.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from shared import ROOT, Clock, options, peak_gb, tell
from universes_promised import promised_lines
from universes_truth import truth_lines

from workbench import lists
from workbench.settings import load_settings
from workbench.sources import forbidden_uses
from workbench.tables import read_table
from workbench.voters.contacts import door_of
from workbench.voters.universes.assign import Rules, assign_universes, rank_within
from workbench.voters.universes.budget import regret_by_curve, spend_contacts
from workbench.voters.universes.response import BY_HOME, Response

EFFECTS = {"door": 0.025, "phone": 0.019, "text": 0.003, "post": 0.002, "email": 0.0}
OPEN = {"door": 0.8, "phone": 0.5, "text": 0.4, "post": 0.95}
RULES = Rules(0.002, 0.4, 0.6, 0.4, 0.3)


def main() -> None:
    """Print what was asked for."""
    asked = options(
        __doc__, people=1_000_000, seeds=[11],
        truth={"action": "store_true", "help": "compare choices with the truth"},
        curve={"default": "average", "help": "the curve that is taken as true"},
        promised={"action": "store_true", "help": "compare promised votes with those planted"},
        gate={"action": "store_true", "help": "time who can be reached by what"})
    if asked.truth:
        response = Response(asked.curve, EFFECTS)
        for line in truth_lines(asked.people, asked.seeds, response, ("door", "phone")):
            tell(**line)
    elif asked.promised:
        for line in promised_lines(asked.people, asked.seeds):
            tell(**line)
    else:
        tell(**(gate() if asked.gate else scale(asked.people)))


def gate() -> dict[str, Any]:
    """Return seconds of asking the gate of everybody, over all channels, in the built sample."""
    settings = load_settings(ROOT)
    people = read_table(ROOT / "data/people/people.parquet")
    clock = Clock()
    reach = lists.judge_reach(settings, people, use_code="get_out_the_vote",
                              forbidden_uses=forbidden_uses(settings))
    return {"people": len(people), "open_channels": len(reach.open_channels),
            **clock.told("seconds", "cpu_seconds")}


def scale(n_people: int) -> dict[str, Any]:
    """Return seconds of each step on so many people with scores drawn at random."""
    electors = _drawn(n_people)
    response = Response("average", EFFECTS)
    rng = np.random.default_rng(2)
    pairs = pd.concat([
        electors.loc[rng.random(n_people) < share, ["person_id"]].assign(channel_code=channel)
        for channel, share in OPEN.items()], ignore_index=True)
    budgets = {"door": n_people // 10, "phone": n_people // 10, "text": n_people // 10,
               "post": n_people // 5}
    steps: dict[str, Callable[[], object]] = {
        "assign": lambda: rank_within(assign_universes(electors, response, RULES)),
        "spend": lambda: spend_contacts(electors, pairs, response, budgets),
        "regret": lambda: regret_by_curve(electors, response, budget=n_people // 10),
    }
    told: dict[str, Any] = {"people": n_people}
    for name, step in steps.items():
        clock = Clock()
        step()
        told |= clock.told(f"{name}_seconds", f"{name}_cpu_seconds")
    votes = float(spend_contacts(electors, pairs, response, budgets)["votes_gained"].sum())
    in_turn = _in_turn(electors, pairs, response, budgets)
    return told | {"votes": round(votes, 1), "in_turn_votes": round(in_turn, 1),
                   "peak_gb": peak_gb()}


def _in_turn(
    electors: pd.DataFrame, pairs: pd.DataFrame, response: Response,
    budgets: dict[str, int],
) -> float:
    """Return the votes where the channel that moves most takes its best, then the next one."""
    votes, left = 0.0, electors
    for channel in sorted(budgets, key=lambda name: -response.effects[name]):
        spent = spend_contacts(left, pairs, response, {channel: budgets[channel]})
        unit = door_of(left) if channel in BY_HOME else left["person_id"]
        is_reached = unit.isin(spent["unit_id"]) & left["person_id"].isin(
            pairs.loc[pairs["channel_code"] == channel, "person_id"])
        votes += float(spent["votes_gained"].sum())
        left = left.assign(is_reachable=left["is_reachable"] & ~is_reached)
    return votes


def _drawn(n_people: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    support = rng.beta(2, 2.5, n_people)
    return pd.DataFrame({
        "person_id": pd.Series([f"P{i:08d}" for i in range(n_people)], dtype="str"),
        "household_id": pd.Series([f"H{h:08d}" for h in np.sort(
            rng.integers(0, n_people // 2, n_people))], dtype="str"),
        "support_score": support, "support_low": support - 0.1, "support_high": support + 0.1,
        "turnout_score": rng.beta(3, 2, n_people), "persuasion_score": np.nan,
        "basis_code": "own", "is_postal_voter": rng.random(n_people) < 0.2, "has_voted": False,
        "channel_code": "door", "is_reachable": True,
    })


if __name__ == "__main__":
    main()
