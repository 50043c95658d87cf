"""The words of the donors brief's charts, written from the numbers that they show."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import rounded_count
from workbench.donors.gifts import COUNTED_GIFTS
from workbench.settings import Disclosure

Words = dict[str, str]


def segment_words(segments: pd.DataFrame, *, place: str, period: str) -> Words:
    """Return title, subtitle and alternative text of the chart of donors by segment."""
    shown = segments.dropna(subset=["n_donors"])
    subtitle = f"Donors by segment, {place}, {period}; n is beside each bar"
    if shown.empty:
        return {"title": "Too few donors to show by segment", "subtitle": subtitle,
                "alt_text": "Bars of donors by segment, every one of them hidden."}
    largest = shown["segment_name"].iloc[shown["n_donors"].astype("int64").argmax()]
    listed = ", ".join(f"{r.segment_name} {r.n_donors}" for r in shown.itertuples())
    return {
        "title": f"The largest segment of donors is: {largest.lower()}",
        "subtitle": subtitle,
        "alt_text": f"Bars of donors by segment: {listed}.",
    }


def waterfall_words(steps: pd.DataFrame, *, place: str, period: str) -> Words:
    """Return the words of the chart of how all that is reported leads to what was raised."""
    subtitle = f"Money of all rows to money raised, net, {place}, {period}"
    first, last = steps["change_minor"].iloc[0], steps["change_minor"].iloc[-1]
    if pd.isna(first) or pd.isna(last) or first <= 0:
        return {"title": "Too few givers to show the money", "subtitle": subtitle,
                "alt_text": "Steps of money from rows to the total, every one hidden."}
    falls = steps[~steps["is_total"]].dropna(subset=["change_minor"])
    listed = ", ".join(falls["step_name"]).lower() or "nothing"
    return {
        "title": f"Adding all rows up would overstate by {first / last - 1:.0%}"
        if last > 0 else "Refunds and repeats leave no money",
        "subtitle": subtitle,
        "alt_text": f"Steps from all rows as reported down to what was raised, net; taken away "
                    f"are: {listed}.",
    }


def account_words(settled: pd.DataFrame, profile: Disclosure) -> str:
    """Return the period of the accounts, and about how many gifts that count name nobody."""
    is_gift = settled["account_code"].isin(COUNTED_GIFTS)
    n_nameless = int((is_gift & settled["person_id"].isna()).sum())
    if not n_nameless:
        return period_of(settled)
    about = rounded_count(n_nameless, profile)
    told = f"under {profile.cell_min}" if about is None else f"{about:,}"
    return (f"{period_of(settled)}; of the gifts {told} name nobody: their money counts, "
            "but they are not linked to a donor")


def calibration_words(held: pd.DataFrame, *, place: str, days: int) -> Words:
    """Return the words of the chart of gifts expected and given by segment."""
    subtitle = f"Predicted and actual gifts of the last {days} days, {place}"
    shown = held.dropna(subset=["n_expected", "n_given"])
    if shown.empty:
        return {"title": "Too few gifts to judge the forecast", "subtitle": subtitle,
                "alt_text": "Gifts expected and given by segment, every one hidden."}
    is_in = ((shown["n_given"] >= shown["n_expected_low"].fillna(0))
             & (shown["n_given"] <= shown["n_expected_high"]))
    listed = ", ".join(f"{r.segment_name} {r.n_expected} expected, {r.n_given} given"
                       for r in shown.itertuples())
    told = "every segment" if is_in.all() else f"{is_in.sum()} of {len(shown)} segments"
    return {
        "title": f"Gifts lay within the interval in {told}",
        "subtitle": subtitle,
        "alt_text": f"Gifts by segment: {listed}.",
    }


def place_age_words(
    cells: pd.DataFrame, *, place: str, days: int, currency_code: str
) -> Words:
    """Return the words of the map of donors by region and age."""
    subtitle = f"Mean expected of a donor in the next {days} days by region and age, {place}"
    shown = cells.dropna(subset=["mean_value_minor"])
    if shown.empty:
        return {"title": "Too few donors to show by place", "subtitle": subtitle,
                "alt_text": "A table of regions and ages with every cell hidden."}
    low, high = (f"{shown['mean_value_minor'].agg(end) / 100:,.0f}" for end in ("min", "max"))
    best = shown.iloc[int(shown["mean_value_minor"].astype("int64").argmax())]
    return {
        "title": f"A donor should give {currency_code} {low} to {high}",
        "subtitle": subtitle,
        "alt_text": f"A map of age bands by region, darker where a donor is expected to give "
                    f"more; darkest is {best['place']}, aged {best['age_band']}.",
    }


def cohort_words(cohorts: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of how many give again, by year of the first gift."""
    subtitle = f"Share of donors who gave in each half-year after their first gift, {place}"
    shown = cohorts.dropna(subset=["active_share"])
    first = shown[shown["half_years"] == 1]
    if first.empty:
        return {"title": "No cohort is large enough to follow", "subtitle": subtitle,
                "alt_text": "Lines of giving by cohort with every line hidden."}
    share = float(first["active_share"].astype("float64").mean())
    listed = ", ".join(f"{r.cohort_name} {r.active_share:.0%}" for r in first.itertuples())
    return {
        "title": f"In the first half-year {share:.0%} give again",
        "subtitle": subtitle,
        "alt_text": f"A line a cohort over half-years; in the first half-year: {listed}.",
    }


def month_words(months: pd.DataFrame, *, place: str, currency_code: str) -> Words:
    """Return the words of the chart of money raised by month."""
    shown = months.dropna(subset=["raised_minor"])
    subtitle = f"Gifts less refunds by full calendar month, {place}, {currency_code}"
    if shown.empty:
        return {"title": "No month has enough donors to show", "subtitle": subtitle,
                "alt_text": "A line of money raised by month with every month hidden."}
    best = shown["month_date"].iloc[shown["raised_minor"].astype("int64").argmax()]
    first, last = shown["month_date"].min(), shown["month_date"].max()
    return {
        "title": f"Giving was highest in {best:%B %Y}",
        "subtitle": f"{subtitle}, {first:%B %Y} to {last:%B %Y}",
        "alt_text": f"A line of money raised by month from {first:%B %Y} to {last:%B %Y}, "
                    f"highest in {best:%B %Y}.",
    }


def period_of(settled: pd.DataFrame) -> str:
    """Return the months that the counted gifts cover, such as 'January 2024 to May 2026'."""
    dates = settled.loc[settled["counted_minor"] != 0, "donation_date"].dropna()
    if dates.empty:
        return "no gift yet"
    return f"{dates.min():%B %Y} to {dates.max():%B %Y}"
