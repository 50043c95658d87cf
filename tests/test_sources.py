"""Raw files become canonical rows exactly, whatever their layout, delimiter or size of chunk."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import gzip
import io
import re
import tomllib
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from made_files import (
    COLUMNS,
    GIFTS,
    HEADER,
    accepted_rows,
    csv_text,
    make_folder,
    make_source,
    open_text,
    set_aside_rows,
)

from workbench.checks import build_suite
from workbench.errors import SettingsError, SourceError
from workbench.intake.parts import read_parts
from workbench.settings import Source
from workbench.sources import REASONS, open_source, preset_names, preset_of
from workbench.tables import TABLES

PAGE = Path(__file__).parents[1] / "docs" / "sources.md"
DAY = dt.date(2026, 3, 14)
PERSON = {"entry_id": {"as": "row_number"}, "first_name": "a", "middle_name": "b",
          "last_name": "c"}


def filled(rows):
    """The rows as mappings of what is filled, without where they came from."""
    return [
        {name: value for name, value in row.items()
         if value is not None and name not in ("source_name", "source_row")}
        for row in rows.to_pylist()
    ]


def open_people(folder, content, **changes):
    """Open a file with the columns a, b and c, none of which can fail to fit."""
    entries = {"table": "fundraising_list", "columns": PERSON, "date_format": ""}
    return open_text(folder, content, **{**entries, **changes})


def open_preset(folder, name, content, table):
    return open_text(
        folder, content, preset=name, table=table, columns={}, date_format=""
    )


# ---- North Carolina


NC_VOTER = {
    "county_id": "19", "county_desc": "SAMPLESHIRE", "voter_reg_num": "000000012345",
    "ncid": "ZZ12345 ", "last_name": "EXAMPLE", "status_cd": "A", "first_name": "AVERY",
    "res_street_address": "14  MADE UP LN   ", "res_city_desc": "HARBOUR", "state_cd": "NC",
    "zip_code": "27517.0", "mail_addr1": "PO BOX 7", "mail_city": "HARBOUR", "mail_state": "NC",
    "mail_zipcode": "27517.0", "full_phone_number": "9195550100", "race_code": "W",
    "party_cd": "UNA", "gender_code": "F", "birth_year": "1960", "registr_dt": "03/14/2026",
    "precinct_abbrv": "P-1#2", "nc_house_abbrv": "56.0",
}
NC_ROW = {
    "voter_id": "ZZ12345", "status_code": "active", "first_name": "AVERY",
    "middle_name": "JO", "last_name": "EXAMPLE", "name_suffix": "JR", "sex_code": "female",
    "birth_year": 1960, "age_years": 66, "address_line": "14  MADE UP LN",
    "town_name": "HARBOUR", "region_code": "NC", "postcode": "27517",
    "mail_address": "PO BOX 7, HARBOUR, NC, 27517", "phone": "9195550100", "party_code": "UNA",
    "ethnicity_code": "W", "area_id": "19-P-1#2", "seat_id": "56", "registration_date": DAY,
    "is_address_confidential": False,
}
NC_NAMES = {
    67: {"middle_name": "JO", "name_suffix_lbl": "JR", "age_at_year_end": "66",
         "confidential_ind": "N"},
    71: {"midl_name": "JO", "name_sufx_cd": "JR", "birth_age": "66", "Confidential_ind": "N"},
}


def nc_voters(n_columns, *voters):
    layouts = preset_of(make_source(preset="nc_voters", table="voters", columns={})).layouts
    names = next(layout for layout in layouts if len(layout) == n_columns)
    lines = [names]
    for changes in voters:
        voter = {**NC_VOTER, **NC_NAMES[n_columns], **changes}
        assert set(voter) <= set(names)
        lines.append([voter.get(name, "") for name in names])
    return "".join("\t".join(f'"{text}"' for text in line) + "\r\n" for line in lines)


@pytest.mark.parametrize("n_columns", [67, 71])
def test_both_layouts_of_the_carolina_voter_file_give_the_same_row(tmp_path, n_columns):
    opened = open_preset(tmp_path, "nc_voters", nc_voters(n_columns, {}), "voters")
    assert filled(accepted_rows(opened)) == [NC_ROW]


def test_what_stands_for_nothing_in_the_voter_file_is_missing(tmp_path):
    nothing = {"registr_dt": "XX-XX-XXXX", "res_street_address": "REMOVED", "status_cd": "R",
               "res_city_desc": "REMOVED", "zip_code": "  ", "nc_house_abbrv": "",
               "precinct_abbrv": "", "gender_code": "U", "mail_addr1": "", "mail_city": "",
               "mail_state": "", "mail_zipcode": ""}
    old = {"registr_dt": "01/01/1900"}
    content = nc_voters(67, nothing, {**old, "ncid": "ZZ2", "zip_code": "27517-1234"})
    removed, aged = filled(accepted_rows(open_preset(tmp_path, "nc_voters", content, "voters")))
    gone = {"registration_date", "address_line", "town_name", "postcode", "seat_id", "area_id",
            "mail_address"}
    assert set(NC_ROW) - set(removed) == gone
    assert (removed["status_code"], removed["sex_code"]) == ("removed", "unknown")
    assert set(NC_ROW) - set(aged) == {"registration_date"}
    assert aged["postcode"] == "27517-1234"


def test_a_code_that_the_voter_file_does_not_know_sets_its_row_aside(tmp_path):
    content = nc_voters(67, {}, {"ncid": "ZZ2", "status_cd": "Q"})
    aside = set_aside_rows(open_preset(tmp_path, "nc_voters", content, "voters")).to_pylist()
    assert [(row["source_row"], row["reason_code"], row["column_name"]) for row in aside] == [
        (3, "unknown_code", "status_code")
    ]


def test_vote_history_tells_how_each_vote_was_cast(tmp_path):
    names = preset_of(
        make_source(preset="nc_vote_history", table="vote_history", columns={})
    ).layouts[0]
    methods = {"IN-PERSON": "in_person", "ABSENTEE ONESTOP": "early", "ABSENTEE": "post",
               "PROVISIONAL": "provisional", "NEW WAY": "voted"}
    lines = [names] + [
        ["19", "SAMPLESHIRE", str(n), "03/14/2026", "PRIMARY", method, "DEM", "DEMOCRATIC", "1",
         "1", f"ZZ{n}", "19", "SAMPLESHIRE", "1", "1"]
        for n, method in enumerate(methods)
    ]
    assert {len(line) for line in lines} == {15}
    content = "".join("\t".join(line) + "\n" for line in lines)
    rows = filled(accepted_rows(open_preset(tmp_path, "nc_vote_history", content,
                                            "vote_history")))
    assert rows[0] == {"voter_id": "ZZ0", "election_date": DAY, "election_name": "PRIMARY",
                       "voted_code": "in_person", "party_code": "DEM"}
    assert [row["voted_code"] for row in rows] == list(methods.values())


# ---- Federal Election Commission


FEC = ("C00000001|N|Q1|P|1|{kind}|{entity}|{name}|HARBOUR|NC|{zip}|MADE UP INC|MAKER|03142026|"
       "{amount}|{other}|T1|1|{memo}|{text}|{key}\n")


def fec(**changes):
    usual = {"kind": "15", "entity": "IND", "name": "EXAMPLE, AVERY", "zip": "275170001",
             "amount": "250", "other": "", "memo": "", "text": "", "key": "4001"}
    return FEC.format(**{**usual, **changes})


def fec_rows(folder, content):
    return filled(accepted_rows(open_preset(folder, "fec_itcont", content, "donations")))


def test_an_individual_contribution_gives_every_column(tmp_path):
    assert fec_rows(tmp_path, fec()) == [{
        "donation_id": "4001", "donor_kind_code": "individual", "first_name": "AVERY",
        "last_name": "EXAMPLE", "town_name": "HARBOUR", "region_code": "NC",
        "postcode": "275170001", "employer_name": "MADE UP INC", "occupation_name": "MAKER",
        "donation_date": DAY, "amount_minor": 25_000, "currency_code": "USD",
        "gift_kind_code": "gift", "recipient_id": "C00000001",
    }]


@pytest.mark.parametrize(
    ("name", "first", "middle", "last", "suffix"),
    [
        ("EXAMPLE, AVERY", "AVERY", None, "EXAMPLE", None),
        ("EXAMPLE, AVERY JO", "AVERY", "JO", "EXAMPLE", None),
        ("EXAMPLE, AVERY J. MS.", "AVERY", "J.", "EXAMPLE", None),
        ("EXAMPLE, AVERY J MR. JR", "AVERY", "J", "EXAMPLE", "JR"),
        ("EXAMPLE, AVERY JR.", "AVERY", None, "EXAMPLE", "JR"),
        ("EXAMPLE, AVERY J III MD", "AVERY", "J", "EXAMPLE", "III"),
        ("EXAMPLE JR, AVERY", "AVERY", None, "EXAMPLE", "JR"),
        ("EXAMPLE, JR., AVERY", "AVERY", None, "EXAMPLE", "JR"),
        ("VAN EXAMPLE, AVERY MARY DREW", "AVERY", "MARY DREW", "VAN EXAMPLE", None),
        ("O'EXAMPLE-SAMPLE,AVERY", "AVERY", None, "O'EXAMPLE-SAMPLE", None),
        ('EXAMPLE, AVERY "DEE"', "AVERY", '"DEE"', "EXAMPLE", None),
        ("EXAMPLE", None, None, "EXAMPLE", None),
    ],
)
def test_a_name_is_taken_apart_without_its_titles(tmp_path, name, first, middle, last, suffix):
    row = fec_rows(tmp_path, fec(name=name))[0]
    parts = [row.get(f"{part}_name") for part in ("first", "middle", "last")]
    assert [*parts, row.get("name_suffix")] == [first, middle, last, suffix]


@pytest.mark.parametrize(
    ("name", "entity", "kind", "organisation"),
    [
        ("MADE UP INC", "ORG", "organisation", "MADE UP INC"),
        ("MADE UP, INC", "ORG", "organisation", "MADE UP, INC"),
        ("MADE UP INC", "", "organisation", "MADE UP INC"),
        ("EXAMPLE, AVERY", "", "individual", None),
        ("EXAMPLE", "CAN", "individual", None),
        ("", "IND", "unknown", None),
    ],
)
def test_a_giver_is_a_person_or_an_organisation(tmp_path, name, entity, kind, organisation):
    row = fec_rows(tmp_path, fec(name=name, entity=entity))[0]
    assert (row["donor_kind_code"], row.get("organisation_name")) == (kind, organisation)
    assert ("last_name" in row) is (kind == "individual")


@pytest.mark.parametrize(
    ("changes", "kind", "minor", "conduit"),
    [
        ({"kind": "15"}, "gift", 25_000, None),
        ({"kind": "22Y"}, "refund", -25_000, None),
        ({"kind": "22Y", "amount": "-250"}, "refund", -25_000, None),
        ({"kind": "15", "amount": "-250"}, "refund", -25_000, None),
        ({"kind": "15E", "other": "C00000002"}, "conduit_in", 25_000, "C00000002"),
        ({"kind": "24T", "other": "C00000003"}, "conduit_out", 25_000, "C00000003"),
        ({"kind": "15", "other": "C00000002"}, "gift", 25_000, None),
        ({"kind": "15", "memo": "X"}, "memo", 25_000, None),
        ({"kind": "15E", "memo": "X"}, "memo", 25_000, None),
        ({"kind": "99"}, "other", 25_000, None),
        ({"kind": "22Y", "amount": "-250", "text": "VOIDED CHECK: ORIGINALLY ISSUED"},
         "voided_refund", 25_000, None),
        ({"kind": "22Y", "amount": "-250", "text": "Void refund check"}, "voided_refund", 25_000,
         None),
        ({"kind": "22Y", "text": "VOIDED CHECK"}, "refund", -25_000, None),
        ({"kind": "15", "amount": "-250", "text": "AVOID"}, "refund", -25_000, None),
        ({"kind": "15", "amount": "-250", "text": "VOIDED CHECK"}, "bounced", -25_000, None),
        ({"kind": "15E", "amount": "-250", "other": "C00000002", "text": "NSF - EARMARKED"},
         "bounced", -25_000, "C00000002"),
        ({"kind": "15", "amount": "-250", "text": "CHARGEBACK"}, "bounced", -25_000, None),
        ({"kind": "15", "amount": "-250", "text": "REATTRIBUTION TO SPOUSE"}, "moved", -25_000,
         None),
        ({"kind": "15", "amount": "-250", "text": "Redesignated to general"}, "moved", -25_000,
         None),
        ({"kind": "15", "amount": "-250", "memo": "X", "text": "REDESIGNATED TO GENERAL"}, "memo",
         -25_000, None),
        ({"kind": "15", "text": "REATTRIBUTION FROM SPOUSE"}, "gift", 25_000, None),
        ({"kind": "24T", "amount": "-250", "other": "C00000003", "text": "NSF"}, "conduit_out",
         -25_000, "C00000003"),
    ],
)
def test_a_movement_of_money_is_of_one_kind(tmp_path, changes, kind, minor, conduit):
    row = fec_rows(tmp_path, fec(**changes))[0]
    assert (row["gift_kind_code"], row["amount_minor"]) == (kind, minor)
    assert row.get("conduit_id") == (conduit if kind != "memo" else row.get("conduit_id"))


def test_quotes_are_letters_where_a_layout_says_so(tmp_path):
    rows = fec_rows(tmp_path, fec(name='EXAMPLE, AVERY "DEE', key="1") + fec(key="2"))
    assert [row["donation_id"] for row in rows] == ["1", "2"]


def test_a_lost_leading_zero_of_a_date_is_never_guessed(tmp_path):
    content = fec() + fec(key="2").replace("03142026", "3142026")
    aside = set_aside_rows(open_preset(tmp_path, "fec_itcont", content, "donations"))
    assert aside.column("reason_code").to_pylist() == ["not_a_date"]


def test_a_file_without_header_is_held_to_its_number_of_fields(tmp_path):
    with pytest.raises(SourceError, match="none of its first 2 lines has the 21 fields"):
        open_preset(tmp_path, "fec_itcont", fec().replace("|", ",") * 2, "donations")
    header = "|".join(preset_of(make_source(preset="fec_itcont", columns={})).layouts[0])
    with pytest.raises(SourceError, match="begins with a header"):
        open_preset(tmp_path, "fec_itcont", f"{header}\n{fec()}", "donations")


# ---- mapping


@pytest.mark.parametrize("mark", [",", "\t", "|", ";"])
def test_the_delimiter_is_recognised_by_the_names_of_the_columns(tmp_path, mark):
    lines = [line.replace(",", mark) for line in (HEADER, *GIFTS)]
    opened = open_text(tmp_path, csv_text(*lines[1:], header=lines[0]))
    assert opened.files[0].layout.writing.delimiter == mark
    assert accepted_rows(opened).column("donation_id").to_pylist() == ["g1", "g2", "g3"]


def test_a_delimiter_within_a_quoted_name_is_no_delimiter(tmp_path):
    header = 'Gift;"Donor, family, given, other, more";Day;Amount;Note'
    columns = {**COLUMNS, "last_name": "Donor, family, given, other, more"}
    content = csv_text("g1;Example;03/14/2026;2,000.00;x", header=header)
    rows = filled(accepted_rows(open_text(tmp_path, content, columns=columns)))
    assert rows == [{"donation_id": "g1", "last_name": "Example", "donation_date": DAY,
                     "amount_minor": 200_000, "organisation_name": "x"}]


def test_a_mapping_gives_rules_as_a_preset_does(tmp_path):
    columns = {
        "donation_id": {"as": "row_number"}, "donation_date": {"constant": "03/14/2026"},
        "amount_minor": "Amount", "currency_code": {"constant": "GBP"},
        "organisation_name": {"from": ["Donor", "Note"], "as": "line", "separator": " / "},
        "gift_kind_code": {"from": "Kind", "codes": {"1": "gift", "2": "refund"}},
        "is_recurring": {"from": "Monthly", "yes": ["oui"], "no": ["non", ""]},
    }
    content = csv_text("A,,5,1,Oui", "B,n/a,6,2,", "C,x,7,3,non",
                       header="Donor,Note,Amount,Kind,Monthly")
    opened = open_text(tmp_path, content, columns=columns, missing=["n/a"])
    same = {"donation_date": DAY, "currency_code": "GBP"}
    assert filled(accepted_rows(opened)) == [
        {**same, "donation_id": "2", "amount_minor": 500, "organisation_name": "A",
         "gift_kind_code": "gift", "is_recurring": True},
        {**same, "donation_id": "3", "amount_minor": 600, "organisation_name": "B",
         "gift_kind_code": "refund", "is_recurring": False},
    ]
    assert set_aside_rows(opened).column("reason_code").to_pylist() == ["unknown_code"]


def test_a_column_of_a_preset_is_overridden_and_keeps_its_rule(tmp_path):
    source = make_source(preset="nc_voters", table="voters", date_format="%Y-%m-%d", columns={
        "status_code": "standing", "sex_code": {"constant": "unknown"},
        "middle_name": "midl_name", "registration_date": "registr_dt",
    })
    content = nc_voters(71, {"registr_dt": "2026-03-14"}).replace("status_cd", "standing")
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / source.path).write_text(content)
    row = filled(accepted_rows(open_source(source, tmp_path)))[0]
    assert row == {**NC_ROW, "sex_code": "unknown"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"donation_id": "Gift"}, "maps no column to 'donation_date'"),
        ({**COLUMNS, "amont_minor": "Amount"}, "unknown key 'amont_minor'. Did you mean 'amount"),
        ({**COLUMNS, "last_name": {"from": ["Donor", "Note"]}}, "reads 2 columns, and 'text' tak"),
        ({**COLUMNS, "last_name": {"from": "Donor", "as": "fec_last_name"}}, "reads 1 columns"),
        ({**COLUMNS, "last_name": {"from": "Donor", "as": "date"}}, "'date' is not known there"),
        ({**COLUMNS, "last_name": {"from": []}}, "either 'from' or 'constant'"),
        ({**COLUMNS, "last_name": {"from": "Donor", "constant": "x"}}, "and not both"),
        ({**COLUMNS, "gift_kind_code": {"from": "Note", "codes": {"x": "present"}}},
         "'present' is not known there. It can be: 'gift'"),
        ({**COLUMNS, "gift_kind_code": {"from": "Note", "codes": ["gift"]}}, "a mapping of names"),
        ({**COLUMNS, "donation_date": {"constant": "soon"}}, "the constant cannot be read"),
        ({**COLUMNS, "donation_date": {"constant": dt.date(2026, 3, 14)}}, "Put the texts in quo"),
        ({**COLUMNS, "is_recurring": {"from": "Note", "yes": [True]}}, "Put the texts in quotes"),
        ({**COLUMNS, "last_name": {"from": "Donor", "otherwise": ["x"]}}, "one text is needed"),
        ({**COLUMNS, "source_row": "Note"}, "unknown key 'source_row'"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(tmp_path, columns, message):
    with pytest.raises(SettingsError) as error:
        open_text(tmp_path, csv_text(*GIFTS), columns=columns)
    assert message in str(error.value)
    assert str(error.value).startswith("sources.gifts")


def test_the_keys_yes_and_no_need_no_quotes_though_yaml_reads_them_as_truth(tmp_path):
    rule = yaml.safe_load('{from: Note, yes: ["Oui"], no: ["Non"]}')
    columns = {**COLUMNS, "organisation_name": "Donor", "is_recurring": rule}
    content = csv_text("g1,A,03/14/2026,1,oui", "g2,B,03/14/2026,1,non")
    rows = accepted_rows(open_text(tmp_path, content, columns=columns))
    assert rows.column("is_recurring").to_pylist() == [True, False]


def test_one_text_in_place_of_a_list_is_a_list_of_it(tmp_path):
    columns = {**COLUMNS, "is_recurring": {"from": "Note", "yes": "Yes", "no": "No"},
               "last_name": {"from": "Donor", "missing": "NA"}}
    columns.pop("organisation_name")
    content = csv_text("g1,N,03/14/2026,1,yes", "g2,NA,03/14/2026,1,NO", "g3,A,03/14/2026,1,Y")
    opened = open_text(tmp_path, content, columns=columns)
    rows = accepted_rows(opened)
    assert rows.column("last_name").to_pylist() == ["N", None]
    assert rows.column("is_recurring").to_pylist() == [True, False]
    assert set_aside_rows(opened).column("reason_code").to_pylist() == ["not_a_flag"]


@pytest.mark.parametrize("date_format", ["%d.%m", "%Y-%m-%d %m", "%Q %d %Y", "DD/MM/YYYY"])
def test_a_date_format_without_day_month_and_whole_year_is_refused(tmp_path, date_format):
    with pytest.raises(SettingsError, match="Write it with %Y, %m and %d"):
        open_text(tmp_path, csv_text(*GIFTS), date_format=date_format)


def test_an_unknown_preset_is_told_with_the_nearest(tmp_path):
    with pytest.raises(SettingsError, match="'nc_voter' that does not exist. Did you mean 'nc_v"):
        open_text(tmp_path, csv_text(*GIFTS), preset="nc_voter", columns={})


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_one_that_can_be_read(name):
    tables = [t for t in TABLES if preset_title(name, t)]
    assert len(tables) == 1


def test_the_presets_travel_with_the_package():
    project = tomllib.loads((PAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["workbench"]
    package = PAGE.parents[1] / "src" / "workbench"
    packed = {path.stem for pattern in patterns for path in package.glob(pattern)}
    assert set(preset_names()) <= packed


def preset_title(name, table):
    try:
        return preset_of(make_source(preset=name, table=table, columns={}, date_format="")).title
    except SettingsError:
        return ""


# ---- archives and folders


def test_a_member_of_a_zip_is_read_by_its_name(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("other.csv", "x,y\n1,2\n")
        archive.writestr("out/gifts.csv", csv_text(*GIFTS).encode("utf-16"))
    opened = open_text(tmp_path, packed.getvalue(), member="out/gifts.csv")
    assert opened.files[0].name == "data/raw/gifts.csv:out/gifts.csv"
    assert accepted_rows(opened).column("donation_id").to_pylist() == ["g1", "g2", "g3"]


def test_a_gzip_gives_the_same_rows(tmp_path):
    plain = accepted_rows(open_text(tmp_path, csv_text(*GIFTS)))
    packed = accepted_rows(open_text(tmp_path, gzip.compress(csv_text(*GIFTS).encode())))
    assert packed == plain


@pytest.mark.parametrize("end", ["\n", ""])
def test_files_of_a_folder_are_read_in_order_and_no_two_rows_have_one_number(tmp_path, end):
    folder = tmp_path / "data/raw/gifts"
    folder.mkdir(parents=True)
    names = ("10.csv", "2.csv", "b.csv", ".hidden")
    for name in names:
        lines = (f"{name}-1,A,03/14/2026,1,", f"{name}-2,B,03/14/2026,1,x")
        (folder / name).write_text("\n".join((HEADER, *lines)) + end)
    rows = accepted_rows(open_source(make_source(path="data/raw/gifts"), tmp_path)).to_pylist()
    assert [(row["source_row"], row["donation_id"]) for row in rows] == [
        (2, "10.csv-1"), (3, "10.csv-2"), (5, "2.csv-1"), (6, "2.csv-2"),
        (8, "b.csv-1"), (9, "b.csv-2"),
    ]


def test_a_raw_file_is_closed_when_nobody_reads_it(tmp_path):
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("the system does not list open files")
    open_text(tmp_path, csv_text(*GIFTS))
    n_before = len(list(descriptors.iterdir()))
    for content in (csv_text(*GIFTS).encode(), gzip.compress(csv_text(*GIFTS).encode())) * 5:
        open_text(tmp_path, content)
    assert len(list(descriptors.iterdir())) <= n_before


# ---- reasons


REASON_LINES = {
    "wrong_number_of_fields": "g9,A,03/14/2026,1",
    "stray_quote": 'g9,A"B,03/14/2026,1,Y,0.5,7',
    "undecodable_text": "g9,\udcff,03/14/2026,1,Y,0.5,7",
    "another_table": "id,day,name,amount,monthly,share,number",
    "stray_line_end": "g9,A\rB,03/14/2026,1,Y,0.5,7",
    "truncated_line": "g9,A",
    "not_a_date": "g9,A,soon,1,Y,0.5,7",
    "not_a_number": "g9,A,03/14/2026,1,Y,0.5,1.5",
    "not_a_share": "g9,A,03/14/2026,1,Y,50,7",
    "not_money": "g9,A,03/14/2026,1p,Y,0.5,7",
    "either_decimal": "g9,A,03/14/2026,25.000,Y,0.5,7",
    "other_currency": "g9,A,03/14/2026,£1,Y,0.5,7",
    "mangled_key": "1.23E+11,A,03/14/2026,1,Y,0.5,7",
    "question_text": "Which?,Who?,When?,How much?,Monthly?,Share?,Number?",
    "total_row": "Total,A,03/14/2026,1,Y,0.5,7",
    "not_a_flag": "g9,A,03/14/2026,1,maybe,0.5,7",
    "unknown_code": "g9,A,03/14/2026,1,Y,0.5,x",
    "missing_required": ",A,03/14/2026,1,Y,0.5,7",
    "duplicate_key": "g1,A,03/14/2026,1,Y,0.5,7",
}
GIFT_RULES = {"donation_id": "id", "last_name": "name", "donation_date": "day",
              "amount_minor": "amount", "is_recurring": "monthly"}
REASON_RULES = {
    "not_a_share": ("seats", {"seat_id": "id", "degree_share": "share"}),
    "not_a_number": ("seats", {"seat_id": "id", "n_electors": "number"}),
    "other_currency": ("donations", {**GIFT_RULES, "currency_code": {"constant": "USD"}}),
    "total_row": ("area_results", {"area_id": "id", "party_code": "name", "n_votes": "number",
                                   "election_date": "day"}),
    "unknown_code": ("donations", {**GIFT_RULES, "gift_kind_code": "number"}),
}


def test_every_reason_has_a_line():
    assert set(REASON_LINES) == set(REASONS)


@pytest.mark.parametrize(("reason", "line"), REASON_LINES.items())
def test_every_reason_can_be_reached_and_names_its_line(tmp_path, reason, line):
    table, columns = REASON_RULES.get(reason, ("donations", GIFT_RULES))
    folder = make_folder(tmp_path, table=table, columns=columns)
    suite = folder.root / "expectations" / f"{table}.json"
    suite.write_text(f'{{"name": "{table}", "expectations": []}}')
    fine = [f"g{n},é,03/14/2026,1,Y,0.5,{'gift' if reason == 'unknown_code' else n}"
            for n in range(1, 4)]
    text = csv_text(*fine, line, header="id,name,day,amount,monthly,share,number")
    is_last = reason == "truncated_line"
    folder.write((text.removesuffix("\n") if is_last else text).encode("utf-8", "surrogateescape"))
    found = folder.admit()
    assert [(row, why) for row, why, _, _ in found.reasons] == [(5, reason)]
    assert found.set_aside[0]["explanation"] == REASONS[reason]
    assert found.counts == [(4, 3, 1, 0)]


# ---- the same rows, however they are read


def messy_people(n_lines=400):
    """A file in which records of several lines, stray quotes and blank lines take turns."""
    turns = ('{n},plain,x', '"{n}","two\nlines","x ""y"""', '{n},stray "quote,x', "", "{n},few",
             '{n},"never closed,x', '"{n}",z,"three\r\n\nlines"')
    lines = [turns[n * n % 11 % 7].replace("{n}", str(n)) for n in range(n_lines)]
    return csv_text(*lines, header="a,b,c")


