"""What the universes brief leads with: its headline numbers and its finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.disclosure import protect_measure
from workbench.measures import Measure
from workbench.settings import Disclosure
from workbench.tables import is_among
from workbench.tables.codes import UNIVERSE_NAMES
from workbench.voters.universes.budget import BY_HOME, contact_units
from workbench.voters.universes.contacts import contact_counts, talks_end
from workbench.voters.universes.find import Universes
from workbench.voters.universes.response import CURVES, Response, votes_gained
from workbench.voters.universes.tables import POPULATION, REMINDED, SCREENS, TO_REMIND
from workbench.voters.universes.votes import CONTACTED

POINT, FEWEST_STEPS = 0.01, 2
Words = dict[str, str]


def universe_measures(
    found: Universes, spent: pd.DataFrame, as_of: dt.date
) -> list[Measure]:
    """Return the headline numbers of the universes brief, before they are protected."""
    electors = found.electors
    remind = electors[electors["universe_code"].isin(REMINDED)]
    counted = contact_counts(remind, found.contacts, as_of=as_of,
                             since_days=found.choices.contact_days)
    by_screen = found.open_channels[found.open_channels["channel_code"].isin(SCREENS)]
    is_known = talks_end(found.contacts, as_of=as_of,
                         since_days=found.choices.contact_days) is None
    low, high = votes_by_curve(found, spent)
    whom, alone = {"universe_name": TO_REMIND}, UNIVERSE_NAMES["leave_alone"]
    n_alone = int((electors["universe_code"] == "leave_alone").sum())
    return [
        Measure("n_remind", "To remind", len(remind), "count", "electors",
                "Electors whom a contact is worth: to remind, or to return a postal vote.",
                n=len(electors), population=POPULATION, column="n_people", where=whom),
        Measure("votes_gained", "Votes gained by the budget", float(spent["votes_gained"].sum()),
                "number", "expected net votes", "Votes for us less votes against us that the "
                "budget of contacts brings; the range is over the curves of response.",
                n=int(spent["n_people"].sum()), low=low, high=high,
                population=CONTACTED, column="n_people"),
        Measure("untouched_share", "Not talked to yet",
                _share(counted["n_contacts"] == 0) if is_known else None, "share",
                "share of those to remind", "Nobody has talked with them in the period.",
                n=len(remind), population=POPULATION, column="n_people", part="n_none",
                where=whom),
        Measure("no_screen_share", "No screen reaches",
                _share(~is_among(remind["person_id"], by_screen["person_id"])), "share",
                "share of those to remind", "No consent to texts or e-mails and no connected "
                "account: only door, telephone and post reach them.", n=len(remind),
                population=POPULATION, column="n_people", part="n_no_screen", where=whom),
        Measure("n_leave_alone", "To leave alone", n_alone, "count", "electors",
                "Electors whom a contact gains too little, or loses votes.", n=len(electors),
                population=POPULATION, column="n_people", where={"universe_name": alone}),
    ]


def votes_by_curve(found: Universes, spent: pd.DataFrame) -> tuple[float, float]:
    """Return the least and the most net votes that the contacts of ``spent`` gain, over curves.

    They were chosen by the curve of the choices.
    """
    response, totals = found.choices.response, []
    for code in CURVES:
        other = Response(code, response.effects, response.against_share)
        totals.append(sum(_votes_of(found, spent, other, channel) for channel in
                          spent["channel_code"].unique()))
    return min(totals), max(totals)


def finding(
    found: Universes, measures: Sequence[Measure], profile: Disclosure, *, refusal: str = "",
    failed: Sequence[str] = (),
) -> Words:
    """Return title, bottom line and decision of the brief, in words with shown numbers.

    ``measures``: as of ``universe_measures``; ``refusal``: why the gate cannot decide;
    ``failed``: scores that failed their own test (read_failed of the scores).
    """
    electors = found.electors
    if refusal:
        return {
            "title": "The gate lets nobody be contacted as things stand",
            "bottom_line": "Who may be contacted cannot be told, so everybody is left alone. "
                           "The reason stands under the channels.",
            "decision": "Fix what stops the gate, then build again.",
        }
    if electors.empty or (electors["basis_code"] == "none").all():
        return {
            "title": "There are no scores to choose people by",
            "bottom_line": "Neither scores nor results of areas are there, so all that can be "
                           "said of an elector is that we do not know. Nobody is ranked.",
            "decision": "Build the scores, or bring the last results by area, with our party's "
                        "code in them under scores.our_party_code in params.yaml.",
        }
    shown = {one.name: protect_measure(one, profile) for one in measures}
    n_remind = shown["n_remind"].value
    persuasion = ("" if electors["persuasion_score"].notna().any() else
                  " Nobody is put down as persuadable: no randomised test has been analysed.")
    if failed:
        return _on_failed_scores(failed, _votes_told(shown))
    return {
        "title": f"{n_remind:,} electors are worth a reminder; most of the rest are not"
        if n_remind else "Hardly anybody is worth a reminder",
        "bottom_line": f"The contacts that the budget pays for bring {_votes_told(shown)} if "
                       f"spent where they gain most.{persuasion}",
        "decision": "Agree on the budget of contacts by channel before anything is printed.",
    }


def _on_failed_scores(failed: Sequence[str], votes: str) -> Words:
    """Return the finding where the scores that people were chosen by failed their own test."""
    return {
        "title": f"Do not plan on these universes yet: the {' and '.join(failed)} score failed "
                 "its own test",
        "bottom_line": f"By these scores the contacts of the budget would bring {votes}. The "
                       "voters brief shows how far the scores lay off on outcomes that they had "
                       "not seen.",
        "decision": "Find out what changed before a budget of contacts rests on these scores.",
    }


def basis_words(basis: pd.DataFrame) -> str:
    """Return the sentence that says what the scores of the brief stand on."""
    known = basis.dropna(subset=["n_people"])
    parts = [f"{row.n_people:,} by {str(row.basis_name).lower()}" for row in known.itertuples()]
    if not parts:
        return ("Scores are people's own, else the last result of their area, else the mean of "
                "all; how many electors stand on which is hidden.")
    return (f"Electors stand on: {'; '.join(parts)}. A group that is not named is too small to "
            "show or empty.")


def firm_words(firm: pd.DataFrame, steadiest: str) -> str:
    """Return the sentence on which doors are good under all curves, and which want a pilot."""
    share = firm["firm_share"].iloc[0]
    if pd.isna(share):
        return "Too few doors are chosen to say which are good under all curves."
    return (f"Of the doors that some curve would choose, {share:.0%} are chosen by all: start "
            "there. The rest depend on a curve that nobody has measured here: pilot them, half "
            f"at random, and count votes afterwards. Choosing by '{steadiest.lower()}' loses "
            "least where it is most wrong.")


def upper_words(upper: pd.DataFrame, added_support: float) -> str:
    """Return the sentence on whom we would persuade if every contact could: a guess."""
    n_people = upper.set_index("universe_name")["n_people"]
    alone, both = (n_people[UNIVERSE_NAMES[code]] for code in ("persuade", "both"))
    told = ("too few to show" if pd.isna(alone) else f"{alone:,}",
            "too few to show" if pd.isna(both) else f"{both:,}")
    points = f"{100 * added_support:g} point" + ("s" if added_support != POINT else "")
    return (f"If a contact added {points} of support to anybody, "
            f"electors worth persuading would be {told[0]}, and worth persuading and reminding "
            f"{told[1]}. That is a guess, and nothing in this brief rests on it.")


def channel_words(refusal: str, *, place: str) -> str:
    """Return the subtitle of the table of channels; where the gate refuses, what to fix."""
    if refusal:
        return f"The gate cannot tell, so nobody is reached. {refusal}"
    return f"People of each universe whom the gate lets us reach, {place}"


def size_words(sizes: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the chart of universe sizes."""
    known = sizes.dropna(subset=["n_people"])
    subtitle = f"People by what the campaign does about them, {place}"
    if known.empty:
        return {"title": "Universes are too small to show", "subtitle": subtitle,
                "alt_text": "Bars of people by universe with every bar hidden."}
    largest = known["universe_name"].iloc[int(known["n_people"].astype("int64").argmax())]
    listed = ", ".join(f"{row.universe_name} {row.n_people:,}" for row in known.itertuples())
    return {"title": f"The largest group: {largest.lower()}", "subtitle": subtitle,
            "alt_text": f"Bars of people by universe: {listed}."}


