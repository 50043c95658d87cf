"""The spine: everything is written in its declared shape, and accepted ids stay."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from made_campaign import make_campaign
from test_people import made_tables

from workbench.cli import main
from workbench.errors import RegistryError, SettingsError, StorageError
from workbench.settings import load_settings
from workbench.spine import accept_registry, make_people, read_registry
from workbench.tables import RESULTS, TABLES, read_table, write_table
from workbench.tables.people import ID_REGISTRY

WRITTEN = ("people", "crosswalk", "person_changes", "review_pairs")


def write_tables(root, tables, *, seed=None):
    for name, rows in tables.items():
        if seed is not None:
            rows = rows.sample(frac=1, random_state=seed)
        write_table(rows.assign(source_row=range(2, len(rows) + 2)), TABLES[name],
                    root / "data" / "tables" / f"{name}.parquet")


def contents(root):
    folder = root / "data" / "people"
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def people_of(root):
    rows = read_table(root / "data" / "people" / "crosswalk.parquet")
    return dict(zip(zip(rows["source_name"], rows["row_key"], strict=True), rows["person_id"],
                    strict=True))


@pytest.fixture(scope="module")
def campaign():
    return made_tables(240)[0]


@pytest.fixture(scope="module")
def linked(tmp_path_factory, campaign):
    """A campaign's folder whose people were made once."""
    root = make_campaign(tmp_path_factory.mktemp("spine") / "campaign")
    write_tables(root, campaign)
    make_people(load_settings(root))
    return root


@pytest.fixture
def copied(tmp_path, linked):
    shutil.copytree(linked, tmp_path / "campaign")
    return tmp_path / "campaign"


@pytest.mark.slow
def test_every_table_is_there_in_its_declared_shape(linked):
    folder = linked / "data" / "people"
    for name in WRITTEN:
        assert pq.read_schema(folder / f"{name}.parquet") == RESULTS[name].schema(), name
    following = folder / "registry_next" / "id_registry.parquet"
    assert pq.read_schema(following) == ID_REGISTRY.schema()
    assert not list(folder.glob(".*"))  # nothing is left of the database


def test_keys_of_results_are_keys(linked):
    for name in WRITTEN:
        rows = read_table(linked / "data" / "people" / f"{name}.parquet")
        key = list(RESULTS[name].key)
        assert not rows.duplicated(key).any(), name
        pd.testing.assert_frame_equal(rows, rows.sort_values(key, ignore_index=True))


def test_every_row_that_is_about_somebody_is_in_the_crosswalk_once(linked, campaign):
    rows = read_table(linked / "data" / "people" / "crosswalk.parquet")
    expected = {("register", "voters", key) for key in campaign["voters"]["voter_id"]}
    expected |= {("gifts", "donations", key) for key in campaign["donations"]["donation_id"]}
    found = list(zip(rows["source_name"], rows["table_name"], rows["row_key"], strict=True))
    assert set(found) == expected
    assert len(found) == len(expected)
    people = read_table(linked / "data" / "people" / "people.parquet")
    assert people["n_rows"].sum() == len(found)
    assert set(people["person_id"]) == set(rows["person_id"])


def test_a_record_is_kept_by_its_key_with_what_explains_its_links(linked):
    records = pq.read_table(linked / "data" / "people" / "records.parquet").to_pandas()
    rows = read_table(linked / "data" / "people" / "crosswalk.parquet")
    assert records["record_key"].is_unique
    assert set(records["record_key"]) == set(rows["record_key"])
    assert {"last_name", "street", "tf_last_name"} <= set(records.columns)
    assert "rid" not in records.columns


def test_the_figures_of_quality_add_up(linked):
    quality = json.loads((linked / "data" / "people" / "quality.json").read_text())
    rows = read_table(linked / "data" / "people" / "crosswalk.parquet")
    assert quality["n_rows"] == len(rows) == sum(
        source["n_rows"] for source in quality["sources"].values())
    for name, source in quality["sources"].items():
        part = rows[rows["source_name"] == name]
        assert sum(source["n_rows_by_how"].values()) == source["n_rows"] == len(part)
        assert source["n_people"] == part["person_id"].nunique()
    electors = rows.loc[rows["table_name"] == "voters", "person_id"]
    gifts = rows[rows["source_name"] == "gifts"]
    assert quality["sources"]["gifts"]["n_rows_of_electors"] == gifts["person_id"].isin(
        electors).sum() > 100
    assert quality["n_people"] == quality["changes"]["new"]


def test_a_gift_of_an_organisation_makes_nobody(copied, campaign):
    gifts = campaign["donations"].copy()
    gifts["donor_kind_code"] = "individual"
    gifts.loc[gifts.index[0], "donor_kind_code"] = "organisation"
    write_tables(copied, {"donations": gifts})
    make_people(load_settings(copied))
    assert {key for source, key in people_of(copied) if source == "gifts"} == set(
        gifts["donation_id"].iloc[1:])


