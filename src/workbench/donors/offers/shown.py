"""The tables of the offers brief on who answers what, as they may be shown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.disclosure import exempt
from workbench.donors.offers.cells import NOT_KNOWN
from workbench.donors.offers.contrast import EVERYBODY_ELSE
from workbench.donors.offers.counted import (
    GROUP_COLUMNS,
    OFFER_COLUMNS,
    difference_told,
    group_of,
    halves_counted,
    offer_groups,
    protect_asks,
)
from workbench.donors.offers.halves import HALVES
from workbench.donors.offers.null import tally_search
from workbench.donors.offers.study import Study
from workbench.donors.offers.traits import AGE_BANDS
from workbench.donors.offers.words import capital, group_name, place_name
from workbench.settings import Disclosure

NOBODY = "No segment was confirmed"
NOT_SHOWN = "not shown"
MOST_PLACES = 8
THE_GROUP = "The group"


def offer_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row an offer: asks and answers; groups looked at, carried on, confirmed."""
    asks = study.asks[~study.asks["is_comparison"]]
    if asks.empty:
        return pd.DataFrame({"offer_name": ["No appeal that could be used"]})
    counted = asks.assign(**offer_groups(asks)).groupby(
        ["offer_id", *OFFER_COLUMNS], sort=True)["has_responded"].agg(["size", "sum"])
    frame = counted.reset_index().rename(columns={"size": "n_asked", "sum": "n_answered"})
    offer_ids = frame.pop("offer_id")
    shown = protect_asks(frame, profile, dimensions=OFFER_COLUMNS, is_partition=False)
    shown = shown[["n_asked", "n_answered", "in_thousand"]]
    shown.insert(0, "offer_name", [study.offer_names[offer] for offer in offer_ids])
    searched = {offer: len(one.frame.rules) for offer, one in study.search.offers.items()}
    carried = study.search.found.groupby("offer_id")["group"].nunique()
    confirmed = study.segments["offer_id"].value_counts()
    for name, tally in (("groups_searched", searched), ("carried_on", carried),
                        ("confirmed", confirmed)):
        shown[name] = [int(tally.get(offer, 0)) for offer in offer_ids]
    return exempt(shown, "groups, no people", "groups_searched", "carried_on", "confirmed")


def chance_table(study: Study) -> pd.DataFrame:
    """Return what each hurdle lets pass: groups of this file, and of a shuffled one.

    ``this_file``: groups; ``shuffled_mean``: mean of the shuffled files;
    ``shuffled_files_share``: shuffled files that show one such group or more.
    """
    own, null = tally_search(study.search), study.shuffled
    plan = study.search.plan
    frame = pd.DataFrame({
        "hurdle_name": ["Under 5% by itself", "Stands out in a half",
                        "Confirmed in the other"],
        "this_file": [own.n_naive, float(own.n_carried), float(own.n_confirmed)],
        "shuffled_mean": [null.n_naive, null.n_carried, null.n_confirmed],
        "shuffled_files_share": [null.files_naive_share, null.files_carried_share,
                                 null.files_confirmed_share],
    })
    return exempt(frame.round(2), f"groups, no people; means of {plan.n_shuffles} shuffled files")


def segment_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a confirmed segment, the largest first, by the half not searched.

    ``in_thousand`` with its ends, ``elsewhere_in_thousand`` of everybody else there, and
    ``difference_text`` between the two with its interval.
    """
    rows = []
    for one in _segments(study, by="n_asked"):
        inside, rest = _unseen(study, one, profile)
        rows.append({
            "segment_name": capital(one["group_name"]),
            "offer_name": study.offer_names[one["offer_id"]], "n_asked": inside["n_asked"],
            "in_thousand": inside["in_thousand"],
            "in_thousand_low": inside["in_thousand_low"],
            "in_thousand_high": inside["in_thousand_high"],
            "elsewhere_in_thousand": rest["in_thousand"],
            "difference_text": difference_told(inside, rest),
        })
    return pd.DataFrame(rows) if rows else pd.DataFrame({"segment_name": [NOBODY]})


def evidence_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a confirmed segment: how much more it answers, and how sure that is.

    ``lift_text`` (answers over those that age, sex, place, past giving, interests and channel
    foretell one by one), ``shrunk_text`` (less what having had to be confirmed adds), and the
    adjusted chances ``search_text`` and ``confirm_text``. Where none was confirmed, the
    candidate that came nearest, without a lift.
    """
    if study.segments.empty:
        return _nearest_table(study)
    rows = []
    for one in _segments(study, by="n_asked"):
        is_shown = pd.notna(_unseen(study, one, profile)[0]["in_thousand"])
        rows.append({
            "segment_name": capital(one["group_name"]),
            "offer_name": study.offer_names[one["offer_id"]],
            "lift_text": _lift_told(one) if is_shown else NOT_SHOWN,
            "shrunk_text": f"{one['shrunk_lift']:.1f}" if is_shown else NOT_SHOWN,
            "search_text": f"{one['search_p']:.3f}", "confirm_text": f"{one['confirm_p']:.3f}",
        })
    exempt(study.segments, "lifts and chances of a model, of groups whose counts are shown",
           "answer_lift", "lift_low", "lift_high", "shrunk_lift", "search_p", "confirm_p")
    return pd.DataFrame(rows)


