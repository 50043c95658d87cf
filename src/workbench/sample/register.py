"""Exports of the register and of places: voters, vote history, areas, seats and results."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sample.asks import FEWEST_YEARS
from workbench.sample.export import Columns, Export, Story, of_nobody
from workbench.sample.facts import PARTY_CODES
from workbench.sample.identity import (
    REGISTER_RATES,
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
from workbench.sample.people import birthday
from workbench.sample.politics import IN_PERSON, LAST, NATIONALS, NOT_REGISTERED
from workbench.sample.texts import (
    NO_DAY,
    coded,
    days,
    kept,
    keys,
    picked,
    stream,
    where,
    whole,
)
from workbench.sample.turnout import ELECTIONS
from workbench.sample.world import World

US_DATE = "%m/%d/%Y"
PLACEHOLDER = "01/01/1900"
METHODS = "-|N|V|E|P|X"
DISTRICTS_A_WARD = 2
ETHNICITIES = "W|W|H|W|W|W|A|A|B"


def voter_ids(world: World, person: np.ndarray) -> pa.Array:
    """Return the register's numbers of people."""
    return keys("HC", world.voter_number[person], 9)


def district_ids(district: np.ndarray) -> pa.Array:
    """Return the codes of polling districts."""
    return keys("PD", district + 1, 5)


def seat_ids(seat: np.ndarray) -> pa.Array:
    """Return the codes of seats."""
    return keys("S", seat + 1, 3)


def voters(story: Story) -> Export:
    """Return the register: an entry an elector, and older second entries of some."""
    world, rng = story.world, stream(story.world.seed, "voters")
    person = world.electors
    n_twice = round(world.rates["registered_twice"] * len(person))
    twice = np.sort(rng.choice(person, n_twice, replace=False))
    is_old = np.arange(len(person) + n_twice) >= len(person)
    person = np.concatenate([person, twice])
    number = world.voter_number[person] + is_old * len(world.people)
    rates = {**world.rates, **REGISTER_RATES,
             "typos_first_name": world.rates["typos_register"],
             "typos_last_name": world.rates["typos_register"]}
    written = written_down(world, person, rng, rates)
    home = np.where(is_old, rng.integers(0, world.n_homes, len(person)), written.home)
    columns = {
        "elector_no": keys("HC", number, 9),
        **_names(written), **_standing(world, person, is_old, rng),
        **_homes(world, home, rng), **_reached(world, person, rng),
        **_dates(world, person, rng), **_about(world, person, home),
    }
    order = np.lexsort((np.arange(len(person)), world.homes.district[home]))
    columns = {name: column.take(pa.array(order)) for name, column in columns.items()}
    slips = {**written.slips, "registered_twice": is_old}
    return Export(columns, person[order], {k: v[order] for k, v in slips.items()})


def _names(written: Written) -> Columns:
    return {
        "last_name": pc.utf8_upper(written.last), "first_name": pc.utf8_upper(written.first),
        "midl_name": written.middle, "name_sufx_cd": pc.utf8_upper(written.suffix),
    }


def _standing(
    world: World, person: np.ndarray, is_old: np.ndarray, rng: np.random.Generator
) -> Columns:
    n = len(person)
    status = rng.choice(5, n, p=[0.955, 0.032, 0.005, 0.006, 0.002])
    is_gone = world.people.is_deceased[person] & picked(rng, 0.6, n)
    status = np.select([is_old, is_gone], [1, 3], status)
    return {
        "status_cd": coded(status, "A|I|S|R|D"),
        "voter_status_desc": coded(status, "ACTIVE|INACTIVE|TEMPORARY|REMOVED|DENIED"),
    }


def _homes(world: World, home: np.ndarray, rng: np.random.Generator) -> Columns:
    n = len(home)
    is_removed = picked(rng, world.rates["addresses_removed"], n)
    line = pc.utf8_upper(address_lines(world, home, rng, 0.2))
    box = keys("PO BOX ", rng.integers(1, 9_999, n), 1)
    return {
        "res_street_address": where(is_removed, "REMOVED", line),
        "res_city_desc": pc.utf8_upper(town_names(world, home)),
        "state_cd": region_letters(world, home), "zip_code": postcodes(world, home),
        "mail_addr1": where(picked(rng, 0.04, n), box, where(is_removed, None, line)),
        "confidential_ind": coded(is_removed.astype(int), "N|Y"),
    }


