"""What a budget gains, as tables that may be shown: doors, channels, curves."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.exhibits import Words
from workbench.pages.universes.people import CHANNEL_NAMES
from workbench.settings import Disclosure
from workbench.tables.codes import CHANNELS
from workbench.voters.ends import Ends
from workbench.voters.universes.budget import (
    best_universe,
    chosen_under_all,
    contact_units,
    contact_votes,
    regret_by_curve,
    steadiest_curve,
)
from workbench.voters.universes.find import Universes, open_to
from workbench.voters.universes.ranges import ALL
from workbench.voters.universes.response import CURVES

THOUSAND, N_STEPS, FEWEST_STEPS = 1000, 10, 2
CURVE_LABELS = {"curve_name": "Chosen as if the effect were",
                "logit_shift_lost": "True: even chances", "flat_lost": "True: the same",
                "often_lost": "True: often vote", "seldom_lost": "True: seldom vote",
                "most_lost": "At worst"}
CURVE_NAMES = {
    "logit_shift": "Largest at even chances", "flat": "The same for everybody",
    "often": "Largest in those who often vote", "seldom": "Largest in those who seldom vote",
    "average": "Mean of the four curves",
}
SPEND_LABELS = {
    "channel_name": "Channel", "n_contacts": "Contacts", "n_talks": "Talks or messages",
    "votes_gained": "Net votes", "votes_low": "Low", "votes_high": "High",
    "contact_votes": "Of 1,000 contacts", "talk_votes": "Of 1,000 of these",
    "talk_cost_minor": "Each costs", "vote_cost_minor": "A vote costs",
}
EXPECTED = {"n_talks": 0, "votes_gained": 1, "votes_low": 1, "votes_high": 1, "contact_votes": 1,
            "talk_votes": 1}  # to so many digits
# Doors are those that a plan buys, and votes what a model expects of them.
DOORS, CONTACTED = "doors of the budget", "contacts of the budget"


def curve_table(found: Universes, profile: Disclosure, *, n_doors: int) -> pd.DataFrame:
    """Return one row a curve to choose by: what is lost where another is the true one.

    ``<curve>_lost`` is the loss in votes of a thousand where that curve is the true one.
    """
    rows = regret_by_curve(open_to(found, "door"), found.choices.response, budget=n_doors)
    lost = {f"{code}_share": f"{code}_lost" for code in CURVES} | {"most_share": "most_lost"}
    rows = rows.rename(columns={**lost, "n_contacts": "n_doors"})
    rows[list(lost.values())] *= THOUSAND
    rows.insert(0, "curve_name", rows["curve_code"].map(CURVE_NAMES))
    shown = protect(rows.drop(columns="curve_code"), profile,
                    shape=_doors("curve_name", *lost.values()))
    return shown.drop(columns="n_doors")


def firm_words(found: Universes, profile: Disclosure, *, n_doors: int) -> str:
    """Return the sentence on which doors are good under all curves, and which want a pilot."""
    electors, response = open_to(found, "door"), found.choices.response
    chosen = chosen_under_all(electors, response, budget=n_doors)
    n_firm = int((chosen["n_curves"] == len(CURVES)).sum())
    rows = pd.DataFrame({"chosen_name": ["by some curve"], "n_doors": [len(chosen)],
                         "n_firm": [n_firm]})
    shape = Shape("n_doors", ("n_doors", "n_firm"), shares={"firm_share": ("n_firm", "n_doors")},
                  population="doors that some curve chooses", dimensions=("chosen_name",))
    share = protect(rows, profile, shape=shape)["firm_share"].iloc[0]
    if pd.isna(share):
        return "Too few doors are chosen to say which are good under all curves."
    steadiest = steadiest_curve(regret_by_curve(electors, response, budget=n_doors))
    return (f"Of the doors that some curve would choose, {share:.0%} are chosen by all: start "
            "there. The rest depend on a curve that nobody has measured here: pilot them, half "
            "at random, and count votes afterwards. Choosing by "
            f"'{CURVE_NAMES[steadiest].lower()}' loses least where it is most wrong.")


def budget_table(found: Universes, profile: Disclosure, *, n_doors: int) -> pd.DataFrame:
    """Return expected net votes by the number of doors: ten steps, up to twice ``n_doors``.

    Steps are rounded down: the last one is all the homes where a knock gains anything, and a
    count of homes is one of people.
    """
    electors = open_to(found, "door")
    gains = contact_votes(electors, found.choices.response, "door")
    best = best_universe(contact_units(electors, gains, by_home=True), 2 * n_doors)
    base = profile.rounding_base
    steps = sorted({min(round(2 * n_doors * k / N_STEPS), len(best)) // base * base
                    for k in range(1, N_STEPS + 1)})
    last = steps[-1]  # of two that are close by, the last
    wanted = [step for step in steps if step >= max(profile.cell_min, 1)
              and (step == last or last - step >= n_doors / N_STEPS)]
    rows = pd.DataFrame({"n_doors": wanted, "votes_gained": [
        round(float(best["votes_so_far"].iloc[step - 1]), 1) for step in wanted]})
    return exempt(rows, "doors of a plan and the votes that a model expects there")


def budget_words(steps: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of votes by the number of doors."""
    subtitle = f"Expected net votes by doors knocked once, the best first, {place}"
    if len(steps) < FEWEST_STEPS:
        return {"title": "Too few doors to show what more would gain", "subtitle": subtitle,
                "alt_text": "A line of votes by doors with too few points."}
    first, last = steps.iloc[0], steps.iloc[-1]
    return {"title": f"{first['n_doors']:,.0f} doors gain {first['votes_gained']:,.1f} net votes, "
                     f"{last['n_doors']:,.0f} doors {last['votes_gained']:,.1f}",
            "subtitle": subtitle,
            "alt_text": f"A line from {first['votes_gained']:,.1f} net votes at "
                        f"{first['n_doors']:,.0f} doors to {last['votes_gained']:,.1f} at "
                        f"{last['n_doors']:,.0f}."}


