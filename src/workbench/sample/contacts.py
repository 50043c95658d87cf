"""Exports of contacts: canvass returns, polls, consumer data, social and mobile contacts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sample.export import Columns, Export, Story
from workbench.sample.facts import FACTS, PARTY_CODES
from workbench.sample.identity import (
    Written,
    address_lines,
    emails,
    phone_numbers,
    phones,
    postcodes,
    region_letters,
    town_names,
    written_down,
)
from workbench.sample.network import ACTIONS
from workbench.sample.placenames import INTERESTS
from workbench.sample.politics import IN_PERSON, LAST
from workbench.sample.register import seat_ids, voter_ids
from workbench.sample.texts import (
    NO_DAY,
    coded,
    days,
    joined,
    kept,
    keys,
    logistic,
    picked,
    stream,
    whole,
)
from workbench.sample.world import World

RESULTS = (
    "Canvassed|Not Home|Refused|MV|DC|WN|Left Message|Language Barrier|Do Not Contact|Other"
)
DOOR_SHARES = (0.34, 0.44, 0.09, 0.05, 0.004, 0.0, 0.03, 0.02, 0.016, 0.01)
PHONE_SHARES = (0.20, 0.40, 0.11, 0.02, 0.004, 0.13, 0.10, 0.015, 0.016, 0.005)
WAVES = (150, 120, 90, 60, 30, 14)
UNDECIDED, OTHER_ANSWERS = 4, ("DK", "WNS")
LONG_AGO_DAYS = 540


def names_and_home(
    world: World, written: Written, rng: np.random.Generator, headers: str
) -> Columns:
    """Return names and address under eight headers: first to suffix, line to postcode."""
    texts = (written.first, written.middle, written.last, written.suffix,
             address_lines(world, written.home, rng), town_names(world, written.home),
             region_letters(world, written.home), postcodes(world, written.home))
    return dict(zip(headers.split("|"), texts, strict=True))


def under(headers: str, columns: Columns) -> Columns:
    """Return the columns under other headers, separated by '|'."""
    return dict(zip(headers.split("|"), columns.values(), strict=True))


def canvass(story: Story) -> Export:
    """Return attempts to reach electors: supporters, owners and the old more often."""
    world, rng = story.world, stream(story.world.seed, "canvass")
    people, politics = world.people, world.politics
    odds = (-1.4 + FACTS.canvass_support_shift * 2 * (politics.support_probability - 0.4)
            + 0.012 * (people.age_years - 48) + 0.3 * politics.owns_home
            + 0.5 * (politics.turnout_probability - 0.5))
    reached = np.flatnonzero(people.is_elector & picked(rng, logistic(odds), len(people)))
    person = np.repeat(reached, rng.choice(3, len(reached), p=[0.62, 0.26, 0.12]) + 1)
    day = world.today - np.floor(900 * rng.random(len(person)) ** 2).astype(np.int64) - 1
    order = np.lexsort((rng.random(len(person)), day))
    person, day, n = person[order], day[order], len(person)
    has_number = picked(rng, world.rates["canvass_voter_id"], n)
    is_reissued = has_number & picked(rng, world.rates["reissued_numbers"], n)
    is_reissued &= day < world.today - LONG_AGO_DAYS
    holder = np.where(is_reissued, rng.choice(world.electors, n), person) if n else person
    written = written_down(world, person, rng, world.rates)
    home = names_and_home(
        world, written, rng, "Forename|Middle|Surname|Suffix|Address|Town|Region|Postcode")
    columns = {
        "Contact ID": keys("", rng.permutation(n) + 10_000_000, 1),
        "Elector No": kept(voter_ids(world, holder), has_number),
        **{name: kept(text, ~has_number) for name, text in home.items()},
        "Date Canvassed": days(day, "%d/%m/%Y"), **_said(world, person, rng),
    }
    return Export(columns, person, {**written.slips, "reissued_number": holder != person})


def _said(world: World, person: np.ndarray, rng: np.random.Generator) -> Columns:
    n = len(person)
    is_phone = picked(rng, 0.3, n)
    result = np.where(is_phone, rng.choice(10, n, p=_shares(PHONE_SHARES)),
                      rng.choice(10, n, p=_shares(DOOR_SHARES)))
    support = world.politics.support_probability[person]
    felt = np.clip(support + rng.normal(0, 0.13, n), 0, 0.999)
    code = 4 - np.floor(felt * 5).astype(np.int64)
    answered = (result == 0) & picked(rng, 0.92, n)
    office = world.seat[person] // 4
    canvasser = office * 20 + rng.integers(0, 20, n)
    return {
        "Method": coded(is_phone.astype(int), "Door|Phone"), "Result": coded(result, RESULTS),
        "Voter ID": kept(whole(code + 1), answered),
        "Canvassed By": keys("V", canvasser + 1, 4), "Office": keys("FO", office + 1, 3),
    }


def _shares(weights: tuple[float, ...]) -> np.ndarray:
    shares = np.array(weights)
    return shares / shares.sum()


def polls(story: Story) -> Export:
    """Return respondents of six waves: voters and graduates answer more often."""
    world, rng = story.world, stream(story.world.seed, "polls")
    people, politics = world.people, world.politics
    size = min(0.02, 20_000 / max(1, len(people)))
    odds = FACTS.poll_turnout_shift * 2 * (politics.turnout_probability - 0.5)
    keen = np.exp(odds + 0.4 * politics.has_degree + 0.008 * (people.age_years - 48))
    chance = np.minimum(1, size * keen / keen.mean()) * (people.age_years >= 18)
    waves = [np.flatnonzero(picked(rng, chance, len(people))) for _ in WAVES]
    person = np.concatenate(waves)
    wave = np.repeat(np.arange(len(WAVES)), [len(w) for w in waves])
    panel = rng.permutation(len(people))[person] + 1
    day = world.today - np.array(WAVES)[wave] + rng.integers(0, 4, len(person))
    written = written_down(world, person, rng, world.rates)
    numbers, _ = phone_numbers(world, person, rng, 0.95)
    columns = {
        "resp_id": keys("R", panel, 8), "wave": coded(wave, [f"W{i + 1}" for i in range(6)]),
        "interview_dt": days(day), "first": written.first, "middle": written.middle,
        "last": written.last, "suffix": written.suffix,
        "tel": phones(numbers, picked(rng, world.rates["polls_phone"], len(person)), 1),
        "sex": coded(people.is_female[person].astype(int), "Male|Female"),
        "age": whole(people.age_years[person]),
        "region": coded(world.region[person], "West Coast|Inland|East Coast"),
        "seat": seat_ids(world.seat[person]), **_answers(world, person, rng),
        "wt": _weights(world, person, wave),
    }
    return Export(columns, person, written.slips)


def _answers(world: World, person: np.ndarray, rng: np.random.Generator) -> Columns:
    n, politics = len(person), world.politics
    ends = np.cumsum(politics.party_probability[person], axis=1)
    party = np.minimum((ends < rng.random((n, 1))).sum(axis=1), 3)
    unsure = picked(rng, 0.12, n)
    says = np.where(unsure, UNDECIDED + picked(rng, 0.25, n), party)
    voted = politics.voted[person, LAST] >= IN_PERSON
    recalled = np.where(politics.party[person, 1] >= 0, politics.party[person, 1], party)
    claims = voted | picked(rng, FACTS.false_voters_share, n)
    sure = politics.turnout_probability[person] + rng.normal(0.12, 0.15, n)
    return {
        "vote_q": coded(says, (*PARTY_CODES, *OTHER_ANSWERS)),
        "past_q": coded(np.where(claims, recalled, 4), (*PARTY_CODES, "NONE")),
        "likely_q": coded(np.clip(np.floor(sure * 5), 0, 4).astype(int),
                          ["certain_not", "unlikely", "evens", "likely", "certain"]),
    }


def _weights(world: World, person: np.ndarray, wave: np.ndarray) -> pa.Array:
    people = world.people
    cells = np.clip(people.age_years // 15, 1, 5) * 2 + people.is_female
    adults = people.age_years >= 18
    share = np.bincount(cells[adults], minlength=12) / max(1, adults.sum())
    cell = cells[person] + 12 * wave
    sizes = np.bincount(wave, minlength=len(WAVES))
    found = np.bincount(cell, minlength=12 * len(WAVES)) / np.maximum(np.repeat(sizes, 12), 1)
    return whole(np.round(share[cells[person]] / found[cell], 4))


def consumer(story: Story) -> Export:
    """Return a bought file of adults, on the register or not."""
    world, rng = story.world, stream(story.world.seed, "consumer")
    people, politics = world.people, world.politics
    person = np.flatnonzero(picked(rng, 0.7, len(people)) & (people.age_years >= 18))
    person, n = rng.permutation(person), len(person)
    written = written_down(world, person, rng, world.rates)
    home = names_and_home(world, written, rng, "FNAME|MNAME|LNAME|SFX|ADDR|CITY|ST|ZIP")
    income = np.clip(np.round(3 + 1.2 * politics.has_degree[person]
                              + politics.owns_home[person] + rng.normal(0, 1, n)), 1, 7)
    tenure = np.where(politics.owns_home[person], 0, np.where(picked(rng, 0.25, n), 2, 1))
    tenure = np.where(picked(rng, 0.08, n), 3, tenure)
    band = np.clip((people.age_years[person] - 10) // 10 - 1, 0, 6)
    likes = INTERESTS.split("|")
    columns = {
        "CONS_ID": keys("", rng.permutation(n) + 500_000_000, 1),
        **{name: pc.utf8_upper(text) for name, text in home.items()},
        "AGE_BAND": coded(band, "18-29|30-39|40-49|50-59|60-69|70-79|80+"),
        "INC_BAND": whole(income.astype(int)), "TENURE": coded(tenure, "O|R|S|U"),
        "TYPE": keys("", politics.has_degree[person] * 30 + world.region[person] * 10
                     + np.minimum(income, 7).astype(int), 2),
        "TYPE_VER": pa.array(np.full(n, "2024")),
        "INTERESTS": joined([coded(rng.integers(0, 10, n), likes),
                             coded(rng.integers(0, 10, n), likes)], ";"),
    }
    return Export(columns, person, written.slips)


def account_ids(numbers: np.ndarray) -> pa.Array:
    """Return the network's ids of accounts."""
    return keys("u", numbers, 8)


