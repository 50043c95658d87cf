"""Exports of lists: volunteers' and offices' calls, getting out the vote, asking, opt-outs."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from workbench.sample.contacts import names_and_home, under
from workbench.sample.export import Columns, Export, Story
from workbench.sample.identity import emails, phone_numbers, phones, written_down
from workbench.sample.register import voter_ids
from workbench.sample.texts import (
    coded,
    days,
    kept,
    keys,
    money,
    picked,
    stream,
    where,
)
from workbench.sample.world import World

VOLUNTEER_SHARE, OFFICE_SHARE, GOTV_SHARE = 0.06, 0.10, 0.12
CALLED_TWICE_SHARE = 0.02
ASKS_MINOR = (2500, 5000, 10_000, 25_000, 50_000, 100_000)
SCOPES = ("door", "phone", "text", "email", "post", "social", "all")
SCOPE_SHARES = (0.10, 0.32, 0.18, 0.22, 0.06, 0.02, 0.10)
REASONS = ("do_not_contact", "deceased", "objected", "moved", "opted_out", "other")


def callable_people(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Return whom volunteers and whom offices are to call, with the people on both lists."""
    rng = stream(world.seed, "call universe")
    keen = world.politics.support_probability
    adults = world.people.is_elector & (world.people.age_years >= 18)
    n = len(adults)
    volunteer = np.flatnonzero(adults & picked(rng, VOLUNTEER_SHARE * 2 * keen, n))
    office = np.flatnonzero(adults & picked(rng, OFFICE_SHARE * 2 * keen, n))
    both = volunteer[picked(rng, world.rates["double_calls"], len(volunteer))]
    office = np.union1d(np.setdiff1d(office, volunteer), both)
    return volunteer, office


def call_list_volunteer(story: Story) -> Export:
    """Return the volunteers' list; a few people stand on it twice."""
    volunteer, _ = callable_people(story.world)
    return _call_list(story.world, volunteer, "volunteer",
                      "Entry|VoterNo|First|Middle|Last|Sfx|Street|Town|Region|Post Code|Tel|"
                      "Caller|Office|Call On|List")


def call_list_office(story: Story) -> Export:
    """Return the offices' list, with other numbers for some who are on both."""
    _, office = callable_people(story.world)
    return _call_list(story.world, office, "office",
                      "entry_no|elector|forename|middle|surname|suffix|address|town|region|"
                      "postcode|telephone|assigned_to|field_office|date|list")


