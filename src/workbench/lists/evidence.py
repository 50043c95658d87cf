"""Read the suppressions as they were gathered; a file in doubt stops every list."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import ListRefused
from workbench.lists.checks import given
from workbench.tables import table_named, to_pandas

CURE = "No list may leave, and none of an earlier run may be used, until it is mended: {}."
AGAIN = CURE.format("run 'dvc repro gather'")


def read_suppressions(path: Path, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return the canonical table with the ``person_id`` of each entry, missing where unlinked.

    ``crosswalk``: one row a linked record, with ``source_name``, ``source_row`` and
    ``person_id``. A person known from suppressions alone is nobody on a list, so the entry
    counts as unlinked. Raises ListRefused where the file is not there, empty, unreadable or
    of another shape, and where the crosswalk does not know the suppressions' sources.
    """
    rows = to_pandas(_read_whole(path))
    for name in ("source_name", "source_row", "person_id"):
        if name not in crosswalk.columns:
            raise ListRefused(f"The crosswalk lacks the column '{name}'. "
                              f"{CURE.format('link the records again')}")
    names = rows[rows["voter_id"].notna() | rows["last_name"].notna()]["source_name"]
    n_unknown = int((~names.isin(crosswalk["source_name"])).sum())
    if n_unknown:
        raise ListRefused(
            f"{n_unknown} entries of {path} are of a source that the crosswalk does not know. "
            f"{CURE.format('link the records again, with the suppressions among them')}"
        )
    keys = ["source_name", "source_row"]
    if crosswalk.duplicated(keys).any():
        raise ListRefused("The crosswalk gives one record several persons. "
                          f"{CURE.format('link the records again')}")
    is_elsewhere = ~crosswalk["source_name"].isin(rows["source_name"])
    known = given(crosswalk.loc[is_elsewhere, "person_id"]).dropna()
    linked = crosswalk.loc[crosswalk["person_id"].isin(known), [*keys, "person_id"]].dropna()
    return rows.merge(linked, how="left", on=keys, validate="many_to_one")


def _read_whole(path: Path) -> pa.Table:
    if not path.is_file():
        raise ListRefused(f"{path} is not there. {AGAIN}")
    if path.stat().st_size == 0:
        raise ListRefused(f"{path} is empty (no bytes). {AGAIN}")
    try:
        rows = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise ListRefused(f"{path} cannot be read: it is damaged or half-written. {AGAIN}"
                          ) from error
    wanted = table_named("suppressions").schema()
    for field in wanted:
        if rows.schema.names.count(field.name) != 1:
            raise ListRefused(f"{path} does not have one column '{field.name}'. {AGAIN}")
        if rows.schema.field(field.name).type != field.type:
            raise ListRefused(
                f"Column '{field.name}' of {path} is {rows.schema.field(field.name).type} and "
                f"should be {field.type}. {AGAIN}"
            )
    return rows.select(wanted.names)
