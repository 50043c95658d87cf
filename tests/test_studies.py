"""A study that is skipped is one whose code is, byte for byte, what it was when it passed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import studies

TESTS = Path(__file__).parent
STUDY = '''
import pytest


@pytest.mark.study("src/code")
def test_a_study():
    assert True
'''


def marked():
    """Each test with the marker of a study: its file, its name and what it rests on."""
    for file in sorted(TESTS.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            for mark in getattr(node, "decorator_list", []):
                if ast.unparse(mark).startswith("pytest.mark.study("):
                    yield file, node.name, [arg.value for arg in mark.args]


def test_what_a_study_rests_on_is_there_and_its_own_file_or_a_helper_is_among_it():
    assert len(list(marked())) >= 3
    for file, name, places in marked():
        assert len(studies.fingerprint(file, name, places)) == 16
        assert any(place.startswith("src/workbench/") for place in places), name


def test_no_record_is_of_a_study_that_is_gone():
    names = {name for _, name, _ in marked()}
    assert {name.partition("[")[0] for name in studies.recorded()} <= names


@pytest.fixture
def folder(tmp_path):
    """A folder of tests with one study, on a file of code."""
    for name in ("studies.py", "conftest.py"):
        (tmp_path / "tests").mkdir(exist_ok=True)
        (tmp_path / "tests" / name).write_bytes((TESTS / name).read_bytes())
    (tmp_path / "tests/test_it.py").write_text(STUDY)
    (tmp_path / "src/code").mkdir(parents=True)
    (tmp_path / "src/code/one.py").write_text("a = 1\n")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\nmarkers = ['study: a study', 'slow: slow']\n")
    return tmp_path


def outcome(folder, choice=""):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "tests"], cwd=folder,
        capture_output=True, text=True, check=False,
        env={**os.environ, "WORKBENCH_STUDIES": choice, "PYTEST_ADDOPTS": "",
             "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    return "skipped" if "1 skipped" in done.stdout else (
        "passed" if "1 passed" in done.stdout else done.stdout)


@pytest.mark.slow
def test_a_study_runs_until_it_is_recorded_and_again_when_its_code_changes(folder):
    assert outcome(folder) == outcome(folder) == "passed"
    assert outcome(folder, "record") == "passed"
    assert len(json.loads((folder / "tests/studies.json").read_text())) == 1
    assert outcome(folder) == "skipped"
    assert outcome(folder, "all") == "passed"
    (folder / "src/code/one.py").write_text("a = 2\n")
    assert outcome(folder) == "passed"
    assert outcome(folder, "record") == "passed"
    assert outcome(folder) == "skipped"
    (folder / "src/code/two.py").write_text("")
    assert outcome(folder) == "passed"


@pytest.mark.slow
def test_a_study_that_is_changed_or_fails_is_not_taken_for_the_one_that_passed(folder):
    assert outcome(folder, "record") == "passed"
    before = (folder / "tests/studies.json").read_text()
    (folder / "tests/test_it.py").write_text(STUDY.replace("True", "1 == 2"))
    assert "1 failed" in outcome(folder, "record")
    assert (folder / "tests/studies.json").read_text() == before
    assert "1 failed" in outcome(folder)
