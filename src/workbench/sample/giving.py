"""Who gives, when, how much and until when, with the season and the election in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.sample.asks import DINNER_EAST, OFFER, Sends
from workbench.sample.donors import Donors
from workbench.sample.texts import stream
from workbench.sample.world import World


@dataclass(frozen=True)
class Giving:
    """Donor accounts, and gifts one by one with the account that gave each.

    ``rate_per_year`` and ``last_day`` are the true giving rate (at its mean over the year and
    the cycle; 0 for those who give once) and the day after which the donor gives no more (after
    today where they have not lapsed), by position in ``donor``.
    """

    donor: np.ndarray
    rate_per_year: np.ndarray
    last_day: np.ndarray
    is_recurring_donor: np.ndarray
    account_person: np.ndarray
    account: np.ndarray
    day: np.ndarray
    amount_minor: np.ndarray
    is_recurring: np.ndarray
    appeal: np.ndarray
    arm: np.ndarray

    @property
    def person(self) -> np.ndarray:
        """Who gave each gift."""
        return self.account_person[self.account]


def make_giving(world: World, donors: Donors, sends: Sends) -> Giving:
    """Return what donors gave, with the gifts that answered an offer.

    Who answers and never gave before becomes a donor with that one gift.
    """
    rng = stream(world.seed, "accounts")
    answered = np.flatnonzero(sends.has_responded & (sends.appeal <= DINNER_EAST)
                              & (sends.response_day <= world.today))
    donor = np.union1d(donors.person, sends.person[answered])
    at = np.searchsorted(donor, donors.person)
    asked = np.searchsorted(donor, sends.person[answered])
    last = np.zeros(len(donor), dtype=np.int64)
    np.maximum.at(last, asked, sends.response_day[answered])
    last[at] = np.maximum(last[at], donors.last_day)
    rate, is_monthly = np.zeros(len(donor)), np.zeros(len(donor), dtype=bool)
    rate[at], is_monthly[at] = donors.rate_per_year, donors.is_monthly
    n_own = len(donors.gift_day)
    who = np.concatenate([at[donors.giver], asked])
    day = np.concatenate([donors.gift_day, sends.response_day[answered]])
    minor = np.concatenate([donors.gift_minor, sends.response_minor[answered]])
    account_person, account = _accounts(donor, who, world.rates["donors_repeated"], rng)
    order = np.lexsort((rng.random(len(day)), day))
    columns = (account, day, minor,
               np.append(donors.is_monthly[donors.giver], np.zeros(len(asked), dtype=bool)),
               np.concatenate([np.full(n_own, -1), sends.appeal[answered]]),
               np.concatenate([np.full(n_own, OFFER), sends.arm[answered]]))
    return Giving(donor, rate, last, is_monthly, account_person, *(c[order] for c in columns))


def _accounts(
    donor: np.ndarray, who: np.ndarray, repeated: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Give some donors of several gifts a second account; their gifts go to both in turn."""
    several = np.flatnonzero(np.bincount(who, minlength=len(donor)) > 1)
    n_more = min(len(several), round(len(donor) * repeated / max(1e-9, 1 - repeated)))
    twice = np.sort(rng.choice(several, n_more, replace=False))
    second = np.full(len(donor), -1)
    second[twice] = len(donor) + np.arange(n_more)
    order = np.argsort(who, kind="stable")
    turn = np.empty(len(who), dtype=np.int64)
    turn[order] = np.arange(len(who)) - np.searchsorted(who[order], who[order])
    use_second = (second[who] >= 0) & (turn % 2 == 1)
    return np.concatenate([donor, donor[twice]]), np.where(use_second, second[who], who)
