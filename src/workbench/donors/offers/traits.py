"""What is known of a person on the day of an ask: age, sex, place, past giving, interests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from workbench.donors.gifts import COUNTED_GIFTS, settle_gifts
from workbench.donors.offers.cells import NOT_KNOWN

AGE_EDGES_YEARS = (18, 30, 40, 50, 60, 70, 121)
AGE_BANDS = ("18-29", "30-39", "40-49", "50-59", "60-69", "70+")
SEX_LEVELS = ("female", "male")
PAST_BANDS = ("never", "once", "several", "lapsed")
FLAG = "interest_"
NUMBERS = ("age_years", "log_earlier_gifts", "days_since_gift")
YES = "yes"
SMALLEST_INTEREST_SHARE = 0.01
MOST_INTERESTS, MOST_REGIONS = 12, 12
SEVERAL_GIFTS = 2


def levels_of(asks: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return each trait with the levels that a group may be made of, in order.

    Places, channels and interests are those that the asks hold, the commonest
    MOST_REGIONS and MOST_INTERESTS; no answer is looked at.
    """
    interests = [name for name in asks.columns if str(name).startswith(FLAG)]
    return {
        "age_band": AGE_BANDS, "sex_code": SEX_LEVELS,
        "region_code": commonest(asks["region_code"], MOST_REGIONS),
        "past_band": PAST_BANDS,
        "channel_code": commonest(asks["channel_code"], MOST_REGIONS),
        **dict.fromkeys(interests, (YES,)),
    }


def describe_people(
    people: pd.DataFrame, consumer: pd.DataFrame, crosswalk: pd.DataFrame
) -> pd.DataFrame:
    """Return one row a person: what does not depend on the day of an ask, and interests.

    A person of several rows in the consumer file has the interests of all, and the age band
    of the first by source and line. Flags ``interest_<name>`` hold 'yes' or nothing.
    """
    known = crosswalk[["source_name", "source_row", "person_id"]]
    rows = consumer[["source_name", "source_row", "age_band_code", "interest_codes"]].merge(
        known, on=["source_name", "source_row"], validate="one_to_one"
    ).sort_values(["source_name", "source_row"])
    bands = rows.dropna(subset="age_band_code").drop_duplicates("person_id")
    kept = people[["person_id", "household_id", "birth_date", "birth_year", "sex_code",
                   "region_code"]]
    described = kept.merge(bands[["person_id", "age_band_code"]], how="left", on="person_id",
                           validate="one_to_one")
    named = rows.dropna(subset="interest_codes")
    one = named.assign(interest=named["interest_codes"].str.split(";")).explode("interest")
    one["interest"] = one["interest"].str.strip().str.casefold()
    each = one.drop_duplicates(["person_id", "interest"])["interest"]
    for name in commonest(each, MOST_INTERESTS, SMALLEST_INTEREST_SHARE * len(people)):
        has_it = described["person_id"].isin(one.loc[one["interest"] == name, "person_id"])
        described[f"{FLAG}{name}"] = pd.Series(np.where(has_it, YES, ""), dtype="str")
    return described


def ages(described: pd.DataFrame, day: pd.Series) -> pd.Series:
    """Return whole years of age on ``day``: by date of birth, else year; missing for neither."""
    born = described["birth_date"]
    before = (born.dt.month > day.dt.month) | (
        (born.dt.month == day.dt.month) & (born.dt.day > day.dt.day))
    age = (day.dt.year - born.dt.year - before.astype("int64")).astype("Float64")
    age = age.where(born.notna()).fillna((day.dt.year - described["birth_year"]).astype("Float64"))
    return age.astype("float64")


