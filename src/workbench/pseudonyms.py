"""Pseudonyms: hashes with a secret key that lies outside the repository."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from workbench.errors import SettingsError
from workbench.settings import Linkage, Settings

PUBLIC_SAMPLE = "public_sample"
SAMPLE_FOLDER = "data/raw/sample"
_PUBLIC_SAMPLE_KEY = b"The key of the made-up sample campaign; it keeps no secret."
KEYS_FOLDER = "WORKBENCH_KEYS"
N_FINGERPRINT, N_HASH, LEAST_BYTES = 12, 32, 32
_BLOCK = 64


def read_key(linkage: Linkage) -> bytes:
    """Return the key that params.yaml names; SettingsError where it is not there or another."""
    key = _PUBLIC_SAMPLE_KEY if linkage.key_name == PUBLIC_SAMPLE else _stored(linkage.key_name)
    found = fingerprint(key)
    if found != linkage.key_fingerprint:
        raise SettingsError(
            f"The key '{linkage.key_name}' has the fingerprint {found}, and "
            f"linkage.key_fingerprint in params.yaml is '{linkage.key_fingerprint}'. With another "
            "key every person_id changes: find the right key, or write the new fingerprint there."
        )
    return key


def refuse_public_key(settings: Settings) -> None:
    """SettingsError where the sample's key, which anybody can read, would hide real people."""
    if told := public_key_words(settings):
        raise SettingsError(told)


def public_key_words(settings: Settings) -> str:
    """Return what is wrong where sources are not the sample's and the key is; '' elsewhere."""
    linkage, public = settings.linkage, fingerprint(_PUBLIC_SAMPLE_KEY)
    own = sorted(source.name for source in settings.sources.values()
                 if not PurePosixPath(source.path).is_relative_to(SAMPLE_FOLDER))
    if not own or (linkage.key_name != PUBLIC_SAMPLE and linkage.key_fingerprint != public):
        return ""
    name = _name_for(settings.campaign.name)
    return (
        f"{len(own)} of {len(settings.sources)} sources are files of your own ({own[0]} first), "
        f"and linkage.key_name in params.yaml is '{linkage.key_name}': the sample's key, which "
        "anybody can read, so that the telephone numbers behind ids and erased people can be "
        f"found in seconds. Run 'workbench key {name}', and write key_name: {name} and the "
        "key_fingerprint that it prints under linkage in params.yaml."
    )


def _name_for(campaign_name: str) -> str:
    """Return what a campaign's key may be called.

    >>> _name_for("Harbour Alliance 2026!")
    'harbour_alliance_2026'
    """
    name = re.sub(r"[^a-z0-9]+", "_", campaign_name.lower()).strip("_")[:40]
    return name if name[:1].isalpha() and name != PUBLIC_SAMPLE else "campaign"


def make_key(name: str) -> str:
    """Make a secret key of that name where there is none; return its fingerprint."""
    path = key_path(name)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_hex(LEAST_BYTES).encode())
    return fingerprint(_stored(name))


def key_path(name: str) -> Path:
    """Return where the key of that name lies, outside every campaign's folder."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) or name == PUBLIC_SAMPLE:
        raise SettingsError(
            f"'{name[:40]}' cannot name a key of your own. Use lower-case letters, digits and '_'."
        )
    folder = os.environ.get(KEYS_FOLDER) or Path.home() / ".config" / "workbench"
    return Path(folder) / f"{name}.key"


def fingerprint(key: bytes) -> str:
    """Return what tells one key from another and gives neither away."""
    return hashlib.sha256(b"fingerprint:" + key).hexdigest()[:N_FINGERPRINT]


def keyed_hash(key: bytes, text: str) -> str:
    """Return the first half of the HMAC-SHA-256 of a text, as 32 hexadecimal digits."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:N_HASH]


def keyed_hashes(key: bytes, texts: Iterable[str]) -> list[str]:
    """Return ``keyed_hash`` of every text, three times as fast for many.

    >>> keyed_hashes(b"secret", ["Ann"]) == [keyed_hash(b"secret", "Ann")]
    True
    """
    inner, outer = (hashlib.sha256(part) for part in _pads(key))
    hashes = []
    for text in texts:
        first, second = inner.copy(), outer.copy()
        first.update(text.encode())
        second.update(first.digest())
        hashes.append(second.hexdigest()[:N_HASH])
    return hashes


def keyed_hash_sql(key: bytes, expression: str) -> str:
    """Return SQL that gives the same as ``keyed_hash`` of a text expression; NULL of NULL.

    >>> "sha256" in keyed_hash_sql(b"secret", "name")
    True
    """
    inner, outer = (_blob(part) for part in _pads(key))
    text = f"encode({expression})"
    return f"left(sha256({outer} || unhex(sha256({inner} || {text}))), {N_HASH})"


def _pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the key as HMAC sets it before the text, and before the hash of that."""
    padded = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)


def _blob(content: bytes) -> str:
    return "'" + "".join(f"\\x{byte:02X}" for byte in content) + "'::BLOB"


def _stored(name: str) -> bytes:
    path = key_path(name)
    if not path.is_file():
        raise SettingsError(
            f"The key '{name}' is not on this machine ({path.name} in {KEYS_FOLDER} or in "
            f"~/.config/workbench). Copy it from a colleague's machine; only a new campaign "
            f"makes one, with 'workbench key {name}'."
        )
    key = path.read_bytes().strip()
    if len(key) < LEAST_BYTES:
        raise SettingsError(
            f"The key '{name}' is shorter than {LEAST_BYTES} bytes. Copy it again.")
    return key
