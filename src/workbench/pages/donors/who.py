"""Who the donors are: by segment, by home, by place and age, and what to ask them for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from workbench.disclosure import Shape, is_dominated, protect
from workbench.donors.asks import ASK_RULES, AT_MOST
from workbench.donors.segments import SEGMENT_NAMES, SEGMENT_RULES
from workbench.donors.valued import Valued
from workbench.exhibits import Words, no_chart
from workbench.pages.donors.money import JUDGES, money_by
from workbench.settings import Disclosure

AGE_EDGES_YEARS = (0, 35, 50, 65, 200)
AGE_BANDS = ("under 35", "35-49", "50-64", "65 and over")
NOT_KNOWN, ELSEWHERE = "not known", "elsewhere"
HOME_NAMES, NO_HOME = ("One donor", "Several donors"), "No home on file"
SEGMENT_SHAPE = Shape(
    basis="n_donors", counts=("n_donors", "n_all_donors"),
    shares={"donor_share": ("n_donors", "n_all_donors")},
    sums={"raised_minor": JUDGES}, mean_of={"mean_minor": "raised_minor"},
    population="donors", dimensions=("segment_name",), totals={"n_all_donors": "n_donors"},
)
ASK_COLUMNS = ("ask_first_minor", "ask_second_minor", "ask_third_minor")


def segment_table(donors: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a segment, as it may be shown, in the order of SEGMENT_RULES.

    Columns: ``segment_name``, ``rule``, ``n_donors``, ``donor_share``, ``raised_minor`` (net,
    hundredths of the currency), ``mean_minor`` (a donor).
    """
    rows = money_by(donors.assign(minor=donors["net_minor"]), "segment_code")
    rows = rows.reindex([code for code, _, _ in SEGMENT_RULES])
    rows["n_donors"] = rows["n_donors"].fillna(0).astype("int64")
    rows.insert(0, "segment_name", [name for _, name, _ in SEGMENT_RULES])
    rows.insert(1, "rule", [rule for _, _, rule in SEGMENT_RULES])
    rows["n_all_donors"] = len(donors)
    shown = protect(rows.fillna(0), profile, shape=SEGMENT_SHAPE)
    return shown.drop(columns="n_all_donors").reset_index(drop=True)


def segment_words(segments: pd.DataFrame, *, place: str, period: str) -> Words:
    """Return the words of the chart of donors by segment."""
    shown = segments.dropna(subset=["n_donors"])
    if shown.empty:
        return no_chart("Too few donors to show by segment")
    largest = shown["segment_name"].iloc[shown["n_donors"].astype("int64").argmax()]
    listed = ", ".join(f"{r.segment_name} {r.n_donors}" for r in shown.itertuples())
    return {"title": f"The largest segment of donors is: {largest.lower()}",
            "subtitle": f"Donors by segment, {place}, {period}; n is beside each bar",
            "alt_text": f"Bars of donors by segment: {listed}."}


def place_age_table(
    valued: Valued, people: pd.DataFrame, profile: Disclosure, *, as_of: dt.date, n_places: int
) -> pd.DataFrame:
    """Return one row an age band and region: ``n_donors`` and ``mean_value_minor``.

    The mean is of what a donor is expected to give in the next period. Columns ``age_band``
    and ``place``: the ``n_places`` regions with most donors, and 'elsewhere'. The region is
    that of the home; where none is known, that of the last gift.
    """
    homes = people[["person_id", "birth_date", "birth_year", "region_code"]]
    donors = valued.donors.rename(columns={"region_code": "gift_region_code"}).merge(
        homes, how="left", on="person_id", validate="one_to_one")
    place = donors["region_code"].fillna(donors["gift_region_code"]).fillna(NOT_KNOWN)
    largest = place.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    kept = largest.index[:n_places]
    cells = donors.assign(
        age_band=_age_bands(donors, as_of),
        place=place.where(place.isin(kept), ELSEWHERE).str.replace("_", " "))
    found = cells.groupby(["age_band", "place"]).agg(
        n_donors=("person_id", "size"), mean_value_minor=("value_minor", "mean"))
    places = [name.replace("_", " ") for name in kept]
    places += [ELSEWHERE] * bool(len(largest) > len(kept))
    every = pd.MultiIndex.from_product([[*AGE_BANDS, NOT_KNOWN], places],
                                       names=["age_band", "place"])
    rows = found.reindex(every).reset_index()
    rows["n_donors"] = rows["n_donors"].fillna(0)
    shape = Shape("n_donors", ("n_donors",), means=("mean_value_minor",), population="donors",
                  dimensions=("age_band", "place"))
    return protect(rows, profile, shape=shape)


