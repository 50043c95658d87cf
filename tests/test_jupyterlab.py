"""An analyst's hour in JupyterLab: explore, change, draw, save, build. Driven in a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
import pytest
from made_built import Page
from made_releases import REPOSITORY, build, commit, make_repository, run
from test_browser import CHROMIUM

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]
STARTS_WITHIN_SECONDS = 60
PARAMETERS = "n_rows = 70  # rows\nshare = 0.5\nkind = 'gift'\nis_new = False\ncodes = ['a']"
EXPLORED = "print('Looked at', n_rows * 111)"
OWN_CHART = """\
from workbench import figures
from workbench.disclosure import exempt
regions = pd.DataFrame({"region_name": ["North", "South"], "n_rows": [n_rows, 45]})
regions = exempt(regions, "it counts rows of a table, nobody")
figure, axes = figures.blank()
axes.bar(regions["region_name"], regions["n_rows"])
figures.own(figure, regions, values=["n_rows"], caption=brief.caption(
    title="The north has more rows", subtitle="Rows by region, Harbour Alliance, 2026",
    alt_text="A bar for each of two regions; that of the north is higher."))"""


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign of one notebook that was built and committed; its params change no parameter."""
    root = make_repository(tmp_path / "campaign")
    params = (root / "params.yaml").read_text(encoding="utf-8")
    params = params.replace("  count:\n    n_rows: 40\n", "  count: {}\n")
    (root / "params.yaml").write_text(params, encoding="utf-8")
    notebook = root / "notebooks/count.ipynb"
    nbformat.write(nbformat.read(notebook, 4), notebook)  # as Jupyter writes it
    build(root)
    commit(root, "Built")
    return root


@pytest.fixture
def address(campaign: Path, tmp_path: Path):
    """Where JupyterLab serves the campaign, set up as `make lab` sets it up."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "HOME": str(tmp_path / "home"), "WORKBENCH_WARM": "0",
               "JUPYTER_CONFIG_PATH": str(REPOSITORY / "etc/jupyter"),
               "PYTHONPATH": str(REPOSITORY / "src")}
    environ.pop("DVC_STAGE", None)
    (tmp_path / "home").mkdir()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
               f"--ServerApp.port={port}", "--IdentityProvider.token=word"]
    with open(tmp_path / "server.log", "wb") as log:
        server = subprocess.Popen(command, cwd=campaign, env=environ, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token=word")
        yield f"http://127.0.0.1:{port}/lab/tree/notebooks/count.ipynb?token=word"
    finally:
        server.terminate()
        server.wait()


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            urllib.request.urlopen(url)
            return
        except OSError:
            assert time.monotonic() < end, "JupyterLab did not start"
            time.sleep(0.2)


class Analyst:
    """Somebody at a notebook in JupyterLab, who has a keyboard and a mouse."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        page.goto(address)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell .cm-content", timeout=60_000)
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']",
                                    timeout=60_000)

    def write(self, cell: Any, text: str) -> None:
        """Put a text in the place of what stands in a cell."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Escape")

    def add(self, text: str, *, below: str) -> Any:
        """Write a cell below the one that holds a text; return it."""
        self.cell(below).locator(".jp-InputPrompt").click()
        self.page.keyboard.press("b")
        added = self.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
        self.write(added, text)
        return self.cell(text.splitlines()[0])

    def cell(self, text: str) -> Any:
        """Return the cell that holds a text."""
        return self.page.locator(".jp-Notebook .jp-CodeCell", has_text=text)

    def tag(self, tag: str) -> None:
        """Give the active cell a tag in the Property Inspector."""
        self.page.click(".jp-SideBar.jp-mod-right [title*='Property Inspector']")
        self.page.click(".jp-NotebookTools >> text=Common Tools")
        self.page.click(".jp-CellTags-Add")
        self.page.keyboard.insert_text(tag)
        self.page.keyboard.press("Enter")

    def run_all(self) -> None:
        """Run all cells, and wait for the last one."""
        self.page.click(".lm-MenuBar-item >> text=Run")
        self.page.click(".lm-Menu-item >> text=Run All Cells")
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]"
            ".every(one => /\\[\\d+\\]/.test(one.textContent))", timeout=60_000)
        self.wait_until_idle()

    def save(self) -> None:
        """Save, and wait until nothing is left to save."""
        self.page.keyboard.press("Control+S")
        self.page.wait_for_selector(".jp-mod-dirty", state="detached", timeout=30_000)


@pytest.fixture
def analyst(address: str, browser: Any):
    """An analyst who has opened the notebook."""
    page = browser.new_page(viewport={"width": 1500, "height": 1400})
    yield Analyst(page, address)
    page.close()


def git(root: Path, *arguments: str) -> str:
    return run(root, "git", *arguments).stdout


def status(root: Path) -> str:
    """What DVC finds out of date."""
    return run(root, sys.executable, "-m", "dvc", "status").stdout


def check_the_diff(root: Path) -> None:
    """One line was changed and two cells are new; without those it is what was committed."""
    path = root / "notebooks/count.ipynb"
    lines = git(root, "diff", "--unified=0").splitlines()
    assert [line for line in lines if re.match("-(?!--)", line)] == [
        r'-    "n_rows = 10  # rows\n",']
    assert git(root, "diff", "--name-only").split() == ["notebooks/count.ipynb"]
    notebook = nbformat.read(path, 4)
    new = [notebook["cells"].pop(place) for place in (7, 2)]
    assert [(cell["source"], cell["metadata"], cell["outputs"]) for cell in new] == [
        (OWN_CHART, {}, []), (EXPLORED, {"tags": ["explore"]}, [])]
    parameters = notebook["cells"][1]
    parameters["source"] = parameters["source"].replace("n_rows = 70", "n_rows = 10")
    before = git(root, "show", "HEAD:notebooks/count.ipynb")
    assert nbformat.writes(notebook) == before.rstrip("\n")


def test_exploring_changes_nothing_and_what_is_saved_is_built(campaign, analyst):
    analyst.add(EXPLORED, below="n_rows = 10")
    analyst.tag("explore")
    analyst.run_all()
    assert "Looked at 1110" in analyst.cell(EXPLORED).inner_text()
    assert "up to date" in status(campaign)
    assert git(campaign, "status", "--porcelain") == ""

    analyst.write(analyst.cell("n_rows = 10"), PARAMETERS)
    analyst.add(OWN_CHART, below="brief.rows(")
    analyst.run_all()
    assert analyst.cell("figures.blank()").locator("svg").count()
    analyst.save()
    check_the_diff(campaign)
    before = Page((campaign / "reports/count.html").read_text(encoding="utf-8"))
    build(campaign)
    html = (campaign / "reports/count.html").read_text(encoding="utf-8")
    assert [cell[1:] for cell in before.cells[:2]] == [
        ("Rows", "10"), ("Input", "data/raw/mine.csv")]
    assert [cell[1:] for cell in Page(html).cells[:6]] == [
        ("Rows", "70"), ("Region", "North"), ("Rows", "70"), ("Region", "South"), ("Rows", "45"),
        ("Input", "data/raw/mine.csv")]
    assert "The north has more rows" in html
    assert "Looked at" not in html
    assert "up to date" in status(campaign)
