"""params.yaml is read into frozen objects, and what it does not know is refused."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import yaml

from workbench.errors import SettingsError
from workbench.sample.asks import APPEALS, ARMS
from workbench.sample.facts import PARTY_CODES, REGION_CODES
from workbench.sample.ledger import COMMITTEE, CONDUIT
from workbench.sample.politics import ELECTIONS
from workbench.settings import find_root, load_settings

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
    "scores.our_party_code": "workbench.voters.scores.named.party_words",
    "scores.like_election_names": "workbench.voters.scores.named.election_words",
    "notebooks.offers.comparison_arms": "workbench.donors.offers.sentences._arms_told",
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
