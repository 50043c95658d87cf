"""Who can be reached by what: the gate asked of everybody, channel by channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.errors import ListRefused
from workbench.lists.checks import given
from workbench.lists.evidence import read_evidence
from workbench.lists.gate import hold_back
from workbench.lists.model import LIST_CHANNELS, Evidence, Purpose
from workbench.settings import Campaign, Settings
from workbench.tables import is_among
from workbench.tables.codes import ALL, CHANNELS
from workbench.tables.objections import codes_that_close

_TO_JUDGE = ["person_id", "source_names", "voter_id", "first_name", "last_name", "postcode",
             "address_line", "phone", "email"]


@dataclass(frozen=True)
class Reach:
    """Open channels, or why the gate cannot tell.

    ``open_channels``: one row an open channel of a person, with ``person_id`` and
    ``channel_code``; empty where there is a ``refusal``.
    """

    open_channels: pd.DataFrame
    refusal: str = ""


def judge_reach(
    settings: Settings, people: pd.DataFrame, *, use_code: str,
    forbidden_uses: Mapping[str, tuple[str, ...]],
) -> Reach:
    """Return the open channels of ``people`` (table people) on the campaign's day.

    Where the gate cannot decide, nobody can be reached: a brief says so and is still made.
    """
    try:
        evidence = read_evidence(settings, forbidden_uses=forbidden_uses)
        return Reach(open_channels(people, evidence, settings.campaign, use_code=use_code))
    except ListRefused as error:
        return Reach(_pairs([]), str(error).replace(f"{settings.root}/", ""))


def open_channels(
    people: pd.DataFrame, evidence: Evidence, campaign: Campaign, *, use_code: str
) -> pd.DataFrame:
    """Return one row a channel by which the gate lets a person be reached.

    Door and post need an address, calls a number. Texts and e-mails go to the number or
    address of the person's latest consent. ``social`` is an account that was connected and
    that no suppression closes; no list leaves for it.
    """
    rows = people[_TO_JUDGE].assign(owner_id="-")
    found = []
    for channel in LIST_CHANNELS:
        asked = _with_contact(rows, evidence, channel)
        purpose = Purpose("reach", channel, use_code, campaign.as_of, campaign.polling_date,
                          campaign.voting_age_years, campaign.country_code)
        kept = hold_back(asked.drop(columns="address_line"), purpose, evidence).rows
        found.append(kept[["person_id"]].assign(channel_code=channel))
    social = people.loc[_has_account(people, evidence), ["person_id"]]
    return _pairs([*found, social.assign(channel_code="social")])


def _with_contact(rows: pd.DataFrame, evidence: Evidence, channel: str) -> pd.DataFrame:
    if CHANNELS[channel].contact == "address":
        return rows[given(rows["address_line"]).notna()]
    if channel == "phone":
        return rows
    contact = "phone" if channel == "text" else "email"
    said = evidence.consents
    said = said[(said["channel_code"] == channel) & said["has_consented"].fillna(False)
                & said["person_id"].notna()]
    ordered = said.sort_values(["consent_date", contact], kind="stable")
    latest = ordered.drop_duplicates("person_id", keep="last").set_index("person_id")
    named = rows["person_id"].map(latest[contact]).astype("str")
    return rows.assign(**{contact: named.fillna(rows[contact])})


def _has_account(people: pd.DataFrame, evidence: Evidence) -> pd.Series:
    sources = [n for n, source in evidence.sources.items() if source.table == "social_users"]
    known = people["source_names"].str.split(";").explode().isin(sources)
    stop = evidence.suppressions
    is_closed = stop["scope_code"].fillna(ALL).isin(CHANNELS["social"].scopes)
    is_closed |= stop["reason_code"].isin(codes_that_close("social"))
    closed = is_among(people["person_id"], stop.loc[is_closed, "person_id"])
    return known.groupby(level=0).any() & ~closed


def _pairs(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame({"person_id": pd.Series(dtype="str"),
                             "channel_code": pd.Series(dtype="str")})
    pairs = pd.concat(parts, ignore_index=True)
    return pairs.sort_values(["person_id", "channel_code"], ignore_index=True)
