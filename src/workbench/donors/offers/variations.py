"""Fundraising tests by their handles: each variation, and the one that it is compared with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.donors.offers.evidence import LEVEL, difference_interval, rate_interval

N_RESAMPLES = 2_000
PER_ASK = ("money_per_ask_minor", "money_per_ask_minor_low", "money_per_ask_minor_high")
COLUMNS = (
    "test_name", "variation_name", "reference_code", "is_comparison", "n_asked", "n_answered",
    "answer_rate", "rate_low", "rate_high", "rate_difference", "difference_low",
    "difference_high", *PER_ASK, "n_gifts", "n_looks",
)


def compare_variations(
    asks: pd.DataFrame, donations: pd.DataFrame, *, n_looks: int, seed: int
) -> pd.DataFrame:
    """Return one row a variation of a test: an appeal that went out in two arms or more.

    ``test_name`` as the gifts with that reference code have it, else the appeal.
    ``rate_difference``: its rate less that of the comparison (the arm at random without
    the offer, else the first by name), missing for itself. ``money_per_ask_minor``: hundredths of
    the currency for each person asked, its ends from resampling households. ``n_gifts``: gifts
    that carry the reference code and the arm. The difference's interval is so wide that,
    looked at ``n_looks`` times, it misses the truth at most one time in twenty in all.
    """
    if n_looks < 1:
        raise ValueError("n_looks is 1 or more")
    names = _test_names(donations)
    gifts = donations[donations["amount_minor"] > 0].groupby(["appeal_id", "arm_code"]).size()
    rows: list[dict[str, object]] = []
    for appeal, sent in asks.groupby("appeal_id", sort=True):
        arms = {str(arm): part for arm, part in sent.groupby("arm_code", sort=True)}
        if len(arms) < 2:
            continue
        compared = _comparison(arms)
        for place, (arm, part) in enumerate(arms.items()):
            rng = np.random.default_rng([seed, place, len(rows)])
            rows.append({
                "test_name": names.get(str(appeal), str(appeal)), "variation_name": arm,
                "reference_code": str(appeal), "is_comparison": arm == compared,
                **_counts(part),
                **_difference(part, arms[compared], n_looks, is_same=arm == compared),
                **_money(part, rng), "n_gifts": int(gifts.get((appeal, arm), 0)),
                "n_looks": n_looks,
            })
    return pd.DataFrame(rows, columns=COLUMNS)


def money_interval(
    money: np.ndarray, households: Sequence[str] | np.ndarray, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return money for each person asked and its ends, whole households resampled.

    Each household counts as often as a Poisson draw of mean 1 (Hanley and MacGibbon 2006);
    those that gave nothing are drawn together, by how many were asked in them.
    """
    home = pd.factorize(pd.Series(households))[0]
    given = np.bincount(home, weights=money)
    n_asked = np.bincount(home)
    is_giver = given != 0
    times = rng.poisson(1.0, (N_RESAMPLES, int(is_giver.sum())))
    asked = times @ n_asked[is_giver]
    for size, n_homes in zip(*np.unique(n_asked[~is_giver], return_counts=True), strict=True):
        asked = asked + size * rng.poisson(n_homes, N_RESAMPLES)
    means = (times @ given[is_giver]) / np.maximum(asked, 1)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(money.mean()), float(low), float(high)


def _test_names(donations: pd.DataFrame) -> dict[str, str]:
    named = donations.dropna(subset=["appeal_id", "test_name"])
    first = named.sort_values(["appeal_id", "test_name"]).drop_duplicates("appeal_id")
    return dict(zip(first["appeal_id"], first["test_name"], strict=True))


def _comparison(arms: dict[str, pd.DataFrame]) -> str:
    plain = [arm for arm, part in arms.items() if part["is_comparison"].any()]
    return (plain or list(arms))[0]


def _counts(part: pd.DataFrame) -> dict[str, float]:
    n, y = len(part), int(part["has_responded"].sum())
    low, high = rate_interval(y, n)
    return {"n_asked": n, "n_answered": y, "answer_rate": y / n, "rate_low": low,
            "rate_high": high}


def _difference(
    part: pd.DataFrame, compared: pd.DataFrame, n_looks: int, *, is_same: bool
) -> dict[str, float]:
    if is_same:
        return dict.fromkeys(("rate_difference", "difference_low", "difference_high"), np.nan)
    counts = [(int(rows["has_responded"].sum()), len(rows)) for rows in (part, compared)]
    low, high = difference_interval(counts[0], counts[1], 1 - (1 - LEVEL) / n_looks)
    return {"rate_difference": counts[0][0] / counts[0][1] - counts[1][0] / counts[1][1],
            "difference_low": low, "difference_high": high}


def _money(part: pd.DataFrame, rng: np.random.Generator) -> dict[str, float]:
    given = part["response_minor"].where(part["has_responded"]).astype("Float64")
    if not given.notna().any():
        return dict.fromkeys(PER_ASK, np.nan)
    found = money_interval(given.fillna(0).to_numpy(dtype=float), part["household"].to_numpy(),
                           rng)
    return dict(zip(PER_ASK, found, strict=True))
