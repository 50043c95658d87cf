"""A brief on paper: a tagged PDF of its page, printed by a browser that is on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from workbench.briefs.address import short_folder
from workbench.briefs.build import brief_name
from workbench.briefs.environment import fixed_environment
from workbench.briefs.policy import source_hash
from workbench.errors import BriefError
from workbench.settings import Settings
from workbench.tables import whole_file

PAPERS = {"a4": "A4", "letter": "letter"}
PDF_FOLDER = "reports/pdf"
SWITCH = "WORKBENCH_CHROMIUM"
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
LONGEST_SECONDS = 120
FLAGS = (
    "--headless", "--disable-gpu", "--no-pdf-header-footer", "--export-tagged-pdf",
    "--generate-pdf-document-outline", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-extensions", "--disable-sync", "--disable-client-side-phishing-detection",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--force-color-profile=srgb", "--lang=en-GB",
)
_STYLE = re.compile(r"<style>(@page\{.*?)</style>", re.DOTALL)
_SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)
# What a browser writes of the day, the machine and itself; blanks keep every offset in place.
_OF_THE_DAY = re.compile(rb"/(?:CreationDate|ModDate|Creator) \((?:\\.|[^\\)])*\)")
_ELEMENT = re.compile(rb"\(node(\d{8})\)")
_NEEDED = (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"/Title")


def print_brief(
    settings: Settings, brief: str, *, paper: str = "a4", out: Path | None = None
) -> Path:
    """Print ``reports/<brief>.html`` as a PDF; return where it lies, reports/pdf by default.

    Marking, version and page number are on every page; the PDF is tagged, names its language
    and title, and has no date: the same page gives the same bytes from the same browser.
    Nothing is asked of any network. BriefError where there is no such brief or no browser, or
    where the browser cannot do it; StorageError where the PDF cannot be written.
    """
    page = settings.root / "reports" / f"{brief_name(brief)}.html"
    if not page.is_file():
        raise BriefError(
            f"reports/{brief}.html is not there. Run `dvc repro` to build it, or name another "
            "brief, such as donors or quality/voters."
        )
    html = page.read_text(encoding="utf-8")
    content = printed(sized_page(html, PAPERS[paper]), find_browser())
    path = out or settings.root / PDF_FOLDER / f"{brief}.pdf"
    with whole_file(path) as draft:
        draft.write_bytes(content)
    return path


def find_browser(environ: Mapping[str, str] = os.environ) -> str:
    """Return the browser that prints: the one that WORKBENCH_CHROMIUM names, or one found."""
    named = environ.get(SWITCH, "")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise BriefError(
            f"{named!a}, which {SWITCH} names, is no browser that can be run. Correct it." if named
            else "No Chromium, Chrome or Edge was found, which print a brief. Install one, or say "
            f"where it is with {SWITCH}=/path/to/chromium; or open the brief in any browser and "
            "print it from there."
        )
    return found


def sized_page(html: str, size: str) -> str:
    """Return the page for paper of one size, without its script; its policy lets the size in.

    BriefError for a page that no template of ours has made.
    """
    style = _STYLE.search(html)
    if style is None:
        raise BriefError("The brief is no page of this version of the workbench. Build it again "
                         "with `dvc repro`.")
    sized = style[1].replace("@page{", f"@page{{size:{size};", 1)
    old, new = (source_hash(text).strip("'") for text in (style[1], sized))
    return _SCRIPT.sub("", html.replace(style[1], sized).replace(old, new))


def printed(html: str, browser: str) -> bytes:
    """Return the PDF of a page; BriefError where the browser does not give a tagged one."""
    with tempfile.TemporaryDirectory(dir=short_folder(), ignore_cleanup_errors=True) as folder:
        page, pdf = Path(folder) / "brief.html", Path(folder) / "brief.pdf"
        page.write_text(html, encoding="utf-8")
        own = [f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", page.as_uri()]
        _run([browser, *FLAGS, *_for_root(), *own])
        content = pdf.read_bytes() if pdf.is_file() else b""
    if not all(part in content for part in _NEEDED):
        raise BriefError(
            f"{Path(browser).name} did not print a tagged PDF. Use a newer Chromium, Chrome or "
            f"Edge (of 2023 or later), and name it with {SWITCH}=/path/to/chromium."
        )
    return steadied(content)


def steadied(pdf: bytes) -> bytes:
    """Return the PDF without the day and the machine, its elements numbered in their order.

    A browser counts on from whatever else it numbered before. No offset moves.

    >>> steadied(b"/ID (node00000152) /Headers [(node00000140)]")
    b'/ID (node00000002) /Headers [(node00000001)]'
    """
    places = {number: b"(node%08d)" % place for place, number in
              enumerate(sorted(set(_ELEMENT.findall(pdf))), start=1)}
    numbered = _ELEMENT.sub(lambda found: places[found[1]], pdf)
    return _OF_THE_DAY.sub(lambda found: b" " * len(found[0]), numbered)


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, capture_output=True, check=False, timeout=LONGEST_SECONDS,
                       env=fixed_environment())
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BriefError(
            f"{Path(command[0]).name} could not be run, or took longer than {LONGEST_SECONDS} "
            f"seconds. Open a page in it by hand to see what it says, or name another one with "
            f"{SWITCH}=/path/to/chromium."
        ) from error


def _for_root() -> tuple[str, ...]:
    """Return what a browser wants in a container, where the user is root: it has no sandbox."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
