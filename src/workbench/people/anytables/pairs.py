"""Candidate pairs of any tables: many keys, each with the blocks that its budget allows."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import duckdb

ALL_PAIRS = 1_000_000
PAIRS_A_KEY, PAIRS_A_RECORD = 300_000, 2
PAIRS_A_KEY_SOUGHT, PAIRS_A_RECORD_SOUGHT = 20_000, 30  # of records looked for in a large file
_HOME = "house_street || '|' || coalesce(postcode, town, '')"
_NAMES = "last_name || '|' || first_root"
_PLACE = "coalesce(postcode, town)"
KEYS = (
    "person_number", "voter_id", "phone", "email", "split_part(email, '@', 1)",
    "left(person_number, length(person_number) // 2)",
    "right(person_number, length(person_number) // 2)",
    "birth_digits", "birth_digits || '|' || first_initial",
    "birth_digits || '|' || left(last_name, 2)",
    "last_name", _NAMES, "last_bones || '|' || first_bones",
    "least(last_name, first_name) || '|' || greatest(last_name, first_name)",
    "last_name || '|' || second_name",
    _HOME, f"{_HOME} || '|' || first_initial", "house_street",
    "array_to_string(address_words, ' ')", "postcode || '|' || town",
    f"last_name || '|' || {_PLACE}", f"last_name || '|' || first_initial || '|' || {_PLACE}",
    f"first_root || '|' || {_PLACE}", f"first_root || '|' || birth_low || '|' || {_PLACE}",
    f"{_NAMES} || '|' || birth_low", f"{_NAMES} || '|' || town", f"{_NAMES} || '|' || seat_id",
)
# What little is left of an identifier whose rest is misspelt: any two together are a key, and
# so are the beginnings of both names with a third.
PARTS = {
    "first": "left(first_name, 3)", "last": "left(last_name, 3)", "tail": "right(last_name, 3)",
    "year": "birth_low", "day": "substr(birth_digits, 5, 4)", "house": "house",
    "street": "left(street, 4)", "town": "left(town, 4)", "postcode": "postcode",
}


def create_pairs(
    connection: duckdb.DuckDBPyConnection, others: tuple[str, ...] = (), *,
    with_file: int | None = None,
) -> None:
    """Create ``pair`` (rid_l < rid_r, each pair once) from ``record``.

    Two rows of a file that lists everybody once are no pair. Where all pairs are few, all are
    candidates. Else the largest blocks of a key are left out until its pairs keep to the
    budget, which grows with the number of records, those of the file ``with_file`` not counted:
    few rows that are looked for among many ask for few pairs.
    """
    connection.execute("CREATE TABLE offered (rid_l BIGINT, rid_r BIGINT)")
    n_all, n_there = connection.execute(
        "SELECT count(*), count(*) FILTER (file_number = ?) FROM record", [with_file]
    ).fetchall()[0]
    n = n_all - n_there
    has_few = n * (n - 1) / 2 + n * n_there <= ALL_PAIRS
    budget = ALL_PAIRS if has_few else PAIRS_A_KEY + PAIRS_A_RECORD * n
    if n_there:
        budget = min(budget, PAIRS_A_KEY_SOUGHT + PAIRS_A_RECORD_SOUGHT * n)
    for sql in ("1",) if has_few else _keys(others):
        _offer_pairs(connection, sql, budget=budget)
    connection.execute("CREATE TABLE pair AS SELECT DISTINCT rid_l, rid_r FROM offered")
    connection.execute("DROP TABLE offered")


def _keys(others: tuple[str, ...]) -> tuple[str, ...]:
    """Return SQL for the values on which two records must agree to be looked at, a key each.

    Of a column that is no standard identifier these are its text, each word, and each two
    words that follow each other in order of the alphabet.
    """
    parts = {**PARTS, **{name: f"left({name}, 5)" for name in others}}
    both = " || '|' || ".join((PARTS["first"], PARTS["last"]))
    of_parts = [f"{parts[one]} || '|' || {parts[other]}" for one, other in combinations(parts, 2)]
    of_three = [f"{both} || '|' || {sql}" for name, sql in parts.items()
                if name not in ("first", "last")]
    of_words = [sql for name in others for sql in (
        name, f"unnest({name}_words)",
        f"unnest(list_transform(range(1, len({name}_words)), "
        f"lambda i: {name}_words[i] || ' ' || {name}_words[i + 1]))")]
    return (*KEYS, *of_parts, *of_three, *of_words)


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
