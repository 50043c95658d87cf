"""How right the forecast of donors is, and how often its intervals hold, on files of many kinds.

    python benchmarks/donor_forecast.py [--real FOLDER] [--donors 1500] [--seeds 1 2] [--only ""]

Each file is predicted for periods that are over, from what was known before; a period's gifts
and money are compared with their intervals of 90 %, and so are the gifts of each segment of 30
donors or more. Two rivals predict the same: the gifts of the same months a year before times
their growth on the year before that (`trend`), and a table of gifts a donor by recency and
frequency, counted on the period before (`table`). Made-up files come from other laws than the
models'; `--real` adds files that may not lie in the repository. `error` is the logarithm of
gifts expected to gifts given: 0.1 is a tenth too many; `once` is of donors who gave once and
have been silent for longer than a period. The last line is JSON.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np
import pandas as pd
from donor_files import GiftFile, made_files, real_files
from shared import Clock, options, tell

from workbench.donors.segments import SegmentRules
from workbench.donors.value.draws import EVERYBODY
from workbench.donors.value.giving_pattern import giving_days
from workbench.donors.value.holdout import hold_out
from workbench.donors.value.period import Period

RULES = SegmentRules(recent_days=180, lapse_days=730, repeat_gifts_min=3)
LEVEL = 0.9
FEWEST_IN_SEGMENT = 30
TIMES, SILENCES = (1.5, 2.5, 4.5), (0.5, 1.0, 2.0)  # edges: gifts; silence in periods


def main() -> None:
    """Predict every period of every file, print each, and the line of JSON."""
    asked = options(__doc__, real=Path, donors=1_500, seeds=[1, 2], only="")
    clock = Clock()
    files = [one for seed in asked.seeds for one in made_files(asked.donors, seed)]
    if asked.real:
        files += real_files(asked.real)
    rows = [back_test(one, end, days) for one in files if asked.only in one.kind
            for end, days in one.periods]
    tests = pd.DataFrame([row for row in rows if row is not None])
    print(tests.round(3).to_string(index=False))
    figures = {kind: summary(mine) for kind, mine in tests.groupby("kind")}
    tell(all=summary(tests), n_kinds=len(figures), **figures, **clock.told("run_s", "run_cpu_s"))


def back_test(one: GiftFile, end: dt.date, n_days: int) -> dict[str, Any] | None:
    """Return what was expected of a period, its interval, what came, and the rivals' errors."""
    period = Period(days=n_days, level=LEVEL, seed=1, polling_dates=one.polling_days)
    held = hold_out(one.settled, as_of=end, rules=RULES, period=period)
    if not held.has_forecast:
        return None
    sums = held.sums.set_index("segment_code")
    row = sums.loc[EVERYBODY]
    parts = sums.drop(index=EVERYBODY).query(f"n_donors >= {FEWEST_IN_SEGMENT}")
    days = giving_days(one.settled[one.settled["donation_date"] <= pd.Timestamp(end)])
    cut = pd.Timestamp(end) - pd.Timedelta(days=n_days)
    given = float(row["n_gifts"])
    known = states(days, cut, n_days).query("times == 0 and silence >= 2")
    once = held.donors[held.donors["person_id"].isin(known.index)]
    return {
        "kind": one.kind, "file": one.name, "cut": f"{cut:%Y-%m-%d}", "days": n_days,
        "n_donors": int(row["n_donors"]), "expected": row["expected_gifts"],
        "low": row["expected_gifts_low"], "high": row["expected_gifts_high"], "given": given,
        "is_in": is_in(row, "expected_gifts", "n_gifts"),
        "money_in": is_in(row, "value_minor", "given_minor"),
        "n_segments": len(parts),
        "segments_in": sum(is_in(part, "expected_gifts", "n_gifts")
                           for _, part in parts.iterrows()),
        "once_expected": once["expected_gifts"].sum(), "once_given": once["n_gifts"].sum(),
        "error": log_error(row["expected_gifts"], given),
        "money_error": log_error(row["value_minor"], row["given_minor"]),
        "trend_error": log_error(trend(days, cut, n_days), given),
        "table_error": log_error(table(days, cut, n_days), given)}


