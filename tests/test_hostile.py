"""Hostile text in every field of a page: shown as text, never run, loaded or followed."""

from __future__ import annotations

import csv
import dataclasses
import io
import re

import pandas as pd
import pytest
from made_briefs import (
    made_finding,
    made_manifest,
    made_measures,
    made_notebook,
    made_settings,
    notebook_of,
    one_exhibit_page,
)
from made_payloads import BREAKS, ELEMENTS, FORMULAS, HOSTILE
from test_index import FOUND, made_reports
from test_lists import is_live
from test_render import tags_of

from workbench import figures
from workbench.briefs.index import build_index
from workbench.briefs.policy import page_script, source_hash
from workbench.briefs.render import render_appendix, render_brief
from workbench.briefs.sanitise import checked_html
from workbench.errors import BriefError
from workbench.exhibits import Exhibit, open_brief
from workbench.lists.cells import safe_cells, safe_text

SETTINGS, MANIFEST = made_settings(), made_manifest()
MARKDOWN = {"a", "blockquote", "code", "em", "strong"}  # which the notebook's prose may hold
NEVER = {"script", "iframe", "object", "embed", "link", "base", "form", "img", "video", "audio"}


def hostile_page(payload: str, *, render=render_brief) -> str:
    """A page with ``payload`` in every field that data, parameters or words can reach."""
    settings = dataclasses.replace(SETTINGS, campaign=dataclasses.replace(
        SETTINGS.campaign, name=payload, marking=payload, currency_code=payload))
    manifest = made_manifest(
        title=payload, parameters={payload: payload, "source": payload}, command=payload,
        previous_version=payload, environment=payload,
        inputs={payload: "ab" * 32, "a": payload, "b": "ef" * 32})
    return render(made_notebook(payload, with_charts=False), manifest, settings)


def all_at_once() -> str:
    """One page whose tables and charts hold every payload, as cells and as headings."""
    brief = open_brief(SETTINGS)
    cells = pd.DataFrame({"source_name": HOSTILE, "note": HOSTILE, "n_rows": 100})
    heads = pd.DataFrame([["x"] * len(HOSTILE)], columns=list(HOSTILE))
    charts = [
        figures.bars(pd.DataFrame({"a": HOSTILE[at:at + 40], "n": 100}), category="a", value="n",
                     caption=brief.caption(title=HOSTILE[at], subtitle=HOSTILE[at],
                                           alt_text=f"{HOSTILE[at]} is what it shows here"))
        for at in range(0, len(HOSTILE), 40)]
    return render_brief(notebook_of(
        "# Who?", brief.finding(**made_finding()),
        [brief.headline(measure) for measure in made_measures()], "## Part",
        brief.table(cells, title="x"), brief.rows(heads), charts,
        brief.table(heads, title="x", labels={p: p for p in HOSTILE}),
    ), MANIFEST, SETTINGS)


def skeleton(html: str) -> set[tuple[str, str]]:
    """Every element with every attribute that a page has."""
    return {(tag, name) for tag, attributes in tags_of(html) for name in attributes or {"": ""}}


def assert_policed(html: str, *, script: str = page_script()) -> None:
    """A page lets in its own styles and its own script, if any, by hash, and nothing else."""
    policies = [a["content"] for _, a in tags_of(html) if a.get("http-equiv")]
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    known = " ".join(source_hash(style) for style in styles)
    admitted = f"script-src {source_hash(script)}; " if script else ""
    assert policies == [f"default-src 'none'; {admitted}style-src {known}; img-src data:; "
                        "base-uri 'none'; form-action 'none'"]
    assert html.count("<script") == (html.count(f"<script>{script}</script>") if script else 0)


def test_there_are_more_than_a_hundred_payloads():
    assert len(HOSTILE) > 100


@pytest.mark.parametrize("payload", HOSTILE[::12])
def test_a_payload_in_every_field_adds_no_element_and_no_attribute(payload):
    plain = render_brief(made_notebook("plain", with_charts=False), MANIFEST, SETTINGS)
    html = hostile_page(payload)
    assert skeleton(html) <= skeleton(plain) | {("code", ""), ("p", "class")}
    assert html.count("<style>") == 2
    assert_policed(html)


