"""An objection holds however it is written: what cannot be read holds back whomever it means."""

from __future__ import annotations

import dataclasses
import random
import shutil

import pandas as pd
import pytest
from test_lists import evidence, listed, purpose, reason_of, suppression
from test_release import REPOSITORY, campaign_of, send, sheet, stop

from workbench.errors import ListRefused, SettingsError
from workbench.intake import admit, gather
from workbench.lists.keys import voter_key
from workbench.lists.objections import clues, could_mean, names_somebody
from workbench.lists.unread import mark_of
from workbench.settings import load_settings
from workbench.tables import RESULTS, TABLES, write_table

HEADER = "entry,elector,first,last,postcode,phone,email,scope,reason,since\n"
COLUMNS = {"suppression_id": "entry", "voter_id": "elector", "first_name": "first",
           "last_name": "last", "postcode": "postcode", "phone": "phone", "email": "email",
           "scope_code": "scope", "reason_code": "reason", "start_date": "since"}
ANN = "ab1-0012,Ann,van der Berg,2134,291 555 1234,Ann@Example.org"
MALFORMED = {
    "a day that cannot be read": f"s2,{ANN},all,objected,31.02.2026",
    "no day": f"s2,{ANN},all,objected,",
    "an unknown reason": f"s2,{ANN},all,asked us to stop,2026-01-01",
    "an unknown scope": f"s2,{ANN},everything,objected,2026-01-01",
    "a comma too many": f"s2,{ANN},all,objected,2026-01-01,",
    "a comma too few": f"s2,{ANN},all,2026-01-01",
    "a key used twice": f"s1,{ANN},all,objected,2026-01-01",
    "no key": f",{ANN},all,objected,2026-01-01",
    "a quote that never closes": f's2,"{ANN},all,objected,2026-01-01',
    "bytes that mean nothing": f"s2,{ANN},all,objected,2026-01-01\udcff",
}
ALONE = {  # what of Ann stands in the row, each by itself enough
    "number": ",,,,+1 (291) 555-1234,", "email": ",,,,,ANN+news@example.ORG",
    "elector": "AB1 - 12,,,,,", "name and place": ",ANN M,Van Der Berg,02134-0001,,",
    "name without a place": ",Ann,van der berg,,,",
}


def known(**changes):
    told = {"voter_id": "AB1-12", "first_name": "Ann", "last_name": "Van der Berg",
            "postcode": "02134", "phone": "2915551234", "email": "ann@example.org"}
    return {**told, **changes}


def unread(*texts):
    return pd.DataFrame({"source_name": "stop", "source_row": range(2, 2 + len(texts)),
                         "raw_text": texts})


def with_file(settings, lines):
    """Give the source of suppressions a file with these lines, and check and gather it."""
    params = (settings.root / "params.yaml")
    told = params.read_text()
    start = told.index("  stop:\n")
    block = told[start:told.index("table: suppressions\n", start)]
    columns = "{" + ", ".join(f"{ours}: {theirs}" for ours, theirs in COLUMNS.items()) + "}"
    head, _, rest = block.partition("    columns:\n")
    new = f"{head}    columns: {columns}\n{rest[rest.index('    expiry_date'):]}"
    params.write_text(told.replace(block, new))
    raw = settings.root / "data/raw/stop.csv"
    raw.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(REPOSITORY / "expectations", settings.root / "expectations")
    raw.write_bytes((HEADER + "".join(f"{line}\n" for line in lines)).encode(
        "utf-8", "surrogateescape"))
    told = dataclasses.replace(
        load_settings(settings.root),
        sources={n: s for n, s in load_settings(settings.root).sources.items() if n == "stop"})
    admit(told, "stop", n_workers=1)
    return told


@pytest.mark.parametrize("line", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_objection_holds_back_whom_it_means(tmp_path, line):
    settings = campaign_of(
        tmp_path / "c", entries=[known(), known(phone="2915550001", email=None, voter_id="Q-9",
                                                 first_name="Bo", last_name="Other")],
        suppressions=[stop(1, "p19")])
    told = with_file(settings, ["s1,zz9,Zed,Nobody,99999,,,all,objected,2026-01-01", line])
    crosswalk = pd.DataFrame({"source_name": ["stop"], "source_row": [2], "person_id": ["p19"],
                              "table_name": "x", "row_key": "k", "record_key": "r",
                              "how_code": "alone", "link_probability": 1.0})
    gather(told)
    people = pd.read_parquet(settings.root / "data/people/crosswalk.parquet")
    both = pd.concat([people[people["source_name"] != "stop"], crosswalk])
    write_table(both, RESULTS["crosswalk"], settings.root / "data/people/crosswalk.parquet")
    tally = send(load_settings(settings.root))
    assert [row["person_id"] for row in sheet(settings)] == ["p1"]
    assert tally.held_back["objection_unread"] == 1


@pytest.mark.parametrize("fields", ALONE.values(), ids=ALONE)
@pytest.mark.parametrize("channel", ["door", "phone", "text", "email", "post"])
def test_each_thing_in_an_unread_objection_is_enough_on_every_channel(fields, channel):
    proof = evidence(unread=unread(f"s2,{fields},all,objected,no day"))
    assert reason_of(known(), purpose(channel), proof) == "objection_unread"


@pytest.mark.parametrize(("fields", "meant"), [
    (",,,,+1 (291) 555-1299,", []), (",,,,,anna@example.org", []), ("AB1 - 13,,,,,", []),
    (",Ann,Berg,02134,,", []), (",Bea,van der Berg,02134,,", []),
    (",Ann,van der Berg,02135,,", [1]), (",Ann,van der Berg,02134,,", [0]),
    (",Ann,van der Berg,90210,,", [0, 1])])
def test_only_those_whom_it_could_mean_are_held_back(fields, meant):
    """A namesake lives at another postcode; a place where no namesake lives tells nobody apart."""
    namesake = known(phone="1", email="x@example.org", postcode="02135", voter_id="77")
    pairs = could_mean(listed(known(), namesake), clues(pd.Series([f"s2,{fields},all,?,no day"])))
    assert pairs["row"].tolist() == meant


def test_somebody_is_known_by_whatever_any_file_says_of_them(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{"phone": "2915550000"}, {}],
                           suppressions=[stop(1, "p19")],
                           mobile=[{"source_name": "mobile", "source_row": 0, "contact_id": "m0",
                                    "phone": "0046 70 123 45 67"}])
    write_table(unread("s9,,,,,070-123 45 67,,sms,objected,?").assign(
        file_name="stop.csv", reason_code="unknown_code"), RESULTS["unread_objections"],
        settings.root / "data/tables/unread_objections.parquet")
    tally = send(settings)
    assert [row["person_id"] for row in sheet(settings)] == ["p1"]
    assert tally.held_back["objection_unread"] == 1


