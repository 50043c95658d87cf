"""Exploring changes nothing: by hand or in JupyterLab, tables and pages of the build stay."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from made_campaign import make_campaign

from workbench.tables import store

WRITES = '''
from workbench.settings import load_settings
from workbench.tables import store
import pandas as pd

rows = pd.DataFrame({"source_name": ["s"], "source_row": [2], "area_id": ["A"],
                     "area_type_code": ["ward"], "area_name": ["Explored"]})
store.write(load_settings().root, "areas", rows)
'''


def standing(root: Path) -> dict[str, str]:
    """Return the hash of every file of a campaign besides its trials, caches and notebooks."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*")) if path.is_file()
        and not {".dvc", ".git", "trials", "__pycache__", ".dvc-site"} & set(path.parts)
    }


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's stage runs these tests, whatever ran before them in this process."""
    monkeypatch.delenv("DVC_STAGE", raising=False)


@pytest.fixture
def explored(tmp_path: Path) -> Path:
    """A campaign of one notebook whose first cell writes a table, with the build's table there."""
    root = make_campaign(tmp_path / "campaign")
    path = root / "notebooks/count.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    at = next(n for n, cell in enumerate(notebook["cells"])
              if "setup" in cell["metadata"].get("tags", []))
    cell = {"cell_type": "code", "id": "writes", "metadata": {}, "outputs": [],
            "execution_count": None, "source": WRITES.strip()}
    notebook["cells"].insert(at + 1, cell)
    path.write_text(json.dumps(notebook, indent=1) + "\n", encoding="utf-8")
    store.write(root, "areas", pd.DataFrame({
        "source_name": ["s"], "source_row": [2], "area_id": ["A"], "area_type_code": ["ward"],
        "area_name": ["Built"]}))
    return root


def run(root: Path, *words: str, stage: str = "") -> subprocess.CompletedProcess[str]:
    """Run the workbench in a campaign, as a stage of it or by hand."""
    environ = {name: value for name, value in os.environ.items() if name != "DVC_STAGE"}
    environ |= {"WORKBENCH_WARM": "0"} | ({"DVC_STAGE": stage} if stage else {})
    code = "import sys; from workbench.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run([sys.executable, "-c", code, *words], cwd=root, env=environ,
                          capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_run_by_hand_leaves_what_the_build_made_and_says_so(explored):
    assert run(explored, "run", "count", stage="count").returncode == 0
    before = standing(explored)
    done = run(explored, "run", "count", "-p", "n_rows=7")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "data/trials/reports/count.html"
    assert "A trial" in done.stderr
    assert standing(explored) == before
    page = (explored / "data/trials/reports/count.html").read_text(encoding="utf-8")
    assert "<strong>A trial.</strong>" in page
    assert "Trial: " in page
    assert "All briefs" not in page
    trial = pd.read_parquet(explored / "data/trials/tables/areas.parquet")
    assert trial["area_name"].tolist() == ["Explored"]


@pytest.mark.slow
def test_a_stage_writes_what_the_build_reads_and_no_trial(explored):
    assert run(explored, "run", "count", stage="count").returncode == 0
    assert store.read(explored, "areas")["area_name"].tolist() == ["Explored"]
    assert "A trial." not in (explored / "reports/count.html").read_text(encoding="utf-8")
    assert not (explored / "data/trials").exists()


@pytest.mark.slow
def test_a_notebook_run_in_a_kernel_of_jupyter_leaves_the_tables_of_the_build(explored):
    """As JupyterLab runs it: by nbclient in a plain kernel, knowing nothing of the workbench."""
    import nbformat
    from nbclient import NotebookClient

    before = standing(explored)
    notebook = nbformat.read(explored / "notebooks/count.ipynb", as_version=4)
    NotebookClient(notebook, kernel_name="python3", timeout=120,
                   resources={"metadata": {"path": str(explored / "notebooks")}}).execute()
    assert standing(explored) == before
    assert (explored / "data/trials/tables/areas.parquet").is_file()


@pytest.mark.slow
def test_jupyterlab_says_which_value_a_build_would_take(explored):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(explored / "notebooks/count.ipynb", as_version=4)
    client = NotebookClient(notebook, kernel_name="python3", timeout=120,
                            resources={"metadata": {"path": str(explored / "notebooks")}})
    ran = client.execute(env={**os.environ, "JPY_SESSION_NAME": str(
        explored / "notebooks/count.ipynb")})
    said = [output["text"] for cell in ran.cells for output in cell.get("outputs", [])
            if output.get("name") == "stderr"]
    assert said == ["n_rows is 10 here; a build takes 40, as params.yaml has it.\n"]


def test_code_that_is_no_notebook_writes_the_table_itself(tmp_path):
    store.write(tmp_path, "areas", pd.DataFrame({
        "source_name": ["s"], "source_row": [2], "area_id": ["A"], "area_type_code": ["ward"],
        "area_name": ["Built"]}))
    assert store.read(tmp_path, "areas")["area_name"].tolist() == ["Built"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["donors", "lists", "universes", "selections", "offers"])
def test_every_notebook_that_writes_tables_leaves_those_of_the_build(built, tmp_path, name):
    root = tmp_path / "campaign"
    shutil.copytree(built, root, symlinks=True)
    before = standing(root)
    done = run(root, "run", name)
    assert done.returncode == 0, done.stderr
    assert standing(root) == before
    assert sorted((root / "data/trials").rglob("*.parquet"))


@pytest.mark.slow
def test_checking_a_source_by_hand_leaves_its_accepted_rows(built, tmp_path):
    root = tmp_path / "campaign"
    shutil.copytree(built, root, symlinks=True)
    before = standing(root)
    done = run(root, "run", "check", "--name", "quality/voters", "-p", "source=voters")
    assert done.returncode == 0, done.stderr
    assert standing(root) == before
    assert (root / "data/trials/accepted/voters.parquet").is_file()
