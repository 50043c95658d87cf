"""Link tables: from rows of any sources to people, and a crosswalk that loses no row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.people.blocking import create_pairs
from workbench.people.model import train
from workbench.people.prepare import create_records, load_nicknames
from workbench.people.resolve import NOBODY, Evidence, Resolved, resolve
from workbench.people.score import create_scored, create_term_frequencies

if TYPE_CHECKING:
    import duckdb

TRAINING_SEED = 1


@dataclass(frozen=True)
class Linked:
    """What came of linking: who every row is, the model, and the pairs that each key offered.

    ``crosswalk`` has a row a row of every source: source_name, row_key, rid (its record),
    person (the first record of its person), how_code and link_probability.
    """

    crosswalk: pd.DataFrame
    model: dict[str, Any]
    pair_keys: pd.DataFrame
    resolved: Resolved


def link_tables(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], *, as_of_year: int,
    precision_min: float, model: dict[str, Any] | None = None,
) -> Linked:
    """Link the canonical tables that lie in ``connection`` under their own names.

    Tables and columns may be missing or empty. With a ``model`` from before nothing is
    trained. The same rows in any order give the same people.
    """
    model = create_evidence(connection, table_names, as_of_year=as_of_year, model=model)
    return resolve_tables(connection, model, precision_min=precision_min)


def create_evidence(
    connection: duckdb.DuckDBPyConnection, table_names: list[str], *, as_of_year: int,
    model: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Create everything that people are resolved from; return the model, trained where none is.

    These are the tables identity, row_record, record, side, scored, vetoed and pair_key.
    """
    load_nicknames(connection)
    create_records(connection, table_names, as_of_year=as_of_year)
    create_pairs(connection)
    model = model or train(connection, seed=TRAINING_SEED)
    create_term_frequencies(connection, model)
    create_scored(connection, model)
    return model


def resolve_tables(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], *, precision_min: float
) -> Linked:
    """Put every row with its person by the tables that create_evidence made."""
    resolved = resolve(evidence_of(connection), precision_min=precision_min)
    pair_keys = connection.execute("SELECT * FROM pair_key ORDER BY key_name").df()
    return Linked(crosswalk_of(connection, resolved), model, pair_keys, resolved)


def evidence_of(connection: duckdb.DuckDBPyConnection) -> Evidence:
    """Return the scored pairs and the records by position, in order of rid."""
    records = connection.execute(
        "SELECT r.rid, r.source_name, r.is_elector, min(v.rid) AS given FROM record r LEFT JOIN "
        "record v ON v.is_elector AND NOT r.is_elector AND r.voter_id = v.voter_id "
        "AND (r.last_name IS NULL OR r.last_name = v.last_name OR "
        "list_has_any(r.formals, v.formals)) GROUP BY ALL ORDER BY r.rid"
    ).df()
    pairs = connection.execute("SELECT * FROM scored ORDER BY rid_l, rid_r").fetchnumpy()
    vetoed = connection.execute("SELECT * FROM vetoed ORDER BY rid_l, rid_r").fetchnumpy()
    given = records["given"].fillna(0).to_numpy(dtype=np.int64)
    return Evidence(
        source=pd.factorize(records["source_name"], sort=True)[0],
        is_elector=records["is_elector"].to_numpy(dtype=bool),
        given=np.where(records["given"].isna(), NOBODY, given - 1),
        left=np.asarray(pairs["rid_l"]) - 1, right=np.asarray(pairs["rid_r"]) - 1,
        weight=np.asarray(pairs["match_weight"]),
        vetoed_left=np.asarray(vetoed["rid_l"]) - 1, vetoed_right=np.asarray(vetoed["rid_r"]) - 1,
    )


def crosswalk_of(connection: duckdb.DuckDBPyConnection, resolved: Resolved) -> pd.DataFrame:
    """Return a row a row of every source with its record, person, how_code and probability."""
    rows = connection.execute("SELECT * FROM row_record ORDER BY source_name, row_key").df()
    at = rows["rid"].to_numpy() - 1
    return rows.assign(
        person=resolved.person[at] + 1, how_code=resolved.how[at],
        link_probability=resolved.probability[at],
    )