def test_a_row_that_names_nobody_stops_every_list_until_a_person_settles_it(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p19")])
    text = "s9,,,,,,,all,objected,2026-13-01"
    write_table(unread(text).assign(file_name="stop.csv", reason_code="not_a_date"),
                RESULTS["unread_objections"],
                settings.root / "data/tables/unread_objections.parquet")
    with pytest.raises(ListRefused, match="1 rows of suppressions cannot be read and name nobody"
                       rf".*line 2 of source 'stop' \({mark_of(text)}\).*settled_rows"):
        send(settings)
    params = (settings.root / "params.yaml")
    params.write_text(params.read_text().replace(
        "  stop:\n", f"  stop:\n    settled_rows: {{'{mark_of(text)}': 'The lead, 1 Oct'}}\n"))
    assert send(load_settings(settings.root)).n_kept == 1


@pytest.mark.parametrize(("text", "names"), [
    ("s9,,,,,,,all,objected,2026-13-01", False), ("s9,,,,,,,all,do_not_contact,1 Feb 2026", False),
    (",,,,", False), ("s9,,,,,291 555 1234,,all,objected,x", True),
    ("s9,,Ann,Smyth,,,,all,objected,x", True), ("s9,,,,,,a@b.org,all,objected,x", True),
    ("2026-01-01T10:00:00,null,none,all", False),
])
def test_what_names_somebody_is_a_number_an_address_or_two_names(text, names):
    assert names_somebody(pd.Series([text])).tolist() == [names]


@pytest.mark.parametrize("written", ["ab1-12/1", "AB1-12/1", " AB1 - 12 / 1 ", "AB1-0012/1",
                                     "ab 1-00012/01"])
def test_an_electors_number_is_compared_without_case_spaces_and_leading_zeros(written):
    assert voter_key(written) == voter_key("AB1-12/1")
    entry = suppression(voter_id=written)
    assert reason_of({"voter_id": "AB1-12/1"}, purpose(), evidence(entry)) == "objected"
    assert reason_of({"voter_id": "AB1-12/2"}, purpose(), evidence(entry)) is None


def test_two_thousand_malformed_objections_let_nobody_out():
    """Each row keeps one thing of one person, behind damage of a random kind."""
    chance = random.Random(20121106)
    rows = listed(*(known(voter_id=f"AB{n % 9}-{n}", first_name=f"Ann{chr(97 + n % 26)}",
                          last_name=f"Berg{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}",
                          postcode=f"{10000 + n}", phone=f"291{5550000 + n}",
                          email=f"a{n}@example.org") for n in range(4000)))
    texts = []
    for n in range(0, 4000, 2):
        row = rows.loc[n]
        kept = chance.choice([["phone"], ["email"], ["voter_id"],
                              ["first_name", "last_name", "postcode"]])
        fields = [row[name] if name in kept else "" for name in
                  ("voter_id", "first_name", "last_name", "postcode", "phone", "email")]
        line = ",".join([f"s{n}x", *fields, "all", "objected", "2026-01-01"])
        damage = chance.choice(["no day", "comma", "cut", "tabs", "shout", "quote"])
        line = {"no day": line.replace("2026-01-01", "soon"), "comma": line + ",",
                "cut": line[:-14], "tabs": line.replace(",", "\t"), "shout": line.upper(),
                "quote": '"' + line}[damage]
        texts.append(line)
    proof = evidence(unread=unread(*texts), people=pd.DataFrame({
        "person_id": rows["person_id"], "birth_date": None, "birth_year": 1980}))
    held = hold_back_of(rows, proof)
    objected = {f"p{n}" for n in range(0, 4000, 2)}
    assert objected & set(held.rows["person_id"]) == set()
    assert held.tally.held_back["objection_unread"] - len(objected) <= 40


def hold_back_of(rows, proof):
    from workbench.lists import hold_back

    return hold_back(rows, purpose(), proof)


def test_the_table_of_unread_objections_is_declared_and_personal():
    assert RESULTS["unread_objections"].personal_columns == ("raw_text",)
    assert "unread_objections" not in TABLES


def test_no_rule_leaves_an_objection_out(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    params = settings.root / "params.yaml"
    params.write_text(params.read_text().replace("  stop:\n", "  stop:\n    keep: {a: [b]}\n"))
    with pytest.raises(SettingsError, match="sources.stop has keep, and no objection"):
        load_settings(settings.root)