@pytest.mark.slow
def test_linking_again_gives_the_same_bytes(copied):
    before = contents(copied)
    make_people(load_settings(copied))
    assert contents(copied) == before


@pytest.mark.slow
def test_ids_that_were_accepted_stay_whatever_the_order_of_the_files(copied, campaign):
    before = people_of(copied)
    told = str(accept_registry(load_settings(copied)))
    assert f"{len(set(before.values()))} new, 0 gone, 0 merged, 0 split" in told
    write_tables(copied, campaign, seed=4)
    make_people(load_settings(copied))
    assert people_of(copied) == before
    assert len(read_table(copied / "data" / "people" / "person_changes.parquet")) == 0
    accepted = (copied / "data" / "registry" / "id_registry.parquet").read_bytes()
    assert contents(copied)["registry_next/id_registry.parquet"] == accepted


@pytest.mark.slow
def test_ids_that_were_accepted_stay_where_a_file_grows(copied, campaign):
    before = people_of(copied)
    accept_registry(load_settings(copied))
    more = campaign["voters"].head(12).assign(
        voter_id=[f"W{i}" for i in range(12)], first_name="Zelda", phone=None,
        last_name=[f"Newcome{c}" for c in "abcdefghijkl"], address_line=None)
    write_tables(copied, {**campaign, "voters": pd.concat([campaign["voters"], more])})
    make_people(load_settings(copied))
    after = people_of(copied)
    assert np.mean([after[row] == person for row, person in before.items()]) >= 0.999
    changes = read_table(copied / "data" / "people" / "person_changes.parquet")
    assert set(changes.loc[changes["change_code"] == "new", "person_id"]) == set(
        after.values()) - set(before.values())


def test_no_table_at_all_gives_typed_empty_people(tmp_path):
    root = make_campaign(tmp_path / "campaign")
    make_people(load_settings(root))
    for name in WRITTEN:
        rows = pq.read_table(root / "data" / "people" / f"{name}.parquet")
        assert (rows.schema, len(rows)) == (RESULTS[name].schema(), 0)
    assert json.loads((root / "data" / "people" / "quality.json").read_text())["n_rows"] == 0


def test_a_damaged_registry_stops_before_anything_is_linked(copied):
    before = contents(copied)
    path = copied / "data" / "registry" / "id_registry.parquet"
    path.parent.mkdir()
    path.write_bytes(before["registry_next/id_registry.parquet"][:1000])
    with pytest.raises(RegistryError, match="dvc checkout data/registry/id_registry.parquet.dvc"):
        make_people(load_settings(copied))
    assert contents(copied) == before


def registry_rows(**cells):
    row = {"source_name": "roll", "row_key": "1", "record_key": "r", "name_key": "n",
           "is_elector": True, "person_id": "P1"}
    return pd.DataFrame([{**row, **cells}])


@pytest.mark.parametrize(("rows", "message"), [
    (registry_rows().drop(columns="person_id"), "no column 'person_id'"),
    (registry_rows().rename(columns={"name_key": "namekey"}), "Did you mean 'name_key'"),
    (registry_rows(person_id=None), "1 rows lack a key or an id"),
    (pd.concat([registry_rows(), registry_rows()]), "more than once"),
    (registry_rows(is_elector="so"), "cannot be read as Parquet with the columns"),
])
def test_a_registry_of_another_shape_is_refused(tmp_path, rows, message):
    path = tmp_path / "data" / "registry" / "id_registry.parquet"
    path.parent.mkdir(parents=True)
    rows.to_parquet(path, index=False)
    with pytest.raises(RegistryError, match=message):
        read_registry(path)


def test_another_key_than_the_spines_is_refused(copied):
    settings = load_settings(copied)
    with pytest.raises(SettingsError, match="every person_id changes"):
        make_people(replace(settings, linkage=replace(
            settings.linkage, key_fingerprint="0" * 12)))


def test_there_is_nothing_to_accept_before_linking(tmp_path, monkeypatch, capsys):
    root = make_campaign(tmp_path / "campaign")
    with pytest.raises(StorageError, match="dvc repro spine"):
        accept_registry(load_settings(root))
    monkeypatch.chdir(root)
    assert main(["people", "accept"]) == StorageError.exit_code
    assert "nothing has been linked" in capsys.readouterr().err


def test_a_registry_that_cannot_be_read_is_not_accepted(copied):
    following = copied / "data" / "people" / "registry_next" / "id_registry.parquet"
    following.write_bytes(b"half")
    with pytest.raises(RegistryError, match="dvc repro --force spine"):
        accept_registry(load_settings(copied))
    assert not (copied / "data" / "registry").exists()
