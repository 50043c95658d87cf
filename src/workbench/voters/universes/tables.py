"""Universes, budgets, channels and contacts as tables that may be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from workbench.disclosure import Shape, protect
from workbench.settings import Disclosure
from workbench.voters.universes.assign import UNIVERSE_NAMES
from workbench.voters.universes.budget import (
    WAY_NAMES,
    best_universe,
    compare_choices,
    contact_units,
    regret_by_curve,
)
from workbench.voters.universes.contacts import contact_counts, how_often
from workbench.voters.universes.electors import BASIS_NAMES
from workbench.voters.universes.find import Universes, at_doors
from workbench.voters.universes.keys import door_of, is_among
from workbench.voters.universes.response import CURVE_NAMES, CURVES, votes_gained
from workbench.voters.universes.segments import SEGMENTS

NO_PLACE = "not known"
THOUSAND = 1000
SCREENS = ("text", "email", "social")
CHANNEL_NAMES = {"door": "Door", "phone": "Phone", "text": "Text", "email": "E-mail",
                 "post": "Post", "social": "Social account"}

PLACE_LABELS = {
    "place": "Place", "n_people": "People",
    "n_get_out_the_vote": "Remind", "n_vote_early": "Postal", "n_persuade": "Persuade",
    "n_both": "Both", "n_unknown": "Ask", "n_register": "Register", "n_leave_alone": "Leave",
    "n_untouched": "Not talked to",
}
CURVE_LABELS = {"curve_name": "Chosen as if the effect were", "n_doors": "Doors",
                "logit_shift_lost": "True: even chances", "flat_lost": "True: the same",
                "often_lost": "True: often vote", "seldom_lost": "True: seldom vote",
                "most_lost": "At worst"}
CHANNEL_LABELS = {"universe_name": "Universe", "n_people": "People",
                  **{f"{code}_share": name for code, name in CHANNEL_NAMES.items()},
                  "no_screen_share": "No screen"}
CONTACT_LABELS = {"universe_name": "Universe", "n_people": "People", "none_share": "No talk",
                  "one_share": "One", "two_or_more_share": "Two or more",
                  "by_door_share": "Door", "by_phone_share": "Phone",
                  "by_text_share": "Text", "by_email_share": "E-mail",
                  "by_post_share": "Letter"}
SEGMENT_LABELS = {"segment_name": "Segment", "rule_name": "Rule", "n_people": "People",
                  "support_share": "Support", "turnout_share": "Turnout",
                  "says_name": "What to say"}


def size_table(found: Universes, profile: Disclosure) -> pd.DataFrame:
    """Return one row a universe: people, homes, expected net votes of a thousand contacts."""
    people = found.people.assign(door=door_of(found.people))
    by = people.groupby("universe_code")
    rows = pd.DataFrame({"n_people": by.size(), "n_homes": by["door"].nunique(),
                         "per_thousand": THOUSAND * by["votes_gained"].mean()})
    rows = rows.reindex(list(UNIVERSE_NAMES))
    rows = rows.fillna({"n_people": 0, "n_homes": 0})
    rows.insert(0, "universe_name", list(UNIVERSE_NAMES.values()))
    shape = Shape("n_people", ("n_people", "n_homes"), means=("per_thousand",))
    return protect(rows.reset_index(drop=True), profile, shape=shape)


def place_table(
    found: Universes, profile: Disclosure, as_of: dt.date, *, place_column: str, n_places: int
) -> pd.DataFrame:
    """Return one row a place, those with most people to remind first: people by universe.

    ``n_untouched``: those of all universes but the one to leave alone whom no contact has
    reached yet.
    """
    people = contact_counts(found.people, found.contacts, as_of=as_of,
                            since_days=found.choices.contact_days)
    place = people[place_column].fillna(NO_PLACE)
    rows = pd.crosstab(place, people["universe_code"]).reindex(
        columns=list(UNIVERSE_NAMES), fill_value=0).add_prefix("n_")
    is_untouched = (people["universe_code"] != "leave_alone") & (people["n_contacts"] == 0)
    rows["n_untouched"] = is_untouched.groupby(place).sum()
    rows.insert(0, "n_people", rows[list(rows.columns[:-1])].sum(axis=1))
    rows = rows.rename_axis("place").reset_index()
    rows = rows.sort_values(["n_get_out_the_vote", "place"], ascending=[False, True])
    counts = tuple(rows.columns[1:])
    return protect(rows.head(n_places).reset_index(drop=True), profile,
                   shape=Shape("n_people", counts))


def persuasion_table(now: Universes, upper: Universes, profile: Disclosure) -> pd.DataFrame:
    """Return one row a universe of electors: people now, and in the upper case."""
    rows = pd.DataFrame({
        "n_people": now.electors["universe_code"].value_counts(),
        "n_upper": upper.electors["universe_code"].value_counts(),
    }).reindex([code for code in UNIVERSE_NAMES if code != "register"]).fillna(0)
    rows.insert(0, "universe_name", [UNIVERSE_NAMES[code] for code in rows.index])
    rows = rows.reset_index(drop=True).assign(n_electors=len(now.electors))
    shape = Shape("n_electors", ("n_electors", "n_people", "n_upper"))
    return protect(rows, profile, shape=shape).drop(columns="n_electors")


def choice_table(found: Universes, profile: Disclosure, *, n_doors: int) -> pd.DataFrame:
    """Return what ways to choose ``n_doors`` gain by our own scores: ``way_name``, votes."""
    electors = at_doors(found)
    rows = compare_choices(electors, electors, found.choices.response, budget=n_doors)
    rows = rows[rows["way_code"] != "best"]
    rows.insert(0, "way_name", rows["way_code"].map(WAY_NAMES))
    rows = rows.rename(columns={"n_contacts": "n_doors"})[["way_name", "n_doors", "votes_gained"]]
    return protect(rows, profile, shape=Shape("n_doors", ("n_doors",), means=("votes_gained",)))


def curve_table(found: Universes, profile: Disclosure, *, n_doors: int) -> pd.DataFrame:
    """Return one row a curve to choose by: votes by that curve, and what is lost under others.

    ``<curve>_lost`` is the loss in votes of a thousand where that curve is the true one.
    """
    electors = at_doors(found)
    rows = regret_by_curve(electors, found.choices.response, budget=n_doors)
    lost = {f"{code}_share": f"{code}_lost" for code in CURVES} | {"most_share": "most_lost"}
    rows = rows.rename(columns={**lost, "n_contacts": "n_doors"})
    rows[list(lost.values())] = (rows[list(lost.values())] * THOUSAND).round(1)
    rows.insert(0, "curve_name", rows["curve_code"].map(CURVE_NAMES))
    shown = rows.drop(columns="curve_code")
    return protect(shown, profile,
                   shape=Shape("n_doors", ("n_doors",), means=tuple(lost.values())))


def budget_curve(found: Universes, profile: Disclosure, *, n_doors: int) -> pd.DataFrame:
    """Return expected net votes by the number of doors, up to twice ``n_doors``: ten points."""
    electors = at_doors(found)
    gains = votes_gained(electors, found.choices.response, "door")
    best = best_universe(contact_units(electors, gains, by_home=True), 2 * n_doors)
    steps = [round(2 * n_doors * k / 10) for k in range(1, 11)]
    steps = sorted({min(step, len(best)) for step in steps if step and len(best)})
    rows = pd.DataFrame({"n_doors": steps,
                         "votes_gained": [best["votes_so_far"].iloc[n - 1] for n in steps]})
    return protect(rows, profile, shape=Shape("n_doors", ("n_doors",), means=("votes_gained",)))


def spend_table(
    spent: pd.DataFrame, budgets: Mapping[str, int], costs_minor: Mapping[str, int],
    profile: Disclosure,
) -> pd.DataFrame:
    """Return one row a channel of the budget: contacts, people, votes, cost of one net vote."""
    by = spent.groupby("channel_code")
    rows = pd.DataFrame({"n_contacts": by.size(), "n_people": by["n_people"].sum(),
                         "votes_gained": by["votes_gained"].sum()})
    rows = rows.reindex(list(budgets)).astype("float64").fillna(0.0)
    cost = rows["n_contacts"] * pd.Series(costs_minor, dtype="float64").reindex(rows.index)
    rows["vote_cost_minor"] = cost / rows["votes_gained"].where(rows["votes_gained"] > 0)
    rows.insert(0, "channel_name", [CHANNEL_NAMES[code] for code in rows.index])
    shape = Shape("n_contacts", ("n_contacts", "n_people"),
                  means=("votes_gained", "vote_cost_minor"))
    return protect(rows.reset_index(drop=True), profile, shape=shape)


def channel_table(found: Universes, profile: Disclosure) -> pd.DataFrame:
    """Return one row a universe: the share that each channel reaches, and that no screen does."""
    people = found.people
    flags = pd.DataFrame({
        f"n_{channel}": is_among(
            people["person_id"],
            found.open_channels.loc[found.open_channels["channel_code"] == channel, "person_id"])
        for channel in CHANNEL_NAMES})
    flags["n_no_screen"] = ~flags[[f"n_{channel}" for channel in SCREENS]].any(axis=1)
    sums = flags.astype("int64").groupby(people["universe_code"]).sum()
    rows = sums.assign(n_people=people.groupby("universe_code").size())
    rows = rows.reindex([code for code in UNIVERSE_NAMES if code in rows.index])
    rows.insert(0, "universe_name", [UNIVERSE_NAMES[code] for code in rows.index])
    return _as_shares(rows, [str(name) for name in flags.columns], profile)


def penetration_table(found: Universes, profile: Disclosure, as_of: dt.date) -> pd.DataFrame:
    """Return one row a universe: shares contacted not at all, once, twice or more; by channel."""
    counted = contact_counts(found.people, found.contacts, as_of=as_of,
                             since_days=found.choices.contact_days)
    often = how_often(counted["n_contacts"])
    flags = pd.DataFrame({
        "n_none": often == "none", "n_one": often == "one", "n_two_or_more":
        often == "two or more", **{f"n_by_{channel}": counted[f"n_{channel}"] > 0
                                   for channel in ("door", "phone", "text", "email", "post")}})
    sums = flags.astype("int64").groupby(counted["universe_code"]).sum()
    rows = sums.assign(n_people=counted.groupby("universe_code").size())
    rows = rows.reindex([code for code in UNIVERSE_NAMES if code in rows.index])
    rows.insert(0, "universe_name", [UNIVERSE_NAMES[code] for code in rows.index])
    return _as_shares(rows, [str(name) for name in flags.columns], profile)


def segment_table(
    electors: pd.DataFrame, segments: pd.DataFrame, profile: Disclosure
) -> pd.DataFrame:
    """Return one row a segment: rule, people, mean support and turnout, what to say."""
    rows = segments[["segment_id", "person_id"]].merge(
        electors[["person_id", "support_score", "turnout_score"]], on="person_id",
        validate="many_to_one")
    by = rows.groupby("segment_id")
    sums = pd.DataFrame({"n_people": by.size(), "n_support": by["support_score"].sum(),
                         "n_turnout": by["turnout_score"].sum()})
    sums = sums.reindex(list(SEGMENTS)).fillna(0)
    sums.insert(0, "segment_name", [s.name for s in SEGMENTS.values()])
    sums.insert(1, "rule_name", [s.rule_name for s in SEGMENTS.values()])
    sums["says_name"] = [s.says_name for s in SEGMENTS.values()]
    shape = Shape("n_people", ("n_people", "n_support", "n_turnout"),
                  shares={"support_share": ("n_support", "n_people"),
                          "turnout_share": ("n_turnout", "n_people")})
    shown = protect(sums.reset_index(drop=True), profile, shape=shape)
    return shown[["segment_name", "rule_name", "n_people", "support_share", "turnout_share",
                  "says_name"]]


def basis_table(found: Universes, profile: Disclosure) -> pd.DataFrame:
    """Return one row a kind of ground that scores stand on: how many electors stand on it."""
    counts = found.electors["basis_code"].value_counts().reindex(list(BASIS_NAMES), fill_value=0)
    rows = pd.DataFrame({"basis_name": list(BASIS_NAMES.values()), "n_people": counts.to_numpy()})
    return protect(rows, profile, shape=Shape("n_people", ("n_people",)))


def _as_shares(rows: pd.DataFrame, counts: list[str], profile: Disclosure) -> pd.DataFrame:
    """Return each of ``counts`` as its share of ``n_people``, one row a universe."""
    shares = {f"{name.removeprefix('n_')}_share": (name, "n_people") for name in counts}
    shape = Shape("n_people", ("n_people", *counts), shares=shares)
    shown = protect(rows.reset_index(drop=True), profile, shape=shape)
    return shown[["universe_name", "n_people", *shares]]
