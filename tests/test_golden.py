"""Golden records: what is held to be so of a person, and nobody's row is lost."""

from __future__ import annotations

import contextlib
import io

import duckdb
import pandas as pd
import pytest

from workbench.people.golden import golden_people
from workbench.people.keys import create_record_keys
from workbench.people.prepare import create_records, load_nicknames
from workbench.people.reading import Reading
from workbench.pseudonyms import keyed_hash
from workbench.tables import TABLES, to_arrow, to_pandas
from workbench.tables.people import PEOPLE

KEY = b"a key for tests, of thirty-two bytes"


def database(**tables):
    """Tables given as lists of rows, with their records."""
    connection = duckdb.connect()
    for name, rows in tables.items():
        connection.register(name, to_arrow(pd.DataFrame(rows), TABLES[name]))
    load_nicknames(connection)
    create_records(connection, list(tables), reading=Reading(2026))
    return connection


def people(person_of, **tables):
    """The golden records, by the person that ``person_of`` says of a row's key."""
    connection = database(**tables)
    rows = connection.execute("SELECT rid, min(row_key) AS k FROM row_record GROUP BY rid").df()
    numbered = rows.assign(person_id=rows["k"].map(person_of)).drop(columns="k")
    connection.register("numbered", numbered.assign(
        person=pd.factorize(numbered["person_id"])[0]))
    connection.execute("CREATE TABLE record_person AS FROM numbered")
    with contextlib.redirect_stderr(io.StringIO()):
        made = golden_people(connection, list(tables), key=KEY)
    assert made.schema == PEOPLE.schema()
    return to_pandas(made).set_index("person_id")


def voter(key, **cells):
    return {"source_name": "roll", "voter_id": key, **cells}


def gift(key, **cells):
    return {"source_name": "gifts", "donation_id": key, **cells}


HOME = {"address_line": "5 North Road, Apt 2", "town_name": "Norby", "region_code": "east",
        "postcode": "01234"}


def test_the_register_is_believed_first_and_names_are_not_mixed():
    one = people(
        {"V1": "P1", "D1": "P1", "D2": "P1"},
        voters=[voter("V1", first_name="ANN", last_name="LEE", sex_code="female", **HOME)],
        donations=[gift(key, first_name="Annie", middle_name="Q", last_name="Leigh",
                        address_line="9 Elm St", postcode="99999", email="a@b.example")
                   for key in ("D1", "D2")]).loc["P1"]
    assert (one["first_name"], one["last_name"]) == ("ANN", "LEE")
    assert pd.isna(one["middle_name"])
    assert one["postcode"] == "01234"
    assert one["email"] == "a@b.example"
    assert one["voter_id"] == "V1"
    assert one["source_names"] == "gifts;roll"
    assert one["n_rows"] == 3


@pytest.mark.parametrize(("rows", "best"), [
    ([("Ann", "Lee", "2020-01-01"), ("A", "Lee", "2024-01-01"), ("A", "Lee", "2025-01-01")],
     "Ann Lee"),  # says most
    ([("Ann", "Lee", "2020-01-01"), ("Ann", "Lee", "2020-01-02"), ("Anne", "Lee", "2025-01-01")],
     "Ann Lee"),  # most rows
    ([("Ann", "Lee", "2020-01-01"), ("Ann", "Lea", "2025-01-01")], "Ann Lea"),  # later
    ([("Ann", "Lee", None), ("Anne", "Lee", None)], "Anne Lee"),  # longer
    ([("Bea", "Lee", None), ("Ann", "Lee", None)], "Ann Lee"),  # first of letters
    ([(None, "Lee", "2025-01-01"), ("Ann", "Lee", "2020-01-01")], "Ann Lee"),
])
def test_the_best_of_what_is_said(rows, best):
    gifts = [gift(f"D{i}", first_name=first, last_name=last,
                  donation_date=pd.Timestamp(day).date() if day else None)
             for i, (first, last, day) in enumerate(rows)]
    one = people({row["donation_id"]: "P1" for row in gifts}, donations=gifts).loc["P1"]
    assert f"{one['first_name']} {one['last_name']}" == best


