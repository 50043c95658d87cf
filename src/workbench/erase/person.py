"""Whose rows are whose: a person's rows in the gathered tables, and the hashes that know them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.engine import open_database
from workbench.errors import SettingsError
from workbench.people.erasure import (
    KNOWN_TABLES,
    erased_keys,
    found_keys,
    is_erased,
    load_erased,
    standard_rows,
)
from workbench.people.records import row_key_sql
from workbench.pseudonyms import read_key
from workbench.settings import Settings
from workbench.tables import RESULTS, linked_tables, store, table_named

if TYPE_CHECKING:
    import duckdb

CROSSWALK = RESULTS["crosswalk"].path
Rows = dict[str, pa.Table]
Row = tuple[str, str, int]


@dataclass(frozen=True)
class Known:
    """What is known of the people to erase.

    ``keys`` are the hashes (erased_key, kind_code) that know their rows and nobody else's.
    ``n_rows`` counts the rows that go by table and source. ``not_known`` are rows of theirs
    (source, table, line) that hold too little to be known again. ``other_ids`` are people
    whose rows look like theirs: the same person under another id, or a namesake. ``said`` is
    what their rows say of them, in a standard spelling; it is never written.
    """

    keys: pd.DataFrame
    n_rows: dict[tuple[str, str], int]
    not_known: tuple[Row, ...]
    other_ids: tuple[str, ...]
    said: tuple[dict[str, Any], ...]


def know_people(settings: Settings, person_ids: Sequence[str], erased: pd.DataFrame) -> Known:
    """Return what is known of people by the crosswalk and the gathered tables.

    ``erased`` is the list of those who were erased before: their rows may still lie in the
    tables, and count for nobody. SettingsError where nobody has one of the ids.
    """
    crosswalk = read_crosswalk(settings, person_ids)
    country_code = settings.campaign.country_code
    key, is_theirs = read_key(settings.linkage), crosswalk["person_id"].isin(person_ids)
    with open_database(settings.linkage, settings.root / "data") as connection:
        load_erased(connection, (), country_code=country_code)
        mine = _rows_of(connection, settings.root, crosswalk[is_theirs])
        said = standard_rows(connection, mine)
        candidates = erased_keys(said, key=key)
        load_erased(connection, candidates["erased_key"], country_code=country_code)
        alike, claims = _rows_alike(connection, settings.root, key)
        load_erased(connection, erased["erased_key"], country_code=country_code)
        claims = _without_erased(connection, alike, claims, key)
        others = claims.merge(crosswalk[~is_theirs], on=["source_name", "row_key"],
                              validate="many_to_one")
        keys = candidates[~candidates["erased_key"].isin(others["erased_key"])]
        load_erased(connection, keys["erased_key"], country_code=country_code)
        n_rows, not_known = _rows_that_go(connection, alike, mine, key)
    return Known(keys.reset_index(drop=True), n_rows, not_known,
                 tuple(sorted(set(others["person_id"]))), tuple(said))


def read_crosswalk(settings: Settings, person_ids: Sequence[str]) -> pd.DataFrame:
    """Return who has which row; SettingsError where somebody asked for is not there."""
    columns = ["source_name", "row_key", "table_name", "person_id"]
    crosswalk = store.read(settings.root, "crosswalk", columns)
    unknown = sorted(set(person_ids) - set(crosswalk["person_id"]))
    if unknown:
        raise SettingsError(
            f"{len(unknown)} of {len(set(person_ids))} person_ids are nobody's in {CROSSWALK}. "
            "Look the id up in data/people/people.parquet. If the "
            "person was erased and the build has run since, 'workbench erase' without an id "
            "takes out of the raw files what is left."
        )
    return crosswalk


def _rows_of(
    connection: duckdb.DuckDBPyConnection, root: Path, crosswalk: pd.DataFrame
) -> Rows:
    """Return the rows of the gathered tables that the crosswalk names, by table."""
    rows = {}
    for name, part in crosswalk.groupby("table_name", sort=True):
        connection.register("wanted", part[["source_name", "row_key"]])
        found = connection.sql(
            f"SELECT t.* FROM read_parquet(?) t SEMI JOIN wanted w ON t.source_name = "
            f"w.source_name AND {row_key_sql(table_named(str(name)))} = w.row_key "
            "ORDER BY source_name, source_row", params=[str(store.table_path(root, str(name)))],
        ).to_arrow_table()
        rows[str(name)] = found.cast(table_named(str(name)).schema())
        connection.unregister("wanted")
    return rows


def _rows_alike(
    connection: duckdb.DuckDBPyConnection, root: Path, key: bytes
) -> tuple[Rows, pd.DataFrame]:
    """Return the rows of all tables that some candidate hash knows, and which ones claim it.

    The claims have table_name, place (in the rows of the table), source_name, row_key and
    erased_key.
    """
    rows: Rows = {}
    claims = []
    for name in KNOWN_TABLES:
        parts, n_before = [], 0
        for group in _groups(store.table_path(root, name)):
            found = found_keys(connection, group, name, key=key, has_claims=True)
            places, number = np.unique(found["place"].to_numpy(), return_inverse=True)
            parts.append(group.take(places))
            claims.append(found.assign(table_name=name, place=number + n_before))
            n_before += len(places)
        rows[name] = pa.concat_tables(parts) if parts else table_named(name).schema().empty_table()
    return rows, _with_row_keys(connection, rows, pd.concat(claims, ignore_index=True))


def _groups(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number)


def _with_row_keys(
    connection: duckdb.DuckDBPyConnection, rows: Rows, claims: pd.DataFrame
) -> pd.DataFrame:
    """Return the claims on rows of tables that are linked, with source_name and row_key."""
    named = []
    for name in linked_tables():
        connection.register("alike", rows[name])
        keyed = connection.execute(
            f"SELECT source_name, {row_key_sql(table_named(name))} AS row_key FROM alike").df()
        connection.unregister("alike")
        named.append(keyed.assign(table_name=name, place=np.arange(len(keyed))))
    return claims.merge(pd.concat(named, ignore_index=True), on=["table_name", "place"],
                        validate="many_to_one")


def _without_erased(
    connection: duckdb.DuckDBPyConnection, rows: Rows, claims: pd.DataFrame, key: bytes
) -> pd.DataFrame:
    """Return the claims of rows that are not of somebody who was erased before."""
    parts = [claims.iloc[:0]]
    for name, part in claims.groupby("table_name", sort=True):
        mask = is_erased(connection, rows[str(name)], str(name), key=key)
        parts.append(part[~mask[part["place"].to_numpy()]])
    return pd.concat(parts, ignore_index=True)


def _rows_that_go(
    connection: duckdb.DuckDBPyConnection, alike: Rows, mine: Rows, key: bytes
) -> tuple[dict[tuple[str, str], int], tuple[Row, ...]]:
    """Count the rows that the final hashes know, and name the person's that none does."""
    n_rows: Counter[tuple[str, str]] = Counter()
    for name, rows in alike.items():
        known = rows.filter(pa.array(is_erased(connection, rows, name, key=key)))
        n_rows.update((name, source) for source in known["source_name"].to_pylist())
    left = []
    for name, rows in mine.items():
        kept = rows.filter(pa.array(~is_erased(connection, rows, name, key=key)))
        left += [(source, name, line) for source, line in zip(
            kept["source_name"].to_pylist(), kept["source_row"].to_pylist(), strict=True)]
    return dict(sorted(n_rows.items())), tuple(sorted(left))
