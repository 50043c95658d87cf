"""What was received for each table: counts of its rows, and months without single rows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pandas as pd
import pytest
from made_briefs import made_settings

from workbench.errors import SourceError
from workbench.intake.received import write_received
from workbench.settings import Source
from workbench.tables import TABLES

ROWS = {"n_rows": 100, "n_accepted": 90, "n_set_aside": 8, "n_refused": 2}


@pytest.fixture
def campaign(tmp_path):
    """A campaign with one source of gifts in two files, checked and gathered."""
    source = Source("gifts", "data/raw/gifts", "donations", "none", dt.date(2027, 1, 1), "x")
    settings = dataclasses.replace(made_settings(tmp_path), sources={"gifts": source})
    for name in ("quality", "tables"):
        (tmp_path / "data" / name).mkdir(parents=True)
    reasons = [
        {"file_name": name, "reason_code": "not_a_date", "column_name": "donation_date",
         "explanation": "No day.", "n_rows": n, "first_row": 4} for name, n in (("a", 2), ("b", 3))
    ] + [{"file_name": "a", "reason_code": "stray_quote", "column_name": "",
          "explanation": "A quote.", "n_rows": 3, "first_row": 9}]
    (tmp_path / "data" / "quality" / "gifts.json").write_text(json.dumps(
        {"rows": ROWS, "reasons": reasons, "files": [], "source_name": "gifts"}))
    for name in TABLES:
        days = [dt.date(1999, 1, 1)] * 9 + [dt.date(2026, 3, 1)] * 10 + [dt.date(2026, 5, 9)] * 12
        date = {"donations": "donation_date"}.get(name)
        frame = pd.DataFrame({date or "x": days if date else [1]})
        if date is None:
            table = TABLES[name]
            frame = pd.DataFrame({c.name: pd.Series(dtype="object") for c in table.columns})
        frame.to_parquet(tmp_path / "data" / "tables" / f"{name}.parquet")
    return settings


def received(settings, table):
    path = settings.root / "data" / "received" / f"{table}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_rows_are_those_of_the_check_and_reasons_are_added_up_over_files(campaign):
    write_received(campaign)
    source = received(campaign, "donations")["sources"][0]
    assert {name: source[name] for name in ROWS} == ROWS
    assert [(why["explanation"], why["n_rows"]) for why in source["reasons"]] == [
        ("No day.", 5), ("A quote.", 3)]


def test_months_of_fewer_rows_than_the_least_cell_do_not_show(campaign):
    write_received(campaign)
    assert received(campaign, "donations")["months"] == ["2026-03", "2026-05"]


def test_every_table_has_its_file_and_one_without_a_source_says_so(campaign):
    write_received(campaign)
    names = {path.stem for path in (campaign.root / "data" / "received").iterdir()}
    assert names == set(TABLES)
    assert received(campaign, "areas") == {"table": "areas", "months": [], "sources": []}


def test_a_source_that_was_not_checked_is_named(campaign):
    (campaign.root / "data" / "quality" / "gifts.json").unlink()
    with pytest.raises(SourceError, match=r"data/quality/gifts\.json does not exist"):
        write_received(campaign)
