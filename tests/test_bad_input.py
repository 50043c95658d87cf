"""Files as they should not arrive: one clear message, or rows set aside with reason and line."""

from __future__ import annotations

import gzip
import io
import os
import re
import zipfile

import pytest
from made_files import COLUMNS, GIFTS, HEADER, PATH, PLANTED, csv_text, make_folder

from workbench.errors import SettingsError, SourceError
from workbench.settings import load_settings
from workbench.sources.records import LARGEST_RECORD_BYTES

GOOD = csv_text(*GIFTS)


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path)


def refusal(folder, content=None, error=SourceError):
    """Return the message of a run that is refused, and hold that it left no trace."""
    if content is not None:
        folder.write(content)
    before = folder.outputs()
    with pytest.raises(error) as raised:
        folder.admit()
    message = str(raised.value)
    assert folder.outputs() == before
    assert not [value for value in PLANTED if value in message], message
    assert "Traceback" not in message
    return message


def admitted(folder, content):
    """Return what a run gave, and hold that every row in went one way, in every file."""
    folder.write(content)
    found = folder.admit()
    for n_rows, n_accepted, n_set_aside, n_refused in found.counts:
        assert n_rows == n_accepted + n_set_aside + n_refused
    assert sum(count[1] for count in found.counts) == len(found.accepted)
    assert sum(count[2] for count in found.counts) == len(found.set_aside)
    assert not [value for value in PLANTED if value in str(found.quality)]
    return found


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


# ---- what is not there, or is empty


def test_a_missing_file_is_told_with_the_nearest_name(folder):
    folder.write(GOOD, "data/raw/gift.csv")
    assert refusal(folder) == (
        "data/raw/gifts.csv does not exist. Did you mean 'gift.csv'? Copy the file there, run "
        "`dvc pull` where it is under DVC, or correct the path in params.yaml."
    )


def test_a_file_without_a_byte_is_told_as_empty(folder):
    assert refusal(folder, b"").startswith("data/raw/gifts.csv is empty (0 bytes")


@pytest.mark.parametrize("content", [b"\n\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n \r\n"])
def test_a_file_of_blank_lines_or_of_a_mark_alone_is_told_as_empty(folder, content):
    message = refusal(folder, content)
    assert f"is empty ({len(content)} bytes, and no text in them). Export it again." in message


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n", HEADER + "\r\n\r\n"])
def test_a_header_without_rows_is_told(folder, content):
    assert refusal(folder, content) == (
        "data/raw/gifts.csv holds a header and no rows. Export it again, or take the source out "
        "of params.yaml."
    )


def test_rows_without_a_header_are_told_and_none_is_taken_for_it(folder):
    message = refusal(folder, "".join(line + "\n" for line in GIFTS))
    assert "its first line names no column that is needed, such as 'Gift'." in message
    assert "Add the header line" in message


# ---- columns that are not the declared ones


def test_a_renamed_column_is_told_with_the_nearest_name_and_the_key_to_map_it(folder):
    message = refusal(folder, csv_text(*GIFTS, header="Gift,Donor,Day,Amont,Note"))
    assert message == (
        "data/raw/gifts.csv has no column 'Amount'. Did you mean 'Amont'? Rename it in the file, "
        "or map it under sources.gifts.columns, as in amount_minor: <the file's column>."
    )


def test_several_missing_columns_are_told_in_one_message(folder):
    message = refusal(folder, csv_text("g1,Avery Example", header="Gift,Donor"))
    assert "has no column 'Note' (nor 'Day', 'Amount')." in message


def test_an_extra_column_is_counted_and_not_read(folder):
    lines = [f"{line},secret" for line in GIFTS]
    found = admitted(folder, csv_text(*lines, header=HEADER + ",Extra"))
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert found.quality["files"][0]["n_columns_unread"] == 1
    assert "secret" not in str(found.accepted)


def test_columns_in_another_order_give_the_same_rows(folder):
    expected = admitted(folder, GOOD).accepted
    turned = [",".join(reversed(line.split(","))) for line in (HEADER, *GIFTS)]
    assert admitted(folder, csv_text(*turned[1:], header=turned[0])).accepted == expected


