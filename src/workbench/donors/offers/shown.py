"""The tables of the offers brief, as they may be shown, and its headline numbers."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import Shape, protect
from workbench.donors.offers.cells import NOT_KNOWN
from workbench.donors.offers.evidence import LEVEL, difference_interval, rate_interval
from workbench.donors.offers.search import members
from workbench.donors.offers.study import Study
from workbench.donors.offers.traits import AGE_BANDS
from workbench.donors.offers.words import group_name, place_name
from workbench.measures import Measure
from workbench.settings import Disclosure

NOBODY = "No segment was confirmed"
MOST_CANDIDATES = 8


def offer_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row an offer: asked, answered, rate; groups looked at, carried on, confirmed."""
    found, names = study.search.found, study.offer_names
    rows = []
    for offer_id, part in study.asks[~study.asks["is_comparison"]].groupby("offer_id", sort=True):
        offer = study.search.offers.get(str(offer_id))
        own = found[found["offer_id"] == offer_id]
        rows.append((names[str(offer_id)], len(part), int(part["has_responded"].sum()),
                     f"{len(offer.frame.rules) if offer else 0:,}",
                     f"{own['group'].nunique():,}",
                     f"{int((study.segments['offer_id'] == offer_id).sum()):,}"))
    frame = pd.DataFrame(rows, columns=["offer_name", "n_asked", "n_answered",
                                        "groups_searched", "carried_on", "confirmed"])
    if frame.empty:
        return pd.DataFrame({"offer_name": ["No appeal that could be used"]})
    return rated(frame, profile)


def segment_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a confirmed segment, the largest first, by the half not searched.

    ``lift_text`` (over what age, sex, place, past giving and interests foretell one by one),
    ``shrunk_text`` and ``p_text`` are estimates in words.
    """
    rows = study.segments.sort_values(["n_asked", "segment_id"], ascending=[False, True])
    names = study.offer_names
    frame = pd.DataFrame({
        "segment_name": [_capital(name) for name in rows["segment_name"]],
        "offer_name": [names[offer] for offer in rows["offer_id"]],
        "n_asked": rows["n_asked"].to_numpy(), "n_answered": rows["n_answered"].to_numpy(),
        "lift_text": _lifts_told(rows),
        "shrunk_text": [f"{lift:.1f}" for lift in rows["shrunk_lift"]],
        "p_text": [f"{search_p:.3f}, {confirm_p:.3f}" for search_p, confirm_p in
                   zip(rows["search_p"], rows["confirm_p"], strict=True)],
    })
    if frame.empty:
        return pd.DataFrame({"segment_name": [NOBODY]})
    shown = rated(frame, profile)
    for column in ("lift_text", "shrunk_text"):
        shown[column] = shown[column].where(shown["n_answered"].notna(), "not shown")
    return shown


def confirmation_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return rates of the best group in the half that brought it, in the other, and elsewhere.

    Of the first segment, or where none was confirmed of the candidate that the search put
    first; of everybody where there was no candidate. Columns: ``where_name``, ``n_asked``,
    ``n_answered``, ``answer_rate`` with its ends.
    """
    rows = _halves_told(study)
    frame = pd.DataFrame(rows, columns=["where_name", "n_asked", "n_answered"])
    return rated(frame, profile, has_ends=True)


def best_group(study: Study) -> tuple[str, str]:
    """Return offer and name of the group that confirmation_table is about; empty for none."""
    if len(study.segments):
        one = study.segments.iloc[0]
        return str(one["offer_id"]), str(one["segment_name"])
    found = study.search.found.sort_values("search_p", kind="stable")
    if found.empty:
        return "", ""
    return str(found["offer_id"].iloc[0]), group_name(found["rule"].iloc[0])


