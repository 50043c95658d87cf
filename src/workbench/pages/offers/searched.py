"""What was asked and searched: accounts of asks, offers, and what chance would show."""

from __future__ import annotations

from dataclasses import astuple

import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.donors.offers.permutation import tally_search
from workbench.donors.offers.study import Study
from workbench.pages.offers.counted import (
    OFFER_COLUMNS,
    count_answers,
    offer_groups,
    protect_asks,
)
from workbench.settings import Disclosure


def account_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row an account of asks, ``account_name`` and ``n_rows``, as it may be shown.

    An ask is somebody who was asked, and some accounts say what they are: so they are counts
    of people like any other.
    """
    shape = Shape("n_rows", ("n_rows",), population="asks by account",
                  dimensions=("account_name",))
    return protect(study.accounts, profile, shape=shape)


def answers_until(study: Study) -> str:
    """Return until when the file knows answers: those that came later are in no file."""
    sent = study.tables["appeals_sent"]
    days = pd.concat([sent["sent_date"], sent["response_date"]])
    days = days[days <= pd.Timestamp(study.campaign.as_of)]
    if days.empty:
        return f"No ask is on file, {study.campaign.name}"
    last = days.max()
    return (f"The last ask or answer on file is of {last.day} {last:%B %Y}; answers after that "
            f"are not known, {study.campaign.name}")


def offer_table(study: Study, profile: Disclosure) -> pd.DataFrame:
    """Return one row an offer: asks and answers; groups looked at, carried on, confirmed."""
    asks = study.asks[~study.asks["is_comparison"]]
    if asks.empty:
        return pd.DataFrame({"offer_name": ["No appeal that could be used"]})
    frame = count_answers(asks.assign(**offer_groups(asks)), ["offer_id", *OFFER_COLUMNS])
    offer_ids = frame.pop("offer_id")
    shown = protect_asks(frame, profile, dimensions=OFFER_COLUMNS, is_partition=False)
    shown = shown[["n_asked", "n_answered", "in_thousand"]]
    shown.insert(0, "offer_name", [study.offer_names[offer] for offer in offer_ids])
    searched = {offer: len(one.rules) for offer, one in study.search.offers.items()}
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
    own, null = (list(astuple(tally)) for tally in (tally_search(study.search), study.shuffled))
    frame = pd.DataFrame({
        "hurdle_name": ["Under 5% by itself", "Stands out in a half", "Confirmed in the other"],
        "this_file": own[:3], "shuffled_mean": null[:3], "shuffled_files_share": null[3:]})
    n_files = study.search.plan.n_shuffles
    return exempt(frame.round(2), f"groups, no people; means of {n_files} shuffled files")


def null_sentence(study: Study) -> str:
    """Return what the same search finds in shuffled files, where there is nothing to find."""
    search, plan, null = study.search, study.search.plan, study.shuffled
    if not search.n_groups:
        return (f"No group was large enough to be searched: each must have {plan.people_least} "
                "people in each half of the file, and as many outside of it.")
    return (
        f"Groups that pass each hurdle, here and on the mean of {plan.n_shuffles:,} shuffled "
        "files: for groups of several traits, files in which age, sex, place, past giving, "
        "interests and channel matter one by one and nothing else does; for groups of one "
        "trait, files in which it does not matter. Looked at one by one, groups under five "
        f"percent turn up in {null.files_naive_share:.0%} of those files; compared with the best "
        f"of each and confirmed in the other half, in {null.files_confirmed_share:.0%}.")
