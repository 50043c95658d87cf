"""A stage reads what it declares, nothing else; JupyterLab tells of it, by hand all is free."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest

from workbench.errors import SettingsError, StorageError
from workbench.pipeline.reads import hold_to_declared
from workbench.tables import store

PIPELINE = """\
stages:
  spine:
    cmd: workbench spine
    deps: [data/tables/polls.parquet]
    outs: [data/people/people.parquet]
  places:
    cmd: workbench run places
    deps: [data/tables/areas.parquet, data/people/people.parquet, data/extra.json]
    outs: [reports/places.html]
"""


@pytest.fixture
def campaign(tmp_path):
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "params.yaml").write_text("a: 1\n")
    for name in ("areas", "polls", "seats"):
        path = tmp_path / f"data/tables/{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        store.write(tmp_path, name, store.any_table(name).schema().empty_table())
    return tmp_path


def test_a_table_that_the_stage_does_not_declare_is_refused_with_the_step(campaign, monkeypatch):
    monkeypatch.setenv("DVC_STAGE", "places")
    hold_to_declared(campaign, ["areas", "data/extra.json"])
    assert store.read(campaign, "areas").empty
    for read in (store.read, lambda root, name: store.open_view(duckdb.connect(), root, name)):
        with pytest.raises(StorageError) as error:
            read(campaign, "seats")
        assert "The table seats is read by the stage places" in str(error.value)
        assert 'Name "seats" in reads=[...]' in str(error.value)
        assert "run 'workbench pipeline'" in str(error.value)


def test_what_a_declared_table_was_made_of_may_be_read(campaign, monkeypatch):
    monkeypatch.setenv("DVC_STAGE", "../dvc.yaml:places")
    hold_to_declared(campaign)
    assert store.read(campaign, "polls").empty


def test_a_pipeline_that_is_older_than_its_notebook_is_refused(campaign, monkeypatch):
    monkeypatch.setenv("DVC_STAGE", "places")
    with pytest.raises(SettingsError, match=r"older than the notebook.*seats\.parquet"):
        hold_to_declared(campaign, ["seats"])


def test_a_limit_holds_for_its_stage_alone(campaign, monkeypatch):
    monkeypatch.setenv("DVC_STAGE", "places")
    hold_to_declared(campaign)
    monkeypatch.setenv("DVC_STAGE", "gather")
    assert store.read(campaign, "seats").empty


@pytest.mark.parametrize("stage", ["", "other"])
def test_whom_no_stage_runs_is_free(campaign, monkeypatch, stage):
    monkeypatch.setenv("DVC_STAGE", "places")
    hold_to_declared(campaign)
    monkeypatch.setenv("DVC_STAGE", stage)
    hold_to_declared(campaign, ["areas"])
    assert store.read(campaign, "seats").empty


def test_in_jupyterlab_it_is_told_once_and_read(campaign, monkeypatch, capsys):
    monkeypatch.delenv("DVC_STAGE", raising=False)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: object()))
    hold_to_declared(campaign, ["areas"])
    for _ in range(2):
        assert isinstance(store.read(campaign, "areas"), pd.DataFrame)
        assert isinstance(store.read(campaign, "seats"), pd.DataFrame)
    told = capsys.readouterr().err
    assert told.count("The table seats is not among reads=[...]") == 1
    assert "areas" not in told
