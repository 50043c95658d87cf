"""Make the scores: read, learn on a sample, score everybody in batches, write, say how sure."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from workbench.engine import open_database
from workbench.progress import note, step
from workbench.settings import Settings
from workbench.tables import store, whole_file, write_text
from workbench.tables.results import SCORES
from workbench.voters.scores import (
    answers,
    apply,
    canvassed,
    codes,
    electors,
    inputs,
    learn,
    learn_turnout,
    quality,
    support,
    vote_history,
    voter_ids,
)
from workbench.voters.scores.design import STANDING, fit_design

if TYPE_CHECKING:
    import duckdb


def make_scores(settings: Settings) -> None:
    """Write data/scores: scores.parquet, voter_ids.parquet, and the exact figures as JSON.

    SettingsError for a canvass code that canvass_codes.csv lacks or a scale without a
    direction; StorageError where people have not been made. What cannot be learned is left
    empty, and quality.json says why.
    """
    from threadpoolctl import threadpool_limits

    folder = settings.root / quality.QUALITY_FILE.parent
    code_rows = codes.read_codes(settings.root / codes.CODES_FILE)
    with open_database(settings.linkage, folder) as connection, threadpool_limits(1):
        elections = create_tables(connection, settings, code_rows)
        models, learned = learn_models(connection, settings, elections)
        store.write(settings.root, "voter_ids",
                    connection.table("voter_id_row").to_arrow_table())
        tally = write_scores(connection, models, settings.root / SCORES.path,
                             n_batch=settings.scores.n_batch_people)
        figures = quality.figures(connection, settings, elections, learned, tally)
    text = json.dumps({"model_key": models.key, **figures}, indent=1, sort_keys=True)
    write_text(settings.root / quality.QUALITY_FILE, text + "\n")


def create_tables(
    connection: duckdb.DuckDBPyConnection, settings: Settings, code_rows: pd.DataFrame
) -> tuple[vote_history.Election, ...]:
    """Create ``feature`` and what it is made of; return the elections on file, in order."""
    campaign, scores = settings.campaign, settings.scores
    for name in inputs.READ:
        store.open_view(connection, settings.root, name)
    step("putting together what is known of each elector")
    electors.create_electors(connection, electors.Day(
        campaign.as_of, campaign.polling_date, campaign.voting_age_years))
    electors.create_consumer(connection)
    electors.create_ties(connection)
    electors.create_places(connection, scores.our_party_code)
    canvassed.create_ids(connection, codes.codes_of_sources(connection, code_rows),
                         as_of=campaign.as_of)
    connection.register("held_rows", voter_ids.voter_id_rows(connection))
    connection.execute("CREATE TABLE voter_id_row AS SELECT * FROM held_rows ORDER BY person_id")
    elections = vote_history.create_marks(
        connection, as_of=campaign.as_of, joined_min=scores.history_joined_min)
    vote_history.create_homes(connection, elections)
    electors.create_features(connection)
    answers.create_answers(connection, scores.our_party_code)
    return elections


def learn_models(
    connection: duckdb.DuckDBPyConnection, settings: Settings,
    elections: tuple[vote_history.Election, ...],
) -> tuple[apply.Models, dict[str, Any]]:
    """Return the models, learned on a sample, and what is to be told of them."""
    scores = settings.scores
    people = learn.sample_people(connection, scores.n_fit_people, scores.seed)
    design = fit_design(people)
    is_standing = np.isin(design.group_of_column, [group.name for group in STANDING])
    step(f"learning turnout on {len(people):,} electors and {len(elections)} elections")
    turnout = learn_turnout.learn_turnout(
        people, design.matrix(people)[:, is_standing], elections, scores,
        settings.campaign.polling_date)
    learned: tuple[support.Support | None, learn.Judged | None]
    answered = answers.answered_people(connection)
    weights = answers.weights_of(connection, people, design, answered)
    step(f"learning support on {len(answered):,} answers to polls")
    if len(answered) >= scores.n_answers_min and answers.has_two_classes(answered):
        learned = learn.learn_support(people, answered, weights, design)
    else:
        learned = learn.learn_support_from_ids(people, design), None
    model, judged = learned
    key = _model_key(model, turnout, len(answered))
    models = apply.Models(design, model, turnout, key, scores.interval_share)
    told = {"answered": answered, "weights": weights, "judged": judged, "models": models}
    return models, told


def write_scores(
    connection: duckdb.DuckDBPyConnection, models: apply.Models, path: Path, *, n_batch: int
) -> quality.Tally:
    """Score everybody, a batch at a time, into one file; return what the scores come to."""
    tally = quality.Tally()
    rows = connection.sql("SELECT * FROM feature ORDER BY person_id")
    n_electors = int(connection.sql("SELECT count(*) FROM feature").fetchall()[0][0])
    step(f"scoring {n_electors:,} electors")
    with whole_file(path) as draft, pq.ParquetWriter(
        draft, SCORES.schema(), compression="zstd"
    ) as writer:
        for batch in rows.to_arrow_reader(n_batch):
            people = batch.to_pandas()
            scored = apply.score_people(models, people)
            writer.write_table(apply.score_rows(models, people, scored))
            tally = tally.with_batch(people, scored)
            note(f"{tally.n_people:,} scored", tally.n_people / max(1, n_electors))
    step(f"{tally.n_people:,} electors scored")
    return tally


def _model_key(model: Any, turnout: Any, n_answers: int) -> str:
    """Return a short hash of both models' numbers: another fit has another key."""
    parts = [n_answers]
    if model is not None:
        parts += [np.round(model.coefficients, 5).tolist(), round(model.intercept, 5)]
    if turnout is not None:
        parts += [np.round(turnout.habit.coefficients, 5).tolist(), round(turnout.level, 5)]
        parts += [] if turnout.labelled is None else turnout.labelled.key
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
