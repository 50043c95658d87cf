"""What makes a brief good, point by point, on pages as a browser shows them.

WORKBENCH_REPORTS names a folder of built reports; without it, pages made here are judged. The
numbers are those of the list in docs/briefs.md, "What every brief keeps".
"""

from __future__ import annotations

import json
import os
import re
from html import unescape
from pathlib import Path

import pytest
from made_briefs import made_manifest, made_notebook, made_settings, one_exhibit_page
from test_blocks import RECEIVED
from test_browser import NARROW, WIDE, opened, printed_pages, violations
from test_browser import pytestmark as needs_browser
from test_likelihood import ITEMS, win
from test_paper import charts_of, letters_of, rows_of
from test_render import hashes_of, text_of

from workbench.briefs.paper import printed, sized_page
from workbench.briefs.render import render_brief
from workbench.exhibits import Poll, open_brief
from workbench.likelihood import SCALE, bare_words

pytestmark = needs_browser
HALL = {"width": 1920, "height": 1080}
GIVEN = os.environ.get("WORKBENCH_REPORTS", "")
CHROMIUM = os.environ.get("WORKBENCH_CHROMIUM", "/usr/bin/chromium")
FACTS = {"Brief", "Version", "Previous version", "As of", "Parameters", "Environment",
         "Disclosure profile", "Build again with"}
MOST_BYTES, MOST_BYTES_OF_SIX_CHARTS = 1_000_000, 150_000
MOST_SCREENS = 12
LEAST_TEXT_SHARE = 12 / 800  # of the height of the screen; the smallest note on a slide
LUMINANCE = """const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(
        v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + .05) / (y + .05); };
const paper = getComputedStyle(document.documentElement).backgroundColor;
const rule = getComputedStyle(document.documentElement).getPropertyValue('--rule').trim();
const probe = document.createElement('i'); document.body.append(probe); probe.style.color = rule;
const faint = [paper, getComputedStyle(probe).color]; probe.remove();
const drawings = [...document.querySelectorAll('svg')].filter(s => s.clientWidth);"""
PALE = """() => {%s
    const pale = [];
    for (const svg of drawings) {
        for (const text of svg.querySelectorAll('text')) {
            const colour = getComputedStyle(text).fill;
            if (ratio(colour, paper) < 4.5) pale.push(text.textContent + ' ' + colour);
        }
        const marks = [...svg.querySelectorAll('path, use')].filter(m => !m.closest('defs'))
            .map(m => [m, getComputedStyle(m)])
            .filter(([, s]) => s.fillOpacity === '1' && s.opacity === '1');
        const solid = marks.map(([m, s]) => [m.getBoundingClientRect(),
            s.fill !== 'none' ? s.fill : s.stroke]).filter(([, c]) => !faint.includes(c));
        for (const [box, colour] of solid)
            if (ratio(colour, paper) < 3) pale.push('mark ' + colour);
        const bars = solid.filter(([b]) => b.width > 8 && b.height > 8);
        for (const [a, one] of bars) for (const [b, two] of bars)
            if (one !== two && a.left < b.right && b.left < a.right && a.top < b.bottom
                && b.top < a.bottom && ratio(one, two) < 3) pale.push(one + ' on ' + two);
    }
    return pale;
}""" % LUMINANCE  # noqa: UP031


def whole_brief() -> str:
    """A made-up brief that has everything that a brief can have."""
    brief, settings = open_brief(made_settings()), made_settings()
    notebook = made_notebook()
    extra = one_exhibit_page([brief.likelihood(win()), brief.poll(
        Poll("Harbour poll, May 2026", **dict.fromkeys(ITEMS, "Told in a few words")))])
    notebook.cells[-2:-2] = [{**cell, "id": f"extra-{n}"}
                             for n, cell in enumerate(extra.cells[-2:])]
    return render_brief(notebook, made_manifest(received=RECEIVED), settings)


