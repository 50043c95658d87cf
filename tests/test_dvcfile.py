"""dvc.yaml follows from what stages and notebooks declare; what is one's own in it stays."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dvc.dependency.param import MissingParamsError, ParamsDependency
from dvc.repo import Repo

from workbench import cli
from workbench.dvcfile import changes_of, write_pipeline
from workbench.dvcfile.params import with_keys
from workbench.errors import NotebookError, SettingsError

REPOSITORY = Path(__file__).parents[1]
NOTHING_TO_DO = "dvc.yaml is as stages and notebooks declare it.\n"
OWN_LINE = "  # Stages of your own stand below this line, and stay as you write them.\n"


@pytest.fixture
def campaign(tmp_path):
    """A campaign's folder with the repository's notebooks, pipeline and parameters."""
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copyfile(REPOSITORY / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        shutil.copyfile(path, tmp_path / "notebooks" / path.name)
    return tmp_path


def stages(root):
    return yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


def setup_of(root, name, old, new):
    """Replace a text of a notebook's setup cell."""
    path = root / f"notebooks/{name}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    cell = next(one for one in content["cells"] if one["metadata"].get("tags") == ["setup"])
    text = "".join(cell["source"])
    assert old in text
    cell["source"] = [text.replace(old, new)]
    path.write_text(json.dumps(content), encoding="utf-8")


def add_notebook(root, name, setup, title="# What happened?", *more):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": [title]},
             {"cell_type": "code", "metadata": {"tags": ["parameters"]},
              "source": ["tables = ['polls']"]},
             {"cell_type": "code", "metadata": {"tags": ["setup"]}, "source": [setup]}, *more]
    (root / f"notebooks/{name}.ipynb").write_text(json.dumps(
        {"cells": cells, "nbformat": 4, "metadata": {}}))


def read_parameters(root):
    """Let DVC read what each stage uses of params.yaml, as it does before it runs one."""
    return [dep.get_hash() for stage in Repo(str(root)).index.stages for dep in stage.deps
            if isinstance(dep, ParamsDependency)]


def test_the_committed_pipeline_is_as_declared():
    texts, told = changes_of(REPOSITORY)
    assert "\n".join(told) == "", "run 'workbench pipeline'"
    assert texts == {}


def test_a_table_that_a_notebook_declares_is_read_by_its_stage(campaign):
    setup_of(campaign, "donors", "reads=donors.READ", 'reads=[*donors.READ, "polls"]')
    assert write_pipeline(campaign) == [
        "dvc.yaml: donors now has data/received/polls.json, data/tables/polls.parquet"]
    assert {"data/received/polls.json", "data/tables/polls.parquet"} <= set(
        stages(campaign)["donors"]["deps"])
    assert write_pipeline(campaign) == []


def test_a_parameter_that_a_campaign_changed_is_as_it_changed_it(campaign):
    params = (campaign / "params.yaml").read_text()
    assert "  overview: {}\n" in params
    (campaign / "params.yaml").write_text(params.replace(
        "  overview: {}\n", "  overview:\n    brief_names: [donors]\n"))
    write_pipeline(campaign)
    assert [dep for dep in stages(campaign)["overview"]["deps"] if dep.startswith("reports/")] == [
        "reports/baseline.json", "reports/donors.json", "reports/quality"]


def test_a_notebook_has_its_stage_by_what_it_declares_alone(campaign):
    add_notebook(campaign, "turn", "from workbench.exhibits import open_brief\n"
                 "brief = open_brief(1, reads=tables, uses=['engine'], rests_on=['spine'])",
                 "# Who: what '# is' it?")
    told = write_pipeline(campaign)
    made = stages(campaign)["turn"]
    assert told == ["dvc.yaml: the stage turn is new",
                    "dvc.yaml: index now has reports/turn.json",
                    "params.yaml: notebooks.turn was added, with nothing changed"]
    assert made["desc"] == "Who: what '# is' it?"
    assert made["params"] == ["campaign", "disclosure", "notebooks.turn", "engine"]
    received = {dep for dep in made["deps"] if dep.startswith("data/received")}
    assert received == {dep.replace("tables", "received").replace("parquet", "json")
                        for dep in stages(campaign)["spine"]["deps"] if "data/tables" in dep}
    assert [dep for dep in made["deps"] if dep.startswith("data/tables")] == [
        "data/tables/polls.parquet"]


def test_the_code_that_a_notebook_imports_is_followed_to_its_end(campaign):
    add_notebook(campaign, "turn", "from workbench.exhibits import open_brief\n"
                 "from workbench.pages.donors import first_screen\nopen_brief(1, reads=[])")
    write_pipeline(campaign)
    code = {dep for dep in stages(campaign)["turn"]["deps"] if dep.startswith("src/")}
    assert {"src/workbench/donors", "src/workbench/silence.py"} <= code
    assert not code & {"src/workbench/briefs", "src/workbench/cli", "src/workbench/spine"}


