"""Everything held on one person: every row of every source, why it is theirs, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from test_people import linked, made_tables

from workbench.cli import main
from workbench.errors import SettingsError
from workbench.people.subject_access import held_on
from workbench.people.subject_access_words import held_json, held_text
from workbench.tables import RESULTS, TABLES, write_table

REPOSITORY = Path(__file__).parents[1]
DAY = dt.date(2026, 1, 1)


@pytest.fixture(scope="module")
def model():
    return linked(made_tables(n=300)[0])[0].model


@pytest.fixture
def root(tmp_path, model):
    """Ann is on the register, gave once, was suppressed once, voted once; Hugo is another."""
    people, tables = tmp_path / "data" / "people", tmp_path / "data" / "tables"
    source = {"source_name": "register", "source_row": [2, 3]}
    write_table(pd.DataFrame({
        **source, "voter_id": ["V1", "V2"], "first_name": ["Ann", "Hugo"],
        "last_name": ["Foxton", "Ivers"]}), TABLES["voters"], tables / "voters.parquet")
    write_table(pd.DataFrame({
        "source_name": "gifts", "source_row": [2, 3], "donation_id": ["D1", "D2"],
        "first_name": ["An\x1bn", "Hugo"], "last_name": ["Foxton", "Ivers"]}),
        TABLES["donations"], tables / "donations.parquet")
    write_table(pd.DataFrame({
        "source_name": "stop", "source_row": [2], "suppression_id": ["X1"], "voter_id": ["V1"],
        "scope_code": ["phone"], "reason_code": ["objected"], "start_date": [DAY]}),
        TABLES["suppressions"], tables / "suppressions.parquet")
    write_table(pd.DataFrame({
        "source_name": "marks", "source_row": [2, 3], "voter_id": ["V1", "V2"],
        "election_date": [DAY, DAY], "election_name": ["Mayor", "Mayor"],
        "voted_code": ["post", "early"]}), TABLES["vote_history"],
        tables / "vote_history.parquet")
    write_table(pd.DataFrame({
        "person_id": ["P1", "P2"], "household_id": ["H1", "H1"], "voter_id": ["V1", "V2"],
        "is_elector": True, "first_name": ["Ann", "Hugo"], "last_name": ["Foxton", "Ivers"],
        "source_names": "gifts;register", "n_rows": [3, 2]}), RESULTS["people"],
        people / "people.parquet")
    write_table(pd.DataFrame({
        "source_name": ["gifts", "gifts", "register", "register", "stop"],
        "source_row": [2, 3, 2, 3, 2],
        "table_name": ["donations", "donations", "voters", "voters", "suppressions"],
        "row_key": ["D1", "D2", "V1", "V2", "X1"],
        "record_key": ["g1", "g2", "r1", "r2", "s1"],
        "person_id": ["P1", "P2", "P1", "P2", "P1"],
        "how_code": ["model", "model", "register", "register", "voter_id"],
        "link_probability": [0.9876, 0.9, 1.0, 1.0, 1.0]}), RESULTS["crosswalk"],
        people / "crosswalk.parquet")
    write_table(pd.DataFrame({
        "person_id": ["P8", "P9", "P7"], "change_code": ["merged", "merged", "gone"],
        "other_person_id": ["P1", "P2", None], "n_rows": [2, 1, 1]}),
        RESULTS["person_changes"], people / "person_changes.parquet")
    names = {"g1": ("ann", "foxton"), "g2": ("hugo", "ivers"), "r1": ("ann", "foxton"),
             "r2": ("hugo", "ivers"), "s1": (None, None)}
    pd.DataFrame([{
        "record_key": key, "first_name": first, "first_initial": (first or " ")[0].strip() or None,
        "formals": [first] if first else None, "last_name": last, "tf_first_name": 0.01,
        "tf_last_name": 0.01} for key, (first, last) in names.items()]
    ).to_parquet(people / "records.parquet")
    (people / "model.json").write_text(json.dumps(model))
    return tmp_path


def test_every_row_that_is_about_the_person_is_printed_and_no_other(root):
    text = held_text(held_on(root, "P1"))
    for told in ("donation_id: D1", "voter_id: V1", "suppression_id: X1",
                 "election_name: Mayor", "voted_code: post"):
        assert told in text
    for other in ("Hugo", "Ivers", "D2", "V2", "early", "P2", "P9"):
        assert other not in text


def test_each_row_says_how_it_was_linked_how_surely_and_why(root):
    text = held_text(held_on(root, "P1"))
    assert "linked because the model says so; probability 0.9876" in text
    assert "For one person: the same given name, the same family name." in text \
        or "For one person: the same family name, the same given name." in text
    assert "it is the person's entry on the register" in text
    assert "it carries the elector's number" in text


def test_household_suppressions_and_earlier_ids_are_told(root):
    text = held_text(held_on(root, "P1"))
    assert "H1, with 1 others" in text
    assert "phone closed since 2026-01-01: objected (source stop)" in text
    assert "P8: merged, 2 rows" in text


def test_scores_are_told_with_their_meaning_and_their_source(root):
    assert "Scores\n  none are kept" in held_text(held_on(root, "P1"))
    scores = stage_output("scores.parquet")
    write_table(pd.DataFrame({
        "person_id": ["P1", "P2"], "score_code": "turnout", "score_probability": [0.62, 0.1],
        "meaning_name": "Chance to vote.", "reason_names": ["voted before", None],
        "model_key": "abc123"}), RESULTS["scores"], root / scores)
    text = held_text(held_on(root, "P1"))
    for told in ("turnout: 0.62", "meaning: Chance to vote.", "source: model abc123",
                 "reasons: voted before"):
        assert told in text
    assert "0.1\n" not in text


def stage_output(name):
    """Where the pipeline says that a file comes to lie."""
    text = (REPOSITORY / "dvc.yaml").read_text(encoding="utf-8")
    return re.search(rf"data/\S*/{re.escape(name)}", text)[0]


def test_every_file_with_the_id_is_told_whoever_wrote_it_and_lists_that_left_too(root):
    one = root / "data/their own/deep/er.parquet"
    one.parent.mkdir(parents=True)
    pd.DataFrame({"friend_person_id": ["P1", "P2"], "told": ["of Ann", "of Hugo"]}
                 ).to_parquet(one)
    (root / "lists").mkdir()
    (root / "lists/office.csv").write_text(
        "\ufeffperson_id,first_name\r\nP1,Ann\r\nP2,Hugo\r\n", encoding="utf-8")
    files = held_on(root, "P1")["files"]
    assert files["data/their own/deep/er.parquet"] == [
        {"friend_person_id": "P1", "told": "of Ann"}]
    assert files["lists/office.csv"] == [{"person_id": "P1", "first_name": "Ann"}]
    text = held_text(held_on(root, "P1"))
    assert "told: of Ann" in text
    assert "Hugo" not in text


def files_with(root, person_id):
    """The files below data/ and lists/ in which an id stands anywhere: rows by path."""
    found = {}
    for path in sorted([*(root / "data").rglob("*"), *(root / "lists").rglob("*")]):
        if not path.is_file():
            continue
        if path.suffix == ".parquet":
            n = sum(person_id in str(row) for row in pq.read_table(path).to_pylist())
        else:
            n = path.read_bytes().count(person_id.encode())
        found |= {path.relative_to(root).as_posix(): n} if n else {}
    return found


@pytest.mark.slow
def test_of_people_of_a_build_all_is_told_that_a_search_of_every_file_finds(built):
    scored = pq.read_table(built / "data/scores/scores.parquet").to_pandas()["person_id"]
    donors = pq.read_table(built / "data/donors/donor_value.parquet").to_pandas()["person_id"]
    listed = pq.read_table(built / "data/lists/office.parquet").to_pandas()["person_id"].dropna()
    apart = {f"data/people/{name}.parquet" for name in ("people", "crosswalk", "person_changes")}
    told = set()
    for person_id in {scored.iloc[0], scored.iloc[-1], donors.iloc[0], listed.iloc[0]}:
        held, found = held_on(built, person_id), files_with(built, person_id)
        assert found["data/people/people.parquet"] == 1
        assert found["data/people/crosswalk.parquet"] == len(held["rows"]) > 0
        rest = {path: n for path, n in found.items() if path not in apart}
        assert {path: len(rows) for path, rows in held["files"].items()} == rest
        told |= set(rest)
    assert {"data/scores/scores.parquet", "data/donors/donor_value.parquet",
            "data/lists/office.parquet", "data/universes/segments.parquet"} <= told


@pytest.mark.parametrize(("person_id", "message"), [
    ("P5", "Nobody in data/people has that id"), ("P8", "was merged into another"),
    ("P7", "is gone"), ("' OR 1=1 --", "Nobody in data/people has that id"),
])
def test_an_id_that_nobody_has_is_an_error_that_names_nobody(root, person_id, message):
    with pytest.raises(SettingsError, match=message) as caught:
        held_on(root, person_id)
    assert "P1" not in str(caught.value)


def test_text_is_the_same_each_time_and_does_not_steer_the_terminal(root):
    text = held_text(held_on(root, "P1"))
    assert text == held_text(held_on(root, "P1"))
    assert "\x1b" not in text


def test_json_holds_the_same_and_says_what_is_missing(root):
    told = json.loads(held_json(held_on(root, "P1")))
    assert told["person"]["birth_date"] is None
    assert [row["row_key"] for row in told["rows"]] == ["D1", "V1", "X1"]
    assert told["suppressions"][0]["row"]["start_date"] == "2026-01-01"
    assert told["rows_that_name_them"]["vote_history"][0]["voted_code"] == "post"


def test_the_command_prints_what_is_held_and_refuses_a_stranger(root, monkeypatch, capsys):
    (root / "params.yaml").write_text((REPOSITORY / "params.yaml").read_text())
    monkeypatch.chdir(root)
    assert main(["person", "P1"]) == 0
    assert capsys.readouterr().out.startswith("Everything held on one person\n")
    assert main(["person", "P1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["person"]["person_id"] == "P1"
    assert main(["person", "nobody"]) == SettingsError.exit_code
    assert "nobody" not in capsys.readouterr().err.replace("Nobody", "")