def budget_words(steps: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of votes by the number of doors."""
    subtitle = f"Expected net votes by doors knocked, the best first, {place}"
    if len(steps) < FEWEST_STEPS:
        return {"title": "Too few doors to show what more would gain", "subtitle": subtitle,
                "alt_text": "A line of votes by doors with too few points."}
    first, last = steps.iloc[0], steps.iloc[-1]
    is_less = last["votes_gained"] / last["n_doors"] < first["votes_gained"] / first["n_doors"]
    return {"title": "Each further door gains less" if is_less else "Further doors gain as much",
            "subtitle": subtitle,
            "alt_text": f"A line from {first['votes_gained']:,.1f} votes at "
                        f"{first['n_doors']:,.0f} doors to {last['votes_gained']:,.1f} at "
                        f"{last['n_doors']:,.0f}."}


def choice_words(choices: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of ways to choose doors."""
    known = choices.dropna(subset=["votes_gained"])
    subtitle = f"Expected net votes of the doors in the budget, by our scores, {place}"
    if known.empty:
        return {"title": "Too few doors to compare ways to choose", "subtitle": subtitle,
                "alt_text": "Bars of expected votes by way to choose, every bar hidden."}
    listed = ", ".join(f"{row.way_name} {row.votes_gained:,.1f}" for row in known.itertuples())
    votes = known["votes_gained"].astype("float64")
    is_first = votes.iloc[0] == votes.max() and (votes.iloc[1:] < votes.iloc[0]).all()
    return {"title": "Support and turnout together gain most"
            if is_first else "Support alone does as well as both",
            "subtitle": subtitle, "alt_text": f"Bars of expected net votes: {listed}."}


def _votes_of(found: Universes, spent: pd.DataFrame, response: Response, channel: str) -> float:
    units = spent.loc[spent["channel_code"] == channel, "unit_id"]
    open_to = found.open_channels.loc[found.open_channels["channel_code"] == channel, "person_id"]
    electors = found.electors.assign(is_reachable=found.electors["is_reachable"]
                                     & is_among(found.electors["person_id"], open_to))
    gains = votes_gained(found.electors, response, channel)
    rows = contact_units(electors, gains, by_home=channel in BY_HOME)
    return float(rows.loc[is_among(rows["unit_id"], units), "votes_gained"].sum())


def _votes_told(shown: Mapping[str, Measure]) -> str:
    votes = shown["votes_gained"]
    if votes.value is None:
        return "too few votes to show"
    return f"about {votes.value:,.0f} net votes ({votes.low:,.0f} to {votes.high:,.0f})"


def _share(flags: pd.Series) -> float | None:
    return float(flags.mean()) if len(flags) else None
