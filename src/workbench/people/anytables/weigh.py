"""Levels of agreement of the candidate pairs of any tables, and their match weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.people.anytables.compare import FIRST, LAST, SWAPPED
from workbench.people.chance import UNSEEN, reached_sql
from workbench.people.comparisons import Comparison
from workbench.people.compiled import comparison_weight_sql

if TYPE_CHECKING:
    import duckdb

LEAST_WEIGHT = -4.0
MOST_BITS = 500.0
# What two people of one home share.
AT_HOME = ("last_name", "address", "place", "seat", "phone")
# Identifiers of a person's own: where one agrees, suffixes that differ are an error.
OF_ONES_OWN = ("email", "birth_date", "voter_id", "person_number")


@dataclass(frozen=True)
class Learned:
    """A model, and what it takes to tell how rare a term is.

    ``home`` has the comparisons with what two of one home agree on, and ``home_share`` is the
    share of possible pairs that are. ``n_own`` is how many records a record's person has on
    average, itself included; ``n_filled`` is, for each comparison with a term, how many records
    have any.
    """

    model: dict[str, Any]
    home: list[dict[str, Any]]
    home_share: float
    n_own: float
    n_filled: Mapping[str, float]


def term_of(comparison: Comparison) -> str:
    """Return the column whose frequency a comparison uses, or an empty text."""
    return next((level.term for level in comparison.levels if level.term), "")


def create_levels(
    connection: duckdb.DuckDBPyConnection, compared: tuple[Comparison, ...]
) -> None:
    """Create ``level``: of each ``pair``, the number of the level that each comparison reaches.

    A column n_ and the comparison's name has how many records have the term on which the pair
    agrees, 0 where it agrees on none; of swapped names, how many would by chance.
    """
    terms = {c.name: term_of(c) for c in compared if term_of(c)}
    counts = "".join(f", count(*) OVER (PARTITION BY {term}) AS n_{name}"
                     for name, term in terms.items())
    connection.execute(f"CREATE OR REPLACE TABLE side AS SELECT *{counts} FROM record")
    columns = [row[0] for row in connection.execute("DESCRIBE side").fetchall()]
    both = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in columns)
    levels = ", ".join(f"{reached_sql(c)} AS {c.name}" for c in compared)
    agreed = "".join(f", CASE {_swapped_sql(compared) if c.name == FIRST.name else ''} WHEN "
                     f"{_with_term(c)} THEN n_{c.name}_l ELSE 0 END AS n_{c.name}"
                     for c in compared if c.name in terms)
    kept = "".join(f", n_{name}_l, n_{name}_r" for name in terms)
    names = ", ".join(c.name for c in compared)
    connection.execute(
        f"CREATE OR REPLACE TABLE level AS SELECT rid_l, rid_r, {names}{agreed} FROM (SELECT "
        f"rid_l, rid_r, {levels}{kept} FROM (SELECT {both} FROM pair p JOIN side l "
        "ON l.rid = p.rid_l JOIN side r ON r.rid = p.rid_r))")


def weigh(connection: duckdb.DuckDBPyConnection, learned: Learned) -> None:
    """Add each pair of ``level`` to ``weighed``: match_weight, and is_barred.

    The weight, without a prior, is of one person against two of one home or two strangers.
    Barred are pairs whose suffixes differ, as those of father and son do. Pairs that hardly
    agree are left out.
    """
    comparisons = learned.model["comparisons"]
    rated = "".join(_rated_sql(comparison, learned) for comparison in comparisons)
    weights = ", ".join([
        *(f"{comparison_weight_sql(_by_level(c))} AS weight_{c['output_column_name']}"
          for c in comparisons),
        *(f"{comparison_weight_sql(_by_level(c))} AS home_{c['output_column_name']}"
          for c in learned.home)])
    bits = " + ".join(f"weight_{c['output_column_name']}" for c in comparisons)
    at_home = " + ".join(f"home_{c['output_column_name']}" for c in learned.home) or "0"
    own = " OR ".join(f"weight_{name} > 0" for name in OF_ONES_OWN)
    total = (f"{bits} - log2(1 + {learned.home_share!r} * "
             f"pow(2.0, least({at_home}, {MOST_BITS})))")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS weighed (rid_l BIGINT, rid_r BIGINT, match_weight DOUBLE, "
        "is_barred BOOLEAN)")
    connection.execute(
        f"INSERT INTO weighed SELECT * FROM (SELECT rid_l, rid_r, {total} AS match_weight, "
        f"weight_suffix < 0 AND NOT ({own}) AS is_barred FROM (SELECT rid_l, rid_r, {weights} "
        f"FROM (SELECT *{rated} FROM level))) WHERE match_weight > {LEAST_WEIGHT}")


def _with_term(comparison: Comparison) -> str:
    return " OR ".join(f"{comparison.name} = {number}"
                       for number, level in enumerate(comparison.levels) if level.term)


def _swapped_sql(compared: tuple[Comparison, ...]) -> str:
    """Return SQL for how many records are expected to have names that a pair has swapped.

    These are the records with that given name times the share with that family name, of each
    the commoner of the two: Thomas James and James Thomas are two people far more often than
    Quillfeather Zoe and Zoe Quillfeather are.
    """
    names = [comparison.name for comparison in compared]
    if LAST.name not in names:
        return ""
    number = [level.words for level in FIRST.levels].index(SWAPPED)
    both = [f"greatest(n_{name}_l, n_{name}_r)" for name in (FIRST.name, LAST.name)]
    n_filled = f"(SELECT greatest(count({LAST.name}), 1) FROM record)"
    return f"WHEN {FIRST.name} = {number} THEN {both[0]} * {both[1]} / {n_filled}"


def _by_level(comparison: dict[str, Any]) -> dict[str, Any]:
    """Return a comparison whose conditions ask for the number of the level that was reached."""
    name = comparison["output_column_name"]
    levels = [{**level, "sql_condition": f"{name} = {number}"}
              for number, level in enumerate(comparison["comparison_levels"])]
    return {**comparison, "comparison_levels": levels}


def _rated_sql(comparison: dict[str, Any], learned: Learned) -> str:
    """Return SQL for the share of all records that have the term and are other people's.

    A term that nobody else has counts as if half another record had it.
    """
    name = comparison["output_column_name"]
    if name not in learned.n_filled:
        return ""
    term = next(level["tf_adjustment_column"] for level in comparison["comparison_levels"]
                if "tf_adjustment_column" in level)
    share = (f"(greatest(n_{name} - {learned.n_own!r}, 0) + {UNSEEN}) / "
             f"{max(learned.n_filled[name], 1.0)!r}")
    return f", {share} AS tf_{term}_l, {share} AS tf_{term}_r"
