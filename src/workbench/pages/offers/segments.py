"""Which segments are confirmed, how much more they answer, and where they are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.disclosure import exempt
from workbench.donors.offers.cells import NOT_KNOWN
from workbench.donors.offers.contrast import EVERYBODY_ELSE
from workbench.donors.offers.estimate import SEX_WORDS, group_name
from workbench.donors.offers.study import Study
from workbench.donors.offers.traits import AGE_BANDS, commonest
from workbench.exhibits import Words, no_chart
from workbench.pages.offers.counted import (
    IN_THOUSAND,
    NOBODY,
    NOT_SHOWN,
    SHRUNK,
    WORKED_OUT,
    One,
    chosen_told,
    count_answers,
    group_of,
    halves_counted,
    lift_told,
    protect_asks,
    segments_of,
    unseen_counted,
    whole_numbers,
)
from workbench.pages.offers.labels import capital
from workbench.settings import Disclosure

MOST_PLACES = 8


def confirmation_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return answers in a thousand of the best group and of everybody else, in both halves.

    Of the first segment, or where none was confirmed of the candidate that came nearest; of
    everybody where there was no candidate. Columns: ``where_name``, ``n_asked``,
    ``n_answered``, ``in_thousand`` with its ends.
    """
    columns = ["where_name", "n_asked", "n_answered", *IN_THOUSAND]
    one = best_group(study)
    if one is None:
        asks = study.asks[~study.asks["is_comparison"]]
        rows = pd.DataFrame({"where_name": ["Everybody asked"], "n_asked": [len(asks)],
                             "n_answered": [int(asks["has_responded"].sum())]})
        shown = protect_asks(rows, profile, dimensions=["where_name"], is_partition=False)
        return shown[columns]
    shown = halves_counted(study, one, profile)
    is_searched = shown["half_name"] == one["searched_half"]
    who = {True: "The group", False: capital(EVERYBODY_ELSE)}
    shown["where_name"] = [f"{who[is_in]}, half {'' if seen else 'not '}searched"
                           for is_in, seen in zip(shown["is_in"], is_searched, strict=True)]
    order = [*shown.index[is_searched], *shown.index[~is_searched]]
    return shown.loc[order, columns].reset_index(drop=True)


def confirmation_words(study: Study, *, place: str) -> Words:
    """Return the words of the confirmation plot, which lists its points itself."""
    one = best_group(study)
    offer, name = ("any offer", "everybody") if one is None else (
        one["offer_name"], one["group_name"])
    title = ("No group stood out at all" if one is None else
             "The segment stands out in the half not searched" if len(study.segments) else
             "What stood out in one half was not confirmed")
    return {"title": title,
            "subtitle": f"Answers to {offer} in 1,000 people asked; the group: {name}; lines are "
                        f"95% intervals from rounded counts, {place}",
            "alt_text": "Points with intervals of how many of a thousand people asked answered:"}


def segment_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a confirmed segment, as they stand, by the half not searched.

    ``in_thousand``: of those asked, who answered, as seen. ``shrunk_in_thousand`` with its ends:
    the estimate, which allows for the group's having been chosen; ``elsewhere_in_thousand`` of
    everybody else there, and ``difference_text``: the estimate less that, with its interval.
    """
    rows = []
    for one in segments_of(study):
        inside, rest = unseen_counted(study, one, profile)
        told = chosen_told(one, inside, rest)
        rows.append({
            "segment_name": capital(one["group_name"]), "offer_name": one["offer_name"],
            "n_asked": inside["n_asked"], "in_thousand": inside["in_thousand"],
            **{name: told[name] for name in SHRUNK},
            "elsewhere_in_thousand": rest["in_thousand"],
            "difference_text": told["difference_text"]})
    if not rows:
        return pd.DataFrame({"segment_name": [NOBODY]})
    return exempt(whole_numbers(pd.DataFrame(rows)), WORKED_OUT, "in_thousand", *SHRUNK)


def evidence_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row a confirmed segment: how much more it answers, and how sure that is.

    ``seen_text`` (answers as seen over those that age, sex, place, past giving, interests and
    channel predict one by one, and for a group of one trait over everybody else's),
    ``shrunk_text`` (the estimate: less what having been chosen adds, with its interval), and the
    chances ``search_text``,
    ``confirm_text`` and ``overall_text``. Where none was confirmed, the candidate that came
    nearest, without a lift.
    """
    one = best_group(study)
    if one is None:
        return pd.DataFrame({"segment_name": ["No group stood out in a half"]})
    if study.segments.empty:
        return pd.DataFrame([_evidence(one, seen_text="not confirmed")])
    rows = []
    for one in segments_of(study):
        is_shown = pd.notna(unseen_counted(study, one, profile)[0]["in_thousand"])
        rows.append(_evidence(
            one, seen_text=f"{one['answer_lift']:.1f}" if is_shown else NOT_SHOWN,
            shrunk_text=lift_told(one, "shrunk_lift") if is_shown else NOT_SHOWN))
    exempt(study.segments, "lifts and chances of a model, of groups whose counts are shown",
           "answer_lift", "lift_low", "lift_high", "shrunk_lift", "search_p", "confirm_p",
           "overall_p")
    return pd.DataFrame(rows)


