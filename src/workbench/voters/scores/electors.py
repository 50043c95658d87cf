"""What is known of each elector, one row a person, in the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.voters.register import AGE_BANDS, AGE_EDGES_YEARS, NOT_KNOWN, ON_REGISTER

if TYPE_CHECKING:
    import duckdb

OLDEST_YEARS = AGE_EDGES_YEARS[-1] - 1
SMOOTHING_VOTES = 25  # votes
NOT_IN_FILE = "not in file"


@dataclass(frozen=True)
class Day:
    """The day of the build, polling day, and the age from which people may vote."""

    as_of: dt.date
    polling_date: dt.date
    voting_age_years: int


def create_electors(connection: duckdb.DuckDBPyConnection, day: Day) -> None:
    """Create ``elector``: one row a person who may vote on polling day, with their entry.

    Whoever has several entries on registers is here once, with the entry that linking made
    theirs. Left out are the removed, the denied and those under age on polling day, as in
    `describe_electors`. ``of_age_date`` is the earliest day on which they can have come of age.
    """
    years = {name: _age_sql(f"DATE '{when}'") for name, when in
             (("age_years", day.as_of), ("age_polling_years", day.polling_date))}
    statuses = ", ".join(f"'{code}'" for code in ON_REGISTER)
    connection.execute(f"""
        CREATE TABLE elector AS
        WITH entry AS (
            SELECT p.person_id, p.household_id, v.*, {years['age_years']} AS age_now,
                   {years['age_polling_years']} AS age_then
            FROM voters v JOIN people p ON p.voter_id = v.voter_id
            WHERE p.is_elector AND coalesce(v.status_code, 'unknown') IN ({statuses})
            QUALIFY row_number() OVER (PARTITION BY p.person_id
                                       ORDER BY v.source_name, v.source_row) = 1)
        SELECT person_id, coalesce(household_id, person_id) AS household_id, voter_id,
               CASE WHEN age_now BETWEEN 0 AND {OLDEST_YEARS}
                    THEN greatest(age_now, {AGE_EDGES_YEARS[0]}) END::DOUBLE AS age_years,
               {_band_sql()} AS age_band, coalesce(sex_code, 'unknown') AS sex_code,
               party_code, region_code, seat_id, area_id, registration_date,
               {_of_age_sql(day)} AS of_age_date,
               coalesce(is_postal_voter, false)::DOUBLE AS is_postal,
               ln(1 + greatest(0, date_diff('day', registration_date, DATE '{day.as_of}')
                               / 365.25)) AS log_years_registered
        FROM entry WHERE coalesce(age_then, {day.voting_age_years}) >= {day.voting_age_years}
        ORDER BY person_id""")


def create_consumer(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``bought``: one row a person whom a consumer file knows."""
    connection.execute("""
        CREATE TABLE bought AS
        SELECT person_id, min(tenure_code) AS tenure_code,
               min(try_cast(income_band_code AS DOUBLE)) AS income_band,
               min(concat_ws(' of ', classification_code, classification_version)) AS type_code
        FROM consumer t JOIN crosswalk x ON x.table_name = 'consumer'
             AND x.source_name = t.source_name AND x.row_key = t.consumer_id
        GROUP BY person_id""")


