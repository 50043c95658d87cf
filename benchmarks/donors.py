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

import os
from collections.abc import Callable
from typing import Any, TypeVar

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np
import pandas as pd
from offers import searched
from shared import Clock, options, peak_gb, tell

from workbench.donors.value.forecast import forecast_rhythm, predict, value_of_people
from workbench.donors.value.giving_pattern import WEEK_DAYS, Rhythm, grouped_histories

PERIOD_DAYS = 182
SPAN_WEEKS = 178
RATE_SHAPE, RATE_WEEKS, MEAN_LIFE_WEEKS = 0.9, 16.0, 80.0
MOST_SEARCHED = 200_000
Result = TypeVar("Result")


def main() -> None:
    """Make donors, fit, predict, search, and print the line of JSON."""
    asked = options(__doc__, donors=1_000_000, seed=1)
    donors = made_donors(asked.donors, seed=asked.seed)
    figures: dict[str, Any] = {"donors": asked.donors}
    forecast = timed(figures, "fit", lambda: forecast_rhythm(
        Rhythm("single", WEEK_DAYS, False, donors, *grouped_histories(donors, grid=1.0)),
        period_days=PERIOD_DAYS))
    assert forecast is not None
    again = timed(figures, "forecast", lambda: predict(
        forecast.rhythm, forecast.fitted, forecast.size, period_days=PERIOD_DAYS))
    people = value_of_people([again], level=0.9)
    figures |= {"model": forecast.fitted.model.code, "histories": len(forecast.rhythm.seen),
                "expected_gifts": round(float(people["expected_gifts"].sum())),
                "search_donors": min(asked.donors, MOST_SEARCHED)}
    search, clock = searched(figures["search_donors"], seed=asked.seed)
    tell(**figures, **clock.told("search_s", "search_cpu_s"), search_groups=search.n_groups,
         peak_gb=peak_gb())


def timed(figures: dict[str, Any], name: str, call: Callable[[], Result]) -> Result:
    """Return what ``call`` returns; put its seconds into ``figures``."""
    clock, result = Clock(), call()
    figures |= clock.told(f"{name}_s", f"{name}_cpu_s")
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


if __name__ == "__main__":
    main()