def test_names_of_columns_may_differ_in_case_and_in_white_space(folder):
    expected = admitted(folder, GOOD).accepted
    header = 'GIFT, donor ,"DAY",\u00a0Amount,note'
    assert admitted(folder, csv_text(*GIFTS, header=header)).accepted == expected


def test_two_needed_columns_of_one_name_are_refused(folder):
    message = refusal(folder, csv_text(*(f"{g},x" for g in GIFTS), header=HEADER + ",donor"))
    assert message == (
        "data/raw/gifts.csv has 2 columns 'Donor'. Rename all but the one that is meant."
    )


def test_two_columns_of_one_name_that_nothing_reads_do_no_harm(folder):
    lines = [f"{line},x,y" for line in GIFTS]
    found = admitted(folder, csv_text(*lines, header=HEADER + ",Reserved,Reserved"))
    assert found.counts == [(3, 3, 0, 0)]


def test_a_quoted_name_of_a_column_may_hold_a_line_end(tmp_path):
    columns = {**COLUMNS, "donation_date": "Day of gift"}
    folder = make_folder(tmp_path, columns=columns)
    header = 'Gift,Donor,"Day\nof gift",Amount,Note'
    found = admitted(folder, csv_text(*GIFTS, "g4,x,y", header=header))
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert found.reasons == [(6, "wrong_number_of_fields", "", "g4,x,y")]


def test_a_header_whose_quote_never_closes_is_read_where_every_row_agrees_with_its_names(folder):
    found = admitted(folder, csv_text(*GIFTS, header='Gift,"Donor,Day,Amount,Note'))
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert [row["last_name"] for row in found.accepted] == [
        "Avery Example", "Blair Sample", "Casey Specimen"]


def test_a_header_whose_quote_never_closes_shows_no_row_of_the_file(folder):
    message = refusal(folder, csv_text(*GIFTS, header='Gift,"Donr,Day,Amount,Note'))
    assert "has no column 'Donor'" in message
    assert not any(word in message for word in PLANTED)


# ---- encodings


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16-le"),
     ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("cp1252", "cp1252")],
)
def test_every_encoding_gives_the_same_rows_and_is_told(folder, encoding, told):
    text = csv_text(*GIFTS, "g4,Renée Muster,03/17/2026,1.00,café")
    expected = admitted(folder, text).accepted
    found = admitted(folder, text.encode(encoding))
    assert found.accepted == expected
    assert found.accepted[3]["last_name"] == "Renée Muster"
    assert found.quality["files"][0]["encoding"] == told


def test_a_bom_of_the_other_byte_order_is_read_too(folder):
    content = b"\xfe\xff" + GOOD.encode("utf-16-be")
    assert admitted(folder, content).gift_ids == ["g1", "g2", "g3"]


def test_utf16_that_ends_in_half_a_letter_loses_its_last_line_only(folder):
    found = admitted(folder, csv_text(*GIFTS, "g4,x").encode("utf-16")[:-1])
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert [(row, why) for row, why, _, _ in found.reasons] == [(5, "truncated_line")]


def test_utf32_is_refused_as_no_text_that_can_be_read(folder):
    assert "is not a text file that can be read" in refusal(folder, GOOD.encode("utf-32"))


def test_single_latin_1_letters_in_a_utf8_file_cost_their_lines_only(folder):
    lines = [*(f"{g}é" for g in GIFTS), "g4,Ren\udce9e Muster,03/17/2026,1.00,x"]
    content = csv_text(*lines).encode("utf-8", "surrogateescape")
    found = admitted(folder, content)
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert found.reasons == [
        (5, "undecodable_text", "", r"g4,Ren\xe9e Muster,03/17/2026,1.00,x")
    ]


def test_bytes_that_the_declared_encoding_does_not_know_cost_their_line(tmp_path):
    folder = make_folder(tmp_path, encoding="cp1252")
    found = admitted(folder, GOOD.encode() + b"g4,\x81,03/17/2026,1.00,x\n")
    assert found.reasons == [(5, "undecodable_text", "", r"g4,\x81,03/17/2026,1.00,x")]


