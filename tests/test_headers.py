"""Headers as survey tools, R and government spreadsheets write them: read, or told with a cure."""

from __future__ import annotations

import dataclasses
import io

import pandas as pd
import pytest
from made_files import GIFTS, HEADER, PEOPLE, csv_text, open_text, people

from workbench.errors import SettingsError, SourceError
from workbench.sources import encoding, take_records_out


def codes(opened):
    return [note.code for note in opened.files[0].layout.notes]


# ---- more or fewer names than fields

# As R's write.table writes a frame: the column of row names has no name.
OF_R = '"Name";"Town";"Note"\n"17";"Ada";"Ely";"called"\n"23";"Ben";"Ware";NA\n'
# As a crowd-work site writes results: the last two columns are there only in the header.
OF_A_SITE = '"Name","Town","Note","Approve","Reject"\n"Ada","Ely","x"\n"Ben","Ware","y"\n'


def test_a_table_of_r_is_read_as_pandas_reads_it_once_the_source_says_so(tmp_path):
    frame = pd.read_csv(io.StringIO(OF_R), sep=";", keep_default_na=False)
    assert list(frame.columns) == ["Name", "Town", "Note"]
    opened = open_text(tmp_path, OF_R, align_header="last", missing=["NA"], **PEOPLE)
    found, lines = people(opened)
    assert found == [tuple(row) for row in frame.replace("NA", "").to_numpy().tolist()]
    assert (lines, codes(opened)) == ([2, 3], ["header_aligned"])


def test_columns_that_only_the_header_has_are_left_out_once_the_source_says_so(tmp_path):
    with pytest.raises(SourceError, match="last 2 columns are missing from the rows"):
        open_text(tmp_path, OF_A_SITE, **PEOPLE)
    opened = open_text(tmp_path, OF_A_SITE, align_header="first", **PEOPLE)
    assert people(opened)[0] == [("Ada", "Ely", "x"), ("Ben", "Ware", "y")]


@pytest.mark.parametrize(("content", "end", "column"), [
    (OF_A_SITE, "last", "Name"), ("Name,Town,x,Note\nAda,Ely,x\nBen,Ely,y\n", "first", "Note")])
def test_a_column_for_which_no_field_is_left_is_named(tmp_path, content, end, column):
    with pytest.raises(SourceError, match=f"no field is left for the column '{column}'"):
        open_text(tmp_path, content, align_header=end, **PEOPLE)


def test_an_end_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="align_header: 'left' is not known"):
        open_text(tmp_path, OF_R, align_header="left", **PEOPLE)


def test_a_header_that_fits_is_read_as_it_is_whatever_the_source_says(tmp_path):
    content = "Name,Town,Note\nAda,Ely,x\n"
    opened = open_text(tmp_path, content, align_header="last", **PEOPLE)
    assert (people(opened)[0], codes(opened)) == ([("Ada", "Ely", "x")], [])


def test_a_blank_name_at_the_end_is_nothing_where_some_rows_are_of_another_length(tmp_path):
    content = "Name,Town,Note,\nAda,Ely,x\nBen,Ely,y\nCy,Ely\nDi,Ely,z\n"
    opened = open_text(tmp_path, content, **PEOPLE)
    (batch,) = opened.batches()
    assert people(opened)[1] == [2, 3, 5]
    assert batch.set_aside["reason_code"].to_pylist() == ["wrong_number_of_fields"]


# ---- a header over several lines

TRAVEL = {**PEOPLE, "columns": {**PEOPLE["columns"], "first_name": "Dates",
                                "last_name": "Travel Rail", "email": "Total Cost"}}
OVER_TWO = ("An official,,,,\n,,,,\nDates,Purpose,Travel,,Total\n,,Air,Rail,Cost\n"
            "1 May,visit,,65.60,65.60\n9 May,visit,,16.00,16.00\n")
OVER = {
    "two lines": (OVER_TWO, [5, 6]),
    "a blank line between": (OVER_TWO.replace(",,Air", ",,,,\n,,Air"), [6, 7]),
    "a name with a line end": (OVER_TWO.replace("Dates", '"Dates\n"'), [6, 7]),
    "the same header again, on fewer lines": (
        OVER_TWO.replace(",,Air", ",,,,\n,,Air") + "\n" + OVER_TWO, [6, 7]),
}


@pytest.mark.parametrize(("content", "lines"), OVER.values(), ids=OVER)
def test_a_header_over_lines_is_named_from_top_to_bottom(tmp_path, content, lines):
    opened = open_text(tmp_path, content, **TRAVEL)
    found = people(opened)
    assert found[0][:2] == [("1 May", "65.60", "65.60"), ("9 May", "16.00", "16.00")]
    assert found[1][:2] == lines
    assert "header_over_lines" in codes(opened)


def test_one_line_that_names_all_that_is_needed_is_the_header(tmp_path):
    columns = {**PEOPLE["columns"], "first_name": "Dates", "last_name": "Travel", "email": "Total"}
    opened = open_text(tmp_path, OVER_TWO, **{**PEOPLE, "columns": columns})
    assert "header_over_lines" not in codes(opened)


# ---- letters that were stored as control characters

# "O’Neil", "5–7" and "£5" in Windows-1252, read as Latin-1 and saved in UTF-8.
AS_CONTROLS = "Name,Town,Note\nO\x92Neil,Ely,5\x967\nJosé,Ware,£5\n"
LETTERS = [("O’Neil", "Ely", "5–7"), ("José", "Ware", "£5")]


