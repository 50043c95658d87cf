"""Files as they come: what is unusual about a file is read or told once, and no row is lost."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from made_files import (
    GIFTS,
    HEADER,
    PEOPLE,
    accepted_rows,
    csv_text,
    make_folder,
    open_text,
    people,
)

from workbench.errors import SettingsError, SourceError
from workbench.intake import admit
from workbench.sources import refuse_several_contests, take_records_out


def admitted(folder, content, **changes):
    """The quality of the source, and what its rows became: accepted, set aside, left out."""
    settings = make_folder(folder, **changes)
    settings.write(content)
    quality = admit(settings.settings, "gifts", n_workers=1).quality
    rows = quality.rows
    assert rows["n_rows"] == sum(n for name, n in rows.items() if name != "n_rows")
    return quality, tuple(rows[name] for name in ("n_accepted", "n_set_aside", "n_left_out"))


def notes_of(quality):
    return {note["code"]: note["n_lines"] for note in quality.notes}


# ---- rows chosen by a column's text

CONTESTS = (f"{HEADER},Contest\n"
            "g1,Avery,03/14/2026,25.00,,US House 5\n"
            "g2,Blair,03/15/2026,10.00,,US House 6\n"
            "g3,Casey,no day,10.00,,US House 6\n"
            "g4,Drew,03/16/2026,ten,, US  House 5 \n")


def test_rows_that_keep_leaves_out_are_counted_and_are_neither_accepted_nor_set_aside(tmp_path):
    quality, became = admitted(tmp_path, CONTESTS, keep={"Contest": ["US House 5"]})
    assert became == (1, 1, 2)
    assert notes_of(quality) == {"kept_out": 2}


@pytest.mark.parametrize(("keep", "message"), [
    ({"Contest": ["US House 7"]}, r"keep.Contest: no row holds 'US House 7'"),
    ({"Contest": ["US House 5", "us house 6"]}, r"no row holds 'us house 6'"),
    ({"Contest": []}, "lists no text"),
])
def test_a_text_under_keep_that_no_row_holds_is_refused(tmp_path, keep, message):
    with pytest.raises(SettingsError, match=message):
        admitted(tmp_path, CONTESTS, keep=keep)


def test_a_column_under_keep_that_the_file_lacks_is_told_with_the_nearest(tmp_path):
    with pytest.raises(SourceError, match=r"no column 'Contests'.*'Contest'.*gifts.keep"):
        admitted(tmp_path, CONTESTS, keep={"Contests": ["US House 5"]})


def test_a_person_whose_row_is_left_out_is_still_found_in_the_raw_file(tmp_path):
    opened = open_text(tmp_path, CONTESTS, keep={"Contest": ["US House 6"]})
    (chunk,) = opened.chunks()
    assert opened.placed(chunk).rows["donation_id"].to_pylist() == ["g1", "g2", "g3", "g4"]


# ---- what every row shares is read, and told once

ROWS = (("Ada Lock", "Ely", "called, left card"), ("Ben O'Dea", "Ely", ""),
        ("Cy", "Ware", 'say "hi"'))
PLAIN = 'Name,Town,Note\nAda Lock,Ely,"called, left card"\nBen O\'Dea,Ely,\nCy,Ware,"say ""hi"""\n'
WRITTEN = {
    "space_before_quotes": 'Name, Town, Note\nAda Lock, Ely, "called, left card"\n'
                           'Ben O\'Dea, Ely, \nCy, Ware, "say ""hi"""\n',
    "backslash_escapes": 'Name,Town,Note\nAda Lock,Ely,"called, left card"\nBen O\'Dea,Ely,\n'
                         'Cy,Ware,"say \\"hi\\""\n',
    "single_quotes": "'Name','Town','Note'\n'Ada Lock','Ely','called, left card'\n"
                     "'Ben O''Dea','Ely',''\n'Cy','Ware','say \"hi\"'\n",
    "delimiter_of_several_signs": "Name||Town||Note\nAda Lock||Ely||called, left card\n"
                                  "Ben O'Dea||Ely||\nCy||Ware||\"say \"\"hi\"\"\"\n",
    "delimiter_at_line_ends": PLAIN.replace("\n", ",\n").replace("Note,", "Note"),
    "header_with_a_blank_name": PLAIN.replace("Note\n", "Note,\n"),
    "lines_above_header": "sep=,\nVolunteers\n" + PLAIN,
}


@pytest.mark.parametrize(("code", "content"), WRITTEN.items())
def test_a_quirk_that_every_row_shares_is_read_and_told_once(tmp_path, code, content):
    opened = open_text(tmp_path, content, **PEOPLE)
    assert tuple(csv.reader(io.StringIO(PLAIN)))[1:] == tuple(map(list, ROWS))
    n_above = content.count("\n") - 4
    assert people(opened) == ([*ROWS], [2 + n_above, 3 + n_above, 4 + n_above])
    assert [note.code for note in opened.files[0].layout.notes] == [code]
    assert sum(len(batch.set_aside) for batch in opened.batches()) == 0


