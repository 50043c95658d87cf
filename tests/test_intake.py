"""Every row that comes in is accepted, set aside or refused, once; a bad run changes nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import gc
import importlib
import json
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_expectations import DAY, expect
from made_files import COLUMNS, make_folder

from workbench.checks import conclude, read_suite
from workbench.errors import (
    SettingsError,
    SourceError,
    StorageError,
    SuiteError,
)
from workbench.intake import (
    admit,
    as_shown,
    draft_expectations,
    expectations_shown,
    fill_shown,
    fill_words,
    filled_columns,
    finding,
    findings_frame,
    gather,
    loss_sentence,
    quality_measures,
    read_quality,
    reasons_shown,
    rows_by_file,
    rows_by_reason,
)
from workbench.intake.ledger import Ledger, row_hashes
from workbench.intake.workers import in_order
from workbench.settings import Disclosure, load_settings
from workbench.tables import RESULTS, TABLES

DONATIONS = TABLES["donations"]
PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
ADMIT = importlib.import_module("workbench.intake.admit")
PARTS = importlib.import_module("workbench.intake.parts")
HEADER = "Gift,Donor,Day,Amount,Note,Phone"
MAPPING = {**COLUMNS, "phone": "Phone"}
UNIQUE_PHONE = expect("column_values_to_be_unique", rows="set_aside", column="phone", mostly=0.5)
UNIQUE_PAIR = expect("compound_columns_to_be_unique", column_list=["last_name", "donation_date"])
NOT_NEGATIVE = expect("column_values_to_be_between", rows="set_aside", column="amount_minor",
                      min_value=0, mostly=0.5)
NO_DIGIT = expect("column_values_to_not_match_regex", column="last_name", regex=r"\d")
EXPECTED = (NOT_NEGATIVE, NO_DIGIT, UNIQUE_PHONE, UNIQUE_PAIR)


def gift(number, donor="Ash", day="03/14/2026", amount="5.00", phone=None):
    return f"{number},{donor},{day},{amount},,{number if phone is None else phone}"


LINES = (
    gift("g1"), gift("g2", donor="Blake"), gift("g1", donor="Late"),  # a key again
    gift("g3", donor="Kim", phone="g2"),  # a phone again: set aside
    gift("g4", donor="Ng", amount="-1.00"),  # under 0: set aside
    gift("g5", donor="Ng 7", phone=""),  # a digit: kept
    gift("g6", donor="Omar", phone=""),  # no phone repeats no phone
    gift("g7", donor="Ash"),  # donor and day again: kept
    gift("g8", day="13/14/2026"),  # not a day
    gift("g4", donor="Pat"),  # its key was set aside before, so it is the first
    gift("g9", donor="Quinn", phone="g1"),  # a phone again
)
ACCEPTED = ["g1", "g2", "g5", "g6", "g7", "g4"]
SET_ASIDE = [
    (4, "duplicate_key", "donation_id"), (5, "expectation:phone.be_unique", "phone"),
    (6, "expectation:amount_minor.be_between", "amount_minor"),
    (10, "not_a_date", "donation_date"), (12, "expectation:phone.be_unique", "phone"),
]


def suite_of(folder, *entries, table="donations"):
    place = folder.root / "expectations" / f"{table}.json"
    place.write_text(json.dumps({"name": table, "expectations": list(entries)}))


def made(root, lines=LINES, entries=EXPECTED, **changes):
    folder = make_folder(root, **{"columns": MAPPING, **changes})
    folder.write("\n".join([HEADER, *lines, ""]))
    suite_of(folder, *entries)
    return folder


def small_chunks(monkeypatch, n_bytes):
    opening = ADMIT.open_source

    def opened(*args):
        return dataclasses.replace(opening(*args), chunk_bytes=n_bytes)

    monkeypatch.setattr(ADMIT, "open_source", opened)


def long_file(n_rows=30_000):
    """Lines in which every 50th key and every 70th phone stood before."""
    lines = [gift(f"g{number}", donor=f"D{number % 999}") for number in range(n_rows)]
    for number in range(50, n_rows, 50):
        lines[number] = gift(f"g{number - 7 * (number % 3) - 1}", donor="Again")
    for number in range(71, n_rows, 70):
        lines[number] = gift(f"g{number}", donor="Phone", phone=f"g{number - 60}")
    return lines


def told(folder):
    rows = [(r["source_row"], r["reason_code"], r["column_name"])
            for r in pq.read_table(folder.root / "data/set_aside/gifts.parquet").to_pylist()]
    accepted = pq.read_table(folder.root / "data/accepted/gifts.parquet")
    return accepted["donation_id"].to_pylist(), rows


def test_each_row_is_accepted_or_set_aside_once_with_its_reason_and_line(tmp_path):
    folder = made(tmp_path)
    quality = admit(folder.settings, "gifts").quality
    assert told(folder) == (ACCEPTED, SET_ASIDE)
    assert quality.rows == {"n_rows": 11, "n_accepted": 6, "n_set_aside": 5, "n_refused": 0,
                            "n_left_out": 0}
    found = {one["name"]: (one["n_rows"], one["n_failed"]) for one in quality.expectations}
    assert found == {
        "amount_minor.be_between": (10, 1), "last_name.not_match_regex": (10, 1),
        "phone.be_unique": (6, 2), "last_name_donation_date.compound_columns_to_be_unique": (6, 1),
    }


@pytest.mark.slow
def test_the_first_row_with_a_key_stays_whatever_the_chunks_and_the_workers(
    tmp_path, monkeypatch
):
    folder = made(tmp_path, long_file())
    admit(folder.settings, "gifts", n_workers=1)
    whole = told(folder)
    quality = (tmp_path / "data/quality/gifts.json").read_bytes()
    assert len(whole[1]) > 900
    assert {reason for _, reason, _ in whole[1]} == {"duplicate_key",
                                                     "expectation:phone.be_unique"}
    for n_bytes in (1 << 16, 300_001):
        outputs = set()
        with monkeypatch.context() as patch:
            small_chunks(patch, n_bytes)
            for n_workers in (1, 2, 3):
                admit(folder.settings, "gifts", n_workers=n_workers)
                assert told(folder) == whole
                assert (tmp_path / "data/quality/gifts.json").read_bytes() == quality
                outputs.add(tuple(sorted(folder.outputs().items())))
        assert len(outputs) == 1, "the same bytes whatever the number of workers"


def test_the_long_file_is_cut_into_many_chunks_where_a_test_asks_for_it(tmp_path):
    opened = ADMIT.open_source(made(tmp_path, long_file()).settings.source("gifts"), tmp_path)
    cut = dataclasses.replace(opened, chunk_bytes=1 << 16)
    assert len(list(opened.chunks())) == 1
    assert len(list(cut.chunks())) > 10


def test_equal_hashes_of_different_values_are_no_repeat(tmp_path, monkeypatch):
    folder = made(tmp_path)
    monkeypatch.setattr(PARTS, "row_hashes", lambda rows, _: np.zeros(len(rows), np.uint64))
    admit(folder.settings, "gifts")
    assert told(folder) == (ACCEPTED, SET_ASIDE)


KEYS = st.tuples(
    st.one_of(st.none(), st.sampled_from(["", "a", "b", "ab", "é", "\0"])),
    st.one_of(st.none(), st.integers(-2, 2)),
    st.one_of(st.none(), st.dates(dt.date(1969, 12, 31), dt.date(1970, 1, 2))),
    st.one_of(st.none(), st.sampled_from([0.0, -0.0, 0.5])),
    st.one_of(st.none(), st.booleans()),
)
FIELDS = {"text": pa.string(), "whole": pa.int64(), "day": pa.date32(), "number": pa.float64(),
          "flag": pa.bool_()}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(KEYS, max_size=60), st.lists(st.integers(1, 20), min_size=1, max_size=6),
    st.sets(st.sampled_from(sorted(FIELDS)), min_size=1), st.sampled_from([1, 3, 2**63]),
)
def test_a_ledger_finds_the_repeats_that_pandas_finds(keys, sizes, names, modulus):
    columns = tuple(sorted(names))
    rows = pa.table([pa.array([key[number] for key in keys], kind)
                     for number, kind in enumerate(FIELDS.values())], names=list(FIELDS))
    ledger, found, start = Ledger(columns), [], 0
    while start < len(rows):
        part = rows.slice(start, sizes[len(found) % len(sizes)])
        hashes = row_hashes(part, columns) % np.uint64(modulus)
        found += ledger.repeats(part, hashes).tolist()
        start += len(part)
    frame = pd.DataFrame({
        name: [None if value is None else abs(value) if value == 0 else value
               for value in rows[name].to_pylist()] for name in columns
    }, dtype=object)
    expected = frame.duplicated().tolist() if len(frame) else []
    assert found == expected


def test_a_ledger_of_many_short_runs_finds_the_same(monkeypatch):
    monkeypatch.setattr("workbench.intake.ledger.LARGEST_RUN", 16)
    numbers = np.random.default_rng(2).integers(0, 300, 600)
    rows, ledger = pa.table({"a": numbers}), Ledger(("a",))
    parts = [rows.slice(start, 7) for start in range(0, 600, 7)]
    found = np.concatenate([ledger.repeats(part, row_hashes(part, ("a",))) for part in parts])
    assert found.tolist() == pd.Series(numbers).duplicated().tolist()


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=6)), max_size=30), st.integers(0, 5))
def test_equal_rows_have_equal_hashes_wherever_they_lie(texts, start):
    rows = pa.table({"a": pa.array(texts, pa.string()), "b": pa.array(range(len(texts)))})
    hashes = row_hashes(rows, ("a", "b"))
    assert (row_hashes(rows.slice(start), ("a", "b")) == hashes[start:]).all()
    halves = pa.concat_tables([rows.slice(0, start), rows.slice(start)])
    assert (row_hashes(halves, ("a", "b")) == hashes).all()


def test_hashes_of_a_hundred_thousand_ids_do_not_collide():
    rows = pa.table({"a": [f"G{number:09d}" for number in range(100_000)]})
    assert len(np.unique(row_hashes(rows, ("a",)))) == 100_000


def test_what_the_key_implies_is_counted_and_never_fails(tmp_path):
    entry = expect("compound_columns_to_be_unique", column_list=["donation_date", "donation_id"])
    quality = admit(made(tmp_path, entries=[entry]).settings, "gifts").quality
    assert [(one["n_rows"], one["n_failed"]) for one in quality.expectations] == [(8, 0)]


def test_an_expired_source_is_refused_whole_and_counted(tmp_path):
    folder = made(tmp_path, expiry_date="2026-10-04")
    quality = admit(folder.settings, "gifts").quality
    assert quality.rows == {"n_rows": 11, "n_accepted": 0, "n_set_aside": 0, "n_refused": 11,
                            "n_left_out": 0}
    assert told(folder) == ([], [])
    assert finding(quality)["title"] == "Source gifts has expired and is not in use"


def test_the_last_day_of_a_source_is_still_in_use(tmp_path):
    folder = made(tmp_path, expiry_date=DAY.isoformat())
    assert admit(folder.settings, "gifts").quality.rows["n_accepted"] == 6


# Quality.

def test_the_numbers_of_quality_are_those_counted_again_from_the_files(tmp_path):
    folder = made(tmp_path, long_file(3000))
    admission = admit(folder.settings, "gifts")
    quality = read_quality(folder.settings, "gifts")
    assert quality == dataclasses.replace(admission.quality)
    accepted = pq.read_table(admission.accepted_path)
    aside = pq.read_table(admission.set_aside_path)
    (file,) = rows_by_file(quality).to_dict("records")
    assert (file["n_rows"], file["n_accepted"], file["n_set_aside"]) == (
        3000, len(accepted), len(aside))
    counted = Counter(zip(aside["reason_code"].to_pylist(), aside["column_name"].to_pylist(),
                          strict=True))
    reasons = rows_by_reason(quality)
    assert {(r.reason_code, r.column_name): r.n_rows for r in reasons.itertuples()} == counted
    for reason in reasons.itertuples():
        lines = aside.filter(pc.equal(aside["reason_code"], reason.reason_code))["source_row"]
        assert reason.first_row == pc.min(lines).as_py()
    filled = filled_columns(quality).set_index("column_name")["n_filled"]
    for name in DONATIONS.column_names[2:]:
        assert filled[name] == len(accepted) - accepted[name].null_count
    measures = {one.name: one.value for one in quality_measures(quality)}
    assert (measures["n_accepted"], measures["n_set_aside"]) == (len(accepted), len(aside))


def test_rows_about_people_are_rounded_on_the_page_and_exact_in_the_file(tmp_path):
    folder = made(tmp_path, long_file(3000))
    quality = admit(folder.settings, "gifts").quality
    shown = as_shown(quality, PROFILE)
    n_accepted, n_aside = quality.rows["n_accepted"], quality.rows["n_set_aside"]
    assert shown.rows["n_accepted"] == round(n_accepted / 5) * 5 != n_accepted
    assert shown.rows["n_set_aside"] == n_aside
    assert shown.rows["n_rows"] == shown.rows["n_accepted"] + n_aside
    (file,) = rows_by_file(shown).to_dict("records")
    assert {name: file[name] for name in shown.rows} == dict(shown.rows)
    page = f"{finding(shown)} {loss_sentence(shown)}"
    assert f"{n_accepted:,}" not in page
    assert "3,000" not in page


def test_rows_that_fail_and_stay_are_hidden_where_they_are_few(tmp_path):
    quality = admit(made(tmp_path).settings, "gifts").quality
    few = [{**one, "n_failed": 3, "rows": rows, "n_rows": 1203}
           for one, rows in zip(quality.expectations, ("keep", "keep", "set_aside", "keep"),
                                strict=True)]
    few[1]["n_failed"], few[3]["n_failed"] = 38, 0
    shown = as_shown(dataclasses.replace(quality, expectations=few), PROFILE)
    assert [one["n_failed"] for one in shown.expectations] == [None, 40, 3, 0]
    assert {one["n_rows"] for one in shown.expectations} == {1205}


def test_no_value_of_a_person_stands_in_the_quality_file(tmp_path):
    lines = [*LINES, gift("g77", donor="Zyzzyva 9", amount="-98765.43", phone="0770900123")]
    folder = made(tmp_path, lines)
    path = admit(folder.settings, "gifts").quality_path
    text = path.read_text(encoding="utf-8")
    for value in ("Zyzzyva", "98765", "0770900123", "g77", "Blake"):
        assert value not in text
    assert str(tmp_path) not in text


def test_the_brief_is_told_what_failed_first(tmp_path):
    quality = admit(made(tmp_path).settings, "gifts").quality
    assert expectations_shown(quality)["verdict"].tolist() == [
        "fails", "fails", "is met", "is met"]
    assert finding(quality)["title"] == (
        "Decide about source gifts: 5 of 11 rows, 41% of the money and 44% of the people are lost")
    right = dataclasses.replace(quality, loss_code="accepted", loss_why="They were tests.")
    assert finding(right)["title"] == (
        "Judge source gifts: 2 expectations about it fail; 5 rows are set aside")
    assert finding(right)["bottom_line"].endswith("by a recorded decision: They were tests.")
    assert reasons_shown(quality)["n_rows"].sum() == 5
    assert findings_frame(quality)["n_failed"].tolist() == [1, 1, 2, 1]


def test_a_source_that_gives_no_row_is_told_so(tmp_path):
    quality = admit(made(tmp_path, [gift("g1", day="x")]).settings, "gifts").quality
    assert finding(quality)["title"] == "Source gifts stops: no row fits"
    filled = fill_shown(quality, PROFILE)
    assert fill_words(quality, filled)["title"] == "No row was accepted"
    assert filled["filled_share"].isna().all()


def test_quality_is_asked_for_before_it_is_there(tmp_path):
    with pytest.raises(SettingsError, match="data/quality/gifts.json does not exist yet"):
        read_quality(made(tmp_path).settings, "gifts")


# Runs that fail leave what stood.

def stands(folder, action, error, told):
    """Run what fails; nothing below data/ may change."""
    before = folder.outputs()
    with pytest.raises(error, match=told):
        action()
    assert folder.outputs() == before
    assert len(before) == 3


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_stop_leaves_the_last_good_output_byte_for_byte(tmp_path, monkeypatch, n_workers):
    folder = made(tmp_path, long_file(3000))
    admit(folder.settings, "gifts")
    folder.write("\n".join([HEADER, *long_file(4000), ""]))
    suite_of(folder, expect("column_values_to_be_in_set", "stop", column="last_name",
                            value_set=["Again"]))
    small_chunks(monkeypatch, 1 << 14)
    before = folder.outputs()["accepted/gifts.parquet"]
    quality = admit(folder.settings, "gifts", n_workers=n_workers).quality
    assert quality.stop.startswith(
        "data/raw/gifts.csv: 1 expectation(s) of severity stop failed.\n  last_name: ")
    assert quality.n_standing > 2800
    assert quality.stop.endswith(
        f"The {quality.n_standing:,} rows that it gave before still stand.")
    assert folder.outputs()["accepted/gifts.parquet"] == before
    assert quality.rows["n_accepted"] == 0
    assert quality.rows["n_rows"] == 4000 == (
        quality.rows["n_set_aside"] + quality.rows["n_refused"])


@pytest.mark.parametrize("n_workers", [1, 2])
def test_an_expectation_that_cannot_be_checked_is_told_the_same_from_a_worker(
    tmp_path, monkeypatch, n_workers
):
    folder = made(tmp_path, long_file(3000))
    admit(folder.settings, "gifts")
    suite_of(folder, expect("column_values_to_not_be_null", column="last_name",
                            row_condition="last_name > 1"))
    small_chunks(monkeypatch, 1 << 14)
    stands(folder, lambda: admit(folder.settings, "gifts", n_workers=n_workers),
           SuiteError, "could not be checked|cannot be read")


def test_a_worker_that_dies_without_a_word_is_told(tmp_path, monkeypatch):
    folder = made(tmp_path, long_file(3000))
    admit(folder.settings, "gifts")
    small_chunks(monkeypatch, 1 << 14)
    monkeypatch.setattr(PARTS, "read_part", lambda *_: os._exit(1))
    stands(folder, lambda: admit(folder.settings, "gifts", n_workers=2),
           RuntimeError, "ended without a word")


def no_space(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "place", ["os.replace", "os.fsync", "pyarrow.parquet.ParquetWriter.write_table",
              "pathlib.Path.write_text"]
)
def test_a_full_disk_is_told_and_the_old_files_stand(tmp_path, monkeypatch, place):
    folder = made(tmp_path)
    admit(folder.settings, "gifts")
    folder.write("\n".join([HEADER, *LINES[:4], ""]))
    monkeypatch.setattr(place, no_space)
    stands(folder, lambda: admit(folder.settings, "gifts"), StorageError,
           "could not be written .No space left.*still stands.*Free some disk space")


KILLED = """
import dataclasses, importlib, os, pathlib, signal, sys
from workbench.settings import Disclosure, load_settings
adm = importlib.import_module("workbench.intake.admit")
opening, write = adm.open_source, adm._write
adm.open_source = lambda *args: dataclasses.replace(opening(*args), chunk_bytes=int(sys.argv[2]))
def killing(writer, rows):
    write(writer, rows)
    os.kill(os.getpid(), signal.SIGKILL)
