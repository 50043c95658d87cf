"""The sentences of the offers brief: its finding, its captions, what a shuffled file gives."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import rounded_count, rounded_share
from workbench.donors.offers.planner import RANGE
from workbench.donors.offers.shown import best_group
from workbench.donors.offers.study import Study
from workbench.settings import Disclosure

Words = dict[str, str]
MOST_TITLE_WORDS, MOST_CHART_WORDS = 20, 10


def finding(study: Study, plan: pd.DataFrame, profile: Disclosure) -> Words:
    """Return title, bottom line and decision of the offers brief, in words with shown numbers."""
    if study.segments.empty:
        return _nothing_found(study)
    best = study.segments.iloc[0]
    name = str(best["segment_name"])
    offer = study.offer_names[str(best["offer_id"])]
    rate = rounded_share(best["n_answered"], best["n_asked"], profile)
    elsewhere = rounded_share(best["n_answered_elsewhere"], best["n_elsewhere"], profile)
    shown = f"{rate:.0%} of them answered, {elsewhere:.0%} of everybody else" \
        if rate is not None and elsewhere is not None else "Too few answered to show a rate"
    return {
        "title": _short(f"{name[:1].upper()}{name[1:]}, answer {offer} more than their kind "
                        "foretells", f"{name[:1].upper()}{name[1:]}, stand out for one offer"),
        "bottom_line": (
            f"{shown}, in the half of the file that the search never saw: "
            f"{best['shrunk_lift']:.1f} times what age, sex, place, past giving and interests "
            f"foretell one by one. {study.search.n_groups:,} groups were looked at."),
        "decision": _decision(plan, profile),
    }


def null_sentence(study: Study) -> str:
    """Return what the same search finds in shuffled files, where there is nothing to find."""
    search, plan = study.search, study.search.plan
    if not search.n_groups:
        return (f"No group was large enough to be searched: each must be expected to give "
                f"{plan.answers_least} answers in each half of the file.")
    n_found = len(search.found.drop_duplicates(["offer_id", "group"]))
    confirmed = search.found[search.found["is_confirmed"]]
    n_again = len(confirmed.drop_duplicates(["offer_id", "group"]))
    return (
        f"In {plan.n_shuffles:,} files in which answers were dealt anew, so that only age, sex, "
        f"place, past giving, interests and channel one by one mattered, half a file would show "
        f"{search.null_counts['n_naive']:.0f} groups at the usual five percent, each taken by "
        f"itself, and at least one in {search.null_counts['naive_files_share']:.0%} of the files. "
        f"Here a group must stand out against the best of each of those files, and once more in "
        f"the half that its search did not see: at most {plan.level:.0%} of such files would "
        f"show a segment. In this file {_groups(n_found)} stood out in a half, {n_again} once "
        f"more in the other; {len(study.segments)} remain without those that a stronger one "
        "explains.")


def confirmation_words(study: Study, shown: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the confirmation plot."""
    offer_id, name = best_group(study)
    offer = study.offer_names.get(offer_id, "any offer")
    title = {True: "The segment stands out in the half not searched",
             False: "What stood out in one half was not confirmed"}[len(study.segments) > 0]
    title = title if offer_id else "No group stood out at all"
    told = ", ".join(f"{one.where_name} {one.answer_rate:.0%}" for one in
                     shown.dropna(subset=["answer_rate"]).itertuples())
    subtitle = (f"Share of those asked who answered {offer}: {name or 'everybody'}; lines are "
                f"95% intervals from rounded counts, {place}")
    return {"title": title, "subtitle": subtitle,
            "alt_text": f"Points with intervals of the share who answered: "
                        f"{told or 'every one of them hidden'}."}


