"""Expectations find exactly the rows that fail them; a suite that cannot be checked is refused."""

from __future__ import annotations

import datetime as dt
import json
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_expectations import DAY, check_one, expect, made_rows, make_suite

from workbench.checks import (
    TYPES,
    build_suite,
    check_rows,
    conclude,
    draft_suite,
    endless,
    read_suite,
    refuse_unused,
    stop_words,
    title_of,
)
from workbench.checks.suite import ROW_TYPES, WHOLE_TYPES
from workbench.errors import SuiteError
from workbench.sources.rows import required_columns
from workbench.tables import KINDS, TABLES

pytestmark = pytest.mark.filterwarnings("error:.*(match groups|condition)")
REPOSITORY = Path(__file__).parents[1]
DONATIONS = TABLES["donations"]
LAST = ["Ash", None, "Blake", "O", "Ng 7"]
FIRST = ["Ash", "Ash", "Kim", None, None]
AMOUNT = [5, None, 0, -3, 100]
DATES = [DAY, None, dt.date(2026, 10, 6), dt.date(1200, 1, 1), dt.date(9999, 12, 31)]
ASKED = [9, None, 6, 7, 1]
FLAG = [True, None, False, False, True]
KINDS_OF_GIFT = ["gift", "gift", "refund", "gift", None]
PEOPLE = made_rows(
    donation_id=list("abcde"), last_name=LAST, first_name=FIRST, amount_minor=AMOUNT,
    donation_date=DATES, gift_kind_code=KINDS_OF_GIFT, is_recurring=FLAG,
)
PLACES = made_rows("areas", n_electors=[9, None, 6, 7, 1], n_ballots=[8, 2, 6, 8, None])
MAILED = made_rows(
    "appeals_sent", sent_date=[DAY, DAY, None, DAY, DAY],
    response_date=[DAY, dt.date(2026, 10, 6), DAY, None, dt.date(2026, 10, 4)],
)
OLDER = "column_pair_values_a_to_be_greater_than_b"
EQUAL = "column_pair_values_to_be_equal"
NAMES = {"column_A": "first_name", "column_B": "last_name"}
VOTES = {"column_A": "n_electors", "column_B": "n_ballots"}
ANSWERS = {"column_A": "response_date", "column_B": "sent_date"}
# The expectation, the positions of the rows that fail it, and how many rows it is about.
CASES = [
    (expect("column_values_to_not_be_null", column="last_name"), [1], 5),
    (expect("column_values_to_be_null", column="last_name"), [0, 2, 3, 4], 5),
    (expect("column_values_to_be_in_set", column="last_name", value_set=["Ash", "O"]), [2, 4], 4),
    (expect("column_values_to_be_in_set", column="amount_minor", value_set=[0, 5]), [3, 4], 4),
    (expect("column_values_to_be_in_set", column="is_recurring", value_set=[True]), [2, 3], 4),
    (expect("column_values_to_not_be_in_set", column="last_name", value_set=["O"]), [3], 4),
    (expect("column_values_to_be_between", column="amount_minor", min_value=0), [3], 4),
    (expect("column_values_to_be_between", column="amount_minor", min_value=0, max_value=5),
     [3, 4], 4),
    (expect("column_values_to_be_between", column="amount_minor", min_value=0, strict_min=True),
     [2, 3], 4),
    (expect("column_values_to_be_between", column="amount_minor", max_value=100,
            strict_max=True), [4], 4),
    (expect("column_values_to_be_between", column="donation_date",
            max_value={"$PARAMETER": "as_of"}), [2, 4], 4),
    (expect("column_values_to_be_between", column="donation_date", min_value="1990-01-01"),
     [3], 4),
    (expect("column_values_to_be_between", column="donation_date", max_value="2300-01-01"),
     [4], 4),
    (expect("column_value_lengths_to_be_between", column="last_name", min_value=2, max_value=4),
     [2, 3], 4),
    (expect("column_value_lengths_to_equal", column="last_name", value=3), [2, 3, 4], 4),
    (expect("column_values_to_match_regex", column="last_name", regex="^[A-Z][a-z]+$"),
     [3, 4], 4),
    (expect("column_values_to_match_regex", column="last_name", regex="^(?!B)"), [2], 4),
    (expect("column_values_to_not_match_regex", column="last_name", regex=r"\d"), [4], 4),
    (expect(EQUAL, **NAMES), [2], 2),
    (expect(EQUAL, **NAMES, ignore_row_if="neither"), [1, 2, 3, 4], 5),
    (expect(EQUAL, **NAMES, ignore_row_if="both_values_are_missing"), [1, 2, 3, 4], 5),
]
PLACE_CASES = [
    (expect(OLDER, **VOTES), [2, 3], 3),
    (expect(OLDER, **VOTES, or_equal=True), [3], 3),
    (expect(OLDER, **VOTES, ignore_row_if="both_values_are_missing"), [1, 2, 3, 4], 5),
    (expect("column_values_to_be_between", column="n_electors", min_value=2), [4], 4),
]
GIFTS_ONLY = 'gift_kind_code == "gift"'


