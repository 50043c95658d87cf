"""Release a list: the suppressions of the moment applied again, today, and the file written."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from workbench.errors import ListRefused
from workbench.lists.drafts import leaving, purpose_of, read_draft
from workbench.lists.evidence import AGAIN, CURE, read_evidence
from workbench.lists.model import Tally
from workbench.lists.write import write_list
from workbench.settings import Settings

FOLDER = "lists"
REASON_WORDS = {
    "unknown_person": "not linked to a person", "deceased": "deceased", "objected": "objected",
    "do_not_contact": "asked not to be contacted", "opted_out": "opted out",
    "other": "suppressed for another reason",
    "objection_unread": "meant, perhaps, by an objection that could not be read in full",
    "moved": "moved away",
    "number_closed": "number or address closed by somebody",
    "no_usable_contact": "no number or address that can be used",
    "minor": "may be under age on polling day", "no_consent": "no consent that stands",
    "source_undeclared": "source not declared", "source_expired": "source expired",
    "use_not_permitted": "source not permitted for this use",
}


def release_list(
    settings: Settings, list_name: str, *, today: dt.date,
    forbidden_uses: Mapping[str, tuple[str, ...]],
) -> Tally:
    """Write lists/<list_name>.csv from its draft, through the gate; return the tally.

    ``today`` is the day that the clock shows; where the campaign's ``as_of`` is another, or
    a file behind the draft has changed since, nothing is written: a suppression may have
    begun, or arrived, in between. Raises ListRefused wherever the gate cannot decide, and
    says of an earlier file that it is not to be used.
    """
    with _told_of_earlier(settings.root / FOLDER / f"{list_name}.csv"):
        refuse_other_day(settings.campaign.as_of, today)
        read_draft(settings.root, list_name)
        refuse_stale(settings.root, list_name)
    return send_list(settings, list_name, forbidden_uses=forbidden_uses)


def send_list(
    settings: Settings, list_name: str, *, forbidden_uses: Mapping[str, tuple[str, ...]]
) -> Tally:
    """Write the list as of the campaign's day; what ``release_list`` does once it may."""
    with _told_of_earlier(settings.root / FOLDER / f"{list_name}.csv"):
        draft = read_draft(settings.root, list_name)
        evidence = read_evidence(settings, forbidden_uses=forbidden_uses)
    purpose = purpose_of(draft, list_name, settings.campaign)
    return write_list(leaving(draft), purpose, evidence, settings.root / FOLDER)


@contextmanager
def _told_of_earlier(path: Path) -> Iterator[None]:
    """Add to a refusal that nothing was written, and that an earlier file is not to be used."""
    try:
        yield
    except ListRefused as error:
        still = f" {path} is of an earlier run: do not use it." if path.exists() else ""
        raise ListRefused(f"{error} Nothing was written.{still}") from error


def on_day(settings: Settings, as_of: dt.date | None) -> Settings:
    """Return the settings as they look at the world on another day, where one is given."""
    return settings if as_of is None else replace(
        settings, campaign=replace(settings.campaign, as_of=as_of))


def refuse_other_day(as_of: dt.date, today: dt.date) -> None:
    """Refuse to judge a list that leaves today by the world of another day."""
    if as_of != today:
        raise ListRefused(
            f"campaign.as_of is {as_of}, and today is {today}. A list that leaves is judged "
            f"on the day it leaves: write as_of: \"{today}\" in params.yaml and run 'dvc "
            f"repro', or give --as-of {today} where the build is of today."
        )


def refuse_stale(root: Path, list_name: str) -> None:
    """Refuse where a file behind the draft changed after the draft was made.

    An objection that arrived an hour ago lies in data/raw and not yet in the suppressions, so
    DVC is asked whether the build is up to date.
    """
    target = f"data/lists/{list_name}.parquet"
    command = [sys.executable, "-m", "dvc", "status", "--json", "--with-deps", target]
    asked = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    changed = _changed_stages(asked.stdout) if asked.returncode == 0 else None
    if changed is None:
        cure = CURE.format(f"run 'dvc status {target}', which says why")
        raise ListRefused(f"DVC cannot tell whether {target} is up to date. {cure}")
    if changed:
        raise ListRefused(
            f"{target} is older than what it was made from: {len(changed)} stages are to run "
            f"again, among them '{changed[0]}'. {CURE.format(AGAIN)}"
        )


def tally_lines(tally: Tally, list_name: str) -> list[str]:
    """Return the tally in lines for the one who releases the list: exact, not for showing."""
    held = {reason: n for reason, n in tally.held_back.items() if n}
    lines = [f"{FOLDER}/{list_name}.csv: {tally.n_kept:,} of {tally.n_people_in:,} people; "
             f"{sum(held.values()):,} held back"]
    lines += [f"  {n:>7,}  {REASON_WORDS[reason]}" for reason, n in held.items()]
    if tally.n_age_unknown:
        lines.append(f"  {tally.n_age_unknown:,} of those on it are of unknown age")
    if tally.n_unlinked_suppressions:
        lines.append(f"  {tally.n_unlinked_suppressions:,} suppressions in force could not be "
                     "linked to a person; they hold by number, address and name")
    return [*lines, "  The tally is personal: keep it with the list."]


def _changed_stages(text: str) -> list[str] | None:
    try:
        return sorted(json.loads(text))
    except (ValueError, TypeError):
        return None
