"""What reads and may not be so is told by column, and a key that lost its digits is no key."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import csv_text, make_source, open_text

from workbench.sources import DOUBTS, add_doubts, final_doubts, preset_of, suspicious
from workbench.sources.zeros import lengths_of_codes, short_codes, tally_of_codes

PAGE = Path(__file__).parents[1] / "docs" / "values.md"
VOTERS = {"voter_id": "id", "first_name": "name", "last_name": "name", "area_id": "area",
          "postcode": "post", "phone": "phone"}
GIFTS = {"donation_id": "id", "donation_date": "day", "amount_minor": "amount",
         "refund_of_id": "voter"}


def read(folder, rows, header, **source):
    """Return the batches of a file, and what is doubted of it by column and code."""
    text = csv_text(*(",".join(row) for row in rows), header=header)
    batches = list(open_text(folder, text, **source).batches())
    doubts = final_doubts(doubt for batch in batches for doubt in batch.doubts)
    return batches, {(doubt.column_name, doubt.code): doubt for doubt in doubts}


def voters(folder, *rows):
    header = "ID,Name,Area,Post,Phone"
    return read(folder, rows, header, table="voters", columns=VOTERS, date_format="")


def gifts(folder, *rows, date_format="%m/%d/%Y"):
    return read(folder, rows, "Id,Day,Amount,Voter", columns=GIFTS, date_format=date_format)


def reasons(batches):
    found = (row for batch in batches for row in batch.set_aside.to_pylist())
    return [(row["source_row"], row["reason_code"]) for row in found]


def test_a_key_in_powers_of_ten_is_no_key_and_none_vanishes_as_a_repeat(tmp_path):
    ids = ["1.23E+11", "1.23E+11", "1.24e+11", "7", "1E5"]
    batches, doubts = gifts(tmp_path, *((one, "03/14/2026", "5", "9") for one in ids))
    assert reasons(batches) == [(2, "mangled_key"), (3, "mangled_key"), (4, "mangled_key")]
    doubt = doubts["donation_id", "scientific_key"]
    assert (doubt.n_rows, doubt.first_rows, doubt.shape) == (4, (2, 3, 4), "9.99A+99")


def test_every_part_of_a_key_of_several_columns_is_looked_at(tmp_path):
    columns = {**VOTERS, "voter_id": {"from": ["area", "id"], "as": "joined"}}
    text = csv_text("1.23E+11,Ada,A,1,5", "8,Bo,B,1,5", header="id,name,area,post,phone")
    batch = next(open_text(tmp_path, text, table="voters", columns=columns,
                           date_format="").batches())
    assert reasons([batch]) == [(2, "mangled_key")]


def test_an_id_that_is_no_key_and_a_telephone_in_powers_of_ten_are_doubted(tmp_path):
    _, doubts = gifts(tmp_path, ("g1", "03/14/2026", "5", "1.23E+11"))
    assert doubts["refund_of_id", "scientific_key"].file_column == "Voter"
    _, doubts = voters(tmp_path / "v", ("1", "Ada", "A", "10001", "5.55E+09"))
    assert list(doubts) == [("phone", "scientific_key")]


def test_keys_that_end_in_a_decimal_are_doubted_and_kept(tmp_path):
    batches, doubts = gifts(tmp_path, ("1.0", "03/14/2026", "5", "4"),
                            ("2.0", "03/14/2026", "5", "4"), ("x3", "03/14/2026", "5", "4"))
    assert reasons(batches) == []
    doubt = doubts["donation_id", "decimal_key"]
    assert (doubt.n_rows, doubt.n_values, doubt.shape) == (2, 3, "9.9")
    assert "without_decimal" in doubt.cure


@pytest.mark.parametrize(("area", "is_doubted"), [
    ("4-Jan", True), ("04-jan", True), ("Jan-04", True), ("Sept-1", True), ("12-DEC", True),
    ("4-1", False), ("Jan", False), ("A-Jan", False), ("4-Janet", False), ("4-Sea", False),
])
def test_a_code_that_looks_like_a_day_is_doubted(tmp_path, area, is_doubted):
    _, doubts = voters(tmp_path, ("1", "Ada", area, "10001", "5"), ("2", "Bo", "7", "10001", "5"))
    assert (("area_id", "code_as_day") in doubts) == is_doubted


POSTCODES = ["02138", "02139", "10001", "60601", "2140"]


@pytest.mark.parametrize(("column", "codes", "n_short"), [
    ("postcode", POSTCODES, 1),
    ("postcode", ["2138", "2139", "10001", "60601", "94110", "30301"], 2),
    ("postcode", ["10001", "60601", "94110", "30301", "75201"], 0),
    ("postcode", ["SW1A 1AA", "N1 9GU", "E1 6AN", "10001", "2138"], 0),
    ("postcode", ["1010", "10115", "20095", "1020"], 0),  # Vienna and Berlin: too few
    ("voter_id", [str(n) for n in range(1, 1000)], 0),  # counted from 1
    ("voter_id", [str(n) for n in range(9_950, 10_060)], 0),  # counted on
    ("voter_id", [str(n) for n in range(1, 45_000, 450)], 0),
    ("voter_id", [str(n * 7919 % 10**8) for n in range(1, 10**6, 9973)], 11),
    ("voter_id", [f"{n * 7919 % 10**8:08d}" for n in range(1, 10**6, 9973)], 0),
])
def test_shorter_codes_among_codes_of_one_length_may_lack_zeros(column, codes, n_short):
    text = pa.array(codes)
    tally = tally_of_codes(text, lengths_of_codes(text))
    assert sum(short_codes(tally, column).values()) == n_short


def test_lengths_of_codes_are_those_of_the_whole_file(tmp_path):
    rows = [(str(n), "Ada", "A", code, "5") for n, code in enumerate(POSTCODES)]
    text = csv_text(*(",".join(row) for row in rows), header="id,name,area,post,phone")
    opened = open_text(tmp_path, text, table="voters", columns=VOTERS, date_format="")
    whole = final_doubts(next(opened.batches()).doubts)
    parts = final_doubts(add_doubts(
        doubt for batch in replace(opened, chunk_bytes=30).batches() for doubt in batch.doubts))
    assert [(d.code, d.n_rows, d.n_values, d.shape) for d in whole] == [
        ("lost_zeros", 1, 5, "9999")]
    assert [(d.code, d.n_rows, d.n_values, d.shape) for d in parts] == [
        ("lost_zeros", 1, 5, "9999")]


@pytest.mark.parametrize(("days", "date_format", "is_doubted"), [
    (["03/04/2026", "05/06/2026", "11/12/2026"], "%m/%d/%Y", True),
    (["03/04/2026", "05/06/2026", "11/13/2026"], "%m/%d/%Y", False),
    (["03/04/26", "05/06/26"], "%d/%m/%y", True),
    (["03/03/2026", "05/05/2026"], "%m/%d/%Y", False),  # the same day either way
    (["2026-03-04"], "%Y-%m-%d", False),
    (["4 Mar 2026"], "%d %b %Y", False),
])
def test_days_that_are_all_under_13_leave_their_order_open(
    tmp_path, days, date_format, is_doubted
):
    rows = (f"g{n},{day},5,9" for n, day in enumerate(days))
    text = csv_text(*rows, header="id,day,amount,voter")
    opened = open_text(tmp_path, text, columns=GIFTS, date_format=date_format, latest_year=2026)
    batches = replace(opened, chunk_bytes=10).batches()
    doubts = final_doubts(doubt for batch in batches for doubt in batch.doubts)
    assert [doubt.code for doubt in doubts] == ["day_month_order"] * is_doubted


def test_days_of_two_digits_in_the_other_order_are_counted_and_their_rules_are_told(tmp_path):
    text = csv_text("g1,25/12/25,5,9", "g2,26/12/25,5,9", header="id,day,amount,voter")
    batch = next(open_text(tmp_path, text, columns=GIFTS, date_format="%m/%d/%y",
                           latest_year=2026).batches())
    assert batch.n_other_order == {"donation_date": 2}
    assert final_doubts(batch.unread)[0].cure == (
        'date_format: "%d/%m/%y" or date_format: "%y/%m/%d"')


RESPONDENTS = {"respondent_id": "ResponseId", "vote_intention_code": "Q1",
               "wave_name": {"constant": "w1"}, "weight": "Weight",
               "interview_date": "EndDate"}


@pytest.mark.parametrize(("row", "is_question"), [
    ('Response ID,"Who would you vote for, if it were today?",,End Date', True),
    ('"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}",,', True),
    ("Response ID,Please choose one,,", True),
    ("118,Response,,", True),
    ("118,Open-Ended Response,,", True),
    ("R_1,?,1.0,2026-03-14", False),
    ("R_1,DEM,1.0,2026-03-14", False),
    ("R_2,who knows?,1.0,2026-03-14", False),
])
def test_rows_of_questions_below_the_header_are_no_respondents(tmp_path, row, is_question):
    text = csv_text(row, "R_9,DEM,1.0,2026-03-14", header="ResponseId,Q1,Weight,EndDate")
    batch = next(open_text(tmp_path, text, table="polls", columns=RESPONDENTS,
                           date_format="").batches())
    assert reasons([batch]) == [(2, "question_text")] * is_question


def test_what_stands_above_import_keys_is_no_answer(tmp_path):
    """A heading that asks nothing, in a file whose only mapped column is the answer."""
    text = csv_text('Rate the candidate', '{"ImportId":"QID1"}'.replace('"', '""').join('""'),
                    "4", "5", header="Q1")
    columns = {"respondent_id": {"as": "row_number"}, "vote_intention_code": "Q1",
               "wave_name": {"constant": "w1"}}
    batch = next(open_text(tmp_path, text, table="polls", columns=columns,
                           date_format="").batches())
    assert reasons([batch]) == [(2, "question_text"), (3, "question_text")]


@pytest.mark.parametrize(("keys", "lines"), [
    (["Respondent", "1", "2", "3"], [2]),  # LimeSurvey, with codes and texts as headings
    (["id", "Respondent", "r1", "r2", "r3", "r4"], [2, 3]),
    (["Respondent", "1"], []),  # one key of each kind tells nothing
    (["Ann", "Bo", "c3", "d4", "e5", "Fay"], []),  # words among the later keys: they are keys
    (["1", "2", "Respondent", "3", "4"], []),  # not right below the header
    (["Ely", "March 2", "Over 3", "Soham 4"], []),  # names of places, which are keys
    (["a1", "b2", "c3", "d4", "e5", "f6", "Total rows"], []),  # below the first rows
])
def test_a_word_among_keys_of_digits_heads_a_column(tmp_path, keys, lines):
    rows = [f"{key},DEM,1.0,2026-03-14" for key in keys]
    batch = next(open_text(tmp_path, csv_text(*rows, header="ResponseId,Q1,Weight,EndDate"),
                           table="polls", columns=RESPONDENTS, date_format="").batches())
    assert reasons([batch]) == [(line, "question_text") for line in lines]


def test_a_long_text_is_looked_at_once(tmp_path):
    """A pattern that begins again at each letter took minutes for a text of a megabyte."""
    before = time.process_time()
    text = csv_text(f"R_1,{'x' * 900_000},1.0,2026-03-14", header="ResponseId,Q1,Weight,EndDate")
    batch = next(open_text(tmp_path, text, table="polls", columns=RESPONDENTS,
                           date_format="").batches())
    assert len(batch.accepted) == 1
    assert time.process_time() - before < 20


def test_the_page_names_every_doubt():
    told = set(re.findall(r"`([a-z_]+)`", PAGE.read_text(encoding="utf-8")))
    assert set(DOUBTS) - told == set()


def test_a_preset_knows_the_order_of_its_days_unless_the_source_says_another(tmp_path):
    for date_format, codes in (("", []), ("%d/%m/%Y", ["day_month_order"])):
        source = make_source(preset="nc_vote_history", table="vote_history", columns={},
                             date_format=date_format)
        names = sorted(preset_of(source).needed_columns)
        header = "\t".join(names)
        row = "\t".join("11/03/2020" if name == "election_lbl" else "x" for name in names)
        opened = open_text(tmp_path, f"{header}\n{row}\n", preset="nc_vote_history",
                           table="vote_history", columns={}, date_format=date_format)
        doubts = final_doubts(next(opened.batches()).doubts)
        assert [doubt.code for doubt in doubts] == codes


MANGLED_BESIDE_PLAIN = [
    "1.23E+11", "1,5e+04", "1E5", "12e3 ", "123.0", "7.00", "4-Jan", "sept-12", "TOTAL",
    "Sub-total:", "grand Totals", "Ward 3 total", "A-E", "e", "10.5", "G000", "", " ", "ſubtotal",
    "tota", "١٢",
]


@given(texts=st.lists(st.sampled_from(MANGLED_BESIDE_PLAIN) | st.none(), min_size=1, max_size=6),
       first=st.integers(0, 3), pattern=st.sampled_from(sorted(suspicious.NEEDED)))
def test_what_is_searched_first_never_hides_a_text_that_has_the_pattern(texts, first, pattern):
    array = pa.array(texts, pa.string()).slice(first)
    asked_alone = pc.match_substring_regex(array, pattern).to_pylist()
    assert suspicious._any(array, pattern) == any(asked_alone)
