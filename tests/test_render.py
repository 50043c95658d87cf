"""The page of a brief: complete, escaped, policed, the same bytes every time."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import nbformat
import pandas as pd
import pytest
from made_briefs import (
    PAYLOADS,
    SCRIPT,
    made_charts,
    made_finding,
    made_manifest,
    made_measures,
    made_notebook,
    made_settings,
    notebook_of,
    one_exhibit_page,
)

from workbench.briefs.policy import Margins, css_text, print_style
from workbench.briefs.render import render_appendix, render_brief
from workbench.briefs.render_text import markdown_html
from workbench.errors import BriefError
from workbench.exhibits import open_brief

SETTINGS = made_settings()
MANIFEST = made_manifest()


@pytest.fixture(scope="module")
def page():
    """A whole brief with six charts."""
    return render_brief(made_notebook(), MANIFEST, SETTINGS)


class Tags(HTMLParser):
    """Collects start tags and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def tags_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """Every start tag of a page."""
    parser = Tags()
    parser.feed(html)
    return parser.tags


def text_of(html: str) -> str:
    """The text of a page, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_first_screen_has_all_its_parts(page):
    finding = made_finding()
    assert f"<h1 id=\"title\">{finding['title']}</h1>" in page
    for part in (finding["bottom_line"], finding["decision"], "Confidential",
                 "Harbour Alliance", "no earlier version"):
        assert part in page
    assert page.count('class="tile"') == 3  # one of the four is hidden
    assert "nobody or too few people stand behind it" in page


def test_the_question_is_above_the_finding_and_not_repeated(page):
    assert page.count("Who gives, and who would give again?") == 1


def test_the_imprint_equals_the_manifest(page):
    imprint = text_of(page[page.index('<footer class="imprint">'):])
    for part in ("donors", MANIFEST.version, "Previous version none", "5 Oct 2026",
                 "window_days = 365", MANIFEST.environment[:12], "dvc repro donors",
                 "cell_min = 10", "rounding_base = 5"):
        assert part in imprint, part
    for path, digest in MANIFEST.inputs.items():
        assert f"{path} {digest[:12]}" in imprint


def test_a_previous_version_is_named():
    html = render_brief(made_notebook(with_charts=False),
                        made_manifest(previous_version="fedcba987654"), SETTINGS)
    assert "<dd>fedcba987654</dd>" in html


def test_there_is_no_code_in_a_brief_and_there_is_in_the_appendix(page):
    appendix = render_appendix(made_notebook(), MANIFEST, SETTINGS)
    assert "brief.table" not in text_of(page)
    assert "# show" in appendix
    assert 'class="c1"' in appendix


def test_the_same_notebook_gives_the_same_bytes(page):
    assert render_brief(made_notebook(), MANIFEST, SETTINGS) == page


def test_rendering_leaves_the_notebook_as_it_was():
    notebook = made_notebook(with_charts=False)
    before = nbformat.writes(notebook)
    render_brief(notebook, MANIFEST, SETTINGS)
    assert nbformat.writes(notebook) == before


def test_a_page_is_light(page):
    bare = render_brief(made_notebook(with_charts=False), MANIFEST, SETTINGS)
    assert len(page.encode()) < 150_000
    assert len(bare.encode()) < 40_000


def test_a_page_asks_for_nothing_from_outside(page):
    for tag, attributes in tags_of(page):
        assert tag not in ("link", "iframe", "object", "embed", "base", "form")
        for name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
            value = attributes.get(name) or ""
            assert not re.match(r"(https?:)?//", value)
    assert "@import" not in page
    assert "url(" not in page


def hashes_of(page: str, element: str) -> list[str]:
    """The sha256 of the text of each element of a kind, as a policy spells it."""
    texts = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    return [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]


def test_the_policy_lets_in_the_pages_own_styles_and_script_and_nothing_else(page):
    policy = next(a["content"] for tag, a in tags_of(page) if a.get("http-equiv"))
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == "'none'"
    assert re.findall(r"'sha256-([^']+)'", rules.pop("style-src")) == hashes_of(page, "style")
    assert re.findall(r"'sha256-([^']+)'", rules.pop("script-src")) == hashes_of(page, "script")
    assert rules == {"img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    assert not any("style" in attributes for _, attributes in tags_of(page))


def test_a_page_has_one_script_which_no_text_of_a_brief_is_in(page):
    other = render_brief(made_notebook("other", with_charts=False), MANIFEST, SETTINGS)
    assert len(hashes_of(page, "script")) == 1
    assert hashes_of(page, "script") == hashes_of(other, "script")
    assert [a for tag, a in tags_of(page) if tag == "script"] == [{}]
    assert not any(name.startswith("on") for _, attributes in tags_of(page) for name in attributes)


def test_all_of_a_page_is_there_without_its_script(page):
    hidden = [tag for tag, attributes in tags_of(page) if "hidden" in attributes]
    assert hidden == ["button"]


def test_ids_are_unique_even_where_one_chart_stands_twice():
    chart = made_charts()[2]
    html = render_brief(one_exhibit_page([chart, chart]), MANIFEST, SETTINGS)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in ids


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_adds_no_element_and_no_attribute(payload):
    plain = render_brief(made_notebook("plain", with_charts=False), MANIFEST, SETTINGS)
    settings = made_settings(name=f"Alliance {payload}")
    manifest = made_manifest(
        title=payload, parameters={payload: payload}, command=payload,
        inputs={payload: "ab" * 32, "a": "cd" * 32, "b": "ef" * 32})
    for render in (render_brief, render_appendix):
        html = render(made_notebook(payload, with_charts=False), manifest, settings)
        found = {(tag, name) for tag, attributes in tags_of(html) for name in attributes}
        known = {(tag, name) for tag, attributes in tags_of(render(
            made_notebook("plain", with_charts=False), MANIFEST, SETTINGS)) for name in attributes}
        assert found <= known | {("code", "class")}
        assert html.count("<style>") == plain.count("<style>")
        assert "49" not in text_of(html)


@pytest.mark.parametrize("source", [
    SCRIPT, "<img src=x onerror=alert(1)>", "a <b onclick=alert(1)>b</b>",
    "![text](https://example.org/x.png)", "<meta http-equiv=refresh content='0'>",
    "[go](javascript:alert(1))", "<style>p{}</style>", "<https://example.org><script>",
])
def test_markdown_can_write_text_and_links_and_nothing_else(source):
    allowed = {"p", "a", "em", "strong", "code", "pre", "ul", "ol", "li", "h2", "h3"}
    for tag, attributes in tags_of(str(markdown_html(source))):
        assert tag in allowed
        assert set(attributes) <= {"href", "title"}
        assert "javascript" not in (attributes.get("href") or "")


def test_more_than_five_sections_have_a_contents_list_and_five_have_none(page):
    brief = open_brief(SETTINGS)
    first = ["# Who?", brief.finding(**made_finding()),
             [brief.headline(m) for m in made_measures()]]
    five = render_brief(notebook_of(*first, *(f"## Part {n}" for n in range(5))), MANIFEST,
                        SETTINGS)
    assert 'class="contents"' in page
    assert 'class="contents"' not in five
    assert five.count('class="part slide"') == 5


def test_a_brief_leads_back_to_the_index_from_any_depth():
    for name, home in (("donors", "index.html"), ("quality/gifts", "../index.html")):
        html = render_brief(made_notebook(with_charts=False), made_manifest(name), SETTINGS)
        assert f'<a href="{home}">All briefs</a>' in html


def test_marking_and_page_number_are_in_the_margins_of_paper():
    style = print_style(Margins("Confidential", "Alliance", "Finding", "0123456789ab"))
    assert '@top-left{' in style
    assert '"CONFIDENTIAL"' in style
    assert "counter(page)" in style


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_text_in_the_style_sheet_cannot_leave_its_quotes(payload):
    inner = css_text(payload)[1:-1]
    assert not set('"<>{}\n') & set(inner)


def shows(data: dict[str, str]) -> nbformat.NotebookNode:
    """A brief whose last cell shows something of its own."""
    notebook = one_exhibit_page(open_brief(SETTINGS).sentence("Fine."))
    output = nbformat.v4.new_output("display_data", data=data)
    notebook.cells.append(nbformat.v4.new_code_cell("rows", outputs=[output], id="last"))
    return notebook


def test_what_is_no_exhibit_is_refused_in_a_brief_and_text_in_the_appendix():
    notebook = shows({"text/plain": SCRIPT, "text/html": SCRIPT})
    with pytest.raises(BriefError, match="'donors' shows something that is not an exhibit"):
        render_brief(notebook, MANIFEST, SETTINGS)
    appendix = render_appendix(notebook, MANIFEST, SETTINGS)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in appendix
    assert appendix.count("<script") == 1


def test_warnings_on_the_error_stream_stay_out_of_a_brief():
    notebook = one_exhibit_page(open_brief(SETTINGS).sentence("Fine."))
    notebook.cells[-1].outputs.append(nbformat.v4.new_output(
        "stream", name="stderr", text="a warning"))
    assert "a warning" not in render_brief(notebook, MANIFEST, SETTINGS)


def test_one_finding_and_three_to_five_headlines_are_needed():
    brief = open_brief(SETTINGS)
    tiles = [brief.headline(m) for m in made_measures()]
    with pytest.raises(BriefError, match="states 0 findings"):
        render_brief(notebook_of("# Who?", tiles), MANIFEST, SETTINGS)
    with pytest.raises(BriefError, match="has 2 headline numbers"):
        render_brief(notebook_of("# Who?", brief.finding(**made_finding()), tiles[:2]), MANIFEST,
                     SETTINGS)


def test_a_long_table_of_rows_keeps_its_headings_in_print(page):
    assert "thead{display:table-header-group}" in page.replace(" ", "")
    assert "break-inside:avoid" in page.replace(" ", "")


def test_an_empty_cell_of_text_is_a_dash():
    frame = pd.DataFrame({"a_name": ["x", None], "n_rows": [1, None]})
    html = render_brief(one_exhibit_page(open_brief(SETTINGS).rows(frame)), MANIFEST, SETTINGS)
    assert html.count(">–<") == 2
