"""How many votes a contact gains: response curves, talks a knock, and what homes pass on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.errors import SettingsError, nearest_name
from workbench.tables.codes import CHANNELS, codes_that

# A curve says how the added turnout depends on the turnout score p, up to a factor.
CURVES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "logit_shift": lambda p: p * (1 - p),
    "flat": lambda p: np.ones_like(p),
    "often": lambda p: p**2.6 * (1 - p) ** 1.4,
    "seldom": lambda p: p**1.4 * (1 - p) ** 2.6,
}
CURVE_CODES = (*CURVES, "average")  # average: the mean of the others
BY_HOME = codes_that(CHANNELS, "is_by_home")  # a contact is one of a home: a knock, a leaflet
BY_TALK = codes_that(CHANNELS, "is_talk")  # a contact works only where somebody talks
PASSED_ON = 0.6  # Nickerson 2008


@dataclass(frozen=True)
class Response:
    """What a contact does, as far as it is assumed and not measured here.

    ``curve_code``: a name of CURVES, or ``average`` for the mean of them all. ``effects``:
    channel to the turnout (share; 0.025 is 2.5 points) that one talk at the door or by phone
    adds to the person talked to, and one text, e-mail or letter to each person it is sent to,
    at the mean of the electorate. ``against_share``: part of the votes that are not ours which
    count against us (1: each is an opponent's; lower where there is a third choice that hurts
    nobody). ``talk_rates``: channel to the share of knocks or calls that lead to a talk; where
    a channel is not named each of them does. ``pass_on_share``: part of the effect of a talk at
    the door that each other elector of the home takes on. SettingsError for what cannot be.
    """

    curve_code: str
    effects: Mapping[str, float]
    against_share: float = 1.0
    talk_rates: Mapping[str, float] = field(default_factory=dict)
    pass_on_share: float = PASSED_ON

    def __post_init__(self) -> None:
        """Refuse a curve that nobody has stated and effects that are no shares."""
        if self.curve_code not in CURVE_CODES:
            raise SettingsError(
                f"notebooks.universes.curve_code cannot be '{self.curve_code}'."
                f"{nearest_name(self.curve_code, CURVE_CODES)} It can be: "
                f"{', '.join(CURVE_CODES)}."
            )
        for channel, effect in self.effects.items():
            if not 0 <= effect <= 1:
                raise SettingsError(
                    f"The added turnout of channel '{channel}' in notebooks.universes.effects "
                    f"is {effect}. Give a share from 0 to 1: 0.025 is 2.5 points."
                )
        if not 0 <= self.against_share <= 1:
            raise SettingsError(
                f"notebooks.universes.against_share is {self.against_share}. Give a share from "
                "0 (no other vote hurts us) to 1 (each does)."
            )
        shares = {f"talk_rates.{channel}": rate for channel, rate in self.talk_rates.items()}
        for name, share in {**shares, "pass_on.middle": self.pass_on_share}.items():
            if not 0 <= share <= 1:
                raise SettingsError(f"notebooks.universes.{name} is {share}. Give a share from 0 "
                                    "to 1.")


def added_turnout(turnout_score: pd.Series, curve_code: str, effect: float) -> pd.Series:
    """Return the turnout that one talk or message adds to each person, as a share.

    The curve is scaled so that its mean over the rows is ``effect``: all curves agree on
    somebody drawn at random, and differ in whom it moves. Nobody's chance to vote
    passes 1. Missing scores stay missing.

    >>> added_turnout(pd.Series([0.5, 0.9]), "flat", 0.02).tolist()
    [0.02, 0.02]
    """
    if curve_code == "average":
        parts = [added_turnout(turnout_score, name, effect) for name in CURVES]
        return pd.concat(parts, axis=1).mean(axis=1, skipna=False)
    score = turnout_score.to_numpy("float64", na_value=np.nan)
    shape = CURVES[curve_code](score)
    is_known = ~np.isnan(shape)
    mean = float(shape[is_known].mean()) if is_known.any() else 0.0
    added = effect * shape / mean if mean > 0 else shape * 0.0
    return pd.Series(np.minimum(added, 1 - score), index=turnout_score.index)


def net_support(support_score: pd.Series, against_share: float = 1.0) -> pd.Series:
    """Return P(ours) less what counts against us; positive: one more voter helps us.

    >>> net_support(pd.Series([0.75, 0.25])).tolist()
    [0.5, -0.5]
    """
    return support_score - against_share * (1 - support_score)


def votes_gained(electors: pd.DataFrame, response: Response, channel_code: str) -> pd.Series:
    """Return expected net votes of one talk with a person, or one message to them, to vote.

    Net support times added turnout; negative where it turns out more opponents.
    """
    effect = response.effects.get(channel_code, 0.0)
    added = added_turnout(electors["turnout_score"], response.curve_code, effect)
    return net_support(electors["support_score"], response.against_share) * added


def part_reached(n_people: pd.Series, response: Response, channel_code: str) -> pd.Series:
    """Return the part of each person's own gain that one contact of their home brings.

    ``n_people``: how many of the person's home the channel can reach. A knock leads to a talk
    with one of them, each as likely, who passes a share of the effect on to the others. A call
    is a talk with that person alone; a leaflet is there for everybody of the home.

    >>> response = Response("flat", {"door": 0.025}, talk_rates={"door": 0.5})
    >>> part_reached(pd.Series([1, 2]), response, "door").tolist()
    [0.5, 0.4]
    """
    rate = response.talk_rates.get(channel_code, 1.0) if channel_code in BY_TALK else 1.0
    if channel_code not in BY_TALK or channel_code not in BY_HOME:
        return pd.Series(rate, index=n_people.index)
    n_people = n_people.clip(lower=1)
    return rate * (1 + response.pass_on_share * (n_people - 1)) / n_people


def votes_persuaded(
    electors: pd.DataFrame, response: Response, added_support: pd.Series | float
) -> pd.Series:
    """Return expected net votes of one talk that adds ``added_support`` to the support.

    A voter won counts one for us and ``against_share`` less against us, if they vote.
    """
    return (1 + response.against_share) * added_support * electors["turnout_score"]


def votes_of_an_answer(
    electors: pd.DataFrame, response: Response, *, answer_rate: float
) -> pd.Series:
    """Return expected net votes that an ID call is worth: the value of knowing the answer.

    Whoever says that they are ours is then reminded, whoever says that they are not is left
    alone; without the answer the better of the two is done for both. With P(ours) = s and
    equal harm that is worth ``min(s, 1 - s)`` times the added turnout at the door, so most at
    even chances, times the share of calls that get an answer.
    """
    support = electors["support_score"]
    added = added_turnout(electors["turnout_score"], response.curve_code,
                          max(response.effects.values(), default=0.0))
    informed = support
    uninformed = net_support(support, response.against_share).clip(lower=0)
    return answer_rate * added * (informed - uninformed)
