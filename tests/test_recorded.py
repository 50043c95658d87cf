"""What DVC recorded of files, compared with DVC itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import yaml

from workbench.errors import StorageError
from workbench.pipeline.recorded import other_bytes, recorded_digests

DVC = [sys.executable, "-m", "dvc"]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder in which DVC made one file of a folder with names of all kinds."""
    root = tmp_path_factory.mktemp("recorded")
    raw = root / "data/raw/folder"
    (raw / "deep/er").mkdir(parents=True)
    for name in ("b.csv", "A.csv", "ä ö.csv", "deep/z.csv", "deep/er/0", "deep-er.csv", "x.pyc"):
        (raw / name).write_text(f"what stands in {name}\n", encoding="utf-8")
    (root / ".dvcignore").write_text("*.pyc\n", encoding="utf-8")
    stage = {"cmd": "mkdir -p out && cat data/raw/folder/b.csv > out/one",
             "deps": ["data/raw/folder"], "outs": ["out"]}
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"one": stage}}), encoding="utf-8")
    for command in (["init", "--quiet", "--no-scm"], ["repro", "--quiet"]):
        subprocess.run([*DVC, *command], cwd=root, check=True, capture_output=True)
    return root


@pytest.mark.slow
def test_the_bytes_of_a_build_that_nobody_touched_are_those_that_dvc_recorded(root):
    assert set(recorded_digests(root)) == {"data/raw/folder", "out"}
    assert other_bytes(root, ["data/raw/folder", "out", "out/one", "data/raw/folder/b.csv"]) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", ["data/raw/folder/deep/er/0", "out/one"])
def test_a_byte_that_changed_is_found_where_size_and_time_are_as_before(root, path):
    file, told = root / path, (root / path).stat()
    content = file.read_bytes()
    file.write_bytes(content.replace(b"what", b"whet"))
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
    asked = subprocess.run([*DVC, "status", "--json"], cwd=root, capture_output=True, text=True,
                           check=True)
    found = other_bytes(root, [path])
    file.write_bytes(content)
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert found == [path]
    assert asked.stdout.strip() == "{}"  # which is why the bytes are read again


def test_what_was_never_recorded_or_is_gone_counts_as_other(root):
    assert other_bytes(root, ["data/raw/new.csv", "out/gone"]) == ["data/raw/new.csv", "out/gone"]


@pytest.mark.parametrize("text", ["stages: [", "stages: [1]", "stages: {a: {deps: [{}]}}", "- x"])
def test_a_damaged_lock_is_named(tmp_path, text):
    (tmp_path / "dvc.lock").write_text(text, encoding="utf-8")
    with pytest.raises(StorageError, match="dvc.lock is damaged"):
        recorded_digests(tmp_path)