def test_a_plain_file_has_no_note(tmp_path):
    opened = open_text(tmp_path, PLAIN, **PEOPLE)
    assert people(opened)[0] == [*ROWS]
    assert opened.files[0].layout.notes == ()


@pytest.mark.parametrize("mark", ["^", "~", "||", "::", "\x1f", ";;", " "])
def test_seldom_delimiters_are_known_by_the_names_of_the_columns(tmp_path, mark):
    content = mark.join(("Name", "Town", "Note")) + "\n" + mark.join(("Ada", "Ely", "x,y")) + "\n"
    assert people(open_text(tmp_path, content, **PEOPLE))[0] == [("Ada", "Ely", "x,y")]


@pytest.mark.parametrize("mark", ["a", '"', "", "\n", "||||||"])
def test_a_delimiter_is_a_few_signs_that_no_value_is_made_of(tmp_path, mark):
    if mark:
        with pytest.raises(SettingsError, match="a delimiter is one to 5 signs"):
            open_text(tmp_path, PLAIN, delimiter=mark, **PEOPLE)
    else:
        assert people(open_text(tmp_path, PLAIN, delimiter=mark, **PEOPLE))[0] == [*ROWS]


def test_quotes_are_letters_where_the_source_says_so(tmp_path):
    content = 'Name,Town,Note\nAda "Dee" Lock,Ely,5" x\n"Ben,Ely,y"\n'
    opened = open_text(tmp_path, content, quote="none", **PEOPLE)
    assert people(opened)[0] == [('Ada "Dee" Lock', "Ely", '5" x'), ('"Ben', "Ely", 'y"')]


def test_one_backslash_among_fine_rows_changes_no_other_value(tmp_path):
    content = PLAIN + 'Di,Ely,"C:\\new"\nEd,Ely,"\\\\server"\n'
    values = [row[2] for row in people(open_text(tmp_path, content, **PEOPLE))[0]]
    assert values[3:] == ["C:\\new", "\\\\server"]


def test_a_row_that_breaks_the_shared_writing_is_set_aside_alone(tmp_path):
    content = WRITTEN["space_before_quotes"] * 1 + "".join(
        f'N{n}, Ely, "a, {n}"\n' for n in range(20)) + 'Bad, Ely, "a" b, c\n'
    opened = open_text(tmp_path, content, **PEOPLE)
    (batch,) = opened.batches()
    assert (len(batch.accepted), batch.set_aside["source_row"].to_pylist()) == (23, [25])


def test_a_shifted_row_is_not_taken_for_one_that_ends_with_a_delimiter(tmp_path):
    content = WRITTEN["delimiter_at_line_ends"] + "Di,Ely,x,y\n"
    content = content + "".join(f"N{n},Ely,,\n" for n in range(5))
    opened = open_text(tmp_path, content.replace("Di,Ely,x,y\n", "") + "N,Ely,,\n" * 200
                       + "Di,Ely,x,y\n", **PEOPLE)
    (batch,) = opened.batches()
    assert [(row["source_row"], row["reason_code"]) for row in batch.set_aside.to_pylist()] == [
        (210, "wrong_number_of_fields")]


# ---- a file at fault as a whole is told once, and no row is blamed

AT_FAULT = {
    "header one short": ("Name;Town;Note\nr1;Ada Lock;Ely;called\nr2;Ben;Ely;out\n",
                         "names 3 columns and every row has 4 fields.*align_header: last .* "
                         "first column has no name"),
    "header one long": ("Name,Town,Note,Phone\nAda,Ely,x\nBen,Ely,y\n",
                        "names 4 columns and every row has 3 fields"),
    "names in other places": ("Name,Town,Note\nAda,Ely,x\nTown,Name,Note\nEly,Ben,y\n",
                              "line 3 holds names of columns in other places"),
}


@pytest.mark.parametrize(("content", "message"), AT_FAULT.values(), ids=AT_FAULT)
def test_a_file_at_fault_is_told_with_the_cure(tmp_path, content, message):
    with pytest.raises(SourceError, match=message):
        list(open_text(tmp_path, content, **PEOPLE).batches())


def test_the_cure_for_a_header_one_short_works(tmp_path):
    content, _ = AT_FAULT["header one short"]
    opened = open_text(tmp_path, content, names=["row", "Name", "Town", "Note"], header_line=1,
                       **PEOPLE)
    assert people(opened) == ([("Ada Lock", "Ely", "called"), ("Ben", "Ely", "out")], [2, 3])


def test_a_file_without_a_header_is_read_by_the_names_of_the_source(tmp_path):
    names = ["Name", "Town", "Note"]
    opened = open_text(tmp_path, "Ada,Ely,x\nBen,Ely,y\n", names=names, **PEOPLE)
    assert people(opened) == ([("Ada", "Ely", "x"), ("Ben", "Ely", "y")], [1, 2])


# ---- lines that are no rows are counted

