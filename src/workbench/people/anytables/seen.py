"""What a model of any tables is learned from: candidate pairs, and how many pairs there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.people.anytables.compare import COMPARISONS, NEEDS, other_text
from workbench.people.anytables.rivals import Kinds, Rivals, find_kinds, find_rivals
from workbench.people.anytables.weigh import OF_ONES_OWN, term_of
from workbench.people.chance import UNSEEN
from workbench.people.comparisons import Comparison

if TYPE_CHECKING:
    import duckdb

PAIRS_TO_LEARN_FROM = 1_000_000


@dataclass(frozen=True)
class Counts:
    """Of all ``n_random`` pairs of ``n_records``, ``n_possible`` can be one person.

    Two rows of a file that lists everybody once cannot. ``n_filled`` is, for each comparison
    with a term, how many records have any.
    """

    n_records: float
    n_random: float
    n_possible: float
    n_filled: dict[str, float]

    def n_own(self, prior: float) -> float:
        """Return how many records a record's person has, itself included, on average."""
        return 1.0 + 2.0 * prior * self.n_possible / self.n_records


@dataclass(frozen=True)
class Seen:
    """The candidate pairs that are learned from: the level that each comparison reaches.

    ``n_having`` is how many records have the term that a pair agrees on, 0 where it agrees on
    none. One pair seen stands for ``scale`` candidate pairs.
    """

    levels: dict[str, np.ndarray]
    n_having: dict[str, np.ndarray]
    rivals: Rivals
    kinds: Kinds
    scale: float
    counts: Counts

    @property
    def n(self) -> int:
        """Number of pairs."""
        return len(self.rivals.numbers[0])

    def rarity(self, name: str, prior: float) -> np.ndarray:
        """Return the bits that come of how rare the agreed term is among other people."""
        n_filled = max(self.counts.n_filled[name], 1.0)
        others = np.maximum(self.n_having[name] - self.counts.n_own(prior), 0.0) + UNSEEN
        return np.where(self.n_having[name] > 0, np.log2(n_filled / others), 0.0)


def comparable(
    connection: duckdb.DuckDBPyConnection, others: tuple[str, ...]
) -> tuple[Comparison, ...]:
    """Return the comparisons for which two records or more have something to compare."""
    every = (*COMPARISONS, *(other_text(name) for name in others))
    counts = ", ".join(f"count({NEEDS.get(c.name, c.name)})" for c in every)
    filled = connection.execute(f"SELECT {counts} FROM record").fetchall()[0]
    kept = ("suffix", *OF_ONES_OWN)  # what bars a pair looks at these
    return tuple(c for c, n in zip(every, filled, strict=True) if n >= 2 or c.name in kept)


def seen_pairs(
    connection: duckdb.DuckDBPyConnection, compared: tuple[Comparison, ...], *, seed: int
) -> Seen:
    """Return the pairs of ``level``, or of a share of the left records where they are many."""
    n_pairs = connection.execute("SELECT count(*) FROM level").fetchall()[0][0]
    share = min(1.0, PAIRS_TO_LEARN_FROM / max(n_pairs, 1))
    found = connection.execute(
        f"SELECT * FROM level WHERE hash(rid_l, {seed}) % 1000000 < {round(share * 1e6)} "
        "ORDER BY rid_l, rid_r").fetchnumpy()
    columns = {name: np.asarray(values) for name, values in found.items()}
    pairs, files = (columns["rid_l"] - 1, columns["rid_r"] - 1), files_of(connection)
    return Seen(
        {c.name: columns[c.name].astype(np.int64) for c in compared},
        {c.name: columns[f"n_{c.name}"] for c in compared if term_of(c)},
        find_rivals(*pairs, **files), find_kinds(*pairs, **files), 1 / share,
        _counts(connection, compared))


def same_day_by_chance(connection: duckdb.DuckDBPyConnection) -> float:
    """Return how many of all pairs of strangers have one day of birth at the least.

    Years and days of the year are shared by far more strangers than rows of one person, so that
    their frequencies tell it whoever the rows are. Counting pairs with one day of birth cannot:
    most of a short list's are one person's, and learning could take them all for that.
    """
    shares = [connection.execute(
        "SELECT coalesce(sum(n * (n - 1)) / (sum(n) * (sum(n) - 1)), 0) FROM (SELECT count(*) "
        f"AS n FROM record WHERE length(birth_digits) = 8 GROUP BY {part}(birth_digits, 4))"
    ).fetchall()[0][0] for part in ("left", "right")]
    return float(shares[0] * shares[1])


def files_of(connection: duckdb.DuckDBPyConnection) -> dict[str, np.ndarray]:
    """Return the file of each record by position, and which files list everybody once."""
    files = connection.execute(
        "SELECT file_number, lists_once FROM record ORDER BY rid").fetchnumpy()
    number = np.asarray(files["file_number"])
    once = np.zeros(int(number.max(initial=0)) + 1, dtype=bool)
    once[number] = np.asarray(files["lists_once"]).astype(bool)
    return {"file": number, "lists_once": once}


def _counts(
    connection: duckdb.DuckDBPyConnection, compared: tuple[Comparison, ...]
) -> Counts:
    n, impossible = connection.execute(
        "SELECT sum(n), sum(CASE WHEN lists_once THEN n * (n - 1) / 2 ELSE 0 END) FROM (SELECT "
        "file_number, lists_once, count(*) AS n FROM record GROUP BY ALL)").fetchall()[0]
    n_random = n * (n - 1) / 2
    terms = {c.name: term_of(c) for c in compared if term_of(c)}
    counts = ", ".join(f"count({term})" for term in terms.values())
    filled = connection.execute(f"SELECT {counts} FROM record").fetchall()[0]
    return Counts(float(n), max(float(n_random), 1.0), max(float(n_random - impossible), 1.0),
                  dict(zip(terms, map(float, filled), strict=True)))
