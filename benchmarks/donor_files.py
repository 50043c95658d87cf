"""Files of gifts to try the forecast of donors on: made ones of other laws, and real ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.sample.asks import APPEALS
from workbench.sample.campaign import AS_OF, make_campaign
from workbench.sample.giving import Giving

SPAN_DAYS = 5 * 365
START = np.datetime64("2021-11-01")
POLLING_DAYS = (dt.date(2022, 11, 8), dt.date(2024, 11, 5), dt.date(2026, 11, 3))
MONTH_FACTORS = np.array([0.6, 0.7, 0.9, 1.0, 0.9, 1.3, 0.7, 0.6, 1.0, 1.1, 1.0, 2.2])
SURGE_DAYS, QUIET_SHARE = 120.0, 0.35
FEC_FIELDS = {5: "kind", 7: "name", 10: "postcode", 13: "date", 14: "dollars", 18: "memo"}
FEC_GIFTS = ("10", "11", "15", "15C", "15E")


@dataclass(frozen=True)
class GiftFile:
    """Gifts of one file, and the periods to predict: each its last day and its days.

    ``settled``: one row a gift, with the columns that the forecast reads. ``polling_days``: those
    that a campaign with such a file would know of.
    """

    kind: str
    name: str
    settled: pd.DataFrame
    periods: tuple[tuple[dt.date, int], ...]
    polling_days: tuple[dt.date, ...] = ()


def settled_gifts(gifts: pd.DataFrame) -> pd.DataFrame:
    """Return rows as settle_gifts leaves them, from ``person_id``, ``day`` and ``minor``.

    ``is_recurring`` and ``test_name`` may be among the columns.
    """
    rows = gifts.sort_values(["day", "person_id"]).reset_index(drop=True)
    is_monthly = rows.get("is_recurring", pd.Series(False, index=rows.index))
    return pd.DataFrame({
        "person_id": rows["person_id"].astype("str"), "household_id": None,
        "donation_date": pd.to_datetime(rows["day"]), "region_code": None,
        "source_name": "s", "source_row": np.arange(len(rows)),
        "account_code": np.where(is_monthly, "counted_recurring", "counted_gift"),
        "test_name": rows.get("test_name"), "counted_minor": rows["minor"].astype("int64"),
        "kept_minor": rows["minor"].astype("int64")})


def made_files(n_donors: int, seed: int) -> list[GiftFile]:
    """Return made-up files of four kinds; no kind follows the models that predict it."""
    rng = np.random.default_rng(seed)
    ends = [AS_OF - dt.timedelta(days=days) for days in (0, 120, 240, 400)]
    usual = tuple((end, 182) for end in ends)
    polls = tuple((dt.date.fromisoformat(day), days) for day, days in (
        ("2026-10-05", 182), ("2026-03-01", 182), ("2025-02-10", 182), ("2024-10-01", 91)))
    story = make_campaign(8 * n_donors, seed=seed, difficulty={}).story
    return [
        GiftFile("sample", f"sample {seed}", _sample(story.giving), usual),
        GiftFile("seasons", f"seasons {seed}", _seasons(n_donors, rng), usual),
        GiftFile("monthly", f"monthly {seed}", _monthly(n_donors, rng), usual),
        GiftFile("cycle", f"cycle {seed}", _cycle(n_donors, rng), polls, POLLING_DAYS)]


def real_files(folder: Path) -> list[GiftFile]:
    """Return CDNOW's customers, an apparel retailer's, and three extracts of contributions."""
    donors, given = folder / "donors", folder / "contributions"
    cdnow = pd.read_csv(donors / "cdnow_transactions_sample.csv.gz")
    cdnow = pd.DataFrame({"person_id": cdnow["sample_id"], "minor": cdnow["amount"] * 100,
                          "day": pd.to_datetime(cdnow["date"].astype("str"))})
    apparel = pd.read_csv(donors / "apparel_transactions.csv.gz")
    apparel = pd.DataFrame({"person_id": apparel["Id"], "minor": apparel["Price"] * 100,
                            "day": pd.to_datetime(apparel["Date"])})
    mixed, quarter = (_contributions(given / f"itcont_{name}.txt") for name in
                      ("mixed_2015_2017_5000", "2015q1_10000"))
    weeks = tuple((dt.date(2015, 3, day), n) for day, n in ((15, 14), (22, 14), (31, 14)))
    return [
        GiftFile("cdnow", "cdnow", settled_gifts(cdnow), (
            (dt.date(1998, 6, 30), 273), *_periods("1998-06-30", 91, 4),
            *_periods("1998-06-30", 182, 1), *_periods("1998-03-31", 182, 1))),
        GiftFile("apparel", "apparel", settled_gifts(apparel), (
            *_periods("2010-12-20", 182, 9), *_periods("2010-12-20", 365, 4))),
        GiftFile("contributions", "2015-17", mixed, (
            *_periods("2017-12-31", 91, 7), *_periods("2017-12-31", 182, 3)),
            (dt.date(2016, 11, 8),)),
        GiftFile("contributions", "2015 quarter", quarter, weeks)]


def _periods(last: str, days: int, n: int) -> tuple[tuple[dt.date, int], ...]:
    """Return ``n`` periods of ``days``, one before the other, the latest to ``last``."""
    end = dt.date.fromisoformat(last)
    return tuple((end - dt.timedelta(days=days * back), days) for back in range(n))


def _contributions(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path, sep="|", header=None, quoting=3, dtype="str", encoding="latin-1",
                       usecols=list(FEC_FIELDS)).rename(columns=FEC_FIELDS)
    kept = rows[rows["memo"].isna() & rows["kind"].isin(FEC_GIFTS) & rows["name"].notna()]
    gifts = pd.DataFrame({
        "person_id": kept["name"] + "/" + kept["postcode"].str[:5].fillna(""),
        "day": pd.to_datetime(kept["date"], format="%m%d%Y", errors="coerce"),
        "minor": pd.to_numeric(kept["dollars"]) * 100})
    return settled_gifts(gifts.dropna().query("minor > 0"))


def _sample(giving: Giving) -> pd.DataFrame:
    """Return the gifts of the sample campaign, under their true donors."""
    appeal = giving.appeal
    return settled_gifts(pd.DataFrame({
        "person_id": giving.person, "day": giving.day.astype("datetime64[D]"),
        "minor": giving.amount_minor, "is_recurring": giving.is_recurring,
        "test_name": np.where(appeal >= 0, np.array(APPEALS)[appeal], None)}))


def _seasons(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Donors who sleep and wake again, at rates that are lognormal, more in December."""
    first = rng.integers(0, SPAN_DAYS - 60, n)
    rate = np.exp(rng.normal(np.log(2 / 365), 0.9, n))
    days = np.arange(SPAN_DAYS)
    month = (START + days).astype("datetime64[M]").astype(int) % 12
    awake = rng.random(n) < 0.9
    gifts = []
    for day in days:
        falls, wakes = rng.random((2, n))
        awake = np.where(awake, falls > 1 / 500, wakes < 1 / 700) | (first == day)
        gives = awake & (first < day) & (rng.random(n) < rate * MONTH_FACTORS[month[day]])
        gifts.append(np.flatnonzero(gives | (first == day)))
    return _rows(gifts, rng)


