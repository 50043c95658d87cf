"""Universes at scale, and how near scores come to the best choice, as lines of JSON.

    python benchmarks/universes.py --people 1000000        # seconds
    python benchmarks/universes.py --truth                 # votes, on the built sample

The second reads the sample's truth, which no stage may. It takes data/scores/scores.parquet,
or with --stand-in a quick logistic fit of tests/made_scores.py.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.settings import load_settings
from workbench.tables import read_gathered, read_table
from workbench.voters import universes
from workbench.voters.universes.assign import Rules, assign_universes, rank_within

ROOT = Path(__file__).parents[1]
EFFECTS = {"door": 0.025, "phone": 0.019, "text": 0.003, "post": 0.002, "email": 0.0}
RULES = Rules(0.002, 0.4, 0.6, 0.4, 0.3)
SHARES = (0.025, 0.05, 0.1, 0.2)  # contacts, over doors or people


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--stand-in", action="store_true")
    options = parser.parse_args()
    if not options.truth:
        print(json.dumps(scale(options.people)))
        return
    for line in truth(is_stand_in=options.stand_in):
        print(json.dumps(line))


def scale(n_people: int) -> dict[str, Any]:
    """Return seconds of each step on so many people with scores drawn at random."""
    electors = _drawn(n_people)
    response = universes.Response("average", EFFECTS)
    pairs = pd.concat([electors[["person_id"]].assign(channel_code=channel)
                       for channel in ("door", "phone", "post")], ignore_index=True)
    steps: dict[str, Callable[[], object]] = {
        "assign": lambda: rank_within(assign_universes(electors, response, RULES)),
        "spend": lambda: universes.spend_contacts(
            electors, pairs, response, {"door": n_people // 10, "phone": n_people // 10,
                                        "post": n_people // 5}),
        "regret": lambda: universes.regret_by_curve(electors, response, budget=n_people // 10),
    }
    told: dict[str, Any] = {"people": n_people}
    for name, step in steps.items():
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        told |= {f"{name}_seconds": round(time.perf_counter() - wall, 2),
                 f"{name}_cpu_seconds": round(time.process_time() - cpu, 2)}
    return told | {"peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
                                    2)}


def truth(*, is_stand_in: bool) -> list[dict[str, Any]]:
    """Return a line a channel and budget: the part of the best possible that each way reaches.

    ``votes_of_best``: our choice over the choice of one who knows everybody's true chances.
    ``votes_of_foreseeable``: the same over the choice by the best forecast of the truth from
    what the campaign's files hold, fitted on the truth of other homes: what no score can beat
    by much.
    """
    settings = load_settings(ROOT)
    tables = {name: read_gathered(ROOT, name) for name in (
        "voters", "vote_history", "canvass", "polls", "consumer", "areas", "area_results")}
    tables |= {name: read_table(ROOT / f"data/people/{name}.parquet")
               for name in ("people", "crosswalk")}
    party = str(settings.notebooks["universes"]["party_code"])
    tables["scores"] = _scores(tables, party, is_stand_in=is_stand_in)
    electors = universes.scored_electors(tables, settings.campaign, party_code=party)
    electors = electors.assign(is_reachable=True)
    judged = _judged(electors, tables)
    seen = _foreseeable(electors, judged, tables)
    response = universes.Response("logit_shift", EFFECTS)
    lines = []
    for channel in ("door", "phone"):
        n_units = electors["household_id"].nunique() if channel == "door" else len(electors)
        for share in SHARES:
            budget = round(share * n_units)
            ours, theirs = (
                universes.compare_choices(scores, judged, response, budget=budget,
                                          channel_code=channel).set_index("way_code")
                for scores in (electors, seen))
            votes = ours["votes_gained"].round(2).to_dict()
            lines.append({
                "channel": channel, "contacts": budget, "votes": votes,
                "votes_of_best": round(float(ours.loc["votes", "best_share"]), 3),
                "support_of_best": round(float(ours.loc["support", "best_share"]), 3),
                "foreseeable_of_best": round(float(theirs.loc["votes", "best_share"]), 3),
                "votes_of_foreseeable": round(votes["votes"] / float(
                    theirs.loc["votes", "votes_gained"]), 3)})
    return lines


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


def _scores(
    tables: dict[str, pd.DataFrame], party_code: str, *, is_stand_in: bool
) -> pd.DataFrame:
    if not is_stand_in:
        return read_table(ROOT / "data/scores/scores.parquet")
    sys.path.insert(0, str(ROOT / "tests"))
    from made_scores import stand_in_scores

    return stand_in_scores(tables, party_code=party_code)


def _judged(electors: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    folder = ROOT / "data/truth/sample"
    people = pd.read_parquet(folder / "people.parquet")[["person_id", "voter_id"]]
    known = people.merge(pd.read_parquet(folder / "scores.parquet"), on="person_id")
    known = known.dropna(subset=["voter_id"]).drop_duplicates("voter_id").set_index("voter_id")
    numbers = tables["people"].set_index("person_id")["voter_id"].reindex(electors["person_id"])
    found = known.reindex(numbers)
    return electors.assign(
        support_score=found["support_probability"].fillna(found["support_probability"].mean())
        .to_numpy(),
        turnout_score=found["turnout_probability"].fillna(found["turnout_probability"].mean())
        .to_numpy())


def _foreseeable(
    electors: pd.DataFrame, judged: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """The truth as boosted trees foretell it from the files, five folds by home."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.model_selection import GroupKFold

    features = _features(electors, tables)
    homes = electors["household_id"].fillna(electors["person_id"])
    told = electors.copy()
    for name in ("support_score", "turnout_score"):
        guess = np.zeros(len(electors))
        for rest, fold in GroupKFold(5).split(features, groups=homes):
            model = HistGradientBoostingRegressor(max_iter=200, learning_rate=0.05,
                                                  max_leaf_nodes=15, random_state=1)
            model.fit(features[rest], judged[name].to_numpy()[rest])
            guess[fold] = model.predict(features[fold])
        told[name] = guess.clip(0, 1)
    return told