def entry_ids(entry):
    return entry["type"].removeprefix("expect_column_") if isinstance(entry, dict) else None


@pytest.mark.parametrize(("entry", "failing", "n_rows"), CASES, ids=entry_ids)
def test_an_expectation_finds_exactly_the_rows_that_fail_it(entry, failing, n_rows):
    found = check_one(PEOPLE, entry)
    assert (found.rows.tolist(), found.n_rows) == (failing, n_rows)


@pytest.mark.parametrize(("entry", "failing", "n_rows"), PLACE_CASES, ids=entry_ids)
def test_two_columns_are_compared_row_by_row(entry, failing, n_rows):
    found = check_one(PLACES, entry, "areas")
    assert (found.rows.tolist(), found.n_rows) == (failing, n_rows)


def test_an_answer_before_its_message_is_found_and_one_on_its_day_where_it_may_not_be():
    before = expect(OLDER, **ANSWERS, or_equal=True)
    not_after = expect(OLDER, **ANSWERS)
    assert check_one(MAILED, before, "appeals_sent").rows.tolist() == [4]
    assert check_one(MAILED, not_after, "appeals_sent").rows.tolist() == [0, 4]


def test_every_type_about_single_rows_stands_among_the_cases():
    assert {entry["type"] for entry, *_ in (*CASES, *PLACE_CASES)} == set(ROW_TYPES)


@pytest.mark.parametrize(("entry", "failing", "n_rows"), CASES, ids=entry_ids)
def test_a_condition_leaves_only_its_own_rows_to_be_looked_at(entry, failing, n_rows):
    kwargs = {**entry["kwargs"], "row_condition": GIFTS_ONLY}
    found = check_one(PEOPLE, {**entry, "kwargs": kwargs})
    gifts = [row for row, kind in enumerate(KINDS_OF_GIFT) if kind == "gift"]
    assert found.rows.tolist() == [row for row in failing if row in gifts]
    alone = check_one(PEOPLE.take(gifts), entry)
    assert found.n_rows == alone.n_rows


def test_a_condition_that_no_row_meets_leaves_nothing_to_fail():
    entry = expect("column_values_to_not_be_null", column="last_name",
                   row_condition='gift_kind_code == "memo"')
    found = check_one(PEOPLE, entry)
    assert (found.n_rows, found.rows.tolist()) == (0, [])


@pytest.mark.parametrize(("entry", "failing", "n_rows"), CASES, ids=entry_ids)
def test_no_row_at_all_fails_nothing_and_one_row_is_judged_alone(entry, failing, n_rows):
    none = check_one(PEOPLE.slice(0, 0), entry)
    assert (none.n_rows, none.rows.tolist()) == (0, [])
    for row in range(len(PEOPLE)):
        assert check_one(PEOPLE.slice(row, 1), entry).rows.tolist() == [0] * (row in failing)


@pytest.mark.parametrize(("entry", "failing", "n_rows"), CASES, ids=entry_ids)
def test_missing_values_fail_only_an_expectation_about_missing_values(entry, failing, n_rows):
    empty = made_rows(donation_id=["a", "b"])
    is_about_missing = entry["type"].endswith("not_be_null")
    is_never_ignored = entry["kwargs"].get("ignore_row_if") == "neither"
    found = check_one(empty, entry)
    assert found.rows.tolist() == ([0, 1] if is_about_missing or is_never_ignored else [])


