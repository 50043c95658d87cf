"""Whether it is the offer, beside none and beside every other, and what the tests show."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import exempt, rounded_sum, sum_is_safe
from workbench.donors.offers.contrast import EVERYBODY_ELSE
from workbench.donors.offers.study import Study
from workbench.donors.offers.variations import PER_ASK
from workbench.pages.offers.counted import (
    GROUP_COLUMNS,
    IN_THOUSAND,
    NOBODY,
    NOT_SHOWN,
    OFFER_COLUMNS,
    THOUSAND,
    One,
    asks_halved,
    difference_told,
    group_of,
    lift_told,
    protect_asks,
    segments_of,
    unseen_counted,
    unseen_rows,
    whole_numbers,
)
from workbench.pages.offers.labels import capital, unbroken
from workbench.settings import Disclosure


def effect_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return what the first segment's offer does, at random: the segment, the rest, everybody.

    ``effect_text``, in answers in a thousand with its interval, is worked out from the counts
    as shown; positive: the offer draws. The segment and the rest are of the half that the
    search did not see, everybody of the whole file.
    """
    if study.effects.empty:
        return pd.DataFrame({"group_name": [f"{NOBODY}, or its appeal had no plain version"]})
    one = segments_of(study)[0]
    offered = unseen_counted(study, one, profile)
    plain = _plain_counted(study, profile, one)
    offer, without = _arms_counted(study, profile, one)
    told = [(name, asked, plain[name]) for name, asked in
            zip((one["group_name"], EVERYBODY_ELSE), offered, strict=True) if name in plain]
    rows = [{"group_name": capital(name), "n_offer": asked["n_asked"],
             "offer_in_thousand": asked["in_thousand"], "n_plain": unoffered["n_asked"],
             "plain_in_thousand": unoffered["in_thousand"],
             "effect_text": difference_told(asked, unoffered)}
            for name, asked, unoffered in [*told, ("everybody asked", offer, without)]]
    return whole_numbers(pd.DataFrame(rows))


def effect_sentence(study: Study, shown: pd.DataFrame) -> str:
    """Return what the two tables on the offer itself may be called."""
    if study.segments.empty:
        return "With no segment confirmed there is none whose offer could be compared with others."
    name = study.segments["segment_name"].iloc[0]
    if study.effects.empty:
        return (f"The appeal had no plain version{_arms_told(study)}, so whether the offer draws "
                f"{name}, or whether they answer whatever they are sent, is an association only: "
                "the table of all offers is what there is.")
    told = ("Part of those asked, drawn at random, got the appeal without the offer: "
            f"for {name}, the ")
    if shown["plain_in_thousand"].isna().iloc[0]:
        return (f"{told}difference would be an effect of the offer, but too few of those without "
                "it answered for it to be shown. The effect on everybody asked is.")
    return (f"{told}difference is an effect of the offer. How they answer other offers is an "
            "association, since who was sent what was not decided at random.")


def difference_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a group in which an offer does more, or less, than in others.

    By the half that the search did not see. ``offer_in_thousand`` and ``plain_in_thousand``
    answers in the group; ``effect_text`` there and ``elsewhere_text`` of everybody else, from
    counts as shown; ``surplus_text``: the one less the other, less what having been chosen
    adds. All in answers in a thousand; positive: the offer draws.
    """
    rows = study.differences.found
    if rows.empty:
        return pd.DataFrame({"group_name": ["No group is confirmed in which an offer does more "
                                            "or less than in others"]})
    exempt(rows, "effects of a model, of groups whose counts are shown", "shrunk_effect",
           "shrunk_low", "shrunk_high", "overall_p")
    told = [_difference_told(study, {**one, "group_name": one["segment_name"]}, profile)
            for one in rows.to_dict("records")]
    return whole_numbers(pd.DataFrame(told))


def difference_sentence(study: Study) -> str:
    """Return what the table of groups by effect may be called, and what it left out."""
    found = study.differences
    if not found.arms and not found.not_random:
        return "No appeal went out with and without its offer, so there is no effect to compare."
    told = (f"{found.n_groups:,} groups of one to three traits were looked at, of offers sent "
            "beside a plain version or another at random; an effect, in points, by the half of "
            "the file that the search did not see.")
    if found.not_random:
        names = " and ".join(study.offer_names[offer] for offer in found.not_random)
        told += (f" Left out: {names}, since who got it goes together with age, sex, place, past "
                 "giving or the like: it was not dealt at random.")
    return told


def lift_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return how the first segment answers every offer beside everybody else: an association."""
    if study.lifts.empty:
        return pd.DataFrame({"offer_name": [NOBODY]})
    one = segments_of(study)[0]
    groups = pd.DataFrame([group_of(study, offer) for offer in study.lifts["offer_id"]])
    frame = groups.assign(group_name=one["group_name"], half_name=one["estimated_half"],
                          **study.lifts[["n_asked", "n_answered"]])
    shown = protect_asks(frame, profile, dimensions=[*OFFER_COLUMNS, *GROUP_COLUMNS],
                         is_partition=False)
    exempt(study.lifts, "lifts, of groups whose counts are shown", "answer_lift", "lift_low",
           "lift_high")
    shown["offer_name"] = [study.offer_names[offer] for offer in study.lifts["offer_id"]]
    told = pd.Series([lift_told(row) for row in study.lifts.to_dict("records")])
    shown["lift_text"] = told.where(shown["in_thousand"].notna(), NOT_SHOWN)
    return shown[["offer_name", "n_asked", *IN_THOUSAND, "lift_text"]]


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
    shown["money_text"] = shown["money_text"].where(shown["n_answered"].notna(), NOT_SHOWN)
    return shown[["test_name", "variation_name", "reference_code", "n_asked", "n_answered",
                  *IN_THOUSAND, "difference_text", "money_text"]]