def is_in(row: pd.Series, expected: str, actual: str) -> bool:
    """Tell whether what came lies between the ends of its interval."""
    return bool(row[f"{expected}_low"] <= row[actual] <= row[f"{expected}_high"])


def log_error(expected: float | None, given: float) -> float:
    """Return the logarithm of expected to given, each with half a gift more; or missing."""
    return float("nan") if expected is None else float(np.log((expected + 0.5) / (given + 0.5)))


def trend(days: pd.DataFrame, cut: pd.Timestamp, n_days: int) -> float | None:
    """Return the gifts of the same months a year before, times their growth in a year.

    Of donors known before those months. Where the file is too short for that, it is the last
    period and its growth; and where it has one period alone, that period's gifts.
    """
    for back in (365, n_days):
        last, before = (gifts_of_known(days, cut - pd.Timedelta(days=back * n), n_days)
                        for n in (1, 2))
        if last and before:
            return last * last / before
    return gifts_of_known(days, cut - pd.Timedelta(days=n_days), n_days) or None


def gifts_of_known(days: pd.DataFrame, since: pd.Timestamp, n_days: int) -> int:
    """Return the days of giving in a period, of those who had given before it."""
    return int(states(days, since, n_days)["n_next"].sum())


def table(days: pd.DataFrame, cut: pd.Timestamp, n_days: int) -> float | None:
    """Return what donors give if they give as those of their recency and frequency last did."""
    learned = states(days, cut - pd.Timedelta(days=n_days), n_days)
    if learned.empty:
        return None
    means = learned.groupby(["times", "silence"])["n_next"].mean()
    today = states(days[days["donation_date"] <= cut], cut, n_days)
    keys = pd.MultiIndex.from_frame(today[["times", "silence"]])
    return float(means.reindex(keys).fillna(learned["n_next"].mean()).sum())


def states(days: pd.DataFrame, since: pd.Timestamp, n_days: int) -> pd.DataFrame:
    """Return one row a donor known at ``since``: classes of recency and frequency, and next."""
    before = days[days["donation_date"] <= since].groupby("person_id")["donation_date"]
    is_next = (days["donation_date"] > since) & (
        days["donation_date"] <= since + pd.Timedelta(days=n_days))
    after = days[is_next].groupby("person_id").size()
    silence = (since - before.max()).dt.days / n_days
    return pd.DataFrame({"times": np.digitize(before.size(), TIMES),
                         "silence": np.digitize(silence, SILENCES),
                         "n_next": after.reindex(silence.index).fillna(0).to_numpy()},
                        index=silence.index)


def summary(tests: pd.DataFrame) -> dict[str, Any]:
    """Return how often intervals held, how wide they are, and whom the forecast beats."""
    error = tests["error"].abs()
    rivals = {name: tests[f"{name}_error"].abs().dropna() for name in ("trend", "table")}
    return {
        "n_tests": len(tests), "gifts_in": round(float(tests["is_in"].mean()), 3),
        "money_in": round(float(tests["money_in"].mean()), 3),
        "n_segments": int(tests["n_segments"].sum()),
        "segments_in": round(float(tests["segments_in"].sum() / tests["n_segments"].sum()), 3),
        "once_expected": round(float(tests["once_expected"].sum()), 1),
        "once_given": int(tests["once_given"].sum()),
        "width": round(float((tests["high"] / tests["low"]).median()), 2),
        "mean_error": round(float(error.mean()), 3),
        **{f"{name}_mean_error": round(float(other.mean()), 3) for name, other in rivals.items()},
        **{f"beats_{name}": f"{int((error[other.index] < other).sum())} of {len(other)}"
           for name, other in rivals.items()}}


if __name__ == "__main__":
    main()
