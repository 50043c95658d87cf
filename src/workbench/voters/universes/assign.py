"""Which universe a person belongs to, what a contact is worth there, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import SettingsError
from workbench.voters.universes.response import (
    Response,
    votes_gained,
    votes_of_an_answer,
    votes_persuaded,
)

SUPPORT_WORDS = ((0.8, "Strong supporter by the score"), (0.6, "Likely supporter"),
                 (0.4, "Could go either way"), (-1.0, "Likely to vote for others"))
TURNOUT_WORDS = ((0.9, "almost always votes"), (0.6, "often votes"), (0.3, "votes at times"),
                 (-1.0, "seldom votes"))


@dataclass(frozen=True)
class Rules:
    """Where universes end. Probabilities and shares are 0 to 1.

    ``gain_min``: net votes a contact; below it a person is left alone. ``unknown_low`` and
    ``unknown_high``: support scores between which somebody without a voter ID is unknown.
    ``unknown_width``: an interval of support that is as wide, and covers 0.5, makes unknown.
    ``answer_rate``: share of ID calls that get an answer. SettingsError for what cannot be.
    """

    gain_min: float
    unknown_low: float
    unknown_high: float
    unknown_width: float
    answer_rate: float

    def __post_init__(self) -> None:
        """Refuse limits that no score can lie between."""
        shares = {"unknown_low": self.unknown_low, "unknown_high": self.unknown_high,
                  "unknown_width": self.unknown_width, "answer_rate": self.answer_rate}
        for name, value in shares.items():
            if not 0 <= value <= 1:
                raise SettingsError(f"notebooks.universes.{name} is {value}. Give a share from "
                                    "0 to 1.")
        if self.unknown_low > self.unknown_high:
            raise SettingsError("notebooks.universes.unknown_low is over unknown_high. Swap "
                                "them.")
        if self.gain_min < 0:
            raise SettingsError("notebooks.universes.gain_min is under 0. Give the least net "
                                "votes that a contact must be worth, 0 or more.")


def assign_universes(
    electors: pd.DataFrame, response: Response, rules: Rules, *,
    identified: Collection[str] = (), added_support: float | None = None,
) -> pd.DataFrame:
    """Return the electors with ``universe_code``, ``votes_gained`` and ``reason_name``.

    ``electors``: as of ``scored_electors``, with ``channel_code`` (the best open channel,
    missing where none is). ``votes_gained`` is for one contact by the door's effect, so that
    people can be compared with each other; for the unknown it is what an ID call is worth.
    ``identified``: people who gave a voter ID. Persuasion comes from ``persuasion_score``
    (tests) and counts as nothing where it is missing; ``added_support`` puts one figure for
    everybody in its place, for a sensitivity.
    """
    effect = Response(response.curve_code, {"door": max(response.effects.values(), default=0)},
                      response.against_share)
    gains = pd.DataFrame({
        "reminded": votes_gained(electors, effect, "door"),
        "asked": votes_of_an_answer(electors, effect, answer_rate=rules.answer_rate),
        "persuaded": votes_persuaded(electors, response, _persuasion(electors, added_support)),
    }).fillna(0.0)
    has_id = electors["person_id"].isin(set(identified))
    code = _codes(electors, gains, rules, has_id)
    worth = _worth(code, gains)
    return electors.assign(universe_code=code, votes_gained=worth,
                           reason_name=_reasons(electors, code))


def rank_within(assigned: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with ``rank_number``, 1 for whom a contact gains most in the universe."""
    ordered = assigned.sort_values(["universe_code", "votes_gained", "person_id"],
                                   ascending=[True, False, True], kind="stable")
    rank = ordered.groupby("universe_code").cumcount() + 1
    return assigned.assign(rank_number=rank)


def _persuasion(electors: pd.DataFrame, added_support: float | None) -> pd.Series:
    if added_support is None:
        return electors["persuasion_score"].fillna(0.0)
    return pd.Series(added_support, index=electors.index)


def _codes(
    electors: pd.DataFrame, gains: pd.DataFrame, rules: Rules, has_id: pd.Series
) -> pd.Series:
    """The first that applies: no contact, both, persuade, unknown, postal vote, reminder."""
    is_reminder = (gains["reminded"] >= rules.gain_min) & (gains["reminded"] > 0)
    is_persuasion = (gains["persuaded"] >= rules.gain_min) & (gains["persuaded"] > 0)
    is_unknown = _is_open(electors, rules, has_id) & (gains["asked"] > gains["reminded"])
    is_unknown |= _is_dark(electors)
    is_closed = electors["has_voted"] | electors["channel_code"].isna()
    conditions = [is_closed, is_persuasion & is_reminder, is_persuasion, is_unknown,
                  is_reminder & electors["is_postal_voter"], is_reminder]
    codes = ["leave_alone", "both", "persuade", "unknown", "vote_early", "get_out_the_vote"]
    chosen = np.select([c.to_numpy(bool) for c in conditions], codes, "leave_alone")
    return pd.Series(chosen, index=electors.index, dtype="str")


def _is_open(electors: pd.DataFrame, rules: Rules, has_id: pd.Series) -> pd.Series:
    """Whether we do not know whose they are: a wide interval, or no ID and an even score."""
    width = electors["support_high"] - electors["support_low"]
    is_wide = (electors["support_low"] < 0.5) & (electors["support_high"] > 0.5)
    is_wide &= width >= rules.unknown_width
    is_even = electors["support_score"].between(rules.unknown_low, rules.unknown_high)
    return is_wide | (is_even & ~has_id)


def _is_dark(electors: pd.DataFrame) -> pd.Series:
    return electors["support_score"].isna() | electors["turnout_score"].isna()


def _worth(code: pd.Series, gains: pd.DataFrame) -> pd.Series:
    worth = gains["reminded"].where(code != "unknown", gains["asked"])
    worth = worth.where(code != "persuade", gains["persuaded"])
    return worth.where(code != "both", gains["reminded"] + gains["persuaded"])


def _reasons(electors: pd.DataFrame, code: pd.Series) -> pd.Series:
    """Return why, in words about the person alone."""
    support = _in_words(electors["support_score"], SUPPORT_WORDS)
    turnout = _in_words(electors["turnout_score"], TURNOUT_WORDS)
    who = support + " who " + turnout
    by_code = {
        "unknown": who + "; too little is known, ask",
        "vote_early": who + " and has a postal vote",
        "leave_alone": who + "; a contact gains too little",
    }
    reason = who.copy()
    for universe, words in by_code.items():
        reason = reason.where(code != universe, words)
    reason = reason.mask(_is_dark(electors) & (code == "unknown"), "Nothing is known yet; ask")
    reason = reason.mask(electors["channel_code"].isna(), "No channel is open")
    return reason.mask(electors["has_voted"], "Has voted already")


def _in_words(scores: pd.Series, words: tuple[tuple[float, str], ...]) -> pd.Series:
    values = scores.to_numpy("float64", na_value=-0.5)
    texts = np.select([values >= least for least, _ in words], [text for _, text in words], "")
    return pd.Series(texts, index=scores.index, dtype="str")
