"""The rows of suppressions that could not be read, kept for the gate as they arrived."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.settings import Settings
from workbench.tables import store
from workbench.tables.contacts import SUPPRESSIONS, UNREAD_OBJECTIONS


def write_unread(settings: Settings) -> None:
    """Write data/tables/unread_objections.parquet: what of every objection was set aside.

    Somebody whose objection cannot be read has objected all the same, so the gate holds back
    whomever such a row could mean.
    """
    schema = UNREAD_OBJECTIONS.schema()
    paths = [settings.root / "data" / "set_aside" / f"{source.name}.parquet"
             for source in settings.sources_of(SUPPRESSIONS.name)]
    parts = [pq.read_table(path, columns=schema.names).cast(schema)
             for path in paths if path.is_file()]
    store.write(settings.root, "unread_objections",
                pa.concat_tables([schema.empty_table(), *parts]))
