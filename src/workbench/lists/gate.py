"""The gate: who may be on a list, and for what reason everybody else may not."""

from __future__ import annotations

import pandas as pd

from workbench.lists.checks import check_evidence, check_rows, given
from workbench.lists.model import REASONS, Evidence, Held, Purpose, Tally
from workbench.lists.objections import is_meant
from workbench.lists.permit import ages, has_no_usable_contact, lacks_consent, source_faults
from workbench.lists.suppress import count_unlinked, entries_in_force, suppressed
from workbench.tables import is_among


def hold_back(rows: pd.DataFrame, purpose: Purpose, evidence: Evidence) -> Held:
    """Return the rows that may leave, and the tally of the rest by their first reason.

    ``rows``: one row a person to contact, with ``person_id``, ``owner_id`` and
    ``source_names`` (separated by ';'), ``phone`` on a list of calls or texts, ``email`` on
    one of e-mails, and any other columns. A row without a person, or with one whom the
    evidence does not know, is held back: nobody leaves who cannot be checked. Raises
    ListRefused where the rows or the evidence are such that the gate cannot decide.
    """
    check_rows(rows, purpose)
    check_evidence(evidence, purpose)
    asked = rows.reset_index(drop=True)
    entries = entries_in_force(evidence, purpose)
    age = ages(asked, evidence.people, purpose)
    person_id = given(asked["person_id"])
    found = {
        "unknown_person": ~is_among(person_id, evidence.people["person_id"]),
        **suppressed(asked, entries, purpose),
        "objection_unread": is_meant(asked, evidence),
        "no_usable_contact": has_no_usable_contact(asked, purpose),
        "minor": age["is_minor"],
        "no_consent": lacks_consent(asked, evidence.consents, purpose),
        **source_faults(asked, evidence, purpose),
    }
    reason = _first_reason(found, asked.index)
    is_kept = ~pd.concat(found, axis="columns").any(axis="columns")
    n_held = {name: int((reason == name).sum()) for name in REASONS}
    tally = Tally(
        n_rows_in=len(asked), n_people_in=len(asked), n_kept=int(is_kept.sum()),
        held_back=n_held, n_age_unknown=int((is_kept & age["is_age_unknown"]).sum()),
        n_unlinked_suppressions=count_unlinked(entries),
    )
    return Held(asked[is_kept].reset_index(drop=True), tally)


def _first_reason(found: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    reason = pd.Series(None, index=index, dtype=object)
    for name in reversed(REASONS):
        reason[found[name]] = name
    return reason
