"""What a notebook displays: printed numbers, tables, captions, the first screen."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from made_briefs import PAYLOADS, made_finding, made_measures, made_settings, region_rows

from workbench.errors import BriefError
from workbench.exhibits import MIME, House, form_of, label_of, open_brief, plural, show, show_range
from workbench.exhibits.tiles import tile_html
from workbench.measures import Measure

HOUSE = House("USD", 10)
NBSP = "\u00a0"


@pytest.fixture
def brief():
    """The brief of a made-up campaign."""
    return open_brief(made_settings())


@pytest.mark.parametrize(("value", "form", "printed"), [
    (12345, "count", "12,345"), (0, "count", "0"), (None, "count", "hidden"),
    (pd.NA, "count", "hidden"), (float("nan"), "share", "not shown"),
    (0.344, "share", "34%"), (0.345, "share", "35%"), (1, "share", "100%"),
    (123_449, "money", "$1,234"), (123_450, "money", "$1,235"), (-5_000, "money", "−$50"),
    (-3, "money", "$0"), (3.14159, "number", "3.1"), (12, "days", "12"),
    (dt.date(2026, 10, 5), "date", f"5{NBSP}Oct{NBSP}2026"), ("2026-10-05", "date",
                                                              f"5{NBSP}Oct{NBSP}2026"),
    (pd.Timestamp("2026-10-01"), "month", f"Oct{NBSP}2026"), (None, "date", "–"),
    ("North", "text", "North"), (None, "text", "–"),
])
def test_a_value_prints_by_its_form(value, form, printed):
    assert show(value, form, HOUSE) == printed


@pytest.mark.parametrize(("code", "printed"), [
    ("USD", "$12"), ("GBP", "£12"), ("EUR", "€12"), ("CHF", f"CHF{NBSP}12"),
])
def test_money_carries_the_sign_of_its_currency_or_else_its_code(code, printed):
    assert show(1200, "money", House(code, 10)) == printed


def test_a_form_that_nobody_knows_is_a_bug():
    with pytest.raises(ValueError, match="none of"):
        show(1, "percent", HOUSE)


def test_a_range_names_both_ends_and_is_empty_without_them():
    assert show_range(0.32, 0.36, "share", HOUSE) == "32% to 36%"
    assert show_range(None, 0.36, "share", HOUSE) == ""


def test_one_is_singular_and_nought_is_not():
    assert [plural(n, "donor") for n in (0, 1, 2)] == ["0 donors", "1 donor", "2 donors"]


@pytest.mark.parametrize(("column", "form", "label"), [
    ("n_donors", "count", "Donors"), ("donor_share", "share", "Donor share"),
    ("raised_minor", "money", "Raised"), ("first_gift_date", "date", "First gift"),
    ("month_date", "month", "Month"), ("support_share_low", "share", "Support share low"),
    ("since_days", "days", "Since days"), ("area_name", "text", "Area"),
])
def test_the_naming_law_tells_form_and_heading(column, form, label):
    values = pd.Series(["x"], dtype="object")
    assert (form_of(column, values), label_of(column)) == (form, label)


def test_a_finding_keeps_its_words_and_is_cut_at_the_sixty_first(brief):
    words = made_finding()
    assert brief.finding(**words).data == words
    for told, kept in (("word " * 60, "word " * 60), ("word " * 61, "word " * 60 + "…"),
                       (f"{'One. ' * 59}Two three.", ("One. " * 59).strip())):
        assert brief.finding(**{**words, "bottom_line": told}).data["bottom_line"] == kept
    long = brief.finding(**{**words, "title": "name " * 21}).data["title"]
    assert long == "name " * 20 + "…"
    with pytest.raises(BriefError, match="decision is empty"):
        brief.finding(**{**words, "decision": " "})


def test_a_headline_is_protected_before_it_is_shown_or_stored(brief):
    shown = brief.headline(Measure("n_large", "Large donors", 4, "count", "donors", "x", n=4))
    bundle = shown._repr_mimebundle_()
    assert bundle[MIME]["value"] is None
    assert "hidden" in bundle["text/html"]
    assert ">4<" not in bundle["text/html"]


def test_headlines_are_one_output_each(brief):
    names = [item.data["name"] for item in brief.headlines(made_measures()).items]
    assert names == ["raised", "n_donors", "repeat_share", "n_large"]


def test_a_tile_has_value_unit_range_basis_and_change():
    share = made_measures()[2].as_json()
    html = tile_html(share, HOUSE)
    for part in ("34%", "of donors", "32% to 36%", "12,342",
                 "no earlier version"):
        assert part in html


def test_a_basis_that_nobody_gave_is_left_out_and_a_hidden_one_is_not():
    fields = {**made_measures()[2].as_json(), "n": None}
    assert "<dt>n</dt>" not in tile_html(fields, HOUSE)
    assert "<dt>n</dt><dd>not shown</dd>" in tile_html({**fields, "value": None}, HOUSE)


def test_a_table_prints_hidden_cells_with_a_note_and_joins_the_ends_of_a_range(brief):
    html = brief.table(region_rows(), title="Donors by region").html
    assert "hidden" in html
    assert "fewer than 10 people" in html
    assert "40% to 44%" in html
    assert ">Range</th>" in html
    assert "Donor share low" not in html


def test_a_table_without_hidden_cells_has_no_note(brief):
    assert "class=\"note\"" not in brief.table(region_rows().head(2), title="Two").html


def test_figures_align_right_and_row_headings_are_headings(brief):
    html = brief.table(region_rows(), title="Donors by region").html
    assert '<th scope="row">North coast</th><td class="r">5,210</td>' in html


def test_two_columns_of_one_heading_both_stand(brief):
    frame = pd.DataFrame({"area_name": ["a"], "area_code": ["b"]})
    assert brief.table(frame, title="Areas").html.count("<th scope=\"col\">Area") == 2


def test_a_table_brings_no_style_and_no_id_of_its_own(brief):
    html = brief.table(region_rows(), title="Donors by region").html
    assert not any(word in html for word in ("<style", "style=", " id=", "headers="))


def test_rows_of_files_are_exact_and_unhidden(brief):
    html = brief.rows(pd.DataFrame({"reason": ["Not a date"], "n_rows": [3]})).html
    assert ">3</td>" in html


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text_wherever_it_stands(brief, payload):
    rows = region_rows(payload).rename(columns={"n_donors": f"n_{payload}"})
    html = brief.table(rows, title=payload, subtitle=payload,
                       labels={"donor_share": payload}).html
    html += brief.sentence(payload).html + brief.finding(**made_finding(payload)).html
    lowered = html.lower()
    for tag in ("<script", "<img", "<iframe", "<meta", "<link", "<base", "<svg"):
        assert tag not in lowered


@pytest.mark.parametrize(("changes", "message"), [
    ({"title": ""}, "no title"), ({"subtitle": " "}, "no subtitle"),
    ({"alt_text": ""}, "no alternative text"), ({"alt_text": "chart"}, "no alternative text"),
    ({"alt_text": "No description has been provided for this image"}, "no alternative text"),
])
def test_a_caption_without_finding_or_description_is_refused(brief, changes, message):
    words = {"title": "We lead", "subtitle": "Share, country, 2026, n = 900",
             "alt_text": "Three bars, ours the longest."}
    with pytest.raises(BriefError, match=message):
        brief.caption(**{**words, **changes})


def test_a_title_longer_than_ten_words_is_cut_since_names_come_from_data(brief):
    shown = brief.caption(title="one two three four five six seven eight nine ten eleven",
                          subtitle="Share", alt_text="Three bars at Porto do Son.")
    assert shown.title == "one two three four five six seven eight nine ten …"


def test_of_a_table_too_long_to_read_the_first_rows_stand(brief):
    frame = pd.DataFrame({"place_name": [f"place {n}" for n in range(230)]})
    for shown in (brief.table(frame, title="Long"), brief.rows(frame)):
        assert "place 199<" in shown.html
        assert "place 200<" not in shown.html
        assert "And 30 more rows." in shown.html
    assert "more row" not in brief.table(frame.head(200), title="Long").html


def test_a_table_that_hides_every_number_is_a_sentence_unless_its_texts_tell_something(brief):
    none = pd.array([None, None], dtype="Int64")
    rows = pd.DataFrame({"place": ["North", "South"], "n_people": none})
    shown = brief.table(rows, title="People")
    assert (shown.kind, "<table" in shown.html) == ("sentence", False)
    assert "too few people stand behind each number" in shown.html
    assert "<table" in brief.table(rows.assign(why_name=["too high", None]), title="P").html
    assert "<table" in brief.table(rows[["place"]], title="Places").html


def test_a_table_without_columns_or_of_other_columns_is_refused(brief):
    with pytest.raises(BriefError, match="without columns"):
        brief.table(pd.DataFrame(), title="Nothing")
    with pytest.raises(BriefError, match="no column 'b'"):
        brief.table(pd.DataFrame({"a": [1]}), title="One", labels={"b": "B"})


def test_a_table_without_rows_says_so_instead_of_showing_its_head(brief):
    html = brief.table(pd.DataFrame({"place": []}), title="Places").html
    assert html == "<p>Places: there is nothing to list.</p>"
    assert "nothing to list" in brief.rows(pd.DataFrame({"n_rows": []})).html
