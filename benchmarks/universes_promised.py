"""Votes that the brief promises for so many doors, and those that a planted effect brings there.

What a knock does is planted: a talk follows by chance, with one of those at home, adds turnout by
one of the four curves, and each other elector of the home takes on a part. Who votes for whom, and
how likely, is the sample's own truth, which no score has seen. The campaign knows the effect's
size and what homes pass on (as from tests), and counts the talk rate from its own canvass; it
knows neither the curve nor anybody's mind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from shared import figures_of, kept_or_temporary
from universes_truth import scored_and_true

from workbench.voters.attempts import attempts_made, talk_rates
from workbench.voters.contacts import door_of
from workbench.voters.universes.find import Choices, Universes, make_assumed, make_choices, spend
from workbench.voters.universes.ranges import ALL, votes_range
from workbench.voters.universes.response import CURVES, Response, votes_gained

DOORS = (500, 2000)
EFFECT, PASSED_ON, TALK_RATE = 0.025, 0.6, 0.34  # planted; the last as in the sample's canvass
EFFECT_ENDS = {"door_low": 0.015, "door_high": 0.035}  # as tests of one's own leave it
STATED = {"door_low": 0.1, "door": 0.5, "door_high": 0.9, "phone_low": 0.1, "phone": 0.2,
          "phone_high": 0.3, "pass_on_low": 0.4, "pass_on": PASSED_ON, "pass_on_high": 0.8}
LIMITS = {"gain_min": 0.002, "unknown_low": 0.4, "unknown_high": 0.6, "unknown_width": 0.4,
          "answer_rate": 0.3, "against_share": 1.0}
DAYS = {"contact": 180, "voter_id": 540, "talk_rate": 3650}
N_ELECTIONS = 400  # drawn of each curve, to see the votes that follow on average


def promised_lines(n_people: int, seeds: list[int]) -> Iterator[dict[str, Any]]:
    """Yield a line a sample and number of doors: votes promised with their range, and true ones.

    """
    for seed in seeds:
        with kept_or_temporary(None) as folder:
            figures_of("scores.py", "--people", n_people, "--seed", seed, "--folder", folder)
            electors, judged = scored_and_true(folder)
            contacts, people = _canvass(folder)
        found = _found(electors, contacts, people)
        for n_doors in DOORS:
            yield {"people": len(electors), "seed": seed, **_compared(found, judged, n_doors)}


def _compared(found: Universes, judged: pd.DataFrame, n_doors: int) -> dict[str, Any]:
    spent = spend(found, {"door": n_doors})
    told = votes_range(found, spent, seed=1).set_index("channel_code").loc[ALL]
    true = {code: _true_votes(judged, spent["unit_id"], code) for code in CURVES}
    mean = float(np.mean(list(true.values())))
    return {"doors": len(spent), "promised": round(float(told["votes_gained"]), 2),
            "low": round(float(told["votes_low"]), 2), "high": round(float(told["votes_high"]), 2),
            **{f"true_{code}": round(votes, 2) for code, votes in true.items()},
            "promised_of_true": round(float(told["votes_gained"]) / mean, 3),
            "range_holds": all(told["votes_low"] <= votes <= told["votes_high"]
                               for votes in true.values())}


def _true_votes(judged: pd.DataFrame, doors: pd.Series, curve_code: str) -> float:
    """Return net votes after knocking once at the doors, the mean of N_ELECTIONS drawn."""
    rng = np.random.default_rng(2012)
    gains = votes_gained(judged, Response(curve_code, {"door": EFFECT}), "door").to_numpy()
    is_in = door_of(judged).isin(set(doors)).to_numpy()
    gains, home = gains[is_in], pd.factorize(door_of(judged)[is_in], sort=True)[0]
    votes = 0.0
    for _ in range(N_ELECTIONS):
        talks = rng.random(home.max() + 1) < TALK_RATE
        opens = np.zeros(len(home), dtype=bool)
        order = rng.permutation(len(home))
        opens[order[np.unique(home[order], return_index=True)[1]]] = True  # one of each home
        votes += float((gains * talks[home] * np.where(opens, 1.0, PASSED_ON)).sum())
    return votes / N_ELECTIONS


def _found(electors: pd.DataFrame, contacts: pd.DataFrame, people: pd.DataFrame) -> Universes:
    """The electors as the stage has them, every door open."""
    doors = electors[["person_id"]].assign(channel_code="door")
    as_of = contacts["contact_date"].max().date()
    return Universes(electors, electors.head(0), doors, contacts,
                     _choices(contacts, people, as_of), as_of)


def _choices(contacts: pd.DataFrame, people: pd.DataFrame, as_of: dt.date) -> Choices:
    nothing = {"phone": 0.0, "text": 0.0, "post": 0.0, "email": 0.0}
    ends = {f"{channel}_{end}": 0.0 for channel in nothing for end in ("low", "high")}
    assumed = make_assumed({"door": EFFECT, **nothing}, {**ends, **EFFECT_ENDS}, STATED)
    rates = talk_rates(attempts_made(contacts, people), assumed.talk_rates, as_of=as_of,
                       since_days=DAYS["talk_rate"])
    return make_choices("", "average", replace(assumed, talk_rates=rates), LIMITS, DAYS)


def _canvass(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The canvass as contacts_made gives it, and people; links of these files are by their key."""
    read = pd.read_parquet(folder / "data/tables/canvass.parquet")
    links = pd.read_parquet(folder / "data/people/crosswalk.parquet")
    links = links.loc[links["table_name"] == "canvass", ["row_key", "person_id"]]
    rows = read.merge(links, left_on="contact_id", right_on="row_key", validate="one_to_one")
    contacts = rows.assign(
        contact_date=pd.to_datetime(rows["contact_date"]), canvasser_id=None, office_id=None,
        is_reached=rows["result_code"] == "canvassed", has_id=rows["voter_id_code"].notna())
    return contacts, pd.read_parquet(folder / "data/people/people.parquet")
