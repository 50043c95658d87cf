"""Whom the campaign asked for what, in which arm of which test, and what they did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.sample.donors import Donors
from workbench.sample.facts import FACTS
from workbench.sample.texts import logistic, picked, stream
from workbench.sample.world import World

DINNER_WEST, DINNER_EAST, JOBS, ATTACK, CLINIC, PLAN = range(6)
APPEALS = ("AP-DINNER-W", "AP-DINNER-E", "AP-JOBS", "AP-ATTACK", "AP-CLINIC", "AP-PLAN")
ARMS = ("control", "treatment", "offer", "plain")
CONTROL, TREATMENT, OFFER, PLAIN = range(4)
CHANNELS = ("door", "phone", "text", "email")
EMAIL = 3
WEST, INLAND, EAST = range(3)
DAYS_BEFORE = (120, 90, 60, 45, 150, 135)
TESTED_SHARES = {JOBS: 0.45, ATTACK: 0.45, CLINIC: 0.25, PLAN: 0.25}  # of electors
FEWEST_YEARS = 18
GIFT_LOG_MEAN, GIFT_LOG_SPREAD = 4.0, 0.7


@dataclass(frozen=True)
class Sends:
    """One appeal sent to one person: codes of APPEALS, ARMS, CHANNELS; gifts in hundredths."""

    person: np.ndarray
    appeal: np.ndarray
    arm: np.ndarray
    channel: np.ndarray
    sent_day: np.ndarray
    has_responded: np.ndarray
    response_day: np.ndarray
    response_minor: np.ndarray


def segments(world: World) -> np.ndarray:
    """Return 0 for those whom offer A draws, 1 for offer B, -1 for everybody else."""
    people = world.people
    is_drawn = people.is_female & (people.age_years >= FACTS.segment_age_years_low)
    is_drawn &= people.age_years <= FACTS.segment_age_years_high
    coast = np.select([world.region == WEST, world.region == EAST], [0, 1], -1)
    return np.where(is_drawn, coast, -1)


def is_persuadable(world: World) -> np.ndarray:
    """Return who is moved by the appeal on jobs: renters of 30 to 59 who are not decided."""
    age, support = world.people.age_years, world.politics.support_probability
    undecided = (support > 0.15) & (support < 0.75)
    return np.asarray((age >= 30) & (age < 60) & ~world.politics.owns_home & undecided)


def is_put_off(world: World) -> np.ndarray:
    """Return whom the attack drives away: women under 45."""
    return np.asarray(world.people.is_female & (world.people.age_years < 45))


def appeal_effects(world: World) -> np.ndarray:
    """Return the effect of each appeal on each person's response, people x APPEALS.

    Positive where the appeal makes the response likelier; at the door, where it is strongest.
    For an offer it is against the same letter without it.
    """
    segment = segments(world)
    effects = np.empty((len(world.people), len(APPEALS)), dtype=np.float32)
    for offer in (DINNER_WEST, DINNER_EAST):
        effects[:, offer] = np.where(segment == offer, FACTS.offer_segment_effect,
                                     FACTS.offer_effect_elsewhere)
    effects[:, JOBS] = np.where(is_persuadable(world), FACTS.jobs_effect,
                                FACTS.jobs_effect_elsewhere)
    effects[:, ATTACK] = np.where(is_put_off(world), FACTS.attack_backfire,
                                  FACTS.attack_effect_elsewhere)
    effects[:, CLINIC], effects[:, PLAN] = FACTS.clinic_effect, FACTS.plan_effect
    return effects


def pledge_probability(world: World) -> np.ndarray:
    """Return P(pledges support at the follow-up) without any appeal."""
    return np.asarray(0.12 + 0.35 * world.politics.support_probability)


def plain_rates(world: World, donors: Donors) -> np.ndarray:
    """Return P(answers a letter that asks for money, without an offer) by person.

    Who had given before the first of them went out answers more.
    """
    had_given = donors.had_given(len(world.people), world.today - DAYS_BEFORE[DINNER_WEST])
    return np.where(had_given, FACTS.plain_donor_rate, FACTS.plain_rate)


def make_sends(world: World, donors: Donors) -> Sends:
    """Send every appeal of the campaign."""
    rng = stream(world.seed, "appeals")
    effects, plain = appeal_effects(world), plain_rates(world, donors)
    parts = [_offer(world, plain, effects[:, appeal], appeal) for appeal in
             (DINNER_WEST, DINNER_EAST)]
    parts += [_persuasion(world, effects, appeal, rng) for appeal in TESTED_SHARES]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((rng.random(len(columns[0])), columns[4]))
    return Sends(*(column[order] for column in columns))


def _offer(
    world: World, plain: np.ndarray, effect: np.ndarray, appeal: int
) -> tuple[np.ndarray, ...]:
    people, rng = world.people, stream(world.seed, f"offer {appeal}")
    subscribed = logistic(-0.5 + 2.2 * world.politics.support_probability)
    person = np.flatnonzero((people.email_code >= 0) & (people.age_years >= FEWEST_YEARS)
                            & ~people.is_deceased & picked(rng, subscribed, len(people)))
    n = len(person)
    arm = np.where(picked(rng, FACTS.offer_plain_share, n), PLAIN, OFFER)
    chance = plain[person] + effect[person] * (arm == OFFER)
    responded = picked(rng, chance, n)
    gift = np.round(np.exp(rng.normal(GIFT_LOG_MEAN, GIFT_LOG_SPREAD, n)) / 5 + 1) * 500
    return _columns(world, person, appeal, rng, (arm, np.full(n, EMAIL), responded, gift))


def _persuasion(
    world: World, effects: np.ndarray, appeal: int, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    people = world.people
    is_in = people.is_elector & (people.age_years >= FEWEST_YEARS) & ~people.is_deceased
    person = np.flatnonzero(is_in & picked(rng, TESTED_SHARES[appeal], len(people)))
    n = len(person)
    arm = np.where(picked(rng, FACTS.control_share, n), CONTROL, TREATMENT)
    channel = rng.integers(0, EMAIL, n)
    strength = np.array([FACTS.door_strength, FACTS.phone_strength, FACTS.text_strength])
    chance = pledge_probability(world)[person]
    chance = chance + effects[person, appeal] * strength[channel] * (arm == TREATMENT)
    return _columns(world, person, appeal, rng,
                    (arm, channel, picked(rng, chance, n), np.full(n, -1)))


def _columns(
    world: World, person: np.ndarray, appeal: int, rng: np.random.Generator,
    drawn: tuple[np.ndarray, ...],
) -> tuple[np.ndarray, ...]:
    arm, channel, responded, gift = drawn
    n = len(person)
    sent = world.today - DAYS_BEFORE[appeal] + rng.integers(0, 5, n)
    answered = sent + np.floor(rng.exponential(4, n)).astype(np.int64) % 30
    return (person, np.full(n, appeal), arm, channel, sent, responded, answered,
            np.where(responded, gift, -1).astype(np.int64))
