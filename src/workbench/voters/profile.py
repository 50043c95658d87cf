"""Electors by age, sex and place."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from workbench.disclosure import Shape, protect
from workbench.settings import Disclosure

AGE_EDGES_YEARS = (18, 25, 35, 45, 55, 65, 75, 121)
AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
NOT_KNOWN = "not known"
ON_REGISTER = ("active", "inactive", "temporary", "unknown")


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


def age_sex_table(electors: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row an age band: ``age_band``, ``n_electors``, ``n_female``, ``n_male``.

    As it may be shown; those of other or unknown sex are in ``n_electors`` only.
    """
    bands = electors["age_band"]
    rows = pd.DataFrame({
        "n_electors": bands.value_counts(),
        "n_female": bands[electors["sex_code"] == "female"].value_counts(),
        "n_male": bands[electors["sex_code"] == "male"].value_counts(),
    })
    rows = rows.reindex([*AGE_BANDS, NOT_KNOWN]).fillna(0).astype("int64")
    rows = rows.rename_axis("age_band").reset_index()
    counts = ("n_electors", "n_female", "n_male")
    shape = Shape("n_electors", counts, population="electors", dimensions=("age_band",),
                  parts={"n_electors": ("n_female", "n_male")})
    return protect(rows, profile, shape=shape)


def seat_table(
    electors: pd.DataFrame, profile: Disclosure, *, place_column: str = "seat_id",
    n_places: int = 12,
) -> pd.DataFrame:
    """Return one row a seat, the ``n_places`` with most electors first, as it may be shown.

    Columns: ``place``, ``n_electors``, ``aged_65_share`` of those of known age,
    ``postal_share`` of all (who have asked to vote by post).
    """
    known = electors["age_band"] != NOT_KNOWN
    flags = pd.DataFrame({
        "place": electors[place_column].fillna(NOT_KNOWN),
        "n_known_age": known.astype("int64"),
        "n_aged_65": electors["age_band"].isin(AGE_BANDS[-2:]).astype("int64"),
        "n_postal": electors["is_postal_voter"].fillna(False).astype("int64"),
    })
    rows = flags.groupby("place").sum()
    rows.insert(0, "n_electors", flags.groupby("place").size())
    rows = rows.reset_index().sort_values(["n_electors", "place"], ascending=[False, True])
    shape = Shape(
        "n_electors", ("n_electors", "n_known_age", "n_aged_65", "n_postal"),
        shares={"aged_65_share": ("n_aged_65", "n_known_age"),
                "postal_share": ("n_postal", "n_electors")},
        population="electors", dimensions=("place",), is_partition=len(rows) <= n_places,
    )
    shown = protect(rows.head(n_places), profile, shape=shape)
    return shown[["place", "n_electors", "aged_65_share", "postal_share"]].reset_index(drop=True)


def _age_years(voters: pd.DataFrame, day: dt.date) -> pd.Series:
    """Age in completed years on ``day``; from a year of birth alone, the age turned that year."""
    born = voters["birth_date"]
    today = pd.Timestamp(day)
    had_birthday = (born.dt.month < today.month) | (
        (born.dt.month == today.month) & (born.dt.day <= today.day)
    )
    from_date = (today.year - born.dt.year - (~had_birthday)).astype("Int64").where(born.notna())
    return from_date.fillna(today.year - voters["birth_year"]).fillna(voters["age_years"])