def confirmation_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return answers in a thousand of the best group and of everybody else, in both halves.

    Of the first segment, or where none was confirmed of the candidate that the search put
    first; of everybody where there was no candidate. Columns: ``where_name``, ``n_asked``,
    ``n_answered``, ``in_thousand`` with its ends.
    """
    columns = ["where_name", "n_asked", "n_answered", "in_thousand", "in_thousand_low",
               "in_thousand_high"]
    one = best_group(study)
    if one is None:
        asks = study.asks[~study.asks["is_comparison"]]
        rows = pd.DataFrame({"where_name": ["Everybody asked"], "n_asked": [len(asks)],
                             "n_answered": [int(asks["has_responded"].sum())]})
        shown = protect_asks(rows, profile, dimensions=["where_name"], is_partition=False)
        return shown[columns]
    shown = halves_counted(study, one, profile)
    is_searched = shown["half_name"] == one["searched_half"]
    shown["where_name"] = [
        f"{THE_GROUP if is_in else capital(EVERYBODY_ELSE)}, half {'' if seen else 'not '}searched"
        for is_in, seen in zip(shown["is_in"], is_searched, strict=True)]
    order = [*shown.index[is_searched], *shown.index[~is_searched]]
    return shown.loc[order, columns].reset_index(drop=True)


def best_group(study: Study) -> dict[str, Any] | None:
    """Return the first segment, else the candidate that the search put first; None for none.

    ``offer_id``, ``rule``, ``group_name``, ``searched_half``.
    """
    for one in _segments(study):
        return one
    found = study.search.found.sort_values("search_p", kind="stable")
    for row in found.head(1).to_dict("records"):
        return {**{str(name): value for name, value in row.items()},
                "group_name": group_name(row["rule"])}
    return None


def map_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return answers to the mapped offer by age and place: a row a pair of them.

    Where the segment is of one sex, of that sex alone. Places are at most MOST_PLACES, the
    commonest.
    """
    asks = mapped_asks(study)
    places = asks.loc[asks["region_code"].notna(), "region_code"].value_counts()
    chosen = sorted(str(name) for name in places.sort_index().sort_values(
        ascending=False, kind="stable").index[:MOST_PLACES])
    pairs = pd.MultiIndex.from_product(
        [AGE_BANDS, chosen or [NOT_KNOWN]], names=["age_band", "region_code"])
    counted = asks.groupby(["age_band", "region_code"])["has_responded"].agg(["size", "sum"])
    frame = counted.reindex(pairs, fill_value=0).reset_index().rename(
        columns={"size": "n_asked", "sum": "n_answered"})
    frame = frame.astype({"n_asked": "int64", "n_answered": "int64"})
    sex = _mapped_sex(study)
    frame = frame.assign(sex_code=sex) if sex else frame
    dimensions = [name for name in ("sex_code", "age_band", "region_code") if name in frame]
    where = group_of(study, str(asks["offer_id"].iloc[0])) if len(asks) else {}
    shown = protect_asks(frame, profile, dimensions=dimensions, where=where, is_partition=False)
    shown["place_name"] = [place_name(code) for code in shown["region_code"]]
    return shown[["age_band", "place_name", "in_thousand", "n_asked", "n_answered"]]


def mapped_asks(study: Study) -> pd.DataFrame:
    """Return the asks that the map is of: the best group's offer, else the most answered."""
    asks = study.asks[~study.asks["is_comparison"]]
    one, sex = best_group(study), _mapped_sex(study)
    offer_id = "" if one is None else one["offer_id"]
    if one is None and len(asks):
        offer_id = str(asks.groupby("offer_id")["has_responded"].sum().idxmax())
    own = asks[asks["offer_id"] == offer_id]
    return own[own["sex_code"] == sex] if sex else own


