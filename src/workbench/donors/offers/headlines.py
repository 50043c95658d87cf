"""The headline numbers of the offers brief, before they are protected."""

from __future__ import annotations

import pandas as pd

from workbench.donors.offers.counted import POPULATION, group_of
from workbench.donors.offers.shown_plans import INVITED, recommended
from workbench.donors.offers.study import Study
from workbench.measures import Measure


def offer_measures(study: Study, plan: pd.DataFrame) -> list[Measure]:
    """Return the headline numbers of the offers brief, before they are protected.

    Those of a segment and of a list only where there is one.
    """
    asked = study.asks["person_id"].nunique()
    measures = [
        Measure("n_asked", "People asked", asked, "count", "people",
                "People who got any appeal that could be used, each counted once.", n=asked,
                population="people asked"),
        Measure("n_groups", "Groups looked at", study.search.n_groups, "count", "groups",
                "Groups of two or three traits that the search compared with chance.",
                is_about_people=False),
        Measure("n_segments", "Segments confirmed", len(study.segments), "count", "segments",
                "Groups that stood out in one half of the file and again in the other.",
                is_about_people=False),
    ]
    return [*measures, *_best_rate(study), *_list_length(plan)]


def _best_rate(study: Study) -> list[Measure]:
    return [Measure(
        "best_rate", "The first segment answers", float(one["answer_rate"]), "share",
        "share of those asked", "Rate in the half that its search did not see.",
        n=int(one["n_asked"]), low=float(one["rate_low"]), high=float(one["rate_high"]),
        population=POPULATION, column="n_asked", part="n_answered",
        where={**group_of(study, str(one["offer_id"])), "group_name": one["segment_name"],
               "half_name": one["estimated_half"]})
        for one in study.segments.head(1).to_dict("records")]


def _list_length(plan: pd.DataFrame) -> list[Measure]:
    """Return the length of the recommended list, and what it is expected to bring."""
    chosen = recommended(plan)
    if chosen is None:
        return []
    n, where = int(chosen["n_invited"]), {"length_code": str(chosen["length_code"])}
    return [
        Measure("n_invited", "Invitations recommended", n, "count", "people",
                "Length of the invitation list within the risk of too many guests.", n=n,
                population=INVITED, column="n_invited", where=where),
    ]
