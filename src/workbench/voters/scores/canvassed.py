"""Voter IDs: what people told canvassers, through the campaign's table of codes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

HALF_LIVES_A_LIFE = 2


def create_ids(
    connection: duckdb.DuckDBPyConnection, codes: pd.DataFrame, *, as_of: dt.date
) -> None:
    """Create ``given_id``, ``held_id``, ``home_id`` and ``attempt``.

    ``given_id`` has a row an ID, with its ``position`` (1 for us, 0 against) and ``freshness``:
    it halves over half of the code's life and is 0 after it. Means are rounded, so that they do
    not hang on the order in which a database adds. ``held_id`` has a row a person
    with an ID that still holds, ``home_id`` a row a person others of whose home have one.
    IDs of a day after ``as_of`` are in ``given_id`` alone, with no freshness.
    """
    connection.register("code", codes)
    connection.execute(f"""
        CREATE TABLE given_id AS
        SELECT x.person_id, c.contact_date, coalesce(c.channel_code, '') AS channel_code,
               meaning_code, position, c.contact_id,
               date_diff('day', c.contact_date, DATE '{as_of}') AS n_days,
               CASE WHEN n_days BETWEEN 0 AND expiry_days
                    THEN pow(0.5, {HALF_LIVES_A_LIFE} * n_days / expiry_days) ELSE 0 END
                    AS freshness
        FROM canvass c JOIN crosswalk x ON x.table_name = 'canvass'
             AND x.source_name = c.source_name AND x.row_key = c.contact_id
        JOIN code d ON d.code = c.voter_id_code AND d.source_name = c.source_name
        WHERE x.person_id IN (SELECT person_id FROM elector)""")
    connection.execute("""
        CREATE TABLE held_id AS
        SELECT person_id, count(*) AS n_ids,
               round(sum(freshness * position) / sum(freshness), 6) AS position_mean,
               max(freshness) AS freshness
        FROM given_id WHERE freshness > 0 AND position IS NOT NULL GROUP BY person_id""")
    connection.execute("""
        CREATE TABLE home_id AS
        WITH home AS (SELECT household_id, count(*) AS n, sum(position_mean) AS total
                      FROM held_id JOIN elector USING (person_id) GROUP BY household_id)
        SELECT person_id, round((total - coalesce(position_mean, 0))
               / (n - (position_mean IS NOT NULL)::INT), 6) AS home_position
        FROM elector JOIN home USING (household_id) LEFT JOIN held_id USING (person_id)
        WHERE n > (position_mean IS NOT NULL)::INT""")
    connection.execute(f"""
        CREATE TABLE attempt AS
        SELECT person_id, count(*) AS n_attempts,
               count(*) FILTER (result_code = 'refused') AS n_refused
        FROM canvass c JOIN crosswalk x ON x.table_name = 'canvass'
             AND x.source_name = c.source_name AND x.row_key = c.contact_id
        WHERE contact_date <= DATE '{as_of}' GROUP BY person_id""")
