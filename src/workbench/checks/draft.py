"""A first suite for a person to edit, drafted from accepted rows without a personal value."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.checks.suite import AS_OF
from workbench.tables import Column, Table

LARGEST_CODE_LIST = 30
FEWEST_ROWS_OF_A_CODE = 10


def draft_suite(rows: pa.Table, table: Table) -> dict[str, Any]:
    """Return a suite that ``rows`` keep, as the JSON of expectations/<table>.json.

    It proposes which columns are filled, the codes of columns that are not personal and are
    in ten rows or more each, and that days are not in the future. No range is drawn from
    single records: the ends are for a person to set. Every expectation is a warning that keeps
    the rows, until a person decides otherwise.
    """
    entries: list[dict[str, Any]] = []
    for column in table.columns:
        if column.name in ("source_name", "source_row"):
            continue
        values = rows.column(column.name)
        entries += _filled(column, values) + _codes(column, values) + _days(column, values)
    return {"name": table.name, "expectations": entries}


def _entry(kind: str, why: str, **kwargs: Any) -> dict[str, Any]:
    meta = {"why": why, "severity": "warn", "rows": "keep"}
    return {"type": kind, "kwargs": kwargs, "meta": meta}


def _filled(column: Column, values: pa.ChunkedArray) -> list[dict[str, Any]]:
    if column.is_required or not len(values) or values.null_count == len(values):
        return []
    share = 1 - values.null_count / len(values)
    floor = int(share * 20) / 20
    if floor == 0:
        return []
    return [_entry(
        "expect_column_values_to_not_be_null",
        f"In the file that this was drafted from, {column.name} was filled in about "
        f"{floor:.0%} of the rows or more.",
        column=column.name, mostly=floor,
    )]


def _codes(column: Column, values: pa.ChunkedArray) -> list[dict[str, Any]]:
    if column.kind != "code" or column.values or column.is_personal:
        return []
    counts = {item["values"]: item["counts"] for item in pc.value_counts(values).to_pylist()}
    common = sorted(code for code, n in counts.items() if code and n >= FEWEST_ROWS_OF_A_CODE)
    if not common or len(common) > LARGEST_CODE_LIST:
        return []
    return [_entry(
        "expect_column_values_to_be_in_set",
        f"These are the codes of {column.name} that stood in ten rows or more.",
        column=column.name, value_set=common, mostly=0.95,
    )]


def _days(column: Column, values: pa.ChunkedArray) -> list[dict[str, Any]]:
    is_filled = values.null_count < len(values)
    if column.kind != "date" or not is_filled or column.name in ("event_date", "attains_date"):
        return []
    return [_entry(
        "expect_column_values_to_be_between",
        f"A {column.name} after the day of the campaign is a slip of the pen.",
        column=column.name, max_value=AS_OF, mostly=0.99,
    )]