@pytest.mark.parametrize(("mostly", "has_passed"), [(0.74, True), (0.75, True), (0.76, False)])
def test_an_expectation_passes_where_its_share_of_the_filled_rows_keeps_it(mostly, has_passed):
    suite = make_suite(expect("column_values_to_not_match_regex", column="last_name",
                              regex=r"\d", mostly=mostly))
    ((name, found),) = check_rows(PEOPLE, suite).items()
    (finding,) = conclude(suite, {name: found.n_rows}, {name: len(found.rows)}, 5)
    assert (finding.n_rows, finding.n_failed, finding.has_passed) == (4, 1, has_passed)


@pytest.mark.parametrize(
    ("n_rows", "has_passed"), [(1, False), (2, True), (3, True), (4, False)]
)
def test_the_number_of_rows_is_held_to_its_ends(n_rows, has_passed):
    suite = make_suite(expect("table_row_count_to_be_between", min_value=2, max_value=3))
    (finding,) = conclude(suite, {}, {}, n_rows)
    assert finding.has_passed is has_passed


def test_an_expectation_about_no_row_passes():
    suite = make_suite(CASES[0][0])
    assert conclude(suite, {}, {}, 0)[0].has_passed


STOCK = """
import datetime as dt, json, sys
import great_expectations as gx
import pandas as pd
frame = pd.read_parquet(sys.argv[1])
frame["donation_date"] = pd.to_datetime(frame["donation_date"])
entries = json.loads(sys.argv[2])
for number, entry in enumerate(entries):
    entry["meta"] = {"number": number}
    for end in {"min_value", "max_value"} & set(entry["kwargs"]):
        if isinstance(entry["kwargs"][end], str):
            entry["kwargs"][end] = dt.datetime.fromisoformat(entry["kwargs"][end])
context = gx.get_context(mode="ephemeral")
asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
report = batch.validate(gx.ExpectationSuite(name="s", expectations=entries),
                        result_format="COMPLETE")
found = {one.expectation_config.meta["number"]:
         sorted(one.result.get("unexpected_index_list") or []) for one in report.results}
print(json.dumps(found))
"""


def generated(n_rows):
    rng = np.random.default_rng(3)

    def some(values, share=0.1):
        picked = [values[number] for number in rng.integers(0, len(values), n_rows)]
        return [None if gap else value
                for gap, value in zip(rng.random(n_rows) < share, picked, strict=True)]

    return made_rows(
        donation_id=[str(number) for number in range(n_rows)],
        last_name=some(["Ash", "Blake", "O", "Ng 7", "Äther", "ash"]),
        first_name=some(["Ash", "Blake", "Kim"]),
        amount_minor=some([-3, 0, 5, 100, 10**13]),
        donation_date=some([DAY, dt.date(2026, 10, 6), dt.date(1950, 1, 1)]),
        gift_kind_code=some(["gift", "refund", "memo"]),
        is_recurring=some([True, False], share=0),
    )


@pytest.mark.slow
def test_the_engine_finds_what_stock_great_expectations_finds(tmp_path):
    rows = generated(2000)
    pq.write_table(rows, tmp_path / "rows.parquet")
    plain = [entry for entry, *_ in CASES if "$PARAMETER" not in json.dumps(entry)]
    conditioned = [
        {**entry, "kwargs": {**entry["kwargs"], "row_condition": GIFTS_ONLY,
                             "condition_parser": "pandas"}} for entry in plain
    ]
    entries = json.loads(json.dumps([*plain, *conditioned]))
    for entry in entries:
        if "column_A" in entry["kwargs"]:  # stock ignores only rows that lack both
            entry["kwargs"].setdefault("ignore_row_if", "either_value_is_missing")
    command = [sys.executable, "-c", STOCK, str(tmp_path / "rows.parquet"), json.dumps(entries)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    stock = json.loads(shown.stdout.splitlines()[-1])
    suite = make_suite(*plain, *conditioned)
    ours = check_rows(rows, suite)
    found = [ours[one.name].rows.tolist() for one in suite.expectations]
    assert found == [stock[str(number)] for number in range(len(entries))]
    assert sum(map(len, found)) > 5000


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=30), st.integers(1, 29))
def test_rows_checked_in_two_runs_fail_as_in_one(amounts, cut):
    rows = made_rows(amount_minor=amounts)
    entry = expect("column_values_to_be_between", column="amount_minor", min_value=0)
    parts = [check_one(part, entry) for part in (rows.slice(0, cut), rows.slice(cut))]
    failing = [*parts[0].rows.tolist(), *(parts[1].rows + min(cut, len(rows))).tolist()]
    assert failing == [row for row, value in enumerate(amounts) if value is not None and value < 0]
    assert sum(part.n_rows for part in parts) == len(amounts) - amounts.count(None)


