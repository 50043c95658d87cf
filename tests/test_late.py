"""Rows that come later go to the people who are known, without linking everything again."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from test_people import AS_OF_YEAR, laid_out, linked, made_tables

from workbench.people.link_new import link_late
from workbench.people.prepare import written_sql
from workbench.people.reading import Reading


@pytest.fixture(scope="module")
def known():
    """The people of the made campaign without its last forty gifts, those, and who they are."""
    tables, truth = made_tables()
    late, early = tables["donations"].tail(40), tables["donations"].iloc[:-40]
    found, connection = linked({**tables, "donations": early})
    people = connection.sql(
        "SELECT side.*, person FROM side JOIN record_link USING (rid) ORDER BY rid"
    ).to_arrow_table()
    return found, people, late, truth[-40:]


def link(known, **tables):
    found, people, _, _ = known
    connection = duckdb.connect()
    connection.register("known", people)
    laid_out(connection, tables)
    connection.execute(f"CREATE VIEW written AS {written_sql(list(tables))}")
    return link_late(connection, model=found.model, reading=Reading(AS_OF_YEAR),
                     precision_min=0.99)


def elector_of(known, person):
    people = known[1].select(["person", "voter_id", "is_elector"]).to_pandas()
    electors = people[people["is_elector"]].set_index("person")["voter_id"]
    return None if pd.isna(person) else electors.get(person)


@pytest.mark.slow
def test_a_late_gift_goes_to_the_elector_who_gave_it(known):
    _, _, late, truth = known
    rows = link(known, donations=late).set_index("row_key")
    found = [elector_of(known, rows.loc[key, "person"]) for key in late["donation_id"]]
    n_right = sum(a == b for a, b in zip(found, truth, strict=True))
    assert sum(elector is not None for elector in found) == n_right >= 34


def test_somebody_unknown_is_nobody_known(known):
    stranger = pd.DataFrame([{
        "source_name": "gifts", "donation_id": "D9999", "first_name": "Zebedee",
        "last_name": "Quillfeather", "phone": "2910000099"}])
    rows = link(known, donations=stranger)
    assert rows["how_code"].tolist() == ["alone"]
    assert rows["person"].isna().all()


def test_a_number_of_an_elector_names_the_person_unless_the_name_says_otherwise(known):
    elector = made_tables()[0]["voters"].iloc[7]
    rows = link(known, canvass=pd.DataFrame([
        {"source_name": "doors", "contact_id": key, "voter_id": elector["voter_id"],
         "last_name": last} for key, last in (("C1", elector["last_name"]), ("C2", "Quux"))]))
    rows = rows.set_index("row_key")
    assert rows.loc["C1", "how_code"] == "voter_id"
    assert elector_of(known, rows.loc["C1", "person"]) == elector["voter_id"]
    assert rows.loc["C2", "how_code"] == "alone"


@pytest.mark.slow
def test_late_rows_in_any_order_give_the_same_people(known):
    late = known[2]
    pd.testing.assert_frame_equal(link(known, donations=late),
                                  link(known, donations=late.sample(frac=1, random_state=4)))


def test_no_late_row_gives_no_row(known):
    assert link(known, donations=known[2].iloc[:0]).empty


def test_the_register_cannot_come_late(known):
    with pytest.raises(ValueError, match="workbench spine"):
        link(known, voters=made_tables()[0]["voters"].head(1))
