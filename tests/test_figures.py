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
from workbench.exhibits import no_chart, open_brief
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


def of_every_kind(caption, numbers):
    """Every kind of chart, drawn of as many rows as there are numbers, each with that number."""
    n = len(numbers)
    rows = pd.DataFrame({
        "name": [f"row {place}" for place in range(n)], "low": range(n),
        "high": range(1, n + 1), **dict.fromkeys(("n_x", "n_x_low", "n_x_high", "n_y"),
                                                 pd.array(numbers, dtype="Float64"))})
    named, ends = {"caption": caption, "category": "name"}, ("n_x_low", "n_x_high")
    return {
        "bars": figures.bars(rows, value="n_x", **named),
        "dots": figures.dots(rows, value="n_x", **named),
        "waterfall": figures.waterfall(rows, value="n_x", **named),
        "predicted": figures.predicted(rows, expected="n_x", actual="n_y", **named),
        "pyramid": figures.pyramid(rows, left="n_x", right="n_y", **named),
        "histogram": figures.histogram(rows, lower="low", upper="high", count="n_x",
                                       caption=caption),
        "lines": figures.lines(rows, x="low", value="n_x", caption=caption),
        "grid": figures.grid(rows, row="name", column="low", value="n_x", caption=caption),
        "calibration": figures.calibration(rows, predicted="n_x", seen="n_y", interval=ends,
                                           caption=caption),
    }


@pytest.mark.parametrize("numbers", [[], [None], [None] * 3], ids=["no row", "one", "three"])
def test_a_chart_that_would_show_no_number_is_a_sentence_of_what_its_title_says(caption, numbers):
    for name, shown in of_every_kind(caption, numbers).items():
        assert (shown.kind, shown.html) == ("sentence", "<p>We lead.</p>"), name


def test_a_chart_of_zeros_says_so_and_claims_nothing(caption):
    for name, shown in of_every_kind(caption, [0, None, 0]).items():
        assert shown.kind == "sentence", name
        assert "every number shown is zero" in shown.html, name
        assert "We lead" not in shown.html, name


def test_a_chart_with_one_number_is_drawn(caption):
    for name, shown in of_every_kind(caption, [None, 0.5]).items():
        assert "<svg" in shown.html, name


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


def test_of_more_lines_than_can_be_told_apart_the_first_are_drawn(caption):
    rows = pd.DataFrame({"kind": list("edcba"), "x": [1] * 5, "n_gifts": [1] * 5})
    shown = figures.lines(rows, x="x", value="n_gifts", series="kind", caption=caption)
    assert "Not drawn: 1 more line." in shown.html
    assert set(shown.data["kind"]) == set("edcb")


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


def predicted_rows():
    return pd.DataFrame({
        "segment_name": ["Monthly", "Lapsed"], "n_expected": pd.array([200, None], dtype="Int64"),
        "n_expected_low": [180, None], "n_expected_high": [220, None],
        "n_given": pd.array([100, None], dtype="Int64")})


def test_predicted_and_actual_stand_on_one_scale(caption):
    chart = figures.predicted(predicted_rows(), category="segment_name", expected="n_expected",
                             actual="n_given", caption=caption)
    for drawing in chart.drawings:
        assert {"Monthly", "200 / 100", "Lapsed", "hidden"} <= set(texts_of(drawing))
    svg = chart.drawings[0]
    middle, actual = (float(re.search(rf'x="([\d.]+)"[^>]*fill="{colour}"', svg)[1])
                    for colour in (house.ONE, house.TWO))
    low, high = (float(end) for end in re.search(
        rf'<path d="M([\d.]+) [\d.]+L([\d.]+) [^"]*"[^>]*stroke="{house.MID}"', svg).groups())
    assert (high - low) / (middle - actual) == pytest.approx(40 / 100, abs=0.01)
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


def test_a_chart_of_a_missing_column_is_refused(caption):
    with pytest.raises(BriefError, match="column 'n_x', which its table lacks"):
        figures.bars(region_rows(), category="region_name", value="n_x", caption=caption)


@pytest.mark.slow
@pytest.mark.parametrize(("n_rows", "note"), [
    (40, ""), (41, "Not drawn: 1 more row."), (97, "Not drawn: 57 more rows."),
])
def test_of_more_rows_than_can_be_read_the_first_are_drawn(caption, n_rows, note):
    charts = of_every_kind(caption, range(1, n_rows + 1))
    for name in ("bars", "dots", "waterfall", "predicted", "pyramid"):
        assert (charts[name].note, len(charts[name].data)) == (note, 40), name
        assert note in charts[name].html, name


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


def test_many_columns_of_a_grid_become_rows_on_a_narrow_page_and_the_first_stand(caption):
    names = [f"place {n}" for n in range(6)]
    wide, narrow = grid_of(caption, [0.1] * 12, names).drawings
    assert texts_of(wide)[:6] == names
    assert texts_of(narrow)[:2] == ["18-29", "30-39"]
    shown = grid_of(caption, [0.1] * 22, [f"place {n}" for n in range(11)])
    assert texts_of(shown.drawings[0])[:8] == [f"place {n}" for n in range(8)]
    assert shown.note == "Not drawn: 3 more columns."


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


@pytest.mark.parametrize("draw", [figures.bars, figures.dots])
def test_bars_and_dots_list_what_they_show_after_a_text_that_ends_in_a_colon(draw):
    rows = pd.DataFrame({"region_name": ["North", "South", "East"],
                         "n_donors": pd.array([5210, None, 20], dtype="Int64")})
    caption = open_brief(made_settings()).caption(
        title="The north leads", subtitle="Donors", alt_text="Bars of donors by region:")
    told = draw(rows, category="region_name", value="n_donors", caption=caption)
    assert told.caption.alt_text == "Bars of donors by region: North 5,210, East 20."
    assert all(told.caption.alt_text in drawing for drawing in told.drawings)


def test_a_chart_without_a_number_needs_a_title_alone():
    rows = pd.DataFrame({"name": ["a"], "n_people": pd.array([None], dtype="Int64")})
    caption = open_brief(made_settings()).caption(**no_chart("Too few people to show"))
    shown = figures.bars(rows, category="name", value="n_people", caption=caption)
    assert shown.html == "<p>Too few people to show.</p>"


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
