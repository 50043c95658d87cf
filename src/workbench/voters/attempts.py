"""Knocks and calls, and how many of them lead to a talk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from workbench.voters.contacts import CONVERSATIONS, door_of
from workbench.voters.ends import Ends, counted

FEWEST_ATTEMPTS = 200  # of a channel; with fewer the assumed rate stands


def attempts_made(contacts: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return one row a knock or a call, in order of day, channel and door.

    ``contacts``: as of ``contacts_made``, a row a person and attempt; ``people``: with their
    homes. All rows of one door on one day are one knock, however many people of the home are on
    the canvasser's sheet; it led to a talk (``is_reached``) where somebody there talked. A call
    is a row of its own. Also ``channel_code``, ``contact_date``, ``has_id`` (somebody said whose
    they are), ``n_voter_ids`` (how many did), and ``office_id`` and ``canvasser_id`` of the
    first row.
    """
    tried = contacts[contacts["channel_code"].isin(CONVERSATIONS)].reset_index(drop=True)
    homes = pd.Series(door_of(people).to_numpy(), index=people["person_id"])
    door = tried["person_id"].map(homes)
    alone = pd.Series([f"row {place:09d}" for place in tried.index], dtype="str")
    unit = door.where((tried["channel_code"] == "door") & door.notna(), alone).astype("str")
    by = tried.assign(unit_id=unit).groupby(["contact_date", "channel_code", "unit_id"],
                                            sort=True)
    return by.agg(is_reached=("is_reached", "any"), has_id=("has_id", "any"),
                  n_voter_ids=("has_id", "sum"), office_id=("office_id", "first"),
                  canvasser_id=("canvasser_id", "first")).reset_index()


def talk_rates(
    attempts: pd.DataFrame, otherwise: Mapping[str, Ends], *, as_of: dt.date, since_days: int
) -> dict[str, Ends]:
    """Return by channel the share of knocks or calls that lead to a talk.

    ``attempts``: as of ``attempts_made``; those of the ``since_days`` up to ``as_of`` count.
    ``otherwise`` stands where fewer than FEWEST_ATTEMPTS are on file, and where every one of
    them is a talk: then the others were not written down.
    """
    recent = within(attempts, as_of, since_days)
    found = {}
    for channel, stated in otherwise.items():
        made = recent.loc[recent["channel_code"] == channel, "is_reached"]
        is_counted = len(made) >= FEWEST_ATTEMPTS and not made.all()
        found[channel] = counted(int(made.sum()), len(made)) if is_counted else stated
    return found


def within(contacts: pd.DataFrame, as_of: dt.date, since_days: int) -> pd.DataFrame:
    """Return the contacts or attempts of the ``since_days`` up to ``as_of``."""
    day = pd.Timestamp(as_of)
    since = day - pd.Timedelta(days=since_days)
    return contacts[(contacts["contact_date"] > since) & (contacts["contact_date"] <= day)]
