"""Which rows a suppression holds back, by person, by number or address, and by name."""

from __future__ import annotations

import pandas as pd

from workbench.lists.checks import CONTACT_OF_CHANNEL, days, given
from workbench.lists.keys import (
    contact_keys,
    email_key,
    given_name_key,
    keyed,
    name_key,
    postcode_key,
    voter_key,
)
from workbench.lists.model import Evidence, Purpose
from workbench.tables import is_among
from workbench.tables.codes import ALL, CHANNELS, codes_that
from workbench.tables.objections import (
    SUPPRESSION_REASONS,
    UNGIVEN,
    codes_that_close,
)
from workbench.telephone import closed_keys, is_same_number

CONTACTS = ("phone", "email")
NAME_COLUMNS = ["first_name", "last_name", "postcode"]


def entries_in_force(evidence: Evidence, purpose: Purpose) -> pd.DataFrame:
    """Return the entries that hold on the day and close the channel.

    An entry without a start date holds, one without a scope closes every channel, and one
    without a reason counts as ``other``. ``objections.Reason`` tells what a reason closes
    besides the scope. A person whom the evidence does not know is none: such an entry counts
    as unlinked.
    """
    suppressions = evidence.suppressions
    is_known = is_among(suppressions["person_id"], given(evidence.people["person_id"]))
    entries = suppressions.assign(
        person_id=suppressions["person_id"].where(is_known, None),
        voter_id=given(suppressions["voter_id"]),
        reason_code=suppressions["reason_code"].fillna(UNGIVEN),
    )
    scope = suppressions["scope_code"].fillna(ALL)
    start = days(suppressions, "start_date", "the suppressions")
    has_begun = start.isna() | (start <= pd.Timestamp(purpose.as_of))
    is_of_place = entries["reason_code"].isin(codes_that(SUPPRESSION_REASONS, "is_of_place"))
    is_closed = scope.isin(CHANNELS[purpose.channel_code].scopes) & ~(is_of_place & (scope == ALL))
    is_closed |= entries["reason_code"].isin(codes_that_close(purpose.channel_code))
    return entries[has_begun & is_closed]


def suppressed(
    rows: pd.DataFrame, entries: pd.DataFrame, purpose: Purpose
) -> dict[str, pd.Series]:
    """Return for each reason whether an entry in force holds the row back under it.

    The keys are SUPPRESSION_REASONS and ``number_closed``.
    """
    loose = entries[entries["person_id"].isna()]
    named = _named(loose) if len(loose) else None
    asked = _named(rows) if len(loose) and set(NAME_COLUMNS) <= set(rows.columns) else None
    found = {}
    for reason in SUPPRESSION_REASONS:
        is_named = _is_known(rows, entries[entries["reason_code"] == reason])
        if asked is not None and named is not None:
            is_named |= _is_namesake(asked, named[loose["reason_code"] == reason])
        found[reason] = is_named
    found["number_closed"] = _has_closed_number(rows, entries, purpose)
    return found


def count_unlinked(entries: pd.DataFrame) -> int:
    """Return how many entries name somebody who could not be linked to a person."""
    names_somebody = entries["voter_id"].notna() | given(entries["last_name"]).notna()
    return int((entries["person_id"].isna() & names_somebody).sum())


def _is_known(rows: pd.DataFrame, entries: pd.DataFrame) -> pd.Series:
    """By person; an entry without one by the elector's number."""
    is_known = is_among(rows["person_id"], entries["person_id"])
    if "voter_id" in rows.columns:
        loose = entries.loc[entries["person_id"].isna(), "voter_id"]
        is_known |= is_among(keyed(rows["voter_id"], voter_key), keyed(loose, voter_key).dropna())
    return is_known


def _is_namesake(asked: pd.DataFrame, named: pd.DataFrame) -> pd.Series:
    """Same names and postcode; the names alone where either side has no postcode."""
    is_same_name = is_among(asked["name"], named["name"])
    is_same_place = is_among(asked["name_there"], named["name_there"])
    is_placeless = is_among(asked["name"], named.loc[named["postcode"].isna(), "name"])
    return is_same_place | is_placeless | (is_same_name & asked["postcode"].isna())


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The keys by which namesakes are found: the name, the postcode, and both together."""
    first = keyed(rows["first_name"], given_name_key)
    name = first + " " + keyed(rows["last_name"], name_key)
    postcode = keyed(rows["postcode"], postcode_key)
    return pd.DataFrame({"name": name, "postcode": postcode,
                         "name_there": name + "|" + postcode})


def _has_closed_number(
    rows: pd.DataFrame, entries: pd.DataFrame, purpose: Purpose
) -> pd.Series:
    """Whoever has the number: a household's telephone is closed to all of it.

    An entry without a person holds by its number or address on every channel that it closes,
    since nothing else tells whom it means. One with a person closes the number only to calls
    and texts (the address only to e-mail), and not because its owner died or moved away.
    """
    has_closed = pd.Series(False, index=rows.index)
    is_loose = entries["person_id"].isna()
    is_bare = entries["voter_id"].isna() & given(entries["last_name"]).isna()
    frees = codes_that(SUPPRESSION_REASONS, "frees_number")
    closes_number = is_bare | ~entries["reason_code"].isin(frees)
    for contact in CONTACTS:
        if contact not in rows.columns:
            continue
        is_of_channel = CONTACT_OF_CHANNEL.get(purpose.channel_code) == contact
        closing = entries[is_loose | (closes_number & is_of_channel)]
        asked = contact_keys(rows[contact], contact, purpose.country_code)
        if contact == "phone":
            closed = closed_keys(closing[contact], purpose.country_code)
            has_closed |= is_same_number(asked, closed)
        else:
            has_closed |= is_among(asked, keyed(closing[contact], email_key))
    return has_closed