def map_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return answer rates of the mapped offer by age and place: a row a pair of them.

    Where the segment is of one sex, of that sex alone. Places are at most eight, the
    commonest.
    """
    asks = mapped_asks(study)
    places = asks.loc[asks["region_code"].notna(), "region_code"].value_counts()
    chosen = sorted(str(name) for name in places.index[:8])
    pairs = pd.MultiIndex.from_product(
        [AGE_BANDS, chosen or [NOT_KNOWN]], names=["age_band", "region_code"])
    counted = asks.groupby(["age_band", "region_code"])["has_responded"].agg(["size", "sum"])
    frame = counted.reindex(pairs, fill_value=0).reset_index().rename(
        columns={"size": "n_asked", "sum": "n_answered"})
    frame["place_name"] = [place_name(code) for code in frame.pop("region_code")]
    shown = rated(frame.astype({"n_asked": "int64", "n_answered": "int64"}), profile)
    return shown[["age_band", "place_name", "answer_rate", "n_asked", "n_answered"]]


def mapped_asks(study: Study) -> pd.DataFrame:
    """Return the asks that the map is of: the best group's offer, else the most answered."""
    asks = study.asks[~study.asks["is_comparison"]]
    offer_id, _ = best_group(study)
    if not offer_id and len(asks):
        offer_id = str(asks.groupby("offer_id")["has_responded"].sum().idxmax())
    own = asks[asks["offer_id"] == offer_id]
    sex = dict(study.segments["rule"].iloc[0]).get("sex_code") if len(study.segments) else None
    return own if sex is None else own[own["sex_code"] == sex]


def effect_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return what the first segment's offer does, by lot: two rows, the segment and the rest.

    ``effect_text``, in points with its interval, is worked out from the counts as shown.
    """
    columns = ["group_name", "n_offer", "n_offer_answered", "n_plain", "n_plain_answered"]
    frame = study.effects.head(2)[columns]
    frame = frame.assign(group_name=[_capital(name) for name in frame["group_name"]])
    if frame.empty:
        return pd.DataFrame({"group_name": [f"{NOBODY}, or its appeal had no plain version"]})
    shape = Shape("n_offer", tuple(columns[1:]), shares={
        "offer_rate": ("n_offer_answered", "n_offer"),
        "plain_rate": ("n_plain_answered", "n_plain")})
    shown = protect(frame, profile, shape=shape)
    shown["effect_text"] = [
        difference_told((one["n_offer_answered"], one["n_offer"]),
                         (one["n_plain_answered"], one["n_plain"]))
        for one in shown.to_dict("records")]
    return shown[["group_name", "n_offer", "offer_rate", "n_plain", "plain_rate", "effect_text"]]


def lift_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return how the first segment answers every offer beside everybody else: an association."""
    names = study.offer_names
    frame = pd.DataFrame({
        "offer_name": [names[offer] for offer in study.lifts["offer_id"]],
        "n_asked": study.lifts["n_asked"].to_numpy(),
        "n_answered": study.lifts["n_answered"].to_numpy(),
        "lift_text": _lifts_told(study.lifts),
    })
    if frame.empty:
        return pd.DataFrame({"offer_name": [NOBODY]})
    shown = rated(frame, profile)
    shown["lift_text"] = shown["lift_text"].where(shown["n_answered"].notna(), "not shown")
    return shown


def offer_measures(study: Study, plan: pd.DataFrame) -> list[Measure]:
    """Return the headline numbers of the offers brief, before they are protected.

    Those of a segment and of a list only where there is one.
    """
    asked = study.asks["person_id"].nunique()
    chosen = plan[plan["is_recommended"].astype(bool)] if len(plan) else plan
    best = study.segments.iloc[0] if len(study.segments) else None
    measures = [
        Measure("n_asked", "People asked", asked, "count", "people",
                "People who got any appeal that could be used, each counted once.", n=asked),
        Measure("n_groups", "Groups looked at", study.search.n_groups, "count", "groups",
                "Groups of two or three traits that the search held against chance.",
                is_about_people=False),
        Measure("n_segments", "Segments confirmed", len(study.segments), "count", "segments",
                "Groups that stood out in one half of the file and again in the other.",
                is_about_people=False),
    ]
    if best is not None:
        measures.append(Measure(
            "best_rate", "The first segment answers", float(best["answer_rate"]), "share",
            "share of those asked", "Rate in the half that its search did not see.",
            n=int(best["n_asked"]), low=float(best["rate_low"]), high=float(best["rate_high"])))
    if len(chosen):
        n = int(chosen["n_invited"].iloc[0])
        measures.append(Measure(
            "n_invited", "Invitations recommended", n, "count", "people",
            "Length of the invitation list within the risk of too many guests.", n=n))
    return measures