def social_users(story: Story) -> Export:
    """Return accounts whose owners connected them."""
    world, network = story.world, story.network
    rng = stream(world.seed, "social users")
    order = np.argsort(network.number)
    person, n = network.person[order], len(network.person)
    written = written_down(world, person, rng, {**world.rates, "moved": 0.0})
    addresses, _ = emails(world, person, rng, 0.9)
    born = world.people.birth_day[person].astype("datetime64[D]").astype("datetime64[Y]")
    ends = np.concatenate([network.pair_l, network.pair_r])
    known = np.bincount(ends, minlength=n)[order]
    agreed = world.today - 30 - rng.integers(0, 400, n)
    columns = {
        "user_id": account_ids(network.number[order]), "given_name": written.first,
        "middle_name": written.middle, "family_name": written.last, "suffix": written.suffix,
        "email": kept(addresses, picked(rng, world.rates["social_email"], n)),
        "city": kept(town_names(world, written.home), picked(rng, world.rates["social_town"], n)),
        "birth_year": kept(whole(born.astype(int) + 1970),
                           picked(rng, world.rates["social_birth_year"], n)),
        "friends": whole(known + rng.poisson(90, n)), "consented": days(agreed, "%Y/%m/%d"),
    }
    return Export(columns, person, written.slips)


