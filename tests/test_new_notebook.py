"""`workbench new notebook` makes a brief that builds as it stands, or nothing at all."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys

import pytest
import test_notebooks
import yaml
from made_built import run_in
from made_new import NAME, REPOSITORY, make_without_sources

from workbench import cli
from workbench.errors import NotebookError, StorageError
from workbench.notebooks import make_notebook, new
from workbench.pipeline.stages import stage_of

PIPELINE = (REPOSITORY / "dvc.yaml").read_text(encoding="utf-8")
PARAMS = (REPOSITORY / "params.yaml").read_text(encoding="utf-8")
LAWS = [law for name, law in vars(test_notebooks).items()
        if name.startswith("test_") and "path" in law.__code__.co_varnames[:1]]


@pytest.fixture
def campaign(tmp_path):
    for name, text in (("dvc.yaml", PIPELINE), ("params.yaml", PARAMS)):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    shutil.copytree(REPOSITORY / "notebooks", tmp_path / "notebooks",
                    ignore=shutil.ignore_patterns(".*"))
    return tmp_path


def files(root):
    return {path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*") if path.is_file()}


def lines_changed(before, after):
    """Return what was added; no line may have gone."""
    marks = [line for line in difflib.ndiff(before.splitlines(True), after.splitlines(True))
             if line[:1] in "+-"]
    assert not [line for line in marks if line.startswith("-")]
    return "".join(line[2:] for line in marks)


@pytest.mark.slow
def test_the_command_says_what_it_made(campaign, monkeypatch, capsys):
    monkeypatch.chdir(campaign)
    assert cli.main(["new", "notebook", NAME]) == 0
    assert capsys.readouterr().out.split() == [
        f"notebooks/{NAME}.ipynb", f"tests/test_{NAME}.py", "dvc.yaml", "params.yaml",
        "notebooks/START.md"]
    assert len(files(campaign)) == 5 + len(list((REPOSITORY / "notebooks").glob("*.ipynb")))


def test_the_page_that_jupyterlab_opens_at_has_its_row(campaign):
    before = (campaign / "notebooks/START.md").read_text()
    make_notebook(campaign, NAME)
    after = (campaign / "notebooks/START.md").read_text()
    assert lines_changed(before, after).startswith(f"| [{NAME}]({NAME}.ipynb) | ")
    (campaign / "notebooks/START.md").unlink()
    make_notebook(campaign, "another")
    assert not (campaign / "notebooks/START.md").exists()


def test_only_lines_are_added(campaign):
    make_notebook(campaign, NAME)
    made = files(campaign)
    assert lines_changed(PARAMS, made["params.yaml"].decode()) == f"  {NAME}: {{}}\n"
    added = lines_changed(PIPELINE, made["dvc.yaml"].decode())
    lines = added.splitlines()
    assert lines[0] == f"  {NAME}:"
    assert lines[-1] == f"      - reports/{NAME}.json"  # which the index reads
    assert len(lines) == 18


def test_the_stage_is_like_that_of_another_brief_and_the_index_rests_on_it(campaign):
    make_notebook(campaign, NAME)
    stage, donors = (stage_of(campaign, f"reports/{name}.html") for name in (NAME, "donors"))
    made = [out.replace("donors", NAME) for out in donors.outs if not out.endswith(".parquet")]
    assert (list(stage.outs), stage.command) == (made, f"workbench run {NAME}")
    assert stage.params == ("campaign", "disclosure", f"notebooks.{NAME}")
    assert f"reports/{NAME}.json" in stage_of(campaign, "reports/index.html").deps


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_notebook_keeps_the_laws(campaign, monkeypatch, law):
    make_notebook(campaign, "wave_2")
    params = yaml.safe_load((campaign / "params.yaml").read_text())
    monkeypatch.setattr(test_notebooks, "PARAMS", params)
    law(campaign / "notebooks/wave_2.ipynb")


def test_there_are_laws():
    assert len(LAWS) >= 8


@pytest.mark.parametrize("name", [
    "", "Turnout", "turnout-check", "2nd", "_x", "a/b", "../x", "class", "yes", "null", "on",
    "x" * 42, "tür", "a b", "x\n", "x;y"])
def test_a_name_that_is_none_is_refused(campaign, name):
    before = files(campaign)
    with pytest.raises(NotebookError, match="cannot name a notebook.*Nothing was written"):
        make_notebook(campaign, name)
    assert files(campaign) == before


@pytest.mark.parametrize("name", ["donors", "reconcile", "index", "gather", "quality", "sample",
                                  "releases", "lists", "mine", "pages"])
def test_a_name_that_is_taken_is_refused(campaign, name):
    for place in ("notebooks/mine.ipynb", "tests/test_pages.py"):
        (campaign / place).parent.mkdir(exist_ok=True)
        (campaign / place).write_text("{}")
    before = files(campaign)
    with pytest.raises(NotebookError, match=f"The name '{name}' is taken.*Nothing was written"):
        make_notebook(campaign, name)
    assert files(campaign) == before


def test_the_same_name_twice_is_refused(campaign):
    make_notebook(campaign, NAME)
    before = files(campaign)
    with pytest.raises(NotebookError, match=r"there is notebooks/turnout_check\.ipynb"):
        make_notebook(campaign, NAME)
    assert files(campaign) == before


@pytest.mark.parametrize("n_written", range(5))
def test_where_a_file_cannot_be_written_nothing_is_made(campaign, monkeypatch, n_written):
    before, written = files(campaign), []

    def write(path, text):
        if len(written) == n_written:
            monkeypatch.undo()
            raise StorageError("the disk is full")
        written.append(path)
        new_write(path, text)

    new_write = new.write_text
    monkeypatch.setattr(new, "write_text", write)
    with pytest.raises(StorageError, match="the disk is full"):
        make_notebook(campaign, NAME)
    assert files(campaign) == before


@pytest.mark.slow
def test_the_test_that_it_makes_passes(tmp_path):
    root = make_without_sources(tmp_path / "campaign")
    make_notebook(root, NAME)
    path = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY / "tests")])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"tests/test_{NAME}.py"], cwd=root,
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path})
    assert "2 passed" in done.stdout, done.stdout[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("has_sources", [True, False])
def test_dvc_builds_it_and_the_index_lists_it(built, tmp_path, has_sources):
    root = tmp_path / "campaign"
    shutil.copytree(built, root, symlinks=True)
    if not has_sources:
        params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
        (root / "params.yaml").write_text(yaml.safe_dump({**params, "sources": {}}))
    assert run_in(root, ["workbench", "new", "notebook", NAME]).returncode == 0
    done = run_in(root, ["dvc", "repro", NAME, "index"])
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    page = (root / f"reports/{NAME}.html").read_text(encoding="utf-8")
    assert ("there is nothing to list" in page) is not has_sources
    assert f'href="{NAME}.html"' in (root / "reports/index.html").read_text(encoding="utf-8")

