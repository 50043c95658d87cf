"""A file of anybody's is found among the people of the campaign, by the keys of its rows alone."""

from __future__ import annotations

import csv

import pytest
from made_campaign import make_campaign
from test_people import made_tables
from test_spine import people_of, write_tables

from workbench.anyfiles import link_to_people
from workbench.cli import main
from workbench.errors import SettingsError, StorageError
from workbench.settings import load_settings
from workbench.spine import make_people

MAPPING = """
key: Ref
columns:
  first_name: Forename
  last_name: Surname
  address_line: Street
  town_name: Town
  postcode: Post code
  phone: Mobile
"""


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    root = make_campaign(tmp_path_factory.mktemp("people") / "campaign")
    tables, _ = made_tables(300)
    write_tables(root, tables)
    make_people(load_settings(root))
    return root, tables["voters"]


@pytest.fixture
def sheet(campaign, tmp_path):
    """Thirty electors by name, address and telephone, one of them moved, and a stranger."""
    rows = [[f"R{n:02}", e.first_name, e.last_name, e.address_line, e.town_name, e.postcode,
             e.phone] for n, e in enumerate(campaign[1].head(30).itertuples())]
    rows[3][3:6] = ["9 Elsewhere Lane", "Farby", "77777"]
    rows.append(["R99", "Zebedee", "Quillfeather", "1 Nowhere", "Farby", "77777", "2910000042"])
    path = tmp_path / "event.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["Ref", "Forename", "Surname", "Street", "Town", "Post code", "Mobile"], *rows])
    (tmp_path / "map.yaml").write_text(MAPPING)
    return path


def linked(campaign, sheet, told=None):
    return link_to_people(
        [sheet], sheet.parent / "map.yaml", sheet.parent / "out.csv",
        settings=load_settings(campaign[0]), tell=(told if told is not None else []).append)


def test_electors_on_a_sheet_are_found_and_a_stranger_is_not(campaign, sheet):
    told = []
    rows = linked(campaign, sheet, told).set_index("row_key")
    people = people_of(campaign[0])
    expected = {f"R{n:02}": people["register", voter_id]
                for n, voter_id in enumerate(campaign[1]["voter_id"].head(30))}
    found = rows["person_id"].dropna().to_dict()
    assert found.items() <= expected.items()
    assert len(found) >= 29
    assert rows.loc["R99", "how"] == "unknown"
    assert any("of 31 rows are people whom the campaign knows" in line for line in told)


def test_the_crosswalk_holds_keys_and_ids_and_no_contact_data(campaign, sheet):
    linked(campaign, sheet)
    with open(sheet.parent / "out.csv", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["file", "row_key", "person_id", "how", "link_probability"]
    assert len(lines) == 32
    text = (sheet.parent / "out.csv").read_text(encoding="utf-8-sig")
    assert not any(value in text for value in ("Quillfeather", "2910000042", "Elsewhere"))


def test_shuffled_lines_give_the_same_people(campaign, sheet):
    first = linked(campaign, sheet).set_index("row_key")["person_id"]
    lines = sheet.read_text(encoding="utf-8").splitlines()
    sheet.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    again = linked(campaign, sheet).set_index("row_key")["person_id"]
    assert again.to_dict() == first.to_dict()


def test_names_in_one_column_are_refused_with_the_cure(campaign, tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("Name,Town\nAnn Lee,Norby\n")
    (tmp_path / "map.yaml").write_text("columns: {full_name: Name, town_name: Town}\n")
    with pytest.raises(SettingsError, match="Map first_name and last_name"):
        link_to_people([path], tmp_path / "map.yaml", tmp_path / "out.csv",
                       settings=load_settings(campaign[0]), tell=[].append)
    assert not (tmp_path / "out.csv").exists()


def test_without_people_it_says_which_stage_makes_them(sheet, tmp_path):
    root = make_campaign(tmp_path / "fresh")
    with pytest.raises(StorageError, match="dvc repro spine"):
        link_to_people([sheet], sheet.parent / "map.yaml", tmp_path / "out.csv",
                       settings=load_settings(root), tell=[].append)


def test_the_command_finds_people_from_the_campaigns_folder(campaign, sheet, monkeypatch, capsys):
    monkeypatch.chdir(campaign[0])
    out = sheet.parent / "found.csv"
    assert main(["link", str(sheet), "--map", str(sheet.parent / "map.yaml"), "--people",
                 "--out", str(out)]) in (0, None)
    assert out.is_file()
    assert "people whom the campaign knows" in capsys.readouterr().err
