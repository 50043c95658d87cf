"""Tables to and from Parquet: whole or not at all, always in the declared shape."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.tables.model import Table
from workbench.tables.whole import whole_file


def write_arrow(rows: pa.Table, path: Path) -> None:
    """Write an Arrow table as Parquet, the same bytes for the same rows."""
    with whole_file(path) as draft:
        pq.write_table(rows.replace_schema_metadata(None), draft, compression="zstd")


def to_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Return ``frame`` in the table's own columns, order and types; absent columns are empty.

    Raises KeyError for a column that the table does not have: that is a bug of ours.
    """
    strangers = set(frame.columns) - set(table.column_names)
    if strangers:
        raise KeyError(f"{table.name} has no column {sorted(strangers)}")
    columns = [
        pa.array(frame[field.name], type=field.type, from_pandas=True)
        if field.name in frame.columns
        else pa.nulls(len(frame), field.type)
        for field in table.schema()
    ]
    return pa.Table.from_arrays(columns, schema=table.schema())


def write_table(frame: pd.DataFrame, table: Table, path: Path) -> None:
    """Write ``frame`` as Parquet in the shape of ``table``."""
    write_arrow(to_arrow(frame, table), path)


def to_pandas(rows: pa.Table) -> pd.DataFrame:
    """Return Arrow rows as analysts see them: ``str``, ``Int64``, ``boolean``, dates as dates.

    Dates are ``datetime64[s]``, instants ``datetime64[s, UTC]``; what is missing is missing.
    """
    fields = []
    for field in rows.schema:
        kind = pa.timestamp("s") if pa.types.is_date(field.type) else field.type
        fields.append(pa.field(field.name, kind))
    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return rows.cast(pa.schema(fields)).to_pandas(
        types_mapper=kinds.get, timestamp_as_object=False
    )


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a Parquet file that the workbench wrote, or some of its columns, as pandas."""
    return to_pandas(pq.read_table(path, columns=columns))
