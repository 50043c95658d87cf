"""Whom to invite and how many: the plan by length of the list, as it may be shown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.donors.offers.planner import RANGE, Event
from workbench.donors.offers.study import Study
from workbench.pages.offers.labels import unbroken
from workbench.settings import Disclosure

INVITED = "people who may be invited"
ACCEPT = ("n_accept", "n_accept_low", "n_accept_high")
MONEY = ("take_minor", "cost_minor", "net_minor", "net_minor_low", "net_minor_high")
# Each length of the list holds the shorter ones. Forecasts count nobody: they are means over
# those invited, and rounded as such.
PLAN_SHAPE = Shape("n_invited", ("n_invited",), means=(*ACCEPT, *MONEY), population=INVITED,
                   dimensions=("length_code",), is_disjoint=False)


def recommended(plan: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return the recommended row of a plan with its ``length_code``, or no row."""
    rows = _coded(plan).astype({"n_invited": "int64"}).to_dict("records")
    return [one for one in rows if one["is_recommended"]]


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
        "length_name": [f"{n}{mark}" for n, mark in zip(told["n_invited"], marks, strict=True)],
        "accept_text": [unbroken(f"{n} ({low} to {high})") for n, low, high in
                        zip(*(told[name] for name in ACCEPT), strict=True)],
    })
    return table.join(shown[["overflow_probability", *MONEY]].reset_index(drop=True))


def plan_sentence(
    study: Study, event: Event, plan: pd.DataFrame, profile: Disclosure
) -> str:
    """Return the plan in a sentence: whom, how many, what to expect, and why it is or is not."""
    if not study.has_event:
        return "No segment that an event draws was confirmed, so no invitation list is drafted."
    if not event.capacity_people:
        return ("No event is planned. With its capacity_people and event_money_minor, under "
                "notebooks.offers in params.yaml, a list of whom to invite is drafted.")
    name = study.segments["segment_name"].iloc[0]
    if plan.empty:
        return f"Nobody of the segment ({name}) may be invited by this channel as things stand."
    if not recommended(plan):
        return (f"Inviting {name} is not expected to bring more than it costs, at any length of "
                "the list. No list is drafted.")
    return _recommended_told(name, plan, profile)


def _recommended_told(name: str, plan: pd.DataFrame, profile: Disclosure) -> str:
    shown = protect_plan(plan, profile)
    one = shown[shown["is_recommended"]].iloc[0]
    told = [f"{end:,}" if pd.notna(end) else f"under {profile.cell_min}"
            for end in (one["n_invited"], one["n_accept_low"], one["n_accept_high"])]
    return (f"The draft invites {told[0]} of {name}, those of the largest expected take "
            f"first. In {RANGE:.0%} of such events {told[1]} to {told[2]} would accept; the "
            f"chance of too many guests is {one['overflow_probability']:.0%}. The list is a "
            "draft: it leaves only by the gate, on the day.")


def _coded(plan: pd.DataFrame) -> pd.DataFrame:
    """Give each length its code: its place among the lengths."""
    return plan.reset_index(drop=True).assign(
        length_code=[f"length {place}" for place in range(1, len(plan) + 1)],
        is_recommended=plan["is_recommended"].astype(bool).to_numpy())
