"""What today's donors will give next, and how the forecast of the last period held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.disclosure import Shape, protect, rounded_count, sum_is_safe
from workbench.donors.segments import N_QUINTILES, SEGMENT_NAMES
from workbench.donors.value.draws import EVERYBODY
from workbench.donors.value.period import Period
from workbench.donors.valued import Valued
from workbench.exhibits import Words
from workbench.pages.donors.money import JUDGES, money_by
from workbench.settings import Disclosure

# Forecasts count nobody: they are averages over donors with one history, and rounded as such.
# The last row of their tables is everybody, so the rows overlap, but those before it do not.
EXPECTED = ("n_expected", "n_expected_low", "n_expected_high")
EVERYBODY_NAME = "Everybody"
NEXT_SHAPE = Shape(
    basis="n_donors", counts=("n_donors",), means=EXPECTED,
    sums=dict.fromkeys(("value_minor", "value_minor_low", "value_minor_high"), JUDGES),
    population="donors", dimensions=("segment_name",), is_disjoint=False,
    unions={(EVERYBODY_NAME,): tuple({"segment_name": name} for name in SEGMENT_NAMES.values())},
)
HELD_SHAPE = replace(NEXT_SHAPE, counts=("n_donors", "n_given"), sums={},
                     population="donors of the last period")


def next_period_table(valued: Valued, profile: Disclosure) -> pd.DataFrame:
    """Return one row a segment, and everybody, with what the next period is to bring.

    Columns: ``segment_name``, ``n_donors``, ``n_expected`` gifts and ``value_minor``
    (hundredths of the currency), each with the ends between which it is to lie. No row where
    there is no forecast: nothing is expected then, not even nothing.
    """
    each = valued.donors.assign(minor=valued.donors["value_minor"].fillna(0))
    judged = pd.concat([money_by(each, "segment_code"),
                        money_by(each.assign(segment_code=EVERYBODY), "segment_code")])
    rows = _named(valued.sums.merge(judged[list(JUDGES)], how="left", left_on="segment_code",
                                    right_index=True, validate="one_to_one"))
    return protect(rows if valued.forecasts else rows.head(0), profile, shape=NEXT_SHAPE)


def held_out_table(valued: Valued, profile: Disclosure) -> pd.DataFrame:
    """Return one row a segment, and everybody: gifts expected of the last period, and given.

    Columns: ``segment_name``, ``n_donors``, ``n_expected`` with its ends, ``n_given``.
    """
    rows = _named(valued.held_out.sums)[["segment_name", "n_donors", *EXPECTED, "n_given"]]
    return protect(rows, profile, shape=HELD_SHAPE)


def _named(sums: pd.DataFrame) -> pd.DataFrame:
    """Give segments and columns their names; segments in their order, everybody last."""
    rows = sums.set_index("segment_code").reindex([*SEGMENT_NAMES, EVERYBODY])
    rows.columns = rows.columns.str.replace("expected_gifts", "n_expected").str.replace(
        "n_gifts", "n_given")
    tallies = rows.columns.intersection(["n_donors", "n_given", *JUDGES])
    rows[tallies] = rows[tallies].fillna(0)
    rows.insert(0, "segment_name", [*SEGMENT_NAMES.values(), EVERYBODY_NAME])
    return rows.reset_index(drop=True)


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
    return {"title": f"Gifts lay within the interval in {told}", "subtitle": subtitle,
            "alt_text": f"Gifts by segment: {listed}."}


def held_ratio(valued: Valued, profile: Disclosure) -> float | None:
    """Return the ratio of actual to predicted gifts of the last period, from rounded numbers."""
    if not valued.held_out.has_forecast:
        return None
    table = held_out_table(valued, profile).set_index("segment_name")
    ratio = (table["n_given"] / table["n_expected"])[EVERYBODY_NAME]
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
    if not valued.held_out.has_forecast:
        return "untried"
    row = valued.held_out.sums.set_index("segment_code").loc[EVERYBODY]
    if not row["expected_gifts_low"] <= row["n_gifts"] <= row["expected_gifts_high"]:
        return "gifts"
    is_in = row["value_minor_low"] <= row["given_minor"] <= row["value_minor_high"]
    return "held" if is_in or not sum_is_safe(valued.held_out.donors["given_minor"]) else "money"


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
    shown = held_out_table(valued, profile).set_index("segment_name").loc[EVERYBODY_NAME]
    low, high, given = (shown[name] for name in ("n_expected_low", "n_expected_high", "n_given"))
    if pd.isna([low, high, given]).any():
        return (f"Tried on the last {period.days} days, the number of gifts given lay outside "
                f"the {period.level:.0%} interval.")
    return (f"Tried on the last {period.days} days, it predicted {low:,} to {high:,} gifts "
            f"({period.level:.0%} interval), and {given:,} were given.")


def _first_fifth_told(valued: Valued, profile: Disclosure) -> str:
    """Return the share of the fifth predicted to give most, where it may be shown."""
    donors = valued.held_out.donors.sort_values(
        ["value_minor", "person_id"], ascending=[False, True])
    n_first = len(donors) // N_QUINTILES
    first, rest = (donors["given_minor"].iloc[part]
                   for part in (slice(None, n_first), slice(n_first, None)))
    n_gave = [rounded_count(int((part > 0).sum()), profile) for part in (first, rest)]
    if None in n_gave or not (sum_is_safe(first) and sum_is_safe(rest)):
        return ""
    share = first.sum() / donors["given_minor"].sum()
    return ("The fifth of donors predicted to give most then gave "
            f"{share:.0%} of the money. ")