def test_an_encoding_that_is_not_known_is_told_with_those_that_are(tmp_path):
    folder = make_folder(tmp_path, encoding="ebcdic")
    message = refusal(folder, GOOD, SettingsError)
    assert "'ebcdic' is not known there. It can be: 'utf-8', 'cp1252', 'latin-1'." in message


# ---- lines


def test_a_truncated_last_line_is_set_aside(folder):
    found = admitted(folder, GOOD + "g4,Avery Ex")
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert found.reasons == [(5, "truncated_line", "", "g4,Avery Ex")]


def test_a_last_line_without_a_line_end_is_a_row(folder):
    assert admitted(folder, GOOD.removesuffix("\n")).counts == [(3, 3, 0, 0)]


def test_nul_bytes_are_nothing_and_their_lines_are_counted(folder):
    lines = "g4,Da\0na\0,03/17/2026,1.00,x\n\0\0\ng5,E,03/18/2026,1,\n"
    found = admitted(folder, GOOD + lines)
    assert found.gift_ids == ["g1", "g2", "g3", "g4", "g5"]
    assert [row["last_name"] for row in found.accepted][3:] == ["Dana", "E"]
    assert [(note["code"], note["n_lines"]) for note in found.quality["notes"]] == [
        ("nul_bytes", 2)]


@pytest.mark.parametrize(
    "line",
    ['g4,Dana "Dee" Demo,03/17/2026,1.00,x', 'g4,"Dana,03/17/2026,1.00,x',
     'g4,"Dana"x,03/17/2026,1.00,y', 'g4,Dana",03/17/2026,1.00,y'],
)
def test_a_stray_quote_costs_its_line_and_no_other(folder, line):
    found = admitted(folder, csv_text(GIFTS[0], line, *GIFTS[1:]))
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert found.reasons == [(3, "stray_quote", "", line)]


def test_a_quoted_field_may_hold_line_ends_and_later_lines_keep_their_numbers(folder):
    record = 'g4,Dana,03/17/2026,1.00,"two\n\nlines, ""quoted"""'
    found = admitted(folder, csv_text(record, *GIFTS, "g5,short"))
    assert [row["source_row"] for row in found.accepted] == [2, 5, 6, 7]
    assert found.accepted[0]["organisation_name"] == 'two\n\nlines, "quoted"'
    assert found.reasons == [(8, "wrong_number_of_fields", "", "g5,short")]


def test_a_record_of_several_lines_is_set_aside_with_its_whole_text(folder):
    record = 'g4,Dana,03/17/2026,a lot,"two\r\nlines"'
    found = admitted(folder, csv_text(record, *GIFTS, end="\r\n"))
    assert found.reasons == [(2, "not_money", "amount_minor", record)]


@pytest.mark.parametrize("line", ["g4,Dana,03/17/2026,1.00", "g4,Dana,03/17/2026,1,000.00,x"])
def test_a_line_of_another_number_of_fields_is_set_aside(folder, line):
    found = admitted(folder, csv_text(*GIFTS, line))
    assert found.reasons == [(5, "wrong_number_of_fields", "", line)]


def test_where_every_line_has_another_number_of_fields_the_file_is_at_fault_and_no_row(folder):
    message = refusal(folder, csv_text("a,b", "c,d"))
    assert "the header names 5 columns and every row has 2 fields" in message
    assert "list the file's 2 columns in order under sources.gifts.names" in message


def test_cr_only_line_ends_give_the_same_rows(folder):
    expected = admitted(folder, GOOD).accepted
    found = admitted(folder, csv_text(*GIFTS, "g4,short", end="\r"))
    assert found.accepted == expected
    assert found.reasons == [(5, "wrong_number_of_fields", "", "g4,short")]


def test_cr_only_line_ends_are_known_though_a_quoted_field_holds_an_lf(folder):
    found = admitted(folder, csv_text('g0,D,03/13/2026,1,"a\nb"', *GIFTS, end="\r"))
    assert found.gift_ids == ["g0", "g1", "g2", "g3"]
    assert found.accepted[0]["organisation_name"] == "a\nb"


