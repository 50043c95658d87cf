"""Candidate pairs of any tables: many keys, each with the blocks that its budget allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import duckdb

ALL_PAIRS, PAIRS_A_RECORD = 1_000_000, 1
_HOME = "house_street || '|' || coalesce(postcode, town, '')"
_NAMES = "last_name || '|' || first_root"
_BONES = "last_bones || '|' || first_bones"
_SPELLED = "left(last_name, 3) || '|' || left(first_name, 2)"
_ENDS = "left(last_name, 1) || right(last_name, 3) || '|' || first_initial"
KEYS = {
    "person_number": "person_number", "voter_id": "voter_id", "phone": "phone", "email": "email",
    "number_head": "left(person_number, length(person_number) // 2)",
    "number_tail": "right(person_number, length(person_number) // 2)",
    "email_name": "split_part(email, '@', 1)",
    "birth": "birth_digits", "birth_initial": "birth_digits || '|' || first_initial",
    "birth_last": "birth_digits || '|' || left(last_name, 2)",
    "names": _NAMES, "bones": _BONES,
    "names_swapped":
        "least(last_name, first_name) || '|' || greatest(last_name, first_name)",
    "last_second": "last_name || '|' || second_name",
    "home": _HOME, "home_initial": f"{_HOME} || '|' || first_initial",
    "house_street": "house_street", "address": "array_to_string(address_words, ' ')",
    "initial_place": "last_name || '|' || first_initial || '|' || coalesce(postcode, town)",
    "first_place": "first_root || '|' || coalesce(postcode, town)",
    "first_town": "first_root || '|' || town",
    "last_place": "last_name || '|' || coalesce(postcode, town)",
    "house_place": "house || '|' || coalesce(postcode, town)",
    "last_town": "last_name || '|' || town",
    "names_year": f"{_NAMES} || '|' || birth_low", "bones_year": f"{_BONES} || '|' || birth_low",
    "spelled": _SPELLED, "spelled_place": f"{_SPELLED} || '|' || coalesce(postcode, town)",
    "spelled_year": f"{_SPELLED} || '|' || birth_low",
    "spelled_decade": f"{_SPELLED} || '|' || birth_low // 10",
    "ends": _ENDS, "ends_year": f"{_ENDS} || '|' || birth_low",
    "first_year_place": "first_root || '|' || birth_low || '|' || coalesce(postcode, town)",
    "first_year": "first_root || '|' || birth_low",
    "last_year": "last_name || '|' || birth_low",
    "seat_names": f"{_NAMES} || '|' || seat_id",
    "seat_spelled": f"{_SPELLED} || '|' || seat_id",
    "last": "last_name", "place": "postcode || '|' || town",
}


def create_pairs(connection: duckdb.DuckDBPyConnection, others: tuple[str, ...] = ()) -> None:
    """Create ``pair`` (rid_l < rid_r, each pair once) from ``record``.

    Two rows of a file that lists everybody once are no pair. Where all pairs are few, all are
    candidates. Else the largest blocks of a key are left out until its pairs keep to the
    budget, which grows with the number of records.
    """
    connection.execute("CREATE TABLE offered (rid_l BIGINT, rid_r BIGINT)")
    n = connection.execute("SELECT count(*) FROM record").fetchall()[0][0]
    keys = (*KEYS.values(), *(sql for name in others for sql in _keys_of_text(name)))
    for sql in ("1",) if n * (n - 1) / 2 <= ALL_PAIRS else keys:
        _offer_pairs(connection, sql, budget=ALL_PAIRS + PAIRS_A_RECORD * n)
    connection.execute("CREATE TABLE pair AS SELECT DISTINCT rid_l, rid_r FROM offered")
    connection.execute("DROP TABLE offered")


def _keys_of_text(column: str) -> tuple[str, ...]:
    """Return the keys of a column that is no standard identifier: its text, with names, words."""
    words = f"{column}_words"
    return (
        column, f"{column} || '|' || last_name", f"{column} || '|' || first_root",
        f"{column} || '|' || birth_low", f"unnest({words})",
        f"unnest(list_transform(range(1, len({words})), "
        f"lambda i: {words}[i] || ' ' || {words}[i + 1]))",
    )


def _offer_pairs(connection: duckdb.DuckDBPyConnection, sql: str, *, budget: int) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE keyed AS SELECT DISTINCT rid, file_number, lists_once, "
        f"hash(value) AS value FROM (SELECT rid, file_number, lists_once, {sql} AS value "
        "FROM record) WHERE value IS NOT NULL")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE block AS SELECT value, sum(n) AS n_records, "
        "(sum(n) * (sum(n) - 1) / 2 - sum(CASE WHEN once THEN n * (n - 1) / 2 ELSE 0 END)) "
        "AS n_pairs FROM (SELECT value, file_number, bool_and(lists_once) AS once, count(*) AS n "
        "FROM keyed GROUP BY value, file_number) GROUP BY value")
    largest = _largest_block(connection, budget)
    connection.execute(
        "INSERT INTO offered WITH here AS (SELECT k.* FROM keyed k SEMI JOIN (SELECT value FROM "
        f"block WHERE n_pairs BETWEEN 1 AND {largest}) USING (value)) SELECT l.rid, r.rid "
        "FROM here l JOIN here r ON l.value = r.value AND l.rid < r.rid "
        "AND NOT (l.lists_once AND l.file_number = r.file_number)")


def _largest_block(connection: duckdb.DuckDBPyConnection, budget: int) -> int:
    """Return how many pairs a block may have for all of that size or less to fit the budget."""
    sizes = connection.execute(
        "SELECT n_pairs::BIGINT AS n_pairs, count(*) AS n_blocks FROM block WHERE n_pairs > 0 "
        "GROUP BY 1 ORDER BY 1").fetchnumpy()
    n_pairs = np.asarray(sizes["n_pairs"])
    total = np.cumsum(n_pairs * np.asarray(sizes["n_blocks"]))
    fits = n_pairs[total <= budget]
    return int(fits[-1]) if len(fits) else 0
