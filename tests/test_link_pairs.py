"""`workbench link --pairs`: links and near misses side by side, and files of other kinds named."""

from __future__ import annotations

import gzip
import zipfile

import pandas as pd
import pytest
from made_lists import make_lists
from test_link_file import MAPPING, crosswalk, link


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shown")
    for name, rows in zip("ab", make_lists(70, seed=5), strict=True):
        rows.to_csv(folder / f"{name}.csv", index=False)
    (folder / "map.yaml").write_text(MAPPING)
    assert link(folder, "a.csv", "b.csv", "--map", "map.yaml", "--pairs", "pairs.csv",
                "--precision-min", "0.9") == 0
    return folder, pd.read_csv(folder / "pairs.csv", dtype=str)


def test_every_link_stands_side_by_side_with_its_probability_and_reasons(shown):
    folder, pairs = shown
    links = pairs[pairs["what"] == "linked"]
    person = crosswalk(folder).set_index(["file", "row_key"])["person"]
    for end in "lr":
        links = links.assign(**{f"person_{end}": [
            person[file, key] for file, key in zip(
                links[f"file_{end}"], links[f"row_key_{end}"], strict=True)]})
    assert (links["person_l"] == links["person_r"]).all()
    assert set(links["person_l"]) == set(person[person.duplicated()])
    assert links["link_probability"].astype(float).between(0, 1).all()
    assert links["birth_date_l"].notna().any()
    assert links["reasons"].str.contains("the same date of birth|the same house").mean() > 0.8


def test_a_near_miss_is_likely_and_of_two_people(shown):
    folder, pairs = shown
    near = pairs[pairs["what"] == "near_miss"]
    person = crosswalk(folder).set_index(["file", "row_key"])["person"]
    both = [(person[row.file_l, row.row_key_l], person[row.file_r, row.row_key_r])
            for row in near.itertuples()]
    assert all(one != other for one, other in both)
    assert (near["link_probability"].astype(float) >= 0.05).all()


def test_the_values_of_both_rows_are_those_of_the_files(shown):
    folder, pairs = shown
    rows = pd.read_csv(folder / "a.csv", dtype=str).set_index("id")
    for pair in pairs[pairs["file_l"] == "a.csv"].head(20).itertuples():
        assert rows.loc[pair.row_key_l, "last_name"] == pair.last_name_l


def test_the_largest_groups_are_told_and_come_first(tmp_path, capsys):
    people = [("ada,abernathy,1980-02-03,1 mill lane", 4), ("bruno,castellan,1971-11-30,2 mill "
              "lane", 2), ("clara,dunmore,1966-07-19,3 mill lane", 1)]
    lines = [f"{text},{n}" for text, times in people for n in range(times)]
    (tmp_path / "people.csv").write_text(
        "first_name,last_name,birth_date,address_line,note\n" + "\n".join(lines) + "\n")
    (tmp_path / "map.yaml").write_text(
        "columns: {first_name: first_name, last_name: last_name, birth_date: birth_date,\n"
        "  address_line: address_line, other: [note]}\n")
    assert link(tmp_path, "people.csv", "--map", "map.yaml", "--pairs", "pairs.csv") == 0
    assert "the largest groups have 4, 2, 1 rows" in capsys.readouterr().err
    pairs = pd.read_csv(tmp_path / "pairs.csv")
    assert pairs["n_rows"].tolist()[:3] == [4, 4, 4]
    assert pairs["first_name_l"].iloc[0] == "ada"


def test_pairs_do_not_overwrite_what_is_read(tmp_path, capsys):
    (tmp_path / "people.csv").write_text("first_name,last_name\nAda,Abernathy\n")
    assert link(tmp_path, "people.csv", "--pairs", "people.csv") == 10
    assert "--pairs people.csv is one of the files that are read" in capsys.readouterr().err
    assert link(tmp_path, "people.csv", "--out", "x.csv", "--pairs", "x.csv") == 10


def _workbook(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")


def _archive(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("people.csv", "first_name\nAda\n")


@pytest.mark.parametrize(("make", "said"), [
    (lambda path: path.write_bytes(gzip.compress(b"first_name\nAda\n")),
     "people.csv is compressed with gzip, not CSV or Parquet. Unpack it with 'gunzip'"),
    (_workbook, "people.csv is a spreadsheet, not CSV or Parquet. Open it, and save the sheet"),
    (_archive, "people.csv is a ZIP archive, not CSV or Parquet. Unpack it"),
    (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
     "people.csv is a spreadsheet"),
])
def test_a_file_of_another_kind_is_named_for_what_it_is(tmp_path, capsys, make, said):
    make(tmp_path / "people.csv")
    assert link(tmp_path, "people.csv") == 11
    assert said in capsys.readouterr().err
