"""Score candidate pairs: term frequencies, match weights, and the household veto."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from workbench.people.compiled import comparison_weight_sql, terms

if TYPE_CHECKING:
    import duckdb

LEAST_WEIGHT = -4.0
HOPELESS_BITS = 12.0  # a link that chance makes 4,000 times likelier is not looked at again
NAMES_CLASH = -1.0

# Two of one home, or with one number, are two people where their given names clash and no
# address of their own speaks for one; so are father and son where their suffixes differ.
VETO = f"(weight_first_name < {NAMES_CLASH} AND weight_email <= 0) OR weight_suffix < 0"


def create_term_frequencies(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any]
) -> None:
    """Create ``side``: the records with the share of all that have the same term, a term each."""
    joins = []
    for term in terms(model):
        connection.execute(
            f"CREATE OR REPLACE TABLE tf_{term} AS SELECT {term}, count(*) / sum(count(*)) OVER "
            f"() AS tf_{term} FROM record WHERE {term} IS NOT NULL GROUP BY {term}"
        )
        joins.append(f"LEFT JOIN tf_{term} USING ({term})")
    connection.execute(f"CREATE OR REPLACE TABLE side AS SELECT * FROM record {' '.join(joins)}")


def weights_sql(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> str:
    """Return a SELECT of rid_l, rid_r and the weight of each comparison of each ``pair``."""
    columns = [row[0] for row in connection.execute("DESCRIBE side").fetchall()]
    both = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in columns if c != "rid")
    weights = ", ".join(
        f"{comparison_weight_sql(comparison)} AS weight_{comparison['output_column_name']}"
        for comparison in model["comparisons"]
    )
    return (f"SELECT rid_l, rid_r, {weights} FROM (SELECT p.rid_l, p.rid_r, {both} FROM pair p "
            "JOIN side l ON l.rid = p.rid_l JOIN side r ON r.rid = p.rid_r)")


def create_scored(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], *, n_records: int | None = None
) -> None:
    """Create ``scored`` and ``vetoed`` from ``pair``.

    ``scored`` has rid_l, rid_r and match_weight in bits, without the prior; pairs that are
    vetoed or hardly agree are left out. ``vetoed`` has the pairs of records off the register
    that the veto forbids. ``n_records`` is of the whole, where ``record`` is a part of it.
    """
    if n_records is None:
        n_records = connection.execute("SELECT count(*) FROM record").fetchall()[0][0]
    least = max(LEAST_WEIGHT, math.log2(n_records + 1) - HOPELESS_BITS)
    total = " + ".join(f"weight_{c['output_column_name']}" for c in model["comparisons"])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE weighed AS SELECT rid_l, rid_r, {total} AS match_weight, "
        f"({VETO}) AS is_vetoed FROM ({weights_sql(connection, model)})"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE scored AS SELECT rid_l, rid_r, match_weight FROM weighed "
        f"WHERE NOT is_vetoed AND match_weight > {least}"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE vetoed AS SELECT rid_l, rid_r FROM weighed w "
        "ANTI JOIN (SELECT rid FROM record WHERE is_elector) e ON e.rid = w.rid_l "
        "ANTI JOIN (SELECT rid FROM record WHERE is_elector) f ON f.rid = w.rid_r "
        "WHERE is_vetoed"
    )
    connection.execute("DROP TABLE weighed")
