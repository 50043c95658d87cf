"""The tables of the invitation plan and of fundraising tests, as they may be shown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from workbench.disclosure import Shape, exempt, protect, rounded_sum, sum_is_safe
from workbench.donors.offers.counted import OFFER_COLUMNS, difference_told, protect_asks
from workbench.donors.offers.study import Study
from workbench.donors.offers.variations import PER_ASK
from workbench.donors.offers.words import unbroken
from workbench.settings import Disclosure

INVITED = "people who may be invited"
ACCEPT = ("n_accept", "n_accept_low", "n_accept_high")
MONEY = ("take_minor", "cost_minor", "net_minor", "net_minor_low", "net_minor_high")
# Each length of the list holds the shorter ones. Forecasts count nobody: they are means over
# those invited, and rounded as such.
PLAN_SHAPE = Shape("n_invited", ("n_invited",), means=(*ACCEPT, *MONEY), population=INVITED,
                   dimensions=("length_code",), is_disjoint=False)


def recommended(plan: pd.DataFrame) -> dict[str, Any] | None:
    """Return the recommended row of a plan with its ``length_code``; None where there is none."""
    for one in _coded(plan).to_dict("records"):
        if one["is_recommended"]:
            return {str(name): value for name, value in one.items()}
    return None


def protect_plan(plan: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return the plan as it may be shown, one row a length of the list, in numbers."""
    rows = _coded(plan)
    kept = rows[["length_code", "n_invited", *ACCEPT, *MONEY]].astype(
        dict.fromkeys((*ACCEPT, *MONEY), "float64"))
    shown = protect(kept, profile, shape=PLAN_SHAPE)
    shown["overflow_probability"] = rows["overflow_probability"].astype("float64").round(2)
    shown["is_recommended"] = rows["is_recommended"]
    return exempt(shown, "chance of too many guests, of a forecast", "overflow_probability")


def plan_table(plan: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a length of the list: acceptances, money, chance of too many guests."""
    if plan.empty:
        return pd.DataFrame({"length_name": ["No list is planned"]})
    shown = protect_plan(plan, profile)
    told = {name: [f"under {profile.cell_min}" if pd.isna(n) else f"{n:,}" for n in shown[name]]
            for name in ("n_invited", *ACCEPT)}
    marks = [", recommended" if mark else "" for mark in shown["is_recommended"]]
    table = pd.DataFrame({
        "length_name": [f"{n}{mark}" for n, mark in
                        zip(told["n_invited"], marks, strict=True)],
        "accept_text": [unbroken(f"{n} ({low} to {high})") for n, low, high in
                        zip(*(told[name] for name in ACCEPT), strict=True)],
    })
    return table.join(shown[["overflow_probability", *MONEY]].reset_index(drop=True))


def variation_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a variation of a fundraising test, as it may be shown.

    Differences are worked out from the counts as shown; money for each person asked is hidden
    where one or two gave most of it.
    """
    rows = study.variations.reset_index(drop=True)
    frame = rows[["test_name", *OFFER_COLUMNS, "n_asked", "n_answered"]]
    if frame.empty:
        return pd.DataFrame({"test_name": ["No appeal went out in several variations"]})
    shown = protect_asks(frame, profile, dimensions=OFFER_COLUMNS, is_partition=False)
    told = list(zip(rows.to_dict("records"), shown.to_dict("records"), strict=True))
    plain = {one["reference_code"]: counted for one, counted in told if one["is_comparison"]}
    shown["difference_text"] = [
        "the comparison" if one["is_comparison"] else
        difference_told(counted, plain[one["reference_code"]], n_looks=one["n_looks"])
        for one, counted in told]
    exempt(rows, "money for each person asked, where nobody gave most of it", *PER_ASK)
    shown["money_text"] = [_money_told(study, one) for one, _ in told]
    shown["money_text"] = shown["money_text"].where(shown["n_answered"].notna(), "not shown")
    return shown[["test_name", "variation_name", "reference_code", "n_asked", "n_answered",
                  "in_thousand", "in_thousand_low", "in_thousand_high", "difference_text",
                  "money_text"]]


def _coded(plan: pd.DataFrame) -> pd.DataFrame:
    """Give each length its code: its place among the lengths."""
    return plan.reset_index(drop=True).assign(
        length_code=[f"length {place}" for place in range(1, len(plan) + 1)],
        is_recommended=plan["is_recommended"].astype(bool).to_numpy())


def _money_told(study: Study, one: Mapping[Hashable, Any]) -> str:
    if pd.isna(one["money_per_ask_minor"]):
        return "no money asked"
    asks = study.asks
    own = asks[(asks["appeal_id"] == one["reference_code"])
               & (asks["arm_code"] == one["variation_name"]) & asks["has_responded"]]
    if not sum_is_safe(own["response_minor"].dropna().astype("int64")):
        return "not shown"
    money = [(rounded_sum(one[name]) or 0) / 100 for name in PER_ASK]
    return unbroken(f"{money[0]:.2f} ({money[1]:.2f} to {money[2]:.2f})")
