"""dvc.lock is, byte for byte, what DVC alone would write, at a fraction of the time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from workbench.pipeline.commands import QUICK, dvc
from workbench.pipeline.quick_dvc import parted, write_whole

LOCK = """schema: '2.0'
stages:
  check@a/b.c-d:
    cmd: x
    params:
      params.yaml:
        texts: "of two

          lines"
  index:
    cmd: y
"""
STRANGE = {
    "yes": "no", "on": "1:20", "day": "2026-10-05", "number": "007", "none": None, "empty": "",
    "long": "word " * 40, "lines": "one\ntwo\n\nthree\n", "sign": "a: b #c",
    "quoted": "it's \"so\"", "other": "Ærø, 東京, \u2028", "~": "~",
    "list": [[], {}, ["a", {"b": [1.0, 1e20, True]}]],
}


def test_the_lines_of_each_stage_together_are_the_file():
    found = parted(LOCK)
    assert list(found) == ["check@a/b.c-d", "index"]
    assert found["index"] == "  index:\n    cmd: y\n"
    assert "".join(found.values()) == LOCK.removeprefix("schema: '2.0'\nstages:\n")


@pytest.mark.parametrize("text", [
    "", "schema: '2.0'\nstages: {}\n", LOCK.replace("'2.0'", "'3.0'"), LOCK.rstrip("\n"),
    LOCK + "datasets:\n- name: d\n", LOCK + "  index:\n    cmd: z\n", LOCK + "  # a word\n",
    LOCK.replace("\n", "\r\n"), LOCK.replace("cmd: y", "cmd: &id001 y"),
    LOCK.replace("  index:", "  'in dex':"), LOCK.replace("  index:", "  index: {}"),
    f"<<<<<<< HEAD\n{LOCK}", LOCK.replace("    cmd: y", "<<<<<<< HEAD\n    cmd: y"),
], ids=range(13))
def test_a_lock_that_dvc_does_not_write_so_is_left_to_dvc(text):
    assert parted(text) is None


def test_a_file_is_put_in_place_whole_and_what_was_left_of_one_killed_goes(tmp_path):
    place, left = tmp_path / "dvc.lock", tmp_path / ".dvc.lock.1.draft"
    place.write_text("before")
    place.chmod(0o640)
    left.touch()
    write_whole(place, "after\n")
    assert place.read_text() == "after\n"
    assert place.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [place]


def campaign(root: Path) -> Path:
    """A repository of DVC's with one stage a source, and one whose parameters are strange."""
    root.mkdir()
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": {
        "of": {"foreach": {"a": 1, "b": 2}, "do": {
            "cmd": "cp params.yaml ${key}.txt", "params": ["number"],
            "outs": ["${key}.txt"]}},
        "all": {"cmd": "mkdir -p made && cat a.txt b.txt > made/all.txt && date > made/other",
                "deps": ["a.txt", "b.txt"], "params": ["strange"], "outs": ["made"]},
    }}))
    alter(root, number=1, strange=STRANGE)
    subprocess.run([sys.executable, "-m", "dvc", "init", "--quiet", "--no-scm"], cwd=root,
                   check=True)
    return root


def alter(root: Path, **params) -> None:
    (root / "params.yaml").write_text(yaml.safe_dump(params, allow_unicode=True))


@pytest.mark.slow
def test_the_lock_is_byte_for_byte_that_of_dvc_alone(tmp_path):
    stock, quick = campaign(tmp_path / "stock"), campaign(tmp_path / "quick")
    told, files = [], {stock: [], quick: []}
    for changed in ({"number": 1}, {"number": 2}, {"number": 2, "strange": {**STRANGE, "new": []}},
                    {"number": 2, "strange": "a text"}):
        for root, run in ((stock, [sys.executable, "-m", "dvc"]),
                          (quick, [sys.executable, "-P", str(QUICK)])):
            alter(root, **{"strange": STRANGE, **changed})
            (root / "made/other").unlink(missing_ok=True)
            done = subprocess.run([*run, "repro"], cwd=root, capture_output=True, text=True,
                                  check=False, env={**os.environ, "DVC_SITE_CACHE_DIR": ""})
            assert done.returncode == 0, done.stderr
            told.append(done.stdout)
            kept = tmp_path / f"{root.name} {len(files[root])}"  # else its inode may be used again
            kept.hardlink_to(root / "dvc.lock")
            files[root].append(kept.stat().st_ino)
        assert without_times(quick) == without_times(stock)
        assert parted((quick / "dvc.lock").read_text()) is not None
    assert len(set(files[stock])) == 1  # written in place
    assert len(set(files[quick])) == len(files[quick]) == 4
    assert told[0::2] == told[1::2]
    assert "Updating lock file 'dvc.lock'" in told[1]


def without_times(root: Path) -> str:
    """The lock, but for the hash and size of the folder that holds the time of its making."""
    lines = (root / "dvc.lock").read_text().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line == "    - path: made\n")
    return "".join(lines[:at] + lines[at + 4:])


@pytest.mark.slow
def test_while_it_runs_a_stage_it_is_known_to_be_at_work(tmp_path):
    root = campaign(tmp_path / "quick")
    code = ("from pathlib import Path; from workbench.pipeline.repair import is_at_work; "
            "Path('told').write_text(str(is_at_work(Path('.'))))")
    (root / "ask.py").write_text(code)
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": {
        "ask": {"cmd": f"{sys.executable} ask.py", "deps": ["ask.py"], "outs": ["told"]}}}))
    assert dvc(root, "repro", "--quiet").returncode == 0
    assert (root / "told").read_text() == "True"
    failed = dvc(root, "repro", "nothing")
    assert failed.returncode != 0
    assert "nothing" in failed.stderr
