"""`make lab` opens at a page that leads to every notebook, to its brief and to the settings."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
START = REPOSITORY / "notebooks" / "START.md"
CHROMIUM = Path(os.environ.get("WORKBENCH_CHROMIUM", "/usr/bin/chromium"))
LAB = REPOSITORY / "etc" / "jupyter" / "labconfig" / "default_setting_overrides.json"
PIPELINE = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


def links():
    """Every link of the page, as a path below the campaign's folder."""
    found = re.findall(r"\]\(([^)]+)\)", START.read_text(encoding="utf-8"))
    return [os.path.normpath(Path("notebooks", link)) for link in found]


def rows():
    """The notebook of each row of the table, with the brief that is linked there, if one is."""
    pattern = r"(?m)^\| \[\w+\]\((\w+)\.ipynb\) \|[^|]+\| (?:\[\w+\]\(\.\./(\S+)\)|[^|]+) \|$"
    return dict(re.findall(pattern, START.read_text(encoding="utf-8")))


def test_every_notebook_has_its_row_and_every_row_its_notebook():
    there = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
    assert sorted(rows()) == there, "add or take out rows of notebooks/START.md"
    linked = [Path(link).stem for link in links() if link.endswith(".ipynb")]
    assert sorted(linked) == there


def test_each_row_leads_to_the_brief_that_the_notebooks_stage_makes():
    made = {}
    for stage in PIPELINE.values():
        run = re.match(r"workbench run (\w+)$", stage.get("cmd", ""))
        outs = [next(iter(out)) for out in stage.get("outs", ())]
        pages = [out for out in outs if out.startswith("reports/") and out.endswith(".html")]
        made |= {run.group(1): pages[0]} if run else {}
    assert rows() == {**made, "check": ""}


def test_every_other_link_leads_to_a_file_of_the_repository():
    others = {link for link in links() if not link.startswith("reports/")}
    assert not [link for link in others if not (REPOSITORY / link).is_file()]
    assert {"params.yaml", "docs/briefs.md", "docs/running.md"} <= others
    assert "reports/index.html" in links()


def opened_page():
    """Where `make lab` opens JupyterLab, as make itself says it."""
    command = ["make", "--dry-run", "--assume-old=.venv/ready", "lab"]
    said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return re.findall(r"jupyter lab --LabApp\.default_url=(\S+)$", said.stdout, re.MULTILINE)


def test_make_lab_opens_the_page():
    assert opened_page() == ["/lab/tree/notebooks/START.md"]


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}")
def test_jupyterlab_shows_the_page_and_follows_its_links(tmp_path, browser):
    """As `make lab` starts it, on a copy, with a home of its own; asked by its own address."""
    for name in ("notebooks", "docs", "etc"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copyfile(REPOSITORY / "params.yaml", tmp_path / "params.yaml")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "index.html").write_text("<h1>All of them</h1>")
    with lab(tmp_path) as server:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(answering(address_of(server)), timeout=60_000)
        start = page.locator(".jp-MarkdownViewer", has_text="Start here")
        start.locator("h1").wait_for(timeout=60_000)
        for text, opened in (("params.yaml", ".jp-FileEditor"),
                             ("The page of all briefs", ".jp-HTMLViewer"),
                             ("Writing a notebook", ".jp-MarkdownViewer h2:has-text('Begin')"),
                             ("donors", ".jp-Notebook")):
            page.locator(".lm-TabBar-tab", has_text="START.md").first.click()
            start.get_by_role("link", name=text, exact=True).first.click()
            page.locator(opened).first.wait_for(timeout=60_000)
        page.close()


def lab(folder):
    """JupyterLab in a folder, on a port that is free."""
    home = folder / "home"
    home.mkdir()
    command = [sys.executable, "-m", "jupyter", "lab", f"--LabApp.default_url={opened_page()[0]}",
               "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
    environ = {**os.environ, "HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "run"),
               "JUPYTER_CONFIG_PATH": str(folder / "etc" / "jupyter")}
    return Server(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL,
                  stderr=subprocess.PIPE, text=True)


class Server(subprocess.Popen):
    """A process that is killed with the block that uses it; its kernels end when it is gone."""

    def __exit__(self, *caught):
        self.kill()
        super().__exit__(*caught)


def address_of(server):
    """The address that a server prints, which holds the word that lets one in."""
    for line in server.stderr:
        if found := re.search(r"(http://\S+)/lab\S*(\?token=\w+)", line):
            return found.group(1) + "/" + found.group(2)
    raise AssertionError("JupyterLab ended")


def answering(address):
    """An address, once its server listens: Jupyter prints it before."""
    host = urlsplit(address)
    for _ in range(600):
        with socket.socket() as tried:
            if tried.connect_ex((host.hostname, host.port)) == 0:
                return address
        time.sleep(0.1)
    raise AssertionError(f"nobody answers at {host.netloc}")


def test_markdown_opens_as_a_page_to_read():
    documents = json.loads(LAB.read_text())["@jupyterlab/docmanager-extension:plugin"]
    assert documents == {"defaultViewers": {"markdown": "Markdown Preview"}}
