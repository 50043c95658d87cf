"""What each source writes down of the people drawn into it, as columns of its canonical table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sample.contacts import names_and_home
from workbench.sample.identity import (
    REGISTER_RATES,
    Written,
    address_lines,
    emails,
    phone_numbers,
    phones,
    postcodes,
    town_names,
    written_down,
)
from workbench.sample.register import seat_ids, voter_ids
from workbench.sample.texts import coded, kept, keys, picked, where
from workbench.sample.world import World

CHUNK_ROWS = 1_000_000
WAVES = 6
NAMES = "first_name|middle_name|last_name|name_suffix"
NAMES_AND_HOME = f"{NAMES}|address_line|town_name|region_code|postcode"
Columns = dict[str, pa.Array]


@dataclass(frozen=True)
class Rows:
    """Rows of one source to be written: whose they are, and ``extra``, by row.

    ``extra`` is the age of the entry in the register (1: an older, second one), the person
    whose number a canvass row holds, or the wave of a poll.
    """

    person: np.ndarray
    extra: np.ndarray

    def chunks(self) -> Iterator[tuple[int, Rows]]:
        """Yield the position of the first row of each chunk, and the chunk."""
        for start in range(0, len(self.person), CHUNK_ROWS):
            part = slice(start, start + CHUNK_ROWS)
            yield start, Rows(self.person[part], self.extra[part])


def written_voters(world: World, rows: Rows, rng: np.random.Generator) -> tuple[str, Columns]:
    """Return the register's entries."""
    person, n = rows.person, len(rows.person)
    typos = dict.fromkeys(("typos_first_name", "typos_last_name"), world.rates["typos_register"])
    written = written_down(world, person, rng, {**world.rates, **REGISTER_RATES, **typos})
    home = np.where(rows.extra > 0, rng.integers(0, world.n_homes, n), written.home)
    is_removed = picked(rng, world.rates["addresses_removed"], n)
    line = pc.utf8_upper(address_lines(world, home, rng, 0.2))
    numbers, _ = phone_numbers(world, person, rng, 0.93)
    addresses, _ = emails(world, person, rng, 0.9)
    born = world.people.birth_day[person]
    return "", {
        "voter_id": keys("HC", world.voter_number[person] + rows.extra * len(world.people), 9),
        **{name: pc.utf8_upper(text) for name, text in names(written).items()},
        "sex_code": coded(world.people.is_female[person].astype(int), "male|female"),
        "birth_date": dates(born, picked(rng, world.rates["voters_birth_date"], n)),
        "birth_year": pa.array(birth_years(born)),
        "age_years": pa.array(world.people.age_years[person].astype(np.int64)),
        "address_line": where(is_removed, None, line),
        "town_name": pc.utf8_upper(town_names(world, home)), "postcode": postcodes(world, home),
        "seat_id": seat_ids(world.places.district_seat[world.homes.district[home]]),
        "phone": phones(numbers, picked(rng, world.rates["voters_phone"], n), 2),
        "email": kept(addresses, picked(rng, world.rates["voters_email"], n)),
    }


def written_canvass(world: World, rows: Rows, rng: np.random.Generator) -> tuple[str, Columns]:
    """Return canvass returns: an elector's number, or else names and home."""
    n = len(rows.person)
    has_number = picked(rng, world.rates["canvass_voter_id"], n)
    written = written_down(world, rows.person, rng, world.rates)
    home = names_and_home(world, written, rng, NAMES_AND_HOME)
    return "contact_id", {"voter_id": kept(voter_ids(world, rows.extra), has_number),
                          **{name: kept(text, ~has_number) for name, text in home.items()}}


def written_polls(world: World, rows: Rows, rng: np.random.Generator) -> tuple[str, Columns]:
    """Return respondents."""
    person, n = rows.person, len(rows.person)
    numbers, _ = phone_numbers(world, person, rng, 0.95)
    return "respondent_id", {
        "wave_name": coded(rows.extra, [f"W{i + 1}" for i in range(WAVES)]),
        **names(written_down(world, person, rng, world.rates)),
        "phone": phones(numbers, picked(rng, world.rates["polls_phone"], n), 1),
        "sex_code": coded(world.people.is_female[person].astype(int), "male|female"),
        "age_years": pa.array(world.people.age_years[person].astype(np.int64)),
        "seat_id": seat_ids(world.seat[person]),
    }