def _call_list(world: World, people: np.ndarray, name: str, headers: str) -> Export:
    rng = stream(world.seed, f"call list {name}")
    again = people[picked(rng, CALLED_TWICE_SHARE, len(people))]
    person = rng.permutation(np.concatenate([people, again]))
    n = len(person)
    right = 1 - world.rates["list_clashes"] / (2 if name == "volunteer" else 1)
    columns, slips = _entries(world, person, rng, right)
    form = "%m/%d/%Y" if name == "volunteer" else "%Y-%m-%d"
    if name == "volunteer":
        columns["postcode"] = pc.utf8_ltrim(columns["postcode"], "0")
    texts = (
        keys(name[0].upper(), rng.permutation(n) + 1, 7),
        kept(voter_ids(world, person), picked(rng, 0.35, n)), *columns.values(),
        keys("V" if name == "volunteer" else "ST", world.seat[person] * 5
             + rng.integers(0, 5, n) + 1, 4),
        keys("FO", world.seat[person] // 4 + 1, 3),
        days(world.today + rng.integers(1, 25, n), form), coded(np.zeros(n, int), (name,)),
    )
    return Export(dict(zip(headers.split("|"), texts, strict=True)), person, slips)


def _entries(
    world: World, person: np.ndarray, rng: np.random.Generator, right_share: float
) -> tuple[Columns, dict[str, np.ndarray]]:
    n = len(person)
    written = written_down(world, person, rng, world.rates)
    numbers, is_right = phone_numbers(world, person, rng, right_share)
    has_phone = picked(rng, world.rates["call_lists_phone"], n)
    columns = names_and_home(
        world, written, rng, "first|middle|last|suffix|address|town|region|postcode")
    columns["phone"] = phones(numbers, has_phone, rng.integers(0, 3, n))
    return columns, {**written.slips, "wrong_phone": has_phone & ~is_right}


def gotv_list(story: Story) -> Export:
    """Return supporters who may stay at home, to be got out to vote."""
    world, rng = story.world, stream(story.world.seed, "gotv list")
    politics, people = world.politics, world.people
    felt = politics.support_probability + rng.normal(0, 0.1, len(people))
    may_stay = politics.turnout_probability + rng.normal(0, 0.15, len(people)) < 0.7
    chance = GOTV_SHARE * 3 * (felt > 0.5) * may_stay + 0.01
    is_in = people.is_elector & (people.age_years >= 17) & picked(rng, chance, len(people))
    person = rng.permutation(np.flatnonzero(is_in))
    n = len(person)
    columns, slips = _entries(world, person, rng, 0.93)
    return Export({
        "Entry": keys("T", rng.permutation(n) + 1, 7),
        "Elector": kept(voter_ids(world, person), picked(rng, 0.9, n)),
        **under("First|Middle|Last|Suffix|Address|Town|Region|Postcode|Phone", columns),
        "Owner": keys("V", world.seat[person] * 5 + rng.integers(0, 5, n) + 1, 4),
        "Office": keys("FO", world.seat[person] // 4 + 1, 3),
        "Day": days(world.today + rng.integers(20, 30, n), "%d/%m/%Y"),
    }, person, slips)


def fundraising_list(story: Story) -> Export:
    """Return donors who are to be asked again, with some who never gave."""
    world, rng = story.world, stream(story.world.seed, "fundraising list")
    giving, people = story.giving, world.people
    never = np.flatnonzero(picked(rng, 0.01, len(people)) & (people.age_years >= 18))
    donors = giving.donor[picked(rng, 0.7, len(giving.donor))]
    person = rng.permutation(np.union1d(donors, never))
    n = len(person)
    columns, slips = _entries(world, person, rng, 0.9)
    addresses, _ = emails(world, person, rng, 0.9)
    ask = np.minimum(rng.geometric(0.4, n) - 1, len(ASKS_MINOR) - 1)
    has_number = people.is_elector[person] & picked(rng, 0.4, n)
    return Export({
        "No": keys("F", rng.permutation(n) + 1, 7),
        "Voter": kept(voter_ids(world, person), has_number),
        **under("Given|Middle|Family|Suffix|Address|City|State|ZIP|Phone", columns),
        "Email": kept(addresses, picked(rng, 0.7, n)),
        "Ask": money(np.array(ASKS_MINOR)[ask]),
        "Fundraiser": keys("FR", rng.integers(1, 30, n), 3),
        "Ask On": days(world.today + rng.integers(1, 28, n), "%m/%d/%Y"),
    }, person, slips)


def suppressions(story: Story) -> Export:
    """Return who is not to be contacted, by channel; some known by a number only."""
    world, rng = story.world, stream(story.world.seed, "suppressions")
    people = world.people
    opted = np.flatnonzero(picked(rng, world.rates["opt_outs"], len(people)))
    dead = np.flatnonzero(people.is_deceased & picked(rng, 0.8, len(people)))
    person = np.concatenate([opted, dead])
    is_dead = np.arange(len(person)) >= len(opted)
    order = rng.permutation(len(person))
    person, is_dead, n = person[order], is_dead[order], len(person)
    columns, slips = _entries(world, person, rng, 0.95)
    addresses, _ = emails(world, person, rng, 0.95)
    scope = np.where(is_dead, 6, rng.choice(len(SCOPES), n, p=SCOPE_SHARES))
    reason = np.where(is_dead, 1, rng.choice([0, 2, 3, 4, 5], n, p=[0.3, 0.15, 0.1, 0.4, 0.05]))
    by_number = picked(rng, 0.25, n) & np.isin(scope, (1, 2))
    named = {name: where(by_number, None, text) for name, text in columns.items()
             if name != "phone"}
    numbers, _ = phone_numbers(world, person, rng)
    has_number = people.is_elector[person] & ~by_number & picked(rng, 0.6, n)
    return Export({
        "entry": keys("X", rng.permutation(n) + 1, 7),
        "elector": kept(voter_ids(world, person), has_number), **named,
        "phone": phones(numbers, by_number | picked(rng, 0.5, n), 1),
        "email": kept(addresses, (scope == 3) | picked(rng, 0.2, n)),
        "scope": coded(scope, SCOPES), "reason": coded(reason, REASONS),
        "since": days(world.today - rng.integers(1, 1_000, n)),
    }, person, slips)