@pytest.fixture(scope="module")
def briefs(tmp_path_factory) -> dict[str, Path]:
    """The pages of briefs to judge, by name."""
    folder = tmp_path_factory.mktemp("points")
    made = {"whole": whole_brief(),
            "bare": render_brief(made_notebook(with_charts=False), made_manifest(),
                                 made_settings())}
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    reports = Path(GIVEN).resolve() if GIVEN else folder / "none"
    built = {path.relative_to(reports).with_suffix("").as_posix(): path
             for path in sorted(reports.rglob("*.html")) if path.name != "index.html"
             and "published" not in path.parts}
    return {**{name: folder / f"{name}.html" for name in made}, **built}


@pytest.fixture(scope="module")
def texts(briefs) -> dict[str, str]:
    """The HTML of each brief."""
    return {name: path.read_text(encoding="utf-8") for name, path in briefs.items()}


@pytest.fixture(scope="module")
def papers(texts) -> dict[str, list[str]]:
    """The text of each A4 page of each brief."""
    return {name: printed_pages(printed(sized_page(html, "A4"), CHROMIUM))
            for name, html in texts.items()}


def open_each(browser, briefs, *, viewport=WIDE, scheme="light"):
    """Open one brief after another."""
    for name, path in briefs.items():
        seen = opened(browser, path, viewport=viewport, scheme=scheme)
        yield name, seen
        seen.page.context.close()


def parts_of(html: str, pattern: str) -> list[str]:
    return re.findall(pattern, html, re.DOTALL)


def test_1_the_first_screen_holds_marking_title_bottom_line_decision_and_tiles(browser, briefs):
    for name, seen in open_each(browser, briefs):
        for part in (".marking", "h1", ".bottom-line", ".decision", ".tile:last-child"):
            box = seen.page.locator(part).first.bounding_box()
            assert 0 <= box["y"] <= box["y"] + box["height"] <= WIDE["height"], (name, part)
        assert 3 <= seen.page.locator(".tile").count() <= 5
        words = seen.page.locator(".bottom-line").inner_text().split()
        assert 0 < len(words) <= 60, name


def test_1_page_one_of_paper_holds_the_same(texts, papers):
    for name, html in texts.items():
        first = letters_of(papers[name][0])
        parts = [*parts_of(html, r"<h1[^>]*>(.*?)</h1>"), *parts_of(html, r"<h3>(.*?)</h3>")[:5],
                 *parts_of(html, r'class="bottom-line">(.*?)</p>'),
                 *parts_of(html, r"Decision asked for</strong>(.*?)</p>")]
        for part in parts:
            assert letters_of(unescape(text_of(part))) in first, (name, part)


def test_2_every_tile_has_a_value_a_unit_a_range_and_a_change(texts):
    for name, html in texts.items():
        for tile in parts_of(html, r'<div class="tile">(.*?)</dl></div>'):
            told = dict(parts_of(tile, r"<dt>(.*?)</dt><dd>(.*?)</dd>"))
            assert {"Range", "Change"} <= set(told), name
            assert all(text.strip() for text in told.values()), name
            for part in (r"<strong[^>]*>(.+?)</strong>", r'class="unit">(.+?)</span>'):
                assert parts_of(tile, part), (name, tile)


def test_3_every_chart_states_a_finding_and_has_its_data_and_a_real_text(texts):
    for name, html in texts.items():
        for figure in parts_of(html, r'<figure class="chart">(.*?)</figure>'):
            title = text_of(parts_of(figure, r'class="title">(.*?)</span>')[0]).split()
            alts = set(parts_of(figure, r'<svg[^>]* aria-label="(.*?)"'))
            assert 1 <= len(title) <= 10, (name, title)
            assert parts_of(figure, r'class="subtitle">(.+?)</span>'), name
            assert [len(alt.split()) >= 4 for alt in alts] == [True], name
            assert "No description" not in figure
            assert parts_of(figure, r"<details><summary>.*?<table>.*?</details>"), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "320"])
def test_3_text_and_marks_of_charts_stand_out(browser, briefs, viewport, scheme):
    for name, seen in open_each(browser, briefs, viewport=viewport, scheme=scheme):
        assert (name, seen.page.evaluate(PALE)) == (name, [])


