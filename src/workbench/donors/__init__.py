"""Who gives and how much: from reported movements of money to donors and their segments."""

from __future__ import annotations

from workbench.donors.gifts import reconcile_money, settle_gifts
from workbench.donors.profile import (
    account_table,
    donor_measures,
    finding,
    giving_by_month,
    segment_table,
)
from workbench.donors.segments import SEGMENT_RULES, segment_donors, summarise_donors
from workbench.donors.words import month_words, period_of, segment_words

__all__ = [
    "SEGMENT_RULES", "account_table", "donor_measures", "finding", "giving_by_month",
    "month_words", "period_of", "reconcile_money", "segment_donors", "segment_table",
    "segment_words", "settle_gifts", "summarise_donors",
]
