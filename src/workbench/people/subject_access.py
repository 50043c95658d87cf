"""Everything held on one person, for somebody who asks what we know of them."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import SettingsError
from workbench.people.explain import explain_pairs, reasons_of, veto_of
from workbench.people.folder import read_model, read_records
from workbench.people.records import row_key_sql
from workbench.tables import RESULTS, TABLES, Table, store

if TYPE_CHECKING:
    import duckdb

# Told as parts of their own; every other file below data/ that has the person's id is told whole.
TOLD_APART = {RESULTS[name].path for name in ("people", "crosswalk", "person_changes")}
HOW_WORDS = {
    "register": "it is the person's entry on the register",
    "voter_id": "it carries the elector's number",
    "exact": "its keys agree with one elector only",
    "model": "the model says so",
    "review": "a reviewer said so",
    "alone": "nothing else is like it, so it stands for a person of its own",
}
Row = dict[str, Any]


def held_on(root: Path, person_id: str) -> dict[str, Any]:
    """Return everything held on a person: parts by name, each a row or a list of rows.

    ``person``, ``household`` (ids of others of the home), ``rows`` (every row of every source,
    with how it was linked, its probability and reasons), ``rows_that_name_them`` (of tables
    that know people by another table's key), ``files`` (scores, segments, drafts of lists and
    all else below data/ that has the id, and lists that left: rows by path), ``suppressions``
    and ``earlier_ids``. SettingsError for an id that nobody has.
    """
    import duckdb

    with duckdb.connect() as connection:
        person = _one_person(connection, root, person_id)
        links = _rows(connection, f"SELECT * FROM {_rows_of(root, 'crosswalk')} "
                      "WHERE person_id = ? ORDER BY source_name, row_key", person_id)
        rows = _rows_of_sources(connection, root, _with_reasons(root, links))
        return {
            "person": person,
            "household": _household(connection, root, person),
            "earlier_ids": _rows(
                connection, "SELECT person_id, change_code, n_rows FROM "
                f"{_rows_of(root, 'person_changes')} WHERE other_person_id = ? ORDER BY ALL",
                person_id),
            "rows": rows,
            "rows_that_name_them": _rows_that_name(connection, root, rows),
            "files": _files(connection, root, person_id),
            "suppressions": [r for r in rows if r["table_name"] == "suppressions"],
        }


def _one_person(connection: duckdb.DuckDBPyConnection, root: Path, person_id: str) -> Row:
    found = _rows(connection, f"SELECT * FROM {_rows_of(root, 'people')} WHERE person_id = ?",
                  person_id)
    if found:
        return found[0]
    changed = _rows(
        connection, f"SELECT change_code FROM {_rows_of(root, 'person_changes')} WHERE person_id "
        "= ? AND change_code IN ('merged', 'gone') ORDER BY change_code", person_id)
    if changed:
        told = {"merged": "was merged into another", "gone": "is gone"}
        raise SettingsError(
            f"That id {told[str(changed[0]['change_code'])]}: see person_changes in data/people "
            "for what became of it.")
    raise SettingsError(
        "Nobody in data/people has that id. Copy it whole, from a list or from "
        "data/people/crosswalk.parquet, and see that the build is the one that it is from.")


def _household(connection: duckdb.DuckDBPyConnection, root: Path, person: Row) -> Row:
    """The home's id, and how many others live there: who they are is theirs, not to be told."""
    household_id = person.get("household_id")
    n_others = 0 if household_id is None else _rows(
        connection, f"SELECT count(*) - 1 AS n FROM {_rows_of(root, 'people')} "
        "WHERE household_id = ?", str(household_id))[0]["n"]
    return {"household_id": household_id, "n_others": n_others}


def _with_reasons(root: Path, links: list[Row]) -> list[Row]:
    """Add the reasons of each row that the model or a reviewer linked, in a sentence."""
    keys = sorted({str(link["record_key"]) for link in links})
    records = read_records(root, keys)
    reasons = _reasons(records, read_model(root))
    return [{**link, "how_name": HOW_WORDS[str(link["how_code"])],
             "reasons_name": reasons.get(str(link["record_key"]), "")
             if link["how_code"] in ("model", "review", "exact") else ""} for link in links]


