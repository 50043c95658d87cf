"""Turnout of the stage on a register of several elections, compared with the votes that followed.

    python benchmarks/turnout_register.py --file REGISTER.csv
        --elections "General 2002=2002-11-05=g2002" "Primary 2004=2004-08-03=p2004" …
        --coming "Primary 2006=2006-08-08=voted" [--age age] [--sex sex] [--home hh_id]
        [--home-size hh_size] [--only treatment=Control] [--people 0] [--seed 1]

One row a registered elector. Each election is its name, its day and its column, in which 1, yes or
Yes is a vote. The one to come is hidden from scoring and judges it. ``--age`` is that of the year
of the election to come. Homes are those of ``--home``, or rows that follow each other and of
which each says how many live there (``--home-size``), or of one. Nothing else is known: no
results, no polls, no consumer file. ``--people`` takes so many homes' electors at random.

Beside it stand two plain models that learn what the stage may learn, the votes at the last
election of the kind from what lay before it (``logistic``, on all pairs of columns, and
``trees``); and the better of the two with the answers in hand (``known``): learned, out of fold,
on the very votes that are to be predicted. ``level_off`` is the mean chance less the share that
voted; ``…_at_level`` are with the level put right. It prints figures alone, as one line of JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.optimize import brentq
from scipy.special import expit, logit
from scores_any import logistic, plain, trees
from shared import ROOT, Clock, options, tell
from sklearn.metrics import roc_auc_score

from workbench.settings import Scores, load_settings
from workbench.voters.scores import calibrate
from workbench.voters.scores.make import make_scores
from workbench.voters.scores.vote_history import Election

N_FOLDS, MOST_BACK, LEAST = 5, 4, 1e-4
YES = ("1", "1.0", "yes", "y", "true")


@dataclass(frozen=True)
class Register:
    """A row an elector: voter_id, household_id, age_years, sex_code, a column an election."""

    rows: pd.DataFrame
    elections: tuple[Election, ...]
    coming: Election

    @property
    def last(self) -> Election:
        """The last election of the kind that comes."""
        return [one for one in self.elections if one.kind == self.coming.kind][-1]


def main() -> None:
    """Score, judge, print the line of JSON."""
    asked = options(
        __doc__, file={"type": Path, "required": True}, elections=[""], coming="", age="age",
        sex="sex", home="", home_size="", only="", people=0, seed=1)
    register = read_register(asked)
    voted = register.rows[register.coming.column].to_numpy()
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="wb-") as made:
        chance = scored(register, Path(made))
    seconds = clock.told("score_s", digits=1)
    figures = judged("stage", chance, voted)
    for name, make in (("logistic", logistic), ("trees", trees)):
        figures |= judged(name, learned_before(register, make), voted)
    known = [judged("known", learned_on_it(register, make), voted) for make in (logistic, trees)]
    figures |= max(known, key=lambda one: one["known_auc"])
    tell(electors=len(voted), voted_share=round(float(voted.mean()), 4), **seconds,
         **{name: round(value, 4) for name, value in figures.items()})


def read_register(asked: argparse.Namespace) -> Register:
    """Return the register as the command line describes it."""
    rows = pd.read_csv(asked.file, low_memory=False)
    home = (rows[asked.home] if asked.home else homes_by_size(rows[asked.home_size])
            if asked.home_size else np.arange(len(rows)))
    parts = [text.split("=") for text in [*asked.elections, asked.coming]]
    found = [Election(dt.date.fromisoformat(day), name, column) for name, day, column in parts]
    elections = sorted(found, key=lambda one: one.date)
    made = pd.DataFrame({
        "voter_id": [f"V{i:07d}" for i in range(len(rows))],
        "household_id": "H" + pd.Series(home).astype("str"),
        "age_years": pd.to_numeric(rows[asked.age], errors="coerce").round(),
        "sex_code": rows[asked.sex].astype("str").str.lower(),
        **{one.column: rows[one.column].astype("str").str.lower().isin(YES).astype(int)
           for one in elections}})
    if asked.only:
        column, _, value = asked.only.partition("=")
        made = made[rows[column].astype("str").str.strip() == value]
    if asked.people:
        names = made["household_id"].unique()
        mean_home = len(made) / len(names)
        some = np.random.default_rng(asked.seed).choice(
            names, min(len(names), round(asked.people / mean_home)), replace=False)
        made = made[made["household_id"].isin(set(some))]
    return Register(made.reset_index(drop=True), tuple(elections[:-1]), elections[-1])


def homes_by_size(sizes: pd.Series) -> np.ndarray:
    """Return a number a home, where the people of one follow each other and say how many.

    >>> homes_by_size(pd.Series([2, 2, 1, 2, 2])).tolist()
    [0, 0, 1, 2, 2]
    """
    homes, at, home = np.zeros(len(sizes), dtype=np.int64), 0, 0
    counts = sizes.to_numpy(dtype="int64")
    while at < len(counts):
        homes[at:at + counts[at]] = home
        at, home = at + counts[at], home + 1
    return homes


def scored(register: Register, folder: Path) -> np.ndarray:
    """Return the stage's chances to vote at the election to come, from tables of these rows."""
    write_tables(register, folder)
    settings = load_settings(ROOT)
    (folder / "canvass_codes.csv").write_bytes((ROOT / "canvass_codes.csv").read_bytes())
    day = register.coming.date
    campaign = replace(settings.campaign, as_of=day - dt.timedelta(days=30), polling_date=day)
    scores = Scores("NONE", like_election_names=(register.last.name,))
    make_scores(replace(settings, root=folder.resolve(), campaign=campaign, scores=scores))
    rows = pd.read_parquet(folder / "data/scores/scores.parquet")
    turnout = rows[rows["score_code"] == "turnout"].set_index("person_id")["score_probability"]
    return turnout.reindex("P" + register.rows["voter_id"]).to_numpy()


