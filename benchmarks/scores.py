"""Time, memory and calibration of scoring everybody, as one line of JSON.

    python benchmarks/scores.py [--people 1000000] [--seed 1] [--copies 1] [--folder DIR]

It makes the tables (scores_data; in DIR they are kept and made once), scores everybody in a
process of its own on two cores, and compares the scores with the sample's own probabilities.
Standing in the clock: reading, joining, learning, judging, scoring, writing. ``--copies 10``
writes every elector ten times under other ids, for the memory at ten times the size.
``ece_…`` is the mean absolute difference of score and true probability over tenths of the
people; ``worst_…`` the greatest of any region or age band of 2,000 people or more. ``auc_…`` is
against the truth, ``auc_truth_…`` of a model that is given the truth's own facts of everybody.
The level of turnout is that of the election that it names, as a campaign would have it: no truth
goes into scoring. ``gap_turnout`` is what that level is off; ``…_at_true_level`` judges the rest.
"""

from __future__ import annotations

import argparse
import resource
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import scores_truth
from scores_data import write_tables
from shared import ROOT, Clock, figures_of, kept_or_temporary, memory_gb, options, tell

from workbench.settings import Scores, load_settings
from workbench.voters.scores.make import make_scores

COPIED = {"voters": "voter_id", "vote_history": "voter_id", "canvass": "contact_id",
          "consumer": "consumer_id"}


def main() -> None:
    """Make what is not there, score, judge, print the line of JSON."""
    asked = options(__doc__, people=1_000_000, seed=1, copies=1, folder=Path,
                    only={"action": "store_true", "help": argparse.SUPPRESS})
    if asked.only:
        return tell(**scored(asked.folder))
    with kept_or_temporary(asked.folder) as folder:
        if not (folder / "truth.parquet").is_file():
            write_tables(folder, asked.people, seed=asked.seed)
            copy_people(folder, asked.copies)
        truth = pd.read_parquet(folder / "truth.parquet")
        figures = figures_of("scores.py", "--folder", folder, "--only")
        judged = scores_truth.judge(folder, truth)
    tell(people=len(truth) * asked.copies, **figures, **judged)


def scored(folder: Path) -> dict[str, Any]:
    """Score the people of ``folder``; return seconds and peak memory."""
    settings = load_settings(ROOT)
    shutil.copyfile(ROOT / "canvass_codes.csv", folder / "canvass_codes.csv")
    scores = Scores(our_party_code=scores_truth.OURS, like_election_names=("National 2022",))
    limits = replace(settings.linkage, memory_limit_gb=2.0, n_threads=2)
    clock = Clock()
    make_scores(replace(settings, root=folder.resolve(), scores=scores, linkage=limits))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {**clock.told("score_s", digits=1),
            "score_cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
            "peak_gb": memory_gb("VmHWM")}


def copy_people(folder: Path, copies: int) -> None:
    """Write every elector, with their history, IDs and consumer row, so many times."""
    if copies == 1:
        return
    people = {"person_id", "household_id"}
    for name, key in COPIED.items():
        multiply(folder / f"data/tables/{name}.parquet", {key}, copies)
    multiply(folder / "data/people/people.parquet", {"voter_id", *people}, copies)
    copied = ", ".join(f"'{name}'" for name in COPIED)
    path = folder / "data/people/crosswalk.parquet"
    multiply(path, {"row_key", "person_id"}, copies, where=f"table_name IN ({copied})",
             others="person_id")


def multiply(
    path: Path, keys: set[str], copies: int, *, where: str = "true", others: str = ""
) -> None:
    """Write the rows that ``where`` holds of so many times, ``keys`` with the copy's number.

    Of the others, which stay once, the column ``others`` gets the number of the first copy.
    """
    columns = duckdb.sql(f"SELECT * FROM '{path}' LIMIT 0").columns
    changed = ", ".join(f"concat({c}, '-', i) AS {c}" for c in columns if c in keys)
    rest = (f" UNION ALL SELECT * REPLACE (concat({others}, '-0') AS {others}) FROM '{path}' "
            f"WHERE NOT ({where})") if others else ""
    draft = path.with_suffix(".draft")
    duckdb.sql(f"COPY (SELECT * EXCLUDE (i) REPLACE ({changed}) FROM '{path}', "
               f"range({copies}) r(i) WHERE {where}{rest}) TO '{draft}' (FORMAT parquet)")
    draft.replace(path)


if __name__ == "__main__":
    main()
