"""The house charts: drawn right, small, the same every time, readable without colour."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from made_briefs import PAYLOADS, made_charts, made_settings, month_rows, region_rows
from matplotlib import rc_context

from workbench import figures
from workbench.briefs.policy import page_style
from workbench.errors import BriefError
from workbench.exhibits import open_brief
from workbench.figures import house
from workbench.figures.grid import DARKEST, LIGHTEST

KINDS = ("bars", "dots", "lines", "pyramid", "waterfall", "histogram", "calibration")


@pytest.fixture(scope="module")
def charts():
    """One chart of each kind."""
    return dict(zip(KINDS, made_charts(), strict=True))


@pytest.fixture
def caption():
    """A caption that fits any chart."""
    return open_brief(made_settings()).caption(
        title="We lead", subtitle="Share, country, 2026, n = 900",
        alt_text="Three rows, ours the longest.")


def texts_of(svg: str) -> list[str]:
    """The texts of a drawing, in order."""
    return ["".join(part.itertext()) for part in ElementTree.fromstring(svg).iter("text")]


def bar_lengths(svg: str) -> list[float]:
    """The widths of the bars in the first colour, from the top down."""
    found = re.findall(rf'<path d="M([\d.]+) [\d.]+L([\d.]+) [^"]*" fill="{house.ONE}"', svg)
    return [float(end) - float(start) for start, end in found]


def test_lengths_of_bars_are_in_proportion_to_values(charts):
    lengths = bar_lengths(charts["bars"].drawings[0])
    assert lengths[1] / lengths[0] == pytest.approx(4120 / 5210, abs=0.01)
    assert lengths[2] / lengths[0] == pytest.approx(2230 / 5210, abs=0.01)


def test_a_hidden_bar_has_no_length_and_says_so(charts):
    assert len([n for n in bar_lengths(charts["bars"].drawings[0]) if n > 0]) == 3
    assert "hidden" in texts_of(charts["bars"].drawings[0])


def test_charts_of_which_all_is_hidden_say_so(caption):
    none = pd.array([None, None], dtype="Int64")
    rows = pd.DataFrame({"band_name": ["low", "high"], "n_left": none, "n_right": none})
    chart = figures.pyramid(rows, category="band_name", left="n_left", right="n_right",
                            caption=caption)
    assert texts_of(chart.drawings[0]).count("hidden") == 4
    shares = pd.DataFrame(dict.fromkeys(("told", "seen", "low", "high"),
                                        pd.array([None], dtype="Float64")))
    chart = figures.calibration(shares, foretold="told", seen="seen", interval=("low", "high"),
                                caption=caption)
    assert "on the line: as foretold" in texts_of(chart.drawings[0])


def test_values_and_names_are_written_beside_the_marks(charts):
    for drawing in charts["bars"].drawings:
        assert {"North coast", "5,210", "4,120", "2,230"} <= set(texts_of(drawing))


def test_an_interval_is_drawn_where_the_table_has_one(caption):
    rows = region_rows().head(3)
    with_range = figures.bars(rows, category="region_name", value="donor_share", caption=caption)
    without = figures.bars(rows, category="region_name", value="n_donors", caption=caption)
    assert f'stroke="{house.TWO}"' in with_range.drawings[0]
    assert f'stroke="{house.TWO}"' not in without.drawings[0]


def test_a_hidden_month_leaves_a_gap_in_the_line(charts):
    paths = re.findall(rf'<path d="([^"]+)" fill="none" stroke="{house.ONE}"',
                       charts["lines"].drawings[0])
    assert max(path.count("M") for path in paths) == 2


def test_each_line_is_named_at_its_end_and_has_a_dash_of_its_own(caption):
    rows = pd.concat([month_rows().assign(kind="Post"), month_rows().assign(kind="Online")])
    svg = figures.lines(rows, x="month_date", value="raised_minor", series="kind",
                        caption=caption).drawings[0]
    assert {"Post", "Online"} <= set(texts_of(svg))
    assert "stroke-dasharray" in svg


def test_a_fifth_line_is_refused(caption):
    rows = pd.DataFrame({"kind": list("abcde"), "x": [1] * 5, "n_gifts": [1] * 5})
    with pytest.raises(BriefError, match="5 lines; 4 can"):
        figures.lines(rows, x="x", value="n_gifts", series="kind", caption=caption)


def test_steps_of_a_waterfall_carry_their_signs_and_end_on_the_total(charts):
    assert {"−$120,000", "−$380,000", "$1,000,000"} <= set(texts_of(
        charts["waterfall"].drawings[0]))


def test_a_waterfall_adds_up(caption):
    rows = pd.DataFrame({"step": ["a", "b", "c"], "amount_minor": [30_000, -10_000, 20_000],
                         "is_total": [True, False, True]})
    svg = figures.waterfall(rows, category="step", value="amount_minor", total="is_total",
                            caption=caption).drawings[0]
    ends = re.findall(rf'<path d="M([\d.]+) [\d.]+L([\d.]+) [^"]*" fill="{house.SOFT}"', svg)
    (start_a, end_a), (start_c, end_c) = [(float(a), float(b)) for a, b in ends]
    assert start_a == start_c
    assert (end_c - start_c) / (end_a - start_a) == pytest.approx(2 / 3, abs=0.01)


def foretold_rows():
    return pd.DataFrame({
        "segment_name": ["Monthly", "Lapsed"], "n_expected": pd.array([200, None], dtype="Int64"),
        "n_expected_low": [180, None], "n_expected_high": [220, None],
        "n_given": pd.array([100, None], dtype="Int64")})


def test_a_forecast_and_what_came_stand_on_one_scale(caption):
    chart = figures.foretold(foretold_rows(), category="segment_name", expected="n_expected",
                             came="n_given", caption=caption)
    for drawing in chart.drawings:
        assert {"Monthly", "200 / 100", "Lapsed", "hidden"} <= set(texts_of(drawing))
    svg = chart.drawings[0]
    middle, came = (float(re.search(rf'x="([\d.]+)"[^>]*fill="{colour}"', svg)[1])
                    for colour in (house.ONE, house.TWO))
    low, high = (float(end) for end in re.search(
        rf'<path d="M([\d.]+) [\d.]+L([\d.]+) [^"]*"[^>]*stroke="{house.MID}"', svg).groups())
    assert (high - low) / (middle - came) == pytest.approx(40 / 100, abs=0.01)
    assert middle == pytest.approx((low + high) / 2, abs=0.5)


@pytest.mark.parametrize("strength", [LIGHTEST, DARKEST])
def test_ink_is_read_on_the_weakest_and_on_the_strongest_cell(palette, strength):
    parts = [[int(palette[role][at:at + 2], 16) for at in (1, 3, 5)] for role in ("one", "paper")]
    mixed = strength * np.array(parts[0]) + (1 - strength) * np.array(parts[1])
    cell = "#" + "".join(f"{round(part):02x}" for part in mixed)
    assert contrast(palette["ink"], cell) >= 4.5


def test_uneven_bands_of_a_histogram_are_refused(caption):
    rows = pd.DataFrame({"low": [0, 10], "high": [10, 30], "n": [1, 2]})
    with pytest.raises(BriefError, match="not of one width"):
        figures.histogram(rows, lower="low", upper="high", count="n", caption=caption)


def test_a_chart_of_nothing_or_of_a_missing_column_is_refused(caption):
    with pytest.raises(BriefError, match="no rows"):
        figures.bars(region_rows().head(0), category="region_name", value="n_donors",
                     caption=caption)
    with pytest.raises(BriefError, match="column 'n_x', which its table lacks"):
        figures.bars(region_rows(), category="region_name", value="n_x", caption=caption)


def test_a_chart_of_too_many_rows_is_refused(caption):
    rows = pd.DataFrame({"area": [str(n) for n in range(41)], "n_x": range(41)})
    with pytest.raises(BriefError, match="41 rows cannot be read"):
        figures.bars(rows, category="area", value="n_x", caption=caption)


def test_above_a_thousand_points_the_marks_are_one_image(caption):
    def drawn(n: int) -> str:
        rows = pd.DataFrame({"x": np.arange(n), "n_x": np.arange(n) % 7 + 1})
        return figures.lines(rows, x="x", value="n_x", caption=caption).drawings[0]

    assert "<image" not in drawn(1000)
    assert 'href="data:image/png;base64,' in drawn(1001)


def grid_of(caption, shares, columns=("east", "west")):
    """A grid of two rows and as many columns as there are names."""
    pairs = [(row, column) for row in ("18-29", "30-39") for column in columns]
    frame = pd.DataFrame(pairs, columns=["age_band", "place_name"])
    frame["answer_rate"] = pd.array(shares, dtype="Float64")
    return figures.grid(frame, row="age_band", column="place_name", value="answer_rate",
                        caption=caption)


def test_a_grid_writes_every_number_and_is_darker_where_it_is_larger(caption):
    drawing = grid_of(caption, [0.08, 0.01, 0.02, None]).drawings[0]
    assert [text for text in texts_of(drawing) if "%" in text] == ["8%", "1%", "2%"]
    shades = [float(shade) for shade in re.findall(r'opacity="([\d.]+)"', drawing)]
    assert len(shades) == 3  # the hidden one has none
    assert shades[0] == max(shades)
    assert shades[1] == min(shades)


def test_many_columns_of_a_grid_become_rows_on_a_narrow_page_and_too_many_are_refused(caption):
    names = [f"place {n}" for n in range(6)]
    wide, narrow = grid_of(caption, [0.1] * 12, names).drawings
    assert texts_of(wide)[:6] == names
    assert texts_of(narrow)[:2] == ["18-29", "30-39"]
    with pytest.raises(BriefError, match="has 9 columns; 8 can be read"):
        grid_of(caption, [0.1] * 18, [f"place {n}" for n in range(9)])


def test_charts_are_the_same_bytes_every_time(charts):
    again = dict(zip(KINDS, made_charts(), strict=True))
    assert {k: c.html for k, c in charts.items()} == {k: c.html for k, c in again.items()}


def test_a_chart_weighs_under_twenty_kilobytes(charts):
    assert max(len(chart.html.encode()) for chart in charts.values()) < 20_000


def test_drawings_have_a_text_and_no_inline_style(charts):
    for chart in charts.values():
        for svg in chart.drawings:
            assert 'role="img"' in svg
            assert f'aria-label="{chart.caption.alt_text.strip()}' in svg.replace('=" ', '="')
            assert "style" not in svg


def test_the_data_of_a_chart_are_a_table_behind_a_fold(charts):
    for chart in charts.values():
        assert "<details><summary>Data of this chart</summary>" in chart.html
        assert chart.html.count("<table>") == 1


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_names_stay_text_in_a_drawing(caption, payload):
    rows = region_rows(payload).rename(columns={"n_donors": f"n_{payload}"})
    html = figures.bars(rows, category="region_name", value=f"n_{payload}", caption=caption).html
    for tag in ("<script", "<img", "<iframe", "<meta", "<link", "<base", "<svg onload"):
        assert tag not in html.lower()


def luminance(colour: str) -> float:
    """Relative luminance by the definition of WCAG 2."""
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=[0, 1], ids=["light", "dark"])
def palette(request):
    """The colours of one scheme, as the page's style sheet sets them."""
    blocks = re.findall(r":root\{([^}]*--paper[^}]*)\}", page_style())
    return dict(re.findall(r"--([a-z]+):\s*(#[0-9a-f]{6})", blocks[request.param]))


