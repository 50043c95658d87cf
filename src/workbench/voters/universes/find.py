"""From tables and choices to everybody's universe, and what a budget of contacts does there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import pandas as pd

from workbench.errors import SettingsError, nearest_name
from workbench.settings import Campaign
from workbench.tables.codes import CHANNELS, codes_that
from workbench.voters.attempts import attempts_made, talk_rates
from workbench.voters.contacts import (
    contact_counts,
    contacts_made,
    identified,
    messages_sent,
    talks_end,
)
from workbench.voters.ends import Ends, assumed
from workbench.voters.universes.assign import Rules, assign_universes, rank_within
from workbench.voters.universes.budget import contact_votes, is_open_to, spend_contacts
from workbench.voters.universes.electors import scored_electors, unregistered
from workbench.voters.universes.response import BY_TALK, Response
from workbench.voters.universes.segments import voter_segments

TABLES = ("voters", "vote_history", "canvass", "appeals_sent", "consumer", "areas",
          "area_results", "people", "crosswalk", "scores")
READ = (*TABLES, "data/scores/quality.json")
ENDS = ("low", "high")
USES = ("scores.our_party_code", "sources")  # of params.yaml
DAYS = ("contact", "voter_id", "talk_rate")


@dataclass(frozen=True)
class Assumed:
    """What a contact does, with the ends between which it may lie.

    ``effects``: channel to the turnout that a talk or a message adds; ``talk_rates``: channel
    to the share of knocks or calls that lead to a talk; ``pass_on``: the part of the effect of a
    talk at the door that each other elector of the home takes on. See Response.
    """

    effects: Mapping[str, Ends]
    talk_rates: Mapping[str, Ends]
    pass_on: Ends

    def response(self, curve_code: str, against_share: float) -> Response:
        """Return the response with everything at its middle."""
        return Response(curve_code, _middles(self.effects), against_share,
                        _middles(self.talk_rates), self.pass_on.middle)


@dataclass(frozen=True)
class Choices:
    """What a campaign chose. ``contact_days``: a contact no older counts as penetration;
    ``voter_id_days``: a voter ID no older stands; ``talk_rate_days``: knocks and calls no older
    tell how many lead to a talk."""

    party_code: str
    assumed: Assumed
    response: Response
    rules: Rules
    contact_days: int
    voter_id_days: int
    talk_rate_days: int


@dataclass(frozen=True)
class Universes:
    """Everybody's universe, and what it was found from.

    ``electors``: as of ``assign_universes``, with ``is_reachable`` (by some channel, and has
    not voted), ``channel_code``, ``rank_number`` and ``knock_votes_gained`` (the part that the
    person has in the net votes of a knock at their door; missing where the door is closed to
    them). ``others``: the universe ``register``, in the same columns where they apply.
    ``contacts``: one row an attempt or message. ``choices``: with the talk rates of the
    campaign's own knocks and calls where it has enough. ``as_of``: the day from which they are
    counted back.
    """

    electors: pd.DataFrame
    others: pd.DataFrame
    open_channels: pd.DataFrame
    contacts: pd.DataFrame
    choices: Choices
    as_of: dt.date

    @property
    def people(self) -> pd.DataFrame:
        """Electors and those to register, a row a person."""
        return pd.concat([self.electors, self.others], ignore_index=True)

    @property
    def segments(self) -> pd.DataFrame:
        """Who is in which segment of voters, as of ``voter_segments``."""
        return voter_segments(self.electors)

    @property
    def talks_end(self) -> dt.date | None:
        """The last day of talks on file, where that was before the period; else None."""
        return talks_end(self.contacts, as_of=self.as_of, since_days=self.choices.contact_days)

    def counted(self, people: pd.DataFrame) -> pd.DataFrame:
        """Return the people with their contacts of the period, as of ``contact_counts``."""
        return contact_counts(people, self.contacts, as_of=self.as_of,
                              since_days=self.choices.contact_days)


def make_assumed(
    effects: Mapping[str, float], effect_ends: Mapping[str, float], talks: Mapping[str, float]
) -> Assumed:
    """Return the notebook's assumptions; SettingsError names the one to correct.

    ``effects``: channel to turnout; ``effect_ends``: ``door_low``, ``door_high`` and so on.
    ``talks``: share of the knocks and calls that lead to a talk, ``door_low``, ``door``,
    ``door_high`` and so on, and ``pass_on_low``, ``pass_on``, ``pass_on_high``.
    """
    channels = codes_that(CHANNELS, "is_of_lists")
    _check_keys("effects", effects, channels)
    _check_keys("effect_ends", effect_ends, [f"{one}_{end}" for one in channels for end in ENDS])
    _check_keys("talks", talks, [name for one in (*BY_TALK, "pass_on") for name in
                                 (f"{one}_low", one, f"{one}_high")])
    return Assumed({one: assumed("effects", one, {**effects, **effect_ends}) for one in channels},
                   {one: assumed("talks", one, talks) for one in BY_TALK},
                   assumed("talks", "pass_on", talks))


def make_choices(
    party_code: str, curve_code: str, assumptions: Assumed, limits: Mapping[str, float],
    days: Mapping[str, int],
) -> Choices:
    """Return the notebook's parameters as choices; SettingsError names the one to correct."""
    names = [part.name for part in fields(Rules)]
    _check_keys("limits", limits, (*names, "against_share"))
    _check_keys("days", days, DAYS)
    rules = Rules(**{name: float(limits[name]) for name in names})
    response = assumptions.response(curve_code, float(limits["against_share"]))
    for name, value in days.items():
        if value < 0:
            raise SettingsError(f"notebooks.universes.days.{name} is {value}. Give 0 or more.")
    return Choices(party_code, assumptions, response, rules, *(days[name] for name in DAYS))


