"""A published version is built again to the byte, and whatever differs is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.mark.slow
def test_a_version_of_three_commits_ago_is_identical_in_a_fresh_clone_and_tampering_is_named():
    command = [sys.executable, str(REPOSITORY / "benchmarks" / "verify.py")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(shown.stdout.splitlines()[-1])
    assert found["identical"] is True
    assert found["files"] > 5
    assert found["n_named"] == found["n_tampered"] == 3
