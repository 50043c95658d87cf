"""What the numbers of a table are, and how its cells add up with those of other tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Group = Mapping[str, str]


@dataclass(frozen=True)
class MadeOf:
    """A count of a table that cells of other populations make up, row by row.

    ``column`` is the whole, in each row of the table. ``parts`` are cells elsewhere: population,
    column, and under each dimension there the dimension here whose word it has. ``own`` are
    columns of the table that are parts as well. ``has_rest``: others are left over.
    """

    column: str
    parts: tuple[tuple[str, str, Group], ...]
    own: tuple[str, ...] = ()
    has_rest: bool = False


@dataclass(frozen=True)
class Shape:
    """What the numbers of a table are, so that each is protected by its own rule.

    ``basis``: the column that counts people; where it is hidden, so is the whole row.
    ``counts``: the columns of counts, the basis among them.
    ``shares``: new column -> (count of the part, count of the whole).
    ``sums``: column of money -> (largest single gift, two largest together); those two
    columns judge the sum and are then dropped.
    ``means``: columns of means over the basis; hidden where a sum of their row is.
    ``mean_of``: new column -> column of money; a mean reckoned from the shown figures.

    What follows says which cells add up, within the table and across tables and briefs. Cells
    of one ``population`` with the same column and the same group are the same number.

    ``population``: who is counted, such as "electors"; a table that names none is linked
    within itself alone. ``dimensions``: the columns that name a row's group, all that are no
    numbers where none is named. ``where``: the part of the population that the whole table is
    about, such as one election. ``totals``: a column that repeats the total of another one.
    ``is_partition``: everybody of the population is in one row. Where they are not, everybody
    is in one row at the most (``is_disjoint``), or may be in several.
    ``unshown``: counts that the rules need and that are then dropped.
    ``splits``: count of the whole -> counts that make it up; ``parts``: the same, but others
    are left over. ``unions``: a row's group -> groups of this population that make it up.
    ``made_of``: counts that cells of other populations make up. ``fixed``: counts that readers
    have from elsewhere, such as the rows of a file, so that hiding them would hide nothing.
    """

    basis: str
    counts: tuple[str, ...]
    shares: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sums: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    means: tuple[str, ...] = ()
    mean_of: Mapping[str, str] = field(default_factory=dict)
    population: str = ""
    dimensions: tuple[str, ...] = ()
    where: Group = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    unshown: tuple[str, ...] = ()
    is_partition: bool = True
    is_disjoint: bool = True
    splits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unions: Mapping[tuple[str, ...], tuple[Group, ...]] = field(default_factory=dict)
    made_of: tuple[MadeOf, ...] = ()
    fixed: tuple[str, ...] = ()