def spend_table(
    spent: pd.DataFrame, ranges: pd.DataFrame, costs_minor: Mapping[str, int],
    profile: Disclosure,
) -> pd.DataFrame:
    """Return one row a channel with a contact worth making: contacts, talks, votes, costs.

    ``ranges``: as of votes_range. ``n_talks`` are expected; a message, which needs no talk,
    counts itself. ``contact_votes`` and ``talk_votes`` are net votes of a thousand of them;
    ``talk_cost_minor`` and ``vote_cost_minor`` what one of them and one net vote cost.
    """
    by = spent.groupby("channel_code")
    rows = pd.DataFrame({"n_contacts": by.size(), "n_people": by["n_people"].sum()})
    rows = rows.join(ranges[ranges["channel_code"] != ALL].set_index("channel_code"))
    rows = rows.reindex([code for code in CHANNEL_NAMES if code in rows.index]).astype("float64")
    cost = rows["n_contacts"] * pd.Series(costs_minor, dtype="float64").reindex(rows.index)
    rows["contact_votes"] = THOUSAND * rows["votes_gained"] / rows["n_contacts"]
    rows["talk_votes"] = THOUSAND * rows["votes_gained"] / rows["n_talks"]
    rows["talk_cost_minor"] = cost / rows["n_talks"]
    rows["vote_cost_minor"] = cost / rows["votes_gained"].where(rows["votes_gained"] > 0)
    rows.insert(0, "channel_name", [CHANNEL_NAMES[str(code)] for code in rows.index])
    shape = Shape("n_contacts", ("n_contacts", "n_people"), population=CONTACTED,
                  means=("talk_cost_minor", "vote_cost_minor"), dimensions=("channel_name",),
                  parts={"n_people": ("n_contacts",)})
    return _with_votes(rows.reset_index(drop=True), profile, shape)[list(SPEND_LABELS)]


def effect_words(found: Universes) -> str:
    """Return what the votes of the budget rest on: effects, talk rates and what homes pass on."""
    assumed = found.choices.assumed
    effects = "; ".join(f"{CHANNEL_NAMES[code].lower()} {_points(ends)}"
                        for code, ends in assumed.effects.items() if ends.high)
    rates = " ".join(
        f"Of {CHANNELS[code].attempts}, {ends.middle:.0%} lead to a talk "
        + (f"({ends.low:.0%} to {ends.high:.0%}), counted from the campaign's own on file."
           if ends.n else f"(assumed, {ends.low:.0%} to {ends.high:.0%}).")
        for code, ends in assumed.talk_rates.items())
    passed = assumed.pass_on
    return (f"Turnout that a talk, or a message, is assumed to add: {effects}. {rates} Others of "
            f"the home take on {passed.middle:.0%} of what a talk at the door does "
            f"({passed.low:.0%} to {passed.high:.0%}; assumed).")


def _points(ends: Ends) -> str:
    low, middle, high = (f"{100 * end:.2g}" for end in (ends.low, ends.middle, ends.high))
    return f"{middle} points ({low} to {high})"


def _with_votes(rows: pd.DataFrame, profile: Disclosure, shape: Shape) -> pd.DataFrame:
    """Protect counts; what is expected is shown where the count that it rests on is.

    Talks are worked out from the contacts that are shown: a message counts itself, and would tell
    the exact count.
    """
    shown = protect(rows.drop(columns=list(EXPECTED)), profile, shape=shape)
    rate = rows["n_talks"] / rows["n_contacts"]
    rows = rows.assign(n_talks=rate * shown["n_contacts"].astype("Float64"))
    for name, digits in EXPECTED.items():
        expected = rows[name].round(digits).where(shown[shape.basis].notna())
        shown[name] = expected.astype("Float64")
    return exempt(shown, "what a model expects of so many contacts", *EXPECTED)


def _doors(name: str, *forecasts: str) -> Shape:
    """Doors that were chosen in some way: those of two ways overlap."""
    return Shape("n_doors", ("n_doors",), means=forecasts, population=DOORS, dimensions=(name,),
                 is_disjoint=False)
