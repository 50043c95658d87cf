"""The sentences of the offers brief: its finding, its captions, what a shuffled file gives."""

from __future__ import annotations

import pandas as pd

from workbench.donors.offers.planner import RANGE, Event
from workbench.donors.offers.shown import best_group, segment_table
from workbench.donors.offers.shown_plans import protect_plan
from workbench.donors.offers.study import Study
from workbench.donors.offers.words import capital
from workbench.settings import Disclosure

Words = dict[str, str]
MOST_TITLE_WORDS, MOST_CHART_WORDS = 20, 10


def finding(study: Study, plan: pd.DataFrame, profile: Disclosure) -> Words:
    """Return title, bottom line and decision of the offers brief, in words with shown numbers."""
    if study.asks.empty:
        return _nothing_asked(study)
    if study.segments.empty:
        return _nothing_found(study)
    best = study.segments.iloc[0]
    name = capital(str(best["segment_name"]))
    offer = study.offer_names[str(best["offer_id"])]
    return {
        "title": _short(f"{name}, answer {offer} more than others do",
                        f"{name}, stand out for one offer"),
        "bottom_line": (
            f"{_rates_told(study, name, profile)}, in the half of the file that the search never "
            f"saw: {best['shrunk_lift']:.1f} times what age, sex, place, past giving and "
            f"interests predict one by one. {study.search.n_groups:,} groups were looked at."),
        "decision": _decision(plan, profile),
    }


def null_sentence(study: Study) -> str:
    """Return what the same search finds in shuffled files, where there is nothing to find."""
    search, plan, null = study.search, study.search.plan, study.shuffled
    if not search.n_groups:
        return (f"No group was large enough to be searched: each must be expected to give "
                f"{plan.answers_least} answers in each half of the file.")
    return (
        f"Groups that pass each hurdle, here and on the mean of {plan.n_shuffles:,} shuffled "
        "files, in which age, sex, place, past giving, interests and channel matter one by one "
        "and nothing else does. Looked at one by one, groups under five "
        f"percent turn up in {null.files_naive_share:.0%} of those files; compared with the best "
        f"of each and confirmed in the other half, in {null.files_confirmed_share:.0%}.")