# Suites that are refused.

FINE = expect("column_values_to_not_be_null", column="last_name")


def changed(entry=FINE, **changes):
    return {**entry, **changes}


def with_meta(**changes):
    return changed(meta={**FINE["meta"], **changes})


REFUSED = [
    (["not", "a", "mapping"], "must have the keys 'type', 'kwargs' and 'meta'"),
    ({"type": FINE["type"], "kwargs": {}}, "must have the keys"),
    (changed(notes="more"), "must have the keys"),
    (changed(type=["a"]), "'type' must be a text"),
    (changed(kwargs=[]), "'kwargs' a mapping"),
    (changed(type="expect_column_values_to_not_be_nul"),
     "not one that the workbench can check. Did you mean 'expect_column_values_to_not_be_null'"),
    (expect("column_values_to_be_of_type", column="last_name"), "cannot|can check"),
    (changed(kwargs={}), "lacks 'column'"),
    (expect("column_values_to_not_be_null", column="last_name", mostli=1),
     "has 'mostli'.*Did you mean 'mostly'"),
    (expect("column_values_to_not_be_null", column="lastname"), "Did you mean 'last_name'"),
    (expect("column_values_to_not_be_null", column=["last_name"]), "does not have"),
    (expect("column_values_to_not_be_null", column="last_name", mostly=0), "'mostly' must be"),
    (expect("column_values_to_not_be_null", column="last_name", mostly=1.01), "'mostly' must be"),
    (expect("column_values_to_not_be_null", column="last_name", mostly=True), "'mostly' must be"),
    (expect("column_values_to_be_between", column="amount_minor"), "'min_value' or 'max_value'"),
    (expect("column_values_to_be_between", column="amount_minor", min_value="5"),
     "must be numbers"),
    (expect("column_values_to_be_between", column="amount_minor", min_value=float("nan")),
     "must be numbers"),
    (expect("column_values_to_be_between", column="amount_minor", min_value=5, max_value=1),
     "lies over"),
    (expect("column_values_to_be_between", column="donation_date", min_value=5), "must be days"),
    (expect("column_values_to_be_between", column="donation_date", min_value="1.1.2026"),
     "must be days"),
    (expect("column_values_to_be_between", column="last_name", min_value=1), "Only numbers"),
    (expect("column_values_to_be_in_set", column="amount_minor", value_set=["5"]), "of the kind"),
    (expect("column_values_to_be_in_set", column="last_name", value_set="Ash"), "must be a list"),
    (expect("column_values_to_be_in_set", column="last_name", value_set=[]), "must be a list"),
    (expect("column_values_to_be_in_set", column="donation_date", value_set=["2026-10-05"]),
     "holds days"),
    (expect("column_values_to_match_regex", column="last_name", regex="("), "not a regular"),
    (expect("column_values_to_match_regex", column="last_name", regex=5), "not a regular"),
    (expect("column_values_to_match_regex", column="amount_minor", regex="5"), "not text"),
    (expect("column_value_lengths_to_equal", column="last_name", value="3"), "are whole"),
    (expect("column_value_lengths_to_equal", column="amount_minor", value=3), "not text"),
    (expect(EQUAL, column_A="last_name", column_B="amount_minor"), "Compare columns of one kind"),
    (expect(EQUAL, **NAMES, ignore_row_if="never"), "'ignore_row_if' can be"),
    (expect("column_values_to_not_be_null", column="last_name", row_condition="shoe_size == 1"),
     "'row_condition' cannot be read"),
    (expect("column_values_to_not_be_null", column="last_name", row_condition="last_name =="),
     "'row_condition' cannot be read"),
    (expect("column_values_to_not_be_null", column="last_name", row_condition=GIFTS_ONLY,
            condition_parser="spark"), "can only be pandas"),
    (expect("compound_columns_to_be_unique", column_list="last_name"), "two columns or more"),
    (expect("compound_columns_to_be_unique", column_list=["last_name"]), "two columns or more"),
    (expect("table_row_count_to_be_between", min_value=1.5), "are whole"),
    (expect("table_row_count_to_be_between", min_value=1, rows="set_aside"), "only keep"),
    (with_meta(why=" "), "'why'"), (with_meta(why=None), "'why'"),
    (with_meta(severity="fatal"), "stop or warn"), (with_meta(rows="drop"), "set_aside or keep"),
    (changed(meta={"why": "Because."}), "'meta' must hold"),
]


