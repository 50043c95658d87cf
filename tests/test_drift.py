"""What changed since a source's last accepted file is said by column, before any version too."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from made_files import COLUMNS, csv_text, make_folder

from workbench import overview
from workbench.deliveries import accept_file, before_file, file_digest, keep_before, read_before
from workbench.errors import StorageError
from workbench.intake import drift_sentence, drift_shown, examine, finding

HEADER = "Gift,First,Last,Day,Amount,Kind,State,Note"
MAPPED = {"donation_id": "Gift", "first_name": "First", "last_name": "Last",
          "donation_date": "Day", "amount_minor": "Amount", "gift_kind_code": "Kind",
          "region_code": "State", "organisation_name": "Note"}
FIRST = ["Ada", "Bela", "Cy", "Dot", "Eve", "Flo", "Gil"]
LAST = ["Inventwell", "Madeup", "Nobody", "Fable", "Mythen", "Sham", "Unreal", "Phantom", "Mirage"]


def gifts(n_rows=300, seed=1, **changes):
    """A file of made-up gifts, with columns changed as given."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "Gift": [f"g{seed}-{n}" for n in range(n_rows)],
        "First": rng.choice(FIRST, n_rows, p=np.arange(1, 8) / 28),
        "Last": rng.choice(LAST, n_rows, p=np.arange(9, 0, -1) / 45),
        "Day": "03/14/2026", "Amount": rng.choice(["10.00", "20.00", "30.00"], n_rows),
        "Kind": rng.choice(["gift", "refund"], n_rows, p=[0.9, 0.1]),
        "State": rng.choice(["CA", "NY", "TX"], n_rows), "Note": "by post",
    })
    return frame.assign(**changes)


def deliver(folder, frame):
    """Let a file arrive as the pipeline does: keep what was before, then check it."""
    lines = (",".join(map(str, row)) for row in frame[HEADER.split(",")].to_numpy())
    folder.write(csv_text(*lines, header=HEADER))
    keep_before(folder.settings, "gifts")
    return examine(folder.settings, "gifts")


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path, columns=MAPPED)


def told(quality):
    return {one["column"]: one["change"] for one in drift_shown(quality).to_dict("records")}


def test_a_first_file_is_compared_with_nothing_and_says_so(folder):
    quality = deliver(folder, gifts())
    assert told(quality) == {}
    assert "No other file of this source was accepted before" in drift_sentence(quality)
    assert finding(quality)["title"] == "Source gifts is fit to use; no row is set aside"


def test_the_next_delivery_of_the_same_kind_has_not_changed(folder):
    deliver(folder, gifts())
    quality = deliver(folder, gifts(330, seed=2))
    assert told(quality) == {}
    assert drift_sentence(quality).startswith("Nothing changed by more than the limits")


def half_empty(frame):
    return frame.assign(Note=np.where(np.arange(len(frame)) % 2, "", frame["Note"]))


CHANGES = [
    (gifts(120, seed=2), {"rows": "300 rows before, 120 now (60% lower)"}),
    (gifts(seed=2, Amount="2000.00"), {"amount_minor": "100 times what it was"}),
    (half_empty(gifts(seed=2)),
     {"organisation_name": "filled in 100% of the rows before, in 50% now"}),
    (gifts(seed=2, Note=""),
     {"organisation_name": "filled in 100% of the rows before, in 0% now"}),
    (gifts(seed=2, Kind="gift"), {"gift_kind_code": "codes that are gone: refund"}),
    (gifts(seed=2).replace({"State": {"TX": "WA"}}),
     {"region_code": "codes that are gone: TX; codes that are new: WA"}),
    (gifts(seed=2).rename(columns={"First": "Last", "Last": "First"}),
     {"first_name": "holds what last_name held before", "last_name": "look exchanged"}),
]


@pytest.mark.parametrize(("frame", "expected"), CHANGES, ids=[next(iter(e)) + str(n) for n, (_, e)
                                                              in enumerate(CHANGES)])
def test_what_changed_is_said_by_column(folder, frame, expected):
    deliver(folder, gifts())
    quality = deliver(folder, frame)
    found = told(quality)
    assert all(words in found.get(column, "") for column, words in expected.items()), found
    assert set(found) - set(expected) <= {"amount_minor"}, "with the rows goes their total"
    assert finding(quality)["title"].startswith("Look at source gifts: its file changed")
    brief = {"title": "Q", "changes": finding(quality)["changes"]}
    table = overview.change_table({"quality/gifts": brief})
    assert set(table["column"]) == set(found)
    assert "since the ones accepted before" in overview.change_words(table)


