"""A build goes on where a stage fails: the rest is built, and the pages say what is missing."""

from __future__ import annotations

import shutil

import pytest
from made_campaign import SETUP, make_notebook, write_notebook
from made_releases import REPOSITORY, make_repository, workbench

from workbench.builds.failures import first_sentence
from workbench.builds.order import downstream, in_order
from workbench.cli import main
from workbench.pipeline.stages import Stage

STAGES = """\
stages:
  table:
    cmd: python make_table.py
    deps: [make_table.py, data/raw/mine.csv]
    outs:
      - data/table.txt: {persist: true}
  count:
    cmd: workbench run count
    deps: [data/table.txt, notebooks/count.ipynb]
    params: [campaign, notebooks.count]
    outs:
      - reports/count.html: {persist: true}
    metrics:
      - reports/count.json: {cache: false, persist: true}
  other:
    cmd: workbench run other
    deps: [notebooks/other.ipynb]
    outs:
      - reports/other.html: {persist: true}
    metrics:
      - reports/other.json: {cache: false, persist: true}
  overview:
    cmd: workbench run overview
    deps: [notebooks/overview.ipynb, reports/count.json, reports/other.json, reports/quality]
    params: [notebooks.overview]
    outs:
      - reports/overview.html: {persist: true}
    metrics:
      - reports/overview.json: {cache: false, persist: true}
  index:
    cmd: workbench index
    deps: [reports/count.json, reports/other.json, reports/overview.json, reports/releases.json]
    outs:
      - reports/index.html: {persist: true}
"""
MAKES = "from pathlib import Path\nPath('data/table.txt').write_text('first')\n"
FAILS = "raise SystemExit(3)\n"
OVERVIEW = "  overview: {brief_names: [count, other], headline_names: [], unbuilt_briefs: []}\n"


@pytest.fixture
def campaign(tmp_path):
    """Two briefs, one of them on a table, an overview and an index; not built yet."""
    root = make_repository(tmp_path / "campaign")
    (root / "dvc.yaml").write_text(STAGES)
    (root / "make_table.py").write_text(MAKES)
    shutil.copyfile(REPOSITORY / "data/raw/dvc.yaml", root / "data/raw/dvc.yaml")
    params = (root / "params.yaml").read_text()
    end = params.index("sources:"), params.index("notebooks:")
    (root / "params.yaml").write_text(
        params[:end[0]] + "sources: {}\n" + params[end[1]:] + OVERVIEW + "  other: {}\n")
    write_notebook(root, "other", make_notebook())
    (root / "reports/quality").mkdir(parents=True)
    shutil.copyfile(REPOSITORY / "notebooks/overview.ipynb", root / "notebooks/overview.ipynb")
    return root


def break_other(root, setup="name = 'Mrs Smith'\nraise ValueError(name)"):
    notebook = make_notebook()
    notebook["cells"][2]["source"] = setup
    write_notebook(root, "other", notebook)


def pages(root):
    return {path.name: path.read_text() for path in sorted((root / "reports").glob("*.html"))}


