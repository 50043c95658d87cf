"""Result tables of offers: segments, fundraising tests, the plan of an event and its list."""

from __future__ import annotations

from workbench.tables.model import Column, Table
from workbench.tables.people import PERSON_ID

_LOW_HIGH = "end of the interval of 95 %, or for the plan of the predictive range of 90 %"
_SEGMENT_ID = Column("segment_id", "id", "Key of the segment.", is_required=True)
_OFFER_KEYS = (_SEGMENT_ID,
               Column("offer_id", "id", "Appeal and arm.", is_required=True),
               Column("offer_name", "text", "The offer to read.", is_required=True))
_CONFIRM_P = Column("confirm_p", "number",
                    "Share of shuffled files in which the group by itself scores as high in the "
                    "other half.", unit="share", is_required=True)
_DIFFERENCE_LOW = Column("difference_low", "number", f"Lower {_LOW_HIGH}.", unit="share")
_DIFFERENCE_HIGH = Column("difference_high", "number", f"Upper {_LOW_HIGH}.", unit="share")
_RATE_ENDS = (Column("rate_low", "number", f"Lower {_LOW_HIGH}.", unit="share"),
              Column("rate_high", "number", f"Upper {_LOW_HIGH}.", unit="share"))

OFFER_SEGMENTS = Table(
    "offer_segments",
    "one segment that answers an offer more or less, confirmed in the half not searched",
    ("segment_id",),
    (
        *_OFFER_KEYS,
        Column("segment_name", "text", "The segment in words.", is_required=True),
        Column("is_more", "flag", "It answers more than others; else less.", is_required=True),
        Column("n_groups", "count", "Groups looked at, over all offers.", unit="groups",
               is_required=True),
        Column("search_p", "number",
               "Share of shuffled files whose best group, of any offer, scores as high in the "
               "half that was searched.", unit="share", is_required=True),
        _CONFIRM_P,
        Column("overall_p", "number",
               "Share of shuffled files of which a group passes search and confirmation and "
               "scores as high in both halves together: adjusted for everything searched.",
               unit="share", is_required=True),
        Column("n_asked", "count", "People of the segment asked in the confirming half.",
               unit="people", is_required=True),
        Column("n_answered", "count", "Of them, who answered.", unit="people",
               is_required=True),
        Column("answer_rate", "share", "Of those asked, who answered, as seen.",
               is_required=True),
        Column("shrunk_rate", "share",
               "The estimate: the rate less what having been chosen adds to it; the interval is "
               "its own and may leave out the rate that was seen.", is_required=True),
        *_RATE_ENDS,
        Column("elsewhere_rate", "share", "The same of everybody else there.",
               is_required=True),
        Column("rate_difference", "number",
               "The estimate less the rate of everybody else; positive: it is drawn.",
               unit="share", is_required=True),
        _DIFFERENCE_LOW, _DIFFERENCE_HIGH,
        Column("expected_rate", "share",
               "Rate that age, sex, place, past giving and interests predict one by one; for a "
               "segment of one trait, that of everybody else.", is_required=True),
        Column("answer_lift", "number", "Rate over expected rate.", unit="ratio",
               is_required=True),
        Column("lift_low", "number", f"Lower {_LOW_HIGH}.", unit="ratio"),
        Column("lift_high", "number", f"Upper {_LOW_HIGH}.", unit="ratio"),
        Column("shrunk_lift", "number",
               "The lift less what having been chosen adds to it; the interval is its own.",
               unit="ratio"),
    ),
    stage="offers",
    folder="results",
)

