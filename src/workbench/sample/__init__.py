"""The made-up campaign: its clean world, its dirty raw exports and its truth."""

from __future__ import annotations

from workbench.sample.campaign import Campaign, make_campaign, write_campaign
from workbench.sample.difficulty import DEFAULT, rates_of_dirt
from workbench.sample.facts import FACTS, Facts

__all__ = [
    "DEFAULT", "FACTS", "Campaign", "Facts", "make_campaign", "rates_of_dirt", "write_campaign",
]