def map_words(study: Study, shown: pd.DataFrame, asks: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the map of answers by age and place."""
    offer_id = str(asks["offer_id"].iloc[0]) if len(asks) else ""
    offer = study.offer_names.get(offer_id, "any offer")
    sexes = set(asks["sex_code"].dropna()) if len(study.segments) else set()
    who = {"female": "Women", "male": "Men"}.get(next(iter(sexes)), "People") \
        if len(sexes) == 1 else "People"
    subtitle = f"{who} asked: share who answered {offer}, by age and place, {place}"
    known = shown.dropna(subset=["answer_rate"])
    if known.empty:
        return {"title": "Too few answered to show a map", "subtitle": subtitle,
                "alt_text": "A grid of answers by age and place in which every cell is hidden."}
    top = known.iloc[int(known["answer_rate"].astype(float).argmax())]
    return {
        "title": f"Answers were most frequent at {top['age_band']}, {top['place_name'].lower()}",
        "subtitle": subtitle,
        "alt_text": f"A grid of answer rates by age and place, {len(known)} of {len(shown)} "
                    f"cells shown; the highest is {top['answer_rate']:.0%} at "
                    f"{top['age_band']}, {top['place_name'].lower()}.",
    }


def effect_sentence(study: Study) -> str:
    """Return what the two tables on the offer itself may be called."""
    if study.segments.empty:
        return "With no segment confirmed there is none whose offer could be held against others."
    name = study.segments["segment_name"].iloc[0]
    if study.effects.empty:
        return (f"The appeal had no plain version, so whether the offer draws {name}, or whether "
                "they answer whatever they are sent, is an association only: the table of all "
                "offers is what there is.")
    return (f"Part of those asked got the appeal without the offer, by lot: for {name}, the "
            "difference is an effect of the offer. How they answer other offers is an "
            "association, since who was sent what was not drawn by lot.")


def plan_sentence(study: Study, plan: pd.DataFrame, profile: Disclosure) -> str:
    """Return the plan in a sentence: whom, how many, what to expect, and why it is or is not."""
    if not study.has_event:
        return "No segment that an event draws was confirmed, so no invitation list is drafted."
    name = study.segments["segment_name"].iloc[0]
    if plan.empty:
        return f"Nobody of the segment ({name}) may be invited by this channel as things stand."
    chosen = plan[plan["is_recommended"].astype(bool)]
    if chosen.empty:
        return (f"Inviting {name} is not expected to bring more than it costs, at any length of "
                "the list. No list is drafted.")
    one = chosen.iloc[0]
    n, low, high = (rounded_count(one[key], profile)
                    for key in ("n_invited", "n_accept_low", "n_accept_high"))
    told = [f"{end:,}" if end is not None else f"under {profile.cell_min}" for end in (low, high)]
    return (f"The draft invites {n or 'a few'} of {name}, those of the largest expected take "
            f"first. In {RANGE:.0%} of such events {told[0]} to {told[1]} would accept; the "
            f"chance of too many guests is {one['overflow_probability']:.0%}. The list is a "
            "draft: it leaves only by the gate, on the day.")


def looks_words(study: Study) -> str:
    """Return the subtitle of the table of tests: how often they were looked at."""
    n = study.terms.n_looks
    times = "once" if n == 1 else f"{n} times"
    return f"Looked at {times}; all answers to asks that count, {study.campaign.name}"


def _nothing_found(study: Study) -> Words:
    n = study.search.n_groups
    return {
        "title": "No group is confirmed to be drawn by any offer",
        "bottom_line": (
            f"{_groups(n)} were looked at in each half of the file. None that stood out in one "
            "half stood out again in the other by more than chance allows. That is no proof "
            "that there is none: a group must be large, or its pull strong, to be seen here."),
        "decision": "Send the next offer to everybody, with a plain version by lot, and look "
                    "again.",
    }


def _decision(plan: pd.DataFrame, profile: Disclosure) -> str:
    chosen = plan[plan["is_recommended"].astype(bool)] if len(plan) else plan
    n = None if chosen.empty else rounded_count(chosen["n_invited"].iloc[0], profile)
    if n is None:
        return "Send the offer to this segment again, with a plain version by lot."
    return f"Approve an event for this segment with {n:,} invitations, as drafted."


def _groups(n: int) -> str:
    return f"{n:,} group" if n == 1 else f"{n:,} groups"


def _short(text: str, otherwise: str) -> str:
    return text if len(text.split()) <= MOST_TITLE_WORDS else otherwise
