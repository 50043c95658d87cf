"""Link rows that come later to people who are known, with the model and the records stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.people.blocking import KEYS, offer_key
from workbench.people.comparisons import TERMS
from workbench.people.link import NUMBER_STANDS
from workbench.people.posterior import choose_cut, rival_probabilities
from workbench.people.prepare import load_nicknames, standardise_written
from workbench.people.reading import Reading
from workbench.people.resolve import likeliest, strongest
from workbench.people.score import create_scored

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def link_late(
    connection: duckdb.DuckDBPyConnection, *, model: dict[str, Any], reading: Reading,
    precision_min: float,
) -> pd.DataFrame:
    """Return one row a row of ``written``: who of the known people it is.

    ``source_name``, ``row_key``, ``person`` (as ``known`` has it, missing where it is nobody
    known), ``how_code`` (voter_id, model or alone) and ``link_probability``. In ``connection``
    must be ``written``, rows as ``written_sql`` gives them, and ``known``: the columns of
    ``side`` as linking left them, rid from 1 without a gap, and ``person``. Entries of the
    register cannot come late, since they may change who everybody is: ValueError.
    """
    if connection.execute("SELECT bool_or(is_elector) FROM written").fetchall()[0][0]:
        raise ValueError("Entries of the register need the whole of linking: 'workbench spine'.")
    load_nicknames(connection)
    standardise_written(connection, reading=reading)
    n_known = _lay_beside(connection)
    _create_pairs(connection, n_known)
    create_scored(connection, model)
    record, person, probability = _best_people(connection, n_known)
    cut = choose_cut(probability, precision_min=precision_min)
    return _outcomes(connection, n_known, (record, person, probability), cut)


def _lay_beside(connection: duckdb.DuckDBPyConnection) -> int:
    """Create ``record`` and ``side`` of the known and the late, who are numbered after them."""
    n_known = int(connection.execute("SELECT count(*) FROM known").fetchall()[0][0])
    connection.execute("ALTER TABLE record RENAME TO late")
    columns = [row[0] for row in connection.execute("DESCRIBE late").fetchall() if row[0] != "rid"]
    known = ", ".join(columns)
    shares = ", ".join(f"tf_{term}" for term in TERMS)
    missing = ", ".join(f"NULL AS tf_{term}" for term in TERMS)
    connection.execute(
        f"CREATE VIEW side AS SELECT rid, false AS is_late, {known}, {shares} FROM known "
        f"UNION ALL SELECT rid + {n_known}, true, {known}, {missing} FROM late")
    connection.execute("CREATE VIEW record AS SELECT * FROM side")
    return n_known


def _create_pairs(connection: duckdb.DuckDBPyConnection, n_known: int) -> None:
    """Create ``pair``: the late records with the known ones that share a key with them."""
    connection.execute("CREATE TABLE offered (rid_l INTEGER, rid_r INTEGER)")
    connection.execute("CREATE TABLE narrowed (rid INTEGER)")
    for key in KEYS:
        offer_key(connection, key, askers="is_late", kept=f"rid_l <= {n_known}")
    connection.execute("CREATE TABLE pair AS SELECT DISTINCT rid_l, rid_r FROM offered")
    connection.execute("DROP TABLE offered")


def _best_people(
    connection: duckdb.DuckDBPyConnection, n_known: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return late records (from 0) with the number of their likeliest person, and how likely."""
    connection.execute(
        f"CREATE TABLE candidate AS SELECT rid_r - {n_known + 1} AS record, person, match_weight "
        "FROM scored JOIN known ON rid = rid_l")
    connection.execute("CREATE TABLE offered_person AS SELECT person, row_number() OVER (ORDER BY "
                       "person) - 1 AS number FROM (SELECT DISTINCT person FROM candidate)")
    pairs: dict[str, Any] = connection.execute(
        "SELECT record, number, match_weight FROM candidate JOIN offered_person USING (person) "
        "ORDER BY record, number").fetchnumpy()
    n_offered, n_people = connection.execute(
        "SELECT (SELECT count(*) FROM offered_person), count(DISTINCT person) FROM known"
    ).fetchall()[0]
    record, person, weight = strongest(
        pairs["record"], pairs["number"], pairs["match_weight"], n_offered)
    sources: dict[str, Any] = connection.execute(
        "SELECT dense_rank() OVER (ORDER BY source_name) - 1 AS number FROM late ORDER BY rid"
    ).fetchnumpy()
    number = np.asarray(sources["number"], dtype=np.int64)
    probability, _ = rival_probabilities(
        record, weight, number[record], n_possible=np.bincount(number) * float(n_people))
    at = likeliest(record, probability)
    return record[at], person[at], probability[at]


def _outcomes(
    connection: duckdb.DuckDBPyConnection, n_known: int,
    best: tuple[np.ndarray, np.ndarray, np.ndarray], cut: float,
) -> pd.DataFrame:
    """Return the rows of the late tables; a number that names an elector goes before all."""
    import pandas as pd

    record, person, probability = best
    connection.register("best", pd.DataFrame({
        "rid": record + 1, "number": person, "link_probability": probability}))
    rows = connection.execute(
        "WITH given AS (SELECT r.rid, min(v.person) AS person FROM late r JOIN known v "
        "ON r.voter_id = v.voter_id WHERE v.is_elector AND "
        f"{NUMBER_STANDS} GROUP BY r.rid) "
        "SELECT source_name, row_key, coalesce(g.person, b.person) AS person, CASE WHEN g.person "
        "IS NOT NULL THEN 'voter_id' WHEN b.person IS NOT NULL THEN 'model' ELSE 'alone' END "
        "AS how_code, CASE WHEN g.person IS NOT NULL THEN 1.0 ELSE coalesce("
        "b.link_probability, 1.0) END AS link_probability FROM row_record LEFT JOIN given g "
        "USING (rid) LEFT JOIN (SELECT rid, p.person, link_probability FROM best JOIN "
        f"offered_person p USING (number) WHERE link_probability >= {cut!r}) b "
        "USING (rid) ORDER BY source_name, row_key").df()
    connection.unregister("best")
    return rows
