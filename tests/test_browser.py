"""Pages as a browser shows them: no request, no error, accessible, within the screen, on paper.

WORKBENCH_REPORTS names a folder of built reports to look at as well.
"""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from made_briefs import PAYLOADS, made_finding, made_manifest, made_notebook, made_settings
from test_index import FOUND, made_reports

from workbench.briefs.index import write_index
from workbench.briefs.render import render_appendix, render_brief

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.base", reason="axe is not installed")

CHROMIUM = Path(os.environ.get("WORKBENCH_CHROMIUM", "/usr/bin/chromium"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-default-apps", "--no-first-run",
         "--disable-dev-shm-usage"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
HOSTILE = " ".join(PAYLOADS[:4])


def made_pages(folder: Path) -> dict[str, Path]:
    """Write one page of each sort into ``folder``."""
    settings, manifest = made_settings(), made_manifest()
    pages = {
        "brief": render_brief(made_notebook(), manifest, settings),
        "bare": render_brief(made_notebook(with_charts=False), manifest, settings),
        "hostile": render_brief(made_notebook(HOSTILE, with_charts=False), manifest,
                                made_settings(name=HOSTILE)),
        "appendix": render_appendix(made_notebook(), manifest, settings),
    }
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    paths = {name: folder / f"{name}.html" for name in pages}
    return {**paths, "index": write_index(made_reports(folder, FOUND))}


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    """The pages to look at, by name; the built reports among them where they are given."""
    made = made_pages(tmp_path_factory.mktemp("pages"))
    given = os.environ.get("WORKBENCH_REPORTS", "")
    built = sorted(Path(given).resolve().rglob("*.html")) if given else []
    return {**made, **{f"built {path.name} {n}": path for n, path in enumerate(built)}}


class Seen:
    """What happened while a page was open."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(dialog.message))


def opened(browser: Any, path: Path, *, viewport: dict[str, int], scheme: str) -> Seen:
    """Open a file as a reader would, from the disk."""
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    seen = Seen(context.new_page())
    seen.page.goto(path.as_uri())
    return seen


def violations(page: Any) -> list[str]:
    """The rules of WCAG 2.2 AA that axe-core finds broken, with the elements."""
    page.evaluate(axe.AXE_SCRIPT)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", WCAG)
    return [f"{rule['id']}: {node['html'][:120]}"
            for rule in found["violations"] for node in rule["nodes"]]


def test_the_judge_finds_a_page_that_is_hard_to_read(browser, tmp_path):
    path = tmp_path / "pale.html"
    path.write_text("<!doctype html><title>x</title><p style='color:#ccc'>pale</p>",
                    encoding="utf-8")
    page = opened(browser, path, viewport=WIDE, scheme="light").page
    assert {rule.partition(":")[0] for rule in violations(page)} == {
        "color-contrast", "html-has-lang"}
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "320"])
def test_pages_are_silent_accessible_and_within_the_screen(browser, pages, viewport, scheme):
    for name, path in pages.items():
        seen = opened(browser, path, viewport=viewport, scheme=scheme)
        seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        width = seen.page.evaluate("document.documentElement.scrollWidth")
        assert (name, width) == (name, viewport["width"])
        assert (name, seen.requests) == (name, [path.as_uri()])
        assert (name, violations(seen.page)) == (name, [])
        assert (name, seen.errors) == (name, [])
        seen.page.context.close()


def test_the_first_screen_holds_finding_decision_and_headlines(browser, pages):
    for name, path in pages.items():
        if name in ("index", "hostile", "appendix") or "index.html" in name:
            continue
        page = opened(browser, path, viewport=WIDE, scheme="light").page
        for part in (".marking", "h1", ".bottom-line", ".decision", ".tile:last-child"):
            box = page.locator(part).first.bounding_box()
            assert box["y"] + box["height"] <= WIDE["height"], (name, part)
        page.context.close()


def test_the_marking_stays_in_sight_at_the_foot_of_the_page(browser, pages):
    page = opened(browser, pages["brief"], viewport=WIDE, scheme="light").page
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert page.locator(".marking").bounding_box()["y"] >= 0
    page.context.close()


def test_one_drawing_of_each_chart_shows_and_it_is_the_one_for_the_width(browser, pages):
    for viewport, shown, hidden in ((WIDE, "wide", "narrow"), (NARROW, "narrow", "wide")):
        page = opened(browser, pages["brief"], viewport=viewport, scheme="light").page
        assert page.locator(f"svg.{shown}:visible").count() == 7
        assert page.locator(f"svg.{hidden}:visible").count() == 0
        page.context.close()


def test_text_of_a_drawing_stays_inside_it(browser, pages):
    outside = """() => [...document.querySelectorAll('svg')].filter(s => s.clientWidth).flatMap(
        s => [...s.querySelectorAll('text')].filter(t => {
            const a = t.getBoundingClientRect(), b = s.getBoundingClientRect();
            return a.left < b.left - 3 || a.right > b.right + 3;
        }).map(t => t.textContent))"""
    for viewport in (WIDE, NARROW):
        page = opened(browser, pages["brief"], viewport=viewport, scheme="light").page
        assert page.evaluate(outside) == []
        page.context.close()


def test_hostile_text_runs_nothing_even_without_the_policy(browser, pages, tmp_path):
    html = pages["hostile"].read_text(encoding="utf-8")
    bare = tmp_path / "bare.html"
    bare.write_text(re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", html),
                    encoding="utf-8")
    seen = opened(browser, bare, viewport=WIDE, scheme="light")
    seen.page.mouse.move(640, 400)
    assert seen.requests == [bare.as_uri()]
    assert seen.errors == []
    seen.page.context.close()


def test_paper_is_never_dark(browser, pages):
    page = opened(browser, pages["brief"], viewport=WIDE, scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate(
        "() => [getComputedStyle(document.documentElement).backgroundColor,"
        " getComputedStyle(document.querySelector('h1')).color]")
    assert colours == ["rgb(255, 255, 255)", "rgb(27, 32, 38)"]
    page.context.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_every_printed_page_has_marking_version_and_number(browser, pages, paper):
    page = opened(browser, pages["brief"], viewport=WIDE, scheme="dark").page
    printed = printed_pages(page.pdf(format=paper))
    page.context.close()
    assert len(printed) > 1
    for number, text in enumerate(printed, start=1):
        assert "CONFIDENTIAL" in text
        assert made_manifest().version in text
        assert f"{number} of {len(printed)}" in text
    for part in (made_finding()["title"], made_finding()["decision"], "Large donors"):
        assert part in printed[0]


PARTS_TO_PRINT = """() => {
    const main = document.querySelector('main');
    for (let part = 0; part < 12; part++)
        main.insertAdjacentHTML('beforeend', `<section class="part"><h2>Part ${part}</h2>
            <p style="margin-bottom: ${part * 9}pt">before${part}x</p>
            <p>opens${part}x ${'words that lead on '.repeat(14)} ends${part}x</p>
            <figure><div style="height: 420pt">drawn${part}x</div></figure></section>`);
}"""


def test_words_that_lead_to_a_figure_are_printed_whole_and_on_its_page(browser, pages):
    page = opened(browser, pages["brief"], viewport=WIDE, scheme="light").page
    page.evaluate(PARTS_TO_PRINT)
    printed = printed_pages(page.pdf(format="A4"))
    page.context.close()
    for part in range(12):
        on = [number for number, text in enumerate(printed)
              for word in ("opens", "ends", "drawn") if f"{word}{part}x" in text]
        assert len(on) == 3, part
        assert len(set(on)) == 1, f"part {part} is on pages {on}"


def printed_pages(pdf: bytes) -> list[str]:
    """The text of each page of a PDF as Chromium writes it."""
    objects = {int(m[1]): m[2] for m in re.finditer(rb"(\d+) 0 obj\s(.*?)endobj", pdf, re.DOTALL)}
    leaves = [o for o in objects.values() if re.search(rb"/Type\s*/Page\b(?!s)", o)]
    return [re.sub(r"\s+", " ", page_text(leaf, objects)) for leaf in leaves]


def page_text(leaf: bytes, objects: dict[int, bytes]) -> str:
    """The text of one page, in the order in which it is drawn."""
    fonts = {m[1]: objects[int(m[2])] for m in re.finditer(rb"/(F\d+) (\d+) 0 R", leaf)}
    maps = {name: letters(font, objects) for name, font in fonts.items()}
    contents = unpacked(objects[int(re.search(rb"/Contents (\d+) 0 R", leaf)[1])])
    text, font = "", b""
    for found in re.finditer(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>", contents):
        font = found[1] or font
        glyphs = found[2] or b""
        codes = [int(glyphs[at:at + 4], 16) for at in range(0, len(glyphs), 4)]
        text += "".join(maps.get(font, {}).get(code, "") for code in codes)
        text += " " if found[1] else ""
    return text


def letters(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """What each glyph of a font stands for."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", font)
    table = unpacked(objects[int(found[1])]) if found else b""
    known = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, letter in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            known[int(glyph, 16)] = bytes.fromhex(letter.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letter in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                known[int(first, 16) + step] = chr(int(letter, 16) + step)
    return known


def unpacked(part: bytes) -> bytes:
    """The content of a stream."""
    found = re.search(rb"stream\r?\n(.*?)\nendstream", part, re.DOTALL)
    is_packed = b"FlateDecode" in part[: found.start()]  # what follows its end it leaves alone
    return zlib.decompressobj().decompress(found[1]) if is_packed else found[1]