@pytest.mark.slow
def test_a_brief_that_fails_takes_no_other_with_it_and_the_next_build_is_whole(campaign):
    break_other(campaign)
    done = workbench(campaign, "build")
    assert done.returncode == 28, done.stderr
    assert "other: other.ipynb stopped with ValueError in cell 3" in done.stdout
    found = pages(campaign)
    assert set(found) == {"count.html", "index.html", "overview.html"}
    told = "missing, since other.ipynb stopped with ValueError in cell 3 (setup), line 2"
    assert f"This brief is {told}" in found["index.html"]
    assert f"1 brief is missing or old: other is {told}" in found["overview.html"]
    assert "Smith" not in "".join(found.values()) + done.stdout + done.stderr
    status = workbench(campaign, "status").stdout
    assert ("The last build could not make:\n  brief other: other.ipynb stopped with ValueError "
            "in cell 3 (setup), line 2\n") in status

    break_other(campaign, SETUP)
    done = workbench(campaign, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Open this file in a browser:\n  {campaign}/reports/index.html" in done.stdout
    found = pages(campaign)
    assert "other.html" in found
    assert "missing" not in found["index.html"]
    assert "Every brief is built" in found["overview.html"]
    assert "Everything is built and up to date" in workbench(campaign, "status").stdout


@pytest.mark.slow
def test_the_last_good_brief_of_one_that_fails_stands_and_is_called_old(campaign):
    assert workbench(campaign, "build").returncode == 0
    good = pages(campaign)
    break_other(campaign)
    assert workbench(campaign, "build").returncode == 28
    found = pages(campaign)
    assert found["other.html"] == good["other.html"]
    assert "This brief is old, since other.ipynb stopped" in found["index.html"]
    break_other(campaign, SETUP)
    assert workbench(campaign, "build").returncode == 0
    assert pages(campaign) == good


@pytest.mark.slow
def test_what_rests_on_a_stage_that_fails_is_built_from_its_last_good_result(campaign):
    assert workbench(campaign, "build").returncode == 0
    (campaign / "make_table.py").write_text(FAILS)
    params = (campaign / "params.yaml").read_text()
    (campaign / "params.yaml").write_text(params.replace("n_rows: 40", "n_rows: 55"))
    done = workbench(campaign, "build")
    assert done.returncode == 28
    found = pages(campaign)
    assert ">55</strong>" in found["count.html"]
    assert "This brief is old, since it rests on the last good result of &#39;table&#39;" in (
        found["index.html"])


@pytest.mark.slow
def test_what_rests_on_a_stage_that_never_worked_says_what_it_needs(campaign):
    (campaign / "make_table.py").write_text(FAILS)
    assert workbench(campaign, "build").returncode == 28
    found = pages(campaign)
    assert set(found) == {"index.html", "other.html", "overview.html"}
    assert "it needs data/table.txt, which &#39;table&#39; has not made yet" in found["index.html"]


@pytest.mark.slow
def test_a_pipeline_that_cannot_be_read_is_one_message(campaign):
    (campaign / "dvc.yaml").write_text("stages: [")
    done = workbench(campaign, "build")
    assert done.returncode == 18
    assert "The pipeline could not be run" in done.stderr


def test_a_stage_outside_a_build_leaves_no_notes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["index"]) == 10
    assert list(tmp_path.iterdir()) == []
    assert "There is no params.yaml" in capsys.readouterr().err


def test_stages_are_ordered_by_what_they_read_and_found_below_a_failure():
    last = Stage("last", ("data/b",), (), ("c",))
    middle = Stage("middle", ("data/a/one",), (), ("data/b/two",))
    first = Stage("first", (), (), ("data/a",))
    alone = Stage("alone", ("x",), (), ("y",))
    stages = (last, middle, alone, first)
    assert [one.name for one in in_order(stages)] == ["alone", "first", "middle", "last"]
    assert [one.name for one in downstream(stages, {"first"})] == ["middle", "last"]
    assert downstream(stages, {"last"}) == ()


@pytest.mark.parametrize(("text", "first"), [
    ("gifts.csv has no column 'A'. Rename it.", "gifts.csv has no column 'A'"),
    ("one line\n  two lines. Then more.", "one line"),
    ("no end", "no end"),
    ("a.ipynb stopped with KeyError in cell 3, line 1: table['x']. It", "a.ipynb stopped with "
     "KeyError in cell 3, line 1"),
])
def test_the_reason_on_a_page_is_the_first_sentence_of_the_message(text, first):
    assert first_sentence(text) == first


@pytest.mark.slow
def test_own_files_with_the_public_key_stop_before_any_stage(tmp_path):
    campaign = make_repository(tmp_path / "campaign")
    params = campaign / "params.yaml"
    text = params.read_text(encoding="utf-8").replace("key_name: tests", "key_name: public_sample")
    params.write_text(text, encoding="utf-8")
    done = workbench(campaign, "build")
    assert done.returncode == 10
    assert "workbench key harbour_alliance" in done.stderr
    assert "Running stage" not in done.stdout + done.stderr
    assert not (campaign / "dvc.lock").exists()
