"""Past turnout, by election, by age and over elections, from the marked registers."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from workbench.disclosure import Shape, protect
from workbench.settings import Disclosure
from workbench.voters.profile import AGE_BANDS

NO_ELECTION = "No election on file"
VOTED = ("in_person", "early", "post", "provisional", "voted")
COULD_VOTE_SHAPE = Shape(
    "n_could_vote", ("n_could_vote", "n_voted"),
    shares={"turnout_registered_share": ("n_voted", "n_could_vote")},
    population="electors who could vote", dimensions=("election_date", "election_name"),
    is_disjoint=False,
)


def join_history(electors: pd.DataFrame, vote_history: pd.DataFrame) -> pd.DataFrame:
    """Return one row an elector and election at which they could vote, ``has_voted`` or not.

    An election counts as one at which an elector could vote where they registered on or
    before its day (or on a day that is not known) and the history does not say that they were
    not yet registered. An elector of the register whom the history of an election does not
    name did not vote, since most histories list voters only. History of people who are not in
    ``electors`` is left out; it says nothing about those who are.
    """
    elections = vote_history[["election_date", "election_name"]].drop_duplicates()
    elections = elections.sort_values(["election_date", "election_name"])
    people = electors[["voter_id", "age_band", "registration_date"]].drop_duplicates("voter_id")
    marks = _marks(vote_history)
    rows = people.merge(elections, how="cross").merge(
        marks, how="left", on=["voter_id", "election_date", "election_name"],
        validate="one_to_one",
    )
    is_registered = rows["registration_date"].isna() | (
        rows["registration_date"] <= rows["election_date"]
    )
    is_named = rows["voted_code"].notna()
    could_vote = (is_registered | is_named) & (rows["voted_code"] != "not_registered")
    rows["has_voted"] = rows["voted_code"].isin(VOTED)
    return rows[could_vote].drop(columns=["registration_date", "voted_code"]).reset_index(
        drop=True
    )


def history_of_register(
    electors: pd.DataFrame, vote_history: pd.DataFrame, *, joined_min: float
) -> pd.DataFrame:
    """Return the history, or none of it where too few of its rows name an elector.

    Such a history belongs to another register or is a sample of one, and electors whom it
    does not name would wrongly count as people who stayed at home.
    """
    share = joined_share(electors, vote_history)
    return vote_history if share is not None and share >= joined_min else vote_history.head(0)


def joined_share(electors: pd.DataFrame, vote_history: pd.DataFrame) -> float | None:
    """Return the share of history rows that name an elector; None where there is no history.

    A low share says that the history belongs to another register, or is a sample of one.
    """
    if vote_history.empty:
        return None
    return float(vote_history["voter_id"].isin(electors["voter_id"]).mean())


def turnout_by_election(history: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row an election: ``election_name``, ``n_could_vote``, ``n_voted``, turnout.

    ``turnout_registered_share`` is of those on today's register who could vote then, which is
    higher than turnout on the day where people who left the register voted less. Where there
    is no history, one row says so.
    """
    keys = ["election_date", "election_name"]
    counts = history.groupby(keys)["has_voted"].agg(n_could_vote="size", n_voted="sum")
    rows: pd.DataFrame = counts.astype("int64").reset_index()
    if rows.empty:
        rows = pd.DataFrame({"election_date": [pd.NaT], "election_name": [NO_ELECTION],
                             "n_could_vote": [0], "n_voted": [0]})
    return protect(rows, profile, shape=COULD_VOTE_SHAPE)


def turnout_by_age(history: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row an age band at the last election, with its turnout, as it may be shown."""
    last = history[history["election_date"] == history["election_date"].max()]
    rows = last.groupby("age_band")["has_voted"].agg(n_could_vote="size", n_voted="sum")
    rows = rows.reindex(list(AGE_BANDS), fill_value=0).astype("int64").reset_index()
    shape = replace(COULD_VOTE_SHAPE, dimensions=("age_band",), where=election_of(last),
                    is_partition=False, is_disjoint=True)
    return protect(rows, profile, shape=shape)


def election_of(last: pd.DataFrame) -> dict[str, str]:
    """Return the day of the history's election and, where it is one, its name, as groups."""
    names = last[["election_date", "election_name"]].drop_duplicates()
    named = {name: values.iloc[0] for name, values in names.items()} if len(names) == 1 else {}
    return {str(name): f"{value:%Y-%m-%d}" if name == "election_date" else str(value)
            for name, value in named.items() if not pd.isna(value)}


def _marks(vote_history: pd.DataFrame) -> pd.DataFrame:
    """One row an elector and election; where sources disagree, a vote outweighs no vote."""
    is_vote = vote_history["voted_code"].isin(VOTED)
    ordered = vote_history.assign(is_vote=is_vote).sort_values(
        ["is_vote", "source_name", "source_row"], ascending=[False, True, True]
    )
    keys = ["voter_id", "election_date", "election_name"]
    return ordered.drop_duplicates(keys)[[*keys, "voted_code"]]
