"""How sources write people down: names, homes, numbers and addresses with their dirt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sample.people import SUFFIXES
from workbench.sample.placenames import (
    EMAIL_DOMAINS,
    SHORT_STREET_TYPES,
    STREET_TYPES,
    STREETS,
)
from workbench.sample.texts import coded, joined, kept, picked, where, whole
from workbench.sample.vocabulary import (
    N_TYPOS,
    ORIGINS,
    PLAIN_ASCII,
    chosen,
    family_names,
    given_names,
)
from workbench.sample.world import World

NEAR_HOMES = 400
REGISTER_RATES = {"nicknames": 0.0, "initials_only": 0.0, "new_surnames": 0.0, "moved": 0.0}


@dataclass(frozen=True)
class Written:
    """People as one source has them: a row each, texts missing where the source has none.

    ``slips`` tells which rows differ from the truth, and how; ``home`` is the household whose
    address stands in the row.
    """

    first: pa.Array
    middle: pa.Array
    last: pa.Array
    suffix: pa.Array
    home: np.ndarray
    slips: dict[str, np.ndarray]


def written_down(
    world: World, person: np.ndarray, rng: np.random.Generator, rates: dict[str, float]
) -> Written:
    """Write people down with the given rates of slips in names and homes."""
    people, n = world.people, len(person)
    firsts, slips = _first_codes(people.first[person], rates, rng)
    lasts, is_new = _last_codes(people.last[person], people.origin[person], rates, rng)
    first_forms, slips["first_typo"] = _forms(
        given_names().has_diacritics[firsts], rates["typos_first_name"], rates, rng)
    last_forms, slips["last_typo"] = _forms(
        family_names().has_diacritics[lasts], rates["typos_last_name"], rates, rng)
    slips["first_typo"] &= ~slips["initial"]
    home = people.home[person]
    moved = picked(rng, rates["moved"], n)
    near = home + rng.integers(-NEAR_HOMES, NEAR_HOMES, n)
    before = np.where(picked(rng, 0.6, n), near, rng.integers(0, world.n_homes, n))
    before = before % world.n_homes
    slips |= {"new_surname": is_new, "moved": moved & (before != home)}
    middle = given_names().initial_codes[people.middle[person]]
    return Written(
        first=given_names().written(firsts, np.where(slips["initial"], 0, first_forms)),
        middle=kept(given_names().written(middle),
                    (people.middle[person] >= 0) & picked(rng, 0.4, n)),
        last=family_names().written(lasts, last_forms),
        suffix=coded(np.where(picked(rng, 0.6, n), people.suffix[person], -1), SUFFIXES),
        home=np.where(moved, before, home), slips=slips,
    )


def _first_codes(
    codes: np.ndarray, rates: dict[str, float], rng: np.random.Generator
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    names, n = given_names(), len(codes)
    can = names.has_short[codes]
    chance = min(1.0, rates["nicknames"] / max(1e-9, float(can.mean()) if n else 1.0))
    is_short = can & picked(rng, chance, n)
    short = names.short_codes[codes, rng.integers(0, 3, n)]
    codes = np.where(is_short, short, codes)
    is_initial = picked(rng, rates["initials_only"], n)
    return (np.where(is_initial, names.initial_codes[codes], codes),
            {"nickname": is_short & ~is_initial, "initial": is_initial})


def _last_codes(
    codes: np.ndarray, origin: np.ndarray, rates: dict[str, float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    is_new = picked(rng, rates["new_surnames"], len(codes))
    fresh = codes.copy()
    for (_, pool), (names, chance) in family_names().pools.items():
        here = np.flatnonzero(is_new & (origin == ORIGINS.index(pool)))
        fresh[here] = rng.choice(names, len(here), p=chance)
    return fresh, fresh != codes


def _forms(
    has_diacritics: np.ndarray, typo_rate: float, rates: dict[str, float],
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    n = len(has_diacritics)
    is_plain = has_diacritics & picked(rng, rates["dropped_diacritics"], n)
    is_typo = picked(rng, typo_rate, n)
    form = np.where(is_typo, rng.integers(1, N_TYPOS + 1, n), np.where(is_plain, PLAIN_ASCII, 0))
    return form, is_typo


def address_lines(
    world: World, home: np.ndarray, rng: np.random.Generator, short_share: float = 0.35
) -> pa.Array:
    """Return number, street and flat; a share with Street as St, Apartment as #."""
    homes, types = world.homes, len(STREET_TYPES.split())
    streets = [f"{name} {kind}" for kinds in (STREET_TYPES, SHORT_STREET_TYPES)
               for name in STREETS.split() for kind in kinds.split()]
    is_short = picked(rng, short_share, len(home))
    code = homes.street[home] + is_short * (len(STREETS.split()) * types)
    flat = homes.flat[home]
    mark = coded(np.where(flat == 0, 0, 1 + is_short), ("", ", Apt ", " #"))
    return joined([
        whole(homes.house_number[home]), " ", chosen(pa.array(streets), code), mark,
        pc.if_else(pa.array(flat > 0), whole(flat), ""),
    ])


