"""Every example of the documents runs as it is printed: YAML, rules, Python, JSON, commands."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from dvc.cli import DvcParserError
from dvc.cli.parser import get_main_parser
from made_built import run_in
from made_docs import REPOSITORY, blocks, commands, keys, rules
from made_files import make_source

from workbench import cli
from workbench.checks import read_suite
from workbench.disclosure import Shape
from workbench.exhibits import open_brief
from workbench.intake import admit
from workbench.settings import load_settings
from workbench.sources import preset_of
from workbench.tables import TABLES

PARAMS = (REPOSITORY / "params.yaml").read_text(encoding="utf-8")
COMMANDS = commands()
FIRST_NAMES = ("Ada", "Bo", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hal", "Ida", "Jon", "Kit",
               "Leo")
LAST_NAMES = ("Abel", "Birch", "Cole", "Drake", "Elm", "Frost", "Gale", "Hart", "Irwin", "Jarvis")
PLACEHOLDERS = re.compile(r"\s*\[[A-Z]+ \.\.\.\]")  # the '[NAME ...]' of a usage line


# ---- YAML


def spliced(*texts):
    """The repository's params.yaml in which each text takes the place of its own section."""
    params = PARAMS
    for text in texts:
        section = text.partition(":")[0]
        params, n = re.subn(rf"(?ms)^{section}:.*?(?=^[a-z])", lambda _, own=text: own + "\n",
                            params, count=1)
        assert n == 1, section
    return params


def settings_of(root, *texts):
    """A campaign's folder whose params.yaml has these sections as they are printed."""
    (root / "params.yaml").write_text(spliced(*texts), encoding="utf-8")
    if not (root / "expectations").exists():
        shutil.copytree(REPOSITORY / "expectations", root / "expectations")
    return load_settings(root)