NO_ROWS = {
    "header again": (csv_text(GIFTS[0], HEADER, *GIFTS[1:], HEADER), {"header_again": 2}),
    "header again, quoted": (csv_text(GIFTS[0], '"Gift", Donor,DAY,Amount,Note', *GIFTS[1:]),
                             {"header_again": 1}),
    "title": (f"Gifts of March\n\nas of 1 April,,,,\n{csv_text(*GIFTS)}",
              {"lines_above_header": 2}),
    "total": (csv_text(*GIFTS, "Total: 3 gifts"), {"below_last_row": 1}),
    "notes": (csv_text(*GIFTS, "", "Source: the office,,,,", "* by post"), {"below_last_row": 2}),
    "end": (csv_text(*GIFTS, "", "End of file"), {"below_last_row": 1}),
}


@pytest.mark.parametrize(("content", "notes"), NO_ROWS.values(), ids=NO_ROWS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_that_are_no_rows_are_counted_and_no_row_is_lost(tmp_path, content, notes, end):
    quality, became = admitted(tmp_path, content.replace("\n", end))
    n_out = sum(n for code, n in notes.items() if code != "lines_above_header")
    assert became == (3, 0, n_out)
    assert notes_of(quality) == notes


@pytest.mark.parametrize("last", ["g4", "x", "g4,Dana"])
def test_half_a_row_at_the_end_is_set_aside_and_not_taken_for_a_note(tmp_path, last):
    _, became = admitted(tmp_path, csv_text(*GIFTS) + last)
    assert became == (3, 1, 0)


def test_lines_below_the_last_row_can_be_declared(tmp_path):
    _, became = admitted(tmp_path, csv_text(*GIFTS, "", "x1,sum,03/14/2026,40.50,"), lines_below=1)
    assert became == (3, 0, 1)


@pytest.mark.parametrize("more", [
    "Gift,Donor,Amount\ng9,X,1.00\ng8,Y,2.00\n",
    "\nArea,Town,Team,Lead,Phone\nN1,Ely,a,Z,07700 900001\nN2,Ware,b,Y,07700 900002\n",
    "\n\nArea,Phone\nNorth,07700 900001\nSouth,07700 900002\n",
])
def test_a_second_table_is_set_aside_from_its_header_on(tmp_path, more):
    opened = open_text(tmp_path, csv_text(*GIFTS) + more)
    (batch,) = opened.batches()
    assert len(batch.accepted) == 3
    assert batch.set_aside["reason_code"].to_pylist() == ["another_table"] * 3


@pytest.mark.parametrize("n_bytes", [20, 60, 1 << 20])
def test_what_is_no_row_is_the_same_whatever_the_size_of_a_chunk(tmp_path, n_bytes):
    content = f"A title\n{csv_text(GIFTS[0], HEADER, *GIFTS[1:], '', 'End of file')}"
    opened = dataclasses.replace(open_text(tmp_path, content), chunk_bytes=n_bytes)
    batches = list(opened.batches())
    assert sum(len(batch.accepted) for batch in batches) == 3
    assert sum(batch.n_left_out for batch in batches) == 2
    assert [line for batch in batches for line in batch.lines.tolist()] == [3, 5, 6]


# ---- several contests

RESULTS = ("precinct,office,party,votes\nP-1,President,DEM,120\nP-1,U.S. House,DEM,90\n"
           "P-2,President,DEM,80\n")
RESULT = {"table": "area_results", "date_format": "", "columns": {
    "area_id": "precinct", "election_date": {"constant": "2024-11-05"}, "party_code": "party",
    "n_votes": "votes"}}


def test_results_of_several_contests_ask_which_one_is_meant(tmp_path):
    with pytest.raises(SourceError, match=r"2 contests.*'President', 'U.S. House'.*keep: "):
        refuse_several_contests(open_text(tmp_path, RESULTS, **RESULT))
    chosen = open_text(tmp_path, RESULTS, keep={"office": ["President"]}, **RESULT)
    refuse_several_contests(chosen)
    assert accepted_rows(chosen)["n_votes"].to_pylist() == [120, 80]


def test_results_of_one_contest_a_place_are_read(tmp_path):
    content = RESULTS.replace("P-1,U.S. House", "P-3,U.S. House")
    opened = open_text(tmp_path, content, **RESULT)
    assert refuse_several_contests(opened) is None


# ---- erasure

@pytest.mark.parametrize("code", ["space_before_quotes", "backslash_escapes", "single_quotes",
                                  "delimiter_of_several_signs"])
def test_a_record_is_taken_out_of_a_rewritten_file_and_every_other_byte_stays(tmp_path, code):
    opened = open_text(tmp_path, "Volunteers\r\n" + WRITTEN[code].replace("\n", "\r\n"), **{
        **PEOPLE, "columns": {**PEOPLE["columns"], "entry_id": "Name"}})
    (chunk,) = opened.chunks()
    placed = opened.placed(chunk)
    place = (int(placed.starts[1]), int(placed.ends[1]))
    path = take_records_out(opened, 0, [place], tmp_path)
    lines = ("Volunteers\n" + WRITTEN[code]).split("\n")
    assert path.read_bytes().decode() == "\r\n".join(line for line in lines if "Dea" not in line)
