"""Keys of records and of names: keyed hashes that are the same from build to build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.people.records import IDENTIFIERS
from workbench.pseudonyms import keyed_hash_sql

if TYPE_CHECKING:
    import duckdb

PARTED, NOTHING = "chr(31)", "chr(30)"  # no text that arrives holds these signs
SAID = tuple(name for name in IDENTIFIERS if name != "voter_id")
NAME = ("CASE WHEN last_name IS NOT NULL OR first_initial IS NOT NULL THEN "
        "coalesce(last_name, '') || '|' || coalesce(first_root, first_initial, '') END")


def create_record_keys(connection: duckdb.DuckDBPyConnection, *, key: bytes) -> None:
    """Create ``record_keys``: a row a record with rid, record_key and name_key.

    The record key is of the source's name and of all identifiers but the elector's number,
    since registers number their electors anew; only records of a source that differ in the
    number alone have it in their keys. The name key is of the standard family and given name,
    nicknames being the names that they stand for; NULL where there is neither.
    """
    said = f" || {PARTED} || ".join(
        ("source_name", *(f'coalesce(CAST("{name}" AS VARCHAR), {NOTHING})' for name in SAID)))
    numbered = f"said || {PARTED} || coalesce(voter_id, {NOTHING})"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE said AS SELECT rid, CASE WHEN is_shared THEN {numbered} "
        "ELSE said END AS said FROM (SELECT rid, voter_id, said, count(*) OVER (PARTITION BY "
        f"hash(said)) > 1 AS is_shared FROM (SELECT rid, voter_id, {said} AS said FROM identity))")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE named AS SELECT name, {keyed_hash_sql(key, 'name')} "
        f"AS name_key FROM (SELECT DISTINCT {NAME} AS name FROM record) WHERE name IS NOT NULL")
    connection.execute(
        f"CREATE OR REPLACE TABLE record_keys AS SELECT rid, {keyed_hash_sql(key, 'said')} AS "
        f"record_key, name_key FROM said JOIN (SELECT rid, {NAME} AS name FROM record) "
        "USING (rid) LEFT JOIN named USING (name)")
    connection.execute("DROP TABLE said")
    connection.execute("DROP TABLE named")