def effect_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return what the first segment's offer does, by lot: two rows, the segment and the rest.

    ``effect_text``, in answers in a thousand with its interval, is worked out from the counts
    as shown; positive: the offer draws.
    """
    if study.effects.empty:
        return pd.DataFrame({"group_name": [f"{NOBODY}, or its appeal had no plain version"]})
    one = _segments(study)[0]
    asked = study.effects[study.effects["segment_id"] == one["segment_id"]]
    plain = _plain_counted(study, asked, profile, offer_id=one["offer_id"])
    rows = []
    for name, offered in zip((one["group_name"], EVERYBODY_ELSE), _unseen(study, one, profile),
                             strict=True):
        held = plain.get(name)
        rows += [] if held is None else [{
            "group_name": capital(name), "n_offer": offered["n_asked"],
            "offer_in_thousand": offered["in_thousand"], "n_plain": held["n_asked"],
            "plain_in_thousand": held["in_thousand"],
            "effect_text": difference_told(offered, held)}]
    return pd.DataFrame(rows)


def lift_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return how the first segment answers every offer beside everybody else: an association."""
    if study.lifts.empty:
        return pd.DataFrame({"offer_name": [NOBODY]})
    one = _segments(study)[0]
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
    told = pd.Series([_lift_told(row) for row in study.lifts.to_dict("records")])
    shown["lift_text"] = told.where(shown["in_thousand"].notna(), NOT_SHOWN)
    return shown[["offer_name", "n_asked", "in_thousand", "in_thousand_low", "in_thousand_high",
                  "lift_text"]]


def _segments(study: Study, *, by: str = "") -> list[dict[str, Any]]:
    """Return the segments as plain rows, in their order or the largest ``by`` first."""
    rows = study.segments.sort_values([by, "segment_id"], ascending=[False, True]) if by else (
        study.segments)
    return [{**{str(name): value for name, value in row.items()},
             "group_name": row["segment_name"],
             "searched_half": HALVES[1 - HALVES.index(row["estimated_half"])]}
            for row in rows.to_dict("records")]


def _unseen(study: Study, one: dict[str, Any], profile: Disclosure) -> list[dict[str, Any]]:
    """Return the segment and everybody else in the half that its search did not see."""
    shown = halves_counted(study, one, profile)
    unseen = shown[shown["half_name"] == one["estimated_half"]]
    ordered = unseen.sort_values("is_in", ascending=False)
    return [{str(name): value for name, value in row.items()}
            for row in ordered.to_dict("records")]


def _nearest_table(study: Study) -> pd.DataFrame:
    """Return the candidate that came nearest to being confirmed, with its chances."""
    one = best_group(study)
    if one is None:
        return pd.DataFrame({"segment_name": ["No group stood out in a half"]})
    return pd.DataFrame({
        "segment_name": [capital(one["group_name"])],
        "offer_name": [study.offer_names[one["offer_id"]]], "lift_text": ["not confirmed"],
        "search_text": [f"{one['search_p']:.3f}"], "confirm_text": [f"{one['confirm_p']:.3f}"]})


def _plain_counted(
    study: Study, effects: pd.DataFrame, profile: Disclosure, *, offer_id: str
) -> dict[str, Any]:
    """Return those who got the offer's appeal without it, by the group's name."""
    appeal = group_of(study, offer_id)["reference_code"]
    asks = study.asks
    arms = asks.loc[(asks["appeal_id"] == appeal) & asks["is_comparison"], "arm_code"]
    where = {"reference_code": appeal, "variation_name": " and ".join(sorted(arms.unique()))}
    frame = pd.DataFrame({"group_name": effects["group_name"].to_numpy(),
                          "n_asked": effects["n_plain"].to_numpy(),
                          "n_answered": effects["n_plain_answered"].to_numpy()})
    shown = protect_asks(frame, profile, dimensions=["group_name"], where=where)
    return {str(row["group_name"]): row for row in shown.to_dict("records")}


def _mapped_sex(study: Study) -> str:
    """Return the sex that the first segment is of; empty where it is of both, or is none."""
    segments = _segments(study)
    return str(dict(segments[0]["rule"]).get("sex_code", "")) if segments else ""


def _lift_told(one: Any) -> str:
    return f"{one['answer_lift']:.1f} ({one['lift_low']:.1f} to {one['lift_high']:.1f})"