def _reached(world: World, person: np.ndarray, rng: np.random.Generator) -> Columns:
    n = len(person)
    numbers, _ = phone_numbers(world, person, rng, 0.93)
    addresses, _ = emails(world, person, rng, 0.9)
    return {
        "full_phone_number": phones(numbers, picked(rng, world.rates["voters_phone"], n), 2),
        "email_addr": kept(addresses, picked(rng, world.rates["voters_email"], n)),
    }


def _dates(world: World, person: np.ndarray, rng: np.random.Generator) -> Columns:
    people, n = world.people, len(person)
    born = people.birth_day[person]
    is_known = picked(rng, world.rates["voters_birth_date"], n)
    unknown = picked(rng, world.rates["placeholder_dates"], n)
    year = born.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    of_age = birthday(born, FEWEST_YEARS)
    joins = days(world.politics.registration_day[person], US_DATE)
    return {
        "registr_dt": where(unknown, PLACEHOLDER, joins),
        "birth_dt": days(np.where(is_known, born, NO_DAY), US_DATE),
        "birth_year": whole(year), "age": whole(people.age_years[person]),
        "attain_dt": days(np.where(of_age > world.today, of_age, NO_DAY), US_DATE),
    }


def _about(world: World, person: np.ndarray, home: np.ndarray) -> Columns:
    politics, district = world.politics, world.homes.district[home]
    return {
        "race_code": coded(world.people.origin[person], ETHNICITIES),
        "party_cd": coded(politics.registered_party[person], PARTY_CODES),
        "gender_code": coded(world.people.is_female[person].astype(int), "M|F"),
        "precinct_cd": district_ids(district),
        "seat_cd": seat_ids(world.places.district_seat[district]),
        "absent_ind": coded(politics.is_postal[person].astype(int), "N|Y"),
    }


def vote_history(story: Story) -> Export:
    """Return a row an elector and election, with what they did."""
    world = story.world
    electors, n = world.electors, len(world.electors)
    person, election = np.tile(electors, len(ELECTIONS)), np.repeat(np.arange(len(ELECTIONS)), n)
    voted = world.politics.voted[electors].T.ravel()
    is_primary = np.array([name.startswith("Primary") for _, name, _ in ELECTIONS])[election]
    party = np.where(is_primary & (voted >= IN_PERSON),
                     world.politics.registered_party[person], -1)
    dates = days(np.array(world.politics.election_days), US_DATE).to_pylist()
    ids = voter_ids(world, electors)
    return Export({
        "elector_no": pa.concat_arrays([ids] * len(ELECTIONS)),
        "election_lbl": coded(election, dates),
        "election_desc": coded(election, [name for _, name, _ in ELECTIONS]),
        "voting_method": coded(voted, METHODS),
        "voted_party_cd": coded(party, PARTY_CODES),
    }, person, {})


