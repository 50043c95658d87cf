"""A brief's version changes if, and only if, something that it is made from changes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from made_campaign import make_campaign, make_notebook, write_notebook

from workbench.briefs.build import describe_run, plan_run
from workbench.briefs.versions import (
    brief_versions,
    content_hash,
    content_version,
    digest_of,
    release_version,
    write_fingerprint,
)
from workbench.errors import NotebookError, SettingsError
from workbench.pipeline.stages import read_stages, stage_of
from workbench.settings import load_settings

REPOSITORY = Path(__file__).parents[1]
PIPELINE = """\
stages:
  look:
    foreach: ${shelves}
    do:
      cmd: workbench run count --name quality/${key}
      deps: ["${item.path}", "data/${item.table}.csv", notebooks/count.ipynb]
      params: [campaign, "shelves.${key}"]
      outs: ["reports/quality/${key}.html": {persist: true}]
      metrics: ["reports/quality/${key}.json": {cache: false}]
  count:
    cmd: workbench run count
    deps: [data/tables, notebooks/count.ipynb]
    outs: [reports/count.html]
"""


@pytest.fixture
def campaign(tmp_path):
    root = make_campaign(tmp_path)
    (root / "dvc.yaml").write_text(PIPELINE.split("  look:")[0] + "  count:"
                                   + PIPELINE.split("  count:")[1])
    (root / "data" / "tables").mkdir(parents=True)
    (root / "data" / "tables" / "voters.parquet").write_bytes(b"voters")
    (root / "requirements.lock").write_text("pandas==3\n")
    return root


def version(root, **options):
    settings = load_settings(root)
    return describe_run(settings, plan_run(settings, "count", name=None, options=options)).version


def test_a_version_is_twelve_hexadecimal_digits_and_the_same_twice(campaign):
    assert re.fullmatch("[0-9a-f]{12}", version(campaign))
    assert version(campaign) == version(campaign)


CHANGES = {
    "a table": lambda root: (root / "data/tables/voters.parquet").write_bytes(b"Voters"),
    "a new table": lambda root: (root / "data/tables/polls.parquet").write_bytes(b""),
    "the notebook": lambda root: write_notebook(root, "count", make_notebook("1 + 1")),
    "the packages": lambda root: (root / "requirements.lock").write_text("pandas==4\n"),
    "the campaign": lambda root: edit(root, "Harbour Alliance", "Hill Alliance"),
    "the disclosure profile": lambda root: edit(root, "cell_min: 10", "cell_min: 20"),
    "a parameter": lambda root: edit(root, "n_rows: 40", "n_rows: 41"),
}
NO_CHANGES = {
    "the raw files of nobody": lambda root: (root / "data" / "raw.csv").write_bytes(b"x"),
    "another notebook's parameter": lambda root: edit(root, "notebooks:", "notebooks:\n  b: {}"),
    "a comment in params.yaml": lambda root: edit(root, "notebooks:", "# words\nnotebooks:"),
    "a .gitignore": lambda root: (root / "data/tables/.gitignore").write_text("*"),
    "compiled Python": lambda root: (root / "data/tables/__pycache__").mkdir(),
    "the outputs in the notebook": lambda root: run_by_hand(root),
    "its own brief": lambda root: leave_brief(root),
}


def edit(root, old, new):
    path = root / "params.yaml"
    path.write_text(path.read_text().replace(old, new))


def run_by_hand(root):
    notebook = make_notebook()
    notebook["cells"][2]["execution_count"] = 3
    write_notebook(root, "count", notebook)


def leave_brief(root):
    (root / "reports").mkdir()
    (root / "reports" / "count.html").write_text("a brief")


@pytest.mark.parametrize("change", CHANGES)
def test_a_version_changes_with_each_input(campaign, change):
    before = version(campaign)
    CHANGES[change](campaign)
    assert version(campaign) != before


@pytest.mark.parametrize("change", NO_CHANGES)
def test_a_version_stays_with_what_is_no_input(campaign, change):
    before = version(campaign)
    NO_CHANGES[change](campaign)
    assert version(campaign) == before


def test_an_option_of_the_run_enters_the_version_as_params_yaml_does(campaign):
    by_option = version(campaign, n_rows=41)
    edit(campaign, "n_rows: 40", "n_rows: 41")
    assert version(campaign) == by_option


def test_a_version_does_not_depend_on_where_the_campaign_lies(campaign, tmp_path):
    moved = tmp_path / "a folder with spaces"
    make_campaign(moved)
    for name in ("dvc.yaml", "requirements.lock"):
        (moved / name).write_text((campaign / name).read_text())
    (moved / "data" / "tables").mkdir(parents=True)
    (moved / "data" / "tables" / "voters.parquet").write_bytes(b"voters")
    assert version(moved) == version(campaign)


def test_a_notebook_that_no_stage_runs_rests_on_the_whole_package_and_all_tables(campaign):
    write_notebook(campaign, "own", make_notebook(parameters="n_rows = 1"))
    settings = load_settings(campaign)
    inputs = describe_run(settings, plan_run(settings, "own", name=None, options={})).inputs
    assert set(inputs) == {"data/tables", "notebooks/own.ipynb", "requirements.lock",
                           "src/workbench", "src/workbench/briefs/template"}


def test_a_missing_input_is_told_with_the_command_that_makes_it(campaign):
    (campaign / "data" / "tables" / "voters.parquet").unlink()
    (campaign / "data" / "tables").rmdir()
    with pytest.raises(NotebookError, match="depends on data/tables.*`dvc repro`"):
        version(campaign)


def test_a_folder_is_hashed_by_the_paths_and_contents_of_its_files(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "x").write_text("1")
    before = content_hash(tmp_path / "a")
    (tmp_path / "a" / "b" / "x").rename(tmp_path / "a" / "x")
    assert content_hash(tmp_path / "a") != before


def test_a_release_changes_with_each_of_its_briefs():
    assert release_version({"a": "1", "b": "2"}) == release_version({"b": "2", "a": "1"})
    assert release_version({"a": "1", "b": "2"}) != release_version({"a": "2", "b": "1"})


def test_the_versions_of_a_release_are_those_of_its_briefs_and_of_declared_sources(campaign):
    quality = campaign / "reports" / "quality"
    quality.mkdir(parents=True)
    for path, name in ((campaign / "reports/count.json", "count"), (quality / "v.json", "v")):
        path.write_text(json.dumps({"brief": name, "version": "0" * 12}))
    (campaign / "reports" / "baseline.json").write_text("{}")
    (campaign / "reports" / "releases.json").write_text("[{}]")
    assert brief_versions(load_settings(campaign)) == {"count": "0" * 12}


def test_content_version_does_not_see_the_order_of_its_inputs(campaign):
    settings = load_settings(campaign)
    forwards, backwards = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}
    assert content_version(settings, "x", inputs=forwards, parameters={"p": 1, "q": 2}) == (
        content_version(settings, "x", inputs=backwards, parameters={"q": 2, "p": 1})
    )


def test_stages_are_read_with_their_placeholders_filled(tmp_path):
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "params.yaml").write_text(
        "shelves: {left: {path: [a.txt, b.txt], table: voters}, right: {path: c.txt, table: p}}"
    )
    stage = stage_of(tmp_path, "reports/quality/left.html")
    assert stage is not None
    assert stage.name == "look@left"
    assert stage.deps == ("a.txt", "b.txt", "data/voters.csv", "notebooks/count.ipynb")
    assert stage.params == ("campaign", "shelves.left")
    assert stage.outs == ("reports/quality/left.html", "reports/quality/left.json")


def test_a_version_rests_on_the_code_and_not_on_a_fingerprint_that_may_be_old(campaign):
    pipeline = """
