"""The pipeline runs what changed and nothing that is not needed."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from workbench.tables import TABLES

REPOSITORY = Path(__file__).parents[1]
SOURCE = REPOSITORY / "src" / "workbench"
PIPELINE = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
PARAMS = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
CHANGES_NO_OUTPUT = {"cli", "errors", "progress"}
STARTS_OF = {"before": {"deliveries"}, "gather": {"intake.gathering"}, "index": {"briefs.index"},
             "scores": {"voters.scores.make"}, "spine": {"spine.make"}}
FINGERPRINTS = {"page_code", "intake_code"}


def imports(code):
    """Names below workbench that a text of Python imports, such as 'tables' or 'briefs.run'."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module == "workbench":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workbench."):
            found |= {node.module.removeprefix("workbench.")}
            found |= {f"{node.module.removeprefix('workbench.')}.{a.name}" for a in node.names}
    return found


def module_path(name):
    for path in (SOURCE / f"{name.replace('.', '/')}.py",
                 SOURCE / name.replace(".", "/") / "__init__.py"):
        if path.is_file():
            return path
    return None


def reached(starts):
    """Rooms and top modules that the code reaches from ``starts``, by reading its imports.

    Of pages the part of one brief counts as one, since no stage may rest on another's.
    """
    seen, waiting = set(), set(starts)
    while waiting:
        name = waiting.pop()
        path = module_path(name)
        if name in seen or path is None:
            continue
        seen.add(name)
        waiting |= imports(path.read_text(encoding="utf-8"))
    tops = {name.partition(".")[0] for name in seen} - {"pages"} - CHANGES_NO_OUTPUT
    return tops | {"/".join(name.split(".")[:2]) for name in seen if name.startswith("pages.")}


