"""The shape of a text tells how it is written and nothing of it; each shape has its rule."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import csv_text, open_text

from workbench.sources import add_doubts, final_doubts, rule_for, shape_of
from workbench.sources.doubts import Doubt


@pytest.mark.parametrize(("text", "shape"), [
    ("12/31/2020 9:05", "99/99/9999 9:99"),
    ("46115", "99999"),
    ("-$1,234.50", "-$9,999.99"),
    ("1.234,50 €", "9.999,99 €"),
    ("1\u202f234,50", "9␣999,99"),
    ("Inventwell, Ada", "Aaa…, Aaa"),
    ("O’Neil-Žižek", "A’Aaa…-Aaa…"),
    ("12345678901234567890", "999999999999…"),
    ("李小龍", "aaa"),
    ("١٢٣", "999"),
    ("a\tb\0c", "a?a?a"),
    ("", ""),
])
def test_a_shape_tells_how_a_text_is_written(text, shape):
    assert shape_of(text) == shape


@given(st.text(max_size=300))
def test_no_letter_or_digit_of_a_text_is_in_its_shape(text):
    shape = shape_of(text)
    letters = {mark for mark in shape if unicodedata.category(mark)[0] in "LN"}
    assert letters <= set("9Aa")
    assert len(shape) <= 40


@pytest.mark.parametrize(("text", "rule"), [
    ("12/31/2020 9:05",
     'date_format: "%m/%d/%Y %H:%M" or date_format: "%d/%m/%Y %H:%M"'),
    ("2020-12-31T09:05:06.123+00:00", 'date_format: "%Y-%m-%dT%H:%M:%S.%f%z"'),
    ("14 Mar 2026", 'date_format: "%d %b %Y"'),
    ("Sat, 14 Mar 2026 09:05:01 +0100", 'date_format: "%a, %d %b %Y %H:%M:%S %z"'),
    ("Mar 14, 2026 9:05 PM", 'date_format: "%b %d, %Y %I:%M %p"'),
    ("46115", 'date_format: "spreadsheet_serial"'),
    ("14. 3. 2026", 'date_format: "%m. %d. %Y" or date_format: "%d. %m. %Y"'),
    ("soon", ""),
])
def test_the_shape_of_a_day_suggests_its_format_and_both_where_the_order_is_open(text, rule):
    assert rule_for("not_a_date", shape_of(text)) == rule


@pytest.mark.parametrize(("text", "rule"), [
    ("1.234,50", 'decimal: ","'), ("1 234,50 kr", 'decimal: ","'), ("1,234.50", 'decimal: "."'),
])
def test_the_shape_of_an_amount_suggests_its_decimal_mark(text, rule):
    assert rule_for("not_money", shape_of(text)) == rule


def test_what_did_not_fit_is_told_by_the_file_s_own_name_of_the_column(tmp_path):
    days = ["46115", "46116", "46117"]
    lines = [f"g{n},Ada Inventwell,{day},25.00," for n, day in enumerate(days)]
    opened = open_text(tmp_path, csv_text(*lines, header="Gift,Donor,PAID  ON,Amount,Note"),
                       columns={"donation_id": "gift", "last_name": "donor",
                                "donation_date": "Paid on", "amount_minor": "amount"})
    (doubt,) = final_doubts(next(opened.batches()).unread)
    assert (doubt.code, doubt.column_name, doubt.file_column) == (
        "not_a_date", "donation_date", "PAID ON")
    assert (doubt.n_rows, doubt.n_values, doubt.first_rows) == (3, 3, (2, 3, 4))
    assert doubt.shape == "99999"


def test_a_code_that_differs_in_capitals_alone_is_told_so(tmp_path):
    opened = open_text(tmp_path, "id,name,sex\n1,Ada,FEMALE\n2,Bo,fe male\n3,Cy,x\n",
                       table="voters", date_format="",
                       columns={"voter_id": "id", "last_name": "name", "first_name": "name",
                                "sex_code": "sex"})
    (doubt,) = final_doubts(next(opened.batches()).unread)
    assert doubt.n_rows == 3
    assert "capitals or spaces" in doubt.cure


def test_doubts_of_parts_add_up_in_the_order_of_the_file():
    one = Doubt("not_a_date", "day", "f.csv", "Day", 2, 5, (4, 6), {"9/9": 2}, {"r": 1})
    other = Doubt("not_a_date", "day", "f.csv", "Day", 3, 5, (11, 12, 13), {"9": 3}, {"s": 3})
    elsewhere = Doubt("not_a_date", "day", "g.csv", "Day", 1, 5, (2,))
    (both, third) = add_doubts([one, other, elsewhere])
    assert (both.n_rows, both.n_values, both.first_rows) == (5, 10, (4, 6, 11))
    assert (both.shape, both.cure) == ("9", "s")
    assert third == elsewhere