def test_4_no_word_for_a_probability_stands_without_its_number(texts):
    for name, html in texts.items():
        body = html[html.index("<body>"):].partition('id="scale"')[0]
        prose = re.sub(r"<(table|svg|script).*?</\1>|<p class=.likelihood.*?</p>"
                       r"|<span class=.unit.*?</span>", " ", body, flags=re.DOTALL)
        assert (name, bare_words(text_of(prose))) == (name, [])


def test_4_the_scale_is_printed_once_where_a_word_of_it_is_used(texts):
    assert texts["whole"].count('id="scale"') == 1
    assert all(band.word in texts["whole"] for band in SCALE)
    assert 'id="scale"' not in texts["bare"]


def test_5_and_6_rows_and_inputs_are_told_and_the_version_is_that_of_the_headlines(briefs, texts):
    for name, html in texts.items():
        facts = dict(parts_of(html, r"<dt>(.*?)</dt><dd>(.*?)</dd>"))
        assert set(facts) >= FACTS, name
        assert all(facts[fact].strip() for fact in FACTS), name
        assert f"Version <code>{facts['Version']}</code>" in html
        rests_on_tables = "data/received/" in html or name == "whole"
        assert rests_on_tables == ("Rows used of those received" in facts), name
        assert ('id="arrived"' in html) == rests_on_tables, name
        headlines = briefs[name].with_suffix(".json")
        if headlines.is_file():
            assert json.loads(headlines.read_text())["version"] == facts["Version"], name


def test_7_a_poll_is_quoted_with_all_that_must_be_told_of_it(texts):
    for figure in parts_of(texts["whole"], r'<figure class="poll">(.*?)</figure>'):
        assert len(parts_of(figure, r"<dt>.+?</dt><dd>.+?</dd>")) == len(ITEMS) == 11
    assert 'class="poll"' in texts["whole"]


def test_8_more_than_five_sections_have_a_contents_list_and_no_page_holds_code(texts):
    for name, html in texts.items():
        headings = parts_of(html, r'<section class="part slide" aria-labelledby="([^"]+)"')
        listed = parts_of(html, r'<li><a href="#([^"]+)">')
        assert (name, listed) == (name, headings if len(headings) > 5 else [])
        assert not parts_of(html, r"import workbench|brief\.table\(|<pre tabindex")


def test_9_nothing_is_asked_for_and_nothing_goes_wrong(browser, briefs):
    for name, seen in open_each(browser, briefs):
        assert (name, seen.requests, seen.errors) == (name, [briefs[name].as_uri()], [])


@pytest.mark.parametrize("viewport", [WIDE, HALL], ids=["1280", "1920"])
def test_10_every_part_is_a_slide_that_shows_its_marking_and_fits(browser, briefs, viewport):
    for name, seen in open_each(browser, briefs, viewport=viewport):
        for slide in slides_of(seen.page):
            where = (name, slide["told"])
            assert (slide["marking"], slide["focused"]) == (True, True), where
            assert slide["width"] == viewport["width"], where
            assert slide["text"] >= LEAST_TEXT_SHARE * viewport["height"], (where, slide)
            is_one_exhibit = slide["figures"] <= 1 and slide["rows"] <= 15
            assert slide["height"] <= viewport["height"] or not is_one_exhibit, (where, slide)
        assert seen.errors == []


def slides_of(page):
    """Present a page, and tell of each slide what somebody in the room sees."""
    page.keyboard.press("p")
    for number in range(2, page.locator(".slide").count() + 2):
        yield page.evaluate("""() => { const now = document.querySelector('.now');
            const sizes = [...now.querySelectorAll('p, h2, td, th, dd, li')]
                .filter(e => e.offsetHeight && e.textContent.trim())
                .map(e => parseFloat(getComputedStyle(e).fontSize));
            const root = document.documentElement;
            return {told: document.querySelector('.place').textContent, height: root.scrollHeight,
                marking: document.querySelector('.marking').getBoundingClientRect().top >= 0,
                width: root.scrollWidth, focused: document.activeElement === now,
                text: Math.min(...sizes), rows: now.querySelectorAll('section > figure tr').length,
                figures: now.querySelectorAll('figure').length}; }""")
        for _ in range(MOST_SCREENS):  # a section of several charts goes on over several
            if not page.locator(".place").inner_text().startswith(f"Slide {number} "):
                page.keyboard.press("ArrowRight")


