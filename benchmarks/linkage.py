"""Speed and memory of linking beside plain Splink, at equal comparisons and veto, in one run.

    python benchmarks/linkage.py [--people 200000] [--folder DIR] [--memory-gb 6] [--skip-plain]
                                 [--new 10000]

It makes the tables (linkage_data; in DIR they are kept and made once) and runs each way in a
process of its own on two cores under one memory limit: ours with training, ours with the model
that this stored, plain Splink with training, plain Splink with the same stored model. Standing
in the clock: reading, standardising, training, pairs, weights, veto, people. Not in it: the
start of Python and the writing of labels. F1 is of pairs of records: precision over all pairs
made, recall over the true pairs that share evidence (linkage_truth says which). The last line
is JSON: ``ratio`` is plain over ours with training in both, ``ratio_stored`` without it in
either; ``peak_gb`` the peak of our process in GB of 10^9 bytes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from linkage_data import write_tables
from linkage_truth import EVIDENCE

HERE = Path(__file__).parent


def main() -> None:
    """Make what is not there, run each way, print the tables and the line of JSON."""
    options = arguments()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not (folder / "truth.parquet").is_file():
            write_tables(folder, options.people, seed=options.seed, n_new=10_000)
        ours = run("linkage_ours.py", folder, "ours", options)
        model = folder / "ours" / "model.json"
        stored = run("linkage_ours.py", folder, "ours_stored", options, model=model)
        print_steps(ours, stored)
        score = Score(folder)
        figures = {"people": options.people, "records": score.n_others()}
        figures |= figures_of(score, ours, "ours") | figures_of(score, stored, "ours_stored")
        figures["peak_gb"] = ours["peak_gb"]
        if not options.skip_plain:
            figures |= beside_plain(folder, score, options)
            figures |= ratios(figures)
        if options.new:
            figures |= new_records(folder, options)
    print(json.dumps(figures))


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--memory-gb", type=float, default=6.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--skip-plain", action="store_true")
    parser.add_argument("--new", type=int, default=0)
    return parser.parse_args()


def run(
    script: str, folder: Path, out: str, options: argparse.Namespace, *, model: Path | None = None
) -> dict[str, Any]:
    """Run one way in its own process; return the figures that it prints."""
    command = [sys.executable, str(HERE / script), str(folder), str(folder / out),
               "--memory-gb", str(options.memory_gb), "--threads", str(options.threads)]
    command += ["--model", str(model)] if model else []
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def figures_of(score: Score, done: dict[str, Any], way: str) -> dict[str, Any]:
    """Return seconds and F1 of one way, by its name."""
    return {f"{way}_s": done["seconds"], f"{way}_cpu_s": done["cpu_s"],
            f"{way}_peak_gb": done["peak_gb"], **score.of(way)}


def beside_plain(
    folder: Path, score: Score, options: argparse.Namespace
) -> dict[str, Any]:
    """Run plain Splink both ways and return its figures."""
    plain = run("linkage_plain.py", folder, "plain", options)
    model = folder / "ours" / "model.json"
    stored = run("linkage_plain.py", folder, "plain_stored", options, model=model)
    print(json.dumps({"plain": plain, "plain_stored": stored}))
    return figures_of(score, plain, "plain") | figures_of(score, stored, "plain_stored")


def ratios(figures: dict[str, Any]) -> dict[str, float]:
    """Return how many times ours is as fast, by wall and by processor, and as small."""
    pairs = {"ratio": ("plain_s", "ours_s"), "ratio_stored": ("plain_stored_s", "ours_stored_s"),
             "ratio_cpu": ("plain_cpu_s", "ours_cpu_s"),
             "ratio_stored_cpu": ("plain_stored_cpu_s", "ours_stored_cpu_s"),
             "ratio_memory": ("plain_peak_gb", "ours_peak_gb")}
    return {name: round(figures[plain] / figures[ours], 2)
            for name, (plain, ours) in pairs.items()}


def print_steps(trained: dict[str, Any], stored: dict[str, Any]) -> None:
    """Print where our time goes, a row a step, with the model trained and with it stored."""
    columns = {"seconds": "s", "cpu_s": "cpu_s", "held_gb": "gb_after", "peak_gb": "gb_peak"}
    table = pd.DataFrame(trained["steps"]).T.rename(columns=columns)
    other = pd.DataFrame(stored["steps"]).T.rename(columns=columns).add_prefix("stored_")
    print(table.join(other, how="outer").reindex(table.index).to_string())
    print(pd.Series(trained["rows"] | trained["pairs_by_key"], name="rows").to_string())


class Score:
    """The truth of a folder, against which labels are held."""

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

    def n_others(self) -> int:
        """Return how many records are not the register's."""
        return int(self.connection.execute(
            f"SELECT count(*) FROM '{self.folder}/ours/record.parquet' WHERE NOT is_elector"
        ).fetchall()[0][0])

    def of(self, way: str) -> dict[str, float]:
        """Return precision, recall and F1 of one way's labels."""
        self.connection.execute(
            "CREATE OR REPLACE TABLE made AS SELECT rid, any_value(person) AS person FROM "
            f"'{self.folder}/{way}/labels.parquet' GROUP BY rid")
        n_made = self._n_pairs("person")
        precision = self._n_pairs("person, tid") / max(n_made, 1)
        n, found = self.connection.execute(
            "SELECT count(*), count(*) FILTER (l.person = r.person) FROM evident "
            "JOIN made l ON l.rid = rid_l JOIN made r ON r.rid = rid_r").fetchall()[0]
        recall = found / n
        f1 = 2 * precision * recall / (precision + recall)
        return {f"precision_{way}": round(precision, 4), f"recall_{way}": round(recall, 4),
                f"f1_{way}": round(f1, 4)}

    def _n_pairs(self, columns: str) -> int:
        return int(self.connection.execute(
            "SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM made "
            f"JOIN who USING (rid) GROUP BY {columns})").fetchall()[0][0])


def new_records(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Link records that came later to the people, with the stored model and stored records.

    This waits for ``workbench.people`` to offer it: linkage_new.py is to read
    FOLDER/data/new, FOLDER/ours/record.parquet and FOLDER/ours/model.json.
    """
    if not (HERE / "linkage_new.py").is_file():
        return {}
    done = run("linkage_new.py", folder, "new", options, model=folder / "ours" / "model.json")
    return {"new_10k_s": done["seconds"]}


if __name__ == "__main__":
    main()
