"""Who the electors are and whether they voted: profiles by age, sex and place, turnout."""

from __future__ import annotations

from workbench.voters.profile import age_sex_table, describe_electors, seat_table
from workbench.voters.summary import READ, finding, voter_measures
from workbench.voters.turnout import (
    history_of_register,
    join_history,
    joined_share,
    turnout_by_age,
    turnout_by_election,
)
from workbench.voters.words import (
    age_words,
    turnout_age_words,
    turnout_election_words,
)

__all__ = [
    "READ", "age_sex_table", "age_words", "describe_electors", "finding", "history_of_register",
    "join_history", "joined_share", "seat_table", "turnout_age_words",
    "turnout_by_age", "turnout_by_election", "turnout_election_words",
    "voter_measures",
]
