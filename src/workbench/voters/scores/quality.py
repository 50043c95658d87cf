"""The exact figures of scoring, and which scores failed by them: they are not for showing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import StorageError
from workbench.settings import Settings
from workbench.voters.scores import calibrate, vote_history, voter_ids
from workbench.voters.scores.apply import Scored
from workbench.voters.scores.learn import Judged
from workbench.voters.scores.learn_turnout import like_elections
from workbench.voters.scores.voter_ids import ANSWERS, SCORED

if TYPE_CHECKING:
    import duckdb

QUALITY_FILE = Path("data", "scores", "quality.json")
N_BANDS = 10
SCORE_NAMES = ("support", "turnout")
FAILED_ERROR, FAILED_TIMES = 0.05, 3.0  # share of people; of what chance alone gives
MEAN_OF_A_NORMAL = 0.798  # standard deviations: how far chance alone is off, on average
BY_FILES = ("SELECT party_code AS code FROM area_results UNION SELECT party_code FROM "
            "seat_results UNION SELECT party_code FROM voters")
Quality = dict[str, Any]


@dataclass(frozen=True)
class Tally:
    """What the scores come to, added up over batches.

    ``counts`` are people by band of a tenth of score, ``sums`` sums of score by group.
    """

    n_people: int = 0
    n_with_id: int = 0
    counts: dict[str, np.ndarray] = field(default_factory=dict)
    sums: dict[str, float] = field(default_factory=dict)
    sums_with_id: dict[str, float] = field(default_factory=dict)

    def with_batch(self, people: pd.DataFrame, scored: tuple[Scored, ...]) -> Tally:
        """Return the tally with one more batch."""
        has_id = people["has_id"].to_numpy(dtype=bool)
        counts, sums, some = dict(self.counts), dict(self.sums), dict(self.sums_with_id)
        for one in scored:
            if not one.is_scored:
                continue
            band = np.minimum((one.probability * N_BANDS).astype(int), N_BANDS - 1)
            new = np.bincount(band, minlength=N_BANDS)
            counts[one.code] = counts.get(one.code, np.zeros(N_BANDS, dtype=np.int64)) + new
            sums[one.code] = sums.get(one.code, 0.0) + float(one.probability.sum())
            some[one.code] = some.get(one.code, 0.0) + float(one.probability[has_id].sum())
        return Tally(self.n_people + len(people), self.n_with_id + int(has_id.sum()), counts,
                     sums, some)


def figures(
    connection: duckdb.DuckDBPyConnection, settings: Settings,
    elections: tuple[vote_history.Election, ...], learned: dict[str, Any], tally: Tally,
) -> dict[str, Any]:
    """Return all that the voters brief tells of the scores, exact."""
    models = learned["models"]
    return {
        "n_people": tally.n_people,
        "joined_share": round(vote_history.joined_share(connection), 4),
        "elections": election_figures(connection, elections),
        "ids": voter_ids.id_figures(connection),
        "names": name_figures(connection, settings.scores.our_party_code,
                              settings.scores.like_election_names, elections),
        "bands": {code: counts.tolist() for code, counts in tally.counts.items()},
        "means": {code: _mean(total, tally.n_people) for code, total in tally.sums.items()},
        "support": {
            "learned_from": models.support.kind if models.support else "nothing",
            "n_answers": len(learned["answered"]),
            "n_answers_min": settings.scores.n_answers_min,
            "n_respondents": int(learned["answered"]["person_id"].nunique()),
            "judged": _judged(learned["judged"]),
        },
        "turnout": {
            "learned_from": models.turnout.learned_from if models.turnout else "nothing",
            "learned_on": models.turnout.labelled.election.name
            if models.turnout and models.turnout.labelled else "",
            "levels": dict(models.turnout.levels) if models.turnout else {},
            "range": list(models.turnout.range_shares) if models.turnout else [],
            "expected_share": settings.scores.turnout_expected_share,
            "judged": _judged(models.turnout.judged if models.turnout else None),
        },
        "corrections": correction_figures(
            connection, like_elections(elections, settings.scores), learned, tally),
    }


def name_figures(
    connection: duckdb.DuckDBPyConnection, our_party_code: str,
    like_election_names: Sequence[str], elections: Sequence[vote_history.Election],
) -> dict[str, Any]:
    """Return whether the files know the names that params.yaml gives.

    ``is_party_known``: results, the register or polls name our party, or none of them names
    any. ``parties`` are those that results and the register name, ``elections_unknown`` the
    names of elections that the history does not have, where it has any.
    """
    parties = [str(code) for (code,) in connection.execute(
        f"SELECT code FROM ({BY_FILES}) WHERE code IS NOT NULL ORDER BY 1").fetchall()]
    asked = [str(code) for (code,) in connection.execute(
        "SELECT DISTINCT vote_intention_code FROM polls WHERE vote_intention_code IS NOT NULL"
    ).fetchall()]
    on_file = {election.name for election in elections}
    return {
        "our_party_code": our_party_code, "parties": parties,
        "is_party_known": our_party_code in {*parties, *asked} or not (parties or asked),
        "elections_unknown": [name for name in like_election_names
                              if on_file and name not in on_file],
    }


def election_figures(
    connection: duckdb.DuckDBPyConnection, elections: tuple[vote_history.Election, ...]
) -> list[dict[str, Any]]:
    """Return, an election, how many voted, by post, did not, and were not on the register yet."""
    names = ("n_not_on_register", "n_did_not", "n_voted", "n_by_post")
    rows = []
    for election in elections:
        counts = dict(connection.execute(
            f"SELECT {election.column}, count(*) FROM feature GROUP BY ALL").fetchall())
        rows.append({"election_name": election.name, "election_date": str(election.date),
                     **{name: int(counts.get(i, 0)) for i, name in enumerate(names)}})
    return rows


def correction_figures(
    connection: duckdb.DuckDBPyConnection, elections: tuple[vote_history.Election, ...],
    learned: dict[str, Any], tally: Tally,
) -> list[dict[str, Any]]:
    """Return what those who were reached alone would say, what we say, and how it is corrected.

    One row a question: support by those with an ID, support by answers to polls, and the
    turnout of respondents at the last of ``elections``, whose answer the register has.
    """
    rows = []
    mean = _mean(tally.sums.get("support", np.nan), tally.n_people)
    if tally.n_with_id and "support" in tally.sums:
        reached = _mean(tally.sums_with_id["support"], tally.n_with_id)
        rows.append(_row("Support, by those with an ID", tally.n_with_id, reached, mean,
                         of_whom=(SCORED, "n_with_id")))
    answered, weights = learned["answered"], learned["weights"]
    if len(answered):
        said = answered["is_ours"].to_numpy(dtype="float64")
        rows.append(_row("Support, by answers to polls", len(said), float(said.mean()), mean,
                         of_whom=(ANSWERS, "n_people")))
    if len(answered) and elections:
        rows.append(_turnout_row(connection, elections[-1], answered, weights))
    return rows


def read_quality(root: Path) -> Quality:
    """Return the exact figures of scoring; StorageError where they are not there."""
    path = root / QUALITY_FILE
    if not path.is_file():
        raise StorageError(f"{QUALITY_FILE} is not there. Run 'dvc repro scores' and try again.")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def failed_scores(quality: Quality) -> tuple[str, ...]:
    """Return the scores that were far off on outcomes that they had not seen.

    That is by more than five points and three times what chance gives.
    """
    judged = {code: quality[code]["judged"] for code in SCORE_NAMES}
    return tuple(code for code, one in judged.items() if one and one["calibration_error"]
                 > max(FAILED_ERROR, FAILED_TIMES * by_chance(one)))


def by_chance(judged: Quality) -> float:
    """Return how far off a score would be by chance alone, on average, as a share of people."""
    return float(MEAN_OF_A_NORMAL * pd.DataFrame(judged["bins"])["variance"].pow(0.5).mean())


def _turnout_row(
    connection: duckdb.DuckDBPyConnection, election: vote_history.Election, answered: pd.DataFrame,
    weights: np.ndarray,
) -> dict[str, Any]:
    past = answered[election.column].to_numpy()
    was_on = past >= vote_history.DID_NOT
    voted = (past[was_on] >= vote_history.VOTED).astype("float64")
    everybody = connection.execute(
        f"SELECT avg(({election.column} >= {vote_history.VOTED})::INT) FROM feature "
        f"WHERE {election.column} >= {vote_history.DID_NOT}").fetchall()[0][0]
    row = _row(f"Voted at {election.name}, by respondents", int(was_on.sum()),
               float(voted.mean()), float(np.average(voted, weights=weights[was_on])),
               of_whom=(ANSWERS, "n_could_vote"))
    return {**row, "known_share": round(float(everybody), 4)}


def _row(
    question: str, n: int, reached: float, corrected: float, *, of_whom: tuple[str, str]
) -> dict[str, Any]:
    """Return one row; ``of_whom`` are the population and the count that ``n`` is."""
    return {"question_name": question, "n_people": n, "reached_share": round(reached, 4),
            "corrected_share": round(corrected, 4), "known_share": None,
            "of_whom": list(of_whom)}


def _judged(judged: Judged | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    return {
        "on_what": judged.on_what, "skill": _rounded(judged.skill),
        "calibration_error": round(calibrate.expected_calibration_error(judged.bins), 4),
        "bins": judged.bins.round(6).to_dict("records"),
        "groups": judged.groups.round(6).to_dict("records"), "later": _rounded(judged.more),
    }


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) for name, value in values.items()}


def _mean(total: float, n: int) -> float:
    return round(float(total) / max(n, 1), 4)
