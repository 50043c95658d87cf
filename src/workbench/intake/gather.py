"""Gather the accepted rows of every declared source into one file a canonical table."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import SourceError
from workbench.settings import Settings, Source
from workbench.tables import TABLES, Table, whole_file


def gather(settings: Settings) -> None:
    """Write data/tables/<table>.parquet for every canonical table.

    Rows stand in order of the sources' names, then of their files. A table that no declared
    source fills is there, typed and empty. Only accepted files of declared sources are read.
    SourceError names an accepted file that is not there yet.
    """
    for table in TABLES.values():
        paths = [accepted_path(settings, source) for source in settings.sources_of(table.name)]
        with whole_file(settings.root / "data" / "tables" / f"{table.name}.parquet") as draft:
            _gather_table(table, paths, draft)


def accepted_path(settings: Settings, source: Source) -> Path:
    """Return where the accepted rows of a source lie; SourceError where none do yet."""
    path = settings.root / "data" / "accepted" / f"{source.name}.parquet"
    if not path.is_file():
        raise SourceError(
            f"data/accepted/{source.name}.parquet does not exist: the source '{source.name}' "
            "has not been checked yet. Run `dvc repro`, which checks it first."
        )
    return path


def _gather_table(table: Table, paths: list[Path], draft: Path) -> None:
    if len(paths) == 1:
        shutil.copyfile(paths[0], draft)
        return
    with pq.ParquetWriter(draft, table.schema(), compression="zstd") as writer:
        for path in paths:
            _append(writer, path)


def _append(writer: pq.ParquetWriter, path: Path) -> None:
    with pq.ParquetFile(path) as accepted:
        for number in range(accepted.num_row_groups):
            rows: pa.Table = accepted.read_row_group(number)
            writer.write_table(rows, row_group_size=len(rows))