def friendships(story: Story) -> Export:
    """Return pairs of accounts that are friends, the smaller id on the left."""
    network = story.network
    one, two = network.number[network.pair_l], network.number[network.pair_r]
    left, right = np.minimum(one, two), np.maximum(one, two)
    order = np.lexsort((right, left))
    person = np.where(one <= two, network.person[network.pair_l], network.person[network.pair_r])
    return Export({"user_a": account_ids(left[order]), "user_b": account_ids(right[order])},
                  person[order], {})


def share_requests(story: Story) -> Export:
    """Return requests; the true person of a row is the friend to be asked."""
    world, network = story.world, story.network
    rng = stream(world.seed, "share requests")
    n = len(network.sender)
    acted = network.request_day + rng.integers(0, 10, n)
    asked = np.where(network.has_asked, 1, 0)
    columns = {
        "request": keys("Q", np.arange(n) + 1, 8),
        "from_user": account_ids(network.number[network.sender]),
        "to_user": account_ids(network.number[network.friend]),
        "ask": coded(rng.integers(0, len(ACTIONS), n), ACTIONS),
        "arm": coded(network.is_held_back.astype(int), "ask|hold"),
        "date": days(network.request_day), "asked": coded(asked, "f|t"),
        "acted": coded(network.has_acted.astype(int), "f|t"),
        "acted_on": days(np.where(network.has_acted, acted, NO_DAY)),
    }
    return Export(columns, network.person[network.friend], {})


def mobile_contacts(story: Story) -> Export:
    """Return numbers that the campaign holds, some of them shared by a household."""
    world, rng = story.world, stream(story.world.seed, "mobile contacts")
    people = world.people
    chance = 0.2 + 0.3 * world.politics.support_probability
    person = np.flatnonzero((people.mobile >= 0) & picked(rng, chance, len(people)))
    person = rng.permutation(person[people.age_years[person] >= 18])
    n = len(person)
    written = written_down(world, person, rng, world.rates)
    numbers, _ = phone_numbers(world, person, rng, 0.92)
    agreed = picked(rng, 0.7, n)
    columns = {
        "id": keys("M", rng.permutation(n) + 1, 8),
        "mobile": phones(numbers, np.ones(n, bool), rng.integers(0, 3, n)),
        "first": kept(written.first, picked(rng, world.rates["mobile_first_name"], n)),
        "last": kept(written.last, picked(rng, world.rates["mobile_last_name"], n)),
        "opt_in": coded(agreed.astype(int), "false|true"),
        "opt_in_date": days(np.where(agreed, world.today - rng.integers(1, 900, n), NO_DAY),
                            "%d-%m-%Y"),
    }
    return Export(columns, person, written.slips)