def test_one_number_written_in_two_ways_counts_together():
    gifts = [gift(f"D{i}", last_name=f"Lee{i}", phone=phone) for i, phone in enumerate(
        ["(291) 555-1234", "291.555.1234", "2915559999", "0000000000"])]
    one = people({row["donation_id"]: "P1" for row in gifts}, donations=gifts).loc["P1"]
    assert one["phone"] == "(291) 555-1234"


def test_a_household_is_a_home_and_a_placeholder_is_none():
    found = people(
        {"V1": "P1", "V2": "P2", "V3": "P3", "V4": "P4", "V5": "P5", "D1": "P6"},
        voters=[
            voter("V1", last_name="A", **HOME),
            voter("V2", last_name="B", **{**HOME, "address_line": "#2, 5 NORTH RD."}),
            voter("V3", last_name="C", **{**HOME, "address_line": "5 North Road, Apt 3"}),
            voter("V4", last_name="D", **{**HOME, "address_line": "REMOVED"}),
            voter("V5", last_name="E", town_name="Norby")],
        donations=[gift("D1", last_name="F", **{**HOME, "postcode": None})])
    homes = found["household_id"]
    assert homes["P1"] == homes["P2"] == "H" + keyed_hash(KEY, "home|5 n rd|2|01234")[:16]
    assert homes["P3"] not in (homes["P1"], None)
    assert homes[["P4", "P5"]].isna().all()
    assert homes["P6"] == "H" + keyed_hash(KEY, "home|5 n rd|2|norby")[:16]
    assert pd.isna(found.loc["P4", "address_line"])


def test_an_address_that_the_register_keeps_secret_is_in_no_golden_record():
    one = people(
        {"V1": "P1", "D1": "P1"},
        voters=[voter("V1", last_name="Lee", is_address_confidential=True,
                      address_line="CONFIDENTIAL")],
        donations=[gift("D1", last_name="Lee", **HOME)]).loc["P1"]
    assert one[["household_id", "address_line", "town_name", "postcode"]].isna().all()


def test_an_electors_number_that_the_register_does_not_have_is_nobodys():
    one = people({"C1": "P1"}, canvass=[
        {"source_name": "doors", "contact_id": "C1", "voter_id": "V9", "last_name": "Lee"}])
    assert pd.isna(one.loc["P1", "voter_id"])
    assert not one.loc["P1", "is_elector"]


def test_every_row_is_in_exactly_one_person():
    gifts = [gift(f"D{i}", last_name="Lee", first_name=name)
             for i, name in enumerate(["Ann", "Ann", "Bea", None])]
    rows = {"V1": "P1", "D0": "P1", "D2": "P2", "D3": "P3"}
    found = people(rows, voters=[voter("V1", last_name="Lee")], donations=gifts)
    assert found["n_rows"].to_dict() == {"P1": 3, "P2": 1, "P3": 1}
    assert found["is_elector"].to_dict() == {"P1": True, "P2": False, "P3": False}


def keys_of(**tables):
    connection = database(**tables)
    create_record_keys(connection, key=KEY)
    return connection.execute(
        "SELECT row_key, record_key, name_key FROM row_record JOIN record_keys USING (rid) "
        "ORDER BY row_key").df()


def test_a_record_is_known_again_under_another_electors_number():
    ann, bob = {"first_name": "Ann", "last_name": "Lee"}, {"first_name": "Bob", "last_name": "Ash"}
    before = keys_of(voters=[voter("V1", **ann), voter("V2", **bob)])
    after = keys_of(voters=[voter("V1", **bob), voter("V2", **ann)])
    assert before["record_key"].tolist() == after["record_key"].tolist()[::-1]
    twins = keys_of(voters=[voter("V1", **ann), voter("V2", **ann)])
    assert twins["record_key"].nunique() == 2


def test_a_name_is_one_name_however_it_is_written_and_none_is_none():
    found = keys_of(donations=[
        gift("D1", first_name="Bob", last_name="O'Neil"),
        gift("D2", first_name="ROBERT", last_name="ONEIL JR"),
        gift("D3", first_name="Rob", last_name="Ash"), gift("D4", phone="2915551234")])
    assert found["name_key"][0] == found["name_key"][1] == keyed_hash(KEY, "oneil|robert")
    assert found["name_key"][2] != found["name_key"][0]
    assert pd.isna(found["name_key"][3])