@pytest.mark.parametrize(("entry", "told"), REFUSED)
def test_a_suite_that_cannot_be_checked_in_full_is_refused_with_its_place(entry, told):
    with pytest.raises(SuiteError, match=told) as raised:
        make_suite(FINE, entry)
    assert str(raised.value).startswith("suite.json, expectation 2")


def test_one_uniqueness_said_twice_is_refused():
    unique = expect("column_values_to_be_unique", column="phone")
    with pytest.raises(SuiteError, match="a second time that phone is unique"):
        make_suite(unique, unique)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
              st.sampled_from(["last_name", "amount_minor", *TYPES])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["column", "value_set", "min_value", "why", "rows",
                                         "column_list", "regex", "mostly"]), inner, max_size=4),
    ), max_leaves=8,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.sampled_from(sorted(TYPES)), st.booleans())
def test_whatever_stands_in_a_suite_it_is_read_or_refused_in_words(thing, kind, is_entry):
    entry = changed(type=kind, kwargs=thing) if is_entry else thing
    with suppress(SuiteError):
        suite = build_suite(DONATIONS, [entry], as_of=DAY, where="suite.json")
        assert suite.expectations[0].type in TYPES


def write_suite(root, name, entries, **changes):
    place = root / "expectations" / f"{name}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    stem = name.split("/")[-1]
    place.write_text(json.dumps({"name": stem, "expectations": entries, **changes}))


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "not well-formed JSON"), ("[]", "must have the keys 'name' and 'expectations'"),
     ('{"name": "donations", "expectations": [], "expectations": []}', "stands twice"),
     ('{"name": "voters", "expectations": []}', "'name' must be 'donations'"),
     ('{"name": "donations", "expectations": {}}', "'expectations' a list"),
     ('{"name": "donations", "expectations": [], "notes": 1}', "and no other")],
)
def test_a_suite_file_that_is_not_one_is_refused(tmp_path, text, told):
    (tmp_path / "expectations").mkdir()
    (tmp_path / "expectations" / "donations.json").write_text(text)
    with pytest.raises(SuiteError, match=told) as raised:
        read_suite(tmp_path, DONATIONS, "gifts", as_of=DAY)
    assert "expectations/donations.json" in str(raised.value)
    assert str(tmp_path) not in str(raised.value)


def test_a_table_without_a_suite_is_refused(tmp_path):
    with pytest.raises(SuiteError, match="expectations/donations.json does not exist"):
        read_suite(tmp_path, DONATIONS, "gifts", as_of=DAY)


def test_an_overlay_adds_expectations_for_its_own_source_only_and_is_named_in_its_errors(tmp_path):
    write_suite(tmp_path, "donations", [FINE])
    write_suite(tmp_path, "sources/gifts", [CASES[6][0]])
    mine = read_suite(tmp_path, DONATIONS, "gifts", as_of=DAY)
    other = read_suite(tmp_path, DONATIONS, "grants", as_of=DAY)
    assert [one.name for one in mine.expectations] == ["last_name.not_be_null",
                                                       "amount_minor.be_between"]
    assert mine.expectations[:1] == other.expectations
    write_suite(tmp_path, "sources/gifts", [changed(type="expect_nothing")])
    with pytest.raises(SuiteError, match="^expectations/sources/gifts.json, expectation 1"):
        read_suite(tmp_path, DONATIONS, "gifts", as_of=DAY)


def test_the_day_of_the_campaign_stands_in_for_as_of():
    entry = CASES[10][0]
    for day, failing in ((DAY, [2, 4]), (dt.date(2026, 10, 4), [0, 2, 4])):
        suite = build_suite(DONATIONS, [entry], as_of=day, where="suite.json")
        (found,) = check_rows(PEOPLE, suite).values()
        assert found.rows.tolist() == failing


def test_a_check_that_raises_is_neither_a_pass_nor_a_failure():
    entry = expect("column_values_to_not_be_null", column="last_name",
                   row_condition='last_name.str.len() > 2 and gift_kind_code > 1')
    with pytest.raises(SuiteError, match="'last_name.not_be_null' could not be checked") as raised:
        check_one(PEOPLE, entry)
    assert "Ash" not in str(raised.value)


