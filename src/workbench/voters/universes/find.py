"""From tables and choices to everybody's universe, and what a budget of contacts does there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import pandas as pd

from workbench.errors import SettingsError, nearest_name
from workbench.settings import Campaign
from workbench.tables import is_among
from workbench.tables.codes import CHANNELS, codes_that
from workbench.voters.contacts import (
    contact_counts,
    contacts_made,
    identified,
    messages_sent,
    talks_end,
)
from workbench.voters.universes.assign import Rules, assign_universes, rank_within
from workbench.voters.universes.budget import BY_HOME, contact_units, is_open_to, spend_contacts
from workbench.voters.universes.electors import scored_electors, unregistered
from workbench.voters.universes.response import CURVES, Response, votes_gained
from workbench.voters.universes.segments import voter_segments

TABLES = ("voters", "vote_history", "canvass", "appeals_sent", "consumer", "areas",
          "area_results", "people", "crosswalk", "scores")
READ = (*TABLES, "data/scores/quality.json")
USES = ("scores.our_party_code", "sources")  # of params.yaml
DAYS = ("contact", "voter_id")


@dataclass(frozen=True)
class Choices:
    """What a campaign chose. ``contact_days``: a contact no older counts as penetration;
    ``voter_id_days``: a voter ID no older stands."""

    party_code: str
    response: Response
    rules: Rules
    contact_days: int
    voter_id_days: int


@dataclass(frozen=True)
class Universes:
    """Everybody's universe, and what it was found from.

    ``electors``: as of ``assign_universes``, with ``is_reachable`` (by some channel, and has
    not voted), ``channel_code`` and ``rank_number``. ``others``: the universe ``register``,
    in the same columns where they apply. ``contacts``: one row an attempt or message.
    ``as_of``: the day from which they are counted back.
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


def make_choices(
    party_code: str, curve_code: str, effects: Mapping[str, float],
    limits: Mapping[str, float], days: Mapping[str, int],
) -> Choices:
    """Return the notebook's parameters as choices; SettingsError names the one to correct."""
    names = [part.name for part in fields(Rules)]
    _check_keys("limits", limits, (*names, "against_share"))
    _check_keys("days", days, DAYS)
    _check_keys("effects", effects, codes_that(CHANNELS, "is_of_lists"))
    rules = Rules(**{name: float(limits[name]) for name in names})
    response = Response(curve_code, dict(effects), float(limits["against_share"]))
    for name, value in days.items():
        if value < 0:
            raise SettingsError(f"notebooks.universes.days.{name} is {value}. Give 0 or more.")
    return Choices(party_code, response, rules, days["contact"], days["voter_id"])


def find_universes(
    tables: Mapping[str, pd.DataFrame], open_channels: pd.DataFrame, campaign: Campaign,
    choices: Choices,
) -> Universes:
    """Return everybody's universe. ``open_channels``: a row an open channel of a person.

    Whoever no channel of a list reaches is left alone. ``channel_code`` is the open channel
    whose contact moves most.
    """
    best = _best_channels(open_channels, choices.response)
    electors = scored_electors(tables, campaign, party_code=choices.party_code)
    electors = electors.merge(best, how="left", on="person_id", validate="one_to_one")
    electors = electors.assign(is_reachable=electors["channel_code"].notna()
                               & ~electors["has_voted"])
    contacts = contacts_made(tables)
    told = identified(contacts, as_of=campaign.as_of, valid_days=choices.voter_id_days)
    assigned = assign_universes(electors, choices.response, choices.rules, identified=told)
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


def votes_by_curve(found: Universes, spent: pd.DataFrame) -> tuple[float, float]:
    """Return the least and the most net votes that the contacts of ``spent`` gain, over curves.

    They were chosen by the curve of the choices.
    """
    response, totals = found.choices.response, []
    for code in CURVES:
        other = replace(response, curve_code=code)
        totals.append(sum(_votes_of(found, spent, other, channel) for channel in
                          spent["channel_code"].unique()))
    return min(totals), max(totals)


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


def _votes_of(found: Universes, spent: pd.DataFrame, response: Response, channel: str) -> float:
    units = spent.loc[spent["channel_code"] == channel, "unit_id"]
    gains = votes_gained(found.electors, response, channel)
    rows = contact_units(open_to(found, channel), gains, by_home=channel in BY_HOME)
    return float(rows.loc[is_among(rows["unit_id"], units), "votes_gained"].sum())


def _best_channels(open_channels: pd.DataFrame, response: Response) -> pd.DataFrame:
    """One row a person: the channel that moves most of those that are open to lists."""
    listed_codes = codes_that(CHANNELS, "is_of_lists")
    order = sorted(listed_codes, key=lambda code: -response.effects.get(code, 0.0))
    listed = open_channels[open_channels["channel_code"].isin(order)]
    place = listed["channel_code"].map({name: i for i, name in enumerate(order)})
    first = listed.assign(place=place).sort_values(["person_id", "place"])
    return first.drop_duplicates("person_id").drop(columns="place")


def _check_keys(what: str, given: Mapping[str, object], wanted: tuple[str, ...]) -> None:
    for name in sorted(set(given) - set(wanted)):
        raise SettingsError(f"notebooks.universes.{what} has an unknown key '{name}'."
                            f"{nearest_name(name, wanted)} It knows: {', '.join(wanted)}.")
    for name in wanted:
        if name not in given:
            raise SettingsError(f"notebooks.universes.{what} lacks '{name}'. Add it, as in the "
                                "params.yaml that the repository carries.")