def test_10_keys_move_announce_and_leave_and_the_page_is_as_it_was(browser, briefs):
    page = opened(browser, briefs["whole"], viewport=WIDE, scheme="light").page
    place, before = page.locator(".place"), page.locator("main").inner_html()
    n = page.locator(".slide").count()
    for key, told in (("p", 1), ("ArrowRight", 2), ("PageDown", 3), ("Space", 4),
                      ("ArrowLeft", 3), ("PageUp", 2), ("ArrowUp", 1), ("ArrowUp", 1),
                      ("End", n), ("Home", 1)):
        page.keyboard.press(key)
        assert (key, place.inner_text()) == (key, f"Slide {told} of {n}")
        assert page.locator(".slide:visible").count() == 1
    assert place.get_attribute("aria-live") == "polite"
    page.keyboard.press("Escape")
    assert page.locator(".slide:visible").count() == n
    after = re.sub(r' tabindex="-1"(?=>)| tabindex="-1"', "", page.locator("main").inner_html())
    assert re.sub(r'class="([^"]*?) ?"', r'class="\1"', after) == before
    page.locator(".present").click()
    assert place.inner_text().startswith("Slide ")
    page.context.close()


def test_11_every_page_of_paper_has_marking_version_and_number(texts, papers):
    for name, pages in papers.items():
        marking = text_of(parts_of(texts[name], r'class="marking">(.*?)</p>')[0]).upper()
        for number, text in enumerate(pages, start=1):
            for part in (marking, f"{number} of {len(pages)}"):
                assert part in text, (name, number)


def test_11_no_chart_and_no_row_is_split_over_pages(texts, papers):
    for name, html in texts.items():
        pages = [letters_of(text) for text in papers[name]]
        for block in (*charts_of(html), *rows_of(html)):
            told = [letters_of(unescape(part)) for part in block]
            assert any(all(part in page for part in told) for page in pages), (name, block)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "320"])
@pytest.mark.parametrize("way", ["light", "dark", "print", "presenting"])
def test_12_every_way_to_read_it_is_accessible_and_no_wider_than_the_screen(
    browser, briefs, viewport, way
):
    scheme = "dark" if way == "dark" else "light"
    for name, seen in open_each(browser, briefs, viewport=viewport, scheme=scheme):
        page = seen.page
        if way == "print":
            page.emulate_media(media="print")
        n_screens = page.locator(".slide").count() if way == "presenting" else 1
        for screen in range(n_screens):
            if way == "presenting":
                page.keyboard.press("p" if screen == 0 else "ArrowRight")
            assert (name, screen, violations(page)) == (name, screen, [])
            width = page.evaluate("document.documentElement.scrollWidth")
            assert way == "print" or (name, screen, width) == (name, screen, viewport["width"])


def test_13_a_page_is_light(texts):
    for name, html in texts.items():
        n_bytes = len(html.encode())
        assert n_bytes < MOST_BYTES, name
        if html.count('<figure class="chart">') <= 6:
            assert n_bytes < MOST_BYTES_OF_SIX_CHARTS, name


def test_14_the_same_notebook_gives_the_same_bytes(texts):
    assert whole_brief() == texts["whole"]


def test_15_the_policy_admits_the_pages_own_styles_and_script_by_hash(texts):
    for name, html in texts.items():
        policy = parts_of(html, r'Content-Security-Policy" content="([^"]*)"')[0]
        own = {*hashes_of(html, "style"), *hashes_of(html, "script")}
        assert set(re.findall(r"sha256-([A-Za-z0-9+/=]+)", policy)) == own, name
        assert policy.startswith("default-src"), name
        assert "unsafe" not in policy, name
