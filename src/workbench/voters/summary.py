"""What the voters brief leads with: its headline numbers and its sentence."""

from __future__ import annotations

import pandas as pd

from workbench.measures import Measure
from workbench.settings import Disclosure
from workbench.voters.profile import AGE_BANDS
from workbench.voters.turnout import election_of, turnout_by_age

READ = ("voters", "vote_history", "data/scores/quality.json")


def voter_measures(electors: pd.DataFrame, history: pd.DataFrame) -> list[Measure]:
    """Return the headline numbers of the register, before they are protected."""
    n = len(electors)
    last = _last_election(history)
    return [
        Measure("n_electors", "Electors", n, "count", "electors",
                "People on the register who may vote on polling day.", n=n,
                population="electors"),
        Measure("turnout_last", "Voted last time", _mean(last["has_voted"]), "share",
                "share of electors who could vote",
                "Electors on today's register who voted at the last election.", n=len(last),
                population="electors who could vote", column="n_could_vote", part="n_voted",
                where=election_of(last)),
    ]


def finding(
    electors: pd.DataFrame, history: pd.DataFrame, profile: Disclosure
) -> dict[str, str]:
    """Return title, bottom line and decision of the voters brief, in words with shown numbers."""
    if electors.empty:
        return {
            "title": "No register of electors is on file",
            "bottom_line": "Without one nobody is known to be an elector: there is no age, no "
            "place, no past vote and no score to show.",
            "decision": "Ask for the register of the seats that you fight.",
        }
    shares = turnout_by_age(history, profile).set_index("age_band")["turnout_registered_share"]
    young, old = (None if pd.isna(shares[band]) else float(shares[band])
                  for band in (AGE_BANDS[0], AGE_BANDS[-2]))
    if young is None or old is None:
        return {
            "title": "The register is in; past turnout is not",
            "bottom_line": "Age, sex and place of the electors can be shown. The vote history "
            "names too few people of the register for turnout to be.",
            "decision": "Ask for the vote history that belongs to this register.",
        }
    gap = round(100 * (old - young))
    return {
        "title": f"The young voted {gap} points less than the old"
        if gap > 0 else "The young voted at least as much as the old",
        "bottom_line": f"At the last election {young:.0%} of those now aged {AGE_BANDS[0]} "
        f"voted, against {old:.0%} of those aged {AGE_BANDS[-2]}; only people on today's "
        "register are counted.",
        "decision": "Choose how much of the reminder budget goes to people under 35.",
    }


def _last_election(history: pd.DataFrame) -> pd.DataFrame:
    return history[history["election_date"] == history["election_date"].max()]


def _mean(flags: pd.Series) -> float | None:
    return float(flags.mean()) if len(flags) else None
