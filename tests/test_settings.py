"""params.yaml is read into frozen objects, and what it does not know is refused."""

from __future__ import annotations

import datetime as dt
import importlib
import json
from pathlib import Path

import pytest
import yaml

from workbench.briefs.versions import digest_of
from workbench.errors import SettingsError
from workbench.sample.asks import APPEALS, ARMS
from workbench.sample.facts import PARTY_CODES, REGION_CODES
from workbench.sample.ledger import COMMITTEE, CONDUIT
from workbench.sample.turnout import ELECTIONS
from workbench.settings import find_root, load_settings, read_params

REPOSITORY = Path(__file__).parents[1]
LINKAGE = {"precision_min": 0.99, "n_review_pairs": 440, "seed": 1, "memory_limit_gb": 6,
           "n_threads": 2, "key_name": "public_sample", "key_fingerprint": "6f2b940bdb97"}
SOURCE = {"path": "data/raw/v.txt", "table": "voters", "preset": "nc_voters",
          "lawful_basis": "electoral law", "expiry_date": "2027-12-31"}


@pytest.fixture
def params():
    return yaml.safe_load((REPOSITORY / "params.yaml").read_text())


def write(folder, params):
    text = yaml.safe_dump(params).replace("'2027-12-31'", "2027-12-31")
    (folder / "params.yaml").write_text(text)
    return folder


def test_the_params_of_the_repository_are_read(params):
    settings = load_settings(REPOSITORY)
    assert settings.disclosure.cell_min == params["disclosure"]["cell_min"]
    assert set(settings.sources) == set(params["sources"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"campain": {}}, "params.yaml has an unknown key 'campain'. Did you mean 'campaign'?"),
        ({"sources": {"v": {**SOURCE, "tabel": "x"}}},
         "sources.v has an unknown key 'tabel'. Did you mean 'table'?"),
        ({"sources": {"v": {**SOURCE, "table": "voter"}}},
         "There is no canonical table 'voter'. Did you mean 'voters'?"),
        ({"sources": {"v": {k: v for k, v in SOURCE.items() if k != "lawful_basis"}}},
         "sources.v lacks the key 'lawful_basis'"),
        ({"sources": {"v": {k: v for k, v in SOURCE.items() if k != "preset"}}},
         "sources.v names neither a preset nor columns"),
        ({"sources": {"v": {**SOURCE, "path": "/etc/passwd"}}},
         "sources.v.path must lie below the campaign's folder"),
        ({"sources": {"v": {**SOURCE, "path": "data/../../x"}}},
         "sources.v.path must lie below the campaign's folder"),
        ({"sources": {"V x": SOURCE}}, "'V x' cannot name a source"),
        ({"sources": {"v": {**SOURCE, "expiry_date": "soon"}}},
         "sources.v.expiry_date must be a date"),
        ({"disclosure": {"cell_min": 10, "rounding_base": 5}},
         "disclosure lacks the key 'percentage_base_min'"),
        ({"sample": {"n_people": "many", "seed": 1, "difficulty": {}}},
         "sample.n_people must be a whole number"),
        ({"sources": ["v"]}, "'sources' must be a mapping"),
        ({"engine": "postgres"}, "engine must be one of: duckdb, spark"),
        ({"linkage": {**LINKAGE, "precision_min": "high"}},
         "linkage.precision_min must be a number"),
        ({"linkage": {**LINKAGE, "n_threads": 1.5}}, "linkage.n_threads must be a whole number"),
        ({"sources": {"v": {**SOURCE, "may_be_empty": "yes"}}},
         "sources.v.may_be_empty must be true or false"),
        ({"sources": {"v": {**SOURCE, "forbidden_uses": "fundraise"}}},
         "sources.v.forbidden_uses must be a list of texts"),
    ],
)
def test_what_it_does_not_know_is_refused_with_the_place_and_the_cure(
    tmp_path, params, change, message
):
    with pytest.raises(SettingsError) as error:
        load_settings(write(tmp_path, {**params, **change}))
    assert message in str(error.value)


def test_a_source_is_found_by_name_and_the_nearest_name_is_offered(tmp_path, params):
    settings = load_settings(write(tmp_path, {**params, "sources": {"voters": SOURCE}}))
    assert settings.source("voters").table == "voters"
    assert [s.name for s in settings.sources_of("voters")] == ["voters"]
    assert settings.sources_of("polls") == ()
    with pytest.raises(SettingsError, match="no source 'voter'. Did you mean 'voters'"):
        settings.source("voter")


def test_broken_yaml_is_told_with_its_line(tmp_path):
    (tmp_path / "params.yaml").write_text("a: [1\nb: 2\n")
    with pytest.raises(SettingsError, match="not well-formed YAML near line 2"):
        load_settings(tmp_path)