def _evidence(one: One, **lifts: str) -> dict[str, Any]:
    """Return a row: whose it is, ``lifts``, and the p of its search, its confirmation, both."""
    return {"segment_name": capital(one["group_name"]), "offer_name": one["offer_name"], **lifts,
            **{f"{name}_text": f"{one[f'{name}_p']:.3f}"
               for name in ("search", "confirm", "overall")}}


def best_group(study: Study) -> One | None:
    """Return the first segment, else the candidate that came nearest; None for none.

    ``offer_id``, ``offer_name``, ``rule``, ``group_name``, ``searched_half``.
    """
    found = study.search.found.sort_values(["overall_p", "search_p"], kind="stable")
    nearest = [{**row, "group_name": group_name(row["rule"]),
                "offer_name": study.offer_names[row["offer_id"]]}
               for row in found.head(1).to_dict("records")]
    return next(iter([*segments_of(study), *nearest]), None)


def map_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return answers to the mapped offer by age and place: a row a pair of them.

    Where the segment is of one sex, of that sex alone. Places are at most MOST_PLACES, the
    commonest.
    """
    asks, sex = _mapped_asks(study), _mapped_sex(study)
    pairs = pd.MultiIndex.from_product(
        [AGE_BANDS, commonest(asks["region_code"], MOST_PLACES) or [NOT_KNOWN]],
        names=["age_band", "region_code"])
    frame = count_answers(asks, ["age_band", "region_code"], pairs)
    frame = frame.assign(sex_code=sex) if sex else frame
    dimensions = [name for name in ("sex_code", "age_band", "region_code") if name in frame]
    where = group_of(study, str(asks["offer_id"].iloc[0])) if len(asks) else {}
    shown = protect_asks(frame, profile, dimensions=dimensions, where=where, is_partition=False)
    shown["place_name"] = [capital(code.replace("_", " ")) for code in shown["region_code"]]
    return shown[["age_band", "place_name", "in_thousand", "n_asked", "n_answered"]]


def map_words(study: Study, shown: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the map of answers by age and place."""
    known = shown.dropna(subset=["in_thousand"])
    if known.empty:
        return no_chart("Too few answered to show a map")
    asks = _mapped_asks(study)
    sexes = set(asks["sex_code"].dropna()) if len(study.segments) else set()
    who = SEX_WORDS.get(sexes.pop() if len(sexes) == 1 else "", "people")
    offer = study.offer_names[asks["offer_id"].iloc[0]]
    top = known.iloc[int(known["in_thousand"].astype(float).argmax())]
    highest = f"{top['age_band']}, {top['place_name'].lower()}"
    return {
        "title": f"Answers were most frequent at {highest}",
        "subtitle": f"{capital(who)} who answered {offer} in 1,000 asked, by age and place, "
                    f"{place}",
        "alt_text": f"A grid of answers in a thousand people asked, by age and place, "
                    f"{len(known)} of {len(shown)} cells shown; the highest is "
                    f"{top['in_thousand']} at {highest}.",
    }


def _mapped_asks(study: Study) -> pd.DataFrame:
    """Return the asks that the map is of: the best group's offer, else the most answered."""
    asks = study.asks[~study.asks["is_comparison"]]
    one, sex = best_group(study), _mapped_sex(study)
    offer_id = "" if one is None else one["offer_id"]
    if one is None and len(asks):
        offer_id = str(asks.groupby("offer_id")["has_responded"].sum().idxmax())
    own = asks[asks["offer_id"] == offer_id]
    return own[own["sex_code"] == sex] if sex else own


def _mapped_sex(study: Study) -> str:
    """Return the sex that the first segment is of; empty where it is of both, or is none."""
    return next((str(dict(one["rule"]).get("sex_code", "")) for one in segments_of(study)), "")
