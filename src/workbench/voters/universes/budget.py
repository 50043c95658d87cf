"""A budget of contacts turned into the people, or doors, where it gains most votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.errors import SettingsError
from workbench.tables import is_among
from workbench.tables.codes import CHANNELS, codes_that
from workbench.voters.contacts import door_of
from workbench.voters.universes.prices import NOT_OPEN, Market, share_out
from workbench.voters.universes.response import (
    BY_HOME,
    CURVE_CODES,
    CURVES,
    Response,
    part_reached,
    votes_gained,
)

NO_CONTACTS = pd.DataFrame({
    "channel_code": pd.Series(dtype="str"), "unit_id": pd.Series(dtype="str"),
    "n_people": pd.Series(dtype="int64"), "votes_gained": pd.Series(dtype="float64"),
})


def contact_units(people: pd.DataFrame, gains: pd.Series, *, by_home: bool) -> pd.DataFrame:
    """Return one row a contact: ``unit_id``, ``n_people``, ``votes_gained``.

    Only people with ``is_reachable`` are in it. A knock or a leaflet is one of a home, so its
    gains (contact_votes) add within it, those below zero among them; a call or a text is one
    person's. ``n_people``: who may be reached by it, not how many are talked to.
    """
    unit = door_of(people) if by_home else people["person_id"]
    rows = pd.DataFrame({"unit_id": unit, "n_people": 1, "votes_gained": gains.fillna(0.0)})
    rows = rows[people["is_reachable"].to_numpy(bool)]
    return rows.groupby("unit_id", sort=True).sum().reset_index()


def contact_votes(people: pd.DataFrame, response: Response, channel_code: str) -> pd.Series:
    """Return the net votes by each person that one contact of them, or of their home, brings.

    A contact is a knock, a call, a text, an e-mail or a leaflet. A knock at a home of several
    with ``is_reachable`` is a talk with one of them at most, whose effect is passed on in part
    (part_reached); the sum over the home is what the knock gains. Curves are scaled to all
    ``people``.
    """
    gains = votes_gained(people, response, channel_code)
    n_there = people["is_reachable"].astype("int64").groupby(door_of(people)).transform("sum")
    return gains * part_reached(n_there, response, channel_code)


def best_universe(units: pd.DataFrame, budget: float, *, cost: str | None = None) -> pd.DataFrame:
    """Return the units to contact, the best first, with ``rank_number`` and running votes.

    ``budget`` in contacts or, with ``cost`` the name of a column, in its unit. Units that gain
    nothing are never in it, however large the budget. Highest gain per cost first is the
    optimum where every contact costs the same; where costs differ it is so up to the last
    unit that no longer fits. Ties go to the smaller key. SettingsError for a budget under 0.
    """
    if budget < 0:
        raise SettingsError(f"A budget of contacts is {budget}. Give 0 or more.")
    spent = pd.Series(1.0, index=units.index) if cost is None else units[cost].astype("float64")
    ranked = units.assign(spent=spent, worth=units["votes_gained"] / spent)
    ranked = ranked[ranked["votes_gained"] > 0]
    ranked = ranked.sort_values(["worth", "unit_id"], ascending=[False, True], kind="stable")
    chosen = ranked[ranked["spent"].cumsum() <= budget].reset_index(drop=True)
    return chosen.drop(columns=["spent", "worth"]).assign(
        rank_number=chosen.index + 1, votes_so_far=chosen["votes_gained"].cumsum())


def spend_contacts(
    electors: pd.DataFrame, open_channels: pd.DataFrame, response: Response,
    budgets: Mapping[str, int],
) -> pd.DataFrame:
    """Return one row a contact to make: ``channel_code``, ``unit_id``, people, votes gained.

    ``electors``: with ``is_reachable``, False for whoever is to be left alone altogether.
    ``open_channels``: person_id and channel_code, a row an open channel of a person.
    ``budgets``: channel to the most contacts. Nobody is chosen twice. Channels share people out
    by prices (see share_out), and what is then left of a budget goes to the best of those left;
    where that gains less than the channel that moves most choosing first, that one stands.
    SettingsError for a channel that nobody has heard of.
    """
    known = codes_that(CHANNELS, "is_of_lists")
    strange = set(budgets) - set(known)
    if strange:
        raise SettingsError(f"notebooks.universes.budgets names '{sorted(strange)[0]}'. It can "
                            f"name: {', '.join(known)}.")
    channels = sorted(budgets, key=lambda c: (-response.effects.get(c, 0.0), c))
    reach = {channel: (is_open_to(electors, open_channels, channel)
                       & electors["is_reachable"]).to_numpy(bool) for channel in channels}
    gains = {channel: contact_votes(electors.assign(is_reachable=reach[channel]), response,
                                    channel) for channel in channels}
    everybody = np.ones(len(electors), dtype=bool)
    plain, _ = _in_turn(electors, gains, reach, budgets, everybody)
    if len(channels) < 2:
        return plain
    shared = share_out(_market(electors, gains, reach, budgets))
    first, is_left = _in_turn(electors, gains, shared, budgets, everybody)
    spent = first["channel_code"].value_counts()
    rest = {channel: budgets[channel] - int(spent.get(channel, 0)) for channel in channels}
    filled, _ = _in_turn(electors, gains, reach, rest, is_left)
    priced = _ranked_contacts(pd.concat([first, filled], ignore_index=True), channels)
    return priced if priced["votes_gained"].sum() > plain["votes_gained"].sum() else plain


def is_open_to(
    people: pd.DataFrame, open_channels: pd.DataFrame, channel_code: str
) -> pd.Series:
    """Return to whom of ``people`` the channel is open, by a row an open channel of a person."""
    pairs = open_channels.loc[open_channels["channel_code"] == channel_code, "person_id"]
    return is_among(people["person_id"], pairs)


def _market(
    electors: pd.DataFrame, gains: Mapping[str, pd.Series], reach: Mapping[str, np.ndarray],
    budgets: Mapping[str, int],
) -> Market:
    return Market(
        home=pd.factorize(door_of(electors), sort=True)[0],
        gains={channel: np.where(reach[channel], votes.fillna(0.0).to_numpy("float64"), NOT_OPEN)
               for channel, votes in gains.items()},
        by_home=frozenset(BY_HOME), budgets=budgets)


def _in_turn(
    electors: pd.DataFrame, gains: Mapping[str, pd.Series], reach: Mapping[str, np.ndarray],
    budgets: Mapping[str, int], is_left: np.ndarray,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return contacts where one channel after the other takes its best, and who is left then.

    A door is not knocked at where somebody of it whom the knock would reach is contacted already.
    """
    is_left, spent, door = is_left.copy(), [NO_CONTACTS], door_of(electors)
    for channel, votes in gains.items():
        by_home = channel in BY_HOME
        there = is_left & reach[channel]
        if by_home:
            there &= ~is_among(door, door[~is_left & reach[channel]]).to_numpy(bool)
        units = contact_units(electors.assign(is_reachable=there), votes, by_home=by_home)
        chosen = best_universe(units, budgets[channel])
        spent.append(chosen.assign(channel_code=channel)[list(NO_CONTACTS.columns)])
        unit = door if by_home else electors["person_id"]
        is_left &= ~(is_among(unit, chosen["unit_id"]).to_numpy(bool) & there)
    contacts = pd.concat([part for part in spent if len(part)] or spent[:1], ignore_index=True)
    return contacts, is_left


