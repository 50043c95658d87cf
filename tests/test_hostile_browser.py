"""Hostile text in a browser: nothing runs or loads, and each text shows as it is."""

from __future__ import annotations

import json
import re

import pytest
from made_payloads import HOSTILE
from test_browser import WIDE, Seen, pytestmark  # noqa: F401
from test_hostile import all_at_once, hostile_page

POLICY = re.compile(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>")
FIRE = """() => document.querySelectorAll('*').forEach(e => ['click', 'mouseover', 'focus',
    'toggle', 'load', 'error', 'animationstart', 'begin'].forEach(
        kind => e.dispatchEvent(new Event(kind, {bubbles: false}))))"""
SHOWN = """() => ({
    title: document.title, h1: document.querySelector('h1').textContent,
    bottom: document.querySelector('.bottom-line').textContent,
    decision: document.querySelector('.decision').lastChild.textContent,
    marking: document.querySelector('.marking').textContent,
    campaign: document.querySelectorAll('.bar p')[1].textContent,
    tile: document.querySelectorAll('.tile h3')[1].textContent,
    unit: document.querySelector('.tile .unit').textContent,
    meaning: document.querySelectorAll('.meanings dt')[1].textContent,
    caption: document.querySelector('figure.table .title').textContent,
    subtitle: document.querySelector('figure.table .subtitle').textContent,
    label: document.querySelector('figure.table .scroll').getAttribute('aria-label'),
    cell: document.querySelector('figure.table tbody th').textContent,
    command: [...document.querySelectorAll('.facts dd')].pop().textContent,
    parameters: document.querySelectorAll('.facts dd')[4].textContent,
    inputs: [...document.querySelectorAll('.imprint tbody th')].map(e => e.textContent).join(),
})"""


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def spelled_out(parameters: str) -> str:
    """The values of the parameters, which the imprint spells as JSON does."""
    values = re.findall(r'= ("(?:[^"\\]|\\.)*")', parameters)
    return " ".join(json.loads(value) for value in values)


@pytest.fixture
def seen(browser):
    """A window that is watched."""
    context = browser.new_context(viewport=WIDE)
    yield Seen(context.new_page())
    context.close()


@pytest.mark.parametrize("has_policy", [True, False], ids=["policy", "stripped"])
def test_no_payload_in_any_field_runs_or_loads_and_each_shows_as_text(seen, tmp_path, has_policy):
    path = tmp_path / "page.html"
    for payload in HOSTILE:
        html = hostile_page(payload)
        path.write_text(html if has_policy else POLICY.sub("", html), encoding="utf-8")
        seen.page.goto(path.as_uri())
        seen.page.evaluate(FIRE)
        shown = seen.page.evaluate(SHOWN)
        shown["parameters"] = spelled_out(shown["parameters"])
        assert {name: text for name, text in shown.items()
                if plain(payload) not in plain(text)} == {}
        assert (payload, seen.errors, seen.page.url) == (payload, [], path.as_uri())
    assert set(seen.requests) == {path.as_uri()}


@pytest.mark.parametrize("has_policy", [True, False], ids=["policy", "stripped"])
@pytest.mark.filterwarnings("ignore:Glyph")
def test_tables_and_charts_of_every_payload_run_nothing_and_show_each(seen, tmp_path, has_policy):
    path, html = tmp_path / "page.html", all_at_once()
    path.write_text(html if has_policy else POLICY.sub("", html), encoding="utf-8")
    seen.page.goto(path.as_uri())
    seen.page.evaluate(FIRE)
    cells = seen.page.evaluate("[...document.querySelectorAll('th, td')].map(e => e.textContent)")
    known = {plain(cell) for cell in cells}
    assert [payload for payload in HOSTILE if plain(payload) not in known] == []
    assert (seen.errors, seen.requests) == ([], [path.as_uri()])
