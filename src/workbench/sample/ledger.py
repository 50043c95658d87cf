"""Exports of money and of what was asked for it: donations, appeals sent, events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from workbench.sample.asks import APPEALS, ARMS, CHANNELS, DINNER_EAST, JOBS
from workbench.sample.contacts import names_and_home
from workbench.sample.export import NOBODY, Columns, Export, Story, of_nobody
from workbench.sample.giving import Giving
from workbench.sample.identity import emails, phone_numbers, phones, written_down
from workbench.sample.placenames import EMPLOYERS, OCCUPATIONS, ORGANISATIONS
from workbench.sample.register import voter_ids
from workbench.sample.texts import (
    NO_DAY,
    coded,
    day_of,
    days,
    kept,
    keys,
    money,
    picked,
    stream,
    where,
    whole,
)
from workbench.sample.world import World

GIFT, REFUND, CONDUIT_IN, CONDUIT_OUT, MEMO = range(5)
KINDS = "G|R|CI|CO|M"
COMMITTEE, CONDUIT = "COM-HAR", "COM-PASS"
ORGANISATIONS_SHARE = 0.006
# name, guest, days from today, region, places, least gift asked for
OFFERS = (
    ("Dinner on the pier", "Marlowe Vance", 12, 0, 60, 2500),
    ("Supper in the old town", "Delphine Rourke", 15, 2, 60, 2500),
    ("Harvest rally", "", -40, 1, 900, 0),
    ("Harbour day", "", -75, 0, 1500, 0),
    ("Town hall evening", "", 6, 2, 400, 0),
    ("Veterans' breakfast", "", -20, 1, 120, 1000),
)


@dataclass(frozen=True)
class Movements:
    """Rows of money: the gift each belongs to, its kind, day and signed amount."""

    gift: np.ndarray
    kind: np.ndarray
    day: np.ndarray
    minor: np.ndarray


def movements(world: World, giving: Giving) -> Movements:
    """Return gifts with their refunds, conduit sides and memo rows, by day."""
    rng = stream(world.seed, "movements")
    n = len(giving.day)
    is_passed = picked(rng, world.rates["gifts_through_conduit"], n)
    refunded = np.flatnonzero(picked(rng, world.rates["gifts_refunded"], n)
                              & (giving.day < world.today - 40))
    noted = np.flatnonzero(picked(rng, world.rates["gifts_with_memo_row"], n))
    passed = np.flatnonzero(is_passed)
    gift = np.concatenate([np.arange(n), refunded, passed, noted])
    kind = np.repeat([REFUND, CONDUIT_OUT, MEMO], [len(refunded), len(passed), len(noted)])
    kind = np.concatenate([np.where(is_passed, CONDUIT_IN, GIFT), kind])
    later = np.where(kind == REFUND, rng.integers(3, 40, len(gift)), 0)
    sign = np.where(kind == REFUND, -1, 1)
    day = giving.day[gift] + later
    order = np.lexsort((rng.random(len(day)), day))
    return Movements(gift[order], kind[order], day[order],
                     (giving.amount_minor[gift] * sign)[order])


def donations(story: Story) -> Export:
    """Return every movement of money as the system reports it, by day."""
    world, giving = story.world, story.giving
    rng = stream(world.seed, "donations")
    moved = movements(world, giving)
    account = giving.account[moved.gift]
    typed, slips = donor_accounts(world, giving)
    n = len(account)
    number = rng.permutation(n) + 1
    row_of_gift = np.zeros(len(giving.day), dtype=np.int64)
    is_gift = (moved.kind == GIFT) | (moved.kind == CONDUIT_IN)
    row_of_gift[moved.gift[is_gift]] = number[is_gift]
    is_organisation = (moved.kind == GIFT) & picked(rng, ORGANISATIONS_SHARE, n)
    is_organisation &= giving.appeal[moved.gift] < 0
    rows = {name: text.take(pa.array(account)) for name, text in typed.items()}
    names = coded(rng.integers(0, 6, n), ORGANISATIONS)
    columns = {
        "Lineitem ID": keys("L", number, 9),
        "Donor Type": coded(is_organisation.astype(int), "I|O"),
        **{name: where(is_organisation, None, text) for name, text in rows.items()},
        "Organisation": kept(names, is_organisation),
        **_movement(world, moved, giving, row_of_gift),
    }
    person = np.where(is_organisation, NOBODY, giving.account_person[account])
    by_row = {name: slip[account] for name, slip in slips.items()}
    return Export(columns, person, {**by_row, "account_id": account})


def donor_accounts(world: World, giving: Giving) -> tuple[Columns, dict[str, np.ndarray]]:
    """Return what each donor account typed in, and how it differs from the truth."""
    rng, rates = stream(world.seed, "donor accounts"), world.rates
    person, n = giving.account_person, len(giving.account_person)
    written = written_down(world, person, rng, rates)
    numbers, right_phone = phone_numbers(world, person, rng, rates["donors_phone_right"])
    addresses, right_email = emails(world, person, rng, rates["donors_email_right"])
    has = {what: picked(rng, rates[f"donors_{what}"], n)
           for what in ("phone", "email", "birth_date")}
    unknown = picked(rng, rates["placeholder_dates"], n)
    born = kept(days(world.people.birth_day[person], "%m/%d/%Y"), has["birth_date"])
    columns = {
        **names_and_home(world, written, rng,
                         "Donor First Name|Donor Middle Name|Donor Last Name|Donor Suffix|"
                         "Donor Addr1|Donor City|Donor State|Donor ZIP"),
        "Donor Phone": phones(numbers, has["phone"], rng.integers(0, 3, n)),
        "Donor Email": kept(addresses, has["email"]),
        "Donor Birth Date": where(unknown, "01/01/1900", born),
        "Donor Employer": kept(coded(rng.integers(0, 16, n), EMPLOYERS), picked(rng, 0.7, n)),
        "Donor Occupation": kept(coded(rng.integers(0, 16, n), OCCUPATIONS),
                                 picked(rng, 0.7, n)),
    }
    slips = {**written.slips, "has_phone": has["phone"], "has_email": has["email"],
             "has_birth_date": has["birth_date"],
             "wrong_phone": has["phone"] & ~right_phone,
             "wrong_email": has["email"] & ~right_email}
    return columns, slips


def _movement(
    world: World, moved: Movements, giving: Giving, row_of_gift: np.ndarray
) -> Columns:
    n, kind = len(moved.kind), moved.kind
    appeal = giving.appeal[moved.gift]
    is_passed = (kind == CONDUIT_IN) | (kind == CONDUIT_OUT)
    refund_of = keys("L", row_of_gift[moved.gift], 9)
    return {
        "Date": days(moved.day, "%m/%d/%Y"), "Amount": money(moved.minor),
        "Currency": pa.array(np.full(n, "USD")), "Kind": coded(kind, KINDS),
        "Refund Of": kept(refund_of, kind == REFUND),
        "Recurring": coded(giving.is_recurring[moved.gift].astype(int), "f|t"),
        "Recipient": coded((kind == CONDUIT_OUT).astype(int), (COMMITTEE, CONDUIT)),
        "Conduit": kept(coded((kind == CONDUIT_OUT).astype(int), (CONDUIT, COMMITTEE)),
                        is_passed),
        "Reference Code": coded(np.where(appeal >= 0, appeal, -1), APPEALS),
        "AB Test Name": coded(np.where(appeal >= 0, appeal, -1),
                              ("dinner west", "dinner east", "", "")),
        "AB Variation": coded(np.where(appeal >= 0, giving.arm[moved.gift], -1), ARMS),
    }


def event_ids(number: np.ndarray) -> pa.Array:
    """Return the codes of offers."""
    return keys("E", number + 1, 3)


def appeals_sent(story: Story) -> Export:
    """Return one row an appeal and person, with the arm they were drawn into."""
    world, sends = story.world, story.sends
    rng = stream(world.seed, "appeals sent")
    person, n = sends.person, len(sends.person)
    written = written_down(world, person, rng, world.rates)
    addresses, _ = emails(world, person, rng, 0.97)
    numbers, _ = phone_numbers(world, person, rng, 0.95)
    is_letter = sends.appeal < JOBS
    is_offer = (sends.appeal <= DINNER_EAST) & (sends.arm == 2)
    has_number = world.people.is_elector[person] & picked(rng, np.where(is_letter, 0.6, 1.0), n)
    answered = np.where(sends.has_responded & (sends.response_day <= world.today),
                        sends.response_day, NO_DAY)
    responded = answered != NO_DAY
    columns = {
        "send": keys("A", rng.permutation(n) + 1, 9), "appeal": coded(sends.appeal, APPEALS),
        "offer": kept(event_ids(sends.appeal), is_offer), "arm": coded(sends.arm, ARMS),
        "via": coded(sends.channel, CHANNELS), "sent": days(sends.sent_day, "%d.%m.%Y"),
        "elector_no": kept(voter_ids(world, person), has_number),
        "first": written.first, "middle": written.middle, "last": written.last,
        "suffix": written.suffix, "email": kept(addresses, is_letter),
        "phone": phones(numbers, ~is_letter & (sends.channel > 0), 1),
        "responded": coded(responded.astype(int), "n|y"),
        "responded_on": days(answered, "%d.%m.%Y"),
        "gift": money(np.maximum(sends.response_minor, 0),
                      ~responded | (sends.response_minor < 0)),
    }
    return Export(columns, person, written.slips)


def events(story: Story) -> Export:
    """Return the offers of the campaign; the first two are those that the appeals make."""
    world, places = story.world, story.world.places
    number = np.arange(len(OFFERS))
    region = np.array([offer[3] for offer in OFFERS])
    town_region = np.repeat(places.seat_region, 2)
    towns = [places.town_names[int(np.flatnonzero(town_region == r)[0])]
             if (town_region == r).any() else places.town_names[0] for r in region]
    dates = [day_of(world.today + offer[2]).strftime("%d/%m/%Y") for offer in OFFERS]
    return of_nobody({
        "event": event_ids(number), "title": pa.array([offer[0] for offer in OFFERS]),
        "guest": pa.array([offer[1] for offer in OFFERS]), "day": pa.array(dates),
        "town": pa.array(towns), "region": coded(region, "WC|IN|EC"),
        "places": whole(np.array([offer[4] for offer in OFFERS])),
        "least_gift": money(np.array([offer[5] for offer in OFFERS])),
    })