def _reasons(records: pd.DataFrame, model: dict[str, Any]) -> dict[str, str]:
    """Return for each record why it is one with the record that most speaks for."""
    pairs = list(permutations(records.index, 2))
    if not pairs:
        return {}
    left, right = (list(side) for side in zip(*pairs, strict=True))
    told = explain_pairs(records.loc[left].reset_index(drop=True),
                         records.loc[right].reset_index(drop=True), model)
    total = told.groupby("pair_number")["running_weight"].last()
    best = pd.DataFrame({"record": left, "total": total}).sort_values(
        "total", ascending=False, kind="stable").drop_duplicates("record")
    parts = {int(str(number)): part for number, part in told.groupby("pair_number")}
    return {str(record): f"{reasons_of(parts[int(number)])} {veto_of(parts[int(number)])}".strip()
            for number, record in zip(best.index, best["record"], strict=True)}


def _rows_of_sources(
    connection: duckdb.DuckDBPyConnection, root: Path, links: list[Row]
) -> list[Row]:
    """Add to each link the row itself, as the canonical table holds it."""
    held = []
    for link in links:
        table = TABLES[str(link["table_name"])]
        found = _rows(
            connection, f"SELECT * FROM {_rows_of(root, table.name)} WHERE source_name = ? AND "
            f"{row_key_sql(table)} = ? ORDER BY source_row", link["source_name"], link["row_key"])
        held.append({**link, "row": found[0] if found else None})
    return held


def _rows_that_name(
    connection: duckdb.DuckDBPyConnection, root: Path, rows: list[Row]
) -> dict[str, list[Row]]:
    """Rows of tables that are not linked themselves, but name the person by a known key."""
    named: dict[str, list[Row]] = {}
    those = [table for table in TABLES.values() if table.names_people and not table.is_linked
             and (root / table.path).is_file()]
    for table in those:
        for key, here in _names_by_key(table).items():
            holder, _, column_name = key.partition(".")
            values = sorted({str(r["row"][column_name]) for r in rows
                             if r["table_name"] == holder and r["row"]
                             and r["row"].get(column_name)})
            either = " OR ".join(f'list_contains(?, "{column}")' for column in here)
            found = _rows(connection, f"SELECT * FROM {_rows_of(root, table.name)} WHERE "
                          f"{either} ORDER BY source_name, source_row", *[values] * len(here))
            named |= {table.name: found} if found else {}
    return named


def _names_by_key(table: Table) -> dict[str, list[str]]:
    """Return the columns that name somebody, by the key of another table that they hold."""
    named: dict[str, list[str]] = {}
    for column in table.columns:
        if column.names:
            named.setdefault(column.names, []).append(column.name)
    return named


def _files(
    connection: duckdb.DuckDBPyConnection, root: Path, person_id: str
) -> dict[str, list[Row]]:
    """Every row with the id in a table below data/, or in a list that left, by path.

    Found by what the files hold and not by a list of them, so that none can be forgotten.
    """
    held: dict[str, list[Row]] = {}
    for path in [*sorted((root / "data").rglob("*.parquet")), *sorted(root.glob("lists/*.csv"))]:
        name = path.relative_to(root).as_posix()
        rows = f"read_csv({_table(path)}, all_varchar = true, header = true)" \
            if path.suffix == ".csv" else _table(path)
        ids = [] if name in TOLD_APART else _columns_of_ids(connection, rows)
        either = " OR ".join(f'"{column}" = ?' for column in ids)
        found = _rows(connection, f"SELECT * FROM {rows} WHERE {either} ORDER BY ALL",
                      *[person_id] * len(ids)) if ids else []
        held |= {name: found} if found else {}
    return held


def _columns_of_ids(connection: duckdb.DuckDBPyConnection, rows: str) -> list[str]:
    described = _rows(connection, f"DESCRIBE SELECT * FROM {rows}")
    return [str(column["column_name"]) for column in described
            if str(column["column_name"]).endswith("person_id")
            and column["column_type"] == "VARCHAR"]


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[Row]:
    found = connection.execute(query, list(values))
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _rows_of(root: Path, name: str) -> str:
    return _table(store.table_path(root, name))


def _table(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
