"""Electors with their scores, and people on no register: what universes are made from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.settings import Campaign
from workbench.tables import is_among
from workbench.voters.register import ON_REGISTER, VOTED

SCORE_COLUMNS = {"support": "support_score", "turnout": "turnout_score",
                 "persuasion": "persuasion_score"}
OWN, AREA, EVERYBODY, NONE = "own", "area", "everybody", "none"  # how scores were come by
PLACE_COLUMNS = ["area_id", "seat_id"]
PERSON_COLUMNS = ["person_id", "household_id", *PLACE_COLUMNS]


def area_rates(
    area_results: pd.DataFrame, areas: pd.DataFrame, *, party_code: str
) -> pd.DataFrame:
    """Return one row an area: ``area_id``, ``support_score`` and ``turnout_score``.

    Our share of the votes at the last election of the area's results and the turnout of its
    register: what is assumed of somebody who has no scores, since nothing nearer is known.
    Support is missing where that election does not name ``party_code`` at all: then nobody
    knows our share, which is not 0.
    """
    last = area_results[area_results["election_date"] == area_results["election_date"].max()]
    ours = last["n_votes"].where(last["party_code"] == party_code, 0)
    votes = pd.DataFrame({"area_id": last["area_id"], "ours": ours, "all": last["n_votes"]})
    sums = votes.groupby("area_id")[["ours", "all"]].sum().astype("float64")
    is_named = bool((last["party_code"] == party_code).any())
    counted = sums["all"].where((sums["all"] > 0) & is_named)
    support = (sums["ours"] / counted).rename("support_score")
    known = areas.drop_duplicates("area_id").set_index("area_id")
    turnout = known["turnout_registered_share"].astype("float64").rename("turnout_score")
    return pd.concat([support, turnout], axis=1).rename_axis("area_id").reset_index()


def scores_by_person(scores: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person with a column a score: ``support_score``, its ends, and so on."""
    people, parts = scores["person_id"].drop_duplicates().reset_index(drop=True), []
    for code, name in SCORE_COLUMNS.items():
        columns = {"score_probability": name, "probability_low": f"{code}_low",
                   "probability_high": f"{code}_high"}
        of_kind = scores[scores["score_code"] == code].set_index("person_id")
        part = of_kind[list(columns)].rename(columns=columns).astype("float64")
        parts.append(part.reindex(people).reset_index(drop=True))
    return pd.concat([people, *parts], axis=1)


def scored_electors(
    tables: Mapping[str, pd.DataFrame], campaign: Campaign, *, party_code: str
) -> pd.DataFrame:
    """Return one row an elector of age on polling day, with scores and where these are from.

    ``tables``: people, voters, vote_history, scores, areas, area_results. Columns:
    PERSON_COLUMNS, the scores with their ends, ``basis_code`` (own, area, everybody or none:
    the poorer of support and turnout), ``is_postal_voter``, ``has_voted`` (the history has a
    vote for this polling day already). Whoever may be under age on polling day is left out,
    as are entries that the register has removed or denied.
    """
    register = _register(tables["voters"], tables["vote_history"], campaign)
    people = tables["people"]
    electors = people[people["is_elector"].fillna(False) & ~may_be_minor(people, campaign)]
    electors = electors[[*PERSON_COLUMNS, "voter_id"]].merge(
        register, how="inner", on="voter_id", validate="many_to_one")
    wide = scores_by_person(tables["scores"])
    electors = electors.merge(wide, how="left", on="person_id", validate="one_to_one")
    rates = area_rates(tables["area_results"], tables["areas"], party_code=party_code)
    filled = _filled(electors, rates)
    return filled.drop(columns="voter_id").sort_values("person_id", ignore_index=True)