def town_names(world: World, home: np.ndarray) -> pa.Array:
    """Return the town of each household."""
    town = world.places.district_town[world.homes.district[home]]
    return coded(town, list(world.places.town_names))


def region_letters(world: World, home: np.ndarray) -> pa.Array:
    """Return WC, IN or EC for each household."""
    return coded(world.places.district_region[world.homes.district[home]], ("WC", "IN", "EC"))


def postcodes(world: World, home: np.ndarray) -> pa.Array:
    """Return five digits, with a leading zero on the west coast."""
    district = world.homes.district[home]
    number = district + np.array([1_000, 34_000, 67_000])[world.places.district_region[district]]
    return pc.utf8_lpad(whole(number), 5, "0")


def phone_numbers(
    world: World, person: np.ndarray, rng: np.random.Generator, right_share: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers as integers (-1 none) and which of them are right.

    A share is the household's own, so that two people have one number; a wrong one is
    nobody's, or a digit off.
    """
    n = len(person)
    mobile, shared = world.people.mobile[person], world.homes.phone[world.people.home[person]]
    use_shared = (shared >= 0) & ((mobile < 0) | picked(rng, world.rates["shared_phones"], n))
    number = np.where(use_shared, shared, mobile)
    number = np.where(number < 0, 2_902_000_000 + person.astype(np.int64) * 7_907 % 7_000_000,
                      number)
    is_right = picked(rng, right_share, n)
    slip = 10 ** rng.integers(0, 5, n)
    return np.where(is_right, number, number + slip), is_right


def phones(numbers: np.ndarray, is_kept: np.ndarray, style: np.ndarray | int = 0) -> pa.Array:
    """Return numbers as text: style 0 (291) 555-1234, 1 291-555-1234, 2 2915551234."""
    digits = whole(np.where(numbers < 0, 0, numbers))
    area, middle = pc.utf8_slice_codeunits(digits, 0, 3), pc.utf8_slice_codeunits(digits, 3, 6)
    end = pc.utf8_slice_codeunits(digits, 6, 10)
    styles = np.broadcast_to(np.asarray(style), len(numbers))
    opens, closes, dash = (("(", "", ""), (") ", "-", ""), ("-", "-", ""))
    text = joined([coded(styles, opens), area, coded(styles, closes), middle,
                   coded(styles, dash), end])
    return kept(text, is_kept & (numbers >= 0))


def emails(
    world: World, person: np.ndarray, rng: np.random.Generator, right_share: float = 1.0
) -> tuple[pa.Array, np.ndarray]:
    """Return e-mail addresses and which of them are right (others are an older mail box)."""
    people = world.people
    own, rare = people.email_code[person], person.astype(np.int64) * 7_919 % 40_000 * 10
    own = np.where(own >= 0, own, rare)
    is_right = picked(rng, right_share, len(person))
    older = (own + 100_000 + rng.integers(1, 9_999, len(person)) * 10) % 400_000
    code = np.where(is_right, own, older)
    first = chosen(given_names().handles, people.first[person])
    last = chosen(family_names().handles, people.last[person])
    initial = pc.utf8_slice_codeunits(first, 0, 1)
    pattern, number = code // 100_000, whole(code // 10 % 10_000 % 1_000)
    head = where(pattern < 2, first, initial)
    tail = where(pattern == 1, "", last)
    tie = coded(np.minimum(pattern, 3), (".", "", "", "_"))
    domain = coded(np.minimum(code % 10, 5), EMAIL_DOMAINS.split())
    return joined([head, tie, tail, number, "@", domain]), is_right
