"""Whether it is the offer: with it or without it at random, and beside every other offer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.disclosure import exempt
from workbench.donors.offers.contrast import EVERYBODY_ELSE
from workbench.donors.offers.counted import (
    GROUP_COLUMNS,
    NOBODY,
    NOT_SHOWN,
    OFFER_COLUMNS,
    difference_told,
    group_of,
    lift_told,
    protect_asks,
    segments_of,
    unseen_counted,
    whole_numbers,
)
from workbench.donors.offers.study import Study
from workbench.donors.offers.words import capital
from workbench.settings import Disclosure

EVERYBODY = "everybody asked"


def effect_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return what the first segment's offer does, at random: the segment, the rest, everybody.

    ``effect_text``, in answers in a thousand with its interval, is worked out from the counts
    as shown; positive: the offer draws. The segment and the rest are of the half that the
    search did not see, everybody of the whole file.
    """
    if study.effects.empty:
        return pd.DataFrame({"group_name": [f"{NOBODY}, or its appeal had no plain version"]})
    one = segments_of(study)[0]
    offered = dict(zip((one["group_name"], EVERYBODY_ELSE), unseen_counted(study, one, profile),
                       strict=True))
    plain = _plain_counted(study, profile, one)
    every = _arms_counted(study, profile, one)
    told = [(name, offered[name], plain[name]) for name in offered if name in plain]
    rows = [{"group_name": capital(name), "n_offer": asked["n_asked"],
             "offer_in_thousand": asked["in_thousand"], "n_plain": held["n_asked"],
             "plain_in_thousand": held["in_thousand"],
             "effect_text": difference_told(asked, held)}
            for name, asked, held in [*told, (EVERYBODY, *every)]]
    return whole_numbers(pd.DataFrame(rows))


def lift_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return how the first segment answers every offer beside everybody else: an association."""
    if study.lifts.empty:
        return pd.DataFrame({"offer_name": [NOBODY]})
    one = segments_of(study)[0]
    groups = pd.DataFrame([group_of(study, offer) for offer in study.lifts["offer_id"]])
    frame = groups.assign(
        group_name=one["group_name"], half_name=one["estimated_half"],
        n_asked=study.lifts["n_asked"].to_numpy(),
        n_answered=study.lifts["n_answered"].to_numpy())
    shown = protect_asks(frame, profile, dimensions=[*OFFER_COLUMNS, *GROUP_COLUMNS],
                         is_partition=False)
    exempt(study.lifts, "lifts, of groups whose counts are shown", "answer_lift", "lift_low",
           "lift_high")
    shown["offer_name"] = [study.offer_names[offer] for offer in study.lifts["offer_id"]]
    told = pd.Series([lift_told(row) for row in study.lifts.to_dict("records")])
    shown["lift_text"] = told.where(shown["in_thousand"].notna(), NOT_SHOWN)
    return shown[["offer_name", "n_asked", "in_thousand", "in_thousand_low", "in_thousand_high",
                  "lift_text"]]


def _plain_counted(study: Study, profile: Disclosure, one: dict[str, Any]) -> dict[str, Any]:
    """Return those who got the offer's appeal without it, by the group's name."""
    rows = study.effects[study.effects["segment_id"] == one["segment_id"]]
    frame = pd.DataFrame({"group_name": rows["group_name"].to_numpy(),
                          "n_asked": rows["n_plain"].to_numpy(),
                          "n_answered": rows["n_plain_answered"].to_numpy()})
    shown = protect_asks(frame, profile, dimensions=["group_name"],
                         where=_plain_group(study, one))
    return {str(row["group_name"]): row for row in shown.to_dict("records")}


def _arms_counted(
    study: Study, profile: Disclosure, one: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return everybody who got the offer, and everybody who got its appeal without it."""
    asks, own = study.asks, group_of(study, one["offer_id"])
    is_own = asks["offer_id"] == one["offer_id"]
    is_plain = (asks["appeal_id"] == own["reference_code"]) & asks["is_comparison"]
    answered = [asks.loc[is_arm, "has_responded"] for is_arm in (is_own, is_plain)]
    frame = pd.DataFrame([own, _plain_group(study, one)]).assign(
        n_asked=[len(arm) for arm in answered], n_answered=[int(arm.sum()) for arm in answered])
    shown = protect_asks(frame, profile, dimensions=OFFER_COLUMNS, is_partition=False)
    offer, plain = ({str(name): value for name, value in row.items()}
                    for row in shown.to_dict("records"))
    return offer, plain


def _plain_group(study: Study, one: dict[str, Any]) -> dict[str, str]:
    """Return reference code and variation of the offer's appeal without it."""
    appeal = group_of(study, one["offer_id"])["reference_code"]
    is_plain = (study.asks["appeal_id"] == appeal) & study.asks["is_comparison"]
    arms = sorted(study.asks.loc[is_plain, "arm_code"].unique())
    return {"reference_code": appeal, "variation_name": " and ".join(arms)}
