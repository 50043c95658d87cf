"""What the offers brief leads with: its headline numbers and its finding."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.donors.offers.study import Study
from workbench.exhibits import Words, plural
from workbench.measures import Measure
from workbench.pages.offers.counted import THOUSAND
from workbench.pages.offers.labels import capital
from workbench.pages.offers.plans import INVITED, protect_plan, recommended
from workbench.pages.offers.segments import segment_table
from workbench.settings import Disclosure

MOST_TITLE_WORDS = 20


def offer_measures(
    study: Study, plan: pd.DataFrame, profile: Disclosure
) -> list[Measure]:
    """Return the headline numbers of the offers brief, before they are protected.

    Those of a segment and of a list only where there is one; the rate of a segment only where
    its table shows it.
    """
    asked = study.asks["person_id"].nunique()
    return [
        Measure("n_asked", "People asked", asked, "count", "people",
                "People who got any appeal that could be used, each counted once.", n=asked,
                population="people asked"),
        Measure("n_groups", "Groups looked at", study.search.n_groups, "count", "groups",
                "Groups of one, two or three traits that the search compared with chance.",
                is_about_people=False),
        Measure("n_segments", "Segments confirmed", len(study.segments), "count", "segments",
                "Groups that stood out in one half of the file and again in the other.",
                is_about_people=False),
        *[Measure("best_rate", "The first segment answers", one["shrunk_in_thousand"] / THOUSAND,
                  "share", "share of those asked",
                  "The estimate from the half that its search did not see: lower than what was "
                  "seen there, or higher for a group that answers less, since only groups that "
                  "stand out are shown.", n=int(one["n_asked"]),
                  low=one["shrunk_in_thousand_low"] / THOUSAND,
                  high=one["shrunk_in_thousand_high"] / THOUSAND)
          for one in _first_shown(study, profile)],
        *[Measure("n_invited", "Invitations recommended", one["n_invited"], "count", "people",
                  "Length of the invitation list within the risk of too many guests.",
                  n=one["n_invited"], population=INVITED, column="n_invited",
                  where={"length_code": one["length_code"]}) for one in recommended(plan)],
    ]


def finding(study: Study, plan: pd.DataFrame, profile: Disclosure) -> Words:
    """Return title, bottom line and decision of the offers brief, in words with shown numbers."""
    if study.asks.empty:
        return _nothing_asked(study)
    if study.segments.empty and len(study.differences.found):
        return _difference_found(study)
    if study.segments.empty:
        return _nothing_found(study)
    best = study.segments.iloc[0]
    name = capital(str(best["segment_name"]))
    offer = study.offer_names[str(best["offer_id"])]
    way = "more" if best["is_more"] else "less"
    title = f"{name}, answer {offer} {way} than others do"
    return {
        "title": title if len(title.split()) <= MOST_TITLE_WORDS else
        f"{name}, stand out for one offer",
        "bottom_line": (
            f"{_rates_told(study, profile)} {best['shrunk_lift']:.1f} times "
            f"{_expected_told(best)}. "
            f"{study.search.n_groups:,} groups were looked at"
            f"{_others_told(len(study.segments) - 1)}."),
        "decision": _decision(plan, profile),
    }


def _nothing_asked(study: Study) -> Words:
    n = len(study.tables["appeals_sent"])
    return {
        "title": "No appeal on file can tell what draws whom",
        "bottom_line": f"None of the {n:,} appeals on file counts; the reasons are below." if n
        else "No file says who was sent which appeal and answered it.",
        "decision": "Ask whoever sends appeals for who was sent what, and who answered.",
    }


def _difference_found(study: Study) -> Words:
    """Return the finding where who answers is not known, but in whom an offer does more."""
    one = study.differences.found.iloc[0 if study.differences.found["is_more"].any() else -1]
    offer, name = study.offer_names[str(one["offer_id"])], str(one["segment_name"])
    way = "more" if one["is_more"] else "less"
    return {
        "title": f"{offer} does {way} for {name} than for others",
        "bottom_line": (
            "It went out beside another version at random, so that this is an effect; the table "
            "of groups by effect has its size. No group is confirmed that answers any offer more "
            "than others do, whatever it is sent."),
        "decision": ("Send it to them first, and keep a plain version for some at random."
                     if one["is_more"] else
                     "Leave them out of it, and keep a plain version for some at random."),
    }


def _nothing_found(study: Study) -> Words:
    return {
        "title": "No group is confirmed to be drawn by any offer",
        "bottom_line": (
            f"{plural(study.search.n_groups, 'group')} of one to three traits were looked at in "
            "each half of the file. None that stood out in one half stood out again in the other "
            "by more than chance allows. That is no proof that there is none: a group must be "
            "large, or its pull strong, to be seen here."),
        "decision": "Send the next offer to everybody, with a plain version for some at "
                    "random, and look again.",
    }


def _decision(plan: pd.DataFrame, profile: Disclosure) -> str:
    shown = protect_plan(plan, profile)
    lengths = shown.loc[shown["is_recommended"], "n_invited"].dropna()
    if lengths.empty:
        return "Send the offer to this segment again, with a plain version for some at random."
    return f"Approve an event for this segment with {lengths.iloc[0]:,} invitations, as drafted."


def _expected_told(best: pd.Series) -> str:
    """Return what a lift is over: traits one by one, and for a single trait everybody else."""
    if len(best["rule"]) == 1:
        return "what everybody else does"
    return "what age, sex, place, past giving and interests predict one by one"


def _others_told(n_others: int) -> str:
    """Return how many findings there are beside the first."""
    return f"; {plural(n_others, 'more finding')} below" if n_others else ""


def _first_shown(study: Study, profile: Disclosure) -> list[dict[Any, Any]]:
    """Return the first row of the table of segments, or no row where it shows no rate."""
    rows = [] if study.segments.empty else segment_table(study, profile).to_dict("records")[:1]
    return [one for one in rows if pd.notna(one["in_thousand"])]


def _rates_told(study: Study, profile: Disclosure) -> str:
    """Return what was seen of the first segment and of everybody else, and the estimate."""
    half = "in the half of the file that the search never saw"
    for one in _first_shown(study, profile):
        rest = one["elsewhere_in_thousand"]
        others = "" if pd.isna(rest) else f", {rest} of 1,000 of everybody else"
        return (f"{one['in_thousand']} of 1,000 of them answered{others}, {half}. Only groups "
                f"that stand out there are shown; allowing for that, the estimate is "
                f"{one['shrunk_in_thousand']} of 1,000 ({one['shrunk_in_thousand_low']} to "
                f"{one['shrunk_in_thousand_high']}),")
    return f"Too few answered to show a rate, {half}. The estimate is"