@pytest.mark.slow
def test_no_payload_in_any_field_adds_an_element_or_an_attribute():
    plain = {render: skeleton(render(made_notebook("plain", with_charts=False), MANIFEST,
                                     SETTINGS)) for render in (render_brief, render_appendix)}
    for payload in HOSTILE:
        for render, known in plain.items():
            html = hostile_page(payload, render=render)
            new = skeleton(html) - known
            assert (payload, {tag for tag, _ in new} - MARKDOWN) == (payload, set())
            assert_policed(html)


@pytest.mark.filterwarnings("ignore:Glyph")
def test_tables_and_charts_of_payloads_alone_add_nothing():
    html = all_at_once()
    assert_policed(html)
    html = html.replace(f"<script>{page_script()}</script>", "")
    assert {tag for tag, _ in tags_of(html)} & NEVER == set()
    assert [name for _, a in tags_of(html) for name in a if name.startswith("on")] == []


def test_the_index_shows_every_payload_as_text(tmp_path):
    known = skeleton(build_index(made_reports(tmp_path, FOUND)))
    for payload in HOSTILE:
        html = build_index(made_reports(tmp_path, {**FOUND, "donors": payload}))
        assert skeleton(html) <= known
        assert_policed(html, script="")


@pytest.mark.parametrize("html", [p for p in (*ELEMENTS, *BREAKS) if "<" in p])
def test_an_exhibit_that_holds_markup_of_its_own_is_refused(html):
    with pytest.raises(BriefError, match="An exhibit of 'donors' holds"):
        checked_html(f"<p>{html}</p>", brief="donors")


@pytest.mark.parametrize(("html", "fault"), [
    ("<script>x</script>", "the element <script>"),
    ('<p onclick="x">y</p>', "the attribute 'onclick'"),
    ('<p style="color:red">y</p>', "the attribute 'style'"),
    ('<use href="https://example.org/x.svg#a"/>', "a reference to something outside"),
    ('<image href="data:image/svg+xml;base64,aaaa"/>', "a reference to something outside"),
    ('<path fill="url(//example.org/x)"/>', "a reference in a drawing"),
    ("<p title=x>y</p>", "a tag that is not spelled out in full"),
    ("<!-- x -->", "a tag that is not spelled out in full"),
    ('<p class="a>b">y</p>', "a tag that is not spelled out in full"),
])
def test_a_refusal_names_the_fault(html, fault):
    with pytest.raises(BriefError, match=re.escape(fault)):
        checked_html(html, brief="donors")


def test_an_exhibit_that_a_notebook_made_by_hand_is_refused_in_brief_and_appendix():
    notebook = one_exhibit_page(Exhibit("sentence", "<p><img src=x onerror=alert(1)></p>", {}))
    for render in (render_brief, render_appendix):
        with pytest.raises(BriefError, match="not spelled out"):
            render(notebook, MANIFEST, SETTINGS)


def test_what_the_exhibits_make_themselves_is_let_through():
    html = '<figure class="chart"><use href="#e1-1-a" x="1"/><path fill="url(#h)"/></figure>'
    assert checked_html(html, brief="donors") == html


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x1f", "\ufffe"])
@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_chart_of_a_text_with_control_signs_is_drawn(sign):
    chart = figures.bars(
        pd.DataFrame({"a": [f"x{sign}y"], "n": [100]}), category="a", value="n",
        caption=open_brief(SETTINGS).caption(title="x", subtitle="y", alt_text="a b c d e"))
    assert "x\ufffdy</text>" in chart.html


@pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS])
def test_no_payload_is_live_in_a_spreadsheet(text):
    assert not is_live(safe_text(text))


def test_a_list_of_payloads_is_read_back_cell_by_cell_and_none_is_live():
    every = [*HOSTILE, *FORMULAS]
    frame = pd.DataFrame({"=name": every, "n_calls": range(-1, len(every) - 1), "@note": every})
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerows(safe_cells(frame))
    rows = list(csv.reader(io.StringIO(sheet.getvalue())))
    assert len(rows) == len(every) + 1
    assert [len(row) for row in rows] == [3] * len(rows)
    assert [cell for row in rows for cell in (row[0], row[2]) if is_live(cell)] == []
    assert rows[1][1] == "-1"
