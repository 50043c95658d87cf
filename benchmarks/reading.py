"""How briefs read: words, pictures, what is empty, codes, paper, screens, numbers that disagree.

    python benchmarks/reading.py --reports reports --list

Opens every brief of a folder in headless Chromium as its reader does. A line of JSON a brief, a
last one for all; what is counted is what is not folded (in no closed <details>, not hidden):
`words` (those of charts apart, `chart_words`), `charts`, `tables`, `empty_blocks`, `codes_shown`
(each code once), `banned_words`, `height_px` at 1280 and 390 pixels; `pages_printed`, the A4 pages
up to the last that has something unfolded; `split_blocks`, what a page break cuts; `slides`, the
screens that arrow after arrow shows at 1280x800, and `cut_slides`, those of which something lies
outside; `disagreements`, pairs of pages with two values of one name. --list prints what was met.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from reading_numbers import Quantity, disagreements, quantities
from reading_words import banned_words, codes_shown
from shared import ROOT, options, tell

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from test_browser import FLAGS, printed_pages

SCRIPT = Path(__file__).with_suffix(".js")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PAPER_HEIGHT = 900  # CSS pixels that any figure may take on A4; a higher table must be cut
MOST_SCREENS = 150
NO_BRIEFS = ("audit.html", "index.html")
NO_FOLDERS = ("published", "appendix", "sealed", "pdf", "compare")
EVERYTHING_SHOWN = "body * { content-visibility: visible !important }"
WORD = re.compile(r"\w")
Found = dict[str, Any]


def briefs_in(reports: Path) -> dict[str, Path]:
    """Return the briefs of a folder, by name; SystemExit where it has none."""
    pages = sorted(reports.rglob("*.html")) if reports.is_dir() else []
    found = {path.relative_to(reports).with_suffix("").as_posix(): path.resolve()
             for path in pages if path.name not in NO_BRIEFS
             and not {*path.relative_to(reports).parts} & {*NO_FOLDERS}}
    if not found:
        raise SystemExit(f"{reports} holds no brief: build them with `dvc repro`, or name "
                         "another folder with --reports.")
    return found


def read_brief(browser: Any, path: Path) -> Found:
    """Return all that is measured of one brief, with what was met."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.add_style_tag(content=EVERYTHING_SHOWN)
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: Found = page.evaluate("reading.page()")
    heights = {"1280": page.evaluate("reading.height()")}
    page.set_viewport_size(NARROW)
    heights["390"] = page.evaluate("reading.height()")
    page.set_viewport_size(WIDE)
    found |= {"height_px": heights, "screens": screens_of(page), "paper": paper_of(page)}
    context.close()
    return found


def screens_of(page: Any) -> list[Found]:
    """Present a page; return each screen, from the first to the one after which nothing moves."""
    before = page.evaluate("reading.screen()")
    page.keyboard.press("p")
    page.keyboard.press("Home")
    screens = [page.evaluate("reading.screen()")]
    if screens[0]["signature"] == before["signature"]:
        return []
    while len(screens) < MOST_SCREENS:
        page.keyboard.press("ArrowRight")
        now = page.evaluate("reading.screen()")
        if now["signature"] in {screen["signature"] for screen in screens}:
            break
        screens.append(now)
    page.keyboard.press("Escape")
    return screens


def paper_of(page: Any) -> Found:
    """Print a page on A4; return how many pages it takes and which blocks a break cuts."""
    page.evaluate("reading.remember()")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": page.evaluate("reading.paperWidth"), "height": 900})
    blocks = [block for block in page.evaluate("reading.blocks()") if block["prints"]]
    papers = printed_pages(page.pdf(format="A4"))
    places = {mark: number for number, text in enumerate(papers, start=1)
              for mark in re.findall(r"\{\{(\d+[ab])\}\}", text.replace(" ", ""))}
    told = [block | {"from": places.get(f"{block['n']}a", 0),
                     "to": places.get(f"{block['n']}b", 0)} for block in blocks]
    unfolded = [block["to"] for block in told if block["isSeen"]]
    return {"n_pages": len(papers), "n_unfolded": max(unfolded, default=0),
            "split": split_of(told)}


