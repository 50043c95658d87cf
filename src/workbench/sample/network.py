"""The social network: accounts, friendships, and friends whom supporters were to ask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.sample.facts import FACTS
from workbench.sample.texts import picked, stream
from workbench.sample.world import World

PAIRS_AN_ACCOUNT = 5
SENDERS_SHARE = 0.25
REQUESTS_A_SENDER = 6
ACTIONS = ("register", "vote_early", "give")


@dataclass(frozen=True)
class Network:
    """Accounts by position (whose, and the network's number), pairs of them, and requests.

    ``is_held_back`` marks the control arm, in which the supporter was not prompted; ``act``
    columns are by request. ``acted_if_asked`` is the true P(acts) where asked.
    """

    person: np.ndarray
    number: np.ndarray
    pair_l: np.ndarray
    pair_r: np.ndarray
    sender: np.ndarray
    friend: np.ndarray
    is_held_back: np.ndarray
    has_asked: np.ndarray
    has_acted: np.ndarray
    acted_if_asked: np.ndarray
    request_day: np.ndarray


def make_network(world: World) -> Network:
    """Draw accounts (the young more often), friends near in place and age, and requests."""
    rng = stream(world.seed, "network")
    people = world.people
    chance = np.clip(0.55 - 0.006 * (people.age_years - 18), 0.08, 0.55)
    person = np.flatnonzero(picked(rng, chance, len(people)) & (people.age_years >= 18))
    number = rng.permutation(len(person)) + 1
    left, right = _pairs(world, person, rng)
    requests = _requests(world, person, left, right, rng)
    return Network(person, number, left, right, *requests)


def _pairs(
    world: World, person: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    n = len(person)
    if n < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    by_age = world.seat[person] * 20 + world.people.age_years[person] // 5
    rank = np.argsort(by_age, kind="stable")
    one = np.repeat(np.arange(n), PAIRS_AN_ACCOUNT)
    near = one + 1 + np.floor(rng.exponential(12, len(one))).astype(np.int64)
    far = rng.integers(0, n, len(one))
    other = np.where(picked(rng, 0.8, len(one)), near % n, far)
    a, b = rank[one], rank[other]
    pair = np.unique(np.minimum(a, b) * n + np.maximum(a, b))
    left, right = pair // n, pair % n
    apart = left != right
    return left[apart], right[apart]


def _requests(
    world: World, person: np.ndarray, left: np.ndarray, right: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, ...]:
    ours = world.politics.support_probability[person]
    is_sender = picked(rng, np.minimum(1, 2 * SENDERS_SHARE * ours), len(person))
    sender = np.concatenate([left, right])
    friend = np.concatenate([right, left])
    keep = is_sender[sender]
    sender, friend = sender[keep], friend[keep]
    order = np.lexsort((rng.random(len(sender)), sender))
    sender, friend = sender[order], friend[order]
    turn = np.arange(len(sender)) - np.searchsorted(sender, sender)
    sender, friend, turn = (c[turn < REQUESTS_A_SENDER] for c in (sender, friend, turn))
    n = len(sender)
    held_back = (turn + rng.integers(0, 2, len(person))[sender]) % 2 == 0
    asked = ~held_back & picked(rng, FACTS.share_compliance, n)
    lift = 0.5 + world.politics.turnout_probability[person[friend]]
    if_asked = np.clip(FACTS.share_asked_rate * lift / max(lift.mean() if n else 1, 1e-9), 0, 1)
    chance = np.where(asked, if_asked, FACTS.share_unasked_rate)
    day = world.today - 40 + rng.integers(0, 25, len(person))[sender]
    return sender, friend, held_back, asked, picked(rng, chance, n), if_asked, day
