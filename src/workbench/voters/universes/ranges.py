"""The range of the votes that a budget gains, from what is not known about a contact.

What is drawn: the effect of a talk or a message in each channel, the share of knocks and calls
that lead to a talk, what homes pass on, and the curve. What is not: errors of the scores, who
else campaigns there, and the chance of single votes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.tables import is_among
from workbench.voters.contacts import door_of
from workbench.voters.ends import RANGE, Ends
from workbench.voters.universes.find import Universes, open_to
from workbench.voters.universes.response import BY_HOME, BY_TALK, CURVES, votes_gained

N_DRAWS = 4000
ALL = "all"  # the row of all channels together


def votes_range(found: Universes, spent: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the net votes of the contacts of ``spent`` by channel, with a range of nine in ten.

    One row a channel, and a last one ALL: ``channel_code``, ``votes_gained`` (everything at its
    middle), ``votes_low``, ``votes_high``, ``n_talks`` (expected; a message counts itself).
    The curve and what homes pass on are the same for all channels of a draw; effects and talk
    rates of channels err apart.
    """
    rng, assumed = np.random.default_rng(seed), found.choices.assumed
    curve = rng.integers(len(CURVES), size=N_DRAWS)
    pass_on = assumed.pass_on.draw(rng, N_DRAWS)
    rows, totals = [], np.zeros(N_DRAWS)
    for channel, part in spent.groupby("channel_code", sort=True):
        effect = assumed.effects[str(channel)].draw(rng, N_DRAWS)
        rate = assumed.talk_rates.get(str(channel), Ends(1.0, 1.0, 1.0)).draw(rng, N_DRAWS)
        own, passed = _by_curve(found, part["unit_id"], str(channel))
        votes = effect * rate * (own[curve] + pass_on * passed[curve])
        totals += votes
        middle = found.choices.response.talk_rates.get(str(channel), 1.0)
        rows.append(_row(str(channel), part, votes, middle))
    rows.append(_row(ALL, spent, totals, np.nan))
    return pd.DataFrame(rows)


def _row(
    name: str, spent: pd.DataFrame, votes: np.ndarray, talk_rate: float
) -> dict[str, str | float]:
    low, high = np.quantile(votes, [(1 - RANGE) / 2, (1 + RANGE) / 2])
    return {"channel_code": name, "votes_gained": float(spent["votes_gained"].sum()),
            "votes_low": float(low), "votes_high": float(high),
            "n_talks": len(spent) * talk_rate}


def _by_curve(
    found: Universes, units: pd.Series, channel: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return by curve the net votes of the units for an effect of one and a talk each.

    Those of whoever is talked or written to; and those of the others of the home, if all of the
    effect were passed on. Worked out at the effect's high end, so that the cap at a sure vote
    counts, and divided by it.
    """
    effect = found.choices.assumed.effects[channel].high
    if effect == 0:
        return np.zeros(len(CURVES)), np.zeros(len(CURVES))
    there = open_to(found, channel)
    unit = door_of(there) if channel in BY_HOME else there["person_id"]
    is_in = is_among(unit, units) & there["is_reachable"]
    n_home = is_in.astype("int64").groupby(unit).transform("sum")[is_in]
    is_shared = channel in BY_HOME and channel in BY_TALK
    part = 1 / n_home if is_shared else pd.Series(1.0, index=n_home.index)
    own, passed = [], []
    for code in CURVES:
        response = replace(found.choices.response, curve_code=code, effects={channel: effect})
        gains = votes_gained(there, response, channel)[is_in].fillna(0.0) / effect
        own.append(float((gains * part).sum()))
        passed.append(float((gains * (1 - part)).sum()))
    return np.array(own), np.array(passed)
