"""Canonical tables of appeals from a made-up campaign, each row linked to its true person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.sample.asks import APPEALS, ARMS, CHANNELS, DINNER_EAST, OFFER
from workbench.sample.campaign import make_campaign
from workbench.sample.truth import people_truth

EVENTS = ("E001", "E002")
GUESTS = ("Marlowe Vance", "Delphine Rourke")


def made_tables(n_people: int, *, seed: int) -> dict[str, pd.DataFrame]:
    """Return the tables that workbench.donors.offers reads, for a campaign of ``n_people``."""
    campaign = make_campaign(n_people, seed=seed, difficulty={})
    people, sends = people_of(campaign), sends_of(campaign.story.sends)
    person = campaign.story.sends.person
    return {
        "people": people, "appeals_sent": sends, "events": events(),
        "donations": gifts_of(campaign.story.giving), "consumer": consumer_of(len(people), seed),
        "crosswalk": pd.concat([
            links("appeals_sent", person), links("donations", campaign.story.giving.person, "D"),
            links("consumer", np.arange(len(people)))], ignore_index=True),
    }


def people_of(campaign) -> pd.DataFrame:
    """Return the people as linking would make them, were it never wrong."""
    truth = people_truth(campaign.world).to_pandas()
    born = pd.to_datetime(truth["birth_date"]).astype("datetime64[s]")
    return pd.DataFrame({
        "person_id": keys(truth["person_id"]),
        "household_id": "H" + truth["household_id"].astype(str), "birth_date": born,
        "birth_year": born.dt.year.astype("Int64"),
        "sex_code": np.where(truth["is_female"], "female", "male"),
        "region_code": truth["region_code"].astype("str"), "voter_id": truth["voter_id"],
        **{name: truth[name] for name in ("first_name", "middle_name", "last_name",
                                          "name_suffix", "address_line", "town_name",
                                          "postcode")},
        "phone": None, "email": keys(truth["person_id"]) + "@mail.example",
        "source_names": "voters;appeals_sent",
    })


def sends_of(sends) -> pd.DataFrame:
    """Return the canonical appeals of the campaign's sends."""
    n = len(sends.person)
    appeal, arm = np.array(APPEALS)[sends.appeal], np.array(ARMS)[sends.arm]
    has_event = (sends.appeal <= DINNER_EAST) & (sends.arm == OFFER)
    return pd.DataFrame({
        "source_name": "appeals_sent", "source_row": np.arange(n) + 2,
        "appeal_id": appeal, "arm_code": arm,
        "event_id": pd.Series(np.array(EVENTS)[np.minimum(sends.appeal, 1)]).where(has_event),
        "channel_code": np.array(CHANNELS)[sends.channel], "sent_date": days(sends.sent_day),
        "has_responded": pd.array(sends.has_responded, dtype="boolean"),
        "response_date": days(sends.response_day).where(sends.has_responded),
        "response_minor": pd.Series(sends.response_minor, dtype="Int64").where(
            sends.response_minor > 0),
    })


def gifts_of(giving) -> pd.DataFrame:
    """Return one row a gift, none refunded or passed on."""
    n = len(giving.day)
    empty = pd.Series([None] * n, dtype="str")
    return pd.DataFrame({
        "source_name": "donations", "source_row": np.arange(n) + 2,
        "donation_id": [f"D{i}" for i in range(n)], "donor_kind_code": "individual",
        "first_name": empty, "last_name": empty, "postcode": empty,
        "donation_date": days(giving.day),
        "amount_minor": pd.Series(giving.amount_minor, dtype="Int64"), "currency_code": "USD",
        "gift_kind_code": "gift", "is_recurring": pd.array([False] * n, dtype="boolean"),
        "refund_of_id": empty, "organisation_name": empty, "test_name": empty,
        "appeal_id": pd.Series(np.append(APPEALS, "")[giving.appeal]).replace("", None),
        "arm_code": pd.Series(np.array(ARMS)[giving.arm]).where(giving.appeal >= 0),
    })


def consumer_of(n_people: int, seed: int) -> pd.DataFrame:
    """Return an interest or two for everybody, drawn without regard to anything."""
    rng = np.random.default_rng(seed)
    names = np.array(["cinema", "theatre", "music", "travel", "cooking"])
    one, other = (names[rng.integers(0, len(names), n_people)] for _ in range(2))
    return pd.DataFrame({
        "source_name": "consumer", "source_row": np.arange(n_people) + 2,
        "age_band_code": None, "interest_codes": pd.Series(one) + ";" + pd.Series(other),
    })


def events() -> pd.DataFrame:
    """Return the two dinners."""
    return pd.DataFrame({"event_id": EVENTS, "guest_name": GUESTS,
                         "event_name": ["Dinner on the pier", "Supper in the old town"]})


def links(source_name: str, person: np.ndarray, letter: str = "R") -> pd.DataFrame:
    """Return the crosswalk's rows of one source, in order of its lines; keys begin so."""
    return pd.DataFrame({
        "table_name": source_name, "source_name": source_name,
        "source_row": np.arange(len(person)) + 2,
        "row_key": [f"{letter}{i}" for i in range(len(person))],
        "person_id": keys(pd.Series(person))})


def keys(person: pd.Series) -> pd.Series:
    """Return ids of people."""
    return "P" + person.astype(int).astype(str).str.zfill(7)


def days(number: np.ndarray) -> pd.Series:
    """Return days since 1970 as dates."""
    return pd.Series(np.asarray(number, dtype="datetime64[D]").astype("datetime64[s]"))
