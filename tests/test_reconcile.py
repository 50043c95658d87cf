"""Lists compared with each other: everybody counted once, every double call and clash found."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from dataclasses import replace
from itertools import combinations

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import SettingsError
from workbench.pages import lists as page
from workbench.people.agreement import agree
from workbench.people.clashes import FIELDS, clash_fields, clashes_by_field, compared_pairs
from workbench.people.entries import ListPlan, plan_lists, with_weeks
from workbench.people.owners import OUTCOME_CODES, give_owners, owners_ledger
from workbench.people.prepare import create_records, load_nicknames
from workbench.people.reading import Reading
from workbench.people.reconcile import (
    by_week,
    by_whom,
    double_calls,
    household_calls,
    memberships,
    overlap,
    row_ledger,
    shared_people,
    unlinked_rows,
)
from workbench.settings import Disclosure
from workbench.tables import RESULTS, TABLES, to_arrow, to_pandas

TODAY = dt.date(2026, 10, 5)
NAMES = ("office", "volunteer", "gotv", "fundraising")
USES = dict(zip(NAMES, ("persuade", "persuade", "get_out_the_vote", "fundraise"), strict=True))
PLANS = [ListPlan(name, "phone", USES[name]) for name in NAMES]
PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)
COLUMNS = ["list_name", "person_id", "household_id", "owner_id", "contact_date"]


def made_entries(rows, channels=None):
    """Entries from (list, person, household, owner, days from today or None) each."""
    frame = pd.DataFrame(rows, columns=COLUMNS)
    days = pd.to_timedelta(pd.to_numeric(frame["contact_date"]), unit="D")
    frame = frame.assign(
        contact_date=(pd.Timestamp(TODAY) + days).astype("datetime64[s]"), office_id=None,
        source_name=frame["list_name"], source_row=range(2, len(frame) + 2),
        use_code=frame["list_name"].map(USES),
        channel_code=frame["list_name"].map(channels or dict.fromkeys(NAMES, "phone")))
    texts = ("list_name", "person_id", "household_id", "owner_id", "office_id", "use_code")
    return with_weeks(frame.astype(dict.fromkeys(texts, "str")), as_of=TODAY, week_days=7)


entry_rows = st.lists(st.tuples(
    st.sampled_from(NAMES), st.sampled_from([None, *"abcdef"]), st.just("home"),
    st.sampled_from([None, "x", "y"]), st.sampled_from([None, -8, -1, 0, 6, 7, 13, 20]),
), max_size=30)


def homed(rows):
    """The rows with a household for each person: a and b share one, f has none."""
    home = {"a": "h1", "b": "h1", "c": "h2", "d": "h3", "e": "h4"}
    return [(name, person, home.get(person), owner, day) for name, person, _, owner, day in rows]


@settings(max_examples=20, deadline=None)
@given(entry_rows)
def test_totals_add_up_in_people_and_in_rows_for_any_lists(rows):
    entries = made_entries(homed(rows))
    n_people = len({person for _, person, *_ in rows if person})
    n_unlinked = sum(person is None for _, person, *_ in rows)
    counts = overlap(entries, NAMES)
    assert len(counts) == 2 ** len(NAMES) - 1
    assert counts["n_people"].sum() == len(memberships(entries, NAMES)) == n_people
    assert counts["n_rows"].sum() + unlinked_rows(entries, NAMES).sum() == len(rows)
    assert unlinked_rows(entries, NAMES).sum() == n_unlinked
    shared = shared_people(entries, NAMES).set_index("list_name")
    for one, other in combinations(NAMES, 2):
        both = [one in lists and other in lists for lists in counts["lists"].str.split(" + ",
                                                                                      regex=False)]
        assert shared.loc[one, other] == shared.loc[other, one] == counts["n_people"][both].sum()
    due = row_ledger(entries, NAMES)
    assert due["n_rows"].sum() == len(rows)
    assert (due["n_rows"] == due[["n_this_week", "n_later", "n_past", "n_undated"]].sum(
        axis="columns")).all()
    double = double_calls(entries)
    whom, weeks = by_whom(double, NAMES), by_week(double, household_calls(entries), n_weeks=4)
    assert whom["n_people"].sum() == weeks["n_people"].sum()
    assert (whom["n_people"] == whom["n_one_owner"] + whom["n_several_owners"]).all()
    assert whom["n_rows"].sum() == weeks["n_rows"].sum() == len(double)


@settings(max_examples=20, deadline=None)
@given(entry_rows, st.randoms(use_true_random=False))
def test_each_row_has_one_outcome_and_one_owner_and_the_cleaned_lists_call_nobody_twice(
    rows, chance
):
    entries = made_entries(homed(rows))
    owned = give_owners(entries, NAMES)
    ledger = owners_ledger(owned, NAMES)
    assert ledger["n_rows"].sum() == len(rows)
    outcomes = [f"n_{code}" for code in OUTCOME_CODES]
    assert (ledger["n_rows"] == ledger[outcomes].sum(axis="columns")).all()
    assert owned["owner_id"].notna().all()
    kept = owned[owned["outcome_code"] == "kept"]
    assert len(double_calls(kept)) == 0
    assert not kept.dropna(subset="person_id").duplicated(["person_id", "list_name"]).any()
    assert kept["person_id"].isna().sum() == entries["person_id"].isna().sum()
    assert set(kept["person_id"].dropna()) == set(entries["person_id"].dropna())
    order = chance.sample(range(len(rows)), len(rows))
    pd.testing.assert_frame_equal(give_owners(entries.iloc[order], NAMES), owned)


@settings(max_examples=20, deadline=None)
@given(entry_rows)
def test_double_calls_are_those_that_counting_by_hand_finds(rows):
    entries = made_entries(homed(rows))
    found = double_calls(entries)
    wanted, homes = defaultdict(list), defaultdict(list)
    for row, (_, person, home, _, day) in enumerate(homed(rows), start=2):
        if person and day is not None and day >= 0:
            wanted[person, day // 7].append(row)
            homes[home, day // 7].append(row)
    twice = {key: sorted(lines) for key, lines in wanted.items() if len(lines) > 1}
    got = found.groupby(["person_id", "week_number"])["source_row"].agg(sorted).to_dict()
    assert got == twice
    assert len(found) == sum(map(len, twice.values()))
    at_home = household_calls(entries).groupby(["household_id", "week_number"])["source_row"]
    assert at_home.agg(sorted).to_dict() == {
        key: sorted(lines) for key, lines in homes.items() if key[0] and len(lines) > 1}


def test_who_calls_whom_twice_is_told_by_lists_and_by_owners():
    entries = made_entries([
        ("office", "a", "h1", "x", 0), ("volunteer", "a", "h1", "y", 6),
        ("office", "b", "h1", "x", 1), ("volunteer", "b", "h1", "x", 2),
        ("gotv", "c", "h2", "x", 3), ("gotv", "c", "h2", "y", 3),
        ("office", "d", "h3", "x", 6), ("volunteer", "d", "h3", "y", 7),
        ("fundraising", None, None, "x", 0), ("fundraising", None, None, "x", 0),
    ])
    whom = by_whom(double_calls(entries), NAMES).set_index("lists")
    assert whom.loc["office + volunteer"].tolist() == [2, 1, 1, 4]
    assert whom.loc["gotv, twice"].tolist() == [1, 0, 1, 2]
    assert len(whom) == 2
    double = double_calls(entries)
    assert double["person_id"].tolist() == ["a", "a", "b", "b", "c", "c"]
    assert double["owner_id"].tolist() == ["x", "y", "x", "x", "x", "y"]
    assert set(RESULTS["double_calls"].column_names) <= set(double.columns)
    homes = by_week(double_calls(entries), household_calls(entries), n_weeks=1)
    assert homes.iloc[0].tolist() == [0, 3, 6, 2, 6]


def test_a_door_and_a_call_are_no_double_call():
    entries = made_entries([("office", "a", "h", "x", 0), ("gotv", "a", "h", "x", 0)],
                           channels={"office": "phone", "gotv": "door"})
    assert double_calls(entries).empty
    assert give_owners(entries, NAMES)["outcome_code"].tolist() == ["kept", "kept"]


@pytest.mark.parametrize(("names", "rows", "kept"), [
    # The list that comes first keeps the person, whoever is planned earlier.
    (NAMES, [("volunteer", 1), ("office", 2)], [("office", 2)]),
    (NAMES[::-1], [("volunteer", 1), ("office", 2)], [("volunteer", 1)]),
    # On one list the entry that is planned first stays; one without a day comes last.
    (NAMES, [("office", 9), ("office", 3), ("office", None)], [("office", 3)]),
    # Two uses in two weeks both stay; in one week the first list's does.
    (NAMES, [("office", 6), ("gotv", 7)], [("office", 6), ("gotv", 7)]),
    (NAMES, [("office", 7), ("gotv", 13)], [("office", 7)]),
    # A call without a day clashes with no week.
    (NAMES, [("office", 0), ("gotv", None)], [("office", 0), ("gotv", None)]),
    # An entry that gave way to another list blocks no week.
    (NAMES, [("office", 0), ("volunteer", 8), ("gotv", 8)], [("office", 0), ("gotv", 8)]),
])
def test_which_list_keeps_a_person(names, rows, kept):
    entries = made_entries([(name, "a", "h", "x", day) for name, day in rows])
    owned = give_owners(entries, names)
    stays = owned[owned["outcome_code"] == "kept"]
    days = (stays["contact_date"] - pd.Timestamp(TODAY)).dt.days
    found = [(name, None if pd.isna(day) else int(day))
             for name, day in zip(stays["list_name"], days, strict=True)]
    assert sorted(found, key=str) == sorted(kept, key=str)


def test_an_entry_without_an_owner_falls_to_its_office_and_else_to_its_list():
    entries = made_entries([("office", "a", "h", "x", 0), ("office", "b", "h", None, 0),
                            ("gotv", "c", "h", None, 0)])
    entries.loc[1, "office_id"] = "FO1"
    owners = give_owners(entries, NAMES).set_index("person_id")["owner_id"]
    assert owners.to_dict() == {"a": "x", "b": "FO1", "c": "gotv"}


@pytest.mark.parametrize(("given", "told"), [
    ((["office", "gotv"], {"office": "phone"}, {"office": "persuade"}), "'gotv' has no channel"),
    ((["office", "office"], {"office": "phone"}, {"office": "persuade"}), "a list twice"),
    ((["offices"], {}, {}), "Did you mean 'office'"),
    ((["office"], {"office": "phones"}, {"office": "persuade"}), "Did you mean 'phone'"),
    ((["office"], {"office": "phone"}, {"office": "fundraising"}), "Did you mean 'fundraise'"),
])
def test_a_plan_that_cannot_be_is_refused(given, told):
    with pytest.raises(SettingsError, match=told):
        plan_lists(*given)


# Clashes, from rows as they arrive: they are put into standard form as linking does.

PERSON = {"first_name": "Robert", "last_name": "Smith", "address_line": "12 Oak Street Apt 3",
          "town_name": "Millcrest", "postcode": "02134", "phone": "(291) 555-1234",
          "email": "rob@mail.example", "birth_date": dt.date(1960, 5, 5), "sex_code": "male"}
TABLE_OF = {"office": "canvass", "volunteer": "donations"}


def standard(tables):
    """Records in standard form, and the rid of each row, of canonical tables by name."""
    connection = duckdb.connect()
    for name, frame in tables.items():
        connection.register(name, to_arrow(frame, TABLES[name]))
    load_nicknames(connection)
    create_records(connection, list(tables), reading=Reading(2026))
    records = connection.execute("SELECT CAST(rid AS VARCHAR) AS record_key, * FROM record").df()
    keys = connection.execute("SELECT source_name, row_key, CAST(rid AS VARCHAR) AS record_key "
                              "FROM row_record").df()
    return records, keys


def clashing(left, right):
    """Fields that were compared, and those that clash, of one person on two lists."""
    voters = pd.DataFrame([
        {"source_name": name, "source_row": 2, "voter_id": "1",
         **{key: value for key, value in row.items() if key in TABLES["voters"].column_names}}
        for name, row in (("office", left), ("volunteer", right))])
    records, keys = standard({"voters": voters})
    mail = {name: str(row.get("email")).lower().strip() if row.get("email") else None
            for name, row in (("office", left), ("volunteer", right))}
    entries = keys.assign(list_name=keys["source_name"], source_row=2, person_id="p")
    told = keys.set_index("record_key")["source_name"].map(mail)
    records = records.assign(email=records["record_key"].map(told))
    pairs = compared_pairs(entries, records, NAMES)
    assert len(pairs) == 1
    return ({f for f in FIELDS if pairs[f"{f}_compared"].iloc[0]},
            {f for f in FIELDS if pairs[f"{f}_clash"].iloc[0]})


@pytest.mark.parametrize("change", [
    {}, {"first_name": "BOB"}, {"first_name": "R."}, {"first_name": "Mr Robert James"},
    {"last_name": "SMITH"}, {"last_name": "Smith Jr"}, {"address_line": "12 OAK ST. #3"},
    {"address_line": "12 Oak St"}, {"address_line": None, "postcode": None},
    {"postcode": "2134"}, {"postcode": "02134-1000"}, {"phone": "+1 291 555 1234"},
    {"phone": "555-1234"}, {"phone": "2915551234"}, {"phone": None}, {"birth_date": None},
    {"birth_date": None, "birth_year": 1960}, {"birth_date": None, "age_years": 66},
    {"sex_code": None}, {"sex_code": "unknown"}, {"town_name": "MILLCREST"},
    {"email": "ROB@mail.example "},
])
def test_how_a_thing_is_written_is_no_clash(change):
    assert clashing(PERSON, {**PERSON, **change})[1] == set()


@pytest.mark.parametrize(("change", "field"), [
    ({"first_name": "Richard"}, "name"), ({"first_name": "Roberta"}, "name"),
    ({"last_name": "Smythe"}, "name"), ({"address_line": "14 Oak Street Apt 3"}, "address"),
    ({"address_line": "12 Elm Street Apt 3"}, "address"),
    ({"address_line": "12 Oak Street Apt 4"}, "address"), ({"postcode": "90210"}, "address"),
    ({"phone": "(291) 555-1235"}, "phone"), ({"birth_date": dt.date(1960, 5, 6)}, "birth"),
    ({"birth_date": None, "birth_year": 1961}, "birth"), ({"sex_code": "female"}, "sex"),
    ({"email": "bob@mail.example"}, "email"),
])
def test_what_differs_beyond_how_it_is_written_is_a_clash_of_its_field_alone(change, field):
    compared, found = clashing(PERSON, {**PERSON, **change})
    assert found == {field}
    assert found <= compared
    assert clashing({**PERSON, **change}, PERSON)[1] == {field}


def test_father_and_son_clash_by_their_suffix():
    father, son = ({**PERSON, "name_suffix": suffix} for suffix in ("Sr", "Jr"))
    assert clashing(father, son)[1] == {"name"}


def made_pairs(*rows):
    """Compared pairs from (person, row left, row right, clashing fields) each."""
    return pd.DataFrame([
        {"person_id": person, "list_name_l": "office", "source_name_l": "o", "source_row_l": left,
         "list_name_r": "gotv", "source_name_r": "g", "source_row_r": right,
         **{f"{f}_compared": f in ("phone", "name") for f in FIELDS},
         **{f"{f}_clash": f in fields for f in FIELDS}}
        for person, left, right, fields in rows])


def test_clashes_are_counted_in_people_and_in_pairs_of_rows():
    pairs = made_pairs(("a", 2, 2, ["phone"]), ("a", 3, 2, ["phone", "name"]), ("b", 4, 3, []))
    counts = clashes_by_field(pairs).set_index("field_name")
    assert counts.loc["phone"].tolist() == [2, 1, 3, 2]
    assert counts.loc["name"].tolist() == [2, 1, 3, 1]
    assert counts.loc["address"].tolist() == [0, 0, 0, 0]


def test_an_entry_says_which_of_its_details_another_list_has_differently():
    pairs = made_pairs(("a", 2, 2, ["phone"]), ("a", 3, 2, ["name"]), ("b", 4, 3, []))
    entries = pd.DataFrame({"source_name": ["o", "o", "o", "g", "g"],
                            "source_row": [2, 3, 4, 2, 3]}, index=[9, 8, 7, 6, 5])
    told = clash_fields(entries, pairs)
    assert told.fillna("").tolist() == ["phone", "name", "", "name;phone", ""]
    assert told.index.tolist() == [9, 8, 7, 6, 5]


# The brief.

def canonical(name, rows):
    return to_pandas(to_arrow(pd.DataFrame(rows, columns=list(rows[0]) if rows else []),
                              {**TABLES, **RESULTS}[name]))


def agreed_of(n_both, n_office):
    """An agreement of ``n_both`` people on both call lists and ``n_office`` on one."""
    rows = [{"source_name": "o", "source_row": n, "list_code": "office", "entry_id": f"o{n}",
             "owner_id": "x", "contact_date": TODAY} for n in range(n_both + n_office)]
    rows += [{"source_name": "v", "source_row": n, "list_code": "volunteer", "entry_id": f"v{n}",
              "owner_id": "y", "contact_date": TODAY} for n in range(n_both)]
    links = [{"source_name": row["source_name"], "source_row": row["source_row"],
              "table_name": "call_lists", "row_key": row["entry_id"], "record_key": "r",
              "person_id": f"p{row['source_row']}", "how_code": "alone", "link_probability": 1.0}
             for row in rows]
    people = [{"person_id": f"p{n}", "household_id": f"h{n}", "is_elector": True,
               "source_names": "o", "n_rows": 1} for n in range(n_both + n_office)]
    tables = {"call_lists": canonical("call_lists", rows), "crosswalk": canonical(
        "crosswalk", links), "people": canonical("people", people),
        "gotv_list": canonical("gotv_list", []),
        "fundraising_list": canonical("fundraising_list", [])}
    records, _ = standard({"voters": pd.DataFrame([
        {"source_name": "r", "source_row": 2, "voter_id": "1", "first_name": "Ann"}])})
    tables["records"] = records.assign(record_key="r")
    return agree(tables, PLANS, as_of=TODAY, week_days=7)


def test_the_brief_leads_with_how_many_would_be_called_twice():
    told = page.finding(agreed_of(33, 67), PROFILE)
    assert told["title"] == "About 35 people would be called twice this week"
    assert told["bottom_line"].startswith("35% of the people on our lists")
    assert "office, then volunteers, then GOTV" in told["decision"]


def test_lists_that_end_before_the_build_say_so_and_not_that_nobody_is_called_twice():
    agreed = agreed_of(33, 67)
    past = agreed.entries.assign(
        when_code="past", contact_date=pd.Timestamp("2024-05-03").as_unit("s"))
    told = page.finding(replace(agreed, entries=past), PROFILE)
    assert told["title"] == "The lists end on 3 May 2024: nobody is to be called any more"
    assert "as_of" in told["decision"]


def test_when_entries_are_due_is_hidden_and_rounded_as_any_count_of_people():
    agreed = agreed_of(33, 70)  # 103 entries of the office, 33 of the volunteers, due this week
    entries = agreed.entries.copy()
    entries.loc[entries.index[:4], "when_code"] = "later"
    shown = page.due_table(replace(agreed, entries=entries), PROFILE)
    office = shown.set_index("list_name").loc["office"]
    assert office["n_rows"] == 105
    assert pd.isna(office["n_other_weeks"])
    assert office["n_this_week"] == 100  # of 99; in a build the sum hides it with the 4


def test_the_brief_hides_what_is_small_and_says_where_no_list_has_arrived():
    few = agreed_of(9, 91)
    assert page.finding(few, PROFILE)["title"].startswith("Hardly anybody")
    shown = page.overlap_table(few, PROFILE).set_index("lists")
    assert shown.loc["office", "n_people"] == 90
    assert pd.isna(shown.loc["office + volunteers", "n_people"])
    assert pd.isna(shown.loc["office + volunteers", "n_rows"])
    whom = page.whom_table(few, PROFILE)
    assert whom["lists"].tolist() == ["all others together"]
    assert whom[["n_people", "n_rows"]].isna().all(axis=None)
    none = agreed_of(0, 0)
    assert page.finding(none, PROFILE)["title"] == "No list has arrived yet"
    for table in (page.overlap_table, page.shared_table, page.whom_table,
                  page.clash_table, page.owners_table):
        assert table(none, PROFILE).select_dtypes("number").isna().all(axis=None)


def test_every_table_and_chart_of_the_brief_has_words_for_empty_lists():
    none = agreed_of(0, 0)
    weeks = page.week_table(none, PROFILE, as_of=TODAY, polling_date=dt.date(2026, 11, 3),
                            week_days=7)
    assert weeks["week_name"].tolist() == ["5 October", "12 October", "19 October", "26 October",
                                           "2 November"]
    for words in (page.overlap_words(page.overlap_table(none, PROFILE), place="P"),
                  page.week_words(weeks, place="P")):
        assert all(words.values())
    assert [measure.value for measure in page.list_measures(none)] == [0] * 5


def test_far_from_polling_day_a_quarter_of_weeks_is_listed_and_every_week_that_calls_twice():
    polling = dt.date(2028, 8, 8)  # 97 weeks off
    none = page.week_table(agreed_of(0, 0), PROFILE, as_of=TODAY, polling_date=polling,
                           week_days=7)
    assert len(none) == 13
    assert none["week_name"].iloc[-1] == "28 December"
    late = agreed_of(40, 91)
    late = dataclasses.replace(late, double=late.double.assign(week_number=20))
    weeks = page.week_table(late, PROFILE, as_of=TODAY, polling_date=polling, week_days=7)
    assert weeks["week_name"].iloc[-1] == "22 February 2027"
    assert weeks["n_people"].dropna().to_dict() == {20: 40}


# The sample campaign: what its maker planted, from its truth and its raw files.

LIST_SOURCES = {"call_list_office": "office", "call_list_volunteer": "volunteer",
                "gotv_list": "gotv", "fundraising_list": "fundraising"}


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """The lists of a small sample with their true people, and the truth of each row."""
    import shutil
    from pathlib import Path

    import yaml

    from workbench.intake import admit
    from workbench.people.entries import list_entries
    from workbench.sample import make_campaign, write_campaign
    from workbench.settings import load_settings
    from workbench.tables import read_table

    repository, root = Path(__file__).parents[1], tmp_path_factory.mktemp("sample")
    params = yaml.safe_load((repository / "params.yaml").read_text(encoding="utf-8"))
    (root / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    shutil.copytree(repository / "expectations", root / "expectations")
    told = load_settings(root)
    campaign = make_campaign(6000, seed=77, difficulty={}, as_of=told.campaign.as_of,
                             polling_date=told.campaign.polling_date)
    write_campaign(campaign, root / "data/raw/sample", root / "data/truth/sample")
    rows = {name: read_table(admit(told, name, n_workers=1).accepted_path)
            for name in LIST_SOURCES}
    truth = pd.concat([
        read_table(root / f"data/truth/sample/who_{name}.parquet").assign(source_name=name)
        for name in LIST_SOURCES]).dropna(subset="source_row")
    tables = {"call_lists": pd.concat([rows["call_list_office"], rows["call_list_volunteer"]]),
              "gotv_list": rows["gotv_list"], "fundraising_list": rows["fundraising_list"]}
    entries = list_entries(tables, PLANS)
    true_of = truth.set_index(["source_name", "source_row"])
    ids = true_of["person_id"].reindex(pd.MultiIndex.from_frame(
        entries[["source_name", "source_row"]])).to_numpy()
    entries = entries.assign(person_id=[f"p{n}" for n in ids], household_id=None,
                             row_key=entries["entry_id"])
    records, keys = standard(tables)
    entries = entries.merge(keys, on=["source_name", "row_key"], validate="one_to_one")
    return with_weeks(entries, as_of=TODAY, week_days=7), records, true_of


@pytest.mark.slow
def test_double_calls_of_the_sample_are_all_found_and_none_invented(sampled):
    entries, _, _ = sampled
    days = defaultdict(list)
    for row in entries[["person_id", "contact_date"]].itertuples():
        days[row.person_id].append((row.contact_date.date() - TODAY).days)
    wanted = {(person, week) for person, given in days.items() for week in range(5)
              if sum(week * 7 <= day < week * 7 + 7 for day in given) > 1}
    double = double_calls(entries)
    assert set(zip(double["person_id"], double["week_number"], strict=True)) == wanted
    assert len(wanted) > 40


@pytest.mark.slow
def test_wrong_numbers_and_new_names_planted_in_the_sample_are_all_found_and_none_invented(
    sampled
):
    entries, records, true_of = sampled
    pairs = compared_pairs(entries, records, NAMES)
    by_row = entries.set_index(["source_name", "source_row"])
    n_planted = defaultdict(int)
    for pair in pairs.itertuples():
        ends = [(pair.source_name_l, pair.source_row_l), (pair.source_name_r, pair.source_row_r)]
        rows, truths = [by_row.loc[end] for end in ends], [true_of.loc[end] for end in ends]
        numbers = ["".join(c for c in str(row["phone"]) if c.isdigit())[-10:] for row in rows]
        has_both = all(numbers)
        assert pair.phone_compared == has_both
        assert pair.phone_clash == (has_both and numbers[0] != numbers[1])
        if has_both and truths[0]["wrong_phone"] != truths[1]["wrong_phone"]:
            n_planted["phone"] += 1
            assert pair.phone_clash
        slips = [any(truth[["first_typo", "last_typo", "new_surname"]]) for truth in truths]
        if truths[0]["new_surname"] != truths[1]["new_surname"]:
            n_planted["name"] += 1
            assert pair.name_clash
        elif pair.name_clash and not any(slips):
            # A pet name that the list of nicknames does not know; nothing else may clash.
            n_planted["unknown nickname"] += 1
            assert truths[0]["nickname"] or truths[1]["nickname"]
        if truths[0]["moved"] != truths[1]["moved"]:
            n_planted["address"] += 1
            assert pair.address_clash
    assert n_planted.pop("unknown nickname", 0) <= 0.01 * len(pairs)
    assert min(n_planted[field] for field in ("phone", "name", "address")) >= 10, n_planted
