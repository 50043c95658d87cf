"""What the form of a brief costs: to render, to carry, to open on a slow machine, to print.

    python benchmarks/briefs.py --runs 5

On a made-up brief with a table and six charts: the seconds that rendering takes once its notebook
has run (page and appendix, in a process where nbconvert is imported), and the seconds of that
import; its weight in KB; the first paint in ms in a browser whose processor is throttled six
times, beside that of an empty page, since it moves with the load; the seconds of a PDF.
Medians of the runs; wall time beside seconds of this process's CPU. One line of JSON.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared import Clock, kept_or_temporary, options, tell

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from made_briefs import made_manifest, made_notebook, made_settings

THROTTLE = 6
PAINT = """new Promise(told => new PerformanceObserver(seen => seen.getEntries()
    .filter(one => one.name === "first-contentful-paint").forEach(one => told(one.startTime))
).observe({type: "paint", buffered: true}))"""


def timed(work: Callable[[], Any], runs: int) -> tuple[float, float]:
    """Return the medians of the wall and of the CPU seconds that some work takes."""
    seconds = []
    for _ in range(runs):
        clock = Clock()
        work()
        seconds.append(clock.read())
    wall, cpu = map(statistics.median, zip(*seconds, strict=True))
    return wall, cpu


def first_paint(page: Path, browser: str, runs: int) -> float:
    """Return the median ms until a browser that is throttled shows the page's first text."""
    from playwright.sync_api import sync_playwright

    seen = []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(runs):
            window = running.new_page(viewport={"width": 1280, "height": 800})
            window.context.new_cdp_session(window).send(
                "Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
            window.goto(page.as_uri())
            seen.append(window.evaluate(PAINT))
            window.close()
        running.close()
    return statistics.median(seen)


def measure(runs: int, folder: Path) -> dict[str, Any]:
    """Return all figures, by name."""
    clock = Clock()
    from workbench.briefs.render import render_appendix, render_brief

    imported = clock.told("import_s", "import_cpu_s", digits=3)
    notebook, manifest, settings = made_notebook(), made_manifest(), made_settings()

    def render() -> None:
        render_brief(notebook, manifest, settings)
        render_appendix(notebook, manifest, settings)

    rendering = timed(render, runs)
    html = render_brief(notebook, manifest, settings)
    page = folder / "brief.html"
    page.write_text(html, encoding="utf-8")
    return {
        "render_s": round(rendering[0], 3), "render_cpu_s": round(rendering[1], 3),
        **imported, "six_charts_kb": round(len(html.encode()) / 1000, 1),
        **in_browser(page, html, runs),
    }


def in_browser(page: Path, html: str, runs: int) -> dict[str, Any]:
    """Return what takes a browser; nothing where there is none, which standard error tells."""
    from workbench.briefs.paper import find_browser, printed, sized_page
    from workbench.errors import BriefError

    try:
        browser = find_browser()
    except BriefError as error:
        print(error, file=sys.stderr)
        return {}
    pdf = timed(lambda: printed(sized_page(html, "A4"), browser), runs)
    empty = page.with_name("empty.html")
    empty.write_text("<!doctype html><title>Empty</title><p>Text", encoding="utf-8")
    paints = [round(first_paint(one, browser, runs)) for one in (page, empty)]
    return {"first_paint_ms": paints[0], "empty_page_paint_ms": paints[1],
            "throttled": THROTTLE, "pdf_s": round(pdf[0], 2)}


if __name__ == "__main__":
    with kept_or_temporary(None) as made:
        tell(**measure(options(__doc__, runs=5).runs, made))