@pytest.mark.parametrize(("n_bytes", "n_chunks_least"), [(1, 250), (200, 20), (2_000, 2)])
def test_the_rows_are_the_same_whatever_the_size_of_a_chunk(
    tmp_path, n_bytes, n_chunks_least
):
    whole = open_people(tmp_path, messy_people())
    parts = dataclasses.replace(whole, chunk_bytes=n_bytes)
    assert len(list(whole.chunks())) == 1
    assert len(list(parts.chunks())) >= n_chunks_least
    assert accepted_rows(parts).equals(accepted_rows(whole))
    assert set_aside_rows(parts).equals(set_aside_rows(whole))
    assert len(set_aside_rows(whole)) > 100 < len(accepted_rows(whole))


def test_the_rows_are_the_same_whatever_the_number_of_workers(tmp_path):
    opened = dataclasses.replace(open_people(tmp_path, messy_people()), chunk_bytes=200)
    suite = build_suite(TABLES["fundraising_list"], [], as_of=DAY, where="here")
    alone, together = (
        [(part.chunk, part.batch.accepted, part.batch.set_aside)
         for part in read_parts(opened, suite, n_workers=n)] for n in (1, 2)
    )
    assert alone == together


def test_a_trouble_in_a_worker_is_told_as_it_is_in_one_process(tmp_path):
    content = messy_people() + "x" * 1_100_000 + ",b,c\n"
    opened = dataclasses.replace(open_people(tmp_path, content), chunk_bytes=200)
    suite = build_suite(TABLES["fundraising_list"], [], as_of=DAY, where="here")
    messages = []
    for n_workers in (1, 2):
        with pytest.raises(SourceError) as error:
            list(read_parts(opened, suite, n_workers=n_workers))
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    assert re.search(r"gifts\.csv: line \d+ is longer than", messages[0])