def age_bands(described: pd.DataFrame, day: pd.Series) -> pd.Series:
    """Return the age band on ``day``: by ages, else the consumer file's.

    Whoever is under 18 on that day has the band 'minor'.
    """
    years = ages(described, day)
    bands = pd.cut(years, AGE_EDGES_YEARS, right=False, labels=list(AGE_BANDS)).astype("str")
    sold = described["age_band_code"].where(described["age_band_code"].isin(AGE_BANDS))
    filled = bands.where(years.notna(), sold).fillna(NOT_KNOWN)
    return filled.mask(years < AGE_EDGES_YEARS[0], "minor")


def earlier_gifts(asked: pd.DataFrame, gifts: pd.DataFrame) -> pd.DataFrame:
    """Return ``n_earlier_gifts`` and ``days_since_gift`` by row of ``asked``.

    ``asked`` has ``person_id`` and ``sent_date``. Only gifts of days before the ask count, so
    that no answer is among them; without any the days are missing.
    """
    rows = asked[["person_id", "sent_date"]].reset_index(names="row")
    pairs = rows.merge(gifts[["person_id", "donation_date"]], on="person_id",
                       validate="many_to_many")
    before = pairs[pairs["donation_date"] < pairs["sent_date"]].groupby("row")
    last = before["donation_date"].max().reindex(rows["row"])
    since = (rows["sent_date"].to_numpy() - last.to_numpy()) / np.timedelta64(1, "D")
    n_gifts = before.size().reindex(rows["row"], fill_value=0).to_numpy()
    return pd.DataFrame({"n_earlier_gifts": n_gifts, "days_since_gift": since}, index=asked.index)


def past_giving(
    asked: pd.DataFrame, gifts: pd.DataFrame, *, lapse_days: int
) -> pd.Series:
    """Return the band of PAST_BANDS by row of ``asked`` (see earlier_gifts).

    'lapsed': the last one is more than ``lapse_days`` before the ask.
    """
    earlier = earlier_gifts(asked, gifts)
    n_gifts = earlier["n_earlier_gifts"]
    band = np.select([n_gifts == 0, earlier["days_since_gift"] > lapse_days,
                      n_gifts >= SEVERAL_GIFTS], ["never", "lapsed", "several"], default="once")
    return pd.Series(band, index=asked.index, dtype="str")


def numbers_of(
    described: pd.DataFrame, day: pd.Series, earlier: pd.DataFrame
) -> pd.DataFrame:
    """Return the columns NUMBERS by row: what the bands of age and past giving are cut from."""
    return pd.DataFrame({
        "age_years": ages(described, day),
        "log_earlier_gifts": np.log1p(earlier["n_earlier_gifts"].astype("float64")),
        "days_since_gift": earlier["days_since_gift"]}, index=described.index)[list(NUMBERS)]


def usable_gifts(
    tables: Mapping[str, pd.DataFrame], *, as_of: dt.date, currency_code: str,
    forbidden_sources: Sequence[str],
) -> pd.DataFrame:
    """Return one row a gift that counts, with ``person_id`` and ``donation_date``.

    ``tables`` has donations, crosswalk and people. Gifts of sources whose terms forbid
    fundraising (``forbidden_sources``) are left out: whom to ask may not be learnt from them.
    """
    settled = settle_gifts(tables["donations"], crosswalk=tables["crosswalk"],
                           people=tables["people"], as_of=as_of, currency_code=currency_code)
    counted = settled[settled["account_code"].isin(COUNTED_GIFTS) & settled["person_id"].notna()
                      & ~settled["source_name"].isin(list(forbidden_sources))]
    return counted[["person_id", "donation_date"]].reset_index(drop=True)


def commonest(values: pd.Series, most: int, least: float = 0) -> tuple[str, ...]:
    """Return the names that stand most often among ``values``, at most so many, in order.

    ``least``: so often or more.
    """
    counts = values.dropna().value_counts().sort_index().sort_values(
        ascending=False, kind="stable")
    names = counts.index[counts >= least][:most]
    return tuple(sorted(str(name) for name in names if name not in ("", NOT_KNOWN)))
