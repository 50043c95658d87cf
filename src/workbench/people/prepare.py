"""Prepare records for linking: standard identifiers, one record for rows that say the same."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from workbench.people import standardise
from workbench.people.records import IDENTIFIERS, identity_sql

if TYPE_CHECKING:
    import duckdb


def load_nicknames(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``nickname``: a row a written form, with the formal names it may stand for."""
    formals: dict[str, set[str]] = {}
    text = files("workbench.people").joinpath("nicknames.txt").read_text(encoding="utf-8")
    for formal, _, forms in (line.partition(":") for line in text.splitlines() if ":" in line):
        for form in (formal, *forms.split()):
            formals.setdefault(form, set()).add(formal)
    connection.execute("CREATE TABLE nickname (form VARCHAR, formals VARCHAR[])")
    connection.executemany(
        "INSERT INTO nickname VALUES (?, ?)",
        [(form, sorted(names)) for form, names in sorted(formals.items())],
    )


def create_records(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], *, as_of_year: int
) -> None:
    """Create ``record`` (one row a distinct identity in a source) and ``row_record``.

    ``row_record`` has source_name, row_key and the rid of the record of every row, so that no
    row is lost. Ages are turned into birth years by ``as_of_year``, the year of the files.
    """
    union = " UNION ALL ".join(identity_sql(name) for name in table_names)
    names = ", ".join(f'"{name}"' for name in IDENTIFIERS)
    connection.execute(f"CREATE TABLE written AS {union}")
    connection.execute(
        f"CREATE TABLE identity AS SELECT row_number() OVER (ORDER BY source_name, first_key) "
        f"AS rid, * FROM (SELECT source_name, is_elector, {names}, min(row_key) AS first_key "
        f"FROM written GROUP BY ALL)"
    )
    same = " AND ".join(f'i."{name}" IS NOT DISTINCT FROM w."{name}"' for name in IDENTIFIERS)
    connection.execute(
        "CREATE TABLE row_record AS SELECT w.source_name, w.row_key, i.rid FROM written w "
        f"JOIN identity i ON i.source_name = w.source_name AND {same}"
    )
    connection.execute("DROP TABLE written")
    connection.execute(_record_sql(as_of_year))


def _record_sql(as_of_year: int) -> str:
    s = standardise
    return f"""
    CREATE TABLE record AS
    WITH plain AS (
        SELECT *, {s.letters('first_name')} AS first_words, {s.letters('last_name')} AS last_words,
            {s.letters('middle_name')} AS middle_words, {s.address_text('address_line')} AS address
        FROM identity
    ), parted AS (
        SELECT *, {s.given_name('first_words')} AS first_token,
            {s.house_number('address')} AS house, {s.street_name('address')} AS street,
            coalesce({s.flat_number('address')}, '') AS flat
        FROM plain
    )
    SELECT rid, source_name, is_elector, voter_id,
        CASE WHEN length(first_token) > 1 THEN first_token END AS first_name,
        left(first_token, 1) AS first_initial,
        coalesce(n.formals, CASE WHEN length(first_token) > 1 THEN [first_token] END) AS formals,
        coalesce(n.formals[1], CASE WHEN length(first_token) > 1 THEN first_token END)
            AS first_root,
        left(middle_words, 1) AS middle_initial,
        {s.family_name('last_words')} AS last_name,
        coalesce({s.suffix_code('name_suffix')},
            {s.suffix_code("nullif(regexp_extract(last_words, ' ([a-z]+)$', 1), '')")}) AS suffix,
        CASE WHEN year(birth_date) >= {s.EARLIEST_BIRTH_YEAR} THEN birth_date END AS birth_date,
        {_birth_sql('low', as_of_year)} AS birth_low,
        {_birth_sql('high', as_of_year)} AS birth_high,
        CASE WHEN sex_code IN ('female', 'male') THEN sex_code END AS sex_code,
        house, street, flat, CASE WHEN house IS NOT NULL AND street IS NOT NULL
            THEN concat_ws(' ', house, street) END AS house_street,
        nullif({s.letters('town_name')}, '') AS town, {s.postcode_key('postcode')} AS postcode,
        seat_id, {s.phone_digits('phone')} AS phone, {s.email_address('email')} AS email
    FROM parted LEFT JOIN nickname n ON n.form = first_token
    """


def _birth_sql(end: str, as_of_year: int) -> str:
    """Return SQL for the first or last year of birth that a record allows."""
    band = r"regexp_extract(age_band_code, '^([0-9]+)(?:-([0-9]+)|[+])$', ['from', 'to'])"
    if end == "low":
        aged = f"{as_of_year} - age_years - 1"
        banded = f"{as_of_year} - TRY_CAST({band}['to'] AS BIGINT) - 1"
    else:
        aged, banded = (f"{as_of_year} - age_years",
                        f"{as_of_year} - TRY_CAST({band}['from'] AS BIGINT)")
    year = f"CASE WHEN birth_year >= {standardise.EARLIEST_BIRTH_YEAR} THEN birth_year END"
    return (f"coalesce(CASE WHEN year(birth_date) >= {standardise.EARLIEST_BIRTH_YEAR} "
            f"THEN year(birth_date) END, {year}, {aged}, {banded})")
