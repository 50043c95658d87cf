"""The words of the donors brief's charts, written from the numbers that they show."""

from __future__ import annotations

import pandas as pd

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


def month_words(months: pd.DataFrame, *, place: str, currency_code: str) -> Words:
    """Return the words of the chart of money raised by month."""
    shown = months.dropna(subset=["raised_minor"])
    subtitle = f"Gifts less refunds by calendar month, {place}, {currency_code}"
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
