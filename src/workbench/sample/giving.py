"""Who gives, when, how much and until when: gifts drawn from a buy-till-you-die process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.sample.asks import DINNER_EAST, OFFER, Sends
from workbench.sample.texts import picked, stream
from workbench.sample.world import World

DONORS_SHARE = 0.06
RECURRING_SHARE = 0.22
SPAN_DAYS = 1250
MONTH_DAYS = 30.4
MEAN_LIFE_DAYS = 560
MOST_GIFTS = 60
LARGEST_MINOR = 500_000
SEVERAL_GIFTS_A_YEAR = 3.0


@dataclass(frozen=True)
class Giving:
    """Donor accounts, and gifts one by one with the account that gave each.

    ``rate_per_year`` and ``last_day`` are the true giving rate and the day on which the donor
    lapsed (after today where they have not), by position in ``donor``.
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


def make_giving(world: World, sends: Sends) -> Giving:
    """Draw donors, their accounts and every gift of the last years."""
    rng = stream(world.seed, "giving")
    answered = np.flatnonzero(sends.has_responded & (sends.appeal <= DINNER_EAST)
                              & (sends.response_day <= world.today))
    donor = _donors(world, np.unique(sends.person[answered]), rng)
    n = len(donor)
    first = world.today - np.floor(SPAN_DAYS * rng.random(n) ** 0.8).astype(np.int64)
    last = first + np.floor(rng.gamma(1.2, MEAN_LIFE_DAYS / 1.2, n)).astype(np.int64)
    rate = rng.gamma(0.9, SEVERAL_GIFTS_A_YEAR / 0.9, n)
    is_monthly = picked(rng, RECURRING_SHARE, n)
    gifts = _gifts(world, (first, np.minimum(last, world.today)), rate, is_monthly, rng)
    who, day, minor = _with_answers(donor, gifts, sends, answered)
    account_person, account = _accounts(donor, who, world.rates["donors_repeated"], rng)
    n_own, asked = len(gifts[0]), sends.arm[answered]
    appeal = np.concatenate([np.full(n_own, -1), sends.appeal[answered]])
    order = np.lexsort((rng.random(len(day)), day))
    columns = (account, day, minor, np.append(is_monthly[gifts[0]], np.zeros(len(asked), bool)),
               appeal, np.concatenate([np.full(n_own, OFFER), asked]))
    return Giving(donor, rate, last, is_monthly, account_person, *(c[order] for c in columns))


def _donors(world: World, answered: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    people, politics = world.people, world.politics
    n = max(1, round(DONORS_SHARE * people.is_elector.sum()), len(answered))
    keen = (2.5 * politics.support_probability + 0.02 * people.age_years
            + 0.5 * politics.has_degree + rng.gumbel(size=len(people)))
    keen[answered] = -np.inf
    keen[people.age_years < 18] = -np.inf
    n_outside = round(world.rates["donors_off_voter_file"] * n)
    n_outside = max(0, n_outside - int((~people.is_elector[answered]).sum()))
    outside = _keenest(keen, ~people.is_elector, n_outside)
    inside = _keenest(keen, people.is_elector, max(0, n - len(answered) - len(outside)))
    return np.sort(np.concatenate([answered, outside, inside]))


def _keenest(keen: np.ndarray, is_in: np.ndarray, n: int) -> np.ndarray:
    here = np.flatnonzero(is_in & np.isfinite(keen))
    return here[np.argsort(-keen[here], kind="stable")[:n]]


def _gifts(
    world: World, span: tuple[np.ndarray, np.ndarray], rate: np.ndarray,
    is_monthly: np.ndarray, rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first, last = span
    years = (last - first) / 365.25
    often = np.where(is_monthly, (last - first) // MONTH_DAYS, rng.poisson(rate * years))
    n_gifts = 1 + np.minimum(often.astype(np.int64), MOST_GIFTS)
    who = np.repeat(np.arange(len(first)), n_gifts)
    turn = np.arange(len(who)) - (np.cumsum(n_gifts) - n_gifts)[who]
    at_random = np.floor(rng.random(len(who)) * (last - first)[who])
    since = np.where(is_monthly[who], np.floor(turn * MONTH_DAYS), at_random)
    day = first[who] + np.where(turn == 0, 0, since).astype(np.int64)
    size = rng.normal(3.7, 0.75, len(first)) + 0.4 * (rng.random(len(first)) < 0.3)
    size = np.where(is_monthly, rng.normal(2.7, 0.5, len(first)), size)
    size += np.where(rng.random(len(first)) < 0.03, rng.pareto(2.0, len(first)), 0)
    spread = np.where(is_monthly[who], 0, rng.normal(0, 0.35, len(who)))
    minor = np.maximum(1, np.round(np.exp(np.minimum(size[who] + spread, 9)))) * 100
    odd = rng.random(len(who)) < 0.06
    minor = np.minimum(minor + odd * rng.integers(1, 100, len(who)), LARGEST_MINOR)
    return who, np.minimum(day, world.today), minor.astype(np.int64)


def _with_answers(
    donor: np.ndarray, gifts: tuple[np.ndarray, ...], sends: Sends, answered: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    who, day, minor = gifts
    asked = np.searchsorted(donor, sends.person[answered])
    return (np.concatenate([who, asked]), np.concatenate([day, sends.response_day[answered]]),
            np.concatenate([minor, sends.response_minor[answered]]))


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