def looks_words(study: Study) -> str:
    """Return the subtitle of the table of tests: how often they were looked at."""
    n = study.terms.n_looks
    times = "once" if n == 1 else f"{n} times"
    return f"Looked at {times}; all answers to asks that count, {study.campaign.name}"


def _difference_told(study: Study, one: One, profile: Disclosure) -> One:
    """Return the row of one group; counts that are too small to show are not counted at all."""
    row = {"group_name": capital(str(one["segment_name"])),
           "offer_name": study.offer_names[str(one["offer_id"])],
           "overall_text": f"{one['overall_p']:.3f}"}
    arms = study.differences.arms[str(one["offer_id"])]
    group = arms.rules.index(one["rule"])
    smallest = min(float((arms.frame.membership[[group]] @ y)[0]) for arm in arms.y for y in arm)
    texts = ("effect_text", "elsewhere_text", "surplus_text")
    if smallest < profile.cell_min:
        return {**row, "offer_in_thousand": pd.NA, "plain_in_thousand": pd.NA,
                **dict.fromkeys(texts, NOT_SHOWN)}
    seed = study.search.plan.seed
    offered, plain = (unseen_rows(asks_halved(asks, one, profile, seed=seed), one)
                      for asks in _both_arms(study, str(one["offer_id"])))
    surplus = [f"{THOUSAND * one[name]:+.0f}".replace("-", "\u2212")
               for name in ("shrunk_effect", "shrunk_low", "shrunk_high")]
    effects = [difference_told(*pair) for pair in zip(offered, plain, strict=True)]
    is_shown = NOT_SHOWN not in effects
    return {**row, "offer_in_thousand": offered[0]["in_thousand"],
            "plain_in_thousand": plain[0]["in_thousand"], "effect_text": effects[0],
            "elsewhere_text": effects[1],
            "surplus_text": unbroken(f"{surplus[0]} ({surplus[1]} to {surplus[2]})")
            if is_shown else NOT_SHOWN}


def _both_arms(study: Study, offer_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the asks with the offer and those that it is compared with."""
    asks = study.asks
    offered = asks[asks["offer_id"] == offer_id]
    others = asks[(asks["appeal_id"] == offered["appeal_id"].iloc[0])
                  & (asks["offer_id"] != offer_id)]
    plain = others[others["is_comparison"]]
    return offered, plain if len(plain) else others


def _plain_counted(study: Study, profile: Disclosure, one: One) -> dict[str, One]:
    """Return those who got the offer's appeal without it, by the group's name."""
    rows = study.effects[study.effects["segment_id"] == one["segment_id"]]
    frame = rows[["group_name", "n_plain", "n_plain_answered"]].set_axis(
        ["group_name", "n_asked", "n_answered"], axis="columns").reset_index(drop=True)
    shown = protect_asks(frame, profile, dimensions=["group_name"],
                         where=_plain_group(study, one))
    return {str(row["group_name"]): row for row in shown.to_dict("records")}


def _arms_counted(study: Study, profile: Disclosure, one: One) -> list[One]:
    """Return everybody who got the offer, and everybody who got its appeal without it."""
    asks, own = study.asks, group_of(study, one["offer_id"])
    is_own = asks["offer_id"] == one["offer_id"]
    is_plain = (asks["appeal_id"] == own["reference_code"]) & asks["is_comparison"]
    answered = [asks.loc[is_arm, "has_responded"] for is_arm in (is_own, is_plain)]
    frame = pd.DataFrame([own, _plain_group(study, one)]).assign(
        n_asked=[len(arm) for arm in answered], n_answered=[int(arm.sum()) for arm in answered])
    shown = protect_asks(frame, profile, dimensions=OFFER_COLUMNS, is_partition=False)
    return list(shown.to_dict("records"))


def _plain_group(study: Study, one: One) -> dict[str, str]:
    """Return reference code and variation of the offer's appeal without it."""
    appeal = group_of(study, one["offer_id"])["reference_code"]
    is_plain = (study.asks["appeal_id"] == appeal) & study.asks["is_comparison"]
    arms = sorted(study.asks.loc[is_plain, "arm_code"].unique())
    return {"reference_code": appeal, "variation_name": " and ".join(arms)}


def _arms_told(study: Study) -> str:
    """Return that no arm of the file is one of comparison_arms, where none is."""
    if study.asks["is_comparison"].any():
        return ""
    arms = " or ".join(study.terms.comparison_arms) or "anything"
    return f" (no arm on file is named {arms}: comparison_arms in params.yaml says which is plain)"


def _money_told(study: Study, one: One) -> str:
    if pd.isna(one["money_per_ask_minor"]):
        return "no money asked"
    asks = study.asks
    own = asks[(asks["appeal_id"] == one["reference_code"])
               & (asks["arm_code"] == one["variation_name"]) & asks["has_responded"]]
    if not sum_is_safe(own["response_minor"].dropna().astype("int64")):
        return NOT_SHOWN
    money = [(rounded_sum(one[name]) or 0) / 100 for name in PER_ASK]
    return unbroken(f"{money[0]:.2f} ({money[1]:.2f} to {money[2]:.2f})")
