"""A small invented electorate with homes, scores, contacts and results, in canonical tables."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from workbench.lists import Evidence
from workbench.settings import Campaign, Source
from workbench.tables import RESULTS, TABLES, to_arrow, to_pandas

AS_OF, POLLING = dt.date(2026, 10, 5), dt.date(2026, 11, 3)
CAMPAIGN = Campaign("Test", AS_OF, POLLING, 18, "USD", "Confidential")
SOURCES = {name: Source(name, f"data/raw/{name}.csv", table, "law", dt.date(2027, 1, 1))
           for name, table in (("r", "voters"), ("stop", "suppressions"),
                               ("m", "mobile_contacts"), ("s", "social_users"))}


def canonical(name, rows):
    """Rows of a table, given as dicts, in its declared columns and types."""
    table = TABLES.get(name) or RESULTS[name]
    frame = pd.DataFrame(list(rows)) if len(rows) else pd.DataFrame(columns=[])
    return to_pandas(to_arrow(frame, table))


def person(n, **given):
    """An elector 'P<n>' of 40 in a home of their own, on Mill Lane in district A1."""
    return {"person_id": f"P{n}", "household_id": f"H{n}", "voter_id": f"V{n}",
            "is_elector": True, "birth_year": 1986, "first_name": "Ada", "last_name": f"N{n}",
            "address_line": f"{n + 1} Mill Lane", "town_name": "Ely", "postcode": "11111",
            "area_id": "A1", "seat_id": "S1", "source_names": "r", "n_rows": 1, **given}


def scored(person_id, support, turnout, *, width=0.1, persuasion=None):
    """Rows of scores of one person."""
    rows = [("support", support), ("turnout", turnout)]
    rows += [("persuasion", persuasion)] if persuasion is not None else []
    return [{"person_id": person_id, "score_code": code, "score_probability": value,
             "probability_low": value - width / 2, "probability_high": value + width / 2,
             "meaning_name": code, "model_key": "k"} for code, value in rows]


def attempt(n, person_id, days_ago, **given):
    """A canvass row and its crosswalk row: a talk at the door, so many days before AS_OF."""
    row = {"source_name": "c", "source_row": n, "contact_id": f"C{n}",
           "contact_date": pd.Timestamp(AS_OF) - pd.Timedelta(days=days_ago),
           "channel_code": "door", "result_code": "canvassed", **given}
    link = {"source_name": "c", "source_row": n, "table_name": "canvass", "row_key": f"C{n}",
            "record_key": "k", "person_id": person_id, "how_code": "voter_id",
            "link_probability": 1.0}
    return row, link


def electorate(people, scores=(), *, attempts=(), history=(), **given):
    """The tables that universes are made from; every elector has an entry on the register."""
    voters = [{"source_name": "r", "source_row": i + 2, "voter_id": p["voter_id"],
               "status_code": "active", "first_name": p["first_name"],
               "last_name": p["last_name"], "is_postal_voter": False,
               **given.get("register", {}).get(p["person_id"], {})}
              for i, p in enumerate(people) if p["is_elector"]]
    links = [{"source_name": "r", "source_row": v["source_row"], "table_name": "voters",
              "row_key": v["voter_id"], "record_key": "k", "person_id": p["person_id"],
              "how_code": "register", "link_probability": 1.0}
             for v, p in zip(voters, [p for p in people if p["is_elector"]], strict=True)]
    rows = {"people": people, "voters": voters, "scores": list(scores),
            "vote_history": list(history), "canvass": [row for row, _ in attempts],
            "crosswalk": [*links, *(link for _, link in attempts)], "appeals_sent": (),
            "consumer": (), "areas": given.get("areas", ()),
            "area_results": given.get("area_results", ())}
    return {name: canonical(name, part) for name, part in rows.items()}


def everywhere(people, channels=("door", "phone")):
    """Open channels: every one of ``channels`` for everybody."""
    return pd.DataFrame([{"person_id": p["person_id"], "channel_code": channel}
                         for p in people for channel in channels],
                        columns=["person_id", "channel_code"]).astype("str")


def evidence(tables, suppressions=(), consents=()):
    """What the gate decides by, for these people."""
    columns = {"person_id": "str", "channel_code": "str", "phone": "str", "email": "str",
               "has_consented": "boolean", "consent_date": "datetime64[s]"}
    said = pd.DataFrame(list(consents), columns=list(columns)).astype(columns)
    stop = [{"source_name": "stop", "source_row": i + 2, "suppression_id": f"X{i}",
             "start_date": pd.Timestamp("2026-01-01"), "scope_code": "all",
             "reason_code": "do_not_contact", **row} for i, row in enumerate(suppressions)]
    linked = [row.pop("person_id") for row in stop]
    entries = canonical("suppressions", stop).assign(
        person_id=pd.Series(linked, dtype="str"))
    people = tables["people"][["person_id", "birth_date", "birth_year"]]
    return Evidence(entries, said, people, SOURCES, may_be_empty={"stop"})


def many(n, *, seed):
    """Electors with independent scores in homes of one to three, as ``scored_electors`` gives."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "person_id": [f"P{i:07d}" for i in range(n)],
        "household_id": [f"H{h:07d}" for h in np.sort(rng.integers(0, max(1, n // 2), n))],
        "support_score": rng.beta(2, 2.5, n), "turnout_score": rng.beta(3, 2, n),
        "is_reachable": True,
    })
