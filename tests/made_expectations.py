"""Expectations and rows of canonical tables, for tests that check the one on the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from workbench.checks import Checked, Suite, build_suite, check_rows
from workbench.tables import TABLES

DAY = dt.date(2026, 10, 5)


def expect(kind: str, severity: str = "warn", rows: str = "keep", **kwargs: Any) -> dict[str, Any]:
    """An entry of a suite; ``kind`` is the expectation's type without ``expect_``."""
    meta = {"why": "Said by a test.", "severity": severity, "rows": rows}
    return {"type": f"expect_{kind}", "kwargs": kwargs, "meta": meta}


def make_suite(*entries: Any, table: str = "donations") -> Suite:
    """The suite that the entries make, on the campaign's day."""
    return build_suite(TABLES[table], list(entries), as_of=DAY, where="suite.json")


def made_rows(table: str = "donations", **columns: list[Any]) -> pa.Table:
    """Rows of a canonical table with the columns given, the others empty."""
    n_rows = len(next(iter(columns.values())))
    schema = TABLES[table].schema()
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns
        else pa.nulls(n_rows, field.type) for field in schema
    ]
    return pa.table(arrays, schema=schema)


def check_one(rows: pa.Table, entry: Any, table: str = "donations") -> Checked:
    """What one expectation finds in the rows."""
    (found,) = check_rows(rows, make_suite(entry, table=table)).values()
    return found