def test_mixed_line_ends_give_the_same_rows(folder):
    expected = admitted(folder, GOOD).accepted
    mixed = f"{HEADER}\r\n{GIFTS[0]}\n{GIFTS[1]}\r\n{GIFTS[2]}\n"
    assert admitted(folder, mixed).accepted == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [("g4,Dana,03/17/2026,1.00,a\rb", "stray_line_end"),
     ('g4,"Dana",03/17/2026,1.00,a\rb', "stray_line_end"),
     ('g4,Dana,03/17/2026,1.00,"a"\rb', "stray_quote")],
)
def test_a_carriage_return_in_the_middle_of_a_line_costs_that_line(folder, line, reason):
    found = admitted(folder, csv_text(line, *GIFTS))
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert found.reasons == [(2, reason, "", line)]


def test_half_a_line_behind_a_carriage_return_is_never_taken_for_a_row(folder):
    line = 'g4,"Dana",03/17/2026,1.00,a\rg5,E,03/18/2026,1.00,b'
    found = admitted(folder, csv_text(line, *GIFTS))
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert found.reasons == [(2, "stray_line_end", "", line)]


def test_blank_lines_are_counted_apart_and_are_no_rows(folder):
    found = admitted(folder, f"\n{HEADER}\n\n{GIFTS[0]}\n\r\n\n{GIFTS[1]}\n{GIFTS[2]}\n\n")
    assert found.counts == [(3, 3, 0, 0)]
    assert found.quality["files"][0]["n_blank_lines"] == 4
    assert [row["source_row"] for row in found.accepted] == [4, 7, 8]


def test_a_line_of_delimiters_alone_is_blank(folder):
    found = admitted(folder, csv_text(GIFTS[0], ",,,,", *GIFTS[1:], " , ,,,\t"))
    assert found.counts == [(3, 3, 0, 0)]
    assert found.quality["files"][0]["n_blank_lines"] == 2


def test_a_line_of_over_a_megabyte_is_told_with_its_number(folder):
    line = "g4,Dana,03/17/2026,1.00," + "x" * LARGEST_RECORD_BYTES
    assert refusal(folder, csv_text(*GIFTS, line, GIFTS[0])) == (
        "data/raw/gifts.csv: line 5 is longer than 1,048,576 bytes. Look at the file in a text "
        "editor: its line ends may be lost. Export it again."
    )


def test_a_line_just_under_a_megabyte_is_a_row(folder):
    start = "g4,Dana,03/17/2026,1.00,"
    line = start + "x" * (LARGEST_RECORD_BYTES - 1 - len(start))
    assert admitted(folder, csv_text(*GIFTS, line)).counts == [(4, 4, 0, 0)]


def test_a_file_without_any_line_end_is_told(folder):
    assert "the header line has no end within" in refusal(folder, HEADER * 20_000)


# ---- values


def test_the_later_of_two_rows_with_one_key_is_set_aside(folder):
    found = admitted(folder, csv_text(*GIFTS, "g2,Dana,03/17/2026,1.00,again"))
    assert found.reasons == [
        (5, "duplicate_key", "donation_id", "g2,Dana,03/17/2026,1.00,again")
    ]
    assert found.accepted[1]["last_name"] == "Blair Sample"


def test_few_dates_in_the_other_order_are_set_aside(folder):
    lines = [f"h{n},Dana,03/{n:02}/2026,1.00," for n in range(1, 8)]
    found = admitted(folder, csv_text(*GIFTS, *lines, "g4,Dana,17/03/2026,1.00,"))
    assert found.counts == [(11, 10, 1, 0)]
    assert found.reasons == [(12, "not_a_date", "donation_date", "g4,Dana,17/03/2026,1.00,")]


def test_many_dates_in_the_other_order_refuse_the_file(folder):
    folder.write(GOOD)
    folder.admit()
    lines = [f"g{n},Avery Example,{n}/03/2026,25.00,first" for n in range(10, 20)]
    assert refusal(folder, csv_text(*lines)) == (
        "data/raw/gifts.csv: 7 of 10 dates in column 'Day' fit %d/%m/%Y and not %m/%d/%Y. Find "
        "out in which order the file writes day and month, and set sources.gifts.date_format."
    )


