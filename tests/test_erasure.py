"""Erasure: who is known again and who is not, what is edited, and what still holds a person."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from made_files import COLUMNS, PARAMS, open_text
from test_canaries import READ

from workbench.cli import main
from workbench.erase import erase, run_erase
from workbench.erase.holders import holders, may_name_people
from workbench.erase.raw import holds_person
from workbench.errors import ErasureError, SettingsError, StorageError
from workbench.intake import admit, gather
from workbench.intake.erased import ERASED_FILE, read_erased
from workbench.people.erasure import (
    KNOWN_TABLES,
    erased_keys,
    is_erased,
    load_erased,
    standard_rows,
)
from workbench.people.records import row_key_sql
from workbench.pipeline.stages import read_stages
from workbench.settings import load_settings
from workbench.sources import take_records_out
from workbench.tables import RESULTS, TABLES, linked_tables, table_named, write_arrow

KEY = b"a key of the tests"
DAY = dt.date(2026, 10, 5)
ROBERT = {
    "source_name": "register", "source_row": 7, "voter_id": "V1", "first_name": "Robert",
    "last_name": "Marsh", "birth_date": dt.date(1970, 5, 1), "address_line": "12 High Street",
    "town_name": "Brackwater", "postcode": "AB1 2CD", "phone": "(0291) 555 1234",
    "email": "rob.canary@example.org",
}
SHOP = {"source_name": "shop", "source_row": 3, "donation_id": "D1", "first_name": "Bob",
        "last_name": "Marsh", "phone": "0777 000 1111", "donation_date": DAY, "amount_minor": 500}


def rows_of(table, *rows):
    return pa.Table.from_pylist(list(rows), schema=table_named(table).schema())


def remembered(tables):
    """A database that knows the person whose rows ``tables`` holds by hashes alone."""
    connection = duckdb.connect()
    load_erased(connection, (), country_code="")
    keys = erased_keys(standard_rows(connection, tables), key=KEY)
    load_erased(connection, keys["erased_key"], country_code="")
    return connection


def known(database, table, *rows):
    """Which rows are of the person whom ``database`` remembers."""
    return is_erased(database, rows_of(table, *rows), table, key=KEY).tolist()


@pytest.fixture(scope="module")
def robert():
    return {"voters": rows_of("voters", ROBERT), "donations": rows_of("donations", SHOP)}


@pytest.fixture(scope="module")
def robert_remembered(robert):
    return remembered(robert)


def test_the_same_file_in_another_order_and_spelling_is_known_again(robert_remembered):
    again = {**ROBERT, "source_row": 90, "first_name": "  ROBERT ", "last_name": "marsh",
             "address_line": "12  HIGH ST.", "postcode": "ab12cd",
             "email": "ROB.Canary@Example.org"}
    other = {**ROBERT, "voter_id": "V2", "first_name": "Mary", "email": None, "phone": None,
             "birth_date": dt.date(1971, 1, 1)}
    assert known(robert_remembered, "voters", other, again) == [False, True]
    gift = {**SHOP, "source_row": 1, "phone": "+44777-0001111"}
    assert known(robert_remembered, "donations", gift) == [True]


LIST = {"source_name": "office", "source_row": 1, "entry_id": "E1", "list_code": "office"}


@pytest.mark.parametrize(("row", "is_known"), [
    ({"first_name": "Robert", "last_name": "Marsh", "address_line": "12 High St",
      "postcode": "AB12CD"}, True),
    ({"first_name": "Bob", "last_name": "MARSH", "address_line": "12 High St",
      "town_name": "Brackwater"}, True),
    ({"first_name": "Robert", "last_name": "Marsh", "address_line": "14 High St",
      "postcode": "AB12CD"}, False),
    ({"first_name": "Robert", "last_name": "Marsh", "address_line": "12 High St",
      "postcode": "ZZ99ZZ"}, False),
    ({"first_name": "Robert", "last_name": "Marsh", "name_suffix": "Jr",
      "address_line": "12 High St", "postcode": "AB12CD"}, False),
    ({"first_name": "Mary", "last_name": "Marsh", "address_line": "12 High St",
      "postcode": "AB12CD", "phone": "02915551234"}, False),
    ({"first_name": "Robert", "last_name": "Marsh"}, False),
    ({"first_name": "Rob", "last_name": "Marsh", "phone": "0291 5551234"}, True),
    ({"first_name": "Bob", "phone": "0777 000 1111"}, True),
    ({"first_name": "Robert", "last_name": "Quill", "phone": "0291 5551234"}, False),
    ({"last_name": "Marsh", "phone": "0291 5551234"}, False),
    ({"phone": "0291 5551234"}, False),
    ({"voter_id": "V1"}, True),
    ({"voter_id": " v1 ", "first_name": "Bobby"}, True),
    ({"voter_id": "V1", "first_name": "Ines", "last_name": "Quill"}, False),
    ({"voter_id": "V12", "first_name": "Robert", "last_name": "Marsh"}, False),
])
def test_a_row_of_another_list_is_known_by_a_number_or_by_a_name_with_a_home_or_telephone(
    robert_remembered, row, is_known,
):
    assert known(robert_remembered, "call_lists", {**LIST, **row}) == [is_known]


@pytest.mark.parametrize(("row", "is_known"), [
    ({"email": "rob.canary@example.org"}, True),
    ({"email": "Rob.Canary+news@example.org", "first_name": "R"}, True),
    ({"email": "rob.canary@example.org", "first_name": "Mary", "last_name": "Marsh"}, False),
    ({"email": "rob@example.org", "first_name": "Robert", "last_name": "Marsh"}, False),
    ({"first_name": "Robert", "last_name": "Marsh", "birth_date": dt.date(1970, 5, 1)}, True),
    ({"first_name": "Rupert", "last_name": "Marsh", "birth_date": dt.date(1970, 5, 1)}, False),
    ({"first_name": "Robert", "last_name": "Marsh", "birth_date": dt.date(1970, 1, 5)}, False),
])
def test_a_gift_is_known_by_an_address_of_e_mail_or_by_a_name_with_a_day_of_birth(
    robert_remembered, row, is_known,
):
    gift = {"source_name": "other", "source_row": 1, "donation_id": "X", "donation_date": DAY,
            "amount_minor": 100}
    assert known(robert_remembered, "donations", {**gift, **row}) == [is_known]


def test_a_row_without_names_is_known_in_its_own_source_alone():
    phone = {"source_name": "texts", "source_row": 4, "contact_id": "C1", "phone": "0291 555 1234"}
    person = remembered({"mobile_contacts": rows_of("mobile_contacts", phone)})
    rows = ({**phone, "contact_id": "C9", "source_row": 1}, {**phone, "source_name": "bought"})
    assert known(person, "mobile_contacts", *rows) == [True, False]


def test_a_key_that_is_the_number_of_the_line_says_nothing_of_another_row():
    row = {"source_name": "poll", "source_row": 5, "respondent_id": "5", "wave_name": "w",
           "first_name": "Ann", "last_name": "Lee", "phone": "0291 555 9999"}
    person = remembered({"polls": rows_of("polls", {**row, "wave_name": None})})
    other = {**row, "wave_name": None, "phone": "0291 555 0000"}
    moved = {**row, "wave_name": None, "source_row": 88, "respondent_id": "88"}
    assert known(person, "polls", other, moved) == [False, True]


def test_votes_friendships_and_requests_go_with_the_number_or_the_account():
    account = {"source_name": "net", "source_row": 1, "social_user_id": "u7", "first_name": "Ann",
               "last_name": "Lee", "email": "ann@example.org"}
    person = remembered({"voters": rows_of("voters", ROBERT),
                         "social_users": rows_of("social_users", account)})
    friends = [{"source_name": "f", "source_row": n, "social_user_id_l": left,
                "social_user_id_r": right}
               for n, (left, right) in enumerate([("u7", "u9"), ("u1", "u7"), ("u1", "u70")])]
    votes = [{"source_name": "h", "source_row": 1, "voter_id": name, "election_date": DAY,
              "voted_code": "voted"} for name in ("V1", "V2")]
    asked = {"source_name": "s", "source_row": 1, "request_id": "r", "sender_id": "u1",
             "friend_id": "u7", "request_date": DAY}
    assert known(person, "friendships", *friends) == [True, True, False]
    assert known(person, "vote_history", *votes) == [True, False]
    assert known(person, "share_requests", asked) == [True]


def test_every_table_that_could_tell_who_somebody_is_is_looked_at():
    telling = {"voter_id", "first_name", "last_name", "email", "phone", "social_user_id",
               "social_user_id_l", "sender_id"}
    found = {name for name, table in TABLES.items() if telling & set(table.column_names)}
    assert found == set(KNOWN_TABLES)


def test_the_hashes_of_a_person_stay_what_they_were_when_lists_were_written(robert):
    connection = duckdb.connect()
    load_erased(connection, (), country_code="")
    keys = erased_keys(standard_rows(connection, robert), key=KEY)
    joined = "".join(sorted(keys["erased_key"])).encode()
    assert hashlib.sha256(joined).hexdigest()[:16] == "26540f453bef6c1e"


# Raw files

GIFTS = ["g1,Avery,03/14/2026,25.00,first", "g2,Blair,03/15/2026,10.00,",
         "g3,Casey,03/16/2026,5,x"]


def cut(root, content, line, **changes):
    """Take the record on a line (the header being 1) out of a raw file; return its bytes."""
    opened = open_text(root, content, **changes)
    chunk = next(opened.chunks())
    placed = opened.placed(chunk)
    row = placed.rows["source_row"].to_pylist().index(line)
    take_records_out(opened, 0, [(int(placed.starts[row]), int(placed.ends[row]))], root)
    return (root / opened.source.path).read_bytes()


HEAD = "Gift,Donor,Day,Amount,Note"


@pytest.mark.parametrize(("end", "encoding"), [
    ("\n", "utf-8"), ("\r\n", "utf-8"), ("\r", "utf-8"), ("\r\n", "utf-8-sig"),
    ("\r", "utf-8-sig"), ("\n", "cp1252"), ("\r\n", "utf-16"), ("\n", "utf-16-be"),
])
@pytest.mark.parametrize("line", [2, 3, 4])
def test_one_record_goes_and_every_other_byte_stays(tmp_path, end, encoding, line):
    lines = [HEAD, "g1,Zoë,03/14/2026,25.00,é𝒳" if "utf" in encoding else "g1,Zoë,03/14/2026,1,é",
             "g2,Bläir,03/15/2026,10.00,", "g3,Casey,03/16/2026,5,x"]
    whole = (end.join(lines) + end).encode(encoding)
    left = (end.join(lines[: line - 1] + lines[line:]) + end).encode(encoding)
    assert cut(tmp_path, whole, line) == left


def test_a_record_of_several_lines_goes_whole_and_a_last_line_without_its_end(tmp_path):
    lines = [HEAD, 'g1,Avery,03/14/2026,1,"two\nlines"', "g2,Blair,03/15/2026,1,x"]
    content = "\n".join(lines) + "\n"
    assert cut(tmp_path, content, 2) == f"{HEAD}\n{lines[2]}\n".encode()
    assert cut(tmp_path, content.rstrip("\n"), 4) == f"{HEAD}\n{lines[1]}\n".encode()


def test_where_the_line_is_the_key_an_empty_line_keeps_the_numbers_of_the_others(tmp_path):
    columns = {**COLUMNS, "donation_id": {"as": "row_number"}}
    left = cut(tmp_path, "\r\n".join([HEAD, *GIFTS, ""]), 3, columns=columns)
    assert left == "\r\n".join([HEAD, GIFTS[0], "", GIFTS[2], ""]).encode()


def test_in_archives_the_member_is_written_anew_and_the_others_are_copied(tmp_path):
    whole, left = "\n".join([HEAD, *GIFTS, ""]), "\n".join([HEAD, *GIFTS[1:], ""])
    packed = cut(tmp_path, gzip.compress(whole.encode()), 2, path="data/raw/gifts.csv.gz")
    assert gzip.decompress(packed) == left.encode()
    place = tmp_path / "data/raw/gifts.zip"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("read.txt", "as it was")
        archive.writestr("gifts.csv", whole)
    cut(tmp_path, place.read_bytes(), 2, path="data/raw/gifts.zip", member="gifts.csv")
    with zipfile.ZipFile(place) as archive:
        assert archive.namelist() == ["read.txt", "gifts.csv"]
        assert [archive.read(name) for name in archive.namelist()] == [b"as it was", left.encode()]


@pytest.mark.parametrize(("text", "is_held"), [
    ("a,b,rob.canary@EXAMPLE.org,too,many,fields", True),
    ("Marsh,Robert,AB1 2CD,,,,", True), ("Marsh;Robert;+44 291-555-1234", True),
    ("Marsh,Mary,AB1 2CD,02915551234", False), ("Marsh,Robert,ZZ9 9ZZ", False),
])
def test_a_line_that_is_no_row_is_the_persons_by_e_mail_or_by_names_and_a_detail(
    robert, text, is_held,
):
    connection = duckdb.connect()
    load_erased(connection, (), country_code="")
    assert holds_person(text, standard_rows(connection, robert)) is is_held


# A campaign of two files

REGISTER = [
    "Number,First,Last,Born,Street,Post,Mail",
    "V1,Robert,Marsh,1970-05-01,12 High St,AB1 2CD,rob.canary@example.org",
    "V2,Mary,Marsh,1971-06-02,12 High St,AB1 2CD,mary@example.org",
    "V3,Robert,Marsh,1990-01-01,3 Low Rd,QQ1 1QQ,other@example.org",
]
SHOPPING = [
    "Gift,First,Last,Mail,Day,Amount", "g1,Bob,Marsh,Rob.Canary@example.org,2026-03-01,10",
    "g2,Mary,Marsh,mary@example.org,2026-03-02,20", "g3,Bob,Marsh,rob.canary@example.org,never,30",
    "g4,Robert,Marsh,rob.canary@example.org,2026-03-04,5,odd",
]
SOURCES = {
    "register": {"path": "data/raw/register.csv", "table": "voters", "columns": {
        "voter_id": "Number", "first_name": "First", "last_name": "Last", "birth_date": "Born",
        "address_line": "Street", "postcode": "Post", "email": "Mail"}},
    "shop": {"path": "data/raw/shop.csv", "table": "donations",
             "accept_loss": {"share": 1.0, "why": "half of the lines are broken"}, "columns": {
        "donation_id": "Gift", "first_name": "First", "last_name": "Last", "email": "Mail",
        "donation_date": "Day", "amount_minor": "Amount"}},
}
WHO = {"register": {"V1": "P1", "V2": "P2", "V3": "P3"}, "shop": {"g1": "P1", "g2": "P2"}}


def make(root, **who):
    """A campaign of a register and a shop, built as far as the crosswalk."""
    sources = {name: {**entry, "lawful_basis": "consent", "expiry_date": "2027-05-31"}
               for name, entry in SOURCES.items()}
    (root / "params.yaml").write_text(yaml.safe_dump({**PARAMS, "sources": sources}))
    (root / "expectations").mkdir()
    for table in ("voters", "donations"):
        (root / "expectations" / f"{table}.json").write_text(
            json.dumps({"name": table, "expectations": []}))
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data/raw/register.csv").write_text("\n".join([*REGISTER, ""]))
    (root / "data/raw/shop.csv").write_text("\n".join([*SHOPPING, ""]))
    return build(root, **who)


def build(root, **who):
    settings = load_settings(root)
    for name in settings.sources:
        admit(settings, name, n_workers=1)
    gather(settings)
    link(root, {**WHO, **who})
    return settings


def link(root, who):
    """Write the crosswalk that the stage `spine` would: who has which row."""
    parts = []
    for name in linked_tables():
        keys = duckdb.sql(
            f"SELECT source_name, source_row, {row_key_sql(table_named(name))} AS row_key "
            f"FROM '{root}/data/tables/{name}.parquet'").fetchall()
        parts += [{"source_name": source, "source_row": row, "table_name": name, "row_key": key,
                   "record_key": "r", "person_id": who[source][key], "how_code": "alone",
                   "link_probability": 1.0} for source, row, key in keys]
    crosswalk = pa.Table.from_pylist(parts, schema=RESULTS["crosswalk"].schema())
    write_arrow(crosswalk, root / "data/people/crosswalk.parquet")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The campaign's folder, built once; tests get copies of it."""
    return make(tmp_path_factory.mktemp("built")).root


