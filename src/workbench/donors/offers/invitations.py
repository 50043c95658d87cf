"""Whom to invite: everybody of a segment who has not answered yet, the likeliest first."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from workbench.donors.offers.cells import Rule
from workbench.donors.offers.estimate import accept_probabilities
from workbench.donors.offers.search import Search, members
from workbench.donors.offers.traits import age_bands, past_giving

LIST_NAME, USE_CODE = "invitations", "fundraise"
DETAILS = ["voter_id", "first_name", "middle_name", "last_name", "name_suffix", "address_line",
           "town_name", "region_code", "postcode", "phone", "email", "source_names"]


def describe_today(
    described: pd.DataFrame, gifts: pd.DataFrame, *, as_of: dt.date, lapse_days: int,
    channel_code: str,
) -> pd.DataFrame:
    """Return the people of describe_people with the traits that they have on ``as_of``.

    Age and past giving have moved on since the asks; the channel is that of the invitation.
    """
    today = pd.Series(pd.Timestamp(as_of), index=described.index).astype("datetime64[s]")
    asked = described.assign(sent_date=today)
    return described.assign(
        age_band=age_bands(described, today),
        past_band=past_giving(asked, gifts, lapse_days=lapse_days), channel_code=channel_code)


def rank_invitations(
    search: Search, segment: pd.Series, today: pd.DataFrame, asks: pd.DataFrame, *,
    contribution_minor: int,
) -> pd.DataFrame:
    """Return one row a person of the segment to invite, the largest expected take first.

    ``person_id``, ``accept_probability``, ``expected_take_minor``. Whoever has answered the
    offer's appeal already, in whichever arm, is left out. Ties go by ``person_id``.
    """
    rule: Rule = segment["rule"]
    appeal = asks.loc[asks["offer_id"] == segment["offer_id"], "appeal_id"].iloc[0]
    has_answered = asks.loc[(asks["appeal_id"] == appeal) & asks["has_responded"], "person_id"]
    people = today[members(today, rule) & ~today["person_id"].isin(has_answered)]
    chance = accept_probabilities(search.offers[str(segment["offer_id"])], segment, people)
    ranked = pd.DataFrame({
        "person_id": people["person_id"].to_numpy(), "accept_probability": chance.round(6),
        "expected_take_minor": (chance * contribution_minor).round().astype("int64"),
    })
    return ranked.sort_values(["expected_take_minor", "person_id"], ascending=[False, True],
                              ignore_index=True)


def draft_invitations(
    ranked: pd.DataFrame, people: pd.DataFrame, crosswalk: pd.DataFrame, *,
    handling: tuple[str, str], ask_minor: int,
) -> pd.DataFrame:
    """Return ``ranked`` as rows of the table list_draft, in the same order, for the gate.

    ``handling``: the channel and the owner of the list. A row stands for the first row, by
    source and line, that tells of the person; behind it are all sources that do, so that one
    whose terms forbid fundraising holds the person back.
    """
    channel_code, owner_id = handling
    row = crosswalk.sort_values(["source_name", "source_row"]).drop_duplicates("person_id")
    draft = ranked[["person_id"]].merge(
        people[["person_id", *DETAILS]], on="person_id", how="left", validate="one_to_one"
    ).merge(row[["person_id", "source_name", "source_row"]], on="person_id", how="left",
            validate="one_to_one")
    return draft.assign(list_name=LIST_NAME, channel_code=channel_code, use_code=USE_CODE,
                        owner_id=owner_id, ask_minor=ask_minor)
