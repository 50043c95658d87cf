"""`workbench status` says what would run and why, what waits for a person, and what expires."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import shutil
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from made_campaign import PARAMS
from made_releases import REPOSITORY, dvc, workbench

from workbench.builds.failures import keep_failures
from workbench.errors import StorageError
from workbench.intake.quality import Quality
from workbench.intake.words import finding
from workbench.settings import load_settings
from workbench.status import steps
from workbench.status.look import look_at
from workbench.status.stale import stale_steps
from workbench.status.steps import read_steps
from workbench.status.waiting import NOTHING_ASKED, expiries, waiting_lists
from workbench.status.words import status_lines

# The shape of the real pipeline, each step a copy of a file: code, sources, rows, a brief.
STAGES = """\
stages:
  page_code:
    cmd: mkdir -p data/code && cp code.py data/code/page_code.txt
    deps: [code.py]
    outs: [data/code/page_code.txt]
  check:
    foreach: ${sources}
    do:
      cmd: mkdir -p data/accepted reports/quality && cp code.py data/accepted/${key}.parquet && cp
        code.py reports/quality/${key}.html
      deps: ["${item.path}", data/code/page_code.txt]
      params: ["sources.${key}"]
      outs: ["data/accepted/${key}.parquet", "reports/quality/${key}.html"]
  gather:
    cmd: cp -r data/accepted data/tables
    deps: [data/accepted]
    outs: [data/tables]
  donors:
    cmd: cp code.py reports/donors.html
    deps: [data/tables, data/code/page_code.txt]
    params: [campaign, notebooks.count]
    outs: [reports/donors.html]
  index:
    cmd: cp code.py reports/index.html
    deps: [reports/donors.html]
    outs: [reports/index.html]
"""
SAMPLE = """\
stages:
  sample:
    wdir: ../..
    cmd: "true"
    deps: [code.py]
    outs: [data/raw/sample]
"""
TODAY = dt.date(2026, 10, 5)
NAMES = ("gifts", "voters")


def source(path, expiry_date="2027-05-31"):
    return {"path": path, "table": "events", "lawful_basis": "none needed",
            "expiry_date": expiry_date, "columns": {"event_id": "id", "event_name": "name"}}


def change_params(root, **sections):
    path = root / "params.yaml"
    params = yaml.safe_load(path.read_text())
    for name, entries in sections.items():
        params[name] = {**params[name], **entries}
    path.write_text(yaml.safe_dump(params, sort_keys=False))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A campaign of two sources whose steps have all run."""
    root = tmp_path_factory.mktemp("status") / "campaign"
    (root / ".dvc").mkdir(parents=True)
    for name in (".dvc/config", ".dvc/.gitignore", ".dvcignore"):
        shutil.copyfile(REPOSITORY / name, root / name)
    for folder in ("data/raw", "reports"):
        (root / folder).mkdir(parents=True)
    for name in NAMES:
        (root / f"data/raw/{name}.csv").write_text("id,name\n1,Dinner\n")
    (root / "params.yaml").write_text(PARAMS)
    params = yaml.safe_load(PARAMS)
    change_params(root, sources={name: source(f"data/raw/{name}.csv") for name in NAMES},
                  campaign={key: str(value) for key, value in params["campaign"].items()
                            if key.endswith(("_date", "as_of"))})
    (root / "code.py").write_text("x = 1\n")
    (root / "dvc.yaml").write_text(STAGES)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    dvc(root, "repro", "--quiet")
    return root


@pytest.fixture
def campaign(built, tmp_path):
    """A copy of it, to be changed."""
    shutil.copytree(built, tmp_path / "campaign", symlinks=True)
    return tmp_path / "campaign"


def told(root, today=TODAY):
    return "\n".join(status_lines(look_at(load_settings(root), today)))


# ---- The command