@pytest.fixture(scope="module")
def built_without_p1(tmp_path_factory, built):
    """The same, from which P1 was erased once."""
    root = tmp_path_factory.mktemp("without")
    erase(copied(built, root), ["P1"], erased_date=DAY)
    return root


def copied(folder, root):
    shutil.copytree(folder, root, dirs_exist_ok=True)
    return load_settings(root)


@pytest.fixture
def campaign(tmp_path, built):
    """The settings of a campaign in ``tmp_path``, built as far as the crosswalk."""
    return copied(built, tmp_path)


@pytest.fixture
def erased_campaign(tmp_path, built_without_p1):
    """The same, from which P1 was erased."""
    return copied(built_without_p1, tmp_path)


def every_byte(root):
    return {path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*")) if path.is_file()}


def tables_of(root):
    return {name: pq.read_table(root / f"data/tables/{name}.parquet").to_pylist()
            for name in ("voters", "donations")}


@pytest.mark.slow
def test_an_erased_person_is_gone_and_does_not_come_back_with_the_same_file(tmp_path, campaign):
    told = "\n".join(run_erase(campaign, ["P1"], None, False))
    assert "voters, source register: 1" in told
    assert "data/raw/shop.csv: 3" in told
    register, shop = tmp_path / "data/raw/register.csv", tmp_path / "data/raw/shop.csv"
    assert register.read_text() == "\n".join([REGISTER[0], *REGISTER[2:], ""])
    assert shop.read_text() == "\n".join([SHOPPING[0], SHOPPING[2], ""])
    register.write_text("\n".join([REGISTER[0], *REGISTER[:0:-1], ""]))
    for name in campaign.sources:
        admit(campaign, name, n_workers=1)
    counts = gather(campaign).set_index("source_name").to_dict("index")
    assert counts["register"] == {"n_accepted": 3, "n_erased": 1, "n_gathered": 2}
    assert counts["shop"] == {"n_accepted": 1, "n_erased": 0, "n_gathered": 1}
    assert [row["voter_id"] for row in tables_of(tmp_path)["voters"]] == ["V3", "V2"]
    assert erase(campaign, [], erased_date=DAY).raw_files[0].n_records == 1
    assert b"canary" not in b"".join(
        part for name, part in every_byte(tmp_path).items() if name.startswith("data/raw"))


@pytest.mark.slow
def test_what_is_told_holds_nobodys_values(tmp_path, capsys, monkeypatch, campaign):
    monkeypatch.chdir(tmp_path)
    assert main(["erase", "P1"]) == 0
    told = capsys.readouterr().out.casefold()
    assert "dvc repro" in told
    for value in ("marsh", "robert", "canary", "v1", "high st", "g1"):
        assert value not in told


@pytest.mark.slow
def test_a_dry_run_counts_the_same_and_writes_nothing(tmp_path, campaign):
    before = every_byte(tmp_path)
    dry = erase(campaign, ["P1"], erased_date=DAY, is_dry=True)
    assert every_byte(tmp_path) == before
    real = erase(campaign, ["P1"], erased_date=DAY)
    assert (dry.raw_files, dry.known.n_rows) == (real.raw_files, real.known.n_rows)


def test_an_id_that_is_nobodys_is_refused_before_anything_is_written(
    tmp_path, capsys, monkeypatch, campaign,
):
    before = every_byte(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["erase", "P1", "P99"]) == SettingsError.exit_code
    assert "1 of 2 person_ids are nobody's" in capsys.readouterr().err
    assert every_byte(tmp_path) == before


@pytest.mark.slow
def test_a_row_that_looks_alike_and_is_another_persons_stays_and_is_told(tmp_path):
    settings = make(tmp_path, shop={"g1": "P4", "g2": "P2"})
    erasure = erase(settings, ["P1"], erased_date=DAY)
    assert erasure.known.other_ids == ("P4",)
    gather(settings)
    assert [row["donation_id"] for row in tables_of(tmp_path)["donations"]] == ["g1", "g2"]
    link(tmp_path, {**WHO, "shop": {"g1": "P4", "g2": "P2"}})
    assert erase(settings, ["P4"], erased_date=DAY).known.other_ids == ()


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_run_that_breaks_off_leaves_whole_files_and_a_second_one_does_the_rest(
    tmp_path, monkeypatch, n, campaign,
):
    calls, replaced = [], os.replace

    def break_off(source, target):
        calls.append(target)
        if len(calls) == n:
            raise OSError(5, "broken off")
        replaced(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", break_off)
        with pytest.raises(StorageError):
            erase(campaign, ["P1"], erased_date=DAY)
    assert (tmp_path / ERASED_FILE).is_file() is (n > 1)
    assert len(pq.read_table(tmp_path / "data/people/crosswalk.parquet")) == 5
    erase(campaign, ["P1"], erased_date=DAY)
    raw = [(tmp_path / f"data/raw/{name}.csv").read_text() for name in ("register", "shop")]
    assert [text.count("\n") for text in raw] == [3, 2]


def test_the_registry_of_ids_loses_the_persons_rows_alone(tmp_path, campaign):
    rows = [{"source_name": "register", "row_key": f"V{n}", "record_key": "r", "name_key": "n",
             "is_elector": True, "person_id": f"P{n}"} for n in (1, 2)]
    path = tmp_path / "data/registry/id_registry.parquet"
    write_arrow(pa.Table.from_pylist(rows, schema=RESULTS["id_registry"].schema()), path)
    assert erase(campaign, ["P1"], erased_date=DAY).n_registry_rows == 1
    assert pq.read_table(path)["person_id"].to_pylist() == ["P2"]


def test_a_file_that_a_stage_makes_is_left_and_named(tmp_path, campaign):
    (tmp_path / "dvc.yaml").write_text("stages: {make: {cmd: x, outs: [data/raw/register.csv]}}")
    left = [file for file in erase(campaign, ["P1"], erased_date=DAY).raw_files if file.why_left]
    assert [(file.path, file.why_left) for file in left] == [
        ("data/raw/register.csv", "a stage of the pipeline makes it")]
    assert (tmp_path / "data/raw/register.csv").read_text() == "\n".join([*REGISTER, ""])


# The list of erased people

@pytest.mark.slow
def test_the_list_keeps_the_day_of_the_first_erasure_and_is_the_same_bytes_again(
    tmp_path, erased_campaign,
):
    first = (tmp_path / ERASED_FILE).read_bytes()
    erase(erased_campaign, ["P1"], erased_date=dt.date(2026, 12, 1))
    assert (tmp_path / ERASED_FILE).read_bytes() == first
    assert pq.read_schema(tmp_path / ERASED_FILE).equals(RESULTS["erased"].schema())


def damaged(path, how):
    rows = pq.read_table(path)
    if how == "half":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "a column short":
        write_arrow(rows.drop_columns("kind_code"), path)
    elif how == "no mark of its key":
        write_arrow(rows.filter(pa.compute.not_equal(rows["kind_code"], "key")), path)
    elif how == "no rows":
        write_arrow(rows.slice(0, 0), path)
    else:
        path.rename(path.with_name("elsewhere"))
        path.with_name(f"{path.name}.dvc").write_text("outs: []")


@pytest.mark.parametrize("how", ["half", "empty", "a column short", "no mark of its key",
                                 "no rows", "missing"])
def test_a_damaged_list_of_erased_people_stops_gathering(tmp_path, how, erased_campaign):
    damaged(tmp_path / ERASED_FILE, how)
    before = every_byte(tmp_path)
    with pytest.raises(ErasureError, match="erased.parquet"):
        gather(erased_campaign)
    assert every_byte(tmp_path) == before


def test_a_list_made_with_another_key_stops_gathering(tmp_path, monkeypatch, erased_campaign):
    from workbench.pseudonyms import make_key
    monkeypatch.setenv("WORKBENCH_KEYS", str(tmp_path / "keys"))
    linkage = replace(erased_campaign.linkage, key_name="own", key_fingerprint=make_key("own"))
    with pytest.raises(ErasureError, match="another key"):
        gather(replace(erased_campaign, linkage=linkage))


def test_where_nobody_was_erased_every_accepted_row_is_gathered(tmp_path, campaign):
    assert read_erased(campaign).empty
    assert gather(campaign)["n_erased"].sum() == 0


# What older versions hold

def places_of_the_build(*, with_people):
    """The folders and files that the stages of our own pipeline write, of one sort."""
    outs = {out for stage in read_stages(Path(__file__).parents[1]) for out in stage.outs
            if may_name_people(out) is with_people}
    return {"/".join(out.split("/")[:1 if out.startswith("reports/") else 2]) for out in outs}


def test_what_a_build_leaves_without_people_in_it_is_named_and_searched_for_them():
    harmless = places_of_the_build(with_people=False)
    assert harmless == {"reports", "data/code", "data/gathered.json", "data/quality",
                        "data/received", "data/shown", "data/before"}
    assert harmless <= set(READ)


def test_every_other_place_of_a_build_is_named_where_somebody_was_erased(tmp_path):
    places = {*places_of_the_build(with_people=True), "data/a_stage_of_their_own"}
    for place in places - {"data/lists"}:
        file = tmp_path / place / "rows.parquet"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"rows of people")
    assert {"data/raw", "data/registry"}.isdisjoint(places)
    named = {path for holder in holders(tmp_path) for path in holder.paths}
    assert named == places - {"data/lists"}


PIPELINE = """\
stages:
  admit:
    cmd: {python} steps.py admit
    deps: [data/raw/register.csv, data/raw/shop.csv, steps.py]
    outs: [data/accepted, data/set_aside, data/quality]
  gather:
    cmd: {python} steps.py gather
    deps: [data/accepted, data/registry, steps.py]
    outs: [data/tables, data/gathered.json, data/people]
"""
STEPS = """\
import sys
from pathlib import Path
from test_erasure import WHO, link
from workbench.intake import admit, gather
from workbench.settings import load_settings
settings = load_settings()
if sys.argv[1] == "admit":
    for name in settings.sources:
        admit(settings, name, n_workers=1)
else:
    gather(settings)
    link(settings.root, WHO)
"""


def holding(root, text):
    """Files anywhere below the folder, caches and git's objects too, that hold a text."""
    found = []
    for path, content in every_byte(root).items():
        if content[:4] == b"PAR1":
            content = json.dumps(pq.read_table(root / path).to_pylist(), default=str).encode()
        if path.startswith(".git/objects") and content[:1] == b"x":
            import zlib
            content = zlib.decompress(content)
        if text in content.lower():
            found.append(path)
    return found


@pytest.mark.slow
def test_after_the_commands_that_are_printed_no_file_holds_the_person(tmp_path, monkeypatch):
    root = tmp_path / "campaign"
    root.mkdir()
    make(root)
    shutil.rmtree(root / "data" / "people")
    for folder in ("tables", "accepted", "set_aside", "quality"):
        shutil.rmtree(root / "data" / folder)
    (root / "data" / "gathered.json").unlink()
    (root / "data" / "registry").mkdir()
    (root / "data" / "registry" / "README.md").write_text("The registry.\n")
    (root / "dvc.yaml").write_text(PIPELINE.format(python=sys.executable))
    (root / "steps.py").write_text(STEPS)
    (root / ".gitignore").write_text("/data/?*\n!/data/raw/\n/data/raw/?*\n!/data/raw/*.dvc\n"
                                     "!/data/registry/\n/data/registry/?*\n"
                                     "!/data/registry/*.dvc\n!/data/registry/README.md\n")
    monkeypatch.setenv("PYTHONPATH", f"{os.environ.get('PYTHONPATH', '')}:{Path(__file__).parent}")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "A")
        monkeypatch.setenv(f"{name}_EMAIL", "a@b")

    def run(*lines):
        for line in lines:
            done = subprocess.run(line, shell=True, cwd=root, capture_output=True, text=True)
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"

    run("git init -q", "dvc init -q", "dvc remote add store ../store -q",
        "dvc add -q data/raw/register.csv data/raw/shop.csv",
        "dvc repro -q", "git add -A .", "git commit -qm first", "dvc push -q -r store")
    run("dvc repro -q", "git commit -qm second --allow-empty")
    assert len(holding(root, b"rob.canary")) > 6
    assert len(holding(tmp_path / "store", b"rob.canary")) > 3
    told = run_erase(load_settings(root), ["P1"], None, False)
    commands = [line.strip() for line in told[told.index("Run, in this order:") + 1:]]
    assert commands[0] == "dvc repro"
    assert any(line.strip() == "data/raw/shop.csv" for line in told)
    assert [name for name in holding(root, b"rob.canary") if name.startswith("data/raw")] == []
    assert holding(root, b"rob.canary")
    run(*commands)
    assert holding(root, b"rob.canary") == []
    assert holding(tmp_path / "store", b"rob.canary") == []
    assert holding(root, b"mary@example.org")
    run("dvc repro -q", "git diff --quiet")
