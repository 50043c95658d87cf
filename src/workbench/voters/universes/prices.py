"""Prices of contacts, by which several channels share out the same people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

N_ROUNDS = 24
NOT_OPEN = -np.inf


@dataclass(frozen=True)
class Market:
    """What one contact by each channel would gain, and how many contacts there are.

    ``home``: by person, the number of their home from 0. ``gains``: channel to net votes by
    person, NOT_OPEN where the channel is not open to them. ``by_home``: channels whose one
    contact reaches everybody of a home to whom it is open. ``budgets``: channel to contacts.
    """

    home: np.ndarray
    gains: Mapping[str, np.ndarray]
    by_home: frozenset[str]
    budgets: Mapping[str, int]

    @property
    def n_homes(self) -> int:
        """Homes, those of one person among them."""
        return int(self.home.max()) + 1 if len(self.home) else 0

    def sum_home(self, votes: np.ndarray) -> np.ndarray:
        """Return sums by home."""
        return np.bincount(self.home, weights=votes, minlength=self.n_homes)


@dataclass(frozen=True)
class Demand:
    """What is best for each at given prices, in votes beyond the price of the contact.

    ``personal``: by person, the most that a channel of one person brings, at least 0.
    ``homes``: channel to what it brings beyond that, by home. ``best_home``: the most of these,
    at least 0.
    """

    personal: np.ndarray
    homes: Mapping[str, np.ndarray]
    best_home: np.ndarray


def share_out(market: Market) -> dict[str, np.ndarray]:
    """Return by channel the people whom it should reach, nobody by two.

    A price of a contact is found for each channel, in votes, at which as many contacts are
    worth their price as the budget has (the dual of the assignment; Bertsekas 1998, chapter 7).
    Everybody then gets the channel that brings most beyond its price. Prices that two channels
    push up and down between them can leave a budget a little over or under what is asked for;
    the caller cuts and fills.
    """
    prices = dict.fromkeys(market.gains, 0.0)
    for step in range(N_ROUNDS):
        for channel in prices:
            found = _clearing_price(market, prices, channel)
            prices[channel] += (found - prices[channel]) / (1 + step // 4)
    demand = _demand(market, prices)
    return {channel: _takes(market, demand, prices, channel) for channel in prices}


def _demand(market: Market, prices: Mapping[str, float], without: str = "") -> Demand:
    """Return what is best at the prices where the channel ``without`` is closed."""
    personal = np.zeros(len(market.home))
    for channel, votes in market.gains.items():
        if channel not in market.by_home and channel != without:
            personal = np.maximum(personal, votes - prices[channel])
    homes = {channel: _beyond(market, personal, channel) - prices[channel]
             for channel in sorted(market.by_home & set(market.gains)) if channel != without}
    best = np.maximum.reduce([np.zeros(market.n_homes), *homes.values()])
    return Demand(personal, homes, best)


def _beyond(market: Market, personal: np.ndarray, channel: str) -> np.ndarray:
    """Return by home what a contact gains beyond what channels of one person would there."""
    votes = market.gains[channel]
    is_open = votes > NOT_OPEN
    return market.sum_home(np.where(is_open, votes - personal, 0.0))


def _clearing_price(market: Market, prices: Mapping[str, float], channel: str) -> float:
    """Return the price at which the channel's budget is asked for, the other prices as given."""
    demand = _demand(market, prices, without=channel)
    if channel in market.by_home:
        worth = _beyond(market, demand.personal, channel) - demand.best_home
    else:
        worth = market.gains[channel] - demand.personal
        worth = worth[~_reached_at_home(market, _demand(market, prices))]
    budget = market.budgets[channel]
    if budget >= len(worth):
        return 0.0
    return max(0.0, float(-np.partition(-worth, budget)[budget]))


def _reached_at_home(market: Market, demand: Demand) -> np.ndarray:
    """Return who is reached by the contact of their home that is best at the prices."""
    reached = np.zeros(len(market.home), dtype=bool)
    for channel, worth in demand.homes.items():
        is_best = (worth > 0) & (worth >= demand.best_home)
        reached |= is_best[market.home] & (market.gains[channel] > NOT_OPEN)
    return reached


def _takes(
    market: Market, demand: Demand, prices: Mapping[str, float], channel: str
) -> np.ndarray:
    """Return whom the channel reaches at the prices; of two as good, the first by name."""
    earlier = [name for name in sorted(prices) if name < channel]
    if channel in market.by_home:
        worth = demand.homes[channel]
        is_best = (worth > 0) & (worth >= demand.best_home)
        for other in earlier:
            is_best &= demand.homes[other] < worth if other in demand.homes else True
        return is_best[market.home] & (market.gains[channel] > NOT_OPEN)
    beyond = market.gains[channel] - prices[channel]
    is_best = (beyond > 0) & (beyond >= demand.personal)
    for other in earlier:
        if other not in market.by_home:
            is_best &= market.gains[other] - prices[other] < beyond
    return is_best & ~_reached_at_home(market, demand)