def test_the_same_run_again_says_the_same_and_a_clone_without_its_outputs_too(folder):
    deliver(folder, gifts())
    first = deliver(folder, gifts(100, seed=2))
    before = before_file(folder.root, "gifts").read_bytes()
    assert deliver(folder, gifts(100, seed=2)) == first
    for name in ("quality", "accepted", "set_aside"):
        for path in (folder.root / "data" / name).iterdir():
            path.unlink()
    assert deliver(folder, gifts(100, seed=2)) == first
    assert before_file(folder.root, "gifts").read_bytes() == before


def test_a_file_that_stopped_is_never_the_one_to_compare_with(folder):
    deliver(folder, gifts())
    assert deliver(folder, gifts(50, seed=2, Day="x")).stop
    assert told(deliver(folder, gifts(120, seed=3)))["rows"] == (
        "300 rows before, 120 now (60% lower)")


def test_a_change_that_is_right_is_accepted_by_name(folder):
    deliver(folder, gifts())
    deliver(folder, gifts(120, seed=2))
    assert "compared with this one, of 120 rows" in accept_file(folder.settings, "gifts")
    assert told(deliver(folder, gifts(120, seed=2))) == {}
    assert told(deliver(folder, gifts(125, seed=3))) == {}


def test_there_is_nothing_to_accept_before_a_source_is_checked_or_where_it_stopped(folder):
    with pytest.raises(StorageError, match="has no accepted file.*dvc repro check@gifts"):
        accept_file(folder.settings, "gifts")
    deliver(folder, gifts(5, Day="x"))
    with pytest.raises(StorageError, match="or it stopped"):
        accept_file(folder.settings, "gifts")


def test_what_is_kept_holds_no_value_of_a_person(folder):
    frame = gifts(60, seed=5)
    frame.loc[7, ["First", "Last", "Amount"]] = ["Zyzzyva", "Quuxworth", "98765.43"]
    deliver(folder, frame)
    deliver(folder, gifts(61, seed=6))
    text = before_file(folder.root, "gifts").read_text(encoding="utf-8")
    assert json.loads(text)["profile"]["n_rows"] == 60
    for value in ("Zyzzyva", "Quuxworth", "98765", "Ada", "Fable", "g5-7"):
        assert value not in text


def test_amounts_of_few_rows_are_not_kept_and_a_rare_personal_code_neither(tmp_path):
    columns = {**COLUMNS, "gift_kind_code": "Note"}
    folder = make_folder(tmp_path, columns=columns)
    folder.write(csv_text(*(f"g{n},D,03/14/2026,{n + 1}.00,gift" for n in range(9))))
    keep_before(folder.settings, "gifts")
    profile = examine(folder.settings, "gifts").profile
    assert profile["amounts"] == {}
    assert profile["names"] == {}
    assert profile["codes"]["gift_kind_code"] == ["gift"]


def test_the_profile_is_the_same_however_the_rows_were_written(folder):
    import pyarrow.parquet as pq

    from workbench.intake.profile import profile_of
    from workbench.tables import TABLES

    deliver(folder, gifts(9000))
    path = folder.root / "data/accepted/gifts.parquet"
    rows = pq.read_table(path)
    filled = {name: len(rows) - rows[name].null_count for name in rows.column_names[2:]}
    profiles = []
    for size in (1, 37, 1000, 10_000):
        pq.write_table(rows, path, row_group_size=size if size > 1 else 100)
        profiles.append(profile_of(path, TABLES["donations"], filled, cell_min=10))
    assert all(one == profiles[0] for one in profiles)
    assert sum(profiles[0]["names"]["last_name"]) == 9000 if len(rows) < 10_000 else 10_000


def test_the_median_and_the_total_are_those_of_numpy(folder):
    frame = gifts(301)
    profile = deliver(folder, frame).profile
    minor = frame["Amount"].astype(float) * 100
    assert profile["amounts"]["amount_minor"] == {
        "median": float(f"{np.median(minor):.1e}"), "sum": float(f"{minor.sum():.2e}")}


def test_a_digest_tells_files_and_folders_apart(tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("a")
    other.write_text("b")
    assert file_digest(one) != file_digest(other)
    before = file_digest(tmp_path)
    (tmp_path / "three.csv").write_text("c")
    (tmp_path / ".hidden").write_text("c")
    assert file_digest(tmp_path) != before
    with pytest.raises(StorageError, match=r"gone\.csv is not there"):
        file_digest(tmp_path / "gone.csv")


def test_without_the_stage_that_keeps_it_there_is_nothing_before(tmp_path):
    assert read_before(tmp_path, "gifts") == {"file_digest": "", "profile": {}}