def test_results_hold_positions_and_no_value():
    rows = made_rows(last_name=["Zyzzyva", "Ash"], amount_minor=[987654321, 1])
    suite = make_suite(
        expect("column_values_to_match_regex", "stop", column="last_name", regex="^A"),
        expect("column_values_to_be_between", "stop", column="amount_minor", max_value=5),
    )
    found = check_rows(rows, suite)
    counts = {name: one.n_rows for name, one in found.items()}
    failed = {name: len(one.rows) for name, one in found.items()}
    findings = conclude(suite, counts, failed, 2)
    told = stop_words(findings, source_name="gifts")
    assert told
    for text in (repr(found), repr(findings), told):
        assert "Zyzzyva" not in text
        assert "987654321" not in text


def test_a_stop_names_column_count_and_what_to_do():
    suite = make_suite(expect("column_values_to_be_between", "stop", column="amount_minor",
                              min_value=0, mostly=0.9))
    findings = conclude(suite, {"amount_minor.be_between": 1200},
                        {"amount_minor.be_between": 130}, 1200)
    told = stop_words(findings, source_name="gifts")
    for part in ("amount_minor lies at 0 or above", "130 of 1,200 rows", "Said by a test.",
                 "sources.gifts.columns"):
        assert part in told


def test_a_warning_does_not_stop():
    suite = make_suite(CASES[0][0])
    findings = conclude(suite, {"last_name.not_be_null": 5}, {"last_name.not_be_null": 5}, 5)
    assert not findings[0].has_passed
    assert stop_words(findings, source_name="gifts") == ""


@pytest.mark.parametrize(
    ("entry", "title"),
    [(CASES[0][0], "last_name is there"),
     (CASES[7][0], "amount_minor lies between 0 and 5"),
     (CASES[13][0], "last_name has a length between 2 and 4"),
     (expect(OLDER, column_A="donation_date", column_B="donation_date", or_equal=True),
      "donation_date does not come before donation_date"),
     (expect("compound_columns_to_be_unique", column_list=["phone", "email"]),
      "phone, email are together once"),
     (expect("table_row_count_to_be_between", min_value=1),
      "the number of rows lies at 1 or above")],
)
def test_an_expectation_is_told_in_words(entry, title):
    assert title_of(make_suite(entry).expectations[0]) == title


def test_every_type_has_words():
    for kind in TYPES:
        entry = next((e for e, *_ in (*CASES, *PLACE_CASES) if e["type"] == kind), None)
        unique = {"expect_column_values_to_be_unique": {"column": "phone"},
                  "expect_compound_columns_to_be_unique": {"column_list": ["phone", "email"]},
                  "expect_table_row_count_to_be_between": {"min_value": 1}}
        entry = entry or changed(type=kind, kwargs=unique[kind])
        table = "areas" if "n_electors" in json.dumps(entry) else "donations"
        assert title_of(make_suite(entry, table=table).expectations[0])


# Drafts.

def drafted_rows():
    n_rows = 400
    rng = np.random.default_rng(5)
    return made_rows(
        donation_id=[f"g{number}" for number in range(n_rows)],
        last_name=[None if number % 4 == 0 else f"Zyzzyva{number}" for number in range(n_rows)],
        donation_date=[dt.date(2026, 1, 1) + dt.timedelta(int(d)) for d in
                       rng.integers(0, 270, n_rows)],
        amount_minor=rng.integers(1, 9999, n_rows).tolist(),
        region_code=[("CA", "NY", None)[number % 3] for number in range(n_rows - 1)] + ["RARE"],
        party_code=["Secretparty"] * n_rows,
        gift_kind_code=["gift"] * n_rows,
    )


def test_a_draft_is_kept_by_the_rows_that_it_was_drafted_from(tmp_path):
    draft = draft_suite(drafted_rows(), DONATIONS)
    write_suite(tmp_path, "donations", draft["expectations"])
    suite = read_suite(tmp_path, DONATIONS, "gifts", as_of=DAY)
    found = check_rows(drafted_rows(), suite)
    findings = conclude(suite, {n: one.n_rows for n, one in found.items()},
                        {n: len(one.rows) for n, one in found.items()}, 400)
    assert len(findings) > 4
    assert [one.name for one in findings if not one.has_passed] == []
    assert {(one.severity, one.rows) for one in findings} == {("warn", "keep")}


