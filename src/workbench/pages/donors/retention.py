"""Who gives again: from one year to the next, and by the year of the first gift."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from workbench.disclosure import MadeOf, Shape, exempt, protect
from workbench.exhibits import Words
from workbench.settings import Disclosure

YEAR_DAYS = 365
MOST_YEARS = 4
MOST_COHORTS = 4
FEWEST_HALVES = 2
GIVEN, YEAR = "donors of a year", "year_to_date"
# Who gave in a year gave in the one before too, is new or came back; and is of the year before
# in the next year's row, so that the rows of two years tell of each other.
GIVEN_SHAPE = Shape(
    basis="n_gave", counts=("n_gave", "n_gave_again", "n_new", "n_returned"), population=GIVEN,
    dimensions=(YEAR,), is_disjoint=False,
    splits={"n_gave": ("n_gave_again", "n_new", "n_returned")},
)
RETENTION_SHAPE = Shape(
    basis="n_before", counts=("n_before", "n_again", "n_upgraded"),
    shares={"retained_share": ("n_again", "n_before"),
            "upgraded_share": ("n_upgraded", "n_again")},
    population="donors by year", dimensions=(YEAR, "before_date"), is_disjoint=False,
    made_of=(MadeOf("n_before", ((GIVEN, "n_gave", {YEAR: "before_date"}),)),
             MadeOf("n_again", ((GIVEN, "n_gave_again", {YEAR: YEAR}),))),
)
COHORT_SHAPE = Shape(
    basis="n_donors", counts=("n_donors", "n_active"),
    shares={"active_share": ("n_active", "n_donors")},
    population="donors by cohort", dimensions=("cohort_name", "half_years"), is_disjoint=False,
)


def retention_table(
    settled: pd.DataFrame, profile: Disclosure, *, as_of: dt.date
) -> pd.DataFrame:
    """Return one row a year back from ``as_of``, the latest first, as it may be shown.

    Columns: ``year_to_date`` (its last day), ``n_before`` (gave in the year before),
    ``retained_share`` (of those, gave again), ``upgraded_share`` (of those who gave again,
    gave more than in the year before), ``n_new`` (gave for the first time), ``n_returned``
    (gave before, but not in the year before). Years that the files do not wholly cover are
    left out.
    """
    given, n_years = _given_by_year(settled, as_of)
    first_year = given.groupby("person_id")["years_back"].max()
    by_year = given.set_index(["years_back", "person_id"])["kept_minor"]
    rows = [{**_one_year(by_year, first_year, back),
             YEAR: as_of - dt.timedelta(days=back * YEAR_DAYS),
             "before_date": as_of - dt.timedelta(days=(back + 1) * YEAR_DAYS)}
            for back in range(min(n_years - 1, MOST_YEARS))]
    shapes = (RETENTION_SHAPE, GIVEN_SHAPE)
    frames = (pd.DataFrame(rows, columns=[*shape.dimensions, *shape.counts]) for shape in shapes)
    kept, given_by = (protect(frame, profile, shape=shape)
                      for frame, shape in zip(frames, shapes, strict=True))
    shown = kept.assign(n_new=given_by["n_new"], n_returned=given_by["n_returned"])
    shown[YEAR] = pd.to_datetime(shown[YEAR])
    return shown[[YEAR, "n_before", "retained_share", "upgraded_share", "n_new", "n_returned"]]


def cohort_table(
    settled: pd.DataFrame, profile: Disclosure, *, as_of: dt.date
) -> pd.DataFrame:
    """Return one row a cohort and half-year since its first gift, as it may be shown.

    Columns: ``cohort_name`` (calendar year of the first gift, the latest MOST_COHORTS),
    ``half_years``, ``active_share`` (gave in that half-year; the first gift does not count).
    Of each cohort only the half-years that all its donors have lived through are shown, and
    only cohorts that have FEWEST_HALVES of them.
    """
    gifts = _gifts(settled)
    first = gifts.groupby("person_id")["donation_date"].min()
    began = gifts.groupby("person_id")["donation_date"].transform("min")
    half = (gifts["donation_date"] - began).dt.days * 2 // YEAR_DAYS
    is_later = gifts["donation_date"] > began
    active = gifts.assign(half_years=half)[is_later].drop_duplicates(["person_id", "half_years"])
    cohort = first.dt.year.rename("cohort")
    rows = []
    for year in sorted(cohort.unique())[-MOST_COHORTS:]:
        members = cohort.index[cohort == year]
        newest = first[members].max()
        n_halves = int((pd.Timestamp(as_of) - newest).days * 2 // YEAR_DAYS)
        n_active = active[active["person_id"].isin(members)]["half_years"].value_counts()
        rows += [{"cohort_name": f"First gave {year}", "half_years": half + 1,
                  "n_donors": len(members), "n_active": int(n_active.get(half, 0))}
                 for half in range(n_halves if n_halves >= FEWEST_HALVES else 0)]
    frame = pd.DataFrame(rows, columns=["cohort_name", "half_years", "n_donors", "n_active"])
    shown = protect(frame.assign(half_years=frame["half_years"].astype("str")), profile,
                    shape=COHORT_SHAPE)
    shown = shown.assign(half_years=frame["half_years"])[
        ["cohort_name", "half_years", "active_share"]]
    return exempt(shown, "half-years since the first gift: the axis", "half_years")


def cohort_words(cohorts: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of how many give again, by year of the first gift."""
    subtitle = f"Share of donors who gave in each half-year after their first gift, {place}"
    first = cohorts[cohorts["half_years"] == 1].dropna(subset=["active_share"])
    if first.empty:
        return {"title": "No cohort is large enough to follow", "subtitle": subtitle,
                "alt_text": "Lines of giving by cohort with every line hidden."}
    share = float(first["active_share"].astype("float64").mean())
    listed = ", ".join(f"{r.cohort_name} {r.active_share:.0%}" for r in first.itertuples())
    return {"title": f"In the first half-year {share:.0%} give again", "subtitle": subtitle,
            "alt_text": f"A line a cohort over half-years; in the first half-year: {listed}."}


def _gifts(settled: pd.DataFrame) -> pd.DataFrame:
    return settled[settled["person_id"].notna() & (settled["kept_minor"] > 0)]


def _given_by_year(settled: pd.DataFrame, as_of: dt.date) -> tuple[pd.DataFrame, int]:
    """Return what each person gave in each year back, and how many years are wholly covered."""
    gifts = _gifts(settled)
    days_ago = (pd.Timestamp(as_of) - gifts["donation_date"]).dt.days
    given = gifts.assign(years_back=days_ago // YEAR_DAYS).groupby(["person_id", "years_back"])
    n_years = int(days_ago.max() + 1) // YEAR_DAYS if len(gifts) else 0
    return given["kept_minor"].sum().reset_index(), n_years


def _one_year(by_year: pd.Series, first_year: pd.Series, back: int) -> dict[str, int]:
    now, before = (by_year.xs(year) if year in by_year.index.get_level_values(0)
                   else by_year.iloc[:0].droplevel(0) for year in (back, back + 1))
    again = now.index.intersection(before.index)
    is_new = first_year.reindex(now.index) == back
    return {
        "n_before": len(before), "n_again": len(again), "n_gave": len(now),
        "n_gave_again": len(again),
        "n_upgraded": int((now[again] > before[again]).sum()),
        "n_new": int(is_new.sum()), "n_returned": int(len(now) - len(again) - is_new.sum()),
    }
