"""The sample at 1,500 people with a few of its sources, built; and what its pages show."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[1]
COPIED = ("src", "notebooks", "expectations", "params.yaml", "dvc.yaml")
SOURCES = ("voters", "vote_history", "canvass", "donations", "events", "appeals_sent",
           "suppressions", "areas", "area_results", "call_list_office")


def build(root: Path) -> Path:
    """Clone the repository into ``root``, with what is not committed yet, and build it."""
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(root)], check=True)
    for name in COPIED:
        source, place = REPOSITORY / name, root / name
        if source.is_dir():
            shutil.rmtree(place)
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, place)
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    params["sample"]["n_people"] = 1_500
    params["sources"] = {name: params["sources"][name] for name in SOURCES}
    (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    (root / ".dvc").mkdir(exist_ok=True)
    (root / ".dvc/config").write_text(
        "[core]\n    no_scm = true\n    site_cache_dir = .dvc-site\n")
    done = run_in(root, ["workbench", "build"])
    assert (root / "reports/index.html").is_file(), done.stderr[-2000:]
    return root


def file_times(root: Path) -> set[tuple[str, int]]:
    """Return each file that a campaign holds, with the time at which it was written last."""
    places = [path for name in ("data", "reports", "expectations", "notebooks")
              for path in (root / name).rglob("*") if "__pycache__" not in path.parts]
    places += [root / "params.yaml", root / "dvc.lock"]
    return {(str(path.relative_to(root)), path.stat().st_mtime_ns)
            for path in places if path.is_file()}


def run_in(root: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a campaign's folder, with its own code."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = os.environ | {"PYTHONPATH": str(root / "src"), "PATH": path}
    return subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, check=False)


class Page(HTMLParser):
    """The cells of a page's tables: ``cells`` holds title, heading and text of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[tuple[str, str, str]] = []
        self.title, self._at = "", ""
        self._heads: list[str] = []
        self._row: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row, a cell or a title."""
        if tag == "table":
            self._heads = []
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th"):
            self._row.append("")
            self._at = "cell"
        elif tag == "span" and ("class", "title") in attrs:
            self.title, self._at = "", "title"

    def handle_endtag(self, tag: str) -> None:
        """End it; the first row of a table are its headings."""
        if tag in ("td", "th", "span"):
            self._at = ""
        elif tag == "tr" and not self._heads:
            self._heads = self._row
        elif tag == "tr":
            self.cells += [(self.title, head, cell.strip()) for head, cell in
                           zip(self._heads, self._row, strict=True)]

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell or of a title."""
        if self._at == "cell":
            self._row[-1] += data
        elif self._at == "title":
            self.title += data
