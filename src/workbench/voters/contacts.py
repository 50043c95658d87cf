"""Contacts made so far: who was reached how often, by what channel, and behind which door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from workbench.silence import ended_on, ended_words
from workbench.tables.codes import CHANNELS, codes_that

REACHED = "canvassed"
CONVERSATIONS, MESSAGES = codes_that(CHANNELS, "is_talk"), codes_that(CHANNELS, "is_message")
DOES_NOT_WANT = ("do_not_contact", "deceased", "moved")
COLUMNS = ["person_id", "channel_code", "contact_date", "is_reached", "has_id", "result_code",
           "canvasser_id", "office_id"]


def door_of(people: pd.DataFrame) -> pd.Series:
    """Return the key of the door: the household, or the person where none is known."""
    return people["household_id"].fillna("P:" + people["person_id"].astype("str"))


def contacts_made(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row an attempt to reach a person who could be linked, from the canvass.

    ``tables``: canvass and crosswalk. ``is_reached``: they talked; ``has_id``: and said whose
    they are. Attempts that could not be linked to a person are in it with no ``person_id``.
    """
    canvass = tables["canvass"]
    keys = ["source_name", "source_row"]
    known = tables["crosswalk"][[*keys, "person_id"]]
    rows = canvass.merge(known, how="left", on=keys, validate="one_to_one")
    rows = rows.assign(is_reached=rows["result_code"] == REACHED,
                       has_id=rows["voter_id_code"].notna())
    return rows[COLUMNS].sort_values(["contact_date", "person_id", "channel_code"],
                                     kind="stable", ignore_index=True)


def messages_sent(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a letter, text or e-mail of an appeal to a linked person.

    ``tables``: appeals_sent and crosswalk; columns as of ``contacts_made``. Whoever is in the
    arm ``control`` of a test got none. Nobody knows whether a message was read.
    """
    sent = tables["appeals_sent"]
    sent = sent[sent["channel_code"].isin(MESSAGES) & (sent["arm_code"] != "control").fillna(True)]
    keys = ["source_name", "source_row"]
    rows = sent[[*keys, "channel_code", "sent_date"]].merge(
        tables["crosswalk"][[*keys, "person_id"]], how="inner", on=keys, validate="one_to_one")
    rows = rows.rename(columns={"sent_date": "contact_date"})
    return rows.assign(is_reached=True, has_id=False).reindex(columns=COLUMNS)


def identified(contacts: pd.DataFrame, *, as_of: dt.date, valid_days: int) -> set[str]:
    """Return people who said whose they are within ``valid_days`` before ``as_of``."""
    since = pd.Timestamp(as_of) - pd.Timedelta(days=valid_days)
    told = contacts[contacts["has_id"] & (contacts["contact_date"] >= since)]
    return set(told["person_id"].dropna())


def contact_counts(
    people: pd.DataFrame, contacts: pd.DataFrame, *, as_of: dt.date, since_days: int
) -> pd.DataFrame:
    """Return the people with ``n_<channel>`` and ``n_contacts`` of the ``since_days``.

    Only what reached the person up to ``as_of``. ``n_contacts`` are conversations, at the door
    or by phone; a message that was sent is none.
    """
    first = pd.Timestamp(as_of) - pd.Timedelta(days=since_days)
    made = contacts[contacts["is_reached"] & (contacts["contact_date"] >= first)
                    & (contacts["contact_date"] <= pd.Timestamp(as_of))]
    counts = pd.crosstab(made["person_id"], made["channel_code"])
    counts = counts.reindex(columns=[*CONVERSATIONS, *MESSAGES], fill_value=0)
    counts = counts.add_prefix("n_").assign(
        n_contacts=counts[list(CONVERSATIONS)].sum(axis=1))
    theirs = counts.reindex(people["person_id"], fill_value=0).astype("int64")  # of nobody too
    return people.assign(**{name: theirs[name].to_numpy() for name in theirs.columns})


def talks_end(contacts: pd.DataFrame, *, as_of: dt.date, since_days: int) -> dt.date | None:
    """Return the last day of knocks and calls where no file has any of the ``since_days``.

    Then nobody knows who was talked with in them; None where some file does, or none has ever.
    """
    tried = contacts[contacts["channel_code"].isin(CONVERSATIONS)]
    last = ended_on(tried["contact_date"], as_of)
    return last if last and (as_of - last).days > since_days else None


def talks_words(contacts: pd.DataFrame, *, as_of: dt.date, since_days: int) -> str:
    """Return the sentence that the canvass ended before the ``since_days``, or nothing."""
    last = talks_end(contacts, as_of=as_of, since_days=since_days)
    return "" if last is None else ended_words("Knocks and calls on file", last, as_of)


def quiet_canvassers(
    contacts: pd.DataFrame, *, as_of: dt.date, quiet_days: int, active_days: int
) -> pd.DataFrame:
    """Return canvassers who entered data and then stopped; one row each.

    Quiet: no entry in the last ``quiet_days``, though there was one in the ``active_days``
    before. Columns: ``canvasser_id``, ``office_id`` of the last entry, ``last_entry_date``,
    ``n_entries`` in all. Canvassers are people: the rows are for their organiser alone.
    """
    day = pd.Timestamp(as_of)
    rows = contacts[contacts["canvasser_id"].notna() & (contacts["contact_date"] <= day)]
    rows = rows.sort_values("contact_date", kind="stable")
    by_person = rows.groupby("canvasser_id", sort=True)
    last = by_person.agg(office_id=("office_id", "last"), last_entry_date=("contact_date", "max"),
                         n_entries=("contact_date", "size")).reset_index()
    silence = (day - last["last_entry_date"]).dt.days
    is_quiet = (silence > quiet_days) & (silence <= quiet_days + active_days)
    return last[is_quiet].reset_index(drop=True)
