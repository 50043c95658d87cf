"""How linking did on invented campaigns, whose truth is known: what a benchmark measured.

``benchmarks/linkage_truth.py --write`` makes measured.json; nothing of it is of this campaign.
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any

import pandas as pd

from workbench.disclosure import exempt

FILE = "measured.json"
# What decides who is who. Where one of these files changed, the figures are of former code.
DECIDING = (
    "blocking.py", "chance.py", "comparisons.py", "compiled.py", "em.py", "link.py",
    "model.py", "nicknames.txt", "posterior.py", "prepare.py", "reading.py", "records.py",
    "resolve.py", "score.py", "standardise.py",
)
SLIPS = {
    "first_typo": "a slip in the given name", "last_typo": "a slip in the family name",
    "initial": "an initial for the given name", "nickname": "a short form of the given name",
    "new_surname": "a new family name", "moved": "an old address",
    "wrong_phone": "a wrong telephone number", "reissued_number": "a number that was re-issued",
    "wrong_email": "a wrong e-mail address", "has_phone": "a telephone number",
    "has_email": "an e-mail address", "has_birth_date": "a date of birth",
}


def linking_code() -> str:
    """Return a hash of the code that decides who is who."""
    folder = files("workbench.people")
    digest = hashlib.sha256()
    for name in DECIDING:
        digest.update(name.encode() + b"\0" + folder.joinpath(name).read_bytes())
    return digest.hexdigest()[:16]


def measured_table() -> pd.DataFrame:
    """Return one row a source or a slip, the worst of each first.

    ``records_name`` tells which records, ``found_share`` how many of their true links to an
    entry of the register that share any evidence were found.
    """
    told = _measured()
    sources = [(f"of {name.removeprefix('voters-').replace('_', ' ')}", share)
               for name, share in told["by_source"].items()
               if name.startswith("voters-") and name != "voters-voters"]
    slips = [(f"with {SLIPS.get(name, name.replace('_', ' '))}", share)
             for name, share in told["by_dirt"].items()]
    rows = [*sorted(sources, key=lambda row: row[1]), *sorted(slips, key=lambda row: row[1])]
    frame = pd.DataFrame(rows, columns=["records_name", "found_share"])
    return exempt(frame, "measured on invented campaigns")


def measured_words() -> dict[str, str]:
    """Return the words of the table, with how right the links were that were made."""
    told = _measured()
    seeds = len(told["seeds"])
    is_old = told["linking_code"] != linking_code()
    changed = " The code that decides has changed since: measure again." if is_old else ""
    return {
        "title": f"On invented campaigns {min(told['precision']):.1%} of the links made were "
                 f"right, and {min(told['recall']):.1%} of the true ones were found",
        "subtitle": f"Above, the worst of {seeds} campaigns of {told['people']:,} people with "
                    "known truth; below, the mean share found of true links that share any "
                    "evidence, by source and by what is wrong or given in the record. Not this "
                    f"campaign's own files.{changed}",
    }


def _measured() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        files("workbench.pages.link").joinpath(FILE).read_text(encoding="utf-8"))
    return told
