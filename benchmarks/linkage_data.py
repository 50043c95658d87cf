"""Records to link at any size: a register and six other sources as canonical tables, with truth.

    python benchmarks/linkage_data.py --people 1000000 --folder /tmp/million [--seed 1]

The people, their homes, names and dirt are those of the sample campaign (``workbench.sample``,
rates of ``sample.difficulty``), so that names are as common and households as alike as there.
What is drawn apart is only who stands in which source, and the rows are written as canonical
tables at once, with the columns that linking reads and no others, a million rows at a time:
raw files and checks have benchmarks of their own. A donor account has one gift here. Up to a
million voters there are 0.6 records of other sources a voter, from three million 0.2.

    FOLDER/data/tables/<table>.parquet   the canonical tables
    FOLDER/truth.parquet                 a row a row: source_name, row_key, person_id (the truth)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from linkage_rows import WAVES, WRITTEN, Rows
from shared import Clock, options, peak_gb, tell

from workbench.sample.campaign import AS_OF, POLLING_DATE
from workbench.sample.difficulty import rates_of_dirt
from workbench.sample.people import make_people
from workbench.sample.places import make_places
from workbench.sample.texts import keys, picked, stream
from workbench.sample.world import World

# Each source's share of the records that are not the register's.
SHARES = {"consumer": 0.25, "social_users": 0.20, "canvass": 0.15, "donations": 0.15,
          "mobile_contacts": 0.15, "polls": 0.10}
SOURCES = ("voters", *SHARES)
OTHERS_A_VOTER, FEWEST_OTHERS_A_VOTER, MOST_AT_THE_FULL_SHARE = 0.6, 0.2, 600_000


def main() -> None:
    """Write the tables below --folder and print time and memory as a line of JSON."""
    asked = options(__doc__, people=200_000, seed=1,
                    folder={"type": Path, "required": True})
    clock = Clock()
    n_rows = write_tables(asked.folder, asked.people, seed=asked.seed)
    tell(people=asked.people, rows=n_rows, **clock.told("seconds", digits=1), peak_gb=peak_gb())


def number_of_others(n_people: int) -> int:
    """Return how many records of other sources come with so many voters.

    >>> [number_of_others(n) for n in (20_000, 1_000_000, 10_000_000)]
    [12000, 600000, 2000000]
    """
    full = min(round(OTHERS_A_VOTER * n_people), MOST_AT_THE_FULL_SHARE)
    return max(full, round(FEWEST_OTHERS_A_VOTER * n_people))


def write_tables(folder: Path, n_people: int, *, seed: int) -> dict[str, int]:
    """Write all tables and the truth below ``folder``; return the rows of each table."""
    world = make_people_and_homes(n_people, seed)
    rng = stream(seed, "who is in which source")
    n_others = number_of_others(n_people)
    drawn = {"voters": register_entries(world, rng)}
    drawn |= {name: DRAWN[name](world, round(share * n_others), rng)
              for name, share in SHARES.items()}
    (folder / "data/tables").mkdir(parents=True, exist_ok=True)
    truth = [write_table(folder / "data/tables", name, world, rows)
             for name, rows in drawn.items()]
    pq.write_table(pa.concat_tables(truth), folder / "truth.parquet")
    return {name: len(rows.person) for name, rows in drawn.items()}


def make_people_and_homes(n_people: int, seed: int) -> World:
    """Make the clean world without its politics, of which names and homes know nothing."""
    rates = rates_of_dirt({})
    places = make_places(n_people, seed)
    people, homes = make_people(n_people, places, seed=seed, rates=rates, as_of=AS_OF)
    numbers = stream(seed, "voter numbers").permutation(len(people)) + 1
    return World(seed, rates, AS_OF, POLLING_DATE, places, people, homes, None, numbers)


def write_table(folder: Path, name: str, world: World, rows: Rows) -> pa.Table:
    """Write one canonical table in chunks; return its truth."""
    truth: list[pa.Table] = []
    writer = None
    for start, part in rows.chunks():
        rng = stream(world.seed, f"{name}  {start}")  # two blanks: the draws of earlier figures
        number = start + np.arange(len(part.person)) + 1
        key, columns = WRITTEN[name](world, part, rng)
        texts = {key: keys(name[:1].upper(), number, 9), **columns} if key else columns
        source = pa.array(np.full(len(number), name))
        table = pa.table({"source_name": source, **texts})
        row_key = texts["voter_id"] if name == "voters" else texts[key]
        if name == "polls":
            row_key = pc.binary_join_element_wise(row_key, texts["wave_name"], "|")
        truth.append(pa.table({"source_name": source, "row_key": row_key,
                               "person_id": part.person.astype(np.int64)}))
        writer = writer or pq.ParquetWriter(folder / f"{name}.parquet", table.schema)
        writer.write_table(table, row_group_size=122_880)
    if writer:
        writer.close()
    return pa.concat_tables(truth)


def register_entries(world: World, rng: np.random.Generator) -> Rows:
    """Return every elector, and second, older entries of some."""
    electors = world.electors
    n_twice = round(world.rates["registered_twice"] * len(electors))
    twice = np.sort(rng.choice(electors, n_twice, replace=False))
    is_old = np.repeat([0, 1], [len(electors), n_twice])
    return Rows(np.concatenate([electors, twice]), is_old)


def adults(world: World, among: np.ndarray | bool = True) -> np.ndarray:
    """Return the positions of the people of 18 or more, or of those ``among`` whom they are."""
    return np.flatnonzero((world.people.age_years >= 18) & among)


def drawn_once(
    world: World, n: int, rng: np.random.Generator, among: np.ndarray | bool = True
) -> Rows:
    """Return adults, on the register or not, none of them twice."""
    pool = adults(world, among)
    return Rows(rng.choice(pool, min(n, len(pool)), replace=False), np.zeros(n, np.int8))


def drawn_with_mobile(world: World, n: int, rng: np.random.Generator) -> Rows:
    """Return adults who have a mobile telephone, none of them twice."""
    return drawn_once(world, n, rng, world.people.mobile >= 0)


def drawn_canvassed(world: World, n: int, rng: np.random.Generator) -> Rows:
    """Return electors, many met twice or thrice; ``extra`` is whose number a row holds."""
    reached = rng.choice(world.electors, n, replace=False)
    person = np.repeat(reached, rng.choice(3, n, p=[0.62, 0.26, 0.12]) + 1)[:n]
    person = rng.permutation(person)
    is_reissued = picked(rng, world.rates["reissued_numbers"], n)
    return Rows(person, np.where(is_reissued, rng.choice(world.electors, n), person))


def drawn_donors(world: World, n: int, rng: np.random.Generator) -> Rows:
    """Return donors' accounts: a share off the register, a share with a second account."""
    people, rates = world.people, world.rates
    n_donors = round(n / (1 + rates["donors_repeated"]))
    n_off = round(rates["donors_off_voter_file"] * n_donors)
    off, on = adults(world, ~people.is_elector), adults(world, people.is_elector)
    donor = np.concatenate([rng.choice(off, min(n_off, len(off)), replace=False),
                            rng.choice(on, n_donors - min(n_off, len(off)), replace=False)])
    again = rng.choice(donor, n - len(donor), replace=False)
    return Rows(rng.permutation(np.concatenate([donor, again])), np.zeros(n, np.int8))


def drawn_respondents(world: World, n: int, rng: np.random.Generator) -> Rows:
    """Return respondents of several waves, nobody twice in one; ``extra`` is the wave."""
    sizes = np.diff(np.linspace(0, n, WAVES + 1).astype(int))
    person = [rng.choice(adults(world), size, replace=False) for size in sizes]
    return Rows(np.concatenate(person), np.repeat(np.arange(WAVES), sizes))


DRAWN: dict[str, Callable[[World, int, np.random.Generator], Rows]] = {
    "consumer": drawn_once, "social_users": drawn_once, "canvass": drawn_canvassed,
    "donations": drawn_donors, "mobile_contacts": drawn_with_mobile, "polls": drawn_respondents,
}

if __name__ == "__main__":
    main()
