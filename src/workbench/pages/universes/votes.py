"""What a budget gains, as tables that may be shown: ways to choose, doors, channels, curves."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.exhibits import Words
from workbench.pages.universes.people import CHANNEL_NAMES
from workbench.settings import Disclosure
from workbench.voters.universes.budget import (
    best_universe,
    chosen_under_all,
    compare_choices,
    contact_units,
    regret_by_curve,
    steadiest_curve,
)
from workbench.voters.universes.find import Universes, open_to
from workbench.voters.universes.response import CURVES, votes_gained

THOUSAND, N_STEPS, FEWEST_STEPS = 1000, 10, 2
CURVE_LABELS = {"curve_name": "Chosen as if the effect were",
                "logit_shift_lost": "True: even chances", "flat_lost": "True: the same",
                "often_lost": "True: often vote", "seldom_lost": "True: seldom vote",
                "most_lost": "At worst"}
WAY_NAMES = {
    "votes": "Expected net votes (ours)", "support": "Support alone",
    "turnout": "Turnout alone, nearest even chances", "anybody": "Anybody, at random",
}
CURVE_NAMES = {
    "logit_shift": "Largest at even chances", "flat": "The same for everybody",
    "often": "Largest in those who often vote", "seldom": "Largest in those who seldom vote",
    "average": "Mean of the four curves",
}
# Doors are those that a plan buys, and votes what a model expects of them.
DOORS, CONTACTED = "doors of the budget", "contacts of the budget"


def choice_table(found: Universes, profile: Disclosure, *, n_doors: int) -> pd.DataFrame:
    """Return what ways to choose ``n_doors`` gain by our own scores: ``way_name``, votes."""
    electors = open_to(found, "door")
    rows = compare_choices(electors, electors, found.choices.response, budget=n_doors)
    rows = rows[rows["way_code"].isin(WAY_NAMES)]
    rows.insert(0, "way_name", rows["way_code"].map(WAY_NAMES))
    rows = rows.rename(columns={"n_contacts": "n_doors"})[["way_name", "n_doors", "votes_gained"]]
    return _with_votes(rows, profile, _doors("way_name"))


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
    gains = votes_gained(electors, found.choices.response, "door")
    best = best_universe(contact_units(electors, gains, by_home=True), 2 * n_doors)
    base = profile.rounding_base
    steps = {min(round(2 * n_doors * k / N_STEPS), len(best)) // base * base
             for k in range(1, N_STEPS + 1)}
    wanted = sorted(step for step in steps if step >= max(profile.cell_min, 1))
    rows = pd.DataFrame({"n_doors": wanted, "votes_gained": [
        round(float(best["votes_so_far"].iloc[step - 1]), 1) for step in wanted]})
    return exempt(rows, "doors of a plan and the votes that a model expects there")


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


def spend_table(
    spent: pd.DataFrame, budgets: Mapping[str, int], costs_minor: Mapping[str, int],
    profile: Disclosure,
) -> pd.DataFrame:
    """Return one row a channel of the budget: contacts, people, votes, cost of one net vote.

    Channels without a budget, or without a contact worth making, are left out.
    """
    by = spent.groupby("channel_code")
    rows = pd.DataFrame({"n_contacts": by.size(), "n_people": by["n_people"].sum(),
                         "votes_gained": by["votes_gained"].sum()})
    paid = [channel for channel, n_contacts in budgets.items() if n_contacts]
    rows = rows.reindex([channel for channel in paid if channel in rows.index]).astype("float64")
    cost = rows["n_contacts"] * pd.Series(costs_minor, dtype="float64").reindex(rows.index)
    rows["vote_cost_minor"] = cost / rows["votes_gained"].where(rows["votes_gained"] > 0)
    rows.insert(0, "channel_name", [CHANNEL_NAMES[code] for code in rows.index])
    shape = Shape("n_contacts", ("n_contacts", "n_people"), population=CONTACTED,
                  means=("vote_cost_minor",), dimensions=("channel_name",),
                  parts={"n_people": ("n_contacts",)})
    return _with_votes(rows.reset_index(drop=True), profile, shape)[
        ["channel_name", "n_contacts", "n_people", "votes_gained", "vote_cost_minor"]]


def _with_votes(rows: pd.DataFrame, profile: Disclosure, shape: Shape) -> pd.DataFrame:
    """Protect counts; expected votes, to a tenth, are shown where the count they rest on is."""
    shown = protect(rows.drop(columns="votes_gained"), profile, shape=shape)
    votes = rows["votes_gained"].round(1).where(shown[shape.basis].notna())
    shown["votes_gained"] = votes.astype("Float64")
    return exempt(shown, "votes that a model expects of so many contacts", "votes_gained")


def _doors(name: str, *forecasts: str) -> Shape:
    """Doors that were chosen in some way: those of two ways overlap."""
    return Shape("n_doors", ("n_doors",), means=forecasts, population=DOORS, dimensions=(name,),
                 is_disjoint=False)