@pytest.mark.slow
def test_before_any_build_it_says_so_and_what_to_run(campaign):
    for path in (campaign / "dvc.lock", campaign / "reports/index.html"):
        path.unlink()
    done = workbench(campaign, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing is built yet: 'workbench build' runs 5 steps." in done.stdout


def test_where_nothing_is_to_be_done_it_says_just_that(campaign):
    done = workbench(campaign, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == """\
Harbour Alliance, as of 2026-10-05

Everything is built and up to date: 5 steps.

Nothing waits for a decision, and no source expires within 30 days.
"""


def test_it_tells_machines_the_same_as_json(campaign):
    (campaign / "data/raw/gifts.csv").write_text("id,name\n2,Lunch\n")
    done = workbench(campaign, "status", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["campaign_name"] == "Harbour Alliance"
    assert found["stale"] == {
        "why": {"source gifts": [{"kind": "input", "name": "data/raw/gifts.csv",
                                  "state": "changed", "was": None, "now": None}]},
        "after": ["gather", "brief donors", "index"], "n_steps": 5}
    assert found["failed"] == {}
    assert found["decisions"] == found["expiries"] == found["lists"] == []


def test_it_changes_no_file_of_the_campaign(campaign):
    def files():
        return {path: path.stat().st_mtime_ns for path in campaign.rglob("*")
                if path.is_file() and not {".dvc", ".dvc-site", ".git"} & set(path.parts)}

    (campaign / "code.py").write_text("x = 2\n")
    before = files()
    assert workbench(campaign, "status").returncode == 0
    assert files() == before


# ---- What is out of date


def test_a_setting_that_was_changed_is_told_with_both_its_values(campaign):
    change_params(campaign, notebooks={"count": {"n_rows": 55}},
                  campaign={"marking": "Secret"})
    assert """\
Out of date: 1 of 5 steps. 'workbench build' runs them, because
  campaign.marking in params.yaml is Secret, was Confidential: brief donors
  notebooks.count.n_rows in params.yaml is 55, was 40: brief donors
  and then, where these come out different: index
""" in told(campaign)


def test_code_behind_a_fingerprint_is_told_of_what_rests_on_it_and_not_of_the_fingerprint(
    campaign,
):
    (campaign / "code.py").write_text("x = 2\n")
    assert "  code.py changed: sources gifts, voters, brief donors\n" in told(campaign)
    assert "page_code" not in told(campaign)


def test_a_file_that_went_and_one_changed_by_hand_are_told(campaign):
    (campaign / "data/raw/voters.csv").unlink()
    (campaign / "reports/donors.html").write_text("by hand")
    text = told(campaign)
    assert "  data/raw/voters.csv is not there any more: source voters\n" in text
    assert "  reports/donors.html was changed after it was built: brief donors\n" in text


def test_a_step_that_never_ran_and_a_command_that_changed_are_told(campaign):
    text = (campaign / "dvc.yaml").read_text().replace("cp -r data", "cp -R data")
    text += "  mine:\n    cmd: cp code.py mine.txt\n    deps: [code.py]\n    outs: [mine.txt]\n"
    (campaign / "dvc.yaml").write_text(text)
    assert "  its command in dvc.yaml changed: gather\n" in told(campaign)
    assert "  never built before: mine\n" in told(campaign)


def test_what_another_step_will_make_again_is_no_reason_of_its_own(campaign):
    (campaign / "data/accepted/gifts.parquet").unlink()
    assert """\
  data/accepted/gifts.parquet is not there: source gifts
  and then, where these come out different: brief donors, gather, index
""" in told(campaign)


def test_the_steps_are_those_that_dvc_itself_calls_out_of_date(campaign):
    (campaign / "code.py").write_text("x = 2\n")
    (campaign / "data/raw/voters.csv").unlink()
    (campaign / "reports/index.html").write_text("by hand")
    change_params(campaign, notebooks={"count": {"n_rows": 55}})
    status = [sys.executable, "-m", "dvc", "status", "--json"]
    shown = subprocess.run(status, cwd=campaign, capture_output=True, text=True, check=True)
    ours = {step.stage.name for step in read_steps(campaign) if step.changes}
    assert ours == set(json.loads(shown.stdout)) == {
        "page_code", "check@voters", "donors", "index"}


@pytest.mark.parametrize(("path", "is_counted"), [
    ("data/raw/sample/events.csv", True), ("data/raw/gifts.csv", False)])
def test_the_sample_is_a_step_only_where_a_source_reads_one_of_its_files(
    campaign, path, is_counted,
):
    (campaign / "data/raw/dvc.yaml").write_text(SAMPLE)
    change_params(campaign, sources={"gifts": source(path)})
    assert ("sample" in stale_steps(read_steps(campaign)).why) == is_counted


def test_while_a_build_runs_it_does_not_look_at_the_steps(campaign):
    with open(campaign / ".dvc/tmp/lock", "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert "A build is running." in told(campaign)


def test_a_pipeline_that_cannot_be_read_is_one_message(campaign):
    (campaign / "dvc.yaml").write_text("stages: [")
    done = workbench(campaign, "status")
    assert done.returncode == 18
    assert "The pipeline cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_on_a_full_disk_it_says_so_and_does_not_wait_for_space(campaign, monkeypatch):
    monkeypatch.setattr(steps, "LEAST_FREE_BYTES", 1 << 60)
    with pytest.raises(StorageError, match="is full"):
        read_steps(campaign)


# ---- What failed, waits, expires or may leave


def test_a_brief_that_failed_is_told_until_a_later_run_has_made_it(campaign):
    (campaign / "code.py").write_text("broken\n")
    keep_failures(campaign, {"donors": "donors.ipynb stopped with KeyError in cell 7. More."})
    assert ("The last build could not make:\n"
            "  brief donors: donors.ipynb stopped with KeyError in cell 7") in told(campaign)
    (campaign / "code.py").write_text("x = 1\n")
    assert "could not make" not in told(campaign)
    keep_failures(campaign, {})
    assert not (campaign / "data/failures.json").exists()


def write_brief(root, name, decision):
    text = json.dumps({"title": f"Look at source {name}", "decision": decision})
    (root / f"reports/quality/{name}.json").write_text(text)


def test_a_source_is_told_where_its_brief_asks_for_something_and_only_there(campaign):
    write_brief(campaign, "gifts", "Look at what is doubted.")
    write_brief(campaign, "voters", NOTHING_ASKED)
    text = told(campaign)
    assert ("Waits for a decision:\n  source gifts: Look at source gifts. Look at what is "
            "doubted.") in text
    assert "source voters" not in text


def test_a_source_without_trouble_asks_for_nothing_in_the_words_that_are_looked_for():
    rows = dict.fromkeys(("n_rows", "n_accepted"), 3)
    rows |= dict.fromkeys(("n_set_aside", "n_refused", "n_left_out"), 0)
    fine = Quality("gifts", "events", False, "2027-05-31", rows, [], [], [], [])
    assert finding(fine)["decision"] == NOTHING_ASKED


def test_the_public_key_with_files_of_ones_own_asks_for_a_decision(campaign):
    change_params(campaign, linkage={"key_name": "public_sample"})
    assert "  key: 2 of 2 sources are files of your own" in told(campaign)


@pytest.mark.parametrize(("expiry_date", "words"), [
    ("2026-10-04", "Expired, so not used any more"), ("2026-10-05", "on 2026-10-05, today"),
    ("2026-10-06", "on 2026-10-06, in 1 day"), ("2026-11-04", "on 2026-11-04, in 30 days"),
    ("2026-11-05", "no source expires within 30 days")])
def test_a_source_that_expires_is_told_a_month_before(campaign, expiry_date, words):
    change_params(campaign, sources={"gifts": source("data/raw/gifts.csv", expiry_date)})
    assert words in told(campaign)


def test_a_source_of_ones_own_expires_by_the_clock_and_the_sample_by_its_own_day(campaign):
    change_params(campaign, sources={
        "gifts": source("data/raw/gifts.csv", "2026-12-01"),
        "voters": source("data/raw/sample/voters.txt", "2026-12-01")})
    found = expiries(load_settings(campaign), dt.date(2026, 12, 2))
    assert [(one.source_name, one.n_days) for one in found] == [("gifts", -1)]


def test_a_list_waits_until_it_left_and_again_when_its_draft_is_made_again(campaign):
    drafts, left = campaign / "data/lists", campaign / "lists"
    drafts.mkdir()
    left.mkdir()
    for name, people in (("phone", ["P1"]), ("empty", [])):
        pq.write_table(pa.table({"person_id": people}), drafts / f"{name}.parquet")
    settings = load_settings(campaign)
    assert waiting_lists(settings) == ["phone"]
    assert "'workbench lists release NAME' releases one." in told(campaign)
    assert "today is 2026-10-07: set as_of" in told(campaign, dt.date(2026, 10, 7))
    (left / "phone.csv").write_text("")
    assert waiting_lists(settings) == []
    later = (left / "phone.csv").stat().st_mtime + 60
    os.utime(drafts / "phone.parquet", (later, later))
    assert waiting_lists(settings) == ["phone"]
