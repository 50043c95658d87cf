"""The evidence: weights, keys, levels of the model, and what decides close calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.pages.link.coverage import listed
from workbench.pages.link.inputs import Linking
from workbench.people.blocking import KEYS
from workbench.people.compiled import TrainedLevel, trained_levels
from workbench.people.explain import ASPECTS, PRIOR, explain_pairs
from workbench.people.model import LEAST_M, assumed_m
from workbench.settings import Disclosure

BAND_BITS = 4
N_CLOSEST = 20
COMMON_SHARE = 0.1  # chances from here on print as a percentage
ACCEPTED, REFUSED = "accepted", "refused"
NOT_TRAINED, HARDLY_SEEN, TRAINED = "assumed, not trained", "hardly ever seen", "trained"
KEY_WORDS = {
    "phone": "telephone number", "email": "e-mail address", "email_name": "name before the @",
    "names_postcode": "both names and postcode", "home": "home", "names": "both names",
    "initial_postcode": "family name, initial, postcode", "first_home": "given name and home",
    "names_town": "both names and town", "names_seat": "both names and seat",
    "names_year": "both names and birth year", "names_swapped": "both names, in any order",
    "birth_first": "date of birth and given name", "birth_last": "date of birth and family name",
    "spelled_postcode": "names begin alike, postcode",
    "spelled_seat": "names begin alike, seat", "first_year_seat": "given name, birth year, seat",
    "email_first": "e-mail address and given name", "names_home": "both names and home",
    "phone_first": "telephone number and given name",
    "names_birth": "both names and date of birth",
    "names_year_initial": "both names, middle initial, birth year",
    "birth_first_town": "date of birth, given name, town",
    "birth_last_initial": "date of birth, family name, initial",
    "rare_names_year": "rare names and birth year",
}
SUM = "Sum of the evidence"
OF_THE_MODEL = "figures of the linkage model, of nobody in particular"


def weight_table(linking: Linking, profile: Disclosure) -> pd.DataFrame:
    """Return one row a band of match weight, the lowest first: the links offered there.

    ``band_name`` in bits; ``n_refused`` and ``n_accepted``, estimated from the pairs drawn
    for review.
    """
    pairs = linking.review_pairs
    band = np.floor(pairs["match_weight"] / BAND_BITS).astype("int64")
    stands_for, is_linked = _stands_for(pairs), pairs["is_linked"].astype("float64")
    counts = pd.DataFrame({"n_refused": stands_for * (1 - is_linked),
                           "n_accepted": stands_for * is_linked}).groupby(band).sum()
    every = range(int(band.min()), int(band.max()) + 1) if len(pairs) else range(1)
    counts = counts.reindex(every, fill_value=0.0).round().astype("int64")
    counts["n_links"] = counts["n_refused"] + counts["n_accepted"]
    numbers = tuple(counts.columns)
    counts.insert(0, "band_name", [f"{b * BAND_BITS} to {(b + 1) * BAND_BITS}" for b in every])
    shape = Shape("n_links", numbers, population="links offered", dimensions=("band_name",),
                  unshown=("n_links",), splits={"n_links": ("n_refused", "n_accepted")})
    shown = protect(counts, profile, shape=shape)
    return shown.reset_index(drop=True)


def key_table(linking: Linking, profile: Disclosure) -> pd.DataFrame:
    """Return one row a blocking key, the one that finds most accepted links first.

    ``n_pairs`` it offered; ``found_share`` of accepted links whose records agree on it, and
    ``alone_share`` of those that agree on no other, estimated from the pairs drawn.
    """
    pairs = linking.review_pairs[linking.review_pairs["is_linked"].astype(bool)]
    agreed, stands_for = _agreed_keys(linking, pairs), _stands_for(pairs).to_numpy()
    is_alone = agreed & (agreed.sum(axis=1, keepdims=True) == 1)
    offered = linking.quality.get("pair_keys", {})
    rows = pd.DataFrame({
        "key_name": [KEY_WORDS.get(key.name, key.name.replace("_", " ")) for key in KEYS],
        "n_pairs": [int(offered.get(key.name, 0)) for key in KEYS],
        "n_found": np.rint(stands_for @ agreed).astype("int64"),
        "n_alone": np.rint(stands_for @ is_alone).astype("int64"),
        "n_links": round(float(stands_for.sum())),
    }).sort_values(["n_found", "key_name"], ascending=[False, True])
    shape = Shape("n_links", ("n_links", "n_pairs", "n_found", "n_alone"),
                  shares={"found_share": ("n_found", "n_links"),
                          "alone_share": ("n_alone", "n_links")},
                  population="links made", dimensions=("key_name",),
                  totals={"n_links": "n_links"}, is_disjoint=False)
    shown = protect(rows, profile, shape=shape)
    return shown[["key_name", "found_share", "alone_share", "n_pairs"]].reset_index(drop=True)


def level_table(linking: Linking) -> pd.DataFrame:
    """Return one row a level of the model: how often one person and how often two reach it.

    ``comparison_name``, ``level_name``, ``agree_share`` (m), ``chance_name`` (u in words),
    ``weight_bits`` and ``training_name``. Numbers of the model, of nobody in particular.
    """
    rows = [
        (comparison["output_column_name"].replace("_", " "), level.words, level.m_probability,
         _one_in(level.u_probability), round(level.match_weight, 1), training)
        for comparison in linking.model["comparisons"]
        for level, training in _levels(comparison)
    ]
    levels = pd.DataFrame(rows, columns=["comparison_name", "level_name", "agree_share",
                                         "chance_name", "weight_bits", "training_name"])
    return exempt(levels, OF_THE_MODEL)


def waterfall_table(
    linking: Linking, outcome: str, profile: Disclosure
) -> pd.DataFrame:
    """Return the mean waterfall of the N_CLOSEST pairs drawn nearest to the other ``outcome``.

    ``level_name``: what was compared; whole ``weight_bits``, ``is_total`` for the sum. One row
    of 0 where fewer pairs than the least cell were drawn: a single pair is never shown.
    """
    pairs = linking.review_pairs
    chosen = pairs[pairs["is_linked"].astype(bool) == (outcome == ACCEPTED)]
    chosen = chosen.sort_values(["link_probability", "record_key_l", "record_key_r"],
                                ascending=[outcome == ACCEPTED, True, True]).head(N_CLOSEST)
    if len(chosen) < profile.cell_min:
        none = {"level_name": ["Too few such pairs were drawn"], "is_total": True,
                "weight_bits": pd.array([0], dtype="Int64")}
        return exempt(pd.DataFrame(none), OF_THE_MODEL)
    told = explain_pairs(*_sides(linking, chosen), linking.model)
    told = told[told["comparison_name"] != PRIOR]
    aspect = told["comparison_name"].replace(ASPECTS).str.capitalize()
    bits = (told["match_weight"].groupby(aspect, sort=False).sum() / len(chosen)).round()
    steps = bits[bits != 0].astype("int64")
    waterfall = pd.DataFrame({
        "level_name": [*steps.index, SUM],
        "weight_bits": pd.array([*steps, steps.sum()], dtype="Int64"),
        "is_total": [*[False] * len(steps), True],
    })
    return exempt(waterfall, OF_THE_MODEL)


def _stands_for(pairs: pd.DataFrame) -> pd.Series:
    """For how many links each drawn pair stands."""
    return pairs["n_in_stratum"].astype("float64") / pairs["n_drawn"].astype("float64")


def _sides(linking: Linking, pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    left, right = (linking.compared.reindex(pairs[f"record_key_{side}"]).reset_index(drop=True)
                   for side in "lr")
    return left, right


def _agreed_keys(linking: Linking, pairs: pd.DataFrame) -> np.ndarray:
    """Return for each pair (a row) and each key (a column) whether the records agree on it."""
    import duckdb

    values = ", ".join(f'CAST({key.sql} AS VARCHAR) AS "{key.name}"' for key in KEYS)
    told = []
    with duckdb.connect() as connection:
        for number, side in enumerate(_sides(linking, pairs)):
            connection.register(f"side_{number}", side)
            told.append(connection.execute(f"SELECT {values} FROM side_{number}").df())
    left, right = told
    return np.column_stack([
        ((left[key.name] == right[key.name]) & left[key.name].notna()).to_numpy(bool)
        for key in KEYS
    ])


def _levels(comparison: dict[str, Any]) -> list[tuple[TrainedLevel, str]]:
    """Return the levels that weigh anything, each with whether it was trained."""
    levels = [level for level in trained_levels(comparison) if not level.is_missing]
    is_assumed = np.allclose([level.m_probability or 0.0 for level in levels],
                             assumed_m(np.zeros(len(levels))), rtol=0, atol=1e-9)
    return [(level, NOT_TRAINED if is_assumed else HARDLY_SEEN
             if (level.m_probability or 0.0) <= LEAST_M else TRAINED) for level in levels]


def _one_in(share: float | None) -> str:
    """Say a chance as people do.

    >>> _one_in(0.75), _one_in(0.00004), _one_in(None)
    ('75%', '1 in 25,000', 'never seen')
    """
    if not share:
        return "never seen"
    if share >= COMMON_SHARE:
        return f"{share:.0%}"
    digits = max(len(str(int(1 / share))) - 2, 0)
    return f"1 in {int(round(1 / share, -digits)):,}"


def weight_words(weights: pd.DataFrame, *, place: str) -> dict[str, str]:
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


def waterfall_words(steps: pd.DataFrame, outcome: str) -> dict[str, str]:
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


def key_words(keys: pd.DataFrame, *, place: str) -> dict[str, str]:
    """Return the words of the chart of what each blocking key finds."""
    shown = keys.dropna(subset=["found_share"])
    return {"title": "Keys cannot be shown" if shown.empty
            else f"Most links agree on: {shown['key_name'].iloc[0]}",
            "subtitle": f"Share of accepted links whose records agree on the key, {place}",
            "alt_text": "Bars of accepted links by blocking key: "
                        f"{listed(shown['key_name'], shown['found_share'])}."}
