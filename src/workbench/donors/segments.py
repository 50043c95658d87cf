"""Donors by recency, frequency and value, in segments with plain names."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

SEGMENT_RULES = (
    ("new", "New", "first gift within the recent period"),
    ("regular", "Regular", "several gifts, the last one recent"),
    ("occasional", "Occasional", "an older donor with few gifts, the last one recent"),
    ("at_risk", "At risk", "several gifts, none recent, the last one not yet lapsed"),
    ("one_off", "Fading", "few gifts, none recent, the last one not yet lapsed"),
    ("lapsed", "Lapsed", "no gift within the lapse period"),
)
N_FIFTHS = 5


def summarise_donors(settled: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """Return one row a donor whose counted money is above zero, in order of ``donor_key``.

    Columns: ``n_gifts`` (refunds not counted), ``net_minor`` (gifts less refunds, hundredths
    of the currency), ``first_gift_date``, ``last_gift_date``, ``recency_days`` (since the last
    gift; larger is longer ago), ``region_code`` of the last gift.
    """
    gifts = settled[settled["account_code"] == "counted_gift"]
    net = settled.groupby("donor_key")["counted_minor"].sum()
    ordered = gifts.sort_values(["donor_key", "donation_date", "source_name", "source_row"])
    donors = ordered.groupby("donor_key").agg(
        n_gifts=("donation_date", "size"),
        first_gift_date=("donation_date", "min"),
        last_gift_date=("donation_date", "max"),
        region_code=("region_code", "last"),
    )
    donors.insert(1, "net_minor", net.reindex(donors.index).astype("int64"))
    donors["recency_days"] = (pd.Timestamp(as_of) - donors["last_gift_date"]).dt.days
    return donors[donors["net_minor"] > 0].reset_index()


def segment_donors(
    donors: pd.DataFrame, *, as_of: dt.date, recent_days: int, lapse_days: int,
    repeat_gifts_min: int,
) -> pd.DataFrame:
    """Return ``donors`` with ``segment_code`` (SEGMENT_RULES) and ``value_fifth`` (5 the largest).

    ``recent_days`` and ``lapse_days`` are counted back from ``as_of``; ``repeat_gifts_min`` is
    how many gifts make a donor one who repeats.
    """
    age_days = (pd.Timestamp(as_of) - donors["first_gift_date"]).dt.days
    is_recent = donors["recency_days"] <= recent_days
    is_repeat = donors["n_gifts"] >= repeat_gifts_min
    segment = np.select(
        [donors["recency_days"] > lapse_days, age_days <= recent_days, is_recent & is_repeat,
         is_recent, is_repeat],
        ["lapsed", "new", "regular", "occasional", "at_risk"],
        default="one_off",
    )
    rank = donors["net_minor"].rank(method="first")
    fifth = np.ceil(rank * N_FIFTHS / max(len(donors), 1)).astype("int64")
    return donors.assign(segment_code=segment, value_fifth=fifth)
