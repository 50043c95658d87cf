"""Weigh the candidate pairs of any tables: term frequencies, and the model as one SELECT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.people.chance import UNSEEN
from workbench.people.compiled import comparison_weight_sql

if TYPE_CHECKING:
    import duckdb

LEAST_WEIGHT = -4.0
NAMES_CLASH = -1.0
# Identifiers of a person's own, of which one that agrees outweighs given names that clash.
SAVES = ("email", "birth_date", "voter_id", "person_number")


def create_sides(connection: duckdb.DuckDBPyConnection, terms: list[str]) -> None:
    """Create ``side``: ``record``, and for each term n_ and its name: how many have the same."""
    counts = "".join(f", CASE WHEN {term} IS NOT NULL THEN count(*) OVER (PARTITION BY {term}) "
                     f"END AS n_{term}" for term in terms)
    connection.execute(f"CREATE OR REPLACE TABLE side AS SELECT *{counts} FROM record")


def rate_terms(
    connection: duckdb.DuckDBPyConnection, terms: list[str], *, n_own: float
) -> None:
    """Add to ``side`` how often each term is met by chance, tf_ and its name.

    That is the share of all records that have the term and are other people's: of those that
    have it, a person has ``n_own`` on average. A term that nobody else has counts as if half
    another record had it.
    """
    shares = "".join(f", (greatest(n_{term} - {n_own!r}, 0) + {UNSEEN}) / "
                     f"nullif(count({term}) OVER (), 0) AS tf_{term}" for term in terms)
    connection.execute(f"CREATE OR REPLACE TABLE side AS SELECT *{shares} FROM side")


def sides_sql(connection: duckdb.DuckDBPyConnection, pairs: str) -> str:
    """Return a SELECT of both sides of ``pairs``, their columns ending in _l and _r."""
    columns = [row[0] for row in connection.execute("DESCRIBE side").fetchall()]
    both = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in columns)
    return (f"SELECT {both} FROM ({pairs}) p JOIN side l ON l.rid = p.rid_l "
            "JOIN side r ON r.rid = p.rid_r")


def veto_sql() -> dict[str, str]:
    """Return SQL over the weights of a pair, for what the veto asks.

    ``clashes``: the given names do. ``is_saved``: an identifier of a person's own agrees.
    ``is_barred``: the suffixes differ, as those of father and son do.
    """
    saved = " OR ".join(f"weight_{name} > 0" for name in SAVES)
    return {"clashes": f"weight_first_name < {NAMES_CLASH}", "is_saved": f"({saved})",
            "is_barred": f"(weight_suffix < 0 AND NOT ({saved}))"}


def weigh(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> None:
    """Add each ``pair`` to ``weighed``: its match weight without the prior, the veto's signs.

    Pairs that hardly agree are left out.
    """
    names = [comparison["output_column_name"] for comparison in model["comparisons"]]
    weights = ", ".join(f"{comparison_weight_sql(comparison)} AS weight_{name}"
                        for name, comparison in zip(names, model["comparisons"], strict=True))
    total = " + ".join(f"weight_{name}" for name in names)
    signs = ", ".join(f"{sql} AS {name}" for name, sql in veto_sql().items())
    connection.execute(
        "CREATE TABLE IF NOT EXISTS weighed (rid_l BIGINT, rid_r BIGINT, match_weight DOUBLE, "
        "clashes BOOLEAN, is_saved BOOLEAN, is_barred BOOLEAN)")
    connection.execute(
        f"INSERT INTO weighed SELECT * FROM (SELECT rid_l, rid_r, {total} AS match_weight, "
        f"{signs} FROM (SELECT rid_l, rid_r, {weights} FROM "
        f"({sides_sql(connection, 'SELECT * FROM pair')}))) WHERE match_weight > {LEAST_WEIGHT}")
