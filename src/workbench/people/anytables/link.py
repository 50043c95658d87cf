"""Link any files: from rows of texts to people, every row kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.people.anytables import PRECISION_MIN
from workbench.people.anytables.doubts import find_doubts
from workbench.people.anytables.group import Evidence, Grouped, connected, group_records
from workbench.people.anytables.hard import hard_of
from workbench.people.anytables.learn import learn
from workbench.people.anytables.pairs import create_pairs
from workbench.people.anytables.records import FIELDS, OTHER, create_records
from workbench.people.anytables.seen import comparable, files_of
from workbench.people.anytables.show import pairs_to_show
from workbench.people.anytables.weigh import create_levels, weigh
from workbench.people.comparisons import Comparison
from workbench.people.prepare import load_nicknames
from workbench.people.reading import load_phone_number

if TYPE_CHECKING:
    import duckdb

LARGEST_GROUP = 60


@dataclass(frozen=True)
class LinkedFiles:
    """What came of linking files.

    ``rows`` has a row a row of every file: file_number, row_order, person (rank of the
    person's first record), how (``alone``; ``identical`` where rows of one file say the same
    and nothing else was linked; ``linked``) and link_probability. ``precision`` is the
    expected share of links that are right and ``recall`` that of the right pairs offered which
    are found, NaN where there is none, and where ``doubts`` has sentences: what was learned
    then cannot be so, and nothing can be estimated by it. ``pairs`` are those that
    :func:`pairs_to_show` chose, and ``compared`` is what was compared.
    """

    rows: pd.DataFrame
    model: dict[str, Any]
    precision: float
    recall: float
    cut: float
    n_pairs: int
    doubts: tuple[str, ...]
    pairs: pd.DataFrame
    compared: tuple[Comparison, ...]


@dataclass(frozen=True)
class Choices:
    """How files are linked.

    Links are to be right to the share ``precision_min`` at the least. ``pairs_with`` is the
    number of a large file that lists everybody once, in which the others are looked for.
    Telephone numbers without a country's prefix are dialled in ``country_code``, empty where
    that is not known. ``seed`` is that of learning.
    """

    precision_min: float = PRECISION_MIN
    pairs_with: int | None = None
    country_code: str = ""
    seed: int = 1


def link_files(
    connection: duckdb.DuckDBPyConnection, given: pd.DataFrame, choices: Choices
) -> LinkedFiles:
    """Link and deduplicate the rows of ``given``: file_number, row_order, lists_once, FIELDS.

    Columns whose names begin with ``other_`` are compared as plain texts. Every field is text
    or missing. The same rows in any order give the same people.
    """
    others = tuple(sorted(name for name in map(str, given) if name.startswith(OTHER)))
    _create_given(connection, given, others)
    load_nicknames(connection)
    load_phone_number(connection, choices.country_code)
    create_records(connection, others)
    create_pairs(connection, others, with_file=choices.pairs_with)
    n_pairs = connection.execute("SELECT count(*) FROM pair").fetchall()[0][0]
    compared = comparable(connection, others)
    create_levels(connection, compared)
    learned = learn(connection, compared, seed=choices.seed)
    weigh(connection, learned)
    _pair_connected(connection, choices.precision_min)
    create_levels(connection, compared)
    weigh(connection, learned)
    evidence = evidence_of(connection)
    grouped = group_records(evidence, precision_min=choices.precision_min)
    doubts = find_doubts(learned.model, torn_share=grouped.torn_share)
    precision, recall = (np.nan, np.nan) if doubts else (grouped.precision, grouped.recall)
    return LinkedFiles(_rows(connection, grouped), learned.model, precision, recall,
                       grouped.cut, n_pairs, doubts,
                       pairs_to_show(connection, evidence, grouped), compared)


def _create_given(
    connection: duckdb.DuckDBPyConnection, given: pd.DataFrame, others: tuple[str, ...]
) -> None:
    columns = {name: given[name].astype("string") if name in given else
               pd.Series(pd.NA, index=given.index, dtype="string") for name in (*FIELDS, *others)}
    rows = given[["file_number", "row_order", "lists_once"]].assign(**columns)
    connection.register("given_rows", rows)
    texts = ", ".join(f"nullif(trim({name}::VARCHAR), '') AS {name}" for name in columns)
    connection.execute("CREATE TABLE given AS SELECT file_number::BIGINT AS file_number, "
                       f"row_order::BIGINT AS row_order, lists_once, {texts} FROM given_rows")
    connection.unregister("given_rows")


def _pair_connected(connection: duckdb.DuckDBPyConnection, precision_min: float) -> None:
    """Make ``pair`` those that links connect and no key offered, in groups that are not huge."""
    group = connected(evidence_of(connection), precision_min=precision_min)
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


def evidence_of(connection: duckdb.DuckDBPyConnection) -> Evidence:
    """Return the pairs that :func:`link_files` weighed, and the file of each record."""
    pairs = connection.execute("SELECT * FROM weighed ORDER BY rid_l, rid_r").fetchnumpy()
    left, right = np.asarray(pairs["rid_l"]) - 1, np.asarray(pairs["rid_r"]) - 1
    hard = hard_of(connection).with_dates_that_hold(left, right)
    return Evidence(
        **files_of(connection), left=left, right=right, weight=np.asarray(pairs["match_weight"]),
        is_barred=np.asarray(pairs["is_barred"]).astype(bool) | hard.contradict(left, right),
        hard=hard)


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
