"""Electors by age, sex and place, and past turnout, as the voters brief shows them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from workbench.disclosure import Shape, protect
from workbench.exhibits import Words
from workbench.measures import Measure
from workbench.settings import Disclosure
from workbench.voters.register import AGE_BANDS, NOT_KNOWN

NO_ELECTION = "No election on file"
COULD_VOTE_SHAPE = Shape(
    "n_could_vote", ("n_could_vote", "n_voted"),
    shares={"turnout_registered_share": ("n_voted", "n_could_vote")},
    population="electors who could vote", dimensions=("election_date", "election_name"),
    is_disjoint=False,
)


def voter_measures(electors: pd.DataFrame, history: pd.DataFrame) -> list[Measure]:
    """Return the headline numbers of the register, before they are protected.

    ``history``: of the elections of the kind that comes; its last one counts.
    """
    n, last = len(electors), _last_election(history)
    return [
        Measure("n_electors", "Electors", n, "count", "electors",
                "People on the register who may vote on polling day.", n=n,
                population="electors"),
        Measure("turnout_last", "Voted last time",
                float(last["has_voted"].mean()) if len(last) else None, "share",
                "share of electors who could vote",
                f"Electors on today's register who voted at {_name_of(last)}.", n=len(last),
                population="electors who could vote", column="n_could_vote", part="n_voted",
                where=_election_of(last)),
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
        "bottom_line": f"At {_name_of(_last_election(history))} {young:.0%} of those now aged "
        f"{AGE_BANDS[0]} voted, against {old:.0%} of those aged {AGE_BANDS[-2]}; only people on "
        "today's register are counted.",
        "decision": "Choose how much of the reminder budget goes to people under 35.",
    }


def age_sex_table(electors: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row an age band: ``age_band``, ``n_electors``, ``n_female``, ``n_male``.

    As it may be shown; those of other or unknown sex are in ``n_electors`` only.
    """
    bands = electors["age_band"]
    rows = pd.DataFrame({
        "n_electors": bands.value_counts(),
        "n_female": bands[electors["sex_code"] == "female"].value_counts(),
        "n_male": bands[electors["sex_code"] == "male"].value_counts(),
    })
    rows = rows.reindex([*AGE_BANDS, NOT_KNOWN]).fillna(0).astype("int64")
    rows = rows.rename_axis("age_band").reset_index()
    counts = ("n_electors", "n_female", "n_male")
    shape = Shape("n_electors", counts, population="electors", dimensions=("age_band",),
                  parts={"n_electors": ("n_female", "n_male")})
    return protect(rows, profile, shape=shape)


def seat_table(
    electors: pd.DataFrame, profile: Disclosure, *, place_column: str = "seat_id",
    n_places: int = 12,
) -> pd.DataFrame:
    """Return one row a seat, the ``n_places`` with most electors first, as it may be shown.

    Columns: ``place``, ``n_electors``, ``aged_65_share`` of those of known age,
    ``postal_share`` of all (who have asked to vote by post).
    """
    known = electors["age_band"] != NOT_KNOWN
    flags = pd.DataFrame({
        "place": electors[place_column].fillna(NOT_KNOWN),
        "n_known_age": known.astype("int64"),
        "n_aged_65": electors["age_band"].isin(AGE_BANDS[-2:]).astype("int64"),
        "n_postal": electors["is_postal_voter"].fillna(False).astype("int64"),
    })
    rows = flags.groupby("place").sum()
    rows.insert(0, "n_electors", flags.groupby("place").size())
    rows = rows.reset_index().sort_values(["n_electors", "place"], ascending=[False, True])
    shape = Shape(
        "n_electors", ("n_electors", "n_known_age", "n_aged_65", "n_postal"),
        shares={"aged_65_share": ("n_aged_65", "n_known_age"),
                "postal_share": ("n_postal", "n_electors")},
        population="electors", dimensions=("place",), is_partition=len(rows) <= n_places,
    )
    shown = protect(rows.head(n_places), profile, shape=shape)
    return shown[["place", "n_electors", "aged_65_share", "postal_share"]].reset_index(drop=True)


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
    last = _last_election(history)
    counts = last.groupby("age_band")["has_voted"].agg(n_could_vote="size", n_voted="sum")
    rows: pd.DataFrame = counts.reindex(AGE_BANDS, fill_value=0).astype("int64").reset_index()
    shape = replace(COULD_VOTE_SHAPE, dimensions=("age_band",), where=_election_of(last),
                    is_partition=False, is_disjoint=True)
    return protect(rows, profile, shape=shape)


def _election_of(last: pd.DataFrame) -> dict[str, str]:
    """Return the day of the history's election and, where it is one, its name, as groups."""
    names = last[["election_date", "election_name"]].drop_duplicates()
    named = {name: values.iloc[0] for name, values in names.items()} if len(names) == 1 else {}
    return {str(name): f"{value:%Y-%m-%d}" if name == "election_date" else str(value)
            for name, value in named.items() if not pd.isna(value)}


def _name_of(last: pd.DataFrame) -> str:
    return _election_of(last).get("election_name", "the last election")


def _last_election(history: pd.DataFrame) -> pd.DataFrame:
    return history[history["election_date"] == history["election_date"].max()]


def age_words(ages: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the chart of electors by age and sex."""
    told = {"subtitle": f"Electors who may vote on polling day by age and sex, {place}"}
    known = ages.dropna(subset=["n_female", "n_male"])
    if known.empty:
        return {**told, "title": "Age and sex are known of too few",
                "alt_text": "A population pyramid with every age band hidden."}
    n_female, n_male = int(known["n_female"].sum()), int(known["n_male"].sum())
    larger = "Women outnumber men" if n_female > n_male else "Men outnumber women"
    if n_female == n_male:
        larger = "Women and men are equally many"
    largest = known["age_band"].iloc[known["n_electors"].astype("int64").argmax()]
    return {**told, "title": f"{larger} on the register",
            "alt_text": f"A population pyramid of {n_female:,} women and {n_male:,} men in "
                        f"{len(known)} age bands; the largest band is {largest}."}


def turnout_age_words(ages: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of turnout by age at the last election."""
    told = {"subtitle": "Share of electors on today's register who voted at the last election, "
                        f"{place}"}
    listed, highest, _ = _turnout_told(ages, "age_band")
    if not listed:
        return {**told, "title": "Past turnout cannot be shown by age",
                "alt_text": "Bars of turnout by age band with every band hidden."}
    return {**told, "title": f"Turnout was highest among those aged {highest}",
            "alt_text": f"Bars of turnout by age band: {listed}."}


def turnout_election_words(elections: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of turnout by election."""
    told = {"subtitle": f"Share of electors on today's register who voted, {place}"}
    listed, highest, is_one = _turnout_told(elections, "election_name")
    if not listed:
        return {**told, "title": "Past turnout cannot be shown by election",
                "alt_text": "Bars of turnout by election with every election hidden."}
    return {**told, "title": "Turnout was the same at every election"
            if is_one else "Turnout differs from one election to the next",
            "alt_text": f"Bars of turnout by election: {listed}; highest at {highest}."}


def _turnout_told(table: pd.DataFrame, name: str) -> tuple[str, str, bool]:
    """Return each turnout that is shown in words, who has the highest, and whether all are one."""
    shown = table.dropna(subset=["turnout_registered_share"])
    if shown.empty:
        return "", "", True
    shares = shown["turnout_registered_share"].astype("float64")
    listed = ", ".join(f"{one} {share:.0%}" for one, share in
                       zip(shown[name], shares, strict=True))
    return listed, str(shown[name].iloc[shares.argmax()]), shares.nunique() == 1