@pytest.mark.parametrize("day", ["02/30/2026", "2026-03-14", "3/14/26", "13/13/2026", "soon"])
def test_what_is_no_day_in_the_declared_format_is_set_aside(folder, day):
    lines = [f"h{n},Dana,03/{n:02}/2026,1,x" for n in range(1, 9)]
    found = admitted(folder, csv_text(*lines, f"g4,Dana,{day},1.00,x"))
    assert found.reasons == [(10, "not_a_date", "donation_date", f"g4,Dana,{day},1.00,x")]


@pytest.mark.parametrize(
    ("text", "minor"),
    [("25", 2500), ("25.5", 2550), ("$25.00", 2500), ('"1,234.50"', 123450), ("-5.25", -525),
     ("-$5", -500), ('"$1,000,000"', 100_000_000), (" 7.00 ", 700), ("0.07", 7),
     ("25 USD", 2500), ("USD 25", 2500), ("(5.00)", -500), ("5-", -500), ("1 000", 100_000),
     ("$-5", -500), (".50", 50), ("12 dollars", 1200), ("$5 USD", 500)],
)
def test_an_amount_of_money_is_read_to_the_hundredth(folder, text, minor):
    found = admitted(folder, csv_text(f"g4,Dana,03/17/2026,{text},x"))
    assert [row["amount_minor"] for row in found.accepted] == [minor]


@pytest.mark.parametrize(
    "text", ['"1.234,50"', '"1,5"', '"12,34"', "1e3", "--5", "twenty", "nan", "inf", "٣", "(5",
             "5 5", "$", "-5-", "25 apples", "£5 USD", "VAT 5"],
)
def test_what_may_mean_another_amount_of_money_is_set_aside(folder, text):
    line = f"g4,Dana,03/17/2026,{text},x"
    found = admitted(folder, csv_text(*GIFTS, line))
    assert found.reasons == [(5, "not_money", "amount_minor", line)]


def test_a_row_with_several_faults_is_counted_once(folder):
    found = admitted(folder, csv_text(*GIFTS, "g4,Dana,soon,much,x"))
    assert found.counts == [(4, 3, 1, 0)]


# ---- what is no table


def test_an_empty_folder_is_told(tmp_path):
    folder = make_folder(tmp_path, path="data/raw/gifts")
    (tmp_path / "data/raw/gifts").mkdir(parents=True)
    (tmp_path / "data/raw/gifts/.gitkeep").write_text("")
    assert refusal(folder).startswith("data/raw/gifts is an empty folder. Copy the files into it")


def test_a_folder_is_read_file_by_file_and_each_is_counted(tmp_path):
    folder = make_folder(tmp_path, path="data/raw/gifts")
    folder.write(csv_text(GIFTS[2], "g3,again,03/17/2026,1,"), "data/raw/gifts/b.csv")
    folder.write(csv_text(*GIFTS[:2], "x"), "data/raw/gifts/a.csv")
    found = folder.admit()
    assert found.counts == [(3, 2, 1, 0), (2, 1, 1, 0)]
    assert [(row["file_name"], row["source_row"]) for row in found.set_aside] == [
        ("data/raw/gifts/a.csv", 4), ("data/raw/gifts/b.csv", 3),
    ]


def test_a_folder_within_the_folder_is_refused(tmp_path):
    folder = make_folder(tmp_path, path="data/raw/gifts")
    folder.write(GOOD, "data/raw/gifts/a.csv")
    folder.write(GOOD, "data/raw/gifts/old/a.csv")
    assert "data/raw/gifts/old is not a regular file." in refusal(folder)


def test_one_file_of_a_folder_in_another_layout_refuses_the_source(tmp_path):
    folder = make_folder(tmp_path, path="data/raw/gifts")
    folder.write(GOOD, "data/raw/gifts/a.csv")
    folder.write(csv_text(*GIFTS, header="Gift,Donor,When,Amount,Note"), "data/raw/gifts/b.csv")
    assert refusal(folder).startswith("data/raw/gifts/b.csv has no column 'Day'.")


