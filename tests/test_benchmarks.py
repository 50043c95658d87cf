"""Benchmarks run to their end, and the data that linking is measured on has its truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from workbench.people.records import IDENTIFIERS, identity_sql
from workbench.tables import table_named

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
N_PEOPLE = 2_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of tables for a small electorate."""
    folder = tmp_path_factory.mktemp("linkage")
    write(folder)
    return folder


def write(folder: Path) -> None:
    """Write the tables as the benchmark does."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from linkage_data import write_tables
    finally:
        sys.path.remove(str(BENCHMARKS))
    write_tables(folder, N_PEOPLE, seed=3)


def names_of(folder: Path) -> list[str]:
    """Return the tables that were written."""
    return sorted(path.stem for path in (folder / "data/tables").glob("*.parquet"))


def test_there_are_six_sources_beside_the_register_with_0_6_records_a_voter(made: Path) -> None:
    sizes = {name: pq.read_metadata(made / f"data/tables/{name}.parquet").num_rows
             for name in names_of(made)}
    assert sizes.pop("voters") == 2_000 + 10  # one in 200 is registered twice
    assert len(sizes) == 6
    assert sum(sizes.values()) == 1_200


def test_each_table_has_the_columns_that_linking_reads(made: Path) -> None:
    for name in names_of(made):
        table = table_named(name)
        read = set(table.key) | (set(table.column_names) & set(IDENTIFIERS))
        written = set(pq.read_schema(made / f"data/tables/{name}.parquet").names)
        assert read <= written <= set(table.column_names), name


def test_every_row_has_one_true_person(made: Path) -> None:
    import duckdb

    connection = duckdb.connect()
    for name in names_of(made):
        path = made / f"data/tables/{name}.parquet"
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{path}'")
    rows = " UNION ALL ".join(
        f"SELECT source_name, row_key FROM ({identity_sql(name)})" for name in names_of(made))
    known = f"SELECT source_name, row_key, person_id FROM '{made}/truth.parquet'"
    counts = connection.execute(
        f"SELECT count(*), count(person_id), count(DISTINCT (source_name, row_key)) "
        f"FROM ({rows}) FULL JOIN ({known}) USING (source_name, row_key)").fetchall()[0]
    assert counts == (3_210, 3_210, 3_210)


def test_the_same_seed_writes_the_same_bytes(made: Path, tmp_path: Path) -> None:
    write(tmp_path)
    for path in sorted(made.rglob("*.parquet")):
        assert path.read_bytes() == (tmp_path / path.relative_to(made)).read_bytes(), path.name


# Every benchmark runs: at a tiny size, to its line of JSON.

def polled(folder: Path) -> Path:
    """Write a made-up poll of 400 respondents with the columns that turnout_poll asks for."""
    rng = np.random.default_rng(5)
    codes = ("partyid", "educ", "gender", "race", "file_race", "file_party", "state", "sample",
             "phoneuse", "poll", "likely", "scale")
    frame = pd.DataFrame({name: rng.choice(["a", "b"], 400) for name in codes})
    frame["turnout_score"] = rng.random(400)
    frame["file_vt16"] = (rng.random(400) < frame["turnout_score"]).astype(int)
    frame["file_vt14"], frame["file_vt12"] = rng.integers(0, 2, (2, 400))
    frame["file_age"] = rng.integers(18, 90, 400)
    frame.to_csv(folder / "poll.csv", index=False)
    return folder / "poll.csv"


def briefed(folder: Path) -> None:
    """Write a folder of reports with one made-up brief in it."""
    from made_briefs import made_manifest, made_notebook, made_settings

    from workbench.briefs.render import render_brief

    (folder / "reports").mkdir()
    page = render_brief(made_notebook(), made_manifest(), made_settings())
    (folder / "reports/donors.html").write_text(page, encoding="utf-8")


MADE_FOR = {"POLL": polled, "REPORTS": briefed}  # by the option that names what is made
TINY = {
    "checks": ["--rows", "3000"],
    "donors": ["--donors", "2000"],
    "donor_forecast": ["--donors", "300", "--seeds", "1"],
    "linkage_data": ["--people", "1000", "--folder", "FOLDER"],
    "linkage_public": ["--only", "none"],
    "offers": ["--donors", "2000", "--permutations", "19"],
    "sample": ["--people", "200"],
    "scores_any": ["--file", "POLL", "--outcome", "file_vt16"],
    "scores_data": ["--people", "500", "--folder", "FOLDER"],
    "turnout_poll": ["--file", "POLL"],
    "turnout_register": [
        "--file", "POLL", "--elections", "National 2012=2012-11-06=file_vt12",
        "Local 2014=2014-11-04=file_vt14", "--coming", "National 2016=2016-11-08=file_vt16",
        "--age", "file_age", "--sex", "gender"],
    "campaigns": ["--cells", "--people", "300", "--only", "nothing"],
    "briefs": ["--runs", "1"],
    "disclosure": ["--populations", "2"],
    "kills": ["--kills", "2", "--fills", "2"],
    "linkage": ["--people", "3000", "--memory-gb", "1"],
    "linkage_review": ["--people", "1000", "--draws", "2"],
    "linkage_truth": ["--people", "1000"],
    "notebooks": ["--runs", "1"],
    "offers_intervals": ["--seeds", "1", "--lifts", "3", "--permutations", "19"],
    "offers_recovery": ["--donors", "2000", "--permutations", "19", "--seeds", "1"],
    "reading": ["--reports", "REPORTS"],
    "scores": ["--people", "2000"],
    "universes": ["--people", "2000"],
}
# Run by another of them (linkage), or by tests/test_verify.py.
ELSEWHERE = {"linkage_ours", "linkage_plain", "verify"}
SILENT = {"scores_data"}  # it writes tables for scores and prints nothing


def run_benchmark(name: str, options: list[str], folder: Path) -> str:
    """Return the last line that a benchmark prints; it must end, and end well."""
    places = {"FOLDER": str(folder / "out"), "POLL": str(folder / "poll.csv"),
              "REPORTS": str(folder / "reports")}
    command = [sys.executable, str(BENCHMARKS / f"{name}.py"),
               *(places.get(option, option) for option in options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return (done.stdout.splitlines() or [""])[-1]


def test_every_benchmark_that_is_a_command_is_run_by_a_test() -> None:
    commands = {path.stem for path in BENCHMARKS.glob("*.py")
                if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")}
    assert commands == set(TINY) | ELSEWHERE


@pytest.mark.slow
@pytest.mark.parametrize("name", TINY)
def test_a_benchmark_runs_to_its_line_of_json(name: str, tmp_path: Path) -> None:
    for option in MADE_FOR.keys() & {*TINY[name]}:
        MADE_FOR[option](tmp_path)
    line = run_benchmark(name, TINY[name], tmp_path)
    assert name in SILENT or isinstance(json.loads(line), dict), line


@pytest.mark.slow
def test_the_benchmark_of_universes_compares_its_choices_with_the_truth(tmp_path: Path) -> None:
    line = run_benchmark("universes", ["--truth", "--people", "2000", "--seeds", "11"], tmp_path)
    assert isinstance(json.loads(line), dict), line


@pytest.mark.slow
def test_the_benchmark_of_universes_plants_what_a_knock_does(tmp_path: Path) -> None:
    line = json.loads(run_benchmark(
        "universes", ["--promised", "--people", "2000", "--seeds", "31"], tmp_path))
    assert line["low"] <= line["promised"] <= line["high"], line


@pytest.mark.slow
def test_the_recovery_of_offers_looks_for_the_dinners_of_the_sample(tmp_path: Path) -> None:
    line = json.loads(run_benchmark("offers_recovery", [
        "--sample", "2000", "--permutations", "19", "--seeds", "1"], tmp_path))
    assert line["both"] in (0, 1), line


@pytest.mark.slow
def test_the_recovery_of_offers_plants_groups_among_the_people_of_any_file(tmp_path: Path) -> None:
    polled(tmp_path)
    line = run_benchmark("offers_recovery", [
        "--file", "POLL", "--traits", "file_vt14", "file_vt12", "--numbers", "file_age",
        "--base-rate", "0.3", "--permutations", "99", "--seeds", "1", "--cases", "lift 2",
        "points"], tmp_path)
    assert json.loads(line)["other"] in (0, 1), line


def dies() -> None:
    """End the process without a word, as one that runs out of memory does."""
    os._exit(3)


def fails() -> None:
    """Raise what a run that cannot go on raises."""
    raise ValueError("lacks the key 'engine'")


@pytest.mark.parametrize(("action", "error", "told"), [
    (dies, BrokenProcessPool, "terminated"), (fails, ValueError, "lacks the key"),
])
def test_a_benchmark_does_not_wait_for_a_run_that_died(action, error, told) -> None:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from checks import in_own_process
    finally:
        sys.path.remove(str(BENCHMARKS))
    with pytest.raises(error, match=told):
        in_own_process(action)
