"""The words of the offers brief, written from the numbers that it shows."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.donors.offers.cells import Rule

FLAG = "interest_"
PAST_WORDS = {"never": "who never gave before", "once": "who gave once before",
              "several": "who gave several times before",
              "lapsed": "whose last gift is long ago"}
SEX_WORDS = {"female": "women", "male": "men"}
LABELS = {
    "accept_text": "Accept (range)", "age_band": "Age", "carried_on": "Stood out",
    "confirm_text": "Chance: other half", "overall_text": "Chance: both, best of all groups",
    "confirmed": "Confirmed",
    "cost_minor": "Cost", "difference_text": "Difference (range)",
    "effect_text": "Effect (range)", "elsewhere_in_thousand": "Everybody else",
    "group_name": "Who", "groups_searched": "Groups", "hurdle_name": "Hurdle",
    "in_thousand": "Of 1,000", "length_name": "Invited", "lift_text": "Lift (range)",
    "money_text": "Money an ask (range)", "n_offer": "Got the offer",
    "n_plain": "Got the plain one", "net_minor": "Net",
    "offer_in_thousand": "Answered, of 1,000", "overflow_probability": "Too many guests",
    "plain_in_thousand": "Answered, of 1,000", "reference_code": "Reference code",
    "search_text": "Chance: search", "segment_name": "Who",
    "shuffled_files_share": "Files with any", "shuffled_mean": "In a shuffled file",
    "shrunk_text": "Lift, shrunk", "take_minor": "Take", "this_file": "Here",
    "where_name": "Who and where",
}


def group_name(rule: Rule) -> str:
    """Return a group as people say it.

    >>> group_name((("age_band", "40-49"), ("sex_code", "female"), ("region_code", "west_coast")))
    'women of 40-49, west coast'
    """
    parts = dict(rule)
    who = SEX_WORDS.get(parts.get("sex_code", ""), "people")
    age = f" of {parts['age_band']}" if "age_band" in parts else ""
    more = [parts["region_code"].replace("_", " ")] if "region_code" in parts else []
    past = parts.get("past_band", "")
    more += [PAST_WORDS.get(past, past)] if past else []
    more += [f"asked by {parts['channel_code']}"] if "channel_code" in parts else []
    likes = [trait.removeprefix(FLAG).replace("_", " ") for trait in parts
             if trait.startswith(FLAG)]
    more += [f"interested in {' and '.join(likes)}"] if likes else []
    return ", ".join([f"{who}{age}", *more])


def labels_of(columns: Iterable[str]) -> dict[str, str]:
    """Return the headings of those columns that have one.

    >>> labels_of(["take_minor", "n_asked"])
    {'take_minor': 'Take'}
    """
    return {name: LABELS[name] for name in columns if name in LABELS}


def place_name(code: str) -> str:
    """Return a place's code as people read it.

    >>> place_name("west_coast")
    'West coast'
    """
    return capital(str(code).replace("_", " "))


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