FIELDS = st.text(st.sampled_from('ab ,;|\t"\n\ré'), max_size=6)
RECORDS = st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=8)


@st.composite
def well_formed(draw):
    """A file that keeps RFC 4180, and its delimiter."""
    mark = draw(st.sampled_from(",;|\t"))
    lines = [mark.join("abc") + draw(st.sampled_from(["\n", "\r\n"]))]
    for record in draw(RECORDS):
        fields = []
        for text in record:
            must = bool(set(text) & set(mark + '"\n\r'))
            quoted = '"' + text.replace('"', '""') + '"'
            fields.append(quoted if must or draw(st.booleans()) else text)
        lines.append(mark.join(fields) + draw(st.sampled_from(["\n", "\r\n", "\n\n", "\n\r\n"])))
    text = "".join(lines)
    return text if draw(st.booleans()) else text.rstrip("\r\n"), mark


def reference(text, mark):
    """Records as Python's csv reads them: the line each begins on, and its stripped fields.

    A line of delimiters alone is blank.
    Lines end with LF only, so that a carriage return within quotes is part of its line.
    """
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    reader = csv.reader(lines, delimiter=mark, strict=True)
    line, found = 0, []
    for record in reader:
        raw = "".join(lines[line:reader.line_num])
        if raw.strip(mark + " \t\r\n"):
            found.append((line + 1, [field.strip() or None for field in record]))
        line = reader.line_num
    return found[1:]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(well_formed(), st.sampled_from([20, 1 << 20]))
