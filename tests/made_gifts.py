"""Gifts of a made-up campaign whose people are known, for tests of donors and their value."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from workbench.donors.gifts import settle_gifts
from workbench.sample.asks import APPEALS
from workbench.sample.campaign import AS_OF, make_campaign
from workbench.sample.giving import Giving
from workbench.sample.ledger import movements
from workbench.tables import RESULTS, TABLES, to_arrow, to_pandas

KINDS = np.array(["gift", "refund", "conduit_in", "conduit_out", "memo"])


def donation(number: int, amount: int, day: str = "2026-09-01", **more: Any) -> dict[str, Any]:
    """One movement of money, of Ada Moor where no ``person`` is named."""
    row = {"source_name": "s", "source_row": number, "donation_id": str(number),
           "first_name": "Ada", "last_name": "Moor", "donation_date": pd.Timestamp(day),
           "amount_minor": amount, "currency_code": "USD",
           "gift_kind_code": "refund" if amount < 0 else "gift",
           "donor_kind_code": "individual", "person": "ada"}
    return {**row, **more}


def spine_of(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Crosswalk and people for rows with their ``person``; none for a row of nobody."""
    known = rows[rows["person"].notna()].drop_duplicates(["source_name", "donation_id"])
    crosswalk = pd.DataFrame({
        "source_name": known["source_name"], "source_row": known["source_row"],
        "table_name": "donations", "row_key": known["donation_id"], "record_key": "r",
        "person_id": known["person"].astype("str"), "how_code": "exact",
        "link_probability": 1.0})
    first = known.drop_duplicates("person")
    names = {name: first.get(name, pd.Series("A", index=first.index))
             for name in ("first_name", "last_name")}
    people = pd.DataFrame({
        "person_id": first["person"].astype("str"), "household_id": first.get("household"),
        "is_elector": False, "source_names": "s", "n_rows": 1, **names})
    return canonical(crosswalk, RESULTS["crosswalk"]), canonical(people, RESULTS["people"])


def canonical(frame: pd.DataFrame, table: Any) -> pd.DataFrame:
    """The frame as it would be read from the table's own file."""
    kept = frame[[name for name in frame.columns if name in table.column_names]]
    return to_pandas(to_arrow(kept.reset_index(drop=True), table))


def settle(rows: pd.DataFrame | list[dict[str, Any]], as_of: dt.date = AS_OF) -> pd.DataFrame:
    """Settled gifts from rows of ``donation``."""
    frame = pd.DataFrame(rows)
    crosswalk, people = spine_of(frame)
    return settle_gifts(canonical(frame, TABLES["donations"]), crosswalk=crosswalk,
                        people=people, as_of=as_of, currency_code="USD")


def campaign_rows(n_people: int, seed: int) -> pd.DataFrame:
    """Every movement of money of a made-up campaign, with the true person of each."""
    story = make_campaign(n_people, seed=seed, difficulty={}).story
    giving: Giving = story.giving
    moved = movements(story.world, giving)
    appeal = giving.appeal[moved.gift]
    n = len(moved.gift)
    return pd.DataFrame({
        "source_name": "s", "source_row": np.arange(n), "donation_id": np.arange(n).astype(str),
        "donation_date": moved.day.astype("datetime64[D]"), "amount_minor": moved.minor,
        "currency_code": "USD", "gift_kind_code": KINDS[moved.kind],
        "donor_kind_code": "individual", "is_recurring": giving.is_recurring[moved.gift],
        "test_name": np.where(appeal >= 0, np.array(APPEALS)[appeal], None),
        "person": giving.person[moved.gift], "first_name": "A", "last_name": "B"})