def _halves_told(study: Study) -> list[tuple[str, int, int]]:
    """Return name, asked and answered of the best group in both halves and of the rest."""
    offer_id, _ = best_group(study)
    asks = study.asks[~study.asks["is_comparison"]]
    if not offer_id:
        return [("Everybody asked", len(asks), int(asks["has_responded"].sum()))]
    found = study.search.found
    own = found[found["offer_id"] == offer_id].sort_values("search_p", kind="stable")
    one = study.segments.iloc[0] if len(study.segments) else own.iloc[0]
    part = asks[asks["offer_id"] == offer_id].reset_index(drop=True)
    is_in = members(part, one["rule"])
    half = study.search.offers[offer_id].half
    searched = 0 if _searched_half(study, one) == "first" else 1
    answered = part["has_responded"].to_numpy(dtype=bool)
    groups = (("In the half searched", is_in & (half == searched)),
              ("In the half not searched", is_in & (half != searched)),
              ("Everybody else there", ~is_in & (half != searched)))
    return [(name, int(rows.sum()), int((answered & rows).sum())) for name, rows in groups]


def _searched_half(study: Study, one: pd.Series) -> str:
    if "searched_half" in one.index:
        return str(one["searched_half"])
    return "second" if one["estimated_half"] == "first" else "first"


def rated(frame: pd.DataFrame, profile: Disclosure, *, has_ends: bool = False) -> pd.DataFrame:
    """Protect counts of asked and answered, and add the rate; its ends from rounded counts."""
    shape = Shape("n_asked", ("n_asked", "n_answered"),
                  shares={"answer_rate": ("n_answered", "n_asked")})
    shown = protect(frame, profile, shape=shape)
    shown.insert(list(shown.columns).index("n_answered") + 1, "answer_rate",
                 shown.pop("answer_rate"))
    if has_ends:
        ends = [(None, None) if pd.isna(rate) else rate_interval(int(y), int(n))
                for rate, y, n in zip(shown["answer_rate"], shown["n_answered"],
                                      shown["n_asked"], strict=True)]
        for place, name in enumerate(("answer_rate_low", "answer_rate_high")):
            values = pd.Series([end[place] for end in ends], index=shown.index, dtype="Float64")
            shown[name] = values.round(2)
    return shown


def difference_told(
    one: tuple[int, int], other: tuple[int, int], *, n_looks: int = 1
) -> str:
    """Print a difference of rates in points with its interval, from counts as they are shown."""
    if any(pd.isna(count) for count in (*one, *other)):
        return "not shown"
    low, high = difference_interval(one, other, 1 - (1 - LEVEL) / n_looks)
    middle = one[0] / one[1] - other[0] / other[1]
    told = [f"{value * 100:+.1f}".replace("-", "\u2212") for value in (middle, low, high)]
    told = ["0.0" if text[1:] == "0.0" else text for text in told]
    return f"{told[0]} ({told[1]} to {told[2]})"


def _lifts_told(rows: pd.DataFrame) -> list[str]:
    return [f"{lift:.1f} ({low:.1f} to {high:.1f})" for lift, low, high in
            zip(rows["answer_lift"], rows["lift_low"], rows["lift_high"], strict=True)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
