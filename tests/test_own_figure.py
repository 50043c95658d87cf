"""A figure of one's own is an exhibit where every number in it is one of its protected table."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest
import seaborn as sns

from workbench import figures
from workbench.errors import DisclosureError
from workbench.exhibits import Caption

CAPTION = Caption("Donors by region", "Donors, Harbour Alliance, 2026",
                  "Three regions with their donors and what they gave.")


@pytest.fixture
def table():
    return pd.DataFrame({
        "region_name": ["North", "South", "West"], "n_donors": [120, 45, 60],
        "raised_minor": [250_000, 90_000, 130_000],
        "month_date": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"]),
    })


@pytest.mark.slow
def test_points_bars_and_lines_of_the_table_become_a_chart_with_its_data(table):
    for draw in (
        lambda axes: sns.scatterplot(table, x="n_donors", y="raised_minor", ax=axes),
        lambda axes: sns.barplot(table, x="n_donors", y="region_name", ax=axes),
        lambda axes: sns.barplot(table, x="region_name", y="n_donors", ax=axes),
        lambda axes: sns.lineplot(table, x="month_date", y="n_donors", ax=axes),
        lambda axes: axes.bar(table["region_name"], table["n_donors"]),
        lambda axes: axes.plot(table["n_donors"], table["raised_minor"], marker="o"),
        lambda axes: axes.text(120, 250_000, "North 120"),
    ):
        figure, axes = figures.blank()
        draw(axes)
        html = figures.own(figure, table, values=["n_donors", "raised_minor"],
                           caption=CAPTION).html
        assert html.count("<svg") == 2
        assert html.count('aria-label="Three regions with their donors') == 2
        assert "<summary>Data of this chart</summary>" in html
        assert "120" in re.sub(r"<svg.*?</svg>", "", html)


@pytest.mark.parametrize("names", ["x", "y"])
def test_long_names_are_broken_into_lines_and_none_lies_on_another(table, names):
    table["region_name"] = ["The far north and the islands", "The south coast of the bay",
                            "The western valleys and moors"]
    numbers = {"x": "y", "y": "x"}[names]
    figure, axes = figures.blank()
    sns.barplot(table, ax=axes, **{names: "region_name", numbers: "n_donors"})
    figures.own(figure, table, values=["n_donors"], caption=CAPTION)
    figure.canvas.draw()  # as it was drawn last, for the narrow page
    places = [label.get_window_extent() for label in
              (axes.get_xticklabels() if names == "x" else axes.get_yticklabels())]
    assert len(places) == 3
    assert all(place.x0 >= 0 and place.x1 <= figure.bbox.width for place in places)
    assert not any(a.overlaps(b) for a, b in pairwise(places))


def test_a_number_that_the_table_does_not_have_is_refused(table):
    exact = table.assign(n_donors=[118, 45, 60])
    for draw in (
        lambda axes: sns.scatterplot(exact, x="n_donors", y="raised_minor", ax=axes),
        lambda axes: sns.barplot(exact, x="n_donors", y="region_name", ax=axes),
        lambda axes: axes.plot([1, 2, 3], [120, 45, 61]),
        lambda axes: axes.bar(["a", "b"], [120, 44]),
        lambda axes: axes.text(0, 0, "7 people of one home"),
        lambda axes: sns.regplot(table, x="n_donors", y="raised_minor", ax=axes, seed=1),
        lambda axes: sns.histplot(table, x="n_donors", ax=axes),
    ):
        figure, axes = figures.blank()
        draw(axes)
        with pytest.raises(DisclosureError, match="numbers that its table does not have"):
            figures.own(figure, table, values=["n_donors"], caption=CAPTION)


def test_colours_sizes_areas_and_images_tell_no_number_that_the_table_does_not_have(table):
    exact = [118, 45, 60]
    for draw in (
        lambda axes: axes.pie(exact),
        lambda axes: axes.imshow([exact]),
        lambda axes: axes.fill([0, 118, 0], [0, 0, 250_000]),
        lambda axes: sns.heatmap([exact], ax=axes, cbar=False),
        lambda axes: axes.scatter(table["n_donors"], table["raised_minor"], c=exact),
        lambda axes: axes.scatter(table["n_donors"], table["raised_minor"], s=exact),
    ):
        figure, axes = figures.blank()
        draw(axes)
        with pytest.raises(DisclosureError, match="its table"):
            figures.own(figure, table, values=["n_donors"], caption=CAPTION)


def test_where_all_is_hidden_a_sentence_stands(table):
    figure, _ = figures.blank()
    hidden = table.assign(n_donors=pd.array([None] * 3, dtype="Int64"))
    shown = figures.own(figure, hidden, values=["n_donors"], caption=CAPTION)
    assert shown.html == "<p>Donors by region.</p>"


def test_it_is_drawn_in_the_house_style_and_the_same_bytes_every_time(table):
    def made():
        figure, axes = figures.blank()
        sns.barplot(table, x="region_name", y="n_donors", ax=axes)
        axes.set_title("A title of its own")
        return figures.own(figure, table, values=["n_donors"], caption=CAPTION).html

    html = made()
    assert html == made()
    assert "A title of its own" not in html
    assert "#000000" not in html
    assert figures.PALETTE[0] in html


def test_axes_are_headed_and_printed_as_tables_are(table):
    figure, axes = figures.blank()
    sns.scatterplot(table, x="n_donors", y="raised_minor", ax=axes)
    html = figures.own(figure, table, values=["n_donors", "raised_minor"], caption=CAPTION).html
    drawn = re.findall(r">([^<>]+)</text>", html)
    assert {"Donors", "Raised"} <= set(drawn)
    assert "$2,000" in drawn
    assert not any("raised_minor" in text or "1e6" in text for text in drawn)
