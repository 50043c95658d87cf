"""How many of the votes that could be gained a choice by our scores gains, by a sample's truth.

Three yardsticks, since nobody's mind is in a file: ``oracle`` knows everybody's true chances;
``files`` is the best forecast of them that the campaign's files allow, boosted trees fitted on
the truth of other homes from all columns and from our own scores; ``chooser`` is our way of
choosing given the true chances, which is the oracle's where the way itself loses nothing.
No stage may read what is read here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scores_data import LINKED
from scores_truth import OURS
from shared import figures_of, kept_or_temporary
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import GroupKFold

from workbench.voters.contacts import door_of
from workbench.voters.universes.budget import best_universe, contact_units, contact_votes
from workbench.voters.universes.electors import scores_by_person
from workbench.voters.universes.response import BY_HOME, Response

SHARES = (0.025, 0.05, 0.1, 0.2)  # contacts, over doors or people
WAYS = ("votes", "support", "turnout", "anybody", "best")  # to choose contacts
SCORES = ("support_score", "turnout_score")
FOLDS = 5


def truth_lines(
    n_people: int, seeds: list[int], response: Response, channels: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return a line a sample, channel and budget: votes of each way, and shares of the best."""
    lines = []
    for seed in seeds:
        with kept_or_temporary(None) as folder:  # a sample that no score has seen
            figures_of("scores.py", "--people", n_people, "--seed", seed, "--folder", folder)
            electors, judged = scored_and_true(folder)
            seen = _predicted(electors, judged, _features(electors, folder))
        for channel in channels:
            n_units = door_of(electors).nunique() if channel == "door" else len(electors)
            for share in SHARES:
                lines.append({"people": len(electors), "seed": seed, "channel": channel,
                              **_compared(electors, seen, judged, response,
                                          budget=round(share * n_units), channel=channel)})
    return lines


def _compared(
    electors: pd.DataFrame, seen: pd.DataFrame, judged: pd.DataFrame,
    response: Response, **at: Any,
) -> dict[str, Any]:
    ours, files, chooser = (
        compare_choices(scores, judged, response, budget=at["budget"],
                                  channel_code=at["channel"]).set_index("way_code")
        for scores in (electors, seen, judged))
    votes, best = ours["votes_gained"], float(ours.loc["best", "votes_gained"])
    of_files = float(files.loc["votes", "votes_gained"])
    return {
        "contacts": at["budget"],
        "oracle_votes": round(best, 2), "files_votes": round(of_files, 2),
        **{f"{way}_votes": round(float(votes[way]), 2) for way in WAYS if way != "best"},
        "chooser_of_oracle": round(float(chooser.loc["votes", "best_share"]), 4),
        "files_of_oracle": round(of_files / best, 3),
        "ours_of_oracle": round(float(votes["votes"]) / best, 3),
        **{f"{name}_of_files": round(float(votes[way]) / of_files, 3) for name, way in
           (("ours", "votes"), ("support", "support"), ("turnout", "turnout"))},
    }


