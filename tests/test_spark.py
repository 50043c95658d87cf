"""Spark: the same people as on DuckDB, nothing left behind, and what to install where it lacks."""

from __future__ import annotations

import ast
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from made_campaign import make_campaign
from test_architecture import tree_of
from test_benchmarks import write
from test_spine import contents

from workbench.cli import main
from workbench.errors import EngineError
from workbench.people.spark import needs
from workbench.people.spark.needs import check_java, check_spark, java_version
from workbench.people.spark.session import open_spark
from workbench.settings import load_settings
from workbench.spine import make_people
from workbench.tables import TABLES, read_table, write_table

SOURCE = Path(__file__).parents[1] / "src" / "workbench"
needs_pyspark = pytest.mark.skipif(
    not needs.has_pyspark(), reason="pyspark is not installed; `make spark` installs it")


def processes() -> set[str]:
    """Return the processes that this one started, where the system tells."""
    found = Path("/proc/self/task").glob("*/children")
    return {number for path in found for number in path.read_text().split()}


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """Return a campaign's folder, with a space in its name, with a register and six sources."""
    root = make_campaign(tmp_path / "a campaign")
    write(root)
    for path in (root / "data" / "tables").glob("*.parquet"):
        rows = read_table(path)
        write_table(rows.assign(source_row=range(2, len(rows) + 2)), TABLES[path.stem], path)
    return root


@pytest.mark.slow
@needs_pyspark
def test_spark_gives_the_same_people_as_duckdb_to_the_byte(campaign, monkeypatch):
    monkeypatch.chdir(campaign)
    settings = load_settings(campaign)
    make_people(settings)
    on_duckdb = contents(campaign)
    assert {"crosswalk.parquet", "people.parquet", "model.json"} <= set(on_duckdb)
    environment, started, files = dict(os.environ), processes(), sorted(campaign.rglob("*"))
    make_people(replace(settings, engine="spark"))
    assert contents(campaign) == on_duckdb
    # Nothing is left: no file, no process, no word in the environment.
    assert sorted(campaign.rglob("*")) == files
    assert dict(os.environ) == environment
    assert "pyspark" not in sys.modules  # other libraries take what they can import
    assert processes() <= started


def java_that_says(text: str, folder: Path, *, exit_code: int = 0) -> Path:
    """Write a program named java that tells its version as Java does."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho '{text}' >&2\nexit {exit_code}\n")
    java.chmod(0o755)
    return java


@pytest.mark.parametrize(("text", "version"), [
    ('java version "1.8.0_392"', 8), ('openjdk version "11.0.2" 2019-01-15', 11),
    ('openjdk version "17.0.15" 2025-04-15', 17), ('openjdk version "25" 2025-09-16', 25),
    ("no version", None),
])
def test_the_version_of_a_java_is_read_however_old_it_is(tmp_path, text, version):
    assert java_version(str(java_that_says(text, tmp_path))) == version


def test_without_java_the_message_says_what_to_install_on_each_system(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError) as caught:
        check_java()
    for part in ("no Java by PATH", "Java 17 or newer", "apt install openjdk-17-jre-headless",
                 "brew install --cask temurin@17", "winget install", "engine: duckdb"):
        assert part in str(caught.value)


def test_a_java_that_only_says_that_there_is_none_is_none(tmp_path, monkeypatch):
    java_that_says("The operation couldn't be completed.", tmp_path, exit_code=1)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match="no Java by JAVA_HOME"):
        check_java()


def refusal() -> str:
    """Return why there is no Java that Spark can use; nothing where there is one."""
    try:
        check_java()
    except EngineError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("version", "told"), [
    ("1.8.0_392", "JAVA_HOME on this machine is version 8. Install Java 17 or newer"),
    ("11.0.2", "JAVA_HOME on this machine is version 11. Install Java 17 or newer"),
    ("16.0.2", "JAVA_HOME on this machine is version 16. Install Java 17 or newer"),
    ("17.0.15", ""), ("21.0.1", ""),
])
def test_a_java_is_told_by_its_version_where_it_is_older_than_17_and_nowhere_else(
    tmp_path, monkeypatch, version, told
):
    java_that_says(f'openjdk version "{version}"', tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert told in refusal()
    assert bool(told) is bool(refusal())


@needs_pyspark
def test_a_java_that_cannot_start_spark_is_told_by_its_own_words(tmp_path, monkeypatch):
    java = java_that_says('openjdk version "17.0.1"', tmp_path)
    script = java.read_text().split("\n", maxsplit=1)
    java.write_text("\n".join([script[0], 'test "$1" = -version || { echo No room >&2; exit 1; }',
                               script[1]]))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    linkage = load_settings(make_campaign(tmp_path / "campaign")).linkage
    with pytest.raises(EngineError, match="What it said first is 'No room'"), \
            open_spark(linkage, tmp_path / "work"):
        pass
    assert list((tmp_path / "work").iterdir()) == []


def test_without_pyspark_the_message_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(needs, "FOLDER", tmp_path)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(EngineError, match="'make spark'.*engine: duckdb"):
        check_spark()


def test_the_spine_stops_before_anything_is_linked_where_spark_cannot_start(
    tmp_path, monkeypatch, capsys
):
    root = make_campaign(tmp_path)
    params = root / "params.yaml"
    params.write_text(params.read_text().replace("engine: duckdb", "engine: spark"))
    monkeypatch.chdir(root)
    monkeypatch.setattr(needs, "FOLDER", tmp_path / "nowhere")
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert main(["spine"]) == EngineError.exit_code
    assert "pyspark is not installed" in capsys.readouterr().err
    assert not (root / "data" / "people").exists()


def test_one_package_alone_knows_spark():
    knowing = {
        path.relative_to(SOURCE).parts[:2]
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "pyspark")
        or (isinstance(node, ast.Import) and any(a.name == "pyspark" for a in node.names))
    }
    assert knowing == {("people", "spark")}
