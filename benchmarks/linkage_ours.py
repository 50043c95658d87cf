"""One run of the workbench's linking over the tables of linkage_data, timed step by step.

    python benchmarks/linkage_ours.py FOLDER OUT [--model FILE] [--memory-gb 6]

It writes OUT/labels.parquet (source_name, row_key, rid, person), OUT/record.parquet,
OUT/known.parquet and OUT/model.json after the clock has stopped. The last line is JSON: wall
and processor seconds, the peak of memory, and for each step seconds, processor seconds, memory
after it and its peak.
"""

from __future__ import annotations

import argparse
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from linkage_data import SOURCES
from shared import Clock as SharedClock
from shared import memory_gb, options, tell, view_tables

from workbench.engine import open_database
from workbench.people import link
from workbench.people.reading import Reading
from workbench.settings import Linkage

AS_OF_YEAR = 2026
COMPOSED = ("link_tables", "create_evidence", "resolve_tables")  # their steps are timed
PRECISION_MIN = 0.99
COUNTED = ("record", "pair", "scored", "vetoed")


def main() -> None:
    """Link, write the result, and print the line of JSON."""
    asked = arguments(__doc__)
    model = json.loads(asked.model.read_text()) if asked.model else None
    clock = Clock()
    with open_database(limits(asked), asked.out) as connection:
        view_tables(connection, asked.folder, SOURCES)
        steps = timed_steps(link)
        linked = link.link_tables(connection, list(SOURCES), reading=Reading(AS_OF_YEAR),
                                  precision_min=PRECISION_MIN, model=model)
        figures = clock.figures()
        figures["steps"] = steps
        figures["rows"] = {name: link.n_rows_of(connection, name) for name in COUNTED}
        figures["pairs_by_key"] = dict(linked.pair_keys.itertuples(index=False))
        write_labels(connection, asked.out, "crosswalk")
        connection.execute(f"COPY record TO '{asked.out}/record.parquet'")
        connection.execute("COPY (SELECT side.*, person FROM side JOIN record_link USING (rid) "
                           f"ORDER BY rid) TO '{asked.out}/known.parquet'")
    (asked.out / "model.json").write_text(json.dumps(linked.model))
    tell(**figures)


def arguments(text: str | None) -> argparse.Namespace:
    """Return what both runs, ours and the plain one, are told."""
    of_plain = {"action": "store_true", "help": "plain Splink only"}
    asked = options(text, "folder", "out", model=Path, memory_gb=6.0, threads=2,
                    all_keys=of_plain, advised=of_plain)
    asked.out.mkdir(parents=True, exist_ok=True)
    return asked


def limits(asked: argparse.Namespace) -> Linkage:
    """Return the settings of linking with the limits of this run."""
    return Linkage(precision_min=PRECISION_MIN, n_review_pairs=440, seed=1,
                   memory_limit_gb=asked.memory_gb, n_threads=asked.threads,
                   key_name="public_sample", key_fingerprint="")


class Clock(SharedClock):
    """Wall and processor time since it was made, beside memory."""

    def figures(self) -> dict[str, Any]:
        """Return seconds, cpu_s, and the memory held now and at its peak."""
        return {**self.told("seconds", "cpu_s"),
                "held_gb": memory_gb("VmRSS"), "peak_gb": memory_gb("VmHWM")}


def timed_steps(module: Any) -> dict[str, dict[str, Any]]:
    """Time every function of workbench.people that ``module`` calls; return the table to be."""
    steps: dict[str, dict[str, Any]] = {}

    def timed(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def run(*given: Any, **named: Any) -> Any:
            clock = Clock()
            result = step(*given, **named)
            steps[name] = clock.figures()
            return result
        return run

    for name, step in list(vars(module).items()):
        is_ours = getattr(step, "__module__", "").startswith("workbench.people")
        if is_ours and callable(step) and not isinstance(step, type) and name not in COMPOSED:
            setattr(module, name, timed(name, step))
    return steps


def write_labels(connection: duckdb.DuckDBPyConnection, out: Path, labels: str) -> None:
    """Write the person of every row, which ``labels`` tells."""
    connection.execute("COPY (SELECT source_name, row_key, rid, person FROM "
                       f"{labels}) TO '{out}/labels.parquet'")


if __name__ == "__main__":
    main()
