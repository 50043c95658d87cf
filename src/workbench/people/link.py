"""Link tables: from rows of any sources to people, and a crosswalk that loses no row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.people.blocking import create_pairs
from workbench.people.model import train
from workbench.people.prepare import create_records, load_nicknames
from workbench.people.reading import Reading
from workbench.people.resolve import NOBODY, Evidence, Resolved, resolve
from workbench.people.score import create_scored, create_term_frequencies

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

TRAINING_SEED = 1

# A number in a record ``r`` is that of the elector ``v`` where no name speaks against it.
NUMBER_STANDS = ("(r.last_name IS NULL OR r.last_name = v.last_name OR "
                 "list_has_any(r.formals, v.formals))")


@dataclass(frozen=True)
class Linked:
    """What came of linking: the model, the pairs that each key offered, and who is one person.

    ``pair_keys`` has key_name and n_pairs. ``resolved`` tells of records by position: that of
    rid 1 is 0. The rows of the sources lie in the connection, see ``create_crosswalk``.
    """

    model: dict[str, Any]
    pair_keys: pd.DataFrame
    resolved: Resolved


def link_tables(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], *, reading: Reading,
    precision_min: float, model: dict[str, Any] | None = None,
) -> Linked:
    """Link the canonical tables that lie in ``connection`` under their own names.

    Tables and columns may be missing or empty. With a ``model`` from before nothing is
    trained. The same rows in any order give the same people. Leaves ``crosswalk``.
    """
    model = create_evidence(connection, table_names, reading=reading, model=model)
    return resolve_tables(connection, model, precision_min=precision_min)


def create_evidence(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], *, reading: Reading,
    model: dict[str, Any] | None = None, tell: Callable[[str], object] = lambda told: None,
) -> dict[str, Any]:
    """Create all that people are resolved from; return the model, trained where none is given.

    These are row_record, identity, record, given, side, scored, vetoed and pair_key. ``tell``
    gets a line before each step that may take long.
    """
    tell("putting every record into one spelling")
    load_nicknames(connection)
    create_records(connection, table_names, reading=reading)
    create_given(connection)
    tell(f"looking for pairs among {n_rows_of(connection, 'record'):,} records")
    create_pairs(connection)
    create_term_frequencies(connection)
    if model is None:
        tell("learning how records of one person agree")
        model = train(connection, seed=TRAINING_SEED)
    tell(f"weighing {n_rows_of(connection, 'pair'):,} pairs")
    create_scored(connection, model)
    return model


def n_rows_of(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return how many rows a table has."""
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def resolve_tables(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], *, precision_min: float
) -> Linked:
    """Put every record with its person by what create_evidence made. Leaves ``crosswalk``."""
    resolved = resolve(evidence_of(connection), precision_min=precision_min)
    create_crosswalk(connection, resolved)
    pair_keys = connection.execute("SELECT * FROM pair_key ORDER BY key_name").df()
    return Linked(model, pair_keys, resolved)


def create_given(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``given``: rid of a record that carries an elector's number, and that elector's.

    A number stands only where no name speaks against it.
    """
    connection.execute(
        "CREATE TABLE given AS SELECT r.rid, min(v.rid) AS elector FROM record r JOIN record v "
        "ON r.voter_id = v.voter_id WHERE v.is_elector AND NOT r.is_elector AND "
        f"{NUMBER_STANDS} GROUP BY r.rid")


def evidence_of(connection: duckdb.DuckDBPyConnection) -> Evidence:
    """Return the scored pairs and the records by position, in order of rid."""
    records = connection.execute(
        "SELECT rid - 1 AS at, number, is_elector FROM record JOIN (SELECT source_name, "
        "row_number() OVER (ORDER BY source_name) - 1 AS number FROM (SELECT DISTINCT "
        "source_name FROM record)) USING (source_name)").fetchnumpy()
    given = connection.execute(
        "SELECT rid - 1 AS at, elector - 1 AS elector FROM given").fetchnumpy()
    pairs: dict[str, Any] = connection.execute(
        "SELECT rid_l - 1 AS l, rid_r - 1 AS r, match_weight FROM scored ORDER BY l, r"
    ).fetchnumpy()
    vetoed: dict[str, Any] = connection.execute(
        "SELECT rid_l - 1 AS l, rid_r - 1 AS r FROM vetoed ORDER BY l, r").fetchnumpy()
    n = len(records["at"])
    elector = np.full(n, NOBODY, dtype=np.int32)
    elector[given["at"]] = given["elector"]
    source, is_elector = np.empty(n, dtype=np.int32), np.empty(n, dtype=bool)
    source[records["at"]], is_elector[records["at"]] = records["number"], records["is_elector"]
    return Evidence(
        source=source, is_elector=is_elector, given=elector,
        left=pairs["l"], right=pairs["r"], weight=pairs["match_weight"],
        vetoed_left=vetoed["l"], vetoed_right=vetoed["r"],
    )


def create_crosswalk(connection: duckdb.DuckDBPyConnection, resolved: Resolved) -> None:
    """Create ``record_link`` and the view ``crosswalk``.

    ``record_link`` has a row a record: rid, person (the first record of its person), how_code
    and link_probability. ``crosswalk`` has a row a row of every source: source_name, row_key
    and these.
    """
    connection.register("resolved", pd.DataFrame({
        "rid": np.arange(1, len(resolved.person) + 1, dtype=np.int32),
        "person": resolved.person.astype(np.int32) + 1, "how_code": resolved.how,
        "link_probability": resolved.probability}))
    connection.execute("CREATE OR REPLACE TABLE record_link AS SELECT * FROM resolved")
    connection.unregister("resolved")
    connection.execute("CREATE OR REPLACE VIEW crosswalk AS SELECT source_name, row_key, rid, "
                       "person, how_code, link_probability FROM row_record JOIN record_link "
                       "USING (rid)")
