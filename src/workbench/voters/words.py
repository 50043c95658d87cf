"""The words of the voters brief's charts, written from the numbers that they show."""

from __future__ import annotations

import pandas as pd

Words = dict[str, str]


def age_words(ages: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the chart of electors by age and sex."""
    subtitle = f"Electors who may vote on polling day by age and sex, {place}"
    known = ages.dropna(subset=["n_female", "n_male"])
    if known.empty:
        return {"title": "Age and sex are known of too few", "subtitle": subtitle,
                "alt_text": "A population pyramid with every age band hidden."}
    n_female, n_male = int(known["n_female"].sum()), int(known["n_male"].sum())
    larger = "Women outnumber men" if n_female > n_male else "Men outnumber women"
    if n_female == n_male:
        larger = "Women and men are equally many"
    largest = known["age_band"].iloc[known["n_electors"].astype("int64").argmax()]
    return {
        "title": f"{larger} on the register",
        "subtitle": subtitle,
        "alt_text": f"A population pyramid of {n_female:,} women and {n_male:,} men in "
                    f"{len(known)} age bands; the largest band is {largest}.",
    }


def turnout_age_words(ages: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of turnout by age at the last election."""
    shown = ages.dropna(subset=["turnout_registered_share"])
    subtitle = f"Share of electors on today's register who voted at the last election, {place}"
    if shown.empty:
        return {"title": "Past turnout cannot be shown by age", "subtitle": subtitle,
                "alt_text": "Bars of turnout by age band with every band hidden."}
    shares = shown["turnout_registered_share"].astype("float64")
    high = shown["age_band"].iloc[shares.argmax()]
    listed = ", ".join(f"{band} {share:.0%}" for band, share in
                       zip(shown["age_band"], shares, strict=True))
    return {
        "title": f"Turnout was highest among those aged {high}",
        "subtitle": subtitle,
        "alt_text": f"Bars of turnout by age band: {listed}.",
    }


def turnout_election_words(elections: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of turnout by election."""
    shown = elections.dropna(subset=["turnout_registered_share"])
    subtitle = f"Share of electors on today's register who voted, {place}"
    if shown.empty:
        return {"title": "Past turnout cannot be shown by election", "subtitle": subtitle,
                "alt_text": "Bars of turnout by election with every election hidden."}
    shares = shown["turnout_registered_share"].astype("float64")
    best = shown["election_name"].iloc[shares.argmax()]
    listed = ", ".join(f"{name} {share:.0%}" for name, share in
                       zip(shown["election_name"], shares, strict=True))
    return {
        "title": "Turnout differs from one election to the next"
        if shares.nunique() > 1 else "Turnout was the same at every election",
        "subtitle": subtitle,
        "alt_text": f"Bars of turnout by election: {listed}; highest at {best}.",
    }
