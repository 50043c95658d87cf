"""Where tables lie: one place knows it, for whoever reads, writes, links, erases or decides."""

from __future__ import annotations

import ast
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from workbench.errors import StorageError
from workbench.tables import RESULTS, TABLES, store

REPOSITORY = Path(__file__).parents[1]
SOURCE = REPOSITORY / "src/workbench"
BY_HAND = {"a reviewer", "erase", "people accept"}


def made_by_stages() -> dict[str, str]:
    """Return which stage of dvc.yaml makes which Parquet file."""
    stages = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return {path: name for name, stage in stages.items() for out in stage.get("outs", [])
            for path in out if path.endswith(".parquet")}


@pytest.mark.parametrize("name", [*TABLES, *RESULTS])
def test_a_table_lies_where_the_stage_that_writes_it_puts_it(name):
    table = (TABLES | RESULTS)[name]
    if table.stage in BY_HAND:
        return
    made = made_by_stages()
    if table.lists:
        assert {table.path_of(file): made[table.path_of(file)] for file, _ in table.lists} == {
            table.path_of(file): stage for file, stage in table.lists}
    else:
        assert made[table.path] == table.stage


def test_no_other_place_spells_out_where_a_declared_table_lies():
    """A path in a text of the code is one that a table no longer has when it moves."""
    paths = {table.path for table in (*TABLES.values(), *RESULTS.values())
             if not table.lists}
    names = {f"{Path(path).name}" for path in paths}
    spelled = [
        (file.relative_to(SOURCE).as_posix(), node.value)
        for file in sorted(SOURCE.rglob("*.py")) if "sample" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and "\n" not in node.value and "." in node.value
        and any(word.strip("',:;`") in paths | names for word in node.value.split())
    ]
    assert [one for one in spelled if one[1].count(" ") < 3] == [
        ("spine/accept.py", "id_registry.parquet")]  # the proposal, which is no table of its own


def test_what_is_written_is_what_is_read(tmp_path):
    rows = pd.DataFrame({"source_name": ["s"], "source_row": [2], "area_id": ["A"],
                         "area_type_code": ["ward"], "area_name": ["Old Town"]})
    store.write(tmp_path, "areas", rows)
    assert (tmp_path / "data/tables/areas.parquet").is_file()
    assert store.read(tmp_path, "areas", ["area_name"])["area_name"].tolist() == ["Old Town"]


def test_a_column_that_must_be_there_is_missed_when_it_is_written(tmp_path):
    with pytest.raises(KeyError, match="area_id"):
        store.write(tmp_path, "areas", pd.DataFrame({"source_name": ["s"], "source_row": [2]}))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("name", "told"), [
    ("donations", "data/tables/donations.parquet is not there. Run 'dvc repro gather'"),
    ("people", "data/people/people.parquet is not there. Run 'dvc repro spine'"),
    ("universes", "data/universes/universes.parquet is not there. Run 'dvc repro universes'"),
])
def test_what_is_not_there_is_told_with_the_stage_that_makes_it(tmp_path, name, told):
    with pytest.raises(StorageError) as raised:
        store.read(tmp_path, name)
    assert str(raised.value).startswith(told)


def test_a_damaged_table_and_one_of_an_older_shape_are_told(tmp_path):
    path = tmp_path / "data/people/people.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PAR1 cut off")
    with pytest.raises(StorageError, match=r"people\.parquet cannot be read.*--force spine"):
        store.read(tmp_path, "people")
    with duckdb.connect() as connection, pytest.raises(StorageError, match="--force spine"):
        store.open_view(connection, tmp_path, "people")
    pd.DataFrame({"person_id": ["p1"]}).to_parquet(path)
    with pytest.raises(StorageError, match="lacks the column 'household_id'"):
        store.read(tmp_path, "people")


def test_views_leave_out_rows_about_nobody_and_are_empty_without_a_file(tmp_path):
    gifts = pd.DataFrame({
        "source_name": "s", "source_row": [2, 3, 4], "donation_id": ["a", "b", "c"],
        "donor_kind_code": ["individual", "organisation", None],
        "donation_date": pd.to_datetime(["2026-01-02"] * 3), "amount_minor": [100, 200, 300],
    })
    store.write(tmp_path, "donations", gifts)
    with duckdb.connect() as connection:
        assert store.open_view(connection, tmp_path, "donations") == 2
        assert store.open_view(connection, tmp_path, "polls") == 0
        with pytest.raises(StorageError, match="Run 'dvc repro spine'"):
            store.open_view(connection, tmp_path, "people")