def write_tables(register: Register, folder: Path) -> None:
    """Write voters, vote_history, people and the crosswalk; there is no other table."""
    rows, n = register.rows, len(register.rows)
    person, source, at = "P" + rows["voter_id"], ["register"] * n, np.arange(n) + 2
    voters = pd.DataFrame({
        "source_name": source, "source_row": at, "voter_id": rows["voter_id"],
        "status_code": "active", "sex_code": rows["sex_code"].where(
            rows["sex_code"].isin(["female", "male"]), "unknown"),
        "birth_year": register.coming.date.year - rows["age_years"].astype("Int64"),
        "birth_date": pd.Series([None] * n, dtype="datetime64[ns]"), "party_code": None,
        "age_years": pd.array([None] * n, dtype="Int64"), "is_postal_voter": False,
        "area_id": None, "seat_id": None, "region_code": None,
        "registration_date": pd.Series([None] * n, dtype="datetime64[ns]")})
    history = pd.concat([pd.DataFrame({
        "source_name": source, "voter_id": rows["voter_id"], "election_date": one.date,
        "election_name": one.name,
        "voted_code": np.where(rows[one.column] == 1, "in_person", "did_not")})
        for one in register.elections], ignore_index=True).assign(source_row=2)
    people = pd.DataFrame({"person_id": person, "household_id": rows["household_id"],
                           "voter_id": rows["voter_id"], "is_elector": True})
    crosswalk = pd.DataFrame({"source_name": source, "table_name": "voters",
                              "row_key": rows["voter_id"], "person_id": person})
    for path, table in (("tables/voters", voters), ("tables/vote_history", history),
                        ("people/people", people), ("people/crosswalk", crosswalk)):
        whole = folder / f"data/{path}.parquet"
        whole.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), whole)


def learned_before(register: Register, make: Any) -> np.ndarray:
    """Return a plain model's chances, learned on the last election of the kind."""
    n_back = {is_kind: min(MOST_BACK, sum(
        (one.kind == register.coming.kind) == is_kind and one.date < register.last.date
        for one in register.elections)) for is_kind in (True, False)}
    then, now = (columns_before(register, one, n_back) for one in
                 (register.last, register.coming))
    chance = np.zeros(len(now))
    for out, kept in folds(register):
        model = make(plain(then)).fit(then[kept], register.rows[register.last.column][kept])
        chance[out] = model.predict_proba(now[out])[:, 1]
    return chance


def learned_on_it(register: Register, make: Any) -> np.ndarray:
    """Return a plain model's chances, learned on other homes' votes at the election to come."""
    columns = columns_before(register, register.coming, {True: MOST_BACK, False: MOST_BACK})
    chance = np.zeros(len(columns))
    for out, kept in folds(register):
        model = make(plain(columns)).fit(
            columns[kept], register.rows[register.coming.column][kept])
        chance[out] = model.predict_proba(columns[out])[:, 1]
    return chance


def folds(register: Register) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return who is left out and who is learned from, by home."""
    fold = pd.factorize(register.rows["household_id"])[0] % N_FOLDS
    return [(fold == out, fold != out) for out in range(N_FOLDS)]


def columns_before(
    register: Register, election: Election, n_back: dict[bool, int]
) -> pd.DataFrame:
    """Return age then, sex, people of the home, own votes before and those of others there."""
    rows = register.rows
    home = rows.groupby("household_id")
    n_others = home["voter_id"].transform("size") - 1
    columns = {"age": rows["age_years"] - (register.coming.date.year - election.date.year),
               "sex": rows["sex_code"], "n_others": n_others}
    for is_kind, most in n_back.items():
        before = [one for one in register.elections[::-1] if one.date < election.date
                  and (one.kind == election.kind) == is_kind][:most]
        for i, one in enumerate(before):
            others = home[one.column].transform("sum") - rows[one.column]
            columns |= {f"own_{is_kind}_{i}": rows[one.column],
                        f"home_{is_kind}_{i}": (others / n_others.clip(lower=1)).where(
                            n_others > 0, rows[one.column].mean())}
    return pd.DataFrame(columns)


def judged(name: str, chance: np.ndarray, voted: np.ndarray) -> dict[str, float]:
    """Return AUC, Brier score, slope, mean gap of tenths, and how far the level is off."""
    chance, ones = np.clip(chance, LEAST, 1 - LEAST), np.ones(len(voted))
    odds, mean = logit(chance), voted.mean()
    level = expit(odds + brentq(lambda by: expit(odds + by).mean() - mean, -9, 9))
    gaps = {end: calibrate.expected_calibration_error(
        calibrate.reliability(some, voted.astype("float64"), ones))
        for end, some in (("ece", chance), ("ece_at_level", level))}
    measures = {"auc": float(roc_auc_score(voted, chance)),
                "brier": float(np.mean((chance - voted) ** 2)),
                "brier_at_level": float(np.mean((level - voted) ** 2)),
                "slope": calibrate.skill(chance, voted.astype("float64"), ones)["slope"],
                "level_off": float(chance.mean() - mean), **gaps}
    return {f"{name}_{measure}": value for measure, value in measures.items()}


if __name__ == "__main__":
    main()
