"""A small campaign under git and DVC, with one input and one brief, that publishes versions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from made_campaign import PARAMS, make_campaign

REPOSITORY = Path(__file__).parents[1]
SOURCE = """\
sources:
  mine: {path: data/raw/mine.csv, table: events, lawful_basis: none needed,
         expiry_date: "2027-05-31", columns: {event_id: id, event_name: name}}
"""
STAGES = """\
stages:
  count:
    cmd: workbench run count
    deps: [data/raw/mine.csv, notebooks/count.ipynb, reports/baseline.json]
    params: [campaign, disclosure, notebooks.count]
    outs:
      - reports/count.html: {persist: true}
    metrics:
      - reports/count.json: {cache: false, persist: true}
  index:
    cmd: workbench index
    deps: [reports/count.json, reports/releases.json]
    outs:
      - reports/index.html: {persist: true}
"""
OURS = "import sys; from workbench.cli import main; sys.exit(main(sys.argv[1:]))"


def run(root: Path, *command: str, may_fail: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command in the campaign's folder, with this Python's programs first on the path."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": programs, "PYTHONPATH": str(REPOSITORY / "src"),
               "WORKBENCH_WARM": "0", "GIT_CONFIG_GLOBAL": "/dev/null"}
    done = subprocess.run(command, cwd=root, env=environ, text=True, capture_output=True,
                          check=False)
    assert may_fail or not done.returncode, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def workbench(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the workbench; return what it said, whether or not it succeeded."""
    return run(root, sys.executable, "-c", OURS, *arguments, may_fail=True)


def dvc(root: Path, *arguments: str) -> None:
    """Run a DVC command, which must succeed."""
    run(root, sys.executable, "-m", "dvc", *arguments)


def make_repository(root: Path, remote: Path | None = None) -> Path:
    """Make the campaign: committed, its input added to DVC, not built yet."""
    make_campaign(root)
    params = PARAMS.replace("sources: {}\n", SOURCE)
    (root / "params.yaml").write_text(params.replace(": 2026-", ": '2026-")
                                      .replace("-10-05\n", "-10-05'\n")
                                      .replace("-11-03\n", "-11-03'\n"), encoding="utf-8")
    (root / "dvc.yaml").write_text(STAGES, encoding="utf-8")
    for name in (".gitignore", ".dvcignore", ".dvc/config", ".dvc/.gitignore",
                 "reports/releases.json", "reports/baseline.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, root / name)
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "mine.csv").write_text("id,name\n1,Dinner\n", encoding="utf-8")
    run(root, "git", "init", "--quiet", "--initial-branch=main")
    name_publisher(root)
    if remote is not None:
        remote.mkdir(parents=True, exist_ok=True)
        dvc(root, "remote", "add", "--quiet", "--default", "share", str(remote))
    dvc(root, "add", "--quiet", "data/raw/mine.csv")
    commit(root, "Begin")
    return root


def name_publisher(root: Path, name: str = "A. Lead") -> None:
    """Say in a folder's git who works there."""
    run(root, "git", "config", "user.name", name)
    run(root, "git", "config", "user.email", "lead@example.org")


def commit(root: Path, message: str) -> None:
    """Commit all that git is not told to ignore."""
    run(root, "git", "add", "--all")
    run(root, "git", "commit", "--quiet", "-m", message)


def change_rows(root: Path, n_rows: int) -> None:
    """Give the notebook another number of rows, and commit that."""
    params = (root / "params.yaml").read_text(encoding="utf-8")
    before = params[params.index("n_rows: "):].split("\n")[0]
    (root / "params.yaml").write_text(params.replace(before, f"n_rows: {n_rows}"),
                                      encoding="utf-8")
    run(root, "git", "commit", "--quiet", "-m", f"{n_rows} rows", "--", "params.yaml")


def build(root: Path) -> None:
    """Run the pipeline."""
    dvc(root, "repro", "--quiet")
