"""Who was erased: the keyed hashes that a person leaves behind, and the rows that they know again.

A row is known again by forms: texts of standard identifiers, such as an address of e-mail and a
first name. Only keyed hashes of forms are kept. What a form says must stay as it is, or lists of
earlier versions of the workbench know nobody any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.people.identity import standard_sql, telling_columns
from workbench.people.prepare import load_nicknames
from workbench.people.reading import load_phone_number
from workbench.people.records import REGISTER, row_key_sql
from workbench.pseudonyms import keyed_hash, keyed_hash_sql
from workbench.tables import TABLES, Table, table_named

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

KNOWN_TABLES = tuple(name for name, table in TABLES.items() if table.names_people)
MARK = "the key of the list of erased people"
_PART = "\x1f"
LAST, FIRST = "'last'", "'first'"
Forms = set[tuple[str, str]]


def mark_of(key: bytes) -> tuple[str, str]:
    """Return the entry that tells with which key a list was made: its hash and kind.

    >>> mark_of(b"secret")[1]
    'key'
    """
    return keyed_hash(key, MARK), "key"


def load_erased(
    connection: duckdb.DuckDBPyConnection, erased_keys: Iterable[str], *, country_code: str
) -> None:
    """Make ``erased``, a row a hash, and once in a database what standardising needs.

    Telephone numbers are read as dialled from ``country_code``.
    """
    keys = pd.DataFrame({"erased_key": pd.Series(sorted(erased_keys), dtype="str")})
    connection.register("erased_given", keys)
    connection.execute(
        "CREATE OR REPLACE TABLE erased AS SELECT CAST(erased_key AS VARCHAR) AS erased_key "
        "FROM erased_given")
    connection.unregister("erased_given")
    if not connection.execute("FROM duckdb_tables() WHERE table_name = 'nickname'").fetchall():
        load_nicknames(connection)
        load_phone_number(connection, country_code)


def is_erased(
    connection: duckdb.DuckDBPyConnection, rows: pa.Table, table_name: str, *, key: bytes
) -> npt.NDArray[np.bool_]:
    """Return which rows of a canonical table are of somebody who was erased.

    ``connection`` has had ``load_erased``. A row is known again as the same row of its source,
    or by a number of the register, an address of e-mail or an account, unless it names somebody
    else; by a telephone, a day of birth or a home only together with the name.
    """
    mask = np.zeros(len(rows), bool)
    if table_name in KNOWN_TABLES and len(rows):
        mask[found_keys(connection, rows, table_name, key=key)["place"].to_numpy()] = True
    return mask


def found_keys(
    connection: duckdb.DuckDBPyConnection, rows: pa.Table, table_name: str, *, key: bytes,
    has_claims: bool = False,
) -> pd.DataFrame:
    """Return the hashes of ``erased`` that rows have: place (of the row, from 0), erased_key.

    With ``has_claims`` a row also claims what it would not be known by, being somebody's with
    a name: a number of the register that is its own, and its address of e-mail.
    """
    table, numbered = table_named(table_name), _numbered(rows)
    with _registered(connection, numbered):
        places = connection.execute(_worth_looking_sql(table, key)).fetchnumpy()["place"]
    if not len(places):
        return pd.DataFrame({"place": np.empty(0, np.int64), "erased_key": pd.Series(dtype="str")})
    with _registered(connection, numbered.take(np.asarray(places))):
        return connection.execute(f"""
            WITH standard AS ({standard_sql(table)}),
            form AS (SELECT place, unnest(list_filter({_row_forms(table_name, has_claims)},
                lambda f: f IS NOT NULL)) AS form FROM standard),
            hashed AS (SELECT place, {keyed_hash_sql(key, 'form')} AS erased_key FROM form)
            SELECT DISTINCT place, erased_key FROM hashed SEMI JOIN erased USING (erased_key)
            ORDER BY place, erased_key""").df()


def standard_rows(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]
) -> list[dict[str, Any]]:
    """Return what rows of canonical tables, by its name, say of who somebody is, as standard.

    One dict a row; identity.standard_sql tells its keys. It is meant for one person's rows.
    """
    rows: list[dict[str, Any]] = []
    for name, part in sorted(tables.items()):
        with _registered(connection, _numbered(part)):
            rows += connection.sql(standard_sql(table_named(name))).to_arrow_table().to_pylist()
    return rows


def erased_keys(rows: list[dict[str, Any]], *, key: bytes) -> pd.DataFrame:
    """Return the hashes by which a person would be known again: erased_key and kind_code.

    ``rows`` are all standard rows of the person. The person's names, telephones and homes are
    combined over them, so that a row in a file to come is known that puts together what two
    files of today say apart.
    """
    parts = _parts_of(rows)
    forms = _own_rows(rows) | _person_forms(parts) | _single_parts(rows, parts)
    keys = {keyed_hash(key, text): kind for kind, text in sorted(forms)}
    return pd.DataFrame({
        "erased_key": pd.Series(sorted(keys), dtype="str"),
        "kind_code": pd.Series([keys[name] for name in sorted(keys)], dtype="str"),
    })


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> Iterator[None]:
    connection.register("erasure_rows", rows)
    try:
        yield
    finally:
        connection.unregister("erasure_rows")


def _numbered(rows: pa.Table) -> pa.Table:
    return rows.append_column("erasure_place", [np.arange(len(rows))])


def _worth_looking_sql(table: Table, key: bytes) -> str:
    """Return SQL for the rows that have one part of what some erased person is known by.

    Each different text is standardised and hashed once. Rows that have none of the columns are
    known by their key alone.
    """
    told = telling_columns(table)
    looks = [
        f"""SELECT erasure_place AS place FROM erasure_rows WHERE "{name}" IN (
            SELECT raw FROM (SELECT raw, {keyed_hash_sql(key, _sql('part', f"'{what}'", sql))}
                AS erased_key FROM (SELECT DISTINCT "{name}" AS raw, "{name}"
                FROM erasure_rows WHERE "{name}" IS NOT NULL)) SEMI JOIN erased
                USING (erased_key))"""
        for name, what, sql in told
    ]
    form = _sql("part", "'row'", "source_name", row_key_sql(table))
    is_bare = " AND ".join(f"({sql}) IS NULL" for *_, sql in told)
    looks.append(
        f"SELECT place FROM (SELECT erasure_place AS place, {keyed_hash_sql(key, form)} "
        f"AS erased_key FROM erasure_rows WHERE {is_bare}) SEMI JOIN erased USING (erased_key)")
    return f"SELECT DISTINCT place FROM ({' UNION ALL '.join(looks)}) ORDER BY place"


def _row_forms(table_name: str, has_claims: bool) -> str:
    """Return SQL for the list of forms of a standard row; some are NULL."""
    is_nameless = "last_name IS NULL AND len(tokens) = 0"
    names = "coalesce(last_name, '')", "coalesce(suffix, '')"
    single = [
        _sql("row", "source_name", "'key'", "row_key", names[0], "coalesce(given, '')"),
        _sql("row", "source_name", "'all'", "said"),
        f"CASE WHEN {is_nameless} THEN {_sql('voter_id', 'voter_id')} END",
        _sql("voter_id", "voter_id", LAST, "last_name"),
        f"CASE WHEN {is_nameless} THEN {_sql('email', 'email')} END",
        f"CASE WHEN len(tokens) = 0 THEN {_sql('email', 'email', LAST, 'last_name')} END",
    ]
    if has_claims:
        single.append(_sql("email", "email"))
    if has_claims and table_name == REGISTER:
        single.append(_sql("voter_id", "voter_id"))
    each = [
        _sql("voter_id", "voter_id", FIRST, "t"), _sql("email", "email", FIRST, "t"),
        _sql("phone_name", "phone", "t", *names), _sql("phone_name", "dialled", "t", *names),
        _sql("name_birth", "birth_date", "t", "last_name", names[1]),
        _sql("name_home", "home", "t", "last_name", names[1], "coalesce(flat, '')"),
    ]
    lists = [f"[{', '.join(single)}]",
             f"list_transform(accounts, lambda a: {_sql('social_user_id', 'a')})"]
    lists += [f"list_transform(tokens, lambda t: {form})" for form in each]
    return f"flatten([{', '.join(lists)}])"


def _sql(kind: str, *parts: str) -> str:
    """Return SQL for a form, NULL where a part of it is."""
    return " || chr(31) || ".join([f"'{kind}'", *(f"({part})" for part in parts)])


def _form(kind: str, *parts: str) -> tuple[str, str]:
    return kind, _PART.join((kind, *parts))


def _own_rows(rows: list[dict[str, Any]]) -> Forms:
    """Return the forms of rows as what they are in their sources."""
    forms: Forms = set()
    for row in rows:
        names = row["last_name"] or "", row["given"] or ""
        if row["row_key"]:
            forms.add(_form("row", row["source_name"], "key", row["row_key"], *names))
        if row["said"]:
            forms.add(_form("row", row["source_name"], "all", row["said"]))
    return forms


def _parts_of(rows: list[dict[str, Any]]) -> dict[str, set[Any]]:
    """Return what is said of a person in all of the rows, by column."""
    parts = {name: {row[name] for row in rows if row[name]}
             for name in ("voter_id", "last_name", "suffix", "birth_date", "phone", "email")}
    parts["phone"] |= {row["dialled"] for row in rows if row["dialled"]}
    parts["token"] = {token for row in rows for token in row["tokens"]}
    parts["initial"] = {f"{row['given'][0]}." for row in rows if row["given"]}
    parts["account"] = {account for row in rows for account in row["accounts"]}
    parts["home"] = {
        (home, flat) for row in rows for home in (row["home"], row["town_home"]) if home
        for flat in (row["flat"] or "", "")
    }
    return parts


def _single_parts(rows: list[dict[str, Any]], parts: dict[str, set[Any]]) -> Forms:
    """Return the forms of identifiers alone: they make a row worth looking at, and no more."""
    forms = {_form("part", "row", row["source_name"], row["row_key"])
             for row in rows if row["row_key"]}
    names = ("voter_id", "email", "phone", "last_name", "account")
    return forms | {_form("part", name, one) for name in names for one in parts[name]}


def _person_forms(parts: dict[str, set[Any]]) -> Forms:
    """Return the forms by which rows to come would be known."""
    firsts, lasts = parts["token"] | parts["initial"], parts["last_name"] | {""}
    written = list(product(lasts, parts["suffix"] | {""}))
    forms = {_form("social_user_id", account) for account in parts["account"]}
    for kind in ("voter_id", "email"):
        forms |= {_form(kind, one) for one in parts[kind]}
        forms |= {_form(kind, one, "last", last) for one in parts[kind] for last in lasts if last}
        forms |= {_form(kind, one, "first", first) for one in parts[kind] for first in firsts}
    for first, names in product(parts["token"], written):
        forms |= {_form("phone_name", phone, first, *names) for phone in parts["phone"]}
    for first, (last, suffix) in product(firsts, written):
        forms |= {_form("name_birth", day, first, last, suffix)
                  for day in parts["birth_date"] if last}
    for first, (last, suffix) in product(parts["token"], written):
        forms |= {_form("name_home", home, first, last, suffix, flat)
                  for home, flat in parts["home"] if last}
    return forms
