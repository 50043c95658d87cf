"""A key of the tests' own, outside every campaign: the public one is for the sample alone."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

NAME = "tests"
SECRET = b"A key that tests write themselves; it hides nobody."
FINGERPRINT = hashlib.sha256(b"fingerprint:" + SECRET).hexdigest()[:12]


def own_key(params: str) -> str:
    """Return the text of a params.yaml with the tests' key in the place of the public one."""
    for public, own in (("public_sample", NAME), ("6f2b940bdb97", FINGERPRINT)):
        assert public in params
        params = params.replace(public, own)
    return params


def _place_key() -> None:
    folder = Path(tempfile.mkdtemp(prefix="keys-"))
    (folder / f"{NAME}.key").write_bytes(SECRET)
    os.environ["WORKBENCH_KEYS"] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


_place_key()
