"""Nobody else on the machine: what is made is its owner's alone, whatever the umask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from made_campaign import make_campaign
from made_releases import make_repository, run, workbench

from workbench.cli import main
from workbench.pipeline.private import close_folders, owner_alone
from workbench.tables import write_text

REPOSITORY = Path(__file__).parents[1]
TRIES = """
import os, sys
os.setgid(65534); os.setgroups([]); os.setuid(65534)
root, names = sys.argv[1], ["data", "lists", "reports", ".dvc", ".dvc-site", "dvc.lock"]
for name in names[:-1]:
    try:
        print("listed", os.listdir(os.path.join(root, name)))
    except PermissionError:
        pass
for name in names:
    try:
        os.rename(os.path.join(root, name), os.path.join(root, "stolen"))
        print("replaced", name)
    except PermissionError:
        pass
"""


@pytest.fixture(params=[0o000, 0o002, 0o022, 0o077], ids=oct)
def umask(request):
    """The user's own umask."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def open_to_others(root, names=("data", "lists", "reports", "sealed", ".dvc", ".dvc-site")):
    """Return what somebody else may do anything with, links apart."""
    return sorted(f"{path.relative_to(root)} {path.stat().st_mode & 0o777:o}"
                  for name in names for path in [root / name, *(root / name).rglob("*")]
                  if path.exists() and path.stat().st_mode & 0o077)


def test_a_file_that_is_written_is_its_owners_alone(tmp_path, umask):
    write_text(tmp_path / "lists/office.csv", "x")
    assert (tmp_path / "lists/office.csv").stat().st_mode & 0o777 == 0o600


def test_files_and_folders_made_meanwhile_are_their_owners_alone(tmp_path, umask):
    with owner_alone():
        (tmp_path / "a/b").mkdir(parents=True)
        (tmp_path / "a/b/log").write_text("x")
    assert open_to_others(tmp_path, ["a"]) == []
    assert os.umask(umask) == umask


def test_a_command_closes_what_was_open_and_makes_nothing_open(tmp_path, umask, monkeypatch):
    root = make_campaign(tmp_path / "campaign")
    for name in ("data/raw/deep", "lists", "reports", "sealed", ".dvc"):
        (root / name).mkdir(parents=True)
        (root / name / "a.csv").write_text("x")
    root.chmod(0o777)
    monkeypatch.chdir(root)
    assert main(["strip", "count"]) == 0
    kept = "" if umask == 0o077 else ".dvc/a.csv"  # below a closed folder
    assert [one.split()[0] for one in open_to_others(root)] == ([kept] if kept else [])
    assert (root / ".dvc").stat().st_mode & 0o777 == 0o700
    assert root.stat().st_mode & 0o022 == 0


def test_a_file_that_is_a_link_to_dvcs_copy_is_left_alone(tmp_path):
    (tmp_path / "data").mkdir()
    kept = tmp_path / "kept"
    kept.write_text("x")
    kept.chmod(0o444)
    os.link(kept, tmp_path / "data/hard")
    (tmp_path / "data/soft").symlink_to(kept)
    close_folders(tmp_path)
    assert kept.stat().st_mode & 0o777 == 0o444


def test_dvcs_indexes_lie_in_the_campaign_by_the_committed_configuration():
    config = (REPOSITORY / ".dvc/config").read_text()
    assert "site_cache_dir = .dvc-site" in config
    for name in (".gitignore", ".dvcignore"):
        assert any(line.startswith(".dvc-site")
                   for line in (REPOSITORY / name).read_text().splitlines()), name


@pytest.fixture
def campaign(tmp_path, umask):
    """A campaign under git and DVC, made with that umask."""
    tmp_path.chmod(0o755)
    return make_repository(tmp_path / "campaign")


@pytest.mark.slow
@pytest.mark.parametrize("umask", [0o000, 0o022], indirect=True, ids=oct)
def test_a_build_leaves_nothing_open(campaign):
    assert workbench(campaign, "build").returncode == 0
    site = campaign / ".dvc-site"
    assert (site / "repo").is_dir()
    names = ("data", "reports", "lists")
    assert open_to_others(campaign, names) == []
    for name in (".dvc", ".dvc-site"):
        assert (campaign / name).stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("umask", [0o000], indirect=True)
@pytest.mark.parametrize("is_plain", [False, True])
def test_another_user_reads_and_replaces_nothing(campaign, is_plain):
    run(campaign, sys.executable, "-m", "dvc", "repro", "--quiet") if is_plain else \
        workbench(campaign, "build")
    write_text(campaign / "lists/office.csv", "x")
    (campaign / "lists").chmod(0o777)
    assert workbench(campaign, "strip").returncode == 0
    for folder in campaign.parents:
        if folder.stat().st_uid == os.getuid() and str(folder).count("/") > 1:
            folder.chmod(folder.stat().st_mode | 0o711)
    done = subprocess.run([sys.executable, "-c", TRIES, str(campaign)], capture_output=True,
                          text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")
    assert yaml.safe_load((campaign / "dvc.lock").read_text())["stages"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_file_that_somebody_else_brought_stops_nothing_and_an_open_folder_of_theirs_does(
    tmp_path,
):
    tmp_path.chmod(0o755)
    for name in ("own/data", "theirs/data"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "raw.csv").write_text("x")
    os.chown(tmp_path / "theirs/data", 1, 1)
    for name in ("own", "own/data", "theirs"):
        os.chown(tmp_path / name, 65534, 65534)
    code = ("import os, sys; from pathlib import Path; "
            "from workbench.pipeline.private import close_folders; os.setuid(65534); "
            "close_folders(Path(sys.argv[1]))")
    for folder in tmp_path.parents:
        if folder.stat().st_uid == 0 and str(folder).count("/") > 1:
            folder.chmod(folder.stat().st_mode | 0o711)
    said = {name: subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], check=False,
                                 capture_output=True, text=True) for name in ("own", "theirs")}
    assert said["own"].stderr == ""
    assert (tmp_path / "own/data").stat().st_mode & 0o777 == 0o700
    assert "Work in a clone of your own" in said["theirs"].stderr
