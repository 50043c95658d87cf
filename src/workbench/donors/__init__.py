"""Who gives, what they are worth and what to ask: from movements of money to donors."""

from __future__ import annotations

from workbench.donors.asks import ask_donors, usual_gifts
from workbench.donors.calibration import held_out_words
from workbench.donors.finding import donor_measures, finding, forecast_words
from workbench.donors.gifts import reconcile_money, settle_gifts
from workbench.donors.money import account_table, giving_by_month, waterfall_table
from workbench.donors.profile import (
    ask_table,
    held_out_table,
    home_table,
    home_words,
    next_period_table,
    place_age_table,
    segment_table,
)
from workbench.donors.retention import cohort_table, retention_table
from workbench.donors.segments import (
    SEGMENT_RULES,
    SegmentRules,
    segment_donors,
    summarise_donors,
)
from workbench.donors.value import Period
from workbench.donors.valued import READ, Valued, read_inputs, value_donors, write_donors
from workbench.donors.words import (
    account_words,
    calibration_words,
    cohort_words,
    month_words,
    period_of,
    place_age_words,
    segment_words,
    waterfall_words,
)

__all__ = [
    "READ", "SEGMENT_RULES", "Period", "SegmentRules", "Valued", "account_table",
    "account_words",
    "ask_donors", "ask_table", "calibration_words", "cohort_table", "cohort_words",
    "donor_measures", "finding", "forecast_words", "giving_by_month", "held_out_table",
    "held_out_words", "home_table", "home_words", "month_words", "next_period_table", "period_of",
    "place_age_table", "place_age_words", "read_inputs", "reconcile_money", "retention_table",
    "segment_donors", "segment_table", "segment_words", "settle_gifts", "summarise_donors",
    "usual_gifts", "value_donors", "waterfall_table", "waterfall_words",
    "write_donors",
]