def test_a_binary_file_is_refused(folder):
    assert "it holds binary data" in refusal(folder, bytes(range(256)) * 20)


def test_one_control_letter_makes_no_file_binary(folder):
    found = admitted(folder, csv_text(*GIFTS, "g4,Da\x02na,03/17/2026,1.00,x"))
    assert found.accepted[3]["last_name"] == "Da\x02na"


def test_a_carriage_return_within_quotes_is_a_letter_like_another(folder):
    found = admitted(folder, csv_text('g4,Dana,03/17/2026,1.00,"a\n\rb\rc\n"', *GIFTS))
    assert found.accepted[0]["organisation_name"] == "a\n\rb\rc"


def test_a_tape_archive_is_refused_as_binary(folder):
    content = b"gifts.csv".ljust(257, b" ") + b"ustar\x0000" + GOOD.encode() * 50
    assert "it holds binary data" in refusal(folder, gzip.compress(content))


@pytest.mark.parametrize(
    "content",
    [zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}),
     zipped({"mimetype": "application/x", "content.xml": "<x/>"}),
     b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"%PDF-1.7\n"],
)
def test_a_damaged_spreadsheet_or_a_pdf_is_refused_with_what_to_save_it_as(folder, content):
    message = refusal(folder, content)
    assert re.search("damaged or unusual spreadsheet|is a PDF or a database", message)
    assert re.search("as .xlsx or CSV|as CSV", message)


def test_a_web_page_that_calls_itself_a_spreadsheet_is_refused(tmp_path):
    folder = make_folder(tmp_path, path="data/raw/gifts.xls")
    folder.write("<html><table><tr><td>Avery Example</td></tr></table>\n", "data/raw/gifts.xls")
    assert "names no column that is needed" in refusal(folder)


# ---- archives


def test_a_zip_of_one_file_is_read_without_naming_it(folder):
    found = admitted(folder, zipped({"out/gifts.csv": GOOD, "__MACOSX/out/._gifts.csv": b"\0\5"}))
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert found.quality["files"][0]["file_name"] == "data/raw/gifts.csv:out/gifts.csv"


def test_a_zip_of_two_files_asks_for_the_member(folder):
    message = refusal(folder, zipped({"a.csv": GOOD, "b.csv": GOOD}))
    assert message == (
        "data/raw/gifts.csv holds 2 files. Name one under member: a.csv, b.csv."
    )


def test_a_member_that_is_not_in_the_zip_is_told_with_the_nearest(tmp_path):
    folder = make_folder(tmp_path, member="gift.csv")
    message = refusal(folder, zipped({"gifts.csv": GOOD, "read.me": "x"}))
    assert "has no member 'gift.csv'. Did you mean 'gifts.csv'?" in message


@pytest.mark.parametrize("content", [GOOD.encode(), gzip.compress(GOOD.encode())])
def test_a_member_of_what_has_none_is_refused(tmp_path, content):
    folder = make_folder(tmp_path, member="gifts.csv")
    assert "Take the key 'member' out of the source." in refusal(folder, content)


@pytest.mark.parametrize("pack", [lambda text: zipped({"g.csv": text}), gzip.compress])
@pytest.mark.parametrize("cut", [30, -40])
def test_a_damaged_archive_is_told(folder, pack, cut):
    content = pack(csv_text(*(f"g{n},Avery Example,03/14/2026,1,x" for n in range(500))).encode())
    assert "is a damaged or unusual archive" in refusal(folder, content[:cut])


def test_an_archive_damaged_in_its_middle_is_told(folder):
    content = bytearray(zipped({"g.csv": GOOD * 50}))
    content[60:70] = b"\xff" * 10
    assert "is a damaged or unusual archive" in refusal(folder, bytes(content))


@pytest.mark.parametrize("pack", [lambda body: zipped({"g.csv": body}), gzip.compress])
def test_an_archive_that_grows_beyond_measure_is_refused(folder, pack):
    body = (HEADER + "\n").encode() + b"0" * 55_000_000
    assert "grows to more than 200 times its packed size" in refusal(folder, pack(body))


