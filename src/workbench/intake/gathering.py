"""Gather the accepted rows of every declared source into one file a canonical table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import StorageError
from workbench.intake.accepted import accepted_path
from workbench.intake.erased import Knows, Mask, erased_people, read_erased
from workbench.intake.received import write_received
from workbench.intake.unread import write_unread
from workbench.progress import note, step
from workbench.settings import Settings
from workbench.tables import TABLES, Table, whole_file, write_text

GATHERED_FILE = "data/gathered.json"
QUALITY = "reports/quality"  # the overview rests on it, also where there is no source
_COUNTS = ("n_accepted", "n_erased", "n_gathered")


def gather(settings: Settings) -> pd.DataFrame:
    """Write data/tables/<table>.parquet for every canonical table; return what became of rows.

    Rows stand in order of the sources' names, then of their files. A table that no declared
    source fills is there, typed and empty. Only accepted files of declared sources are read.
    Rows of erased people are left out and counted: one row a source is returned, and written
    to data/gathered.json, with n_accepted = n_erased + n_gathered. What became of the rows of
    the files is written beside, see ``write_received``. SourceError names an
    accepted file that is not there yet; ErasureError says that the list of erased people
    cannot be read.
    """
    counts: dict[str, dict[str, int]] = {}
    step("gathering accepted rows by table")
    with erased_people(settings, read_erased(settings)) as knows:
        for n_done, table in enumerate(TABLES.values()):
            note(table.name, n_done / len(TABLES))
            paths = {source.name: accepted_path(settings, source)
                     for source in settings.sources_of(table.name)}
            counts |= _gather_table(settings.root, table, paths, knows)
    write_received(settings)
    write_unread(settings)
    write_text(settings.root / GATHERED_FILE, json.dumps(counts, indent=2, sort_keys=True) + "\n")
    (settings.root / QUALITY).mkdir(parents=True, exist_ok=True)
    return gathered_rows(settings)


def gathered_rows(settings: Settings) -> pd.DataFrame:
    """Return one row a source: source_name, n_accepted, n_erased, n_gathered (rows).

    StorageError where nothing has been gathered yet. How many rows of erased people came is a
    count for a reason that is personal: it is not shown on a brief.
    """
    path = settings.root / GATHERED_FILE
    if not path.is_file():
        raise StorageError(f"{GATHERED_FILE} is not there. Run 'dvc repro gather' and try again.")
    counts = json.loads(path.read_text(encoding="utf-8"))
    rows = [{"source_name": name, **counts[name]} for name in sorted(counts)]
    return pd.DataFrame(rows, columns=["source_name", *_COUNTS])


def _gather_table(
    root: Path, table: Table, paths: dict[str, Path], knows: Knows
) -> dict[str, dict[str, int]]:
    """Write one table, and return the counts of its sources."""
    masks = {name: [knows(rows, table.name) for rows in _row_groups(path)]
             for name, path in paths.items()}
    counts = {name: _counts(masks[name]) for name in paths}
    with whole_file(root / table.path) as draft:
        if len(paths) == 1 and not any(count["n_erased"] for count in counts.values()):
            shutil.copyfile(next(iter(paths.values())), draft)
        else:
            _write(table, paths, draft, masks)
    return counts


def _write(
    table: Table, paths: dict[str, Path], draft: Path, masks: dict[str, list[Mask]]
) -> None:
    with pq.ParquetWriter(draft, table.schema(), compression="zstd") as writer:
        for name, path in paths.items():
            _append(writer, path, masks[name])


def _counts(masks: list[Mask]) -> dict[str, int]:
    n_accepted, n_erased = sum(map(len, masks)), sum(int(mask.sum()) for mask in masks)
    return dict(zip(_COUNTS, (n_accepted, n_erased, n_accepted - n_erased), strict=True))


def _append(writer: pq.ParquetWriter, path: Path, masks: list[Mask]) -> None:
    for rows, mask in zip(_row_groups(path), masks, strict=True):
        kept = rows.filter(np.logical_not(mask)) if mask.any() else rows
        writer.write_table(kept, row_group_size=max(len(kept), 1))


def _row_groups(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as accepted:
        for number in range(accepted.num_row_groups):
            yield accepted.read_row_group(number)
