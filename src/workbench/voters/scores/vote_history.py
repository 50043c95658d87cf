"""The marked registers and vote histories: what each elector did at each election."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.voters.register import election_kind

if TYPE_CHECKING:
    import duckdb

# What an elector did at an election: four different things, and the codes in the database.
NOT_ON_REGISTER, DID_NOT, VOTED, VOTED_BY_POST = range(4)
MOST_ELECTIONS = 12
_MARK_SQL = """CASE voted_code WHEN 'post' THEN 3 WHEN 'did_not' THEN 1
               WHEN 'not_registered' THEN 0 ELSE 2 END"""


@dataclass(frozen=True)
class Election:
    """One past election: its day, its name, and its column in the database."""

    date: dt.date
    name: str
    column: str

    @property
    def kind(self) -> str:
        """Its name without its year."""
        return election_kind(self.name)


def joined_share(connection: duckdb.DuckDBPyConnection) -> float:
    """Return the share of the history's rows that name an entry of the register; 0 if none."""
    n, n_joined = connection.execute(
        "SELECT count(*), count(*) FILTER (voter_id IN (SELECT voter_id FROM voters)) "
        "FROM vote_history").fetchall()[0]
    return float(n_joined / n) if n else 0.0


def create_marks(
    connection: duckdb.DuckDBPyConnection, *, as_of: dt.date, joined_min: float
) -> tuple[Election, ...]:
    """Create ``mark``: a row an elector, a column an election; return the elections in order.

    Elections on or after ``as_of`` are not known yet and left out; so are all where the history
    is another register's (fewer than ``joined_min`` of its rows name an entry). Whom a history
    does not name did not vote if they were on the register then, as in `join_history`; a vote
    outweighs no vote where sources disagree.
    """
    found = connection.execute(
        "SELECT election_date, coalesce(election_name, '') FROM vote_history WHERE "
        "election_date < $day GROUP BY ALL ORDER BY ALL", {"day": as_of}).fetchall()
    is_ours = joined_share(connection) >= joined_min
    elections = tuple(Election(date, name, f"mark_{i}") for i, (date, name) in
                      enumerate(found[-MOST_ELECTIONS:] if is_ours else []))
    seen = ", ".join(
        f"max({_MARK_SQL}) FILTER (election_date = DATE '{e.date}' AND "
        f"coalesce(election_name, '') = {_quoted(e.name)}) AS {e.column}" for e in elections)
    marks = ", ".join(
        f"coalesce({e.column}, CASE WHEN registration_date > DATE '{e.date}' "
        f"OR of_age_date > DATE '{e.date}' THEN {NOT_ON_REGISTER} "
        f"ELSE {DID_NOT} END)::TINYINT AS {e.column}" for e in elections)
    if not elections:
        connection.execute("CREATE TABLE mark AS SELECT person_id FROM elector")
        return ()
    connection.execute(f"""
        CREATE TABLE mark AS
        WITH number AS (SELECT DISTINCT person_id, row_key AS voter_id FROM crosswalk
                        WHERE table_name = 'voters'),
        seen AS (SELECT person_id, {seen} FROM vote_history JOIN number USING (voter_id)
                 GROUP BY person_id)
        SELECT person_id, {marks} FROM elector LEFT JOIN seen USING (person_id)""")
    return elections


def create_homes(
    connection: duckdb.DuckDBPyConnection, elections: tuple[Election, ...]
) -> None:
    """Create ``home_vote``: a row an elector, what others of their home did at each election.

    ``n_others``: how many other electors live there; a column an election (`home_column`): the
    share of those others who could vote that did, missing where none could.
    """
    sums = "".join(
        f", sum(({e.column} >= {VOTED})::INT) AS voted_{e.column}"
        f", sum(({e.column} >= {DID_NOT})::INT) AS could_{e.column}" for e in elections)
    shares = "".join(
        f", ((voted_{e.column} - ({e.column} >= {VOTED})::INT) / nullif(could_{e.column} "
        f"- ({e.column} >= {DID_NOT})::INT, 0))::FLOAT AS {home_column(e)}" for e in elections)
    connection.execute(f"""
        CREATE TABLE home_vote AS
        WITH own AS (SELECT household_id, mark.* FROM elector JOIN mark USING (person_id)),
        home AS (SELECT household_id, count(*) AS n{sums} FROM own GROUP BY household_id)
        SELECT person_id, (n - 1)::DOUBLE AS n_others{shares}
        FROM own JOIN home USING (household_id)""")


def home_column(election: Election) -> str:
    """Return the column of what others of the home did at an election."""
    return f"home_{election.column}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
