"""DVC's own files, cut off by a kill or a full disk: the next build goes on without a hand."""

from __future__ import annotations

import fcntl
import subprocess
import sys

import pytest
import yaml

from workbench.pipeline.commands import dvc
from workbench.pipeline.repair import repair

DVC = [sys.executable, "-m", "dvc"]
WHOLE = """\
schema: '2.0'
stages:
  one:
    cmd: cp in out
    deps:
    - path: in
      hash: md5
      md5: 0123456789abcdef0123456789abcdef
      size: 4
    outs:
    - path: out
      hash: md5
      md5: 0123456789abcdef0123456789abcdef
      size: 4
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("content", ["", "{", '{"read": {"a"', "[]", "\x00\x00\x00"])
def test_a_list_of_readers_that_was_cut_off_goes(root, content):
    file = root / ".dvc/tmp/rwlock"
    file.write_text(content)
    assert repair(root) == [".dvc/tmp/rwlock"]
    assert not file.exists()


@pytest.mark.parametrize("name", ["dvc.lock", "data/raw/dvc.lock"])
@pytest.mark.parametrize("n", [0, 5, 14, 20, 29, 70, 95, 110, 130, 180, 220])
def test_a_lock_that_was_cut_off_goes(root, name, n):
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(WHOLE[:n])
    assert repair(root) == [name]
    assert not file.exists()


@pytest.mark.parametrize("content", [WHOLE, "<<<<<<< ours\n" + WHOLE, "schema: '2.0'\nstages: {}"])
def test_a_whole_lock_and_one_that_a_merge_left_stay(root, content):
    (root / "dvc.lock").write_text(content)
    (root / ".dvc/tmp/rwlock").write_text("{}")
    assert repair(root) == []
    assert (root / "dvc.lock").read_text() == content


@pytest.mark.parametrize(("guard", "name"), [("rwlock.lock", ".dvc/tmp/rwlock"),
                                             ("lock", "dvc.lock")])
def test_what_somebody_is_writing_is_left_alone(root, guard, name):
    (root / name).write_text("")
    with open(root / ".dvc/tmp" / guard, "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert repair(root) == []
        assert (root / name).exists()
    assert repair(root) == [name]


@pytest.mark.slow
def test_after_a_crash_a_build_goes_on_that_dvc_alone_refuses(tmp_path):
    (tmp_path / "in").write_text("rows")
    stage = {"one": {"cmd": "cp in out", "deps": ["in"], "outs": ["out"]}}
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": stage}))
    for words in (["init", "--quiet", "--no-scm"], ["repro", "--quiet"]):
        subprocess.run([*DVC, *words], cwd=tmp_path, check=True)
    made = (tmp_path / "dvc.lock").read_bytes()
    for name in (".dvc/tmp/rwlock", "dvc.lock"):
        (tmp_path / name).write_bytes(b"")
        alone = subprocess.run([*DVC, "repro", "--quiet"], cwd=tmp_path, check=False,
                               capture_output=True)
        assert alone.returncode != 0
        done = dvc(tmp_path, "repro", "--quiet")
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "dvc.lock").read_bytes() == made
