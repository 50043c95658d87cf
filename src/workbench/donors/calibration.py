"""How the forecast of the last period held against what came, in words that may be shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.disclosure import rounded_count, sum_is_safe
from workbench.donors.profile import EVERYBODY_NAME, held_out_table
from workbench.donors.segments import N_FIFTHS
from workbench.donors.value import Period
from workbench.donors.valued import Valued
from workbench.settings import Disclosure


def held_ratio(valued: Valued, profile: Disclosure) -> float | None:
    """Return gifts that came for each one foretold of the last period, from rounded numbers."""
    if not valued.held.has_forecast:
        return None
    table = held_out_table(valued, profile).set_index("segment_name")
    if EVERYBODY_NAME not in table.index:
        return None
    ratio = (table["n_given"] / table["n_expected"]).loc[EVERYBODY_NAME]
    return float(ratio) if pd.notna(ratio) and np.isfinite(ratio) else None


def held_out_words(valued: Valued, profile: Disclosure, *, period: Period) -> str:
    """Return sentences on how the forecast of the last period held, and whom it ranked first."""
    ratio = held_ratio(valued, profile)
    if ratio is None:
        return "The forecast could not be held against a period that is over."
    how = "as many" if abs(ratio - 1) < 0.005 else (
        f"{abs(ratio - 1):.0%} {'more' if ratio > 1 else 'fewer'}")
    return (f"Of all gifts that were foretold {period.days} days before the build, {how} came. "
            f"{_first_fifth_told(valued, profile)}"
            "A day on which a donor gave counts as one gift, and answers to tests as none.")


def _first_fifth_told(valued: Valued, profile: Disclosure) -> str:
    """Return what came from the fifth of donors of whom most money was foretold, if it may."""
    donors = valued.held.donors.sort_values(["value_minor", "person_id"], ascending=[False, True])
    n_first = len(donors) // N_FIFTHS
    first, rest = (donors["given_minor"].iloc[part]
                   for part in (slice(None, n_first), slice(n_first, None)))
    n_gave = [rounded_count(int((part > 0).sum()), profile) for part in (first, rest)]
    if None in n_gave or not (sum_is_safe(first) and sum_is_safe(rest)):
        return ""
    share = first.sum() / donors["given_minor"].sum()
    return ("The fifth of donors of whom most was foretold then gave "
            f"{share:.0%} of the money that came. ")
