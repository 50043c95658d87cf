"""How fast a raw CSV becomes accepted and set-aside Parquet with 25 expectations checked.

    python benchmarks/checks.py [--rows 1000000] [--no-stock] [--workers 2] [--runs 1]

It makes a CSV of 15 columns with planted bad rows in a temporary folder, admits it with the
code that the pipeline runs (`workbench.intake.admit`), compares the lines set aside with
those planted, and checks the same expectations with stock pandas and Great Expectations.
Imports are timed in neither; parsing days and amounts is timed in ours only. The last line
is JSON: the best run, and the median.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import yaml

from workbench.checks import import_engine
from workbench.intake import admit
from workbench.settings import load_settings
from workbench.tables import write_text

REPOSITORY = Path(__file__).parents[1]
SEED = 20121106
RAW = "data/raw/gifts.csv"
ONE_BAD_ROW_IN = 1_000
COLUMNS = {
    "donation_id": "Gift", "first_name": "First", "middle_name": "Middle", "last_name": "Last",
    "address_line": "Street", "town_name": "Town", "region_code": "State", "postcode": "Zip",
    "phone": "Phone", "email": "Mail", "birth_date": "Born", "donation_date": "Day",
    "amount_minor": "Amount", "currency_code": "Currency", "gift_kind_code": "Kind",
}
GIFTS = {
    "path": RAW, "table": "donations", "lawful_basis": "made-up data",
    "expiry_date": "2030-01-01", "columns": COLUMNS,
}
AS_BEFORE = "phone, day and amount of the row before"
FAULTS = (
    ("Day", "2025-13-01"), ("Amount", "12.345"), ("Kind", "present"), ("Zip", "ABCDE"),
    ("Currency", "usd"), ("Day", "2031-01-01"), ("Gift", ""), ("Street", 'a "stray" quote'),
    ("Mail", "one,two"), ("Gift", "G000000000"), ("Born", "2027-01-01"), ("Phone", AS_BEFORE),
)


def make_expectations() -> list[dict[str, Any]]:
    """Return 25 of them: filled columns, patterns, sets, ranges, uniqueness, across columns."""
    filled = ["first_name", "last_name", "address_line", "town_name",
              "region_code", "postcode", "phone", "email", "donation_date", "amount_minor"]
    patterns = {"postcode": r"^\d{5}$", "phone": r"^\d{10}$", "email": r"^[^@ ]+@[^@ ]+$",
                "donation_id": r"^G\d+$", "currency_code": "^[A-Z]{3}$"}
    entries = [_entry("values_to_not_be_null", column=name) for name in filled]
    entries += [_entry("values_to_match_regex", column=name, regex=pattern)
                for name, pattern in patterns.items()]
    entries += [
        _entry("values_to_be_in_set", column="region_code", value_set=["CA", "NY", "TX", "WA"]),
        _entry("values_to_be_in_set", column="currency_code", value_set=["USD"]),
        _entry("values_to_be_between", column="amount_minor", min_value=-1e8, max_value=1e8),
        _entry("values_to_be_between", column="donation_date", max_value="2026-10-05"),
        _entry("value_lengths_to_be_between", column="last_name", min_value=1, max_value=40),
        _entry("value_lengths_to_be_between", column="town_name", min_value=1, max_value=40),
        _entry("values_to_be_between", column="amount_minor", min_value=1,
                row_condition='gift_kind_code=="gift"', condition_parser="pandas"),
        _entry("values_to_be_unique", column="donation_id"),
    ]
    pair = {"column_A": "donation_date", "column_B": "birth_date",
            "ignore_row_if": "either_value_is_missing"}
    compound = {"column_list": ["phone", "donation_date", "amount_minor"]}
    entries += [
        _entry("pair_values_a_to_be_greater_than_b", **pair),
        _entry("", **compound) | {"type": "expect_compound_columns_to_be_unique"},
    ]
    return entries


def _entry(kind: str, **kwargs: Any) -> dict[str, Any]:
    meta = {"why": "An expectation of a benchmark.", "severity": "warn", "rows": "set_aside"}
    return {"type": f"expect_column_{kind}", "kwargs": kwargs, "meta": meta}


def write_gifts(path: Path, n_rows: int) -> list[int]:
    """Write the made-up CSV in runs of 100,000 rows; return the lines of the bad ones."""
    rng = np.random.default_rng(SEED)
    lines: list[int] = []
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(",".join(COLUMNS.values()) + "\n")
        for start in range(0, n_rows, 100_000):
            size = min(100_000, n_rows - start)
            frame = _made_up(rng, start, size)
            bad = np.arange(ONE_BAD_ROW_IN // 2, size, ONE_BAD_ROW_IN)
            _plant(frame, bad)
            lines += (bad + start + 2).tolist()
            handle.write("\n".join(frame.agg(",".join, axis=1).tolist()) + "\n")
    return lines


def _made_up(rng: np.random.Generator, start: int, size: int) -> pd.DataFrame:
    names = np.array([f"Name{number:05d}" for number in range(20_000)])
    towns = np.array([f"Town {number}" for number in range(800)])
    days = np.datetime64("2024-01-01") + rng.integers(0, 900, size)
    phones = pd.Series(rng.integers(2_000_000_000, 9_999_999_999, size).astype(str))
    last = pd.Series(names[rng.integers(0, 20_000, size)])
    return pd.DataFrame({
        "Gift": [f"G{number:09d}" for number in range(start, start + size)],
        "First": names[rng.integers(0, 2_000, size)],
        "Middle": np.array(["", "A", "B", "J"])[rng.integers(0, 4, size)],
        "Last": last,
        "Street": [f"{number} Harbour Street" for number in rng.integers(1, 9_999, size)],
        "Town": towns[rng.integers(0, 800, size)],
        "State": np.array(["CA", "NY", "TX", "WA"])[rng.integers(0, 4, size)],
        "Zip": pd.Series(rng.integers(10_000, 99_999, size).astype(str)),
        "Phone": phones,
        "Mail": last.str.lower() + phones.str[:4] + "@example.org",
        "Born": np.datetime_as_string(
            np.datetime64("1930-01-01") + rng.integers(0, 28_000, size)),
        "Day": np.datetime_as_string(days),
        "Amount": pd.Series(rng.integers(1, 5_000, size).astype(str)) + ".50",
        "Currency": "USD",
        "Kind": np.array(["gift", "refund"])[(rng.random(size) < 0.02).astype(int)],
    }).astype(object)


def _plant(frame: pd.DataFrame, bad: np.ndarray) -> None:
    for number, (column, text) in enumerate(FAULTS):
        rows = bad[number::len(FAULTS)]
        if text is AS_BEFORE:
            repeated = ["Phone", "Day", "Amount"]
            frame.loc[rows, repeated] = frame.loc[rows - 1, repeated].to_numpy()
        else:
            frame.loc[rows, column] = text


def run_stock(path: Path) -> float:
    """Return the seconds that pandas' reader and one stock validation take."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    entries = [{**one, "kwargs": dict(one["kwargs"])} for one in make_expectations()]
    for entry in entries:  # stock pandas reads the amount as decimal units and the day as text
        if entry["kwargs"].get("column") == "donation_date" and "max_value" in entry["kwargs"]:
            entry["type"] = "expect_column_values_to_match_regex"
            entry["kwargs"] = {"column": "donation_date", "regex": r"^20[12]\d-"}
        if entry["kwargs"].get("column") == "amount_minor" and entry["type"].endswith("between"):
            entry["type"] = "expect_column_values_to_match_regex"
            ranges = {"min_value", "max_value"}
            rest = {key: part for key, part in entry["kwargs"].items() if key not in ranges}
            entry["kwargs"] = {**rest, "regex": r"^-?\d+(\.\d\d?)?$"}
    started = time.perf_counter()
    frame = pd.read_csv(path, dtype=str, on_bad_lines="skip").set_axis(list(COLUMNS), axis=1)
    suite = gx.ExpectationSuite(name="stock", expectations=entries)
    asset = context.data_sources.add_pandas("stock").add_dataframe_asset("stock")
    batch = asset.add_batch_definition_whole_dataframe("stock").get_batch({"dataframe": frame})
    report = batch.validate(suite, result_format="COMPLETE")
    failing: set[int] = set()
    for result in report.results:
        failing |= set(result.result.get("unexpected_index_list") or [])
    is_bad = frame.index.isin(failing)
    frame[~is_bad].to_parquet(path.with_name("stock_accepted.parquet"))
    frame[is_bad].to_parquet(path.with_name("stock_set_aside.parquet"))
    return time.perf_counter() - started


