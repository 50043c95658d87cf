"""Link any files: from rows of texts to people, every row kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.people.anytables.group import Evidence, Grouped, connected, group_records
from workbench.people.anytables.learn import learn, veto_sql
from workbench.people.anytables.pairs import create_pairs
from workbench.people.anytables.records import FIELDS, create_records
from workbench.people.prepare import load_nicknames
from workbench.people.score import LEAST_WEIGHT, weights_sql

if TYPE_CHECKING:
    import duckdb

LARGEST_GROUP = 60


@dataclass(frozen=True)
class LinkedFiles:
    """What came of linking files.

    ``rows`` has a row a row of every file: file_number, row_order, person (rank of the
    person's first record), how (``alone``; ``identical`` where rows of one file say the same
    and nothing else was linked; ``linked``) and link_probability. ``precision`` is the
    expected share of links that are right, NaN where none was made.
    """

    rows: pd.DataFrame
    model: dict[str, Any]
    precision: float
    cut: float


def link_files(
    connection: duckdb.DuckDBPyConnection, given: pd.DataFrame, *, precision_min: float,
    seed: int = 1,
) -> LinkedFiles:
    """Link and deduplicate the rows of ``given``: file_number, row_order, lists_once, FIELDS.

    Every field is text or missing. The same rows in any order give the same people.
    """
    columns = {name: given[name].astype("string") if name in given else
               pd.Series(pd.NA, index=given.index, dtype="string") for name in FIELDS}
    rows = given[["file_number", "row_order", "lists_once"]].assign(**columns)
    connection.register("given_rows", rows)
    texts = ", ".join(f"nullif(trim({name}::VARCHAR), '') AS {name}" for name in FIELDS)
    connection.execute("CREATE TABLE given AS SELECT file_number::BIGINT AS file_number, "
                       f"row_order::BIGINT AS row_order, lists_once, {texts} FROM given_rows")
    connection.unregister("given_rows")
    load_nicknames(connection)
    create_records(connection)
    create_pairs(connection)
    model = learn(connection, seed=seed)
    _weigh(connection, model)
    _weigh_connected(connection, model, precision_min)
    grouped = group_records(_evidence(connection), precision_min=precision_min)
    return LinkedFiles(_rows(connection, grouped), model, grouped.precision, grouped.cut)


def _weigh(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> None:
    """Add each ``pair`` to ``weighed``: its match weight without the prior, and the veto's signs.

    Pairs that hardly agree are left out.
    """
    total = " + ".join(f"weight_{c['output_column_name']}" for c in model["comparisons"])
    signs = ", ".join(f"{sql} AS {name}" for name, sql in veto_sql().items())
    connection.execute(
        "CREATE TABLE IF NOT EXISTS weighed (rid_l BIGINT, rid_r BIGINT, match_weight DOUBLE, "
        "clashes BOOLEAN, is_saved BOOLEAN, is_barred BOOLEAN)")
    connection.execute(
        f"INSERT INTO weighed SELECT * FROM (SELECT rid_l, rid_r, {total} AS match_weight, "
        f"{signs} FROM ({weights_sql(connection, model)})) WHERE match_weight > {LEAST_WEIGHT}")


def _weigh_connected(
    connection: duckdb.DuckDBPyConnection, model: dict[str, Any], precision_min: float
) -> None:
    """Weigh the pairs that links connect and that no key offered, in groups that are not huge."""
    group = connected(_evidence(connection), precision_min=precision_min)
    frame = pd.DataFrame({"rid": np.arange(1, len(group) + 1), "person": group})
    sizes = frame.groupby("person")["rid"].transform("size")
    connection.register("connected", frame[sizes.between(3, LARGEST_GROUP)])
    connection.execute(
        "CREATE OR REPLACE TABLE pair AS SELECT l.rid AS rid_l, r.rid AS rid_r FROM connected l "
        "JOIN connected r ON l.person = r.person AND l.rid < r.rid JOIN record a ON a.rid = l.rid "
        "JOIN record b ON b.rid = r.rid AND NOT (a.lists_once AND a.file_number = b.file_number) "
        "ANTI JOIN weighed w "
        "ON w.rid_l = l.rid AND w.rid_r = r.rid")
    connection.unregister("connected")
    _weigh(connection, model)


def _evidence(connection: duckdb.DuckDBPyConnection) -> Evidence:
    files = connection.execute(
        "SELECT file_number, lists_once FROM record ORDER BY rid").fetchnumpy()
    number = np.asarray(files["file_number"])
    once = np.zeros(int(number.max(initial=0)) + 1, dtype=bool)
    once[number] = np.asarray(files["lists_once"]).astype(bool)
    pairs = connection.execute("SELECT * FROM weighed ORDER BY rid_l, rid_r").fetchnumpy()
    signs = {name: np.asarray(pairs[name]).astype(bool) for name in veto_sql()}
    return Evidence(
        file=number, lists_once=once, left=np.asarray(pairs["rid_l"]) - 1,
        right=np.asarray(pairs["rid_r"]) - 1, weight=np.asarray(pairs["match_weight"]), **signs)


def _rows(connection: duckdb.DuckDBPyConnection, grouped: Grouped) -> pd.DataFrame:
    rows = connection.execute(
        "SELECT file_number, row_order, rid FROM row_record ORDER BY ALL").df()
    at = rows["rid"].to_numpy() - 1
    person = grouped.person[at]
    n_records = np.bincount(grouped.person, minlength=len(grouped.person))[person]
    n_rows = np.bincount(person, minlength=len(grouped.person))[person]
    how = np.where(n_records > 1, "linked", np.where(n_rows > 1, "identical", "alone"))
    return rows.drop(columns="rid").assign(
        person=person, how=how, link_probability=grouped.probability[at])
