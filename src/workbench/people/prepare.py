"""Prepare records for linking: standard identifiers, one record for rows that say the same."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from workbench.people import standardise
from workbench.people.reading import Reading, load_phone_number
from workbench.people.records import IDENTIFIERS, REGISTER, identity_sql

if TYPE_CHECKING:
    import duckdb

_NAMES = ", ".join(f'"{name}"' for name in IDENTIFIERS)
SAME_RECORD = f"hash(source_name, {_NAMES})"
NOT_TRIED = "fsst,zstd,dictionary,alp,alprd,chimp,patas,roaring"
ITS_OWN = "VARCHAR USING COMPRESSION uncompressed"


def load_nicknames(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``nickname``: a row a written form, with the formal names it may stand for."""
    formals: dict[str, set[str]] = {}
    text = files("workbench.people").joinpath("nicknames.txt").read_text(encoding="utf-8")
    for formal, _, forms in (line.partition(":") for line in text.splitlines() if ":" in line):
        for form in (formal, *forms.split()):
            formals.setdefault(form, set()).add(formal)
    connection.execute(
        "CREATE TABLE nickname AS SELECT unnest(?::VARCHAR[]) AS form, "
        "unnest(?::VARCHAR[][]) AS formals",
        [sorted(formals), [sorted(formals[form]) for form in sorted(formals)]],
    )


def create_records(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], *, reading: Reading
) -> None:
    """Create ``row_record``, ``identity`` and ``record`` from the canonical tables.

    ``row_record`` has source_name, row_key and the rid of every row, so that no row is lost.
    ``identity`` (a view) has one row a distinct identity in a source, as it was written; an
    entry of the register stands for itself. ``rid`` numbers them, the register's first, in an
    order that the order of the files does not change. ``record`` has the standard identifiers
    by rid.
    """
    connection.execute(f"CREATE OR REPLACE TEMP VIEW written AS {written_sql(table_names)}")
    standardise_written(connection, reading=reading)


def written_sql(table_names: list[str]) -> str:
    """Return a SELECT of the rows of all tables; ``h`` is one number for one identity."""
    return " UNION ALL ".join(f"SELECT *, {_hash_sql(name)} AS h FROM ({identity_sql(name)})"
                              for name in table_names)


def standardise_written(connection: duckdb.DuckDBPyConnection, *, reading: Reading) -> None:
    """Create ``row_record``, ``identity_row``, ``identity`` and ``record`` from ``written``."""
    s = standardise
    _number_rows(connection)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW identity AS SELECT rid, source_name, is_elector, {_NAMES}, "
        f"{s.house_ahead('address_line')} AS ahead, {s.after_house('address_line')} AS rest "
        "FROM written w JOIN identity_row n ON n.h = w.h AND n.first_row = hash(w.row_key)")
    _create_spellings_of_names(connection)
    _create_spellings(connection, "place", "town_name",
                      f"nullif({s.letters('town_name')}, '') AS town")
    _create_spellings(connection, "post", "postcode", f"{s.postcode_key('postcode')} AS postcode")
    _create_streets(connection)
    load_phone_number(connection, reading.country_code)
    _create_record(connection, reading.as_of_year)
    for name in ("given", "family", "middle", "ending", "place", "post", "street"):
        connection.execute(f"DROP TABLE {name}")


def _number_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``row_record``, and ``identity_row``: an identity, with the hash of one of its rows.

    A row of the register is an identity of its own, rows of other sources with one hash share
    one.
    """
    connection.execute("CREATE TEMP TABLE keyed_row AS SELECT source_name, row_key, is_elector, h "
                       "FROM written")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE identity_row AS SELECT h, first_row, row_number() OVER "
        "(ORDER BY NOT is_elector, h)::INTEGER AS rid FROM (SELECT h, is_elector, "
        "min(hash(row_key)) AS first_row FROM keyed_row GROUP BY h, is_elector)")
    connection.execute(
        f"CREATE TABLE row_record (source_name VARCHAR, row_key {ITS_OWN}, rid INTEGER)")
    connection.execute("INSERT INTO row_record SELECT source_name, row_key, rid "
                       "FROM keyed_row JOIN identity_row USING (h)")
    connection.execute("DROP TABLE keyed_row")


def compress(connection: duckdb.DuckDBPyConnection) -> None:
    """Compress what lies in memory: a fifth of the space, and keys are found faster in it.

    Only methods that pay here are tried.
    """
    connection.execute(f"SET disabled_compression_methods = '{NOT_TRIED}'")
    connection.execute("CHECKPOINT")
    connection.execute("RESET disabled_compression_methods")


def _create_spellings_of_names(connection: duckdb.DuckDBPyConnection) -> None:
    s = standardise
    _create_spellings(connection, "given", "first_name", f"{s.letters('first_name')} AS words")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE given AS SELECT written, token, n.formals FROM (SELECT "
        f"written, {s.given_name('words')} AS token FROM given) LEFT JOIN nickname n "
        "ON n.form = token")
    _create_spellings(connection, "family", "last_name", f"{s.letters('last_name')} AS words")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE family AS SELECT written, "
        f"{s.family_name('words')} AS last_name, {s.suffix_behind('words')} AS suffix FROM family")
    _create_spellings(connection, "middle", "middle_name",
                      f"left({s.letters('middle_name')}, 1) AS middle_initial")
    _create_spellings(connection, "ending", "name_suffix",
                      f"{s.suffix_code('name_suffix')} AS suffix")


def _hash_sql(name: str) -> str:
    """Return SQL for a number that rows share which are one record."""
    return "hash(source_name, row_key)" if name == REGISTER else SAME_RECORD


def _create_spellings(
    connection: duckdb.DuckDBPyConnection, name: str, column: str, columns: str
) -> None:
    """Create a table of each spelling of a column, ``written``, and what it stands for."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {column} AS written, {columns} FROM "
        f"(SELECT DISTINCT {column} FROM written WHERE {column} IS NOT NULL)")


