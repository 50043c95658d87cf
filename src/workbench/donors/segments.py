"""Donors by recency, frequency and value, in segments with plain names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

SEGMENT_RULES = (
    ("monthly", "Monthly", "a recurring gift that still comes"),
    ("new", "New", "first gift within the recent period"),
    ("regular", "Regular", "several gifts, the last one recent"),
    ("occasional", "Occasional", "an older donor with few gifts, the last one recent"),
    ("at_risk", "At risk", "several gifts, none recent, the last one not yet lapsed"),
    ("one_off", "Fading", "few gifts, none recent, the last one not yet lapsed"),
    ("lapsed", "Lapsed", "no gift within the lapse period"),
)
SEGMENT_NAMES = {code: name for code, name, _ in SEGMENT_RULES}
N_QUINTILES = 5
LATE_DAYS = 62  # two instalments missed: the recurring gift has ended


@dataclass(frozen=True)
class SegmentRules:
    """When a gift is recent, when a donor has lapsed (days), and how many gifts are several."""

    recent_days: int
    lapse_days: int
    repeat_gifts_min: int


def summarise_donors(settled: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """Return one row a person whose counted money is above zero, in order of ``person_id``.

    What is dated after ``as_of`` is left out. Columns: ``household_id``, ``n_gifts`` (those that
    were not wholly returned), ``net_minor`` (gifts less refunds, hundredths of the currency),
    ``first_gift_date``, ``last_gift_date``, ``recency_days`` (since the last gift; larger is
    longer ago), ``last_instalment_date`` of recurring gifts, ``region_code`` of the last gift.
    """
    known = settled[settled["person_id"].notna()
                    & (settled["donation_date"] <= pd.Timestamp(as_of))]
    gifts = known[known["kept_minor"] > 0]
    net = known.groupby("person_id")["counted_minor"].sum()
    ordered = gifts.sort_values(["person_id", "donation_date", "source_name", "source_row"])
    donors = ordered.groupby("person_id").agg(
        household_id=("household_id", "first"),
        n_gifts=("donation_date", "size"),
        first_gift_date=("donation_date", "min"),
        last_gift_date=("donation_date", "max"),
        region_code=("region_code", "last"),
    )
    instalments = ordered[ordered["account_code"] == "counted_recurring"]
    donors.insert(2, "net_minor", net.reindex(donors.index).astype("int64"))
    donors["recency_days"] = (pd.Timestamp(as_of) - donors["last_gift_date"]).dt.days
    donors["last_instalment_date"] = instalments.groupby("person_id")["donation_date"].max()
    return donors[donors["net_minor"] > 0].reset_index()


def segment_donors(
    donors: pd.DataFrame, *, as_of: dt.date, rules: SegmentRules
) -> pd.DataFrame:
    """Return ``donors`` with ``segment_code`` (SEGMENT_RULES) and ``value_quintile``.

    Days are counted back from ``as_of``; the fifth quintile is the fifth that gave most.
    """
    age_days = (pd.Timestamp(as_of) - donors["first_gift_date"]).dt.days
    late_days = (pd.Timestamp(as_of) - donors["last_instalment_date"]).dt.days
    is_recent = donors["recency_days"] <= rules.recent_days
    is_repeat = donors["n_gifts"] >= rules.repeat_gifts_min
    segment = np.select(
        [late_days <= LATE_DAYS, donors["recency_days"] > rules.lapse_days,
         age_days <= rules.recent_days, is_recent & is_repeat, is_recent, is_repeat],
        ["monthly", "lapsed", "new", "regular", "occasional", "at_risk"],
        default="one_off",
    )
    rank = donors["net_minor"].rank(method="first")
    quintile = np.ceil(rank * N_QUINTILES / max(len(donors), 1)).astype("int64")
    return donors.assign(segment_code=segment, value_quintile=quintile)