def test_a_draft_holds_no_personal_value_and_no_rare_code():
    text = json.dumps(draft_suite(drafted_rows(), DONATIONS))
    assert '"CA"' in text
    for value in ("Zyzzyva", "RARE", "Secretparty", "2026-0"):
        assert value not in text
    numbers = {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w%])", text)}
    assert numbers <= {0.65, 0.75, 0.95, 0.99, 1.0}


def test_a_draft_of_no_rows_says_nothing():
    assert draft_suite(drafted_rows().slice(0, 0), DONATIONS)["expectations"] == []


# The shipped suites.

SHIPPED = {
    name: read_suite(REPOSITORY, table, "none", as_of=DAY) for name, table in TABLES.items()
}
ONES = [pytest.param(name, one, id=f"{name}:{one.name}")
        for name, suite in SHIPPED.items() for one in suite.expectations]


def test_every_table_has_a_suite_and_every_suite_a_table():
    files = {path.stem for path in (REPOSITORY / "expectations").glob("*.json")}
    assert files == set(TABLES)


@pytest.mark.parametrize(("name", "one"), ONES)
def test_a_shipped_expectation_repeats_nothing_that_the_table_enforces(name, one):
    table = TABLES[name]
    columns = [table.column(column) for column in one.columns]
    assert not {"source_name", "source_row"} & set(one.columns)
    if one.type.endswith("not_be_null"):
        assert columns[0].name not in required_columns(table), "the table asks for it"
    if one.type.endswith("be_in_set"):
        is_narrower = set(one.kwargs["value_set"]) < set(columns[0].values)
        assert is_narrower or not columns[0].values, "the table closes the list"
    if one.is_unique:
        key = {column for column in table.key if column != "source_name"}
        assert not key <= set(one.columns), "the key is unique already"


def breaking(one, table):
    """A row, as columns, that the expectation should find, and what its condition needs."""
    row = {}
    condition = one.kwargs.get("row_condition", "")
    for column, value in re.findall(r'(\w+)\s*==\s*"(\w+)"', condition):
        row[column] = value
    if condition and not row:
        row[re.match(r"\w+", condition).group()] = "a"
    column = one.columns[0]
    kind, kwargs = one.type, one.kwargs
    is_day = table.column(column).kind == "date"
    if kind.endswith("not_match_regex"):
        row[column] = next(t for t in ("Name 7", "@", "x@y", "") if re.search(kwargs["regex"], t))
    elif kind.endswith("match_regex"):
        row[column] = next(t for t in ("?", "", "7") if not re.search(kwargs["regex"], t))
    elif kind.endswith("not_be_null"):
        row[column] = None
    elif kind.endswith("not_be_in_set"):
        row[column] = kwargs["value_set"][0]
    elif kind.endswith("be_in_set"):
        row[column] = "no such code"
    elif kind.endswith("lengths_to_be_between"):
        row[column] = "x" * (kwargs["max_value"] + 1)
    elif is_day and kwargs.get("max_value"):
        row[column] = dt.date.fromisoformat(kwargs["max_value"]) + dt.timedelta(1)
    elif is_day and "min_value" in kwargs:
        row[column] = dt.date.fromisoformat(kwargs["min_value"]) - dt.timedelta(1)
    elif kind.endswith("values_to_be_between"):
        high, low = kwargs.get("max_value"), kwargs.get("min_value")
        row[column] = high + 1 if high is not None else low - 1
    else:
        smaller, greater = {"date": (dt.date(2026, 1, 1), DAY)}.get(
            table.column(column).kind, ("a", "b"))
        if KINDS[table.column(column).kind] == pa.int64():
            smaller, greater = 1, 2
        row |= {column: smaller, one.columns[1]: greater}
    return row


@pytest.mark.parametrize(("name", "one"), ONES)
def test_every_shipped_expectation_about_rows_can_fail(name, one):
    if one.is_whole:
        return
    table = TABLES[name]
    row = breaking(one, table)
    rows = made_rows(name, **{column: [None, value] for column, value in row.items()})
    found = check_rows(rows, SHIPPED[name])[one.name]
    assert 1 in found.rows.tolist()


@pytest.mark.parametrize(("name", "one"), ONES)
def test_every_shipped_expectation_about_the_number_of_rows_can_fail(name, one):
    if one.type == "expect_table_row_count_to_be_between":
        found = {f.name: f for f in conclude(SHIPPED[name], {}, {}, 0)}
        assert not found[one.name].has_passed