def create_ties(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``tie``: one row a person who gave, or whose number or account we hold."""
    connection.execute("""
        CREATE TABLE tie AS
        SELECT person_id, max((table_name = 'donations')::INT)::DOUBLE AS has_given,
               max((table_name = 'mobile_contacts')::INT)::DOUBLE AS has_mobile,
               max((table_name = 'social_users')::INT)::DOUBLE AS has_account
        FROM crosswalk WHERE table_name IN ('donations', 'mobile_contacts', 'social_users')
        GROUP BY person_id""")


def create_places(connection: duckdb.DuckDBPyConnection, our_party_code: str) -> None:
    """Create ``area_lean`` and ``seat_lean``: log-odds of our share at the last result on file.

    A place of few votes is drawn towards the whole by votes that are added to it.
    """
    for name, key in (("area", "area_id"), ("seat", "seat_id")):
        connection.execute(f"""
            CREATE TABLE {name}_lean AS
            WITH last AS (SELECT * FROM {name}_results WHERE election_date =
                          (SELECT max(election_date) FROM {name}_results)),
            whole AS (SELECT sum(n_votes) FILTER (party_code = $ours) / sum(n_votes) AS share
                      FROM last),
            place AS (SELECT {key}, sum(n_votes) AS n, coalesce(
                      sum(n_votes) FILTER (party_code = $ours), 0) AS ours
                      FROM last GROUP BY {key})
            SELECT {key}, (ours + {SMOOTHING_VOTES} * share)
                          / (n + {SMOOTHING_VOTES}) AS s, ln(s / (1 - s)) AS lean
            FROM place, whole WHERE share > 0 AND share < 1""", {"ours": our_party_code})


def create_features(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``feature``: one row an elector with all that scores are learned from."""
    named = {"elector": ("age_band", "sex_code", "party_code", "region_code"),
             "bought": ("tenure_code", "type_code")}
    for table, columns in named.items():
        for column in columns:
            connection.execute(
                f"CREATE TYPE {column}_level AS ENUM (SELECT DISTINCT {column} FROM {table} "
                f"WHERE {column} IS NOT NULL UNION SELECT '{NOT_IN_FILE}' ORDER BY 1)")
    levels = ", ".join(f"{column}::{column}_level AS {column}" for column in named["elector"])
    connection.execute(f"""
        CREATE TABLE feature AS
        SELECT e.* REPLACE ({levels}), income_band,
               coalesce(tenure_code, '{NOT_IN_FILE}')::tenure_code_level AS tenure_code,
               coalesce(type_code, '{NOT_IN_FILE}')::type_code_level AS type_code,
               coalesce(has_given, 0) AS has_given, coalesce(has_mobile, 0) AS has_mobile,
               coalesce(has_account, 0) AS has_account,
               coalesce(a.lean, s.lean) AS area_lean, s.lean AS seat_lean,
               coalesce(n_attempts, 0) AS n_attempts, coalesce(n_refused, 0) AS n_refused,
               coalesce(held_id.n_ids, 0) AS n_ids, position_mean, freshness, home_position,
               v.person_id IS NOT NULL AS has_id,
               m.* EXCLUDE (person_id), h.* EXCLUDE (person_id)
        FROM elector e LEFT JOIN bought USING (person_id) LEFT JOIN tie USING (person_id)
        LEFT JOIN area_lean a ON a.area_id = e.area_id
        LEFT JOIN seat_lean s ON s.seat_id = e.seat_id
        LEFT JOIN attempt USING (person_id) LEFT JOIN held_id USING (person_id)
        LEFT JOIN home_id USING (person_id) LEFT JOIN mark m USING (person_id)
        LEFT JOIN home_vote h USING (person_id) LEFT JOIN voter_id_row v USING (person_id)
        ORDER BY person_id""")


def _age_sql(day: str) -> str:
    return (f"coalesce(date_sub('year', v.birth_date, {day}), year({day}) - v.birth_year, "
            "v.age_years)")


def _of_age_sql(day: Day) -> str:
    """Return the earliest day of coming of age: of a birth date, a birth year, or an age."""
    years = day.voting_age_years
    return (f"coalesce(birth_date::DATE + INTERVAL {years} YEAR, "
            f"make_date(birth_year::BIGINT + {years}, 1, 1), "
            f"CASE WHEN age_now IS NOT NULL THEN DATE '{day.as_of}' "
            f"- to_years(greatest(0, age_now - {years} + 1)::INT) END)::DATE")


def _band_sql() -> str:
    cases = " ".join(f"WHEN age_now < {edge} THEN '{band}'" for edge, band in
                     zip(AGE_EDGES_YEARS[1:], AGE_BANDS, strict=True))
    return f"CASE WHEN age_now IS NULL OR age_now < 0 THEN '{NOT_KNOWN}' {cases} " \
           f"ELSE '{NOT_KNOWN}' END"
