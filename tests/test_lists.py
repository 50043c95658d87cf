"""The gate of lists that leave: nobody suppressed gets out, nobody is held without a reason."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import random
from collections import Counter
from functools import cache

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import ListRefused, StorageError
from workbench.lists import (
    REASONS,
    Evidence,
    Purpose,
    hold_back,
    read_suppressions,
    write_list,
)
from workbench.lists.cells import safe_text
from workbench.lists.keys import email_key, postcode_key
from workbench.settings import Source
from workbench.tables import table_named, write_table

TODAY, TOMORROW, YESTERDAY = dt.date(2026, 10, 1), dt.date(2026, 10, 2), dt.date(2026, 9, 30)
POLLING_DATE = dt.date(2026, 11, 3)
SUPPRESSION_COLUMNS = [*table_named("suppressions").column_names, "person_id"]
CONSENT_COLUMNS = ["person_id", "channel_code", "phone", "email", "has_consented", "consent_date"]
PERSONAL = ["ann@canary.example", "2915551234", "Canary", "V-77"]


def source(name, table="voters", expiry_date=dt.date(2027, 1, 1)):
    return Source(name, f"data/raw/{name}.csv", table, "consent", expiry_date, preset="x")


def purpose(channel_code="phone", **changes):
    told = {"list_name": "calls", "channel_code": channel_code, "use_code": "persuade",
            "as_of": TODAY, "polling_date": POLLING_DATE, "voting_age_years": 18,
            "country_code": "US"}
    return Purpose(**{**told, **changes})


def listed(*rows):
    told = {"owner_id": "vol1", "source_names": "register", "phone": "2915550000",
            "email": "x@example.org"}
    return pd.DataFrame([{"person_id": f"p{n}", **told, **row} for n, row in enumerate(rows)])


def suppression(**changes):
    told = dict.fromkeys(SUPPRESSION_COLUMNS)
    return {**told, "source_name": "stop", "source_row": 2, "suppression_id": "s1",
            "scope_code": "all", "reason_code": "objected", "start_date": YESTERDAY, **changes}


def evidence(*suppressions, consents=(), people=None, **changes):
    born = [{"person_id": f"p{n}", "birth_date": dt.date(1980, 1, 1), "birth_year": 1980}
            for n in range(10)]
    told = {
        "suppressions": pd.DataFrame(list(suppressions), columns=SUPPRESSION_COLUMNS),
        "consents": pd.DataFrame(list(consents), columns=CONSENT_COLUMNS),
        "people": pd.DataFrame(born if people is None else people),
        "sources": {"register": source("register"), "stop": source("stop", "suppressions")},
        "may_be_empty": {"stop"},
    }
    return Evidence(**{**told, **changes})


def reason_of(row, purpose, evidence):
    tally = hold_back(listed(row), purpose, evidence).tally
    held = [reason for reason, n in tally.held_back.items() if n]
    assert tally.n_kept == 1 - len(held)
    return held[0] if held else None


def cells(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


# The oracle: the rules told once more, a row and an entry at a time, in plain Python.

CLOSES = {"door": ["door"], "phone": ["phone"], "text": ["text", "phone"], "email": ["email"],
          "post": ["post"]}
NUMBERS = ["2915550000", "2915550001", "2915550002", "2915550003"]
MAILS = ["ann@x.example", "bob@x.example", "cy@x.example"]
PLACES = ["02134", "90210"]
DATES = [None, dt.date(2026, 9, 1), YESTERDAY, TODAY, TOMORROW, dt.date(2026, 12, 1)]


def last_ten(text):
    return "".join(c for c in text if c in "0123456789")[-10:] if text else None


def folded(text):
    return text.strip().lower() if text else None


def is_in_force(entry, channel):
    if entry["start_date"] is not None and entry["start_date"] > TODAY:
        return False
    if entry["reason_code"] == "deceased":
        return True
    if entry["reason_code"] == "moved":
        return channel in ("door", "post") or entry["scope_code"] in CLOSES[channel]
    return entry["scope_code"] in (None, "all", *CLOSES[channel])


def is_about(entry, row):
    if entry["person_id"] is not None:
        return entry["person_id"] == row["person_id"]
    if entry["voter_id"] is not None and entry["voter_id"] == row["voter_id"]:
        return True
    if entry["last_name"] is None or entry["first_name"] is None:
        return False
    is_name = all(entry[k].lower() == row[k].lower() for k in ("first_name", "last_name"))
    places = (entry["postcode"], row["postcode"])
    return is_name and (None in places or places[0] == places[1])


def closes_number(entry, row, channel):
    is_loose = entry["person_id"] is None
    is_bare = entry["voter_id"] is None and entry["last_name"] is None
    is_wide = is_bare or entry["reason_code"] not in ("deceased", "moved")
    same_phone = entry["phone"] and last_ten(entry["phone"]) == last_ten(row["phone"])
    same_email = entry["email"] and folded(entry["email"]) == folded(row["email"])
    if is_loose and (same_phone or same_email):
        return True
    if channel in ("phone", "text"):
        return bool(same_phone and is_wide)
    return bool(channel == "email" and same_email and is_wide)


def is_under_age(row, people):
    person = next(p for p in people if p["person_id"] == row["person_id"])
    if person["birth_date"] is not None:
        born = person["birth_date"]
        return (born.year + 18, born.month, born.day) > (2026, 11, 3)
    return person["birth_year"] is not None and person["birth_year"] + 18 >= 2026


def has_consent(row, consents, channel):
    column, key = ("phone", last_ten) if channel == "text" else ("email", folded)
    told = [c for c in consents if c["channel_code"] == channel]
    same = [c for c in told if c[column] is not None and key(c[column]) == key(row[column])]
    mine = [c for c in told if c["person_id"] is not None and c["person_id"] == row["person_id"]]
    for yes in mine:
        if not yes["has_consented"] or not yes["consent_date"] or yes["consent_date"] > TODAY:
            continue
        if yes[column] is not None and yes not in same:
            continue
        noes = [c for c in mine + same if not c["has_consented"]]
        if all(c["consent_date"] and c["consent_date"] < yes["consent_date"] for c in noes):
            return True
    return False


def oracle(row, purpose, told):
    """The first reason why the row may not leave, or None."""
    channel = purpose.channel_code
    if row["person_id"] not in [p["person_id"] for p in told["people"]]:
        return "unknown_person"
    entries = [e for e in told["entries"] if is_in_force(e, channel)]
    for reason in ("deceased", "objected", "do_not_contact", "opted_out", "other", "moved"):
        if any(e["reason_code"] == reason and is_about(e, row) for e in entries):
            return reason
    if any(closes_number(e, row, channel) for e in entries):
        return "number_closed"
    needed = {"phone": "phone", "text": "phone", "email": "email"}.get(channel)
    if needed and not row[needed]:
        return "no_usable_contact"
    if is_under_age(row, told["people"]):
        return "minor"
    if channel in ("text", "email") and not has_consent(row, told["consents"], channel):
        return "no_consent"
    names = row["source_names"].split(";")
    if set(names) - {"register", "old", "fec"}:
        return "source_undeclared"
    if "old" in names:
        return "source_expired"
    return "use_not_permitted" if "fec" in names and purpose.use_code == "fundraise" else None


def typed(rng, number):
    forms = ("{}", "+1{}", "({0:.3}) {0}", "1-{}")
    number = f"{number[:3]}-{number[3:6]}.{number[6:]}" if rng.random() < 0.5 else number
    return rng.choice((forms[0], forms[1], forms[3])).format(number)


def maybe(rng, values, share=0.5):
    return rng.choice(values) if rng.random() < share else None


def random_entry(rng, n):
    entry = suppression(
        suppression_id=f"s{n}", scope_code=rng.choice([*CLOSES, "all", "social", "all"]),
        reason_code=rng.choice(table_named("suppressions").column("reason_code").values),
        start_date=rng.choice(DATES))
    kind = rng.choice(("person", "number", "elector", "name"))
    if kind == "person":
        entry["person_id"] = f"p{rng.randrange(12)}"
    if kind == "number" or rng.random() < 0.2:
        entry["phone"] = typed(rng, rng.choice(NUMBERS))
    if rng.random() < 0.15:
        entry["email"] = rng.choice(MAILS).upper() + " "
    if kind == "elector":
        entry["voter_id"] = f"V-{rng.randrange(12)}"
    if kind == "name":
        entry |= {"first_name": rng.choice(["Ann", "BOB"]), "last_name": rng.choice("XYZ"),
                  "postcode": maybe(rng, PLACES, 0.8)}
    return entry


def random_row(rng, n):
    phone, email = maybe(rng, NUMBERS, 0.9), maybe(rng, MAILS, 0.9)
    return {
        "person_id": f"p{n}" if rng.random() < 0.95 else None, "owner_id": rng.choice("ab"),
        "source_names": rng.choice(["register"] * 6 + ["register;old", "fec", "register;gone"]),
        "phone": phone and typed(rng, phone), "email": email, "voter_id": f"V-{n}",
        "first_name": rng.choice(["ann", "Bob"]), "last_name": rng.choice("xyz"),
        "postcode": maybe(rng, PLACES, 0.8),
    }


def random_person(rng, n):
    born = maybe(rng, [dt.date(1960, 5, 5), dt.date(2008, 11, 3), dt.date(2008, 11, 4)], 0.6)
    return {"person_id": f"p{n}", "birth_date": born,
            "birth_year": maybe(rng, [1960, 1990, 2007, 2008, 2009])}


def random_consent(rng):
    return {"person_id": maybe(rng, [f"p{n}" for n in range(8)], 0.95),
            "channel_code": rng.choice(["text", "email"]), "phone": maybe(rng, NUMBERS, 0.2),
            "email": maybe(rng, MAILS, 0.2), "has_consented": rng.random() < 0.8,
            "consent_date": rng.choice(DATES)}


def random_case(seed):
    rng = random.Random(seed)
    told = {
        "rows": [random_row(rng, n) for n in range(rng.randint(0, 12))],
        "entries": [random_entry(rng, n) for n in range(rng.randint(1, 9))],
        "people": [random_person(rng, n) for n in range(12)],
        "consents": [random_consent(rng) for n in range(rng.randint(0, 16))],
    }
    columns = ["voter_id", "first_name", "last_name", "postcode", *listed({}).columns]
    rows = pd.DataFrame(told["rows"], columns=columns)
    proof = evidence(
        *told["entries"], consents=told["consents"], people=told["people"],
        sources={"register": source("register"), "old": source("old", expiry_date=YESTERDAY),
                 "fec": source("fec"), "stop": source("stop", "suppressions")},
        forbidden_uses={"fec": ("fundraise",)})
    aim = purpose(rng.choice(list(CLOSES)), use_code=rng.choice(["persuade", "fundraise"]))
    return told, rows, aim, proof


@cache
def held_back(seed):
    """What the gate makes of a random case, which some tests share."""
    _, rows, aim, proof = random_case(seed)
    return hold_back(rows, aim, proof)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [
    range(60), pytest.param(range(60, 1000), marks=pytest.mark.slow)], ids=["few", "all"])
def test_in_a_thousand_random_lists_the_gate_decides_as_the_oracle_does(seeds):
    seen = Counter()
    for seed in seeds:
        told, rows, aim, _ = random_case(seed)
        wanted = [oracle(row, aim, told) for row in told["rows"]]
        held = held_back(seed)
        kept = [row["person_id"] for row, reason in zip(told["rows"], wanted, strict=True)
                if reason is None]
        assert held.rows["person_id"].tolist() == kept, seed
        counts = Counter(reason for reason in wanted if reason)
        assert {r: n for r, n in held.tally.held_back.items() if n} == counts, seed
        assert held.tally.n_rows_in == held.tally.n_people_in == len(rows)
        assert held.tally.n_people_in == held.tally.n_kept + sum(held.tally.held_back.values())
        seen.update(wanted)
    assert set(seen) == {None, *REASONS} - {"objection_unread"}  # see test_objections.py
    assert min(seen.values()) > len(seeds) // 100


def test_the_order_of_rows_and_of_suppressions_does_not_matter():
    for seed in range(20):
        _, rows, aim, proof = random_case(seed)
        turned = dataclasses.replace(
            proof, **{name: getattr(proof, name).sample(frac=1, random_state=seed)
                      for name in ("suppressions", "consents", "people")})
        one = held_back(seed)
        other = hold_back(rows.sample(frac=1, random_state=seed), aim, turned)
        assert set(one.rows["person_id"]) == set(other.rows["person_id"])
        assert one.tally == other.tally


def test_what_passed_the_gate_passes_it_again():
    for seed in range(20):
        _, _, aim, proof = random_case(seed)
        once = held_back(seed)
        twice = hold_back(once.rows, aim, proof)
        pd.testing.assert_frame_equal(once.rows, twice.rows)
        assert twice.tally.n_kept == once.tally.n_kept == twice.tally.n_people_in


def test_the_gate_leaves_what_it_was_given_as_it_was():
    _, rows, aim, proof = random_case(5)
    before = rows.copy(), proof.suppressions.copy(), proof.consents.copy()
    hold_back(rows, aim, proof)
    for now, then in zip((rows, proof.suppressions, proof.consents), before, strict=True):
        pd.testing.assert_frame_equal(now, then)


# Boundaries, as tables.

@pytest.mark.parametrize(("start_date", "reason"), [
    (YESTERDAY, "objected"), (TODAY, "objected"), (TOMORROW, None), (None, "objected"),
])
def test_a_suppression_holds_from_its_first_day_and_where_the_day_is_missing(start_date, reason):
    entry = suppression(person_id="p0", start_date=start_date)
    assert reason_of({}, purpose(), evidence(entry)) == reason


@pytest.mark.parametrize(("birth_date", "birth_year", "reason"), [
    (dt.date(2008, 11, 2), None, None),
    (dt.date(2008, 11, 3), None, None),
    (dt.date(2008, 11, 4), None, "minor"),
    (dt.date(2008, 11, 4), 1990, "minor"),
    (None, 2007, None),
    (None, 2008, "minor"),
    (None, 2009, "minor"),
    (None, None, None),
])
def test_whoever_may_be_under_age_on_polling_day_is_held_back(birth_date, birth_year, reason):
    person = {"person_id": "p0", "birth_date": birth_date, "birth_year": birth_year}
    assert reason_of({}, purpose(), evidence(people=[person])) == reason


@pytest.mark.parametrize(("polling_date", "reason"), [
    (dt.date(2026, 2, 28), "minor"), (dt.date(2026, 3, 1), None),
])
def test_somebody_born_on_29_february_is_of_age_on_1_march(polling_date, reason):
    person = {"person_id": "p0", "birth_date": dt.date(2008, 2, 29), "birth_year": 2008}
    aim = purpose(polling_date=polling_date)
    assert reason_of({}, aim, evidence(people=[person])) == reason


def test_people_of_unknown_age_are_kept_and_counted():
    people = [{"person_id": "p0", "birth_date": None, "birth_year": None},
              {"person_id": "p1", "birth_date": dt.date(1970, 1, 1), "birth_year": None}]
    tally = hold_back(listed({}, {}), purpose(), evidence(people=people)).tally
    assert (tally.n_kept, tally.n_age_unknown) == (2, 1)


@pytest.mark.parametrize(("expiry_date", "reason"), [
    (TOMORROW, None), (TODAY, None), (YESTERDAY, "source_expired"),
])
def test_a_source_may_be_used_until_its_expiry_date(expiry_date, reason):
    sources = {"register": source("register", expiry_date=expiry_date),
               "stop": source("stop", "suppressions")}
    assert reason_of({}, purpose(), evidence(sources=sources)) == reason


@pytest.mark.parametrize(("names", "reason"), [
    ("register", None), ("register; register", None), ("register;rumour", "source_undeclared"),
    ("", "source_undeclared"), (None, "source_undeclared"), (" ; ", "source_undeclared"),
])
def test_every_source_behind_a_row_must_be_declared(names, reason):
    assert reason_of({"source_names": names}, purpose(), evidence()) == reason


@pytest.mark.parametrize(("use_code", "reason"), [
    ("fundraise", "use_not_permitted"), ("persuade", None),
])
def test_a_source_is_used_for_what_its_terms_permit(use_code, reason):
    proof = evidence(forbidden_uses={"register": ("fundraise",)})
    assert reason_of({}, purpose(use_code=use_code), proof) == reason


@pytest.mark.parametrize(("scope_code", "closed"), [
    ("door", {"door"}), ("phone", {"phone", "text"}), ("text", {"text"}), ("email", {"email"}),
    ("post", {"post"}), ("all", set(CLOSES)), (None, set(CLOSES)), ("social", set()),
])
def test_a_scope_closes_its_channel_and_a_closed_telephone_closes_texts(scope_code, closed):
    proof = evidence(suppression(person_id="p0", scope_code=scope_code))
    assert {c for c in CLOSES if reason_of({}, purpose(c), proof) == "objected"} == closed


@pytest.mark.parametrize(("reason_code", "scope_code", "closed"), [
    ("deceased", "post", set(CLOSES)), ("deceased", "all", set(CLOSES)),
    ("moved", "all", {"door", "post"}), ("moved", "email", {"door", "post", "email"}),
    (None, "post", {"post"}),
])
def test_the_dead_are_left_in_peace_and_the_moved_are_not_sought_at_home(
    reason_code, scope_code, closed
):
    entry = suppression(person_id="p0", reason_code=reason_code, scope_code=scope_code)
    named = reason_code or "other"
    found = {c for c in CLOSES if reason_of({}, purpose(c), evidence(entry)) == named}
    assert found == closed


# Numbers, addresses and names.

@pytest.mark.parametrize("typed_number", [
    "2915551234", "(291) 555-1234", "+1 291 555 1234", "1.291.555.1234", "001 291 555 1234",
    "291-555-1234 ext. 12", "２９１５５５１２３４",
])
def test_a_closed_number_is_closed_however_it_is_typed_and_whoever_has_it(typed_number):
    proof = evidence(suppression(phone="291 555 1234", reason_code="do_not_contact"))
    rows = listed({"phone": typed_number}, {"phone": typed_number}, {"phone": "2915551235"})
    held = hold_back(rows, purpose(), proof)
    assert held.tally.held_back["number_closed"] == 2
    assert held.rows["person_id"].tolist() == ["p2"]


@pytest.mark.parametrize(("country", "on_list", "closed"), [
    ("SE", "070-123 45 67", "0046 70 123 45 67"), ("SE", "+46701234567", "070-123 45 67"),
    ("FR", "01 23 45 67 89", "+33 1 23 45 67 89"), ("IE", "087 123 4567", "+353 87 123 4567"),
    ("AU", "0412 345 678", "0061 412 345 678"), ("GB", "07700 900123", "+44 (0)7700 900123"),
    ("NO", "406 12 345", "4740612345"), ("SE", "070-123 45 67", "hem: 701234567"),
    ("", "070-123 45 67", "0046 70 123 45 67"), ("US", "555-1234", "(291) 555-1234"),
    ("US", "(291) 555-1234", "555-1234"), ("US", "291 555 1234", "2915550000 / 2915551234"),
    ("US", "291 555 1234", "2915550000, 2915551234 or 2915559999"),
])
def test_an_objection_holds_by_its_number_in_any_country_and_spelling(country, on_list, closed):
    proof = evidence(suppression(phone=closed, reason_code="opted_out"))
    assert reason_of({"phone": on_list}, purpose(country_code=country), proof) == "number_closed"


def test_a_refusal_of_a_number_that_cannot_be_read_outweighs_the_consent_to_it():
    yes = {"person_id": "p0", "channel_code": "text", "has_consented": True,
           "consent_date": YESTERDAY, "phone": "(291) 555-1234"}
    no = {"person_id": "p5", "channel_code": "text", "has_consented": False,
          "consent_date": dt.date(2020, 1, 1), "phone": "555-1234"}
    row, texts = {"phone": "2915551234"}, purpose("text", country_code="US")
    proof = evidence(suppression(person_id="p9"), consents=[yes])
    assert reason_of(row, texts, proof) is None
    proof = evidence(suppression(person_id="p9"), consents=[yes, no])
    assert reason_of(row, texts, proof) == "no_consent"


@pytest.mark.parametrize("number", ["", "none", "12345", "0000000000", "2915551234 2915559999",
                                    None])
def test_a_row_whose_number_cannot_be_checked_is_not_called(number):
    assert reason_of({"phone": number}, purpose(), evidence()) == "no_usable_contact"
    assert reason_of({"phone": number}, purpose("door"), evidence()) is None


def test_an_address_is_compared_without_case_spaces_and_tag():
    assert email_key(" Ann+news@X.org") == email_key("ANN@x.ORG ") == "ann@x.org"
    assert email_key("a@x.org; b@x.org") == ""
    assert postcode_key("2134") == postcode_key("02134-1000") == "02134"


def test_an_opt_out_with_a_number_closes_it_to_the_household_and_a_death_does_not():
    rows = listed({}, {})
    for reason, n_kept in (("opted_out", 0), ("deceased", 1), ("moved", 2)):
        entry = suppression(person_id="p0", last_name="X", phone="2915550000",
                            reason_code=reason)
        assert hold_back(rows, purpose(), evidence(entry)).tally.n_kept == n_kept


def test_an_entry_that_could_not_be_linked_holds_by_name_and_postcode_and_is_counted():
    entry = suppression(first_name="José", last_name="O'Neil", postcode="02134-1000")
    names = {"first_name": "JOSE M.", "last_name": "ONeil"}
    rows = listed({**names, "postcode": "2134"}, {**names, "postcode": "90210"},
                  {**names, "postcode": None}, {**names, "first_name": "Ann"})
    held = hold_back(rows, purpose("door"), evidence(entry))
    assert held.rows["person_id"].tolist() == ["p1", "p3"]
    assert held.tally.n_unlinked_suppressions == 1


def test_an_entry_linked_to_a_person_nobody_knows_counts_as_unlinked():
    entry = suppression(person_id="stale", voter_id="V-77")
    held = hold_back(listed({"voter_id": "V-77"}, {"voter_id": "V-78"}), purpose(),
                     evidence(entry))
    assert held.rows["person_id"].tolist() == ["p1"]
    assert held.tally.n_unlinked_suppressions == 1


def test_nobody_leaves_who_cannot_be_checked():
    held = hold_back(listed({"person_id": None}, {"person_id": " "}, {"person_id": "stranger"},
                            {}), purpose(), evidence())
    assert held.tally.held_back["unknown_person"] == 3
    assert held.tally.n_people_in == 4


# Consent.

def consent(**changes):
    return {"person_id": "p0", "channel_code": "text", "phone": None, "email": None,
            "has_consented": True, "consent_date": YESTERDAY, **changes}


@pytest.mark.parametrize(("consents", "reason"), [
    ([], "no_consent"),
    ([consent()], None),
    ([consent(consent_date=TODAY)], None),
    ([consent(consent_date=TOMORROW)], "no_consent"),
    ([consent(consent_date=None)], "no_consent"),
    ([consent(has_consented=None)], "no_consent"),
    ([consent(channel_code="email")], "no_consent"),
    ([consent(person_id="p1")], "no_consent"),
    ([consent(person_id=None, phone="2915550000")], "no_consent"),
    ([consent(phone="291 555 0000")], None),
    ([consent(phone="291 555 9999")], "no_consent"),
    ([consent(phone="unreadable")], "no_consent"),
    ([consent(), consent(has_consented=False)], "no_consent"),
    ([consent(), consent(has_consented=False, consent_date=TODAY)], "no_consent"),
    ([consent(), consent(has_consented=False, consent_date=dt.date(2026, 9, 1))], None),
    ([consent(), consent(has_consented=False, consent_date=None)], "no_consent"),
    ([consent(), consent(has_consented=False, person_id=None, phone="2915550000")],
     "no_consent"),
    ([consent(), consent(has_consented=False, channel_code="email")], None),
])
def test_texts_need_a_consent_that_stands(consents, reason):
    assert reason_of({}, purpose("text"), evidence(consents=consents)) == reason
    assert reason_of({}, purpose("phone"), evidence(consents=consents)) is None


# What stops every list.

def spoil(path, how):
    if how == "missing":
        path.unlink()
    if how == "empty":
        path.write_bytes(b"")
    if how == "half-written":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    if how == "not Parquet":
        path.write_text("voter_id,phone\nV-77,2915551234\n", encoding="utf-8")
    if how == "wrong columns":
        pq.write_table(pq.read_table(path).drop_columns(["scope_code"]), path)
    if how == "wrong types":
        rows = pq.read_table(path)
        place = rows.schema.get_field_index("start_date")
        texts = rows.column("start_date").cast("string")
        pq.write_table(rows.set_column(place, "start_date", texts), path)


@pytest.mark.parametrize(("how", "told"), [
    ("missing", "is not there"), ("empty", "is empty"), ("half-written", "half-written"),
    ("not Parquet", "damaged"), ("wrong columns", "'scope_code'"), ("wrong types", "date32"),
])
def test_a_suppressions_file_in_doubt_stops_every_list(tmp_path, how, told):
    path = tmp_path / "suppressions.parquet"
    entry = suppression(voter_id="V-77", phone="2915551234")
    entry.pop("person_id")
    write_table(pd.DataFrame([entry]), table_named("suppressions"), path)
    crosswalk = pd.DataFrame({"source_name": ["stop"], "source_row": [2], "person_id": ["p0"]})
    read_suppressions(path, crosswalk)
    spoil(path, how)
    with pytest.raises(ListRefused) as refused:
        read_suppressions(path, crosswalk)
    message = str(refused.value)
    assert told in message
    assert str(path) in message
    assert "No list may leave" in message
    assert not [value for value in PERSONAL if value in message]


CANARY = suppression(person_id="p0", first_name="Canary", email="ann@canary.example",
                     phone="2915551234", voter_id="V-77")
STOPPERS = [
    ("no rows", {"may_be_empty": (), "suppressions": pd.DataFrame(columns=SUPPRESSION_COLUMNS)},
     "data/raw/stop.csv"),
    ("expired", {"sources": {"stop": source("stop", "suppressions", YESTERDAY)}}, "expired on"),
    ("not declared", {"sources": {"register": source("register")}}, "does not declare"),
    ("no person_id", {"suppressions": pd.DataFrame([CANARY]).drop(columns="person_id")},
     "'person_id'"),
    ("dates as texts", {"suppressions": pd.DataFrame([{**CANARY, "start_date": "2026-09-30"}])},
     "no dates"),
    ("ids as numbers", {"suppressions": pd.DataFrame([{**CANARY, "person_id": 7}])}, "not text"),
    ("strange scope", {"suppressions": pd.DataFrame([{**CANARY, "scope_code": "sms"}])},
     "1 of 1 suppressions have a scope_code"),
    ("nobody", {"suppressions": pd.DataFrame([suppression(first_name="Canary")])},
     "do not say whom"),
    ("consents as texts", {"consents": pd.DataFrame([consent(has_consented="no")])},
     "yes-or-no"),
    ("no consents", {"consents": pd.DataFrame()}, "consents lack"),
    ("no people", {"people": pd.DataFrame()}, "people lack"),
    ("a person twice", {"people": pd.DataFrame(
        [{"person_id": "p0", "birth_date": None, "birth_year": None}] * 2)}, "repeat"),
    ("years as texts", {"people": pd.DataFrame(
        [{"person_id": "p0", "birth_date": None, "birth_year": "young"}])}, "not a number"),
    ("unknown use", {"forbidden_uses": {"register": ("fundraising",)}}, "forbidden_uses"),
    ("unknown source", {"forbidden_uses": {"registre": ("fundraise",)}},
     "Did you mean 'register'"),
]


@pytest.mark.parametrize(("changes", "told"), [s[1:] for s in STOPPERS],
                         ids=[s[0] for s in STOPPERS])
@pytest.mark.parametrize("channel_code", ["text", "door"])
def test_evidence_in_doubt_stops_the_list_and_leaves_the_last_one_with_a_warning(
    tmp_path, changes, told, channel_code
):
    if "consents as" in told or (told == "yes-or-no" and channel_code == "door"):
        pytest.skip("a door list asks for no consent")
    old = tmp_path / "calls.csv"
    old.write_text("of an earlier run", encoding="utf-8")
    proof = dataclasses.replace(evidence(CANARY), **changes)
    with pytest.raises(ListRefused) as refused:
        write_list(listed({}), purpose(channel_code), proof, tmp_path)
    message = str(refused.value)
    assert told in message
    assert "Nothing was written" in message
    assert f"{old} is of an earlier run: do not use it" in message
    assert not [value for value in PERSONAL if value in message]
    assert [path.name for path in tmp_path.iterdir()] == ["calls.csv"]
    assert old.read_text(encoding="utf-8") == "of an earlier run"


@pytest.mark.parametrize(("rows", "told"), [
    (listed({"person_id": "Canary"}, {"person_id": "Canary"}), "1 rows of list 'calls'"),
    (listed({"owner_id": None}, {"owner_id": " "}), "2 rows of list 'calls' have no owner_id"),
    (listed({}).drop(columns="person_id"), "lack the column 'person_id'"),
    (listed({}).drop(columns="phone"), "lack the column 'phone'"),
    (listed({"phone": 2915551234}), "not text"),
    (pd.concat([listed({}), listed({})[["email"]]], axis=1), "there twice"),
])
def test_rows_that_are_not_one_person_with_one_owner_are_refused(tmp_path, rows, told):
    with pytest.raises(ListRefused, match=told) as refused:
        write_list(rows, purpose(), evidence(), tmp_path)
    assert not [value for value in PERSONAL if value in str(refused.value)]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("changes", [
    {"list_name": "../calls"}, {"list_name": "/tmp/calls"}, {"list_name": ""},
    {"list_name": "calls.csv"}, {"list_name": "Calls"}, {"list_name": "calls\n"},
    {"list_name": "c" * 65}, {"use_code": "sell"}, {"voting_age_years": 0},
])
def test_a_purpose_that_cannot_be_is_refused(changes):
    with pytest.raises(ListRefused):
        purpose(**changes)


def test_a_channel_of_another_name_is_refused_with_the_nearest():
    with pytest.raises(ListRefused, match="Did you mean 'phone'"):
        purpose("phones")


# Reading and linking.

def gathered(path, *entries):
    rows = pd.DataFrame(entries).drop(columns="person_id")
    write_table(rows, table_named("suppressions"), path)


def test_entries_get_the_person_of_their_record_and_a_person_known_from_them_alone_is_none(
    tmp_path
):
    path = tmp_path / "suppressions.parquet"
    gathered(path, suppression(voter_id="V-1", source_row=2),
             suppression(voter_id="V-2", source_row=3),
             suppression(voter_id="V-3", source_row=4),
             suppression(phone="2915551234", source_row=None))
    crosswalk = pd.DataFrame({
        "source_name": ["register", "stop", "stop", "register"], "source_row": [9, 2, 3, None],
        "person_id": ["p1", "p1", "lonely", "p2"]})
    found = read_suppressions(path, crosswalk)["person_id"]
    assert found.fillna("none").tolist() == ["p1", "none", "none", "none"]
    held = hold_back(listed({}, {}), purpose(), evidence(
        suppressions=read_suppressions(path, crosswalk)))
    assert held.rows["person_id"].tolist() == ["p0"]


@pytest.mark.parametrize(("crosswalk", "told"), [
    ({"source_name": ["register"], "source_row": [2], "person_id": ["p1"]}, "does not know"),
    ({"source_name": ["stop"] * 2, "source_row": [2] * 2, "person_id": ["a", "b"]}, "several"),
    ({"source_name": ["stop"], "source_row": [2]}, "'person_id'"),
])
def test_a_crosswalk_that_does_not_know_the_suppressions_stops_every_list(
    tmp_path, crosswalk, told
):
    path = tmp_path / "suppressions.parquet"
    gathered(path, suppression(voter_id="V-1"))
    with pytest.raises(ListRefused, match=told):
        read_suppressions(path, pd.DataFrame(crosswalk))


# The file that leaves.

def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path):
    rows = listed(*({"owner_id": owner} for owner in "babab"))
    for name, order in (("one", [0, 1, 2, 3, 4]), ("other", [4, 2, 0, 3, 1])):
        write_list(rows.iloc[order], purpose(list_name=name), evidence(), tmp_path)
    one, other = (tmp_path / f"{name}.csv" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()
    assert one.read_bytes().startswith(b"\xef\xbb\xbf\"person_id\",")
    assert b"\r" not in one.read_bytes()
    assert [row[0] for row in cells(one)[1:]] == ["p1", "p3", "p0", "p2", "p4"]


def test_the_file_holds_the_kept_and_the_tally_says_so(tmp_path):
    proof = evidence(suppression(person_id="p1", reason_code="do_not_contact"))
    tally = write_list(listed({}, {}, {}), purpose(), proof, tmp_path / "lists")
    assert [row[0] for row in cells(tmp_path / "lists" / "calls.csv")[1:]] == ["p0", "p2"]
    assert (tally.n_kept, tally.held_back["do_not_contact"]) == (2, 1)


def test_a_list_of_nobody_is_a_header():
    held = hold_back(listed({}).head(0), purpose(), evidence())
    assert (held.tally.n_people_in, sum(held.tally.held_back.values())) == (0, 0)


@pytest.mark.parametrize(("channel_code", "columns"), [
    ("phone", {"phone"}), ("text", {"phone"}), ("email", {"email"}), ("door", set()),
    ("post", set()),
])
def test_numbers_and_addresses_leave_only_on_lists_that_checked_them(
    tmp_path, channel_code, columns
):
    rows = listed({}).assign(mobile_phone="2915551234", has_phone=True)
    both = [consent(), consent(channel_code="email")]
    write_list(rows, purpose(channel_code), evidence(consents=both), tmp_path)
    header = set(cells(tmp_path / "calls.csv")[0])
    assert header & {"phone", "email", "mobile_phone", "has_phone"} == {*columns, "has_phone"}


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠A",
    "\u200b=1", "\ufeff=1", "\u00a0@x", "\x00=1", "−1", "\tplain", "\u202e=1", "'=1",
    "x;=HYPERLINK(1)", "x\t=1", 'x," =1', "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_cell_and_no_heading_is_live(tmp_path, hostile):
    rows = listed({}).assign(note=hostile, **{hostile: "x", "owner_id": hostile})
    write_list(rows, purpose(), evidence(), tmp_path)
    sheet = cells(tmp_path / "calls.csv")
    assert len(sheet) == 2
    for cell in [cell for row in sheet for cell in row]:
        assert not is_live(cell)
        assert not any(is_live(part) for part in cell.replace(",", ";").split(";"))


def is_live(cell):
    bare = cell.strip(" \t\r\n\u00a0\u200b\ufeff\x00\u202e\"")
    return bare.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "−")) or cell[:1] == "\t"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@＝＋－＠ \t\r\n\x00\u200b;,a1"),
                                  st.characters()), max_size=8))
def test_any_text_is_one_line_that_is_not_live(text):
    safe = safe_text(text)
    assert not is_live(safe)
    assert not set(safe) & set("\t\r\n\x00\x0b\x0c\x85\u2028\u2029")
    safe.encode("utf-8")


def test_numbers_stay_numbers_and_days_are_days(tmp_path):
    rows = listed({}).assign(gap=-5, share=-0.25, day=pd.Timestamp("2026-10-03"), nothing=None,
                             is_new=True, n=pd.array([None], dtype="Int64"),
                             phone="+1 (291) 555-1234")
    write_list(rows, purpose(), evidence(), tmp_path)
    line = (tmp_path / "calls.csv").read_text(encoding="utf-8-sig").split("\n")[1]
    assert line == '"p0","vol1","register","12915551234",-5,-0.25,"2026-10-03","","True",""'


def test_a_list_that_cannot_be_written_leaves_the_good_one_as_it_was(tmp_path, monkeypatch):
    write_list(listed({}), purpose(), evidence(), tmp_path)
    before = (tmp_path / "calls.csv").read_bytes()

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.tables.whole.os.replace", full_disk)
    with pytest.raises(StorageError):
        write_list(listed({}, {}), purpose(), evidence(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["calls.csv"]
    assert (tmp_path / "calls.csv").read_bytes() == before