def test_a_well_formed_file_gives_the_records_that_the_csv_module_gives(
    tmp_path_factory, made, n_bytes
):
    text, mark = made
    expected = reference(text, mark)
    if not expected:
        return
    opened = open_people(tmp_path_factory.getbasetemp(), text)
    opened = dataclasses.replace(opened, chunk_bytes=n_bytes)
    names = ("source_row", "first_name", "middle_name", "last_name")
    rows = accepted_rows(opened).select(names).to_pylist()
    assert [(row["source_row"], [row[n] for n in names[1:]]) for row in rows] == expected
    assert len(set_aside_rows(opened)) == 0


NOISE = st.lists(
    st.sampled_from([b"a", b"b,", b",", b'"', b'"', b"\n", b"\n", b"\r\n", b"\r", b" ", b"\xff",
                     b"\xc3\xa9", b"\0", b"a,b,c\n", b'"x","y\nz",""\r\n', b"\xef\xbb\xbf"]),
    min_size=1, max_size=40,
).map(lambda pieces: b"a,b,c\n" + b"".join(pieces))


def lines_of(opened):
    """Return how often each physical line belongs to a record, by its number."""
    seen = Counter()
    for chunk in opened.chunks():
        batch, placed = opened.batch(chunk), opened.placed(chunk)
        places = [*zip(placed.starts, placed.ends, strict=True),
                  *zip(placed.odd_starts, placed.odd_ends, strict=True)]
        n_rows = len(batch.accepted) + len(batch.set_aside) + batch.n_left_out
        assert batch.n_rows == n_rows == len(places)
        raw = opened.files[chunk.file_number].text.raw
        for start, end in places:
            line = raw.read(0, start).count(b"\n") + 1
            seen.update(line + n for n in range(raw.read(start, end).count(b"\n") + 1))
    return seen


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(NOISE, st.sampled_from([1, 20, 1 << 20]))
def test_every_line_of_noise_belongs_to_one_record_or_is_blank(
    tmp_path_factory, content, n_bytes
):
    folder = tmp_path_factory.getbasetemp()
    try:
        opened = open_people(folder, content)
    except SourceError:
        return
    whole = set_aside_rows(opened)
    opened = dataclasses.replace(opened, chunk_bytes=n_bytes)
    lines = content.split(b"\n")
    blank = {n for n, line in enumerate(lines, 1) if not line.strip(b"\r\0, \xef\xbb\xbf")}
    seen = lines_of(opened)
    assert set(seen.values()) <= {1}
    assert set(range(2, len(lines) + 1)) - set(seen) <= blank
    assert set_aside_rows(opened) == whole


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_read_or_refused_and_never_raise_otherwise(
    tmp_path_factory, content
):
    message, batches = "data/raw/gifts.csv", []
    try:
        batches = list(open_people(tmp_path_factory.getbasetemp(), content).batches())
    except SourceError as error:
        message = str(error)
    assert message.startswith("data/raw/gifts.csv")
    for batch in batches:
        assert batch.n_rows == len(batch.accepted) + len(batch.set_aside)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=20))
