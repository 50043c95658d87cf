"""The rhythms in which people give: recurring gifts by the month, single gifts at any time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.donors.value.histories import Array, Histories, group_histories
from workbench.donors.value.period import Period
from workbench.donors.value.season import NO_SEASON, Season

WEEK_DAYS = 7.0
MONTH_DAYS = 30.4375
GRACE_DAYS = 5  # an instalment that is so late has not been missed yet
MOST_HISTORIES = 60_000
RHYTHM_NAMES = {"monthly": "Recurring gifts", "single": "Single gifts"}


@dataclass(frozen=True)
class Rhythm:
    """Everybody who gives in one rhythm, as seen on one day.

    ``donors``: one row a person with ``person_id``, ``x``, ``t_x`` and ``t_all`` (see
    Histories; in ``unit_days``), ``n_turns`` (days or waves) in which they gave,
    ``mean_minor`` given in one, ``last_minor`` given in the last. ``seen`` are the distinct
    histories, ``place`` says for each row of ``donors`` which of them is theirs. ``is_wave``:
    gifts come at set times, and times are whole numbers.
    """

    code: str
    unit_days: float
    is_wave: bool
    donors: pd.DataFrame
    seen: Histories
    place: Array


def giving_days(settled: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person, day and rhythm, with ``kept_minor`` given on it.

    Gifts that were wholly returned are no giving. An answer to a test (``test_name``) tells of
    the offer and not of the donor's own rhythm: it is left out, unless the person has given
    nothing else; then the first answer is where their giving begins.
    """
    gifts = settled[settled["person_id"].notna() & (settled["kept_minor"] > 0)]
    is_answer = gifts["test_name"].notna()
    has_own = (~is_answer).groupby(gifts["person_id"]).transform("any")
    first_day = gifts.groupby("person_id")["donation_date"].transform("min")
    begins = ~has_own & (gifts["donation_date"] == first_day)
    own = gifts[~is_answer | begins]
    is_monthly = own["account_code"] == "counted_recurring"
    code = pd.Series(np.where(is_monthly, "monthly", "single"), index=own.index, dtype="str")
    keys = ["person_id", "rhythm_code", "donation_date"]
    return own.assign(rhythm_code=code).groupby(keys)["kept_minor"].sum().reset_index()


def rhythm_of(
    days: pd.DataFrame, code: str, *, seen_on: dt.date, wave_days: int = 0,
    season: Season = NO_SEASON,
) -> Rhythm:
    """Return the giving of one rhythm up to ``seen_on``.

    Recurring gifts come in waves of a month. Single gifts come at any time, on the clock of
    ``season``, or, where ``wave_days`` is above 0, in waves of so many days: several days within
    one count once.
    """
    until = pd.Timestamp(seen_on)
    mine = days[(days["rhythm_code"] == code) & (days["donation_date"] <= until)]
    first = mine.groupby("person_id")["donation_date"].transform("min")
    is_monthly, is_wave = code == "monthly", code == "monthly" or wave_days > 0
    clock = NO_SEASON if is_wave else season
    since = clock.at(mine["donation_date"]) - clock.at(first)
    unit = MONTH_DAYS if is_monthly else float(wave_days or WEEK_DAYS)
    turn = np.floor(since / unit + (0.5 if is_monthly else 0)) if is_wave else since / unit
    turns = mine.assign(turn=turn).groupby(["person_id", "turn"])["kept_minor"].sum()
    donors = _histories_of(turns.reset_index())
    begun = first.groupby(mine["person_id"]).first().reindex(donors["person_id"])
    t_all = (clock.at(pd.Series([until])) - clock.at(begun)) / unit
    if is_wave:
        due = np.floor(t_all - (GRACE_DAYS / unit if is_monthly else 0))
        t_all = np.maximum(due, donors["t_x"])
    donors.insert(3, "t_all", t_all)
    seen, place = grouped_histories(donors, grid=0.0 if is_wave else 1.0)
    return Rhythm(code, unit, is_wave, donors, seen, place)


def given_between(
    days: pd.DataFrame, code: str, seen_on: dt.date, period: Period
) -> pd.DataFrame:
    """Return ``n_gifts`` and ``given_minor`` by person in the period after ``seen_on``."""
    until = pd.Timestamp(seen_on) + pd.Timedelta(days=period.days)
    later = days[(days["rhythm_code"] == code) & (days["donation_date"] <= until)
                 & (days["donation_date"] > pd.Timestamp(seen_on))]
    if period.wave_days and code != "monthly":
        wave = (later["donation_date"] - pd.Timestamp(seen_on)).dt.days // period.wave_days
        later = later.assign(wave=wave).groupby(["person_id", "wave"]).sum(numeric_only=True)
    money = later.groupby("person_id")["kept_minor"]
    return pd.DataFrame({"n_gifts": money.size(), "given_minor": money.sum()}).reset_index()


def _histories_of(turns: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person from one row a person and turn, both in order of person."""
    by_person = turns.groupby("person_id")
    return pd.DataFrame({
        "x": (by_person.size() - 1).astype("float64"),
        "t_x": by_person["turn"].max().astype("float64"),
        "n_turns": by_person.size().astype("float64"),
        "mean_minor": by_person["kept_minor"].mean().astype("float64"),
        "last_minor": by_person["kept_minor"].last().astype("float64"),
    }).reset_index()


def grouped_histories(donors: pd.DataFrame, *, grid: float) -> tuple[Histories, Array]:
    """Group histories on ``grid``, doubled until there are few enough to fit in seconds."""
    columns = [donors[name].to_numpy(dtype="float64") for name in ("x", "t_x", "t_all")]
    seen, place = group_histories(*columns, grid=grid)
    while grid and len(seen) > MOST_HISTORIES:
        grid *= 2
        seen, place = group_histories(*columns, grid=grid)
    return seen, place
