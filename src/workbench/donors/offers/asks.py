"""From appeals as sent to asks that can be compared: one row a person and offer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.donors.offers.traits import age_bands, earlier_gifts, numbers_of, past_giving

ACCOUNT_ROWS = (
    ("used", "Used: a person's first ask of an offer"),
    ("not_linked", "Could not be linked to a person"),
    ("no_answer_known", "Says neither that they answered nor that they did not"),
    ("after_as_of", "Sent after the day of the build"),
    ("answered_before", "Answered before it was sent"),
    ("too_recent", "Sent so lately that answers may still come"),
    ("minor", "To somebody under age on the day"),
    ("repeat", "The same offer to the same person again; an answer counts with the first"),
    ("other_arm", "Another version of an appeal that the person had already"),
)


def settle_asks(
    sent: pd.DataFrame, crosswalk: pd.DataFrame, *, as_of: dt.date, answer_days: int
) -> pd.DataFrame:
    """Return ``sent`` with ``person_id`` and ``account_code``, one row an appeal, none dropped.

    ``account_code`` is the first of ACCOUNT_ROWS that applies ('minor' is found later, by
    describe_asks). An answer dated after the build is none yet. ``answer_days``: an ask
    younger than this is too recent.
    """
    known = crosswalk[["source_name", "source_row", "person_id"]].dropna()
    rows = sent.merge(known, how="left", on=["source_name", "source_row"],
                      validate="one_to_one")
    today = pd.Timestamp(as_of)
    is_later = (rows["response_date"] > today).fillna(False)
    rows["has_responded"] = rows["has_responded"].mask(is_later, False)
    conditions = {
        "not_linked": rows["person_id"].isna(),
        "no_answer_known": rows["has_responded"].isna(),
        "after_as_of": rows["sent_date"] > today,
        "answered_before": (rows["response_date"] < rows["sent_date"]).fillna(False),
        "too_recent": (today - rows["sent_date"]).dt.days < answer_days,
    }
    rows["account_code"] = np.select(
        [c.to_numpy(dtype=bool) for c in conditions.values()], list(conditions), default="used")
    return _settle_repeats(rows)


def describe_asks(
    settled: pd.DataFrame, described: pd.DataFrame, gifts: pd.DataFrame, *,
    comparison_arms: Sequence[str], lapse_days: int,
) -> pd.DataFrame:
    """Return one row a used ask with what was known of the person on its day.

    Adds ``offer_id`` (appeal and arm), ``is_comparison`` (its arm is one of
    ``comparison_arms``: the same appeal without the offer), ``household`` (a home's key, or
    the person's where the home is not known), the traits, the numbers of NUMBERS,
    and ``account_code`` 'minor' for those under age, who stay in the table.
    """
    used = settled[settled["account_code"] == "used"]
    asks = used[["source_name", "source_row", "person_id", "appeal_id", "event_id", "arm_code",
                 "channel_code", "sent_date", "has_responded", "response_minor",
                 "account_code"]].merge(described, on="person_id", how="left",
                                        validate="many_to_one")
    arm = asks["arm_code"].fillna("")
    asks["offer_id"] = (asks["appeal_id"] + "/" + arm).str.removesuffix("/")
    asks["is_comparison"] = arm.isin(list(comparison_arms))
    asks["household"] = asks["household_id"].fillna(asks["person_id"])
    asks["has_responded"] = asks["has_responded"].astype(bool)
    asks["age_band"] = age_bands(asks, asks["sent_date"])
    asks["past_band"] = past_giving(asks, gifts, lapse_days=lapse_days)
    numbers = numbers_of(asks, asks["sent_date"], earlier_gifts(asks, gifts))
    asks[list(numbers.columns)] = numbers
    asks["account_code"] = asks["account_code"].mask(asks["age_band"] == "minor", "minor")
    ordered = asks.sort_values(["offer_id", "person_id"], ignore_index=True)
    return ordered.drop(columns=["birth_date", "birth_year", "age_band_code"])


def account_asks(settled: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    """Return one row an account: ``account_name``, ``n_rows``; they add up to all rows."""
    counts = settled["account_code"].value_counts()
    n_minor = int((asks["account_code"] == "minor").sum())
    counts = counts.reindex([code for code, _ in ACCOUNT_ROWS], fill_value=0)
    counts["minor"], counts["used"] = n_minor, counts["used"] - n_minor
    return pd.DataFrame({"account_name": [name for _, name in ACCOUNT_ROWS],
                         "n_rows": counts.astype("int64").to_numpy()})


def _settle_repeats(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep a person's first ask of an appeal; later ones of that arm give it their answer."""
    ordered = rows.sort_values(["sent_date", "source_name", "source_row"], kind="stable")
    used = ordered[ordered["account_code"] == "used"]
    arm = used["arm_code"].fillna("")
    person = [used["person_id"], used["appeal_id"]]
    is_later = used.duplicated(["person_id", "appeal_id"])
    is_first_arm = arm == arm.groupby(person).transform("first")
    asked = [*person, arm]
    answered = used["has_responded"].astype(bool).groupby(asked).transform("max")
    gift = used["response_minor"].groupby(asked).transform("sum", min_count=1)
    settled = rows.copy()
    settled.loc[used.index, "has_responded"] = answered
    settled.loc[used.index, "response_minor"] = gift.where(gift > 0)
    settled.loc[used.index[is_later & is_first_arm], "account_code"] = "repeat"
    settled.loc[used.index[~is_first_arm], "account_code"] = "other_arm"
    return settled
