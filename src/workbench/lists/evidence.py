"""Read what the gate decides by, as the pipeline left it; a file in doubt stops every list."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import ListRefused
from workbench.lists.checks import given
from workbench.lists.consents import CONSENT_TABLES, consents
from workbench.lists.model import Evidence
from workbench.lists.unread import read_meant
from workbench.settings import Settings
from workbench.tables import TABLES, Table, any_table, is_among, to_pandas

CURE = "No list may leave, and none of an earlier run may be used, until this is fixed: {}."
GATHER, AGAIN = "run 'dvc repro gather'", "run 'dvc repro'"
LINKED = ("people", "crosswalk")
TOLD = ("suppressions", "unread_objections", *CONSENT_TABLES)
GATE = (*LINKED, *TOLD)  # every table that the gate decides by
FILES = tuple(any_table(name).path for name in GATE)


def read_evidence(
    settings: Settings, *, forbidden_uses: Mapping[str, tuple[str, ...]]
) -> Evidence:
    """Return what the gate decides by: the tables of the last build and the sources' terms.

    ``forbidden_uses``: those of ``workbench.sources.forbidden_uses``. Raises ListRefused
    where one of the tables is not there, empty, damaged or of another shape.
    """
    root = settings.root
    people, crosswalk = (_read_built(root, name) for name in LINKED)
    told = {name: _read_built(root, name) for name in CONSENT_TABLES}
    unread = _read_built(root, "unread_objections")
    return Evidence(
        unread=unread,
        meant=read_meant(unread, root, crosswalk, settings.sources),
        suppressions=read_suppressions(root / TABLES["suppressions"].path, crosswalk),
        consents=consents(told, crosswalk, settings.sources),
        people=people[["person_id", "birth_date", "birth_year"]],
        sources=settings.sources, forbidden_uses=forbidden_uses,
        may_be_empty={name for name, one in settings.sources.items() if one.may_be_empty},
    )


def _read_built(root: Path, name: str) -> pd.DataFrame:
    """Return a table as the last build left it; ListRefused where it is in doubt."""
    table = any_table(name)
    return to_pandas(read_whole(root / table.path, table, f"run 'dvc repro {table.stage}'"))


def read_suppressions(path: Path, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return the canonical table with the ``person_id`` of each entry, missing where unlinked.

    ``crosswalk``: one row a linked record, with ``source_name``, ``source_row`` and
    ``person_id``. A person known from suppressions alone is nobody on a list, so the entry
    counts as unlinked. Raises ListRefused where the file is not there, empty, unreadable or
    of another shape, and where the crosswalk does not know the suppressions' sources.
    """
    rows = to_pandas(read_whole(path, TABLES["suppressions"], GATHER))
    for name in ("source_name", "source_row", "person_id"):
        if name not in crosswalk.columns:
            raise ListRefused(f"The crosswalk lacks the column '{name}'. "
                              f"{CURE.format('link the records again')}")
    names = rows[rows["voter_id"].notna() | rows["last_name"].notna()]["source_name"]
    n_unknown = int((~is_among(names, crosswalk["source_name"])).sum())
    if n_unknown:
        raise ListRefused(
            f"{n_unknown} entries of {path} are of a source that the crosswalk does not know. "
            f"{CURE.format('link the records again, with the suppressions among them')}"
        )
    keys = ["source_name", "source_row"]
    if crosswalk.duplicated(keys).any():
        raise ListRefused("The crosswalk gives one record several persons. "
                          f"{CURE.format('link the records again')}")
    is_elsewhere = ~is_among(crosswalk["source_name"], rows["source_name"])
    known = given(crosswalk.loc[is_elsewhere, "person_id"])
    linked = crosswalk.loc[is_among(crosswalk["person_id"], known), [*keys, "person_id"]].dropna()
    return rows.merge(linked, how="left", on=keys, validate="many_to_one")


def read_whole(path: Path, table: Table, cure: str) -> pa.Table:
    """Return the rows of a Parquet file in the table's columns; ListRefused where in doubt."""
    again = CURE.format(cure)
    if not path.is_file():
        raise ListRefused(f"{path} is not there. {again}")
    if path.stat().st_size == 0:
        raise ListRefused(f"{path} is empty (no bytes). {again}")
    try:
        rows = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise ListRefused(f"{path} cannot be read: it is damaged or half-written. {again}"
                          ) from error
    wanted = table.schema()
    for field in wanted:
        if rows.schema.names.count(field.name) != 1:
            raise ListRefused(f"{path} does not have one column '{field.name}'. {again}")
        if rows.schema.field(field.name).type != field.type:
            raise ListRefused(
                f"Column '{field.name}' of {path} is {rows.schema.field(field.name).type} and "
                f"should be {field.type}. {again}"
            )
    return rows.select(wanted.names)
