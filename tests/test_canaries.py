"""A thousand people of the raw files are looked for in all that a whole build leaves to be read.

WORKBENCH_REPORTS names the reports of a built campaign, beside which its other folders lie;
WORKBENCH_LOG, if it is given, what the build printed.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from workbench.tables import read_table

pytestmark = pytest.mark.skipif("WORKBENCH_REPORTS" not in os.environ,
                                reason="WORKBENCH_REPORTS names no build")
N_PEOPLE = 1000
# Where text lies that people read or pass on, and what git keeps.
READ = ("reports", "data/appendix", "data/executed", "data/quality", "data/gathered.json",
        "data/people/quality.json", "data/received", "data/before", "data/shown", "data/code",
        "dvc.lock")
FIELDS = ("email", "phone", "voter_id")
TABLES = ("voters", "donations", "consumer", "mobile_contacts", "social_users", "polls")
ONLY_DIGITS = re.compile(r"[ ().+\-\u00a0\u2013]")


@pytest.fixture(scope="module")
def root() -> Path:
    return Path(os.environ["WORKBENCH_REPORTS"]).resolve().parent


@pytest.fixture(scope="module")
def canaries(root: Path) -> dict[str, list[str]]:
    """What names a person, by kind, from every table that has it: N_PEOPLE rows of each table."""
    found: dict[str, list[str]] = {name: [] for name in (*FIELDS, "name", "postcode", "address")}
    for table in TABLES:
        rows = read_table(root / "data" / "accepted" / f"{table}.parquet")
        rows = rows.sample(min(N_PEOPLE, len(rows)), random_state=1)
        for kind in FIELDS:
            found[kind] += list(texts(rows, kind))
        found["name"] += list(joined(rows, "first_name", "last_name"))
        found["postcode"] += [code for code in texts(rows, "postcode") if len(code) > 4]
        found["address"] += list(texts(rows, "address_line"))
    return found


def texts(rows: pd.DataFrame, column: str) -> Iterator[str]:
    if column in rows:
        yield from (str(value) for value in rows[column].dropna() if len(str(value)) > 4)


def joined(rows: pd.DataFrame, *columns: str) -> Iterator[str]:
    if set(columns) <= set(rows):
        parts = rows[list(columns)].dropna().astype("str")
        yield from parts.agg(" ".join, axis="columns")


def read_texts(root: Path) -> Iterator[tuple[str, str]]:
    for place in READ:
        path = root / place
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix != ".parquet":
                yield (file.relative_to(root).as_posix(),
                       file.read_text(encoding="utf-8", errors="replace"))
    if log := os.environ.get("WORKBENCH_LOG"):
        yield "log", Path(log).read_text(encoding="utf-8", errors="replace")
    shown = subprocess.run(["git", "log", "-p", "-1", "--no-color"], cwd=root, text=True,
                           capture_output=True, check=True, errors="replace")
    yield "git", shown.stdout


def test_there_are_a_thousand_canaries_and_some_of_each_kind(canaries):
    n_of_kind = {kind: len(set(found)) for kind, found in canaries.items()}
    assert min(n_of_kind.values()) > 20
    assert sum(n_of_kind.values()) >= N_PEOPLE


def test_a_canary_that_was_put_into_a_page_is_heard(canaries):
    page = f"<td>{canaries['name'][0].title()}</td>, call {canaries['phone'][0]}."
    assert set(songs(page, canaries)) >= {"name", "phone"}


def test_no_canary_sings_in_anything_that_is_read_or_passed_on(root, canaries):
    heard, n_files = [], 0
    for name, text in read_texts(root):
        n_files += 1
        heard += [(name, kind) for kind in songs(text, canaries)]
    assert n_files > 40
    assert heard == []


def songs(text: str, canaries: dict[str, list[str]]) -> Iterator[str]:
    """Yield the kind of every canary in a text: whole words, numbers however they are spaced."""
    spoken = f" {plain(text)} "
    words = set(re.findall(r"[\w@.+\-]+", text.lower()))
    digits = ONLY_DIGITS.sub("", text)
    for kind, values in canaries.items():
        for value in sorted(set(values)):
            if kind == "phone":
                is_there = ONLY_DIGITS.sub("", value)[-10:] in digits
            elif kind in ("name", "address"):
                is_there = f" {plain(value)} " in spoken
            else:
                is_there = value.lower() in words
            if is_there:
                yield kind


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
