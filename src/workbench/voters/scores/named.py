"""Names of params.yaml that no file knows: our party, and elections like the coming one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.voters.scores.vote_history import Election

if TYPE_CHECKING:
    import duckdb

MOST_NAMED = 5
BY_FILES = ("SELECT party_code AS code FROM area_results UNION SELECT party_code FROM "
            "seat_results UNION SELECT party_code FROM voters")


def name_figures(
    connection: duckdb.DuckDBPyConnection, our_party_code: str,
    like_election_names: Sequence[str], elections: Sequence[Election],
) -> dict[str, Any]:
    """Return whether the files know the names that params.yaml gives.

    ``is_party_known``: results, the register or polls name our party, or none of them names
    any. ``parties`` are those that results and the register name, ``elections_unknown`` the
    names of elections that the history does not have, where it has any.
    """
    parties = [str(code) for (code,) in connection.execute(
        f"SELECT code FROM ({BY_FILES}) WHERE code IS NOT NULL ORDER BY 1").fetchall()]
    asked = [str(code) for (code,) in connection.execute(
        "SELECT DISTINCT vote_intention_code FROM polls WHERE vote_intention_code IS NOT NULL"
    ).fetchall()]
    on_file = {election.name for election in elections}
    return {
        "our_party_code": our_party_code, "parties": parties,
        "is_party_known": our_party_code in {*parties, *asked} or not (parties or asked),
        "elections_unknown": [name for name in like_election_names
                              if on_file and name not in on_file],
    }


def party_words(names: dict[str, Any]) -> str:
    """Return the sentence that no file names our party, with those that files name, or nothing."""
    if names["is_party_known"]:
        return ""
    code, parties = names["our_party_code"], names["parties"]
    more = f" and {len(parties) - MOST_NAMED} more" if len(parties) > MOST_NAMED else ""
    listed = f": they name {', '.join(parties[:MOST_NAMED])}{more}" if parties else ""
    told = f"No file names the party {code}" if code else "No party is set as ours"
    return f"{told} (scores.our_party_code in params.yaml){listed}."


def election_words(names: dict[str, Any]) -> str:
    """Return the sentence that the history lacks an election of params.yaml, or nothing."""
    unknown = names["elections_unknown"]
    if not unknown:
        return ""
    return (f"The history has no election named {' or '.join(unknown)} "
            "(scores.like_election_names in params.yaml), so that name was left out.")
