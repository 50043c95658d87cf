"""Speed and memory of linking beside plain Splink, at equal comparisons and veto, in one run.

    python benchmarks/linkage.py [--people 200000] [--folder DIR] [--memory-gb 6] [--threads 2]
                                 [--ways ours plain_advised]

It makes the tables (linkage_data; in DIR they are kept and made once) and runs each way in a
process of its own on two cores under one memory limit: ours with training, ours with the model
that this stored, plain Splink with training, with a seed and exact settings (``plain``) and as
its documents advise for speed (``plain_advised``; linkage_plain says what they advise, and with
a stored model there is nothing left to set), plain Splink with the same stored model, and where
it is asked for (``plain_all_keys``) plain Splink with every key that ours has. Standing
in the clock: reading, standardising, training, pairs, weights, veto, people. Not in it: the
start of Python and the writing of labels. F1 is of pairs of records: precision over all pairs
made, recall over the true pairs that share evidence (linkage_truth says which). The last line
is JSON: ``ratio`` is plain over ours with training in both, ``ratio_advised`` the same of
plain_advised, ``ratio_stored`` without training in either, each with ``_cpu`` by processor time;
``peak_gb`` the peak of our process in GB of 10^9 bytes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from linkage_data import write_tables
from linkage_truth import EVIDENCE
from shared import figures_of, kept_or_temporary, options, tell

# Each way, its script, and whether it is given the model that ours trained.
WAYS = {"ours": ("linkage_ours.py", False), "ours_stored": ("linkage_ours.py", True),
        "plain": ("linkage_plain.py", False), "plain_stored": ("linkage_plain.py", True),
        "plain_advised": ("linkage_plain.py", False),
        "plain_all_keys": ("linkage_plain.py", False)}
FLAGS = {"plain_advised": ["--advised"], "plain_all_keys": ["--all-keys"]}
USUAL = [way for way in WAYS if way != "plain_all_keys"]


def main() -> None:
    """Make what is not there, run each way, print the tables and the line of JSON."""
    asked = options(
        __doc__, people=200_000, seed=1, folder=Path, memory_gb=6.0, threads=2,
        ways={"nargs": "+", "choices": list(WAYS), "default": USUAL})
    with kept_or_temporary(asked.folder) as folder:
        if not (folder / "truth.parquet").is_file():
            write_tables(folder, asked.people, seed=asked.seed)
        done = {way: run(way, folder, asked) for way in WAYS if way in asked.ways}
        if "ours" in done:
            print_steps(done["ours"], done.get("ours_stored"))
        score = Score(folder)
        figures: dict[str, Any] = {"people": asked.people, **score.n_records()}
        for way, its in done.items():
            figures |= {f"{way}_s": its["seconds"], f"{way}_cpu_s": its["cpu_s"],
                        f"{way}_peak_gb": its["peak_gb"], **score.of(way)}
        figures |= ratios(figures)
    tell(**figures)


def run(way: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Run one way in its own process; return the figures that it prints."""
    script, is_stored = WAYS[way]
    model = ["--model", folder / "ours" / "model.json"] if is_stored else []
    figures = figures_of(script, folder, folder / way, "--memory-gb", asked.memory_gb,
                         "--threads", asked.threads, *model, *FLAGS.get(way, []))
    print(way, json.dumps(figures), flush=True)
    return figures


def ratios(figures: dict[str, Any]) -> dict[str, float]:
    """Return how many times ours is as fast, by wall and by processor, and as small."""
    pairs = {f"ratio{name}{clock}": (f"plain{name}{clock}_s", f"{ours}{clock}_s")
             for name, ours in (("", "ours"), ("_stored", "ours_stored"), ("_advised", "ours"),
                                ("_all_keys", "ours")) for clock in ("", "_cpu")}
    pairs["ratio_memory"] = ("plain_peak_gb", "ours_peak_gb")
    ratios = {name: round(figures[plain] / figures[ours], 2)
              for name, (plain, ours) in pairs.items() if plain in figures and ours in figures}
    return ratios | ({"peak_gb": figures["ours_peak_gb"]} if "ours_peak_gb" in figures else {})


def print_steps(trained: dict[str, Any], stored: dict[str, Any] | None) -> None:
    """Print where our time goes, a row a step, with the model trained and with it stored."""
    columns = {"seconds": "s", "cpu_s": "cpu_s", "held_gb": "gb_after", "peak_gb": "gb_peak"}
    table = pd.DataFrame(trained["steps"]).T.rename(columns=columns)
    if stored:
        other = pd.DataFrame(stored["steps"]).T.rename(columns=columns)
        table = table.join(other.add_prefix("stored_"))
    print(table.to_string())
    print(pd.Series(trained["rows"] | trained["pairs_by_key"], name="rows").to_string())


class Score:
    """The truth of a folder, with which labels are compared."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect(config={"threads": 2, "memory_limit": "6GB"})
        self.connection.execute(f"SET temp_directory = '{folder}/.score'")
        self.connection.execute(
            f"CREATE TABLE who AS SELECT rid, min(person_id) AS tid FROM "
            f"'{folder}/ours/labels.parquet' JOIN '{folder}/truth.parquet' "
            "USING (source_name, row_key) GROUP BY rid")
        self.connection.execute(
            f"CREATE TABLE evident AS SELECT a.rid AS rid_l, b.rid AS rid_r "
            "FROM who x JOIN who y ON x.tid = y.tid AND x.rid < y.rid "
            f"JOIN '{folder}/ours/record.parquet' a ON a.rid = x.rid "
            f"JOIN '{folder}/ours/record.parquet' b ON b.rid = y.rid "
            f"WHERE coalesce({EVIDENCE}, false)")

    def n_records(self) -> dict[str, int]:
        """Return how many rows and how many distinct records are not the register's."""
        rows, distinct = self.connection.execute(
            "SELECT count(*), count(DISTINCT rid) FROM "
            f"'{self.folder}/ours/labels.parquet' WHERE source_name <> 'voters'").fetchall()[0]
        return {"records": int(rows), "distinct_records": int(distinct)}

    def of(self, way: str) -> dict[str, float]:
        """Return precision, recall and F1 of one way's labels."""
        self.connection.execute(
            "CREATE OR REPLACE TABLE made AS SELECT o.rid, min(w.person) AS person FROM "
            f"'{self.folder}/ours/labels.parquet' o JOIN '{self.folder}/{way}/labels.parquet' w "
            "USING (source_name, row_key) GROUP BY o.rid")
        n_made = self._n_pairs("person")
        precision = self._n_pairs("person, tid") / max(n_made, 1)
        n, found = self.connection.execute(
            "SELECT count(*), count(*) FILTER (l.person = r.person) FROM evident "
            "JOIN made l ON l.rid = rid_l JOIN made r ON r.rid = rid_r").fetchall()[0]
        recall = found / n
        figures = {"precision": precision, "recall": recall,
                   "f1": 2 * precision * recall / (precision + recall)}
        return {f"{name}_{way}": round(figure, 4) for name, figure in figures.items()}

    def _n_pairs(self, columns: str) -> int:
        return int(self.connection.execute(
            "SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM made "
            f"JOIN who USING (rid) GROUP BY {columns})").fetchall()[0][0])


if __name__ == "__main__":
    main()