OFFER_EFFECTS = Table(
    "offer_effects",
    "one group in which an offer sent at random does more or less than in others",
    ("segment_id",),
    (
        *_OFFER_KEYS,
        Column("segment_name", "text", "The group in words.", is_required=True),
        Column("is_more", "flag", "The offer does more in it; else less.", is_required=True),
        Column("search_p", "number",
               "Share of shuffled files whose best group scores as high in the half searched.",
               unit="share", is_required=True),
        _CONFIRM_P,
        Column("overall_p", "number",
               "Share of shuffled files of which a group passes search and confirmation and "
               "scores as high in both halves together.", unit="share", is_required=True),
        Column("n_offer", "count", "People of the group who got the offer, of the half not "
               "searched.", unit="people", is_required=True),
        Column("n_offer_answered", "count", "Of them, who answered.", unit="people",
               is_required=True),
        Column("n_plain", "count", "People of the group who got the comparison, likewise.",
               unit="people", is_required=True),
        Column("n_plain_answered", "count", "Of them, who answered.", unit="people",
               is_required=True),
        Column("effect_difference", "number",
               "Rate with the offer less rate without; positive: it draws.", unit="share",
               is_required=True),
        _DIFFERENCE_LOW, _DIFFERENCE_HIGH,
        Column("elsewhere_effect", "number", "The same of everybody else there.", unit="share",
               is_required=True),
        Column("surplus_effect", "number", "Effect in the group less that elsewhere.",
               unit="share", is_required=True),
        Column("shrunk_effect", "number", "The surplus less what having been chosen adds to it.",
               unit="share", is_required=True),
        Column("shrunk_low", "number", f"Lower {_LOW_HIGH}.", unit="share"),
        Column("shrunk_high", "number", f"Upper {_LOW_HIGH}.", unit="share"),
    ),
    stage="offers",
    folder="results",
)

VARIATIONS = Table(
    "variations",
    "one variation of one fundraising test",
    ("reference_code", "variation_name"),
    (
        Column("test_name", "text", "Name of the test.", is_required=True),
        Column("variation_name", "text", "Name of the variation.", is_required=True),
        Column("reference_code", "text", "Appeal or reference code.", is_required=True),
        Column("is_comparison", "flag", "The others are compared with this one.",
               is_required=True),
        Column("n_asked", "count", "People asked.", unit="people", is_required=True),
        Column("n_answered", "count", "Of them, who answered.", unit="people",
               is_required=True),
        Column("answer_rate", "share", "Of those asked, who answered.", is_required=True),
        *_RATE_ENDS,
        Column("rate_difference", "number",
               "Rate less that of the comparison; positive: it brings more answers.",
               unit="share"),
        _DIFFERENCE_LOW, _DIFFERENCE_HIGH,
        Column("money_per_ask_minor", "money", "Given in answer for each person asked.",
               unit="hundredths of the currency"),
        Column("money_per_ask_minor_low", "money", f"Lower {_LOW_HIGH}.",
               unit="hundredths of the currency"),
        Column("money_per_ask_minor_high", "money", f"Upper {_LOW_HIGH}.",
               unit="hundredths of the currency"),
        Column("n_gifts", "count", "Gifts on file that carry the code and the variation.",
               unit="gifts", is_required=True),
        Column("n_looks", "count", "Times that the test was looked at; intervals allow for it.",
               unit="looks", is_required=True),
    ),
    stage="offers",
    folder="results",
)

INVITATION_PLAN = Table(
    "invitation_plan",
    "one length of the invitation list",
    ("n_invited",),
    (
        Column("n_invited", "count", "People invited.", unit="people", is_required=True),
        Column("n_accept", "count", "Expected acceptances.", unit="people", is_required=True),
        Column("n_accept_low", "count", f"Lower {_LOW_HIGH}.", unit="people"),
        Column("n_accept_high", "count", f"Upper {_LOW_HIGH}.", unit="people"),
        Column("overflow_probability", "share", "Chance of more acceptances than places.",
               is_required=True),
        Column("take_minor", "money", "Expected contributions of the guests seated.",
               unit="hundredths of the currency", is_required=True),
        Column("cost_minor", "money", "Expected cost.", unit="hundredths of the currency",
               is_required=True),
        Column("net_minor", "money", "Expected take less cost.",
               unit="hundredths of the currency", is_required=True),
        Column("net_minor_low", "money", f"Lower {_LOW_HIGH}.",
               unit="hundredths of the currency"),
        Column("net_minor_high", "money", f"Upper {_LOW_HIGH}.",
               unit="hundredths of the currency"),
        Column("is_recommended", "flag", "The length that is proposed.", is_required=True),
    ),
    stage="offers",
    folder="results",
)

INVITATION_RANKS = Table(
    "invitation_ranks",
    "one person on the draft of the invitation list",
    ("person_id",),
    (
        PERSON_ID,
        Column("rank_number", "integer", "Place in the order of expected take.", unit="number",
               is_required=True),
        Column("accept_probability", "share", "Chance that they accept.", is_required=True),
        Column("expected_take_minor", "money", "Chance times contribution.",
               unit="hundredths of the currency", is_required=True),
    ),
    stage="offers",
    folder="results",
)

OFFER_TABLES = (OFFER_SEGMENTS, OFFER_EFFECTS, VARIATIONS, INVITATION_PLAN, INVITATION_RANKS)
