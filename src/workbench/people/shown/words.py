"""The words of the link brief's charts, written from the numbers that they show."""

from __future__ import annotations

import pandas as pd

from workbench.people.shown.evidence import ACCEPTED

Words = dict[str, str]


def source_words(sources: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the chart of links by source."""
    subtitle = f"Share of each source's rows that belong to an elector, {place}"
    shown = sources.dropna(subset=["linked_share"])
    if shown.empty:
        return {"title": "Links cannot be shown by source", "subtitle": subtitle,
                "alt_text": "Bars of linked rows by source with every source hidden."}
    worst = shown.iloc[-1]
    return {"title": f"Rows of {worst['source_name']} find an elector least often",
            "subtitle": subtitle,
            "alt_text": f"Bars of linked rows by source: {_listed(shown, 'linked_share')}."}


def size_words(sizes: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of how many rows a person has."""
    shown = sizes.dropna(subset=["n_people"])
    subtitle = f"People by the number of rows that are about them, {place}"
    if shown.empty:
        return {"title": "Rows a person cannot be shown", "subtitle": subtitle,
                "alt_text": "Bars of people by their rows with every bar hidden."}
    counts = shown["n_people"].astype("int64")
    mode = shown["rows_name"].iloc[counts.argmax()]
    noun = "row" if mode == "1" else "rows"
    listed = ", ".join(f"{name} rows {n:,}" for name, n in
                       zip(shown["rows_name"], counts, strict=True))
    return {"title": f"Most often a person has {mode} {noun}", "subtitle": subtitle,
            "alt_text": f"Bars of people by their number of rows: {listed}."}


def age_words(ages: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of electors whom other sources know, by age."""
    shown = ages.dropna(subset=["known_share"])
    subtitle = f"Share of electors whom a source besides the register knows, {place}"
    if shown.empty:
        return {"title": "Links cannot be shown by age", "subtitle": subtitle,
                "alt_text": "Bars of known electors by age with every band hidden."}
    low = shown["age_band"].iloc[shown["known_share"].astype(float).argmin()]
    return {"title": f"We know least of electors aged {low}"
            if low[0].isdigit() else f"We know least of electors whose age is {low}"
            if low.startswith("not") else f"We know least of electors {low}",
            "subtitle": subtitle,
            "alt_text": f"Bars of known electors by age: {_listed(shown, 'known_share')}."}


def weight_words(weights: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of accepted and refused links by match weight."""
    subtitle = f"Links offered by match weight in bits, estimated from pairs drawn, {place}"
    accepted = weights["n_accepted"].fillna(0).astype("int64")
    refused = weights["n_refused"].fillna(0).astype("int64")
    above = weights.loc[(accepted > refused), "band_name"]
    if above.empty:
        return {"title": "Hardly any link was accepted", "subtitle": subtitle,
                "alt_text": "Bars back to back of refused and accepted links by match weight."}
    cut = above.iloc[0].split(" ")[0]
    return {"title": f"From about {cut} bits most links were accepted",
            "subtitle": subtitle,
            "alt_text": f"Bars back to back of {refused.sum():,} refused and "
                        f"{accepted.sum():,} accepted links by match weight; most are accepted "
                        f"from {cut} bits, and most of all in the band "
                        f"{weights['band_name'].iloc[accepted.argmax()]}."}


def waterfall_words(steps: pd.DataFrame, outcome: str) -> Words:
    """Return the words of the mean waterfall of the closest calls of one outcome."""
    n_for = int((steps["weight_bits"][:-1] > 0).sum())
    n_against = int((steps["weight_bits"] < 0).sum())
    title = ("What just sufficed for a link" if outcome == ACCEPTED
             else "What just failed to make a link")
    return {"title": title,
            "subtitle": "Mean bits of evidence of the closest calls among the pairs drawn; "
                        "positive speaks for one person.",
            "alt_text": f"A waterfall of {n_for} steps for one person and {n_against} "
                        "against, down to their sum."}


def estimate_words(estimates: pd.DataFrame, *, place: str, review: str) -> Words:
    """Return the words of the chart of precision and recall; ``review``: what is judged."""
    by_people = estimates[estimates["estimate_name"].str.endswith("reviewers")]
    title = ("People's judgement bounds how often we err" if len(by_people)
             else "So far only the model vouches for itself")
    known = estimates.dropna()
    listed = ", ".join(
        f"{name} {share:.0%} ({low:.0%} to {high:.0%})" for name, share, low, high in
        known.itertuples(index=False)) or "every one is hidden"
    return {"title": title,
            "subtitle": f"Precision of links made, recall of right links offered, {place}. "
                        f"{review}",
            "alt_text": f"Points with ranges: {listed}."}


def key_words(keys: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of what each blocking key finds."""
    shown = keys.dropna(subset=["found_share"])
    subtitle = f"Share of accepted links whose records agree on the key, {place}"
    if shown.empty:
        return {"title": "Keys cannot be shown", "subtitle": subtitle,
                "alt_text": "Bars of links by blocking key with every key hidden."}
    return {"title": f"Most links agree on: {shown['key_name'].iloc[0]}",
            "subtitle": subtitle,
            "alt_text": f"Bars of accepted links by blocking key: "
                        f"{_listed(shown, 'found_share')}."}


def _listed(rows: pd.DataFrame, share: str) -> str:
    return ", ".join(f"{name} {value:.0%}" for name, value in
                     zip(rows.iloc[:, 0], rows[share].astype(float), strict=True))