def notebook_code(name):
    cells = json.loads((REPOSITORY / "notebooks" / f"{name}.ipynb").read_text())["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def code_of(stage):
    """Paths of code that a stage depends on, itself or by a fingerprint."""
    for dep in stage["deps"]:
        if dep.startswith("data/code/"):
            yield from PIPELINE[Path(dep).stem]["deps"]
        yield dep


@pytest.mark.parametrize("name", sorted(set(PIPELINE) - FINGERPRINTS))
def test_a_stage_depends_on_all_the_code_that_it_runs(name):
    stage = PIPELINE[name].get("do", PIPELINE[name])
    starts = set(STARTS_OF.get(name, ()))
    run = re.match(r"workbench run (\w+)", stage["cmd"])
    if run:
        starts |= {"briefs.run", "briefs.worker", "briefs.build"}
        starts |= imports(notebook_code(run.group(1)))
        assert f"notebooks/{run.group(1)}.ipynb" in stage["deps"]
    declared = {re.sub(r"\.py$", "", dep.removeprefix("src/workbench/"))
                for dep in code_of(stage) if dep.startswith("src/workbench/")}
    assert starts
    assert reached(starts) - declared == set()


def test_gathering_leaves_every_canonical_table():
    outs = {next(iter(out)) for out in PIPELINE["gather"]["outs"]}
    tables = {f"data/tables/{name}.parquet" for name in TABLES}
    received = {f"data/received/{name}.json" for name in TABLES}
    unread = "data/tables/unread_objections.parquet"
    assert outs == {*tables, *received, unread, "data/gathered.json"}


def test_a_brief_on_a_table_knows_what_was_received_for_it():
    for name in ("donors", "reconcile"):
        deps = set(PIPELINE[name]["deps"])
        tables = {Path(dep).stem for dep in deps if dep.startswith("data/tables/")}
        received = {Path(dep).stem for dep in deps if dep.startswith("data/received/")}
        assert received == tables - {"unread_objections"} != set()
    scored = {dep for dep in PIPELINE["scores"]["deps"] if dep.startswith("data/tables/")}
    known = {dep for dep in PIPELINE["voters"]["deps"] if dep.startswith("data/received/")}
    assert {Path(dep).stem for dep in known} == {Path(dep).stem for dep in scored}
    linked = {dep for dep in PIPELINE["spine"]["deps"] if dep.startswith("data/tables/")}
    known = {dep for dep in PIPELINE["link"]["deps"] if dep.startswith("data/received/")}
    assert {Path(dep).stem for dep in known} == {Path(dep).stem for dep in linked}


def test_what_a_stage_makes_stays_where_the_stage_fails():
    for name, entry in PIPELINE.items():
        stage = entry.get("do", entry)
        for out in stage["outs"] + stage.get("metrics", []):
            assert next(iter(out.values()))["persist"] is True, name


@pytest.fixture
def clone(tmp_path):
    """A campaign's folder as git would give it, without its code and data."""
    for name in (".gitignore", ".dvcignore", ".dvc/config", "dvc.yaml", "data/raw/dvc.yaml",
                 "params.yaml", "requirements.lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, tmp_path / name)
    for name in ("src", "notebooks", "expectations"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def planned(folder, target):
    """What `dvc repro` would run for a target, up to the first stage that lacks its input."""
    command = [sys.executable, "-m", "dvc", "repro", "--dry", target]
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return re.findall(r"Running stage '(\S+)'", shown.stdout + shown.stderr)


@pytest.mark.slow
def test_a_fresh_clone_makes_the_sample_before_it_checks_it(clone):
    assert set(planned(clone, "check@events")) == {*FINGERPRINTS, "data/raw/dvc.yaml:sample"}


@pytest.mark.slow
def test_a_campaign_of_its_own_neither_makes_nor_needs_the_sample(clone):
    (clone / "data" / "raw" / "mine.csv").write_text("id,name\n1,Dinner\n")
    own = {"path": "data/raw/mine.csv", "table": "events", "lawful_basis": "none needed",
           "expiry_date": "2027-05-31", "columns": {"event_id": "id", "event_name": "name"}}
    (clone / "params.yaml").write_text(yaml.safe_dump({**PARAMS, "sources": {"mine": own}}))
    assert set(planned(clone, "check@mine")) == FINGERPRINTS


# What params.yaml says never reaches a shell.

HOSTILE = ["x;touch INJECTED;true", "x$(touch INJECTED)", "x`touch INJECTED`",
           "x'; touch INJECTED; '", 'x"; touch INJECTED; "', "x\ntouch INJECTED\n",
           "x && touch INJECTED #", "x | touch INJECTED", "x@y; touch INJECTED",
           "'; touch INJECTED; echo '", "x\\';touch INJECTED;'", "x > INJECTED",
           "--help; touch INJECTED", "a/../../x;touch INJECTED", "${x};touch INJECTED"]


def stages_of_sources(cut):
    """The stages of sources as dvc.yaml has them, on nothing but the source's file."""
    return {name: {"foreach": "${sources}", "do": {
        "cmd": PIPELINE[name]["do"]["cmd"], "deps": ["${item.path}"],
        **({} if cut else {"outs": PIPELINE[name]["do"]["outs"]}),
    }} for name in ("before", "check")}


def run_hostile(folder, source, cut=True):
    """Run the stages of a source by plain `dvc repro`, its name and entry as given."""
    (folder / ".dvc").mkdir()
    (folder / ".dvc/config").write_text("[core]\n    no_scm = true\n")
    (folder / "data/raw").mkdir(parents=True)
    (folder / "data/raw/mine.csv").write_text("id\n1\n")
    entry = {"path": "data/raw/mine.csv", "table": "events", "lawful_basis": "none",
             "expiry_date": "2027-05-31", "columns": {"event_id": "id"}}
    params = {**PARAMS, "sources": {source: entry}}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages_of_sources(cut)}))
    done = subprocess.run([sys.executable, "-m", "dvc", "repro", "--keep-going"], cwd=folder,
                          capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", [
    HOSTILE[0], *(pytest.param(name, marks=pytest.mark.slow) for name in HOSTILE[1:])])
def test_a_source_whose_name_is_a_command_runs_nothing(tmp_path, name):
    for cut in (True, False):
        folder = tmp_path / str(cut)
        folder.mkdir()
        told = run_hostile(folder, name, cut)
        assert not list(tmp_path.parent.rglob("INJECTED")), told
        assert "cannot name a source" in told or "ERROR" in told


@pytest.mark.slow
def test_a_stage_of_a_source_runs_for_that_source(tmp_path):
    told = run_hostile(tmp_path, "mine", cut=False)
    assert (tmp_path / "data/before/mine.json").is_file(), told


def test_no_command_of_the_pipeline_holds_what_params_yaml_says():
    commands = [entry.get("do", entry)["cmd"] for entry in PIPELINE.values()]
    assert not [command for command in commands if "${" in command]