def written_donations(world: World, rows: Rows, rng: np.random.Generator) -> tuple[str, Columns]:
    """Return donors' accounts, a gift each."""
    person, n, rates = rows.person, len(rows.person), world.rates
    written = written_down(world, person, rng, rates)
    numbers, _ = phone_numbers(world, person, rng, rates["donors_phone_right"])
    addresses, _ = emails(world, person, rng, rates["donors_email_right"])
    has_date = picked(rng, rates["donors_birth_date"] * (1 - rates["placeholder_dates"]), n)
    return "donation_id", {
        **names_and_home(world, written, rng, NAMES_AND_HOME),
        "phone": phones(numbers, picked(rng, rates["donors_phone"], n), rng.integers(0, 3, n)),
        "email": kept(addresses, picked(rng, rates["donors_email"], n)),
        "birth_date": dates(world.people.birth_day[person], has_date),
    }


def written_consumer(world: World, rows: Rows, rng: np.random.Generator) -> tuple[str, Columns]:
    """Return a bought file."""
    written = written_down(world, rows.person, rng, world.rates)
    home = names_and_home(world, written, rng, NAMES_AND_HOME)
    band = np.clip((world.people.age_years[rows.person] - 10) // 10 - 1, 0, 6)
    return "consumer_id", {
        **{name: pc.utf8_upper(text) for name, text in home.items()},
        "age_band_code": coded(band, "18-29|30-39|40-49|50-59|60-69|70-79|80+"),
    }


def written_social(world: World, rows: Rows, rng: np.random.Generator) -> tuple[str, Columns]:
    """Return accounts on a social network."""
    person, n, rates = rows.person, len(rows.person), world.rates
    written = written_down(world, person, rng, {**rates, "moved": 0.0})
    addresses, _ = emails(world, person, rng, 0.9)
    year = pa.array(birth_years(world.people.birth_day[person]),
                    mask=~picked(rng, rates["social_birth_year"], n))
    return "social_user_id", {
        **names(written), "email": kept(addresses, picked(rng, rates["social_email"], n)),
        "town_name": kept(town_names(world, written.home),
                          picked(rng, rates["social_town"], n)),
        "birth_year": year,
    }


def written_mobile(world: World, rows: Rows, rng: np.random.Generator) -> tuple[str, Columns]:
    """Return telephone numbers with the names that they came with."""
    person, n, rates = rows.person, len(rows.person), world.rates
    written = written_down(world, person, rng, rates)
    numbers, _ = phone_numbers(world, person, rng, 0.92)
    return "contact_id", {
        "phone": phones(numbers, np.ones(n, bool), rng.integers(0, 3, n)),
        "first_name": kept(written.first, picked(rng, rates["mobile_first_name"], n)),
        "last_name": kept(written.last, picked(rng, rates["mobile_last_name"], n)),
    }


def names(written: Written) -> Columns:
    """Return the names under their canonical columns."""
    texts = (written.first, written.middle, written.last, written.suffix)
    return dict(zip(NAMES.split("|"), texts, strict=True))


def dates(birth_day: np.ndarray, is_known: np.ndarray) -> pa.Array:
    """Return dates of birth, missing where not known."""
    return pa.array(birth_day.astype(np.int32), mask=~is_known).cast(pa.date32())


def birth_years(birth_day: np.ndarray) -> np.ndarray:
    """Return years of birth."""
    return birth_day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


WRITTEN: dict[str, Callable[[World, Rows, np.random.Generator], tuple[str, Columns]]] = {
    "voters": written_voters, "consumer": written_consumer, "social_users": written_social,
    "canvass": written_canvass, "donations": written_donations,
    "mobile_contacts": written_mobile, "polls": written_polls,
}
