"""The truth of the made-up campaign, for tests and benchmarks only: no stage may read it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.sample.asks import (
    APPEALS,
    appeal_effects,
    is_persuadable,
    is_put_off,
    plain_rates,
    pledge_probability,
    segments,
)
from workbench.sample.export import Story
from workbench.sample.facts import PARTY_CODES, REGION_CODES
from workbench.sample.identity import address_lines, postcodes, town_names
from workbench.sample.ledger import CONDUIT_OUT, MEMO, movements
from workbench.sample.people import SUFFIXES
from workbench.sample.register import district_ids, seat_ids, voter_ids
from workbench.sample.texts import coded, kept, keys, stream
from workbench.sample.vocabulary import family_names, given_names
from workbench.sample.world import World


def true_tables(story: Story) -> dict[str, pa.Table]:
    """Return the tables of truth by name: people, scores, donors, share_requests, places."""
    return {
        "people": people_truth(story.world), "scores": score_truth(story),
        "donors": donor_truth(story), "shares": share_truth(story),
        "places": place_truth(story.world),
    }


def people_truth(world: World) -> pa.Table:
    """Return who everybody is: a row a person, on the register or not."""
    people, person = world.people, np.arange(len(world.people))
    rng = stream(world.seed, "truth")
    return pa.table({
        "person_id": person, "voter_id": kept(voter_ids(world, person), people.is_elector),
        "household_id": people.home.astype(np.int64),
        "first_name": given_names().written(people.first),
        "middle_name": given_names().written(people.middle),
        "last_name": family_names().written(people.last),
        "name_suffix": coded(people.suffix, SUFFIXES),
        "is_female": people.is_female,
        "birth_date": pa.array(people.birth_day, pa.int32()).cast(pa.date32()),
        "age_years": people.age_years.astype(np.int64),
        "address_line": address_lines(world, people.home, rng, 0.0),
        "town_name": town_names(world, people.home), "postcode": postcodes(world, people.home),
        "region_code": coded(world.region, REGION_CODES), "area_id": district_ids(world.district),
        "seat_id": seat_ids(world.seat), "is_deceased": people.is_deceased,
        "mobile": pa.array(people.mobile, mask=people.mobile < 0),
    })


def score_truth(story: Story) -> pa.Table:
    """Return true probabilities and effects: a row a person; effects positive if it helps."""
    world = story.world
    politics, effects = world.politics, appeal_effects(world)
    columns = {
        "person_id": np.arange(len(world.people)),
        "support_probability": politics.support_probability.astype(np.float64),
        "turnout_probability": politics.turnout_probability.astype(np.float64),
        "pledge_probability": pledge_probability(world).astype(np.float64),
        "plain_probability": plain_rates(world, story.donors),
        "segment_code": coded(segments(world), ("offer_west", "offer_east")),
        "is_persuadable": is_persuadable(world), "is_put_off": is_put_off(world),
        "last_party_code": coded(politics.party[:, 1], PARTY_CODES),
    }
    names = [f"effect_{name[3:].lower().replace('-', '_')}" for name in APPEALS]
    return pa.table(columns | {name: effects[:, i].astype(np.float64)
                               for i, name in enumerate(names)})


def donor_truth(story: Story) -> pa.Table:
    """Return a row a donor: what they gave, net of refunds, each gift counted once."""
    world, giving = story.world, story.giving
    moved = movements(world, giving)
    counts = (moved.kind != CONDUIT_OUT) & (moved.kind != MEMO)
    rows = pd.DataFrame({"person_id": giving.person[moved.gift], "net_minor": moved.minor})
    net = rows[counts].groupby("person_id")["net_minor"].sum()
    at = np.searchsorted(net.index.to_numpy(), giving.donor)
    return pa.table({
        "person_id": giving.donor,
        "net_minor": net.to_numpy()[at],
        "n_gifts": np.bincount(np.searchsorted(giving.donor, giving.person),
                               minlength=len(giving.donor)),
        "rate_per_year": giving.rate_per_year,
        "is_recurring": giving.is_recurring_donor,
        "is_alive": giving.last_day > world.today,
        "is_elector": world.people.is_elector[giving.donor],
        "is_won_by_offer": ~np.isin(giving.donor, story.donors.person),
    })


def share_truth(story: Story) -> pa.Table:
    """Return a row a request: who asks whom, and P(acts) where asked."""
    network = story.network
    return pa.table({
        "request_id": keys("Q", np.arange(len(network.sender)) + 1, 8),
        "sender_person_id": network.person[network.sender],
        "friend_person_id": network.person[network.friend],
        "acted_if_asked_probability": network.acted_if_asked,
    })


def place_truth(world: World) -> pa.Table:
    """Return the planted places: the strong district that hardly votes, and the odd seat."""
    places = world.places
    district, seat = np.array([places.strong_district]), np.array([places.odd_seat])
    return pa.table({
        "fact_code": ["strong_district_low_turnout", "odd_seat"],
        "area_id": [district_ids(district)[0].as_py(), None],
        "seat_id": [seat_ids(places.district_seat[district])[0].as_py(),
                    seat_ids(seat)[0].as_py()],
    })