def unregistered(tables: Mapping[str, pd.DataFrame], campaign: Campaign) -> pd.DataFrame:
    """Return people on no register who are known to be of age on polling day.

    ``tables``: people, crosswalk, consumer. Age is known from a birth date, a birth year, or
    an age band of the consumer file that begins at voting age or later. Somebody whose age is
    not known is not in it: nobody is asked to register who may not. Area and seat are those of
    most electors of the same postcode.
    """
    people = tables["people"]
    is_known = people["birth_date"].notna() | people["birth_year"].notna()
    is_known |= is_among(people["person_id"], _adults_of_consumer(tables, campaign))
    is_elector = people["is_elector"].fillna(False)
    others = people[~is_elector & is_known & ~may_be_minor(people, campaign)]
    placed = others.drop(columns=PLACE_COLUMNS).merge(
        _places_by_postcode(people[is_elector]), how="left", on="postcode",
        validate="many_to_one")
    return placed[PERSON_COLUMNS].sort_values("person_id", ignore_index=True)


def may_be_minor(people: pd.DataFrame, campaign: Campaign) -> pd.Series:
    """Return whether a person may be under voting age on polling day, as the gate decides it.

    With a year of birth alone, the last day of that year counts; without either, nobody is.
    """
    born = people["birth_date"]
    last_day = (born.dt.year * 10_000 + born.dt.month * 100 + born.dt.day).astype("Float64")
    last_day = last_day.fillna(people["birth_year"].astype("Float64") * 10_000 + 1231)
    polling = int(campaign.polling_date.strftime("%Y%m%d"))
    is_minor = last_day + campaign.voting_age_years * 10_000 > polling
    return is_minor.fillna(False).astype(bool)


def _adults_of_consumer(tables: Mapping[str, pd.DataFrame], campaign: Campaign) -> pd.Series:
    consumer = tables["consumer"]
    least = consumer["age_band_code"].str.extract(r"^(\d+)", expand=False).astype("Float64")
    adults = consumer[(least >= campaign.voting_age_years).fillna(False)]
    keys = ["source_name", "source_row"]
    return adults[keys].merge(tables["crosswalk"][[*keys, "person_id"]], how="inner", on=keys,
                              validate="one_to_one")["person_id"]


def _places_by_postcode(electors: pd.DataFrame) -> pd.DataFrame:
    """One row a postcode: the area that most of its electors live in, and its seat."""
    keys = ["postcode", *PLACE_COLUMNS]
    counts = electors[keys].dropna(subset=["postcode"]).value_counts().reset_index(name="n")
    counts = counts.sort_values(["n", *keys], ascending=[False, True, True, True])
    return counts.drop_duplicates("postcode").drop(columns="n")


def _register(
    voters: pd.DataFrame, vote_history: pd.DataFrame, campaign: Campaign
) -> pd.DataFrame:
    polling = pd.Timestamp(campaign.polling_date)
    is_on = voters["status_code"].fillna("unknown").isin(ON_REGISTER)
    is_on &= ~(voters["attains_date"] > polling).fillna(False)
    rows = voters.loc[is_on, ["voter_id", "is_postal_voter"]]
    postal = rows["is_postal_voter"].fillna(False).astype(bool)
    register = postal.groupby(rows["voter_id"]).any().rename("is_postal_voter").reset_index()
    cast = vote_history[(vote_history["election_date"] == polling)
                        & vote_history["voted_code"].isin(VOTED)]
    return register.assign(has_voted=is_among(register["voter_id"], cast["voter_id"]))


def _filled(electors: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Fill missing scores from the area, then from the mean of all that are known."""
    of_area = electors[["area_id"]].merge(rates, how="left", on="area_id",
                                          validate="many_to_one").set_index(electors.index)
    filled, steps = electors.copy(), []
    for name in ("support_score", "turnout_score"):
        own = electors[name].astype("float64")
        near = own.fillna(of_area[name])
        mean = near.mean()
        filled[name] = near.fillna(mean)
        steps.append(np.select([own.notna(), near.notna(), filled[name].notna()], [0, 1, 2], 3))
    names = np.array([OWN, AREA, EVERYBODY, NONE])
    return filled.assign(basis_code=names[np.maximum(*steps)])