def scored_and_true(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the electors with our scores, and the same with the true chances."""
    truth = pd.read_parquet(folder / "truth.parquet")
    people = pd.read_parquet(folder / "data/people/people.parquet")
    scores = scores_by_person(pd.read_parquet(folder / "data/scores/scores.parquet"))
    rows = scores[["person_id", *SCORES]].merge(
        people[["person_id", "household_id", "voter_id"]], on="person_id", validate="one_to_one")
    rows = rows.merge(truth, on="person_id", validate="one_to_one")
    rows = rows.sort_values("person_id", ignore_index=True).assign(is_reachable=True)
    judged = rows.assign(support_score=rows["support_probability"],
                         turnout_score=rows["turnout_probability"])
    wanted = ["person_id", "household_id", "voter_id", "is_reachable", *SCORES]
    return rows[wanted], judged[wanted]


def _predicted(
    electors: pd.DataFrame, judged: pd.DataFrame, features: np.ndarray
) -> pd.DataFrame:
    """The truth as boosted trees predict it from the files, in folds by home."""
    homes, told = door_of(electors), electors.copy()
    for name in SCORES:
        truth, guess = judged[name].to_numpy(), np.zeros(len(electors))
        for rest, fold in GroupKFold(FOLDS).split(features, groups=homes):
            model = HistGradientBoostingRegressor(max_iter=300, learning_rate=0.04,
                                                  max_leaf_nodes=15, random_state=1)
            guess[fold] = model.fit(features[rest], truth[rest]).predict(features[fold])
        told[name] = guess.clip(0, 1)
    return told


def _features(electors: pd.DataFrame, folder: Path) -> np.ndarray:
    """Columns of every file that says something of an elector or an area, and our scores."""
    tables = {path.stem: pd.read_parquet(path) for path in (folder / "data/tables").glob("*")}
    entry = tables["voters"].drop_duplicates("voter_id").set_index("voter_id").reindex(
        electors["voter_id"])
    history = tables["vote_history"].pivot_table(
        index="voter_id", columns="election_name", values="voted_code", aggfunc="first")
    crosswalk = pd.read_parquet(folder / "data/people/crosswalk.parquet")
    bought, said = (_of_person(tables[name], crosswalk, name) for name in ("consumer", "canvass"))
    bought = bought.drop_duplicates("person_id").set_index("person_id")
    code = pd.to_numeric(said["voter_id_code"])
    told = code.groupby(said["person_id"]).agg(["mean", "last", "count"])
    of_home = code.groupby(said["person_id"].map(
        electors.set_index("person_id")["household_id"])).mean()
    columns = [*(electors[name] for name in SCORES), entry["age_years"],
               *(_coded(entry[name]) for name in ("party_code", "sex_code", "is_postal_voter",
                                                  "region_code")),
               *(_our_share(tables[f"{kind}_results"], f"{kind}_id").reindex(entry[f"{kind}_id"])
                 for kind in ("area", "seat")),
               *(told[name].reindex(electors["person_id"]) for name in told),
               of_home.reindex(electors["household_id"]),
               *(_coded(bought[name].reindex(electors["person_id"])) for name in
                 ("income_band_code", "tenure_code", "classification_code")),
               *(_coded(history[name].reindex(electors["voter_id"])) for name in history)]
    return np.column_stack([pd.to_numeric(pd.Series(c.to_numpy())).astype("float64")
                            for c in columns])


def _of_person(table: pd.DataFrame, crosswalk: pd.DataFrame, name: str) -> pd.DataFrame:
    links = crosswalk.loc[crosswalk["table_name"] == name, ["row_key", "person_id"]]
    return table.merge(links, left_on=LINKED[name], right_on="row_key", validate="one_to_one")


def _our_share(results: pd.DataFrame, key: str) -> pd.Series:
    """Our share of the votes at the last election of the results."""
    last = results[results["election_date"] == results["election_date"].max()]
    votes = last.groupby([key, "party_code"])["n_votes"].sum().unstack(fill_value=0)  # noqa: PD010
    return votes[OURS] / votes.sum(axis=1)


def _coded(values: pd.Series) -> pd.Series:
    return pd.Series(pd.factorize(values.astype("str"), sort=True)[0])


def compare_choices(
    electors: pd.DataFrame, judged: pd.DataFrame, response: Response, *,
    budget: int, channel_code: str = "door",
) -> pd.DataFrame:
    """Return what ways to choose gain at one budget: ``way_code``, contacts, votes, share.

    ``electors`` hold the scores that choose, and ``is_reachable``; ``judged`` the same people
    in the same rows with the probabilities that the choice is judged by: the scores again in
    a brief, the truth of a sample in a test. ``best`` ranks by what judges, so ``best_share``
    is the part of the best possible that a way reaches.
    """
    by_home = channel_code in BY_HOME
    true_gain = contact_units(electors, contact_votes(judged, response, channel_code),
                              by_home=by_home).set_index("unit_id")["votes_gained"]
    rows = []
    for way in WAYS:
        ranked = _ranked(way, electors, judged, response, channel_code)
        units = contact_units(electors, ranked, by_home=by_home)
        chosen = _first(units, way, budget)
        votes = true_gain.mean() * min(budget, len(units)) if way == "anybody" else float(
            true_gain.reindex(chosen["unit_id"]).sum())
        n = min(budget, len(units)) if way == "anybody" else len(chosen)
        rows.append({"way_code": way, "n_contacts": n, "votes_gained": float(votes or 0.0)})
    table = pd.DataFrame(rows)
    best = float(table.loc[table["way_code"] == "best", "votes_gained"].iloc[0])
    return table.assign(best_share=table["votes_gained"] / best if best else 1.0)


def _ranked(
    way: str, electors: pd.DataFrame, judged: pd.DataFrame, response: Response, channel: str
) -> pd.Series:
    if way == "best":
        return contact_votes(judged, response, channel)
    if way == "votes":
        return contact_votes(electors, response, channel)
    if way == "turnout":
        return 0.5 - (electors["turnout_score"] - 0.5).abs()
    return electors["support_score"]


def _first(units: pd.DataFrame, way: str, budget: int) -> pd.DataFrame:
    """The first units by a way's own order; the naive ones rank homes by their mean."""
    if way in ("votes", "best"):
        return best_universe(units, budget)
    by_mean = units.assign(worth=units["votes_gained"] / units["n_people"])
    return by_mean.sort_values(["worth", "unit_id"], ascending=[False, True]).head(budget)