def split_of(blocks: list[Found]) -> list[Found]:
    """Return the outermost blocks that begin on one page and end on another, or off the paper."""
    cut = {block["n"]: block for block in blocks
           if block["from"] != block["to"] and block["height"] <= PAPER_HEIGHT}
    return [block for block in cut.values() if not cut.keys() & {*block["within"]}]


def judged(found: Found) -> tuple[Found, dict[str, list[str]]]:
    """Return the figures of a brief but for disagreements, and what was met, by figure."""
    drawn = [line["place"] == "chart" for line in found["lines"]]
    n_words = Counter[bool]()
    for line, is_drawn in zip(found["lines"], drawn, strict=True):
        n_words[is_drawn] += sum(bool(WORD.search(word)) for word in line["text"].split())
    met = met_in(found)
    counted = {name: len(things) for name, things in met.items()}
    return {
        "words": n_words[False], "chart_words": n_words[True], "charts": found["charts"],
        "tables": found["tables"], **counted, "pages_printed": found["paper"]["n_unfolded"],
        "pages_all": found["paper"]["n_pages"], "slides": len(found["screens"]),
        "height_px": found["height_px"],
    }, met


def met_in(found: Found) -> dict[str, list[str]]:
    """Return what of a brief is not as it should be, a line each."""
    codes = codes_shown(found["lines"], found["codes"])
    return {
        "empty_blocks": found["empty"], "zero_rows": found["zero_rows"],
        "codes_shown": [f"{code} ({kind})" for code, kind in codes.items()],
        "banned_words": [f"{word}: {text[:100]}" for word, text in banned_words(found["lines"])],
        "split_blocks": [f"{block['what']}, pages {block['from']} and {block['to']}: "
                         f"{block['text']}" for block in found["paper"]["split"]],
        "cut_slides": [f"screen {number}, {screen['title']}: {len(screen['cut'])} things, such as "
                       f"{screen['cut'][0]}" for number, screen in enumerate(
                           found["screens"], start=1) if screen["cut"]],
    }


def read_all(browser: Any, briefs: dict[str, Path], *, is_listed: bool = False) -> list[Found]:
    """Return a line of figures a brief, and the last one for all of them."""
    pages = {name: read_brief(browser, path) for name, path in briefs.items()}
    figures = {name: judged(page) for name, page in pages.items()}
    said = [one for name, page in pages.items() for one in quantities(name, page)]
    pairs = disagreements(said)
    if is_listed:
        show({name: met for name, (_, met) in figures.items()}, pairs)
    n_pairs = Counter(one.brief for pair in pairs for one in pair)
    lines = [{"brief": name, **line, "disagreements": n_pairs[name]}
             for name, (line, _) in figures.items()]
    summed = {name: sum(line[name] for line in lines) for name in (
        "empty_blocks", "codes_shown", "banned_words", "split_blocks", "slides", "cut_slides")}
    return [*lines, {"brief": "all", "briefs": len(lines), **summed, "disagreements": len(pairs)}]


def show(met: dict[str, dict[str, list[str]]], pairs: list[tuple[Quantity, Quantity]]) -> None:
    """Print what was met, brief after brief, then each pair of pages that disagree."""
    for brief, things in met.items():
        print(f"\n{brief}", *(f"  {name}: {line}" for name, lines in things.items()
                              for line in lines), sep="\n")
    print("\ndisagreements", *(f"  {one.name}: {one.brief} {one.value}, {other.brief} "
                               f"{other.value}" for one, other in pairs), "", sep="\n")


def main() -> None:
    """Read the briefs that the command line names."""
    from playwright.sync_api import sync_playwright

    from workbench.briefs.paper import find_browser

    asked = options(__doc__, reports=ROOT / "reports", list=False)
    briefs = briefs_in(asked.reports)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        for line in read_all(browser, briefs, is_listed=asked.list):
            tell(**line)
        browser.close()


if __name__ == "__main__":
    main()
