"""Release a list: the suppressions of the moment applied again, today, and the file written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from workbench.lists.drafts import leaving, purpose_of, read_draft
from workbench.lists.evidence import read_evidence
from workbench.lists.fresh import refuse_other_day, refuse_stale
from workbench.lists.model import Tally
from workbench.lists.write import told_of_earlier, write_list
from workbench.pseudonyms import refuse_public_key
from workbench.settings import Settings
from workbench.tables.objections import SUPPRESSION_REASONS

FOLDER = "lists"
REASON_WORDS = {
    "unknown_person": "not linked to a person",
    **{code: reason.words for code, reason in SUPPRESSION_REASONS.items()},
    "objection_unread": "meant, perhaps, by an objection that could not be read in full",
    "number_closed": "number or address closed by somebody",
    "no_usable_contact": "no number or address that can be used",
    "minor": "may be under age on polling day", "no_consent": "no consent that stands",
    "source_undeclared": "source not declared", "source_expired": "source expired",
    "use_not_permitted": "source not permitted for this use",
}


def release_list(
    settings: Settings, list_name: str, *, today: dt.date,
    forbidden_uses: Mapping[str, tuple[str, ...]], as_of: dt.date | None = None,
) -> Tally:
    """Write lists/<list_name>.csv from its draft, through the gate; return the tally.

    ``today`` is the day that the clock shows, ``as_of`` the one on which the list is said to
    leave, the campaign's where none is given. Where that is not today, the build is older than
    a day, polling day has passed, or a file behind the draft has changed since, nothing is
    written: a suppression may have begun, or arrived, in between. Raises ListRefused wherever
    the gate cannot decide, and says of an earlier file that it is not to be used.
    """
    refuse_public_key(settings)
    with told_of_earlier(settings.root / FOLDER / f"{list_name}.csv"):
        refuse_other_day(settings.campaign, today, as_of=as_of)
        read_draft(settings.root, list_name)
        refuse_stale(settings, list_name)
    settings = on_day(settings, as_of)
    return send_list(settings, list_name, forbidden_uses=forbidden_uses)


def send_list(
    settings: Settings, list_name: str, *, forbidden_uses: Mapping[str, tuple[str, ...]]
) -> Tally:
    """Write the list as of the campaign's day; what ``release_list`` does once it may."""
    with told_of_earlier(settings.root / FOLDER / f"{list_name}.csv"):
        draft = read_draft(settings.root, list_name)
        evidence = read_evidence(settings, forbidden_uses=forbidden_uses)
    purpose = purpose_of(draft, list_name, settings.campaign)
    return write_list(leaving(draft), purpose, evidence, settings.root / FOLDER)


def on_day(settings: Settings, as_of: dt.date | None) -> Settings:
    """Return the settings as they look at the world on another day, where one is given."""
    return settings if as_of is None else replace(
        settings, campaign=replace(settings.campaign, as_of=as_of))


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