stages:
  page_code:
    cmd: workbench fingerprint page_code
    deps: [data/tables, requirements.lock]
    outs: [data/code/page_code.txt]
  count:
    cmd: workbench run count
    deps: [data/code/page_code.txt, notebooks/count.ipynb]
    outs: [reports/count.html]
"""
    (campaign / "dvc.yaml").write_text(pipeline)
    before = version(campaign)
    told = write_fingerprint(campaign, "page_code").read_text()
    assert [line.split("  ")[1] for line in told.splitlines()] == [
        "data/tables", "requirements.lock"]
    assert version(campaign) == before
    (campaign / "data" / "tables" / "voters.parquet").write_bytes(b"others")
    assert version(campaign) != before
    assert write_fingerprint(campaign, "page_code").read_text() != told
    with pytest.raises(SettingsError, match=r"makes data/code/pagecode\.txt"):
        write_fingerprint(campaign, "pagecode")


def test_a_placeholder_without_a_value_is_told(tmp_path):
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "params.yaml").write_text("shelves: {left: {path: a.txt}}")
    with pytest.raises(SettingsError, match=r"uses 'item.table', which params.yaml does not have"):
        read_stages(tmp_path)


@pytest.mark.slow
def test_our_reading_of_the_pipeline_agrees_with_dvc_itself(monkeypatch):
    from dvc.repo import Repo

    monkeypatch.chdir(REPOSITORY)
    stages = [stage for stage in Repo(".").index.stages if stage.path_in_repo == "dvc.yaml"]
    theirs = {
        stage.name: (
            {dep.def_path for dep in stage.deps if "params" not in type(dep).__name__.lower()},
            {key for dep in stage.deps for key in getattr(dep, "params", ())},
            {out.def_path for out in stage.outs},
        )
        for stage in stages
    }
    ours = {s.name: (set(s.deps), set(s.params), set(s.outs)) for s in read_stages(REPOSITORY)}
    assert ours == theirs


def test_keys_that_yaml_reads_as_truth_or_numbers_have_a_digest():
    """A rule may say yes: and no: without quotes; both and a text may stand side by side."""
    rule = {True: ["Y"], False: ["N", ""], "from": "opted", 2: "a"}
    assert digest_of({"rule": rule}) == digest_of({"rule": dict(reversed(rule.items()))})
    assert digest_of({"rule": rule}) != digest_of({"rule": {**rule, True: ["T"]}})
