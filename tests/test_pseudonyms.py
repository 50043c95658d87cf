"""Pseudonyms: the same in Python and in SQL, with a key that nobody finds in the repository."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from made_briefs import made_settings

from workbench.anyfiles.people import link_to_people
from workbench.anyfiles.run import Asked
from workbench.builds.whole import build_all
from workbench.cli import main
from workbench.erase import erase
from workbench.errors import SettingsError
from workbench.lists import release_list
from workbench.pseudonyms import (
    fingerprint,
    key_path,
    keyed_hash,
    keyed_hash_sql,
    keyed_hashes,
    make_key,
    read_key,
    refuse_public_key,
)
from workbench.releases.publish import publish
from workbench.sealing import seal_brief
from workbench.settings import Source
from workbench.spine import accept_registry


@pytest.mark.parametrize("key", [b"k", b"x" * 100, b"\xff'\\ab"])
@pytest.mark.parametrize("text", ["Ann", "", "Ünï 'x'"])
def test_a_pseudonym_is_an_hmac_in_python_and_in_sql(key, text):
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
    found = duckdb.execute(
        f"SELECT {keyed_hash_sql(key, 'x')} FROM (SELECT ? AS x)", [text]).fetchall()[0][0]
    assert keyed_hash(key, text) == found == expected
    assert keyed_hashes(key, [text, "other"]) == [expected, keyed_hash(key, "other")]


def test_a_key_is_made_once_readable_by_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEYS", str(tmp_path / "keys"))
    first = make_key("harbour")
    assert make_key("harbour") == first
    assert key_path("harbour").stat().st_mode & 0o777 == 0o600
    linkage = replace(made_settings().linkage, key_name="harbour", key_fingerprint=first)
    assert fingerprint(read_key(linkage)) == first


def test_another_key_than_the_campaigns_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEYS", str(tmp_path))
    make_key("harbour")
    linkage = replace(made_settings().linkage, key_name="harbour", key_fingerprint="0" * 12)
    with pytest.raises(SettingsError, match="every person_id changes"):
        read_key(linkage)


def test_a_key_that_is_not_here_or_cannot_be_one_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEYS", str(tmp_path))
    with pytest.raises(SettingsError, match="workbench key harbour"):
        read_key(replace(made_settings().linkage, key_name="harbour"))
    (tmp_path / "short.key").write_bytes(b"abc")
    with pytest.raises(SettingsError, match="shorter than 32 bytes"):
        read_key(replace(made_settings().linkage, key_name="short"))
    with pytest.raises(SettingsError, match="cannot name a key"):
        key_path("../elsewhere")


def with_files(*paths, campaign_name="Harbour Alliance", **linkage):
    """Settings of a campaign whose sources lie at these paths, with the sample's key."""
    settings = made_settings(name=campaign_name)
    day = settings.campaign.as_of
    sources = {f"s{n}": Source(f"s{n}", path, "voters", "law", day)
               for n, path in enumerate(paths)}
    public = {"key_name": "public_sample", "key_fingerprint": "6f2b940bdb97", **linkage}
    return replace(settings, sources=sources, linkage=replace(settings.linkage, **public))


@pytest.mark.parametrize("path", ["data/raw/voters.txt", "data/raw/sample_2/voters.txt",
                                  "data/raw/Sample/voters.txt", "data/voters.txt"])
def test_the_public_key_is_for_files_of_the_sample_alone(path):
    with pytest.raises(SettingsError, match="1 of 2 sources .* 'workbench key harbour_alliance'"):
        refuse_public_key(with_files("data/raw/sample/voters.txt", path))


def test_the_public_key_under_another_name_is_the_public_key():
    with pytest.raises(SettingsError, match="anybody can read"):
        refuse_public_key(with_files("data/raw/voters.txt", key_name="mine"))


@pytest.mark.parametrize("settings", [
    with_files("data/raw/sample/voters.txt", "./data/raw/sample/a.csv"), with_files(),
    with_files("data/raw/voters.txt", key_name="own", key_fingerprint="0" * 12),
])
def test_the_sample_and_a_campaign_with_a_key_of_its_own_may_go_on(settings):
    refuse_public_key(settings)


@pytest.mark.parametrize("name", ["2026", "Ωmega", "public sample", "A" * 80])
def test_the_command_that_is_named_makes_a_key(tmp_path, monkeypatch, name):
    monkeypatch.setenv("WORKBENCH_KEYS", str(tmp_path))
    with pytest.raises(SettingsError) as told:
        refuse_public_key(with_files("data/raw/voters.txt", campaign_name=name))
    command = str(told.value).split("'workbench key ")[1].split("'")[0]
    make_key(command)


CASES = {
    "build": lambda one: build_all(one, tell=print),
    "publish": lambda one: publish(one, "note"),
    "erase": lambda one: erase(one, ["P1"], erased_date=one.campaign.as_of),
    "lists release": lambda one: release_list(one, "office", today=one.campaign.as_of,
                                              forbidden_uses={}),
    "people accept": accept_registry,
    "link --people": lambda one: link_to_people(Asked([], None, Path("out.csv")), settings=one,
                                                tell=print),
    "seal": lambda one: seal_brief(one, "donors", ["Ann"]),
}


@pytest.mark.parametrize("action", CASES)
def test_nothing_is_built_or_leaves_with_the_public_key_on_own_files(action):
    with pytest.raises(SettingsError, match="workbench key harbour_alliance"):
        CASES[action](with_files("data/raw/voters.txt"))


def test_plain_dvc_repro_is_warned(monkeypatch, tmp_path, capsys):
    settings = with_files("data/raw/voters.txt")
    monkeypatch.setattr("workbench.settings.load_settings", lambda: settings)
    monkeypatch.setattr("workbench.intake.gather", lambda _: pd.DataFrame({"n_erased": []}))
    monkeypatch.setattr("workbench.spine.make_people", lambda _: None)
    for command in ("gather", "spine"):
        assert main([command]) == 0
        assert "WARNING: 1 of 1 sources" in capsys.readouterr().err
