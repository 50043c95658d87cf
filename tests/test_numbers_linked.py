"""Telephone numbers as linking and the memory of erased people compare them, country by country.

The forms are those of tests/test_telephone.py, written down from numbering plans by hand.
"""

from __future__ import annotations

import datetime as dt

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from test_telephone import PLANS

from workbench import cli
from workbench.people.erasure import erased_keys, is_erased, load_erased, standard_rows
from workbench.people.prepare import create_records, load_nicknames
from workbench.people.reading import Reading, whole_or_last
from workbench.tables import TABLES, table_named

FIRST = ("Karin", "Lars", "Ebba", "Nils", "Maja", "Olof", "Saga", "Arvid", "Elsa", "Bo", "Tove",
         "Per", "Ylva", "Sven", "Ida", "Gustav")
KEY = b"a key of the tests, long enough"


def numbers_of(texts, country_code):
    """What the records of donations with these telephones have as their number."""
    rows = [{"source_name": "gifts", "donation_id": f"g{n:03d}", "first_name": f"Name{n}",
             "last_name": "Quill", "phone": text} for n, text in enumerate(texts)]
    connection = duckdb.connect()
    connection.register("donations", pa.Table.from_pylist(rows, TABLES["donations"].schema()))
    load_nicknames(connection)
    create_records(connection, ["donations"], reading=Reading(2026, country_code))
    found = connection.execute("SELECT phone FROM record JOIN row_record USING (rid) "
                               "ORDER BY row_key").fetchall()
    return [one for (one,) in found]


def forms_of(prefix, dialled, rest):
    return [dialled, f"+{prefix}{rest}", f"00{prefix} {rest}", f"{dialled} ext. 12"]


@pytest.mark.parametrize(("country", "prefix", "dialled", "rest"), PLANS,
                         ids=[f"{plan[0]} {plan[3]}" for plan in PLANS])
def test_every_form_of_one_number_is_one_number_to_linking(country, prefix, dialled, rest):
    forms = forms_of(prefix, dialled, rest)
    assert numbers_of(forms, country) == [f"+{prefix}{rest}"] * len(forms)


@pytest.mark.parametrize(("texts", "number"), [
    (["070-123 45 67", "+46 70 123 45 67", "0046701234567"], "701234567"),
    (["(212) 555-0142", "+1 212 555 0142", "2125550142 x3"], "2125550142"),
])
def test_without_a_country_numbers_are_compared_as_within_one(texts, number):
    assert numbers_of(texts, "") == [number] * len(texts)


def test_two_countries_numbers_that_end_alike_are_two():
    assert len(set(numbers_of(["+46 70 123 45 67", "+358 70 123 45 67"], "SE"))) == 2


@pytest.mark.parametrize("text", ["", "none", "000 000 0000", "222-222-2222", "1234567890",
                                  "12345"])
def test_what_is_nobodys_number_is_none(text):
    assert numbers_of([text], "US") == [None]


def test_what_cannot_be_read_ends_as_the_whole_number_does():
    assert whole_or_last("555-0142", "US") == "5550142"
    assert whole_or_last("+1 212 555 0142", "US").endswith("5550142")


def person_in(source, key, phone):
    row = {"source_name": source, "source_row": 1, "donation_id": key, "first_name": "Karin",
           "last_name": "Lind", "phone": phone, "donation_date": dt.date(2026, 1, 5),
           "amount_minor": 500}
    return pa.Table.from_pylist([row], schema=table_named("donations").schema())


@pytest.mark.slow
@pytest.mark.parametrize(("country", "prefix", "dialled", "rest"), PLANS,
                         ids=[f"{plan[0]} {plan[3]}" for plan in PLANS])
def test_an_erased_person_is_known_by_another_form_of_the_number(country, prefix, dialled, rest):
    connection = duckdb.connect()
    load_erased(connection, (), country_code=country)
    held = standard_rows(connection, {"donations": person_in("shop", "D1", dialled)})
    load_erased(connection, erased_keys(held, key=KEY)["erased_key"], country_code=country)
    for form in forms_of(prefix, dialled, rest):
        again = person_in("appeal", "A9", form)
        assert is_erased(connection, again, "donations", key=KEY).tolist() == [True], form
    other = person_in("appeal", "A9", f"+{prefix}{rest[:-1]}{(int(rest[-1]) + 1) % 10}")
    assert is_erased(connection, other, "donations", key=KEY).tolist() == [False]


def lists_of_members(folder):
    """Two lists of the same 80 people, each with its own way to write a number of Sweden."""
    people = [(f"M{n}", FIRST[n % 16], f"70{n * 7919 % 9_000_000 + 1_000_000}") for n in range(80)]
    for name, ahead in (("members", "0"), ("guests", "+46 ")):
        rows = [f"{key},{first},{ahead}{number}" for key, first, number in people]
        (folder / f"{name}.csv").write_text(
            "\n".join(["key,first,mobile", *rows]) + "\n", encoding="utf-8")
    (folder / "map.yaml").write_text(
        "is_unique: true\nkey: key\ncolumns: {first_name: first, phone: mobile}\n",
        encoding="utf-8")


@pytest.mark.parametrize("country", ["SE", "", "US"])
def test_any_files_are_linked_by_numbers_however_they_are_written(tmp_path, monkeypatch, country):
    lists_of_members(tmp_path)
    monkeypatch.chdir(tmp_path)
    told = ["--country", country] if country else []
    assert cli.main(["link", "members.csv", "guests.csv", "--map", "map.yaml", *told]) == 0
    found = pd.read_csv("crosswalk.csv", dtype=str)
    sizes = found["person"].map(found["person"].value_counts())
    assert int((sizes == 2).sum()) == (0 if country == "US" else 160)


def test_a_country_that_is_none_is_refused_before_anything_is_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["link", "members.csv", "--country", "Sweden"]) != 0
    assert "--country Sweden is no country" in capsys.readouterr().err