def place_age_words(
    cells: pd.DataFrame, *, place: str, days: int, currency_code: str
) -> Words:
    """Return the words of the map of donors by region and age."""
    shown = cells.dropna(subset=["mean_value_minor"])
    if shown.empty:
        return no_chart("Too few donors to show by place")
    low, high = (f"{shown['mean_value_minor'].agg(end) / 100:,.0f}" for end in ("min", "max"))
    best = shown.iloc[int(shown["mean_value_minor"].astype("int64").argmax())]
    return {
        "title": f"A donor should give {currency_code} {low} to {high}",
        "subtitle": f"Mean expected of a donor in the next {days} days by region and age, {place}",
        "alt_text": f"A map of age bands by region, darker where a donor is expected to give "
                    f"more; darkest is {best['place']}, aged {best['age_band']}.",
    }


def ask_table(valued: Valued, profile: Disclosure) -> pd.DataFrame:
    """Return one row a reason to ask: donors, and the median of each amount of the string.

    Of two middle amounts the lower: it is one that somebody is asked for.
    """
    reason = valued.donors["ask_reason_name"].str.removesuffix(AT_MOST)
    groups = valued.donors.groupby(reason)
    rows = groups[list(ASK_COLUMNS)].quantile(interpolation="lower")
    rows.insert(0, "n_donors", groups.size())
    rows = rows.sort_values("n_donors", ascending=False, kind="stable").reset_index()
    rows["ask_reason_name"] = rows["ask_reason_name"].str.capitalize()
    # Who gives every month is asked as such: a reason and a segment of the same donors.
    monthly = ASK_RULES["monthly"][1].capitalize()
    shape = Shape("n_donors", ("n_donors",), means=ASK_COLUMNS, population="donors",
                  dimensions=("ask_reason_name",),
                  unions={(monthly,): ({"segment_name": SEGMENT_NAMES["monthly"]},)})
    return protect(rows, profile, shape=shape)


def home_table(donors: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a kind of home that is known, with one donor or several.

    Columns: ``home_name``, ``n_homes``, ``n_donors``, ``raised_minor``. Donors whose home no
    file knows are in no row, for nobody knows how many homes they are: see home_words. No row
    where no home is known.
    """
    rows = _by_home(donors, profile)
    known = rows[rows["home_name"] != NO_HOME].reset_index(drop=True)
    return known if donors["household_id"].notna().any() else known.head(0)


def home_words(donors: pd.DataFrame, profile: Disclosure, *, place: str) -> str:
    """Return the subtitle of the table of homes: how many donors' homes are not known."""
    n_donors = _by_home(donors, profile).set_index("home_name")["n_donors"]
    if donors["household_id"].notna().all():
        return f"{place}; everybody's home is on file"
    if donors["household_id"].isna().all():
        return f"{place}; no file has the address of a donor, so homes cannot be counted"
    unknown = n_donors[NO_HOME]
    told = "a number of donors that is hidden" if pd.isna(unknown) else f"{unknown:,} donors"
    return f"{place}; without {told} whose home no file has"


def _by_home(donors: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a kind of home, those not known last, as it may be shown.

    All donors less one kind are the other, and where everybody's home is known a page says so.
    So a kind without homes has no row, with few homes of one kind neither has, and where one's
    money may not be shown neither's is.
    """
    home = donors["household_id"]
    n_there = donors.groupby(home)["person_id"].transform("size")
    kind = np.where(home.isna(), NO_HOME, np.where(n_there > 1, HOME_NAMES[1], HOME_NAMES[0]))
    kinds = pd.Series(kind, index=donors.index, dtype="str")
    rows = money_by(donors.assign(minor=donors["net_minor"], home_name=kinds), "home_name")
    rows.insert(0, "n_homes", home.groupby(kinds).nunique())
    rows = rows.reindex([name for name in (*HOME_NAMES, NO_HOME) if name in rows.index])
    is_few = bool(rows["n_homes"].drop(NO_HOME, errors="ignore").lt(profile.cell_min).any())
    rows = rows.drop(index=list(HOME_NAMES), errors="ignore") if is_few else rows
    sums = rows[["raised_minor", *JUDGES]]
    if any(is_dominated(*one) for one in sums.itertuples(index=False)):
        rows[JUDGES[0]] = rows["raised_minor"]
    shape = Shape("n_donors", ("n_homes", "n_donors"), sums={"raised_minor": JUDGES},
                  population="donors", dimensions=("home_name",), is_partition=not is_few,
                  parts={"n_donors": ("n_homes",)})
    return protect(rows.reset_index(names="home_name"), profile, shape=shape)


def _age_bands(donors: pd.DataFrame, as_of: dt.date) -> pd.Series:
    year = donors["birth_date"].dt.year.astype("Int64").fillna(donors["birth_year"])
    age = (as_of.year - year).astype("Float64").astype("float64")
    bands = pd.cut(age, AGE_EDGES_YEARS, right=False, labels=list(AGE_BANDS))
    return bands.astype("str").fillna(NOT_KNOWN)
