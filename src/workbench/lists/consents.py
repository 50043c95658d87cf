"""Consents to be sent texts and e-mails, from the sources that record them; one place for all."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.errors import ListRefused
from workbench.settings import Source
from workbench.tables import TABLES

# Tables that record a consent, with the only channel that theirs can be about.
CONSENT_TABLES = {name: table.consent_channel for name, table in TABLES.items()
                  if table.consent_channel}
_COLUMNS = ["person_id", "channel_code", "phone", "email", "has_consented", "consent_date"]


def consents(
    tables: Mapping[str, pd.DataFrame], crosswalk: pd.DataFrame, sources: Mapping[str, Source]
) -> pd.DataFrame:
    """Return one row a consent or refusal, as workbench.lists.Evidence takes them.

    A mobile contact that opted in or out said so of texts to its number. The owner of a
    social account agreed to e-mails only where the account's source says so
    (``consent_channels``); without that no e-mail list can leave. A row that says neither yes
    nor no says nothing. Refusals of e-mails come as suppressions.
    """
    _check_channels(sources)
    mobile, social = tables["mobile_contacts"], tables["social_users"]
    texts = mobile[mobile["has_opted_in"].notna()].assign(
        channel_code="text", email=None, has_consented=lambda rows: rows["has_opted_in"],
        consent_date=lambda rows: rows["opt_in_date"])
    is_agreed = social["source_name"].isin(
        [name for name, source in sources.items() if "email" in source.consent_channels])
    mails = social[is_agreed & social["consent_date"].notna() & social["email"].notna()].assign(
        channel_code="email", phone=None, has_consented=True)
    known = crosswalk[["source_name", "source_row", "person_id"]].dropna()
    said = [
        rows.merge(known, how="left", on=["source_name", "source_row"], validate="many_to_one")
        for rows in (texts, mails)
    ]
    kinds = {"has_consented": "boolean", "phone": "str", "email": "str", "channel_code": "str"}
    return pd.concat([rows[_COLUMNS].astype(kinds) for rows in said], ignore_index=True)


def _check_channels(sources: Mapping[str, Source]) -> None:
    for name, source in sorted(sources.items()):
        known = {CONSENT_TABLES.get(source.table)}
        if isinstance(source.consent_channels, str) or set(source.consent_channels) - known:
            can = CONSENT_TABLES.get(source.table)
            raise ListRefused(
                f"consent_channels of source '{name}' has a channel that a source of "
                f"'{source.table}' records no consent for. "
                + (f"It can have: {can}." if can else "Take it out.")
            )
