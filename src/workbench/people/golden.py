"""Golden records: of all that sources say of a person, what the workbench holds to be so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.people.records import row_key_sql
from workbench.people.standardise import EARLIEST_BIRTH_YEAR
from workbench.pseudonyms import keyed_hash_sql
from workbench.tables import TABLES, table_named
from workbench.tables.people import PEOPLE

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

N_DIGITS = 16
HOME = "home_street || '|' || home_flat || '|' || coalesce(home_postcode, home_town)"


@dataclass(frozen=True)
class Part:
    """What is taken together from one record, so that it fits together.

    ``columns`` are names with SQL over ``told``; ``is_there`` tells who says it at all, and
    ``fullness`` counts how much of it; ``same`` is what two ways to write it have in common.
    """

    name: str
    columns: dict[str, str]
    is_there: str
    fullness: str = "0"
    same: str = ""


def _plain(*names: str) -> dict[str, str]:
    return {name: name for name in names}


BIRTH_YEAR = (f"CASE WHEN year(birth_date) >= {EARLIEST_BIRTH_YEAR} THEN year(birth_date) "
              f"WHEN birth_year >= {EARLIEST_BIRTH_YEAR} THEN birth_year END")
PARTS = (
    Part("number", _plain("voter_id"), "is_elector"),
    Part("names", _plain("first_name", "middle_name", "last_name", "name_suffix"),
         "first_name IS NOT NULL OR last_name IS NOT NULL",
         fullness="(last_name IS NOT NULL)::INT + (first_name IS NOT NULL)::INT "
         "+ (coalesce(length(regexp_replace(first_name, '[^\\pL]', '', 'g')), 0) > 1)::INT"),
    Part("sex", _plain("sex_code"), "sex_code <> 'unknown'"),
    Part("birth", {"birth_year": BIRTH_YEAR, "birth_date":
                   f"CASE WHEN year(birth_date) >= {EARLIEST_BIRTH_YEAR} THEN birth_date END"},
         f"({BIRTH_YEAR}) IS NOT NULL", fullness="(birth_date IS NOT NULL)::INT"),
    Part("address", {"address_line": "CASE WHEN is_address THEN address_line END",
                     **_plain("town_name", "region_code", "postcode", "home_street", "home_flat",
                              "home_postcode", "home_town")},
         "is_address OR postcode IS NOT NULL OR town_name IS NOT NULL",
         fullness="2 * is_address::INT + (postcode IS NOT NULL)::INT"),
    Part("area", _plain("area_id"), "area_id IS NOT NULL"),
    Part("seat", _plain("seat_id"), "seat_id IS NOT NULL"),
    Part("telephone", _plain("phone"), "phone_key IS NOT NULL", same="phone_key"),
    Part("mail", _plain("email"), "email_key IS NOT NULL", same="email_key"),
)


def golden_people(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], *, key: bytes
) -> pa.Table:
    """Return the table ``people``, one row a person, in order of person_id.

    Read are ``identity``, ``record``, ``row_record`` and the canonical tables, and
    ``record_person`` (rid, person, person_id). Of what is said of a person, an entry of the
    register is believed first; then what says most (both names, a whole address, a date), what
    most rows say, what was said last, what is longest, and the first in order of letters.
    Names come from one record, and so does an address. Nobody whose entry in the register
    keeps the address from others has one here, nor a household.
    """
    _create_told(connection, table_names)
    for part in PARTS:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE best_{part.name} AS {_best_sql(part)}")
    rows = connection.sql(_people_sql(key)).to_arrow_table()
    for part in PARTS:
        connection.execute(f"DROP TABLE best_{part.name}")
    connection.execute("DROP TABLE told")
    return rows.cast(PEOPLE.schema())


def _create_told(connection: duckdb.DuckDBPyConnection, table_names: list[str]) -> None:
    """Create ``told``: a row a record with its person, how many rows say it, and when last."""
    union = " UNION ALL ".join(_more_sql(name) for name in table_names)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE told AS SELECT person, n_rows, day, region_code, area_id, "
        "is_kept_secret, r.street IS NOT NULL AS is_address, "
        "r.house || ' ' || r.street AS home_street, "
        "r.flat AS home_flat, r.postcode AS home_postcode, r.town AS home_town, "
        "r.phone AS phone_key, r.email AS email_key, i.* FROM identity i "
        "JOIN record r USING (rid) "
        "JOIN record_person USING (rid) JOIN (SELECT rid, count(*) AS n_rows, max(day) AS day, "
        "min(region_code) AS region_code, min(area_id) AS area_id, bool_or(is_kept_secret) AS "
        f"is_kept_secret FROM row_record JOIN ({union}) USING (source_name, row_key) "
        "GROUP BY rid) USING (rid)")


def _more_sql(name: str) -> str:
    """Return a SELECT of what a table tells beside the identifiers, a row a row."""
    table = table_named(name)
    columns = {
        "region_code": ("region_code", "VARCHAR"), "area_id": ("area_id", "VARCHAR"),
        "day": (TABLES[name].dated_by, "DATE"),
        "is_kept_secret": ("is_address_confidential", "BOOLEAN"),
    }
    chosen = ", ".join(
        f"CAST({column if column in table.column_names else 'NULL'} AS {kind}) AS {alias}"
        for alias, (column, kind) in columns.items())
    return f'SELECT source_name, {row_key_sql(table)} AS row_key, {chosen} FROM "{name}"'


def _best_sql(part: Part) -> str:
    """Return a SELECT of the best that is said of each person who has any of it."""
    values = ", ".join(f"{sql} AS said_{name}" for name, sql in part.columns.items())
    names = [f"said_{name}" for name in part.columns]
    text = " || chr(31) || ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in names)
    back = ", ".join(f"best.said_{name} AS {name}" for name in part.columns)
    packed = ", ".join(f"{name} := {name}" for name in names)
    n_rows = "sum(n) OVER (PARTITION BY person, same)" if part.same else "n"
    return (
        f"SELECT person, {back} FROM (SELECT person, arg_min(struct_pack({packed}), row("
        "NOT is_first, -fullness, -n_rows, -coalesce(epoch(day), -1e18), -length(text), text)) "
        f"AS best FROM (SELECT *, {text} AS text, {n_rows} AS n_rows FROM "
        f"(SELECT person, {values}, {part.same or 'NULL'} AS same, "
        f"bool_or(is_elector) AS is_first, max({part.fullness}) AS fullness, sum(n_rows) AS n, "
        f"max(day) AS day FROM told WHERE {part.is_there} "
        f"GROUP BY person, same, {', '.join(names)})) GROUP BY person)")


def _people_sql(key: bytes) -> str:
    """Return the SELECT that puts the parts of every person side by side."""
    joins = " ".join(f"LEFT JOIN best_{part.name} USING (person)" for part in PARTS)
    hidden = ("address_line", "town_name", "region_code", "postcode")
    home = keyed_hash_sql(key, f"'home|' || {HOME}")
    shown = {name: f'CAST("{name}" AS {kind})' for name, kind in (
        ("n_rows", "BIGINT"), ("birth_year", "BIGINT"))}
    shown |= {name: f"CASE WHEN NOT is_kept_secret THEN {name} END" for name in hidden}
    shown["household_id"] = (f"CASE WHEN NOT is_kept_secret AND address_line IS NOT NULL THEN "
                             f"'H' || left({home}, {N_DIGITS}) END")
    columns = ", ".join(f"{shown.get(name, name)} AS {name}" for name in PEOPLE.column_names)
    return (
        f"SELECT {columns} FROM (SELECT person, any_value(person_id) AS person_id, "
        "bool_or(is_elector) AS is_elector, sum(n_rows) AS n_rows, string_agg(DISTINCT "
        "source_name, ';' ORDER BY source_name) AS source_names, "
        "coalesce(bool_or(is_kept_secret), false) AS is_kept_secret "
        "FROM told JOIN (SELECT DISTINCT person, person_id FROM record_person) USING (person) "
        f"GROUP BY person) {joins} ORDER BY person_id")