def find_universes(
    tables: Mapping[str, pd.DataFrame], open_channels: pd.DataFrame, campaign: Campaign,
    choices: Choices,
) -> Universes:
    """Return everybody's universe. ``open_channels``: a row an open channel of a person.

    Whoever no channel of a list reaches is left alone. ``channel_code`` is the open channel
    whose talk or message moves most.
    """
    contacts = contacts_made(tables)
    choices = _with_own_rates(choices, contacts, tables["people"], campaign.as_of)
    best = _best_channels(open_channels, choices.response)
    electors = scored_electors(tables, campaign, party_code=choices.party_code)
    electors = electors.merge(best, how="left", on="person_id", validate="one_to_one")
    electors = electors.assign(is_reachable=electors["channel_code"].notna()
                               & ~electors["has_voted"])
    told = identified(contacts, as_of=campaign.as_of, valid_days=choices.voter_id_days)
    assigned = assign_universes(electors, choices.response, choices.rules, identified=told)
    assigned = assigned.assign(knock_votes_gained=_knock_votes(assigned, open_channels, choices))
    others = unregistered(tables, campaign).merge(best, how="left", on="person_id",
                                                  validate="one_to_one")
    others = others[others["channel_code"].notna()].assign(
        universe_code="register", is_reachable=True, votes_gained=float("nan"),
        reason_name="Of age and on no voter file that we hold")
    made = pd.concat([contacts, messages_sent(tables)], ignore_index=True)
    return Universes(rank_within(assigned), rank_within(others), open_channels, made, choices,
                     campaign.as_of)


def spend(found: Universes, budgets: Mapping[str, int]) -> pd.DataFrame:
    """Return one row a contact that the budget buys, as ``spend_contacts``."""
    return spend_contacts(found.electors, found.open_channels, found.choices.response, budgets)


def with_upper_case(found: Universes, added_support: float) -> Universes:
    """Return the universes as they would be if one contact added so much support to anybody."""
    choices = found.choices
    told = identified(found.contacts, as_of=found.as_of, valid_days=choices.voter_id_days)
    assigned = assign_universes(found.electors, choices.response, choices.rules,
                                identified=told, added_support=added_support)
    return replace(found, electors=rank_within(assigned))


def open_to(found: Universes, channel_code: str) -> pd.DataFrame:
    """Return the electors with ``is_reachable`` only where the channel is open."""
    is_open = is_open_to(found.electors, found.open_channels, channel_code)
    return found.electors.assign(is_reachable=found.electors["is_reachable"] & is_open)


def _with_own_rates(
    choices: Choices, contacts: pd.DataFrame, people: pd.DataFrame, as_of: dt.date
) -> Choices:
    """Return the choices with talk rates counted from the campaign's own attempts."""
    rates = talk_rates(attempts_made(contacts, people), choices.assumed.talk_rates, as_of=as_of,
                       since_days=choices.talk_rate_days)
    return replace(choices, assumed=replace(choices.assumed, talk_rates=rates),
                   response=replace(choices.response, talk_rates=_middles(rates)))


def _knock_votes(
    electors: pd.DataFrame, open_channels: pd.DataFrame, choices: Choices
) -> pd.Series:
    is_open = is_open_to(electors, open_channels, "door") & electors["is_reachable"]
    votes = contact_votes(electors.assign(is_reachable=is_open), choices.response, "door")
    return votes.fillna(0.0).where(is_open)


def _middles(ends: Mapping[str, Ends]) -> dict[str, float]:
    return {channel: one.middle for channel, one in ends.items()}


def _best_channels(open_channels: pd.DataFrame, response: Response) -> pd.DataFrame:
    """One row a person: the channel that moves most of those that are open to lists."""
    listed_codes = codes_that(CHANNELS, "is_of_lists")
    order = sorted(listed_codes, key=lambda code: -response.effects.get(code, 0.0))
    listed = open_channels[open_channels["channel_code"].isin(order)]
    place = listed["channel_code"].map({name: i for i, name in enumerate(order)})
    first = listed.assign(place=place).sort_values(["person_id", "place"])
    return first.drop_duplicates("person_id").drop(columns="place")


def _check_keys(what: str, given: Mapping[str, object], wanted: Sequence[str]) -> None:
    for name in sorted(set(given) - set(wanted)):
        raise SettingsError(f"notebooks.universes.{what} has an unknown key '{name}'."
                            f"{nearest_name(name, wanted)} It knows: {', '.join(wanted)}.")
    for name in wanted:
        if name not in given:
            raise SettingsError(f"notebooks.universes.{what} lacks '{name}'. Add it, as in the "
                                "params.yaml that the repository carries.")
