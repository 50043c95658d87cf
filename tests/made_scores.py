"""Scores of the sample by a quick logistic fit: a stand-in until the stage of scores is there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

VOTED = ("in_person", "early", "post", "provisional", "voted")
LAST = "National 2024"


def stand_in_scores(tables: Mapping[str, pd.DataFrame], *, party_code: str) -> pd.DataFrame:
    """Return rows of the table ``scores`` for every elector, by what a campaign would see.

    Support is fitted on the polls' answers, turnout on the last national election; intervals
    are of a fixed width. No truth is read.
    """
    electors = _electors(tables)
    support = _support(electors, tables, party_code)
    turnout = _turnout(electors, tables["vote_history"])
    parts = []
    for code, score in (("support", support), ("turnout", turnout)):
        parts.append(pd.DataFrame({
            "person_id": electors["person_id"], "score_code": code, "score_probability": score,
            "probability_low": (score - 0.1).clip(0), "probability_high": (score + 0.1).clip(0, 1),
            "meaning_name": f"Chance of {code}", "reason_names": None, "model_key": "stand-in",
        }))
    return pd.concat(parts, ignore_index=True)


def _electors(tables):
    people = tables["people"]
    people = people[people["is_elector"].fillna(False)]
    voters = tables["voters"].drop_duplicates("voter_id")
    wanted = ["voter_id", "party_code", "age_years", "is_postal_voter", "registration_date"]
    electors = people[["person_id", "voter_id", "sex_code", "area_id", "seat_id"]].merge(
        voters[wanted], how="left", on="voter_id", validate="many_to_one")
    return electors.reset_index(drop=True)


def _support(electors, tables, party_code):
    results = tables["area_results"]
    last = results[results["election_date"] == results["election_date"].max()]
    votes = last.pivot_table(index="area_id", columns="party_code", values="n_votes",
                             aggfunc="sum")
    near = electors["area_id"].map(votes[party_code] / votes.sum(axis=1)).fillna(0.4)
    keys = ["source_name", "source_row"]
    walk = tables["crosswalk"][[*keys, "person_id"]]
    canvass = tables["canvass"].merge(walk, on=keys)
    said = (5.5 - canvass["voter_id_code"].astype("float64")) / 5
    said = electors["person_id"].map(said.groupby(canvass["person_id"]).mean())
    age = electors["age_years"].astype("float64").fillna(48)
    features = pd.DataFrame({"near": np.log(near.clip(0.05) / (1 - near.clip(0.05, 0.95))),
                             "age": (age - 48) / 10, "has_id": said.notna(),
                             "said": np.log(said / (1 - said)).fillna(0),
                             "female": electors["sex_code"] == "female"})
    for party in sorted(electors["party_code"].dropna().unique()):
        features[party] = electors["party_code"] == party
    features = features.astype("float64")
    answers = tables["polls"].merge(walk, on=keys)
    answers = answers[answers["vote_intention_code"].isin(results["party_code"])]
    rows = pd.Series(electors.index, index=electors["person_id"]).reindex(answers["person_id"])
    is_there = rows.notna().to_numpy()
    at = rows[is_there].astype(int).to_numpy()
    label = (answers["vote_intention_code"] == party_code).to_numpy()[is_there]
    model = LogisticRegression(C=1.0, max_iter=1000).fit(features.iloc[at], label)
    return pd.Series(model.predict_proba(features)[:, 1], index=electors.index)


def _turnout(electors, history):
    voted = history.assign(went=history["voted_code"].isin(VOTED))
    voted = voted[voted["voted_code"] != "not_registered"]
    wide = voted.pivot_table(index="voter_id", columns="election_name", values="went",
                             aggfunc="max").astype("float64")
    wide = wide.reindex(electors["voter_id"]).set_axis(electors.index)
    age = electors["age_years"].astype("float64").fillna(48)
    base = pd.DataFrame({"age": (np.minimum(age, 76) - 46) / 10, "old": np.maximum(age - 80, 0),
                         "postal": electors["is_postal_voter"].fillna(False).astype(float)})
    return _by_habit(base, wide)


def _by_habit(base, wide):
    """Each election foretold from all others of the person, and their mean at a national one."""
    marks = wide - wide.mean()
    rows, labels = [], []
    for name in wide.columns:
        others = marks.drop(columns=name)
        habit = others.sum(axis=1) / (others.notna().sum(axis=1) + 1)
        known = wide[name].notna()
        level = np.log(wide[name].mean() / (1 - wide[name].mean()))
        rows.append(base.assign(habit=habit, n=others.notna().sum(axis=1), level=level)[known])
        labels.append(wide.loc[known, name])
    model = LogisticRegression(C=1.0, max_iter=1000).fit(pd.concat(rows), pd.concat(labels))
    habit = marks.sum(axis=1) / (marks.notna().sum(axis=1) + 1)
    level = np.log(wide[LAST].mean() / (1 - wide[LAST].mean()))
    now = base.assign(habit=habit, n=marks.notna().sum(axis=1).clip(upper=4), level=level)
    return pd.Series(model.predict_proba(now)[:, 1], index=base.index)
