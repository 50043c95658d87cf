"""What drawings and JSON of built pages tell is what the pages print, and nothing finer."""

from __future__ import annotations

import json
import os
import re
from html import unescape
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
from made_briefs import made_settings

from workbench import figures
from workbench.exhibits import open_brief

REPORTS = os.environ.get("WORKBENCH_REPORTS")
needs_pages = pytest.mark.skipif(
    not REPORTS, reason="WORKBENCH_REPORTS names no folder of built briefs")
CORNER = re.compile(r"[ML]([\d.]+) ([\d.]+)")
DRAWN_TO = 0.2  # units of a drawing, of which coordinates have one decimal
FEWEST = 3
BASE, LEAST, DIGITS = 5, 10, 3
NOBODY = ("groups", "segments")  # units of headlines that count no people


def figures_of(page):
    return re.findall(r'<figure class="chart">.*?</figure>', page, re.S)


def numbers_of(figure):
    """The numbers printed in the data behind a drawing, by column; hidden ones are left out."""
    fold = re.search(r"<details>.*?</details>", figure, re.S)[0]
    columns = []
    for row in re.findall(r"<tr>.*?</tr>", fold, re.S)[1:]:
        cells = [unescape(re.sub(r"<[^>]+>", "", cell))
                 for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        columns.append([_number(cell) for cell in cells])
    return [[abs(n) for n in column if n] for column in zip(*columns, strict=True)]


def _number(text):
    found = re.fullmatch(r"−?[^\d\s−]{0,4} ?([\d,]*\.?\d+)( ?%| per 1,000)?", text.strip())
    return float(found[1].replace(",", "")) if found else None


def bars_of(svg):
    """The lengths of the bars of a drawing, by colour: rectangles of one thickness."""
    by_colour = {}
    for path, colour in re.findall(r'<path d="(M[^"]*z)"[^>]*fill="(#[0-9a-f]{6})"', svg):
        corners = [(float(x), float(y)) for x, y in CORNER.findall(path)]
        if len({x for x, _ in corners}) == len({y for _, y in corners}) == 2:
            across, up = ([point[side] for point in corners] for side in (0, 1))
            by_colour.setdefault(colour, []).append(
                (max(across) - min(across), max(up) - min(up)))
    bars = [size for sizes in by_colour.values() for size in sizes]
    for side in (0, 1):
        thick = [size[side] for size in bars]
        if len(bars) >= FEWEST and max(thick) - min(thick) <= DRAWN_TO:
            return sorted(size[1 - side] for size in bars)
    return []


def tells_no_more(lengths, numbers):
    """Whether bars are as long as printed numbers, to what can be drawn.

    Bars of several columns have one scale: of two sides, one may not be drawn longer.
    """
    for column in [*numbers, list(chain.from_iterable(numbers))]:
        scale = max(lengths) / max(column, default=1.0)
        if column and all(any(abs(length - scale * n) <= DRAWN_TO for n in column)
                          for length in lengths if length > DRAWN_TO):
            return True
    return False


@needs_pages
def test_every_bar_is_as_long_as_a_printed_number():
    drawn = [(path.name, figure, lengths) for path in sorted(Path(REPORTS).rglob("*.html"))
             for figure in figures_of(path.read_text(encoding="utf-8"))
             for svg in re.findall(r"<svg.*?</svg>", figure, re.S) if (lengths := bars_of(svg))]
    assert len(drawn) > 10
    assert [(name, re.sub(r"<[^>]+>", " ", figure)[:100], lengths)
            for name, figure, lengths in drawn
            if not tells_no_more(lengths, numbers_of(figure))] == []


def headlines_of(folder):
    for path in sorted(folder.rglob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for name, one in content.get("headlines", {}).items():
            yield path.relative_to(folder), name, one


def is_rounded(number, form):
    """Whether a headline's number is as a page would print it."""
    if number is None:
        return True
    if form == "money":
        digits = str(int(abs(number))).rstrip("0")
        return number == int(number) and len(digits) <= DIGITS
    if form in ("share", "probability"):
        return round(number, 2) == number
    return form != "count" or (number % BASE == 0 and (number == 0 or number >= LEAST))


@needs_pages
def test_the_headlines_of_the_json_are_as_rounded_as_those_of_the_page():
    found = list(headlines_of(Path(REPORTS)))
    assert len(found) > 20
    exact = [(str(path), name, one) for path, name, one in found
             if path.parts[0] not in ("quality", "published") and one["unit"] not in NOBODY
             and not all(is_rounded(one[end], one["form"]) for end in ("value", "low", "high"))]
    assert exact == []


def drawing(*lengths):
    rects = "".join(
        f'<path d="M0 {n}L{length:.1f} {n}L{length:.1f} {n + 9}L0 {n + 9}z" fill="#12406e" />'
        for n, length in enumerate(lengths))
    return f"<svg>{rects}</svg>"


def test_a_bar_drawn_of_an_exact_number_is_seen():
    figure = ("<details><table><tr><th>Place</th><th>People</th></tr>"
              "<tr><th>A</th><td>100</td></tr><tr><th>B</th><td>50</td></tr>"
              "<tr><th>C</th><td>hidden</td></tr><tr><th>D</th><td>15</td></tr></table></details>")
    numbers = numbers_of(figure)
    assert numbers == [[100.0, 50.0, 15.0]]
    assert tells_no_more(bars_of(drawing(300, 150, 45)), numbers)
    assert not tells_no_more(bars_of(drawing(300, 153, 45)), numbers)  # 51 of 50
    assert not tells_no_more(bars_of(drawing(300, 150, 45, 21)), numbers)  # 7 of hidden


def test_both_sides_of_a_pyramid_have_one_scale():
    """The words of one side were wider than those of the other, and its bars shorter."""
    rows = pd.DataFrame({"band": ["a", "b"], "n_left": [100, 100], "n_right": [100, None]})
    rows["n_right"] = rows["n_right"].astype("Int64")
    caption = open_brief(made_settings()).caption(
        title="As many left as right", subtitle="People", alt_text="Two bars and one.")
    chart = figures.pyramid(rows, category="band", left="n_left", right="n_right", caption=caption)
    for svg in chart.drawings:
        lengths = [n for n in bars_of(svg) if n > DRAWN_TO]
        assert len(lengths) == 3
        assert max(lengths) - min(lengths) <= DRAWN_TO


def test_a_number_of_a_headline_that_is_not_rounded_is_seen():
    assert [is_rounded(n, "count") for n in (185, 187, 5, 0, None)] == [
        True, False, False, True, True]
    assert [is_rounded(n, "money") for n in (4_120_000, 4_123_000, 581_000)] == [
        True, False, True]
    assert not is_rounded(0.4321, "share")
