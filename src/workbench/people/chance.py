"""How often two people agree by chance: the u of every level, counted on random pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from workbench.people.comparisons import Comparison

RANDOM_PAIRS = 3_000_000
UNSEEN = 0.5  # a level that no random pair showed counts as half a pair


def chance_of_levels(
    connection: duckdb.DuckDBPyConnection, comparisons: tuple[Comparison, ...], *, seed: int,
    n_pairs: int = RANDOM_PAIRS,
) -> dict[str, list[float | None]]:
    """Return for each comparison the u of its levels in order, None for a missing one.

    All pairs of ``record`` are counted where they are few, else random ones: the same for one
    seed whatever the order of the files.
    """
    columns = [row[0] for row in connection.execute("DESCRIBE record").fetchall()]
    both = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in columns)
    reached = ", ".join(f"{reached_sql(c)} AS {c.name}" for c in comparisons)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE reached AS SELECT {reached} FROM (SELECT {both} FROM "
        f"({_random_pairs_sql(connection, seed, n_pairs)}) p JOIN record l ON l.rid = p.rid_l "
        "JOIN record r ON r.rid = p.rid_r)")
    chance = {c.name: _shares(connection, c) for c in comparisons}
    connection.execute("DROP TABLE reached")
    return chance


def _random_pairs_sql(
    connection: duckdb.DuckDBPyConnection, seed: int, n_pairs: int
) -> str:
    n = connection.execute("SELECT count(*) FROM record").fetchall()[0][0]
    if n * (n - 1) / 2 <= n_pairs:
        return ("SELECT a.rid AS rid_l, b.rid AS rid_r FROM record a JOIN record b "
                "ON a.rid < b.rid")
    return (f"SELECT * FROM (SELECT 1 + hash(i, {seed}) % {n} AS rid_l, "
            f"1 + hash(i, {seed}, 'right') % {n} AS rid_r FROM range({2 * n_pairs}) t(i)) "
            "WHERE rid_l < rid_r")


def reached_sql(comparison: Comparison) -> str:
    """Return SQL for the number of the level that a pair reaches."""
    cases = " ".join(
        f"ELSE {number}" if level.condition == "ELSE" else f"WHEN {level.condition} THEN {number}"
        for number, level in enumerate(comparison.levels))
    return f"CASE {cases} END::TINYINT"


def _shares(
    connection: duckdb.DuckDBPyConnection, comparison: Comparison
) -> list[float | None]:
    counts = dict(connection.execute(
        f"SELECT {comparison.name}, count(*) FROM reached GROUP BY 1").fetchall())
    seen = {number: counts.get(number, 0) + UNSEEN
            for number, level in enumerate(comparison.levels) if not level.is_missing}
    total = sum(seen.values())
    return [seen[number] / total if number in seen else None
            for number in range(len(comparison.levels))]