@pytest.mark.parametrize(("setup", "told"), [
    ("open_brief(1, reads=[unknown])", "name 'unknown' is not defined"),
    ("open_brief(1, reads=3)", "cannot be read"),
    ("open_brief(1, reads=[3])", "reads of open_brief is no list of texts"),
    ("open_brief(1, uses=[''])", "uses of open_brief is no list of texts"),
    ("open_brief(1, reads=[1/0])", "division by zero"),
    ("open_brief(1, reads=[)", "cannot be read"),
])
def test_a_declaration_that_cannot_be_read_is_told_with_its_notebook(campaign, setup, told):
    add_notebook(campaign, "turn", setup)
    before = (campaign / "dvc.yaml").read_bytes()
    with pytest.raises(NotebookError, match=r"turn\.ipynb.*Write it as in") as error:
        write_pipeline(campaign)
    assert told in str(error.value)
    assert (campaign / "dvc.yaml").read_bytes() == before


def cell(kind, text, *tags):
    return {"cell_type": kind, "metadata": {"tags": list(tags)}, "source": [text]}


def test_a_cell_that_no_build_runs_may_be_half_written(campaign):
    add_notebook(campaign, "turn", "open_brief(1, reads=['polls'])", "# What?",
                 cell("raw", "not ( Python"), cell("code", "half (", "explore"),
                 cell("code", "from workbench import spine", "explore"),
                 cell("code", "%time 1\nfrom workbench.lists import GATE", "mine"))
    write_pipeline(campaign)
    deps = stages(campaign)["turn"]["deps"]
    assert "src/workbench/lists" in deps
    assert "src/workbench/spine" not in deps


def test_a_cell_that_is_no_python_is_told_with_its_notebook(campaign):
    add_notebook(campaign, "turn", "open_brief(1, reads=['polls'])", "# What?",
                 cell("code", "half ("))
    with pytest.raises(NotebookError, match=r"notebooks/turn\.ipynb has a cell that is no Python"):
        write_pipeline(campaign)


def test_a_key_that_nobody_can_fill_in_is_refused_by_its_name(campaign):
    params = yaml.safe_load((campaign / "params.yaml").read_text())
    del params["linkage"]["n_threads"]
    (campaign / "params.yaml").write_text(yaml.safe_dump(params))
    before = (campaign / "params.yaml").read_bytes()
    with pytest.raises(SettingsError, match=r"lacks 'linkage\.n_threads', which no command can"):
        write_pipeline(campaign)
    assert (campaign / "params.yaml").read_bytes() == before


def test_what_the_setup_cell_would_do_is_not_done(campaign):
    add_notebook(campaign, "turn", "from pathlib import Path\nPath('made').touch()\n"
                 "open_brief(1, reads=['polls'])")
    write_pipeline(campaign)
    assert not (campaign / "made").exists()
    assert not Path("made").exists()


def test_a_notebook_without_a_declaration_is_told_and_a_stage_of_its_own_stays(campaign):
    add_notebook(campaign, "old", "open_brief(1)")
    assert write_pipeline(campaign) == [
        "notebooks/old.ipynb has no stage: its setup cell calls no open_brief(settings, "
        "reads=[...])"]
    text = (campaign / "dvc.yaml").read_text()
    by_hand = "  old:\n    cmd: workbench run old\n    deps: [x]  # mine\n"
    (campaign / "dvc.yaml").write_text(text.replace("  index:\n", by_hand + "  index:\n"))
    assert write_pipeline(campaign) == ["dvc.yaml: index now has reports/old.json"]
    assert (campaign / "dvc.yaml").read_text().endswith(OWN_LINE + by_hand)
    assert write_pipeline(campaign) == []


def test_stages_and_sections_of_ones_own_stay_to_the_byte(campaign):
    own = ("\n  # why\n  mine:\n    cmd: make it\n    outs:\n      - x.csv\n  gone:\n"
           "    cmd: echo 'workbench run donors'\nplots:\n  - x.csv\n")
    with (campaign / "dvc.yaml").open("a") as file:
        file.write(own)
    setup_of(campaign, "voters", "reads=scores.READ", 'reads=["polls", *scores.READ]')
    write_pipeline(campaign)
    assert (campaign / "dvc.yaml").read_text().endswith(OWN_LINE + own)


