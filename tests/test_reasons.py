"""Reasons of suppressions: declared once, so that one that is added holds everywhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.tables.objections import SUPPRESSION_REASONS

REPOSITORY = Path(__file__).parents[1]
ADDED = """
import sys
sys.path.insert(0, "tests")
from test_lists import evidence, purpose, reason_of, suppression
from workbench.lists.release import REASON_WORDS
from workbench.tables import table_named

stop = suppression(person_id="p0", reason_code="threatened")
channels = ("door", "phone", "post", "text", "email")
print([reason_of({}, purpose(channel), evidence(stop)) for channel in channels])
print(REASON_WORDS["threatened"])
print("threatened" in table_named("suppressions").column("reason_code").values)
"""


def test_a_reason_that_is_added_in_its_one_place_holds_on_every_channel(tmp_path):
    shutil.copytree(REPOSITORY / "src", tmp_path / "src")
    declared = tmp_path / "src/workbench/tables/objections.py"
    text = declared.read_text(encoding="utf-8")
    before = '    Reason("other",'
    assert text.count(before) == 1
    declared.write_text(text.replace(
        before, f'    Reason("threatened", "was threatened"),\n{before}'), encoding="utf-8")
    env = os.environ | {"PYTHONPATH": str(tmp_path / "src")}
    done = subprocess.run([sys.executable, "-c", ADDED], cwd=REPOSITORY, env=env,
                          capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[:3] == [
        str(["threatened"] * 5), "was threatened", "True"], done.stderr[-2000:]


def test_no_other_place_lists_the_reasons():
    """Two of them in one line of code are a list of reasons that could be forgotten."""
    found = []
    for path in sorted((REPOSITORY / "src").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        named = re.findall(r'[("\s]("(?:objected|opted_out|do_not_contact)")', text)
        if len(set(named)) > 1 and path.name not in ("objections.py", "calling.py"):
            found.append(path.name)
    assert found == []


@pytest.mark.parametrize("code", sorted(SUPPRESSION_REASONS))
def test_the_pages_tell_every_reason_and_what_one_does_that_is_not_like_the_others(code):
    reason = SUPPRESSION_REASONS[code]
    is_special = bool(reason.closes) or reason.is_of_place or reason.frees_number
    page = "lists.md" if is_special else "data-dictionary.md"
    assert f"`{code}`" in (REPOSITORY / "docs" / page).read_text(encoding="utf-8")