def _features(electors: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> np.ndarray:
    keys = ["source_name", "source_row"]
    walk = tables["crosswalk"][[*keys, "person_id"]]
    people = tables["people"].set_index("person_id").reindex(electors["person_id"])
    register = tables["voters"].drop_duplicates("voter_id").set_index("voter_id")
    entry = register.reindex(people["voter_id"])
    history = tables["vote_history"].pivot_table(
        index="voter_id", columns="election_name", values="voted_code", aggfunc="first")
    bought = tables["consumer"].merge(walk, on=keys).drop_duplicates("person_id").set_index(
        "person_id").reindex(electors["person_id"])
    said = tables["canvass"].merge(walk, on=keys).assign(
        code=lambda rows: pd.to_numeric(rows["voter_id_code"])).groupby("person_id")["code"]
    rates = universes.electors.area_rates(tables["area_results"], tables["areas"],
                                          party_code="HAR").set_index("area_id")
    near = rates.reindex(electors["area_id"])
    columns = [entry["age_years"], _coded(entry["party_code"]), _coded(entry["sex_code"]),
               _coded(entry["is_postal_voter"]), _coded(people["region_code"]),
               near["support_score"], near["turnout_score"], said.mean().reindex(
                   electors["person_id"]), bought["income_band_code"], _coded(
                   bought["tenure_code"]), _coded(bought["classification_code"])]
    columns += [_coded(history[name].reindex(people["voter_id"])) for name in history]
    return np.column_stack([pd.to_numeric(pd.Series(c.to_numpy())).astype("float64")
                            for c in columns])


def _coded(values: pd.Series) -> pd.Series:
    return pd.Series(pd.factorize(values.astype("str"), sort=True)[0])


if __name__ == "__main__":
    main()
