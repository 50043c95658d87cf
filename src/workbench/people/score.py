"""Score candidate pairs: term frequencies, match weights, and the household veto."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from workbench.people.comparisons import COMPARED, TERMS
from workbench.people.compiled import comparison_weight_sql, terms

if TYPE_CHECKING:
    import duckdb

LEAST_WEIGHT = -4.0
HOPELESS_BITS = 12.0  # a link that chance makes 4,000 times likelier is not looked at again
NAMES_CLASH = -1.0
PAIRS_AT_ONCE = 500_000

# Two of one home, or with one number, are two people where their given names clash and no
# address of their own speaks for one; so are father and son where their suffixes differ.
VETO = f"(weight_first_name < {NAMES_CLASH} AND weight_email <= 0) OR weight_suffix < 0"


def create_term_frequencies(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``side``: the records with the share of all that have the same term, a term each.

    It is a view. ``tf_<term>`` tells the share of the terms that several records have; of one
    that a single record has, it is one in the number of records that have any.
    """
    joins, shares = [], []
    for term in TERMS:
        n = connection.execute(f"SELECT count({term}) FROM record").fetchall()[0][0]
        connection.execute(
            f"CREATE OR REPLACE TABLE tf_{term} AS SELECT {term}, count(*) / {n} AS tf_{term} "
            f"FROM record WHERE {term} IS NOT NULL GROUP BY {term} HAVING count(*) > 1")
        shares.append(f"CASE WHEN {term} IS NOT NULL THEN coalesce(tf_{term}, {1 / max(n, 1)!r}) "
                      f"END AS tf_{term}")
        joins.append(f"LEFT JOIN tf_{term} USING ({term})")
    connection.execute(
        f"CREATE OR REPLACE VIEW side AS SELECT record.*, {', '.join(shares)} "
        f"FROM record {' '.join(joins)}")


def weights_sql(model: dict[str, Any], *, pairs: str = "pair") -> str:
    """Return a SELECT of rid_l, rid_r and the weight of each comparison of each of ``pairs``."""
    frequencies = [f"tf_{term}" for term in terms(model)]
    both = ", ".join([
        *(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in COMPARED),
        # Where a frequency counts the terms of both sides are the same, and so is it.
        *(f"l.{c} AS {c}_l, l.{c} AS {c}_r" for c in frequencies),
    ])
    weights = ", ".join(
        f"{comparison_weight_sql(comparison)} AS weight_{comparison['output_column_name']}"
        for comparison in model["comparisons"]
    )
    return (f"SELECT rid_l, rid_r, {weights} FROM (SELECT p.rid_l, p.rid_r, {both} FROM {pairs} "
            "p JOIN side l ON l.rid = p.rid_l JOIN record r ON r.rid = p.rid_r)")


def create_scored(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> None:
    """Create ``scored`` and ``vetoed`` from ``pair``.

    ``scored`` has rid_l, rid_r and match_weight in bits, without the prior; pairs that are
    vetoed or hardly agree are left out. ``vetoed`` has the pairs of records off the register
    that the veto forbids.
    """
    n_records, n_electors = connection.execute(
        "SELECT count(*), count(*) FILTER (is_elector) FROM record").fetchall()[0]
    weigh_pairs(connection, model, n_records=n_records, n_electors=n_electors)


def weigh_pairs(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], *, n_records: int,
    n_electors: int,
) -> None:
    """Create ``scored`` and ``vetoed`` where ``pair`` and ``side`` may be parts of the whole.

    The numbers are of the whole. Some pairs are done at a time, so that memory is bounded.
    """
    n_pairs = connection.execute("SELECT count(*) FROM pair").fetchall()[0][0]
    least = max(LEAST_WEIGHT, math.log2(n_records + 1) - HOPELESS_BITS)
    total = " + ".join(f"weight_{c['output_column_name']}" for c in model["comparisons"])
    connection.execute("CREATE OR REPLACE TABLE scored (rid_l INTEGER, rid_r INTEGER, "
                       "match_weight DOUBLE)")
    connection.execute("CREATE OR REPLACE TABLE vetoed (rid_l INTEGER, rid_r INTEGER)")
    at_once = max(PAIRS_AT_ONCE, n_records // 6)
    for start in range(0, n_pairs, at_once):
        some = f"(SELECT * FROM pair LIMIT {at_once} OFFSET {start})"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE weighed AS SELECT rid_l, rid_r, {total} AS "
            f"match_weight, ({VETO}) AS is_vetoed FROM ({weights_sql(model, pairs=some)})")
        connection.execute(
            "INSERT INTO scored SELECT rid_l, rid_r, match_weight FROM weighed "
            f"WHERE NOT is_vetoed AND match_weight > {least}")
        connection.execute(f"INSERT INTO vetoed SELECT rid_l, rid_r FROM weighed "
                           f"WHERE is_vetoed AND rid_l > {n_electors}")
    connection.execute("DROP TABLE IF EXISTS weighed")
