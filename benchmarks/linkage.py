"""Speed and memory of linking beside plain Splink, at equal comparisons and veto, in one run.

    python benchmarks/linkage.py [--people 200000] [--folder DIR] [--memory-gb 6] [--threads 2]
                                 [--ways ours plain_advised] [--new 10000]

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
import contextlib
import json
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
# Each way, its script, and whether it is given the model that ours trained.
WAYS = {"ours": ("linkage_ours.py", False), "ours_stored": ("linkage_ours.py", True),
        "plain": ("linkage_plain.py", False), "plain_stored": ("linkage_plain.py", True),
        "plain_advised": ("linkage_plain.py", False),
        "plain_all_keys": ("linkage_plain.py", False)}
FLAGS = {"plain_advised": ["--advised"], "plain_all_keys": ["--all-keys"]}
USUAL = [way for way in WAYS if way != "plain_all_keys"]
NEW = ("linkage_new.py", True)


def main() -> None:
    """Make what is not there, run each way, print the tables and the line of JSON."""
    options = arguments()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not (folder / "truth.parquet").is_file():
            n_new = options.new or min(10_000, options.people // 20)
            write_tables(folder, options.people, seed=options.seed, n_new=n_new)
        done = {way: run(way, folder, options) for way in WAYS if way in options.ways}
        if "ours" in done:
            print_steps(done["ours"], done.get("ours_stored"))
        score = Score(folder)
        figures: dict[str, Any] = {"people": options.people, **score.n_records()}
        for way, its in done.items():
            figures |= {f"{way}_s": its["seconds"], f"{way}_cpu_s": its["cpu_s"],
                        f"{way}_peak_gb": its["peak_gb"], **score.of(way)}
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
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=USUAL)
    parser.add_argument("--new", type=int, default=0)
    return parser.parse_args()


def run(way: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Run one way in its own process; return the figures that it prints."""
    script, is_stored = NEW if way == "new" else WAYS[way]
    command = [sys.executable, str(HERE / script), str(folder), str(folder / way),
               "--memory-gb", str(options.memory_gb), "--threads", str(options.threads)]
    command += ["--model", str(folder / "ours" / "model.json")] if is_stored else []
    command += FLAGS.get(way, [])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(way, done.stdout.splitlines()[-1], flush=True)
    return figures


def ratios(figures: dict[str, Any]) -> dict[str, float]:
    """Return how many times ours is as fast, by wall and by processor, and as small."""
    pairs = {"ratio": ("plain_s", "ours_s"), "ratio_stored": ("plain_stored_s", "ours_stored_s"),
             "ratio_cpu": ("plain_cpu_s", "ours_cpu_s"),
             "ratio_stored_cpu": ("plain_stored_cpu_s", "ours_stored_cpu_s"),
             "ratio_advised": ("plain_advised_s", "ours_s"),
             "ratio_advised_cpu": ("plain_advised_cpu_s", "ours_cpu_s"),
             "ratio_memory": ("plain_peak_gb", "ours_peak_gb"),
             "ratio_all_keys": ("plain_all_keys_s", "ours_s"),
             "ratio_all_keys_cpu": ("plain_all_keys_cpu_s", "ours_cpu_s")}
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
        f1 = 2 * precision * recall / (precision + recall)
        return {f"precision_{way}": round(precision, 4), f"recall_{way}": round(recall, 4),
                f"f1_{way}": round(f1, 4)}

    def _n_pairs(self, columns: str) -> int:
        return int(self.connection.execute(
            "SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM made "
            f"JOIN who USING (rid) GROUP BY {columns})").fetchall()[0][0])


def new_records(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Link records that came later to the people, with the stored model and stored records."""
    done = run("new", folder, options)
    return {"new_s": done["seconds"], "new_cpu_s": done["cpu_s"], "new_rows": done["rows"],
            "new_peak_gb": done["peak_gb"], "new_precision": done["precision"],
            "new_recall": done["recall"]}


if __name__ == "__main__":
    main()
