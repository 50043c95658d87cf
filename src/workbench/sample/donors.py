"""Who had given before anybody was asked: once, now and then, or by the month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.sample.politics import LAST
from workbench.sample.texts import day_number, day_of, picked, stream
from workbench.sample.turnout import ELECTIONS
from workbench.sample.world import World

DONORS_SHARE = 0.06  # of the electors
ONCE, NOW_AND_THEN, MONTHLY = range(3)
KIND_SHARES = (0.44, 0.40, 0.16)
SPAN_DAYS = 1250
MONTH_DAYS = 30.4
GIFTS_A_YEAR, GIFTS_SPREAD = 2.0, 0.8  # median, and spread of its logarithm
LIFE_DAYS, LIFE_SHAPE = 700.0, 0.8  # Weibull: most leave early, some stay for years
MONTHLY_LIFE_DAYS = 1000.0
FAILS_SHARE, QUITS_SHARE = 0.06, 0.35  # instalments that fail; donors who stop at one
MOST_GIFTS = 60
LARGEST_MINOR = 500_000
# Giving by month of the year, January first; the mean is 1.
MONTHS = np.array([0.85, 0.8, 1.0, 0.85, 0.85, 1.05, 0.75, 0.7, 1.1, 1.05, 1.1, 1.9])
# A polling day: giving rises in the months before and falls on the day after.
RISE, RISE_DAYS, DROP, DROP_DAYS = 1.8, 45.0, 0.55, 150.0
DRAW_GIFTS = ELECTIONS[:LAST + 1]  # the local election and the primary since drew none


@dataclass(frozen=True)
class Donors:
    """Donors in order of person, and their gifts by the position of the ``giver``.

    ``rate_per_year``: at the mean of season and cycle, 0 for those who give once. ``last_day``:
    after it they give no more; after today where they have not lapsed.
    """

    person: np.ndarray
    rate_per_year: np.ndarray
    last_day: np.ndarray
    is_monthly: np.ndarray
    giver: np.ndarray
    gift_day: np.ndarray
    gift_minor: np.ndarray

    def had_given(self, n_people: int, day: int) -> np.ndarray:
        """Return who of all people had given before a day."""
        had = np.zeros(n_people, dtype=bool)
        had[self.person[self.giver[self.gift_day < day]]] = True
        return had


def make_donors(world: World) -> Donors:
    """Draw donors and every gift of theirs that no offer brought."""
    rng = stream(world.seed, "giving")
    person = _donors(world, rng)
    n, today = len(person), world.today
    calendar = Calendar.of(world)
    kind = rng.choice(3, n, p=KIND_SHARES)
    first = calendar.draw(np.full(n, today - SPAN_DAYS), np.full(n, today), rng)
    life = np.where(kind == MONTHLY, MONTHLY_LIFE_DAYS, LIFE_DAYS) * rng.weibull(LIFE_SHAPE, n)
    last = np.where(kind == ONCE, first, first + np.floor(life).astype(np.int64))
    rate = GIFTS_A_YEAR * np.exp(rng.normal(0, GIFTS_SPREAD, n))
    rate = np.select([kind == ONCE, kind == MONTHLY], [0.0, 365.25 / MONTH_DAYS], rate)
    giver, day, last = _gift_days(calendar, (kind, first, last), rate, rng)
    keep = day <= today
    giver, day = giver[keep], day[keep]
    return Donors(person, rate, last, kind == MONTHLY, giver, day,
                  _amounts(giver, kind == MONTHLY, rng))


@dataclass(frozen=True)
class Calendar:
    """How much is given on each day from ``start``, against the mean: season times cycle."""

    start: int
    running: np.ndarray

    @classmethod
    def of(cls, world: World) -> Calendar:
        """The calendar of the sample's years and polling days."""
        start = world.today - SPAN_DAYS
        days = np.arange(start, world.today + 1)
        month = np.array([day_of(int(day)).month for day in days])
        level = MONTHS[month - 1]
        polling = day_number(world.polling_date)
        for election in (polling, *(polling - before for before, _, _ in DRAW_GIFTS)):
            left = election - days
            rise = np.where(left >= 0, RISE * np.exp(-left / RISE_DAYS), 0.0)
            fall = np.where((left < 0) & (left >= -DROP_DAYS), DROP, 1.0)
            level = level * (1 + rise) * fall
        return cls(start, np.concatenate([[0.0], np.cumsum(level / level.mean())]))

    def between(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Return the days between, each weighted by how much is given on it."""
        return np.asarray(self._at(last + 1) - self._at(first))

    def draw(
        self, first: np.ndarray, last: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Return a day between each first and last, likelier where more is given."""
        low, high = self._at(first), self._at(last + 1)
        at = low + rng.random(len(low)) * (high - low)
        day = np.searchsorted(self.running, at, side="right") - 1
        return np.asarray(self.start + np.clip(day, 0, len(self.running) - 2), dtype=np.int64)

    def _at(self, day: np.ndarray) -> np.ndarray:
        return self.running[np.clip(day - self.start, 0, len(self.running) - 1)]


def _donors(world: World, rng: np.random.Generator) -> np.ndarray:
    people, politics = world.people, world.politics
    n = max(1, round(DONORS_SHARE * people.is_elector.sum()))
    keen = (2.5 * politics.support_probability + 0.02 * people.age_years
            + 0.5 * politics.has_degree + rng.gumbel(size=len(people)))
    keen[people.age_years < 18] = -np.inf
    n_outside = round(world.rates["donors_off_voter_file"] * n)
    outside = _keenest(keen, ~people.is_elector, n_outside)
    inside = _keenest(keen, people.is_elector, n - len(outside))
    return np.sort(np.concatenate([outside, inside]))


def _keenest(keen: np.ndarray, is_in: np.ndarray, n: int) -> np.ndarray:
    here = np.flatnonzero(is_in & np.isfinite(keen))
    return here[np.argsort(-keen[here], kind="stable")[:n]]


def _gift_days(
    calendar: Calendar, given: tuple[np.ndarray, ...], rate: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the giver and day of each gift, and the last days as failed instalments leave them.

    ``given``: kind of donor, first gift and last day.
    """
    kind, first, last = given
    end = np.minimum(last, calendar.start + len(calendar.running) - 2)
    expected = rate / 365.25 * calendar.between(first, end)
    often = np.minimum(rng.poisson(np.where(kind == NOW_AND_THEN, expected, 0)), MOST_GIFTS)
    giver = np.repeat(np.arange(len(kind)), often)
    now_and_then = calendar.draw(first[giver], end[giver], rng)
    monthly, days, last = _instalments(kind, first, last, calendar, rng)
    who = np.concatenate([np.arange(len(kind)), giver, monthly])
    return who, np.concatenate([first, now_and_then, days]), last


def _instalments(
    kind: np.ndarray, first: np.ndarray, last: np.ndarray, calendar: Calendar,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who paid an instalment and when, after the first; some fail, and some stop there."""
    end = calendar.start + len(calendar.running) - 2
    last, is_on = last.copy(), kind == MONTHLY
    who, days = [], []
    for turn in range(1, MOST_GIFTS):
        day = first + np.floor(turn * MONTH_DAYS).astype(np.int64)
        is_on &= (day <= last) & (day <= end)
        fails = picked(rng, FAILS_SHARE, len(kind))
        quits = is_on & fails & picked(rng, QUITS_SHARE, len(kind))
        paid = np.flatnonzero(is_on & ~fails)
        who.append(paid)
        days.append(day[paid])
        last[quits] = day[quits] - 1
        is_on &= ~quits
    return np.concatenate(who), np.concatenate(days), last


def _amounts(giver: np.ndarray, is_monthly: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    n = len(is_monthly)
    size = rng.normal(3.7, 0.75, n) + 0.4 * (rng.random(n) < 0.3)
    size = np.where(is_monthly, rng.normal(2.7, 0.5, n), size)
    size += np.where(rng.random(n) < 0.03, rng.pareto(2.0, n), 0)
    spread = np.where(is_monthly[giver], 0, rng.normal(0, 0.35, len(giver)))
    minor = np.maximum(1, np.round(np.exp(np.minimum(size[giver] + spread, 9)))) * 100
    odd = rng.random(len(giver)) < 0.06
    minor = np.minimum(minor + odd * rng.integers(1, 100, len(giver)), LARGEST_MINOR)
    return np.asarray(minor.astype(np.int64))
