"""A file of anybody's is found among the people of the campaign, by the keys of its rows alone."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from made_campaign import make_campaign
from made_names import FAMILY, GIVEN
from test_people import made_tables
from test_spine import people_of, write_tables

from workbench.anyfiles.people import link_to_people
from workbench.anyfiles.run import Asked
from workbench.cli import main
from workbench.errors import StorageError
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


def linked(campaign, sheet, told=None, *, least=0.5):
    asked = Asked([sheet], sheet.parent / "map.yaml", sheet.parent / "out.csv", least)
    return link_to_people(asked, settings=load_settings(campaign[0]),
                          tell=(told if told is not None else []).append)


@pytest.mark.slow
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
    assert lines[0] == ["file", "row_key", "person_id", "how", "link_probability",
                        "nearest_person_id"]
    assert len(lines) == 32
    text = (sheet.parent / "out.csv").read_text(encoding="utf-8-sig")
    assert not any(value in text for value in ("Quillfeather", "2910000042", "Elsewhere"))


@pytest.mark.slow
def test_shuffled_lines_give_the_same_people(campaign, sheet):
    first = linked(campaign, sheet).set_index("row_key")["person_id"]
    lines = sheet.read_text(encoding="utf-8").splitlines()
    sheet.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    again = linked(campaign, sheet).set_index("row_key")["person_id"]
    assert again.to_dict() == first.to_dict()


def test_names_in_one_column_are_found_as_well(campaign, sheet):
    lines = [line.split(",") for line in sheet.read_text().splitlines()]
    rows = [[ref, f"{first} {last}", *rest] for ref, first, last, *rest in lines[1:]]
    with open(sheet, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["Ref", "Name", "Street", "Town", "Post code", "Mobile"], *rows])
    (sheet.parent / "map.yaml").write_text(MAPPING.replace(
        "first_name: Forename\n  last_name: Surname", "full_name: Name"))
    assert linked(campaign, sheet)["person_id"].notna().sum() >= 29


def test_a_row_that_is_unknown_has_no_probability(campaign, sheet):
    rows = linked(campaign, sheet)
    unknown = rows[rows["how"] == "unknown"]
    assert len(unknown) >= 1
    assert unknown[["person_id", "link_probability", "nearest_person_id"]].isna().all(axis=None)
    found = rows[rows["person_id"].notna()]
    assert found["link_probability"].between(0.5, 1).all()
    assert found["nearest_person_id"].isna().all()


@pytest.mark.slow
def test_more_certainty_links_fewer_rows_and_shows_the_rest_as_near_misses(campaign, sheet):
    """Of five in six electors nothing but the names is right."""
    lines = sheet.read_text(encoding="utf-8").splitlines()
    mixed = [",".join([*line.split(",")[:3], "1 Nowhere", "Farby", "77777", ""])
             for line in lines[1:26]]
    sheet.write_text("\n".join([lines[0], *mixed, *lines[26:]]) + "\n", encoding="utf-8")
    found = {least: linked(campaign, sheet, least=least) for least in (0.0, 0.999)}
    assert found[0.999]["person_id"].notna().sum() <= found[0.0]["person_id"].notna().sum()
    near = found[0.999][found[0.999]["how"] == "near_miss"]
    assert near["person_id"].isna().all()
    assert near["nearest_person_id"].notna().all()
    assert (near["link_probability"] < 1).all()


def test_without_people_it_says_which_stage_makes_them(sheet, tmp_path):
    root = make_campaign(tmp_path / "fresh")
    with pytest.raises(StorageError, match="dvc repro spine"):
        link_to_people(Asked([sheet], sheet.parent / "map.yaml", tmp_path / "out.csv"),
                       settings=load_settings(root), tell=[].append)


def test_the_command_finds_people_from_the_campaigns_folder(campaign, sheet, monkeypatch, capsys):
    monkeypatch.chdir(campaign[0])
    out = sheet.parent / "found.csv"
    assert main(["link", str(sheet), "--map", str(sheet.parent / "map.yaml"), "--people",
                 "--out", str(out)]) in (0, None)
    assert out.is_file()
    assert "people whom the campaign knows" in capsys.readouterr().err


@pytest.fixture(scope="module")
def electorate(tmp_path_factory):
    """1,500 electors; a sheet of 500 of them with slips, and of 200 strangers."""
    rng = np.random.default_rng(11)
    electors = invented(1_500, rng).assign(
        source_name="register", voter_id=[f"V{n:05}" for n in range(1_500)])
    root = make_campaign(tmp_path_factory.mktemp("electorate") / "campaign")
    write_tables(root, {"voters": electors})
    make_people(load_settings(root))
    known = electors.sample(500, random_state=3)
    sheet = pd.concat([known, invented(200, rng).assign(voter_id=None)], ignore_index=True)
    for name in ("first_name", "last_name"):
        sheet[name] = [slipped(text, rng) for text in sheet[name]]
    days = sheet["birth_date"].dt.strftime("%d/%m/%Y")
    sheet = sheet.assign(birth_date=days.mask(rng.random(len(sheet)) < 0.05),
                         postcode=sheet["postcode"].mask(rng.random(len(sheet)) < 0.2, "99999"))
    sheet = sheet.sample(frac=1, random_state=1)
    columns = ["first_name", "last_name", "birth_date", "postcode"]
    sheet[columns].to_csv(root / "event.csv", index=False)
    (root / "map.yaml").write_text("is_unique: true\n")
    return root, sheet["voter_id"].to_numpy()


def invented(n, rng):
    weight = [1.0 / (np.arange(len(names)) + 6.0) for names in (GIVEN, FAMILY)]
    first, last = (rng.choice(names, n, p=w / w.sum())
                   for names, w in zip((GIVEN, FAMILY), weight, strict=True))
    return pd.DataFrame({
        "first_name": first, "last_name": last,
        "birth_date": pd.Timestamp("1935-01-01") + pd.to_timedelta(
            rng.integers(0, 24_000, n), "D"),
        "postcode": [f"{number}" for number in rng.integers(10_000, 10_060, n)]})


def slipped(name, rng):
    if rng.random() >= 0.1:
        return name
    at = int(rng.integers(len(name)))
    return name[:at] + chr(97 + int(rng.integers(26))) + name[at + 1:]


@pytest.mark.slow
def test_as_many_planted_electors_are_found_as_between_two_lists(electorate):
    root, planted = electorate
    told = []
    asked = Asked([root / "event.csv"], root / "map.yaml", root / "out.csv")
    rows = link_to_people(asked, settings=load_settings(root), tell=told.append)
    people = people_of(root)
    expected = [people.get(("register", number)) for number in planted]
    pairs = list(zip(rows["person_id"], expected, strict=True))
    assert sum(found == person for found, person in pairs if person is not None) >= 490
    assert sum(pd.notna(found) and found != person for found, person in pairs) <= 5
    assert any("by the model's own estimate" in line for line in told)


def test_links_with_people_stand_side_by_side_under_their_ids(campaign, sheet):
    pairs = sheet.parent / "pairs.csv"
    asked = Asked([sheet], sheet.parent / "map.yaml", sheet.parent / "out.csv", pairs=pairs)
    rows = link_to_people(asked, settings=load_settings(campaign[0]), tell=[].append)
    table = pd.read_csv(pairs, dtype=str)
    links = table[table["what"] == "linked"].set_index("row_key_l")
    found = rows.dropna(subset="person_id").set_index("row_key")["person_id"]
    assert set(links["file_r"]) == {"people"}
    assert links["row_key_r"].to_dict() == found.to_dict()
    assert links["reasons"].str.contains("family name").all()
