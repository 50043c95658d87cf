"""What it costs to fit the value of donors, and to search for whom an offer draws.

    python benchmarks/donors.py [--donors 1000000] [--seed 1]

Donors give at any time for up to three and a half years, drawn gift by gift with a rate and an
end of their own (gamma rates, exponential lives), and amounts of their own. `fit_s` is the time
to group their histories and to fit BG/NBD, Pareto/NBD and gamma-gamma to all of them;
`forecast_s` to predict each donor's gifts and money with its interval. `search_s` is that of
searching one offer's asks of `search_donors` people (all of them, 200,000 at the most) for the
groups that it draws, against 999 shuffled files. CPU seconds of this process (`…_cpu_s`) stand
beside those on the wall. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from typing import Any, TypeVar

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np
import pandas as pd
from offers_data import LEVELS, Truth, make_asks

from workbench.donors.offers.search import Plan, find_segments
from workbench.donors.value.forecast import forecast_rhythm, predict, value_of_people
from workbench.donors.value.giving_pattern import WEEK_DAYS, Rhythm, grouped_histories

PERIOD_DAYS = 182
SPAN_WEEKS = 178
RATE_SHAPE, RATE_WEEKS, MEAN_LIFE_WEEKS = 0.9, 16.0, 80.0
MOST_SEARCHED, N_SHUFFLES, LIFT = 200_000, 999, 3.0
Result = TypeVar("Result")


def main() -> None:
    """Make donors, fit, predict, search, and print the line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--donors", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    donors = made_donors(options.donors, seed=options.seed)
    figures: dict[str, Any] = {"donors": options.donors}
    forecast = timed(figures, "fit", lambda: forecast_rhythm(rhythm_of_all(donors),
                                                             period_days=PERIOD_DAYS))
    assert forecast is not None
    again = timed(figures, "forecast", lambda: predict(
        forecast.rhythm, forecast.fitted, forecast.size, period_days=PERIOD_DAYS))
    people = value_of_people([again], level=0.9)
    figures |= {"model": forecast.fitted.model.code, "histories": len(forecast.rhythm.seen),
                "expected_gifts": round(float(people["expected_gifts"].sum()))}
    figures |= search_figures(options.donors, options.seed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(figures | {"peak_gb": round(peak / 1024**2, 2)}))


def timed(figures: dict[str, Any], name: str, call: Callable[[], Result]) -> Result:
    """Return what ``call`` returns; put its seconds into ``figures``."""
    start, cpu = time.perf_counter(), time.process_time()
    result = call()
    figures[f"{name}_s"] = round(time.perf_counter() - start, 2)
    figures[f"{name}_cpu_s"] = round(time.process_time() - cpu, 2)
    return result


def made_donors(n: int, *, seed: int) -> pd.DataFrame:
    """Return a row a donor with their history in weeks and their mean gift."""
    rng = np.random.default_rng(seed)
    t_all = rng.integers(1, SPAN_WEEKS * 7, n) / WEEK_DAYS
    life = np.minimum(rng.exponential(MEAN_LIFE_WEEKS, n), t_all)
    x = rng.poisson(rng.gamma(RATE_SHAPE, 1 / RATE_WEEKS, n) * life)
    last = life * rng.random(n) ** (1 / np.maximum(x, 1))
    turns = (x + 1).astype("float64")
    mean = rng.gamma(4 * turns) / (rng.gamma(3, 1 / 6000, n) * turns)
    return pd.DataFrame({
        "person_id": np.arange(n), "x": x.astype("float64"),
        "t_x": np.where(x > 0, np.floor(last * 7) / 7, 0.0), "t_all": t_all,
        "n_turns": turns, "mean_minor": mean, "last_minor": mean})


def rhythm_of_all(donors: pd.DataFrame) -> Rhythm:
    """Return the donors as one rhythm of single gifts, their histories grouped."""
    return Rhythm("single", WEEK_DAYS, False, donors, *grouped_histories(donors, grid=1.0))


def search_figures(n_donors: int, seed: int) -> dict[str, Any]:
    """Return the time of the search for segments, over how many people and groups."""
    n = min(n_donors, MOST_SEARCHED)
    asks = make_asks(n, seed=seed, truth=Truth(lift=LIFT))
    figures: dict[str, Any] = {"search_donors": n}
    search = timed(figures, "search", lambda: find_segments(
        asks, LEVELS, Plan(n_shuffles=N_SHUFFLES, seed=seed)))
    return figures | {"search_groups": search.n_groups}


if __name__ == "__main__":
    main()