adm._write = killing
adm.admit(load_settings(pathlib.Path(sys.argv[1])), "gifts", n_workers=2)
"""


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_old_files_and_no_process_and_the_next_run_no_draft(
    tmp_path
):
    folder = made(tmp_path, long_file())
    admit(folder.settings, "gifts")
    before = folder.outputs()
    command = [sys.executable, "-c", KILLED, str(tmp_path), "65536"]
    # Its workers hold its output open: were one left waiting, this would not come back.
    ended = subprocess.run(command, stdout=subprocess.PIPE, timeout=30, check=False)
    assert ended.returncode == -9
    after = folder.outputs()
    drafts = set(after) - set(before)
    assert drafts
    assert all(name.endswith(".draft") for name in drafts)
    assert {name: after[name] for name in before} == before
    admit(folder.settings, "gifts")
    assert folder.outputs() == before


# Workers.

def squared(number):
    if number == 13:
        raise SuiteError("thirteen")
    if number == 17:
        raise KeyError("seventeen")
    return number * number


@pytest.mark.parametrize(("n_orders", "n_workers"), [(0, 2), (1, 3), (5, 2), (13, 3), (12, 1)])
def test_answers_come_in_the_order_of_the_orders(n_orders, n_workers):
    answers = list(in_order(squared, range(n_orders), n_workers=n_workers))
    assert answers == [number * number for number in range(n_orders)]


class Ring:
    """An object that only a sweep for garbage ends; ended by another process, it kills that."""

    def __init__(self):
        self.itself, self.owner = self, os.getpid()

    def __del__(self):
        if os.getpid() != self.owner:
            os._exit(1)


def test_a_worker_leaves_the_garbage_of_its_parent_alone():
    gc.disable()
    try:
        Ring()
        assert list(in_order(squared, range(4), n_workers=1)) == [0, 1, 4, 9]
    finally:
        gc.enable()


@pytest.mark.parametrize(("numbers", "error", "words"),
                         [(range(14), SuiteError, "thirteen"),
                          ([1, 17, 2], RuntimeError, "KeyError: 'seventeen'")])
def test_what_a_worker_raises_is_raised_here(numbers, error, words):
    with pytest.raises(error, match=words):
        list(in_order(squared, numbers, n_workers=2))


def test_orders_are_drawn_only_a_little_ahead_of_the_answers():
    drawn = []
    answers = in_order(squared, (drawn.append(n) or n for n in range(100, 200)), n_workers=2)
    assert [next(answers), next(answers)] == [10_000, 10_201]
    assert len(drawn) <= 2 + 2 * 2 + 1
    answers.close()


# Gathering and drafts.

def two_sources(root):
    folder = made(root)
    params = json.loads((root / "params.yaml").read_text())
    source = params["sources"]["gifts"]
    params["sources"] = {"zeta": source, "alpha": {**source, "path": "data/raw/alpha.csv"}}
    (root / "params.yaml").write_text(json.dumps(params))
    folder.write("\n".join([HEADER, *LINES[:2], ""]), "data/raw/alpha.csv")
    return load_settings(root)


def test_gathering_keeps_the_order_and_the_number_of_rows_of_every_source(tmp_path):
    changed = two_sources(tmp_path)
    for name in changed.sources:
        admit(changed, name)
    gather(changed)
    rows = pq.read_table(tmp_path / "data/tables/donations.parquet")
    assert rows["source_name"].to_pylist() == ["alpha"] * 2 + ["zeta"] * 6
    assert rows["donation_id"].to_pylist() == ["g1", "g2", *ACCEPTED]
    one_by_one = [pq.read_table(tmp_path / f"data/accepted/{name}.parquet")
                  for name in ("alpha", "zeta")]
    assert rows.equals(pa.concat_tables(one_by_one))


def test_gathering_makes_every_table_typed_even_where_it_is_empty(tmp_path):
    folder = made(tmp_path)
    admit(folder.settings, "gifts")
    gather(folder.settings)
    files = {path.stem: path for path in (tmp_path / "data/tables").iterdir()}
    assert set(files) == {*TABLES, "unread_objections"}
    for name, path in files.items():
        table = TABLES.get(name) or RESULTS[name]
        assert pq.read_schema(path).equals(table.schema())
        assert pq.read_metadata(path).num_rows == (6 if name == "donations" else 0)


def test_gathering_leaves_out_a_source_that_is_no_longer_declared(tmp_path):
    changed = two_sources(tmp_path)
    for name in changed.sources:
        admit(changed, name)
    fewer = dataclasses.replace(changed, sources={"alpha": changed.sources["alpha"]})
    gather(fewer)
    assert pq.read_metadata(tmp_path / "data/tables/donations.parquet").num_rows == 2


def test_gathering_asks_for_a_source_that_was_not_checked(tmp_path):
    with pytest.raises(SourceError, match="'gifts' has not been checked yet. Run `dvc repro`"):
        gather(made(tmp_path).settings)


def test_a_draft_reads_back_as_a_suite_that_the_accepted_rows_keep(tmp_path):
    folder = made(tmp_path, long_file(2000))
    accepted = admit(folder.settings, "gifts").accepted_path
    draft = draft_expectations(folder.settings, "gifts")
    suite_of(folder, *draft["expectations"])
    suite = read_suite(tmp_path, DONATIONS, "gifts", as_of=DAY)
    quality = admit(folder.settings, "gifts").quality
    assert len(suite.expectations) >= 3
    assert [one["name"] for one in quality.expectations if not one["has_passed"]] == []
    assert conclude(suite, {}, {}, pq.read_metadata(accepted).num_rows)
    text = json.dumps(draft)
    assert not any(value in text for value in ("Again", "D17", "g17", "2026-03"))


def test_a_draft_is_asked_for_before_the_source_is_checked(tmp_path):
    with pytest.raises(SourceError, match="has not been checked yet"):
        draft_expectations(made(tmp_path).settings, "gifts")
