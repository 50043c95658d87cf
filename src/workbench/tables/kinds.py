"""How each kind of column lies in Arrow and Parquet."""

from __future__ import annotations

import pyarrow as pa

KINDS: dict[str, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "code": pa.string(),
    "date": pa.date32(),
    "instant": pa.timestamp("s", tz="UTC"),
    "count": pa.int64(),
    "integer": pa.int64(),
    "money": pa.int64(),
    "number": pa.float64(),
    "share": pa.float64(),
    "flag": pa.bool_(),
}
