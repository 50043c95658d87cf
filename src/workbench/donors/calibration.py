"""How the forecast of the last period compares with what was given, in words for the page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.disclosure import rounded_count, sum_is_safe
from workbench.donors.profile import EVERYBODY_NAME, held_out_table
from workbench.donors.segments import N_QUINTILES
from workbench.donors.value import EVERYBODY, Period
from workbench.donors.valued import Valued
from workbench.settings import Disclosure


def held_ratio(valued: Valued, profile: Disclosure) -> float | None:
    """Return the ratio of actual to predicted gifts of the last period, from rounded numbers."""
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
    if valued.has_ended:
        return "The method was tried on the last period on file, and on nothing since."
    if ratio is None:
        return "The forecast could not be compared with a period that is over."
    how = "as many gifts as" if abs(ratio - 1) < 0.005 else (
        f"{abs(ratio - 1):.0%} {'more' if ratio > 1 else 'fewer'} gifts than")
    return (f"Donors known {period.days} days before the build have since given {how} predicted. "
            f"{_first_fifth_told(valued, profile)}"
            "A day on which a donor gave counts as one gift, and answers to tests as none.")


def trial_verdict(valued: Valued) -> str:
    """Return how the forecast did on the last period: untried, gifts or money off, or held.

    It held where both the gifts and the money of everybody lay within their intervals. Money
    is judged only where its sum gives nobody away.
    """
    if not valued.held.has_forecast:
        return "untried"
    row = valued.held.sums.set_index("segment_code").loc[EVERYBODY]
    if not row["expected_gifts_low"] <= row["n_gifts"] <= row["expected_gifts_high"]:
        return "gifts"
    is_in = row["value_minor_low"] <= row["given_minor"] <= row["value_minor_high"]
    return "held" if is_in or not sum_is_safe(valued.held.donors["given_minor"]) else "money"


def trial_words(valued: Valued, profile: Disclosure, *, period: Period) -> str | None:
    """Return why nobody should plan on the forecast; None where the last period bears it out."""
    verdict = trial_verdict(valued)
    if verdict == "held":
        return None
    if verdict == "untried":
        return ("The files do not reach back far enough to try the method on a period that is "
                "over.")
    if verdict == "money":
        return (f"Tried on the last {period.days} days, as many gifts were given as predicted, "
                f"but the money lay outside the {period.level:.0%} interval.")
    table = held_out_table(valued, profile).set_index("segment_name")
    return _gifts_missed(table.loc[[EVERYBODY_NAME]].iloc[0], period)


def _gifts_missed(shown: pd.Series, period: Period) -> str:
    """Return how far the number of gifts was off the prediction, in the numbers of the table."""
    numbers = [shown[name] for name in ("n_expected_low", "n_expected_high", "n_given")]
    if any(pd.isna(n) for n in numbers):
        return (f"Tried on the last {period.days} days, the number of gifts given lay outside "
                f"the {period.level:.0%} interval.")
    low, high, given = numbers
    return (f"Tried on the last {period.days} days, it predicted {low:,} to {high:,} gifts "
            f"({period.level:.0%} interval), and {given:,} were given.")


def _first_fifth_told(valued: Valued, profile: Disclosure) -> str:
    """Return the share of the fifth predicted to give most, where it may be shown."""
    donors = valued.held.donors.sort_values(["value_minor", "person_id"], ascending=[False, True])
    n_first = len(donors) // N_QUINTILES
    first, rest = (donors["given_minor"].iloc[part]
                   for part in (slice(None, n_first), slice(n_first, None)))
    n_gave = [rounded_count(int((part > 0).sum()), profile) for part in (first, rest)]
    if None in n_gave or not (sum_is_safe(first) and sum_is_safe(rest)):
        return ""
    share = first.sum() / donors["given_minor"].sum()
    return ("The fifth of donors predicted to give most then gave "
            f"{share:.0%} of the money. ")
