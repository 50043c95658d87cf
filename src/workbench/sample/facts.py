"""What is planted in the made-up campaign for the methods to find, with its sizes."""

from __future__ import annotations

from dataclasses import dataclass

PARTY_CODES = ("HAR", "CRW", "FLD", "GRN")
REGION_CODES = ("west_coast", "inland", "east_coast")


@dataclass(frozen=True)
class Facts:
    """Planted effects; probabilities unless the name says otherwise.

    A rate is P(response); an effect is a difference of two probabilities, positive where the
    appeal makes the response likelier; a shift is in log-odds.
    """

    # offers: a dinner with one public figure each, against the same letter without it
    plain_rate: float = 0.010
    plain_donor_rate: float = 0.022
    offer_segment_effect: float = 0.12
    offer_effect_elsewhere: float = 0.0
    offer_plain_share: float = 0.20
    segment_age_years_low: int = 40
    segment_age_years_high: int = 49
    # persuasion: pledge of support at the follow-up, by arm
    jobs_effect: float = 0.16
    jobs_effect_elsewhere: float = 0.01
    attack_effect_elsewhere: float = 0.03
    attack_backfire: float = -0.14
    clinic_effect: float = 0.005
    plan_effect: float = 0.02
    control_share: float = 1 / 3
    door_strength: float = 1.0
    phone_strength: float = 0.7
    text_strength: float = 0.3
    # sharing: a friend asked by a friend
    share_asked_rate: float = 0.20
    share_unasked_rate: float = 0.06
    share_compliance: float = 0.75
    # log-odds between a lifetime of voting and one of staying at home
    habit_strength: float = 3.0
    # places
    strong_district_support_shift: float = 1.6
    strong_district_turnout_shift: float = -2.2
    odd_seat_lean_shift: float = -2.6
    odd_seat_urban_index: float = 1.8
    # who is reached
    poll_turnout_shift: float = 1.2
    canvass_support_shift: float = 0.9
    false_voters_share: float = 0.25


FACTS = Facts()
