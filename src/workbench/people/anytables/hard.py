"""Hard evidence: facts of a record that two rows of one person never have differently."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.people.anytables.records import EARLIEST_YEAR, LATEST_YEAR

if TYPE_CHECKING:
    import duckdb

NOT_KNOWN = 0
MOST_TYPED_WRONG = 2  # digits of a date; more of them are no typing error
MOST_YEARS_OFF, A_YEAR_GUESSED = 10, 1  # years up to ten apart count as one digit at the most
FIRST_OF_JANUARY = 101  # is written where the day is not known
# Where so many pairs share a number of their own, and such a share of them has two dates of
# birth, the dates of these lists are no hard evidence.
FEW_PAIRS, OFTEN_WRONG = 30, 0.01
Fact = tuple[int, int, int]


@dataclass(frozen=True)
class Hard:
    """What each record says of its own, 0 where it says nothing.

    ``born`` is the day of birth as YYYYMMDD; ``elector`` and ``number`` are codes of the
    elector's number and of another number of the person's own.
    """

    born: np.ndarray
    elector: np.ndarray
    number: np.ndarray

    def contradict(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return which pairs of records cannot be one person."""
        return _contradict(self._at(left), self._at(right))

    def facts(self, record: int) -> frozenset[Fact]:
        """Return what is known of a record, nothing where nothing is."""
        born, elector, number = (int(said) for said in self._at(record))
        return frozenset([(born, elector, number)] if born or elector else [])

    def with_dates_that_hold(self, left: np.ndarray, right: np.ndarray) -> Hard:
        """Return the evidence without dates of birth where the pairs show them often wrong."""
        one, other = self._at(left), self._at(right)
        is_sure = _have_own(one, other) & (one[0] != NOT_KNOWN) & (other[0] != NOT_KNOWN)
        n_wrong = int((is_sure & _are_days_apart(one[0], other[0])).sum())
        is_often_wrong = is_sure.sum() >= FEW_PAIRS and n_wrong >= OFTEN_WRONG * is_sure.sum()
        return replace(self, born=np.zeros_like(self.born)) if is_often_wrong else self

    def _at(self, records: np.ndarray | int) -> tuple[Any, ...]:
        return self.born[records], self.elector[records], self.number[records]


def any_contradict(one: frozenset[Fact], other: frozenset[Fact]) -> bool:
    """Return whether any fact of one group of records contradicts one of another group.

    >>> any_contradict(frozenset({(19800203, 0, 0)}), frozenset({(19711130, 0, 0)}))
    True
    >>> any_contradict(frozenset({(19800203, 0, 0)}), frozenset({(19800302, 0, 0)}))
    False
    """
    return any(_is_contradiction(a, b) for a in one for b in other if a != b)


def hard_of(connection: duckdb.DuckDBPyConnection) -> Hard:
    """Return the hard evidence of ``record``, in order of rid."""
    codes = ", ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE dense_rank() OVER (ORDER BY {name}) "
                      f"END AS {name}" for name in ("voter_id", "person_number"))
    found = connection.execute(
        "SELECT CASE WHEN birth_date IS NOT NULL AND length(birth_digits) = 8 AND "
        f"year(birth_date) BETWEEN {EARLIEST_YEAR} AND {LATEST_YEAR} THEN "
        f"birth_digits::BIGINT ELSE 0 END AS born, {codes} FROM record ORDER BY rid").fetchnumpy()
    return Hard(*(np.asarray(found[name], dtype=np.int64)
                  for name in ("born", "voter_id", "person_number")))


@lru_cache(maxsize=100_000)
def _is_contradiction(one: Fact, other: Fact) -> bool:
    both = tuple(tuple(np.array([part]) for part in fact) for fact in (one, other))
    return bool(_contradict(*both)[0])


def _contradict(one: tuple[Any, ...], other: tuple[Any, ...]) -> np.ndarray:
    """Two electors' numbers contradict; so do two days of birth, unless a number is shared."""
    is_other_elector = ((one[1] != NOT_KNOWN) & (other[1] != NOT_KNOWN) & (one[1] != other[1]))
    is_other_day = _are_days_apart(one[0], other[0]) & ~_have_own(one, other)
    return np.asarray(is_other_elector | is_other_day)


def _have_own(one: tuple[Any, ...], other: tuple[Any, ...]) -> np.ndarray:
    """Return whether two share an elector's number, or another number of their own."""
    return np.asarray(((one[1] != NOT_KNOWN) & (one[1] == other[1]))
                      | ((one[2] != NOT_KNOWN) & (one[2] == other[2])))


def _are_days_apart(born: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return whether both days are known and more than typing errors apart."""
    is_known = np.ones(len(born), dtype=bool)
    for day in (born, other):
        is_known &= (day != NOT_KNOWN) & (day % 10_000 != FIRST_OF_JANUARY)
    year, month, day = born // 10_000, born // 100 % 100, born % 100
    years_apart = abs(year - other // 10_000)
    is_turned = (years_apart == 0) & (day == other // 100 % 100) & (month == other % 100)
    n_apart = [born // 10**place % 10 != other // 10**place % 10 for place in range(8)]
    in_day, in_year = np.sum(n_apart[:4], axis=0), np.sum(n_apart[4:], axis=0)
    of_year = np.where(years_apart <= MOST_YEARS_OFF, np.minimum(in_year, A_YEAR_GUESSED), in_year)
    return np.asarray(is_known & (in_day + of_year > MOST_TYPED_WRONG) & ~is_turned)
