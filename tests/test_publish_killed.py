"""A publishing that is killed at any moment: the next one goes on without a hand, to the same."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from made_releases import OURS, REPOSITORY, build, commit, make_repository, run, workbench

from workbench.errors import StorageError

N_KILLS = int(os.environ.get("WORKBENCH_KILLS", "5"))
DAY = ("--date", "2026-10-06")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A campaign whose brief is built and committed, and that has published nothing."""
    root = make_repository(tmp_path_factory.mktemp("killed") / "campaign")
    build(root)
    commit(root, "Built")
    return root


def published(root):
    """What a version is: the log, its manifest and its pages, by path and bytes; and the tags."""
    folder = root / "reports/published"
    files = {str(path.relative_to(root)): path.read_bytes()
             for path in sorted([*folder.rglob("*"), root / "reports/releases.json"])
             if path.is_file()}
    return files, run(root, "git", "tag").stdout.split()


def copy_of(root, folder):
    """The campaign once more, with a remote of its own for DVC."""
    shutil.copytree(root, folder / "campaign", symlinks=True)
    (folder / "remote").mkdir()
    (folder / "campaign/.dvc/config.local").write_text(
        f"[core]\n    remote = share\n['remote \"share\"']\n    url = {folder / 'remote'}\n")
    return folder / "campaign"


def publish_killed(root, seconds):
    """Publish, and kill that with all its processes after so long; tell whether it was running."""
    programs = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        [sys.executable, "-c", OURS, "publish", "-m", "First", *DAY], cwd=root,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "PATH": programs, "PYTHONPATH": str(REPOSITORY / "src"),
             "WORKBENCH_WARM": "0", "GIT_CONFIG_GLOBAL": "/dev/null"})
    time.sleep(seconds)
    was_running = process.poll() is None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return was_running


@pytest.mark.slow
def test_a_publishing_killed_at_any_moment_is_done_by_the_next(built, tmp_path):
    whole = copy_of(built, tmp_path / "whole")
    begin = time.monotonic()
    assert workbench(whole, "publish", "-m", "First", *DAY).returncode == 0
    lasts, expected = time.monotonic() - begin, published(whole)
    assert len(expected[1]) == 1
    moments = random.Random(7)
    n_running = 0
    for number in range(N_KILLS):
        root = copy_of(built, tmp_path / f"n{number}")
        n_running += publish_killed(root, moments.uniform(0.1, 1.0) * lasts)
        done = workbench(root, "publish", "-m", "First", *DAY)
        is_done = "published already" in done.stderr
        assert done.returncode == 0 or is_done, f"{number}: {done.stderr}"
        files, tags = published(root)
        assert tags == expected[1], number
        assert [name for name in {*files, *expected[0]}
                if files.get(name) != expected[0].get(name)] == [], number
        assert run(root, "git", "status", "--porcelain").stdout == "", number
        assert not list((root / "reports").rglob(".*")), number
        shutil.rmtree(root.parent)
    assert n_running > N_KILLS / 2


LOCKS = ("index.lock", "HEAD.lock", "refs/heads/main.lock")


@pytest.mark.slow
@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_that_a_killed_git_left_stops_nothing(built, tmp_path, name):
    root = copy_of(built, tmp_path)
    (root / ".git" / name).touch()
    done = workbench(root, "publish", "-m", "First", *DAY)
    assert done.returncode == 0, done.stderr
    assert not (root / ".git" / name).exists()
    assert len(published(root)[1]) == 1


@pytest.mark.slow
def test_a_lock_of_a_git_that_is_at_work_is_left_alone(built, tmp_path):
    root = copy_of(built, tmp_path)
    lock = root / ".git/index.lock"
    lock.touch()
    with subprocess.Popen(["git", "cat-file", "--batch"], cwd=root, stdin=subprocess.PIPE):
        done = workbench(root, "publish", "-m", "First", *DAY)
    assert done.returncode == StorageError.exit_code
    assert f"Unable to create '{lock}': File exists" in done.stderr
    assert lock.exists()
