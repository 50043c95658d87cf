"""What linking learned that cannot be so: then its own estimate is worth nothing."""

from __future__ import annotations

from typing import Any

from workbench.people.compiled import trained_levels

# Of the pairs that were learned to be one person, at least so many agree, or the model has
# taken strangers for one person.
LEAST_AGREEING = 0.5
DIFFERENT = {
    "birth_date": ("date of birth", ("different dates of birth, one year",
                                     "different dates of birth")),
    "birth_year": ("year of birth", ("years of birth up to five apart",
                                     "years of birth up to ten apart",
                                     "different years of birth")),
    "place": ("place", ("different places",)),
    "voter_id": ("elector's number", ("different elector's numbers",)),
}
MOST_TORN = 0.15  # of the likely links, at the most so many are contradicted by other rows


def find_doubts(model: dict[str, Any], *, torn_share: float) -> tuple[str, ...]:
    """Return a sentence for each thing that cannot be so, none where all can.

    ``model`` is what was learned; ``torn_share`` the share of likely links that other rows of
    the same groups contradict.
    """
    doubts = [_seldom_agrees(*DIFFERENT[name], entry) for entry in model["comparisons"]
              if (name := entry["output_column_name"]) in DIFFERENT]
    if torn_share > MOST_TORN:
        doubts.append(f"{torn_share:.0%} of the likely links are contradicted by other rows of "
                      "the same group")
    return tuple(doubt for doubt in doubts if doubt)


def _seldom_agrees(words: str, different: tuple[str, ...], entry: dict[str, Any]) -> str:
    """Return what is wrong where pairs of one person seldom agree, or an empty text."""
    share = sum(level.m_probability or 0.0 for level in trained_levels(entry)
                if level.words in different)
    if share <= 1 - LEAST_AGREEING:
        return ""
    return (f"in {share:.0%} of the pairs that look like one person the {words} differs, and "
            f"rows of one person seldom have two")
