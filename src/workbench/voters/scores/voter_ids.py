"""VOTER_IDS: what each person last told us, by a stated rule where they contradict themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.tables.results import VOTER_IDS

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

RECENT_DAYS = 30
# Who is counted: everybody who is scored; of the answers, those that named a party.
SCORED, ANSWERS = "scored electors", "answers to polls"


def voter_id_rows(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return rows of VOTER_IDS: a row a person with an ID that still holds.

    The newest day's ID counts. Where IDs of that day are not one, the meaning is undecided.
    ``is_contradicted``: IDs that still hold speak both for and against us.
    """
    rows = connection.sql("""
        WITH known AS (
            SELECT *, max(contact_date) OVER (PARTITION BY person_id) AS last
            FROM given_id WHERE freshness > 0)
        SELECT person_id,
               CASE WHEN count(DISTINCT meaning_code) FILTER (contact_date = last) > 1
                    THEN 'undecided'
                    ELSE min(meaning_code) FILTER (contact_date = last) END AS meaning_code,
               max(contact_date) AS contact_date, count(*) AS n_ids,
               round(sum(freshness * position) / sum(freshness) FILTER (position IS NOT NULL), 4)
                   AS position_share,
               round(max(freshness), 4) AS freshness_share,
               coalesce(max(position) > 0.5 AND min(position) < 0.5, false) AS is_contradicted
        FROM known GROUP BY person_id ORDER BY person_id""").to_arrow_table()
    return rows.select(list(VOTER_IDS.column_names)).cast(VOTER_IDS.schema())


def id_figures(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return exact figures of IDs: all, held, expired, of a day to come, recent, by meaning."""
    n_all, n_held, n_future, n_recent, n_people = connection.execute(
        "SELECT count(*), count(*) FILTER (freshness > 0), count(*) FILTER (n_days < 0), "
        "count(*) FILTER (n_days BETWEEN 0 AND $days), count(DISTINCT person_id) FILTER "
        "(freshness > 0) FROM given_id", {"days": RECENT_DAYS}).fetchall()[0]
    meanings = connection.execute(
        "SELECT meaning_code, count(*), count(*) FILTER (is_contradicted) FROM voter_id_row "
        "GROUP BY ALL ORDER BY ALL").fetchall()
    bare = connection.execute(
        "SELECT region_code FROM elector LEFT JOIN held_id USING (person_id) WHERE region_code "
        "IS NOT NULL GROUP BY ALL HAVING count(n_ids) = 0 ORDER BY ALL").fetchall()
    return {
        "n_ids": n_all, "n_held": n_held, "n_future": n_future,
        "n_expired": n_all - n_held - n_future, "n_recent": n_recent, "n_people": n_people,
        "meanings": [{"meaning_code": m, "n_people": n, "n_contradicted": c}
                     for m, n, c in meanings],
        "regions_without": [str(region) for (region,) in bare],
    }
