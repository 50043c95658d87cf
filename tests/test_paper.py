"""A brief as a PDF: tagged, dateless, marked on every page, nothing split, no network needed."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
import unicodedata

import pytest
from made_briefs import made_finding, made_manifest, made_notebook, made_settings
from test_browser import CHROMIUM, printed_pages
from test_render import hashes_of

from workbench.briefs.paper import find_browser, print_brief, printed, sized_page, steadied
from workbench.briefs.render import render_brief
from workbench.cli import main
from workbench.errors import BriefError, StorageError

PAGE = render_brief(made_notebook(), made_manifest(), made_settings())
POINTS = {"A4": (595, 842), "letter": (612, 792)}
needs_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def pdfs():
    """The PDF of the made-up brief on each paper."""
    return {size: printed(sized_page(PAGE, size), str(CHROMIUM)) for size in POINTS}


def settings_with_page(folder):
    """Settings of a campaign in whose reports the made-up brief lies."""
    (folder / "reports").mkdir()
    (folder / "reports" / "donors.html").write_text(PAGE, encoding="utf-8")
    return dataclasses.replace(made_settings(), root=folder)


def test_a_page_for_paper_has_its_size_and_no_script_and_its_policy_knows_both():
    sized = sized_page(PAGE, "A4")
    policy = re.search(r'Policy" content="([^"]*)"', sized)[1]
    assert "@page{size:A4;margin:20mm" in sized
    assert "<script" not in sized
    assert all(value in policy for value in hashes_of(sized, "style"))


def test_a_page_of_another_make_is_refused():
    with pytest.raises(BriefError, match="no page of this version"):
        sized_page("<!doctype html><title>x</title>", "A4")


def test_a_brief_that_is_not_built_is_named_with_what_to_do(tmp_path):
    settings = dataclasses.replace(made_settings(), root=tmp_path)
    with pytest.raises(BriefError, match=r"reports/donors\.html is not there. Run `dvc repro`"):
        print_brief(settings, "donors")


def test_without_a_browser_a_person_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BriefError, match="Install one, or say where it is with WORKBENCH_CHROM"):
        find_browser({})
    with pytest.raises(BriefError, match="'/no/browser', which WORKBENCH_CHROMIUM names"):
        find_browser({"WORKBENCH_CHROMIUM": "/no/browser"})


def test_what_is_no_browser_gives_no_pdf_and_leaves_the_old_one(tmp_path, monkeypatch):
    settings = settings_with_page(tmp_path)
    monkeypatch.setenv("WORKBENCH_CHROMIUM", sys.executable)
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "old.pdf"
    old.write_bytes(b"old")
    with pytest.raises(BriefError, match="did not print a tagged PDF"):
        print_brief(settings, "donors", out=old)
    assert old.read_bytes() == b"old"


def test_a_paper_that_nobody_sells_is_refused_by_the_command_line(capsys):
    with pytest.raises(SystemExit):
        main(["pdf", "donors", "--paper", "a5"])
    assert "invalid choice: 'a5'" in capsys.readouterr().err


def test_elements_are_numbered_in_their_order_wherever_the_browser_began_to_count():
    def pdf(start):
        return (b"/ID (node%08d) /Headers [(node%08d) (node%08d)] /Limits [(node%08d) (node%08d)]"
                % (start + 9, start, start + 4, start, start + 9))

    assert steadied(pdf(152)) == steadied(pdf(99_153))
    assert steadied(pdf(152)).startswith(b"/ID (node00000003) /Headers [(node00000001) (node0000")


class TestInABrowser:
    """What needs a browser to print."""

    pytestmark = needs_browser

    def test_it_is_tagged_and_names_its_language_and_its_title(self, pdfs):
        for pdf in pdfs.values():
            assert re.search(rb"/MarkInfo\s*<<[^>]*/Marked true", pdf)
            assert b"/StructTreeRoot" in pdf
            assert b"/Lang (en-GB)" in pdf
            title = re.search(rb"/Title <FEFF([0-9A-F]+)>", pdf)[1]
            told = bytes.fromhex(title.decode()).decode("utf-16-be")
            assert told == f"{made_finding()['title']} – Harbour Alliance"

    def test_each_chart_has_its_alternative_text_once(self, pdfs):
        assert pdfs["A4"].count(b"/Alt (") == 7

    def test_headings_rows_and_cells_are_tagged_as_such(self, pdfs):
        for kind in (b"/H1", b"/H2", b"/Table", b"/TR", b"/TH", b"/TD", b"/Figure", b"/L"):
            assert re.search(rb"/S " + kind + rb"\b", pdfs["A4"]), kind

    def test_nothing_tells_the_day_the_machine_or_a_path(self, pdfs):
        for pdf in pdfs.values():
            for word in (b"CreationDate", b"ModDate", b"/Creator", b"Mozilla", b"Linux",
                         b"file:", b"/tmp"):
                assert word not in pdf, word
            assert b"/ID" not in pdf[pdf.rindex(b"trailer"):]

    def test_the_same_brief_gives_the_same_bytes_and_needs_no_network(self, pdfs, tmp_path):
        code = ("import sys; from workbench.briefs.paper import printed; "
                "sys.stdout.buffer.write(printed(sys.stdin.read(), sys.argv[1]))")
        alone = [sys.executable, "-c", code, str(CHROMIUM)]
        cut_off = ["unshare", "--net", *alone] if os.geteuid() == 0 else alone
        again = subprocess.run(cut_off, input=sized_page(PAGE, "A4").encode(),
                               capture_output=True, check=True)
        assert again.stdout == pdfs["A4"]

    @pytest.mark.parametrize("size", POINTS)
    def test_each_page_has_its_size_marking_version_and_number(self, pdfs, size):
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdfs[size])
        pages = printed_pages(pdfs[size])
        assert len(pages) == len(boxes) > 1
        assert {(round(float(w)), round(float(h))) for w, h in boxes} == {POINTS[size]}
        for number, text in enumerate(pages, start=1):
            for part in ("CONFIDENTIAL", made_manifest().version, f"{number} of {len(pages)}"):
                assert part in text

    @pytest.mark.parametrize("size", POINTS)
    def test_no_chart_and_no_row_is_split_over_pages(self, pdfs, size):
        pages = [letters_of(text) for text in printed_pages(pdfs[size])]
        for block in (*charts_of(PAGE), *rows_of(PAGE)):
            assert any(all(letters_of(part) in page for part in block) for page in pages), block

    def test_the_command_writes_below_reports_and_prints_where(self, tmp_path, monkeypatch):
        settings = settings_with_page(tmp_path)
        monkeypatch.setenv("WORKBENCH_CHROMIUM", str(CHROMIUM))
        assert print_brief(settings, "donors") == tmp_path / "reports" / "pdf" / "donors.pdf"
        with pytest.raises(StorageError):
            print_brief(settings, "donors", out=tmp_path / "reports")


def letters_of(text):
    """A text without what a PDF spaces and joins in its own way."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text))


def plain(html):
    return re.sub(r"<[^>]+>", "", html).replace("&amp;", "&").replace("&lt;", "<")


def charts_of(page):
    """The texts of each chart: its title, and every word in its wide drawing."""
    for figure in re.findall(r'<figure class="chart">.*?</figure>', page, re.DOTALL):
        title = re.search(r'class="title">(.*?)<', figure)[1]
        drawing = re.search(r'<svg[^>]*class="wide".*?</svg>', figure, re.DOTALL)[0]
        yield [plain(title), *map(plain, re.findall(r"<text[^>]*>(.*?)</text>", drawing))]


def rows_of(page):
    """The texts of each row that is printed: those of tables outside a fold."""
    shown = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    for row in re.findall(r"<tr>(.*?)</tr>", shown, re.DOTALL):
        yield [plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