def peak_gigabytes() -> float:
    """Return the peak memory of this process and of its largest worker, twice, together."""
    unit = 1e6 if sys.platform != "darwin" else 1e9
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return float((own + 2 * worker) / unit)


def admit_apart(root: Path, n_workers: int) -> dict[str, Any]:
    """Admit the made-up source; return what it took, and the lines that were set aside."""
    settings = load_settings(root)
    import_engine()
    started, cpu = time.perf_counter(), time.process_time()
    admission = admit(settings, "gifts", n_workers=n_workers)
    seconds = time.perf_counter() - started
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    aside = pq.read_table(admission.set_aside_path, columns=["source_row"])
    return {
        "seconds": seconds, "n_rows": admission.quality.rows["n_rows"],
        "lines": sorted(aside["source_row"].to_pylist()),
        "cpu_s": time.process_time() - cpu + spent.ru_utime + spent.ru_stime,
        "peak_gb": peak_gigabytes(),
    }


def in_own_process(action: Callable[..., Any], *args: Any) -> Any:
    """Return what ``action`` returns in a fresh process; raise what it raises, or its death."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(action, *args).result()


def make_campaign(root: Path, n_rows: int) -> list[int]:
    """Write settings, suite and CSV below ``root``; return the lines of the bad rows."""
    params = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    params |= {"sources": {"gifts": GIFTS}, "notebooks": {}}
    suite = {"name": "donations", "expectations": make_expectations()}
    write_text(root / "params.yaml", yaml.safe_dump(params))
    write_text(root / "expectations" / "donations.json", json.dumps(suite))
    path = root / RAW
    path.parent.mkdir(parents=True)
    lines = write_gifts(path, n_rows)
    print(f"{n_rows:,} rows, {path.stat().st_size / 1e6:.0f} MB, {len(lines):,} bad;",
          f"{len(suite['expectations'])} expectations")
    return lines


def timed_runs(root: Path, asked: argparse.Namespace, lines: list[int]) -> list[dict[str, Any]]:
    """Return what each run took, the fastest first; every planted row must be set aside."""
    runs = []
    for _ in range(asked.runs):
        run = in_own_process(admit_apart, root, asked.workers)
        found = run.pop("lines")
        if found != lines or run.pop("n_rows") != asked.rows:
            raise SystemExit(f"planted {len(lines)} bad rows, but found {len(found)}: "
                             f"lines {sorted(set(found) ^ set(lines))[:10]} differ")
        runs.append(run)
    return sorted(runs, key=lambda run: run["seconds"])


def main() -> None:
    """Run the benchmark and print its figures, the last line as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--no-stock", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lines = make_campaign(root, asked.rows)
        runs = timed_runs(root, asked, lines)
        stock = None if asked.no_stock else in_own_process(run_stock, root / RAW)
    best, median = runs[0], runs[len(runs) // 2]["seconds"]
    print(json.dumps({
        "rows": asked.rows, "seconds": round(best["seconds"], 3),
        "rows_per_s": round(asked.rows / best["seconds"]), "median_s": round(median, 3),
        "cpu_s": round(best["cpu_s"], 2), "peak_gb": round(best["peak_gb"], 3),
        "stock_s": None if stock is None else round(stock, 2), "n_bad": len(lines),
        "load": round(os.getloadavg()[0], 2),
    }))


if __name__ == "__main__":
    main()