@pytest.mark.parametrize("how", [{}, {"encoding": "latin-1"}])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_letters_stored_as_control_characters_are_read_as_letters(tmp_path, how, end):
    written = AS_CONTROLS.replace("\n", end).encode(how.get("encoding", "utf-8"))
    opened = open_text(tmp_path, written, **how, **PEOPLE)
    assert (people(opened)[0], codes(opened)) == (LETTERS, ["letters_as_controls"])


@pytest.mark.parametrize("n_bytes", range(14, 22))
def test_such_a_letter_is_seen_wherever_a_block_of_the_file_ends(tmp_path, monkeypatch, n_bytes):
    monkeypatch.setattr(encoding, "_BLOCK_BYTES", n_bytes)
    opened = open_text(tmp_path, "Name,Town,Note\nO\x92Neil,Ely,x\n", **PEOPLE)
    assert people(opened)[0] == [("O’Neil", "Ely", "x")]


def test_letters_beyond_latin_stay_as_they_are(tmp_path):
    content = "Name,Town,Note\nЯна,Łódź,日本\n"
    opened = open_text(tmp_path, content, **PEOPLE)
    assert (people(opened)[0], codes(opened)) == ([("Яна", "Łódź", "日本")], [])


def test_a_record_with_such_letters_is_taken_out_and_every_other_byte_stays(tmp_path):
    content = AS_CONTROLS + "'Di', 'Ely', 'x'\n"
    opened = open_text(tmp_path, content, **{
        **PEOPLE, "columns": {**PEOPLE["columns"], "entry_id": "Name"}})
    placed = opened.placed(next(iter(opened.chunks())))
    path = take_records_out(opened, 0, [(int(placed.starts[0]), int(placed.ends[0]))], tmp_path)
    lines = content.splitlines(keepends=True)
    assert path.read_bytes() == "".join([lines[0], *lines[2:]]).encode()


# ---- single quotes that no delimiter needs

def test_a_column_in_single_quotes_is_read_without_them(tmp_path):
    content = "Name,Town,Note\n'Ada','Ely',called\n'O''Dea',Ely,\n'Ben','Ware',\n"
    opened = open_text(tmp_path, content, **PEOPLE)
    assert people(opened)[0] == [("Ada", "Ely", "called"), ("O'Dea", "Ely", ""),
                                 ("Ben", "Ware", "")]
    assert codes(opened) == ["single_quotes"]


def test_one_value_in_single_quotes_keeps_them(tmp_path):
    content = "Name,Town,Note\n'Ada',Ely,x\nBen,Ware,'y'\n"
    opened = open_text(tmp_path, content, **PEOPLE)
    assert (people(opened)[0][0], codes(opened)) == (("'Ada'", "Ely", "x"), [])


# ---- titles among the rows

@pytest.mark.parametrize("n_bytes", [20, 60, 1 << 20])
def test_a_title_above_a_header_that_comes_again_is_no_row(tmp_path, n_bytes):
    again = f"\nGifts of April,,,,\n,,,,\n{HEADER}\n"
    content = csv_text(GIFTS[0]) + again + "\n".join(GIFTS[1:]) + "\n"
    opened = dataclasses.replace(open_text(tmp_path, content), chunk_bytes=n_bytes)
    batches = list(opened.batches())
    assert [line for batch in batches for line in batch.lines.tolist()] == [2, 7, 8]
    assert sum(batch.n_left_out for batch in batches) == 2
    assert sum(len(batch.set_aside) for batch in batches) == 0


def test_a_title_among_rows_of_two_columns_is_no_row(tmp_path):
    content = "Label,Sum\nHotels,2\n,\nStationery,\n,\nLabel,Sum\nPaper,6\n"
    pair = {**PEOPLE, "columns": {"entry_id": {"as": "row_number"}, "first_name": "Label",
                                  "last_name": "Sum"}}
    assert people(open_text(tmp_path, content, **pair))[0] == [
        ("Hotels", "2", ""), ("Paper", "6", "")]


def test_many_rows_of_one_text_above_a_header_that_comes_again_stay_rows(tmp_path):
    content = "Name,Town,Note\nAda,Ely,x\n\nBen,,\nCy,,\nDi,,\nName,Town,Note\nEd,Ely,y\n"
    assert [name for name, _, _ in people(open_text(tmp_path, content, **PEOPLE))[0]] == [
        "Ada", "Ben", "Cy", "Di", "Ed"]


SECOND = "\n,,,,\nTravel,,,,\nGift,Dates of trip,Place,Why,Cost\nAnn,May,Rome,Talk,none\n"


def test_a_titled_table_in_words_is_set_aside_from_its_title_on(tmp_path):
    (batch,) = open_text(tmp_path, csv_text(*GIFTS) + SECOND).batches()
    assert len(batch.accepted) == 3
    assert batch.set_aside["reason_code"].to_pylist() == ["another_table"] * 3


@pytest.mark.parametrize("more", [
    "\nNorth,,\nAnn,Ely,Phone\nBen,Ely,Post\n", "\nAnn,,\nBen,,\nCy,Ely,\nDi,Ware,x\n",
    "\nName,Ely,\nDi,Ware,x\n"])
def test_rows_in_words_below_a_blank_line_stay_rows(tmp_path, more):
    opened = open_text(tmp_path, "Name,Town,Note\nAda,Ely,x\n" + more, **PEOPLE)
    (batch,) = opened.batches()
    assert len(batch.accepted) == 1 + more.count("\n") - 1
