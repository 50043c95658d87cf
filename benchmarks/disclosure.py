"""What secondary suppression costs: seconds a table, over random linked tables and a large one.

    python benchmarks/disclosure.py --populations 84

Every population is printed twice, as a release and as the one after it, and what is hidden must
stay hidden from whoever reads both, in five or seven tables that add up (84 populations make 504
tables a release). Seconds are those of closing the ledger, the check of what was planned among
them, divided by the population's tables. Beside it two large tables with both margins, each a
release of its own, in seconds for all three: one of 40 x 12 cells, half of them small, and one
of 240 x 2, where little hides in the rounding of others. Wall time beside seconds of this
process's CPU. One line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from shared import Clock, kept_or_temporary, options, tell

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from test_attack import THREE_WAYS, TWO_WAYS, a_week_later, leave, made_people, print_tables

from workbench.disclosure import close_ledger, forget_ledger, open_ledger

MARGINS = (("a", "b"), ("a",), ("b",))
LARGE = {"wide": (6000, 40, 12), "tall": (12_000, 240, 2)}  # people, rows, columns
Seconds = np.ndarray[Any, np.dtype[np.float64]]  # wall, CPU


def suppress(
    people: pd.DataFrame, ways: Any, *, data: str = "now", baseline: tuple[str, ...] = ()
) -> tuple[Seconds, dict[str, Any], int]:
    """Print and suppress tables as a build does; return seconds, what is shown, cells planned."""
    plan: list[Any] = []
    seconds = np.zeros(2)
    for _ in range(2):
        open_ledger(json.dumps(plan))
        print_tables(people, ways)
        clock = Clock()
        closed = close_ledger(data=data, baseline=baseline).content
        seconds += clock.read()
        if not closed["plan"]:
            break
        plan = closed["plan"]
    forget_ledger()
    return seconds, closed["shown"], len(plan)


def releases(seed: int, folder: Path) -> Iterator[Seconds]:
    """Yield the seconds a table of a population's two releases."""
    rng = np.random.default_rng(seed)
    people = made_people(rng)
    ways = (TWO_WAYS, THREE_WAYS)[seed % 2]
    seconds, shown, _ = suppress(people, ways, data="then")
    yield seconds / len(ways)
    baseline = (leave(shown, folder, "then"),)
    yield suppress(a_week_later(people, rng), ways, baseline=baseline)[0] / len(ways)


def large_table(name: str) -> dict[str, Any]:
    """Return the seconds of a large table, and how many of its cells were hidden."""
    rng = np.random.default_rng(0)
    n_people, *sizes = LARGE[name]
    people = pd.DataFrame({
        way: pd.Categorical(rng.choice(size, n_people, p=rng.dirichlet(np.full(size, 3.0))),
                            categories=range(size))
        for way, size in zip("ab", sizes, strict=True)})
    (wall, cpu), shown, n_second = suppress(people, MARGINS)
    n_hidden = sum(cell["value"] is None for cell in shown["cells"])
    return {f"{name}_s": round(float(wall), 2), f"{name}_cpu_s": round(float(cpu), 2),
            f"{name}_cells": len(shown["cells"]), f"{name}_hidden": n_hidden,
            f"{name}_hidden_second": n_second}


def told(name: str, seconds: tuple[Seconds, ...]) -> dict[str, float]:
    """Return mean, median, 99th percentile and maximum of the seconds a table."""
    measures: dict[str, Callable[[Seconds], Any]] = {
        "mean": np.mean, "median": np.median, "p99": lambda v: np.quantile(v, 0.99),
        "max": np.max}
    return {f"{name}_{clock}s_{measure}": round(float(work(np.array(seconds)[:, number])), 3)
            for number, clock in enumerate(("", "cpu_")) for measure, work in measures.items()}


def main() -> None:
    seeds = range(options(__doc__, populations=84).populations)
    with kept_or_temporary(None) as folder:
        first, after = zip(*(releases(seed, folder) for seed in seeds), strict=True)
    tell(n_tables=sum(len((TWO_WAYS, THREE_WAYS)[seed % 2]) for seed in seeds),
         **told("first", first), **told("after", after),
         **large_table("wide"), **large_table("tall"))


if __name__ == "__main__":
    main()
