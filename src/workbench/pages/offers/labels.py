"""The headings of the offers brief's tables, and how its names and ranges are written."""

from __future__ import annotations

from collections.abc import Iterable

LABELS = {
    "accept_text": "Accept (range)", "age_band": "Age", "carried_on": "Stood out",
    "confirm_text": "Chance: other half", "difference_text": "Difference (range)",
    "effect_text": "Effect (range)", "elsewhere_in_thousand": "Everybody else",
    "elsewhere_text": "Everybody else (range)", "surplus_text": "More there, estimate (range)",
    "group_name": "Who", "groups_searched": "Groups", "in_thousand": "Of 1,000",
    "length_name": "Invited", "lift_text": "Lift (range)", "money_text": "Money an ask (range)",
    "n_offer": "Got the offer", "n_plain": "Got the plain one",
    "offer_in_thousand": "Answered, of 1,000", "overall_text": "Chance: both, best of all groups",
    "overflow_probability": "Too many guests", "plain_in_thousand": "Answered, of 1,000",
    "reference_code": "Reference code", "search_text": "Chance: search",
    "seen_text": "Lift as seen", "segment_name": "Who",
    "shuffled_files_share": "Files with any", "shuffled_mean": "In a shuffled file",
    "shrunk_in_thousand": "Estimate, of 1,000", "shrunk_text": "Lift, estimate (range)",
    "this_file": "Here", "where_name": "Who and where",
}


def labels_of(columns: Iterable[str]) -> dict[str, str]:
    """Return the headings of those columns that have one of their own.

    >>> labels_of(["this_file", "n_asked"])
    {'this_file': 'Here'}
    """
    return {name: LABELS[name] for name in columns if name in LABELS}


def capital(text: str) -> str:
    """Return a text that begins with a capital letter.

    >>> capital("women of 40-49")
    'Women of 40-49'
    """
    return text[:1].upper() + text[1:]


def unbroken(text: str) -> str:
    """Return a number and its range so that they stay on one line.

    >>> unbroken("1.2 (1.1 to 1.3)")
    '1.2 (1.1\xa0to\xa01.3)'
    """
    return text.replace(" to ", "\u00a0to\u00a0")
