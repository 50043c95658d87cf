"""How often two people agree by chance: the u of every level, counted on random pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.people.comparisons import COMPARED, Comparison, case_sql

if TYPE_CHECKING:
    import duckdb

RANDOM_PAIRS = 1_000_000
DRAWN_RECORDS = 60_000
UNSEEN = 0.5  # a level that no random pair showed counts as half a pair


def chance_of_levels(
    connection: duckdb.DuckDBPyConnection, comparisons: tuple[Comparison, ...], *, seed: int,
    compared: tuple[str, ...] = COMPARED,
) -> dict[str, np.ndarray]:
    """Return for each comparison the u of its levels in order, NaN for a missing one.

    All pairs of ``record`` are counted where they are few, else random ones of some records:
    the same for one seed whatever the order of the files. ``compared`` names the columns that
    the conditions of the levels look at.
    """
    n = _draw_records(connection, compared)
    both = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in compared)
    reached = ", ".join(f"{reached_sql(c)} AS {c.name}" for c in comparisons)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE reached AS SELECT {reached} FROM (SELECT {both} FROM "
        f"({_random_pairs_sql(n, seed)}) p JOIN drawn l ON l.at = p.at_l "
        "JOIN drawn r ON r.at = p.at_r)")
    chance = {c.name: _shares(connection, c) for c in comparisons}
    connection.execute("DROP TABLE reached")
    connection.execute("DROP TABLE drawn")
    return chance


def reached_sql(comparison: Comparison) -> str:
    """Return SQL for the number of the level that a pair reaches."""
    return f"{case_sql(comparison.levels, range(len(comparison.levels)))}::TINYINT"


def _draw_records(connection: duckdb.DuckDBPyConnection, compared: tuple[str, ...]) -> int:
    """Create ``drawn``, records numbered from 0, and return how many.

    ``rid`` has no order but that the register's come first, so every k-th is a fair draw.
    """
    n = connection.execute("SELECT count(*) FROM record").fetchall()[0][0]
    step = max(n // DRAWN_RECORDS, 1)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE drawn AS SELECT row_number() OVER (ORDER BY rid) - 1 AS at,"
        f" {', '.join(compared)} FROM record WHERE rid % {step} = 0")
    return int(connection.execute("SELECT count(*) FROM drawn").fetchall()[0][0])


def _random_pairs_sql(n: int, seed: int) -> str:
    if n * (n - 1) / 2 <= RANDOM_PAIRS:
        return "SELECT a.at AS at_l, b.at AS at_r FROM drawn a JOIN drawn b ON a.at < b.at"
    return (f"SELECT * FROM (SELECT hash(i, {seed}) % {n} AS at_l, hash(i, {seed}, 'right') % {n} "
            f"AS at_r FROM range({2 * RANDOM_PAIRS}) t(i)) WHERE at_l < at_r")


def _shares(connection: duckdb.DuckDBPyConnection, comparison: Comparison) -> np.ndarray:
    counts = dict(connection.execute(
        f"SELECT {comparison.name}, count(*) FROM reached GROUP BY 1").fetchall())
    seen = {number: counts.get(number, 0) + UNSEEN
            for number, level in enumerate(comparison.levels) if not level.is_missing}
    total = sum(seen.values())
    return np.array([seen[number] / total if number in seen else np.nan
                     for number in range(len(comparison.levels))])
