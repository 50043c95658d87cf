"""A sealed copy in a browser: it opens by its words, from the disk, and shows what is damaged."""

from __future__ import annotations

import pytest
from test_browser import (  # noqa: F401
    NARROW,
    WIDE,
    opened,
    printed_pages,
    pytestmark,
    violations,
)
from test_sealing import HTML, WORDS, flipped, made_copy

from workbench.sealing.copies import Content, mark_copy
from workbench.sealing.page import open_page, sealed_page

FORM = "#form:not([hidden])"
# What becomes of a page: it asks for the words, says that it is damaged, or says nothing new.
SETTLED = """() => new Promise(done => { const started = performance.now(); const look = () => {
    const form = document.getElementById('form'), status = document.getElementById('status');
    const text = status ? status.textContent : '';
    if (form && text.startsWith('Nothing leaves')) return done('open');
    if (text.startsWith('This file is damaged')) return done('damaged');
    if (performance.now() - started > 150) return done('silent');
    setTimeout(look, 5); }; look(); })"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A sealed brief on the disk."""
    copy = made_copy("Ann & <b>Bo</b>")
    file = tmp_path_factory.mktemp("sealed") / "donors.html"
    file.write_text(sealed_page(mark_copy(HTML, copy), copy, WORDS), encoding="utf-8")
    return file


def unlock(page, words: str = WORDS) -> None:
    """Type the words as a reader does, by keyboard alone."""
    page.wait_for_selector(FORM)
    page.keyboard.type(words)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "320"])
def test_a_copy_opens_by_keyboard_and_both_its_faces_are_accessible(
    browser, path, viewport, scheme
):
    seen = opened(browser, path, viewport=viewport, scheme=scheme)
    page = seen.page
    page.wait_for_selector(FORM)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    assert "Copy 2, for Ann & <b>Bo</b>" in page.locator("main").inner_text()
    unlock(page)
    page.wait_for_selector(".tiles")
    assert "would give again" in page.title()
    assert page.locator("section .copy").count() == HTML.count("</section>")
    assert page.locator(".bar .copy").is_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    assert (seen.errors, seen.requests) == ([], [path.as_uri()])
    page.context.close()


def test_an_opened_copy_looks_like_the_brief(browser, path, tmp_path):
    plain = tmp_path / "plain.html"
    plain.write_text(HTML, encoding="utf-8")
    look = "[...document.querySelectorAll('h1, .tile, td')].map(e => getComputedStyle(e).font)"
    looks = []
    for file in (plain, path):
        page = opened(browser, file, viewport=WIDE, scheme="light").page
        if file == path:
            unlock(page)
        page.wait_for_selector(".tiles")
        looks.append(page.evaluate(look))
        page.context.close()
    assert looks[0] == looks[1]


def test_it_opens_within_a_second_and_a_half(browser, path):
    page = opened(browser, path, viewport=WIDE, scheme="light").page
    page.wait_for_selector(FORM)
    page.locator("#words").fill(WORDS)
    started = page.evaluate("performance.now()")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tiles")
    assert page.evaluate("performance.now()") - started < 1500
    page.context.close()


def test_wrong_words_are_told_and_may_be_put_right_and_nothing_is_kept(
    browser, path
):
    seen = opened(browser, path, viewport=WIDE, scheme="light")
    page = seen.page
    unlock(page, "acid acorn acre acts affix afar")
    page.get_by_text("These words do not open this copy").wait_for()
    page.locator("#show").check()
    assert page.locator("#words").get_attribute("type") == "text"
    page.locator("#words").fill("  Acid-acorn acre ACTS afar  affix ")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tiles")
    page.reload()
    page.wait_for_selector(FORM)
    assert page.locator("#words").input_value() == ""
    assert page.evaluate("document.querySelector('.tiles')") is None
    assert page.context.storage_state() == {"cookies": [], "origins": []}
    assert seen.errors == []
    page.context.close()


def test_recipient_and_number_are_on_every_printed_page(browser, path):
    page = opened(browser, path, viewport=WIDE, scheme="dark").page
    unlock(page)
    page.wait_for_selector(".tiles")
    printed = printed_pages(page.pdf(format="A4"))
    page.context.close()
    assert len(printed) > 1
    for text in printed:
        assert "Copy 2, for Ann" in text
        assert "CONFIDENTIAL" in text


def test_a_script_of_the_brief_runs_once_it_is_open_and_no_other_does(
    browser, tmp_path
):
    copy, script = made_copy(), "document.body.dataset.ran = 'yes';"
    content = mark_copy(HTML.replace("</body>", f"<script>{script}</script></body>"), copy)
    hostile = Content(content.title, content.styles, content.scripts,
                      content.body + "<script>alert(1)</script>")
    file = tmp_path / "x.html"
    file.write_text(sealed_page(hostile, copy, WORDS), encoding="utf-8")
    seen = opened(browser, file, viewport=WIDE, scheme="light")
    unlock(seen.page)
    seen.page.wait_for_selector(".tiles")
    assert seen.page.evaluate("document.body.dataset.ran") == "yes"
    assert seen.errors == []
    seen.page.context.close()


def page_box(page: bytes) -> range:
    """The places of the envelope in a page."""
    start = page.index(b'id="sealed" hidden="">')
    return range(start, page.index(b"</div>", start))


@pytest.mark.study("src/workbench/sealing", "src/workbench/briefs/template",
                   "tests/test_sealing.py")
def test_each_of_a_thousand_flipped_bytes_is_noticed_or_the_browser_reads_the_same_page(
    browser, path, tmp_path
):
    whole, file = path.read_bytes(), tmp_path / "flipped.html"
    page = opened(browser, path, viewport=WIDE, scheme="light").page
    assert page.evaluate(SETTLED) == "open"
    read, box, same, unnoticed = page.content(), page_box(whole), [], []
    for place, changed in flipped(whole, 3, 1000):
        file.write_bytes(changed)
        page.goto(file.as_uri())
        if page.evaluate(SETTLED) == "open":
            is_same = page.content() == read and place not in box
            (same if is_same else unnoticed).append((place, whole[place - 20:place + 20]))
    page.context.close()
    assert unnoticed == []
    assert len(same) <= 5  # end tags that a browser puts in itself, capitals in a tag


def test_what_a_browser_opens_opens_here_as_well(path):
    assert "would give again" in open_page(path.read_text(encoding="utf-8"), WORDS).title
