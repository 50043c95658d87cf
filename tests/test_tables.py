"""Tables are declared once, written whole or not at all, and read back as declared."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow.parquet as pq
import pytest

from workbench.errors import SettingsError, StorageError
from workbench.tables import (
    KINDS,
    RESULTS,
    TABLES,
    read_table,
    table_named,
    write_table,
    write_text,
)
from workbench.tables.dictionary import data_dictionary

VOTERS = TABLES["voters"]
SHARE_ENDINGS = ("_share", "_rate", "_probability", "share_low", "share_high",
                 "probability_low", "probability_high")
MONEY_ENDINGS = ("_minor", "_minor_low", "_minor_high")
ALL = [*TABLES.values(), *RESULTS.values()]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_table_keeps_to_the_naming_law(table):
    names = table.column_names
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    assert bool(table.adds) == (table.name in TABLES)
    assert not table.adds or names[:2] == ("source_name", "source_row")
    for column in table.columns:
        assert column.kind in KINDS
        assert column.meaning.endswith(".")
        assert not column.values or column.kind == "code"
        assert column.name.endswith("_code") or column.kind != "code" or column == table.columns[0]
        assert column.name.endswith("_date") == (column.kind == "date")
        assert column.name.startswith(("is_", "has_")) == (column.kind == "flag")
        assert column.name.endswith(MONEY_ENDINGS) == (column.kind == "money")
        assert "_low_" not in column.name  # ends stand last
        assert "_high_" not in column.name
        assert column.name.startswith("n_") == (column.kind == "count")
        assert column.name.endswith(SHARE_ENDINGS) == (column.kind == "share")


def test_the_same_column_means_the_same_in_every_table():
    kinds = {}
    for table in ALL:
        for column in table.columns:
            kinds.setdefault(column.name, set()).add(column.kind)
    assert {name: k for name, k in kinds.items() if len(k) > 1} == {}


def test_what_is_written_is_read_back_in_the_declared_shape(tmp_path):
    frame = pd.DataFrame({
        "voter_id": ["a", None], "age_years": pd.array([40, None], dtype="Int64"),
        "birth_date": pd.to_datetime(["1986-02-03", None]), "is_postal_voter": [True, None],
    })
    write_table(frame, VOTERS, tmp_path / "v.parquet")
    assert pq.read_schema(tmp_path / "v.parquet").names == list(VOTERS.column_names)
    back = read_table(tmp_path / "v.parquet")
    assert back["birth_date"].iloc[0].date() == dt.date(1986, 2, 3)
    assert back[["voter_id", "age_years", "birth_date", "is_postal_voter"]].isna().iloc[1].all()
    assert str(back["age_years"].dtype) == "Int64"
    assert back["first_name"].isna().all()


def test_the_same_rows_give_the_same_bytes(tmp_path):
    frame = pd.DataFrame({"voter_id": [str(i) for i in range(1000)]})
    for name in ("a", "b"):
        write_table(frame, VOTERS, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_column_that_the_table_does_not_have_is_a_bug(tmp_path):
    with pytest.raises(KeyError, match="shoe_size"):
        write_table(pd.DataFrame({"shoe_size": [1]}), VOTERS, tmp_path / "v.parquet")


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path):
    path = tmp_path / "v.parquet"
    write_table(pd.DataFrame({"voter_id": ["a"]}), VOTERS, path)
    before = path.read_bytes()
    with pytest.raises(KeyError):
        write_table(pd.DataFrame({"shoe_size": [1]}), VOTERS, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["v.parquet"]


def test_a_file_that_cannot_be_written_is_told_by_name(tmp_path):
    (tmp_path / "taken").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError, match=r"folder could not be written"):
        write_text(tmp_path / "folder", "x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "taken"]


def test_a_table_is_found_by_name_and_the_nearest_is_offered():
    with pytest.raises(SettingsError, match="Did you mean 'donations'"):
        table_named("donation")


def test_the_dictionary_names_every_column_and_every_code():
    page = data_dictionary(TABLES.values())
    for table in TABLES.values():
        assert f"## {table.name}\n" in page
        for column in table.columns:
            assert f"| `{column.name}` | {column.kind} |" in page