def _ranked_contacts(contacts: pd.DataFrame, channels: Sequence[str]) -> pd.DataFrame:
    """Return contacts by channel in the order given, those that gain most first."""
    turn = contacts["channel_code"].map({channel: at for at, channel in enumerate(channels)})
    ranked = contacts.assign(turn=turn).sort_values(
        ["turn", "votes_gained", "unit_id"], ascending=[True, False, True], kind="stable")
    return ranked.drop(columns="turn").reset_index(drop=True)


def regret_by_curve(electors: pd.DataFrame, response: Response, *, budget: int) -> pd.DataFrame:
    """Return what each choice loses where another curve is the true one.

    One row a curve by which the doors are chosen: ``curve_code``, a column ``<curve>_share``
    for each true curve (the part of the best possible votes that is lost), ``most_share`` the
    worst of them, ``n_contacts``.
    """
    by_curve = {code: _doors_under(electors, response, code) for code in CURVE_CODES}
    best = {code: best_universe(by_curve[code], budget)["votes_gained"].sum() for code in CURVES}
    rows = []
    for choice, units in by_curve.items():
        chosen = best_universe(units, budget)["unit_id"]
        lost = {}
        for true in CURVES:
            got = by_curve[true].set_index("unit_id")["votes_gained"].reindex(chosen).sum()
            lost[f"{true}_share"] = 1 - got / best[true] if best[true] > 0 else 0.0
        rows.append({"curve_code": choice, **lost, "most_share": max(lost.values()),
                     "n_contacts": len(chosen)})
    return pd.DataFrame(rows)


def chosen_under_all(electors: pd.DataFrame, response: Response, *, budget: int) -> pd.DataFrame:
    """Return one row a unit chosen under some curve: ``unit_id``, ``n_people``, ``n_curves``.

    Where ``n_curves`` is that of all the curves the choice is firm; the rest is for a pilot.
    """
    chosen = [best_universe(_doors_under(electors, response, code), budget) for code in CURVES]
    rows = pd.concat([part[["unit_id", "n_people"]] for part in chosen])
    counts = rows.groupby("unit_id", sort=True)["n_people"].agg(n_people="first", n_curves="size")
    return counts.reset_index()


def steadiest_curve(regret: pd.DataFrame) -> str:
    """Return the curve whose choice loses least where it is most wrong; ties to the first."""
    return str(regret["curve_code"].iloc[int(regret["most_share"].argmin())])


def _doors_under(electors: pd.DataFrame, response: Response, curve_code: str) -> pd.DataFrame:
    gains = contact_votes(electors, replace(response, curve_code=curve_code), "door")
    return contact_units(electors, gains, by_home=True)
