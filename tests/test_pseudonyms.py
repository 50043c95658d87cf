"""Pseudonyms: the same in Python and in SQL, with a key that nobody finds in the repository."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import duckdb
import pytest
from made_briefs import made_settings

from workbench.errors import SettingsError
from workbench.pseudonyms import (
    fingerprint,
    key_path,
    keyed_hash,
    keyed_hash_sql,
    keyed_hashes,
    make_key,
    read_key,
)


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