@pytest.mark.parametrize("colour", ["one", "two", "mid", "soft", "ink"])
def test_every_mark_stands_out_from_the_paper(palette, colour):
    assert contrast(palette[colour], palette["paper"]) >= 3


def test_neighbouring_colours_differ_by_three_to_one(palette):
    assert contrast(palette["one"], palette["two"]) >= 3


def test_text_stands_out_from_paper_and_card(palette):
    for colour in ("ink", "soft", "one"):
        assert contrast(palette[colour], palette["paper"]) >= 4.5


def test_every_colour_that_charts_use_has_a_role_in_the_style_sheet():
    for colour in (house.INK, house.SOFT, house.RULE, house.ONE, house.TWO, house.MID,
                   house.PAPER):
        assert f'[fill="{colour}"]' in page_style()
        assert f'[stroke="{colour}"]' in page_style()


def test_a_chart_is_the_same_whatever_the_users_own_settings_are(caption):
    rows = pd.DataFrame({"segment_name": ["New", "Lapsed"], "n_donors": [120, 60]})
    plain = figures.bars(rows, category="segment_name", value="n_donors", caption=caption)
    own = {"font.size": 30, "lines.linewidth": 9, "axes.facecolor": "red", "svg.fonttype": "path",
           "patch.edgecolor": "green", "patch.force_edgecolor": True, "path.simplify": False}
    with rc_context(own):
        drawn = figures.bars(rows, category="segment_name", value="n_donors", caption=caption)
    assert drawn.drawings == plain.drawings


def test_without_the_pages_style_sheet_only_the_wide_drawing_shows(charts):
    for chart in charts.values():
        wide, narrow = (ElementTree.fromstring(drawing) for drawing in chart.drawings)
        assert (wide.get("width"), wide.get("display")) == ("680", None)
        assert narrow.get("display") == "none"