def test_a_pipeline_of_before_keeps_its_own_stages_but_of_notebooks_that_went(campaign):
    text = (campaign / "dvc.yaml").read_text().replace(OWN_LINE, "")
    (campaign / "dvc.yaml").write_text(
        text.replace("\n", "\r\n") + "  mine:\r\n    cmd: make it\r\n  went:\r\n"
        "    cmd: workbench run went\r\nplots:\r\n  - x.csv\r\n", newline="")
    assert write_pipeline(campaign) == ["dvc.yaml: the stage went is gone"]
    assert (campaign / "dvc.yaml").read_bytes().decode().endswith(
        OWN_LINE + "  mine:\n    cmd: make it\nplots:\n  - x.csv\n")


def test_what_cannot_be_kept_is_refused(campaign):
    text = (campaign / "dvc.yaml").read_text()
    for other in ("vars: [a.yaml]\n" + text, "stages: {mine: {cmd: x}}\n"):
        (campaign / "dvc.yaml").write_text(other)
        with pytest.raises(SettingsError, match="cannot be kept.*Nothing was written"):
            write_pipeline(campaign)
        assert (campaign / "dvc.yaml").read_text() == other


@pytest.mark.parametrize("text", ["stages: [", "[1]", "stages:\n\tx: 1\n"])
def test_a_pipeline_that_is_no_yaml_is_refused(campaign, text):
    (campaign / "dvc.yaml").write_text(text)
    with pytest.raises(SettingsError, match="not well-formed YAML"):
        write_pipeline(campaign)


def test_without_a_pipeline_it_is_written_whole(campaign):
    (campaign / "dvc.yaml").unlink()
    write_pipeline(campaign)
    assert (campaign / "dvc.yaml").read_bytes() == (REPOSITORY / "dvc.yaml").read_bytes()


def test_the_command_writes_or_checks(campaign, monkeypatch, capsys):
    monkeypatch.chdir(campaign)
    assert (cli.main(["pipeline", "--check"]), capsys.readouterr().out) == (0, NOTHING_TO_DO)
    setup_of(campaign, "voters", "reads=scores.READ", 'reads=["polls", *scores.READ]')
    before = (campaign / "dvc.yaml").read_bytes()
    assert cli.main(["pipeline", "--check"]) == 10
    assert "'workbench pipeline', which writes it" in capsys.readouterr().err
    assert (campaign / "dvc.yaml").read_bytes() == before
    assert cli.main(["pipeline"]) == 0
    assert "voters now has data/tables/polls.parquet" in capsys.readouterr().out
    assert cli.main(["pipeline", "--check"]) == 0


@pytest.mark.slow
def test_dvc_reads_what_is_written_where_a_campaign_left_keys_out(campaign):
    """Of a params.yaml of before: no scores, no intake, no entry of two notebooks."""
    params = yaml.safe_load((campaign / "params.yaml").read_text())
    for key in ("scores", "intake"):
        del params[key]
    for key in ("link", "offers"):
        del params["notebooks"][key]
    (campaign / "params.yaml").write_text(yaml.safe_dump({**params, "sources": {}}))
    subprocess.run(["git", "init", "--quiet"], cwd=campaign, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "--quiet"], cwd=campaign, check=True)
    with pytest.raises(MissingParamsError, match="are missing from"):
        read_parameters(campaign)
    assert len(write_pipeline(campaign)) == 5
    assert len(read_parameters(campaign)) > 10


@pytest.mark.parametrize(("text", "made"), [
    ("a: 1\nnotebooks:\n  x: {}\n", "a: 1\nnotebooks:\n  x: {}\n  n: {}\n"),
    ("notebooks:\n  x:\n    y: 1  # why\n\n# end\nb: 2\n",
     "notebooks:\n  x:\n    y: 1  # why\n  n: {}\n\n# end\nb: 2\n"),
    ("notebooks:  # why\n", "notebooks:  # why\n  n: {}\n"),
    ("notebooks: {}\n", "notebooks:\n  n: {}\n"),
    ("notebooks: {}  # why\nb: 2\n", "notebooks:  # why\n  n: {}\nb: 2\n"),
    ("a: 1", "a: 1\nnotebooks:\n  n: {}\n"),
    ("notebooks:\n  n: {y: 2}\n", "notebooks:\n  n: {y: 2}\n"),
    ("notebooks:\n  x: {}", "notebooks:\n  x: {}\n  n: {}\n"),
])
def test_an_entry_goes_to_the_end_of_its_section(text, made):
    assert with_keys(text, ["notebooks.n"])[0] == made


@pytest.mark.parametrize("text", ["notebooks: {x: {}}\n", "notebooks:\n    x: {}\n",
                                  "[1]", "a: ["])
def test_a_layout_that_lines_cannot_be_added_to_is_refused(text):
    with pytest.raises(SettingsError, match="Nothing was written"):
        with_keys(text, ["notebooks.n"])