def test_any_text_is_a_value_of_a_kind_or_sets_its_row_aside(tmp_path_factory, texts):
    columns = {"seat_id": {"as": "row_number"}, "n_electors": "v", "degree_share": "v",
               "density_per_km2": "v"}
    content = io.StringIO()
    csv.writer(content, quoting=csv.QUOTE_ALL).writerows([["v"], *([text] for text in texts)])
    raw = content.getvalue().encode("utf-8", "surrogatepass")
    folder = tmp_path_factory.getbasetemp()
    try:
        opened = open_text(folder, raw, table="seats", columns=columns, date_format="")
    except SourceError:  # so many control letters that it is no text
        return
    batch = next(opened.batches())
    assert batch.n_rows == len(texts)
    density = batch.accepted.column("density_per_km2")
    assert pa.compute.all(pa.compute.is_finite(density)).as_py() is not False


# ---- the page


def test_the_page_names_every_reason_preset_and_key():
    page = PAGE.read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z_0-9]+)`", page))
    keys = {field.name for field in dataclasses.fields(Source)} - {"name"}
    assert set(REASONS) - told == set()
    assert set(preset_names()) - told == set()
    assert keys - told == set()


def test_the_page_has_no_reason_that_does_not_exist():
    page = PAGE.read_text(encoding="utf-8")
    table = page.split("## Rows set aside")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+)`", table, re.MULTILINE)) == set(REASONS)