def ballots(world: World, election: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return electors, ballots and valid votes (districts x parties) at an election."""
    person, n = world.electors, world.places.n_districts
    district, voted = world.district[person], world.politics.voted[person, election]
    was_on = voted != NOT_REGISTERED
    electors = np.bincount(district[was_on], minlength=n)
    cast = np.bincount(district[voted >= IN_PERSON], minlength=n)
    party = world.politics.party[person, NATIONALS.index(election)]
    cell = district * len(PARTY_CODES) + party
    votes = np.bincount(cell[party >= 0], minlength=n * len(PARTY_CODES))
    return electors, cast, votes.reshape(n, len(PARTY_CODES))


def areas(story: Story) -> Export:
    """Return polling districts and the wards of two that hold them, at the last election."""
    world, places = story.world, story.world.places
    electors, cast, _ = ballots(world, LAST)
    person = world.electors
    was_on = world.politics.voted[person, LAST] != NOT_REGISTERED
    postal = np.bincount(world.district[person][was_on & world.politics.is_postal[person]],
                         minlength=places.n_districts)
    ward = _wards(places.district_seat)
    first = np.unique(ward, return_index=True)[1]
    counts = [np.concatenate([c, np.bincount(ward, weights=c).astype(int)])
              for c in (electors, cast, postal)]
    seat = np.concatenate([places.district_seat, places.district_seat[first]])
    n = places.n_districts
    is_ward = np.arange(len(seat)) >= n
    shares = [np.round(c / np.maximum(counts[0], 1), 4) for c in counts[1:]]
    names = coded(np.concatenate([places.district_town, places.district_town[first]]),
                  list(places.town_names))
    ids = pa.concat_arrays([district_ids(np.arange(n)), keys("W", np.arange(len(first)) + 1, 5)])
    return of_nobody({
        "area": ids, "name": pc.binary_join_element_wise(names, ids, " "),
        "type": coded(is_ward.astype(int), "PD|WARD"),
        "ward": pa.concat_arrays([keys("W", ward + 1, 5), pa.nulls(len(first), pa.string())]),
        "constituency": seat_ids(seat), "region": coded(places.seat_region[seat], "WC|IN|EC"),
        "electorate": whole(counts[0]), "ballots": whole(counts[1]),
        "turnout": kept(whole(shares[0]), counts[0] > 0),
        "postal": kept(whole(shares[1]), counts[0] > 0),
    })


def _wards(seat: np.ndarray) -> np.ndarray:
    turn = np.arange(len(seat)) - np.searchsorted(seat, seat)
    return np.unique(seat * 1_000 + turn // DISTRICTS_A_WARD, return_inverse=True)[1]


def area_results(story: Story) -> Export:
    """Return votes a party in each polling district at each national election."""
    world = story.world
    votes = [ballots(world, election)[2] for election in NATIONALS]
    return of_nobody(_results(world, votes, "area", district_ids))


def seat_results(story: Story) -> Export:
    """Return votes a party in each seat at each national election."""
    world, n = story.world, story.world.places.n_seats
    votes = []
    for election in NATIONALS:
        of_seat = np.zeros((n, len(PARTY_CODES)), dtype=np.int64)
        np.add.at(of_seat, world.places.district_seat, ballots(world, election)[2])
        votes.append(of_seat)
    return of_nobody(_results(world, votes, "constituency", seat_ids))


def _results(
    world: World, votes: list[np.ndarray], key: str, ids: Callable[[np.ndarray], pa.Array]
) -> Columns:
    n_places, n_parties = votes[0].shape
    place = np.tile(np.repeat(np.arange(n_places), n_parties), len(votes))
    election = np.repeat(np.arange(len(votes)), n_places * n_parties)
    dates = days(np.array(world.politics.election_days)[list(NATIONALS)], "%d/%m/%Y")
    return {
        key: ids(place),
        "date": coded(election, dates.to_pylist()),
        "party": coded(np.arange(len(place)) % n_parties, PARTY_CODES),
        "votes": whole(np.concatenate([v.ravel() for v in votes])),
    }


def seats(story: Story) -> Export:
    """Return seats with their census profile."""
    world, places = story.world, story.world.places
    electors = np.bincount(world.seat[world.electors], minlength=places.n_seats)
    age = world.people.age_years
    adults = np.maximum(np.bincount(world.seat[age >= FEWEST_YEARS], minlength=places.n_seats), 1)
    old = np.bincount(world.seat[age >= 65], minlength=places.n_seats) / adults
    young = np.bincount(world.seat[(age >= FEWEST_YEARS) & (age < 30)],
                        minlength=places.n_seats) / adults
    shares = {"aged_65": old, "aged_18_29": young, "degree": places.degree_share,
              "owned": places.owned_share, "manual": places.manual_share,
              "abroad": places.abroad_share}
    return of_nobody({
        "constituency": seat_ids(np.arange(places.n_seats)),
        "name": pa.array(list(places.seat_names)),
        "region": coded(places.seat_region, "WC|IN|EC"), "electorate": whole(electors),
        **{name: whole(np.round(share, 4)) for name, share in shares.items()},
        "density": whole(places.density_per_km2),
    })