def _monthly(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Instalments that fail, some of which come again, and single gifts that die out slowly."""
    first = rng.integers(0, SPAN_DAYS - 60, n)
    is_monthly = rng.random(n) < 0.3
    fails = rng.beta(0.8, 14, n)
    life = 500 * rng.weibull(0.6, n)
    rate = np.exp(rng.normal(np.log(3 / 365), 0.7, n))
    pays = np.ones(n, dtype=bool)
    gifts, recurring = [], []
    for day in range(SPAN_DAYS):
        age = day - first
        is_due = is_monthly & (age >= 0) & (age % 30 == 0)
        pays = np.where(is_due & (age > 0), np.where(
            pays, rng.random(n) >= fails, rng.random(n) < 0.08), pays)
        single = ~is_monthly & (age > 0) & (age < life) & (rng.random(n) < rate)
        gifts.append(np.flatnonzero((is_due & pays) | single | (~is_monthly & (age == 0))))
        recurring.append(is_monthly[gifts[-1]])
    return _rows(gifts, rng, np.concatenate(recurring))


def _cycle(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Donors who come and give as polling day draws near, and hardly after it."""
    days = np.arange(SPAN_DAYS)
    polls = np.array(POLLING_DAYS, dtype="datetime64[D]")
    ahead = (polls[:, None] - (START + days)).astype(float)
    nearest = np.where(ahead >= 0, ahead, np.inf).min(axis=0)
    surge = QUIET_SHARE + 1.8 * np.exp(-nearest / SURGE_DAYS)
    first = np.sort(rng.choice(days, n, p=surge / surge.sum()))
    rate = np.exp(rng.normal(np.log(2.5 / 365), 0.8, n))
    life = rng.gamma(2.0, 350, n)
    gifts = []
    for day in days:
        age = day - first
        gives = (age > 0) & (age < life) & (rng.random(n) < rate * surge[day])
        gifts.append(np.flatnonzero(gives | (age == 0)))
    return _rows(gifts, rng)


def _rows(
    gifts: list[np.ndarray], rng: np.random.Generator, recurring: np.ndarray | None = None
) -> pd.DataFrame:
    """Return settled gifts from who gave on each day; amounts vary by donor and by gift."""
    who = np.concatenate(gifts)
    day = START + np.repeat(np.arange(len(gifts)), [len(one) for one in gifts])
    level = np.exp(rng.normal(np.log(6000), 0.8, int(who.max()) + 1))
    rows = pd.DataFrame({"person_id": who, "day": day,
                         "minor": np.ceil(level[who] * np.exp(rng.normal(0, 0.3, len(who))))})
    return settled_gifts(rows if recurring is None else rows.assign(is_recurring=recurring))
