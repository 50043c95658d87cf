"""The tables that scoring reads, as views of one database; one that nobody gathered is empty."""

from __future__ import annotations

READ = (
    "area_results", "canvass", "consumer", "mobile_contacts", "polls", "seat_results",
    "social_users", "vote_history", "voters", "crosswalk", "people",
)