def confirmation_words(study: Study, shown: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the confirmation plot."""
    one = best_group(study)
    title = {True: "The segment stands out in the half not searched",
             False: "What stood out in one half was not confirmed"}[len(study.segments) > 0]
    offer, name = ("any offer", "everybody") if one is None else (
        study.offer_names[one["offer_id"]], one["group_name"])
    told = ", ".join(f"{row.where_name} {row.in_thousand}" for row in
                     shown.dropna(subset=["in_thousand"]).itertuples())
    subtitle = (f"Answers to {offer} in 1,000 people asked; the group: {name}; lines are 95% "
                f"intervals from rounded counts, {place}")
    return {"title": title if one else "No group stood out at all", "subtitle": subtitle,
            "alt_text": "Points with intervals of how many of a thousand people asked answered: "
                        f"{told or 'every one of them hidden'}."}


def map_words(study: Study, shown: pd.DataFrame, asks: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the map of answers by age and place."""
    offer_id = str(asks["offer_id"].iloc[0]) if len(asks) else ""
    offer = study.offer_names.get(offer_id, "any offer")
    sexes = set(asks["sex_code"].dropna()) if len(study.segments) else set()
    who = {"female": "Women", "male": "Men"}.get(next(iter(sexes)), "People") \
        if len(sexes) == 1 else "People"
    subtitle = f"{who} who answered {offer} in 1,000 asked, by age and place, {place}"
    known = shown.dropna(subset=["in_thousand"])
    if known.empty:
        return {"title": "Too few answered to show a map", "subtitle": subtitle,
                "alt_text": "A grid of answers by age and place in which every cell is hidden."}
    top = known.iloc[int(known["in_thousand"].astype(float).argmax())]
    return {
        "title": f"Answers were most frequent at {top['age_band']}, {top['place_name'].lower()}",
        "subtitle": subtitle,
        "alt_text": f"A grid of answers in a thousand people asked, by age and place, "
                    f"{len(known)} of {len(shown)} cells shown; the highest is "
                    f"{top['in_thousand']} at {top['age_band']}, {top['place_name'].lower()}.",
    }


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


def plan_sentence(
    study: Study, event: Event, plan: pd.DataFrame, profile: Disclosure
) -> str:
    """Return the plan in a sentence: whom, how many, what to expect, and why it is or is not."""
    if not study.has_event:
        return "No segment that an event draws was confirmed, so no invitation list is drafted."
    if not event.capacity_people:
        return ("No event is planned. With its capacity_people and event_money_minor, under "
                "notebooks.offers in params.yaml, a list of whom to invite is drafted.")
    name = study.segments["segment_name"].iloc[0]
    if plan.empty:
        return f"Nobody of the segment ({name}) may be invited by this channel as things stand."
    chosen = plan[plan["is_recommended"].astype(bool)]
    if chosen.empty:
        return (f"Inviting {name} is not expected to bring more than it costs, at any length of "
                "the list. No list is drafted.")
    return _recommended_told(name, plan, profile)


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


def looks_words(study: Study) -> str:
    """Return the subtitle of the table of tests: how often they were looked at."""
    n = study.terms.n_looks
    times = "once" if n == 1 else f"{n} times"
    return f"Looked at {times}; all answers to asks that count, {study.campaign.name}"


def _nothing_asked(study: Study) -> Words:
    n = len(study.tables["appeals_sent"])
    return {
        "title": "No appeal on file can tell what draws whom",
        "bottom_line": f"None of the {n:,} appeals on file counts; the reasons are below." if n
        else "No file says who was sent which appeal and answered it.",
        "decision": "Ask whoever sends appeals for who was sent what, and who answered.",
    }


def _nothing_found(study: Study) -> Words:
    n = study.search.n_groups
    return {
        "title": "No group is confirmed to be drawn by any offer",
        "bottom_line": (
            f"{_groups(n)} were looked at in each half of the file. None that stood out in one "
            "half stood out again in the other by more than chance allows. That is no proof "
            "that there is none: a group must be large, or its pull strong, to be seen here."),
        "decision": "Send the next offer to everybody, with a plain version for some at "
                    "random, and look again.",
    }


def _decision(plan: pd.DataFrame, profile: Disclosure) -> str:
    shown = protect_plan(plan, profile)
    lengths = shown.loc[shown["is_recommended"], "n_invited"].dropna()
    if lengths.empty:
        return "Send the offer to this segment again, with a plain version for some at random."
    return f"Approve an event for this segment with {lengths.iloc[0]:,} invitations, as drafted."


def _rates_told(study: Study, name: str, profile: Disclosure) -> str:
    """Return how many of a thousand answered, of the first segment and of everybody else."""
    table = segment_table(study, profile)
    offer = study.offer_names[str(study.segments["offer_id"].iloc[0])]
    own = table[(table["segment_name"] == name) & (table["offer_name"] == offer)].iloc[0]
    if pd.isna(own["in_thousand"]) or pd.isna(own["elsewhere_in_thousand"]):
        return "Too few answered to show a rate"
    return (f"{own['in_thousand']} of 1,000 of them answered, "
            f"{own['elsewhere_in_thousand']} of 1,000 of everybody else")


def _recommended_told(name: str, plan: pd.DataFrame, profile: Disclosure) -> str:
    shown = protect_plan(plan, profile)
    one = shown[shown["is_recommended"]].iloc[0]
    told = [f"{end:,}" if pd.notna(end) else f"under {profile.cell_min}"
            for end in (one["n_invited"], one["n_accept_low"], one["n_accept_high"])]
    return (f"The draft invites {told[0]} of {name}, those of the largest expected take "
            f"first. In {RANGE:.0%} of such events {told[1]} to {told[2]} would accept; the "
            f"chance of too many guests is {one['overflow_probability']:.0%}. The list is a "
            "draft: it leaves only by the gate, on the day.")


def _arms_told(study: Study) -> str:
    """Return that no arm of the file is one of comparison_arms, where none is."""
    if study.asks["is_comparison"].any():
        return ""
    arms = " or ".join(study.terms.comparison_arms) or "anything"
    return f" (no arm on file is named {arms}: comparison_arms in params.yaml says which is plain)"


def _groups(n: int) -> str:
    return f"{n:,} group" if n == 1 else f"{n:,} groups"


def _short(text: str, otherwise: str) -> str:
    return text if len(text.split()) <= MOST_TITLE_WORDS else otherwise
