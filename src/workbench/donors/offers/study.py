"""The offers study as one: asks settled, groups searched, segments estimated, tests compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from workbench.donors.offers.asks import account_asks, describe_asks, settle_asks
from workbench.donors.offers.contrast import lift_by_offer, offer_effects
from workbench.donors.offers.differences import Differences, find_differences
from workbench.donors.offers.estimate import estimate_segments
from workbench.donors.offers.invitations import (
    USE_CODE,
    describe_today,
    draft_invitations,
    rank_invitations,
)
from workbench.donors.offers.judge import Plan
from workbench.donors.offers.permutation import Tally, tally_shuffled
from workbench.donors.offers.planner import (
    PLAN_COLUMNS,
    Event,
    acceptance_of,
    plan_lengths,
)
from workbench.donors.offers.search import Search, find_segments
from workbench.donors.offers.traits import NUMBERS, describe_people, levels_of, usable_gifts
from workbench.donors.offers.variations import compare_variations
from workbench.settings import Campaign
from workbench.tables import RESULTS, Table, store

READ = ("appeals_sent", "events", "donations", "consumer", "people", "crosswalk")
RANKED_COLUMNS = ("person_id", "accept_probability", "expected_take_minor")


@dataclass(frozen=True)
class Terms:
    """How asks are read.

    ``answer_days``: an ask younger than this is too recent. ``lapse_days``: a donor whose last
    gift is older had lapsed. ``comparison_arms``: arms that got the appeal without the offer,
    at random. ``forbidden_sources``: sources whose terms forbid fundraising. ``n_looks``: how
    often the tests were looked at.
    """

    answer_days: int
    lapse_days: int
    comparison_arms: Sequence[str]
    forbidden_sources: Sequence[str]
    n_looks: int


@dataclass(frozen=True)
class Study:
    """The results, exact; nothing of them is shown before it went through disclosure.

    ``segments``: those that an event draws come first, and the first of them is planned for.
    ``shuffled``: what the same search and confirmation find in shuffled files. ``differences``:
    groups in which an offer does more or less than in others, where chance dealt.
    """

    tables: Mapping[str, pd.DataFrame]
    terms: Terms
    campaign: Campaign
    accounts: pd.DataFrame
    asks: pd.DataFrame
    search: Search
    shuffled: Tally
    segments: pd.DataFrame
    effects: pd.DataFrame
    lifts: pd.DataFrame
    differences: Differences
    variations: pd.DataFrame

    @property
    def has_event(self) -> bool:
        """Whether the first segment is one that an event draws."""
        first = self.segments.head(1)
        return bool((first["is_event"] & first["is_more"]).any())

    @cached_property
    def offer_names(self) -> dict[str, str]:
        """Names to read, by offer: the event's, and of whom; else appeal and arm."""
        events = self.tables["events"].drop_duplicates("event_id")
        first = self.asks.drop_duplicates("offer_id")[["offer_id", "event_id"]].merge(
            events[["event_id", "event_name", "guest_name"]], on="event_id", how="left",
            validate="many_to_one")
        name = first["event_name"] + (" with " + first["guest_name"]).fillna("")
        named = name.fillna(first["offer_id"].str.replace("/", ", "))
        return dict(zip(first["offer_id"], named, strict=True))