def test_the_page_for_analysts_lists_every_type_with_its_kwargs():
    page = (REPOSITORY / "docs" / "expectations.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(expect_\w+)` \| (.*?) \|", page, re.MULTILINE))
    assert set(told) == set(TYPES)
    for kind, words in told.items():
        needed, more = TYPES[kind]
        assert set(re.findall(r"`(\w+)`", words)) == {*needed, *more} - {
            "mostly", "row_condition", "condition_parser"
        }, kind
        assert ("`mostly`" in words) is False
    assert page.count("\n") <= 100
    assert set(WHOLE_TYPES) <= set(told)


# A suite that nothing uses, and a pattern that never ends.

@pytest.mark.parametrize(("name", "told"), [
    ("donation.json", r"donation.json: there is no table 'donation'. Did you mean 'donations'"),
    ("sources/donation.json", r"sources/donation.json: there is no source 'donation'. "
                              r"Did you mean 'donations_2026'"),
    ("sources/donations.json", "there is no source 'donations'"),
    ("donations.yaml", "donations.yaml: its name does not end in .json"),
    ("source/gifts.json", "expectations/source/ is a folder that nothing reads.*'sources'"),
])
def test_a_suite_that_nothing_uses_is_refused_with_the_nearest_name(tmp_path, name, told):
    for used in ("donations.json", "sources/donations_2026.json", "README.md"):
        path = tmp_path / "expectations" / used
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("{}")
    refuse_unused(tmp_path, ["donations_2026"])
    path = tmp_path / "expectations" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}")
    with pytest.raises(SuiteError, match=f"(?s)^1 of the files of expectations/.*{told}"):
        refuse_unused(tmp_path, ["donations_2026"])


def test_a_folder_of_suites_that_is_not_there_is_nothing_unused(tmp_path):
    assert refuse_unused(tmp_path, []) is None


ENDLESS = [r"^(?=a)(a+)+$", r"^(\w+\s?)*$"]


@pytest.mark.parametrize("pattern", ENDLESS)
@pytest.mark.parametrize("kind", ["match_regex", "not_match_regex"])
def test_a_regular_expression_that_does_not_end_is_stopped_and_named(monkeypatch, pattern, kind):
    check_one(made_rows(last_name=["Ash"]), CASES[0][0])  # what it imports late is no time of ours
    monkeypatch.setattr(endless, "seconds_for", lambda n: 0.5)
    monkeypatch.setattr(endless, "SECONDS_OF_ONE", 0.2)
    rows = made_rows(last_name=["a" * 40 + "!"], email=["x@example.org"])
    suite = make_suite(
        expect("column_values_to_match_regex", column="email", regex="@"),
        expect(f"column_values_to_{kind}", column="last_name", regex=pattern))
    with pytest.raises(SuiteError, match=rf"^1 expectation.s. about 'donations' .* 1 rows: "
                                         rf"'last_name.{kind}'. .*Take out a repetition"):
        check_rows(rows, suite)


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_pattern_that_could_run_away_is_left_alone_where_it_does_not(pattern):
    rows = made_rows(last_name=["aaa", "b!"])
    entry = expect("column_values_to_match_regex", column="last_name", regex=pattern)
    assert check_one(rows, entry).rows.tolist() == [1]


def test_the_bound_on_time_leaves_no_alarm_behind():
    before = signal.getsignal(signal.SIGPROF)
    with endless.bounded(5):
        pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) == before


def test_expectations_that_are_only_many_are_not_blamed_for_a_pattern():
    suite = make_suite(expect("column_values_to_match_regex", column="last_name", regex="^A"))
    frame = made_rows(last_name=["Ash"] * 50).to_pandas()
    with pytest.raises(SuiteError, match="6.4 seconds of processor time on 50 rows.*Split the"):
        endless.refuse_endless(suite.expectations, frame, "donations")


def test_no_suite_stops_a_source_for_a_column_that_its_table_may_do_without():
    asked = 0
    for path in sorted((REPOSITORY / "expectations").glob("*.json")):
        table = TABLES[path.stem]
        for entry in json.loads(path.read_text(encoding="utf-8"))["expectations"]:
            if entry["type"] != "expect_column_values_to_not_be_null":
                continue
            asked += 1
            is_required = table.column(entry["kwargs"]["column"]).is_required
            assert is_required or entry["meta"]["severity"] == "warn", (path.name, entry)
    assert asked > 5
