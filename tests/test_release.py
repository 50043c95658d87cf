"""From the pipeline's files to a list that leaves: whatever is in doubt stops every list."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from made_campaign import make_campaign
from test_lists import is_live, spoil

from workbench import cli
from workbench.errors import ListRefused, SettingsError
from workbench.lists import (
    Preview,
    gate_table,
    gate_words,
    pass_gate,
    preview_gate,
    read_evidence,
    reason_table,
    release_list,
    send_list,
    tally_lines,
    write_drafts,
)
from workbench.lists.consents import consents
from workbench.lists.fresh import refuse_stale
from workbench.settings import Source, load_settings
from workbench.sources import forbidden_uses, preset_names
from workbench.tables import RESULTS, TABLES, read_table, write_table

REPOSITORY = Path(__file__).parents[1]
TODAY = dt.date(2026, 10, 5)
SOURCES = {
    "register": ("voters", ""), "calls": ("call_lists", ""), "stop": ("suppressions", ""),
    "mobile": ("mobile_contacts", ""), "fec": ("donations", "fec_itcont"),
    "social": ("social_users", ""),
}


def mapped(table):
    """Every column that a source of the table must have, from a column of the same name."""
    return {column.name: column.name for column in TABLES[table].columns if column.is_required}


def campaign_of(root, *, entries, suppressions=(), mobile=(), people=None):
    """A campaign's folder with what the gate reads: tables, people, crosswalk, a draft.

    ``entries`` are rows of the draft 'office', person p0, p1, ... where they name none.
    """
    make_campaign(root)
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    params["campaign"] |= {"as_of": "2026-10-05", "polling_date": "2026-11-03"}
    params["sources"] = {
        name: {"path": f"data/raw/{name}.csv", "table": table, "lawful_basis": "consent",
               "expiry_date": "2027-01-01", **({"preset": preset} if preset else
                                               {"columns": mapped(table)})}
        for name, (table, preset) in SOURCES.items()}
    (root / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    told = {"list_name": "office", "channel_code": "phone", "use_code": "persuade",
            "source_name": "calls", "owner_id": "vol1", "source_names": "calls",
            "phone": "2915550000"}
    rows = [{**told, "source_row": n, "person_id": f"p{n}", **row}
            for n, row in enumerate(entries)]
    write_drafts(root, pd.DataFrame(rows), ["office"])
    tables = {"suppressions": suppressions, "mobile_contacts": mobile, "social_users": ()}
    for name, given in tables.items():
        frame = pd.DataFrame(list(given)).drop(columns="linked_to", errors="ignore")
        write_table(frame, TABLES[name], root / f"data/tables/{name}.parquet")
    write_table(pd.DataFrame(), RESULTS["unread_objections"],
                root / "data/tables/unread_objections.parquet")
    write_people(root, rows, suppressions, people)
    return load_settings(root)


def write_people(root, rows, suppressions, people):
    """People p0 to p19 of age, or as given, and a crosswalk of the entries and suppressions."""
    known = people or [{"person_id": f"p{n}", "birth_date": dt.date(1980, 1, 1)}
                       for n in range(20)]
    frame = pd.DataFrame(known).assign(is_elector=True, source_names="register", n_rows=1)
    write_table(frame, RESULTS["people"], root / "data/people/people.parquet")
    links = [("register", n, f"p{n}") for n in range(20)]
    links += [("stop", entry["source_row"], entry["linked_to"] or "alone")
              for entry in suppressions]
    links += [("mobile", n, f"p{n}") for n in range(20)]
    crosswalk = pd.DataFrame(links, columns=["source_name", "source_row", "person_id"]).assign(
        table_name="x", row_key=lambda x: x["source_row"].astype(str), record_key="r",
        how_code="alone", link_probability=1.0)
    write_table(crosswalk, RESULTS["crosswalk"], root / "data/people/crosswalk.parquet")


def stop(n, linked_to=None, **changes):
    return {"source_name": "stop", "source_row": 100 + n, "suppression_id": f"s{n}",
            "scope_code": "all", "reason_code": "objected", "start_date": TODAY,
            "voter_id": f"S-{n}", "linked_to": linked_to, **changes}


def send(settings, name="office"):
    return send_list(settings, name, forbidden_uses=forbidden_uses(settings))


def sheet(settings, name="office"):
    text = (settings.root / "lists" / f"{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_list_leaves_without_the_suppressed_and_with_a_tally(tmp_path):
    told = campaign_of(tmp_path / "c", entries=[{}, {}, {"person_id": None}],
                       suppressions=[stop(1, "p1"), stop(2, None, phone="2915559999")])
    tally = send(told)
    assert [row["person_id"] for row in sheet(told)] == ["p0"]
    assert (tally.n_kept, tally.held_back["objected"], tally.held_back["unknown_person"]) == (
        1, 1, 1)
    lines = "\n".join(tally_lines(tally, "office"))
    assert "1 of 3 people; 2 held back" in lines
    assert "not linked to a person" in lines
    assert set(sheet(told)[0]) & {"list_name", "channel_code", "source_row"} == set()


STOPPERS = [
    ("suppressions missing", "tables/suppressions", "missing", "is not there"),
    ("suppressions empty", "tables/suppressions", "empty", "is empty"),
    ("suppressions half-written", "tables/suppressions", "half-written", "half-written"),
    ("suppressions no Parquet", "tables/suppressions", "not Parquet", "damaged"),
    ("suppressions wrong columns", "tables/suppressions", "wrong columns", "'scope_code'"),
    ("suppressions wrong types", "tables/suppressions", "wrong types", "date32"),
    ("unread objections missing", "tables/unread_objections", "missing", "is not there"),
    ("unread objections damaged", "tables/unread_objections", "not Parquet", "damaged"),
    ("people missing", "people/people", "missing", "is not there"),
    ("people half-written", "people/people", "half-written", "half-written"),
    ("crosswalk missing", "people/crosswalk", "missing", "is not there"),
    ("crosswalk empty", "people/crosswalk", "empty", "is empty"),
    ("mobile contacts missing", "tables/mobile_contacts", "missing", "is not there"),
    ("draft half-written", "lists/office", "half-written", "half-written"),
]


@pytest.mark.parametrize(("path", "how", "told"), [s[1:] for s in STOPPERS],
                         ids=[s[0] for s in STOPPERS])
def test_a_file_in_doubt_stops_the_list_and_leaves_none_behind(tmp_path, path, how, told):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p1")])
    spoil(settings.root / "data" / f"{path}.parquet", how)
    with pytest.raises(ListRefused) as refused:
        send(settings)
    for part in (told, "No list may leave", "none of an earlier run may be used",
                 "Nothing was written"):
        assert part in str(refused.value)
    assert not (settings.root / "lists").exists()


def test_a_refusal_says_that_an_earlier_list_is_not_to_be_used(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p1")])
    send(settings)
    spoil(settings.root / "data/tables/suppressions.parquet", "missing")
    with pytest.raises(ListRefused, match="office.csv is of an earlier run: do not use it"):
        send(settings)
    with pytest.raises(ListRefused, match="office.csv is of an earlier run: do not use it"):
        release_list(settings, "office", today=TODAY + dt.timedelta(days=1), forbidden_uses={})
    assert [path.name for path in (settings.root / "lists").iterdir()] == ["office.csv"]


def test_suppressions_without_a_row_stop_the_list_unless_somebody_said_that_it_may_be(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}])
    with pytest.raises(ListRefused, match="say so in may_be_empty"):
        send(settings)
    stops = dataclasses.replace(settings.sources["stop"], may_be_empty=True)
    sources = {**settings.sources, "stop": stops}
    assert send(dataclasses.replace(settings, sources=sources)).n_kept == 1


@pytest.mark.parametrize("seeds", [
    range(4), pytest.param(range(4, 60), marks=pytest.mark.slow)], ids=["few", "more"])
def test_nobody_suppressed_leaves_on_random_lists(tmp_path, seeds):
    n_out, n_stopped = 0, 0
    for seed in seeds:
        rng = random.Random(seed)
        numbers = [f"291555{n:04}" for n in range(20)]
        entries = [{"phone": rng.choice(numbers), "owner_id": rng.choice("ab")}
                   for _ in range(rng.randint(1, 20))]
        stops = [stop(n, f"p{rng.randrange(20)}") if rng.random() < 0.6
                 else stop(n, None, phone=rng.choice(numbers)) for n in range(1, 8)]
        settings = campaign_of(tmp_path / str(seed), entries=entries, suppressions=stops)
        send(settings)
        closed_people = {entry["linked_to"] for entry in stops if entry["linked_to"]}
        closed_numbers = {entry.get("phone") for entry in stops} - {None}
        out = {row["person_id"]: row["phone"] for row in sheet(settings)}
        wanted = {f"p{n}": row["phone"] for n, row in enumerate(entries)
                  if f"p{n}" not in closed_people and row["phone"] not in closed_numbers}
        assert out == wanted, seed
        n_out, n_stopped = n_out + len(out), n_stopped + len(entries) - len(out)
    assert n_out > len(seeds)
    assert n_stopped > len(seeds)


@pytest.mark.parametrize(("use_code", "n_kept"), [("fundraise", 1), ("persuade", 2)])
def test_federal_contributors_are_on_no_fundraising_list(tmp_path, use_code, n_kept):
    entries = [{"source_names": "calls;fec"}, {"source_names": "calls"}]
    settings = campaign_of(tmp_path / "c", suppressions=[stop(1, "p9")],
                           entries=[{**entry, "use_code": use_code} for entry in entries])
    tally = send(settings)
    assert tally.n_kept == n_kept
    assert tally.held_back["use_not_permitted"] == 2 - n_kept


def test_what_a_preset_forbids_stands_and_params_add_to_it(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}])
    assert forbidden_uses(settings)["fec"] == ("fundraise",)
    assert forbidden_uses(settings)["calls"] == ()
    fec = dataclasses.replace(settings.sources["fec"], forbidden_uses=["persuade"])
    more = dataclasses.replace(settings, sources={**settings.sources, "fec": fec})
    assert forbidden_uses(more)["fec"] == ("fundraise", "persuade")
    assert "fec_itcont" in preset_names()


def test_cells_of_a_released_list_run_in_no_spreadsheet(tmp_path):
    hostile = "=HYPERLINK(\"http://x\")"
    settings = campaign_of(tmp_path / "c", suppressions=[stop(1, "p9")],
                           entries=[{"first_name": hostile, "last_name": "@SUM(A1)"}])
    send(settings)
    cells = [cell for row in sheet(settings) for cell in row.values()]
    assert "'@SUM(A1)" in cells
    assert not [cell for cell in cells if is_live(cell)]


# The day, and what changed since the build.

def released(settings, today, as_of=None, name="office"):
    return release_list(settings, name, today=today, as_of=as_of, forbidden_uses={})


def test_a_list_of_another_day_is_refused_with_the_cure(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    with pytest.raises(ListRefused) as refused:
        released(settings, dt.date(2026, 10, 6))
    for part in ("campaign.as_of is 2026-10-05", "today is 2026-10-06", "--as-of 2026-10-06",
                 'as_of: "2026-10-06"', "Nothing was written"):
        assert part in str(refused.value)
    assert not (settings.root / "lists").exists()


@pytest.mark.parametrize(("built", "polling", "today", "as_of", "told"), [
    ("2026-10-05", "2026-11-03", "2026-10-08", "2026-10-08", "The build is of 2026-10-05"),
    ("2026-10-05", "2026-11-03", "2026-10-08", "2026-10-06", "--as-of is 2026-10-06"),
    ("2026-10-07", "2026-11-03", "2026-10-06", "2026-10-06", "The build is of 2026-10-07"),
    ("2026-10-05", "2026-10-04", "2026-10-05", None, "polling_date is 2026-10-04, which has"),
    ("2026-11-03", "2026-11-03", "2026-11-04", "2026-11-04", "which has passed"),
])
def test_no_day_given_by_hand_lets_an_old_build_or_a_passed_vote_through(
    tmp_path, built, polling, today, as_of, told
):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    day = dt.date.fromisoformat
    settings = dataclasses.replace(settings, campaign=dataclasses.replace(
        settings.campaign, as_of=day(built), polling_date=day(polling)))
    with pytest.raises(ListRefused, match=told):
        released(settings, day(today), day(as_of) if as_of else None)


@pytest.mark.parametrize(("name", "told"), [
    ("ofice", "Did you mean 'office'"), ("../office", "There is no draft"), ("gotv", "no draft"),
])
def test_a_list_without_a_draft_is_refused(tmp_path, name, told):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    with pytest.raises(ListRefused, match=told):
        released(settings, TODAY, name=name)


def test_a_draft_of_nobody_is_refused(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    write_drafts(settings.root, read_table(settings.root / "data/lists/office.parquet"), ["gotv"])
    with pytest.raises(ListRefused, match="Nobody is on the draft of list 'gotv'"):
        send(settings, "gotv")


PIPELINE = {
    "check": (["data/raw/stop.csv"], ["data/accepted/stop.parquet"]),
    "gather": (["data/accepted"], ["data/tables"]),
    "spine": (["data/tables"], ["data/people"]),
    "reconcile": (["data/people"], ["data/lists/office.parquet"]),
}


def put_under_dvc(root):
    """Stages one after another, of which only the first reads the file that arrives."""
    (root / "data/raw").mkdir()
    (root / "data/raw/stop.csv").write_text("one objection\n", encoding="utf-8")
    stages = {name: {"cmd": f"mkdir -p data/accepted && touch {outs[0]}", "deps": deps,
                     "outs": [{out: {"persist": True}} for out in outs]}
              for name, (deps, outs) in PIPELINE.items()}
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}), encoding="utf-8")
    dvc = [sys.executable, "-m", "dvc"]
    for command in (["git", "init", "--quiet"], [*dvc, "init", "--quiet"],
                    [*dvc, "repro", "--quiet"]):
        subprocess.run(command, cwd=root, check=True, capture_output=True)


@pytest.fixture(scope="module")
def under_dvc(tmp_path_factory):
    """A campaign that was built today for a vote next week."""
    root = tmp_path_factory.mktemp("dvc") / "c"
    campaign_of(root, entries=[{}], suppressions=[stop(1, "p9")])
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    today = dt.date.today()
    params["campaign"] |= {"as_of": str(today), "polling_date": str(today + dt.timedelta(7))}
    params["sources"] = {name: source | {"expiry_date": "2999-01-01"}
                         for name, source in params["sources"].items()}
    (root / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    put_under_dvc(root)
    return root


@pytest.mark.slow
def test_a_list_is_released_only_while_the_build_is_of_the_files_as_they_are(
    under_dvc, monkeypatch, capsys
):
    monkeypatch.chdir(under_dvc)
    assert cli.main(["lists", "release", "office"]) == 0
    assert "lists/office.csv: 1 of 1 people" in capsys.readouterr().out
    arrived = under_dvc / "data/raw/stop.csv"
    arrived.write_text("two objections\n", encoding="utf-8")
    assert cli.main(["lists", "release", "office"]) == ListRefused.exit_code
    message = capsys.readouterr().err
    assert "1 stage must run again (check)" in message
    assert "office.csv is of an earlier run: do not use it" in message
    arrived.write_text("one objection\n", encoding="utf-8")
    assert cli.main(["lists", "release", "office"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["data/raw/stop.csv", "data/people/crosswalk.parquet",
                                  "data/lists/office.parquet"])
def test_a_file_that_was_altered_with_its_size_and_time_kept_stops_the_list(
    under_dvc, monkeypatch, capsys, name
):
    monkeypatch.chdir(under_dvc)
    path, told = under_dvc / name, (under_dvc / name).stat()
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert cli.main(["lists", "release", "office"]) == ListRefused.exit_code
    path.write_bytes(content)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert name.rpartition("/")[2] in capsys.readouterr().err


@pytest.mark.slow
def test_an_objection_that_arrives_in_the_sample_stops_every_list(built, tmp_path):
    root = tmp_path / "c"
    shutil.copytree(built, root, symlinks=True)
    settings = load_settings(root)
    refuse_stale(settings, "office")
    with open(root / settings.sources["suppressions"].path, "a", encoding="utf-8") as file:
        file.write("S999,,,,,,,,\n")
    for name in ("office", "gotv", "walk"):
        with pytest.raises(ListRefused, match="check@suppressions"):
            refuse_stale(settings, name)


@pytest.mark.slow
def test_where_nothing_can_tell_whether_the_build_is_of_now_no_list_leaves(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    with pytest.raises(ListRefused, match="DVC cannot tell"):
        refuse_stale(settings, "office")


def test_lists_that_left_are_never_in_git():
    ignored = subprocess.run(["git", "check-ignore", "lists/office.csv", "data/lists/x.parquet"],
                             cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == ["lists/office.csv", "data/lists/x.parquet"]


# Consents.

def contact(n, **changes):
    return {"source_name": "mobile", "source_row": n, "contact_id": f"m{n}",
            "phone": "2915550000", **changes}


def test_texts_leave_only_to_numbers_that_opted_in(tmp_path):
    mobile = [contact(0, has_opted_in=True, opt_in_date=TODAY), contact(1, has_opted_in=None),
              contact(2, has_opted_in=True, opt_in_date=None),
              contact(3, phone="2915550003", has_opted_in=False)]
    settings = campaign_of(
        tmp_path / "c", mobile=mobile, suppressions=[stop(1, "p9")],
        entries=[{"channel_code": "text", "phone": f"291555000{n if n == 3 else 0}"}
                 for n in range(4)])
    tally = send(settings)
    assert [row["person_id"] for row in sheet(settings)] == ["p0"]
    assert tally.held_back["no_consent"] == 3


def social_consents(consent_channels):
    source = Source("social", "data/raw/s.csv", "social_users", "consent", TODAY, preset="x",
                    consent_channels=consent_channels)
    users = pd.DataFrame([{"source_name": "social", "source_row": 1, "email": "a@x.example",
                           "consent_date": pd.Timestamp(TODAY)}])
    mobile = pd.DataFrame(columns=TABLES["mobile_contacts"].column_names)
    crosswalk = pd.DataFrame([{"source_name": "social", "source_row": 1, "person_id": "p0"}])
    tables = {"mobile_contacts": mobile, "social_users": users}
    return consents(tables, crosswalk, {"social": source})


def test_an_account_agreed_to_emails_only_where_its_source_says_so():
    assert social_consents([]).empty
    said = social_consents(["email"])
    assert said[["person_id", "channel_code", "email"]].to_numpy().tolist() == [
        ["p0", "email", "a@x.example"]]
    with pytest.raises(ListRefused, match="It can have: email"):
        social_consents(["text"])


# What the brief shows of it.

def test_the_brief_hides_how_few_are_held_back_for_a_personal_reason(tmp_path):
    settings = campaign_of(
        tmp_path / "c", suppressions=[stop(n, f"p{n}") for n in range(12)]
        + [stop(n, f"p{n}", reason_code="deceased") for n in range(12, 15)],
        entries=[{} for _ in range(20)])
    drafts = read_table(settings.root / "data/lists/office.parquet")
    preview = preview_gate(settings, drafts, ["office", "gotv"],
                           forbidden_uses=forbidden_uses(settings))
    reasons = reason_table(preview, settings.disclosure).set_index("reason_name")["n_held_back"]
    assert reasons["Objected"] == 10
    assert pd.isna(reasons["Deceased"])
    assert pd.isna(reasons["Moved away"])
    lists_shown = gate_table(preview, settings.disclosure).iloc[0].fillna(-1).tolist()
    assert lists_shown == ["office", 20, -1, 15]
    assert not (settings.root / "lists").exists()


def test_a_table_of_drafts_without_anybody_says_so_instead_of_hiding_three_numbers(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}])
    drafts = read_table(settings.root / "data/lists/office.parquet").head(0)
    preview = preview_gate(settings, drafts, ["office"], forbidden_uses=frozenset())
    shown = gate_table(preview, settings.disclosure)
    assert shown.to_dict("records") == [{"list_name": "Nobody is on a draft"}]


def test_where_the_gate_refuses_the_brief_says_so_and_is_still_made(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    spoil(settings.root / "data/tables/suppressions.parquet", "missing")
    drafts = read_table(settings.root / "data/lists/office.parquet")
    preview = preview_gate(settings, drafts, ["office"], forbidden_uses={})
    assert preview == Preview({}, preview.refusal)
    assert "data/tables/suppressions.parquet is not there" in gate_words(preview)
    assert str(tmp_path) not in gate_words(preview)
    assert reason_table(preview, settings.disclosure)["reason_name"].tolist() == [
        "Nothing could be judged"]


def test_a_list_whose_length_is_to_be_chosen_counts_only_on_those_whom_the_gate_lets_leave(
    tmp_path
):
    settings = campaign_of(tmp_path / "c", suppressions=[stop(n, f"p{n}") for n in range(12)],
                           entries=[{} for _ in range(20)])
    draft = read_table(settings.root / "data/lists/office.parquet").iloc[::-1]
    passed, gate = pass_gate(settings, draft, "office", forbidden_uses={})
    assert passed["person_id"].tolist() == [f"p{n}" for n in range(19, 11, -1)]
    assert gate.tallies["office"].held_back["objected"] == 12
    use = draft["use_code"].iloc[0]
    closed = dict.fromkeys(settings.sources, (use,))
    assert pass_gate(settings, draft, "office", forbidden_uses=closed)[0].empty


def test_nobody_passes_a_gate_that_cannot_decide_and_nobody_is_asked_of_an_empty_draft(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    draft = read_table(settings.root / "data/lists/office.parquet")
    assert pass_gate(settings, draft.head(0), "office", forbidden_uses={})[1] == Preview({})
    spoil(settings.root / "data/tables/suppressions.parquet", "missing")
    passed, gate = pass_gate(settings, draft, "office", forbidden_uses={})
    assert passed.empty
    assert "suppressions.parquet is not there" in gate.refusal
    assert str(tmp_path) not in gate.refusal


def test_evidence_is_of_the_files_as_they_lie(tmp_path):
    settings = campaign_of(tmp_path / "c", entries=[{}], suppressions=[stop(1, "p9")])
    told = read_evidence(settings, forbidden_uses={})
    assert told.suppressions["person_id"].tolist() == ["p9"]
    assert len(told.people) == 20
    assert pq.read_table(settings.root / "data/tables/suppressions.parquet").num_rows == 1


def test_a_use_that_no_list_has_is_refused_in_a_preset():
    from workbench.sources.preset import build_preset

    entries = {"table": "voters", "forbidden_uses": ["fundraising"],
               "columns": {name: {"from": name} for name in mapped("voters")}}
    with pytest.raises(SettingsError, match="forbidden_uses"):
        build_preset("x", entries, where="sources.x")
