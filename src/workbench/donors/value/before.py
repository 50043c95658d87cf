"""What the same months brought a year before, to compare a forecast with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from workbench.donors.value.giving_pattern import giving_days
from workbench.donors.value.period import Period

YEAR_DAYS = 365


@dataclass(frozen=True)
class SameMonths:
    """What donors of an earlier day gave in the period after it, which is over.

    ``seen_on``: that day, whole years before today. ``donors``: one row a person known then,
    with ``n_gifts`` (days on which they gave) and ``given_minor`` in the ``n_days`` after.
    """

    seen_on: dt.date
    n_days: int
    donors: pd.DataFrame


def same_months(settled: pd.DataFrame, *, as_of: dt.date, period: Period) -> SameMonths | None:
    """Return what the same months brought a year before; None where no donor was known then.

    A period longer than a year is compared with the last whole years that are over. Counted as
    the forecast counts: answers to tests are left out, and so are donors who were new.
    """
    n_years = -(-period.days // YEAR_DAYS)
    seen_on = as_of - dt.timedelta(days=n_years * YEAR_DAYS)
    since = pd.Timestamp(seen_on)
    days = giving_days(settled)
    known = sorted(days.loc[days["donation_date"] <= since, "person_id"].unique())
    if not known:
        return None
    is_in = (days["donation_date"] > since) & (
        days["donation_date"] <= since + pd.Timedelta(days=period.days))
    money = days[is_in].groupby("person_id")["kept_minor"]
    donors = pd.DataFrame({"n_gifts": money.size(), "given_minor": money.sum()})
    donors = donors.reindex(known).fillna(0).astype("int64").rename_axis("person_id")
    return SameMonths(seen_on, period.days, donors.reset_index())