def _create_streets(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``street``: each address without the house number before it, in parts."""
    s = standardise
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE street AS SELECT rest, is_ahead, "
        f"CASE WHEN is_ahead THEN NULL ELSE {s.house_number('words')} END AS house, "
        f"CASE WHEN is_ahead THEN {s.without_flat('words')} ELSE {s.street_name('words')} END "
        f"AS street, coalesce({s.flat_number('words')}, '') AS flat FROM (SELECT rest, is_ahead, "
        f"{s.address_text('rest')} AS words FROM (SELECT DISTINCT "
        f"{s.after_house('address_line')} AS rest, {s.house_ahead('address_line')} IS NOT NULL "
        "AS is_ahead FROM written WHERE address_line IS NOT NULL))")


def _create_record(connection: duckdb.DuckDBPyConnection, as_of_year: int) -> None:
    """Create ``record``. What nearly every record has for itself alone is not compressed."""
    s = standardise
    chosen = {
        "rid": ("INTEGER", "rid"), "source_name": ("VARCHAR", "source_name"),
        "is_elector": ("BOOLEAN", "is_elector"), "voter_id": (ITS_OWN, "voter_id"),
        "first_name": ("VARCHAR", "CASE WHEN length(token) > 1 THEN token END"),
        "first_initial": ("VARCHAR", "left(token, 1)"),
        "formals": ("VARCHAR[]",
                    "coalesce(nicknames, CASE WHEN length(token) > 1 THEN [token] END)"),
        "first_root": ("VARCHAR",
                       "coalesce(nicknames[1], CASE WHEN length(token) > 1 THEN token END)"),
        "middle_initial": ("VARCHAR", "middle_initial"), "last_name": ("VARCHAR", "family_name"),
        "suffix": ("VARCHAR", "suffix"),
        "birth_date": ("DATE", f"CASE WHEN year(birth_date) >= {s.EARLIEST_BIRTH_YEAR} "
                       "THEN birth_date END"),
        "birth_low": ("SMALLINT", _birth_sql("low", as_of_year)),
        "birth_high": ("SMALLINT", _birth_sql("high", as_of_year)),
        "sex_code": ("VARCHAR", "CASE WHEN sex_code IN ('female', 'male') THEN sex_code END"),
        "house": ("VARCHAR", "house"), "street": ("VARCHAR", "street"),
        "flat": ("VARCHAR", "flat"), "town": ("VARCHAR", "town"),
        "postcode": ("VARCHAR", "post_key"), "seat_id": ("VARCHAR", "seat_id"),
        "phone": (ITS_OWN, "phone_number(phone)"),
        "email": (ITS_OWN, s.email_address("email")),
    }
    kinds = ", ".join(f"{name} {kind}" for name, (kind, _) in chosen.items())
    values = ", ".join(f"{sql} AS {name}" for name, (_, sql) in chosen.items())
    connection.execute(f"CREATE TABLE record ({kinds})")
    for which in ("is_elector", "NOT is_elector"):  # not all of it uncompressed at a time
        connection.execute(f"INSERT INTO record SELECT {values} FROM ({LOOKED_UP} WHERE {which})")
        compress(connection)


LOOKED_UP = """
    SELECT i.*, g.token, g.formals AS nicknames, f.last_name AS family_name, p.town,
        m.middle_initial, coalesce(e.suffix, f.suffix) AS suffix, o.postcode AS post_key,
        coalesce(i.ahead, t.house) AS house, t.street, coalesce(t.flat, '') AS flat
    FROM identity i LEFT JOIN given g ON g.written = i.first_name
    LEFT JOIN family f ON f.written = i.last_name
    LEFT JOIN middle m ON m.written = i.middle_name
    LEFT JOIN ending e ON e.written = i.name_suffix
    LEFT JOIN place p ON p.written = i.town_name LEFT JOIN post o ON o.written = i.postcode
    LEFT JOIN street t ON t.rest = i.rest AND t.is_ahead = (i.ahead IS NOT NULL)
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