AS_WRITTEN = ["yes", "no", "on", "off", "y", "Yes", "true", "null", "~", "01", "012", "1", "1.50",
              "1_000", "12:30", "0x1F", "1e3", "2026-03-14", "+44", ".5"]


@pytest.mark.parametrize("word", AS_WRITTEN)
@pytest.mark.parametrize("place", ["key", "code", "missing", "yes"])
def test_what_stands_for_texts_of_a_file_is_what_is_written(tmp_path, params, word, place):
    """YAML takes each of these for truth, nothing, a day, octal or sexagesimal numbers."""
    rule = {"key": f"{{from: c, codes: {{{word}: active}}}}",
            "code": f"{{constant: {word}}}", "missing": f"{{from: c, missing: [{word}]}}",
            "yes": f"{{from: c, yes: [{word}], no: [x]}}"}[place]
    write(tmp_path, {**params, "sources": {"v": {**SOURCE, "columns": {"status_code": "RULE"}}}})
    path = tmp_path / "params.yaml"
    path.write_text(path.read_text().replace("RULE", rule))
    read = load_settings(tmp_path).source("v").columns["status_code"]
    found = {"key": lambda: list(read["codes"]), "code": lambda: [read["constant"]],
             "missing": lambda: read["missing"], "yes": lambda: read["yes"]}[place]()
    assert found == [word]
    assert set(read) <= {"from", "codes", "constant", "missing", "yes", "no"}
    digest_of(read_params(tmp_path))


@pytest.mark.parametrize("codes", ["1: a, Y: b", "Y: b, null: a", "1: a, ~: b", "true: a, x: b",
                                   "01: a, x: b", "0x1F: a, x: b"])
def test_keys_that_dvc_cannot_order_are_refused_with_their_line(tmp_path, codes):
    (tmp_path / "params.yaml").write_text(f"a: 1\ncodes: {{{codes}}}\n")
    with pytest.raises(SettingsError, match="Line 2 .*Put all keys there in quotes"):
        load_settings(tmp_path)
    for fine in ("1: a, 2: b, 1.5: c", "'1': a, Y: b", "Y: a, yes: b, '01': c"):
        (tmp_path / "params.yaml").write_text(f"codes: {{{fine}}}\n")
        assert len(read_params(tmp_path)["codes"]) == fine.count(":")


def test_a_source_that_borrows_from_another_keeps_its_columns(tmp_path, params):
    write(tmp_path, {**params, "sources": {}})
    path = tmp_path / "params.yaml"
    path.write_text(path.read_text().replace("sources: {}", f"""
sources:
  a: &a {json.dumps({**SOURCE, "columns": {"status_code": "x"}})}
  b:
    <<: *a
    path: data/raw/b.csv
"""))
    settings = load_settings(tmp_path)
    assert settings.source("b").columns == {"status_code": "x"}


def test_days_and_truth_of_the_settings_themselves_are_read(tmp_path, params):
    written = {**SOURCE, "table": "suppressions", "may_be_empty": True, "columns": {"a": "b"}}
    source = load_settings(write(tmp_path, {**params, "sources": {"v": written}})).source("v")
    assert (source.expiry_date, source.may_be_empty) == (dt.date(2027, 12, 31), True)


def test_yaml_that_grows_without_bound_is_refused(tmp_path):
    (tmp_path / "params.yaml").write_text("a: " + "x" * 1_100_000)
    with pytest.raises(SettingsError, match="over a megabyte"):
        load_settings(tmp_path)


def test_the_root_is_found_from_a_folder_below(tmp_path, params):
    write(tmp_path, params)
    below = tmp_path / "notebooks"
    below.mkdir()
    assert find_root(below) == tmp_path.resolve()


def test_a_folder_without_params_is_told(tmp_path):
    with pytest.raises(SettingsError, match=r"no params\.yaml in this folder or above it"):
        find_root(tmp_path)


# Names of the sample that params.yaml gives, and what says so where no file knows them.
NAMES_OF_THE_SAMPLE = {
    "scores.our_party_code": "workbench.pages.voters.words.party_words",
    "scores.like_election_names": "workbench.pages.voters.words.election_words",
}


def leaves(value, key=""):
    """Texts of a nested mapping with the path of their key."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from leaves(below, f"{key}.{name}".strip("."))
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below, key)
    elif isinstance(value, str):
        yield key, value


def test_no_other_parameter_names_a_thing_of_the_sample():
    texts = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    ours = {key: value for key, value in texts.items() if key not in ("sources", "sample")}
    elections = {name for _, name, _ in ELECTIONS}
    sample = {*PARTY_CODES, *REGION_CODES, *ARMS, *APPEALS, *elections, COMMITTEE, CONDUIT}
    found = {key for key, value in leaves(ours) if value in sample}
    assert found == set(NAMES_OF_THE_SAMPLE)
    for told in NAMES_OF_THE_SAMPLE.values():
        module, _, name = told.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))
