"""How many to invite: acceptances, take and cost by the length of the list, with ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import betabinom

RANGE = 0.90  # of the predictive range; one time in ten the truth lies outside
STEPS = (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3)  # of the recommended length
STEPS_OF_ALL = (0.25, 0.5, 0.75, 1)
MOST_TRIED = 400


@dataclass(frozen=True)
class Event:
    """An event to be planned. Money is in hundredths of the currency.

    ``capacity_people``: guests that the venue holds; 0 where no event is planned.
    ``contribution_minor``: what each guest gives. ``venue_minor`` is spent whoever comes,
    ``invitation_minor`` on each person invited, ``guest_minor`` on each guest seated.
    ``overbooking_risk_probability``: the largest chance of more acceptances than places that is
    run.
    """

    capacity_people: int
    contribution_minor: int
    venue_minor: int
    invitation_minor: int
    guest_minor: int
    overbooking_risk_probability: float


def plan_event(
    capacity_people: int, event_money_minor: Mapping[str, int], overbooking_risk: float
) -> Event:
    """Return the event of the notebook's parameters: what a guest gives, and the three costs."""
    money = event_money_minor
    return Event(capacity_people, money["gift"], money["venue"], money["invitation"],
                 money["guest"], overbooking_risk)


@dataclass(frozen=True)
class Acceptance:
    """What is known of the share that accepts, as a beta distribution of ``yes`` and ``no``."""

    yes: float
    no: float

    @property
    def rate(self) -> float:
        """The expected share."""
        return self.yes / (self.yes + self.no)


def acceptance_of(segment: pd.Series) -> Acceptance:
    """Return the acceptance of a segment (a row of estimate_segments) before the next event.

    Its mean is the rate with the shrunk lift, its spread that of the people asked in the half
    that the search did not see, and one more.
    """
    rate = min(float(segment["expected_rate"] * segment["shrunk_lift"]), 0.999)
    weight = float(segment["n_asked"]) + 1.0
    return Acceptance(rate * weight, (1 - rate) * weight)


def plan_lengths(acceptance: Acceptance, event: Event, n_available: int) -> pd.DataFrame:
    """Return one row a length of the list: what to expect of inviting so many.

    ``n_invited``; ``n_accept`` and its ends; ``overflow_probability`` (more acceptances than
    places); ``take_minor``, ``cost_minor`` and ``net_minor`` with its ends (guests beyond the
    capacity are refused and give nothing); ``is_recommended``: the length with the largest
    expected net whose overflow is within the risk. Ranges are predictive, of RANGE: chance in
    the answers and what is not known of the rate are both in them.
    """
    best = recommend_length(acceptance, event, n_available)
    lengths = sorted({min(max(1, round(step * (best or n_available))), n_available)
                      for step in (STEPS if best else STEPS_OF_ALL)})
    rows = [_expect(acceptance, event, length) | {"is_recommended": length == best}
            for length in lengths]
    return pd.DataFrame(rows, columns=PLAN_COLUMNS)


PLAN_COLUMNS = ("n_invited", "n_accept", "n_accept_low", "n_accept_high", "overflow_probability",
                "take_minor", "cost_minor", "net_minor", "net_minor_low", "net_minor_high",
                "is_recommended")


def recommend_length(acceptance: Acceptance, event: Event, n_available: int) -> int:
    """Return the length with the largest expected net within the risk; 0 for no event.

    No event where no length is expected to bring more than it costs.
    """
    longest = _longest_within_risk(acceptance, event, n_available)
    tried = sorted({int(step) for step in np.linspace(1, longest, MOST_TRIED)}) if longest else []
    nets = [_expect(acceptance, event, length)["net_minor"] for length in tried]
    if not nets or max(nets) <= 0:
        return 0
    return tried[int(np.argmax(nets))]


def _longest_within_risk(acceptance: Acceptance, event: Event, n_available: int) -> int:
    low, high = 0, n_available
    while low < high:
        middle = (low + high + 1) // 2
        is_within = _overflow(acceptance, event, middle) <= event.overbooking_risk_probability
        low, high = (middle, high) if is_within else (low, middle - 1)
    return low


def _overflow(acceptance: Acceptance, event: Event, n_invited: int) -> float:
    return float(betabinom.sf(event.capacity_people, n_invited, acceptance.yes, acceptance.no))


def _expect(acceptance: Acceptance, event: Event, n_invited: int) -> dict[str, float]:
    drawn = betabinom(n_invited, acceptance.yes, acceptance.no)
    chance = drawn.pmf(np.arange(n_invited + 1))
    seated = np.minimum(np.arange(n_invited + 1), event.capacity_people)
    mean_seated = float((chance * seated).sum() / chance.sum())
    low, high = (int(drawn.ppf(tail)) for tail in ((1 - RANGE) / 2, (1 + RANGE) / 2))
    fixed = event.venue_minor + event.invitation_minor * n_invited
    a_guest = event.contribution_minor - event.guest_minor
    ends = sorted(min(guests, event.capacity_people) * a_guest - fixed for guests in (low, high))
    return {
        "n_invited": n_invited, "n_accept": round(n_invited * acceptance.rate),
        "n_accept_low": low, "n_accept_high": high,
        "overflow_probability": _overflow(acceptance, event, n_invited),
        "take_minor": round(mean_seated * event.contribution_minor),
        "cost_minor": round(fixed + mean_seated * event.guest_minor),
        "net_minor": round(mean_seated * a_guest - fixed),
        "net_minor_low": round(ends[0]), "net_minor_high": round(ends[1]),
    }
