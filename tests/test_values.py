"""Values as people and spreadsheets write them, read exactly or set aside, never bent."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import csv_text, open_text

from workbench.errors import SettingsError
from workbench.sources.amounts import amount_of, whole_of
from workbench.sources.dates import check_date_format, parse_dates
from workbench.sources.names import age_band
from workbench.sources.readers import READERS
from workbench.sources.rules import Rule
from workbench.sources.values import make_column
from workbench.tables import TABLES

# What Python's own strptime reads, with the text that strftime makes.
FORMATS = ["%m/%d/%y", "%d %b %Y", "%B %d, %Y", "%d-%b-%y", "%m/%d/%Y %I:%M %p",
           "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f", "%a %d %b %Y", "%A, %B %d, %Y",
           "%Y%m%d", "%d.%m.%Y %H:%M:%S"]


@pytest.mark.parametrize("date_format", FORMATS)
@given(moment=st.datetimes(dt.datetime(1930, 1, 1), dt.datetime(2026, 12, 31),
                           timezones=st.just(dt.timezone(dt.timedelta(hours=-5)))))
def test_days_are_those_of_strptime(date_format, moment):
    text = moment.strftime(date_format)
    oracle = dt.datetime.strptime(text, date_format).date()
    if "%y" in date_format:  # the hundred years to 2026 instead of those to 2068
        oracle = oracle.replace(year=moment.year)
    short = re.sub(r"^0(?=\d/)|(?<=/)0(?=\d/)", "", text)
    for written in (text, short) if "T%H" in date_format else (text.upper(), short.lower()):
        read = parse_dates(pa.array([written]), date_format, latest_year=2026)
        assert read.to_pylist() == [oracle], written


@pytest.mark.parametrize(("text", "date_format"), [
    ("31/12/2023", "%m/%d/%Y"), ("Smarch 3, 2024", "%B %d, %Y"),
    ("Mon 14 Mar 2026", "%a %d %b %Y"),
    ("13:00 PM", "%Y"), ("2024-02-30", "%Y-%m-%d"), ("1/1/2024 25:00", "%m/%d/%Y %H:%M"),
    ("1/1/2024 13:00 PM", "%m/%d/%Y %I:%M %p"), ("1/1/2024", "%m/%d/%Y %H:%M"),
])
def test_what_is_no_such_day_is_none(text, date_format):
    if date_format == "%Y":
        with pytest.raises(SettingsError, match="Write it with %Y, %m and"):
            check_date_format(date_format, "here", latest_year=2026)
        return
    assert parse_dates(pa.array([text]), date_format, latest_year=2026).to_pylist() == [None]


@pytest.mark.parametrize(("serial", "kind", "day"), [
    ("46115", "spreadsheet_serial", dt.date(2026, 4, 3)),
    ("1", "spreadsheet_serial", dt.date(1900, 1, 1)),
    ("61", "spreadsheet_serial", dt.date(1900, 3, 1)), ("60", "spreadsheet_serial", None),
    ("46115.75", "spreadsheet_serial", dt.date(2026, 4, 3)),
    ("44653", "spreadsheet_serial_1904", dt.date(2026, 4, 3)),
    ("1700000000", "unix_seconds", dt.date(2023, 11, 14)),
    ("1700000000123", "unix_milliseconds", dt.date(2023, 11, 14)), ("soon", "unix_seconds", None),
])
def test_numbers_of_days_are_read_where_declared(serial, kind, day):
    """46115 is Friday 3 April 2026 in every spreadsheet; 1,700,000,000 s is 14 November 2023."""
    assert parse_dates(pa.array([serial]), kind).to_pylist() == [day]


def test_two_digits_of_a_year_need_a_last_year():
    with pytest.raises(SettingsError, match="nothing says which century. Add latest_year"):
        check_date_format("%m/%d/%y", "here")
    for latest, year in ((2026, 1927), (2027, 2027)):
        assert parse_dates(pa.array(["01/02/27"]), "%m/%d/%y",
                           latest_year=latest)[0].as_py().year == year


def test_what_stands_in_brackets_may_be_absent():
    texts = pa.array(["3/4/2024 9:05", "3/4/2024", "3/4/2024 9"])
    assert parse_dates(texts, "%m/%d/%Y[ %H:%M]").to_pylist() == [
        dt.date(2024, 3, 4), dt.date(2024, 3, 4), None]


@pytest.mark.parametrize(("text", "decimal", "units"), [
    ("£25.00", "", "25"), ("€ 1,234.50", "", "1234.5"), ("$5", "", "5"), ("12 kr", "", "12"),
    ("12 kr.", "", "12"), ("USD 12", "", "12"), ("12 EUR", "", "12"), ("Rs 5", "", "5"),
    ("(30.00)", "", "-30"), ("($1,000)", "", "-1000"), ("35.00-", "", "-35"), ("-$5", "", "-5"),
    ("$-5", "", "-5"), ("−5", "", "-5"), ("+5", "", "5"), (".50", "", "0.5"), ("$.50", "", "0.5"),
    ("1 234.50", "", "1234.5"), ("1\u00a0234,50 €", ",", "1234.5"), ("1'234.50", "", "1234.5"),
    ("1.234,50", ",", "1234.5"), ("30,00", ",", "30"), ("25.000", ",", "25000"),
    ("25.000", ".", "25"), ("12 dollars", "", "12"), ("5 pounds", "", "5"),
    ("1,234.000", "", "1234"), ("$5 USD", "", "5"), ("$(1,234.50)", "", "-1234.5"),
    ("(5.00) USD", "", "-5"), ("5 usd", "", "5"), ("5 pesos", "", "5"),
])
def test_an_amount_is_read_to_the_hundredth(text, decimal, units):
    assert amount_of(text, decimal).minor == int(Decimal(units) * 100)


@pytest.mark.parametrize(("text", "decimal", "reason"), [
    ("25.000", "", "either_decimal"), ("1.205", "", "either_decimal"),
    ("1.234,50", "", "not_money"),
    ("30,00", "", "not_money"), ("1,23", "", "not_money"), ("0.125", ".", "not_money"),
    ("(5", "", "not_money"), ("--5", "", "not_money"), ("-5-", "", "not_money"),
    ("twelve", "", "not_money"), ("$", "", "not_money"), ("5 5", "", "not_money"),
    ("12 apples", "", "not_money"), ("£5 USD", "", "not_money"), ("VAT 5", "", "not_money"),
    ("ABC 5", "", "not_money"), ("5 all", "", "not_money"), ("1e3", "", "not_money"),
    ("٣", "", "not_money"), ("12,34.50", "", "not_money"), ("1234,567", "", "not_money"),
])
def test_what_may_be_another_amount_is_none(text, decimal, reason):
    assert amount_of(text, decimal)[:2] == (None, reason)


@pytest.mark.parametrize(("decimal", "texts"), [
    ("", ["5", "$5", "-$5.25", "USD 12", "12.50 USD", "12 kr", "€1,234.50", "(5)", "5-", "£5 USD",
          "VAT 5", "1,23", "25.000", ".50", "¤5", "$5.123", "", "1 234", "-€.50", "USD12",
          "5 KR"]),
    (",", ["5", "1.234,50", "5,5 kr", "$5,00", "1.234", "5.25"]),
])
def test_a_column_of_amounts_is_read_as_each_text_by_itself(decimal, texts):
    """The fast way, by columns, and the exact one, text by text, tell the same."""
    rule = Rule(TABLES["donations"].column("amount_minor"), ("a",), "money", decimal=decimal)
    made = make_column(rule, [pa.array(texts)], n_rows=len(texts), missing=("",))
    alone = [amount_of(text, decimal) for text in texts]
    assert made.values.to_pylist() == [one.minor for one in alone]
    assert made.is_bad.to_pylist() == [one.minor is None and text != ""
                                       for one, text in zip(alone, texts, strict=True)]
    assert [" ".join(one.currencies) for one in alone] == [
        meant or "" for meant in made.currencies.to_pylist()]


CURRENCIES = [  # the table, what its amounts say, and what the rows then are
    ("donations", "", ["$5", "USD 5", "5"], [None, "USD", None], []),
    ("donations", "", ["€5", "12 SEK"], ["EUR", "SEK"], []),
    ("donations", "", ["5 kr", "5 kroner"], [], [2, 3]),
    ("donations", "USD", ["$5", "€5", "USD 5", "5 GBP"], ["USD", "USD"], [3, 5]),
    ("donations", "CAD", ["$5", "USD 5"], ["CAD"], [3]),
    ("events", "", ["$5", "€5", "5", "USD 5"], [], [3]),
]


@pytest.mark.parametrize(("table", "said", "amounts", "codes", "lines"), CURRENCIES)
def test_a_sign_of_a_currency_fills_or_contradicts_and_is_never_dropped(
    tmp_path, table, said, amounts, codes, lines
):
    """The campaign counts in dollars (USD)."""
    given = {"donations": {"donation_id": "id", "donation_date": "day", "amount_minor": "amount",
                           "currency_code": "code"},
             "events": {"event_id": "id", "event_name": "id", "ask_minor": "amount"}}[table]
    text = csv_text(*(f'{n},03/14/2026,"{one}",{said}' for n, one in enumerate(amounts)),
                    header="id,day,amount,code")
    source = {"table": table, "columns": given, "currency_code": "USD"}
    batch = next(open_text(tmp_path, text, **source).batches())
    found = batch.set_aside.to_pylist()
    assert [(row["source_row"], row["reason_code"]) for row in found] == [
        (line, "other_currency") for line in lines]
    assert len(batch.accepted) == len(amounts) - len(lines)
    if table == "donations":
        assert batch.accepted["currency_code"].to_pylist() == codes


@given(st.decimals(-10**9, 10**9, places=2), st.sampled_from(["{:,.2f}", "{:.2f}"]))
def test_every_amount_that_is_written_is_read_back(amount, form):
    text = form.format(amount)
    assert amount_of(text).minor == int(amount * 100)
    swapped = text.translate(str.maketrans(",.", ".,"))
    assert amount_of(swapped, ",").minor == int(amount * 100)


@given(st.text(max_size=12))
def test_no_text_breaks_the_readers(text):
    for decimal in ("", ".", ","):
        amount_of(text, decimal)
        whole_of(text, decimal)


@pytest.mark.parametrize(("text", "number"), [
    ("1,205", 1205), ("1.00E+03", 1000), ("1e3", 1000), ("-1,205", -1205), ("1 205", 1205),
    ("12.0", 12), ("1.205", None), ("1.5E+00", None), ("1,20", None), ("1,205.5", None),
    ("9" * 30, None),
])
def test_a_whole_number_is_read_where_nothing_is_lost(text, number):
    assert whole_of(text) == number


@pytest.mark.parametrize(("text", "decimal", "number"), [
    ("0,5", ",", 0.5), ("1.5", ",", None), ("1,205", ".", None), ("0.5", ".", 0.5),
    ("0.5", "", 0.5), ("-1,25", ",", -1.25),
])
def test_a_number_is_read_with_its_mark_of_decimals(text, decimal, number):
    rule = Rule(TABLES["polls"].column("weight"), ("a",), "number", decimal=decimal)
    made = make_column(rule, [pa.array([text])], n_rows=1, missing=("",))
    assert made.values.to_pylist() == [number]


NAMES = {
    "last_first": {
        "Smith, Ann Marie Jr": ("Ann", "Marie", "Smith", "Jr"),
        "O'Neil, Bo": ("Bo", None, "O'Neil", None),
        "Van der Berg Sr., J. P.": ("J.", "P.", "Van der Berg", "Sr"),
        "Madonna": (None, None, "Madonna", None),
    },
    "full_name": {
        "Ann Marie Smith Jr": ("Ann", "Marie", "Smith", "Jr"),
        "Dr. Bo O'Neil": ("Bo", None, "O'Neil", None),
        "Jan van der Berg": ("Jan", None, "van der Berg", None),
        "Mr John Q Public III": ("John", "Q", "Public", "III"),
        "Ann Smith, PhD": ("Ann", None, "Smith", None),
        "Madonna": (None, None, "Madonna", None),
    },
}


@pytest.mark.parametrize(("order", "text"), [(o, t) for o, some in NAMES.items() for t in some])
def test_a_name_in_one_column_is_taken_apart(order, text):
    parts = ("first_name", "middle_name", "last_name", "name_suffix")
    found = tuple(READERS[f"{order}_{part}"]([pa.array([text])], " ")[0].as_py() for part in parts)
    assert found == NAMES[order][text]


def test_bands_of_ages_are_written_one_way():
    texts = ["18–24", "25 to 34", "65+", "65 and over", "75+ years", "under 25",
             "Age 35-44", "old"]
    assert age_band([pa.array(texts)], "").to_pylist() == [
        "18-24", "25-34", "65+", "65+", "75+", "0-24", "35-44", "old"]
