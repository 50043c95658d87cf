"""The words of the offers brief, written from the numbers that it shows."""

from __future__ import annotations

from workbench.donors.offers.cells import Rule

FLAG = "interest_"
PAST_WORDS = {"never": "who never gave before", "once": "who gave once before",
              "several": "who gave several times before",
              "lapsed": "whose last gift is long ago"}
SEX_WORDS = {"female": "women", "male": "men"}


def group_name(rule: Rule) -> str:
    """Return a group as people say it.

    >>> group_name((("age_band", "40-49"), ("sex_code", "female"), ("region_code", "west_coast")))
    'women of 40-49, west coast'
    """
    parts = dict(rule)
    who = SEX_WORDS.get(parts.get("sex_code", ""), "people")
    age = f" of {parts['age_band']}" if "age_band" in parts else ""
    more = [parts["region_code"].replace("_", " ")] if "region_code" in parts else []
    more += [PAST_WORDS.get(parts["past_band"], parts["past_band"])] if "past_band" in parts else []
    more += [f"asked by {parts['channel_code']}"] if "channel_code" in parts else []
    likes = [trait.removeprefix(FLAG).replace("_", " ") for trait in parts
             if trait.startswith(FLAG)]
    more += [f"interested in {' and '.join(likes)}"] if likes else []
    return ", ".join([f"{who}{age}", *more])