def closed(forbidden_uses: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the sources whose terms forbid fundraising.

    >>> closed({"fec": ("fundraise",), "register": ()})
    ['fec']
    """
    return sorted(name for name, uses in forbidden_uses.items() if USE_CODE in uses)


def read_inputs(root: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that the study reads; StorageError where one is not there."""
    return store.read_tables(root, READ)


def study_offers(
    tables: Mapping[str, pd.DataFrame], campaign: Campaign, plan: Plan, terms: Terms
) -> Study:
    """Settle the asks, search every offer, estimate what was confirmed, compare the tests."""
    crosswalk = tables["crosswalk"]
    settled = settle_asks(tables["appeals_sent"], crosswalk, as_of=campaign.as_of,
                          answer_days=terms.answer_days)
    described = describe_people(tables["people"], tables["consumer"], crosswalk)
    every = describe_asks(settled, described, _gifts(tables, campaign, terms),
                          comparison_arms=terms.comparison_arms, lapse_days=terms.lapse_days)
    asks = every[every["account_code"] == "used"].reset_index(drop=True)
    search = find_segments(asks, levels_of(asks), plan, NUMBERS)
    segments = _events_first(estimate_segments(search), asks)
    return Study(
        tables, terms, campaign, account_asks(settled, every), asks, search,
        tally_shuffled(search), segments, offer_effects(search, segments, asks),
        lift_by_offer(search, segments, asks),
        find_differences(asks, levels_of(asks), plan, NUMBERS),
        compare_variations(asks, tables["donations"], n_looks=terms.n_looks, seed=plan.seed),
    )


def _events_first(segments: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    """Put segments that an event draws before the others, each in their order."""
    is_event = segments["offer_id"].isin(asks.loc[asks["event_id"].notna(), "offer_id"])
    order = (~(is_event & segments["is_more"].astype(bool))).to_numpy().argsort(kind="stable")
    return segments.assign(is_event=is_event).iloc[order].reset_index(drop=True)


def candidates(study: Study, event: Event, *, handling: tuple[str, str]) -> pd.DataFrame:
    """Return everybody whom the first segment's event could invite, as a draft for the gate.

    The columns of list_draft, ``accept_probability`` and ``expected_take_minor``; the largest
    expected take first. Empty where no segment was confirmed that an event draws, and where no
    event is planned. ``handling``: the channel of the invitations, and who makes them.
    """
    crosswalk, people = study.tables["crosswalk"], study.tables["people"]
    described = describe_people(people, study.tables["consumer"], crosswalk)
    today = describe_today(
        described, _gifts(study.tables, study.campaign, study.terms),
        as_of=study.campaign.as_of, lapse_days=study.terms.lapse_days, channel_code=handling[0])
    ranked = pd.DataFrame({name: pd.Series(dtype="str" if name == "person_id" else "float64")
                           for name in RANKED_COLUMNS})
    if study.has_event and event.capacity_people:
        ranked = rank_invitations(study.search, study.segments.iloc[0], today, study.asks,
                                  contribution_minor=event.contribution_minor)
    draft = draft_invitations(ranked, people, crosswalk, handling=handling,
                              ask_minor=event.contribution_minor)
    return draft.merge(ranked, on="person_id", validate="one_to_one")


def plan_invitations(
    study: Study, event: Event, passed: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the plan by length of the list, and the people of the recommended length.

    ``passed``: the rows of ``candidates`` whom the gate lets through, in their order.
    """
    if not study.has_event or passed.empty:
        return pd.DataFrame(columns=list(PLAN_COLUMNS)), passed.head(0)
    plan = plan_lengths(acceptance_of(study.segments.iloc[0]), event, len(passed))
    chosen = plan.loc[plan["is_recommended"].astype(bool), "n_invited"]
    return plan, passed.head(int(chosen.iloc[0]) if len(chosen) else 0)


def write_results(
    root: Path, study: Study, plan: pd.DataFrame, invited: pd.DataFrame
) -> None:
    """Write data/results: what was found, the tests, the plan, and the order of invitation."""
    names = study.offer_names
    found = study.segments.assign(
        offer_name=study.segments["offer_id"].map(names), n_groups=study.search.n_groups)
    ranks = invited.assign(rank_number=range(1, len(invited) + 1))
    differing = study.differences.found
    differing = differing.assign(offer_name=differing["offer_id"].map(names))
    for name, rows in (("offer_segments", found), ("offer_effects", differing),
                       ("variations", study.variations),
                       ("invitation_plan", plan), ("invitation_ranks", ranks)):
        store.write(root, name, _in_whole_units(rows, RESULTS[name]))


def _in_whole_units(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return rows for the table, money and counts as whole numbers."""
    whole = [one.name for one in table.columns
             if one.kind in ("money", "count") and one.name in rows.columns]
    return rows.assign(**rows[whole].astype("Float64").round().astype("Int64"))


def _gifts(
    tables: Mapping[str, pd.DataFrame], campaign: Campaign, terms: Terms
) -> pd.DataFrame:
    return usable_gifts(tables, as_of=campaign.as_of,
                        currency_code=campaign.currency_code,
                        forbidden_sources=terms.forbidden_sources)