def test_the_example_of_the_page_is_a_source_that_can_be_read(tmp_path):
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    entries = yaml.safe_load(block.group(1))["sources"]["gifts"]
    folder = make_folder(tmp_path, **entries)
    folder.write("Receipt;Paid on;Amount\n1;14/03/2026;2,000.00\n")
    assert [row["donation_date"] for row in folder.admit().accepted] == [DAY]


def test_every_rule_of_the_page_fits_some_column():
    page = PAGE.read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\{.*?\})` \|", page, re.MULTILINE)
    rules = [yaml.safe_load(rule) for rule in told]
    assert len(rules) >= 7
    assert [rule for rule in rules if not fitting_columns(rule)] == []


def fitting_columns(rule):
    """The columns of the register that a rule can fill."""
    needed = {"voter_id": "v", "first_name": "f", "last_name": "l"}
    found = []
    for column in TABLES["voters"].columns:
        source = make_source(table="voters", columns={**needed, column.name: rule},
                             date_format="")
        with suppress(SettingsError):
            preset_of(source)
            found.append(column.name)
    return found


def test_the_page_is_short():
    assert PAGE.read_text(encoding="utf-8").count("\n") <= 120


def test_a_columns_own_way_of_writing_goes_before_the_sources(tmp_path):
    """A survey tool that stamps with the hour, beside a day that somebody typed."""
    columns = {"donation_id": "No", "donation_date": {"from": "Stamp", "format": "%Y-%m-%d %H:%M"},
               "birth_date": "Born", "amount_minor": {"from": "Paid", "decimal": "."}}
    opened = open_text(
        tmp_path, "No,Stamp,Born,Paid\n1,2026-10-01 09:15,31.12.1980,12.50\n", columns=columns,
        date_format="%d.%m.%Y", decimal=",")
    row = accepted_rows(opened).to_pylist()[0]
    assert (row["donation_date"], row["birth_date"], row["amount_minor"]) == (
        dt.date(2026, 10, 1), dt.date(1980, 12, 31), 1250)


def test_what_a_source_says_goes_before_its_preset(tmp_path):
    """The preset of the sample's offers has %d/%m/%Y in its column."""
    text = ("event,title,guest,day,town,region,places,least_gift\n"
            "E1,Dinner,,2026-10-01,,WC,5,10.00\n")
    opened = open_text(tmp_path, text, preset="sample_events", table="events", columns={},
                       date_format="%Y-%m-%d")
    assert [row["event_date"] for row in accepted_rows(opened).to_pylist()] == [
        dt.date(2026, 10, 1)]
