"""DVC's own files, cut off by a kill or a full disk: the next build goes on without a hand."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from workbench.errors import StorageError
from workbench.pipeline import commands
from workbench.pipeline.commands import dvc, dvc_aloud
from workbench.pipeline.repair import repair
from workbench.pipeline.sweep import sweep

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


POINTER = """\
outs:
- md5: 0123456789abcdef0123456789abcdef.dir
  size: 18
  nfiles: 2
  hash: md5
  path: gifts
"""


@pytest.mark.parametrize("is_in_git", [True, False])
@pytest.mark.parametrize("n", [0, 3, 9, 40, 60, 90, len(POINTER) - 3, len(POINTER) - 1])
def test_a_pointer_that_was_cut_off_comes_back_from_git_or_goes(root, n, is_in_git):
    file = root / "data/raw/gifts.dvc"
    file.parent.mkdir(parents=True)
    file.write_text(POINTER)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q", "."], cwd=root, check=True)
    if is_in_git:
        subprocess.run([*git, "add", "data"], cwd=root, check=True)
        subprocess.run([*git, "commit", "-qm", "x"], cwd=root, check=True)
    assert repair(root) == []
    file.write_text(POINTER[:n])
    assert repair(root) == ["data/raw/gifts.dvc"]
    assert file.exists() == is_in_git
    if is_in_git:
        assert file.read_text() == POINTER


def test_a_pointer_that_a_merge_left_or_that_somebody_writes_stays(root):
    file = root / "data/raw/gifts.dvc"
    file.parent.mkdir(parents=True)
    file.write_text(f"<<<<<<< ours\n{POINTER}")
    assert repair(root) == []
    file.write_text("")
    with open(root / ".dvc/tmp/lock", "a", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert repair(root) == []
    assert file.exists()


@pytest.mark.slow
def test_after_a_full_disk_a_build_goes_on_that_dvc_alone_refuses_for_a_torn_pointer(tmp_path):
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    subprocess.run([*DVC, "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/in.csv").write_text("a\n1\n")
    subprocess.run([*DVC, "add", "-q", "data/in.csv"], cwd=tmp_path, check=True)
    written = (tmp_path / "data/in.csv.dvc").read_bytes()
    assert repair(tmp_path) == []  # what DVC writes is whole
    (tmp_path / "data/in.csv.dvc").write_bytes(written[:30])
    (tmp_path / "dvc.yaml").write_text(
        "stages:\n  one:\n    cmd: cp data/in.csv out\n    deps: [data/in.csv]\n"
        "    outs: [out]\n")
    alone = subprocess.run([*DVC, "repro"], cwd=tmp_path, capture_output=True, check=False)
    assert alone.returncode != 0
    assert dvc(tmp_path, "repro").returncode == 0
    assert (tmp_path / "out").read_text() == "a\n1\n"


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


# A reader that is no more, and what was left half written.

def readers(number, kind="read"):
    entry = {"pid": number, "cmd": "dvc repro"}
    return {"write": {"/c/out": entry}} if kind == "write" else {"read": {"/c/in": [entry]}}


def gone():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("kind", ["read", "write"])
@pytest.mark.parametrize("whose", ["gone", "another"])
def test_a_reader_that_was_killed_is_forgotten_also_where_its_number_is_anothers(
    root, kind, whose
):
    sleeper = subprocess.Popen(["sleep", "60"])
    number = gone() if whose == "gone" else sleeper.pid
    (root / ".dvc/tmp/rwlock").write_text(json.dumps(readers(number, kind)))
    assert repair(root) == [".dvc/tmp/rwlock"]
    sleeper.kill()
    sleeper.wait()


@pytest.fixture
def at_work(root):
    """A DVC command that reads a file of the campaign, as its list of readers says."""
    process = subprocess.Popen(
        [sys.executable, "-c", "print('begun', flush=True); import time; time.sleep(60)", "dvc"],
        stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"begun\n"  # before that it may have no words yet
    (root / ".dvc/tmp/rwlock").write_text(json.dumps(readers(process.pid)))
    yield process
    process.kill()
    process.communicate()


def half_written(root, number):
    """What a kill leaves: drafts of ours, a table on the disk, a copy of DVC's; by path."""
    names = [f"data/accepted/.voters.parquet.{number}.draft", f"lists/.office.csv.{number}.draft",
             f"data/.spill-{number}-abc/part", "data/tables/.Zm9vYmFyYmF6cXV4MTIzNA.tmp",
             ".dvc/cache/files/md5/ab/.Zm9vYmFyYmF6cXV4MTIzNA.tmp"]
    for name in [*names, "data/accepted/voters.parquet", "data/.keep", "data/raw/.a.draft"]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    return names


def test_what_a_killed_build_left_half_written_goes_and_nothing_else(root):
    names = half_written(root, gone())
    expected = sorted(str(Path(name).parent) if "spill" in name else name for name in names)
    assert sweep(root) == expected
    assert not [name for name in names if (root / name).exists()]
    kept = sorted(str(path.relative_to(root / "data")) for path in (root / "data").rglob("*")
                  if path.is_file())
    assert kept == [".keep", "accepted/voters.parquet", "raw/.a.draft"]


def test_what_somebody_writes_just_now_stays(root, at_work):
    names = half_written(root, at_work.pid)
    assert sweep(root) == []
    assert all((root / name).exists() for name in names)
    assert repair(root) == []


def test_dvc_counts_no_half_written_file_in_a_folder():
    lines = (Path(__file__).parents[1] / ".dvcignore").read_text().splitlines()
    assert {".*.draft", ".*.tmp", ".spill-*"} <= set(lines)


@pytest.mark.slow
def test_a_build_that_waits_for_space_on_a_full_disk_ends_with_the_cure(tmp_path, monkeypatch):
    """DVC's database of hashes tries again for ever; a program of its name stands for it."""
    monkeypatch.setattr(commands, "QUICK", tmp_path / "dvc.py")
    (tmp_path / "dvc.py").write_text("import time\nwhile True:\n    time.sleep(0.1)\n")
    free = iter([10**9, 0, 10**9, *[0] * 100])
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=next(free)))
    monkeypatch.setattr("workbench.pipeline.commands.FULL_SECONDS", 2)
    with pytest.raises(StorageError, match="has been full for 2 seconds.*Free some disk space"):
        dvc_aloud(tmp_path, "repro")
    assert next(free) == 0


def test_what_dvc_prints_is_kept_however_long_it_takes(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "QUICK", tmp_path / "dvc.py")
    (tmp_path / "dvc.py").write_text("import time\nprint('a')\ntime.sleep(1.5)\nprint('b')\n")
    assert dvc(tmp_path, "status").stdout == "a\nb\n"
