"""Who of the register may vote on polling day, and at which elections they have voted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import pandas as pd

AGE_EDGES_YEARS = (18, 25, 35, 45, 55, 65, 75, 121)
AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
NOT_KNOWN = "not known"
ON_REGISTER = ("active", "inactive", "temporary", "unknown")
VOTED = ("in_person", "early", "post", "provisional", "voted")


def describe_electors(
    voters: pd.DataFrame, *, as_of: dt.date, polling_date: dt.date, voting_age_years: int
) -> pd.DataFrame:
    """Return one row an elector who may vote on ``polling_date``, with what profiles need.

    Left out are entries that the register has removed or denied, and those who are under
    ``voting_age_years`` on polling day as far as their age is known. Adds ``age_band``
    (AGE_BANDS or 'not known'; from the date of birth, else the year, else the age on file;
    under 18s on the day of the build who attain in time count as 18-24), ``sex_code`` filled.
    """
    on_register = voters["status_code"].fillna("unknown").isin(ON_REGISTER)
    age_now = _age_years(voters, as_of)
    is_minor = _age_years(voters, polling_date) < voting_age_years
    keep = on_register & ~is_minor.fillna(False).astype(bool)
    age = age_now.clip(lower=AGE_EDGES_YEARS[0])
    bands = pd.cut(age.astype("float64"), AGE_EDGES_YEARS, right=False, labels=list(AGE_BANDS))
    described = voters.assign(
        age_band=bands.astype("str").fillna(NOT_KNOWN),
        sex_code=voters["sex_code"].fillna("unknown"),
    )
    return described[keep].reset_index(drop=True)


def join_history(electors: pd.DataFrame, vote_history: pd.DataFrame) -> pd.DataFrame:
    """Return one row an elector and election at which they could vote, ``has_voted`` or not.

    An election counts as one at which an elector could vote where they registered on or
    before its day (or on a day that is not known) and the history does not say that they were
    not yet registered. An elector of the register whom the history of an election does not
    name did not vote, since most histories list voters only. History of people who are not in
    ``electors`` is left out; it says nothing about those who are.
    """
    elections = vote_history[["election_date", "election_name"]].drop_duplicates()
    elections = elections.sort_values(["election_date", "election_name"])
    people = electors[["voter_id", "age_band", "registration_date"]].drop_duplicates("voter_id")
    marks = _marks(vote_history)
    rows = people.merge(elections, how="cross").merge(
        marks, how="left", on=["voter_id", "election_date", "election_name"],
        validate="one_to_one",
    )
    is_registered = rows["registration_date"].isna() | (
        rows["registration_date"] <= rows["election_date"]
    )
    is_named = rows["voted_code"].notna()
    could_vote = (is_registered | is_named) & (rows["voted_code"] != "not_registered")
    rows["has_voted"] = rows["voted_code"].isin(VOTED)
    return rows[could_vote].drop(columns=["registration_date", "voted_code"]).reset_index(
        drop=True
    )


def of_kind(history: pd.DataFrame, like_names: Sequence[str]) -> pd.DataFrame:
    """Return the rows of elections of the kind that comes, that of ``like_names``.

    Where none of that kind is on file, of the last election's kind. ``history`` is as of
    join_history.
    """
    kinds = history["election_name"].fillna("").map(election_kind)
    is_like = kinds.isin([election_kind(name) for name in like_names])
    is_last = history["election_date"] == history["election_date"].max()
    return history[is_like if is_like.any() else kinds.isin(kinds[is_last])]


def election_kind(name: str) -> str:
    """Return an election's name without its year: elections of one kind have one.

    >>> election_kind("National 2024")
    'national'
    """
    return re.sub(r"[^a-z]+", " ", name.lower()).strip()


def history_of_register(
    electors: pd.DataFrame, vote_history: pd.DataFrame, *, joined_min: float
) -> pd.DataFrame:
    """Return the history, or none of it where too few of its rows name an elector.

    Such a history belongs to another register or is a sample of one, and electors whom it
    does not name would wrongly count as people who stayed at home.
    """
    share = joined_share(electors, vote_history)
    return vote_history if share is not None and share >= joined_min else vote_history.head(0)


def joined_share(electors: pd.DataFrame, vote_history: pd.DataFrame) -> float | None:
    """Return the share of history rows that name an elector; None where there is no history.

    A low share says that the history belongs to another register, or is a sample of one.
    """
    if vote_history.empty:
        return None
    return float(vote_history["voter_id"].isin(electors["voter_id"]).mean())


def _age_years(voters: pd.DataFrame, day: dt.date) -> pd.Series:
    """Age in completed years on ``day``; from a year of birth alone, the age turned that year."""
    born = voters["birth_date"]
    today = pd.Timestamp(day)
    had_birthday = (born.dt.month < today.month) | (
        (born.dt.month == today.month) & (born.dt.day <= today.day)
    )
    from_date = (today.year - born.dt.year - (~had_birthday)).astype("Int64").where(born.notna())
    return from_date.fillna(today.year - voters["birth_year"]).fillna(voters["age_years"])


def _marks(vote_history: pd.DataFrame) -> pd.DataFrame:
    """One row an elector and election; where sources disagree, a vote outweighs no vote."""
    is_vote = vote_history["voted_code"].isin(VOTED)
    ordered = vote_history.assign(is_vote=is_vote).sort_values(
        ["is_vote", "source_name", "source_row"], ascending=[False, True, True]
    )
    keys = ["voter_id", "election_date", "election_name"]
    return ordered.drop_duplicates(keys)[[*keys, "voted_code"]]
