"""What respondents of polls said of their vote, joined to electors; and who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.voters.scores.design import Design
from workbench.voters.scores.vote_history import NOT_ON_REGISTER, VOTED

if TYPE_CHECKING:
    import duckdb

LARGEST_WEIGHT, SMALLEST_WEIGHT = 5.0, 0.2  # of the mean weight
RESPONSE_VARIANCE = 1.0


def create_answers(connection: duckdb.DuckDBPyConnection, our_party_code: str) -> None:
    """Create ``answer``: one row an elector's answer in one wave that named a party.

    ``is_ours`` is 1 where it was ours. A party is one that results or the register name; who
    names none (undecided, refused) is not in it: they are taken to divide as their like do.
    ``respondent`` has a row an elector who answered at all.
    """
    connection.execute("""
        CREATE TABLE respondent AS
        SELECT x.person_id, vote_intention_code, wave_name, interview_date,
               coalesce(weight, 1) AS weight
        FROM polls t JOIN crosswalk x ON x.table_name = 'polls'
             AND x.source_name = t.source_name
             AND x.row_key = concat_ws('|', respondent_id, wave_name)
        JOIN elector e ON e.person_id = x.person_id ORDER BY x.person_id, wave_name""")
    connection.execute("""
        CREATE TABLE answer AS
        WITH party AS (SELECT party_code FROM area_results UNION SELECT party_code
                       FROM seat_results UNION SELECT party_code FROM voters)
        SELECT person_id, wave_name, interview_date,
               (vote_intention_code = $ours)::INT AS is_ours
        FROM respondent WHERE vote_intention_code IN (SELECT party_code FROM party)
        ORDER BY person_id, wave_name, interview_date, is_ours""", {"ours": our_party_code})


def response_weights(matrix: np.ndarray, is_in: np.ndarray, others_share: float) -> np.ndarray:
    """Return weights of mean 1 that make those who are in like everybody in their columns.

    ``matrix`` has a row a person, of all who are in and of a sample of the others
    (``others_share`` of them): the inverse of the probability of being in, by a logistic model,
    kept within SMALLEST_WEIGHT and LARGEST_WEIGHT of the mean.
    """
    from sklearn.linear_model import LogisticRegression

    if is_in.all() or not is_in.any():
        return np.ones(int(is_in.sum()))
    model = LogisticRegression(C=RESPONSE_VARIANCE, max_iter=100, solver="newton-cholesky")
    matrix = matrix.astype("float64")
    model.fit(matrix, is_in, sample_weight=np.where(is_in, 1.0, 1 / others_share))
    inverse = 1 / np.maximum(model.predict_proba(matrix[is_in])[:, 1], 1e-6)
    weights = np.clip(inverse / inverse.mean(), SMALLEST_WEIGHT, LARGEST_WEIGHT)
    return np.asarray(weights / weights.mean())


def has_two_classes(labels: pd.DataFrame) -> bool:
    """Tell whether some answers are ours and some are another's: one class teaches nothing."""
    return bool(labels["is_ours"].nunique() == 2)


def answered_people(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return one row an answer that named a party, with the features of who gave it."""
    return connection.execute(
        "SELECT * FROM answer JOIN feature USING (person_id) "
        "ORDER BY person_id, wave_name, interview_date, is_ours").df()


def weights_of(
    connection: duckdb.DuckDBPyConnection, people: pd.DataFrame, design: Design,
    answered: pd.DataFrame,
) -> np.ndarray:
    """Return a weight an answer that makes those who answer like all electors.

    In what they are, where they live and how often they voted: respondents vote more.
    """
    if answered.empty:
        return np.ones(0)
    n_electors = connection.execute("SELECT count(*) FROM elector").fetchall()[0][0]
    others = people[~people["person_id"].isin(set(answered["person_id"]))]
    n_others = max(n_electors - answered["person_id"].nunique(), 1)
    both = pd.concat([answered[people.columns], others], ignore_index=True)
    is_in = np.arange(len(both)) < len(answered)
    matrix = np.concatenate([design.matrix(both), past_columns(both)], axis=1)
    return response_weights(matrix, is_in, max(len(others), 1) / n_others)


def past_columns(people: pd.DataFrame) -> np.ndarray:
    """Return, for each past election, whether a person voted and whether they were on it."""
    columns = [name for name in people.columns if name.startswith("mark_")]
    past = people[columns].to_numpy(dtype="float64")
    parts = [past >= VOTED, past == NOT_ON_REGISTER]
    return np.concatenate([part.astype(np.float32) for part in parts], axis=1)
