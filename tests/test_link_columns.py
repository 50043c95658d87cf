"""What `workbench link` says of columns before it links: unread ones, and facts mapped twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_lists import pairwise
from made_names import two_way_list
from test_link_file import crosswalk, link

from workbench.anyfiles.dates import birth_columns


@pytest.fixture
def dated(tmp_path):
    def write(written, mapping=""):
        rows = two_way_list(60, share=0.0, seed=3)
        days = pd.to_datetime(rows["birth_date"]).dt.strftime(written)
        rows.drop(columns="who").assign(birth_date=days).to_csv(
            tmp_path / "people.csv", index=False)
        (tmp_path / "map.yaml").write_text(mapping or "is_unique: false\n")
        return tmp_path, len(rows)
    return write


@pytest.mark.parametrize(("written", "mapping", "said"), [
    ("%d/%m/%y", "", 'Write date_format: "%d/%m/%y" in the mapping'),
    ("%d-%b-%y", "", 'Write date_format: "%d-%b-%y" in the mapping'),
    ("%Y-%m-%d", 'date_format: "%d/%m/%y"\n',
     'Take date_format: "%d/%m/%y" out of the mapping'),
])
def test_dates_that_cannot_be_read_are_counted_first_with_what_to_write(
    dated, capsys, written, mapping, said
):
    folder, n_rows = dated(written, mapping)
    assert link(folder, "people.csv", "--map", "map.yaml") == 0
    lines = capsys.readouterr().err.splitlines()
    assert f"birth_date: 0 of {n_rows}" in lines[1]
    assert f"first_name: {n_rows} of {n_rows}" in lines[1]
    assert said in lines[2]


def test_the_form_that_is_named_reads_every_date(dated, capsys):
    folder, n_rows = dated("%d/%m/%y", 'date_format: "%d/%m/%y"\n')
    assert link(folder, "people.csv", "--map", "map.yaml") == 0
    lines = capsys.readouterr().err.splitlines()
    assert f"birth_date: {n_rows} of {n_rows}" in lines[1]
    assert "cannot be read" not in " ".join(lines)


def test_what_is_said_of_a_column_shows_nobodys_values(dated, capsys):
    folder, _ = dated("born %d/%m/%y")
    assert link(folder, "people.csv", "--map", "map.yaml") == 0
    said = capsys.readouterr().err
    assert "most look like aaaa 99/99/99" in said


def test_a_year_of_two_digits_is_one_in_which_people_on_lists_were_born():
    read = birth_columns(pd.Series(["01/06/44", "01/06/94", "01/06/08"]), "%d/%m/%y")
    assert list(read["birth_year"]) == ["1944", "1994", "2008"]


TWICE = {
    "one column": ("other: {label: last_name}", "column 'last_name' is mapped twice"),
    "full name": ("other: [full_name]", "'full_name' says nothing of its own: it follows from"),
    "a code": ("other: [name_code]", "'name_code' says nothing of its own: it follows from "
               "last_name"),
}


@pytest.fixture(scope="module")
def labelled():
    """Names and dates, with columns that a program made of the names."""
    rows = two_way_list(700, share=0.02, seed=2)
    codes = {name: f"{number:04d}" for number, name in enumerate(
        np.random.default_rng(1).permutation(sorted(set(rows["last_name"]))))}
    return rows.assign(full_name=rows["last_name"].str.title() + ", " + rows["first_name"],
                       name_code=rows["last_name"].map(codes))


@pytest.mark.slow
@pytest.mark.parametrize("kind", TWICE)
def test_a_fact_mapped_twice_is_reported_and_counts_once(tmp_path, capsys, labelled, kind):
    mapped, said = TWICE[kind]
    labelled.to_csv(tmp_path / "people.csv", index=False)
    plain = "columns:\n" + "".join(
        f"  {name}: {name}\n" for name in ("first_name", "last_name", "birth_date"))
    for name, mapping in (("plain", plain), ("twice", f"{plain}  {mapped}\n")):
        (tmp_path / "map.yaml").write_text(mapping)
        capsys.readouterr()
        assert link(tmp_path, "people.csv", "--map", "map.yaml", "--out", f"{name}.csv") == 0
    assert said in capsys.readouterr().err
    found = [crosswalk(tmp_path, f"{name}.csv") for name in ("plain", "twice")]
    assert found[0]["person"].tolist() == found[1]["person"].tolist()
    assert pairwise(found[1], labelled["who"])[0] >= 0.97


@pytest.mark.slow
def test_a_column_that_says_something_of_its_own_is_compared(tmp_path, capsys, labelled):
    trades = np.array(["baker", "nurse", "joiner", "teacher", "driver", "clerk"])
    rows = labelled.assign(trade=trades[np.random.default_rng(5).integers(6, size=len(labelled))])
    rows.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "map.yaml").write_text(
        "columns: {first_name: first_name, last_name: last_name, other: [trade]}\n")
    assert link(tmp_path, "people.csv", "--map", "map.yaml") == 0
    assert "says nothing of its own" not in capsys.readouterr().err


def test_a_town_that_is_part_of_the_address_counts_as_the_town(tmp_path, capsys):
    (tmp_path / "people.csv").write_text(
        "Name,Street,Town\n" + "".join(f"Ada Lee{n},{n} Mill Lane,Norby\n" for n in range(9)))
    (tmp_path / "map.yaml").write_text(
        "columns: {full_name: Name, address_line: [Street, Town], town_name: Town}\n")
    assert link(tmp_path, "people.csv", "--map", "map.yaml") == 0
    assert ("people.csv: column 'Town' is mapped twice. It counts as town_name, and not under "
            "address_line") in capsys.readouterr().err