def put(root, path, content):
    """A raw file of the campaign; for a zip, texts by the name of the member."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        with zipfile.ZipFile(place, "w") as archive:
            for name, text in content.items():
                archive.writestr(name, text)
    else:
        place.write_text(content, encoding="utf-8")


def accepted(settings, source, names):
    """Rows that a source gave, the named columns only, and how many were set aside."""
    admission = admit(settings, source, n_workers=1)
    rows = pq.read_table(admission.accepted_path).select(names).to_pylist()
    return [tuple(row.values()) for row in rows], admission.quality.rows["n_set_aside"]


def columns_of(preset, **values):
    """A file of the layout of a preset with one row, its other columns empty."""
    source = make_source(preset=preset, table=preset.removeprefix("nc_"), columns={},
                         date_format="")
    names = preset_of(source).layouts[0]
    assert set(values) <= set(names)
    return "\n".join("\t".join(line) for line in
                     (names, [values.get(name, "") for name in names])) + "\n"


COUNTY = {
    "ncvoter.txt": ("nc_voters", {
        "county_id": "19", "ncid": "ZZ1", "last_name": "EXAMPLE", "first_name": "AVERY",
        "status_cd": "A", "birth_year": "1960", "registr_dt": "03/14/2016"}),
    "ncvhis.txt": ("nc_vote_history", {
        "ncid": "ZZ1", "election_lbl": "11/06/2018", "election_desc": "11/06/2018 GENERAL",
        "voting_method": "ABSENTEE"}),
}
ITCONT = ("C00000001|N|Q1|P|1|15|IND|EXAMPLE, AVERY|HARBOUR|NC|275170001|MADE UP INC|MAKER|"
          "03142018|250||T1|1|||4001\n")
POLL = """poll_id,age,gender,state,vt_pres_4,likely,rvweight
w1,44,Female,North Carolina,Example,Almost certain,1.25
w1,0,Male,[DO NOT READ] Refused,NA,NA,0.5
w1,60,Other,North Carolina,Example,NA,1
"""
# By page and source: the file made to fit it, the columns read, what must come out, how many
# rows are set aside. All by hand.
SOURCES = {
    ("sources.md", "gifts"): (
        "data/raw/gifts.csv",
        "Receipt,Paid on,Amount\nr1,14/03/2026,25.00\nr2,31/01/2026,\"1,200.50\"\n"
        "r3,14 March,5\n",
        ["donation_id", "donation_date", "amount_minor"],
        [("r1", dt.date(2026, 3, 14), 2500), ("r2", dt.date(2026, 1, 31), 120050)], 1),
    ("your-own-data.md", "voters"): (
        "data/raw/county.zip", COUNTY, ["voter_id", "first_name", "registration_date"],
        [("ZZ1", "AVERY", dt.date(2016, 3, 14))], 0),
    ("your-own-data.md", "vote_history"): (
        "data/raw/county.zip", COUNTY, ["voter_id", "election_date", "voted_code"],
        [("ZZ1", dt.date(2018, 11, 6), "post")], 0),
    ("your-own-data.md", "contributions"): (
        "data/raw/contributions/itcont_1.txt", ITCONT,
        ["donation_id", "last_name", "donation_date", "amount_minor"],
        [("4001", "EXAMPLE", dt.date(2018, 3, 14), 25000)], 0),
    ("your-own-data.md", "poll"): (
        "data/raw/poll.csv", POLL,
        ["respondent_id", "wave_name", "age_years", "sex_code", "region_code",
         "vote_intention_code", "weight"],
        [("2", "w1", 44, "female", "North Carolina", "Example", 1.25),
         ("3", "w1", None, "male", None, None, 0.5)], 1),
}
DECLARED = [(block.page, name, block.text) for block in blocks("yaml")
            if block.text.startswith("sources:") for name in yaml.safe_load(block.text)["sources"]]
CAMPAIGNS = {block.page: block.text for block in blocks("yaml")
             if block.text.startswith("campaign:")}


def test_every_block_of_yaml_is_run_here():
    kinds = {block.text.partition(":")[0] for block in blocks("yaml")}
    assert kinds == {"sources", "campaign", "is_unique"}  # the last one is of `workbench link`
    assert {(page, name) for page, name, _ in DECLARED} == set(SOURCES)


@pytest.mark.parametrize(("page", "name", "text"), DECLARED)
def test_a_source_of_the_documents_reads_a_file_made_to_fit_it(tmp_path, page, name, text):
    path, content, names, rows, n_set_aside = SOURCES[page, name]
    if isinstance(content, dict):
        content = {member: columns_of(preset, **values)
                   for member, (preset, values) in content.items()}
    put(tmp_path, path, content)
    told = [text, CAMPAIGNS[page]] if page in CAMPAIGNS else [text]
    settings = settings_of(tmp_path, *told)
    assert accepted(settings, name, names) == (rows, n_set_aside)


def test_the_campaign_of_ones_own_is_the_one_that_is_printed(tmp_path):
    campaign = settings_of(tmp_path, CAMPAIGNS["your-own-data.md"]).campaign
    assert (campaign.name, campaign.as_of) == ("Harbour County", dt.date(2018, 12, 31))


# By rule, as it is printed: its table, its column, the file's header, and by a value of the
# file what the column must hold. A row that is set aside is "aside".
RULES = {
    "{from: Standing, codes: {A: active, I: inactive}, otherwise: unknown}": (
        "voters", "status_code", "Standing",
        {"A": "active", "I": "inactive", "Q": "unknown", "": "unknown"}),
    '{from: Monthly, yes: ["Y"], no: ["N", ""]}': (
        "donations", "is_recurring", "Monthly",
        {"Y": True, "y": True, "N": False, "": False, "M": "aside"}),
    '{from: Paid, format: "%Y-%m-%d"}': (
        "donations", "donation_date", "Paid",
        {"2026-03-14": dt.date(2026, 3, 14), "14/03/2026": "aside"}),
    "{constant: USD}": ("donations", "currency_code", "Paid", {"2026-03-14": "USD"}),
    '{constant: "2026-05-07"}': (
        "vote_history", "election_date", "Elector", {"E1": dt.date(2026, 5, 7)}),
    '{from: [Ward, District], as: joined, separator: "-"}': (
        "voters", "area_id", "Ward,District",
        {"W1,PD2": "W1-PD2", "W1,": None, ",PD2": None}),
    '{from: Amount, decimal: ","}': (
        "donations", "amount_minor", "Amount",
        {'"12,50"': 1250, "7": 700, "1.205": 120_500, '"1,2,3"': "aside"}),
    "{from: Name, as: last_first_last_name}": (
        "donations", "last_name", "Name", {'"Ash, Ada Jr"': "Ash", "Madonna": "Madonna"}),
    "{from: Age, as: age_band}": (
        "consumer", "age_band_code", "Age", {"25 to 34": "25-34", "65+": "65+", "old": "old"}),
    "{as: row_number}": ("events", "event_id", "Name", {"Dinner": "2", "Rally": "3"}),
    "{from: Town, missing: [UNKNOWN]}": (
        "voters", "town_name", "Town", {"Ely": "Ely", "UNKNOWN": None, "Unknownton":
                                        "Unknownton"}),
}
# What else a table needs so that a row can be accepted.
NEEDED = {
    "consumer": {"consumer_id": "{as: row_number}"},
    "voters": {"voter_id": "{as: row_number}", "first_name": "{constant: A}",
               "last_name": "{constant: B}"},
    "donations": {"donation_id": "{as: row_number}", "donation_date": '{constant: "2026-03-14"}',
                  "amount_minor": '{constant: "5.00"}'},
    "vote_history": {"voter_id": "Elector", "election_date": '{constant: "2026-05-07"}',
                     "election_name": "{constant: Local}", "voted_code": "{constant: voted}"},
    "events": {"event_id": "{as: row_number}", "event_name": "Name"},
}


def printed_rules():
    rows = rules("sources.md")
    within = [rule for told in rows.values() for rule in re.findall(r"`(\{[^`]*\})`", told)]
    return [*rows, *within]


def test_every_rule_of_the_documents_is_run_here():
    assert set(printed_rules()) == set(RULES), (
        "A rule of docs/sources.md has no case here, or a case has no rule: give each its "
        "values and what must come out, by hand.")


@pytest.mark.parametrize("rule", printed_rules())
def test_a_rule_of_the_documents_does_what_its_row_says(tmp_path, rule):
    table, column, header, expected = RULES[rule]
    put(tmp_path, "data/raw/f.csv", "\n".join([f"{header},End", *(f"{value},x" for value in
                                                                   expected)]) + "\n")
    mapped = {**NEEDED[table], column: rule}
    lines = "\n".join(f"      {name}: {told}" for name, told in mapped.items())
    settings = settings_of(tmp_path, f"sources:\n  s:\n    path: data/raw/f.csv\n    table: "
                           f"{table}\n    lawful_basis: consent\n    expiry_date: \"2027-05-31\""
                           f"\n    columns:\n{lines}\n")
    for suite in (tmp_path / "expectations").glob("*.json"):  # too few rows for any share
        suite.write_text(json.dumps({**json.loads(suite.read_text()), "expectations": []}))
    found, n_set_aside = accepted(settings, "s", [column])
    kept = [value for value in expected.values() if value != "aside"]
    assert [value for (value,) in found] == kept
    assert n_set_aside == len(expected) - len(kept)


@pytest.mark.parametrize(("key", "example"), keys("sources.md", "The keys of a source").items())
def test_a_key_of_a_source_is_read_with_its_example(tmp_path, key, example):
    usual = {"path": "data/raw/f.csv", "table": "donations", "lawful_basis": "consent",
             "expiry_date": '"2027-05-31"', "columns": "{donation_id: Gift}"}
    lines = "\n".join(f"    {name}: {text}" for name, text in {**usual, key: example}.items())
    source = settings_of(tmp_path, f"sources:\n  s:\n{lines}\n").source("s")
    assert str(getattr(source, key)) == str(yaml.safe_load(example))


# ---- Python and JSON


def figure_names(folder):
    import seaborn as sns

    from workbench import figures

    regions = pd.DataFrame({"region_name": ["North", "South"], "n_donors": [120, 45],
                            "raised_minor": [250_000, 90_000]})
    return {"brief": open_brief(load_settings(REPOSITORY)), "regions": regions,
            "figures": figures, "sns": sns}


def sample_names(folder):
    return {"raw_folder": folder / "raw", "truth_folder": folder / "truth"}


def set_aside_names(folder):
    place = folder / "data/set_aside/contributions.parquet"
    place.parent.mkdir(parents=True)
    pd.DataFrame({"reason_code": ["not_a_date"]}).to_parquet(place)
    return {}


def panel_names(folder):
    """A panel of 400, two in a home: who is over 50 votes; a quarter was not looked up."""
    age = np.arange(400) * 37 % 70 + 18
    voted = pd.Series((age + np.arange(400) % 9 * 5 > 65) * 1.0)
    pd.DataFrame({
        "household": np.arange(400) // 2, "age": age, "ward": np.arange(400) % 7,
        "party": np.where(np.arange(400) % 3, "red", ""), "voted_2020": np.arange(400) % 2,
        "voted_2022": "north", "voted_2024": voted.where(np.arange(400) % 4 > 0),
    }).to_csv(folder / "panel.csv", index=False)
    return {}


def is_panel_scored(found):
    """Age decides, a column of one value is left out in words, a tenth of 300 a row."""
    scored, panel = found["scored"], found["panel"]
    return (found["_"]["n"].tolist() == [30] * 10 and scored.measures["auc"] > 0.8
            and "voted_2022 was left out" in scored.notes[0]
            and panel["turnout_score"].notna().all()
            and panel["turnout_reasons"].str.startswith("age").mean() > 0.6)


NAMES = {"disclosure.md": lambda _: {"Shape": Shape},
         "running.md": figure_names, "sample.md": sample_names, "scores.md": panel_names,
         "your-own-data.md": set_aside_names}
RESULTS = {
    "disclosure.md": lambda found, _: found["_"].shares == {
        "postal_share": ("n_postal", "n_electors")},
    "running.md": lambda found, _: (
        found["recent_days"] == 180 if "recent_days" in found else "<svg" in found["_"].html),
    "sample.md": lambda _, folder: len(list((folder / "raw").iterdir())) == 21,
    "scores.md": lambda found, _: is_panel_scored(found),
    "your-own-data.md": lambda found, _: found["_"]["reason_code"].tolist() == ["not_a_date"],
}


@pytest.mark.parametrize(
    "block", [block for block in blocks("python") if block.page != "briefs.md"],  # test_guide.py
    ids=lambda block: block.page)
def test_python_of_the_documents_runs(tmp_path, monkeypatch, block):
    names = NAMES[block.page](tmp_path)
    monkeypatch.chdir(tmp_path)
    text = block.text.replace("20_000", "300")
    *lines, last = re.split(r"\n(?=\S)", text.strip())
    is_value = not re.match(r"(\w+ = |from |import )", last)
    exec("\n".join(lines if is_value else [*lines, last]), names)
    names["_"] = eval(last, names) if is_value else names["brief"]
    assert RESULTS[block.page](names, tmp_path)


def test_the_expectation_of_the_documents_is_one_of_a_suite(tmp_path):
    (block,) = blocks("json")
    (tmp_path / "expectations").mkdir()
    suite = {"name": "donations", "expectations": [json.loads(block.text)]}
    (tmp_path / "expectations/donations.json").write_text(json.dumps(suite))
    read = read_suite(tmp_path, TABLES["donations"], "gifts", as_of=dt.date(2026, 10, 5))
    assert len(read.expectations) == 1


# ---- Commands


def words_of(command):
    return shlex.split(PLACEHOLDERS.sub("", command).partition(" > ")[0].partition(" && ")[0])


def of_tool(tool):
    found = [one for one in COMMANDS if one.text.split(" ")[0] == tool]
    return pytest.mark.parametrize("command", [one.text for one in found],
                                   ids=[f"{one.page}: {one.text}" for one in found])


class Refused(Exception):
    """What the argument parser says instead of ending the process."""


@pytest.fixture
def strict(monkeypatch):
    def refuse(parser, message):
        raise Refused(message)

    monkeypatch.setattr(argparse.ArgumentParser, "error", refuse)


def refusal(parser, words):
    """What the parser says against the words, or nothing."""
    try:
        parser.parse_args(words)
    except Refused as told:
        return str(told)
    except DvcParserError:
        return "the following arguments are required"
    return ""


@of_tool("workbench")
def test_a_command_of_the_documents_is_one_that_the_workbench_takes(strict, command):
    words = words_of(command)[1:]
    told = refusal(cli._parser(), words)
    is_bare_name = all(word.isalpha() and word.islower() for word in words)
    assert not told or (is_bare_name and told.startswith("the following arguments are required"))


@of_tool("dvc")
def test_a_dvc_command_of_the_documents_is_one_that_dvc_takes(command):
    words = words_of(command)[1:]
    is_bare_name = all(word.isalpha() for word in words)
    assert not refusal(get_main_parser(), words) or is_bare_name
    if words[0] != "repro":
        return
    options = get_main_parser().parse_args(words)
    stages = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text())["stages"]
    printed = {one.text for one in COMMANDS}
    for target in options.targets or []:
        name, _, item = target.partition("@")
        assert name in stages or f"workbench new notebook {name}" in printed, target
        assert bool(item) == ("foreach" in stages.get(name, {})), target


@of_tool("make")
def test_a_make_command_of_the_documents_has_a_rule(command):
    done = subprocess.run(["make", "-n", *words_of(command)[1:]], cwd=REPOSITORY,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class Parsed(Exception):
    """The arguments were taken; there is no need to run the rest."""


@of_tool("python")
def test_a_benchmark_of_the_documents_takes_its_arguments(strict, monkeypatch, command):
    _, script, *arguments = words_of(command)
    path = REPOSITORY / script
    parse = argparse.ArgumentParser.parse_args

    def parsed(parser, *given, **more):
        parse(parser, *given, **more)
        raise Parsed

    if not re.search(r"\bargparse\b|\boptions\(", path.read_text(encoding="utf-8")):
        assert not arguments
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
        return
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parsed)
    monkeypatch.setattr(sys, "argv", [script, *arguments])
    monkeypatch.syspath_prepend(str(path.parent))
    with pytest.raises(Parsed):
        runpy.run_path(str(path), run_name="__main__")


@of_tool("pytest")
def test_tests_that_the_documents_name_are_there(command):
    files = words_of(command)[1:]
    assert files
    assert all((REPOSITORY / name).is_file() for name in files)


# ---- Commands that are run, on files made to fit and on a small campaign that was built


def test_the_command_that_links_files_does_so_by_the_printed_mapping(tmp_path, monkeypatch):
    """120 members, of whom 80 were canvassed as well: nearly all of these are found again."""
    (mapping,) = (one.text for one in blocks("yaml") if one.text.startswith("is_unique"))
    (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    members = pd.DataFrame({
        "Member No": [f"M{i}" for i in range(120)],
        "Forename": [name.split(" ")[0] for name in names],
        "Surname": [name.split(" ")[1] for name in names],
        "DOB": [f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/{50 + i % 40}" for i in range(120)],
        "House": [str(i) for i in range(120)], "Street": "Rue de l\u2019\u00c9glise",
        "Job": [f"Trade {i % 30}" for i in range(120)]})
    members.to_csv(tmp_path / "supporters.csv", index=False, encoding="cp1252")
    years = members["DOB"].str[-2:].astype(int) + 1900
    pd.DataFrame({"Name": names, "Age": (2026 - years).astype(str), "Mobile": None,
                  "Occupation": members["Job"]})[:80].to_parquet(tmp_path / "canvass.parquet")
    monkeypatch.chdir(tmp_path)
    (command,) = {one.text for one in COMMANDS if "--map map.yaml --out" in one.text}
    assert cli.main(words_of(command)[1:]) == 0
    crosswalk = pd.read_csv("crosswalk.csv", dtype=str)
    assert len(crosswalk) == 120 + 80
    person = crosswalk.set_index(["file", "row_key"])["person"]
    n_found = sum(person["supporters.csv", f"M{i}"] == person["canvass.parquet", str(i + 1)]
                  for i in range(80))
    assert n_found >= 72


# Why a printed command is not run here. It must still be printed somewhere.
NOT_RUN = {
    r"make \w+": "installs packages, or starts what another of these tests is a part of",
    r"workbench sources accept .*": "it moves what the next file is compared with; see test_drift",
    r"git .*": "git's own",
    r"(cp|mkdir|source) .*": "the shell's own",
    r"dvc (add|gc|pull|remote).*": "DVC's own, on a cache or a place that is somebody's",
    r"pytest .*": "the tests themselves",
    r"python benchmarks/.*": "minutes; tests/test_benchmarks.py runs them at a tiny size",
    r"workbench build": "what the fixture does, a stage after another; tests/test_builds.py",
    r"workbench sample": "run by the pipeline of the fixture",
    r"workbench (spine|scores)|dvc repro (scores|spine|link)": "run by the fixture",
    r"workbench seal .*": "shows words at a terminal alone; tests/test_sealing.py",
    r"workbench pdf .*": "needs a browser; tests/test_paper.py",
    r"workbench key .*": "writes a secret outside the repository; tests/test_pseudonyms.py",
    r"workbench review.*": "asks a person at the terminal; tests/test_review.py",
    r"workbench erase P7Q2|workbench erase|workbench erase PERSON_ID":
        "takes a person out for good; tests/test_erasure.py",
    r"workbench (publish|approve|baseline|compare|verify).*":
        "needs versions that were published; tests/test_releases.py and test_verify.py",
    r"workbench link event.csv .*|workbench link FILE.*":
        "needs files of one's own; tests/test_link_people.py",
    r"workbench new notebook .*|(dvc repro|workbench run) turnout_check":
        "makes files of the campaign's own; tests/test_new_notebook.py and test_guide.py",
    r"dvc repro check@(poll|NAME)": "a source of another campaign",
    r"workbench (run|lists release|fingerprint|expectations draft|person|sources accept)"
    r"( [A-Z]+.*)?":
        "the usage; an example with a name is run",
    r"workbench link supporters.csv .*": "run above, on files made to fit",
    r"workbench lists release (office|invitations|walk)":
        "leaves on the campaign's day alone, by the clock; tests/test_release.py",
}
# Commands that are run on the campaign, with what they must say or leave: a text of the output,
# or a file that they write.
RUN = {
    "dvc repro": "up to date",
    "dvc repro donors": "up to date",
    "dvc dag": "donors",
    "dvc status": "up to date",
    "workbench status": "up to date",
    "workbench run donors": "data/trials/reports/donors.html",
    "workbench run donors -p recent_days=90": "data/trials/reports/donors.html",
    "workbench run check --name quality/voters -p source=voters":
        "data/trials/reports/quality/voters.html",
    "workbench run selections -p n_doors=60": "data/trials/reports/selections.html",
    "workbench expectations draft voters": '"expect_column_values_to_be_',
    "workbench expectations draft donations > draft.json": '"expect_column_values_to_be_',
    "workbench people accept": "data/registry/id_registry.parquet holds the ids of",
    "workbench person ID": "voters",
    "workbench person ID --json": '"person_id"',
    "workbench erase P7Q2 --dry-run": "voters",
    "workbench gather": "",
    "workbench audit": "",
    "workbench index": "",
    "workbench sources accept donations": "The next files of 'donations' are compared with",
    "workbench pipeline": "dvc.yaml is as stages and notebooks declare it",
    "workbench dictionary": "| `donation_id` |",
    "workbench dictionary --charts": "## bars",
    "workbench strip": "",
}

def test_every_printed_command_is_run_or_has_its_reason_why_not():
    printed = {PLACEHOLDERS.sub("", one.text) for one in COMMANDS}
    reasons = [re.compile(pattern) for pattern in NOT_RUN]
    left = {one for one in printed - set(RUN)
            if not any(pattern.fullmatch(one) for pattern in reasons)}
    assert left == set()
    assert set(RUN) <= printed
    idle = [pattern.pattern for pattern in reasons
            if not any(pattern.fullmatch(one) for one in printed)]
    assert idle == []


@pytest.fixture(scope="module")
def campaign_of_ones_own(built, tmp_path_factory):
    """A copy of the built campaign, which the printed commands may change."""
    root = tmp_path_factory.mktemp("used") / "campaign"
    shutil.copytree(built, root, symlinks=True)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("command", RUN)
def test_a_printed_command_does_what_it_says_on_a_small_campaign(campaign_of_ones_own, command):
    root = campaign_of_ones_own
    people = pd.read_parquet(root / "data/people/people.parquet")
    person_id = people.loc[people["is_elector"].fillna(False), "person_id"].min()
    words = [person_id if word in ("ID", "P7Q2") else word for word in words_of(command)]
    done = run_in(root, words)
    assert done.returncode == 0, done.stderr[-2000:]
    assert RUN[command] in done.stdout + done.stderr
