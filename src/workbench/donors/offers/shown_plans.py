"""The tables of the invitation plan and of fundraising tests, as they may be shown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from workbench.disclosure import Shape, protect, rounded_sum, sum_is_safe
from workbench.donors.offers.shown import difference_told, rated
from workbench.donors.offers.study import Study
from workbench.settings import Disclosure


def plan_table(plan: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a length of the list as it may be shown; forecasts are rounded, too."""
    if plan.empty:
        return pd.DataFrame({"length_name": ["No list is planned"]})
    counts = ("n_invited", "n_accept", "n_accept_low", "n_accept_high")
    people = protect(plan[list(counts)], profile, shape=Shape("n_invited", counts))
    told = {name: [f"under {profile.cell_min}" if pd.isna(n) else f"{n:,}" for n in people[name]]
            for name in counts}
    marks = [", recommended" if mark else "" for mark in plan["is_recommended"].astype(bool)]
    shown = pd.DataFrame({
        "length_name": [f"{n} people{mark}" for n, mark in
                        zip(told["n_invited"], marks, strict=True)],
        "accept_text": [f"{n} ({low} to {high})" for n, low, high in
                        zip(*(told[name] for name in counts[1:]), strict=True)],
        "overflow_probability": plan["overflow_probability"].astype(float).round(2).to_numpy(),
    })
    for name, column in (("take_minor", "take_minor"), ("cost_minor", "cost_minor"),
                         ("net_minor", "net_minor"), ("net_minor_low", "net_low_minor"),
                         ("net_minor_high", "net_high_minor")):
        shown[name] = [rounded_sum(value) for value in plan[column]]
    return shown


def variation_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a variation of a fundraising test, as it may be shown.

    Differences are worked out from the counts as shown; money for each person asked is hidden
    where one or two gave most of it.
    """
    rows = study.variations.reset_index(drop=True)
    frame = rows[["test_name", "variation_name", "reference_code", "n_asked", "n_answered"]]
    if frame.empty:
        return pd.DataFrame({"test_name": ["No appeal went out in several variations"]})
    shown = rated(frame, profile)
    counts = list(zip(shown["n_answered"], shown["n_asked"], strict=True))
    told = list(zip(rows.to_dict("records"), counts, strict=True))
    held = {one["reference_code"]: count for one, count in told if one["is_comparison"]}
    shown["difference_text"] = [
        "held against" if one["is_comparison"] else
        difference_told(count, held[one["reference_code"]], n_looks=one["n_looks"])
        for one, count in told]
    shown["money_text"] = [_money_told(study, one) for one, _ in told]
    shown["money_text"] = shown["money_text"].where(shown["n_answered"].notna(), "not shown")
    return shown


def _money_told(study: Study, one: Mapping[Hashable, Any]) -> str:
    if pd.isna(one["money_per_ask_minor"]):
        return "no money asked"
    asks = study.asks
    own = asks[(asks["appeal_id"] == one["reference_code"])
               & (asks["arm_code"] == one["variation_name"]) & asks["has_responded"]]
    if not sum_is_safe(own["response_minor"].dropna().astype("int64")):
        return "not shown"
    money = [(rounded_sum(value) or 0) / 100 for value in
             (one["money_per_ask_minor"], one["money_low_minor"], one["money_high_minor"])]
    return f"{money[0]:.2f} ({money[1]:.2f} to {money[2]:.2f})"
