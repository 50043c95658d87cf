"""The benchmark of how briefs read counts what a person counts on pages with known faults."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from test_browser import CHROMIUM

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
STYLE = """<style>body { margin: 0; font: 16px/20px monospace } p, h1, h2, h3 { margin: 0 }
.clipped { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
</style>"""
CHART = """<figure><figcaption><span class="title">Half would</span></figcaption>
<svg width="400" height="200"><rect width="9" height="9"/><text y="20">Far AP-JOBS</text></svg>
<details><summary>Data</summary><table><tbody><tr><th>PD00013</th><td>4</td></tr></tbody></table>
</details></figure>"""
TILES = """<div class="tile"><h3>Electors</h3><p class="value"><strong>19,670</strong>
<span class="unit">electors</span></p></div>
<div class="tile"><h3>Large gifts</h3><p class="value"><strong>hidden</strong></p></div>"""


@pytest.fixture(scope="module")
def reading() -> Any:
    """The module of the benchmark."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import reading as module
    finally:
        sys.path.remove(str(BENCHMARKS))
    return module


def read(reading: ModuleType, browser: Any, folder: Path, body: str) -> Any:
    """Return the figures of a page with this body, and what was met on it."""
    return reading.judged(reading.read_brief(browser, write(folder, "made", body)))


def write(folder: Path, name: str, body: str) -> Path:
    """Write a page with this body."""
    path = folder / f"{name}.html"
    path.write_text(f"<!doctype html><meta charset='utf-8'><title>x</title>{STYLE}"
                    f"<body><main>{body}</main></body>", encoding="utf-8")
    return path


def test_only_words_that_are_seen_and_not_folded_are_counted(reading, browser, tmp_path):
    figures, _ = read(reading, browser, tmp_path, """<h1>Two words</h1>
        <h2 class="clipped">For listeners only</h2><p>And <b>th</b>ree more – here</p>
        <p hidden>Never seen</p><details><summary>Open me</summary><p>Folded away</p></details>
        <svg width="90" height="40"><text y="9">Drawn 57%</text></svg>""")
    assert (figures["words"], figures["chart_words"]) == (2 + 4 + 2, 2)


def test_a_chart_counts_where_it_is_as_large_as_one_and_a_folded_table_does_not(
    reading, browser, tmp_path
):
    figures, _ = read(reading, browser, tmp_path, CHART + """<table><tr><td>5</td></tr></table>
        <div class="tile"><h3>Raised</h3><p class="value"><strong>$5</strong></p>
        <svg width="300" height="80"><path d="M0 0L9 9"/></svg></div>""")
    assert (figures["charts"], figures["tables"]) == (1, 1)


def test_what_is_there_and_holds_nothing_is_named(reading, browser, tmp_path):
    _, met = read(reading, browser, tmp_path, TILES + """
        <figure><figcaption>Bare</figcaption></figure>
        <h2>Headless</h2><h2>Tables</h2>
        <table><caption>No rows</caption><thead><tr><th>Place</th></tr></thead></table>
        <table><caption>Zeros</caption><tr><th>North</th><td>none</td><td>0</td><td>$0</td></tr>
            <tr><th>South</th><td></td><td>0%</td><td>not shown</td></tr></table>
        <table><caption>Good</caption><tr><th>North</th><td>0</td></tr>
            <tr><th>South</th><td>10</td></tr></table>
        <table><caption>Words</caption><tr><th>North</th><td>Harbour</td></tr></table>
        <p>There is nothing to list.</p>""")
    assert sorted(met["empty_blocks"]) == [
        'figure "Bare": nothing in it', 'heading "Headless": nothing below it',
        'sentence "There is nothing to list."', 'table "No rows": no rows',
        'table "Zeros": nothing but zeros', 'tile "Large gifts": hidden']
    assert met["zero_rows"] == ['North (in "Good")']


def test_codes_are_met_in_text_and_charts_but_not_in_folds(reading, browser, tmp_path):
    _, met = read(reading, browser, tmp_path, CHART + """
        <p>S040 gains, says data/people.parquet; recent_days was 90 in Q3 of 2026, on A4.</p>
        <p>Run <code>dvc repro</code>, version <code>0123456789ab</code>; S040 again.</p>
        <p>AP-DINNER-W</p>""")
    assert sorted(met["codes_shown"]) == [
        "AP-DINNER-W (code)", "AP-JOBS (code)", "S040 (code)", "data/people.parquet (file)",
        "dvc repro (set as code)", "recent_days (column or parameter)"]


def test_banned_words_are_counted_each_time_and_whom_in_headings_alone(reading, browser, tmp_path):
    figures, met = read(reading, browser, tmp_path, """<h2>Whom to ask</h2>
        <p>Those whom we asked. It was foretold, and <i>held</i> against what came by lot.</p>
        <p>A logistic model foretells; mending commends nobody.</p>
        <details><summary>More</summary><p>Foretold by lot</p></details>""")
    words = [line.partition(":")[0] for line in met["banned_words"]]
    assert sorted(words) == ["by lot", "came", "foretell, foretold", "foretell, foretold",
                             "held against", "mend", "model", "whom in a heading"]
    assert figures["banned_words"] == 8


PRESENTING = """<div class="slide"><h1>First</h1></div>
<div class="slide"><h2>Too high</h2><div style="height: 900px"><p>x</p></div><p>Low end</p></div>
<div class="slide"><h2>Too wide</h2><table style="width: 1400px"><tr><td>1</td></tr></table></div>
<div class="slide"><h2>Last</h2><p>It fits.</p></div>
<script>const slides = [...document.querySelectorAll(".slide")]; let at = -1;
addEventListener("keydown", ({key}) => {
    if (key === "p") at = 2; else if (key === "Home") at = 0; else if (key === "Escape") at = -1;
    else if (key === "ArrowRight" && at >= 0) at = Math.min(at + 1, slides.length - 1);
    slides.forEach((slide, n) => { slide.hidden = at >= 0 && n !== at; });
});</script>"""


def test_a_screen_is_cut_where_something_lies_outside_the_window(reading, browser, tmp_path):
    figures, met = read(reading, browser, tmp_path, PRESENTING)
    assert (figures["slides"], figures["cut_slides"]) == (4, 2)
    assert [line.split(":")[0] for line in met["cut_slides"]] == [
        "screen 2, Too high", "screen 3, Too wide"]


def test_a_page_that_cannot_be_presented_has_no_screens(reading, browser, tmp_path):
    figures, _ = read(reading, browser, tmp_path, "<p>Still</p>")
    assert (figures["slides"], figures["cut_slides"]) == (0, 0)


# A4 without margins is 1122 px high: three lines of 20 px from 1090 are cut after the first.
PAPER = """<style>@page { margin: 0 } .later { display: none }
p { orphans: 1; widows: 1 } tr { break-inside: avoid }
@media print { .later { display: block; break-before: page } }</style>
<div style="height: 1090px"><p>Above</p></div><p>one<br>two<br>three</p>
<div style="height: 1060px"></div>
<table><tr><td>This row<br>goes on<br>as<br>one</td></tr></table>
<section class="later"><p>The appendix</p></section>"""


def test_a_page_break_cuts_a_paragraph_and_not_a_row_that_is_kept_whole(
    reading, browser, tmp_path
):
    figures, met = read(reading, browser, tmp_path, PAPER)
    assert met["split_blocks"] == ["p, pages 1 and 2: onetwothree"]
    assert (figures["pages_printed"], figures["pages_all"]) == (3, 4)


def test_height_is_that_of_the_page_at_either_width(reading, browser, tmp_path):
    figures, _ = read(reading, browser, tmp_path, """<div style="height: 1000px"></div>
        <div style="width: 600px; max-width: 100%; aspect-ratio: 1"></div>""")
    assert figures["height_px"] == {"1280": 1600, "390": 1390}


def test_two_values_of_one_name_disagree_and_groups_do_not(reading, browser, tmp_path):
    table = "<table><thead><tr><th>Place</th><th>Homes</th></tr></thead><tbody>{}</tbody></table>"
    row = "<tr><th>North</th><td>{}</td></tr>"
    briefs = {
        "one": TILES + table.format(row.format("310")) + "<p>57% of them would come back</p>",
        "two": "<p>Of 19,585 electors 8,000 electors are young. 58% of them would come back. "
               "<p>Then 12,000 donors and 500 people</p>",
        "three": table.format(row.format("315")) + "<p>9,000 donors, 19,670 electors in all</p>",
    }
    lines = reading.read_all(browser, {
        name: write(tmp_path, name, body) for name, body in briefs.items()})
    # Electors 19,670 and 19,585; 57 and 58%; homes of the north 310 and 315.
    assert [line["disagreements"] for line in lines] == [3, 2, 1, 3]
    assert [line["brief"] for line in lines] == ["one", "two", "three", "all"]


def test_index_and_appendices_are_no_briefs_and_a_folder_without_any_is_refused(
    reading, tmp_path
):
    for name in ("index.html", "overview.html", "quality/voters.html", "published/1/voters.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(reading.briefs_in(tmp_path)) == ["overview", "quality/voters"]
    for folder in (tmp_path / "none", tmp_path / "quality"):
        (tmp_path / "quality/voters.html").unlink(missing_ok=True)
        with pytest.raises(SystemExit, match="holds no brief: build them with `dvc repro`, or na"):
            reading.briefs_in(folder)