def test_a_member_that_is_a_link_is_refused(folder):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo("gifts.csv")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/hostname")
    assert "the member is a link or is encrypted" in refusal(folder, packed.getvalue())


def test_a_member_whose_name_leads_out_is_read_and_nothing_is_written_there(folder):
    found = admitted(folder, zipped({"../../escaped.csv": GOOD}))
    assert found.gift_ids == ["g1", "g2", "g3"]
    assert not list(folder.root.parent.rglob("escaped.csv"))


# ---- paths


@pytest.mark.parametrize("path", ["../gifts.csv", "data/../../gifts.csv", "/etc/hostname", ""])
def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path, path):
    with pytest.raises(SettingsError, match="must lie below the campaign's folder"):
        make_folder(tmp_path, path=path)


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path, is_folder):
    outside = tmp_path / "outside" / "gifts.csv"
    outside.parent.mkdir()
    outside.write_text(GOOD)
    path = "data/raw/gifts" if is_folder else PATH
    folder = make_folder(tmp_path / "campaign", path=path)
    link = folder.root / path / "a.csv" if is_folder else folder.root / path
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    assert "leads out of the campaign's folder. Copy the file into data/raw" in refusal(folder)


def test_a_link_that_leads_in_a_circle_is_told(folder):
    place = folder.root / PATH
    place.parent.mkdir(parents=True)
    place.symlink_to(place)
    assert refusal(folder).startswith("data/raw/gifts.csv ")


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(folder):
    place = folder.root / PATH
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    assert "is not a regular file" in refusal(folder)


# ---- what stands, and what expires


def test_what_an_earlier_run_wrote_stays_when_a_later_one_fails(folder):
    folder.write(GOOD)
    folder.admit()
    before = folder.outputs()
    assert set(before) == {
        "accepted/gifts.parquet", "set_aside/gifts.parquet", "quality/gifts.json",
    }
    for content in (b"", csv_text(*GIFTS, header="a,b"), bytes(range(256)) * 20):
        refusal(folder, content)
    assert folder.outputs() == before


def test_an_expectation_that_stops_leaves_what_an_earlier_run_wrote(folder):
    folder.write(GOOD)
    folder.admit()
    suite = (
        '{"name": "donations", "expectations": [{"type": "expect_column_values_to_be_between",'
        ' "kwargs": {"column": "amount_minor", "max_value": 100}, "meta": {"why": "Small.",'
        ' "severity": "stop", "rows": "keep"}}]}'
    )
    (folder.root / "expectations" / "donations.json").write_text(suite)
    before = folder.outputs()
    stopped = folder.admit()
    message = stopped.quality["stop"]
    assert folder.outputs()["accepted/gifts.parquet"] == before["accepted/gifts.parquet"]
    assert stopped.counts == [(3, 0, 0, 3)]
    assert message.startswith("data/raw/gifts.csv: 1 expectation(s) of severity stop failed.")
    assert "3 of 3 rows do not" in message


def test_the_same_file_gives_the_same_bytes(folder):
    folder.write(csv_text(*GIFTS, "g4,short"))
    folder.admit()
    before = folder.outputs()
    folder.admit()
    assert folder.outputs() == before


@pytest.mark.parametrize(("day", "n_refused"), [("2026-10-04", 4), ("2026-10-05", 0)])
def test_a_source_past_its_expiry_date_is_refused_whole_and_counted(tmp_path, day, n_refused):
    folder = make_folder(tmp_path, expiry_date=day)
    found = admitted(folder, csv_text(*GIFTS, "g4,short"))
    assert found.quality["rows"]["n_refused"] == n_refused
    assert found.quality["rows"]["n_rows"] == 4
    assert len(found.accepted) == (0 if n_refused else 3)
    assert found.quality["is_expired"] is bool(n_refused)


def test_the_refusal_of_an_expired_source_replaces_what_it_gave_before(folder):
    folder.write(GOOD)
    folder.admit()
    params = folder.root / "params.yaml"
    params.write_text(params.read_text().replace("2027-05-31", "2026-05-31"))
    expired = type(folder)(load_settings(folder.root)).admit()
    assert (expired.accepted, expired.set_aside) == ([], [])
