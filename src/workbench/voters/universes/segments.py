"""Named segments of voters: a rule in words, and what to say until tests say better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Segment:
    """A segment: its name, its rule in words and in code, and what to say to it."""

    name: str
    rule_name: str
    says_name: str
    holds: Callable[[pd.DataFrame], pd.Series]


def _support(low: float, high: float) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda e: e["support_score"].ge(low) & e["support_score"].lt(high)


def _turnout(low: float, high: float) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda e: e["turnout_score"].ge(low) & e["turnout_score"].lt(high)


SURE, EVEN = _support(0.6, 1.01), _support(0.4, 0.6)
SEGMENTS: Mapping[str, Segment] = {
    "steady_supporters": Segment(
        "Steady supporters", "Support of 60% or more, turnout of 80% or more",
        "Thank them; ask for time and for their friends",
        lambda e: SURE(e) & _turnout(0.8, 1.01)(e)),
    "now_and_then_supporters": Segment(
        "Supporters now and then", "Support of 60% or more, turnout of 40% to 80%",
        "Make a plan: when, where, with whom",
        lambda e: SURE(e) & _turnout(0.4, 0.8)(e)),
    "sleeping_supporters": Segment(
        "Sleeping supporters", "Support of 60% or more, turnout under 40%",
        "A visit, early and again; how to vote, step by step",
        lambda e: SURE(e) & _turnout(-0.01, 0.4)(e)),
    "postal_supporters": Segment(
        "Supporters who vote by post", "Support of 60% or more, with a postal vote",
        "Return it now, and tell us when it is done",
        lambda e: SURE(e) & e["is_postal_voter"]),
    "open_voters": Segment(
        "Open voters", "Support of 40% to 60%, turnout of 60% or more",
        "Listen, and note the answer; no reminder yet",
        lambda e: EVEN(e) & _turnout(0.6, 1.01)(e)),
    "others_voters": Segment(
        "Voters of others", "Support under 40%",
        "Nothing: a reminder costs us votes",
        _support(-0.01, 0.4)),
}


def voter_segments(electors: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person in a segment, in the columns of the table ``segments``.

    A person may be in two segments, and in none where a score is missing.
    """
    parts = []
    for segment_id, segment in SEGMENTS.items():
        members = electors.loc[segment.holds(electors).fillna(False).astype(bool), ["person_id"]]
        parts.append(members.assign(segment_id=segment_id, kind_code="voters",
                                    segment_name=segment.name, rule_name=segment.rule_name))
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values(["segment_id", "person_id"], ignore_index=True)
