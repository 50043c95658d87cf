"""The tables of the offers brief on who answers what, as they may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.donors.offers.cells import NOT_KNOWN
from workbench.donors.offers.contrast import EVERYBODY_ELSE
from workbench.donors.offers.counted import (
    NOBODY,
    NOT_SHOWN,
    OFFER_COLUMNS,
    difference_told,
    group_of,
    halves_counted,
    lift_told,
    offer_groups,
    protect_asks,
    segments_of,
    unseen_counted,
    whole_numbers,
)
from workbench.donors.offers.permutation import tally_search
from workbench.donors.offers.study import Study
from workbench.donors.offers.traits import AGE_BANDS
from workbench.donors.offers.words import capital, group_name, place_name
from workbench.settings import Disclosure

MOST_PLACES = 8
THE_GROUP = "The group"


def account_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row an account of asks, ``account_name`` and ``n_rows``, as it may be shown.

    An ask is somebody who was asked, and some accounts say what they are: so they are counts
    of people like any other.
    """
    shape = Shape("n_rows", ("n_rows",), population="asks by account",
                  dimensions=("account_name",))
    return protect(study.accounts, profile, shape=shape)


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
    for one in segments_of(study, by="n_asked"):
        inside, rest = unseen_counted(study, one, profile)
        rows.append({
            "segment_name": capital(one["group_name"]),
            "offer_name": study.offer_names[one["offer_id"]], "n_asked": inside["n_asked"],
            "in_thousand": inside["in_thousand"],
            "in_thousand_low": inside["in_thousand_low"],
            "in_thousand_high": inside["in_thousand_high"],
            "elsewhere_in_thousand": rest["in_thousand"],
            "difference_text": difference_told(inside, rest),
        })
    return whole_numbers(pd.DataFrame(rows)) if rows else pd.DataFrame({"segment_name": [NOBODY]})


def evidence_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a confirmed segment: how much more it answers, and how sure that is.

    ``lift_text`` (answers over those that age, sex, place, past giving, interests and channel
    predict one by one), ``shrunk_text`` (less what having had to be confirmed adds), and the
    chances ``search_text``, ``confirm_text`` and ``overall_text``. Where none was confirmed, the
    candidate that came nearest, without a lift.
    """
    if study.segments.empty:
        return _nearest_table(study)
    rows = []
    for one in segments_of(study, by="n_asked"):
        is_shown = pd.notna(unseen_counted(study, one, profile)[0]["in_thousand"])
        rows.append({
            "segment_name": capital(one["group_name"]),
            "offer_name": study.offer_names[one["offer_id"]],
            "lift_text": lift_told(one) if is_shown else NOT_SHOWN,
            "shrunk_text": f"{one['shrunk_lift']:.1f}" if is_shown else NOT_SHOWN,
            **_chances(one),
        })
    exempt(study.segments, "lifts and chances of a model, of groups whose counts are shown",
           "answer_lift", "lift_low", "lift_high", "shrunk_lift", "search_p", "confirm_p",
           "overall_p")
    return pd.DataFrame(rows)


def confirmation_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return answers in a thousand of the best group and of everybody else, in both halves.

    Of the first segment, or where none was confirmed of the candidate that came nearest; of
    everybody where there was no candidate. Columns: ``where_name``, ``n_asked``,
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
    """Return the first segment, else the candidate that came nearest; None for none.

    ``offer_id``, ``rule``, ``group_name``, ``searched_half``.
    """
    for one in segments_of(study):
        return one
    found = study.search.found.sort_values(["overall_p", "search_p"], kind="stable")
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


def _nearest_table(study: Study) -> pd.DataFrame:
    """Return the candidate that came nearest to being confirmed, with its chances."""
    one = best_group(study)
    if one is None:
        return pd.DataFrame({"segment_name": ["No group stood out in a half"]})
    return pd.DataFrame({
        "segment_name": [capital(one["group_name"])],
        "offer_name": [study.offer_names[one["offer_id"]]], "lift_text": ["not confirmed"],
        **{name: [told] for name, told in _chances(one).items()}})


def _chances(one: Mapping[str, Any]) -> dict[str, str]:
    """Return the three p-values of a group: of its search, its confirmation, and both."""
    return {f"{name}_text": f"{one[f'{name}_p']:.3f}" for name in ("search", "confirm", "overall")}


def _mapped_sex(study: Study) -> str:
    """Return the sex that the first segment is of; empty where it is of both, or is none."""
    segments = segments_of(study)
    return str(dict(segments[0]["rule"]).get("sex_code", "")) if segments else ""
